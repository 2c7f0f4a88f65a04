//! The help centre's articles by topic.

mod pages;
mod queries;

pub(super) use pages::{list, show};
pub(super) use queries::add;

crate::base::types::text_enum! {
    /// Where an article stands.
    pub enum Topic {
        /// First steps.
        Start = "start",
        /// Sign-in, security, members, real name.
        Account = "account",
        /// Remittances, balance, prices.
        Money = "money",
        /// Products in use.
        Service = "service",
        /// Work orders and contact.
        Support = "support",
        /// Personal information.
        Privacy = "privacy",
    }
}

crate::base::types::text_enum! {
    /// Whether an article is read by visitors.
    pub(super) enum ArticleState {
        /// Not yet.
        Draft = "draft",
        /// It is.
        Published = "published",
    }
}
