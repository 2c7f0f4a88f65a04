//! "I have lost both": whoever gave the first factor shows who they are, in two pages and one that tells how it stands. Nothing of the account is
//! shown here but whether, and by which kind of document, its person is known, and how an open recovery stands: the first factor alone opens nothing (RC3).

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::model::{Recovery, RecoveryState};
use super::moves::{self, Sealed};
use super::queries::{self, Basis};
use super::telling::Means;
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::types::{Day, Moment};
use crate::features::accounts::HalfSignedIn;
use crate::features::identity::asking::number_error;
use crate::features::identity::cases::Part;
use crate::features::identity::numbers::DocumentNumber;
use crate::services::storage::Kind;
use crate::web::forms::{Errors, FieldError};
use crate::web::held::{self, Holds};
use crate::web::parts::Parts;
use crate::web::{Ended, Error, Flash, Form, Goto, House, Press, Shell, Stop, Visit, again, page};

const HERE: &str = "/login/totp/lost";
const PICTURES_AT: &str = "/login/totp/lost/pictures";
const PICTURE_BYTES: u64 = 10 * 1024 * 1024;
/// The most bytes of the posted pictures and the text around.
pub(super) const PICTURES_BYTES: u64 = 2 * PICTURE_BYTES + 256 * 1024;
const PICTURES: Holds =
    Holds { fields: &["picture", "back"], most_bytes: PICTURE_BYTES, kinds: &[Kind::Jpeg, Kind::Png, Kind::Webp] };
/// Signs that nobody confuses in handwriting.
const SIGNS: &[u8] = b"ACEFHJKLMNPRTUVWXY3479";

/// The wording to which one agrees. A new wording is a new file.
#[derive(Template)]
#[template(path = "identity/recoveries/consent_1.html")]
struct Words;

#[derive(Template)]
#[template(path = "identity/recoveries/lost.html")]
struct New {
    shell: Shell,
    errors: Errors,
    /// With what is compared; nothing when nobody can tell who it is.
    basis: Option<Basis>,
    /// Whether it was asked as often as one may.
    too_often: bool,
    words: String,
    number: String,
    agreed: bool,
}

#[derive(Template)]
#[template(path = "identity/recoveries/pictures.html")]
struct Edit {
    shell: Shell,
    errors: Errors,
    paper: String,
}

#[derive(Template)]
#[template(path = "identity/recoveries/standing.html")]
struct Show {
    shell: Shell,
    state: RecoveryState,
    due_at: Moment,
}

/// What is agreed to and typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct LostForm {
    agree_use: Option<String>,
    proven_number: String,
}

impl LostForm {
    /// The number in its one form, or what is wrong.
    fn read(&self, basis: &Basis, today: Day) -> Result<String, Errors> {
        let mut errors = Errors::none();
        let given = &self.proven_number;
        let read = if given.trim().is_empty() {
            Err(FieldError::Missing)
        } else {
            DocumentNumber::parse(basis.document, given, today).map_err(number_error)
        };
        let typed = read.map_err(|error| errors.add("proven_number", error)).ok();
        if self.agree_use.is_none() {
            errors.add("agree_use", FieldError::NotAccepted);
        }
        typed.filter(|_| errors.is_empty()).map(|number| number.as_str().to_string()).ok_or(errors)
    }
}

/// The word that is laid beside the document, of this person on this day: a picture that was taken for something else lacks it.
fn paper(keys: &Keys, half: &HalfSignedIn, today: Day) -> String {
    let hash = keys.hash("recovery-paper", &[half.person_id().to_string().as_bytes(), today.as_str().as_bytes()]);
    hash.iter().take(6).map(|byte| char::from(SIGNS[usize::from(*byte) % SIGNS.len()])).collect()
}

/// What letters of this room need.
pub(super) fn means(house: &House) -> Means {
    Means { zone: house.config.zone.clone(), sms: house.config.sms.clone() }
}

enum Seen {
    Open(Box<Recovery>),
    Nothing { basis: Option<Basis>, too_often: bool },
}

fn look(conn: &mut Conn, half: &HalfSignedIn) -> Result<Seen, Error> {
    if let Some(open) = queries::open_of(conn, half.person_id())? {
        return Ok(Seen::Open(Box::new(open)));
    }
    Ok(Seen::Nothing { basis: queries::basis(conn, half.person_id())?, too_often: moves::too_often(conn, half)? })
}

