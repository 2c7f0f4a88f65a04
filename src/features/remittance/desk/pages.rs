//! Finance's pages of an entry and of what is decided about it.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::candidates::{Candidate, Payable, candidates};
use super::model::{DecisionKind, DecisionState, Place};
use super::moves::{self, Outcome, Wish};
use super::queries::{self, Told};
use super::splitting;
use crate::base::db::Conn;
use crate::base::types::{Money, Number};
use crate::features::identity;
use crate::features::remittance::allocating;
use crate::features::remittance::aml::{self, CaseState};
use crate::features::remittance::confirming::{Customer, customers};
use crate::features::remittance::entries::{self, Contradiction, EntryMove, EntryState, StatementEntry};
use crate::features::remittance::fields;
use crate::features::remittance::payers;
use crate::features::remittance::statements::Side;
use crate::features::remittance::top_ups::{self, TopUp};
use crate::features::staff::{Auditor, Finance, Officer, Staff, own_accounts};
use crate::web::forms::{Asking, Errors, FieldError, Form};
use crate::web::paths::see;
use crate::web::{self, Actor, Ended, Error, Flash, Goto, Shell, Stop, Visit, page};

pub(super) type Reader = Staff<(Finance, Auditor)>;

/// Entries that are looked at for the next one by who has an account here, too: what is money of their own is passed over.
const LOOKED_AT: i64 = 1_000;

/// Candidates that are shown.
const SHOWN: usize = 6;

pub(super) fn number_in(path: &str) -> Result<Number, Error> {
    Number::parse('E', path).ok_or(Error::NotFound)
}

pub(super) fn address(number: &Number) -> String {
    format!("/staff/statements/{}", number.as_str())
}

/// An entry, what it may pay, and what was decided about it.
struct Case {
    entry: StatementEntry,
    candidates: Vec<Candidate>,
    /// Accounts whose permanent reference the text names.
    accounts: Vec<Account>,
    decisions: Vec<Told>,
    /// What a credit that waits for a second person pays.
    proposed: (Vec<Payable>, Vec<Account>),
    /// Which of the entries that need a person it is.
    place: Option<Place>,
    /// Of money that went out: whether it was said what for.
    explained: bool,
    /// Of what the bank takes back: credited entries of that amount.
    taken_back: Vec<Number>,
    /// Whether a credit of it by the viewer waits for a second person.
    takes_another: bool,
    /// The case that there is or was about it.
    aml: Option<aml::Told>,
    /// What other files told otherwise of it, oldest first.
    contradictions: Vec<Contradiction>,
    /// The viewer.
    me: i64,
}

/// An account that an entry names by its permanent reference.
struct Account {
    number: Number,
    customer: String,
    name: Option<String>,
}

impl Case {
    fn waiting(&self) -> Option<&Told> {
        self.decisions.iter().find(|one| one.state == DecisionState::Proposed)
    }
}

#[derive(Template)]
#[template(path = "remittance/desk/show.html")]
struct Show {
    shell: Shell,
    case: Case,
    note: String,
    errors: Errors,
}

impl Show {
    /// Whether the viewer may decide something now.
    fn acts(&self) -> bool {
        self.shell.has_role("finance") && self.case.waiting().is_none()
    }

    fn credits(&self) -> bool {
        self.acts() && self.case.entry.state.allows(EntryMove::Credit)
    }

    /// Whether it would be credited to somebody in whose name it did not come: that takes a word why.
    fn other_names(&self) -> bool {
        self.case.candidates.iter().any(|one| one.other_name)
    }

    /// Whether crediting it takes a word why.
    fn says_why(&self) -> bool {
        self.other_names() || self.case.aml.as_ref().is_some_and(aml::Told::asks)
    }

    /// Whether the viewer may clear its case by a word why.
    fn clears(&self, case: &aml::Told) -> bool {
        let brought = self.case.contradictions.iter().any(|told| told.by == Some(self.case.me));
        case.clearable(self.case.me) && !brought
    }

    /// What the buttons that credit it do.
    fn verb(&self) -> &'static str {
        if self.case.takes_another { "Propose to credit" } else { "Credit" }
    }

    /// Whether it is held, or was before it was set aside: crediting it takes a word why.
    fn held(&self) -> bool {
        self.case.entry.hold.or(self.case.entry.set_aside_hold).is_some()
    }

    fn note_hint(&self) -> &'static str {
        if self.held() {
            "Why it may be credited although it is held"
        } else if self.case.aml.as_ref().is_some_and(aml::Told::asks) {
            "Why it may be credited, whatever its case is about"
        } else if self.other_names() {
            "Why it may be credited, where it is not in the authenticated name"
        } else {
            "For finance and the auditors"
        }
    }
}

