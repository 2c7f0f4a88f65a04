//! What is stored of a decided real-name authentication: the result, never the documents (B5).

mod queries;

pub use queries::{IdentityResult, NewResult, result_of, store};
pub(super) use queries::{ResultState, end, stands, stands_for, times_used};
