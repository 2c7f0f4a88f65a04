//! Every route and every actor against one table (AZ1): who is let in, who is sent to which door, who is refused; and
//! that nothing is written without the token of the form or from another site (CS1).

mod table;

use std::collections::BTreeSet;

use diesel::prelude::*;
use easylink::app::server::routes;
use easylink::base::db::schema::identity_results;
use easylink::base::types::Number;
use easylink::features::accounts::MemberRole;
use easylink::web::feature::StaffRole;
use easylink::web::origin::SIGNED;
use easylink::web::routes::Listed;

use self::table::{Door, Finds, Row, TABLE};
use crate::support::digest::differing;
use crate::support::page::Page;
use crate::support::people::Visitor;
use crate::support::portal::Portal;

/// How the list of routes begins to word who has to have proved anew who they are.
const FRESH: &str = "fresh ";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Visitor,
    Member { role: MemberRole, verified: bool },
    Staff(&'static [StaffRole]),
}

struct Actor {
    name: String,
    kind: Kind,
    browser: Visitor,
}

/// How a request ends at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    LetIn,
    SentTo(&'static str),
    Refused,
}

impl Door {
    fn verdict(self, kind: Kind) -> Verdict {
        let among = |taken: &[MemberRole], role| taken.is_empty() || taken.contains(&role);
        match (self, kind) {
            (Self::Anyone | Self::Visitor, _) => Verdict::LetIn,
            (Self::Staff(_), Kind::Visitor) => Verdict::SentTo("/staff/login"),
            (Self::Half, _) | (_, Kind::Visitor) => Verdict::SentTo("/login"),
            (Self::Person, _) => Verdict::LetIn,
            (Self::Member(taken), Kind::Member { role, .. }) if among(taken, role) => Verdict::LetIn,
            (Self::Verified(taken), Kind::Member { role, verified }) if among(taken, role) => {
                if verified {
                    Verdict::LetIn
                } else {
                    Verdict::SentTo("/account/identity")
                }
            }
            (Self::Staff(taken), Kind::Staff(roles))
                if taken.is_empty() || roles.iter().any(|role| taken.contains(role)) =>
            {
                Verdict::LetIn
            }
            _ => Verdict::Refused,
        }
    }

    /// As `doctor --routes` words it, roles in any order.
    fn is(self, who: &str) -> bool {
        let (kind, words): (_, Vec<&str>) = match self {
            Self::Anyone => return who == "anyone",
            Self::Visitor => return who == "visitor",
            Self::Person => return who == "person",
            Self::Half => return who == "half signed in",
            Self::Member(roles) => ("member", roles.iter().map(|role| role.as_str()).collect()),
            Self::Verified(roles) => ("verified member", roles.iter().map(|role| role.as_str()).collect()),
            Self::Staff(roles) => ("staff", roles.iter().map(|role| role.as_str()).collect()),
        };
        let told = who.strip_prefix(kind).and_then(|rest| rest.strip_prefix('(')?.strip_suffix(')'));
        let words: BTreeSet<&str> = if words.is_empty() { ["any"].into() } else { words.into_iter().collect() };
        told.is_some_and(|told| told.split('|').collect::<BTreeSet<_>>() == words)
    }
}

impl Row {
    /// The path with names of nothing for its parameters: well-formed ones, so that the door is what answers.
    fn address(&self) -> String {
        let mut before = "";
        let mut parts = Vec::new();
        for part in self.path.split('/') {
            parts.push(match (before, part) {
                ("versions", "{number}") => "999".to_owned(),
                (_, "{number}" | "{file}") => {
                    let kind = match before {
                        "tickets" => 'T',
                        "files" => 'F',
                        "people" | "members" | "customers" => 'P',
                        "invitations" => 'N',
                        "proposals" => 'V',
                        "remittances" | "proofs" => 'R',
                        "receiving" => 'B',
                        "statements" => 'E',
                        "imports" => 'J',
                        "decisions" => 'X',
                        "aml" => 'G',
                        "identity" => 'K',
                        "pictures" => 'D',
                        "changes" => 'H',
                        "recoveries" => 'W',
                        "payers" => 'Y',
                        other => panic!("what is numbered under {other}?"),
                    };
                    Number::random(kind).as_str().to_owned()
                }
                (_, "{slug}" | "{token}" | "{handle}" | "{name}" | "{public_id}") => "nothing-of-this-name".to_owned(),
                _ => part.to_owned(),
            });
            before = part;
        }
        parts.join("/")
    }
}

