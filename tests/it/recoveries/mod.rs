//! Account recovery when the second factor is lost (RC3): a document, two reviewers, three days, and notices that stop it.

mod guarding;
mod path;

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::schema::{
    account_recoveries, identity_cases, identity_results, memberships, people, recovery_files, totp_factors,
};
use easylink::base::types::{Moment, Number};
use easylink::features::accounts::MemberRole;
use easylink::features::accounts::factors::TotpSecret;

use crate::accounts_in::registers;
use crate::factors::{gives_password, switches_on, way_out};
use crate::identity::keeping::{bytes, holds};
use crate::identity::{NAME, NUMBER, approves, hands_in, reviewer, takes};
use crate::staff::code;
use crate::support::entered::Entered;
use crate::support::page::Page;
use crate::support::people::Visitor;
use crate::support::portal::Portal;
use crate::tickets::png;

const LI: &str = "li@example.com";
const LOST: &str = "/login/totp/lost";
const HOUR: Duration = Duration::from_secs(3600);
/// A number of nobody that Li never showed.
const OTHER: &str = "11010519491231002X";

/// Somebody whose real name is authenticated and whose second factor is on.
struct Owner {
    visitor: Visitor,
    secret: TotpSecret,
    codes: Vec<String>,
}

/// The same browser, of somebody whose ids are known.
async fn entered(portal: &Portal, visitor: &Visitor) -> Entered {
    let (person_id, account_id) = portal
        .read(|conn| {
            let own = memberships::table.inner_join(people::table).filter(people::address.eq(LI));
            own.select((memberships::person_id, memberships::account_id)).first(conn).unwrap()
        })
        .await;
    Entered { visitor: visitor.twin(), person_id, account_id, address: LI.to_string() }
}

/// Somebody whose second factor is on; the real name is authenticated by reviewers.
async fn owner(portal: &Portal, rosa: &mut Entered) -> Owner {
    let mut visitor = registers(portal, LI).await;
    let mut entered = entered(portal, &visitor).await;
    let case = hands_in(&mut entered, NAME, NUMBER).await;
    takes(rosa).await;
    approves(rosa, &case).await;
    let (secret, codes) = switches_on(portal, &mut visitor).await;
    Owner { visitor, secret, codes }
}

/// The same without their work: the rows that a decided case leaves.
pub async fn authenticated(portal: &Portal, address: &str) {
    let mut visitor = registers(portal, address).await;
    let (ctx, address) = (portal.ctx(), address.to_string());
    portal
        .write(move |conn| {
            let own = memberships::table.inner_join(people::table).filter(people::address.eq(address));
            let own = own.select((memberships::person_id, memberships::account_id));
            let (person, account): (i64, i64) = own.first(conn).unwrap();
            let print = ctx.keys.hash("identity-fingerprint", &[NUMBER.as_bytes()]).to_vec();
            let case: i64 = diesel::insert_into(identity_cases::table)
                .values((
                    identity_cases::number.eq(Number::random('K')),
                    identity_cases::account_id.eq(account),
                    identity_cases::person_id.eq(person),
                    (identity_cases::kind.eq("personal"), identity_cases::method.eq("document")),
                    identity_cases::document.eq("resident_id"),
                    identity_cases::state.eq("approved"),
                    (identity_cases::masked_name.eq("Z***"), identity_cases::masked_number.eq("3***7")),
                    identity_cases::fingerprint.eq(&print),
                    (identity_cases::decided_at.eq(ctx.now), identity_cases::created_at.eq(ctx.now)),
                    (identity_cases::acted_at.eq(ctx.now), identity_cases::destroy_at.eq(ctx.now)),
                    identity_cases::destroyed_at.eq(ctx.now),
                ))
                .returning(identity_cases::id)
                .get_result(conn)
                .unwrap();
            diesel::insert_into(identity_results::table)
                .values((
                    (identity_results::account_id.eq(account), identity_results::case_id.eq(case)),
                    (identity_results::kind.eq("personal"), identity_results::method.eq("document")),
                    identity_results::state.eq("standing"),
                    (identity_results::masked_name.eq("Z***"), identity_results::masked_number.eq("3***7")),
                    identity_results::sealed_name.eq(vec![1_u8]),
                    identity_results::fingerprint.eq(&print),
                    identity_results::slot.eq(person % 100 + 1),
                    identity_results::decided_at.eq(ctx.now),
                ))
                .execute(conn)
                .unwrap();
        })
        .await;
    switches_on(portal, &mut visitor).await;
}

