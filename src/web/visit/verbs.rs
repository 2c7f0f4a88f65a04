//! `admit`, `read`, `look`, `open`, `write`, `step`.

use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpMessage, HttpResponse};
use data_encoding::HEXLOWER;
use diesel::QueryResult;
use serde_json::{Value, json};

use super::ends::{Ended, Goto, Looked, LookedAt, Stop};
use super::{Actor, MayLook, MayWrite, REFERENCE, Visit};
use crate::base::crypto::Keys;
use crate::base::db::{Conn, End};
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};
use crate::web::asked::Asked;
use crate::web::cookies;
use crate::web::error::{Door, Error};
use crate::web::forms::{Errors, FieldError, Form, Opened, Stamp};
use crate::web::house::House;
use crate::web::page::{Face, Flash, Shell};
use crate::web::paths::location;
use crate::web::session::{PersonKind, SessionRow};
use crate::web::trail::Known;
use crate::web::{kept, limits, queries, session};

/// An error and, when the caller was admitted, who it met: so that the error page keeps its shell.
type Failed = Box<(Error, Option<Face>)>;
type Outcome<T> = Result<(Option<Face>, Finish<T>), Failed>;

enum Finish<T> {
    Done(T),
    Repeated(Option<String>, Option<String>),
    Again(Errors),
}

impl<A: Actor> Visit<A> {
    /// Only lets the caller in.
    pub async fn admit(&self) -> Result<Shell, Error> {
        Ok(self.read(|_, _| Ok(())).await?.0)
    }

