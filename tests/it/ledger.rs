//! The ledger under random postings, races and tampering.

use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::{CheckViolation, UniqueViolation};
use easylink::base::db::Conn;
use easylink::base::db::schema::{accounts, ledger_accounts, ledger_transfers};
use easylink::base::types::{Money, Number};
use easylink::services::context::Context;
use easylink::services::ledger::{
    self, Account, Discrepancy, Holder, LedgerError, Posting, TransactionKind, bank, movements, movements_since, post,
    reverse, sums, verify, wallet, wallet_balance,
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

/// The holder of an account's wallets.
pub fn holder(conn: &mut Conn, account_id: i64) -> Holder {
    accounts::table.find(account_id).select(accounts::id).first(conn).unwrap()
}

async fn holders(portal: &Portal, count: usize) -> Vec<Holder> {
    let mut list = Vec::new();
    for _ in 0..count {
        let account = portal.enters(&format!("wallet{}@example.com", unique())).await.account_id;
        list.push(portal.read(move |conn| holder(conn, account)).await);
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
fn walk(conn: &mut Conn, ctx: &Context, owners: &[Holder], steps: &[Step]) -> Result<(), TestCaseError> {
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
            prop_assert!(wallet_balance(conn, *owner, "CNY").unwrap() >= Money::ZERO);
        }
    }
    let sums = sums(conn).unwrap();
    prop_assert_eq!(sums.debits, sums.credits);
    prop_assert_eq!(verify(conn).unwrap(), Vec::new());
    Ok(())
}

on_both! {
    async fn random_postings_keep_the_books(portal) {
        let (owners, ctx) = (holders(&portal, 3).await, portal.ctx());
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
        let (owner, ctx) = (holders(&portal, 1).await[0], portal.ctx());
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
            assert_eq!(wallet_balance(conn, owner, "CNY").unwrap(), Money(20));
            assert_eq!(verify(conn).unwrap(), Vec::new());
        }).await;
    }
}

on_both! {
    async fn opposite_transfers_at_once_do_not_wait_in_a_circle(portal) {
        let (owners, ctx) = (holders(&portal, 2).await, portal.ctx());
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
            assert_eq!(wallet_balance(conn, owners[0], "CNY").unwrap(), Money(1000));
            assert_eq!(verify(conn).unwrap(), Vec::new());
        }).await;
    }
}

on_both! {
    async fn a_transaction_is_reversed_once_however_many_ask(portal) {
        let (owner, ctx) = (holders(&portal, 1).await[0], portal.ctx());
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
            assert_eq!(wallet_balance(conn, owner, "CNY").unwrap(), Money::ZERO);
            assert_eq!(verify(conn).unwrap(), Vec::new());
        }).await;
    }
}

on_both! {
    async fn a_page_of_transactions_shows_each_of_them_whole(portal) {
        let (two, ctx) = (holders(&portal, 2).await, portal.ctx());
        portal.write(move |conn| {
            let bank = bank(conn, &Number::random('B'), "CNY", ctx.now).unwrap();
            let wallets = [wallet(conn, two[0], "CNY", ctx.now).unwrap(), wallet(conn, two[1], "CNY", ctx.now).unwrap()];
            let made: Vec<Number> = (1..=3)
                .map(|nth| post(conn, &ctx, posting(vec![(&bank, &wallets[0], nth), (&bank, &wallets[1], nth * 10)])).unwrap())
                .collect();
            let page = |conn: &mut Conn, after: Option<&Number>| {
                let rows = ledger::transactions(conn, after, 2).unwrap().unwrap();
                rows.into_iter()
                    .map(|row| (row.number, row.transfers.iter().map(|moved| moved.amount.0).collect::<Vec<_>>()))
                    .collect::<Vec<_>>()
            };
            assert_eq!(page(conn, None), [(made[2].clone(), vec![3, 30]), (made[1].clone(), vec![2, 20])]);
            assert_eq!(page(conn, Some(&made[1])), [(made[0].clone(), vec![1, 10])]);
            assert!(ledger::transactions(conn, Some(&Number::random('L')), 2).unwrap().is_none());
        }).await;
    }
}

on_both! {
    async fn transfers_are_never_changed_and_a_changed_balance_is_found(portal) {
        let (owner, ctx) = (holders(&portal, 1).await[0], portal.ctx());
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
                diesel::update(ledger_accounts::table.filter(ledger_accounts::account_id.eq(Some(owner))))
                    .set(ledger_accounts::balance.eq(-1_i64))
                    .execute(conn)
            });
            assert!(overdrawn.is_err());
            diesel::update(ledger_accounts::table.filter(ledger_accounts::account_id.eq(Some(owner))))
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

