//! What happened in the demo company, told in the order in which it happened: lists go by it.

use std::cell::OnceCell;
use std::rc::Rc;

use crate::base::db::Conn;
use crate::base::types::Moment;
use crate::web::Error;

type Act<'a> = Box<dyn FnOnce(&mut Conn) -> Result<(), Error> + 'a>;

/// The steps of many stories.
#[derive(Default)]
pub(super) struct Tale<'a>(Vec<(Moment, Act<'a>)>);

impl<'a> Tale<'a> {
    /// Adds what happens at a moment.
    pub(super) fn at(&mut self, at: Moment, act: impl FnOnce(&mut Conn) -> Result<(), Error> + 'a) {
        self.0.push((at, Box::new(act)));
    }

    /// Lets it happen, oldest first; what happens at the same moment keeps its order.
    pub(super) fn tell(mut self, conn: &mut Conn) -> Result<(), Error> {
        self.0.sort_by_key(|(at, _)| *at);
        self.0.into_iter().try_for_each(|(_, act)| act(conn))
    }
}

/// What an earlier step of a story leaves for a later one.
#[derive(Clone)]
pub(super) struct Left<T>(Rc<OnceCell<T>>);

impl<T: Clone> Left<T> {
    pub(super) fn nothing() -> Self {
        Self(Rc::new(OnceCell::new()))
    }

    pub(super) fn leave(&self, thing: T) -> Result<(), Error> {
        self.0.set(thing).map_err(|_| Error::internal("a step of the demo was told twice"))
    }

    pub(super) fn take(&self) -> Result<T, Error> {
        self.0.get().cloned().ok_or_else(|| Error::internal("a step of the demo was told too early"))
    }
}
