//! What no row may say, whoever writes it: the database refuses what the types refuse.

use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::{CheckViolation, ForeignKeyViolation};
use diesel::result::{DatabaseErrorKind, Error};
use easylink::base::db::Conn;
use easylink::base::db::schema::{allocations, people, receiving_accounts, remittances, statement_entries};

use super::{company, declaration, declares, enters_line, presses, sends, tops_up};

/// Runs one statement in a transaction of its own and expects this refusal.
fn refused(conn: &mut Conn, kind: DatabaseErrorKind, what: &str, f: impl FnOnce(&mut Conn) -> QueryResult<usize>) {
    match conn.transaction(f) {
        Err(Error::DatabaseError(found, _)) => assert_eq!(format!("{found:?}"), format!("{kind:?}"), "{what}"),
        other => panic!("{what}: {other:?}"),
    }
}

const KEPT: &[(&str, &str)] = &[
    ("amount of an entry", "update statement_entries set amount = amount + 1 where state = 'credited'"),
    (
        "state of an entry",
        "update statement_entries set state = 'open', allocated = 0, credited_by_id = null where state = 'credited'",
    ),
    ("who entered", "update statement_entries set entered_by_id = entered_by_id where state = 'credited'"),
    (
        "a credited entry, voided",
        "update statement_entries set state = 'voided', allocated = 0, credited_by_id = null, voided_by_id = entered_by_id, \
         voided_at = 1, void_reason = 'x' where state = 'credited'",
    ),
    ("an entry", "delete from statement_entries where state = 'credited'"),
    ("amount of a remittance", "update remittances set amount = amount + 1 where state = 'credited'"),
    ("state of a remittance", "update remittances set state = 'declared' where state = 'credited'"),
    ("amount of an allocation", "update allocations set amount = amount + 1"),
    ("an allocation", "delete from allocations"),
    ("a remittance", "delete from remittances where state = 'credited'"),
];

fn person(conn: &mut Conn, address: &str) -> i64 {
    people::table.filter(people::address.eq(address)).select(people::id).first(conn).unwrap()
}

on_both! {
    async fn a_receiving_account_is_opened_and_closed_by_two(portal) {
        company(&portal).await;
        portal.write(|conn| {
            use receiving_accounts::dsl::{closed_by_id, closing_by_id, opened_by_id, receiving_accounts as all, state};
            let (fay, finn) = (person(conn, "fay@staff.example.com"), person(conn, "finn@staff.example.com"));
            let (nobody, by_fay, by_finn) = (None::<i64>, Some(fay), Some(finn));
            refused(conn, CheckViolation, "opened by who proposed", |c| diesel::update(all).set(opened_by_id.eq(by_fay)).execute(c));
            refused(conn, CheckViolation, "open and opened by nobody", |c| diesel::update(all).set(opened_by_id.eq(nobody)).execute(c));
            refused(conn, CheckViolation, "a proposal that was opened", |c| diesel::update(all).set(state.eq("proposed")).execute(c));
            refused(conn, CheckViolation, "closing, asked by nobody", |c| diesel::update(all).set(state.eq("closing")).execute(c));
            refused(conn, CheckViolation, "closed by one", |c| {
                diesel::update(all).set((state.eq("closed"), closed_by_id.eq(by_finn))).execute(c)
            });
            refused(conn, CheckViolation, "closed by the same twice", |c| {
                diesel::update(all).set((state.eq("closed"), closing_by_id.eq(by_finn), closed_by_id.eq(by_finn))).execute(c)
            });
            refused(conn, CheckViolation, "closed by nobody", |c| {
                diesel::update(all).set((state.eq("closed"), closing_by_id.eq(by_finn))).execute(c)
            });
            refused(conn, CheckViolation, "open and closed", |c| {
                diesel::update(all).set((closing_by_id.eq(by_finn), closed_by_id.eq(by_fay))).execute(c)
            });
            let two = (state.eq("closed"), closing_by_id.eq(by_finn), closed_by_id.eq(by_fay));
            assert_eq!(diesel::update(all).set(two).execute(conn).unwrap(), 1);
        }).await;
    }
}

