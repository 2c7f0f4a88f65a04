//! Replacing the address: proved by the old one or by the phone, or after a wait.

use std::time::Duration;

use super::{CODE, SECURITY, binds, moves, out, types};
use crate::support::portal::Portal;

/// Whether a code is mailed to this address on the way to a new password.
async fn is_known(portal: &Portal, address: &str) -> bool {
    portal.run_jobs().await;
    let mut stranger = portal.visitor_from([127, 0, 9, 9]);
    let form = stranger.opens("/password/forgot").await.form("/password/forgot").with("email", address);
    stranger.posts(&form).await;
    portal.mails_to(address).await.pop().unwrap().subject.contains("code")
}

on_both!(
    async fn an_address_is_replaced_by_codes_to_the_old_and_the_new_one(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut other = portal.signed_in(li.person_id, Some(li.account_id)).await;
        assert_eq!(moves(&mut li, "li@example.com", "address").await.wrong_fields(), ["email"]);
        assert_eq!(moves(&mut li, "li@", "phone").await.wrong_fields(), ["email", "proof"], "no phone is bound");
        assert_eq!(moves(&mut li, "new@example.com", "address").await.header("location"), Some(CODE));
        assert!(portal.mails_to("new@example.com").await.is_empty());
        let proved = types(&mut li, &portal.code_for("li@example.com").await).await;
        assert_eq!(proved.header("location"), Some(CODE), "{}", proved.text());
        let page = li.opens(CODE).await.text();
        assert!(page.contains("new@example.com"), "a slip of the finger is seen: {page}");
        let made = types(&mut li, &portal.code_for("new@example.com").await).await;
        assert_eq!(made.header("location"), Some(SECURITY), "{}", made.text());
        let page = li.opens(SECURITY).await.text();
        assert!(page.contains("new@example.com") && page.contains("Your e-mail address is replaced"), "{page}");
        assert!(out(&other.gets("/account").await), "other devices are signed out (RC2)");
        for address in ["li@example.com", "new@example.com"] {
            let mail = portal.mails_to(address).await.pop().unwrap();
            assert_eq!(mail.subject, "The address of your Easy Link account was changed");
            assert!(mail.text.contains("/password/not-me/") && mail.text.contains("Firefox on Linux"), "{}", mail.text);
        }
        assert!(is_known(&portal, "new@example.com").await && !is_known(&portal, "li@example.com").await);
    }
);

on_both!(
    async fn the_bound_phone_proves_it_too(portal) {
        let mut li = portal.enters("li@example.com").await;
        binds(&portal, &mut li, "13800138000").await;
        portal.minutes(2);
        let page = li.opens("/account/security/address").await;
        assert!(!page.html.contains("value=\"phone\""), "a number that was bound a moment ago proves nothing");
        portal.later(Duration::from_secs(3 * 86400));
        li.visitor = portal.signed_in(li.person_id, Some(li.account_id)).await;
        moves(&mut li, "new@example.com", "phone").await;
        let page = li.opens(CODE).await.text();
        assert!(page.contains("Look at your phone") && page.contains("138****8000"), "{page}");
        let code = portal.texted_code("+8613800138000").await;
        assert_eq!(types(&mut li, &code).await.header("location"), Some(CODE));
        assert_eq!(types(&mut li, &code).await.status, 422, "a code of one step does not do for the next");
        assert_eq!(types(&mut li, &portal.code_for("new@example.com").await).await.header("location"), Some(SECURITY));
        assert!(li.opens(SECURITY).await.text().contains("new@example.com"));
    }
);

on_both!(
    async fn without_either_it_waits_three_days(portal) {
        let mut li = portal.enters("li@example.com").await;
        moves(&mut li, "new@example.com", "wait").await;
        assert_eq!(types(&mut li, &portal.code_for("new@example.com").await).await.header("location"), Some(SECURITY));
        assert!(li.opens(SECURITY).await.text().contains("A change waits"));
        assert!(portal.mails_to("li@example.com").await.pop().unwrap().subject.contains("will be changed"));
        portal.later(Duration::from_secs(3 * 86400 - 120));
        assert!(is_known(&portal, "li@example.com").await);
        portal.minutes(3);
        portal.run_jobs().await;
        assert!(is_known(&portal, "new@example.com").await && !is_known(&portal, "li@example.com").await);
    }
);

on_both!(
    async fn an_address_of_somebody_else_looks_the_same_and_is_not_taken(portal) {
        let mut li = portal.enters("li@example.com").await;
        portal.enters("wu@example.com").await;
        let mut shown = Vec::new();
        for address in ["wu@example.com", "free@example.com"] {
            moves(&mut li, address, "address").await;
            let proved = types(&mut li, &portal.code_for("li@example.com").await).await;
            assert_eq!(proved.header("location"), Some(CODE), "{}", proved.text());
            let page = li.opens(CODE).await;
            shown.push(page.text().replace(address, "ADDRESS"));
            assert_eq!(types(&mut li, "00000000").await.status, 422);
        }
        assert_eq!(shown[0], shown[1]);
        let mail = portal.mails_to("wu@example.com").await.pop().unwrap();
        assert!(mail.subject.contains("already has") && !mail.text.contains("li@example.com"), "{}", mail.text);
        assert!(li.opens(SECURITY).await.text().contains("li@example.com"));
    }
);

on_both!(
    async fn of_two_requests_the_address_is_the_one_whose_mailbox_got_the_code(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut second = portal.signed_in(li.person_id, Some(li.account_id)).await;
        moves(&mut li, "attacker@example.com", "address").await;
        let first = portal.code_for("li@example.com").await;
        assert_eq!(types(&mut li, &first).await.header("location"), Some(CODE));
        let attacker = portal.code_for("attacker@example.com").await;
        moves(&mut second, "victim@example.com", "address").await;
        // The first request is over with the second (RC5): its code confirms neither.
        assert_eq!(li.gets(CODE).await.header("location"), Some(SECURITY));
        types(&mut second, &portal.code_for("li@example.com").await).await;
        assert_eq!(types(&mut second, &attacker).await.status, 422);
        let made = types(&mut second, &portal.code_for("victim@example.com").await).await;
        assert_eq!(made.header("location"), Some(SECURITY));
        assert!(second.opens(SECURITY).await.text().contains("victim@example.com"));
    }
);