    /// Reads for a page.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Conn, &A) -> Result<T, Error> + Send + 'static,
    ) -> Result<(Shell, T), Error> {
        let (asked, house) = (self.asked.clone(), self.house.clone());
        let job = move |conn: &mut Conn| -> Result<(Option<Face>, T), Failed> {
            let actor = admitted::<A>(conn, &asked, &house)?;
            let face = actor.face();
            match f(conn, &actor) {
                Ok(data) => Ok((face, data)),
                Err(error) => Err(Box::new((error, face))),
            }
        };
        let (face, data) = self.house.db.read(job).await?.map_err(|failed| self.met(failed))?;
        Ok((self.shell(face), data))
    }

    /// Opens one customer's object, or a file of it: reads, records the look with its reason, then answers.
    pub async fn look<T: Send + 'static>(
        &self,
        reason: &str,
        f: impl FnOnce(&mut Conn, &A) -> Result<(Looked, T), Error> + Send + 'static,
    ) -> Result<(Shell, T), Error>
    where
        A: MayLook,
    {
        let (shell, (looked, data, ctx)) = self
            .read(move |conn, actor| {
                let (looked, data) = f(conn, actor)?;
                Ok((looked, data, actor.context().clone()))
            })
            .await?;
        let details = json!({ "reason": reason, "file": looked.file });
        let kept = self.house.db.write(move |conn| match keep_look(conn, &ctx, &looked, details) {
            Ok(()) => End::Keep(Ok(())),
            Err(fault) => End::Undo(Err(Error::from(fault))),
        });
        kept.await??;
        Ok((shell, data))
    }

    /// A change: once only, in one transaction, answered by a redirect.
    pub async fn write<F: Send + Sync + 'static>(
        &self,
        form: &Form<F>,
        f: impl FnOnce(&mut Conn, &A, &F) -> Result<Goto, Stop> + Send + 'static,
    ) -> Result<Ended<HttpResponse, F>, Error>
    where
        A: MayWrite,
    {
        let (asked, house, sent) = (self.asked.clone(), self.house.clone(), form.clone());
        let job = move |conn: &mut Conn| -> End<Outcome<Goto>> {
            let stamp = sent.stamp();
            let (actor, before) = match held::<A>(conn, &asked, &house, stamp) {
                Ok(judged) => judged,
                Err(failed) => return End::Undo(Err(failed)),
            };
            let face = actor.face();
            if let Some(errors) = before {
                return End::Undo(Ok((face, Finish::Again(errors))));
            }
            let key = submitter(actor.context(), &asked);
            match queries::submit(conn, &key, &stamp.once, asked.context.now) {
                Ok(None) => {}
                Ok(Some((to, flash))) => return End::Undo(Ok((face, Finish::Repeated(to, flash)))),
                Err(fault) => return End::Undo(Err(Box::new((fault.into(), face)))),
            }
            match once_more(conn, &actor, sent.kept_post()) {
                Ok(true) => {}
                Ok(false) => return End::Undo(Err(Box::new((Error::Conflict, face)))),
                Err(fault) => return End::Undo(Err(Box::new((fault.into(), face)))),
            }
            match f(conn, &actor, &sent.opened()) {
                Ok(goto) => {
                    let flash = goto.flash.map(Flash::as_str);
                    match queries::submitted(conn, &key, &stamp.once, &goto.to, flash) {
                        Ok(()) => End::Keep(Ok((face, Finish::Done(goto)))),
                        Err(fault) => End::Undo(Err(Box::new((fault.into(), face)))),
                    }
                }
                Err(Stop::Counted(errors)) => match queries::unsubmit(conn, &key, &stamp.once) {
                    Ok(()) => End::Keep(Ok((face, Finish::Again(errors)))),
                    Err(fault) => End::Undo(Err(Box::new((fault.into(), face)))),
                },
                Err(Stop::Refused(errors)) => End::Undo(Ok((face, Finish::Again(errors)))),
                Err(Stop::Failed(error)) => End::Undo(Err(Box::new((error, face)))),
            }
        };
        let (face, finish) = self.house.db.write(job).await?.map_err(|failed| self.met(failed))?;
        self.house.mail_bell.notify_one();
        self.house.text_bell.notify_one();
        // What was done stands: a post that could not be forgotten goes within a day.
        if let Err(fault) = self.take_up(face.as_ref(), form.kept_post()).await {
            tracing::warn!(event = "kept_post_left", cause = %fault);
        }
        match finish {
            Finish::Done(goto) => Ok(Ended::Done(self.go(goto)?)),
            Finish::Repeated(to, flash) => {
                let mut goto = Goto::to(to.ok_or(Error::Conflict)?);
                goto.flash = flash.as_deref().and_then(Flash::parse);
                Ok(Ended::Done(self.go(goto)?))
            }
            Finish::Again(errors) => Ok(self.again(face, errors, form)),
        }
    }

    /// One transaction without a redirect: the first half of something that needs slow work in between.
    pub async fn step<F: Send + Sync + 'static, T: Send + 'static>(
        &self,
        form: &Form<F>,
        f: impl FnOnce(&mut Conn, &A, &F) -> Result<T, Stop> + Send + 'static,
    ) -> Result<Ended<T, F>, Error>
    where
        A: MayWrite,
    {
        let (asked, house, sent) = (self.asked.clone(), self.house.clone(), form.clone());
        let job = move |conn: &mut Conn| -> End<Outcome<T>> {
            let (actor, before) = match held::<A>(conn, &asked, &house, sent.stamp()) {
                Ok(judged) => judged,
                Err(failed) => return End::Undo(Err(failed)),
            };
            let face = actor.face();
            if let Some(errors) = before {
                return End::Undo(Ok((face, Finish::Again(errors))));
            }
            match f(conn, &actor, &sent.opened()) {
                Ok(data) => End::Keep(Ok((face, Finish::Done(data)))),
                Err(Stop::Counted(errors)) => End::Keep(Ok((face, Finish::Again(errors)))),
                Err(Stop::Refused(errors)) => End::Undo(Ok((face, Finish::Again(errors)))),
                Err(Stop::Failed(error)) => End::Undo(Err(Box::new((error, face)))),
            }
        };
        let (face, finish) = self.house.db.write(job).await?.map_err(|failed| self.met(failed))?;
        match finish {
            Finish::Done(data) => Ok(Ended::Done(data)),
            Finish::Again(errors) => {
                self.take_up(face.as_ref(), form.kept_post()).await?;
                Ok(self.again(face, errors, form))
            }
            Finish::Repeated(..) => Err(Error::Conflict),
        }
    }

    /// Opens a form for slow work before anything is changed.
    pub async fn open<F: Send + Sync + 'static>(&self, form: &Form<F>) -> Result<Ended<Opened<F>, F>, Error>
    where
        A: MayWrite,
    {
        let (asked, house, sent) = (self.asked.clone(), self.house.clone(), form.clone());
        let job = move |conn: &mut Conn| {
            judged::<A>(conn, &asked, &house, sent.stamp()).map(|(actor, before)| (actor.face(), before))
        };
        let (face, before) = self.house.db.read(job).await?.map_err(|failed| self.met(failed))?;
        let Some(errors) = before else { return Ok(Ended::Done(form.opened())) };
        self.take_up(face.as_ref(), form.kept_post()).await?;
        Ok(self.again(face, errors, form))
    }

    /// Draws an opened form again from outside a verb, for what only slow work could find.
    pub async fn refuse<T, F>(&self, form: Opened<F>, errors: Errors) -> Result<Ended<T, F>, Error> {
        let shell = self.with_form(self.admit().await?);
        self.take_up(shell.face.as_ref(), form.kept_post()).await?;
        Ok(Ended::Again(Box::new(shell), errors, form))
    }

    /// A kept post that came again is in its person's hands: it is not offered once more.
    async fn take_up(&self, face: Option<&Face>, handle: &str) -> Result<(), Error> {
        let Some(person) = face.map(|face| face.person_id).filter(|_| !handle.is_empty()) else { return Ok(()) };
        let handle = handle.to_string();
        let forgot = self.house.db.write(move |conn| match kept::forget(conn, person, &handle) {
            Ok(_) => End::Keep(Ok(())),
            Err(fault) => End::Undo(Err(Error::from(fault))),
        });
        forgot.await?
    }

    fn again<T, F>(&self, face: Option<Face>, errors: Errors, form: &Form<F>) -> Ended<T, F> {
        Ended::Again(Box::new(self.with_form(self.shell(face))), errors, form.opened())
    }

    /// To another page with a word why, where nothing was changed.
    pub fn lead(&self, to: &str, flash: Flash) -> Result<HttpResponse, Error> {
        self.go(Goto::to(to).saying(flash))
    }

    fn go(&self, goto: Goto) -> Result<HttpResponse, Error> {
        let secure = self.asked.secure;
        if let Some(new) = goto.enter {
            self.session.renew();
            self.session.insert(REFERENCE, &new.reference).map_err(Error::internal)?;
        }
        if let Some(flash) = goto.flash {
            cookies::lay(&self.req, cookies::FLASH.set(secure, flash.as_str()));
        }
        for (kept, value) in goto.cookies {
            let cookie = value.map_or_else(|| kept.end(secure), |value| kept.set(secure, &value));
            cookies::lay(&self.req, cookie);
        }
        let mut response = HttpResponse::SeeOther();
        response.insert_header((header::LOCATION, location(&goto.to)));
        if goto.leave {
            self.session.purge();
            response.insert_header(("Clear-Site-Data", "\"cache\", \"storage\""));
        }
        Ok(response.finish())
    }

    #[allow(clippy::boxed_local, reason = "it came boxed, to keep results small")]
    /// Leaves the shell's face where the error page finds it.
    fn met(&self, failed: Failed) -> Error {
        let (error, face): (Error, Option<Face>) = *failed;
        self.remember(face);
        error
    }

    /// Who is here, should what follows outside a verb end on the error page.
    pub(in crate::web) fn remember(&self, face: Option<Face>) {
        if let Some(face) = face {
            self.req.extensions_mut().insert(Met(face));
        }
    }
}

