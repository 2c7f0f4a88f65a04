//! The security check.

use actix_web::HttpResponse;
use askama::Template;

use super::super::Person;
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
    let (shell, (address, check, now)) = visit
        .read(move |conn, person| {
            let check = queries::check(conn, person, &house.seen)?;
            Ok((person.session().address.clone(), check, person.now()))
        })
        .await?;
    let weaknesses = check.weaknesses(now);
    page(Show { shell, address, check, weaknesses, now })
}
