//! Reading a posted form. actix's own extractor answers 400 to repeated keys before any handler runs; this one leaves
//! judging to the form's own checks and refuses only what no browser sends.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;

use actix_session::SessionExt;
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, web};
use data_encoding::HEXLOWER;
use futures_util::StreamExt;
use percent_encoding::percent_decode;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Stamp;
use super::token::{Anchor, read};
use crate::base::crypto::Keys;
use crate::web::House;
use crate::web::error::{Door, Error};
use crate::web::{cookies, kept};

/// Bytes of a form: of a visitor.
const MOST_BYTES: usize = 64 * 1024;
/// And of somebody who brings a session: far more than any field takes, so that whoever pasted too much gets it back.
pub const MOST_OF_SESSIONS: usize = 1024 * 1024;
const MOST_FIELDS: usize = 100;

/// A posted form whose token was right; cheap to hand to the database job. It is sealed: whose it is and in which session
/// it was drawn is not judged yet, so nobody reads its fields but through a verb of the visit.
pub struct Form<F>(Arc<Inner<F>>);

/// A form that a verb has opened: its sender is the one for whom it was drawn. Derefs to its fields.
pub struct Opened<F>(Arc<Inner<F>>);

struct Inner<F> {
    fields: F,
    stamp: Stamp,
    kept: Vec<String>,
    kept_post: String,
}

impl<F> Form<F> {
    /// For the verbs, once they have judged the stamp.
    pub(in crate::web) fn opened(&self) -> Opened<F> {
        Opened(Arc::clone(&self.0))
    }

    /// The files that the form carries along from before; each is held to its owner where it is taken.
    pub(in crate::web) fn kept(&self) -> &[String] {
        &self.0.kept
    }

    /// The kept post that this one takes up again; empty for none.
    pub(in crate::web) fn kept_post(&self) -> &str {
        &self.0.kept_post
    }

    /// When and for which account the form was drawn, and its once-only key.
    pub fn stamp(&self) -> &Stamp {
        &self.0.stamp
    }

    /// Whether it was drawn for a session before this one. No verb does anything with it: the form comes back.
    pub(in crate::web) fn of_before(&self) -> bool {
        self.0.stamp.of_before
    }
}

impl<F> Opened<F> {
    /// The kept post that this one takes up again; empty for none.
    pub(in crate::web) fn kept_post(&self) -> &str {
        &self.0.kept_post
    }
}

impl<F> Clone for Form<F> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<F> Deref for Opened<F> {
    type Target = F;

    fn deref(&self) -> &F {
        &self.0.fields
    }
}

/// Secrets may be among the fields: nothing of them is shown.
impl<F> std::fmt::Debug for Form<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Form(..)")
    }
}

impl<F: DeserializeOwned + 'static> FromRequest for Form<F> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let req = req.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            if !plain(&req) {
                return Err(Error::BadRequest);
            }
            fields_of(&req, &whole(&req, &mut payload).await?)
        })
    }
}

/// Whether fields come without parts.
pub(in crate::web) fn plain(req: &HttpRequest) -> bool {
    let kind = req.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.starts_with("application/x-www-form-urlencoded")
}

