//! Every page, every time: the demo company is walked by a visitor, a customer and every role of the staff, and each
//! page is held to `rules` and to the Nu Html Checker. Looking changes nothing (CS2).

pub mod rules;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use easylink::app::server::routes;
use easylink::base::config::DatabaseUrl;

use crate::support::checkers::vnu;
use crate::support::digest::differing;
use crate::support::people::Visitor;
use crate::support::portal::Portal;
use crate::validation::unlisted;

/// Address before the @ of who walks, and where the walk begins.
pub const WALKERS: [(&str, &str); 11] = [
    ("visitor", "/"),
    ("customer@example.com", "/account"),
    ("company@example.com", "/account"),
    ("support@staff.example.com", "/staff"),
    ("consultant@staff.example.com", "/staff"),
    ("reviewer@staff.example.com", "/staff"),
    ("finance@staff.example.com", "/staff"),
    ("editor@staff.example.com", "/staff"),
    ("privacy@staff.example.com", "/staff"),
    ("auditor@staff.example.com", "/staff"),
    ("admin@staff.example.com", "/staff"),
];

/// Pages of one kind (one route, with or without a query) that one walker opens.
const OF_A_KIND: usize = 3;
const MOST: usize = 250;

/// Pages that no link leads to: for machines, steps that begin with a form, and what the demo has none of.
const UNLINKED: [&str; 42] = [
    // From an entry beyond those of its kind that one walker opens.
    "/staff/statements/{number}/sending",
    "/account/remittances/{number}/payment-request",
    "/staff/statements/next",
    // Only who was signed out, or has to prove anew who they are, is led there.
    "/account/kept",
    "/account/step-up",
    "/invitations/{token}",
    "/staff/login",
    "/account/tickets/{number}/files/{file}",
    "/staff/tickets/{number}/files/{file}",
    "/healthz",
    "/readyz",
    "/robots.txt",
    "/.well-known/change-password",
    "/.well-known/security.txt",
    "/.well-known/gpc.json",
    "/dev/mailbox",
    "/register/verify",
    "/login/verify",
    "/password/reset",
    "/login/totp",
    "/login/totp/recovery",
    "/login/totp/lost",
    "/login/totp/lost/pictures",
    "/recoveries/{number}/{token}",
    "/staff/recoveries/{number}",
    "/staff/recoveries/{number}/pictures/{file}",
    "/account/security/totp/end",
    "/account/security/totp/codes",
    "/password/not-me/{token}",
    "/unlock/finish",
    "/account/security/code",
    "/account/security/phone/replacement",
    "/account/security/phone/removal",
    "/staff/activation/{token}",
    "/leave",
    "/privacy/versions/{number}",
    "/staff/receiving/{number}/closure",
    "/staff/customers/{number}/lock",
    // Where only a form or a mail leads.
    "/account/identity/guardian",
    "/account/identity/{number}/check",
    "/identity/contact/{token}",
    "/identity/contact-answered",
];

/// A page that was opened on a walk.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its route.
    pub route: String,
    /// Its path and query.
    pub path: String,
    /// Whether it is a page, not a file.
    pub page: bool,
}

/// What a walk brought home.
#[derive(Default)]
pub struct Walk {
    pub seen: Vec<Seen>,
    pub faults: Vec<String>,
}

/// The routes that are read, those without parameters first.
pub fn patterns(portal: &Portal) -> Vec<&'static str> {
    let mut all: Vec<_> = routes(&portal.house)
        .iter()
        .flat_map(|route| route.listed().to_vec())
        .filter(|listed| listed.method == "GET")
        .map(|listed| listed.path)
        .collect();
    all.sort_by_key(|path| path.matches('{').count());
    all
}

