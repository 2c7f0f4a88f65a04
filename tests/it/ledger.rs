//! The ledger under random postings, races and tampering.

use diesel::prelude::*;
use easylink::base::db::Conn;
use easylink::base::db::schema::{ledger_accounts, ledger_transfers};
use easylink::base::types::{Money, Number};
use easylink::services::context::Context;
use easylink::services::ledger::{
    self, Account, Discrepancy, LedgerError, Posting, TransactionKind, bank, post, reverse, sums, verify, wallet,
    wallet_balance,
};
use futures_util::future::join_all;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::portal::{Portal, unique};

fn posting(transfers: Vec<(&Account, &Account, i64)>) -> Posting {
    Posting {
        kind: TransactionKind::CreditRemittance,
        object: None,
        transfers: transfers
            .into_iter()
            .map(|(debit, credit, amount)| (debit.clone(), credit.clone(), Money(amount)))
            .collect(),
    }
}

/// A posting in a transaction of its own: what is refused leaves nothing behind.
fn tried<T>(conn: &mut Conn, f: impl FnOnce(&mut Conn) -> Result<T, LedgerError>) -> Result<T, LedgerError> {
    conn.transaction(f)
}

async fn accounts(portal: &Portal, count: usize) -> Vec<i64> {
    let mut list = Vec::new();
    for _ in 0..count {
        list.push(portal.enters(&format!("wallet{}@example.com", unique())).await.account_id);
    }
    list
}

/// A random step: a transfer between two of five accounts, or the reversal of an earlier transaction.
#[derive(Debug, Clone)]
enum Step {
    Transfer(usize, usize, i64),
    Split(usize, usize, usize, i64, i64),
    Reverse(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let amount = prop_oneof![-5_i64..200, Just(i64::MAX), Just(i64::MAX / 2)];
    let step = prop_oneof![
        6 => (0..5_usize, 0..5_usize, amount).prop_map(|(a, b, x)| Step::Transfer(a, b, x)),
        2 => (0..5_usize, 0..5_usize, 0..5_usize, 1_i64..99, 1_i64..99).prop_map(|(a, b, c, x, y)| Step::Split(a, b, c, x, y)),
        2 => (0..8_usize).prop_map(Step::Reverse),
    ];
    prop::collection::vec(step, 1..25)
}

#[allow(clippy::many_single_char_names, reason = "accounts and amounts of a random step")]
fn walk(conn: &mut Conn, ctx: &Context, owners: &[i64], steps: &[Step]) -> Result<(), TestCaseError> {
    let banks = [Number::random('B'), Number::random('B')];
    let mut known: Vec<Account> = owners.iter().map(|owner| wallet(conn, *owner, "CNY", ctx.now).unwrap()).collect();
    known.extend(banks.iter().map(|number| bank(conn, number, "CNY", ctx.now).unwrap()));
    let mut posted: Vec<Number> = Vec::new();
    for step in steps {
        let done = tried(conn, |conn| match step {
            Step::Transfer(a, b, x) => post(conn, ctx, posting(vec![(&known[*a], &known[*b], *x)])),
            Step::Split(a, b, c, x, y) => {
                post(conn, ctx, posting(vec![(&known[*a], &known[*b], *x), (&known[*a], &known[*c], *y)]))
            }
            Step::Reverse(at) => match posted.get(*at) {
                Some(number) => reverse(conn, ctx, number),
                None => reverse(conn, ctx, &Number::random('L')),
            },
        });
        match (step, done) {
            (_, Ok(number)) => posted.push(number),
            (Step::Transfer(a, b, _), Err(LedgerError::SameAccount)) => prop_assert_eq!(a, b),
            (Step::Split(a, b, c, ..), Err(LedgerError::SameAccount)) => prop_assert!(a == b || a == c),
            (Step::Transfer(_, _, x), Err(LedgerError::NoAmount)) => prop_assert!(*x <= 0),
            (Step::Reverse(_), Err(LedgerError::Unknown | LedgerError::AlreadyReversed))
            | (_, Err(LedgerError::Insufficient | LedgerError::Overflow)) => {}
            (step, Err(error)) => prop_assert!(false, "{step:?}: {error}"),
        }
        for owner in owners {
            prop_assert!(wallet_balance(conn, *owner).unwrap() >= Money::ZERO);
        }
    }
    let sums = sums(conn).unwrap();
    prop_assert_eq!(sums.debits, sums.credits);
    prop_assert_eq!(verify(conn).unwrap(), Vec::new());
    Ok(())
}

on_both! {
    async fn random_postings_keep_the_books(portal) {
        let (owners, ctx) = (accounts(&portal, 3).await, portal.ctx());
        portal.write(move |conn| {
            let conn = std::cell::RefCell::new(conn);
            let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
            runner.run(&steps(), |steps| {
                // A savepoint for each case, so that cases do not meet in the wallets.
                let mut outcome = Ok(());
                let _ = conn.borrow_mut().transaction(|conn| {
                    outcome = walk(conn, &ctx, &owners, &steps);
                    Err::<(), _>(diesel::result::Error::RollbackTransaction)
                });
                outcome
            }).unwrap();
        }).await;
    }
}

on_both! {
    async fn fifty_debits_race_for_a_wallet_that_covers_one(portal) {
        let (owner, ctx) = (accounts(&portal, 1).await[0], portal.ctx());
        let (filled, context) = (Number::random('B'), ctx.clone());
        let (bank, wallet) = portal.write(move |conn| {
            let pair = (bank(conn, &filled, "CNY", context.now).unwrap(), wallet(conn, owner, "CNY", context.now).unwrap());
            post(conn, &context, posting(vec![(&pair.0, &pair.1, 100)])).unwrap();
            pair
        }).await;
        let tries = (0..50).map(|_| {
            let (house, ctx, bank, wallet) = (portal.house.clone(), ctx.clone(), bank.clone(), wallet.clone());
            async move {
                house.db.write(move |conn| match post(conn, &ctx, posting(vec![(&wallet, &bank, 80)])) {
                    Ok(_) => easylink::base::db::End::Keep(Ok(())),
                    Err(error) => easylink::base::db::End::Undo(Err(error)),
                }).await.unwrap()
            }
        });
        let outcomes = join_all(tries).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(()) | Err(LedgerError::Insufficient))));
        portal.read(move |conn| {
            assert_eq!(wallet_balance(conn, owner).unwrap(), Money(20));
            assert_eq!(verify(conn).unwrap(), Vec::new());
        }).await;
    }
}

