use super::*;
use crate::features::remittance::allocating::Permanent;

const OWN: i64 = 1;
const OTHER: i64 = 2;

fn entry(amount: i64, remitter: &str) -> Entry {
    Entry { amount: Money(amount), currency: "CNY".into(), remitter: remitter.into(), twin: false, reversal: false }
}

fn named(payee: Payee) -> Named {
    Named { payee, name: Some("Li Ming".into()), payers: vec!["Harbour Holding Ltd".into()] }
}

fn top_up(amount: i64) -> Named {
    named(Target::any(OWN, RemittanceState::Open, amount, 0).into())
}

fn permanent(account: i64) -> Named {
    named(Payee::Account(Permanent::any(account)))
}

/// The shares in a few words: kind, amount, reason, and whether the permanent reference led there.
fn shares(entry: &Entry, named: &[Named]) -> Vec<(AllocationKind, i64, Why, bool)> {
    match decide(entry, named, Money::ZERO) {
        Decision::Credit(shares) => {
            assert_eq!(shares.iter().map(|one| one.amount.0).sum::<i64>(), entry.amount.0);
            shares.iter().map(|one| (one.kind, one.amount.0, one.why, one.target.top_up().is_none())).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn held(entry: &Entry, named: &[Named]) -> Hold {
    match decide(entry, named, Money::ZERO) {
        Decision::Hold(hold) => hold,
        other => panic!("{other:?}"),
    }
}

const BALANCE: AllocationKind = AllocationKind::Balance;
const TOP_UP: AllocationKind = AllocationKind::Remittance;

#[test]
fn a_permanent_reference_goes_to_the_balance_from_every_name_that_may_come() {
    for name in ["Li Ming", "ＬＩ ＭＩＮＧ", "harbour holding ltd"] {
        assert_eq!(shares(&entry(500, name), &[permanent(OWN)]), [(BALANCE, 500, Why::Permanent, true)], "{name}");
    }
    assert_eq!(held(&entry(500, "Wu Xia"), &[permanent(OWN)]), Hold::NotApproved);
    assert_eq!(held(&entry(500, "Harbour Holding"), &[permanent(OWN)]), Hold::NotApproved);
    assert_eq!(held(&entry(500, " "), &[permanent(OWN)]), Hold::NoName);
    assert_eq!(held(&Entry { twin: true, ..entry(500, "Li Ming") }, &[permanent(OWN)]), Hold::Twin);
}

#[test]
fn without_a_real_name_nothing_is_credited_not_even_from_a_payer() {
    let unnamed = Named { name: None, ..permanent(OWN) };
    assert_eq!(held(&entry(500, "Harbour Holding Ltd"), &[unnamed]), Hold::NoRealName);
}

#[test]
fn an_approved_payer_pays_a_top_up_like_the_account_itself() {
    assert_eq!(shares(&entry(500, "Harbour Holding Ltd"), &[top_up(500)]), [(TOP_UP, 500, Why::Exact, false)]);
    assert_eq!(held(&entry(500, "Wu Xia"), &[top_up(500)]), Hold::ThirdParty);
    assert_eq!(held(&entry(500, "Wu Xia"), &[top_up(500), permanent(OWN)]), Hold::ThirdParty);
}

#[test]
fn top_ups_come_before_the_balance() {
    let both = |amount| shares(&entry(amount, "Li Ming"), &[top_up(300), permanent(OWN)]);
    assert_eq!(both(300), [(TOP_UP, 300, Why::Exact, false)]);
    assert_eq!(both(200), [(TOP_UP, 200, Why::Part, false)]);
    assert_eq!(both(500), [(TOP_UP, 300, Why::Exact, false), (BALANCE, 200, Why::Permanent, true)]);
    let begun = named(Target::any(OWN, RemittanceState::Partial, 300, 100).into());
    assert_eq!(
        shares(&entry(250, "Li Ming"), &[begun, permanent(OWN)]),
        [(TOP_UP, 200, Why::Rest, false), (BALANCE, 50, Why::Permanent, true)]
    );
    let gone = named(Target::any(OWN, RemittanceState::Withdrawn, 300, 0).into());
    assert_eq!(shares(&entry(300, "Li Ming"), &[gone, permanent(OWN)]), [(BALANCE, 300, Why::Permanent, true)]);
}

#[test]
fn several_top_ups_beside_it_are_paid_wholly_or_asked_about() {
    let named = [top_up(300), top_up(100), permanent(OWN)];
    let paid = shares(&entry(450, "Li Ming"), &named);
    assert_eq!(paid.len(), 3);
    assert_eq!(paid[2], (BALANCE, 50, Why::Permanent, true));
    assert!(paid[..2].iter().all(|(kind, _, why, _)| (*kind, *why) == (TOP_UP, Why::Exact)));
    assert!(matches!(decide(&entry(350, "Li Ming"), &named, Money::ZERO), Decision::Ask));
}

#[test]
fn references_of_several_accounts_or_another_currency_are_for_a_person() {
    let li = entry(500, "Li Ming");
    assert!(matches!(decide(&li, &[permanent(OWN), permanent(OTHER)], Money::ZERO), Decision::Ask));
    assert!(matches!(decide(&li, &[top_up(500), permanent(OTHER)], Money::ZERO), Decision::Ask));
    assert!(matches!(decide(&li, &[], Money::ZERO), Decision::Ask));
    assert!(matches!(
        decide(&Entry { currency: "EUR".into(), ..li }, &[top_up(500), permanent(OWN)], Money::ZERO),
        Decision::Ask
    ));
}
