//! What is mailed to people on the staff.

use askama::Template;

use crate::base::types::Moment;
use crate::services::context::Context;
use crate::services::mail::Mail;

#[derive(Template)]
#[template(path = "mail/staff_activation_subject.txt")]
struct ActivationSubject;

#[derive(Template)]
#[template(path = "mail/staff_activation.txt")]
struct ActivationText<'a> {
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/staff_activation.html")]
struct ActivationHtml<'a> {
    link: &'a str,
}

/// The way in for somebody new, or for somebody whose sign-in begins anew. It holds a link that is a right.
pub(super) fn activation(ctx: &Context, person_id: i64, address: &str, path: &str) -> Result<Mail, askama::Error> {
    let link = format!("{}{path}", ctx.base_url);
    Ok(Mail {
        person_id: Some(person_id),
        kind: "staff_activation",
        address: address.to_string(),
        subject: ActivationSubject.render()?.trim().to_string(),
        text: ActivationText { link: &link }.render()?,
        html: ActivationHtml { link: &link }.render()?,
        holds_code: true,
    })
}

#[derive(Template)]
#[template(path = "mail/staff_failures_subject.txt")]
struct FailuresSubject;

#[derive(Template)]
#[template(path = "mail/staff_failures.txt")]
struct FailuresText<'a> {
    times: i64,
    when: String,
    device: &'a str,
    network: &'a str,
}

#[derive(Template)]
#[template(path = "mail/staff_failures.html")]
struct FailuresHtml<'a> {
    times: i64,
    when: String,
    device: &'a str,
    network: &'a str,
}

/// A sign-in succeeded after several that did not (EN10). The time is told in UTC: a mail knows no zone.
pub(super) fn failures(
    ctx: &Context,
    person_id: i64,
    address: &str,
    times: i64,
    now: Moment,
) -> Result<Mail, askama::Error> {
    let when = now.local(&jiff::tz::TimeZone::UTC);
    let (device, network) = (&*ctx.device, &*ctx.network);
    Ok(Mail {
        person_id: Some(person_id),
        kind: "staff_failures",
        address: address.to_string(),
        subject: FailuresSubject.render()?.trim().to_string(),
        text: FailuresText { times, when: when.clone(), device, network }.render()?,
        html: FailuresHtml { times, when, device, network }.render()?,
        holds_code: false,
    })
}
