//! The customer's pages: list, new top-up, the thread, withdrawal, slip.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::forms::NewTopUp;
use super::moves;
use super::queries::{self, Row, TopUp};
use super::thread::{Knot, knots};
use crate::base::types::{Day, Money, Number};
use crate::features::accounts::{Billing, Member, MemberRole, Owner, Viewer};
use crate::features::identity::{self, Verified};
use crate::features::remittance::entries::{self, Hold};
use crate::features::remittance::model::{Move, RemittanceState};
use crate::features::remittance::requests::{self, PaymentRequest};
use crate::features::remittance::transfer_code::TransferCode;
use crate::features::remittance::{receiving, statements};
use crate::services::storage::Kind;
use crate::web::downloads;
use crate::web::forms::{Asking, Errors, Form};
use crate::web::lists::{After, PAGE, Rows};
use crate::web::pace::{self, Pace};
use crate::web::{Error, Flash, Goto, Press, Shell, Visit, page};

/// Who reads.
type Reader = Member<(Owner, Billing, Viewer)>;
/// Who moves money, once the real name is authenticated.
pub(super) type Payer = Verified<Member<(Owner, Billing)>>;

/// Top-ups that one account opens within an hour.
pub(super) const TOP_UPS: Pace = Pace::hourly("top_up", 20);

/// The number in the address; anything else is nothing.
pub(in crate::features::remittance) fn number_in(path: &str) -> Result<Number, Error> {
    Number::parse('R', path).ok_or(Error::NotFound)
}

#[derive(Template)]
#[template(path = "remittance/list.html")]
struct List {
    shell: Shell,
    rows: Rows<Row>,
    /// Those for which money is there and waits for a person.
    arrived: Vec<Number>,
    verified: bool,
}

pub(in crate::features::remittance) async fn list(
    visit: Visit<Reader>,
    Asking(after): Asking<After>,
) -> Result<HttpResponse, Error> {
    let cursor = Number::parse('R', &after.after);
    let (shell, (rows, arrived, verified)) = visit
        .read(move |conn, member| {
            let load = |after: Option<&Number>| queries::list(conn, member, after, PAGE + 1);
            let rows = Rows::below(cursor, load, |row| row.number.as_str().to_string())?;
            let arrived = entries::arrived_of(conn, member.account_id())?;
            Ok((rows, arrived, identity::result_of(conn, member)?.is_some()))
        })
        .await?;
    page(List { shell, rows, arrived, verified })
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
    let (shell, open) =
        visit.read(move |conn, member| Ok(receiving::any_takes_money(conn, member.account_id(), &currency)?)).await?;
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
    ended.await?.or(|shell, errors, form| New { shell, form: form.clone(), errors, open: true })
}

#[derive(Template)]
#[template(path = "remittance/show.html")]
struct Show {
    shell: Shell,
    top_up: TopUp,
    knots: Vec<Knot>,
    /// Why money that carries the reference waits for a person, and how much.
    hold: Option<(Hold, Money)>,
    /// The last day of which the bank's statements are imported.
    until: Option<Day>,
    /// Why it is not credited yet, of a transfer that is on its way.
    looked: Option<Looked>,
    /// The working day by which a declared transfer is usually credited.
    usually: Option<Day>,
    /// Whether this person may declare and cancel.
    acts: bool,
    /// What a banking app reads, where the account takes SEPA transfers.
    code: Option<TransferCode>,
    /// The page that asks somebody to pay.
    request: Option<PaymentRequest>,
}

impl Show {
    /// Whether money may still come for it, and the account that it names takes none any more.
    fn closed(&self) -> bool {
        let payable = self.top_up.state.allows(Move::Declare) || self.top_up.state == RemittanceState::Partial;
        payable && !self.top_up.receiving.state.takes_money()
    }

    /// Whether money for it is there, and a person looks at it: nobody is to send it again. What is credited stays so whatever else
    /// comes.
    fn arrived(&self) -> bool {
        let waits = self.hold.is_some() || self.looked == Some(Looked::Arrived);
        waits && self.top_up.state != RemittanceState::Credited
    }

    /// Whether somebody may be asked to pay.
    fn requestable(&self) -> bool {
        matches!(self.top_up.state, RemittanceState::Open | RemittanceState::Partial)
    }
}

