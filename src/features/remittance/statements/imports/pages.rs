//! Finance's pages of imports: the list, sending a file, what it says, importing or dropping it.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::checking::{self, Expected, Foreign, Refusal, Report};
use super::model::{ImportMove, ImportState};
use super::preview::{self, Preview};
use super::queries::{self, Import, NewImport};
use super::written::{before, saved};
use super::{looking, moves, source, written};
use crate::base::db::Conn;
use crate::base::types::{Day, Money, Number};
use crate::features::remittance::receiving::{self, Receiving};
use crate::features::remittance::statements::formats::{Dialect, Encoding, Format, Reading};
use crate::features::staff::{Auditor, Finance, Officer, Staff, own_accounts};
use crate::services::storage::Kind;
use crate::web::forms::{Asking, Errors, FieldError, Form};
use crate::web::lists::{After, PAGE, Rows};
use crate::web::parts::Parts;
use crate::web::uploads::{self, Takes, Upload};
use crate::web::{Ended, Error, Flash, Goto, Press, Shell, Visit, again, page};

/// Bytes of one file of the page: some 100,000 entries. The operator's command takes any.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

const FILE: Takes = Takes {
    purpose: "statement",
    field: "statement_file",
    most_files: 1,
    most_bytes: MOST_BYTES,
    most_together: MOST_BYTES,
    kinds: &[Kind::Text],
    sealed: true,
};

/// What a post of a file may hold.
pub(in crate::features::remittance) const POST_BYTES: u64 = MOST_BYTES + 2 * 1024 * 1024;

/// For how long a page loads itself anew after its file came.
const A_DAY: Duration = Duration::from_secs(86_400);

type Reader = Staff<(Finance, Auditor)>;

pub(in crate::features::remittance::statements) fn number_in(path: &str) -> Result<Number, Error> {
    Number::parse('J', path).ok_or(Error::NotFound)
}

pub(in crate::features::remittance::statements) fn address(number: &Number) -> String {
    format!("/staff/statements/imports/{}", number.as_str())
}

#[derive(Template)]
#[template(path = "remittance/imports/list.html")]
struct List {
    shell: Shell,
    rows: Rows<Import>,
}

pub(in crate::features::remittance) async fn list(
    visit: Visit<Reader>,
    Asking(after): Asking<After>,
) -> Result<HttpResponse, Error> {
    let cursor = Number::parse('J', &after.after);
    let (shell, rows) = visit
        .list("imports", json!({}), move |conn, _| {
            let load = |after: Option<&Number>| queries::list(conn, after, PAGE + 1);
            Ok(Rows::below(cursor, load, |row| row.number.as_str().to_string())?)
        })
        .await?;
    page(List { shell, rows })
}

/// Which account a file is of.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NewFile {
    /// The receiving account's number.
    pub receiving: String,
}

#[derive(Template)]
#[template(path = "remittance/imports/new.html")]
struct New {
    shell: Shell,
    form: NewFile,
    errors: Errors,
    accounts: Vec<(String, String)>,
}

/// The accounts on whose statements entries may stand.
async fn known(visit: &Visit<Staff<Finance>>) -> Result<(Shell, Vec<Receiving>), Error> {
    visit.read(|conn, _| Ok(receiving::known(conn)?)).await
}

fn choices(known: &[Receiving]) -> Vec<(String, String)> {
    let word = |one: &Receiving| format!("{} · {}", one.bank_name, one.account_number);
    known.iter().map(|one| (one.number.as_str().to_string(), word(one))).collect()
}

pub(in crate::features::remittance) async fn new(visit: Visit<Staff<Finance>>) -> Result<HttpResponse, Error> {
    let (shell, known) = known(&visit).await?;
    let receiving = if let [only] = known.as_slice() { only.number.as_str().to_string() } else { String::new() };
    page(New { shell, form: NewFile { receiving }, errors: Errors::none(), accounts: choices(&known) })
}

