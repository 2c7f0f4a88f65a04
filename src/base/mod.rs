//! The ground floor: what every other floor stands on, and what knows none of them.

pub mod chance;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod db;
pub mod process;
pub mod types;