/// The whole body, as far as it is taken.
pub(in crate::web) async fn whole(req: &HttpRequest, payload: &mut Payload) -> Result<web::BytesMut, Error> {
    let most = if session_reference(req).is_some() { MOST_OF_SESSIONS } else { MOST_BYTES };
    let mut body = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Error::BadRequest)?;
        if body.len() + chunk.len() > most {
            return Err(Error::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[derive(Deserialize)]
struct Marks {
    #[serde(default)]
    token: String,
    #[serde(default)]
    kept: Vec<String>,
    #[serde(default)]
    kept_post: String,
}

/// Reads urlencoded fields and holds them to their token. Also used for the text parts of an upload.
pub fn fields_of<F: DeserializeOwned>(req: &HttpRequest, body: &[u8]) -> Result<Form<F>, Error> {
    if body.split(|byte| *byte == b'&').count() > MOST_FIELDS {
        return Err(Error::BadRequest);
    }
    // Bytes that are no text: what stood there could only be guessed.
    if percent_decode(body).decode_utf8().is_err() {
        return Err(Error::BadRequest);
    }
    let house = req.app_data::<web::Data<House>>().ok_or(Error::BadRequest)?;
    let (marks, stamp) = marked(req, house, body)?;
    let fields = serde_html_form::from_bytes(body).map_err(|_| Error::BadRequest)?;
    Ok(Form(Arc::new(Inner { fields, stamp, kept: marks.kept, kept_post: marks.kept_post })))
}

/// Reads the token of a body and judges what can be judged without the database. What was typed is left where it is kept
/// should its sender turn out to be signed out.
fn marked(req: &HttpRequest, house: &House, body: &[u8]) -> Result<(Marks, Stamp), Error> {
    let marks: Marks = serde_html_form::from_bytes(body).map_err(|_| Error::BadRequest)?;
    let anchor = anchor(req, house);
    let mut stamp = read(&house.keys, anchor.as_ref().unwrap_or(&Anchor(String::new())), &marks.token);
    if let Some(stamp) = &mut stamp {
        stamp.once = once(req, &house.keys, &stamp.once, body);
        kept::note(req, stamp, body);
    }
    match (anchor, stamp) {
        // Drawn for somebody signed in, and sent by a browser whose session cookie has gone.
        (_, Some(stamp)) if stamp.of_before && stamp.owner.is_some() && session_reference(req).is_none() => {
            Err(Error::SignIn(Door::Customer))
        }
        // Whoever opened a form got a cookie with it: one that sends none back keeps none (3.4 of the policy).
        (None, _) if !cookies::read(req, house.secure()).any => Err(Error::CookiesBlocked),
        (None, _) | (_, None) => Err(Error::ExpiredForm),
        (Some(_), Some(stamp)) if stamp.of_before && session_reference(req).is_none() => Err(Error::ExpiredForm),
        (Some(_), Some(stamp)) => Ok((marks, stamp)),
    }
}

/// The once-only key of a post. All forms of a page carry one token, so the key is also of the address and of what was
/// typed: the same press twice is one post, another form of the page is another. Secrets have no part in it.
fn once(req: &HttpRequest, keys: &Keys, drawn: &str, body: &[u8]) -> String {
    let target = req.uri().path_and_query().map_or("/", |target| target.as_str());
    let typed = kept::typed(body);
    let mut parts = vec![target.as_bytes()];
    parts.extend(typed.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]));
    let hash = keys.hash("once", &parts);
    let bytes: &[u8] = hash.as_ref();
    format!("{drawn}.{}", HEXLOWER.encode(&bytes[..16]))
}

/// Keeps in mind what a form says whose sender was not let in.
pub(in crate::web) fn salvage(req: &HttpRequest, body: &[u8]) {
    if let Some(house) = req.app_data::<web::Data<House>>() {
        let _ = marked(req, house, body);
    }
}

fn anchor(req: &HttpRequest, house: &House) -> Option<Anchor> {
    session_reference(req).or_else(|| cookies::read(req, house.secure()).form).map(Anchor)
}

/// What the session cookie holds; it was sealed by this portal.
fn session_reference(req: &HttpRequest) -> Option<String> {
    req.get_session().get(crate::web::visit::REFERENCE).ok().flatten()
}

/// A form of one button: nothing but what every form carries.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Press {}

/// The query of a list or search; what cannot be read counts as not asked.
#[derive(Debug, Clone, Default)]
pub struct Asking<Q>(pub Q);

impl<Q: DeserializeOwned + Default> FromRequest for Asking<Q> {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let asked = serde_html_form::from_str(req.query_string()).unwrap_or_default();
        std::future::ready(Ok(Self(asked)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With two impls for one type nobody can tell which is meant: what derefs does not compile here.
    trait Sealed<Which> {
        fn holds() {}
    }
    impl<T> Sealed<()> for T {}
    impl<T: Deref> Sealed<u8> for T {}

    #[test]
    fn a_form_shows_its_fields_to_nobody() {
        <Form<Press> as Sealed<_>>::holds();
    }
}
