//! The customer's pages: the permanent reference, what arrived by it, and who may pay in.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;
use validator::Validate;

use super::model::{AGREEMENT, MOST, PayerState};
use super::moves;
use super::queries::{self, Arrival, NewPayer, Payer};
use crate::base::types::Number;
use crate::features::accounts::{Billing, Fresh, Member, Owner};
use crate::features::identity::Verified;
use crate::features::remittance::fields;
use crate::features::remittance::receiving::{self, Receiving};
use crate::features::remittance::statements::is_name;
use crate::web::forms::{Errors, FieldError, Form};
use crate::web::{Error, Flash, Goto, Press, Shell, Visit, page};

/// Who reads.
type Reader = Verified<Member<(Owner, Billing)>>;
/// Who decides in whose name money may come.
type Decider = Verified<Member<Owner>>;

const HERE: &str = "/account/payers";
/// Arrivals that are shown.
const SHOWN: i64 = 10;

#[derive(Template)]
#[template(path = "remittance/payers/show.html")]
struct Show {
    shell: Shell,
    reference: Option<Number>,
    receiving: Vec<Receiving>,
    payers: Vec<Payer>,
    arrivals: Vec<Arrival>,
}

impl Show {
    fn owner(&self) -> bool {
        self.shell.has_role("owner")
    }

    /// Whether another payer may be approved.
    fn room(&self) -> bool {
        i64::try_from(self.payers.len()).is_ok_and(|standing| standing < MOST)
    }
}

pub(in crate::features::remittance) async fn show(visit: Visit<Reader>) -> Result<HttpResponse, Error> {
    let currency = visit.house().config.currency.clone();
    let (shell, (reference, receiving, payers, arrivals)) = visit
        .read(move |conn, member| {
            let reference = queries::reference_of(conn, member.account_id())?;
            let arrivals = match &reference {
                Some(number) => queries::arrivals(conn, member, number, SHOWN)?,
                None => Vec::new(),
            };
            let receiving = receiving::paid_to(conn, member.account_id(), &currency)?;
            Ok((reference, receiving, queries::standing(conn, member)?, arrivals))
        })
        .await?;
    page(Show { shell, reference, receiving, payers, arrivals })
}

pub(in crate::features::remittance) async fn reference_do(
    visit: Visit<Decider>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let ended = visit.write(&form, |conn, owner, _| {
        moves::make_reference(conn, owner)?;
        Ok(Goto::to(HERE).saying(Flash::ReferenceMade))
    });
    ended.await?.or_fail(Error::Conflict)
}

/// What an owner says of a payer.
#[derive(Debug, Clone, Default, Deserialize, Validate)]
#[serde(default)]
pub struct PayerForm {
    /// The name in which the money comes.
    #[validate(length(min = 1, max = 120))]
    pub payer_name: String,
    /// Who that is to the account.
    #[validate(length(min = 1, max = 80))]
    pub relation: String,
    /// Whether the agreement is ticked.
    pub agreed: String,
}

impl PayerForm {
    fn read(&self) -> Result<NewPayer, Errors> {
        let mut errors = Errors::none();
        if let Err(found) = self.validate() {
            errors.extend(found.into());
        }
        let name = fields::line(&mut errors, "payer_name", &self.payer_name, 120);
        // By it everybody would pay in whom no bank names.
        if errors.of("payer_name").is_none() && !is_name(&name) {
            errors.add("payer_name", FieldError::NoName);
        }
        let relation = fields::line(&mut errors, "relation", &self.relation, 80);
        if self.agreed.is_empty() {
            errors.add("agreed", FieldError::NotAccepted);
        }
        if errors.is_empty() { Ok(NewPayer { name, relation }) } else { Err(errors) }
    }
}

#[derive(Template)]
#[template(path = "remittance/payers/new.html")]
struct New {
    shell: Shell,
    form: PayerForm,
    errors: Errors,
    agreement: String,
}

pub(in crate::features::remittance) async fn new(visit: Visit<Decider>) -> Result<HttpResponse, Error> {
    let shell = visit.admit().await?;
    page(New { shell, form: PayerForm::default(), errors: Errors::none(), agreement: AGREEMENT.render()? })
}

pub(in crate::features::remittance) async fn create(
    visit: Visit<Fresh<Decider>>,
    form: Form<PayerForm>,
) -> Result<HttpResponse, Error> {
    let ended = visit.write(&form, |conn, owner, form| {
        let new = form.read()?;
        moves::add(conn, &**owner, &new)?;
        Ok(Goto::to(HERE).saying(Flash::PayerAdded))
    });
    let ended = ended.await?;
    let agreement = AGREEMENT.render()?;
    ended.or(|shell, errors, form| New { shell, form: form.clone(), errors, agreement })
}

#[derive(Template)]
#[template(path = "remittance/payers/remove.html")]
struct Remove {
    shell: Shell,
    number: Number,
    payer: NewPayer,
}

impl Remove {
    fn action(&self) -> String {
        format!("{HERE}/{}/removal", self.number.as_str())
    }
}

fn number_in(path: &Path<String>) -> Result<Number, Error> {
    Number::parse('Y', path).ok_or(Error::NotFound)
}

pub(in crate::features::remittance) async fn remove_ask(
    visit: Visit<Decider>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let asked = number.clone();
    let (shell, payer) = visit
        .read(move |conn, owner| {
            let (state, payer) = queries::own(conn, owner, &asked)?.ok_or(Error::NotFound)?;
            if state == PayerState::Approved { Ok(payer) } else { Err(Error::Conflict) }
        })
        .await?;
    page(Remove { shell, number, payer })
}

pub(in crate::features::remittance) async fn remove_do(
    visit: Visit<Decider>,
    path: Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let ended = visit.write(&form, move |conn, owner, _| {
        moves::remove(conn, owner, &number)?;
        Ok(Goto::to(HERE).saying(Flash::PayerRemoved))
    });
    ended.await?.or_fail(Error::Conflict)
}