/// Gives the password and says that the rest is lost; answers the page after the number.
pub async fn says(lost: &mut Visitor, address: &str, number: &str) -> Page {
    assert_eq!(gives_password(lost, address).await.path(), "/login/totp");
    let page = lost.opens(LOST).await;
    assert_eq!(page.h1(), "App and recovery codes are lost");
    lost.submits(&page.form(LOST).answered(&[("proven_number", number), ("agree_use", "yes")])).await
}

/// Hands everything in; answers the number of the recovery.
pub async fn loses(portal: &Portal, address: &str, number: &str) -> (Visitor, String) {
    let mut lost = portal.visitor();
    let page = says(&mut lost, address, number).await;
    assert_eq!(page.path(), format!("{LOST}/pictures"), "{}", page.text());
    let form = page.form(&format!("{LOST}/pictures")).file("picture", "card.png", "image/png", &png(64));
    let page = lost.submits(&form).await;
    assert_eq!((page.path(), page.h1()), (LOST.to_string(), "We are looking at it".to_string()), "{}", page.text());
    let number: String = portal
        .read(|conn| {
            let all = account_recoveries::table.order(account_recoveries::id.desc());
            all.select(account_recoveries::number).first(conn).unwrap()
        })
        .await;
    (lost, number)
}

/// One of two reviewers confirms.
async fn confirms(officer: &mut Entered, number: &str) -> Page {
    let page = officer.opens(&format!("/staff/recoveries/{number}")).await;
    let form = page.form(&format!("/staff/recoveries/{number}/confirmation"));
    officer.submits(&form.answered(&[("number_fits", "yes"), ("name_fits", "yes"), ("paper_there", "yes")])).await
}

async fn factors(portal: &Portal) -> i64 {
    portal.read(|conn| totp_factors::table.count().get_result(conn).unwrap()).await
}

async fn state(portal: &Portal) -> String {
    let last = |conn: &mut easylink::base::db::Conn| {
        let all = account_recoveries::table.order(account_recoveries::id.desc());
        all.select(account_recoveries::state).first(conn).unwrap()
    };
    portal.read(last).await
}

/// Subjects of the mails to Li whose subject holds these words.
async fn told(portal: &Portal, address: &str, words: &str) -> usize {
    portal.mails_to(address).await.iter().filter(|mail| mail.subject.contains(words)).count()
}

/// The page that stops it, out of the newest notice.
async fn stop_link(portal: &Portal) -> String {
    stop_link_of(portal, LI).await
}

async fn stop_link_of(portal: &Portal, address: &str) -> String {
    let mails = portal.mails_to(address).await;
    let link = |text: &str| text.lines().find(|line| line.contains("/recoveries/")).map(str::to_string);
    let found = mails.iter().rev().find_map(|mail| link(&mail.text)).unwrap();
    found.strip_prefix(&portal.base).unwrap().to_string()
}

