//! Remittances (D1, D3, D4): a top-up gets a receiving account and a reference, the customer declares the transfer,
//! finance types in the entry of the bank's statement, a second member of finance confirms it, and the ledger credits
//! the wallet.
//!
//! Split by topic: `top_ups` (the customer's thread), `receiving` (our bank accounts), `entries` (the statement),
//! `confirming` (finance's queue), `payers` (the permanent reference and who may pay in by it), `balance` (wallet and ledger pages), `proving` (as a further proof of a
//! real name). `actor` says who moves money, `model` how.
//! Others use `seeding`: the same moves without a page.

mod actor;
mod allocating;
mod aml;
mod balance;
mod bank_number;
mod cards;
mod checking;
mod confirming;
mod desk;
mod entries;
mod evidence;
mod fault;
mod fields;
mod matching;
mod model;
mod payers;
mod personal;
mod proving;
mod receiving;
mod requests;
mod routes;
mod sealed;
mod statements;
mod top_ups;
mod transfer_code;

/// Whether entries, top-ups and the accounts of the house fit together.
pub use checking::{Mismatch, verify};
/// What the operator's command does.
pub use statements::{Imported, NotImported, Step, by_command as import_statement};

/// The moves themselves, for whoever may make them: pages pass an admitted actor, the demo company its own people.
pub(crate) mod seeding {
    pub use super::actor::{Payer, Steward, Treasurer};
    pub use super::bank_number::BankNumber;
    pub use super::confirming::{Sight, confirm, refuse};
    pub use super::entries::{NewEntry, enter, void};
    pub use super::model::NumberKind;
    pub use super::payers::{NewPayer, add as add_payer, make_reference};
    pub use super::receiving::{
        NewReceiving, Range, Receiving, ReceivingMove, make as move_receiving, opened as opened_receiving,
        propose as propose_receiving,
    };
    pub use super::requests::issue as issue_request;
    pub use super::statements::{at_once as import_at_once, leave as leave_file};
    pub use super::top_ups::{Declaration, declare, open, withdraw};
}

#[cfg(debug_assertions)]
pub use statements::{probe_camt053, probe_csv, probe_mt940};

use crate::web::Feature;
use crate::web::feature::{CardSpec, JobSpec, MenuEntry};

const MONEY_ROLES: &[&str] = &["owner", "billing", "viewer"];
const JOBS: &[JobSpec] = &[receiving::JOB, statements::JOB];
const DESK_ROLES: &[&str] = &["finance", "auditor"];

/// The room.
pub fn feature() -> Feature {
    Feature {
        name: "remittance",
        routes: routes::routes,
        jobs: JOBS,
        personal: &[&personal::PERSONAL],
        menu: &[
            MenuEntry { key: "balance", href: "/account/balance", roles: MONEY_ROLES, position: 20 },
            MenuEntry { key: "remittances", href: "/account/remittances", roles: MONEY_ROLES, position: 30 },
            MenuEntry { key: "staff_remittances", href: "/staff/remittances", roles: DESK_ROLES, position: 40 },
            MenuEntry { key: "staff_statements", href: "/staff/statements", roles: DESK_ROLES, position: 45 },
            MenuEntry { key: "staff_decisions", href: "/staff/decisions", roles: DESK_ROLES, position: 46 },
            MenuEntry { key: "staff_aml", href: "/staff/aml", roles: DESK_ROLES, position: 48 },
            MenuEntry { key: "staff_receiving", href: "/staff/receiving", roles: DESK_ROLES, position: 47 },
            MenuEntry { key: "staff_proofs", href: "/staff/proofs", roles: &["reviewer"], position: 22 },
            MenuEntry { key: "staff_ledger", href: "/staff/ledger", roles: DESK_ROLES, position: 50 },
        ],
        overview: &[
            CardSpec { roles: &["owner", "billing"], position: 4, draw: cards::task },
            CardSpec { roles: &["owner", "billing"], position: 20, draw: cards::balance },
            CardSpec { roles: &["viewer"], position: 20, draw: cards::balance_seen },
            CardSpec { roles: MONEY_ROLES, position: 30, draw: cards::under_way },
        ],
        desk: &[
            CardSpec { roles: DESK_ROLES, position: 40, draw: cards::desk },
            CardSpec { roles: &["finance"], position: 41, draw: cards::decisions },
            CardSpec { roles: &["finance"], position: 42, draw: cards::receiving },
        ],
        files: &[top_ups::holds, statements::holds],
    }
}
