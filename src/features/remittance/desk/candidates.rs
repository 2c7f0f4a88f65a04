//! What an entry may pay: top-ups, best first, with what speaks for each. A pure function.

use std::cmp::Reverse;

use crate::base::types::Money;
use crate::features::identity::same_name;
use crate::features::remittance::entries::StatementEntry;
use crate::features::remittance::evidence::{Sign, score, signs, speaks};
use crate::features::remittance::model::Move;
use crate::features::remittance::top_ups::TopUp;

/// A top-up and what is known of it.
#[derive(Debug, Clone)]
pub struct Payable {
    /// The top-up.
    pub top_up: TopUp,
    /// Whose it is, in words.
    pub customer: String,
    /// The real name of its account, while one stands.
    pub name: Option<String>,
    /// The names of its approved payers.
    pub payers: Vec<String>,
    /// Whether money from the entry's account went to its account before.
    pub remembered: bool,
}

/// A top-up that an entry may pay.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What it is.
    pub payable: Payable,
    /// What speaks for it.
    pub signs: Vec<Sign>,
    /// 0 to 100.
    pub score: u32,
    /// Whether somebody sent it who is neither whose real name was authenticated nor an approved payer.
    pub other_name: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "called by templates, which pass references")]
impl Candidate {
    /// What of the entry it would get.
    pub fn gets(&self, amount: &Money) -> Money {
        self.payable.top_up.rest().min(*amount)
    }

    /// What would still be payable of it.
    pub fn lacks(&self, amount: &Money) -> Money {
        Money(self.payable.top_up.rest().0 - self.gets(amount).0)
    }

    /// What would go to the balance.
    pub fn surplus(&self, amount: &Money) -> Money {
        Money(amount.0 - self.gets(amount).0)
    }

    /// Whether it still gets money.
    pub fn payable(&self) -> bool {
        self.payable.top_up.state.allows(Move::Credit)
    }
}

/// The best `most` top-ups for an entry; of equal ones by their reference, so that the order never depends on the database.
pub fn candidates(entry: &StatementEntry, payables: Vec<Payable>, most: usize) -> Vec<Candidate> {
    let mut list: Vec<Candidate> = payables
        .into_iter()
        .map(|payable| {
            let signs = signs(entry, &payable.top_up, payable.name.as_deref(), payable.remembered);
            let allowed = |real: &String| {
                let mut names = std::iter::once(real).chain(&payable.payers);
                names.any(|name| same_name(name, &entry.remitter))
            };
            let other_name = !payable.name.as_ref().is_some_and(allowed);
            Candidate { score: score(&signs), signs, other_name, payable }
        })
        .filter(|candidate| speaks(&candidate.signs))
        .collect();
    list.sort_by(|one, other| {
        let key =
            |candidate: &Candidate| (Reverse(candidate.score), candidate.payable.top_up.number.as_str().to_string());
        key(one).cmp(&key(other))
    });
    list.truncate(most);
    list
}
