//! The page on which finance says what the columns of a bank's CSV are.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde_json::json;

use super::form::{Columns, field_of};
use super::moves;
use super::queries::{self, Kept};
use super::sheet::{HEADS, Sheet};
use crate::base::types::{Day, Number};
use crate::features::remittance::statements::formats::{self, Line, Mapping, Reading, Wrong, guess};
use crate::features::remittance::statements::imports::checking::{self, Refusal, Report};
use crate::features::remittance::statements::imports::pages::{address, number_in};
use crate::features::remittance::statements::imports::queries::{self as imports, Import};
use crate::features::remittance::statements::imports::source::{self, Arriving};
use crate::features::staff::{Finance, Staff};
use crate::web::forms::{Errors, FieldError, Form};
use crate::web::{Ended, Error, Flash, Goto, Shell, Visit, again, page};

/// Why the page is shown.
enum Reason {
    /// Nobody said yet what the columns of this bank's files are.
    First,
    /// The heads of the columns are others than those of the files before.
    Moved {
        /// Those of the files before.
        before: String,
        /// Those of this one.
        now: String,
    },
    /// The heads are the same, and yet a line cannot be read as before.
    Refused(Wrong),
    /// Somebody wants to change it.
    Changing,
}

#[derive(Template)]
#[template(path = "remittance/imports/mapping.html")]
struct Edit {
    shell: Shell,
    import: Import,
    form: Columns,
    errors: Errors,
    sheet: Sheet,
    /// The first entries, as they are read by what is chosen; none while they cannot be.
    lines: Vec<Line>,
    reason: Reason,
}

/// What the page is made of: the import, the mapping kept so far, and how the file begins.
struct Seen {
    import: Import,
    kept: Option<Kept>,
    head: Vec<u8>,
}

async fn opened(visit: &Visit<Staff<Finance>>, import: &Import) -> Result<std::io::BufReader<Arriving>, Error> {
    let key = import.file_key.as_deref().ok_or(Error::Conflict)?;
    let (house, size) = (visit.house(), u64::try_from(import.file_size).unwrap_or_default());
    let source = source::stored(&house.storage, key, size, house.keys.clone()).await;
    source.map_err(|fault| Error::Unavailable(fault.to_string()))
}

async fn seen(visit: &Visit<Staff<Finance>>, number: &Number) -> Result<(Shell, Seen), Error> {
    let number = number.clone();
    let (shell, (import, kept)) = visit
        .list("imports", json!({ "import": number.as_str() }), move |conn, _| {
            let import = imports::one(conn, &number)?.ok_or(Error::NotFound)?;
            if !import.mappable() {
                return Err(Error::Conflict);
            }
            let kept = queries::current(conn, &import.receiving.account_key)?;
            Ok((import, kept))
        })
        .await?;
    let source = opened(visit, &import).await?;
    let head = source::apart(move || source::head(source, checking::HEAD)).await.map_err(Error::internal)?;
    let head = head.map_err(|fault| Error::Unavailable(fault.to_string()))?;
    Ok((shell, Seen { import, kept, head }))
}

impl Seen {
    /// Why the page is shown, as far as the beginning of the file tells, and what is filled in.
    fn reason(&self) -> (Reason, Mapping) {
        let guess = guess(&self.head);
        let Some(kept) = &self.kept else { return (Reason::First, guess) };
        let kept = &kept.mapping;
        let heads = formats::heading(self.head.as_slice(), kept.encoding, kept.delimiter, kept.skip);
        if heads.as_ref().ok() == Some(&kept.heading) {
            return (Reason::Changing, kept.clone());
        }
        let joined = |heads: &[String]| heads.iter().map(String::as_str).collect::<Vec<_>>().join(" · ");
        (Reason::Moved { before: joined(&kept.heading), now: joined(&guess.heading) }, guess)
    }

    fn drawn(self, shell: Shell, form: Columns, errors: Errors, reason: Reason) -> Edit {
        let (encoding, delimiter, skip) = form.drawn(&guess(&self.head));
        let sheet = Sheet::of(&self.head, encoding, delimiter, skip);
        Edit { shell, import: self.import, form, errors, sheet, lines: Vec::new(), reason }
    }
}

pub(in crate::features::remittance) async fn edit(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (shell, seen) = seen(&visit, &number_in(&path)?).await?;
    let (mut reason, mapping) = seen.reason();
    if seen.import.unread() && matches!(reason, Reason::Changing) {
        // It was tried when the file came; what was wrong then is said again.
        if let Err(Refusal::Wrong(wrong)) = read_through(&visit, &seen.import, &mapping).await? {
            reason = Reason::Refused(wrong);
        }
    }
    let mut form = Columns::of(&mapping);
    if mapping.skip > HEADS {
        form.skip = String::new();
    }
    // What is filled in may be a guess, and nobody chose it yet: where it does not fit nothing is said to be wrong.
    let lines = first_lines(&visit, &seen.import, &mapping).await?.unwrap_or_default();
    page(Edit { lines, ..seen.drawn(shell, form, Errors::none(), reason) })
}

