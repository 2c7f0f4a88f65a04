//! Claiming money that was sent without its reference: what a declaration says, and to which account it went.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;
use validator::Validate;

use super::declaring::{SLIP, slip_of, today};
use super::forms::DeclarationForm;
use super::moves;
use super::pages::{Payer, TOP_UPS, address};
use super::queries::Declaration;
use crate::base::types::{Day, Number};
use crate::features::remittance::model::NumberKind;
use crate::features::remittance::receiving::{self, Receiving};
use crate::web::forms::{Errors, FieldError, Kept};
use crate::web::pace;
use crate::web::parts::Parts;
use crate::web::uploads::{self, Upload};
use crate::web::{Ended, Error, Flash, Goto, Shell, Visit, again, page};

/// What a customer says of the transfer.
#[derive(Clone, Default, Deserialize, Validate)]
#[serde(default)]
pub struct ClaimForm {
    /// The number of the receiving account that it went to.
    pub receiving: String,
    /// The remitter's name.
    #[validate(length(min = 1, max = 120))]
    pub remitter: String,
    /// The remitting bank.
    #[validate(length(min = 1, max = 120))]
    pub bank: String,
    /// `card` or `account`.
    pub kind: String,
    /// Its number.
    pub bank_number: String,
    /// Whether the payer is sure of a number whose check digit does not fit.
    pub number_checked: String,
    /// How much was sent.
    pub amount: String,
    /// The day of the transfer.
    pub remitted_on: String,
    /// Slips that came with an earlier post of this form.
    pub kept: Vec<String>,
}

impl ClaimForm {
    /// What it says as a declaration does; the rules are the same.
    fn declaration(&self) -> DeclarationForm {
        DeclarationForm {
            remitter: self.remitter.clone(),
            bank: self.bank.clone(),
            kind: self.kind.clone(),
            bank_number: self.bank_number.clone(),
            number_checked: self.number_checked.clone(),
            amount: self.amount.clone(),
            remitted_on: self.remitted_on.clone(),
            ..DeclarationForm::default()
        }
    }

    fn read(
        &self,
        paid_to: Vec<Receiving>,
        today: Day,
        mut errors: Errors,
    ) -> Result<(Receiving, Declaration), Errors> {
        let number = Number::parse('B', &self.receiving);
        let found = paid_to.into_iter().find(|one| Some(&one.number) == number.as_ref());
        if found.is_none() {
            errors.add("receiving", FieldError::UnknownChoice);
        }
        let declaration = self.declaration().read(today, errors)?;
        found
            .map(|receiving| (receiving, declaration))
            .ok_or_else(|| Errors::one("receiving", FieldError::UnknownChoice))
    }
}

#[derive(Template)]
#[template(path = "remittance/claim.html")]
struct ClaimPage {
    shell: Shell,
    form: ClaimForm,
    /// The receiving accounts to choose from: number, words.
    accounts: Vec<(String, String)>,
    kept: Vec<Kept>,
    errors: Errors,
    today: Day,
}

impl ClaimPage {
    /// Whether to ask about a number whose check digit does not fit.
    fn asks_about_number(&self) -> bool {
        self.errors.of("bank_number") == Some(&FieldError::CardCheck) || self.form.declaration().sure()
    }

    /// Where the same was claimed before.
    fn before(&self) -> Option<String> {
        match self.errors.of("amount") {
            Some(FieldError::ClaimedBefore(number)) => Number::parse('R', number).map(|number| address(&number)),
            _ => None,
        }
    }
}

/// What to choose from, and the slips that were kept.
async fn asked(visit: &Visit<Payer>, kept: Vec<String>) -> Result<(Shell, (Vec<(String, String)>, Vec<Kept>)), Error> {
    let currency = visit.house().config.currency.clone();
    visit
        .read(move |conn, member| {
            let paid_to = receiving::once_paid_to(conn, member.account_id(), &currency)?;
            let word = |one: Receiving| {
                (one.number.as_str().to_string(), format!("{} · {}", one.bank_name, one.account_number))
            };
            let kept = uploads::waiting(conn, member.ctx(), SLIP.purpose, &kept)?;
            Ok((paid_to.into_iter().map(word).collect(), kept.iter().map(Upload::kept).collect()))
        })
        .await
}

pub(in crate::features::remittance) async fn claim_form(visit: Visit<Payer>) -> Result<HttpResponse, Error> {
    let (shell, (accounts, kept)) = asked(&visit, Vec::new()).await?;
    let form = ClaimForm { kind: NumberKind::Card.to_string(), ..ClaimForm::default() };
    let today = today(&visit);
    page(ClaimPage { shell, form, accounts, kept, errors: Errors::none(), today })
}

pub(in crate::features::remittance) async fn claim_do(
    visit: Visit<Payer>,
    parts: Parts,
) -> Result<HttpResponse, Error> {
    let today = today(&visit);
    let sent = uploads::receive::<_, ClaimForm>(&visit, parts, SLIP).await?;
    // A slip chosen now takes the place of one that was kept.
    let slips: Vec<String> = match sent.uploads.first() {
        Some(upload) => vec![upload.number.clone()],
        None => sent.kept.iter().take(1).cloned().collect(),
    };
    let (currency, asked_now) = (visit.house().config.currency.clone(), visit.asked().clone());
    let (named, file_errors) = (slips.clone(), sent.errors);
    let ended = visit
        .write(&sent.form, move |conn, member, form| {
            let paid_to = receiving::once_paid_to(conn, member.account_id(), &currency)?;
            let (receiving, answers) = form.read(paid_to, today, file_errors)?;
            let slip = slip_of(uploads::adopt(conn, member.ctx(), SLIP.purpose, &named)?, &named)?;
            pace::keep(conn, &asked_now, member.account_id(), TOP_UPS)?;
            let number = moves::claim(conn, member, &receiving, &answers, slip.as_ref())?;
            Ok(Goto::to(address(&number)).saying(Flash::RemittanceClaimed))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let form = ClaimForm::clone(&form);
            let (_, (accounts, kept)) = asked(&visit, slips).await?;
            again(ClaimPage { shell: *shell, form, accounts, kept, errors, today })
        }
    }
}
