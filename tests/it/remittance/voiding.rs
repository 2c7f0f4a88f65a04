//! An entry that was typed in wrongly: who voids it, when it cannot be voided, and what stays of it.

use diesel::prelude::*;
use diesel::result::Error;
use easylink::base::db::Conn;
use easylink::base::db::schema::{people, statement_entries};
use easylink::base::types::Money;
use easylink::web::feature::StaffRole;

use super::imports::{books_are_right, imports, message, states};
use super::{Company, balance, company, declares, enters_line, entry, presses, tops_up};
use crate::support::entered::Entered;
use crate::support::form::FormInPage;
use crate::support::portal::Portal;
use crate::support::waiting::until_others_wait;

/// The page of the newest entry in the list.
async fn newest(officer: &mut Entered) -> String {
    let list = officer.opens("/staff/statements?state=all").await;
    list.attribute("tbody tr a", "href").unwrap()
}

on_both! {
    async fn a_mistyped_entry_is_voided_with_a_reason_and_typed_in_again(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        declares(&mut people.li, &number).await;
        enters_line(&mut people.fay, "100", &number, "S-1").await;
        let path = newest(&mut people.fay).await;
        let voiding = format!("{path}/voiding");
        let page = people.fay.opens(&path).await;
        let ask = people.fay.opens(&page.link("Void this entry")).await;
        assert_eq!(ask.h1(), "Void this entry?");
        for words in ["¥ 100.00", "LI MING", &number, "23 Nov 2026", "S-1", "cannot be taken back"] {
            assert!(ask.text().contains(words), "{words} in {}", ask.text());
        }
        let empty = people.fay.posts(&ask.form(&voiding).with("reason", " \n ")).await;
        assert_eq!((empty.status, empty.wrong_fields()), (422, vec!["reason".to_string()]));
        let done = people.fay.submits(&empty.form(&voiding).with("reason", "One <b>nought</b> too many")).await;
        assert_eq!(done.all(".flash.good").len(), 1, "{}", done.text());
        let told = "Fay voided it on 23 Nov 2026";
        assert!(done.text().contains(told) && done.text().contains("“One <b>nought</b> too many”"), "{}", done.text());
        assert!(!done.text().contains("Void this entry"), "{}", done.text());

        // It counts nowhere any more, and its serial number is free once.
        for (state, here) in [("open", false), ("credited", false), ("voided", true), ("all", true)] {
            let list = people.finn.opens(&format!("/staff/statements?state={state}")).await;
            assert_eq!(list.text().contains("S-1"), here, "{state}: {}", list.text());
        }
        let remittance = people.finn.opens(&format!("/staff/remittances/{number}")).await;
        assert!(remittance.text().contains("No entry fits yet"), "{}", remittance.text());
        enters_line(&mut people.fay, "10", &number, "S-1").await;
        let third = entry(&mut people.fay, "10", &number, "S-1").await;
        assert_eq!(people.fay.posts(&third).await.wrong_fields(), ["bank_serial"]);
        presses(&mut people.finn, &format!("/staff/remittances/{number}"), "/confirmation").await;
        assert_eq!(balance(&portal, &people.li).await, Money(1_000));

        // The record tells it to the auditor, who reads the entry and cannot void one.
        let mut ana = portal.employs("Ana", &[StaffRole::Auditor]).await;
        let records = ana.opens("/staff/audit?event=entry_voided").await;
        let row = records.all("tbody tr").concat();
        for words in ["Statement entry voided", "One <b>nought</b> too many", "100.00", "fay@staff.example.com"] {
            assert!(row.contains(words), "{words} in {row}");
        }
        assert!(ana.opens(&path).await.text().contains("counts no more"));
        assert_eq!(ana.gets(&voiding).await.status, 403);
    }
}

