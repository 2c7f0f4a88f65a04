//! What anti-money-laundering rules need (D7): rules as data send money to a person first, with the reason; what was looked at stays on
//! record longer than the account.

mod ending;
mod model;
mod moves;
mod pages;
mod queries;
mod sheet;

pub(super) use ending::{clear_ask, clear_do, report_ask, report_do};
pub use model::{CaseMove, CaseState, RuleKind};
pub use moves::{contradicted, contradicted_since, credited_to, doubted, end, opened, reopen, waits};
pub(super) use pages::{list, rule_agree, rule_ask, rule_do, rule_refuse};
pub use queries::{Told, about, account_of, caught, contradictions};
pub(super) use sheet::sheet;
