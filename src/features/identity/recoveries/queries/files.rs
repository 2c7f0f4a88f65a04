//! The pictures of recoveries, sealed.

use diesel::prelude::*;

use super::super::model::Recovery;
use crate::base::db::Conn;
use crate::base::db::schema::recovery_files;
use crate::base::types::{Moment, Number};
use crate::features::identity::cases::Picture;

/// Keeps a picture, sealed.
pub(in super::super) fn keep_file(
    conn: &mut Conn,
    recovery: &Recovery,
    picture: &Picture,
    sealed: Vec<u8>,
    now: Moment,
) -> QueryResult<()> {
    diesel::insert_into(recovery_files::table)
        .values((
            recovery_files::number.eq(&picture.number),
            recovery_files::recovery_id.eq(recovery.id),
            recovery_files::part.eq(picture.part),
            recovery_files::media_kind.eq(&picture.media_kind),
            recovery_files::size.eq(picture.size),
            recovery_files::sealed_bytes.eq(sealed),
            recovery_files::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// The pictures of a recovery.
pub(in super::super) fn pictures(conn: &mut Conn, recovery_id: i64) -> QueryResult<Vec<Picture>> {
    recovery_files::table
        .filter(recovery_files::recovery_id.eq(recovery_id))
        .order(recovery_files::id)
        .select((recovery_files::number, recovery_files::part, recovery_files::media_kind, recovery_files::size))
        .load(conn)
}

/// One picture with its sealed bytes.
pub(in super::super) fn sealed_picture(
    conn: &mut Conn,
    recovery_id: i64,
    number: &Number,
) -> QueryResult<Option<(Picture, Vec<u8>)>> {
    recovery_files::table
        .filter(recovery_files::recovery_id.eq(recovery_id))
        .filter(recovery_files::number.eq(number))
        .select((
            (recovery_files::number, recovery_files::part, recovery_files::media_kind, recovery_files::size),
            recovery_files::sealed_bytes,
        ))
        .first(conn)
        .optional()
}