on_both!(
    async fn two_reviewers_and_three_days_take_a_lost_factor_away(portal) {
        let (mut rosa, mut raul) = (reviewer(&portal, "Rosa").await, reviewer(&portal, "Raul").await);
        let mut li = owner(&portal, &mut rosa).await;
        let (mut lost, number) = loses(&portal, LI, NUMBER).await;
        assert_eq!(told(&portal, LI, "you lost the second step").await, 1);
        assert_eq!(lost.gets("/account").await.header("location"), Some("/login?next=%2Faccount"), "it signs nobody in");
        let seen = bytes(&portal).await;
        assert!(!holds(&seen, NUMBER), "the number is sealed");

        let all = rosa.opens("/staff/recoveries").await;
        assert!(!all.text().contains(NAME) && !all.text().contains(LI), "the list names nobody");
        let page = rosa.opens(&format!("/staff/recoveries/{number}")).await;
        assert!(page.text().contains("is the one that was authenticated"), "{}", page.text());
        assert!(!page.text().contains(NAME), "the name is masked");
        let picture = page.attribute("figure img", "src").unwrap();
        assert_eq!(rosa.gets(&picture).await.status, 200);
        let form = page.form(&format!("/staff/recoveries/{number}/confirmation"));
        let again = rosa.posts(&form.clone().with("number_fits", "yes")).await;
        assert_eq!((again.status, again.wrong_fields()), (422, vec!["name_fits".to_string(), "paper_there".to_string()]));
        assert!(confirms(&mut rosa, &number).await.text().contains("A second reviewer"));
        assert_eq!(state(&portal).await, "confirmed");
        let page = rosa.opens(&format!("/staff/recoveries/{number}")).await;
        assert!(page.text().contains("You confirmed it. A second reviewer has to."), "{}", page.text());
        let alone = rosa.posts(&form.answered(&[("number_fits", "yes"), ("name_fits", "yes"), ("paper_there", "yes")])).await;
        assert_eq!((alone.status, state(&portal).await.as_str()), (403, "confirmed"), "one is not two");

        assert!(confirms(&mut raul, &number).await.text().contains("Confirmed by two"));
        assert_eq!((state(&portal).await.as_str(), told(&portal, LI, "will be taken away").await), ("waiting", 1));
        assert_eq!(raul.gets(&picture).await.status, 404, "the pictures are gone");
        let left: i64 = portal.read(|conn| recovery_files::table.count().get_result(conn).unwrap()).await;
        let key: Option<Vec<u8>> = portal
            .read(|conn| account_recoveries::table.select(account_recoveries::sealed_key).first(conn).unwrap())
            .await;
        assert_eq!((left, key), (0, None));

        portal.later(HOUR * 47);
        portal.run_jobs().await;
        assert_eq!((factors(&portal).await, told(&portal, LI, "within a day").await), (1, 0));
        portal.later(HOUR * 2);
        portal.run_jobs().await;
        portal.run_jobs().await;
        assert_eq!((factors(&portal).await, told(&portal, LI, "within a day").await), (1, 1), "told once");
        assert_eq!(gives_password(&mut portal.visitor(), LI).await.path(), "/login/totp", "not before its time");
        portal.later(HOUR * 23);
        portal.run_jobs().await;
        portal.run_jobs().await;
        assert_eq!((factors(&portal).await, state(&portal).await.as_str()), (0, "done"));
        assert_eq!(told(&portal, LI, "was taken away").await, 1);
        assert_ne!(li.visitor.gets("/account").await.status, 200, "every device is signed out");
        let mut back = portal.visitor();
        assert_eq!(gives_password(&mut back, LI).await.path(), "/login/verify", "the first factor is enough");

        // Whoever still has the app takes it back within a week, also when another app was connected since.
        let code_now = portal.code_for(LI).await;
        let form = back.opens("/login/verify").await.form("/login/verify").with("code", &code_now);
        assert_eq!(back.posts(&form).await.status, 303);
        switches_on(&portal, &mut back).await;
        let path = way_out(&portal, LI, "was taken away").await;
        let mut mailbox = portal.visitor();
        let form = mailbox.opens(&path).await.form(&path);
        assert_eq!(mailbox.posts(&form).await.status, 303);
        assert_eq!(factors(&portal).await, 1);
    }
);

on_both!(
    async fn a_notice_stops_it_and_opening_one_does_not(portal) {
        let mut rosa = reviewer(&portal, "Rosa").await;
        let mut raul = reviewer(&portal, "Raul").await;
        let mut li = owner(&portal, &mut rosa).await;
        let (mut lost, number) = loses(&portal, LI, NUMBER).await;
        confirms(&mut rosa, &number).await;
        confirms(&mut raul, &number).await;
        let path = stop_link(&portal).await;
        let mut mailbox = portal.visitor();
        let page = mailbox.opens(&path).await;
        assert_eq!(page.h1(), "Was it you who lost the second step?");
        assert_eq!(state(&portal).await, "waiting", "looking stops nothing");
        assert!(li.visitor.opens("/account").await.text().contains("Did you lose the second step"));
        assert_eq!(mailbox.gets(&format!("{}x", &path[..path.len() - 1])).await.status, 404, "another token");
        let form = page.form(&path);
        let mut twin = mailbox.twin();
        let both = tokio::join!(mailbox.posts_now(&form), twin.posts_now(&form));
        assert!(both.0.status == 303 || both.1.status == 303, "{} {}", both.0.status, both.1.status);
        assert_eq!((state(&portal).await.as_str(), told(&portal, LI, "Stopped").await), ("cancelled", 1));
        assert_eq!(lost.gets(LOST).await.header("location"), Some("/login?next=%2Faccount"), "it could be asked again");
        portal.later(HOUR * 100);
        portal.run_jobs().await;
        assert_eq!((factors(&portal).await, state(&portal).await.as_str()), (1, "cancelled"));
        assert_eq!(mailbox.opens(&path).await.h1(), "There is nothing to stop");
        let mut rosa = again(&portal, &rosa).await;
        assert_eq!(rosa.gets(&format!("/staff/recoveries/{number}")).await.status, 404, "what is over is not opened");
    }
);

