//! The payment request: a page to print.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::moves;
use super::queries::{self, PaymentRequest};
use crate::base::types::Moment;
use crate::features::accounts::{Billing, Member, Owner};
use crate::features::identity::{self, Verified};
use crate::features::remittance::model::RemittanceState;
use crate::features::remittance::top_ups::{self, Knot, TopUp, number_in};
use crate::features::remittance::transfer_code::TransferCode;
use crate::web::forms::Form;
use crate::web::{Error, Flash, Goto, Press, Shell, Visit, page};

#[derive(Template)]
#[template(path = "remittance/requests/show.html")]
struct Show {
    shell: Shell,
    request: PaymentRequest,
    top_up: TopUp,
    /// The account that the money is for.
    account: String,
    /// Who pays: the authenticated name, while one stands.
    payer: Option<String>,
    code: Option<TransferCode>,
    /// When another account than before came to stand here, UTC: a sheet that was printed before names the old one.
    changed_at: Option<Moment>,
}

impl Show {
    /// Whether something is still to be paid.
    fn payable(&self) -> bool {
        matches!(
            self.top_up.state,
            RemittanceState::Open | RemittanceState::Declared | RemittanceState::Partial | RemittanceState::Refused
        )
    }
}

pub(in crate::features::remittance) async fn show(
    visit: Visit<Member<(Owner, Billing)>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let (shell, (request, top_up, account, payer, changed_at)) = visit
        .read(move |conn, member| {
            let top_up = top_ups::of_account(conn, member, &number)?.ok_or(Error::NotFound)?;
            let request = queries::of(conn, &top_up)?.ok_or_else(|| Error::GoFirst(top_up.address("").into()))?;
            let payer = identity::name_of(conn, member.keys(), member.account_id())?;
            let moved = |knot: &&Knot| knot.redirected && knot.at > request.issued_at;
            let changed_at = top_ups::knots(conn, member.ctx(), &top_up)?.iter().find(moved).map(|knot| knot.at);
            Ok((request, top_up, member.account_number().to_string(), payer, changed_at))
        })
        .await?;
    let code = TransferCode::of(&top_up);
    page(Show { shell, request, top_up, account, payer, code, changed_at })
}

pub(in crate::features::remittance) async fn create(
    visit: Visit<Verified<Member<(Owner, Billing)>>>,
    path: Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let zone = visit.house().config.zone.clone();
    let ended = visit.write(&form, move |conn, member, _| {
        moves::issue(conn, member, &number, &zone)?;
        let here = format!("/account/remittances/{}/payment-request", number.as_str());
        Ok(Goto::to(here).saying(Flash::PaymentRequestIssued))
    });
    ended.await?.or_fail(Error::Conflict)
}
