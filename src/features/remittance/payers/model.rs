//! The states of an approved payer, and the agreement that an owner ticks.

use askama::Template;
use sha2::{Digest, Sha256};

use crate::base::types::text_enum;
use crate::features::remittance::model::IllegalMove;

/// The most payers that stand for one account at once; the database holds it to that.
pub const MOST: i64 = 5;

text_enum! {
    /// Where a payer stands.
    pub enum PayerState {
        /// Money in this name is the account's.
        Approved = "approved",
        /// An owner took that back.
        Removed = "removed",
    }
}

impl PayerState {
    /// Where removing leads. The one place that knows which moves there are: who was removed is approved anew, not again.
    pub const fn removed(self) -> Result<Self, IllegalMove> {
        match self {
            Self::Approved => Ok(Self::Removed),
            Self::Removed => Err(IllegalMove { from: self.as_str(), by: "removing" }),
        }
    }
}

/// What an owner agrees to for a payer. Another wording is another date.
#[derive(Template)]
#[template(path = "remittance/payers/agreement.txt")]
pub struct Agreement {
    /// Since when it is worded so.
    pub on: &'static str,
}

/// The wording of today.
pub const AGREEMENT: Agreement = Agreement { on: "2026-11-27" };

impl Agreement {
    /// What proves later which wording it was.
    pub fn hash(&self) -> Result<Vec<u8>, askama::Error> {
        Ok(Sha256::digest(self.render()?).to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_removed_stays_so() {
        assert_eq!(PayerState::Approved.removed(), Ok(PayerState::Removed));
        assert!(PayerState::Removed.removed().is_err());
    }

    #[test]
    fn the_agreement_is_worded_as_on_its_date() {
        let words = AGREEMENT.render().unwrap();
        assert!(words.contains("permanent reference") && !words.contains(AGREEMENT.on), "{words}");
        assert_eq!(AGREEMENT.hash().unwrap().len(), 32);
    }
}
