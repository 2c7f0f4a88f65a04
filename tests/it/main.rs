//! One binary for all integration tests: linking is the slow part.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails may panic")]
#![allow(missing_docs, reason = "tests are named by what they hold")]

#[macro_use]
mod support;

mod accounts_in;
mod accounts_own;
mod authenticators;
mod contact;
mod crawl;
mod demo;
mod doors;
mod edge;
mod factors;
mod faults;
mod fuzz;
mod house;
mod identity;
mod kept;
mod late;
mod ledger;
mod limits;
mod lists;
mod look;
mod look_media;
mod look_tables;
mod members;
mod orphans;
mod pace;
mod path;
mod plans;
mod proposals;
mod proxies;
mod public;
mod recoveries;
mod remittance;
mod schema;
mod sheet;
mod staff;
mod staff_lock;
mod start;
mod terms;
mod tickets;
mod training;
mod validation;
mod walls;
