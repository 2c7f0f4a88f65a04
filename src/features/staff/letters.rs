//! What is mailed to people on the staff.

use askama::Template;

use super::proposals::{Proposal, ProposalState};
use crate::base::types::Moment;
use crate::services::context::Context;
use crate::services::mail::Mail;
use crate::web::feature::StaffRole;
use crate::web::session::Displaced;

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

/// A mail without a code whose templates take `facts`.
macro_rules! notice {
    ($(#[$meta:meta])* $name:ident($facts:ident, $kind:literal, $text:tt, $html:tt, $subject:tt);) => {
        $(#[$meta])*
        pub(super) fn $name(person_id: i64, address: &str, facts: &$facts) -> Result<Mail, askama::Error> {
            #[derive(Template)]
            #[template(path = $text)]
            struct Text<'a> {
                facts: &'a $facts,
            }
            #[derive(Template)]
            #[template(path = $html)]
            struct Html<'a> {
                facts: &'a $facts,
            }
            #[derive(Template)]
            #[template(path = $subject)]
            struct Subject;
            Ok(Mail {
                person_id: Some(person_id),
                kind: $kind,
                address: address.to_string(),
                subject: Subject.render()?.trim().to_string(),
                text: Text { facts }.render()?,
                html: Html { facts }.render()?,
                holds_code: false,
            })
        }
    };
}

/// Which session was ended by which; times in UTC.
pub(super) struct Displacing {
    other: Displaced,
    since: String,
    when: String,
    device: String,
    network: String,
}

impl Displacing {
    pub(super) fn of(ctx: &Context, other: &Displaced) -> Self {
        let utc = jiff::tz::TimeZone::UTC;
        Self {
            other: other.clone(),
            since: other.signed_in_at.local(&utc),
            when: ctx.now.local(&utc),
            device: ctx.device.to_string(),
            network: ctx.network.to_string(),
        }
    }
}

notice! {
    /// A sign-in took the place of the oldest session (SS7).
    displaced(Displacing, "staff_session_displaced", "mail/staff_session_displaced.txt", "mail/staff_session_displaced.html", "mail/staff_session_displaced_subject.txt");
}

/// A sign-in; its time in UTC.
pub(super) struct Entering {
    when: String,
    device: String,
    network: String,
}

impl Entering {
    pub(super) fn of(ctx: &Context) -> Self {
        let when = ctx.now.local(&jiff::tz::TimeZone::UTC);
        Self { when, device: ctx.device.to_string(), network: ctx.network.to_string() }
    }
}

notice! {
    /// A sign-in after half a year without one (EN10).
    quiet(Entering, "staff_quiet", "mail/staff_quiet.txt", "mail/staff_quiet.html", "mail/staff_quiet_subject.txt");
}

notice! {
    /// The password was right and the code was not: somebody may know the password (EN10).
    half(Entering, "staff_half", "mail/staff_half.txt", "mail/staff_half.html", "mail/staff_half_subject.txt");
}

/// What a person may do from now on; the time in UTC.
pub(super) struct Rights {
    when: String,
    given: Vec<StaffRole>,
    taken: Vec<StaffRole>,
    now: Vec<StaffRole>,
}

impl Rights {
    pub(super) fn of(ctx: &Context, given: &[StaffRole], taken: &[StaffRole], now: &[StaffRole]) -> Self {
        let when = ctx.now.local(&jiff::tz::TimeZone::UTC);
        Self { when, given: given.to_vec(), taken: taken.to_vec(), now: now.to_vec() }
    }
}

/// What waits for a second admin, or was decided; times in UTC.
pub(super) struct Proposed {
    who: String,
    address: String,
    is_new: bool,
    /// Whether it is about an authenticator, and not about roles.
    removes: bool,
    roles: Vec<StaffRole>,
    reason: String,
    by: String,
    when: String,
    until: String,
    link: String,
    state: ProposalState,
}

impl Proposed {
    pub(super) fn of(ctx: &Context, proposal: &Proposal, state: ProposalState) -> Self {
        Self {
            who: proposal.called().to_string(),
            address: proposal.address().to_string(),
            is_new: proposal.new_address.is_some(),
            removes: proposal.removes(),
            roles: proposal.roles.clone(),
            reason: proposal.reason.clone().unwrap_or_default(),
            when: ctx.now.local(&jiff::tz::TimeZone::UTC),
            by: proposal.proposer.called().to_string(),
            until: proposal.expires_at.local(&jiff::tz::TimeZone::UTC),
            link: format!("{}/staff/people/proposals/{}", ctx.base_url, proposal.number.as_str()),
            state,
        }
    }
}

notice! {
    /// An admin proposes what a second one has to approve.
    proposal_waits(Proposed, "staff_proposed", "mail/staff_proposed.txt", "mail/staff_proposed.html", "mail/staff_proposed_subject.txt");
}

notice! {
    /// The same of an authenticator.
    removal_waits(Proposed, "staff_proposed", "mail/staff_proposed.txt", "mail/staff_proposed.html", "mail/staff_removal_proposed_subject.txt");
}

notice! {
    /// What became of a proposal.
    proposal_decided(Proposed, "staff_decided", "mail/staff_decided.txt", "mail/staff_decided.html", "mail/staff_decided_subject.txt");
}

notice! {
    /// The same of an authenticator.
    removal_decided(Proposed, "staff_decided", "mail/staff_decided.txt", "mail/staff_decided.html", "mail/staff_removal_decided_subject.txt");
}

notice! {
    /// To the owner of an authenticator: an admin proposes to take it away, or it is taken away.
    totp_removal(Proposed, "staff_totp_removal", "mail/staff_totp_removal.txt", "mail/staff_totp_removal.html", "mail/staff_totp_removal_subject.txt");
}

notice! {
    /// Somebody's roles changed: all sessions are over (RC2, SS4).
    roles_changed(Rights, "staff_roles", "mail/staff_roles.txt", "mail/staff_roles.html", "mail/staff_roles_subject.txt");
}

notice! {
    /// Somebody was locked out: all sessions are over (SS4).
    locked(Rights, "staff_locked", "mail/staff_locked.txt", "mail/staff_locked.html", "mail/staff_locked_subject.txt");
}

notice! {
    /// Somebody's work here has ended: all sessions are over (SS4).
    ended(Rights, "staff_ended", "mail/staff_ended.txt", "mail/staff_ended.html", "mail/staff_ended_subject.txt");
}
