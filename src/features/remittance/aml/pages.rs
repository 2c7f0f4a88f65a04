//! Finance's pages of cases and rules.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::model::{CaseState, Rule, RuleKind};
use super::moves;
use super::queries::{self, Proposal, Told};
use crate::base::types::Number;
use crate::features::remittance::fields;
use crate::features::staff::{Auditor, Finance, Staff, own_accounts};
use crate::web::forms::{Asking, Errors, FieldError, Form};
use crate::web::lists::{PAGE, Rows};
use crate::web::{Error, Flash, Goto, Press, Shell, Visit, page};

/// The filter of the list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// `open` (the default), `cleared`, `returned`, `reported` or `all`.
    pub state: String,
    /// The cursor.
    pub after: String,
}

#[derive(Template)]
#[template(path = "remittance/aml/list.html")]
struct List {
    shell: Shell,
    rows: Rows<Told>,
    state: String,
    rules: Vec<Rule>,
    proposals: Vec<Proposal>,
    years: Vec<i16>,
    /// The viewer.
    me: i64,
    /// Cases that a file opened which the viewer brought.
    brought: BTreeSet<Number>,
}

impl List {
    /// Whether the viewer may clear a case by a word why.
    fn clears(&self, row: &Told) -> bool {
        self.shell.has_role("finance") && row.clearable(self.me) && !self.brought.contains(&row.number)
    }

    /// What somebody wants this rule to look for.
    fn proposed(&self, rule: &Rule) -> Option<&Proposal> {
        self.proposals.iter().find(|one| one.rule.kind == rule.kind)
    }
}

pub(in crate::features::remittance) async fn list(
    visit: Visit<Staff<(Finance, Auditor)>>,
    Asking(filter): Asking<Filter>,
) -> Result<HttpResponse, Error> {
    let state = match filter.state.as_str() {
        "all" => None,
        word => Some(CaseState::parse(word).unwrap_or(CaseState::Open)),
    };
    let word = state.map_or("all", CaseState::as_str).to_string();
    let cursor = Number::parse('G', &filter.after);
    let zone = visit.house().config.zone.clone();
    let this = visit.asked().context.now.day(&zone).date().year();
    let (shell, (rows, (rules, proposals), (years, (me, brought)))) = visit
        .list("aml_cases", json!({ "state": word }), move |conn, officer| {
            let own = own_accounts(conn, officer)?;
            let load = |after: Option<&Number>| queries::list(conn, &own, state, after, PAGE + 1);
            let mut rows = Rows::below(cursor, load, |row| row.number.as_str().to_string())?;
            queries::without(conn, officer, &own, &mut rows.rows)?;
            let brought = queries::brought_by(conn, officer, &rows.rows)?;
            let first = queries::first_opened(conn)?.map_or(this, |at| at.day(&zone).date().year());
            let rules = (queries::rules(conn)?, queries::proposals(conn, officer.person_id())?);
            Ok((rows, rules, ((first..=this).rev().collect(), (officer.person_id(), brought))))
        })
        .await?;
    page(List { shell, rows, state: word, rules, proposals, years, me, brought })
}

/// What a rule is to look for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RuleForm {
    /// "yes": it is on.
    pub active: String,
    /// From which amount on.
    pub amount: String,
    /// From how many transfers on.
    pub times: String,
    /// Within how many days.
    pub days: String,
}

impl RuleForm {
    fn of(rule: &Rule) -> Self {
        Self {
            active: if rule.active { "yes".into() } else { String::new() },
            amount: rule.amount.plain(),
            times: rule.times.to_string(),
            days: rule.days.to_string(),
        }
    }

    fn read(&self, kind: RuleKind) -> Result<Rule, Errors> {
        let mut errors = Errors::none();
        let amount = fields::amount(&mut errors, "amount", &self.amount);
        let times = if kind.counts() { chosen(&mut errors, "times", &self.times, &TIMES) } else { Some(1) };
        let days = if kind.looks_back() { chosen(&mut errors, "days", &self.days, &DAYS) } else { Some(1) };
        match (amount, times, days) {
            (Some(amount), Some(times), Some(days)) => {
                Ok(Rule { kind, active: self.active == "yes", amount, times, days })
            }
            _ => Err(errors),
        }
    }
}

/// Numbers of transfers that are offered.
const TIMES: [i64; 7] = [2, 3, 4, 5, 8, 10, 20];
/// Numbers of days that are offered.
const DAYS: [i64; 8] = [1, 3, 7, 14, 30, 60, 90, 180];

fn offered(counts: &[i64]) -> Vec<(String, String)> {
    counts.iter().map(|count| (count.to_string(), count.to_string())).collect()
}

/// One of those that are offered.
fn chosen(errors: &mut Errors, field: &'static str, typed: &str, offered: &[i64]) -> Option<i64> {
    let found = offered.iter().find(|count| count.to_string() == typed).copied();
    if found.is_none() {
        errors.add(field, FieldError::UnknownChoice);
    }
    found
}

#[derive(Template)]
#[template(path = "remittance/aml/rule.html")]
struct RulePage {
    shell: Shell,
    kind: RuleKind,
    form: RuleForm,
    times: Vec<(String, String)>,
    days: Vec<(String, String)>,
    errors: Errors,
}

impl RulePage {
    fn of(shell: Shell, kind: RuleKind, form: RuleForm, errors: Errors) -> Self {
        Self { shell, kind, form, times: offered(&TIMES), days: offered(&DAYS), errors }
    }
}

fn kind_in(path: &str) -> Result<RuleKind, Error> {
    RuleKind::parse(path).ok_or(Error::NotFound)
}

pub(in crate::features::remittance) async fn rule_ask(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (shell, rules) = visit.read(|conn, _| Ok(queries::rules(conn)?)).await?;
    let kind = kind_in(&path)?;
    let rule = rules.iter().find(|rule| rule.kind == kind).ok_or(Error::NotFound)?;
    page(RulePage::of(shell, kind, RuleForm::of(rule), Errors::none()))
}

pub(in crate::features::remittance) async fn rule_do(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<RuleForm>,
) -> Result<HttpResponse, Error> {
    let word = path.into_inner();
    let asked = word.clone();
    let ended = visit
        .write(&form, move |conn, officer, form| {
            let rule = form.read(kind_in(&word)?)?;
            moves::propose(conn, officer, &rule)?;
            Ok(Goto::to("/staff/aml").saying(Flash::AmlRuleProposed))
        })
        .await?;
    // Who sees the form again was let in, and named a rule.
    let kind = RuleKind::parse(&asked).unwrap_or(RuleKind::Threshold);
    ended.or(|shell, errors, form| RulePage::of(shell, kind, RuleForm::clone(form), errors))
}

/// What a second person agrees to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Agreeing {
    /// The change as it was shown.
    pub seen: String,
}

pub(in crate::features::remittance) async fn rule_agree(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Agreeing>,
) -> Result<HttpResponse, Error> {
    let word = path.into_inner();
    let ended = visit.write(&form, move |conn, officer, form| {
        moves::agree(conn, officer, kind_in(&word)?, &form.seen)?;
        Ok(Goto::to("/staff/aml").saying(Flash::AmlRuleChanged))
    });
    ended.await?.or_fail(Error::Conflict)
}

pub(in crate::features::remittance) async fn rule_refuse(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let word = path.into_inner();
    let ended = visit.write(&form, move |conn, officer, _| {
        moves::refuse(conn, officer, kind_in(&word)?)?;
        Ok(Goto::to("/staff/aml").saying(Flash::AmlRuleRefused))
    });
    ended.await?.or_fail(Error::Conflict)
}
