drop table pending_sign_ins;
drop table trusted_browsers;
drop table recovery_codes;
drop index totp_factors_unshown;
drop index totp_factors_pending;
alter table totp_factors drop column codes_at;
alter table totp_factors drop column sealed_codes;