pub(in crate::features::remittance) async fn create(
    visit: Visit<Staff<Finance>>,
    parts: Parts,
) -> Result<HttpResponse, Error> {
    let sent = uploads::receive::<_, NewFile>(&visit, parts, FILE).await?;
    let form = match visit.open(&sent.form).await? {
        Ended::Done(form) => form,
        Ended::Again(shell, errors, form) => {
            let (_, known) = known(&visit).await?;
            return again(New { shell: *shell, form: NewFile::clone(&form), errors, accounts: choices(&known) });
        }
    };
    let form = NewFile::clone(&form);
    let (shell, known) = known(&visit).await?;
    let looked = looked_through(&visit, &known, &form, sent.uploads.first(), sent.errors).await?;
    let (new, report, upload) = match looked {
        Ok(well) => well,
        Err(errors) => return again(New { shell, form, errors, accounts: choices(&known) }),
    };
    let ended = visit.write(&sent.form, move |conn, officer, _| {
        let adopted = uploads::adopt(conn, officer.ctx(), FILE.purpose, &[upload])?;
        if adopted.is_empty() {
            return Err(Errors::one(FILE.field, FieldError::FileGone).into());
        }
        let new = NewImport { person_id: Some(officer.person_id()), ..new };
        let Some(report) = report else {
            let number = moves::unread(conn, officer.ctx(), &new)?;
            return Ok(Goto::to(format!("{}/mapping", address(&number))).saying(Flash::StatementColumns));
        };
        let number = moves::checked(conn, officer.ctx(), &new, &report)?;
        Ok(Goto::to(address(&number)).saying(Flash::StatementChecked))
    });
    ended.await?.or(|shell, errors, _| New { shell, form, errors, accounts: choices(&known) })
}

/// What a file says is not known while nobody said what its columns are, or when they are others than were said.
type Well = (NewImport, Option<Report>, String);

/// Looks a file through on a thread of its own, before anything is kept but the file.
async fn looked_through(
    visit: &Visit<Staff<Finance>>,
    known: &[Receiving],
    form: &NewFile,
    file: Option<&Upload>,
    mut errors: Errors,
) -> Result<Result<Well, Errors>, Error> {
    let receiving = known.iter().find(|one| one.number.as_str() == form.receiving);
    if receiving.is_none() {
        errors.add("receiving", FieldError::UnknownChoice);
    }
    if file.is_none() && errors.is_empty() {
        errors.add(FILE.field, FieldError::Missing);
    }
    let (Some(receiving), Some(file), true) = (receiving, file, errors.is_empty()) else {
        return Ok(Err(errors.in_order(&["receiving", FILE.field])));
    };
    let expected = Expected { account_key: receiving.account_key.clone(), currency: receiving.currency.clone() };
    let account = receiving.clone();
    let (_, (before, mapping_id)) = visit.read(move |conn, _| Ok(before(conn, &account)?)).await?;
    let (house, size) = (visit.house(), u64::try_from(file.size).unwrap_or_default());
    let opened = || async {
        let source = source::stored(&house.storage, &file.storage_key, size, house.keys.clone()).await;
        source.map_err(|fault| fault.to_string())
    };
    let source = opened().await.map_err(Error::Unavailable)?;
    let head = source::apart(move || source::head(source, checking::HEAD)).await.map_err(Error::internal)?;
    let readings = head.map(|head| checking::readings(&head, &expected, &before)).unwrap_or_default();
    let columns = matches!(readings.first(), Some(Reading::Csv(_)));
    let looked = match readings.first() {
        // Nobody said yet what its columns are.
        Some(Reading::Csv(guess)) if mapping_id.is_none() => Some((Reading::Csv(guess.clone()), None)),
        _ => {
            let today = house.clock.now().day(&house.config.zone);
            let looked = looking::through(readings, opened, &expected, today).await.map_err(Error::Unavailable)?;
            looked.map(|(reading, checked)| (reading, Some(checked)))
        }
    };
    let Some((reading, checked)) = looked else {
        return Ok(Err(Errors::one(FILE.field, FieldError::NoStatement)));
    };
    let report = match checked {
        Some(Ok(report)) => Some(report),
        // The bank may have moved its columns: somebody looks at them.
        Some(Err(Refusal::Wrong(_))) if columns => None,
        Some(Err(refusal)) => return Ok(Err(Errors::one(FILE.field, worded(refusal)))),
        None => None,
    };
    let looks = report.as_ref().and_then(|report| report.dialect);
    let (format, how) = saved(&reading, looks).map_err(Error::internal)?;
    let new = NewImport {
        receiving: receiving.clone(),
        format,
        reading: how,
        mapping_id: mapping_id.filter(|_| columns && report.is_some()),
        file_name: file.file_name.clone(),
        file_key: Some(file.storage_key.clone()),
        file_size: file.size,
        state: ImportState::Checked,
        person_id: None,
    };
    Ok(Ok((new, report, file.number.clone())))
}

