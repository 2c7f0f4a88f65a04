//! The security check.

use actix_web::HttpResponse;
use askama::Template;

use super::super::Person;
use super::super::contact::{self, Waiting};
use super::super::passwords::PasswordClass;
use super::model::{Check, Weakness, days};
use super::queries;
use crate::base::types::Moment;
use crate::web::{Error, Shell, Visit, page};

#[derive(Template)]
#[template(path = "accounts/security.html")]
struct Show {
    shell: Shell,
    address: String,
    check: Check,
    weaknesses: Vec<Weakness>,
    /// The bound phone, masked.
    phone: Option<String>,
    /// Changes of phone or address that wait.
    waiting: Vec<Waiting>,
    now: Moment,
}

impl Show {
    fn strong(&self) -> bool {
        self.check.password.is_some_and(|set| set.class == PasswordClass::Strong)
    }

    fn age(&self, since: Moment) -> u64 {
        days(since, self.now)
    }
}

pub(super) async fn show(visit: Visit<Person>) -> Result<HttpResponse, Error> {
    let house = visit.house().clone();
    let offered = house.config.sends_texts();
    let (shell, (address, check, now, phone, waiting)) = visit
        .read(move |conn, person| {
            let mut check = queries::check(conn, person, &house.seen)?;
            let (keys, id) = (&person.ctx().keys, person.person_id());
            let phone = contact::phone_of(conn, keys, id)?.map(|phone| phone.masked());
            check.phone_missing = offered && !person.is_staff() && phone.is_none();
            let waiting = contact::waiting_of(conn, keys, id)?;
            Ok((person.session().address.clone(), check, person.now(), phone, waiting))
        })
        .await?;
    let weaknesses = check.weaknesses(now);
    page(Show { shell, address, check, weaknesses, phone, waiting, now })
}
