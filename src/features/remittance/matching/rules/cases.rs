//! Each case of D3 by its name, and that the order of transfers is of no account.

use proptest::prelude::*;

use super::*;
use crate::features::remittance::model::RemittanceState::{Credited, Declared, Open, Partial, Refused, Withdrawn};

const NAME: &str = "Li Ming";

fn target(account: i64, state: RemittanceState, amount: i64, received: i64) -> Target {
    Target::any(account, state, amount, received)
}

fn named(target: &Target) -> Named {
    Named { payee: target.clone().into(), name: Some(NAME.to_string()), payers: Vec::new() }
}

fn entry(amount: i64) -> Entry {
    Entry { amount: Money(amount), currency: "CNY".into(), remitter: "LI  MING".into(), twin: false, reversal: false }
}

/// What is credited, as (why, kind, amount).
fn credited(decision: Decision) -> Vec<(Why, AllocationKind, i64)> {
    match decision {
        Decision::Credit(shares) => shares.iter().map(|share| (share.why, share.kind, share.amount.0)).collect(),
        other => panic!("{other:?}"),
    }
}

fn one(amount: i64, target: &Target) -> Vec<(Why, AllocationKind, i64)> {
    credited(decide(&entry(amount), &[named(target)], Money::ZERO))
}

use AllocationKind::{Balance, Remittance};

#[test]
fn reference_and_amount_agree() {
    for state in [Open, Declared] {
        assert_eq!(one(100, &target(1, state, 100, 0)), [(Why::Exact, Remittance, 100)]);
    }
}

#[test]
fn too_little_is_reserved_and_the_rest_completes_it() {
    assert_eq!(one(60, &target(1, Declared, 100, 0)), [(Why::Part, Remittance, 60)]);
    assert_eq!(one(10, &target(1, Partial, 100, 60)), [(Why::Part, Remittance, 10)]);
    assert_eq!(one(40, &target(1, Partial, 100, 60)), [(Why::Rest, Remittance, 40)]);
}

#[test]
fn too_much_goes_to_the_balance() {
    assert_eq!(one(130, &target(1, Open, 100, 0)), [(Why::Exact, Remittance, 100), (Why::Surplus, Balance, 30)]);
    assert_eq!(one(50, &target(1, Partial, 100, 60)), [(Why::Rest, Remittance, 40), (Why::Surplus, Balance, 10)]);
}

#[test]
fn twice_and_late_go_to_the_balance() {
    assert_eq!(one(100, &target(1, Credited, 100, 100)), [(Why::Surplus, Balance, 100)]);
    for state in [Withdrawn, Refused] {
        assert_eq!(one(100, &target(1, state, 100, 0)), [(Why::Late, Balance, 100)]);
    }
}

#[test]
fn one_transfer_for_several_of_one_account() {
    let (first, second) = (target(1, Open, 100, 0), target(1, Partial, 50, 20));
    let both = [named(&first), named(&second)];
    let mut shares = credited(decide(&entry(130), &both, Money::ZERO));
    shares.sort_by_key(|share| share.2);
    assert_eq!(shares, [(Why::Rest, Remittance, 30), (Why::Exact, Remittance, 100)]);
    for amount in [129, 100, 1] {
        assert!(matches!(decide(&entry(amount), &both, Money::ZERO), Decision::Ask), "{amount}: which was meant?");
    }
    let mut shares = credited(decide(&entry(131), &both, Money::ZERO));
    shares.sort_by_key(|share| share.2);
    assert_eq!(shares, [(Why::Surplus, Balance, 1), (Why::Rest, Remittance, 30), (Why::Exact, Remittance, 100)]);
    // One was paid on its own meanwhile: the same comes to the account as the other way round.
    let done = [named(&first), named(&target(1, Credited, 30, 30))];
    let shares = credited(decide(&entry(130), &done, Money::ZERO));
    assert_eq!(shares, [(Why::Exact, Remittance, 100), (Why::Surplus, Balance, 30)]);
    let both = [named(&target(1, Credited, 100, 100)), named(&target(1, Credited, 30, 30))];
    assert_eq!(credited(decide(&entry(130), &both, Money::ZERO)), [(Why::Surplus, Balance, 130)]);
}

