//! Replacing and removing the phone: proved by the address, or after a wait.

use std::time::Duration;

use super::{CODE, SECURITY, binds, out, phones, replaces, shown, types};

const DAY: Duration = Duration::from_secs(86400);

on_both!(
    async fn a_phone_is_replaced_by_a_code_to_the_address_and_one_to_the_new_phone(portal) {
        let mut li = portal.enters("li@example.com").await;
        binds(&portal, &mut li, "13800138000").await;
        let mut other = portal.signed_in(li.person_id, Some(li.account_id)).await;
        assert_eq!(replaces(&mut li, "13800138000", "address").await.wrong_fields(), ["phone"], "the same again");
        assert_eq!(replaces(&mut li, "13900139000", "phone").await.wrong_fields(), ["proof"], "the old phone proves nothing");
        assert_eq!(replaces(&mut li, "", "").await.wrong_fields(), ["phone", "proof"]);

        let asked = replaces(&mut li, "139 0013 9000", "address").await;
        assert_eq!(asked.header("location"), Some(CODE), "{}", asked.text());
        let page = li.opens(CODE).await.text();
        assert!(page.contains("Look at your mail") && page.contains("l***@example.com"), "{page}");
        assert_eq!(portal.texts().await.len(), 1, "the new phone gets nothing before");
        let proved = types(&mut li, &portal.code_for("li@example.com").await).await;
        assert_eq!(proved.header("location"), Some(CODE), "{}", proved.text());
        assert!(shown(&mut li).await.starts_with("138****8000"), "nothing is changed yet");
        let page = li.opens(CODE).await.text();
        assert!(page.contains("Look at your phone") && page.contains("139****9000"), "{page}");
        assert_eq!(other.gets("/account").await.status, 200);
        let code = portal.texted_code("+8613900139000").await;
        assert_eq!(types(&mut li, &code).await.header("location"), Some(SECURITY));
        assert!(li.opens(SECURITY).await.text().contains("Your new phone is bound."));
        assert!(shown(&mut li).await.starts_with("139****9000"));
        assert!(out(&other.gets("/account").await), "other devices are signed out (RC2)");
        assert_eq!(phones(&portal).await, 1);
        let mail = portal.mails_to("li@example.com").await.pop().unwrap();
        assert!(mail.text.contains("138****8000") && mail.text.contains("139****9000"), "{}", mail.text);
        assert!(li.opens("/account/records").await.text().contains("Phone replaced: 139****9000 for 138****8000"));
    }
);

on_both!(
    async fn without_the_mailbox_the_new_phone_waits_three_days(portal) {
        let mut li = portal.enters("li@example.com").await;
        binds(&portal, &mut li, "13800138000").await;
        replaces(&mut li, "13900139000", "wait").await;
        let code = portal.texted_code("+8613900139000").await;
        assert_eq!(types(&mut li, &code).await.header("location"), Some(SECURITY));
        let page = li.opens(SECURITY).await.text();
        assert!(page.contains("A change waits") && page.contains("139****9000"), "{page}");
        let mail = portal.mails_to("li@example.com").await.pop().unwrap();
        assert!(mail.subject.contains("will be changed") && mail.text.contains("26 Nov 2026"), "{}", mail.text);
        let (to, text) = portal.texts().await.pop().unwrap();
        assert!(to == "+8613800138000" && text.contains("will be changed"), "the old phone is told: {to} {text}");

        portal.later(Duration::from_secs(3 * 86400 - 120));
        portal.run_jobs().await;
        li.visitor = portal.signed_in(li.person_id, Some(li.account_id)).await;
        assert!(shown(&mut li).await.starts_with("138****8000"));
        let told = portal.mails_to("li@example.com").await;
        assert_eq!(told.iter().filter(|mail| mail.subject.contains("will be changed")).count(), 2, "told again");
        portal.minutes(3);
        portal.run_jobs().await;
        assert!(out(&li.gets("/account").await), "everybody is signed out");
        li.visitor = portal.signed_in(li.person_id, Some(li.account_id)).await;
        assert!(shown(&mut li).await.starts_with("139****9000"));
        assert!(portal.mails_to("li@example.com").await.pop().unwrap().subject.contains("was changed"));
    }
);

on_both!(
    async fn a_change_that_waits_is_cancelled_by_its_owner(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut wu = portal.enters("wu@example.com").await;
        binds(&portal, &mut li, "13800138000").await;
        let form = li.opens("/account/security/phone/removal").await.form("/account/security/phone/removal");
        assert_eq!(li.posts(&form.with("proof", "wait")).await.header("location"), Some(SECURITY));
        let page = li.opens(SECURITY).await;
        let forms = page.posted_forms();
        let mut form = forms.into_iter().find(|form| form.action.ends_with("/cancellation")).unwrap();
        let action = form.action.clone();
        let mut foreign = wu.opens("/account/security/phone").await.form("/account/security/phone");
        foreign.action = action;
        assert_eq!(wu.posts(&foreign).await.status, 404, "another's change is not there");
        let done = li.posts(&form).await;
        assert_eq!(done.header("location"), Some(SECURITY), "{}", done.text());
        assert!(!li.opens(SECURITY).await.text().contains("A change waits"));
        form = li.opens("/account/security/phone/removal").await.form("/account/security/phone/removal");
        assert_eq!(form.value("proof"), Some("address"));
        portal.run_jobs().await;
        portal.later(DAY * 4);
        portal.run_jobs().await;
        li.visitor = portal.signed_in(li.person_id, Some(li.account_id)).await;
        assert!(shown(&mut li).await.starts_with("138****8000"));
        assert!(li.opens("/account/records").await.text().contains("Change of phone cancelled"));
    }
);

on_both!(
    async fn a_phone_is_removed_by_a_code_to_the_address(portal) {
        let mut li = portal.enters("li@example.com").await;
        binds(&portal, &mut li, "13800138000").await;
        let at = "/account/security/phone/removal";
        let form = li.opens(at).await.form(at);
        assert_eq!(li.posts(&form.clone().tampered("proof", "nonsense")).await.wrong_fields(), ["proof"]);
        assert_eq!(li.posts(&form.with("proof", "address")).await.header("location"), Some(CODE));
        assert_eq!(types(&mut li, "00000000").await.status, 422);
        assert_eq!(types(&mut li, &portal.code_for("li@example.com").await).await.header("location"), Some(SECURITY));
        assert!(shown(&mut li).await.starts_with("None"));
        assert_eq!(phones(&portal).await, 0);
        // Its number is free for others, and may be bound again.
        portal.minutes(2);
        binds(&portal, &mut li, "13800138000").await;
    }
);
