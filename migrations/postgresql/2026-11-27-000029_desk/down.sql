drop table aml_cases;
drop table aml_rules;