/// Everybody, each signed in at an own browser.
async fn everybody(portal: &Portal) -> Vec<Actor> {
    let mut all = vec![Actor { name: "visitor".into(), kind: Kind::Visitor, browser: portal.visitor() }];
    let owner = portal.enters("owner@example.com").await;
    for role in [MemberRole::Billing, MemberRole::Technical, MemberRole::Viewer] {
        let member = portal.joins(owner.account_id, &format!("{}@example.com", role.as_str()), role).await;
        let kind = Kind::Member { role, verified: false };
        all.push(Actor { name: role.as_str().into(), kind, browser: member.visitor });
    }
    let kind = Kind::Member { role: MemberRole::Owner, verified: false };
    all.push(Actor { name: "owner".into(), kind, browser: owner.visitor });
    let verified = portal.enters("verified@example.com").await;
    let (account, now) = (verified.account_id, portal.house.clock.now());
    portal
        .write(move |conn| {
            diesel::insert_into(identity_results::table)
                .values((
                    identity_results::account_id.eq(account),
                    identity_results::kind.eq("personal"),
                    identity_results::masked_name.eq("L*"),
                    identity_results::masked_number.eq("1***9"),
                    identity_results::state.eq("standing"),
                    identity_results::fingerprint.eq(vec![1_u8]),
                    identity_results::slot.eq(1),
                    identity_results::sealed_name.eq(vec![1_u8]),
                    identity_results::method.eq("document"),
                    identity_results::decided_at.eq(now),
                ))
                .execute(conn)
                .unwrap()
        })
        .await;
    for role in [MemberRole::Billing, MemberRole::Technical, MemberRole::Viewer] {
        let member = portal.joins(account, &format!("verified.{}@example.com", role.as_str()), role).await;
        let name = format!("{} of a verified account", role.as_str());
        all.push(Actor { name, kind: Kind::Member { role, verified: true }, browser: member.visitor });
    }
    let kind = Kind::Member { role: MemberRole::Owner, verified: true };
    all.push(Actor { name: "owner of a verified account".into(), kind, browser: verified.visitor });
    for role in StaffRole::ALL {
        let roles: &'static [StaffRole] = std::slice::from_ref(role);
        let officer = portal.employs(role.as_str(), roles).await;
        all.push(Actor { name: role.as_str().into(), kind: Kind::Staff(roles), browser: officer.visitor });
    }
    let both: &'static [StaffRole] = &[StaffRole::Support, StaffRole::Editor];
    let officer = portal.employs("both", both).await;
    all.push(Actor { name: "support and editor".into(), kind: Kind::Staff(both), browser: officer.visitor });
    all
}

fn listed(portal: &Portal) -> Vec<Listed> {
    routes(&portal.house).iter().flat_map(|route| route.listed().to_vec()).collect()
}

/// How many bytes the route takes.
fn takes_files(all: &[Listed], row: &Row) -> bool {
    let found = all.iter().find(|listed| (listed.method, listed.path) == (row.method, row.path));
    found.is_some_and(|listed| listed.most_bytes > 1024 * 1024)
}

/// Whether the answer is what the door gives to somebody it does not let in.
fn turned_away(page: &Page, verdict: Verdict) -> bool {
    let way = page.header("location").unwrap_or_default();
    match verdict {
        Verdict::LetIn => false,
        Verdict::Refused => page.status == 403,
        Verdict::SentTo(door) => page.status == 303 && way.split('?').next() == Some(door),
    }
}

/// The lists that staff open: whatever they are let in to without naming one thing, but the desk and empty forms.
pub fn lists_of_staff() -> Vec<(&'static str, &'static [StaffRole])> {
    let list = |row: &&Row| {
        row.method == "GET" && row.path != "/staff" && !row.path.ends_with("/new") && !row.path.ends_with("/lock")
    };
    let open = TABLE.iter().filter(list).filter(|row| row.finds == Finds::Page && !row.path.contains('{'));
    open.filter_map(|row| if let Door::Staff(roles) = row.door { Some((row.path, roles)) } else { None }).collect()
}

