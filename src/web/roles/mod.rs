//! Who holds which role on the staff. The web floor keeps it, because every page of the staff asks for it; the room of
//! the staff decides who gets one.

mod queries;

pub use queries::{Holder, grant, hold, holders, of, of_all, take};
