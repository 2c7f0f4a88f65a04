//! `easylink doctor`.

use std::net::TcpListener;

use crate::faults::child::Estate;

on_both!(
    async fn a_relay_is_looked_at_like_every_other_part(portal) {
        let estate = Estate::of(&portal);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        for (relay, line) in [
            (format!("smtp://127.0.0.1:{port}"), "ok    mail: a relay is set"),
            ("gopher://127.0.0.1".to_string(), "FAIL  mail: "),
        ] {
            let (_, said) = estate.runs_with(&["doctor"], &[("EASYLINK_SMTP_URL", &relay)]).await;
            assert!(said.contains(line) && said.contains("storage: writes and deletes"), "{said}");
        }
    }
);
