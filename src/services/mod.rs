//! What every room needs done and no room owns. Services know no caller and no HTTP.

pub mod consent;
pub mod context;
pub mod faces;
pub mod jobs;
pub mod keyring;
pub mod ledger;
pub mod mail;
pub mod markdown;
pub mod marks;
pub mod outward;
pub mod personal;
pub mod records;
pub mod search;
pub mod sms;
pub mod storage;
