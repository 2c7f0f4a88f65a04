//! `kill -9` under load: nothing acknowledged is lost, nothing is done by halves, the books are right (BL3), and a form
//! that got no answer may be sent again and counts once.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use diesel::prelude::*;
use easylink::base::clock::Clock;
use easylink::base::db::schema::limits;
use easylink::base::db::{Conn, Db, End};
use tokio::sync::Notify;

use super::books::{Change, times, whole};
use super::child::{Estate, Hand};
use crate::remittance::{company, verified};
use crate::support::entered::Entered;
use crate::support::form::FormInPage;
use crate::support::given::asked_number;
use crate::tickets::ana;

/// How often the program is killed, unless `EASYLINK_TEST_KILLS` says so.
const ROUNDS: usize = 20;

/// How often it is killed this time.
pub fn rounds() -> usize {
    let asked = asked_number("EASYLINK_TEST_KILLS");
    asked.unwrap_or(ROUNDS)
}

/// After how many acknowledged changes of a round: from one to twenty-three, in no order.
fn killed_after(round: usize) -> usize {
    1 + round * 7 % 23
}

/// What became of the changes that were asked for.
#[derive(Default)]
struct Log {
    acknowledged: Mutex<Vec<Change>>,
    /// Forms that were sent and not answered.
    open: Mutex<Vec<(Hand, FormInPage, Change)>>,
    bell: Notify,
}

impl Log {
    /// Posts a form and notes how it ended; answers where it led.
    async fn sends(&self, hand: &Hand, form: FormInPage, change: Change) -> Option<String> {
        let answer = hand.posts(&form).await;
        if answer.is_some() {
            self.acknowledged.lock().unwrap().push(change);
            self.bell.notify_one();
        } else {
            self.open.lock().unwrap().push((hand.clone(), form, change));
        }
        answer
    }

    async fn reaches(&self, count: usize) {
        while self.acknowledged.lock().unwrap().len() < count {
            self.bell.notified().await;
        }
    }
}

/// Opens work orders and replies to each from both sides, until nobody answers.
async fn writes(log: Arc<Log>, customer: Hand, support: Hand, name: String) -> Option<()> {
    for at in 0.. {
        let path = "/account/tickets/new";
        let (subject, text) = (format!("Order {name}-{at}"), format!("It is slow, {name}-{at}"));
        let form = customer.opens(path).await?.form(path).answered(&[
            ("category", "service"),
            ("urgency", "high"),
            ("subject", &subject),
            ("text", &text),
            ("contact_name", "Li Ming"),
        ]);
        let path = log.sends(&customer, form, Change::Opened(subject)).await?;
        for (who, path) in [(&support, path.replace("/account/", "/staff/")), (&customer, path)] {
            let text = format!("An answer at {path}");
            let form = who.opens(&path).await?.form(&path).with("text", &text);
            log.sends(who, form, Change::Replied(text)).await?;
        }
    }
    None
}

/// Tops up, declares, enters the bank's line and confirms it, until nobody answers.
async fn pays(
    log: Arc<Log>,
    customer: Hand,
    finance: [Hand; 2],
    (round, who): (usize, usize),
    today: String,
) -> Option<()> {
    for at in 0.. {
        // An amount that nobody else has, so that one line of the statement fits.
        let amount = format!("{}.{:02}", 1_000 + round * 100 + at, who);
        let path = "/account/remittances/new";
        let form = customer.opens(path).await?.form(path).with("amount", &amount);
        let place = customer.posts(&form).await?;
        let number = place.split('?').next().unwrap().rsplit('/').next().unwrap().to_string();
        let path = format!("/account/remittances/{number}/declaration");
        let form = customer.opens(&path).await?.form(&path).answered(&[
            ("remitter", "Li Ming"),
            ("bank", "ICBC, Shanghai"),
            ("kind", "card"),
            ("bank_number", "4111 1111 1111 1111"),
            ("remitted_on", &today),
        ]);
        let form = customer.draws(&form).await?.form(&path);
        log.sends(&customer, form, Change::Declared(number.clone())).await?;

        let page = finance[0].opens("/staff/statements/new").await?;
        let receiving = page.attribute("select[name=receiving] option:last-child", "value").unwrap();
        let serial = format!("S-{round}-{who}-{at}");
        let form = page.form("/staff/statements/new").answered(&[
            ("receiving", &receiving),
            ("booked_on", &today),
            ("amount", &amount),
            ("remitter", "LI MING"),
            ("remitter_account", "6222020000000000018"),
            ("text", &number),
            ("bank_serial", &serial),
        ]);
        log.sends(&finance[0], form, Change::Entered(serial)).await?;

        let path = format!("/staff/remittances/{number}");
        let form = finance[1].opens(&path).await?.form(&format!("{path}/confirmation"));
        log.sends(&finance[1], form, Change::Credited(number)).await?;
    }
    None
}