on_both! {
    async fn what_was_credited_or_voided_is_not_voided(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        declares(&mut people.li, &number).await;
        enters_line(&mut people.fay, "10", &number, "S-1").await;
        let path = newest(&mut people.fay).await;
        let voiding = format!("{path}/voiding");
        let form = people.fay.opens(&voiding).await.form(&voiding).with("reason", "Mistyped");
        presses(&mut people.finn, &format!("/staff/remittances/{number}"), "/confirmation").await;
        assert_eq!(people.fay.posts(&form).await.status, 409);
        assert_eq!(people.fay.gets(&voiding).await.status, 409);
        assert!(!people.fay.opens(&path).await.text().contains("Void this entry"));
        assert_eq!(balance(&portal, &people.li).await, Money(1_000));

        enters_line(&mut people.fay, "20", "x", "S-2").await;
        let path = newest(&mut people.fay).await;
        let voiding = format!("{path}/voiding");
        let form = people.finn.opens(&voiding).await.form(&voiding).with("reason", "Mistyped");
        people.finn.submits(&form).await;
        let again = form.tampered("token", people.finn.opens("/staff/statements/new").await.form("/staff/statements/new").value("token").unwrap());
        assert_eq!(people.finn.posts(&again).await.status, 409);
        assert_eq!(people.finn.gets("/staff/statements/E234567892AB/voiding").await.status, 404);
    }
}

on_both! {
    async fn what_a_bank_wrote_is_never_voided(portal) {
        let mut people = company(&portal).await;
        imports(&portal, &mut people, &message(&[("22", "70.00", "Wu Xia", "no reference", "A1")])).await;
        let brought = newest(&mut people.fay).await;
        assert!(!people.fay.opens(&brought).await.text().contains("Void this entry"));
        assert_eq!(people.fay.gets(&format!("{brought}/voiding")).await.status, 409);
        // By the form of another entry, which was typed in.
        enters_line(&mut people.fay, "20", "x", "S-1").await;
        let voiding = format!("{}/voiding", newest(&mut people.fay).await);
        let mut forged = people.fay.opens(&voiding).await.form(&voiding).with("reason", "Mistyped");
        forged.action = format!("{brought}/voiding");
        assert_eq!(people.fay.posts(&forged).await.status, 409);
        let before = states(&portal).await;
        assert_eq!(before, [("open".into(), None), ("open".into(), None)]);
        books_are_right(&portal).await;
    }
}

/// Both posts wait for the entry, `first` before `second`; answers how they ended.
async fn meet(portal: &Portal, first: (&mut Entered, &FormInPage), second: (&mut Entered, &FormInPage)) -> [u16; 2] {
    let (tell, told) = tokio::sync::oneshot::channel();
    let between = portal.write(move |conn| {
        if let Conn::Pg(pg) = conn {
            diesel::sql_query("select id from statement_entries for update").execute(pg).unwrap();
        }
        tell.send(()).unwrap();
        until_others_wait(conn, 2);
    });
    let posts = async {
        told.await.unwrap();
        let one = first.0.posts_now(first.1);
        let other = async {
            portal.read(|conn| until_others_wait(conn, 1)).await;
            second.0.posts_now(second.1).await
        };
        let (one, other) = futures_util::future::join(one, other).await;
        [one.status, other.status]
    };
    futures_util::future::join(between, posts).await.1
}

