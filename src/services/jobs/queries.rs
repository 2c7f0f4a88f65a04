//! Claiming a job for a while.

use std::time::Duration;

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::jobs;
use crate::base::types::Moment;
use crate::each;

/// Takes the job for `lease` when it is due (`every` after its last run) and nobody holds it.
pub fn claim(conn: &mut Conn, name: &str, every: Duration, lease: Duration, now: Moment) -> QueryResult<bool> {
    each!(conn, c => diesel::insert_into(jobs::table)
        .values((jobs::name.eq(name), jobs::claimed_until.eq(0_i64), jobs::ran_at.eq(0_i64), jobs::failures.eq(0_i64)))
        .on_conflict_do_nothing()
        .execute(c))?;
    let taken = diesel::update(
        jobs::table.find(name).filter(jobs::claimed_until.le(now)).filter(jobs::ran_at.le(now.minus(every))),
    )
    .set(jobs::claimed_until.eq(now.plus(lease)))
    .execute(conn)?;
    Ok(taken == 1)
}

/// Notes the end of a run and gives the job back.
pub fn done(conn: &mut Conn, name: &str, started: Moment, failed: bool) -> QueryResult<()> {
    diesel::update(jobs::table.find(name))
        .set((
            jobs::claimed_until.eq(0_i64),
            jobs::ran_at.eq(started),
            jobs::failures.eq(jobs::failures + i64::from(failed)),
        ))
        .execute(conn)?;
    Ok(())
}
