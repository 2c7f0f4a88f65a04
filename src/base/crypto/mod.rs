//! Keys, keyed hashes, sealed columns and passwords.

mod hasher;
mod keys;
mod password;
mod seal;

pub use hasher::{Full, Hasher, Verdict};
pub use keys::{KeyFault, Keys};
pub use password::{PasswordFault, Secret, warm_up};
pub use seal::{Unsealed, open_with, seal_with};
