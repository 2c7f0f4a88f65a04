//! What is stored of the account's real-name authentication, and what depends on it.

use actix_web::HttpResponse;
use askama::Template;

use super::queries::{IdentityResult, result_of};
use crate::features::accounts::{Any, Member};
use crate::web::{Error, Shell, Visit, page};

#[derive(Template)]
#[template(path = "identity/show.html")]
struct Show {
    shell: Shell,
    result: Option<IdentityResult>,
}

pub(super) async fn show(visit: Visit<Member<Any>>) -> Result<HttpResponse, Error> {
    let (shell, result) = visit.read(|conn, member| Ok(result_of(conn, member)?)).await?;
    page(Show { shell, result })
}