on_both! {
    async fn an_entry_is_credited_or_voided_never_both(portal) {
        let Company { mut fay, mut finn, mut li } = company(&portal).await;
        let one_writer = portal.read(|conn| matches!(conn, Conn::Sqlite(_))).await;
        let mut credited = 0;
        for (nth, confirms_first) in [true, false].into_iter().enumerate() {
            let number = tops_up(&mut li, "10").await;
            declares(&mut li, &number).await;
            enters_line(&mut fay, "10", &number, &format!("S-{nth}")).await;
            let path = newest(&mut fay).await;
            let voiding = format!("{path}/voiding");
            let remittance = format!("/staff/remittances/{number}");
            let voids = fay.opens(&voiding).await.form(&voiding).with("reason", "Mistyped");
            let confirms = finn.opens(&remittance).await.form(&format!("{remittance}/confirmation"));
            let statuses = if confirms_first {
                meet(&portal, (&mut finn, &confirms), (&mut fay, &voids)).await
            } else {
                meet(&portal, (&mut fay, &voids), (&mut finn, &confirms)).await
            };
            // SQLite has one writer: there either comes first.
            assert!(statuses == [303, 409] || one_writer && statuses == [409, 303], "{statuses:?}");
            let confirmed = confirms_first == (statuses[0] == 303);
            credited += if confirmed { 1_000 } else { 0 };
            assert_eq!(balance(&portal, &li).await, Money(credited));
            let page = fay.opens(&path).await;
            assert_eq!(page.text().contains("counts no more"), !confirmed, "{}", page.text());
        }
    }
}

on_both! {
    async fn a_voided_row_says_by_whom_when_and_why_for_good(portal) {
        let mut people = company(&portal).await;
        enters_line(&mut people.fay, "10", "x", "S-1").await;
        portal.write(|conn| {
            use statement_entries::dsl::{amount, credited_by_id, state, statement_entries as all, void_reason, voided_at, voided_by_id};
            let finn: i64 = people::table.filter(people::address.eq("finn@staff.example.com")).select(people::id).first(conn).unwrap();
            let (by, at, why) = (voided_by_id.eq(Some(finn)), voided_at.eq(Some(1_i64)), void_reason.eq(Some("Mistyped")));
            let mut refused = |what: &str, f: &dyn Fn(&mut Conn) -> QueryResult<usize>| {
                let ended = conn.transaction(|c| f(c));
                assert!(matches!(ended, Err(Error::DatabaseError(..))), "{what}: {ended:?}");
            };
            refused("by nobody", &|c| diesel::update(all).set((state.eq("voided"), at, why)).execute(c));
            refused("never", &|c| diesel::update(all).set((state.eq("voided"), by, why)).execute(c));
            refused("why", &|c| diesel::update(all).set((state.eq("voided"), by, at)).execute(c));
            refused("no word", &|c| diesel::update(all).set((state.eq("voided"), by, at, void_reason.eq(Some("")))).execute(c));
            refused("and open", &|c| diesel::update(all).set((by, at, why)).execute(c));
            refused("and credited", &|c| {
                diesel::update(all).set((state.eq("voided"), by, at, why, credited_by_id.eq(Some(finn)))).execute(c)
            });
            assert_eq!(diesel::update(all).set((state.eq("voided"), by, at, why)).execute(conn).unwrap(), 1);
            let mut refused = |what: &str, f: &dyn Fn(&mut Conn) -> QueryResult<usize>| {
                let ended = conn.transaction(|c| f(c));
                assert!(matches!(ended, Err(Error::DatabaseError(..))), "{what}: {ended:?}");
            };
            refused("opened again", &|c| {
                let nobody = (voided_by_id.eq(None::<i64>), voided_at.eq(None::<i64>), void_reason.eq(None::<String>));
                diesel::update(all).set((state.eq("open"), nobody)).execute(c)
            });
            refused("credited", &|c| {
                let nobody = (voided_by_id.eq(None::<i64>), voided_at.eq(None::<i64>), void_reason.eq(None::<String>));
                diesel::update(all).set((state.eq("credited"), credited_by_id.eq(Some(finn)), nobody)).execute(c)
            });
            refused("another amount", &|c| diesel::update(all).set(amount.eq(Money(1))).execute(c));
            refused("another moment", &|c| diesel::update(all).set(voided_at.eq(Some(2))).execute(c));
            refused("taken away", &|c| diesel::delete(all).execute(c));
            // What somebody wrote may name people: it can be wiped when its term is over.
            assert_eq!(diesel::update(all).set(void_reason.eq(Some("–"))).execute(conn).unwrap(), 1);
        }).await;
    }
}
