//! How the bank writes its MT940, where it was guessed wrongly: said by whoever brought the file, and kept for those to come.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::checking::{Refusal, Report, check};
use super::pages::{address, number_in, worded};
use super::queries::{self, Import};
use super::{moves, source, written};
use crate::features::remittance::statements::formats::{Dialect, Encoding, Reading};
use crate::features::staff::{Finance, Staff};
use crate::web::forms::{Errors, FieldError, Form};
use crate::web::{Ended, Error, Flash, Goto, Shell, Visit, again, page};

/// How a file is written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Writing {
    /// How its bytes stand for signs.
    pub encoding: String,
    /// How the information of an entry is written.
    pub dialect: String,
}

impl Writing {
    fn of(import: &Import) -> Result<Self, Error> {
        let (encoding, dialect, looks) = written::of(import).ok_or(Error::Conflict)?;
        let dialect = dialect.or(looks).map(Dialect::as_str).unwrap_or_default();
        Ok(Self { encoding: encoding.as_str().to_string(), dialect: dialect.to_string() })
    }

    fn read(&self) -> Result<Reading, Errors> {
        let mut errors = Errors::none();
        let encoding = Encoding::parse(&self.encoding);
        if encoding.is_none() {
            errors.add("encoding", FieldError::UnknownChoice);
        }
        let dialect = Dialect::parse(&self.dialect);
        if dialect.is_none() {
            errors.add("dialect", FieldError::UnknownChoice);
        }
        errors.check()?;
        Ok(Reading::Mt940 { encoding: encoding.unwrap_or_default(), dialect })
    }
}

#[derive(Template)]
#[template(path = "remittance/imports/reading.html")]
struct Edit {
    shell: Shell,
    import: Import,
    form: Writing,
    errors: Errors,
}

async fn seen(visit: &Visit<Staff<Finance>>, path: &str) -> Result<(Shell, Import), Error> {
    let number = number_in(path)?;
    visit
        .list("imports", json!({ "import": number.as_str() }), move |conn, officer| {
            queries::message_of(conn, &number, officer.person_id())?.ok_or(Error::NotFound)
        })
        .await
}

pub(in crate::features::remittance) async fn reading(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (shell, import) = seen(&visit, &path).await?;
    let form = Writing::of(&import)?;
    page(Edit { shell, import, form, errors: Errors::none() })
}

pub(in crate::features::remittance) async fn reread(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Writing>,
) -> Result<HttpResponse, Error> {
    let (_, import) = seen(&visit, &path).await?;
    let asked = match visit.open(&form).await? {
        Ended::Done(asked) => Writing::clone(&asked),
        Ended::Again(shell, errors, asked) => {
            return again(Edit { shell: *shell, import, form: Writing::clone(&asked), errors });
        }
    };
    let looked = match asked.read() {
        Ok(reading) => looked_through(&visit, &import, &reading).await?.map(|report| (reading, report)),
        Err(errors) => Err(errors),
    };
    let kept = import.clone();
    let ended = visit.write(&form, move |conn, officer, _| {
        let (reading, report) = looked?;
        moves::reread(conn, officer, &import.number, &reading, &report)?;
        Ok(Goto::to(address(&import.number)).saying(Flash::StatementChecked))
    });
    ended.await?.or(|shell, errors, _| Edit { shell, import: kept, form: asked, errors })
}

/// What the whole file says, read so; what cannot be read is the encoding's fault, because nothing else was chosen.
async fn looked_through(
    visit: &Visit<Staff<Finance>>,
    import: &Import,
    reading: &Reading,
) -> Result<Result<Report, Errors>, Error> {
    let (house, key) = (visit.house(), import.file_key.as_deref().ok_or(Error::Conflict)?);
    let size = u64::try_from(import.file_size).unwrap_or_default();
    let source = source::stored(&house.storage, key, size, house.keys.clone()).await;
    let source = source.map_err(|fault| Error::Unavailable(fault.to_string()))?;
    let (reading, expected, today) = (reading.clone(), import.expected(), house.clock.now().day(&house.config.zone));
    let checked = source::apart(move || check(&reading, source, &expected, today)).await.map_err(Error::internal)?;
    Ok(checked.map_err(|refusal: Refusal| Errors::one("encoding", worded(refusal))))
}