pub(super) fn worded(refusal: Refusal) -> FieldError {
    match refusal {
        Refusal::Wrong(wrong) => FieldError::StatementLine(wrong.line, wrong.why.to_string()),
        Refusal::Foreign(Foreign::Account, given) => FieldError::OtherAccount(given),
        Refusal::Foreign(Foreign::Currency, given) => FieldError::OtherCurrency(given),
        Refusal::Empty => FieldError::NoEntries,
    }
}

/// What stands on the page of an import.
struct Seen {
    import: Import,
    by: Option<String>,
    gap: Option<(Day, Money)>,
    /// Whether the viewer brought it, and somebody else has to agree.
    takes_another: bool,
    /// How many of its lines equal lines of other files, where it begins at which another one of the same day ended.
    equal: i64,
    /// Whether the viewer brought it.
    own: bool,
    /// While it is imported: files that are imported before it. Afterwards: entries that the rules have not looked at yet.
    waiting: i64,
    /// Whether the file came within a day.
    lately: bool,
    /// How many entries that were typed in it took over.
    typed: i64,
    /// Who agreed to it.
    agreed_by: Option<String>,
}

#[derive(Template)]
#[template(path = "remittance/imports/show.html")]
struct Show {
    shell: Shell,
    import: Import,
    by: Option<String>,
    /// The newest balance before, which this file does not go on from.
    gap: Option<(Day, Money)>,
    takes_another: bool,
    /// How many of its lines equal lines of files before of which it is no copy.
    equal: i64,
    /// Whether the viewer brought it.
    own: bool,
    waiting: i64,
    /// Whether the file came within a day.
    lately: bool,
    typed: i64,
    agreed_by: Option<String>,
    preview: Preview,
}

impl Show {
    /// Whether the page changes by itself soon: while it is imported, and while the rules look at what came. What they cannot look at
    /// for a day needs a person, not a page that is loaded anew.
    fn moves(&self) -> bool {
        match self.import.state {
            ImportState::Importing => true,
            ImportState::Imported => self.waiting > 0 && self.lately,
            _ => false,
        }
    }

    /// Whether the viewer may act on it.
    fn acts(&self) -> bool {
        self.shell.has_role("finance") && self.import.state.allows(ImportMove::Drop)
    }

    /// How the bank writes what it tells of an entry, in words.
    fn written(&self) -> Option<&'static str> {
        let (_, dialect, looks) = written::of(&self.import)?;
        dialect.or(looks).map(Dialect::words)
    }

    /// The encoding in which MT940 is read.
    fn encoding(&self) -> Option<Encoding> {
        written::of(&self.import).map(|(encoding, ..)| encoding)
    }

    /// Whether most of the file is written otherwise than the bank's files were before, so that names are taken from none of it.
    fn otherwise(&self) -> bool {
        let Some((_, dialect, looks)) = written::of(&self.import) else { return false };
        self.import.state.allows(ImportMove::Agree) && dialect.is_some() && looks.is_some() && dialect != looks
    }

    /// Whether the viewer may say how it is written.
    fn rereads(&self) -> bool {
        self.acts() && self.own && self.import.format == Format::Mt940
    }

    /// Entries that were known before.
    fn known(&self) -> i64 {
        self.import.done - self.import.fresh
    }
}