pub(in crate::features::remittance) async fn show(
    visit: Visit<Reader>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let (shell, (top_up, knots, acts, hold, until, (arrived, back), request)) = visit
        .read(move |conn, member| {
            let found = queries::one(conn, member, &number)?.ok_or(Error::NotFound)?;
            let knots = knots(conn, member.ctx(), &found)?;
            let hold = entries::held_for(conn, &found.number)?;
            let until = statements::imported_until(conn, found.receiving.id)?;
            let arrived = (entries::waits_for(conn, &found.number)?, entries::goes_back(conn, &found.number)?);
            let request = requests::of(conn, &found)?;
            Ok((found, knots, member.role() != MemberRole::Viewer, hold, until, arrived, request))
        })
        .await?;
    let looked = if hold.is_none() { Looked::of(&top_up, until, arrived, back) } else { None };
    let today = visit.asked().context.now.day(&shell.zone);
    let usually = top_up.declared.as_ref().map(|told| working_day(told.at.day(&shell.zone), 2));
    let usually = usually.filter(|day| *day >= today);
    let code = TransferCode::of(&top_up);
    page(Show { shell, top_up, knots, hold, until, looked, usually, acts, code, request })
}

/// Why a transfer is not found yet. Each has a sentence with the next step in `templates/remittance/show.html`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// No statement of the bank was imported yet.
    NoStatements,
    /// The statements do not reach to the day of the transfer.
    NotYet(Day),
    /// They do, and the transfer is not there.
    NotFound(Day),
    /// Money that names the top-up is there, and a person looks at it.
    Arrived,
    /// Money that named the top-up goes back to who sent it: how much, and whether it did already.
    SentBack(Money, bool),
    /// The transfer was not declared.
    NotDeclared(Day),
}

impl Looked {
    fn of(top_up: &TopUp, until: Option<Day>, arrived: bool, back: Option<(Money, bool)>) -> Option<Self> {
        let waits = matches!(top_up.state, RemittanceState::Open | RemittanceState::Declared);
        let told = top_up.declared.as_ref().map(|told| told.remitted_on);
        if let (true, false, Some((amount, went))) = (waits, arrived, back) {
            return Some(Self::SentBack(amount, went));
        }
        match (waits, until, told) {
            _ if arrived => Some(Self::Arrived),
            (false, ..) => None,
            (true, None, _) => Some(Self::NoStatements),
            (true, Some(until), None) => Some(Self::NotDeclared(until)),
            (true, Some(until), Some(sent)) if until <= sent => Some(Self::NotYet(until)),
            (true, Some(until), Some(_)) => Some(Self::NotFound(until)),
        }
    }
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

pub(super) fn address(number: &Number) -> String {
    format!("/account/remittances/{}", number.as_str())
}

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
            let free = found.state.allows(Move::Withdraw) && !entries::arrived(conn, &found.number)?;
            if free { Ok(found) } else { Err(Error::Conflict) }
        })
        .await?;
    page(Withdrawal { shell, top_up })
}

pub(in crate::features::remittance) async fn withdraw_do(
    visit: Visit<Member<(Owner, Billing)>>,
    path: Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let ended = visit.write(&form, move |conn, member, _| {
        moves::withdraw(conn, member, &number)?;
        Ok(Goto::to(address(&number)).saying(Flash::RemittanceWithdrawn))
    });
    ended.await?.or_fail(Error::Conflict)
}

#[derive(Template)]
#[template(path = "remittance/settlement.html")]
struct Settlement {
    shell: Shell,
    top_up: TopUp,
}

pub(in crate::features::remittance) async fn settle_ask(
    visit: Visit<Member<(Owner, Billing)>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let (shell, top_up) = visit
        .read(move |conn, member| {
            let found = queries::one(conn, member, &number)?.ok_or(Error::NotFound)?;
            if found.state.allows(Move::Settle) { Ok(found) } else { Err(Error::Conflict) }
        })
        .await?;
    page(Settlement { shell, top_up })
}

pub(in crate::features::remittance) async fn settle_do(
    visit: Visit<Member<(Owner, Billing)>>,
    path: Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let ended = visit.write(&form, move |conn, member, _| {
        moves::settle(conn, member, &number)?;
        Ok(Goto::to(address(&number)).saying(Flash::RemittanceSettled))
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
