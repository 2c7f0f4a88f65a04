//! What anti-money-laundering rules need (D7): rules as data send money to a person first, with the reason; what was looked at stays on
//! record longer than the account.

mod model;
mod moves;
mod pages;
mod queries;
mod sheet;

pub use model::{CaseMove, RuleKind};
pub use moves::{doubted, end, opened, reopen, waits};
pub(super) use pages::{list, report_ask, report_do, rule_agree, rule_ask, rule_do, rule_refuse};
pub use queries::caught;
pub(super) use sheet::sheet;
