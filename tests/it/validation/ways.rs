//! The way to each form that has fields, in the demo, with answers that the portal would take.

use std::collections::{BTreeSet, VecDeque};

use super::list::{list, route_of};
use crate::support::form::FormInPage;
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::Portal;

/// Where a form is found.
pub enum From {
    /// On this page or on one below it.
    Page(&'static str),
    /// After this form, sent with these answers.
    After(&'static str, &'static [(&'static str, &'static str)]),
    /// After these forms, one after the other, from this page on.
    Through(&'static str, &'static [Step]),
    /// On the page of a real-name case that was handed in and that the reviewer took.
    InReview,
    /// Behind the link that a company's contact got.
    Contact,
    /// Behind the link that somebody new of the staff got.
    Link,
    /// Behind the link of an invitation into an account.
    Invitation,
    /// On this page, of somebody new who has a phone.
    WithPhone(&'static str),
    /// After the password of somebody with a second factor.
    SecondStep,
    /// The same of somebody who says that it is lost: at the page of this many pages.
    Lost(u8),
    /// What they handed in, at the reviewers' desk.
    Recovery,
    /// Of somebody with a second factor, who proved a while ago who they are.
    Unproven,
    /// Behind the link of the notice that a second factor was switched on.
    Undo,
}

/// A form and its answers.
type Step = (&'static str, &'static [(&'static str, &'static str)]);

/// The way to a form.
pub struct Way {
    pub path: &'static str,
    /// Who walks it: `visitor`, or an address of the demo.
    pub who: &'static str,
    pub from: From,
    /// `*` stands for the first thing that is offered.
    pub answers: &'static [(&'static str, &'static str)],
    /// The tables in which a refused try may be counted, or a look recorded.
    pub counts: &'static [&'static str],
}

const CUSTOMER: &str = "customer@example.com";
/// One whose real name no case tells of yet, so nothing was agreed to.
const UNASKED: &str = "liu.yang@example.com";
const COMPANY: &str = "company@example.com";
const ADMIN: &str = "admin@staff.example.com";
const FINANCE: &str = "finance@staff.example.com";
const SUPPORT: &str = "support@staff.example.com";
const REVIEWER: &str = "reviewer@staff.example.com";
const LOST: &[(&str, &str)] = &[("proven_number", crate::identity::NUMBER), ("agree_use", "yes")];
const CONFIRMS: &[(&str, &str)] = &[("number_fits", "yes"), ("name_fits", "yes"), ("paper_there", "yes")];
const NEW: &str = "someone.new@example.com";

/// Tries of passwords and codes are counted although the form comes back.
const GUESSES: &[&str] = &["limits", "records", "challenges"];
const WAITS: &[&str] = &["limits", "records", "pending_sign_ins"];
const LOOKS: &[&str] = &["records"];
/// Files are counted before they are looked at.
const FILES: &[&str] = &["limits"];
const LOOKS_AND_FILES: &[&str] = &["records", "limits"];
const NOTHING: &[&str] = &[];

const REGISTRATION: &[(&str, &str)] =
    &[("email", NEW), ("password", PASSWORD), ("again", PASSWORD), ("agreement", "*")];
const TICKET: &[(&str, &str)] = &[
    ("category", "service"),
    ("urgency", "normal"),
    ("subject", "Disk is slow"),
    ("text", "Since noon."),
    ("contact_name", "Li Ming"),
    ("email", "li@example.com"),
    ("phone", "+86 10 1234 5678"),
    ("company", "Harbour Foods"),
    ("industry", "Trade"),
    ("position", "Clerk"),
];
const DECLARATION: &[(&str, &str)] = &[
    ("remitter", "Li Ming"),
    ("bank", "Bank of the Harbour"),
    ("kind", "card"),
    ("bank_number", "4111111111111111"),
    ("amount", "100.00"),
    ("remitted_on", "2026-11-22"),
];
const CLAIM: &[(&str, &str)] = &[
    ("receiving", "*"),
    ("remitter", "Li Ming"),
    ("bank", "Bank of the Harbour"),
    ("kind", "card"),
    ("bank_number", "4111111111111111"),
    ("amount", "123.00"),
    ("remitted_on", "2026-11-22"),
];
const ENTRY: &[(&str, &str)] = &[
    ("receiving", "*"),
    ("booked_on", "2026-11-22"),
    ("amount", "100.00"),
    ("remitter", "Li Ming"),
    ("remitter_account", "6222"),
    ("text", "Top-up"),
    ("bank_serial", "S-1"),
];
const SPLIT: &[(&str, &str)] = &[("reference_1", "R23456789ABC"), ("share_1", "1.00")];
const RULE: &[(&str, &str)] = &[("amount", "100.00"), ("times", "3"), ("days", "7")];
const PERSONAL: &[(&str, &str)] = &[("legal_name", "Li Ming"), ("id_number", "11010519491231002X")];
const CORPORATE: &[(&str, &str)] = &[
    ("company_name", "Harbour Foods"),
    ("credit_code", "91350100M000100Y43"),
    ("legal_name", "Li Ming"),
    ("document", "resident_id"),
    ("id_number", "11010519491231002X"),
    ("contact", "other"),
    ("contact_email", "contact@example.com"),
];
const RECEIVING: &[(&str, &str)] = &[
    ("bank_name", "Bank"),
    ("holder", "Easy Link"),
    ("account_number", "123456"),
    ("instructions", "Name it"),
    ("min_amount", "10.00"),
    ("max_amount", "20.00"),
    ("for_account", ""),
];

const fn way(
    path: &'static str,
    who: &'static str,
    start: &'static str,
    answers: &'static [(&'static str, &'static str)],
    counts: &'static [&'static str],
) -> Way {
    Way { path, who, from: From::Page(start), answers, counts }
}

