//! A visit: one request by one kind of caller, and the verbs with which a handler serves it. Each verb runs one job on
//! the database: load the session, admit the actor, then the handler's closure. What an actor demands and does not
//! find becomes the right answer in one place.

mod ends;
mod listing;
mod verbs;

pub use ends::{Ended, Goto, Looked, LookedAt, Stop};
pub(super) use verbs::Met;

use std::marker::PhantomData;
use std::sync::Arc;

use actix_session::{Session, SessionExt};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use super::asked::Asked;
use super::cookies;
use super::error::Error;
use super::forms::{Anchor, fresh};
use super::house::House;
use super::page::{Face, Flash, Place, Shell};
use super::rekey::Rekeyed;
use super::session::SessionRow;
use super::{assets, headers};
use crate::base::chance;
use crate::base::db::{Conn, Db, Fault};
use crate::base::types::Moment;
use crate::services::context::Context;

/// The one entry of the session cookie.
pub(crate) const REFERENCE: &str = "r";

/// Who may make a request. Implemented by those who know the callers; a handler names one in its signature.
pub trait Actor: Sized + Send + 'static {
    /// Whether this caller is one. What is missing is said by the error.
    fn admit(conn: &mut Conn, session: Option<&SessionRow>, asked: &Asked) -> Result<Self, Error>;
    /// Who is shown as signed in.
    fn face(&self) -> Option<Face>;
    /// The circumstances, with the author set.
    fn context(&self) -> &Context;
    /// Who is let in, for the list of routes.
    fn door() -> String;
}

/// An actor that may change something.
pub trait MayWrite: Actor {
    /// What must stand until the change does is held and read again, before the transaction touches anything else: what
    /// ended while it waited lets nobody through (SS4). Each actor says for itself what that is.
    fn hold(&self, conn: &mut Conn) -> Result<(), Error>;
}

/// An actor whose opening of a customer's object is recorded.
pub trait MayLook: Actor {}

/// The extractor of every page. It has only opened the cookie; nothing is known yet.
pub struct Visit<A> {
    req: HttpRequest,
    house: web::Data<House>,
    asked: Arc<Asked>,
    session: Session,
    actor: PhantomData<fn() -> A>,
}

impl<A: Actor> FromRequest for Visit<A> {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::of(req))
    }
}

impl<A: Actor> Visit<A> {
    fn of(req: &HttpRequest) -> Result<Self, Error> {
        let house = req.app_data::<web::Data<House>>().ok_or(Error::NotFound)?.clone();
        let session = req.get_session();
        let reference: Option<String> = session.get(REFERENCE).ok().flatten();
        // After a rotation of keys the browser gets its cookie under the new one.
        if let (Some(reference), Some(_)) = (&reference, req.extensions().get::<Rekeyed>()) {
            session.insert(REFERENCE, reference).map_err(Error::internal)?;
        }
        let asked = Asked::of(req, &house, reference);
        Ok(Self { req: req.clone(), house, asked, session, actor: PhantomData })
    }

    /// The shared parts of the portal.
    pub fn house(&self) -> &web::Data<House> {
        &self.house
    }

    /// What was asked.
    pub fn asked(&self) -> &Arc<Asked> {
        &self.asked
    }

    /// The request itself, for ranges and path parameters.
    pub fn request(&self) -> &HttpRequest {
        &self.req
    }

    /// Readies a page for a form that visitors may post: gives the browser a form cookie and the page its token.
    pub fn with_form(&self, mut shell: Shell) -> Shell {
        if shell.token.is_empty() {
            // A session that has ended leaves its reference in the browser, and a post is read by that one first.
            let left = self.asked.reference.clone().or_else(|| self.asked.jar.form.clone());
            let value = left.unwrap_or_else(|| {
                let value = chance::text(32, b"abcdefghijkmnpqrstuvwxyz23456789");
                cookies::lay(&self.req, cookies::FORM.set(self.asked.secure, &value));
                value
            });
            shell.token = fresh(&self.house.keys, &Anchor(value), (0, ""), self.asked.context.now).0;
            headers::private(&self.req);
        }
        shell
    }

    /// The shell of a page for whoever turned out to be here.
    fn shell(&self, face: Option<Face>) -> Shell {
        let asked = &self.asked;
        let flash = asked.jar.flash.as_deref().and_then(Flash::parse);
        if asked.jar.flash.is_some() {
            cookies::lay(&self.req, cookies::FLASH.end(asked.secure));
        }
        if face.is_none() && flash.is_none() {
            headers::public(&self.req);
        }
        let token = match (&face, &asked.reference) {
            (Some(face), Some(reference)) => {
                let owner = (face.person_id, face.account_number.as_str());
                fresh(&self.house.keys, &Anchor(reference.clone()), owner, asked.context.now).0
            }
            _ => String::new(),
        };
        Shell {
            flash,
            token,
            ..bare_shell(&self.house, &asked.path, face, &asked.request_id, asked.jar.choice.is_none())
        }
    }
}

/// Deletes the keys of posted forms after two days, in pieces.
pub async fn sweep(db: &Db, now: Moment) -> Result<(), Fault> {
    db.in_pieces(move |conn, most| super::queries::sweep_submissions(conn, now, most)).await
}

/// A shell without form or flash, for pages that no visit draws.
pub(super) fn bare_shell(
    house: &House,
    path: &str,
    face: Option<Face>,
    request_id: &str,
    cookie_notice: bool,
) -> Shell {
    let places = face.as_ref().map(|face| places(house, face, path)).unwrap_or_default();
    Shell {
        path: path.to_string(),
        face,
        places,
        flash: None,
        token: String::new(),
        cookie_notice,
        request_id: request_id.to_string(),
        style: assets::STYLE,
        icons: assets::ICONS,
        base_url: Arc::clone(&house.base_url),
        zone: house.config.zone.clone(),
        currency: house.config.currency.as_str().into(),
    }
}

/// The side navigation: the longest address that leads to this page is where one is.
fn places(house: &House, face: &Face, path: &str) -> Vec<Place> {
    let area = if face.staff { "/staff" } else { "/account" };
    let within = |href: &str| path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'));
    if !within(area) {
        return Vec::new();
    }
    let entries: Vec<_> = house
        .features
        .iter()
        .flat_map(|feature| feature.menu)
        .filter(|entry| within_area(entry.href, area))
        .filter(|entry| entry.roles.is_empty() || entry.roles.iter().any(|role| face.roles.contains(role)))
        .collect();
    // The area's own page lies above all others, and is the place of itself alone.
    let at = |href: &str| path == href || (href != area && within(href));
    let here = entries.iter().filter(|entry| at(entry.href)).map(|entry| entry.href.len()).max();
    let mut ordered = entries;
    ordered.sort_by_key(|entry| entry.position);
    ordered
        .into_iter()
        .map(|entry| Place { key: entry.key, href: entry.href, here: at(entry.href) && Some(entry.href.len()) == here })
        .collect()
}

fn within_area(href: &str, area: &str) -> bool {
    href == area || href.strip_prefix(area).is_some_and(|rest| rest.starts_with('/'))
}
