//! The job that asks the provider: what is due is claimed, sent, and settled by what comes back.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::web::Data;
use futures_util::future::join_all;
use zeroize::Zeroizing;

use super::protocol::{self, Direction, Distrust, Reply, Said, Signed};
use super::queries::{self, Attempt};
use super::{moves, question};
use crate::base::chance;
use crate::base::db::{Conn, End};
use crate::base::types::Moment;
use crate::features::identity::cases::Case;
use crate::features::identity::consents::{provider_agreed, terms};
use crate::features::identity::fault::Fault;
use crate::services::context::Context;
use crate::services::outward::{Answer, Failed, Way};
use crate::web::House;

/// Questions that are under way at once.
const AT_ONCE: i64 = 4;
/// Longer than the longest call.
const LEASE: Duration = Duration::from_secs(60);
/// When to try again, in minutes after each try; the last one holds for all further ones.
const AGAIN: [u64; 5] = [1, 5, 15, 60, 240];

/// The job.
pub(in crate::features::identity) fn work(
    house: Data<House>,
    now: Moment,
) -> Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        let ctx = house.own_context(now);
        give_up(&house, &ctx).await?;
        let Some(way) = &house.identity_way else { return Ok(()) };
        let due = claim(&house, &ctx, way.host()).await?;
        let asked = due.into_iter().map(|due| ask(&house, way, due));
        // What could not be kept, as when two cases take the last place of one number at once, is asked again when its
        // hold is over.
        for fault in join_all(asked).await.into_iter().filter_map(Result::err) {
            tracing::warn!(event = "identity_provider_unkept", %fault);
        }
        Ok(())
    })
}

/// Passes on what the provider did not answer in time; without a provider, all of it.
async fn give_up(house: &Data<House>, ctx: &Context) -> Result<(), String> {
    let (rules, ctx) = (house.config.identity, ctx.clone());
    let until = house.identity_way.as_ref().map(|_| ctx.now);
    in_one(house, move |conn| {
        queries::sweep_messages(conn, ctx.now)?;
        for (attempt, case) in queries::expired(conn, until, 100)? {
            moves::settle(conn, &ctx, (&attempt, &case), Said::Silent, rules)?;
        }
        Ok(())
    })
    .await
}

/// One question that is to be sent.
struct Due {
    attempt: Attempt,
    case: Case,
    body: Zeroizing<Vec<u8>>,
}

/// Takes what is due. Questions are put together before, outside of the transaction: a photo takes its time to be opened.
/// What changed meanwhile is not taken. A consent that was withdrawn, or a wording that is another now, keeps it here.
async fn claim(house: &Data<House>, ctx: &Context, host: &str) -> Result<Vec<Due>, String> {
    let (now, keys) = (ctx.now, ctx.keys.clone());
    let result_to = format!("{}{}", ctx.base_url, super::hook::PATH);
    let read = house.db.read(move |conn| -> diesel::QueryResult<Vec<_>> {
        let mut found = Vec::new();
        for (attempt, case) in queries::due(conn, now, AT_ONCE)? {
            let body = question::body(conn, &keys, (&attempt, &case), &result_to)?;
            found.push((attempt, case, body));
        }
        Ok(found)
    });
    let found = read.await.map_err(|fault| fault.to_string())?.map_err(|fault| fault.to_string())?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let (rules, terms, ctx, host) = (house.config.identity, terms(house), ctx.clone(), host.to_string());
    in_one(house, move |conn| {
        let mut due = Vec::new();
        for (attempt, case, body) in found {
            if !queries::take(conn, &attempt, ctx.now, LEASE)? {
                continue;
            }
            let agreed = provider_agreed(conn, case.person_id, &terms)?;
            let Some(body) = body.filter(|_| agreed) else {
                moves::settle(conn, &ctx, (&attempt, &case), Said::Silent, rules)?;
                continue;
            };
            if attempt.tries == 0 {
                moves::asked(conn, &ctx, &case, &host)?;
            }
            due.push(Due { attempt, case, body });
        }
        Ok(due)
    })
    .await
}

/// How a question ended.
enum Ended {
    /// With a word that counts.
    Said(Said),
    /// The word follows.
    Pending,
    /// With nothing; again after this long at the earliest.
    Again(Duration),
}

