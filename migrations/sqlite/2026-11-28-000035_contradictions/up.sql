-- What another file told otherwise of the entry of a case.
alter table aml_cases add column sealed_contradiction blob;
