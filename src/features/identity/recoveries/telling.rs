//! Who is told of a recovery: every address that is the person's or was within a week, and the phone (RC3, RC4). Each notice
//! leads to the page that stops it.

use askama::Template;
use data_encoding::BASE64URL_NOPAD;
use jiff::tz::TimeZone;

use super::model::{Recovery, RecoveryReason};
use super::queries;
use crate::base::config::SmsRules;
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::types::{Moment, Number};
use crate::features::accounts;
use crate::features::accounts::factors::LostFactor;
use crate::features::identity::fault::Fault;
use crate::services::context::Context;
use crate::services::mail::{self, Mail};

/// What letters need besides the change: the zone in which they tell the time, and what text messages may cost.
#[derive(Clone)]
pub(super) struct Means {
    pub zone: TimeZone,
    pub sms: SmsRules,
}

/// What is told.
pub(super) enum News {
    /// Somebody asks for it.
    Asked,
    /// Two reviewers confirmed it: it is done in three days.
    Waiting,
    /// It is done within a day.
    Near,
    /// It is done; the factor can be put back for a week.
    Done(LostFactor),
    /// A reviewer was not convinced: why, and in whose words.
    Rejected(RecoveryReason, String),
    /// It was stopped.
    Cancelled,
    /// Nobody decided it in time.
    Expired,
}

impl News {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Asked => "recovery_asked",
            Self::Waiting => "recovery_waiting",
            Self::Near => "recovery_near",
            Self::Done(_) => "recovery_done",
            Self::Rejected(..) => "recovery_rejected",
            Self::Cancelled => "recovery_cancelled",
            Self::Expired => "recovery_expired",
        }
    }

    /// Whether there is still something to stop.
    const fn open(&self) -> bool {
        matches!(self, Self::Asked | Self::Waiting | Self::Near)
    }

    /// Whether it is worth a text message.
    const fn urgent(&self) -> bool {
        matches!(self, Self::Asked | Self::Waiting | Self::Near | Self::Done(_))
    }
}

/// What a notice tells.
struct Facts<'a> {
    news: &'a News,
    /// When it was asked for.
    when: String,
    device: &'a str,
    network: &'a str,
    /// When the factor goes.
    due: String,
    /// The page that stops it, or that sets a new password once there is nothing to stop.
    link: String,
}

#[derive(Template)]
#[template(path = "mail/recovery_subject.txt")]
struct Subject<'a> {
    facts: &'a Facts<'a>,
}

#[derive(Template)]
#[template(path = "mail/recovery.txt")]
struct Text<'a> {
    facts: &'a Facts<'a>,
}

#[derive(Template)]
#[template(path = "mail/recovery.html")]
struct Html<'a> {
    facts: &'a Facts<'a>,
}

#[derive(Template)]
#[template(path = "texts/recovery.txt")]
struct Message<'a> {
    facts: &'a Facts<'a>,
}

const PURPOSE: &str = "recovery-stop";

/// The path of the page that stops it. Its last part is a keyed hash of the number: whoever holds a notice has it, nothing that is
/// stored tells it.
pub(super) fn stop_path(keys: &Keys, number: &Number) -> String {
    let token = BASE64URL_NOPAD.encode(&keys.hash(PURPOSE, &[number.as_str().as_bytes()]));
    format!("/recoveries/{}/{token}", number.as_str())
}

/// Whether a token is that of this number.
pub(super) fn is_token(keys: &Keys, number: &Number, token: &str) -> bool {
    let given = BASE64URL_NOPAD.decode(token.as_bytes()).unwrap_or_default();
    keys.matches(PURPOSE, &[number.as_str().as_bytes()], &given)
}

/// Tells everybody.
pub(super) fn tell(
    conn: &mut Conn,
    ctx: &Context,
    recovery: &Recovery,
    news: News,
    means: &Means,
) -> Result<(), Fault> {
    let (present, _, _) = queries::person(conn, recovery.person_id)?;
    let zone = &means.zone;
    let told_at = |moment: Moment| format!("{} ({})", moment.local(zone), zone.iana_name().unwrap_or("UTC"));
    let mut facts = Facts {
        when: told_at(recovery.asked_at),
        device: &recovery.device,
        network: &recovery.network,
        due: told_at(recovery.due_at),
        link: String::new(),
        news: &news,
    };
    // What is over and changed nothing concerns whoever is reached at present.
    let everywhere = news.open() || matches!(news, News::Done(_));
    let all = if everywhere { accounts::addresses_of(conn, ctx, recovery.person_id)? } else { vec![present] };
    for address in &all {
        let path = match &news {
            News::Done(lost) => lost.undo_path(conn, ctx, address)?,
            open if open.open() => stop_path(&ctx.keys, &recovery.number),
            _ => "/password/forgot".into(),
        };
        facts.link = format!("{}{path}", ctx.base_url);
        let mail = Mail {
            person_id: Some(recovery.person_id),
            kind: news.kind(),
            address: address.as_str().to_string(),
            subject: Subject { facts: &facts }.render()?.trim().to_string(),
            text: Text { facts: &facts }.render()?,
            html: Html { facts: &facts }.render()?,
            // The link that stops it can do nothing else: it is worth more when the relay was down for a day.
            holds_code: matches!(news, News::Done(_)),
        };
        mail::send(conn, ctx, mail)?;
    }
    if news.urgent() {
        // Whoever has the mailbox reads the mails: the phone stops it as well.
        facts.link = format!("{}{}", ctx.base_url, stop_path(&ctx.keys, &recovery.number));
        let words = Message { facts: &facts }.render()?.trim().to_string();
        accounts::text_to(conn, ctx, &means.sms, recovery.person_id, (news.kind(), words))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_that_stops_opens_for_its_own_number_and_survives_a_rotation() {
        let (keys, number, other) = (Keys::fixed(1), Number::random('W'), Number::random('W'));
        let path = stop_path(&keys, &number);
        let token = path.rsplit('/').next().unwrap();
        assert!(is_token(&keys, &number, token));
        assert!(!is_token(&keys, &other, token) && !is_token(&keys, &number, "") && !is_token(&keys, &number, "!"));
        assert!(!is_token(&Keys::fixed(2), &number, token));
    }
}
