//! How the portal speaks HTTP: who asks, forms, pages, errors, limits. Knows no room.

pub mod asked;
pub mod assets;
pub mod cookies;
pub mod downloads;
pub mod error;
pub mod errors;
pub mod feature;
pub mod forms;
pub mod headers;
pub mod house;
pub mod limits;
pub mod lists;
pub mod mailbox;
pub mod origin;
pub mod orphans;
pub mod page;
pub mod paths;
mod personal;
mod queries;
mod received;
pub mod rekey;
pub mod roles;
pub mod routes;
pub mod session;
pub mod shield;
pub mod slug;
pub mod trail;
pub mod uploads;
pub mod visit;

pub use error::Error;
pub use feature::Feature;
pub use forms::{Errors, FieldError, Form};
pub use house::House;
pub use page::{Face, Flash, Shell, again, page};
pub use personal::PERSONAL;
pub use visit::{Actor, Ended, Goto, MayLook, MayWrite, Stop, Visit};
