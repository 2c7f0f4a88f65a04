//! The customer's pages: list, new top-up, the thread, declaration, withdrawal, slip.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::forms::{DeclarationForm, NewTopUp};
use super::moves;
use super::queries::{self, Row, TopUp};
use super::thread::{Knot, knots};
use crate::base::types::{Day, Number};
use crate::features::accounts::{Billing, Member, Owner, Viewer};
use crate::features::identity::{self, Verified};
use crate::features::remittance::model::{Move, RemittanceState};
use crate::features::remittance::receiving;
use crate::services::storage::Kind;
use crate::web::downloads;
use crate::web::forms::{Asking, Errors, FieldError, Form, Kept};
use crate::web::lists::{After, PAGE, Rows};
use crate::web::pace::{self, Pace};
use crate::web::parts::Parts;
use crate::web::uploads::{self, Takes};
use crate::web::{Ended, Error, Flash, Goto, Shell, Visit, page};

/// Who reads.
type Reader = Member<(Owner, Billing, Viewer)>;
/// Who moves money, once the real name is authenticated.
type Payer = Verified<Member<(Owner, Billing)>>;

/// Top-ups that one account opens within an hour.
const TOP_UPS: Pace = Pace::hourly("top_up", 20);
const SLIP_BYTES: u64 = 10 * 1024 * 1024;
/// The most bytes of a posted declaration: the slip and the text around it.
pub const DECLARATION_BYTES: u64 = SLIP_BYTES + 256 * 1024;
const SLIP: Takes = Takes {
    purpose: "remittance_slip",
    field: "slip",
    most_files: 1,
    most_bytes: SLIP_BYTES,
    most_together: DECLARATION_BYTES,
    kinds: &[Kind::Jpeg, Kind::Png, Kind::Webp, Kind::Pdf],
};

/// The number in the address; anything else is nothing.
pub(in crate::features::remittance) fn number_in(path: &str) -> Result<Number, Error> {
    Number::parse('R', path).ok_or(Error::NotFound)
}

#[derive(Template)]
#[template(path = "remittance/list.html")]
struct List {
    shell: Shell,
    rows: Rows<Row>,
    verified: bool,
}

pub(in crate::features::remittance) async fn list(
    visit: Visit<Reader>,
    Asking(after): Asking<After>,
) -> Result<HttpResponse, Error> {
    let cursor = if after.after.is_empty() { None } else { Some(number_in(&after.after)?) };
    let (shell, (rows, verified)) = visit
        .read(move |conn, member| {
            let rows = queries::list(conn, member, cursor.as_ref(), PAGE + 1)?.ok_or(Error::NotFound)?;
            Ok((rows, identity::result_of(conn, member)?.is_some()))
        })
        .await?;
    page(List { shell, rows: Rows::of(rows, &after, |row| row.number.as_str().to_string()), verified })
}

#[derive(Template)]
#[template(path = "remittance/new.html")]
struct New {
    shell: Shell,
    form: NewTopUp,
    errors: Errors,
    open: bool,
}

pub(in crate::features::remittance) async fn new(visit: Visit<Payer>) -> Result<HttpResponse, Error> {
    let currency = visit.house().config.currency.clone();
    let (shell, open) = visit.read(move |conn, _| Ok(receiving::any_takes_money(conn, &currency)?)).await?;
    page(New { shell, form: NewTopUp::default(), errors: Errors::none(), open })
}

pub(in crate::features::remittance) async fn create(
    visit: Visit<Payer>,
    form: Form<NewTopUp>,
) -> Result<HttpResponse, Error> {
    let (currency, asked) = (visit.house().config.currency.clone(), visit.asked().clone());
    let ended = visit.write(&form, move |conn, member, form| {
        let amount = form.read()?;
        pace::keep(conn, &asked, member.account_id(), TOP_UPS)?;
        let number = moves::open(conn, member, amount, &currency)?;
        Ok(Goto::to(format!("/account/remittances/{}", number.as_str())).saying(Flash::TopUpOpened))
    });
    ended.await?.or(|shell, errors| New { shell, form: NewTopUp::clone(&form), errors, open: true })
}

#[derive(Template)]
#[template(path = "remittance/show.html")]
struct Show {
    shell: Shell,
    top_up: TopUp,
    knots: Vec<Knot>,
    /// The working day by which a declared transfer is usually credited.
    usually: Option<Day>,
    /// Whether this person may declare and cancel.
    acts: bool,
}

