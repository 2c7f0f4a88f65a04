//! What the ways in need of a request besides its actor, ready to travel to the database.

use std::sync::Arc;

use actix_web::HttpResponse;
use jiff::tz::TimeZone;

use super::Visitor;
use super::letters::Facts;
use crate::services::context::Context;
use crate::web::asked::Asked;
pub(super) use crate::web::paths::see;
use crate::web::{Actor, Error, Flash, Shell, Visit};

#[derive(Clone)]
pub(super) struct Scene {
    pub asked: Arc<Asked>,
    zone: TimeZone,
}

impl Scene {
    pub(super) fn of<A: Actor>(visit: &Visit<A>) -> Self {
        Self { asked: Arc::clone(visit.asked()), zone: visit.house().config.zone.clone() }
    }

    /// The circumstances before anybody signed in.
    pub(super) fn ctx(&self) -> &Context {
        &self.asked.context
    }

    /// The zone in which letters tell the time.
    pub(super) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// What a letter may tell of this request.
    pub(super) fn facts(&self) -> Facts {
        Facts::of(self.ctx(), &self.zone)
    }
}

/// To the page that asks for a code, whoever came without the challenge that the code belongs to: another browser, or too
/// late. Who is signed in already needs no word.
pub(super) fn elsewhere(visit: &Visit<Visitor>, shell: &Shell, to: &str) -> Result<HttpResponse, Error> {
    if shell.signed_in() { Ok(see(to)) } else { visit.lead(to, Flash::CodeElsewhere) }
}

/// Where somebody goes who is signed in already.
pub(super) fn home(shell: &Shell) -> &'static str {
    if shell.is_staff() { "/staff" } else { "/account" }
}
