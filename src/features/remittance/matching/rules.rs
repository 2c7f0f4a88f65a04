//! The rules: from an entry and the top-ups that its text names to what is done with it. A pure function.

use crate::base::types::Money;
use crate::features::identity::same_name;
use crate::features::remittance::allocating::{AllocationKind, Share, Target, Why};
use crate::features::remittance::entries::Hold;
use crate::features::remittance::model::{Move, RemittanceState};

/// What is known of an entry.
#[derive(Debug, Clone)]
pub struct Entry {
    /// How much arrived.
    pub amount: Money,
    /// ISO 4217.
    pub currency: String,
    /// Who paid, as the bank names them; empty when it does not.
    pub remitter: String,
    /// Whether the same amount with the same reference stands on that day in another file, or was typed in.
    pub twin: bool,
}

/// A top-up that the text names, and the name by which money for it must come.
#[derive(Debug, Clone)]
pub struct Named {
    /// The top-up.
    pub target: Target,
    /// The real name of the account, while one stands.
    pub name: Option<String>,
}

/// What is done with an entry.
#[derive(Debug, Clone)]
pub enum Decision {
    /// It is credited, in these shares.
    Credit(Vec<Share>),
    /// Whose it is is known, but a person looks at it first.
    Hold(Hold),
    /// A person has to say where it belongs.
    Ask,
}

/// Decides on an entry whose text names these top-ups, in any order.
///
/// Up to `tolerance` may be lost to banks on the way; the house bears it.
pub fn decide(entry: &Entry, named: &[Named], tolerance: Money) -> Decision {
    let Some(first) = named.first() else { return Decision::Ask };
    // Of several accounts, or in another currency: no rule knows what was meant.
    let strange = |one: &Named| one.target.holder != first.target.holder || one.target.currency != entry.currency;
    if named.iter().any(strange) {
        return Decision::Ask;
    }
    match &first.name {
        None => return Decision::Hold(Hold::NoRealName),
        Some(_) if entry.remitter.trim().is_empty() => return Decision::Hold(Hold::NoName),
        Some(name) if !same_name(name, &entry.remitter) => return Decision::Hold(Hold::ThirdParty),
        Some(_) if entry.twin => return Decision::Hold(Hold::Twin),
        Some(_) => {}
    }
    match named {
        [one] => Decision::Credit(of_one(entry.amount, &one.target, tolerance)),
        several => of_several(entry.amount, several).map_or(Decision::Ask, Decision::Credit),
    }
}

fn share(target: &Target, kind: AllocationKind, amount: Money, why: Why) -> Share {
    Share { target: target.clone(), kind, amount, charges: Money::ZERO, why }
}

/// One top-up: what is payable of it first, and what is left goes to the balance.
fn of_one(amount: Money, target: &Target, tolerance: Money) -> Vec<Share> {
    if !target.state.allows(Move::Credit) {
        let why = if target.state == RemittanceState::Credited { Why::Surplus } else { Why::Late };
        return vec![share(target, AllocationKind::Balance, amount, why)];
    }
    let rest = target.rest();
    let lost = Money(rest.0 - amount.0);
    if lost.is_positive() && lost <= tolerance {
        let nearly = share(target, AllocationKind::Remittance, amount, Why::Charges);
        return vec![Share { charges: lost, ..nearly }];
    }
    if amount < rest {
        return vec![share(target, AllocationKind::Remittance, amount, Why::Part)];
    }
    let why = if target.received.is_positive() { Why::Rest } else { Why::Exact };
    let mut shares = vec![share(target, AllocationKind::Remittance, rest, why)];
    if amount > rest {
        shares.push(share(target, AllocationKind::Balance, Money(amount.0 - rest.0), Why::Surplus));
    }
    shares
}

/// Several top-ups of one account, when the amount is what all of them still get: one transfer for several.
fn of_several(amount: Money, named: &[Named]) -> Option<Vec<Share>> {
    let payable = |one: &&Named| one.target.state.allows(Move::Credit);
    let all = named.iter().try_fold(Money::ZERO, |sum, one| sum.checked_add(one.target.rest()));
    if !named.iter().all(|one| payable(&one)) || all != Some(amount) {
        return None;
    }
    let mut sorted: Vec<&Target> = named.iter().map(|one| &one.target).collect();
    sorted.sort_by(|one, other| one.number.as_str().cmp(other.number.as_str()));
    let why = |target: &Target| if target.received.is_positive() { Why::Rest } else { Why::Exact };
    Some(sorted.into_iter().map(|one| share(one, AllocationKind::Remittance, one.rest(), why(one))).collect())
}
