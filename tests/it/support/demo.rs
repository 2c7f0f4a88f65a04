//! The demo company under test, and its people at their browsers.

use diesel::prelude::*;
use easylink::app::demo;
use easylink::base::db::schema::{memberships, people};

use super::entered::Entered;
use super::portal::Portal;

impl Portal {
    /// Fills this portal with the demo company.
    pub async fn opens_the_demo(&self) {
        demo::fill(&self.house).await.unwrap();
        self.run_jobs().await;
    }

    /// Somebody who has an account or works here already, signed in.
    pub async fn returns(&self, address: &str) -> Entered {
        let wanted = address.to_owned();
        let (person_id, account_id) = self
            .read(move |conn| {
                let person: i64 =
                    people::table.filter(people::address.eq(&wanted)).select(people::id).first(conn).unwrap();
                let account: Option<i64> = memberships::table
                    .filter(memberships::person_id.eq(person))
                    .select(memberships::account_id)
                    .first(conn)
                    .optional()
                    .unwrap();
                (person, account)
            })
            .await;
        let visitor = self.signed_in(person_id, account_id).await;
        Entered { visitor, person_id, account_id: account_id.unwrap_or(0), address: address.to_owned() }
    }
}
