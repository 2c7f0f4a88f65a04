//! Serving attached files to those who may read the work order.

use actix_web::{HttpResponse, web};

use super::queries::{self, Attached};
use crate::base::types::Number;
use crate::features::accounts::{Any, Member};
use crate::features::staff::{Auditor, Staff, Support, is_own};
use crate::web::downloads::{asked_range, serve};
use crate::web::visit::Looked;
use crate::web::{Actor, Error, Visit};

/// The two numbers of a file's address.
fn numbers(path: &(String, String)) -> Result<(Number, Number), Error> {
    let ticket = Number::parse('T', &path.0).ok_or(Error::NotFound)?;
    let file = Number::parse('F', &path.1).ok_or(Error::NotFound)?;
    Ok((ticket, file))
}

pub(in crate::features::tickets) async fn show(
    visit: Visit<Member<Any>>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Error> {
    let (ticket, file) = numbers(&path)?;
    let (_, file) = visit.read(move |conn, member| Ok(queries::of_customer(conn, member, &ticket, &file)?)).await?;
    Ok(send(&visit, &file).await)
}

pub(in crate::features::tickets) async fn show_to_staff(
    visit: Visit<Staff<(Support, Auditor)>>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Error> {
    let (ticket, file) = numbers(&path)?;
    let (_, file) = visit
        .look("attachment", move |conn, officer| {
            let (account_id, attached) = queries::of_staff(conn, officer, &ticket, &file)?;
            if is_own(conn, officer.person_id(), account_id)? {
                return Err(Error::Forbidden);
            }
            Ok((Looked::at(account_id, ticket.as_str()).file(file.as_str()), attached))
        })
        .await?;
    Ok(send(&visit, &file).await)
}

async fn send<A: Actor>(visit: &Visit<A>, file: &Attached) -> HttpResponse {
    let range = asked_range(visit.request());
    serve(&visit.house().storage, &file.storage_key, file.bytes, file.kind, &file.name, range).await
}
