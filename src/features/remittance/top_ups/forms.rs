//! What customers type about a transfer.

use serde::Deserialize;
use validator::Validate;

use super::queries::{Declaration, TopUp};
use crate::base::types::{Day, Money};
use crate::features::remittance::bank_number::BankNumber;
use crate::features::remittance::fields;
use crate::features::remittance::model::NumberKind;
use crate::web::forms::{Errors, FieldError};

/// Opening a top-up.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NewTopUp {
    /// How much.
    pub amount: String,
}

impl NewTopUp {
    /// The amount.
    pub fn read(&self) -> Result<Money, Errors> {
        let mut errors = Errors::none();
        let amount = fields::amount(&mut errors, "amount", &self.amount);
        amount.ok_or(errors)
    }
}

/// Declaring the transfer.
#[derive(Clone, Default, Deserialize, Validate)]
#[serde(default)]
pub struct DeclarationForm {
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
    /// The button of the page with the answers; nothing on the form itself.
    pub checked: String,
}

/// What a post of the form asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To see the answers before they are declared.
    Check,
    /// The form again, with everything kept.
    Change,
    /// To declare them.
    Declare,
}

const ORDER: &[&str] = &["remitter", "bank", "kind", "bank_number", "receiving", "amount", "remitted_on", "slip"];

impl DeclarationForm {
    /// As it is first shown: what is known already is filled in.
    pub fn blank(top_up: &TopUp, today: Day) -> Self {
        let told = top_up.declared.as_ref();
        Self {
            remitter: told.map(|told| told.remitter.clone()).unwrap_or_default(),
            bank: told.map(|told| told.bank.clone()).unwrap_or_default(),
            kind: told.map_or(NumberKind::Card, |told| told.kind).as_str().to_string(),
            amount: top_up.amount.plain(),
            remitted_on: told.map_or(today, |told| told.remitted_on).as_str().to_string(),
            ..Self::default()
        }
    }

    /// What is asked for.
    pub fn step(&self) -> Step {
        match self.checked.as_str() {
            "yes" => Step::Declare,
            "no" => Step::Change,
            _ => Step::Check,
        }
    }

    /// Whether the payer is sure of a number whose check digit does not fit.
    pub fn sure(&self) -> bool {
        self.number_checked == "yes"
    }

    /// The declaration, or everything that is wrong with it.
    pub fn read(&self, today: Day, mut errors: Errors) -> Result<Declaration, Errors> {
        if let Err(found) = self.validate() {
            errors.extend(found.into());
        }
        let remitter = fields::line(&mut errors, "remitter", &self.remitter, 120);
        let bank = fields::line(&mut errors, "bank", &self.bank, 120);
        let amount = fields::amount(&mut errors, "amount", &self.amount);
        let remitted_on = fields::past_day(&mut errors, "remitted_on", &self.remitted_on, today);
        let kind = NumberKind::parse(&self.kind);
        let bank_number = match kind.map(|kind| BankNumber::read(kind, &self.bank_number, self.sure())) {
            None => {
                errors.add("kind", FieldError::UnknownChoice);
                None
            }
            Some(Err(error)) => {
                errors.add("bank_number", error);
                None
            }
            Some(Ok(number)) => Some(number),
        };
        match (kind, bank_number, amount, remitted_on, errors.is_empty()) {
            (Some(kind), Some(bank_number), Some(amount), Some(remitted_on), true) => {
                Ok(Declaration { remitter, bank, kind, bank_number, amount, remitted_on })
            }
            _ => Err(errors.in_order(ORDER)),
        }
    }
}
