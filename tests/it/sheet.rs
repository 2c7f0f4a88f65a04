//! What every page looks like: in the browser, one page of every route for each side of the portal is held to axe-core
//! (WCAG 2.2 AA) in both schemes, narrow and wide, and to a width of 320 px; its pictures go to the contact sheet
//! `target/screenshots/sheet/index.html`. `EASYLINK_TEST_SHEET=1` draws it in every width.

use std::collections::HashSet;
use std::fmt::Write;

use crate::crawl::{WALKERS, walk, walker};
use crate::support::browser::Browser;
use crate::support::given::asked_for;
use crate::support::measure::screenshots;
use crate::support::portal::Portal;

/// Width and height, and whether it is dark, of the pictures.
const FEW: [(u32, bool); 2] = [(360, true), (1280, false)];
const MANY: [(u32, bool); 6] = [(360, false), (360, true), (768, false), (768, true), (1280, false), (1280, true)];
/// Where axe-core looks.
const CHECKED: [(u32, bool); 4] = [(360, false), (360, true), (1280, true), (1280, false)];

/// A page of the sheet.
struct Sheeted {
    who: &'static str,
    path: String,
    pictures: Vec<String>,
}

/// A file name for a page.
fn name(who: &str, path: &str) -> String {
    let who = who.split('@').next().unwrap_or_default();
    let words: String = path.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' }).collect();
    format!("{who}{}", words.trim_end_matches('-'))
}

/// Looks at one page and says what is wrong with it.
async fn look(browser: &Browser, who: &'static str, route: &str, path: &str) -> (Sheeted, Vec<String>) {
    let mut faults = Vec::new();
    browser.goto(path).await;
    browser.size(320, 640).await;
    let needed = browser.scroll_width().await;
    if needed > 320 {
        faults.push(format!("{who} at {path}: scrolls sideways, {needed} px at 320"));
    }
    let wanted: &[(u32, bool)] = if asked_for("EASYLINK_TEST_SHEET") { &MANY } else { &FEW };
    let mut pictures = Vec::new();
    let mut settings: Vec<(u32, bool)> = CHECKED.to_vec();
    settings.extend(wanted.iter().filter(|setting| !CHECKED.contains(setting)));
    for (width, dark) in settings {
        browser.size(width, 900).await;
        browser.dark(dark).await;
        let scheme = if dark { "dark" } else { "light" };
        if CHECKED.contains(&(width, dark)) {
            for violation in browser.axe().await {
                let places = violation.places.join("\n    ");
                let (rule, help) = (violation.rule, violation.help);
                faults.push(format!("{who} at {path}, {width} {scheme}: {rule}, {help}\n    {places}"));
            }
        }
        if wanted.contains(&(width, dark)) {
            let kept = format!("{}-{width}-{scheme}", name(who, route));
            let picture = browser.screenshot(&format!("sheet/{kept}")).await;
            if std::fs::metadata(&picture).unwrap().len() < 3000 {
                faults.push(format!("{who} at {path}, {width} {scheme}: the picture is empty"));
            }
            pictures.push(format!("{kept}.png"));
        }
    }
    (Sheeted { who, path: path.to_owned(), pictures }, faults)
}

/// Writes the contact sheet.
fn bind(pages: &[Sheeted]) {
    let mut html = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Contact sheet · Easy Link</title>\
         <style>body{font:14px sans-serif;margin:1rem}section{display:flex;gap:1rem;flex-wrap:wrap;align-items:start}\
         img{max-width:30rem;max-height:40rem;border:1px solid #999}</style><h1>Contact sheet</h1>",
    );
    for page in pages {
        let _ = write!(html, "<h2>{} · <code>{}</code></h2><section>", page.who, page.path);
        for picture in &page.pictures {
            let _ =
                write!(html, "<a href=\"{picture}\"><img src=\"{picture}\" alt=\"{picture}\" loading=\"lazy\"></a>");
        }
        html.push_str("</section>");
    }
    std::fs::write(screenshots().join("sheet/index.html"), html).unwrap();
}

#[tokio::test]
async fn every_kind_of_page_is_accessible_fits_and_is_pictured() {
    let portal = Portal::sqlite().await;
    portal.opens_the_demo().await;
    let (mut faults, mut sheet, mut known) = (Vec::new(), Vec::new(), HashSet::new());
    for (who, start) in WALKERS {
        let mut visitor = walker(&portal, who).await;
        let side = if who == "visitor" { "visitor" } else { start };
        let walk = walk(&portal, &mut visitor, who != "visitor", start, false).await;
        let browser = Browser::open(&portal.base).await;
        browser.takes_over(&visitor).await;
        for seen in walk.seen {
            let own = seen.route.starts_with("/account") || seen.route.starts_with("/staff");
            // The desk differs by role; other pages of the staff, and public ones, do not.
            let again = if seen.route == "/staff" {
                !known.insert((who, seen.route.clone()))
            } else {
                !known.insert((side, seen.route.clone()))
            };
            if !seen.page || again || (!own && side != "visitor" && seen.route != "/") {
                continue;
            }
            let (page, found) = look(&browser, who, &seen.route, &seen.path).await;
            faults.extend(found);
            sheet.push(page);
        }
    }
    bind(&sheet);
    assert!(sheet.len() > 30, "only {} pages were looked at", sheet.len());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
