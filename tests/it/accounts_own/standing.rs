//! The end of what has a term, and the state of a person.

use diesel::prelude::*;
use easylink::base::db::schema::known_browsers;
use easylink::web::feature::StaffRole;

on_both!(
    async fn a_sweep_works_in_pieces_and_leaves_nothing_behind(portal) {
        use easylink::base::db::schema::{challenges, limits, submissions};
        const MANY: i64 = 1203;
        let li = portal.enters("li@example.com").await;
        let (person, now) = (li.person_id, portal.house.clock.now());
        portal
            .write(move |conn| {
                for n in 0..MANY {
                    let hash = n.to_be_bytes().to_vec();
                    diesel::insert_into(known_browsers::table)
                        .values((
                            known_browsers::person_id.eq(person),
                            known_browsers::token_hash.eq(&hash),
                            known_browsers::created_at.eq(now),
                            known_browsers::expires_at.eq(now),
                        ))
                        .execute(conn)
                        .unwrap();
                    diesel::insert_into(limits::table)
                        .values((
                            limits::bucket.eq(format!("of test {n}")),
                            limits::slice_start.eq(1_i64),
                            limits::recent.eq(1_i64),
                            limits::ends_at.eq(2_i64),
                        ))
                        .execute(conn)
                        .unwrap();
                    diesel::insert_into(submissions::table)
                        .values((
                            submissions::actor.eq("test"),
                            submissions::form_key.eq(n.to_string()),
                            submissions::created_at.eq(1_i64),
                        ))
                        .execute(conn)
                        .unwrap();
                    diesel::insert_into(challenges::table)
                        .values((
                            challenges::handle_hash.eq(&hash),
                            challenges::purpose.eq("sign_in"),
                            challenges::step.eq("void"),
                            challenges::address.eq("li@example.com"),
                            challenges::code_hash.eq(&hash),
                            challenges::opens.eq(false),
                            (challenges::tries.eq(0), challenges::sends.eq(1), challenges::remembered.eq(false)),
                            (challenges::network.eq(""), challenges::device.eq("")),
                            (challenges::created_at.eq(1_i64), challenges::sent_at.eq(1_i64), challenges::expires_at.eq(2_i64)),
                        ))
                        .execute(conn)
                        .unwrap();
                }
            })
            .await;
        // Three pieces for 1203 rows: no transaction touches more than 500.
        let sizes = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let noted = sizes.clone();
        portal
            .house
            .db
            .in_pieces(move |conn, most| {
                let over: Vec<i64> = known_browsers::table.limit(most).select(known_browsers::id).load(conn)?;
                let done = diesel::delete(known_browsers::table.filter(known_browsers::id.eq_any(over))).execute(conn)?;
                noted.lock().unwrap().push(done);
                Ok::<_, diesel::result::Error>(done)
            })
            .await
            .unwrap();
        assert_eq!(*sizes.lock().unwrap(), [500, 500, 203]);
        portal.run_jobs().await;
        let left = portal
            .read(|conn| {
                let old = limits::table.filter(limits::bucket.like("of test %"));
                (
                    old.count().get_result::<i64>(conn).unwrap(),
                    submissions::table.filter(submissions::actor.eq("test")).count().get_result::<i64>(conn).unwrap(),
                    challenges::table.count().get_result::<i64>(conn).unwrap(),
                )
            })
            .await;
        assert_eq!(left, (0, 0, 0));
    }
);

on_both!(
    async fn a_state_is_moved_where_it_may_and_each_move_is_on_record(portal) {
        use easylink::features::accounts::{Stays, move_person};
        use easylink::web::session::PersonMove::{End, Lock, Unlock};
        let ana = portal.employs("Ana", &[StaffRole::Support]).await;
        let person = ana.person_id;
        for (by, legal) in [(Unlock, false), (Lock, true), (Lock, false), (Unlock, true), (End, true), (Unlock, false), (End, false)] {
            let ctx = portal.ctx();
            let moved = portal.write(move |conn| move_person(conn, &ctx, person, by)).await;
            assert!(matches!((&moved, legal), (Ok(_), true) | (Err(Stays::Illegal(_)), false)), "{by:?}: {moved:?}");
        }
        let mut auditor = portal.employs("Aldo", &[StaffRole::Auditor]).await;
        for (event, times) in [("person_locked", 1), ("person_unlocked", 1), ("person_ended", 1)] {
            let page = auditor.gets(&format!("/staff/audit?event={event}")).await;
            assert_eq!(page.all("tbody tr").len(), times, "{event}");
        }
    }
);
