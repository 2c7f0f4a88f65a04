//! A remittance as a further proof of the real name (B2, B4): of a person by the name, of a company by a small amount too.

use diesel::prelude::*;
use easylink::base::db::schema::identity_proofs;
use easylink::features::identity::{IdentityMethod, NewResult, store};
use futures_util::future::join_all;

use super::desk::credits;
use super::{Company, balance, company, declaration, entry, presses, sends, tops_up, verified};
use crate::identity::{approves, hands_in, reviewer, takes};
use crate::support::entered::Entered;
use crate::support::page::Page;
use crate::support::portal::Portal;

const DAY: u64 = 24 * 60;
const FIRM: &str = "Harbour Foods (Shanghai) Ltd";

/// Declares and confirms the transfer of a top-up as it stands on the bank's statement.
async fn arrives(people: &mut Company, payer: &mut Entered, number: &str, (amount, remitter, day): (&str, &str, &str)) {
    let told = [("amount", amount), ("remitted_on", day)];
    let form = declaration(payer, number).await.answered(&told);
    sends(payer, &form).await;
    let line = [("remitter", remitter), ("booked_on", day)];
    let form = entry(&mut people.fay, amount, number, &format!("S-{number}")).await.answered(&line);
    people.fay.submits(&form).await;
    let desk = people.finn.opens(&format!("/staff/remittances/{number}")).await;
    // Money in another name is looked at on the entry's own page.
    if let Some((_, at)) = desk.links().into_iter().find(|(_, to)| to.starts_with("/staff/statements/E")) {
        let page = credits(&mut people.finn, &at, number, "Asked, and it is theirs").await;
        assert!(page.text().contains("It is done"), "{}", page.text());
        return;
    }
    let page = presses(&mut people.finn, &format!("/staff/remittances/{number}"), "/confirmation").await;
    assert!(page.text().contains("confirmed and credited"), "{}", page.text());
}

/// Tops up an account of the person and lets the money arrive; answers the reference.
async fn pays(people: &mut Company, payer: &mut Entered, remitter: &str) -> String {
    let number = tops_up(payer, "100.00").await;
    arrives(people, payer, &number, ("100.00", remitter, "2026-11-23")).await;
    number
}

/// The people of the company, and its customer apart.
async fn cast(portal: &Portal) -> (Company, Entered, Entered) {
    let people = company(portal).await;
    let li = portal.returns("li@example.com").await;
    let rosa = reviewer(portal, "Rosa").await;
    (people, li, rosa)
}

/// The owner of a company whose name was authenticated.
async fn firm(portal: &Portal, address: &str) -> Entered {
    let owner = portal.enters(address).await;
    let (ctx, account_id) = (portal.ctx(), owner.account_id);
    portal
        .write(move |conn| {
            let result = NewResult {
                account_id,
                case_id: None,
                name: FIRM,
                code: Some("91350100M000100Y43"),
                number: "91350100M000100Y43",
                masked_number: "9****************3",
                method: IdentityMethod::Licence,
                decided_by_id: None,
                decided_at: ctx.now,
            };
            assert!(store(conn, &ctx.keys, &result, 100).unwrap());
        })
        .await;
    owner
}

fn at(number: &str) -> String {
    format!("/staff/proofs/{number}")
}

async fn records(rosa: &mut Entered, number: &str) -> Page {
    presses(rosa, &at(number), "/recording").await
}

/// The states of an account's proofs, oldest first.
async fn states(portal: &Portal, account: i64) -> Vec<String> {
    let own = identity_proofs::table.filter(identity_proofs::account_id.eq(account));
    let states = own.order(identity_proofs::id).select(identity_proofs::state);
    portal.read(move |conn| states.load(conn).unwrap()).await
}

fn grouped(number: &str) -> String {
    easylink::base::types::Number::parse('R', number).unwrap().to_string()
}

on_both!(
    async fn a_remittance_in_the_verified_name_is_recorded(portal) {
        let (mut people, mut li, mut rosa) = cast(&portal).await;
        let wrong = pays(&mut people, &mut li, "Wang Fang").await;
        let number = pays(&mut people, &mut li, "ＬＩ　ＭＩＮＧ").await;
        let list = rosa.opens("/staff/proofs").await;
        assert!(list.text().contains(&grouped(&number)), "{}", list.text());
        assert!(!list.text().to_uppercase().contains("MING"), "the list names nobody");

        let page = rosa.opens(&at(&wrong)).await;
        assert!(page.text().contains("The remitter’s name is not the verified one"), "{}", page.text());
        assert!(page.text().contains("It cannot be recorded") && page.text().contains("Wang Fang"));
        let page = rosa.opens(&at(&number)).await;
        assert!(page.text().contains("L******") && page.text().contains("The remitter’s name is the verified one"));
        // A form that is bent to another remittance is held to the same rule.
        let form = page.form(&format!("{}/recording", at(&number)));
        let mut bent = form.clone();
        bent.action = format!("{}/recording", at(&wrong));
        let refused = rosa.posts(&bent).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(refused.text().contains("is not the name that was authenticated"), "{}", refused.text());
        assert!(states(&portal, li.account_id).await.is_empty());

        let page = records(&mut rosa, &number).await;
        assert!(page.text().contains("recorded as a further proof"), "{}", page.text());
        assert!(page.text().contains("No remittance to look at"), "a name is proved once: {}", page.text());
        assert_eq!(rosa.gets(&at(&number)).await.status, 404);
        let page = li.opens("/account/identity").await.text();
        assert!(page.contains("A remittance in your verified name") && page.contains(&grouped(&number)), "{page}");
        let mails = portal.mails_to("li@example.com").await;
        assert_eq!(mails.last().unwrap().subject, "Your remittance proves your real name further");
        let records = li.opens("/account/records").await.text();
        assert!(records.contains("Remittance recorded as a further proof"), "{records}");
    }
);