pub const WAYS: &[Way] = &[
    way("/register", "visitor", "/register", REGISTRATION, NOTHING),
    Way {
        from: From::After("/register", REGISTRATION),
        ..way("/register/verify", "visitor", "", &[("code", "123456")], GUESSES)
    },
    way("/login", "visitor", "/login", &[("email", CUSTOMER), ("password", PASSWORD)], GUESSES),
    way("/login/code", "visitor", "/login/code", &[("email", CUSTOMER)], NOTHING),
    Way {
        from: From::After("/login/code", &[("email", CUSTOMER)]),
        ..way("/login/verify", "visitor", "", &[("code", "123456")], GUESSES)
    },
    Way { from: From::SecondStep, ..way("/login/totp", "visitor", "", &[("code", "123456")], WAITS) },
    Way { from: From::Lost(1), ..way("/login/totp/lost", "visitor", "", LOST, NOTHING) },
    Way { from: From::Lost(2), ..way("/login/totp/lost/pictures", "visitor", "", &[], FILES) },
    Way { from: From::Recovery, ..way("/staff/recoveries/{number}/confirmation", REVIEWER, "", CONFIRMS, LOOKS) },
    Way {
        from: From::Recovery,
        ..way("/staff/recoveries/{number}/rejection", REVIEWER, "", &[("reason", "unreadable")], LOOKS)
    },
    Way { from: From::SecondStep, ..way("/login/totp/recovery", "visitor", "", &[("code", "123456")], WAITS) },
    Way {
        from: From::Undo,
        ..way("/password/not-me/{token}/proof", "visitor", "", &[("password", PASSWORD)], GUESSES)
    },
    Way {
        from: From::Through("/account/security/totp", &[("/account/security/totp", &[])]),
        ..way("/account/security/totp/confirmation", CUSTOMER, "", &[("code", "123456")], NOTHING)
    },
    way("/password/forgot", "visitor", "/password/forgot", &[("email", CUSTOMER)], NOTHING),
    Way {
        from: From::After("/password/forgot", &[("email", CUSTOMER)]),
        ..way(
            "/password/reset",
            "visitor",
            "",
            &[("code", "123456"), ("password", PASSWORD), ("again", PASSWORD)],
            GUESSES,
        )
    },
    way(
        "/staff/login",
        "visitor",
        "/staff/login",
        &[("address", FINANCE), ("password", PASSWORD), ("code", "123456")],
        GUESSES,
    ),
    Way {
        from: From::Link,
        ..way(
            "/staff/activation/{token}",
            "visitor",
            "",
            &[("password", PASSWORD), ("again", PASSWORD), ("code", "123456")],
            NOTHING,
        )
    },
    way("/unlock", "visitor", "/unlock", &[("email", CUSTOMER)], NOTHING),
    Way {
        from: From::After("/unlock", &[("email", CUSTOMER)]),
        ..way(
            "/unlock/finish",
            "visitor",
            "",
            &[("code", "123456"), ("password", PASSWORD), ("again", PASSWORD)],
            GUESSES,
        )
    },
    way(
        "/account/security/password",
        CUSTOMER,
        "/account/security/password",
        &[("current", PASSWORD), ("password", PASSWORD), ("again", PASSWORD)],
        GUESSES,
    ),
    way("/account/security/phone", CUSTOMER, "/account/security/phone", &[("phone", "138 0013 8000")], NOTHING),
    Way {
        from: From::WithPhone("/account/security/phone/replacement"),
        ..way(
            "/account/security/phone/replacement",
            "li.with.phone@example.com",
            "",
            &[("phone", "13900139000"), ("proof", "address")],
            NOTHING,
        )
    },
    Way {
        from: From::WithPhone("/account/security/phone/removal"),
        ..way("/account/security/phone/removal", "wu.with.phone@example.com", "", &[("proof", "address")], NOTHING)
    },
    way(
        "/account/security/address",
        CUSTOMER,
        "/account/security/address",
        &[("email", NEW), ("proof", "address")],
        NOTHING,
    ),
    Way {
        from: From::After("/account/security/address", &[("email", NEW), ("proof", "address")]),
        ..way("/account/security/code", COMPANY, "", &[("code", "123456")], GUESSES)
    },
    way("/account/members/invitations", COMPANY, "/account/members", &[("email", NEW), ("role", "viewer")], NOTHING),
    way("/account/members/{number}/role", COMPANY, "/account/members", &[("role", "viewer")], NOTHING),
    way("/account/choose", CUSTOMER, "/account/choose", &[], NOTHING),
    Way {
        from: From::Invitation,
        ..way(
            "/invitations/{token}/registration",
            "visitor",
            "",
            &[("password", PASSWORD), ("again", PASSWORD), ("agreement", "*")],
            NOTHING,
        )
    },
    Way {
        from: From::Unproven,
        ..way("/account/step-up", "visitor", "", &[("password", PASSWORD), ("app_code", "123456")], GUESSES)
    },
    way("/account/profile", CUSTOMER, "/account/profile", &[("name", "Li Ming")], NOTHING),
    way("/account/profile/account", CUSTOMER, "/account/profile", &[("account_name", "Harbour Foods")], NOTHING),
    way("/account/notifications", CUSTOMER, "/account/notifications", &[], &["consents", "records", "submissions"]),
    way("/cookies", "visitor", "/cookies", &[], NOTHING),
    way("/account/identity/consent", UNASKED, "/account/identity/new", &[], NOTHING),
    Way {
        from: From::Through("/account/identity/new?way=licence", &[("/account/identity/consent", &[])]),
        ..way("/account/identity/new", UNASKED, "", CORPORATE, NOTHING)
    },
    Way {
        from: From::Through("/account/identity/new?way=document", &[("/account/identity/new", PERSONAL)]),
        ..way("/account/identity/{number}/pictures", UNASKED, "", &[], FILES)
    },
    Way { from: From::Contact, ..way("/identity/contact/{token}", "visitor", "", &[], NOTHING) },
    Way {
        from: From::InReview,
        ..way("/staff/identity/{number}/verdict", REVIEWER, "", &[("reason", "unreadable")], LOOKS)
    },
    way("/account/remittances/new", CUSTOMER, "/account/remittances/new", &[("amount", "100.00")], NOTHING),
    way("/account/remittances/claim", CUSTOMER, "/account/remittances/claim", CLAIM, FILES),
    way("/account/remittances/{number}/declaration", CUSTOMER, "/account/remittances", DECLARATION, FILES),
    way(
        "/account/payers/new",
        CUSTOMER,
        "/account/payers/new",
        &[("payer_name", "Harbour Holding"), ("relation", "Parent company"), ("agreed", "yes")],
        NOTHING,
    ),
    way("/staff/remittances/{number}/confirmation", "finance2@staff.example.com", "/staff/remittances", &[], LOOKS),
    way("/staff/remittances/{number}/refusal", FINANCE, "/staff/remittances", &[("reason", "Another amount")], LOOKS),
    way("/staff/statements/new", FINANCE, "/staff/statements/new", ENTRY, NOTHING),
    way("/staff/statements/imports/new", FINANCE, "/staff/statements/imports/new", &[("receiving", "*")], FILES),
    way("/staff/statements/imports/{number}/mapping", FINANCE, "/staff/statements/imports", &[], LOOKS),
    way("/staff/statements/imports/{number}/reading", FINANCE, "/staff/statements/imports", &[], LOOKS),
    way("/staff/statements/imports/{number}/import", FINANCE, "/staff/statements/imports", &[], LOOKS),
    way("/staff/statements/{number}/credit", FINANCE, "/staff/statements", &[], LOOKS),
    way("/staff/statements/{number}/split", FINANCE, "/staff/statements", SPLIT, LOOKS),
    way("/staff/statements/{number}/decision", FINANCE, "/staff/statements", &[("note", "Nobody knows")], LOOKS),
    way("/staff/statements/{number}/sending", FINANCE, "/staff/statements", &[("note", "By bank")], LOOKS),
    way("/staff/aml/{number}/clearance", FINANCE, "/staff/aml", &[("note", "A marriage")], LOOKS),
    way("/staff/aml/{number}/report", FINANCE, "/staff/aml", &[("note", "Told them")], LOOKS),
    way("/staff/aml/rules/{name}", FINANCE, "/staff/aml/rules/structuring", RULE, NOTHING),
    way("/staff/statements/{number}/voiding", FINANCE, "/staff/statements", &[("reason", "Mistyped")], LOOKS),
    way("/staff/receiving/new", FINANCE, "/staff/receiving/new", RECEIVING, NOTHING),
    way("/staff/receiving/{number}/closure", FINANCE, "/staff/receiving", &[], NOTHING),
    way("/account/tickets/new", CUSTOMER, "/account/tickets/new", TICKET, FILES),
    way("/account/tickets/{number}", CUSTOMER, "/account/tickets", &[("text", "It still is.")], FILES),
    way("/staff/tickets/{number}", SUPPORT, "/staff/tickets", &[("text", "We look.")], LOOKS_AND_FILES),
    way("/staff/tickets/{number}/notes", SUPPORT, "/staff/tickets", &[("note", "Ask the network.")], LOOKS),
    way("/staff/tickets/{number}/assignment", SUPPORT, "/staff/tickets", &[("to", "*")], LOOKS),
    way(
        "/staff/people",
        ADMIN,
        "/staff/people/new",
        &[("address", NEW), ("name", "Someone"), ("roles", "support")],
        NOTHING,
    ),
    way("/staff/people/{number}/roles", ADMIN, "/staff/people", &[("roles", "support")], NOTHING),
    way("/staff/customers/lock", SUPPORT, "/staff/customers/lock", &[("who", CUSTOMER)], LOOKS),
    Way {
        from: From::Through("/staff/customers/lock", &[("/staff/customers/lock", &[("who", COMPANY)])]),
        ..way("/staff/customers/{number}/lock", SUPPORT, "", &[("reason", "misuse")], LOOKS)
    },
    Way {
        from: From::Through(
            "/staff/customers/lock",
            &[
                ("/staff/customers/lock", &[("who", COMPANY)]),
                ("/staff/customers/{number}/lock", &[("reason", "misuse")]),
            ],
        ),
        ..way("/staff/customers/{number}/unlocking", SUPPORT, "", &[("reason", "mistake")], LOOKS)
    },
    way("/staff/people/{number}/authenticator", ADMIN, "/staff/people", &[("reason", "Phone lost")], NOTHING),
];