on_both! {
    async fn opposite_transfers_at_once_do_not_wait_in_a_circle(portal) {
        let (owners, ctx) = (accounts(&portal, 2).await, portal.ctx());
        let (context, ids) = (ctx.clone(), owners.clone());
        let (one, other) = portal.write(move |conn| {
            let bank = bank(conn, &Number::random('B'), "CNY", context.now).unwrap();
            let one = wallet(conn, ids[0], "CNY", context.now).unwrap();
            let other = wallet(conn, ids[1], "CNY", context.now).unwrap();
            post(conn, &context, posting(vec![(&bank, &one, 1000), (&bank, &other, 1000)])).unwrap();
            (one, other)
        }).await;
        let tries = (0..40).map(|at| {
            let (house, ctx) = (portal.house.clone(), ctx.clone());
            let (from, to) = if at % 2 == 0 { (one.clone(), other.clone()) } else { (other.clone(), one.clone()) };
            async move {
                house.db.write(move |conn| match post(conn, &ctx, posting(vec![(&from, &to, 10)])) {
                    Ok(_) => easylink::base::db::End::Keep(Ok(())),
                    Err(error) => easylink::base::db::End::Undo(Err(error)),
                }).await.unwrap()
            }
        });
        assert!(join_all(tries).await.iter().all(Result::is_ok));
        portal.read(move |conn| {
            assert_eq!(wallet_balance(conn, owners[0]).unwrap(), Money(1000));
            assert_eq!(verify(conn).unwrap(), Vec::new());
        }).await;
    }
}

on_both! {
    async fn a_transaction_is_reversed_once_however_many_ask(portal) {
        let (owner, ctx) = (accounts(&portal, 1).await[0], portal.ctx());
        let context = ctx.clone();
        let number = portal.write(move |conn| {
            let bank = bank(conn, &Number::random('B'), "CNY", context.now).unwrap();
            let wallet = wallet(conn, owner, "CNY", context.now).unwrap();
            post(conn, &context, posting(vec![(&bank, &wallet, 100)])).unwrap()
        }).await;
        let tries = (0..8).map(|_| {
            let (house, ctx, number) = (portal.house.clone(), ctx.clone(), number.clone());
            async move {
                house.db.write(move |conn| match reverse(conn, &ctx, &number) {
                    Ok(reversal) => easylink::base::db::End::Keep(Ok(reversal)),
                    Err(error) => easylink::base::db::End::Undo(Err(error)),
                }).await.unwrap()
            }
        });
        let outcomes = join_all(tries).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        let reversal = outcomes.into_iter().find_map(Result::ok).unwrap();
        portal.write(move |conn| {
            assert!(matches!(reverse(conn, &ctx, &reversal), Err(LedgerError::AlreadyReversed)));
            assert_eq!(wallet_balance(conn, owner).unwrap(), Money::ZERO);
            assert_eq!(verify(conn).unwrap(), Vec::new());
        }).await;
    }
}

on_both! {
    async fn transfers_are_never_changed_and_a_changed_balance_is_found(portal) {
        let (owner, ctx) = (accounts(&portal, 1).await[0], portal.ctx());
        portal.write(move |conn| {
            let bank = bank(conn, &Number::random('B'), "CNY", ctx.now).unwrap();
            let wallet = wallet(conn, owner, "CNY", ctx.now).unwrap();
            post(conn, &ctx, posting(vec![(&bank, &wallet, 100)])).unwrap();
        }).await;
        portal.write(move |conn| {
            let changed = conn.transaction(|conn| {
                diesel::update(ledger_transfers::table).set(ledger_transfers::amount.eq(1_i64)).execute(conn)
            });
            assert!(changed.is_err());
            let deleted = conn.transaction(|conn| diesel::delete(ledger_transfers::table).execute(conn));
            assert!(deleted.is_err());
            let overdrawn = conn.transaction(|conn| {
                diesel::update(ledger_accounts::table.filter(ledger_accounts::account_id.eq(owner)))
                    .set(ledger_accounts::balance.eq(-1_i64))
                    .execute(conn)
            });
            assert!(overdrawn.is_err());
            diesel::update(ledger_accounts::table.filter(ledger_accounts::account_id.eq(owner)))
                .set(ledger_accounts::balance.eq(99_i64))
                .execute(conn)
                .unwrap();
            let found = ledger::verify(conn).unwrap();
            assert!(
                matches!(found.as_slice(), [Discrepancy::Balance { stored: Money(99), replayed: 100, .. }]),
                "{found:?}"
            );
        }).await;
    }
}
