//! The one way out over HTTP: from the portal to a gateway or provider that the operator named, and to nobody else (IN7).
//!
//! A [`Way`] leads to one address of the settings. It follows no redirect, takes no proxy and no cookie, ends after ten
//! seconds at the latest, reads at most 64 KiB of an answer, speaks https unless the address is this very machine, and
//! connects to no address inside the own network unless the operator allows it: what a name resolves to is looked at for
//! each connection, so that no name leads inside. When the other side fails again and again, it is left alone for a while.

mod breaker;
mod places;
#[cfg(test)]
mod tests;
mod way;

pub use way::{Answer, Failed, Way, WayFault};
