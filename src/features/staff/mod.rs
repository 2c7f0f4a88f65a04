//! Staff (People, F10, F11): who works here, with which roles; activation, TOTP sign-in, the desk, the audit page.
//!
//! Others use the actor `Staff<R>`; it derefs to `Officer`, which goes into every query.

mod actor;
mod queries;

pub use actor::{
    Acts, Admin, AnyRole, Auditor, Consultant, Editor, Finance, Officer, Privacy, Reviewer, Staff, StaffRoles, Support,
};
