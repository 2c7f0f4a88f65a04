//! The verification provider: answering, slow, failing, lying, copying; and everything it leaves to the reviewers.

mod deciding;
mod failing;
mod results;
mod server;

use self::server::{Manner, Provider, SECRET};
use crate::support::portal::Portal;

/// Settings beside the provider's own.
type More<'a> = &'a [(&'a str, &'a str)];

async fn portal_with(provider: &Provider, more: More<'_>, postgresql: bool) -> Portal {
    let own = [
        ("EASYLINK_IDENTITY_URL", provider.url.as_str()),
        ("EASYLINK_IDENTITY_SECRET", SECRET),
        ("EASYLINK_OUTWARD_SECONDS", "1"),
    ];
    let all: Vec<(&str, &str)> = own.into_iter().chain(more.iter().copied()).collect();
    if postgresql { Portal::postgresql_with(&all).await } else { Portal::sqlite_with(&all).await }
}

/// The same on both databases, each with a provider of its own.
macro_rules! with_provider {
    (async fn $name:ident($portal:ident, $provider:ident $(, $setting:expr)*) $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn run($portal: crate::support::portal::Portal, $provider: crate::identity::provider::server::Provider) $body

            async fn begins(postgresql: bool) {
                let provider = crate::identity::provider::server::Provider::start(
                    crate::identity::provider::server::Manner::Says("verified", None),
                );
                let portal = crate::identity::provider::portal_with(&provider, &[$($setting),*], postgresql).await;
                run(portal, provider).await;
            }

            #[tokio::test]
            async fn sqlite() {
                begins(false).await;
            }

            #[tokio::test]
            async fn postgresql() {
                begins(true).await;
            }
        }
    };
}
use with_provider;

/// The status page of the account.
async fn status(who: &mut crate::support::entered::Entered) -> String {
    who.opens("/account/identity").await.text()
}