on_both!(
    async fn only_what_finance_confirmed_proves_anything(portal) {
        let (_people, mut li, mut rosa) = cast(&portal).await;
        let number = tops_up(&mut li, "100.00").await;
        let form = declaration(&mut li, &number).await;
        sends(&mut li, &form).await;
        assert!(rosa.opens("/staff/proofs").await.text().contains("No remittance to look at"));
        assert_eq!(rosa.gets(&at(&number)).await.status, 404);
        let page = li.gets("/account/remittances/proof").await;
        assert_eq!(page.header("location").and_then(|way| way.split('?').next()), Some("/account/identity"), "a person is not asked for an amount");
    }
);

on_both!(
    async fn nobody_proves_an_account_of_their_own(portal) {
        let mut people = company(&portal).await;
        let mut own = verified(&portal, "rosa@staff.example.com").await;
        let number = pays(&mut people, &mut own, "Li Ming").await;
        let mut rosa = reviewer(&portal, "Rosa").await;
        let mut raul = reviewer(&portal, "Raul").await;
        assert!(rosa.opens("/staff/proofs").await.text().contains("No remittance to look at"));
        assert_eq!(rosa.gets(&at(&number)).await.status, 403);
        // A form of her own, bent to this address.
        let mut bent = rosa.opens("/staff").await.posted_forms().remove(0);
        bent.action = format!("{}/recording", at(&number));
        assert_eq!(rosa.posts(&bent).await.status, 403);
        assert!(states(&portal, own.account_id).await.is_empty());
        records(&mut raul, &number).await;
        assert_eq!(states(&portal, own.account_id).await, ["recorded"]);
    }
);

on_both!(
    async fn of_reviewers_at_once_one_records(portal) {
        let (mut people, mut li, _) = cast(&portal).await;
        let number = pays(&mut people, &mut li, "Li Ming").await;
        let second = pays(&mut people, &mut li, "Li Ming").await;
        let mut all = Vec::new();
        for (nth, number) in [&number, &number, &second, &second].into_iter().enumerate() {
            let mut officer = reviewer(&portal, &format!("R{nth}")).await;
            let form = officer.opens(&at(number)).await.form(&format!("{}/recording", at(number)));
            all.push((officer, form));
        }
        let sent = join_all(all.iter_mut().map(|(officer, form)| officer.posts_now(form))).await;
        let said: Vec<u16> = sent.iter().map(|page| page.status).collect();
        assert_eq!(said.iter().filter(|status| **status == 303).count(), 1, "{said:?}");
        assert!(said.iter().all(|status| [303, 404, 409].contains(status)), "{said:?}");
        assert_eq!(states(&portal, li.account_id).await, ["recorded"]);
    }
);

/// Asks for an amount; answers reference and amount.
async fn asks(portal: &Portal, owner: &mut Entered) -> (String, String) {
    let form = owner.opens("/account/remittances/proof").await.form("/account/remittances/proof");
    let page = owner.submits(&form).await;
    assert!(page.text().contains("Send exactly this amount"), "{}", page.text());
    let number = page.path().rsplit('/').next().unwrap().to_string();
    let asked = identity_proofs::table.filter(identity_proofs::remittance.eq(number.clone()));
    let asked = asked.select(identity_proofs::amount);
    let amount: Option<i64> = portal.read(move |conn| asked.first(conn).unwrap()).await;
    let amount = amount.unwrap();
    assert!((1..100).contains(&amount), "{amount}");
    let amount = format!("0.{amount:02}");
    let shown = owner.opens("/account/identity").await.text();
    assert!(shown.contains(&amount) && shown.contains(&grouped(&number)), "{amount} {shown}");
    (number, amount)
}

