//! THE list of rooms, in order: a room may use those above it, never those below.

use crate::features::{accounts, catalogue, help, identity, privacy, remittance, staff, tickets};
use crate::services::personal::PersonalData;
use crate::services::{consent, jobs, keyring, ledger, mail, marks, records, sms};
use crate::web::{self, Feature};

/// The rooms, in order.
pub fn features() -> Vec<Feature> {
    vec![
        accounts::feature(),
        staff::feature(),
        identity::feature(),
        help::feature(),
        catalogue::feature(),
        remittance::feature(),
        tickets::feature(),
        privacy::feature(),
    ]
}

/// Who owns which table: what services and the web floor hold, then every room.
pub fn personal() -> Vec<&'static PersonalData> {
    let mut all: Vec<&'static PersonalData> = vec![
        &records::PERSONAL,
        &consent::PERSONAL,
        &mail::PERSONAL,
        &sms::PERSONAL,
        &marks::PERSONAL,
        &jobs::PERSONAL,
        &keyring::PERSONAL,
        &ledger::PERSONAL,
        &web::PERSONAL,
    ];
    for feature in features() {
        all.extend(feature.personal);
    }
    all
}
