//! The text messages of this room. Their words stand in `templates/texts/`: one message each, 70 characters or a few more,
//! because each part is paid for.

use std::time::Duration;

use askama::Template;

use crate::base::db::Conn;
use crate::base::types::Phone;
use crate::features::accounts::codes::{Purpose, shown};
use crate::services::context::Context;
use crate::services::sms::{self, Text};
use crate::web::Error;

/// As long as the code in it works.
const LIFE_OF_CODE: Duration = Duration::from_secs(600);
const LIFE_OF_NOTICE: Duration = Duration::from_secs(6 * 3600);

#[derive(Template)]
#[template(path = "texts/code.txt")]
struct Code<'a> {
    code: &'a str,
    /// Whether the phone is to be bound; else it proves another change.
    new: bool,
}

#[derive(Template)]
#[template(path = "texts/notice.txt")]
struct Notice {
    /// Whether the phone is changed; else the address.
    phone: bool,
    /// When it will be; empty when it is.
    due: String,
}

/// Sends a code.
pub(super) fn code(
    conn: &mut Conn,
    ctx: &Context,
    to: &Phone,
    person_id: i64,
    purpose: Purpose,
    code: &str,
) -> Result<(), Error> {
    let new = purpose == Purpose::PhoneNew;
    let kind = if new { "code_phone_new" } else { "code_phone_old" };
    let text = Code { code: &shown(code), new }.render()?;
    sms::send(conn, ctx, &Text { person_id: Some(person_id), kind, to, text, life: LIFE_OF_CODE })?;
    Ok(())
}

/// Tells that phone or address will be changed at `due`, or is.
pub(super) fn notice(
    conn: &mut Conn,
    ctx: &Context,
    to: &Phone,
    person_id: i64,
    phone: bool,
    due: String,
) -> Result<(), Error> {
    let text = Notice { phone, due }.render()?;
    sms::send(conn, ctx, &Text { person_id: Some(person_id), kind: "notice_change", to, text, life: LIFE_OF_NOTICE })?;
    Ok(())
}
