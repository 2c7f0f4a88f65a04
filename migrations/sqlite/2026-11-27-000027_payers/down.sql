drop table payment_requests;
drop table payment_request_series;
drop table approved_payers;
drop table permanent_references;