pub(super) async fn new(visit: Visit<HalfSignedIn>) -> Result<HttpResponse, Error> {
    let (shell, seen) = visit.read(look).await?;
    match seen {
        Seen::Open(open) => page(Show { shell, state: open.state, due_at: open.due_at }),
        Seen::Nothing { basis, too_often } => {
            let shell = visit.with_form(shell);
            page(New {
                shell,
                errors: Errors::none(),
                basis,
                too_often,
                words: Words.render()?,
                number: String::new(),
                agreed: false,
            })
        }
    }
}

pub(super) async fn create(visit: Visit<HalfSignedIn>, form: Form<LostForm>) -> Result<HttpResponse, Error> {
    let today = visit.asked().context.now.day(&visit.house().config.zone);
    let ended = visit.write(&form, move |conn, half, form| {
        let Seen::Nothing { basis: Some(basis), too_often: false } = look(conn, half)? else {
            return Err(Stop::Failed(Error::GoFirst(HERE.into())));
        };
        let typed = form.read(&basis, today)?;
        let paper = paper(&half.ctx().keys, half, today);
        moves::begin(conn, half, &basis, (&paper, &Words.render()?, &typed))?;
        Ok(Goto::to(PICTURES_AT))
    });
    match ended.await? {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let (_, seen) = visit.read(look).await?;
            let Seen::Nothing { basis, too_often } = seen else { return Err(Error::GoFirst(HERE.into())) };
            let (number, agreed) = (form.proven_number.clone(), form.agree_use.is_some());
            again(New { shell: *shell, errors, basis, too_often, words: Words.render()?, number, agreed })
        }
    }
}

/// What was begun and lacks its pictures.
async fn begun(visit: &Visit<HalfSignedIn>) -> Result<(Shell, Recovery), Error> {
    visit.read(|conn, half| queries::draft_of(conn, half)?.ok_or_else(|| Error::GoFirst(HERE.into()))).await
}

pub(super) async fn edit(visit: Visit<HalfSignedIn>) -> Result<HttpResponse, Error> {
    let (shell, draft) = begun(&visit).await?;
    page(Edit { shell: visit.with_form(shell), errors: Errors::none(), paper: draft.paper })
}

pub(super) async fn update(visit: Visit<HalfSignedIn>, parts: Parts) -> Result<HttpResponse, Error> {
    // Nothing is received of somebody who began nothing.
    let (_, draft) = begun(&visit).await?;
    let sent = held::receive::<_, Press>(&visit, parts, PICTURES).await?;
    let (draft_id, paper) = (draft.id, draft.paper.clone());
    let mut errors = sent.errors;
    if errors.of("picture").is_none() && !sent.files.iter().any(|file| file.field == "picture") {
        errors.add("picture", FieldError::PictureMissing);
    }
    let means = means(visit.house());
    let files = sent.files;
    let sealed = visit.read(move |_, half| {
        let one = |file: &held::HeldFile| {
            let part = if file.field == "back" { Part::Back } else { Part::Front };
            moves::seal_picture(half.ctx(), &draft, part, file.kind, &file.bytes)
        };
        files.iter().map(one).collect::<Option<Vec<Sealed>>>().ok_or(Error::Conflict)
    });
    let (_, sealed) = sealed.await?;
    let ended = visit.write(&sent.form, move |conn, half, _| {
        if !errors.is_empty() {
            return Err(errors.in_order(PICTURES.fields).into());
        }
        moves::hand_in(conn, half, (draft_id, sealed), &means)?;
        Ok(Goto::to(HERE).saying(Flash::RecoveryAsked))
    });
    ended.await?.or(|shell, errors, _| Edit { shell, errors, paper })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PIPL art. 17, 28 to 30: purpose, necessity, effect of refusing, term, recipients.
    #[test]
    fn the_wording_says_what_the_law_asks() {
        let words = Words.render().unwrap();
        for head in ["What we ask for", "What for", "Why it is needed", "If you refuse", "How long", "Who gets it"] {
            assert!(words.contains(head), "{head}: {words}");
        }
    }
}