#[tokio::test]
async fn every_route_has_its_row_and_every_row_its_route() {
    let portal = Portal::sqlite().await;
    let listed = listed(&portal);
    let mut wrong = Vec::new();
    for route in &listed {
        let rows: Vec<_> = TABLE.iter().filter(|row| (row.method, row.path) == (route.method, route.path)).collect();
        match rows.as_slice() {
            [row] if row.fresh == route.who.starts_with(FRESH) && row.door.is(route.who.trim_start_matches(FRESH)) => {}
            [row] => {
                wrong.push(format!("{} {} is open to {}, not {:?}", route.method, route.path, route.who, row.door));
            }
            rows => wrong.push(format!("{} {} ({}) has {} rows", route.method, route.path, route.who, rows.len())),
        }
        let guarded = match route.method {
            "GET" => "none",
            // Other machines, and no more than these (CS3).
            _ if SIGNED.contains(&route.path) => "signature",
            _ => "token",
        };
        if route.guard != guarded {
            wrong.push(format!("{} {} is guarded by {}", route.method, route.path, route.guard));
        }
    }
    for row in TABLE {
        if !listed.iter().any(|route| (row.method, row.path) == (route.method, route.path)) {
            wrong.push(format!("{} {} is no route", row.method, row.path));
        }
    }
    assert!(wrong.is_empty(), "the table of doors:\n{}", wrong.join("\n"));
}

on_both!(
    async fn whoever_opens_the_address_of_a_form_is_led_to_its_page(portal) {
        let mut visitor = portal.visitor();
        let (mut led, mut wrong) = (0, Vec::new());
        for row in TABLE.iter().filter(|row| row.method == "POST" && row.door != Door::Anyone) {
            if TABLE.iter().any(|other| (other.method, other.path) == ("GET", row.path)) {
                continue;
            }
            let address = row.address();
            let page = visitor.gets(&address).await;
            // What a path parameter holds stands there encoded.
            let way = page.header("location").unwrap_or_default().replace("%2D", "-");
            let names = |path: &str| path.split('/').map(str::to_string).collect::<Vec<_>>();
            let fits = |pattern: &str| {
                let (pattern, way) = (names(pattern), names(&way));
                pattern.len() == way.len() && pattern.iter().zip(&way).all(|(part, own)| part == own || part.starts_with('{') && address.contains(own.as_str()))
            };
            let right = page.status == 303 && TABLE.iter().any(|other| other.method == "GET" && fits(other.path));
            if !right {
                wrong.push(format!("{}: {} {way}", row.path, page.status));
            }
            led += 1;
        }
        assert!(led > 15 && wrong.is_empty(), "{led} addresses: {}", wrong.join("\n"));
        let put = visitor.posts_raw("/account", "text/plain", "x").await;
        assert_ne!(put.status, 303, "only who opens an address is led");
    }
);

on_both!(
    async fn every_page_answers_everybody_as_the_table_says(portal) {
        let mut wrong = Vec::new();
        for actor in &mut everybody(&portal).await {
            for row in TABLE.iter().filter(|row| row.method == "GET") {
                // The page before another site asks where one wants to go.
                let asked = if row.path == "/leave" { "?to=https%3A%2F%2Fexample.com%2F" } else { "" };
                let page = actor.browser.gets(&format!("{}{asked}", row.address())).await;
                let way = page.header("location").unwrap_or_default().to_owned();
                let verdict = row.door.verdict(actor.kind);
                let right = match (verdict, row.finds) {
                    (Verdict::LetIn, Finds::Page) => page.status == 200,
                    (Verdict::LetIn, Finds::Nothing) => page.status == 404,
                    (Verdict::LetIn, Finds::Way(to)) => (300..400).contains(&page.status) && way == to,
                    (Verdict::LetIn, Finds::PageOfGuests) => match actor.kind {
                        Kind::Visitor => page.status == 200,
                        Kind::Member { .. } => page.status == 303 && way == "/account",
                        Kind::Staff(_) => page.status == 303 && way == "/staff",
                    },
                    (Verdict::LetIn, Finds::PageOfOthers) => match actor.kind {
                        Kind::Staff(_) => page.status == 303 && way == "/staff",
                        Kind::Visitor | Kind::Member { .. } => page.status == 200,
                    },
                    _ => turned_away(&page, verdict),
                };
                if !right {
                    wrong.push(format!("{} at {}: {} {way}, not {verdict:?} {:?}", actor.name, row.path, page.status, row.finds));
                }
            }
        }
        assert!(wrong.is_empty(), "{} wrong answers:\n{}", wrong.len(), wrong.join("\n"));
    }
);