async fn ask(house: &Data<House>, way: &Way, due: Due) -> Result<(), String> {
    let ended = sent(house, way, &due).await;
    // An answer may have taken its time.
    let (ctx, rules) = (house.own_context(house.clock.now()), house.config.identity);
    let Due { attempt, case, .. } = due;
    in_one(house, move |conn| match ended {
        // As it stands now: its owner may have taken it back meanwhile.
        Ended::Said(said) => match queries::named(conn, &attempt.number, &case.number)? {
            Some((attempt, case)) => moves::settle(conn, &ctx, (&attempt, &case), said, rules),
            None => Ok(()),
        },
        Ended::Pending => moves::wait(conn, &attempt),
        Ended::Again(wait) => {
            let nth = usize::try_from(attempt.tries).unwrap_or(usize::MAX).min(AGAIN.len() - 1);
            let pause = Duration::from_secs(AGAIN[nth] * 60).max(wait);
            moves::again(conn, &attempt, ctx.now.plus(pause))
        }
    })
    .await
}

async fn sent(house: &Data<House>, way: &Way, due: &Due) -> Ended {
    let Some(provider) = &house.config.identity_provider else { return Ended::Again(Duration::ZERO) };
    let Some(secret) = provider.secrets.first() else { return Ended::Again(Duration::ZERO) };
    let time = house.clock.now().seconds().to_string();
    let id = data_encoding::HEXLOWER.encode(&chance::bytes::<16>());
    let signature = protocol::sign(secret, Direction::Question, way.path(), &time, &id, &due.body);
    // The same words whenever it is sent: the provider answers one question once.
    let once = format!("{}/{}", due.case.number.as_str(), due.attempt.number.as_str());
    let headers = [
        (protocol::TIME, time.as_str()),
        (protocol::ID, id.as_str()),
        (protocol::SIGNATURE, signature.as_str()),
        ("idempotency-key", once.as_str()),
    ];
    match way.post("application/json", &headers, due.body.to_vec()).await {
        Ok(answer) => read(house, way, due, &id, &answer),
        Err(Failed::Resting(wait)) => Ended::Again(wait),
        Err(fault) => {
            tracing::warn!(event = "identity_provider_failed", %fault);
            Ended::Again(Duration::ZERO)
        }
    }
}

/// What an answer comes to. Only what is signed, of now, and about this very attempt counts.
fn read(house: &House, way: &Way, due: &Due, id: &str, answer: &Answer) -> Ended {
    let again = |cause: &dyn std::fmt::Display| {
        tracing::warn!(event = "identity_provider_failed", status = answer.status, %cause);
        Ended::Again(Duration::ZERO)
    };
    if answer.status != 200 {
        // What it does not take now it will not take later: a person does not wait for that.
        if (400..500).contains(&answer.status) && !matches!(answer.status, 408 | 429) {
            tracing::warn!(event = "identity_provider_refused", status = answer.status);
            return Ended::Said(Said::Silent);
        }
        return again(&"its status is not 200");
    }
    if let Err(distrust) = believed(house, way, id, answer) {
        return again(&distrust);
    }
    match Reply::parse(&answer.body) {
        Some(reply) if reply.case == due.case.number && reply.attempt == due.attempt.number => {
            reply.said.map_or(Ended::Pending, Ended::Said)
        }
        Some(_) => again(&"it is about another case"),
        None => again(&"it cannot be read"),
    }
}

fn believed(house: &House, way: &Way, id: &str, answer: &Answer) -> Result<(), Distrust> {
    let provider = house.config.identity_provider.as_ref().ok_or(Distrust::Forged)?;
    let signed = Signed::of(|name| answer.header(name)).ok_or(Distrust::Malformed)?;
    // An answer that was given to another question, maybe long ago, is none to this one.
    if signed.id != id {
        return Err(Distrust::Forged);
    }
    let now = house.clock.now();
    protocol::verify(&provider.secrets, Direction::Answer, way.path(), now, signed, &answer.body)
}

async fn in_one<T: Send + 'static>(
    house: &Data<House>,
    f: impl FnOnce(&mut Conn) -> Result<T, Fault> + Send + 'static,
) -> Result<T, String> {
    let written = house.db.write(move |conn| match f(conn) {
        Ok(done) => End::Keep(Ok(done)),
        Err(fault) => End::Undo(Err(fault.to_string())),
    });
    written.await.map_err(|fault| fault.to_string())?
}
