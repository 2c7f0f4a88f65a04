//! What the provider is asked: the least with which it can compare (privacy.md P3). No picture of a document leaves the
//! portal; a photo of the face does only on the way by face.

use data_encoding::BASE64;
use serde::Serialize;
use zeroize::Zeroizing;

use super::queries::Attempt;
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::features::identity::cases::{self, Case, CaseKey, IdentityMethod, Part};

#[derive(Serialize)]
struct Question<'a> {
    case: &'a str,
    attempt: &'a str,
    kind: &'a str,
    way: &'a str,
    document: &'a str,
    name: &'a str,
    number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<Company<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    photo: Option<Photo>,
    result_to: &'a str,
}

#[derive(Serialize)]
struct Company<'a> {
    name: &'a str,
    code: &'a str,
}

#[derive(Serialize)]
struct Photo {
    kind: String,
    data: String,
}

/// The body of a question; nothing when the case's key is gone.
pub(super) fn body(
    conn: &mut Conn,
    keys: &Keys,
    (attempt, case): (&Attempt, &Case),
    result_to: &str,
) -> diesel::QueryResult<Option<Zeroizing<Vec<u8>>>> {
    let Some(key) = CaseKey::open(keys, &case.number, case.sealed_key.as_deref()) else { return Ok(None) };
    let Some(details) = key.open_details(&case.number, case.sealed_details.as_deref()) else { return Ok(None) };
    let photo = if case.method == IdentityMethod::Face { photo(conn, &key, case)? } else { None };
    let question = Question {
        case: case.number.as_str(),
        attempt: attempt.number.as_str(),
        kind: case.kind.as_str(),
        way: case.method.as_str(),
        document: case.document.as_str(),
        name: &details.name,
        number: &details.number,
        birth: details.birth.as_deref(),
        company: details.company.as_ref().map(|company| Company { name: &company.name, code: &company.code }),
        photo,
        result_to,
    };
    Ok(serde_json::to_vec(&question).ok().map(Zeroizing::new))
}

fn photo(conn: &mut Conn, key: &CaseKey, case: &Case) -> diesel::QueryResult<Option<Photo>> {
    let found = cases::pictures(conn, case.id)?.into_iter().find(|picture| picture.part == Part::Face);
    let Some(face) = found else { return Ok(None) };
    let sealed = cases::sealed_picture(conn, case.id, &face.number)?;
    let opened = sealed.and_then(|(picture, sealed)| Some((picture, key.open_bytes(&face.number, &sealed)?)));
    Ok(opened.map(|(picture, bytes)| Photo { kind: picture.media_kind, data: BASE64.encode(&bytes) }))
}