on_both! {
    async fn who_typed_an_entry_in_never_confirms_it(portal) {
        let mut people = company(&portal).await;
        let (done, waiting) = (tops_up(&mut people.li, "10").await, tops_up(&mut people.li, "20").await);
        for number in [&done, &waiting] {
            declares(&mut people.li, number).await;
        }
        enters_line(&mut people.fay, "10", &done, "S-1").await;
        presses(&mut people.finn, &format!("/staff/remittances/{done}"), "/confirmation").await;
        enters_line(&mut people.fay, "20", &waiting, "S-2").await;
        portal.write(move |conn| {
            let (fay, finn) = (person(conn, "fay@staff.example.com"), person(conn, "finn@staff.example.com"));
            let entry: i64 = statement_entries::table
                .filter(statement_entries::bank_serial.eq("S-2"))
                .select(statement_entries::id)
                .first(conn)
                .unwrap();
            let line = || statement_entries::table.find(entry);
            let credited = |by: i64, allocated: i64| {
                (
                    statement_entries::state.eq("credited"),
                    statement_entries::allocated.eq(allocated),
                    statement_entries::credited_by_id.eq(Some(by)),
                )
            };
            refused(conn, CheckViolation, "credited by who typed it in", |c| {
                diesel::update(line()).set(credited(fay, 2000)).execute(c)
            });
            refused(conn, CheckViolation, "credited in part", |c| diesel::update(line()).set(credited(finn, 1999)).execute(c));
            refused(conn, CheckViolation, "more than it holds", |c| diesel::update(line()).set(credited(finn, 2001)).execute(c));
            refused(conn, CheckViolation, "all allocated and open", |c| {
                diesel::update(line()).set(statement_entries::allocated.eq(2000)).execute(c)
            });
            let target = || remittances::table.filter(remittances::number.eq(&waiting));
            let arrived = |much: i64| {
                (
                    remittances::state.eq("credited"),
                    remittances::received.eq(much),
                    remittances::settled_at.eq(Some(1_i64)),
                )
            };
            refused(conn, CheckViolation, "credited in part", |c| diesel::update(target()).set(arrived(1999)).execute(c));
            refused(conn, CheckViolation, "more than its amount", |c| diesel::update(target()).set(arrived(2001)).execute(c));
            refused(conn, CheckViolation, "a part that is all", |c| {
                diesel::update(target()).set((remittances::state.eq("partial"), remittances::received.eq(2000))).execute(c)
            });
            let (id, account, opener): (i64, i64, i64) = target()
                .select((remittances::id, remittances::account_id, remittances::opened_by_id))
                .first(conn)
                .unwrap();
            let share = |by: i64, entered: i64, opened: i64, of: i64| {
                (
                    allocations::entry_id.eq(entry),
                    allocations::kind.eq("remittance"),
                    allocations::account_id.eq(of),
                    allocations::remittance_id.eq(Some(id)),
                    allocations::amount.eq(2000),
                    allocations::why.eq("confirmed"),
                    allocations::allocated_by_id.eq(Some(by)),
                    allocations::entered_by_id.eq(Some(entered)),
                    allocations::opened_by_id.eq(Some(opened)),
                    allocations::allocated_at.eq(1),
                )
            };
            let insert = |c: &mut Conn, row| diesel::insert_into(allocations::table).values(row).execute(c);
            refused(conn, CheckViolation, "allocated by who typed it in", |c| insert(c, share(fay, fay, opener, account)));
            refused(conn, CheckViolation, "allocated by who opened it", |c| insert(c, share(opener, fay, opener, account)));
            refused(conn, ForeignKeyViolation, "typed in by another", |c| insert(c, share(finn, finn + 1000, opener, account)));
            refused(conn, ForeignKeyViolation, "opened by another", |c| insert(c, share(finn, fay, fay, account)));
            refused(conn, ForeignKeyViolation, "of another account", |c| insert(c, share(finn, fay, opener, account + 1000)));
            diesel::update(line()).set(credited(finn, 2000)).execute(conn).unwrap();
            // What was credited is never changed nor taken away; the books of this test know nothing of it.
            let undone = conn.transaction::<(), Error, _>(|c| {
                assert_eq!(diesel::update(target()).set(arrived(2000)).execute(c).unwrap(), 1);
                for (what, sql) in KEPT {
                    let kept = c.transaction::<usize, Error, _>(|c| diesel::sql_query(*sql).execute(c));
                    assert!(matches!(&kept, Err(Error::DatabaseError(_, fault)) if fault.message().contains("never")), "{what}: {kept:?}");
                }
                let sealed = "update statement_entries set sealed_remitter = sealed_remitter where state = 'credited'";
                assert_eq!(diesel::sql_query(sealed).execute(c).unwrap(), 2, "what is sealed may be sealed anew");
                Err(Error::RollbackTransaction)
            });
            assert_eq!(undone, Err(Error::RollbackTransaction));
        }).await;
    }
}

on_both! {
    async fn a_slip_has_all_its_columns_or_none(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        let form = declaration(&mut people.li, &number).await.file("slip", "slip.pdf", "application/pdf", b"%PDF-1.7\nslip");
        sends(&mut people.li, &form).await;
        portal.write(|conn| {
            use remittances::dsl::{remittances as all, slip_key, slip_media_kind, slip_name, slip_size};
            let nothing = None::<String>;
            refused(conn, CheckViolation, "no key", |c| diesel::update(all).set(slip_key.eq(&nothing)).execute(c));
            refused(conn, CheckViolation, "no name", |c| diesel::update(all).set(slip_name.eq(&nothing)).execute(c));
            refused(conn, CheckViolation, "no kind", |c| diesel::update(all).set(slip_media_kind.eq(&nothing)).execute(c));
            refused(conn, CheckViolation, "no size", |c| diesel::update(all).set(slip_size.eq(None::<i64>)).execute(c));
            let none = (slip_key.eq(&nothing), slip_name.eq(&nothing), slip_media_kind.eq(&nothing), slip_size.eq(None::<i64>));
            assert_eq!(diesel::update(all).set(none).execute(conn).unwrap(), 1);
        }).await;
    }
}