on_both!(
    async fn a_factor_that_turns_up_again_stays(portal) {
        let mut rosa = reviewer(&portal, "Rosa").await;
        let raul = reviewer(&portal, "Raul").await;
        let li = owner(&portal, &mut rosa).await;
        for way in ["app", "app within the step", "recovery code", "disowned", "locked"] {
            portal.later(HOUR * 24 * 31);
            let (_, number) = loses(&portal, LI, NUMBER).await;
            let (mut rosa, mut raul) = (again(&portal, &rosa).await, again(&portal, &raul).await);
            confirms(&mut rosa, &number).await;
            confirms(&mut raul, &number).await;
            if way != "app within the step" {
                portal.minutes(5);
            }
            let mut found = portal.visitor();
            gives_password(&mut found, LI).await;
            if way == "locked" {
                // Who locked it is let in again by the mailbox, which may be another's: that it was locked stays a warning.
                let person = entered(&portal, &found).await;
                let mut own = portal.signed_in(person.person_id, Some(person.account_id)).await;
                let form = own.opens("/account/security/lock").await.form("/account/security/lock");
                assert_eq!(own.posts(&form).await.status, 303);
                portal
                    .write(|conn| {
                        let own = people::table.filter(people::address.eq(LI));
                        let open = (people::state.eq("active"), people::self_locked_at.eq(None::<Moment>));
                        diesel::update(own).set(open).execute(conn).unwrap();
                    })
                    .await;
            } else if way == "disowned" {
                portal.minutes(5);
                let path = way_out(&portal, LI, "stopped before").await;
                let form = found.opens(&path).await.form(&path);
                assert_eq!(found.posts(&form).await.status, 303);
            } else {
                let (at, typed) = if way.starts_with("app") {
                    ("/login/totp", code(&portal, &li.secret))
                } else {
                    ("/login/totp/recovery", li.codes[0].clone())
                };
                let form = found.opens(at).await.form(at).with("code", &typed);
                assert_eq!(found.posts(&form).await.status, 303, "{way}");
            }
            // At once, as the page says.
            portal.minutes(2);
            portal.run_jobs().await;
            assert_eq!(state(&portal).await, "cancelled", "{way}");
            portal.later(HOUR * 73);
            portal.run_jobs().await;
            assert_eq!((factors(&portal).await, state(&portal).await.as_str()), (1, "cancelled"), "{way}");
        }
    }
);

/// The same officer with a new session: a month is longer than one lasts.
async fn again(portal: &Portal, officer: &Entered) -> Entered {
    let visitor = portal.signed_in(officer.person_id, None).await;
    Entered { visitor, person_id: officer.person_id, account_id: 0, address: officer.address.clone() }
}

on_both!(
    async fn another_number_is_told_to_the_reviewer_alone(portal) {
        let mut rosa = reviewer(&portal, "Rosa").await;
        owner(&portal, &mut rosa).await;
        let (_, number) = loses(&portal, LI, OTHER).await;
        let page = rosa.opens(&format!("/staff/recoveries/{number}")).await;
        assert!(page.text().contains("not the one that was authenticated: reject it"), "{}", page.text());
        assert!(!page.forms().iter().any(|action| action.ends_with("/confirmation")));
        let path = format!("/staff/recoveries/{number}/rejection");
        let refused = rosa.posts(&page.form(&path).with("reason", "other")).await;
        assert_eq!((refused.status, refused.wrong_fields()), (422, vec!["words".to_string()]));
        let form = page.form(&path).answered(&[("reason", "number_differs"), ("words", "Take the card of then.")]);
        assert!(rosa.submits(&form).await.text().contains("Rejected. The person gets a mail."));
        let mails = portal.mails_to(LI).await;
        let mail = mails.iter().rev().find(|mail| mail.subject.contains("stays")).unwrap();
        assert!(mail.text.contains("Use the same document as then") && mail.text.contains("Take the card of then."));
        assert_eq!((state(&portal).await.as_str(), factors(&portal).await), ("rejected", 1));

        // Three within thirty days, and no more.
        for _ in 0..2 {
            let (_, number) = loses(&portal, LI, NUMBER).await;
            let page = rosa.opens(&format!("/staff/recoveries/{number}")).await;
            let path = format!("/staff/recoveries/{number}/rejection");
            rosa.submits(&page.form(&path).with("reason", "unreadable")).await;
        }
        let mut lost = portal.visitor();
        gives_password(&mut lost, LI).await;
        assert!(lost.opens(LOST).await.text().contains("asked as often as one may within 30 days"));
    }
);

