//! The case that an address names, and whether it may go on.

use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::accounts::{Customer, Member, Owner};
use crate::features::identity::cases::{self, Case, IdentityMethod, Picture};
use crate::features::identity::consents::{Question, Terms};
use crate::web::{Error, Shell, Visit};

/// A case of the account, with its pictures.
pub(super) struct Own {
    pub case: Case,
    pub pictures: Vec<Picture>,
}

/// The number in the address; anything else is nothing.
pub(super) fn number_in(path: &str) -> Result<Number, Error> {
    Number::parse('K', path).ok_or(Error::NotFound)
}

/// The case, which this person began and which must still take answers.
pub(super) async fn answering(visit: &Visit<Member<Owner>>, path: &str) -> Result<(Shell, Own), Error> {
    let number = number_in(path)?;
    let (shell, own) = visit
        .read(move |conn, member| {
            let case = cases::begun(conn, member, &number)?.ok_or(Error::NotFound)?;
            let pictures = cases::pictures(conn, case.id)?;
            Ok(Own { case, pictures })
        })
        .await?;
    if own.case.state.takes_answers() { Ok((shell, own)) } else { Err(Error::GoFirst("/account/identity".into())) }
}

/// The first consent that this way lacks leads to its question.
pub(super) fn consented(
    conn: &mut Conn,
    member: &Customer,
    method: IdentityMethod,
    terms: &Terms,
) -> Result<(), Error> {
    match Question::unanswered(conn, member, method, terms)? {
        Some(question) => {
            Err(Error::GoFirst(format!("/account/identity/consent?question={question}&way={method}").into()))
        }
        None => Ok(()),
    }
}
