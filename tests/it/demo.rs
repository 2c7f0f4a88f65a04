//! The demo company: what happened in it, in the order in which it happened.

use diesel::prelude::*;
use easylink::base::db::schema::{ledger_transactions, records, tickets};
use easylink::base::types::Moment;

on_both! {
    async fn lists_of_the_demo_go_by_time(portal) {
        portal.opens_the_demo().await;
        let (told, booked, asked) = portal
            .read(|conn| {
                let told = records::table
                    .filter(records::event.like("remittance%").or(records::event.like("ticket%")))
                    .order(records::id)
                    .select(records::at)
                    .load::<Moment>(conn)
                    .unwrap();
                let booked = ledger_transactions::table.order(ledger_transactions::id).select(ledger_transactions::at);
                let asked = tickets::table.order(tickets::id).select(tickets::opened_at);
                (told, booked.load::<Moment>(conn).unwrap(), asked.load::<Moment>(conn).unwrap())
            })
            .await;
        for list in [told, booked, asked] {
            assert!(list.len() > 5 && list.is_sorted(), "{list:?}");
        }
    }
}
