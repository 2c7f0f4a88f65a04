//! The whole path, and whose eyes may see it.

use easylink::base::types::Money;
use easylink::features::accounts::MemberRole;
use easylink::web::feature::StaffRole;

use super::{balance, company, declaration, declares, enters_line, presses, sends, tops_up, verified};

on_both! {
    async fn money_arrives(portal) {
        let mut people = company(&portal).await;
        let li = &mut people.li;
        assert!(li.opens("/account/remittances").await.text().contains("No remittances yet"));
        assert!(!li.opens("/account").await.text().contains("Transfer and declare"));
        let number = tops_up(li, "1,250.00").await;
        let path = format!("/account/remittances/{number}");
        let overview = li.opens("/account").await.text();
        assert!(overview.contains("One thing needs you") && overview.contains("Transfer and declare"), "{overview}");
        let page = li.opens(&path).await;
        let shown = format!("{}-{}-{}", &number[..4], &number[4..8], &number[8..]);
        for words in [shown.as_str(), "3100 0001 2345", "Easy Link Ltd", "Bank of Testing, Shanghai", "Declare the transfer"] {
            assert!(page.text().contains(words), "{words} in {}", page.text());
        }
        let form = declaration(li, &number).await.file("slip", "slip.pdf", "application/pdf", b"%PDF-1.7\nslip");
        let page = sends(li, &form).await;
        let text = page.text();
        assert!(text.contains("Waiting for the bank") && text.contains("ending in 1111") && text.contains("slip.pdf"), "{text}");
        assert!(!text.contains("4111"), "{text}");
        let slip = li.gets(&format!("{path}/slip")).await;
        assert_eq!((slip.status, slip.header("content-type")), (200, Some("application/pdf")));

        enters_line(&mut people.fay, "1250.00", &format!("top up {}", shown.to_lowercase()), "S-1").await;
        let staff_path = format!("/staff/remittances/{number}");
        let queue = people.finn.opens("/staff/remittances").await;
        assert!(queue.text().contains(&shown), "{}", queue.text());
        let page = people.finn.opens(&staff_path).await;
        for words in ["90 of 100", "The text names it", "The same amount", "The same name"] {
            assert!(page.text().contains(words), "{words} in {}", page.text());
        }
        assert_eq!(people.finn.gets(&format!("{staff_path}/slip")).await.status, 200);
        let page = presses(&mut people.finn, &staff_path, "/confirmation").await;
        assert!(page.text().contains("confirmed and credited"), "{}", page.text());

        assert_eq!(balance(&portal, &people.li).await, Money(125_000));
        let mails = portal.mails_to("li@example.com").await;
        let mail = mails.last().unwrap();
        assert!(mail.subject.contains("¥\u{a0}1,250.00"), "{}", mail.subject);
        assert!(mail.text.contains(&path), "{}", mail.text);
        let li = &mut people.li;
        let page = li.opens(&path).await;
        assert!(page.text().contains("Found on the bank’s statement and credited"));
        for line in ["For ¥ 1,250.00", "¥ 1,250.00 went to the balance"] {
            assert!(page.text().contains(line), "{line} in {}", page.text());
        }
        let page = li.opens("/account/balance").await;
        assert!(page.text().contains("1,250.00") && page.text().contains("Remittance credited"), "{}", page.text());
        let ledger = people.fay.opens("/staff/ledger").await;
        assert!(ledger.text().contains("The books balance") && ledger.text().contains("1,250.00"), "{}", ledger.text());
    }
}

on_both! {
    async fn who_is_not_authenticated_is_told_the_way(portal) {
        let _people = company(&portal).await;
        let mut wang = portal.enters("wang@example.com").await;
        let list = wang.opens("/account/remittances").await;
        assert!(list.text().contains("Your real name comes first"), "{}", list.text());
        let page = wang.opens("/account/remittances/new").await;
        assert_eq!(page.path().split('?').next(), Some("/account/identity"));
    }
}

on_both! {
    async fn others_are_not_let_in(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        let mut stranger = verified(&portal, "eve@example.com").await;
        let random = easylink::base::types::Number::random('R');
        for below in ["", "/declaration", "/withdrawal", "/slip"] {
            let foreign = stranger.gets(&format!("/account/remittances/{number}{below}")).await;
            let unknown = stranger.gets(&format!("/account/remittances/{}{below}", random.as_str())).await;
            assert_eq!((foreign.status, unknown.status), (404, 404), "{below}");
        }
        let list = stranger.opens(&format!("/account/remittances?after={number}")).await;
        assert_eq!(list.text(), stranger.opens("/account/remittances").await.text(), "it tells nothing");
        // Its own form, sent to the other's address.
        let own = tops_up(&mut stranger, "10").await;
        let mut form = declaration(&mut stranger, &own).await;
        form.action = form.action.replace(&own, &number);
        assert_eq!(stranger.posts(&form).await.status, 404);
        assert!(people.li.opens(&format!("/account/remittances/{number}")).await.text().contains("Waiting for your declaration"));

        let account = people.li.account_id;
        let mut tech = portal.joins(account, "tech@example.com", MemberRole::Technical).await;
        assert_eq!(tech.gets("/account/balance").await.status, 403);
        let mut viewer = portal.joins(account, "viewer@example.com", MemberRole::Viewer).await;
        assert_eq!(viewer.gets(&format!("/account/remittances/{number}")).await.status, 200);
        assert_eq!(viewer.gets("/account/remittances/new").await.status, 403);
        assert_eq!(viewer.gets(&format!("/account/remittances/{number}/declaration")).await.status, 403);
        let mut billing = portal.joins(account, "billing@example.com", MemberRole::Billing).await;
        assert_eq!(billing.gets("/account/remittances/new").await.status, 200);

        let mut support = portal.employs("Sue", &[StaffRole::Support]).await;
        for path in ["/staff/remittances", "/staff/statements", "/staff/ledger", "/staff/receiving"] {
            assert_eq!(support.gets(path).await.status, 403, "{path}");
        }
        let mut auditor = portal.employs("Aud", &[StaffRole::Auditor]).await;
        for path in ["/staff/remittances", "/staff/statements", "/staff/ledger", "/staff/receiving"] {
            assert_eq!(auditor.gets(path).await.status, 200, "{path}");
        }
        assert_eq!(auditor.gets("/staff/statements/new").await.status, 403);
    }
}

on_both! {
    async fn a_top_up_can_be_taken_back_until_it_is_credited(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        declares(&mut people.li, &number).await;
        let stale = declaration(&mut people.li, &number).await;
        let page = presses(&mut people.li, &format!("/account/remittances/{number}/withdrawal"), "/withdrawal").await;
        assert!(page.text().contains("Cancelled"), "{}", page.text());
        assert_eq!(people.li.posts(&stale).await.status, 409);
        assert_eq!(people.li.gets(&format!("/account/remittances/{number}/withdrawal")).await.status, 409);
        let page = people.finn.opens(&format!("/staff/remittances/{number}")).await;
        assert!(!page.forms().iter().any(|form| form.contains("confirmation") || form.contains("refusal")));
    }
}
