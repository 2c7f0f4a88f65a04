//! An account at the bank that is closed and opened anew under another number of the portal: it stays one account.

use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::{ForeignKeyViolation, UniqueViolation};
use diesel::result::Error;
use easylink::base::db::Conn;
use easylink::base::db::schema::{receiving_accounts, statement_entries};
use easylink::base::types::{Money, Number};
use easylink::web::feature::StaffRole;
use futures_util::future::join;

use super::receiving::closes_the_oldest;
use super::{Company, balance, company, declares, enters_line, entry, presses, tops_up};
use crate::support::entered::Entered;
use crate::support::form::FormInPage;
use crate::support::waiting::until_others_wait;

/// The proposal of an account at the bank.
async fn proposal(officer: &mut Entered, number: &str) -> FormInPage {
    officer.opens("/staff/receiving/new").await.form("/staff/receiving/new").answered(&[
        ("bank_name", "Bank of Testing, Shanghai"),
        ("holder", "Easy Link Ltd"),
        ("account_number", number),
    ])
}

/// The only account is closed, and proposed and opened anew as another one; its number is typed in another way.
async fn reopens(people: &mut Company) {
    closes_the_oldest(people).await;
    let form = proposal(&mut people.fay, "3100-0001-2345").await;
    people.fay.submits(&form).await;
    presses(&mut people.finn, "/staff/receiving", "/opening").await;
}

on_both! {
    async fn a_line_counts_once_also_when_its_account_is_opened_anew(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        declares(&mut people.li, &number).await;
        enters_line(&mut people.fay, "10", &number, "S-1").await;
        presses(&mut people.finn, &format!("/staff/remittances/{number}"), "/confirmation").await;
        enters_line(&mut people.fay, "100", "mistyped", "S-2").await;
        reopens(&mut people).await;

        let again = entry(&mut people.fay, "10", "x", "s 1").await;
        let page = people.fay.posts(&again).await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["bank_serial".to_string()]), "{}", page.text());
        assert!(page.text().contains("¥ 10.00"), "it names the entry that has it: {}", page.text());
        assert_eq!(balance(&portal, &people.li).await, Money(1_000));

        // A voided one is free once, for whichever of the two it was typed in.
        let taken = entry(&mut people.fay, "20", "x", "S-2").await;
        assert_eq!(people.fay.posts(&taken).await.wrong_fields(), ["bank_serial"]);
        let list = people.fay.opens("/staff/statements").await;
        let voiding = format!("{}/voiding", list.attribute("tbody tr a", "href").unwrap());
        let form = people.fay.opens(&voiding).await.form(&voiding).with("reason", "Mistyped");
        people.fay.submits(&form).await;
        enters_line(&mut people.fay, "20", "x", "S-2").await;
        let third = entry(&mut people.finn, "20", "x", "S-2").await;
        assert_eq!(people.finn.posts(&third).await.wrong_fields(), ["bank_serial"]);
    }
}

on_both! {
    async fn each_account_at_the_bank_is_offered_once(portal) {
        let mut people = company(&portal).await;
        let offered = "select[name=receiving] option[value^=B]";
        let first = people.fay.opens("/staff/statements/new").await.attribute(offered, "value").unwrap();
        closes_the_oldest(&mut people).await;
        let page = people.fay.opens("/staff/statements/new").await;
        assert_eq!(page.attribute(offered, "value").as_ref(), Some(&first), "money still arrives on a closed one");
        let form = proposal(&mut people.fay, "3100-0001-2345").await;
        people.fay.submits(&form).await;
        let page = people.fay.opens("/staff/statements/new").await;
        assert_eq!(page.attribute(offered, "value").as_ref(), Some(&first), "a proposal is none yet");
        presses(&mut people.finn, "/staff/receiving", "/opening").await;
        let page = people.fay.opens("/staff/statements/new").await;
        assert_eq!(page.all(offered), ["Bank of Testing, Shanghai · 3100-0001-2345"]);
        let second = page.attribute(offered, "value").unwrap();
        assert_ne!(second, first);
        // Of two that are closed it is the newer one.
        closes_the_oldest(&mut people).await;
        let page = people.fay.opens("/staff/statements/new").await;
        assert_eq!((page.all(offered).len(), page.attribute(offered, "value")), (1, Some(second)));
    }
}

on_both! {
    async fn the_tables_know_the_account_at_the_bank(portal) {
        let mut people = company(&portal).await;
        enters_line(&mut people.fay, "10", "x", "S-1").await;
        portal.write(|conn| {
            use statement_entries::dsl::{account_key, statement_entries as all};
            let mut refused = |what: &str, f: &dyn Fn(&mut Conn) -> QueryResult<usize>| {
                let ended = conn.transaction(|c| f(c));
                let Err(Error::DatabaseError(kind, _)) = ended else { panic!("{what}: {ended:?}") };
                kind
            };
            let kind = refused("an entry of another account", &|c| diesel::update(all).set(account_key.eq("OTHER1")).execute(c));
            assert!(matches!(kind, ForeignKeyViolation), "{kind:?}");
            let kind = refused("an account that becomes another", &|c| {
                diesel::update(receiving_accounts::table).set(receiving_accounts::account_key.eq("OTHER1")).execute(c)
            });
            assert!(matches!(kind, ForeignKeyViolation), "{kind:?}");
            let kind = refused("two that stand", &|c| {
                use receiving_accounts::dsl::{account_number, bank_name, created_at, currency, holder, instructions, number, proposed_by_id, state};
                let proposer: i64 = receiving_accounts::table.select(proposed_by_id).first(c)?;
                let texts = (bank_name.eq("B"), holder.eq("H"), account_number.eq("310000012345"), currency.eq("CNY"), instructions.eq(""));
                let row = (number.eq(Number::random('B')), state.eq("proposed"), proposed_by_id.eq(proposer), created_at.eq(1_i64));
                let key = receiving_accounts::account_key.eq("310000012345");
                diesel::insert_into(receiving_accounts::table).values((row, texts, key)).execute(c)
            });
            assert!(matches!(kind, UniqueViolation), "{kind:?}");
        }).await;
    }
}

on_both! {
    async fn two_that_propose_one_number_at_once_propose_it_once(portal) {
        let mut fay = portal.employs("Fay", &[StaffRole::Finance]).await;
        let mut finn = portal.employs("Finn", &[StaffRole::Finance]).await;
        let (one, other) = (proposal(&mut fay, "3100 0001 2345").await, proposal(&mut finn, "310000012345").await);
        let (tell, told) = tokio::sync::oneshot::channel();
        // Both have seen that nobody has the number before either takes it.
        let between = portal.write(move |conn| {
            if let Conn::Pg(pg) = conn {
                diesel::sql_query("lock table receiving_accounts in share mode").execute(pg).unwrap();
            }
            tell.send(()).unwrap();
            until_others_wait(conn, 2);
        });
        let both = async {
            told.await.unwrap();
            join(fay.posts_now(&one), finn.posts_now(&other)).await
        };
        let ((), (one, other)) = join(between, both).await;
        let (done, refused) = if one.status == 303 { (one, other) } else { (other, one) };
        assert_eq!((done.status, refused.status, refused.wrong_fields()), (303, 422, vec!["account_number".to_string()]));
        assert!(refused.text().contains("already in use"), "{}", refused.text());
        let rows: i64 = portal.read(|conn| receiving_accounts::table.count().get_result(conn).unwrap()).await;
        assert_eq!(rows, 1);
    }
}