fn pattern_of(patterns: &[&'static str], path: &str) -> Option<&'static str> {
    let path = path.split('?').next().unwrap_or_default();
    let fits = |pattern: &str| {
        let (own, asked): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
        own.len() == asked.len()
            && own.iter().zip(&asked).all(|(own, asked)| own == asked || (own.starts_with('{') && !asked.is_empty()))
    };
    patterns.iter().copied().find(|pattern| fits(pattern))
}

/// Whoever walks, at a browser.
pub async fn walker(portal: &Portal, who: &str) -> Visitor {
    if who == "visitor" { portal.visitor() } else { portal.returns(who).await.visitor }
}

/// Follows every link from `start`; `check` also asks the Nu Html Checker.
pub async fn walk(portal: &Portal, visitor: &mut Visitor, signed_in: bool, start: &str, check: bool) -> Walk {
    let patterns = patterns(portal);
    let mut walk = Walk::default();
    let mut waiting: VecDeque<(String, String)> = [(start.to_owned(), "the start".to_owned())].into();
    if start != "/" {
        waiting.push_back(("/".to_owned(), "the start".to_owned()));
    }
    let mut known: BTreeSet<String> = waiting.iter().map(|(path, _)| path.clone()).collect();
    let mut kinds: BTreeMap<(String, bool), usize> = BTreeMap::new();
    while let Some((path, from)) = waiting.pop_front() {
        let Some(pattern) = pattern_of(&patterns, &path) else {
            walk.faults.push(format!("{path}, linked on {from}, is no route"));
            continue;
        };
        let count = kinds.entry((pattern.to_owned(), path.contains('?'))).or_default();
        *count += 1;
        if *count > OF_A_KIND || walk.seen.len() >= MOST {
            continue;
        }
        let page = visitor.gets(&path).await;
        let mut found = Vec::new();
        if let Some(to) = page.header("location").filter(|_| (300..400).contains(&page.status)) {
            found.push(page.reach(to));
        } else if page.status == 403 && from.starts_with("/privacy") && path == "/account/tickets/new?category=privacy"
        {
            // The policy is one text for everybody, and speaks to customers.
            continue;
        } else if page.status != 200 {
            walk.faults.push(format!("{path}, linked on {from}: {}", page.status));
            continue;
        }
        let html = page.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
        if html && page.status == 200 {
            let read = rules::read(&page, signed_in);
            walk.faults.extend(read.faults.into_iter().map(|fault| format!("{path}: {fault}")));
            found.extend(read.links);
            walk.faults.extend(unlisted(&page).into_iter().map(|fault| format!("{path}: {fault}")));
            if check {
                walk.faults.extend(vnu(&page.html).await.into_iter().map(|fault| format!("{path}: {fault}")));
            }
        } else {
            walk.faults.extend(rules::headers(&page).into_iter().map(|fault| format!("{path}: {fault}")));
        }
        if page.status == 200 {
            walk.seen.push(Seen { route: pattern.to_owned(), path: path.clone(), page: html });
        }
        for to in found {
            if known.insert(to.clone()) {
                waiting.push_back((to, path.clone()));
            }
        }
    }
    walk
}

on_both!(
    async fn every_page_of_the_demo_is_sound_and_looking_changes_nothing(portal) {
        portal.opens_the_demo().await;
        let mut walkers = Vec::new();
        for (who, start) in WALKERS {
            walkers.push((who, start, walker(&portal, who).await));
        }
        let mut other = portal.returns("wang.fang@example.com").await.visitor;
        let before = portal.digest().await;
        let (mut faults, mut reached) = (Vec::new(), BTreeSet::new());
        // The pages are the same ones on both databases.
        let check = matches!(portal.house.config.database_url, DatabaseUrl::Sqlite(_));
        for (who, start, visitor) in &mut walkers {
            let walk = walk(&portal, visitor, *who != "visitor", start, check).await;
            assert!(walk.seen.len() > 10, "{who} saw {:?}", walk.seen);
            faults.extend(walk.faults.into_iter().map(|fault| format!("{who} at {fault}")));
            for seen in walk.seen {
                // What belongs to a customer is not there for another one.
                if *who == "customer@example.com" && seen.route.starts_with("/account/") && seen.route.contains('{') {
                    let status = other.gets(&seen.path).await.status;
                    if status != 404 {
                        faults.push(format!("another customer at {}: {status}", seen.path));
                    }
                }
                reached.insert(seen.route);
            }
        }
        let missed = patterns(&portal).into_iter().filter(|path| !reached.contains(*path) && !UNLINKED.contains(path));
        faults.extend(missed.map(|path| format!("no link leads to {path}")));
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
        // A look of the staff into a customer's things leaves a record (PR5), and into a file of theirs a mark that the
        // next piece of it is the same look.
        let changed = differing(&before, &portal.digest().await);
        assert!(changed.iter().all(|table| table == "records" || table == "limits"), "looking changed {changed:?}");
    }
);