impl Way {
    /// Walks it: the browser, and the form with its answers.
    pub async fn walked(&self, portal: &Portal, network: u8) -> (Visitor, FormInPage) {
        let mut browser = match self.who {
            "visitor" => portal.visitor_from([127, 0, 7, network]),
            address if matches!(self.from, From::WithPhone(_)) => portal.enters(address).await.visitor,
            address => portal.returns(address).await.visitor,
        };
        let start = match self.from {
            From::Page(start) => start.to_owned(),
            From::After(start, answers) => {
                let form = answered(found(&mut browser, start, start).await, answers);
                browser.submits(&form).await.path()
            }
            From::Through(start, steps) => {
                let mut at = start.to_owned();
                for (path, answers) in steps {
                    let form = answered(found(&mut browser, &at, path).await, answers);
                    at = browser.submits(&form).await.path();
                }
                at
            }
            From::InReview => {
                let mut owner = portal.enters("asks@example.com").await;
                crate::identity::hands_in(&mut owner, "Li Ming", crate::identity::NUMBER).await;
                let form = found(&mut browser, "/staff/identity", "/staff/identity/next").await;
                browser.submits(&form).await.path()
            }
            From::Contact => {
                let mut owner = portal.enters("shop@example.com").await;
                crate::identity::company::hands_in(&mut owner, Some("contact@example.com")).await;
                crate::identity::company::link(portal, "contact@example.com").await
            }
            From::Link => link(portal).await,
            From::Invitation => invitation(portal).await,
            From::WithPhone(at) => {
                crate::contact::binds(portal, &mut browser, &format!("1380013{:04}", 8000 + u32::from(network))).await;
                at.to_owned()
            }
            From::Unproven => {
                browser = crate::factors::owner(portal, "unproven@example.com").await.visitor;
                portal.minutes(11);
                "/account/step-up".to_owned()
            }
            From::Lost(pages) => {
                let address = format!("lost{network}@example.com");
                crate::recoveries::authenticated(portal, &address).await;
                if pages == 2 {
                    crate::recoveries::says(&mut browser, &address, crate::identity::NUMBER).await.path()
                } else {
                    crate::factors::gives_password(&mut browser, &address).await;
                    "/login/totp/lost".to_owned()
                }
            }
            From::Recovery => {
                let address = format!("lost{network}@example.com");
                crate::recoveries::authenticated(portal, &address).await;
                let (_, number) = crate::recoveries::loses(portal, &address, crate::identity::NUMBER).await;
                format!("/staff/recoveries/{number}")
            }
            From::SecondStep => {
                let address = format!("second{network}@example.com");
                crate::factors::owner(portal, &address).await;
                crate::factors::gives_password(&mut browser, &address).await.path()
            }
            From::Undo => {
                crate::factors::owner(portal, "undoing@example.com").await;
                crate::factors::way_out(portal, "undoing@example.com", "switched on").await
            }
        };
        let form = found(&mut browser, &start, self.path).await;
        (browser, answered(form, self.answers))
    }
}