#[test]
fn several_accounts_or_another_currency_are_for_a_person() {
    let two = [named(&target(1, Open, 100, 0)), named(&target(2, Open, 100, 0))];
    assert!(matches!(decide(&entry(200), &two, Money::ZERO), Decision::Ask));
    let other = Entry { currency: "EUR".into(), ..entry(100) };
    assert!(matches!(decide(&other, &two[..1], Money::ZERO), Decision::Ask));
    assert!(matches!(decide(&entry(100), &[], Money::ZERO), Decision::Ask), "no reference that is known");
}

#[test]
fn what_is_not_trusted_is_held_with_its_reason() {
    let known = named(&target(1, Declared, 100, 0));
    let held = |entry: &Entry, named: &Named| match decide(entry, std::slice::from_ref(named), Money::ZERO) {
        Decision::Hold(hold) => hold,
        other => panic!("{other:?}"),
    };
    assert_eq!(held(&Entry { remitter: "Wu Xia".into(), ..entry(100) }, &known), Hold::ThirdParty);
    assert_eq!(held(&Entry { remitter: " ".into(), ..entry(100) }, &known), Hold::NoName);
    assert_eq!(held(&Entry { twin: true, ..entry(100) }, &known), Hold::Twin);
    assert_eq!(held(&entry(100), &Named { name: None, ..known }), Hold::NoRealName);
}

#[test]
fn what_the_bank_takes_back_is_nobodys_payment() {
    let known = named(&target(1, Declared, 100, 0));
    let back = Entry { reversal: true, ..entry(100) };
    assert!(matches!(decide(&back, &[known], Money::ZERO), Decision::Ask), "money of ours that comes back");
}

#[test]
fn charges_on_the_way_are_borne_up_to_the_tolerance() {
    let target = target(1, Declared, 10_000, 0);
    let decided = |amount: i64, tolerance: i64| decide(&entry(amount), &[named(&target)], Money(tolerance));
    let Decision::Credit(shares) = decided(9_985, 15) else { panic!("not credited") };
    assert_eq!((shares[0].why, shares[0].amount, shares[0].charges), (Why::Charges, Money(9_985), Money(15)));
    assert_eq!(credited(decided(9_984, 15)), [(Why::Part, Remittance, 9_984)]);
    assert_eq!(credited(decided(9_999, 0)), [(Why::Part, Remittance, 9_999)]);
}

/// What becomes of a top-up of `amount` by these transfers: what is in the wallet and what is reserved.
fn paid(amount: i64, transfers: &[i64]) -> (i64, i64) {
    let (mut state, mut received, mut wallet) = (Declared, 0, 0);
    for transfer in transfers {
        let target = target(1, state, amount, received);
        let shares = one(*transfer, &target);
        assert_eq!(shares.iter().map(|share| share.2).sum::<i64>(), *transfer, "the shares are the entry");
        for (_, kind, share) in shares {
            match kind {
                Balance => wallet += share,
                Remittance => {
                    received += share;
                    state = if received == amount { Credited } else { Partial };
                }
            }
        }
    }
    if state == Credited { (wallet + amount, 0) } else { (wallet, received) }
}

proptest! {
    #[test]
    fn the_order_of_transfers_is_of_no_account(
        amount in 1_i64..1_000,
        (one, other) in prop::collection::vec(1_i64..700, 1..6)
            .prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle())),
    ) {
        let whole: i64 = one.iter().sum();
        let (wallet, reserved) = paid(amount, &one);
        prop_assert_eq!((wallet, reserved), paid(amount, &other));
        prop_assert_eq!(wallet + reserved, whole, "no cent is lost or invented");
    }
}
