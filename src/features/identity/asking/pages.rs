//! The status page, the choice of a way, and the form of names and numbers.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::forms::{AnswersForm, Read};
use super::own::consented;
use super::view::Status;
use crate::base::db::Conn;
use crate::base::types::Day;
use crate::features::accounts::{Any, Customer, Member, MemberRole, Owner};
use crate::features::identity::cases::{self, CaseState, IdentityKind, IdentityMethod, Told};
use crate::features::identity::consents::{Terms, terms};
use crate::features::identity::proofs::{self, ProofState};
use crate::features::identity::provider::{Outcome, at_provider};
use crate::features::identity::results::result_of;
use crate::web::forms::{Asking, Errors, Form};
use crate::web::pace::{self, Pace};
use crate::web::{Error, Goto, Shell, Stop, Visit, page};

/// Cases that one account begins or changes within an hour.
const CASES: Pace = Pace::hourly("identity", 10);

#[derive(Template)]
#[template(path = "identity/show.html")]
struct Show {
    shell: Shell,
    status: Status,
}

pub(in crate::features::identity) async fn show(visit: Visit<Member<Any>>) -> Result<HttpResponse, Error> {
    let (shell, status) = visit
        .read(|conn, member| {
            let result = result_of(conn, member)?;
            let proof = proofs::standing(conn, member.account_id())?;
            // Only owners touch identity (A8): the others see whether the gate is open.
            if member.role() != MemberRole::Owner {
                return Ok(Status {
                    result,
                    case: None,
                    knots: Vec::new(),
                    proof,
                    owner: false,
                    own: false,
                    at_provider: false,
                });
            }
            let case = cases::newest(conn, member)?;
            let knots = match &case {
                Some(case) => super::view::knots(conn, member.ctx(), case)?,
                None => Vec::new(),
            };
            let own = case.as_ref().is_some_and(|case| case.person_id == member.person_id());
            let at_provider = match &case {
                Some(case) => at_provider(conn, case.id)?,
                None => false,
            };
            Ok(Status { result, case, knots, proof, owner: true, own, at_provider })
        })
        .await?;
    page(Show { shell, status })
}

/// Which way.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Way {
    way: String,
}

#[derive(Template)]
#[template(path = "identity/new.html")]
struct New {
    shell: Shell,
    form: AnswersForm,
    errors: Errors,
    today: Day,
}

impl New {
    fn person_legend(&self) -> &'static str {
        if self.form.corporate() { "Its contact" } else { "Yourself" }
    }
}

#[derive(Template)]
#[template(path = "identity/ways.html")]
struct Ways {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "identity/guardian.html")]
struct Guardian {
    shell: Shell,
    minors: bool,
}

/// The first consent that is missing leads to its question; a case that is under way leads to its page.
fn gate(conn: &mut Conn, member: &Customer, method: IdentityMethod, terms: &Terms) -> Result<(), Error> {
    let open = cases::newest(conn, member)?.filter(|case| case.state.is_open());
    let goes_on = |case: &cases::Case| {
        case.state.takes_answers() && case.method == method && case.person_id == member.person_id()
    };
    if open.is_some_and(|case| !goes_on(&case)) {
        return Err(Error::GoFirst("/account/identity".into()));
    }
    consented(conn, member, method, terms)
}

pub(in crate::features::identity) async fn new(
    visit: Visit<Member<Owner>>,
    Asking(way): Asking<Way>,
) -> Result<HttpResponse, Error> {
    let Some(method) = IdentityMethod::parse(&way.way) else {
        return page(Ways { shell: visit.admit().await? });
    };
    let terms = terms(visit.house());
    let (shell, form) = visit
        .read(move |conn, member| {
            gate(conn, member, method, &terms)?;
            let known = cases::newest(conn, member)?.filter(|case| case.state.takes_answers());
            let form = known.and_then(|case| super::view::answered(member.keys(), &case));
            Ok(form.unwrap_or_else(|| {
                AnswersForm::blank(method, member.name().unwrap_or_default(), member.account_name().unwrap_or_default())
            }))
        })
        .await?;
    let today = visit.asked().context.now.day(&visit.house().config.zone);
    page(New { shell, form, errors: Errors::none(), today })
}

pub(in crate::features::identity) async fn create(
    visit: Visit<Member<Owner>>,
    form: Form<AnswersForm>,
) -> Result<HttpResponse, Error> {
    let (terms, asked) = (terms(visit.house()), visit.asked().clone());
    let minors = visit.house().config.identity.minors;
    let today = visit.asked().context.now.day(&visit.house().config.zone);
    let ended = visit.write(&form, move |conn, member, form| {
        let method = form.method().ok_or(Error::BadRequest)?;
        gate(conn, member, method, &terms)?;
        let answers = match form.read(today, minors, member.address())? {
            // Nothing of it is stored, not even that it was tried (PIPL art. 31).
            Read::TooYoung => return Ok(Goto::to("/account/identity/guardian")),
            Read::Answers(answers) => answers,
        };
        pace::keep(conn, &asked, member.account_id(), CASES)?;
        let told =
            Told { document: answers.document, masked_number: &answers.masked_number, details: &answers.details };
        let number = cases::answer(conn, member, method, &told).map_err(Stop::from)?;
        Ok(Goto::to(format!("/account/identity/{}/pictures", number.as_str())))
    });
    ended.await?.or(|shell, errors, form| New { shell, form: form.clone(), errors, today })
}

pub(in crate::features::identity) async fn guardian(visit: Visit<Member<Owner>>) -> Result<HttpResponse, Error> {
    let minors = visit.house().config.identity.minors;
    page(Guardian { shell: visit.admit().await?, minors })
}
