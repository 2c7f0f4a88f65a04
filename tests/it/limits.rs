//! Limits slide: what one bucket takes within its time it takes wherever that time begins, for all instances together.

use std::time::Duration;

use easylink::base::db::{Db, End};
use easylink::base::types::Moment;
use easylink::web::limits::{Count, Limit, clear, count, counted, pass, reopen, shut, sweep, uncount};

use crate::support::portal::Portal;

const LIMIT: Limit = Limit::of(3, 600);
/// A full ten minutes begin here.
const FULL: &str = "2026-11-23T02:10:00Z";

fn at(seconds: i64) -> Moment {
    Moment(Moment::parse(FULL).unwrap().0 + seconds * 1_000_000)
}

async fn counts(db: &Db, bucket: &'static str, now: Moment) -> Count {
    db.write(move |conn| End::Keep(count(conn, bucket, LIMIT, now).unwrap())).await.unwrap()
}

/// Every bucket is counted under a keyed hash, whatever it is about; answers what was counted.
pub async fn only_hashes(portal: &Portal) -> Vec<String> {
    use diesel::prelude::*;
    use easylink::base::db::schema::limits;
    let kept: Vec<String> = portal.read(|conn| limits::table.select(limits::bucket).load(conn).unwrap()).await;
    let mut counted = Vec::new();
    for bucket in &kept {
        let parts: Vec<&str> = bucket.trim_start_matches("gate:").split(':').collect();
        let hashed = parts[1..].iter().all(|part| part.bytes().all(|sign| sign.is_ascii_hexdigit()));
        assert!(parts.len() >= 2 && parts[1].len() == 32 && hashed, "{bucket} names somebody");
        counted.push(parts[0].to_string());
    }
    counted
}

async fn holds(portal: &Portal, bucket: &'static str, now: Moment) -> i64 {
    portal.read(move |conn| counted(conn, bucket, LIMIT, now).unwrap()).await
}

on_both!(
    async fn the_edge_of_a_window_gives_nobody_a_second_helping(portal) {
        let db = &portal.house.db;
        for nth in 1..=3 {
            assert_eq!(counts(db, "edge", at(-1)).await, Count { nth, over: None });
        }
        // A second later the next ten minutes of the calendar have begun, and it is still too soon.
        let next = counts(db, "edge", at(0)).await;
        assert_eq!(next.nth, 4);
        let wait = next.over.unwrap();
        assert!(wait > Duration::from_secs(300) && wait <= Duration::from_secs(600), "{wait:?}");
        assert_eq!(holds(&portal, "edge", at(0)).await, 4);
        // After exactly the time that was told one more is taken, and not a moment before.
        let then = at(0).plus(wait);
        assert!(holds(&portal, "edge", then.minus(Duration::from_micros(1))).await >= 3);
        // The one that was refused counts, too.
        assert_eq!(holds(&portal, "edge", then).await, 1);
        assert_eq!(counts(db, "edge", then).await.over, None);
        // In time nothing is left.
        assert_eq!(holds(&portal, "edge", at(1800)).await, 0);
        assert_eq!(counts(db, "edge", at(1800)).await.nth, 1);
    }
);

on_both!(
    async fn no_span_of_the_limits_time_holds_more_than_the_limit(portal) {
        // One try a second for an hour, and bursts wherever they begin: whatever ten minutes one looks at.
        let limit = Limit::of(30, 600);
        for (name, pause) in [("steady", 1), ("bursts", 7), ("rare", 19)] {
            let taken = portal.write(move |conn| {
                let mut taken = Vec::new();
                for second in (0..7200).filter(|second| pause == 1 || second % 600 > 600 - 31 || second % pause == 0) {
                    if count(conn, name, limit, at(second)).unwrap().over.is_none() {
                        taken.push(second);
                    }
                }
                taken
            });
            let taken = taken.await;
            let most = (0..6600).map(|from| taken.iter().filter(|at| (from..from + 600).contains(*at)).count()).max();
            assert!(most.unwrap() <= 30, "{name} {most:?}: {taken:?}");
            assert!(taken.len() >= 30 * 8, "{name}: who asks too often gets too little, {}", taken.len());
        }
    }
);

on_both!(
    async fn many_at_once_on_several_instances_get_a_number_each(portal) {
        let other = Db::open(&portal.house.config.database_url).unwrap();
        let all = (0..40).map(|nth| {
            let db = if nth % 2 == 0 { portal.house.db.clone() } else { other.clone() };
            async move { counts(&db, "crowd", at(5)).await }
        });
        let within = futures_util::future::join_all(all).await.into_iter().filter(|count| count.over.is_none()).count();
        assert_eq!(within, 3);
    }
);

on_both!(
    async fn hammering_does_not_make_the_wait_longer(portal) {
        let db = &portal.house.db;
        for _ in 0..50 {
            counts(db, "hammer", at(10)).await;
        }
        let wait = counts(db, "hammer", at(10)).await.over.unwrap();
        assert!(wait <= Duration::from_secs(720), "{wait:?}");
        assert_eq!(counts(db, "hammer", at(10).plus(wait)).await.over, None);
    }
);

on_both!(
    async fn what_is_taken_back_leaves_the_window_it_was_counted_in(portal) {
        let db = &portal.house.db;
        for now in [at(-2), at(-1), at(0)] {
            counts(db, "back", now).await;
        }
        assert_eq!(holds(&portal, "back", at(0)).await, 3);
        portal.write(|conn| uncount(conn, "back", LIMIT, at(-1)).unwrap()).await;
        assert_eq!(holds(&portal, "back", at(0)).await, 2);
        portal.write(|conn| uncount(conn, "back", LIMIT, at(0)).unwrap()).await;
        assert_eq!(holds(&portal, "back", at(0)).await, 1);
        // A machine whose clock is a little behind counts into the same row.
        assert_eq!(counts(db, "back", at(-1)).await.nth, 2);
        portal.write(|conn| clear(conn, "back").unwrap()).await;
        assert_eq!(holds(&portal, "back", at(0)).await, 0);
    }
);

on_both!(
    async fn a_gate_lets_one_through_and_opens_in_its_time(portal) {
        let hour = Duration::from_secs(3600);
        let passes = |now| portal.write(move |conn| pass(conn, "gate", hour, now).unwrap());
        assert_eq!(passes(at(-1)).await, Ok(()));
        assert_eq!(passes(at(0)).await, Err(Duration::from_secs(3599)));
        assert_eq!(portal.read(|conn| shut(conn, "gate", at(9)).unwrap()).await, Some(Duration::from_secs(3590)));
        // Who was turned away does not keep it shut.
        assert_eq!(passes(at(3599)).await, Ok(()));
        portal.write(|conn| reopen(conn, "gate").unwrap()).await;
        assert_eq!(passes(at(3600)).await, Ok(()));
        // Counter and gate of one bucket are two things; both are forgotten as soon as they are over.
        counts(&portal.house.db, "gate", at(3600)).await;
        sweep(&portal.house.db, at(3600 + 719)).await.unwrap();
        assert_eq!(holds(&portal, "gate", at(3600)).await, 1);
        sweep(&portal.house.db, at(3600 + 720)).await.unwrap();
        assert_eq!(holds(&portal, "gate", at(3600)).await, 0);
        assert!(portal.read(|conn| shut(conn, "gate", at(7199)).unwrap()).await.is_some());
        sweep(&portal.house.db, at(7200)).await.unwrap();
        assert!(portal.read(|conn| shut(conn, "gate", at(7199)).unwrap()).await.is_none());
    }
);
