//! Payment requests, and the series that numbers them.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{payment_request_series, payment_requests};
use crate::base::types::{Moment, Money};
use crate::each;
use crate::features::remittance::actor::Steward;
use crate::features::remittance::top_ups::TopUp;

/// A payment request of a top-up.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct PaymentRequest {
    year: i64,
    sequence: i64,
    /// What was payable when it was issued.
    pub amount: Money,
    /// When it was issued, UTC.
    pub issued_at: Moment,
}

impl PaymentRequest {
    /// `PR-2026-000001`: its number in the series.
    pub fn number(&self) -> String {
        format!("PR-{}-{:06}", self.year, self.sequence)
    }
}

/// That of a top-up, if it was issued.
pub fn of(conn: &mut Conn, top_up: &TopUp) -> QueryResult<Option<PaymentRequest>> {
    payment_requests::table
        .filter(payment_requests::remittance_id.eq(top_up.id))
        .select((
            payment_requests::year,
            payment_requests::sequence,
            payment_requests::amount,
            payment_requests::issued_at,
        ))
        .first(conn)
        .optional()
}

/// The next number of a year. Nobody else takes one until this transaction ends, and none is lost when it fails.
fn next(conn: &mut Conn, year: i64) -> QueryResult<i64> {
    let first = (payment_request_series::year.eq(year), payment_request_series::last.eq(1));
    each!(conn, c => diesel::insert_into(payment_request_series::table)
        .values(first)
        .on_conflict(payment_request_series::year)
        .do_update()
        .set(payment_request_series::last.eq(payment_request_series::last + 1))
        .returning(payment_request_series::last)
        .get_result(c))
}

/// Keeps the payment request of a top-up; none when it has one, and then nothing of this transaction may stay.
pub(super) fn insert(
    conn: &mut Conn,
    steward: &impl Steward,
    top_up: &TopUp,
    year: i64,
) -> QueryResult<Option<PaymentRequest>> {
    let (sequence, now) = (next(conn, year)?, steward.ctx().now);
    let request = PaymentRequest { year, sequence, amount: top_up.rest(), issued_at: now };
    let row = (
        payment_requests::remittance_id.eq(top_up.id),
        payment_requests::year.eq(year),
        payment_requests::sequence.eq(sequence),
        payment_requests::amount.eq(request.amount),
        payment_requests::issued_by_id.eq(steward.person_id()),
        payment_requests::issued_at.eq(now),
    );
    let kept = each!(conn, c => diesel::insert_into(payment_requests::table)
        .values(row)
        .on_conflict(payment_requests::remittance_id)
        .do_nothing()
        .execute(c))?;
    Ok((kept == 1).then_some(request))
}
