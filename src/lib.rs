//! Easy Link, the customer portal: every page rendered on the server, no script anywhere.
//!
//! Imports go down only: `app` puts the house together, `features` are rooms of one shape, `web` speaks HTTP,
//! `services` do what no room owns, `base` knows none of them. `docs/architecture.md` is the map.

/// Puts the house together: server, list of rooms, clockwork, command line, demo.
pub mod app;
/// Types, time, chance, keys, settings, the database.
pub mod base;
/// The rooms.
pub mod features;
/// Records, consents, mail, storage: what every room needs and none owns.
pub mod services;
/// Who asks, forms, pages, errors, limits.
pub mod web;