pub(in crate::features::remittance) async fn update(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Columns>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let asked = match visit.open(&form).await? {
        Ended::Done(asked) => Columns::clone(&asked),
        Ended::Again(shell, errors, asked) => {
            let (_, seen) = seen(&visit, &number).await?;
            let reason = seen.reason().0;
            return again(seen.drawn(*shell, Columns::clone(&asked), errors, reason));
        }
    };
    let (shell, seen) = seen(&visit, &number).await?;
    let shell = visit.with_form(shell);
    let reason = seen.reason().0;
    let well = match judged(&visit, &seen, &asked).await? {
        Ok(Judged::Read(well)) => well,
        Ok(Judged::Looked(lines)) => return page(Edit { lines, ..seen.drawn(shell, asked, Errors::none(), reason) }),
        Err(errors) => return again(seen.drawn(shell, asked, errors, reason)),
    };
    let ended = visit.write(&form, move |conn, officer, _| {
        let (mapping, report) = *well;
        moves::map(conn, (officer.ctx(), officer.person_id()), &number, &mapping, &report)?;
        Ok(Goto::to(address(&number)).saying(Flash::StatementChecked))
    });
    ended.await?.or(|shell, errors, _| seen.drawn(shell, asked, errors, reason))
}

/// What is chosen, by the file.
enum Judged {
    /// The first entries: the preview alone was asked for.
    Looked(Vec<Line>),
    /// The mapping, and what the file says by it to its end.
    Read(Box<(Mapping, Report)>),
}

async fn judged(visit: &Visit<Staff<Finance>>, seen: &Seen, asked: &Columns) -> Result<Result<Judged, Errors>, Error> {
    let (encoding, delimiter, skip) = asked.drawn(&guess(&seen.head));
    let width = Sheet::of(&seen.head, encoding, delimiter, skip).width();
    let mapping = match asked.read(width) {
        Ok(mapping) => seen.import.expected().mapped(mapping),
        Err(errors) => return Ok(Err(errors)),
    };
    let faults = asked.faults(&mapping);
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let refused = |wrong: Wrong| {
        let field = field_of(&wrong, &asked.amount_kind);
        Errors::one(field, FieldError::StatementLine(wrong.line, wrong.why.to_string()))
    };
    let mapping = match formats::heading(seen.head.as_slice(), mapping.encoding, mapping.delimiter, mapping.skip) {
        Ok(heading) => Mapping { heading, ..mapping },
        Err(wrong) => return Ok(Err(refused(wrong))),
    };
    let nothing = || Errors::one("skip", FieldError::NoEntries);
    if asked.step == "look" {
        return Ok(match first_lines(visit, &seen.import, &mapping).await? {
            Ok(lines) if lines.is_empty() => Err(nothing()),
            Ok(lines) => Ok(Judged::Looked(lines)),
            Err(wrong) => Err(refused(wrong)),
        });
    }
    Ok(match read_through(visit, &seen.import, &mapping).await? {
        Ok(report) => Ok(Judged::Read(Box::new((mapping, report)))),
        Err(Refusal::Wrong(wrong)) => Err(refused(wrong)),
        Err(Refusal::Empty | Refusal::Foreign(..)) => Err(nothing()),
    })
}

/// The first entries by a mapping.
async fn first_lines(
    visit: &Visit<Staff<Finance>>,
    import: &Import,
    mapping: &Mapping,
) -> Result<Result<Vec<Line>, Wrong>, Error> {
    let (source, reading, today) = to_read(visit, import, mapping).await?;
    source::apart(move || checking::first(&reading, source, checking::SHOWN, today)).await.map_err(Error::internal)
}

/// Looks the whole file through by a mapping.
async fn read_through(
    visit: &Visit<Staff<Finance>>,
    import: &Import,
    mapping: &Mapping,
) -> Result<Result<Report, Refusal>, Error> {
    let ((source, reading, today), expected) = (to_read(visit, import, mapping).await?, import.expected());
    source::apart(move || checking::check(&reading, source, &expected, today)).await.map_err(Error::internal)
}

/// The file, how it is read by a mapping, and the day in the portal's zone.
async fn to_read(
    visit: &Visit<Staff<Finance>>,
    import: &Import,
    mapping: &Mapping,
) -> Result<(std::io::BufReader<Arriving>, Reading, Day), Error> {
    let house = visit.house();
    let reading = Reading::Csv(import.expected().mapped(mapping.clone()));
    Ok((opened(visit, import).await?, reading, house.clock.now().day(&house.config.zone)))
}
