//! The room's addresses.

use super::{aml, balance, confirming, desk, entries, payers, proving, receiving, requests, statements, top_ups};
use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("/account/balance").get(balance::show),
        route("/account/remittances").get(top_ups::list),
        route("/account/remittances/new").get(top_ups::new).post(top_ups::create),
        route("/account/remittances/claim")
            .get(top_ups::claim_form)
            .upload(top_ups::claim_do, top_ups::DECLARATION_BYTES),
        route("/account/remittances/proof").get(proving::ask).post(proving::create),
        route("/account/remittances/{number}").get(top_ups::show),
        route("/account/remittances/{number}/declaration")
            .get(top_ups::declare_form)
            .upload(top_ups::declare_do, top_ups::DECLARATION_BYTES),
        route("/account/remittances/{number}/withdrawal").get(top_ups::withdraw_ask).post(top_ups::withdraw_do),
        route("/account/remittances/{number}/settlement").get(top_ups::settle_ask).post(top_ups::settle_do),
        route("/account/remittances/{number}/payment-request").get(requests::show).post(requests::create),
        route("/account/remittances/{number}/slip").get(top_ups::download),
        route("/account/payers").get(payers::show),
        route("/account/payers/reference").post(payers::reference_do).form_at("/account/payers"),
        route("/account/payers/new").get(payers::new).post(payers::create),
        route("/account/payers/{number}/removal").get(payers::remove_ask).post(payers::remove_do),
        route("/staff/remittances").get(confirming::list),
        route("/staff/remittances/{number}").get(confirming::show),
        route("/staff/remittances/{number}/slip").get(confirming::download),
        route("/staff/remittances/{number}/confirmation")
            .post(confirming::confirm_do)
            .form_at("/staff/remittances/{number}"),
        route("/staff/remittances/{number}/refusal").post(confirming::refuse_do).form_at("/staff/remittances/{number}"),
        route("/staff/statements").get(entries::list),
        route("/staff/statements/new").get(entries::new).post(entries::create),
        route("/staff/statements/imports").get(statements::list),
        route("/staff/statements/imports/new").get(statements::new).upload(statements::create, statements::POST_BYTES),
        route("/staff/statements/imports/{number}").get(statements::show),
        route("/staff/statements/imports/{number}/mapping").get(statements::edit).post(statements::update),
        route("/staff/statements/imports/{number}/reading").get(statements::reading).post(statements::reread),
        route("/staff/statements/imports/{number}/import")
            .post(statements::import_do)
            .form_at("/staff/statements/imports/{number}"),
        route("/staff/statements/imports/{number}/dropping")
            .post(statements::drop_do)
            .form_at("/staff/statements/imports/{number}"),
        route("/staff/statements/next").get(desk::next),
        route("/staff/statements/{number}").get(desk::show),
        route("/staff/statements/{number}/credit").post(desk::credit_do).form_at("/staff/statements/{number}"),
        route("/staff/statements/{number}/split").get(desk::split_ask).post(desk::split_do),
        route("/staff/statements/{number}/decision").get(desk::ask).post(desk::decide_do),
        route("/staff/statements/{number}/sending").get(desk::sending_ask).post(desk::sending_do),
        route("/staff/statements/{number}/voiding").get(entries::void_ask).post(entries::void_do),
        route("/staff/decisions").get(desk::list),
        route("/staff/decisions/{number}/agreement").post(desk::agree_do).form_at("/staff/decisions"),
        route("/staff/decisions/{number}/refusal").post(desk::refuse_do).form_at("/staff/decisions"),
        route("/staff/aml").get(aml::list),
        route("/staff/aml/cases.csv").get(aml::sheet),
        route("/staff/aml/{number}/clearance").get(aml::clear_ask).post(aml::clear_do),
        route("/staff/aml/{number}/report").get(aml::report_ask).post(aml::report_do),
        route("/staff/aml/rules/{name}").get(aml::rule_ask).post(aml::rule_do),
        route("/staff/aml/rules/{name}/agreement").post(aml::rule_agree).form_at("/staff/aml"),
        route("/staff/aml/rules/{name}/refusal").post(aml::rule_refuse).form_at("/staff/aml"),
        route("/staff/receiving").get(receiving::list),
        route("/staff/receiving/new").get(receiving::new).post(receiving::create),
        route("/staff/receiving/{number}/opening").post(receiving::opening).form_at("/staff/receiving"),
        route("/staff/receiving/{number}/closure").get(receiving::closure_ask).post(receiving::closure),
        route("/staff/proofs").get(proving::list),
        route("/staff/proofs/{number}").get(proving::show),
        route("/staff/proofs/{number}/recording").post(proving::record).form_at("/staff/proofs/{number}"),
        route("/staff/ledger").get(balance::ledger),
        route("/staff/ledger/trial-balance").get(balance::trial),
        route("/staff/ledger/trial-balance.csv").get(balance::trial_csv),
    ]
}
