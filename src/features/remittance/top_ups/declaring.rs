//! Declaring the transfer: the form, "Check your answers", and the post that declares.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::forms::{DeclarationForm, Step};
use super::moves;
use super::pages::{Payer, address, number_in};
use super::queries::{self, Declaration, TopUp};
use crate::base::types::{Day, Number};
use crate::features::remittance::model::Move;
use crate::services::storage::Kind;
use crate::web::forms::{Errors, FieldError, Kept};
use crate::web::parts::Parts;
use crate::web::uploads::{self, Sent, Takes, Upload};
use crate::web::{Ended, Error, Flash, Goto, Shell, Visit, again, page};

const SLIP_BYTES: u64 = 10 * 1024 * 1024;
/// The most bytes of a posted declaration: the slip and the text around it.
pub const DECLARATION_BYTES: u64 = SLIP_BYTES + 256 * 1024;
pub(super) const SLIP: Takes = Takes {
    purpose: "remittance_slip",
    field: "slip",
    most_files: 1,
    most_bytes: SLIP_BYTES,
    most_together: DECLARATION_BYTES,
    kinds: &[Kind::Jpeg, Kind::Png, Kind::Webp, Kind::Pdf],
    sealed: false,
};

#[derive(Template)]
#[template(path = "remittance/declaration.html")]
struct DeclarationPage {
    shell: Shell,
    top_up: TopUp,
    form: DeclarationForm,
    kept: Vec<Kept>,
    errors: Errors,
    today: Day,
}

impl DeclarationPage {
    /// Whether to ask about a number whose check digit does not fit.
    fn asks_about_number(&self) -> bool {
        self.errors.of("bank_number") == Some(&FieldError::CardCheck) || self.form.sure()
    }
}

/// Everything that was answered, before it is declared.
#[derive(Template)]
#[template(path = "remittance/check.html")]
struct CheckPage {
    shell: Shell,
    top_up: TopUp,
    /// As it was typed: what goes on with the page.
    form: DeclarationForm,
    /// As it was read: what the person checks.
    answers: Declaration,
    kept: Vec<Kept>,
}

impl CheckPage {
    /// The slip of an earlier declaration, which stays when no other comes.
    fn slip_of_before(&self) -> Option<&str> {
        self.top_up.declared.as_ref()?.slip.as_ref().map(|slip| slip.name.as_str())
    }
}

pub(super) fn today(visit: &Visit<Payer>) -> Day {
    visit.asked().context.now.day(&visit.house().config.zone)
}

/// The top-up behind a declaration form; one that cannot be declared any more is a conflict.
async fn declarable(
    visit: &Visit<Payer>,
    number: Number,
    kept: Vec<String>,
) -> Result<(Shell, (TopUp, Vec<Kept>)), Error> {
    visit
        .read(move |conn, member| {
            let found = queries::one(conn, member, &number)?.ok_or(Error::NotFound)?;
            if !found.state.allows(Move::Declare) {
                return Err(Error::Conflict);
            }
            let kept = uploads::waiting(conn, member.ctx(), SLIP.purpose, &kept)?;
            Ok((found, kept.iter().map(Upload::kept).collect()))
        })
        .await
}

pub(in crate::features::remittance) async fn declare_form(
    visit: Visit<Payer>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (shell, (top_up, kept)) = declarable(&visit, number_in(&path)?, Vec::new()).await?;
    let today = today(&visit);
    let form = DeclarationForm::blank(&top_up, today);
    page(DeclarationPage { shell, form, top_up, kept, errors: Errors::none(), today })
}

pub(in crate::features::remittance) async fn declare_do(
    visit: Visit<Payer>,
    path: Path<String>,
    parts: Parts,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let today = today(&visit);
    let sent = uploads::receive::<_, DeclarationForm>(&visit, parts, SLIP).await?;
    // A slip chosen now takes the place of one that was kept.
    let slips: Vec<String> = match sent.uploads.first() {
        Some(upload) => vec![upload.number.clone()],
        None => sent.kept.iter().take(1).cloned().collect(),
    };
    let (form, came_to) = match visit.open(&sent.form).await? {
        Ended::Again(shell, errors, form) => (form, Err((shell, errors))),
        Ended::Done(form) => {
            let came_to = match form.step() {
                Step::Declare => match declared(&visit, sent, &number, &slips, today).await? {
                    Ended::Done(response) => return Ok(response),
                    Ended::Again(shell, errors, _) => Err((shell, errors)),
                },
                Step::Check => match answered(&visit, sent, &slips, today).await? {
                    Ended::Done(answers) => Ok(Some(answers)),
                    Ended::Again(shell, errors, _) => Err((shell, errors)),
                },
                Step::Change => Ok(None),
            };
            (form, came_to)
        }
    };
    let form = DeclarationForm::clone(&form);
    let (shell, (top_up, kept)) = declarable(&visit, number, slips).await?;
    match came_to {
        Ok(Some(answers)) => page(CheckPage { shell, top_up, form, answers, kept }),
        Ok(None) => page(DeclarationPage { shell, top_up, form, kept, errors: Errors::none(), today }),
        Err((shell, errors)) => again(DeclarationPage { shell: *shell, top_up, form, kept, errors, today }),
    }
}

/// The answers, held to every rule; nothing is changed.
async fn answered(
    visit: &Visit<Payer>,
    sent: Sent<DeclarationForm>,
    slips: &[String],
    today: Day,
) -> Result<Ended<Declaration, DeclarationForm>, Error> {
    let (slips, file_errors) = (slips.to_vec(), sent.errors);
    let ended = visit.step(&sent.form, move |conn, member, form| {
        let answers = form.read(today, file_errors)?;
        slip_of(uploads::waiting(conn, member.ctx(), SLIP.purpose, &slips)?, &slips)?;
        Ok(answers)
    });
    ended.await
}

/// Declares. What the page with the answers carried is held to the rules again: it may have been changed on the way.
async fn declared(
    visit: &Visit<Payer>,
    sent: Sent<DeclarationForm>,
    number: &Number,
    slips: &[String],
    today: Day,
) -> Result<Ended<HttpResponse, DeclarationForm>, Error> {
    let (number, slips, file_errors) = (number.clone(), slips.to_vec(), sent.errors);
    let ended = visit.write(&sent.form, move |conn, member, form| {
        let answers = form.read(today, file_errors)?;
        let slip = slip_of(uploads::adopt(conn, member.ctx(), SLIP.purpose, &slips)?, &slips)?;
        moves::declare(conn, member, &number, &answers, slip.as_ref())?;
        Ok(Goto::to(address(&number)).saying(Flash::RemittanceDeclared))
    });
    ended.await
}

/// The slip that was named; one that is gone, or never was this person's, has to be chosen again.
pub(super) fn slip_of(found: Vec<Upload>, named: &[String]) -> Result<Option<Upload>, Errors> {
    if found.len() < named.len() {
        return Err(Errors::one(SLIP.field, FieldError::FileGone));
    }
    Ok(found.into_iter().next())
}
