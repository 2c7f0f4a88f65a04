//! The tools of the tests.
#![allow(dead_code, reason = "a drawer of tools: some wait for their first use")]

/// Makes two tests of one body, one for each database:
/// `on_both!(async fn a_name(portal) { … })`; `portal` is a fresh `Portal`.
macro_rules! on_both {
    ($(#[$meta:meta])* async fn $name:ident($portal:ident) $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn run($portal: crate::support::portal::Portal) $body

            $(#[$meta])*
            #[tokio::test]
            async fn sqlite() {
                run(crate::support::portal::Portal::sqlite().await).await;
            }

            $(#[$meta])*
            #[tokio::test]
            async fn postgresql() {
                run(crate::support::portal::Portal::postgresql().await).await;
            }
        }
    };
}

pub mod browser;
pub mod checkers;
pub mod controls;
pub mod demo;
pub mod digest;
pub mod entered;
pub mod form;
pub mod gateway;
pub mod given;
pub mod measure;
pub mod mime;
pub mod page;
pub mod people;
pub mod portal;
pub mod postgres;
pub mod smtp;
pub mod until;
pub mod waiting;