fn answered(mut form: FormInPage, answers: &[(&str, &str)]) -> FormInPage {
    for (name, value) in answers {
        let control = form.controls.iter().find(|control| control.name == *name).unwrap();
        let offered = control.options.iter().map(|option| option.0.clone()).find(|value| !value.is_empty());
        let value = if *value == "*" { offered.unwrap() } else { (*value).to_owned() };
        form = form.with(name, &value);
    }
    form
}

/// The first form of this route on the page or below it, in which a person has something to answer.
async fn found(browser: &mut Visitor, start: &str, path: &str) -> FormInPage {
    let mut waiting = VecDeque::from([start.to_owned()]);
    let (all, mut known) = (list(), BTreeSet::new());
    while let Some(at) = waiting.pop_front() {
        let page = browser.opens(&at).await;
        let seen = |form: &FormInPage| {
            // "Assign to me" is the same form without a choice.
            !path.ends_with("/assignment") || form.controls.iter().any(|control| control.kind == "select")
        };
        let mut forms = page.posted_forms().into_iter();
        if let Some(form) = forms.find(|form| route_of(&all, &form.action) == Some(path) && seen(form)) {
            return form;
        }
        let below = |to: &String| to.starts_with(start) && !to.ends_with("/slip") && !to.contains("/files/");
        waiting.extend(page.links().into_iter().map(|(_, to)| to).filter(|to| below(to) && known.insert(to.clone())));
        assert!(known.len() < 200, "no form to {path} below {start}");
    }
    panic!("no form to {path} below {start}")
}