fn load(conn: &mut Conn, officer: &Officer, number: &Number, four_eyes_from: Money) -> Result<Case, Error> {
    let entry = foreign(conn, officer, number)?;
    let arrived = allocating::arrived(conn, number)?.ok_or(Error::NotFound)?;
    let mut payables = Vec::new();
    if entry.state.allows(EntryMove::Credit) {
        let (mut numbers, remembered) = queries::may_pay(conn, &arrived)?;
        numbers.extend(Number::within('R', &entry.text));
        numbers.extend(remembered.iter().cloned());
        numbers.sort();
        numbers.dedup();
        payables = known(conn, officer, numbers, &remembered)?;
        payables.retain(|one| one.top_up.receiving.currency == arrived.currency);
    }
    let accounts = if entry.state.allows(EntryMove::Credit) {
        permanent(conn, officer, &Number::within('M', &entry.text), &arrived.currency)?
    } else {
        Vec::new()
    };
    let decisions = queries::of_entry(conn, officer.person_id(), number)?;
    let proposed = match decisions.iter().find(|one| one.state == DecisionState::Proposed) {
        Some(one) if one.kind == DecisionKind::Credit => {
            let of =
                |kind| one.shares.iter().filter_map(|share| Number::parse(kind, &share.reference)).collect::<Vec<_>>();
            (known(conn, officer, of('R'), &[])?, permanent(conn, officer, &of('M'), &arrived.currency)?)
        }
        _ => (Vec::new(), Vec::new()),
    };
    let explained = queries::explained(conn, &arrived)?;
    let taken_back = if entry.reversal && entry.side == Side::Debit && !explained {
        queries::taken_back(conn, &arrived)?
    } else {
        Vec::new()
    };
    let needs_a_person = matches!(entry.state, EntryState::Open | EntryState::Held);
    let place = if needs_a_person { Some(queries::place(conn, number)?) } else { None };
    let own = own_accounts(conn, officer)?;
    Ok(Case {
        aml: aml::about(conn, &own, number)?,
        contradictions: aml::contradictions(conn, officer.keys(), number)?,
        me: officer.person_id(),
        takes_another: moves::takes_another(&arrived, officer.person_id(), four_eyes_from),
        accounts,
        candidates: candidates(&entry, payables, SHOWN),
        decisions,
        proposed,
        place,
        explained,
        taken_back,
        entry,
    })
}

/// An entry for the eyes of finance, unless it is money of an account of the viewer's own.
pub(super) fn foreign(conn: &mut Conn, officer: &Officer, number: &Number) -> Result<StatementEntry, Error> {
    let own = own_accounts(conn, officer)?;
    let entry = entries::one(conn, officer, number)?.ok_or(Error::NotFound)?;
    let theirs = entries::concerning(conn, officer, &own, std::slice::from_ref(number))?;
    if theirs.is_empty() { Ok(entry) } else { Err(Error::Forbidden) }
}

/// The accounts of these permanent references, but for the viewer's own.
fn permanent(conn: &mut Conn, officer: &Officer, numbers: &[Number], currency: &str) -> Result<Vec<Account>, Error> {
    let found = allocating::permanent_of(conn, numbers, currency)?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Vec<&str> = found.iter().map(|one| one.number.as_str()).collect();
    let called = customers(conn, &numbers)?;
    let ids: Vec<i64> = found.iter().map(|one| one.holder.account_id()).collect();
    let names = identity::names_of(conn, officer.keys(), &ids)?;
    let own = own_accounts(conn, officer)?;
    let account = |one: allocating::Permanent| Account {
        customer: called.get(one.number.as_str()).map(Customer::called).unwrap_or_default(),
        name: names.get(&one.holder.account_id()).cloned(),
        number: one.number,
    };
    Ok(found.into_iter().filter(|one| !own.contains(&one.holder.account_id())).map(account).collect())
}

/// What is known of these top-ups, but for those of accounts that are also the viewer's own.
fn known(
    conn: &mut Conn,
    officer: &Officer,
    numbers: Vec<Number>,
    remembered: &[Number],
) -> Result<Vec<Payable>, Error> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let top_ups = top_ups::some(conn, officer, &numbers)?;
    let texts: Vec<&str> = top_ups.iter().map(|one| one.number.as_str()).collect();
    let called = customers(conn, &texts)?;
    let accounts: Vec<i64> = top_ups.iter().map(|one| one.account_id).collect();
    let names = identity::names_of(conn, officer.keys(), &accounts)?;
    let payers = payers::names_of_all(conn, officer.keys(), &accounts)?;
    let own = own_accounts(conn, officer)?;
    let payable = |top_up: TopUp| Payable {
        customer: called.get(top_up.number.as_str()).map(Customer::called).unwrap_or_default(),
        name: names.get(&top_up.account_id).cloned(),
        payers: payers.get(&top_up.account_id).cloned().unwrap_or_default(),
        remembered: remembered.contains(&top_up.number),
        top_up,
    };
    Ok(top_ups.into_iter().filter(|one| !own.contains(&one.account_id)).map(payable).collect())
}

