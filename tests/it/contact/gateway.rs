//! Text messages over a gateway that speaks the protocol of `docs/text-messages.md`: taken, refused, slow, broken.

use diesel::prelude::*;
use easylink::base::db::schema::text_messages;

use super::{SECURITY, asks, types};
use crate::support::gateway::{Gateway, Mood};
use crate::support::portal::Portal;

/// State, tries and whether a text is left, of every message.
async fn rows(portal: &Portal) -> Vec<(String, i32, bool)> {
    let rows: Vec<(String, i32, Option<Vec<u8>>)> = portal
        .read(|conn| {
            text_messages::table
                .order(text_messages::id)
                .select((text_messages::state, text_messages::attempts, text_messages::sealed_text))
                .load(conn)
                .unwrap()
        })
        .await;
    rows.into_iter().map(|(state, tries, text)| (state, tries, text.is_some())).collect()
}

fn code_of(text: &str) -> String {
    let digits = text.split_whitespace().filter(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()));
    digits.collect::<Vec<_>>().concat()
}

/// The same on a portal of each kind.
macro_rules! with_gateway {
    (async fn $name:ident($portal:ident, $gateway:ident) $body:block) => {
        mod $name {
            use super::*;

            async fn run($portal: Portal, $gateway: Gateway) $body

            #[tokio::test]
            async fn sqlite() {
                let gateway = Gateway::start().await;
                run(Portal::sqlite_with(&gateway.settings()).await, gateway.clone()).await;
            }

            #[tokio::test]
            async fn postgresql() {
                let gateway = Gateway::start().await;
                run(Portal::postgresql_with(&gateway.settings()).await, gateway.clone()).await;
            }
        }
    };
}

with_gateway! {
    async fn a_message_goes_out_signed_and_its_text_is_wiped(portal, gateway) {
        let mut li = portal.enters("li@example.com").await;
        asks(&mut li, "13800138000").await;
        assert_eq!(gateway.calls().len(), 0, "no page waits for the gateway");
        portal.run_jobs().await;
        let calls = gateway.calls();
        assert_eq!(calls.len(), 1);
        assert!(calls[0].signed && calls[0].body["id"] == calls[0].id.as_str(), "{calls:?}");
        assert_eq!(calls[0].body["to"], "+8613800138000");
        assert!(calls[0].body["timestamp"].is_i64());
        assert_eq!(rows(&portal).await, [("sent".to_owned(), 1, false)]);
        let mailbox = portal.visitor().gets("/dev/mailbox").await.text();
        assert!(!mailbox.contains("+8613800138000"), "what went out is not read here");
        let bound = types(&mut li, &code_of(&gateway.sent()[0].2)).await;
        assert_eq!(bound.header("location"), Some(SECURITY), "{}", bound.text());
    }
}

with_gateway! {
    async fn what_fails_is_tried_again_and_sent_once(portal, gateway) {
        let mut li = portal.enters("li@example.com").await;
        gateway.is(&[Mood::Says(503), Mood::Says(302), Mood::Babbles, Mood::BreaksOff]);
        asks(&mut li, "13800138000").await;
        for tries in 1..=4 {
            portal.run_jobs().await;
            assert_eq!(rows(&portal).await, [("queued".to_owned(), tries, true)], "{tries}");
            portal.later(std::time::Duration::from_secs(5 << (tries - 1)));
        }
        portal.run_jobs().await;
        assert_eq!(rows(&portal).await, [("sent".to_owned(), 5, false)]);
        let calls = gateway.calls();
        assert!(calls.iter().all(|call| call.id == calls[0].id && call.signed), "{calls:?}");
        assert_eq!((calls.len(), gateway.sent().len()), (5, 1), "the fourth try had sent it already");
    }
}

with_gateway! {
    async fn what_is_refused_for_good_or_comes_too_late_is_given_up(portal, gateway) {
        portal.careless();
        let mut li = portal.enters("li@example.com").await;
        gateway.is(&[Mood::Says(422)]);
        asks(&mut li, "13800138000").await;
        portal.run_jobs().await;
        assert_eq!(rows(&portal).await, [("dead".to_owned(), 1, false)]);
        gateway.is(&[Mood::Says(500)]);
        asks(&mut li, "13900139000").await;
        portal.run_jobs().await;
        portal.minutes(11);
        portal.run_jobs().await;
        assert_eq!(rows(&portal).await[1], ("dead".to_owned(), 2, false), "a code that is over is worth nothing");
        assert_eq!((gateway.calls().len(), gateway.sent().len()), (2, 0));
    }
}

with_gateway! {
    async fn a_gateway_that_hangs_keeps_no_page_waiting(portal, gateway) {
        let mut li = portal.enters("li@example.com").await;
        gateway.is(&[Mood::Hangs]);
        asks(&mut li, "13800138000").await;
        let (house, mut other) = (portal.house.clone(), li.twin());
        let page = tokio::join!(easylink::app::jobs::run_due(&house), other.gets(SECURITY)).1;
        assert_eq!(page.status, 200);
        assert_eq!(rows(&portal).await, [("queued".to_owned(), 1, true)]);
        portal.later(std::time::Duration::from_secs(5));
        portal.run_jobs().await;
        assert_eq!(rows(&portal).await, [("sent".to_owned(), 2, false)]);
    }
}
