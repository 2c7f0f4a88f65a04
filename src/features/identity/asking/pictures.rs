//! The pictures of a case: received into memory, developed, sealed under the case's key.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::own::{Own, answering, consented, number_in};
use crate::base::db::Conn;
use crate::features::accounts::{Member, Owner};
use crate::features::identity::cases::{self, Case, CaseState, IdentityMethod, Part, Picture, Sealed};
use crate::features::identity::consents::terms;
use crate::features::identity::fault::Fault;
use crate::services::faces::FaceFault;
use crate::services::storage::Kind;
use crate::web::forms::{Errors, FieldError};
use crate::web::held::{self, Held, HeldFile, Holds};
use crate::web::page::again_in;
use crate::web::parts::Parts;
use crate::web::{Ended, Error, Flash, Form, Goto, Press, Shell, Stop, Visit, again, page};

const PICTURE_BYTES: u64 = 10 * 1024 * 1024;
/// The most bytes of a posted form of pictures: two of them and the text around.
pub const PICTURES_BYTES: u64 = 2 * PICTURE_BYTES + 256 * 1024;
const PICTURES: Holds = Holds {
    fields: &["picture", "back"],
    most_bytes: PICTURE_BYTES,
    kinds: &[Kind::Jpeg, Kind::Png, Kind::Webp, Kind::Pdf],
};

/// What a field holds on this way; nothing when it has no such picture.
fn part_of(method: IdentityMethod, field: &str) -> Option<Part> {
    match (field, method) {
        ("back", IdentityMethod::Document) => Some(Part::Back),
        ("picture", IdentityMethod::Document) => Some(Part::Front),
        ("picture", IdentityMethod::Face) => Some(Part::Face),
        ("picture", IdentityMethod::Licence) => Some(Part::Licence),
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "identity/pictures.html")]
struct Edit {
    shell: Shell,
    case: Case,
    pictures: Vec<Picture>,
    errors: Errors,
}

impl Edit {
    /// What is kept already for a field.
    fn kept(&self, field: &str) -> Option<&Picture> {
        let part = part_of(self.case.method, field)?;
        self.pictures.iter().find(|picture| picture.part == part)
    }
}

pub(in crate::features::identity) async fn edit(
    visit: Visit<Member<Owner>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (shell, Own { case, pictures }) = answering(&visit, &path).await?;
    page(Edit { shell, case, pictures, errors: Errors::none() })
}

/// On the way by face: whether the picture shows one, large and sharp enough. What does not is said, and not kept.
async fn judged(visit: &Visit<Member<Owner>>, case: &Case, mut sent: Held<Press>) -> Result<Held<Press>, Error> {
    let mut kept = Vec::new();
    for file in sent.files {
        if !file.kind.picture() {
            if case.method == IdentityMethod::Licence {
                kept.push(file);
            } else {
                sent.errors.add(file.field, FieldError::FileType);
            }
        } else if case.method != IdentityMethod::Face {
            kept.push(file);
        } else {
            match visit.house().darkroom.judge_face(file.bytes.clone()).await {
                Ok(Ok(())) => kept.push(file),
                Ok(Err(fault)) => sent.errors.add(file.field, face_error(fault)),
                Err(_) => return Err(Error::Unavailable("the picture workers are busy".into())),
            }
        }
    }
    sent.files = kept;
    Ok(sent)
}

/// Seals what was accepted: beside the database's connections, not within the transaction that keeps it.
async fn sealed(visit: &Visit<Member<Owner>>, case: Case, files: Vec<HeldFile>) -> Result<Vec<Sealed>, Error> {
    let seal = move |_: &mut Conn, member: &Member<Owner>| {
        let one = |file: &HeldFile| {
            let part = part_of(case.method, file.field).ok_or(Error::BadRequest)?;
            cases::seal_picture(member.keys(), &case, part, file.kind, &file.bytes).ok_or(Error::Conflict)
        };
        files.iter().map(one).collect()
    };
    Ok(visit.read(seal).await?.1)
}

