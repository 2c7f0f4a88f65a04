//! `POST /hooks/identity`: who may, what counts, and how often.

use serde_json::{Value, json};

use super::server::{Asked, SECRET, fresh_id, sign};
use super::{Manner, status, with_provider};
use crate::identity::{NAME, NUMBER, hands_in};
use crate::support::digest::differing;
use crate::support::page::Page;
use crate::support::people::Visitor;
use crate::support::portal::Portal;

const PATH: &str = "/hooks/identity";

/// A message of the provider, to be changed before it is sent.
#[derive(Clone)]
struct Message {
    time: String,
    id: String,
    signature: String,
    body: String,
}

fn now(portal: &Portal) -> i64 {
    portal.house.clock.now().seconds()
}

fn message(time: i64, body: &Value) -> Message {
    let (time, id, body) = (time.to_string(), fresh_id(), body.to_string());
    let signature = sign(SECRET, "result", PATH, &time, &id, &body);
    Message { time, id, signature, body }
}

fn said(asked: &Asked, result: &str) -> Value {
    json!({ "case": asked.body["case"], "attempt": asked.body["attempt"], "result": result })
}

async fn posts(portal: &Portal, message: &Message) -> Page {
    let mut machine: Visitor = portal.visitor();
    for (name, value) in [
        ("easylink-time", &message.time),
        ("easylink-id", &message.id),
        ("easylink-signature", &message.signature),
        // What a browser would be refused for means nothing here.
        ("origin", &"https://verify.example".to_string()),
    ] {
        machine.headers.push((name.into(), value.clone()));
    }
    machine.posts_raw(PATH, "application/json", message.body.clone()).await
}

with_provider! {
    async fn what_follows_later_decides_once(portal, provider) {
        provider.turns(Manner::Says("pending", None));
        let mut li = portal.enters("li@example.com").await;
        hands_in(&mut li, NAME, NUMBER).await;
        portal.run_jobs().await;
        portal.minutes(60);
        portal.run_jobs().await;
        assert_eq!(provider.asked().len(), 1, "it has the question");
        assert!(status(&mut li).await.contains("The verification provider answers"));
        let asked = provider.asked().remove(0);
        let waits = message(now(&portal), &said(&asked, "pending"));
        assert_eq!(posts(&portal, &waits).await.status, 204);
        let right = message(now(&portal), &said(&asked, "verified"));
        assert_eq!(posts(&portal, &right).await.status, 204);
        assert!(status(&mut li).await.contains("Authenticated"));
        assert_eq!(portal.mails_to("li@example.com").await.len(), 1);
        let before = portal.digest().await;
        assert_eq!(posts(&portal, &right).await.status, 401, "a copy");
        assert!(differing(&before, &portal.digest().await).is_empty());
        let other = message(now(&portal), &said(&asked, "rejected"));
        assert_eq!(posts(&portal, &other).await.status, 204, "the first word counts");
        let changed = differing(&before, &portal.digest().await);
        assert_eq!(changed, ["identity_messages"]);
        assert!(status(&mut li).await.contains("Authenticated"));
    }
}

with_provider! {
    async fn what_is_not_the_providers_changes_nothing(portal, provider) {
        provider.turns(Manner::Says("pending", None));
        let mut li = portal.enters("li@example.com").await;
        hands_in(&mut li, NAME, NUMBER).await;
        portal.run_jobs().await;
        let asked = provider.asked().remove(0);
        let before = portal.digest().await;
        let right = message(now(&portal), &said(&asked, "verified"));
        let with = |change: &dyn Fn(&mut Message)| {
            let mut changed = right.clone();
            change(&mut changed);
            changed
        };
        let other_way = sign(SECRET, "answer", PATH, &right.time, &right.id, &right.body);
        let other_secret = sign("no secret of ours that is long enough", "result", PATH, &right.time, &right.id, &right.body);
        let mut stranger = said(&asked, "verified");
        stranger["case"] = easylink::base::types::Number::random('K').as_str().into();
        let mut nothing = said(&asked, "verified");
        nothing["result"] = "perhaps".into();
        let long = json!({ "case": "x".repeat(9000) });
        for (why, message, status) in [
            ("no signature", with(&|one| one.signature = String::new()), 401),
            ("another secret", with(&|one| one.signature.clone_from(&other_secret)), 401),
            ("signed as an answer", with(&|one| one.signature.clone_from(&other_way)), 401),
            ("another body", with(&|one| one.body = said(&asked, "rejected").to_string()), 401),
            ("another id", with(&|one| one.id = fresh_id()), 401),
            ("another time", with(&|one| one.time = (now(&portal) + 1).to_string()), 401),
            ("too old", message(now(&portal) - 301, &said(&asked, "verified")), 401),
            ("not yet", message(now(&portal) + 301, &said(&asked, "verified")), 401),
            ("another case", message(now(&portal), &stranger), 404),
            ("no result", message(now(&portal), &nothing), 400),
            ("too long", message(now(&portal), &long), 413),
        ] {
            let page = posts(&portal, &message).await;
            assert_eq!(page.status, status, "{why}: {}", page.html);
            assert!(differing(&before, &portal.digest().await).is_empty(), "{why} changed something");
        }
        let bare = portal.visitor().posts_raw(PATH, "application/json", right.body.clone()).await;
        assert_eq!(bare.status, 401);
        let page = portal.visitor().gets(PATH).await;
        assert_eq!((page.status, page.header("allow")), (405, Some("POST")));
        assert_eq!(posts(&portal, &right).await.status, 204, "and the right one is still taken");
        assert!(status(&mut li).await.contains("Authenticated"));
    }
}

with_provider! {
    async fn a_result_at_once_from_many_sides_counts_once(portal, provider) {
        provider.turns(Manner::Says("pending", None));
        let mut li = portal.enters("li@example.com").await;
        hands_in(&mut li, NAME, NUMBER).await;
        portal.run_jobs().await;
        let asked = provider.asked().remove(0);
        let right = message(now(&portal), &said(&asked, "verified"));
        let all = (0..20).map(|nth| {
            // Half of them copies of one message, half of them the same word anew.
            let one = if nth % 2 == 0 { right.clone() } else { message(now(&portal), &said(&asked, "verified")) };
            let portal = &portal;
            async move { posts(portal, &one).await.status }
        });
        let statuses = futures_util::future::join_all(all).await;
        assert!(statuses.iter().all(|status| [204, 401, 503].contains(status)), "{statuses:?}");
        assert!(statuses.contains(&204));
        assert!(status(&mut li).await.contains("Authenticated"));
        assert_eq!(portal.mails_to("li@example.com").await.len(), 1, "one letter");
    }
}

with_provider! {
    async fn a_result_about_a_case_that_was_taken_back_is_too_late(portal, provider) {
        provider.turns(Manner::Says("pending", None));
        let mut li = portal.enters("li@example.com").await;
        let case = hands_in(&mut li, NAME, NUMBER).await;
        portal.run_jobs().await;
        let page = li.opens(&format!("/account/identity/{case}/end")).await;
        li.submits(&page.form(&format!("/account/identity/{case}/end"))).await;
        let asked = provider.asked().remove(0);
        let late = message(now(&portal), &said(&asked, "verified"));
        assert_eq!(posts(&portal, &late).await.status, 204);
        assert!(!status(&mut li).await.contains("Authenticated"));
        assert_eq!(li.gets("/account/remittances/new").await.status, 303);
    }
}
