//! Remittances: the path from a top-up to the credited balance, and every way off it.

mod ahead;
mod cases;
mod checking;
mod claims;
mod closing;
mod declaring;
mod desk;
mod dialects;
mod eyes;
mod finance;
mod held;
pub mod imports;
mod late;
mod mappings;
mod order;
mod own;
mod path;
mod payers;
mod previews;
mod proving;
mod queue;
mod ranges;
mod receiving;
mod reopened;
mod requests;
mod rows;
mod searching;
mod slips;
mod told;
mod trial;
mod voiding;
mod working;

use easylink::base::types::Money;
use easylink::features::identity::{IdentityMethod, NewResult, store};
use easylink::features::remittance;
use easylink::services::ledger;
use easylink::web::feature::StaffRole;
use futures_util::future::join;

use crate::ledger::holder;
use crate::support::entered::Entered;
use crate::support::form::FormInPage;
use crate::support::page::Page;
use crate::support::portal::Portal;

/// Three of finance, one receiving account that the first proposed and the second opened, and a verified customer.
pub struct Company {
    pub fay: Entered,
    pub finn: Entered,
    pub li: Entered,
}

pub async fn company(portal: &Portal) -> Company {
    let mut fay = portal.employs("Fay", &[StaffRole::Finance]).await;
    let mut finn = portal.employs("Finn", &[StaffRole::Finance]).await;
    let form = fay.opens("/staff/receiving/new").await.form("/staff/receiving/new").answered(&[
        ("bank_name", "Bank of Testing, Shanghai"),
        ("holder", "Easy Link Ltd"),
        ("account_number", "3100 0001 2345"),
    ]);
    let page = fay.submits(&form).await;
    assert!(page.text().contains("A colleague has to open it"), "{}", page.text());
    presses(&mut finn, "/staff/receiving", "/opening").await;
    let li = verified(portal, "li@example.com").await;
    Company { fay, finn, li }
}

/// The owner of an account whose real name was authenticated.
pub async fn verified(portal: &Portal, address: &str) -> Entered {
    let owner = portal.enters(address).await;
    let (ctx, account_id) = (portal.ctx(), owner.account_id);
    portal
        .write(move |conn| {
            let result = NewResult {
                account_id,
                case_id: None,
                name: "Li Ming",
                code: None,
                number: "330102199001010047",
                masked_number: "3************8",
                method: IdentityMethod::Document,
                decided_by_id: None,
                decided_at: ctx.now,
            };
            assert!(store(conn, &ctx.keys, &result, 100).unwrap());
        })
        .await;
    owner
}

/// Two instances do the work of a job at the same moment, past the lease that lets one of them alone begin.
pub async fn at_once(portal: &Portal, job: &str) {
    let feature = remittance::feature();
    let job = feature.jobs.iter().find(|one| one.name == job).unwrap();
    let now = portal.house.clock.now();
    let both = join((job.run)(portal.house.clone(), now), (job.run)(portal.house.clone(), now)).await;
    assert_eq!(both, (Ok(()), Ok(())));
}

/// Presses the first button of the page whose form's address ends like this.
pub async fn presses(who: &mut Entered, path: &str, ending: &str) -> Page {
    let page = who.opens(path).await;
    let action = page.forms().into_iter().find(|form| form.split('?').next().unwrap_or_default().ends_with(ending));
    let action = action.unwrap_or_else(|| panic!("no form {ending} in {:?}: {}", page.forms(), page.text()));
    who.submits(&page.form(&action)).await
}

/// Opens a top-up and answers its reference.
pub async fn tops_up(customer: &mut Entered, amount: &str) -> String {
    let form = customer.opens("/account/remittances/new").await.form("/account/remittances/new").with("amount", amount);
    let page = customer.submits(&form).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page.path().split('?').next().unwrap().rsplit('/').next().unwrap().to_string()
}

/// The declaration form, filled in.
pub async fn declaration(customer: &mut Entered, number: &str) -> FormInPage {
    let path = format!("/account/remittances/{number}/declaration");
    customer.opens(&path).await.form(&path).answered(&[
        ("remitter", "Li Ming"),
        ("bank", "ICBC, Shanghai"),
        ("kind", "card"),
        ("bank_number", "4111 1111 1111 1111"),
        ("remitted_on", "2026-11-22"),
    ])
}

/// Sends a declaration that is right; answers the page with the answers.
pub async fn checks(customer: &mut Entered, form: &FormInPage) -> Page {
    let page = customer.posts(form).await;
    assert_eq!((page.status, page.h1().as_str()), (200, "Check your answers"), "{}", page.text());
    page
}

/// Sends a declaration, checks the answers and declares them.
pub async fn sends(customer: &mut Entered, form: &FormInPage) -> Page {
    let check = checks(customer, form).await.form(&form.action);
    let page = customer.submits(&check.pressing("Declare remittance")).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page
}

/// Declares the transfer of a top-up.
pub async fn declares(customer: &mut Entered, number: &str) -> Page {
    let form = declaration(customer, number).await;
    sends(customer, &form).await
}

/// The form of a statement entry, filled in.
pub async fn entry(officer: &mut Entered, amount: &str, text: &str, serial: &str) -> FormInPage {
    let page = officer.opens("/staff/statements/new").await;
    let form = page.form("/staff/statements/new");
    let receiving = page.attribute("select[name=receiving] option:last-child", "value").unwrap();
    form.answered(&[
        ("receiving", &receiving),
        ("booked_on", "2026-11-23"),
        ("amount", amount),
        ("remitter", "LI MING"),
        ("remitter_account", "6222020000000000018"),
        ("text", text),
        ("bank_serial", serial),
    ])
}

/// Types an entry in.
pub async fn enters_line(officer: &mut Entered, amount: &str, text: &str, serial: &str) {
    let form = entry(officer, amount, text, serial).await;
    let page = officer.submits(&form).await;
    assert_eq!((page.status, page.h1().as_str()), (200, "Statement entries"), "{}", page.text());
}

/// What the customer's wallet holds, and that the books are right.
pub async fn balance(portal: &Portal, customer: &Entered) -> Money {
    let account = customer.account_id;
    portal
        .read(move |conn| {
            assert_eq!(ledger::verify(conn).unwrap(), Vec::new());
            let holder = holder(conn, account);
            ledger::wallet_balance(conn, holder, "CNY").unwrap()
        })
        .await
}