const fn face_error(fault: FaceFault) -> FieldError {
    match fault {
        FaceFault::None => FieldError::NoFace,
        FaceFault::Several => FieldError::SeveralFaces,
        FaceFault::TooSmall => FieldError::FaceTooSmall,
        FaceFault::Blurred => FieldError::FaceBlurred,
    }
}

/// What was right is kept even when another picture was not.
pub(in crate::features::identity) async fn update(
    visit: Visit<Member<Owner>>,
    path: Path<String>,
    parts: Parts,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let sent = held::receive::<_, Press>(&visit, parts, PICTURES).await?;
    let own = number.clone();
    let (_, case) = visit.read(move |conn, member| cases::begun(conn, member, &own)?.ok_or(Error::NotFound)).await?;
    let sent = judged(&visit, &case, sent).await?;
    let pictures = sealed(&visit, case, sent.files).await?;
    let (mut errors, own, terms) = (sent.errors, number, terms(visit.house()));
    let ended = visit
        .write(&sent.form, move |conn, member, _| {
            let case = cases::begun(conn, member, &own)?.ok_or(Fault::NotFound)?;
            consented(conn, member, case.method, &terms)?;
            for picture in pictures {
                cases::keep_picture(conn, member, &case, picture)?;
            }
            // Each way has one picture that it cannot do without.
            let lacks = !cases::lacks(case.method, &cases::pictures(conn, case.id)?).is_empty();
            if lacks && errors.of("picture").is_none() {
                errors.add("picture", FieldError::PictureMissing);
            }
            if !errors.is_empty() {
                return Err(Stop::Counted(errors.in_order(PICTURES.fields)));
            }
            Ok(Goto::to(format!("/account/identity/{}/check", own.as_str())))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, _) => {
            let (_, Own { case, pictures }) = answering(&visit, &path).await?;
            again(Edit { shell: *shell, case, pictures, errors })
        }
    }
}

#[derive(Template)]
#[template(path = "identity/check.html")]
struct Check {
    shell: Shell,
    case: Case,
    pictures: Vec<Picture>,
    answers: cases::Details,
    errors: Errors,
}

impl Check {
    fn answers_at(&self) -> String {
        format!("/account/identity/new?way={}", self.case.method)
    }
}

/// Everything that is handed in, before it is.
pub(in crate::features::identity) async fn check(
    visit: Visit<Member<Owner>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (shell, Own { case, pictures }) = answering(&visit, &path).await?;
    if !cases::lacks(case.method, &pictures).is_empty() {
        return Err(Error::GoFirst(format!("/account/identity/{}/pictures", case.number.as_str()).into()));
    }
    let answers = super::view::details(&visit.house().keys, &case).ok_or(Error::Conflict)?;
    page(Check { shell, case, pictures, answers, errors: Errors::none() })
}

pub(in crate::features::identity) async fn submit(
    visit: Visit<Member<Owner>>,
    path: Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let terms = terms(visit.house());
    let ended = visit
        .write(&form, move |conn, member, _| {
            let case = cases::begun(conn, member, &number)?.ok_or(Fault::NotFound)?;
            // A consent that was withdrawn meanwhile, in another tab, counts.
            consented(conn, member, case.method, &terms)?;
            let flash = match cases::submit(conn, member, &case, &terms)? {
                CaseState::AwaitingContact => Flash::IdentityContactAsked,
                _ => Flash::IdentitySubmitted,
            };
            Ok(Goto::to("/account/identity").saying(flash))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, _) => {
            let wait = errors.too_often();
            let (_, Own { case, pictures }) = answering(&visit, &path).await?;
            let answers = super::view::details(&visit.house().keys, &case).ok_or(Error::Conflict)?;
            again_in(Check { shell: *shell, case, pictures, answers, errors }, wait)
        }
    }
}