/// Within this time one session's pieces of one file are one look.
const ONE_LOOK: Duration = Duration::from_secs(3_600);

/// Counter and record stand in one transaction: of pieces asked for at once exactly one leaves the record.
fn keep_look(conn: &mut Conn, ctx: &Context, looked: &Looked, details: Value) -> QueryResult<()> {
    if let (Some(file), Some(session)) = (&looked.file, ctx.author.session_id) {
        let bucket = limits::bucket(&ctx.keys, "look", &[&session.to_string(), &looked.object, file]);
        if limits::pass(conn, &bucket, ONE_LOOK, ctx.now)?.is_err() {
            return Ok(());
        }
    }
    let entry = Entry::new(Event::Looked).about(&looked.object).with(details);
    let entry = match looked.of {
        LookedAt::Account(account_id) => entry.of_account(account_id),
        LookedAt::Person(person_id, subject_id) => entry.of_person(person_id, subject_id),
    };
    records::keep(conn, ctx, entry)
}

/// Who was met before an error.
pub(crate) struct Met(pub(crate) Face);

fn admitted<A: Actor>(conn: &mut Conn, asked: &Asked, house: &House) -> Result<A, Failed> {
    let found = session::load(conn, asked, &house.seen).map_err(|fault| Box::new((Error::from(fault), None)))?;
    if let Some(session) = &found {
        asked.caller.is(|| known(session, asked));
    }
    A::admit(conn, found.as_ref(), asked).map_err(|error| Box::new((error, found.as_ref().map(stranger))))
}

