drop table identity_proofs;
