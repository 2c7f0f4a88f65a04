//! Proving who somebody is by a password: the candidate is read and the guess counted in one transaction, compared on
//! the hasher's threads, and acted on in another, if what was read still stands.

use super::queries;
use crate::base::crypto::{Full, Hasher, Secret, Verdict};
use crate::base::db::Conn;
use crate::base::types::Address;
use crate::web::Error;
use crate::web::session::PersonKind;

/// Somebody who may be who they say they are. There is one for every address, known or not.
#[derive(Clone)]
pub struct Candidate(pub(super) Option<Known>);

#[derive(Clone, diesel::Queryable)]
pub(super) struct Known {
    pub person_id: i64,
    pub subject_id: i64,
    pub password_hash: Option<String>,
}

/// A person whose password was right. Only the hasher makes one.
pub struct Proven {
    /// The person.
    pub person_id: i64,
    /// Whose key seals what is kept about the person.
    pub subject_id: i64,
    old: String,
    new: Option<String>,
}

/// The candidate for an address; only those who may sign in can be proved.
pub fn candidate(conn: &mut Conn, kind: PersonKind, address: &Address) -> diesel::QueryResult<Candidate> {
    Ok(Candidate(queries::known(conn, kind, address)?))
}

impl Candidate {
    /// The person, when there is one who may sign in.
    pub fn person_id(&self) -> Option<i64> {
        self.0.as_ref().map(|known| known.person_id)
    }

    /// The person's subject.
    pub fn subject_id(&self) -> Option<i64> {
        self.0.as_ref().map(|known| known.subject_id)
    }

    /// Compares the password. Without a person, or without a password, a dummy of the same cost is compared.
    pub async fn prove(&self, hasher: &Hasher, password: Secret) -> Result<Option<Proven>, Error> {
        let stored = self.0.as_ref().and_then(|known| known.password_hash.clone());
        let verdict = hasher.verify(password, stored.clone()).await.map_err(busy)?;
        Ok(match (verdict, &self.0, stored) {
            (Verdict::Right { rehash }, Some(known), Some(old)) => {
                Some(Proven { person_id: known.person_id, subject_id: known.subject_id, old, new: rehash })
            }
            _ => None,
        })
    }
}

impl Proven {
    /// Whether the proof still stands: same password, still allowed in. Stores the hash anew when its parameters have
    /// moved on.
    pub fn redeem(&self, conn: &mut Conn) -> diesel::QueryResult<bool> {
        queries::redeem(conn, self.person_id, &self.old, self.new.as_deref().unwrap_or(&self.old))
    }
}

/// Too many passwords are being hashed: 503.
pub(super) fn busy(full: Full) -> Error {
    Error::Unavailable(full.to_string())
}