/// The entry alone, for the pages on which something is decided about it.
pub(super) async fn one_entry(visit: &Visit<Staff<Finance>>, number: Number) -> Result<(Shell, StatementEntry), Error> {
    visit
        .list("statements", json!({ "entry": number.as_str() }), move |conn, officer| foreign(conn, officer, &number))
        .await
}

/// A look at an entry is recorded, like one at the list: what it may pay is others' business.
async fn opened<A>(visit: &Visit<A>, number: Number) -> Result<(Shell, Case), Error>
where
    A: Actor + web::MayLook + std::ops::Deref<Target = Officer>,
{
    let (limit, number_word) = (visit.house().config.money.four_eyes_from, number.as_str().to_string());
    let look = move |conn: &mut Conn, officer: &A| load(conn, officer, &number, limit);
    visit.list("statements", json!({ "entry": number_word }), look).await
}

pub(in crate::features::remittance) async fn show(
    visit: Visit<Reader>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (shell, case) = opened(&visit, number_in(&path)?).await?;
    page(Show { shell, case, note: String::new(), errors: Errors::none() })
}

/// After which entry.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct After {
    /// Its number.
    pub after: String,
}

/// Leads to the next entry that needs a person; to the list when there is none.
pub(in crate::features::remittance) async fn next(
    visit: Visit<Reader>,
    Asking(asked): Asking<After>,
) -> Result<HttpResponse, Error> {
    let after = Number::parse('E', &asked.after);
    let (_, found) = visit
        .read(move |conn, officer| {
            let own = own_accounts(conn, officer)?;
            let most = if own.is_empty() { 1 } else { LOOKED_AT };
            let mut following = queries::following(conn, after.as_ref(), most)?;
            let theirs = entries::concerning(conn, officer, &own, &following)?;
            following.retain(|number| !theirs.contains(number));
            Ok(following.into_iter().next())
        })
        .await?;
    let to = found.map_or_else(|| "/staff/statements".to_string(), |number| address(&number));
    Ok(see(&to))
}

/// Crediting an entry to a top-up.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Crediting {
    /// The reference of the top-up.
    pub reference: String,
    /// Why; needed when the entry is held.
    pub note: String,
}

pub(super) fn flash(outcome: Outcome) -> Flash {
    match outcome {
        Outcome::Done => Flash::EntryDecided,
        Outcome::Proposed => Flash::EntryProposed,
    }
}

pub(super) fn note(errors: &mut Errors, typed: &str) -> Option<String> {
    Some(fields::text_if_any(errors, "note", typed, 500)).filter(|note| !note.is_empty())
}

pub(in crate::features::remittance) async fn credit_do(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Crediting>,
) -> Result<HttpResponse, Error> {
    let (number, limit) = (number_in(&path)?, visit.house().config.money.four_eyes_from);
    let target = number.clone();
    let ended = visit
        .write(&form, move |conn, officer, form| {
            let mut errors = Errors::none();
            let note = note(&mut errors, &form.note);
            errors.check()?;
            let unknown = || Stop::from(Errors::one("form", FieldError::UnknownReference));
            let reference = Number::parse('R', &form.reference).or_else(|| Number::parse('M', &form.reference));
            let reference = reference.ok_or_else(unknown)?;
            let arrived = allocating::arrived(conn, &target)?.ok_or(Error::NotFound)?;
            let rest = rest_of(conn, &reference, &arrived.currency)?.ok_or_else(unknown)?;
            let shares = splitting::of_one(&reference, arrived.amount, rest);
            let wish = Wish { kind: DecisionKind::Credit, shares, note };
            let outcome = moves::decide(conn, officer, &target, &wish, limit)?;
            Ok(Goto::to(address(&target)).saying(flash(outcome)))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let (_, case) = opened(&visit, number).await?;
            web::again(Show { shell: *shell, case, note: form.note.clone(), errors })
        }
    }
}

/// What a top-up still gets; nothing of an account by its permanent reference, and none for what nobody has.
fn rest_of(conn: &mut Conn, reference: &Number, currency: &str) -> Result<Option<Money>, Error> {
    if let Some(top_up) = allocating::target(conn, reference)? {
        let payable = top_up.state.allows(crate::features::remittance::model::Move::Credit);
        return Ok(Some(if payable { top_up.rest() } else { Money::ZERO }));
    }
    let account = allocating::permanent_of(conn, std::slice::from_ref(reference), currency)?;
    Ok((!account.is_empty()).then_some(Money::ZERO))
}
