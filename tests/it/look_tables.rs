//! No table is cut: where its columns do not fit beside one another, each row is a card. Measured in the browser over the
//! demo's tables, from a phone to a wide window, with the widths of tablets and small laptops between.

use crate::crawl::walker;
use crate::support::browser::Browser;
use crate::support::portal::Portal;

/// 1024 is where the side navigation appears and takes its part of the width.
const WIDTHS: [u32; 7] = [320, 700, 768, 820, 1024, 1280, 1440];

/// Who reads which tables.
const TABLES: [(&str, &[&str]); 5] = [
    (
        "customer@example.com",
        &[
            "/account/balance",
            "/account/privacy",
            "/account/records",
            "/account/remittances",
            "/account/security/sessions",
            "/account/tickets",
            "/cookies",
        ],
    ),
    ("support@staff.example.com", &["/staff/tickets"]),
    (
        "finance@staff.example.com",
        &[
            "/staff/ledger",
            "/staff/remittances",
            "/staff/remittances?state=credited",
            "/staff/statements",
            "/staff/statements?state=credited",
            "/staff/statements?state=all",
        ],
    ),
    ("auditor@staff.example.com", &["/staff/audit"]),
    ("admin@staff.example.com", &["/staff/people"]),
];

#[tokio::test]
async fn no_table_is_cut_at_any_width() {
    let portal = Portal::sqlite().await;
    portal.opens_the_demo().await;
    let mut faults = Vec::new();
    for (who, paths) in TABLES {
        let visitor = walker(&portal, who).await;
        let browser = Browser::open(&portal.base).await;
        browser.takes_over(&visitor).await;
        for path in paths {
            browser.goto(path).await;
            for width in WIDTHS {
                browser.size(width, 900).await;
                let boxes = browser.table_boxes().await;
                assert!(!boxes.is_empty(), "{path} has no table");
                let cut = boxes.iter().filter(|(needed, given)| needed > given);
                faults.extend(cut.map(|(needed, given)| format!("{path} at {width}: {needed} px in {given}")));
            }
        }
    }
    assert!(faults.is_empty(), "{} tables are cut:\n{}", faults.len(), faults.join("\n"));
}