on_both!(
    async fn a_post_changes_nothing_without_token_role_or_own_site(portal) {
        let all = listed(&portal);
        let mut actors = everybody(&portal).await;
        let before = portal.digest().await;
        let mut wrong = Vec::new();
        for actor in &mut actors {
            // A real token of this browser: it is bound to the browser, not to a form.
            let token = actor.browser.gets("/cookies").await.form("/cookies").value("token").unwrap_or_default().to_owned();
            // What other machines post is held to its signature (`identity/provider`).
            for row in TABLE.iter().filter(|row| row.method == "POST" && row.door != Door::Anyone) {
                let (address, files) = (row.address(), takes_files(&all, row));
                let verdict = row.door.verdict(actor.kind);
                let (kind, empty, with_token) = bodies(files, &token);
                let bare = actor.browser.posts_raw(&address, &kind, empty).await;
                if bare.status != 403 && !(files && turned_away(&bare, verdict)) {
                    wrong.push(format!("{} at POST {} without a token: {}", actor.name, row.path, bare.status));
                }
                let mut abroad = actor.browser.twin();
                abroad.headers.push(("sec-fetch-site".into(), "cross-site".into()));
                let crossed = abroad.posts_raw(&address, &kind, with_token.clone()).await;
                let mut elsewhere = actor.browser.twin();
                elsewhere.headers.push(("origin".into(), "https://evil.example".into()));
                let foreign = elsewhere.posts_raw(&address, &kind, with_token.clone()).await;
                if (crossed.status, foreign.status) != (403, 403) {
                    wrong.push(format!("{} at POST {} from another site: {}", actor.name, row.path, crossed.status));
                }
                if verdict != Verdict::LetIn {
                    let page = actor.browser.posts_raw(&address, &kind, with_token).await;
                    if !turned_away(&page, verdict) {
                        wrong.push(format!("{} at POST {}: {}, not {verdict:?}", actor.name, row.path, page.status));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{} wrong answers:\n{}", wrong.len(), wrong.join("\n"));
        let changed = differing(&before, &portal.digest().await);
        assert!(changed.is_empty(), "refused posts changed {changed:?}");
    }
);

on_both!(
    async fn a_sensitive_step_asks_anew_and_changes_nothing_before(portal) {
        let mut actors = everybody(&portal).await;
        portal.minutes(11);
        let (mut asked, mut wrong) = (0, Vec::new());
        for actor in &mut actors {
            let token = actor.browser.gets("/cookies").await.form("/cookies").value("token").unwrap_or_default().to_owned();
            for row in TABLE.iter().filter(|row| row.fresh && row.method == "POST" && row.door.verdict(actor.kind) == Verdict::LetIn) {
                let (kind, _, body) = bodies(false, &token);
                let before = portal.digest().await;
                let page = actor.browser.posts_raw(&row.address(), &kind, body).await;
                let way = page.header("location").unwrap_or_default();
                let changed = differing(&before, &portal.digest().await);
                if page.status != 303 || way != "/account/step-up?next=%2Faccount%2Fkept" || changed != ["kept_posts"] {
                    wrong.push(format!("{} at POST {}: {} {way} {changed:?}", actor.name, row.path, page.status));
                }
                asked += 1;
            }
        }
        assert!(asked > 20 && wrong.is_empty(), "{asked}: {}", wrong.join("\n"));
    }
);

/// The media type of a form's body, an empty form and one with nothing but a token.
fn bodies(files: bool, token: &str) -> (String, String, String) {
    if !files {
        return ("application/x-www-form-urlencoded".into(), String::new(), format!("token={token}"));
    }
    let part = |name: &str, value: &str| {
        format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n--x--\r\n")
    };
    ("multipart/form-data; boundary=x".into(), part("nothing", "0"), part("token", token))
}
