//! What the whole portal shares.

use std::sync::Arc;

use tokio::sync::Notify;

use super::feature::Feature;
use super::held::Seats;
use super::session::Seen;
use crate::base::clock::Clock;
use crate::base::config::Config;
use crate::base::crypto::{Hasher, Keys};
use crate::base::db::Db;
use crate::base::types::Moment;
use crate::services::context::{Author, AuthorKind, Context};
use crate::services::mail::Post;
use crate::services::sms::Gateway;
use crate::services::storage::{Darkroom, Storage};

/// The shared parts of a running portal; handlers reach them through `Visit::house`.
pub struct House {
    /// The settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The key ring.
    pub keys: Arc<Keys>,
    /// The workers that hash passwords.
    pub hasher: Hasher,
    /// The time.
    pub clock: Clock,
    /// The workers that decode and re-encode pictures.
    pub darkroom: Darkroom,
    /// Where files lie.
    pub storage: Storage,
    /// How mails leave.
    pub post: Post,
    /// How text messages leave.
    pub gateway: Gateway,
    /// Rung after a commit that may have written mails.
    pub mail_bell: Notify,
    /// The same for text messages.
    pub text_bell: Notify,
    /// When each session was last used, gathered until it is written.
    pub seen: Seen,
    /// Who sends pictures that are held in memory.
    pub seats: Seats,
    /// The rooms, in order.
    pub features: Vec<Feature>,
    /// The base URL without a slash at the end.
    pub base_url: Arc<str>,
}

impl House {
    /// The circumstances of what the portal does by itself, in its jobs.
    pub fn own_context(&self, now: Moment) -> Context {
        Context {
            now,
            keys: self.keys.clone(),
            base_url: self.base_url.clone(),
            network: "".into(),
            device: "".into(),
            author: Author::nobody(AuthorKind::System),
        }
    }

    /// Whether cookies carry `__Host-` and `Secure`.
    pub fn secure(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

impl std::fmt::Debug for House {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("House").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}