struct People {
    customers: [Entered; 3],
    support: Entered,
    finance: [Entered; 2],
}

/// Sets everybody to work; answers their tasks.
fn sets_to_work(
    log: &Arc<Log>,
    people: &People,
    base: &str,
    round: usize,
    today: &str,
) -> Vec<tokio::task::JoinHandle<Option<()>>> {
    let hand = |entered: &Entered| Hand::of(entered, base);
    let mut tasks = Vec::new();
    for (at, customer) in people.customers.iter().enumerate() {
        let name = format!("{round}-{at}");
        tasks.push(tokio::spawn(writes(log.clone(), hand(customer), hand(&people.support), name)));
        let finance = [hand(&people.finance[0]), hand(&people.finance[1])];
        tasks.push(tokio::spawn(pays(log.clone(), hand(customer), finance, (round, at), today.to_string())));
    }
    tasks
}

/// As if an hour lay between two rounds: nobody may run into the limits of one.
async fn forgets_the_hour(estate: &Estate) {
    let forget = |conn: &mut Conn| End::Keep(diesel::delete(limits::table).execute(conn).unwrap());
    Db::open(&estate.database).unwrap().write(forget).await.unwrap();
}

on_both!(
    async fn a_killed_portal_loses_nothing_it_acknowledged(portal) {
        // Two clocks in one play must agree: the program has the machine's.
        portal.hands.set(Clock::system().now());
        portal.careless();
        let today = portal.house.clock.now().day(&portal.house.config.zone).to_string();
        let company = company(&portal).await;
        let people = People {
            customers: [company.li, verified(&portal, "wu@example.com").await, verified(&portal, "xu@example.com").await],
            support: ana(&portal).await,
            finance: [company.fay, company.finn],
        };
        let estate = Estate::of(&portal);
        let mut serving = estate.serves().await;
        let (mut acknowledged, mut unanswered, rounds) = (Vec::new(), 0, rounds());
        for round in 0..rounds {
            let log = Arc::new(Log::default());
            let tasks = sets_to_work(&log, &people, &serving.base, round, &today);
            let reached = tokio::time::timeout(Duration::from_secs(60), log.reaches(killed_after(round))).await;
            assert!(reached.is_ok() || tasks.iter().any(tokio::task::JoinHandle::is_finished), "no progress: {}", estate.log());
            serving.dies();
            for task in tasks {
                task.await.unwrap();
            }

            acknowledged.append(&mut log.acknowledged.lock().unwrap());
            let open = std::mem::take(&mut *log.open.lock().unwrap());
            unanswered += open.len();
            looks(&estate, acknowledged.clone(), open.iter().map(|(_, _, change)| change.clone()).collect()).await;
            estate.verifies();

            // Whoever got no answer sends the form again: it counts once, whether the first had arrived or not.
            serving = estate.serves().await;
            for (hand, form, change) in open {
                let place = hand.at(&serving.base).posts(&form).await;
                assert!(place.is_some(), "{change:?} gets no answer again: {}", estate.log());
                acknowledged.push(change);
            }
            looks(&estate, acknowledged.clone(), Vec::new()).await;
            forgets_the_hour(&estate).await;
        }
        assert!(acknowledged.len() > (0..rounds).map(killed_after).sum::<usize>(), "{acknowledged:?}");
        assert!(unanswered > 0, "the program was never killed in the middle of a request");
    }
);

/// All that was acknowledged is there once; what was not is there once or not at all.
async fn looks(estate: &Estate, acknowledged: Vec<Change>, open: Vec<Change>) {
    let db = Db::open(&estate.database).unwrap();
    db.read(move |conn| {
        for change in acknowledged {
            assert_eq!(times(conn, &change), 1, "acknowledged: {change:?}");
        }
        for change in open {
            assert!(times(conn, &change) <= 1, "not acknowledged: {change:?}");
        }
        whole(conn);
    })
    .await
    .unwrap();
}
