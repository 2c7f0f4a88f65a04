alter table aml_cases drop column sealed_contradiction;
