//! What is mailed about members. Times are told in UTC: a mail knows no zone.

use askama::Template;

use super::super::MemberRole;
use crate::base::types::Moment;
use crate::services::context::Context;
use crate::services::mail::Mail;

/// What a letter tells.
#[derive(Clone)]
pub(super) struct Told {
    /// The portal's address.
    base: String,
    /// What the account is called.
    account: String,
    /// Who did it.
    who: String,
    /// The role that it is about.
    role: &'static str,
    /// The path of a page, with a token where the page is behind one.
    path: String,
    /// Until when the link works.
    until: String,
    /// Whether it was sent before.
    again: bool,
}

impl Told {
    pub fn of(ctx: &Context, account: String, who: String) -> Self {
        let base = ctx.base_url.to_string();
        Self { base, account, who, role: "", path: "/account/members".into(), until: String::new(), again: false }
    }

    pub fn with_role(self, role: MemberRole) -> Self {
        Self { role: role.as_str(), ..self }
    }

    /// Leads to this path, which works until then.
    pub fn with_link(self, path: String, until: Moment, again: bool) -> Self {
        Self { path, until: until.local(&jiff::tz::TimeZone::UTC), again, ..self }
    }
}

macro_rules! letters {
    ($($(#[$meta:meta])* $name:ident($kind:literal, $holds_code:literal, $text:tt, $html:tt, $subject:tt);)+) => { $(
        $(#[$meta])*
        pub(super) fn $name(person_id: Option<i64>, address: &str, told: &Told) -> Result<Mail, askama::Error> {
            #[derive(Template)]
            #[template(path = $text)]
            struct Text<'a> {
                told: &'a Told,
            }
            #[derive(Template)]
            #[template(path = $html)]
            struct Html<'a> {
                told: &'a Told,
            }
            #[derive(Template)]
            #[template(path = $subject)]
            struct Subject<'a> {
                told: &'a Told,
            }
            Ok(Mail {
                person_id,
                kind: $kind,
                address: address.to_string(),
                subject: Subject { told }.render()?.trim().to_string(),
                text: Text { told }.render()?,
                html: Html { told }.render()?,
                holds_code: $holds_code,
            })
        }
    )+ };
}

letters! {
    /// Somebody is asked into an account; it holds a link that is a right.
    invitation("invitation", true, "mail/invitation.txt", "mail/invitation.html", "mail/invitation_subject.txt");
    /// To the owners: the invitation was accepted.
    joined("member_joined", false, "mail/member_joined.txt", "mail/member_joined.html", "mail/member_joined_subject.txt");
    /// To whom it concerns: another role.
    role_changed("member_role", false, "mail/member_role.txt", "mail/member_role.html", "mail/member_role_subject.txt");
    /// To whom it concerns: no member any more.
    removed("member_removed", false, "mail/member_removed.txt", "mail/member_removed.html", "mail/member_removed_subject.txt");
    /// To the owners: a member left.
    left("member_left", false, "mail/member_left.txt", "mail/member_left.html", "mail/member_left_subject.txt");
}
