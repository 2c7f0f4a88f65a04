//! What the portal can tell a reviewer by itself. Computed when the case is opened, from what was typed; nothing of it is
//! stored.

use crate::base::db::Conn;
use crate::base::types::Day;
use crate::features::identity::cases::{Case, Details, fingerprints};
use crate::features::identity::contact;
use crate::features::identity::numbers::{AgeGroup, CreditCode, DocumentNumber};
use crate::features::identity::proofs::{self, ProofState};
use crate::features::identity::provider::{Outcome, outcome_of};
use crate::features::identity::results::{self, times_used};
use crate::features::staff::Officer;

/// One check and how it came out. Its words stand in `templates/identity/words.html`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    /// The number follows its standard.
    NumberHolds,
    /// It does not (any more).
    NumberFails,
    /// Of full age.
    Adult,
    /// 14 to 17 years old.
    Minor,
    /// The credit code follows its standard.
    CodeHolds,
    /// Its check character does not fit; the customer says that it is printed so.
    CodeFlagged,
    /// The organisation code inside does not fit its own check.
    InnerFails,
    /// The number stands for no other account.
    Fresh,
    /// The number stands for so many other accounts.
    Used(i64),
    /// The number stands for as many accounts as one may.
    UsedUp,
    /// The contact agreed by a link of their own.
    ContactAgreed,
    /// A remittance was recorded as a proof of the name that stands, which is the one of this case.
    Remitted,
    /// The same, and the name of this case is another.
    RemittedBefore,
    /// The provider says that name and number belong together; a person has to say so too.
    ProviderVerified,
    /// The provider cannot tell.
    ProviderUnsure,
    /// The provider gave no answer.
    ProviderSilent,
}

impl Finding {
    /// Whether the case cannot be approved with it.
    pub fn fails(self) -> bool {
        self == Self::UsedUp
    }

    /// Whether nothing is wrong with it.
    pub fn good(self) -> bool {
        matches!(
            self,
            Self::NumberHolds
                | Self::Adult
                | Self::CodeHolds
                | Self::Fresh
                | Self::ContactAgreed
                | Self::Remitted
                | Self::ProviderVerified
        )
    }
}

pub(super) fn findings(
    conn: &mut Conn,
    officer: &Officer,
    case: &Case,
    details: &Details,
    per_number: i64,
    zone: &jiff::tz::TimeZone,
) -> diesel::QueryResult<Vec<Finding>> {
    let today = officer.now().day(zone);
    let mut found = Vec::new();
    let number = DocumentNumber::parse(case.document, &details.number, today).ok();
    found.push(if number.is_some() { Finding::NumberHolds } else { Finding::NumberFails });
    let told = details.birth.as_deref().and_then(Day::parse);
    if let Some(birth) = number.and_then(|number| number.birth()).or(told) {
        found.push(if AgeGroup::on(birth, today) == AgeGroup::Adult { Finding::Adult } else { Finding::Minor });
    }
    if let Some(company) = &details.company
        && let Ok(code) = CreditCode::as_printed(&company.code)
    {
        found.push(if code.check_holds() { Finding::CodeHolds } else { Finding::CodeFlagged });
        if !code.inner_check_holds() {
            found.push(Finding::InnerFails);
        }
        if company.contact.is_some() && contact::agreed(conn, case.id)? {
            found.push(Finding::ContactAgreed);
        }
    }
    let proof = proofs::standing(conn, case.account_id)?.filter(|proof| proof.state == ProofState::Recorded);
    if proof.is_some()
        && let Some(held) = results::held(conn, officer.keys(), case.account_id)?
    {
        let same = proofs::same_name(&held.name, details.legal_name());
        found.push(if same { Finding::Remitted } else { Finding::RemittedBefore });
    }
    found.extend(outcome_of(conn, case.id)?.map(|outcome| match outcome {
        Outcome::Verified => Finding::ProviderVerified,
        Outcome::Rejected | Outcome::Unknown => Finding::ProviderUnsure,
        Outcome::Silent => Finding::ProviderSilent,
    }));
    let prints = fingerprints(officer.keys(), details.proven_number());
    found.push(match times_used(conn, &prints, case.account_id)? {
        0 => Finding::Fresh,
        many if many >= per_number => Finding::UsedUp,
        some => Finding::Used(some),
    });
    Ok(found)
}
