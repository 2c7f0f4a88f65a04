//! Numbers of documents and companies, and messages of the verification provider.
#![no_main]

#[path = "../probes.rs"]
#[allow(dead_code)]
mod probes;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| probes::identity(bytes));