on_both!(
    async fn nobody_decides_about_themselves_nor_twice_at_once(portal) {
        let mut rosa = reviewer(&portal, "Rosa").await;
        owner(&portal, &mut rosa).await;
        let (_, number) = loses(&portal, LI, NUMBER).await;
        let account = entered(&portal, &portal.visitor()).await.account_id;
        portal.joins(account, "rosa@staff.example.com", MemberRole::Viewer).await;
        assert_eq!(rosa.gets(&format!("/staff/recoveries/{number}")).await.status, 403, "a member of the account");
        let (mut raul, mut rita) = (reviewer(&portal, "Raul").await, reviewer(&portal, "Rita").await);
        let mut forms = Vec::new();
        for officer in [&mut raul, &mut rita] {
            let page = officer.opens(&format!("/staff/recoveries/{number}")).await;
            let form = page.form(&format!("/staff/recoveries/{number}/confirmation"));
            forms.push(form.answered(&[("number_fits", "yes"), ("name_fits", "yes"), ("paper_there", "yes")]));
        }
        let mut twin = raul.twin();
        let three = tokio::join!(
            raul.posts_now(&forms[0]),
            twin.posts_now(&forms[0]),
            rita.posts_now(&forms[1])
        );
        let (first, second): (Option<i64>, Option<i64>) = portal
            .read(|conn| {
                let who = (account_recoveries::first_by_id, account_recoveries::second_by_id);
                account_recoveries::table.select(who).first(conn).unwrap()
            })
            .await;
        assert!(first.is_some() && first != second, "{} {} {}", three.0.status, three.1.status, three.2.status);
        let expected = if second.is_some() { "waiting" } else { "confirmed" };
        assert_eq!(state(&portal).await, expected);
    }
);

on_both!(
    async fn the_first_factor_is_needed_and_a_name_to_compare_with(portal) {
        let mut stranger = portal.visitor();
        assert_eq!(stranger.gets(LOST).await.header("location"), Some("/login?next=%2Faccount"));
        let mut visitor = registers(&portal, LI).await;
        switches_on(&portal, &mut visitor).await;
        let mut lost = portal.visitor();
        gives_password(&mut lost, LI).await;
        let page = lost.opens(LOST).await;
        assert!(page.text().contains("We cannot tell that it is you"), "{}", page.text());
        assert!(page.posted_forms().iter().all(|form| form.action != LOST));
        let way = lost.gets(&format!("{LOST}/pictures")).await;
        assert_eq!((way.status, way.header("location").unwrap().split('?').next()), (303, Some(LOST)));
        // Fifteen minutes after the first factor nothing is asked any more.
        portal.minutes(16);
        assert_eq!(lost.gets(LOST).await.header("location"), Some("/login?next=%2Faccount"));
    }
);

on_both!(
    async fn what_is_wrong_comes_back_and_what_is_left_lying_goes(portal) {
        let mut rosa = reviewer(&portal, "Rosa").await;
        owner(&portal, &mut rosa).await;
        let mut lost = portal.visitor();
        gives_password(&mut lost, LI).await;
        let form = lost.opens(LOST).await.form(LOST);
        let page = lost.posts(&form.with("proven_number", "330102199001010048")).await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["proven_number".to_string(), "agree_use".to_string()]));
        assert_eq!(page.form(LOST).value("proven_number"), Some("330102199001010048"), "what was typed is kept");
        let mut lost = portal.visitor();
        let page = says(&mut lost, LI, NUMBER).await;
        let path = format!("{LOST}/pictures");
        let bare = lost.posts(&page.form(&path)).await;
        assert_eq!((bare.status, bare.wrong_fields()), (422, vec!["picture".to_string()]));
        let text = lost.posts(&page.form(&path).file("picture", "card.png", "image/png", b"no picture")).await;
        assert_eq!((text.status, text.wrong_fields()), (422, vec!["picture".to_string()]));
        assert_eq!(told(&portal, LI, "you lost the second step").await, 0, "nobody is told of what is not handed in");
        assert!(rosa.opens("/staff/recoveries").await.text().contains("Nobody asks for it"));
        portal.minutes(61);
        portal.run_jobs().await;
        let drafts: i64 = portal.read(|conn| account_recoveries::table.count().get_result(conn).unwrap()).await;
        assert_eq!(drafts, 0);

        // What nobody decides is destroyed, and said.
        loses(&portal, LI, NUMBER).await;
        portal.later(HOUR * 24 * 14 + HOUR);
        portal.run_jobs().await;
        assert_eq!(state(&portal).await, "expired");
        let left: i64 = portal.read(|conn| recovery_files::table.count().get_result(conn).unwrap()).await;
        assert_eq!((left, factors(&portal).await, told(&portal, LI, "stays").await), (0, 1, 1));
        portal.later(HOUR * 24 * 91);
        portal.run_jobs().await;
        let rows: i64 = portal.read(|conn| account_recoveries::table.count().get_result(conn).unwrap()).await;
        assert_eq!(rows, 0);
    }
);
