//! Addresses, public numbers, telephone numbers, days and moments as people write them.
#![no_main]

#[path = "../probes.rs"]
#[allow(dead_code)]
mod probes;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| probes::words(bytes));