/// Who asks, for the log: nothing that tells a stranger who it is.
fn known(session: &SessionRow, asked: &Asked) -> Known {
    let roles = match &session.place {
        Some(place) => place.role.clone(),
        None => session.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" "),
    };
    Known { person: session.person_id, session: session.id, roles, network: asked.context.network.clone() }
}

/// Who stands before a door that is not theirs: enough to word the answer, and no rights.
fn stranger(session: &SessionRow) -> Face {
    Face {
        person_id: session.person_id,
        name: session.shown_name(),
        account: None,
        account_number: String::new(),
        staff: session.kind == PersonKind::Staff,
        roles: Vec::new(),
    }
}

/// A form that was drawn for another account writes nothing (A8).
fn admitted_for<A: Actor>(conn: &mut Conn, asked: &Asked, house: &House, stamp: &Stamp) -> Result<A, Failed> {
    let actor = admitted::<A>(conn, asked, house)?;
    let face = actor.face();
    let current = face.as_ref().map_or("", |face| face.account_number.as_str());
    if !stamp.account.is_empty() && !current.is_empty() && stamp.account != current {
        return Err(Box::new((Error::Conflict, face)));
    }
    Ok(actor)
}

/// Lets the caller in and judges whose form it is. With what is to be said where it comes back.
fn judged<A: Actor>(
    conn: &mut Conn,
    asked: &Asked,
    house: &House,
    stamp: &Stamp,
) -> Result<(A, Option<Errors>), Failed> {
    let actor = admitted_for::<A>(conn, asked, house, stamp)?;
    match of_before(&actor, stamp) {
        Ok(errors) => Ok((actor, errors)),
        Err(error) => Err(Box::new((error, actor.face()))),
    }
}

/// The same for a change: what it rests on is held.
fn held<A: MayWrite>(
    conn: &mut Conn,
    asked: &Asked,
    house: &House,
    stamp: &Stamp,
) -> Result<(A, Option<Errors>), Failed> {
    let (actor, before) = judged::<A>(conn, asked, house, stamp)?;
    match actor.hold(conn) {
        Ok(()) => Ok((actor, before)),
        Err(error) => Err(Box::new((error, actor.face()))),
    }
}

/// A form that the same person opened before signing in anew writes nothing either: it is shown again. Anybody else's is
/// refused.
fn of_before<A: Actor>(actor: &A, stamp: &Stamp) -> Result<Option<Errors>, Error> {
    if !stamp.of_before {
        return Ok(None);
    }
    match (actor.context().author.person_id, stamp.owner) {
        (Some(person), Some(owner)) if person == owner => Ok(Some(Errors::one("form", FieldError::SignedInAnew))),
        (None, Some(_)) => Err(Error::SignIn(Door::Customer)),
        _ => Err(Error::ExpiredForm),
    }
}

/// A kept post is taken up once, whatever its form's own key is; false when it was taken up or deleted before.
fn once_more<A: Actor>(conn: &mut Conn, actor: &A, handle: &str) -> QueryResult<bool> {
    match actor.context().author.person_id {
        Some(person) if !handle.is_empty() => kept::forget(conn, person, handle),
        _ => Ok(true),
    }
}

/// Whose once-only keys these are: the person's, else the browser's.
fn submitter(ctx: &Context, asked: &Asked) -> String {
    ctx.author.person_id.map_or_else(
        || {
            let browser = asked.jar.form.as_deref().unwrap_or_default();
            format!("b{}", short_hash(&ctx.keys, browser))
        },
        |person| format!("p{person}"),
    )
}

fn short_hash(keys: &Keys, text: &str) -> String {
    let hash = keys.hash("submitter", &[text.as_bytes()]);
    let bytes: &[u8] = hash.as_ref();
    HEXLOWER.encode(&bytes[..16])
}