pub(in crate::features::remittance) async fn show(
    visit: Visit<Reader>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (number, limit) = (number_in(&path)?, visit.house().config.money.four_eyes_from);
    let (shell, seen) = visit
        .list("imports", json!({ "import": number.as_str() }), move |conn, officer| {
            let import = queries::one(conn, &number)?.ok_or(Error::NotFound)?;
            let by = queries::brought_by(conn, &import)?;
            let before = queries::last_closing(conn, &import)?;
            let (person, now) = (officer.person_id(), officer.ctx().now);
            let takes_another = moves::takes_another(conn, &import, person, limit, now)?;
            let goes_on = queries::goes_on(conn, &import)? && !queries::once_more(conn, &import)?;
            // Lines with serial numbers are never taken for one another.
            let by_words = goes_on && queries::here(conn, &import)?.1;
            let equal = if by_words { import.done - queries::brought(conn, &import)? } else { 0 };
            // A file that overlaps what came before begins with an older balance, and that is no gap.
            let overlaps = queries::overlaps(conn, &import)?;
            let gap = before.filter(|(day, closing)| {
                let later = import.first_on.is_some_and(|first| first > *day || (first == *day && !overlaps));
                import.state == ImportState::Checked
                    && later
                    && import.opening.is_some_and(|opening| opening != *closing)
            });
            let own = import.imported_by_id == Some(person);
            let waiting = match import.state {
                ImportState::Importing if import.done == 0 => queries::before_it(conn, &import)?,
                ImportState::Imported | ImportState::Failed => queries::unlooked(conn, &import)?,
                _ => 0,
            };
            let lately = now.minus(A_DAY) < import.created_at;
            let settled = import.state == ImportState::Imported;
            let typed = if settled { queries::brought(conn, &import)? - import.fresh } else { 0 };
            let agreed_by = queries::agreed_by(conn, &import)?;
            Ok(Seen { import, by, gap, takes_another, equal, own, waiting, lately, typed, agreed_by })
        })
        .await?;
    let Seen { import, by, gap, takes_another, equal, own, waiting, lately, typed, agreed_by } = seen;
    let preview = if import.state == ImportState::Checked && !import.unread() {
        let (lines, keys, of) = (preview::lines(&visit, &import).await?, visit.house().keys.clone(), import.clone());
        let looked = move |conn: &mut Conn, officer: &Officer| {
            let mut preview = preview::compared(conn, &keys, &of, lines)?;
            let own = own_accounts(conn, officer)?;
            preview::hide(conn, &own, &mut preview.lines)?;
            Ok(preview)
        };
        visit.read(move |conn, officer| looked(conn, officer)).await?.1
    } else {
        Preview::default()
    };
    page(Show { shell, import, by, gap, takes_another, equal, own, waiting, lately, typed, agreed_by, preview })
}

/// Agreeing to what a file says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Agreement {
    /// What was looked at: [`Import::sight`].
    pub seen: String,
}

pub(in crate::features::remittance) async fn import_do(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Agreement>,
) -> Result<HttpResponse, Error> {
    let (number, limit) = (number_in(&path)?, visit.house().config.money.four_eyes_from);
    let ended = visit.write(&form, move |conn, officer, form| {
        moves::agree(conn, officer, &number, &form.seen, limit)?;
        Ok(Goto::to(address(&number)).saying(Flash::StatementImporting))
    });
    ended.await?.or_fail(Error::Conflict)
}

pub(in crate::features::remittance) async fn drop_do(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let ended = visit.write(&form, move |conn, officer, _| {
        let import = moves::give_up(conn, officer.ctx(), &number)?;
        if let Some(key) = &import.file_key {
            uploads::give_up(conn, officer.ctx(), key, u64::try_from(import.file_size).unwrap_or_default())?;
        }
        Ok(Goto::to("/staff/statements/imports").saying(Flash::StatementDropped))
    });
    ended.await?.or_fail(Error::Conflict)
}
