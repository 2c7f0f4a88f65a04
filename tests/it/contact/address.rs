//! Replacing the address.