on_both! {
    async fn fifty_different_credits_and_reversals_at_once_leave_the_books_right(portal) {
        let (owners, ctx) = (holders(&portal, 3).await, portal.ctx());
        let (number, context, first) = (Number::random('B'), ctx.clone(), owners[0]);
        let receiving = number.clone();
        // Ten transactions that stand, to be reversed while others come; two of the wallets do not exist yet.
        let standing = portal.write(move |conn| {
            let bank = bank(conn, &receiving, "CNY", context.now).unwrap();
            let wallet = wallet(conn, first, "CNY", context.now).unwrap();
            (1..=10).map(|amount| post(conn, &context, posting(vec![(&bank, &wallet, amount)])).unwrap()).collect::<Vec<_>>()
        }).await;
        let tries = (0..50_usize).map(|at| {
            let (house, ctx, owner, receiving) = (portal.house.clone(), ctx.clone(), owners[at % 3], number.clone());
            let reversed = (at % 3 == 0).then(|| standing[at % standing.len()].clone());
            async move {
                house.db.write(move |conn| {
                    let done = match reversed {
                        Some(number) => reverse(conn, &ctx, &number),
                        None => bank(conn, &receiving, "CNY", ctx.now).and_then(|bank| {
                            Ok((bank, wallet(conn, owner, "CNY", ctx.now)?))
                        }).map_err(LedgerError::from).and_then(|(bank, wallet)| {
                            post(conn, &ctx, posting(vec![(&bank, &wallet, 100)]))
                        }),
                    };
                    match done {
                        Ok(_) => easylink::base::db::End::Keep(Ok(())),
                        Err(error) => easylink::base::db::End::Undo(Err(error)),
                    }
                }).await.unwrap()
            }
        });
        let outcomes = join_all(tries).await;
        // 17 reversals of 10 transactions, each of which is undone once; every credit stands.
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(()) | Err(LedgerError::AlreadyReversed))), "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 33 + 10);
        portal.read(move |conn| {
            let held: i64 = owners.iter().map(|owner| wallet_balance(conn, *owner, "CNY").unwrap().0).sum();
            assert_eq!(held, 33 * 100);
            assert_eq!(verify(conn).unwrap(), Vec::new());
        }).await;
    }
}

on_both! {
    async fn movements_of_both_sides_come_in_order_page_by_page(portal) {
        let (owners, ctx) = (holders(&portal, 2).await, portal.ctx());
        portal.write(move |conn| {
            let bank = bank(conn, &Number::random('B'), "CNY", ctx.now).unwrap();
            let one = wallet(conn, owners[0], "CNY", ctx.now).unwrap();
            let other = wallet(conn, owners[1], "CNY", ctx.now).unwrap();
            let mut written = Vec::new();
            for at in 1..=9 {
                let later = Context { now: ctx.now.plus(std::time::Duration::from_secs(at)), ..ctx.clone() };
                post(conn, &later, posting(vec![(&bank, &other, 1)])).unwrap();
                let pair = if at % 3 == 0 { (&one, &bank) } else { (&bank, &one) };
                written.push(post(conn, &later, posting(vec![(pair.0, pair.1, 5)])).unwrap());
            }
            written.reverse();
            let mut read = Vec::new();
            loop {
                let piece = movements(conn, owners[0], "CNY", read.last(), 4).unwrap().unwrap();
                if piece.is_empty() {
                    break;
                }
                read.extend(piece.into_iter().map(|movement| movement.number));
            }
            assert_eq!(read, written);
            let foreign = movements(conn, owners[1], "CNY", read.first(), 4).unwrap();
            assert!(foreign.is_none(), "another's transaction is no cursor");
            let since = ctx.now.plus(std::time::Duration::from_secs(5));
            let recent: Vec<Money> = movements_since(conn, owners[0], "CNY", since, 50).unwrap().into_iter().map(|one| one.amount).collect();
            assert_eq!(recent, [Money(5), Money(-5), Money(5), Money(5), Money(-5)]);
            assert!(movements(conn, owners[0], "EUR", None, 4).unwrap().unwrap().is_empty());
        }).await;
    }
}

on_both! {
    async fn an_account_has_one_wallet_for_each_currency(portal) {
        let (owner, ctx) = (holders(&portal, 1).await[0], portal.ctx());
        portal.write(move |conn| {
            wallet(conn, owner, "CNY", ctx.now).unwrap();
            wallet(conn, owner, "EUR", ctx.now).unwrap();
            assert_eq!(wallet(conn, owner, "CNY", ctx.now).unwrap(), wallet(conn, owner, "CNY", ctx.now).unwrap());
            let mut kept = |kind: &str, holder: Option<Holder>, currency: &str| {
                let row = (
                    ledger_accounts::code.eq(format!("test/{}", unique())),
                    ledger_accounts::kind.eq(kind.to_string()),
                    ledger_accounts::account_id.eq(holder),
                    ledger_accounts::currency.eq(currency.to_string()),
                    ledger_accounts::balance.eq(0_i64),
                    ledger_accounts::created_at.eq(ctx.now),
                );
                conn.transaction(|conn| diesel::insert_into(ledger_accounts::table).values(row).execute(conn))
            };
            let refused = |outcome, kind| match outcome {
                Err(diesel::result::Error::DatabaseError(found, _)) => assert_eq!(format!("{found:?}"), format!("{kind:?}")),
                other => panic!("{other:?}"),
            };
            refused(kept("wallet", Some(owner), "CNY"), UniqueViolation);
            refused(kept("wallet", None, "CNY"), CheckViolation);
            for kind in ["bank", "suspense", "revenue", "refunds_payable", "fees"] {
                refused(kept(kind, Some(owner), "CNY"), CheckViolation);
                assert_eq!(kept(kind, None, "CNY").unwrap(), 1);
            }
        }).await;
    }
}