/// The link of an invitation that an owner sends.
async fn invitation(portal: &Portal) -> String {
    let mut owner = portal.returns(COMPANY).await.visitor;
    let form = owner.opens("/account/members").await.form("/account/members/invitations");
    let sent = owner.submits(&form.with("email", "asked.in@example.com").with("role", "viewer")).await;
    assert_eq!(sent.status, 200, "{}", sent.text());
    let mails = portal.mails_to("asked.in@example.com").await;
    let link = mails.last().unwrap().text.split_whitespace().find(|word| word.contains("/invitations/")).unwrap();
    link.strip_prefix(&portal.base).unwrap_or(link).to_owned()
}

/// The activation link of somebody whom an admin adds.
async fn link(portal: &Portal) -> String {
    let mut admin = portal.returns(ADMIN).await.visitor;
    let form = found(&mut admin, "/staff/people/new", "/staff/people").await;
    let added = admin.submits(&form.with("address", "linked@staff.example.com").with("roles", "support")).await;
    assert_eq!(added.status, 200, "{}", added.text());
    let mails = portal.mails_to("linked@staff.example.com").await;
    let link = mails.last().unwrap().text.split_whitespace().find(|word| word.contains("/staff/activation/")).unwrap();
    link.strip_prefix(&portal.base).unwrap_or(link).to_owned()
}