pub(in crate::features::remittance) async fn show(
    visit: Visit<Reader>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let (shell, (top_up, knots, acts)) = visit
        .read(move |conn, member| {
            let found = queries::one(conn, member, &number)?.ok_or(Error::NotFound)?;
            let knots = knots(conn, member.ctx(), &found)?;
            Ok((found, knots, member.role() != crate::features::accounts::MemberRole::Viewer))
        })
        .await?;
    let usually = top_up.declared.as_ref().map(|told| working_day(told.at.day(&shell.zone), 2));
    page(Show { shell, top_up, knots, usually, acts })
}

/// So many working days later, Saturdays and Sundays left out.
fn working_day(from: Day, days: u32) -> Day {
    let mut day = from;
    for _ in 0..days {
        day = day.plus(1);
        while day.date().weekday().to_monday_zero_offset() > 4 {
            day = day.plus(1);
        }
    }
    day
}

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
        self.errors.of("bank_number") == Some(&FieldError::CardCheck) || self.form.number_checked == "yes"
    }
}

fn today<A: crate::web::Actor>(visit: &Visit<A>) -> Day {
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
            Ok((found, kept.iter().map(uploads::Upload::kept).collect()))
        })
        .await
}

pub(in crate::features::remittance) async fn declare_form(
    visit: Visit<Payer>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (shell, (top_up, kept)) = declarable(&visit, number_in(&path)?, Vec::new()).await?;
    let today = today(&visit);
    page(DeclarationPage {
        shell,
        form: DeclarationForm::blank(&top_up, today),
        top_up,
        kept,
        errors: Errors::none(),
        today,
    })
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
        None => sent.form.kept.iter().take(1).cloned().collect(),
    };
    let (target, adopted, file_errors) = (number.clone(), slips.clone(), sent.errors);
    let ended = visit
        .write(&sent.form, move |conn, member, form| {
            let new = form.read(today, file_errors)?;
            let slip = uploads::adopt(conn, member.ctx(), SLIP.purpose, &adopted)?.into_iter().next();
            moves::declare(conn, member, &target, &new, slip.as_ref())?;
            Ok(Goto::to(address(&target)).saying(Flash::RemittanceDeclared))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors) => {
            let (_, (top_up, kept)) = declarable(&visit, number, slips).await?;
            let form = DeclarationForm::clone(&sent.form);
            crate::web::again(DeclarationPage { shell: *shell, top_up, form, kept, errors, today })
        }
    }
}

fn address(number: &Number) -> String {
    format!("/account/remittances/{}", number.as_str())
}

/// Nothing but the token.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub struct Yes {}

#[derive(Template)]
#[template(path = "remittance/withdrawal.html")]
struct Withdrawal {
    shell: Shell,
    top_up: TopUp,
}

pub(in crate::features::remittance) async fn withdraw_ask(
    visit: Visit<Member<(Owner, Billing)>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let (shell, top_up) = visit
        .read(move |conn, member| {
            let found = queries::one(conn, member, &number)?.ok_or(Error::NotFound)?;
            if found.state.allows(Move::Withdraw) { Ok(found) } else { Err(Error::Conflict) }
        })
        .await?;
    page(Withdrawal { shell, top_up })
}

pub(in crate::features::remittance) async fn withdraw_do(
    visit: Visit<Member<(Owner, Billing)>>,
    path: Path<String>,
    form: Form<Yes>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let ended = visit.write(&form, move |conn, member, _| {
        moves::withdraw(conn, member, &number)?;
        Ok(Goto::to(address(&number)).saying(Flash::RemittanceWithdrawn))
    });
    ended.await?.or_fail(Error::Conflict)
}

pub(in crate::features::remittance) async fn download(
    visit: Visit<Reader>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let (_, top_up) =
        visit.read(move |conn, member| queries::one(conn, member, &number)?.ok_or(Error::NotFound)).await?;
    slip(&visit, top_up).await
}

/// Answers with the slip of a remittance that the visitor may see.
pub(in crate::features::remittance) async fn slip<A: crate::web::Actor>(
    visit: &Visit<A>,
    top_up: TopUp,
) -> Result<HttpResponse, Error> {
    let slip = top_up.declared.and_then(|told| told.slip).ok_or(Error::NotFound)?;
    let kind = Kind::from_media_type(&slip.media_kind).ok_or(Error::NotFound)?;
    let range = downloads::asked_range(visit.request());
    Ok(downloads::serve(&visit.house().storage, &slip.key, slip.size, kind, &slip.name, range).await)
}
