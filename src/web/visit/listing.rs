//! `list`: a member of staff looks at a list. One record tells which list and what was asked of it, so that nobody's
//! things are gone through unseen.

use serde_json::Value;

use super::{MayLook, Visit};
use crate::base::db::{Conn, End};
use crate::services::records::{self, Entry, Event};
use crate::web::error::Error;
use crate::web::page::Shell;

impl<A: MayLook> Visit<A> {
    /// Reads a list, records that it was looked at, then answers. `what` names the list; `asked` is what it was narrowed
    /// to, as an object, or null.
    pub async fn list<T: Send + 'static>(
        &self,
        what: &'static str,
        asked: Value,
        f: impl FnOnce(&mut Conn, &A) -> Result<T, Error> + Send + 'static,
    ) -> Result<(Shell, T), Error> {
        let (shell, (data, ctx)) = self.read(move |conn, actor| Ok((f(conn, actor)?, actor.context().clone()))).await?;
        let entry = Entry::new(Event::Listed).about(what).with(asked);
        let kept = self.house.db.write(move |conn| match records::keep(conn, &ctx, entry) {
            Ok(()) => End::Keep(Ok(())),
            Err(fault) => End::Undo(Err(Error::from(fault))),
        });
        kept.await??;
        Ok((shell, data))
    }
}
