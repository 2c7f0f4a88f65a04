//! The price guard (OT10): each text message costs money, and some are asked for only so that it does. All that are sent are
//! counted before, of the number, the person, the network and the day; what is over is refused.

use std::time::Duration;

use crate::base::config::SmsRules;
use crate::base::db::Conn;
use crate::base::types::Phone;
use crate::web::asked::Asked;
use crate::web::error::whole_seconds;
use crate::web::limits::{self, Limit, bucket};
use crate::web::{Errors, FieldError, Stop};

const DAY: Duration = Duration::from_secs(86400);
/// Between two messages to one number.
const PAUSE: Duration = Duration::from_secs(60);
/// To one number in a day, whoever asks.
const TO_NUMBER: i64 = 5;
/// At the asking of one person in a day, to whichever numbers.
const OF_PERSON: i64 = 10;
/// At the asking of one network in a day.
const OF_NETWORK: i64 = 20;

/// Counts a message that is about to be sent; what is over is said at `field`.
pub(super) fn count(
    conn: &mut Conn,
    asked: &Asked,
    rules: &SmsRules,
    person_id: i64,
    to: &Phone,
    field: &'static str,
) -> Result<(), Stop> {
    let (keys, now) = (&asked.context.keys, asked.context.now);
    let wait = |still: Duration| Stop::Refused(Errors::one(field, FieldError::Wait(whole_seconds(still))));
    limits::pass(conn, &bucket(keys, "text_pause", &[to.as_str()]), PAUSE, now)?.map_err(wait)?;
    let counters = [
        (bucket(keys, "text_of", &[&person_id.to_string()]), OF_PERSON),
        (bucket(keys, "text_from", &[&asked.network_bucket()]), OF_NETWORK),
        (bucket(keys, "text_to", &[to.as_str()]), TO_NUMBER),
        (bucket(keys, "text_all", &[]), rules.per_day),
    ];
    for (bucket, most) in counters {
        if let Some(still) = limits::count(conn, &bucket, Limit { most, window: DAY }, now)?.over {
            tracing::warn!(event = "texts_refused", bucket = bucket.split(':').next().unwrap_or_default());
            return Err(wait(still));
        }
    }
    Ok(())
}

/// Counts a notice that nobody asked for: of the day alone. Whether it may still be sent.
pub(super) fn count_notice(
    conn: &mut Conn,
    ctx: &crate::services::context::Context,
    rules: &SmsRules,
) -> diesel::QueryResult<bool> {
    let all = bucket(&ctx.keys, "text_all", &[]);
    Ok(limits::count(conn, &all, Limit { most: rules.per_day, window: DAY }, ctx.now)?.over.is_none())
}
