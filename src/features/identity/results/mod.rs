//! What is stored of a decided real-name authentication: the result, never the documents (B5).

mod queries;

pub(super) use queries::{Held, ResultState, end, held, hold, stands, stands_for, times_used};
pub use queries::{IdentityResult, NewResult, hold_name, name_of, names_of, result_of, store};
