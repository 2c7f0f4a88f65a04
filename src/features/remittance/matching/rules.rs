//! The rules: from an entry and the references that its text carries to what is done with it. A pure function.

use crate::base::types::Money;
use crate::features::identity::same_name;
use crate::features::remittance::allocating::{AllocationKind, Payee, Share, Target, Why};
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
    /// Whether the bank takes back by it what it booked before.
    pub reversal: bool,
}

/// A top-up or an account that the text names, and the names in which money for it may come.
#[derive(Debug, Clone)]
pub struct Named {
    /// The top-up, or the account by its permanent reference.
    pub payee: Payee,
    /// The real name of the account, while one stands.
    pub name: Option<String>,
    /// The names of its approved payers.
    pub payers: Vec<String>,
}

impl Named {
    /// Whether money in this name may come for it without anybody looking.
    fn may_come_from(&self, remitter: &str) -> bool {
        self.name.iter().chain(&self.payers).any(|name| same_name(name, remitter))
    }
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

/// Decides on an entry whose text names these, in any order.
///
/// Up to `tolerance` may be lost to banks on the way; the house bears it.
pub fn decide(entry: &Entry, named: &[Named], tolerance: Money) -> Decision {
    let Some(first) = named.first() else { return Decision::Ask };
    // Money of ours that comes back is nobody's payment, whatever its text repeats.
    if entry.reversal {
        return Decision::Ask;
    }
    // Of several accounts, or in another currency: no rule knows what was meant.
    let strange = |one: &Named| one.payee.holder() != first.payee.holder() || one.payee.currency() != entry.currency;
    if named.iter().any(strange) {
        return Decision::Ask;
    }
    let top_ups: Vec<&Target> = named.iter().filter_map(|one| one.payee.top_up()).collect();
    let permanent = named.iter().map(|one| &one.payee).find(|payee| payee.top_up().is_none());
    if first.name.is_none() {
        return Decision::Hold(Hold::NoRealName);
    }
    if entry.remitter.trim().is_empty() {
        return Decision::Hold(Hold::NoName);
    }
    if !first.may_come_from(&entry.remitter) {
        return Decision::Hold(if top_ups.is_empty() { Hold::NotApproved } else { Hold::ThirdParty });
    }
    if entry.twin {
        return Decision::Hold(Hold::Twin);
    }
    match (top_ups.as_slice(), permanent) {
        ([one], None) => Decision::Credit(of_one(entry.amount, one, tolerance)),
        (several, None) => of_several(entry.amount, several).map_or(Decision::Ask, Decision::Credit),
        (several, Some(account)) => {
            with_permanent(entry.amount, several, account, tolerance).map_or(Decision::Ask, Decision::Credit)
        }
    }
}

fn share(target: &Target, kind: AllocationKind, amount: Money, why: Why) -> Share {
    Share { target: target.clone().into(), kind, amount, charges: Money::ZERO, why }
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

/// Several top-ups of one account, when the amount is at least what all of them still get: one transfer for several. What is left
/// goes to the balance, as it would if each had been paid on its own before. Too little is for a person: no rule knows which was
/// meant.
fn of_several(amount: Money, named: &[&Target]) -> Option<Vec<Share>> {
    let payable: Vec<&Target> = named.iter().copied().filter(|one| one.state.allows(Move::Credit)).collect();
    let left = Money(amount.0 - all_of(&payable)?.0);
    if left < Money::ZERO {
        return None;
    }
    let mut shares = completed(&payable);
    if left.is_positive() {
        // Whichever came first: the one whose reference is first, so that nothing depends on the order in the text.
        let mut sorted = named.to_vec();
        sorted.sort_by(|one, other| one.number.as_str().cmp(other.number.as_str()));
        shares.push(share(sorted.first()?, AllocationKind::Balance, left, Why::Surplus));
    }
    Some(shares)
}

/// The permanent reference, alone or beside top-ups of the same account: these first, and what is left goes to the balance.
/// Too little for several of them is for a person: no rule knows which was meant.
fn with_permanent(amount: Money, named: &[&Target], account: &Payee, tolerance: Money) -> Option<Vec<Share>> {
    let payable: Vec<&Target> = named.iter().copied().filter(|one| one.state.allows(Move::Credit)).collect();
    let all = all_of(&payable)?;
    if amount < all {
        return match payable.as_slice() {
            [one] => Some(of_one(amount, one, tolerance)),
            _ => None,
        };
    }
    let mut shares = completed(&payable);
    if amount > all {
        let left = Money(amount.0 - all.0);
        let kind = AllocationKind::Balance;
        shares.push(Share { target: account.clone(), kind, amount: left, charges: Money::ZERO, why: Why::Permanent });
    }
    Some(shares)
}

/// What all of these still get.
fn all_of(named: &[&Target]) -> Option<Money> {
    named.iter().try_fold(Money::ZERO, |sum, one| sum.checked_add(one.rest()))
}

/// Each gets all that it still gets, in the order of the references.
fn completed(named: &[&Target]) -> Vec<Share> {
    let mut sorted = named.to_vec();
    sorted.sort_by(|one, other| one.number.as_str().cmp(other.number.as_str()));
    let why = |target: &Target| if target.received.is_positive() { Why::Rest } else { Why::Exact };
    sorted.into_iter().map(|one| share(one, AllocationKind::Remittance, one.rest(), why(one))).collect()
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod tests;