on_both!(
    async fn a_company_sends_the_amount_that_it_was_shown(portal) {
        let (mut people, _, mut rosa) = cast(&portal).await;
        let mut shop = firm(&portal, "shop@example.com").await;
        let any = pays(&mut people, &mut shop, FIRM).await;
        assert_eq!(rosa.gets(&at(&any)).await.status, 404, "a company’s name alone proves nothing");
        let (voided, _) = asks(&portal, &mut shop).await;
        let (other, amount) = asks(&portal, &mut shop).await;
        assert_eq!(states(&portal, shop.account_id).await, ["void", "asked"]);
        let another = if amount == "0.50" { "0.51" } else { "0.50" };
        arrives(&mut people, &mut shop, &voided, (another, FIRM, "2026-11-23")).await;
        assert_eq!(rosa.gets(&at(&voided)).await.status, 404, "the amount before counts no more");
        arrives(&mut people, &mut shop, &other, (another, FIRM, "2026-11-23")).await;
        let page = rosa.opens(&at(&other)).await;
        assert!(page.text().contains("Another amount arrived") && page.text().contains("It cannot be recorded"));

        let (number, amount) = asks(&portal, &mut shop).await;
        arrives(&mut people, &mut shop, &number, (&amount, &FIRM.to_uppercase(), "2026-11-23")).await;
        let list = rosa.opens("/staff/proofs").await.text();
        assert!(list.contains(&grouped(&number)) && !list.contains(&grouped(&other)), "{list}");
        records(&mut rosa, &number).await;
        assert_eq!(states(&portal, shop.account_id).await, ["void", "void", "recorded"]);
        assert!(shop.opens("/account/identity").await.text().contains("A remittance in your verified name"));
        let led = shop.opens("/account/remittances/proof").await.path();
        assert_eq!(led.split('?').next(), Some("/account/identity"), "once is enough");
        let wallet = balance(&portal, &shop).await.to_string();
        assert!(wallet.starts_with("10"), "all of it is credited: {wallet}");
    }
);

on_both!(
    async fn three_amounts_within_thirty_days(portal) {
        let (mut people, ..) = cast(&portal).await;
        let mut shop = firm(&portal, "shop@example.com").await;
        asks(&portal, &mut shop).await;
        asks(&portal, &mut shop).await;
        let (number, amount) = asks(&portal, &mut shop).await;
        let form = shop.opens("/account/remittances/proof").await.form("/account/remittances/proof");
        let page = shop.posts(&form).await;
        assert_eq!(page.status, 422, "{}", page.text());
        assert!(page.text().contains("You asked for three amounts within 30 days"), "{}", page.text());
        assert_eq!(states(&portal, shop.account_id).await, ["void", "void", "asked"], "the last one stands");
        // Booked a day too late, although everything else is right.
        portal.minutes(15 * DAY);
        people.fay = portal.returns("fay@staff.example.com").await;
        people.finn = portal.returns("finn@staff.example.com").await;
        let mut shop = portal.returns("shop@example.com").await;
        let mut rosa = portal.returns("rosa@staff.example.com").await;
        arrives(&mut people, &mut shop, &number, (&amount, FIRM, "2026-12-08")).await;
        let page = rosa.opens(&at(&number)).await;
        assert!(page.text().contains("It was booked when the amount did not count"), "{}", page.text());
        portal.minutes(16 * DAY);
        let mut shop = portal.returns("shop@example.com").await;
        asks(&portal, &mut shop).await;
    }
);

on_both!(
    async fn a_proof_falls_with_its_result(portal) {
        let (mut people, mut li, mut rosa) = cast(&portal).await;
        let number = pays(&mut people, &mut li, "Li Ming").await;
        records(&mut rosa, &number).await;
        let case = hands_in(&mut li, "Another Canary", "11010519491231002X").await;
        let page = takes(&mut rosa).await;
        assert!(page.text().contains("this case names another"), "{}", page.text());
        let page = approves(&mut rosa, &case).await;
        assert!(page.text().contains("The real name is authenticated"), "{}", page.text());
        assert_eq!(states(&portal, li.account_id).await, ["fallen"]);
        assert!(!li.opens("/account/identity").await.text().contains("A remittance in your verified name"));
        assert!(rosa.opens("/staff/proofs").await.text().contains("No remittance to look at"), "it served already");
        assert_eq!(rosa.gets(&at(&number)).await.status, 404);

        let mut shop = firm(&portal, "shop@example.com").await;
        asks(&portal, &mut shop).await;
        let page = shop.opens("/account/identity/withdrawal").await;
        shop.submits(&page.form("/account/identity/withdrawal")).await;
        assert_eq!(states(&portal, shop.account_id).await, ["void"]);
    }
);

on_both!(
    async fn a_later_case_in_the_same_name_shows_it(portal) {
        let (mut people, mut li, mut rosa) = cast(&portal).await;
        let number = pays(&mut people, &mut li, "Li Ming").await;
        records(&mut rosa, &number).await;
        hands_in(&mut li, "LI MING", "11010519491231002X").await;
        let page = takes(&mut rosa).await;
        assert!(page.text().contains("A remittance in this name was recorded"), "{}", page.text());
    }
);
