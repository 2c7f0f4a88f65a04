//! The mails of this room. They name no number, no name and no picture; details stand behind the sign-in.

use askama::Template;

use super::cases::{Case, Reason};
use super::fault::Fault;
use crate::base::db::Conn;
use crate::features::accounts::{self, Customer, Reader};
use crate::services::context::Context;
use crate::services::mail::{self, Mail};

/// What a mail tells.
struct Facts {
    reason: Option<Reason>,
    words: String,
    link: String,
}

macro_rules! letters {
    ($($name:ident($kind:literal, $subject:literal, $text:literal, $html:literal);)+) => { $(
        fn $name(conn: &mut Conn, ctx: &Context, to: &Reader, facts: &Facts) -> Result<(), Fault> {
            #[derive(Template)]
            #[template(path = $subject)]
            struct Subject;
            #[derive(Template)]
            #[template(path = $text)]
            struct Text<'a> {
                facts: &'a Facts,
            }
            #[derive(Template)]
            #[template(path = $html)]
            struct Html<'a> {
                facts: &'a Facts,
            }
            let mail = Mail {
                person_id: Some(to.id),
                kind: $kind,
                address: to.address.clone(),
                subject: Subject.render()?.trim().to_string(),
                text: Text { facts }.render()?,
                html: Html { facts }.render()?,
                holds_code: false,
            };
            Ok(mail::send(conn, ctx, mail)?)
        }
    )+ };
}

letters! {
    approved_letter("identity_approved", "mail/identity_approved_subject.txt", "mail/identity_approved.txt", "mail/identity_approved.html");
    rejected_letter("identity_rejected", "mail/identity_rejected_subject.txt", "mail/identity_rejected.txt", "mail/identity_rejected.html");
    returned_letter("identity_returned", "mail/identity_returned_subject.txt", "mail/identity_returned.txt", "mail/identity_returned.html");
    contact_refused_letter("identity_contact_refused", "mail/identity_contact_refused_subject.txt", "mail/identity_contact_refused.txt", "mail/identity_contact_refused.html");
    proof_letter("identity_proof", "mail/identity_proof_subject.txt", "mail/identity_proof.txt", "mail/identity_proof.html");
    withdrawn_letter("identity_withdrawn", "mail/identity_withdrawn_subject.txt", "mail/identity_withdrawn.txt", "mail/identity_withdrawn.html");
}

/// The real name is authenticated.
pub(super) fn approved(conn: &mut Conn, ctx: &Context, case: &Case) -> Result<(), Fault> {
    tell(conn, ctx, case, None, "", approved_letter)
}

/// It is not, and why.
pub(super) fn rejected(conn: &mut Conn, ctx: &Context, case: &Case, reason: Reason, words: &str) -> Result<(), Fault> {
    tell(conn, ctx, case, Some(reason), words, rejected_letter)
}

/// The reviewer needs more.
pub(super) fn returned(conn: &mut Conn, ctx: &Context, case: &Case, reason: Reason, words: &str) -> Result<(), Fault> {
    tell(conn, ctx, case, Some(reason), words, returned_letter)
}

/// The contact refused, or did not answer in time.
pub(super) fn contact_refused(conn: &mut Conn, ctx: &Context, case: &Case) -> Result<(), Fault> {
    tell(conn, ctx, case, None, "", contact_refused_letter)
}

/// The authentication was withdrawn by an owner.
pub(super) fn withdrawn(conn: &mut Conn, member: &Customer) -> Result<(), Fault> {
    let to = Reader { id: member.person_id(), address: member.address().to_string() };
    withdrawn_letter(conn, member.ctx(), &to, &facts(member.ctx(), None, ""))
}

/// A remittance was recorded as a further proof.
pub(super) fn proof_recorded(conn: &mut Conn, ctx: &Context, (account, person): (i64, i64)) -> Result<(), Fault> {
    for to in accounts::readers_of(conn, account, person)? {
        proof_letter(conn, ctx, &to, &facts(ctx, None, ""))?;
    }
    Ok(())
}

/// Asks a company's contact to agree, by a link of their own.
pub(super) fn asked(conn: &mut Conn, ctx: &Context, address: &str, company: &str, path: &str) -> Result<(), Fault> {
    #[derive(Template)]
    #[template(path = "mail/identity_contact_subject.txt")]
    struct Subject;
    #[derive(Template)]
    #[template(path = "mail/identity_contact.txt")]
    struct Text<'a> {
        company: &'a str,
        link: &'a str,
    }
    #[derive(Template)]
    #[template(path = "mail/identity_contact.html")]
    struct Html<'a> {
        company: &'a str,
        link: &'a str,
    }
    let link = &format!("{}{path}", ctx.base_url);
    let mail = Mail {
        person_id: None,
        kind: "identity_contact",
        address: address.to_string(),
        subject: Subject.render()?.trim().to_string(),
        text: Text { company, link }.render()?,
        html: Html { company, link }.render()?,
        // A link that answers is worth as much as a code: its text goes as soon as it is sent.
        holds_code: true,
    };
    Ok(mail::send(conn, ctx, mail)?)
}

fn tell(
    conn: &mut Conn,
    ctx: &Context,
    case: &Case,
    reason: Option<Reason>,
    words: &str,
    letter: fn(&mut Conn, &Context, &Reader, &Facts) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let facts = facts(ctx, reason, words);
    for to in accounts::readers_of(conn, case.account_id, case.person_id)? {
        letter(conn, ctx, &to, &facts)?;
    }
    Ok(())
}

fn facts(ctx: &Context, reason: Option<Reason>, words: &str) -> Facts {
    Facts { reason, words: words.to_string(), link: format!("{}/account/identity", ctx.base_url) }
}
