//! Who may pass which door: the rows are written by hand from what each role is for, and the routes are held to them.

use easylink::features::accounts::MemberRole::{self, Billing, Owner, Viewer};
use easylink::web::feature::StaffRole::{self, Admin, Auditor, Finance, Reviewer, Support};

/// Who is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Everybody and every machine; no session is looked at.
    Anyone,
    /// Everybody.
    Visitor,
    /// Whoever gave the first factor here and lacks the second.
    Half,
    /// Whoever is signed in, customer or staff: one's own sign-in.
    Person,
    /// Members of an account in one of these roles; none named: all members.
    Member(&'static [MemberRole]),
    /// The same, once the account's real name stands.
    Verified(&'static [MemberRole]),
    /// Staff in one of these roles; none named: all staff.
    Staff(&'static [StaffRole]),
}

/// What somebody who is let in finds at a GET.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finds {
    /// The page.
    Page,
    /// Nothing, because the test names nothing that is there.
    Nothing,
    /// The way to another page.
    Way(&'static str),
    /// The page, but whoever is signed in already is shown the way home.
    PageOfGuests,
    /// The page, but staff who are signed in are shown the way to their desk.
    PageOfOthers,
}

/// One route.
#[derive(Debug)]
pub struct Row {
    pub method: &'static str,
    pub path: &'static str,
    pub door: Door,
    pub finds: Finds,
    /// Whether the caller has to have proved a moment ago who they are.
    pub fresh: bool,
}

const fn get(path: &'static str, door: Door) -> Row {
    Row { method: "GET", path, door, finds: Finds::Page, fresh: false }
}

/// A page about something that has a name.
const fn named(path: &'static str, door: Door) -> Row {
    Row { method: "GET", path, door, finds: Finds::Nothing, fresh: false }
}

const fn post(path: &'static str, door: Door) -> Row {
    Row { method: "POST", path, door, finds: Finds::Page, fresh: false }
}

impl Row {
    const fn finding(self, finds: Finds) -> Self {
        Self { finds, ..self }
    }

    const fn freshly(self) -> Self {
        Self { fresh: true, ..self }
    }
}

use Door::{Anyone, Half, Person, Staff, Verified, Visitor};

/// Every member.
const ANY: Door = Door::Member(&[]);
/// Who decides about the account itself and its real name (A8).
const OWNS: Door = Door::Member(&[Owner]);
/// Who sees money (A8).
const SEES_MONEY: Door = Door::Member(&[Owner, Billing, Viewer]);
/// Who moves it.
const PAYS: Door = Door::Member(&[Owner, Billing]);

/// Every route of the portal.
pub const TABLE: &[Row] = &[
    // Machines.
    get("/healthz", Anyone),
    get("/readyz", Anyone),
    get("/robots.txt", Anyone),
    get("/.well-known/change-password", Anyone).finding(Finds::Way("/account/security/password")),
    get("/.well-known/security.txt", Anyone),
    get("/.well-known/gpc.json", Anyone),
    get("/dev/mailbox", Anyone),
    named("/static/{name}", Anyone),
    // The public side.
    get("/", Visitor),
    get("/products", Visitor),
    named("/products/{slug}", Visitor),
    get("/help", Visitor),
    named("/help/{slug}", Visitor),
    get("/announcements", Visitor),
    named("/announcements/{slug}", Visitor),
    get("/privacy", Visitor),
    named("/privacy/versions/{number}", Visitor),
    get("/cookies", Visitor),
    post("/cookies", Visitor),
    get("/leave", Visitor),
    get("/contact", Visitor),
    // Registration, sign-in, recovery. A step that was not begun leads to its beginning.
    get("/register", Visitor).finding(Finds::PageOfGuests),
    post("/register", Visitor),
    get("/register/verify", Visitor).finding(Finds::Way("/register")),
    post("/register/verify", Visitor),
    post("/register/verify/resend", Visitor),
    get("/login", Visitor).finding(Finds::PageOfGuests),
    post("/login", Visitor),
    get("/login/code", Visitor).finding(Finds::PageOfGuests),
    post("/login/code", Visitor),
    get("/login/verify", Visitor).finding(Finds::Way("/login")),
    post("/login/verify", Visitor),
    post("/login/verify/resend", Visitor),
    get("/login/totp", Visitor).finding(Finds::Way("/login")),
    post("/login/totp", Visitor),
    get("/login/totp/recovery", Visitor).finding(Finds::Way("/login")),
    post("/login/totp/recovery", Visitor),
    post("/logout", Visitor),
    get("/password/forgot", Visitor),
    post("/password/forgot", Visitor),
    get("/password/reset", Visitor).finding(Finds::Way("/password/forgot")),
    post("/password/reset", Visitor),
    post("/password/reset/resend", Visitor),
    named("/password/not-me/{token}", Visitor),
    post("/password/not-me/{token}", Visitor),
    post("/password/not-me/{token}/lock", Visitor),
    get("/unlock", Visitor),
    post("/unlock", Visitor),
    get("/unlock/finish", Visitor).finding(Finds::Way("/unlock")),
    post("/unlock/finish", Visitor),
    post("/unlock/resend", Visitor),
    post("/password/not-me/{token}/proof", Visitor),
    // A customer's account.
    get("/account", ANY),
    get("/account/profile", ANY),
    post("/account/profile", ANY),
    post("/account/profile/account", Door::Member(&[Owner])),
    get("/account/notifications", ANY),
    post("/account/notifications", ANY),
    get("/account/records", ANY),
    get("/account/privacy", ANY),
    get("/account/identity", ANY),
    get("/account/identity/consent", OWNS).finding(Finds::Nothing),
    post("/account/identity/consent", OWNS).freshly(),
    get("/account/identity/new", OWNS),
    post("/account/identity/new", OWNS),
    get("/account/identity/guardian", OWNS),
    get("/account/identity/withdrawal", OWNS),
    post("/account/identity/withdrawal", OWNS).freshly(),
    named("/account/identity/{number}/pictures", OWNS),
    post("/account/identity/{number}/pictures", OWNS),
    named("/account/identity/{number}/check", OWNS),
    post("/account/identity/{number}/submission", OWNS),
    named("/account/identity/{number}/end", OWNS),
    post("/account/identity/{number}/end", OWNS),
    get("/account/security", Person),
    get("/account/step-up", Person).finding(Finds::PageOfGuests),
    post("/account/step-up", Person),
    post("/account/step-up/sending", Person),
    get("/account/kept", Person).finding(Finds::PageOfGuests),
    post("/account/kept/{handle}/deletion", Person),
    get("/account/security/password", Person).freshly(),
    post("/account/security/password", Person).freshly(),
    get("/account/security/sessions", Person),
    post("/account/security/sessions/all/end", Person).freshly(),
    post("/account/security/sessions/others/end", Person).freshly(),
    post("/account/security/sessions/{public_id}/end", Person).freshly(),
    get("/account/security/lock", Person),
    post("/account/security/lock", Person),
    get("/account/security/phone", Person),
    post("/account/security/phone", Person).freshly(),
    get("/account/security/phone/replacement", Person).finding(Finds::Way("/account/security/phone")),
    post("/account/security/phone/replacement", Person).freshly(),
    get("/account/security/phone/removal", Person).finding(Finds::Way("/account/security/phone")),
    post("/account/security/phone/removal", Person).freshly(),
    get("/account/security/address", Person),
    post("/account/security/address", Person).freshly(),
    get("/account/security/code", Person).finding(Finds::Way("/account/security")),
    post("/account/security/code", Person),
    post("/account/security/code/resend", Person),
    post("/account/security/changes/{number}/cancellation", Person),
    post("/account/security/browsers/{public_id}/end", Person),
    get("/account/security/totp", Person),
    post("/account/security/totp", Person).freshly(),
    post("/account/security/totp/confirmation", Person).freshly(),
    get("/account/security/totp/end", Person).finding(Finds::Way("/account/security/totp")),
    post("/account/security/totp/end", Person).freshly(),
    get("/account/security/totp/codes", Person).finding(Finds::Way("/account/security/totp")),
    post("/account/security/totp/codes", Person).freshly(),
    post("/account/security/totp/codes/kept", Person),
    // Members and invitations.
    get("/account/choose", Person),
    post("/account/choose", Person),
    get("/account/members", ANY),
    get("/account/members/departure", ANY),
    post("/account/members/departure", ANY),
    named("/account/members/{number}", OWNS),
    post("/account/members/{number}/role", OWNS).freshly(),
    named("/account/members/{number}/removal", OWNS),
    post("/account/members/{number}/removal", OWNS).freshly(),
    post("/account/members/invitations", OWNS).freshly(),
    post("/account/members/invitations/{number}/sending", OWNS),
    post("/account/members/invitations/{number}/withdrawal", OWNS),
    named("/invitations/{token}", Visitor),
    post("/invitations/{token}", Person),
    post("/invitations/{token}/registration", Visitor),
    // Money.
    get("/account/balance", SEES_MONEY),
    get("/account/remittances", SEES_MONEY),
    get("/account/remittances/new", Verified(&[Owner, Billing])),
    post("/account/remittances/new", Verified(&[Owner, Billing])),
    get("/account/remittances/claim", Verified(&[Owner, Billing])),
    post("/account/remittances/claim", Verified(&[Owner, Billing])),
    get("/account/remittances/proof", Verified(&[Owner]))
        .finding(Finds::Way("/account/identity?next=%2Faccount%2Fremittances%2Fproof")),
    post("/account/remittances/proof", Verified(&[Owner])),
    named("/account/remittances/{number}", SEES_MONEY),
    named("/account/remittances/{number}/declaration", Verified(&[Owner, Billing])),
    post("/account/remittances/{number}/declaration", Verified(&[Owner, Billing])),
    named("/account/remittances/{number}/settlement", PAYS),
    post("/account/remittances/{number}/settlement", PAYS),
    named("/account/remittances/{number}/withdrawal", PAYS),
    post("/account/remittances/{number}/withdrawal", PAYS),
    named("/account/remittances/{number}/payment-request", PAYS),
    post("/account/remittances/{number}/payment-request", Verified(&[Owner, Billing])),
    named("/account/remittances/{number}/slip", SEES_MONEY),
    get("/account/payers", Verified(&[Owner, Billing])),
    post("/account/payers/reference", Verified(&[Owner])),
    get("/account/payers/new", Verified(&[Owner])),
    post("/account/payers/new", Verified(&[Owner])).freshly(),
    named("/account/payers/{number}/removal", Verified(&[Owner])),
    post("/account/payers/{number}/removal", Verified(&[Owner])),
    get("/staff/remittances", Staff(&[Finance, Auditor])),
    named("/staff/remittances/{number}", Staff(&[Finance, Auditor])),
    named("/staff/remittances/{number}/slip", Staff(&[Finance, Auditor])),
    post("/staff/remittances/{number}/confirmation", Staff(&[Finance])),
    post("/staff/remittances/{number}/refusal", Staff(&[Finance])),
    get("/staff/statements", Staff(&[Finance, Auditor])),
    get("/staff/statements/new", Staff(&[Finance])),
    post("/staff/statements/new", Staff(&[Finance])),
    get("/staff/statements/imports", Staff(&[Finance, Auditor])),
    get("/staff/statements/imports/new", Staff(&[Finance])),
    post("/staff/statements/imports/new", Staff(&[Finance])),
    named("/staff/statements/imports/{number}", Staff(&[Finance, Auditor])),
    named("/staff/statements/imports/{number}/mapping", Staff(&[Finance])),
    post("/staff/statements/imports/{number}/mapping", Staff(&[Finance])),
    named("/staff/statements/imports/{number}/reading", Staff(&[Finance])),
    post("/staff/statements/imports/{number}/reading", Staff(&[Finance])),
    post("/staff/statements/imports/{number}/import", Staff(&[Finance])),
    post("/staff/statements/imports/{number}/dropping", Staff(&[Finance])),
    get("/staff/statements/next", Staff(&[Finance, Auditor])).finding(Finds::Way("/staff/statements")),
    named("/staff/statements/{number}", Staff(&[Finance, Auditor])),
    post("/staff/statements/{number}/credit", Staff(&[Finance])),
    named("/staff/statements/{number}/split", Staff(&[Finance])),
    post("/staff/statements/{number}/split", Staff(&[Finance])),
    named("/staff/statements/{number}/decision", Staff(&[Finance])),
    post("/staff/statements/{number}/decision", Staff(&[Finance])),
    named("/staff/statements/{number}/sending", Staff(&[Finance])),
    post("/staff/statements/{number}/sending", Staff(&[Finance])),
    get("/staff/decisions", Staff(&[Finance, Auditor])),
    post("/staff/decisions/{number}/agreement", Staff(&[Finance])),
    post("/staff/decisions/{number}/refusal", Staff(&[Finance])),
    get("/staff/aml", Staff(&[Finance, Auditor])),
    get("/staff/aml/cases.csv", Staff(&[Finance, Auditor])),
    named("/staff/aml/{number}/clearance", Staff(&[Finance])),
    post("/staff/aml/{number}/clearance", Staff(&[Finance])),
    named("/staff/aml/{number}/report", Staff(&[Finance])),
    post("/staff/aml/{number}/report", Staff(&[Finance])),
    named("/staff/aml/rules/{name}", Staff(&[Finance])),
    post("/staff/aml/rules/{name}", Staff(&[Finance])),
    post("/staff/aml/rules/{name}/agreement", Staff(&[Finance])),
    post("/staff/aml/rules/{name}/refusal", Staff(&[Finance])),
    named("/staff/statements/{number}/voiding", Staff(&[Finance])),
    post("/staff/statements/{number}/voiding", Staff(&[Finance])),
    get("/staff/receiving", Staff(&[Finance, Auditor])),
    get("/staff/receiving/new", Staff(&[Finance])),
    post("/staff/receiving/new", Staff(&[Finance])),
    post("/staff/receiving/{number}/opening", Staff(&[Finance])),
    named("/staff/receiving/{number}/closure", Staff(&[Finance])),
    post("/staff/receiving/{number}/closure", Staff(&[Finance])),
    get("/staff/proofs", Staff(&[Reviewer])),
    named("/staff/proofs/{number}", Staff(&[Reviewer])),
    post("/staff/proofs/{number}/recording", Staff(&[Reviewer])),
    get("/staff/ledger", Staff(&[Finance, Auditor])),
    get("/staff/ledger/trial-balance", Staff(&[Finance, Auditor])),
    get("/staff/ledger/trial-balance.csv", Staff(&[Finance, Auditor])),
    // Work orders.
    get("/account/tickets", ANY),
    get("/account/tickets/new", ANY),
    post("/account/tickets/new", ANY),
    named("/account/tickets/{number}", ANY),
    post("/account/tickets/{number}", ANY),
    post("/account/tickets/{number}/closure", ANY),
    post("/account/tickets/{number}/reopening", ANY),
    named("/account/tickets/{number}/files/{file}", ANY),
    get("/staff/tickets", Staff(&[Support, Auditor])),
    named("/staff/tickets/{number}", Staff(&[Support, Auditor])),
    named("/staff/tickets/{number}/files/{file}", Staff(&[Support, Auditor])),
    post("/staff/tickets/{number}", Staff(&[Support])),
    post("/staff/tickets/{number}/notes", Staff(&[Support])),
    post("/staff/tickets/{number}/assignment", Staff(&[Support])),
    post("/staff/tickets/{number}/resolution", Staff(&[Support])),
    // Real names.
    get("/identity/contact/{token}", Visitor),
    post("/identity/contact/{token}", Visitor),
    get("/identity/contact-answered", Visitor),
    post("/hooks/identity", Anyone),
    get("/login/totp/lost", Half),
    post("/login/totp/lost", Half),
    get("/login/totp/lost/pictures", Half),
    post("/login/totp/lost/pictures", Half),
    named("/recoveries/{number}/{token}", Visitor),
    post("/recoveries/{number}/{token}", Visitor),
    get("/staff/recoveries", Staff(&[Reviewer])),
    named("/staff/recoveries/{number}", Staff(&[Reviewer])),
    named("/staff/recoveries/{number}/pictures/{file}", Staff(&[Reviewer])),
    post("/staff/recoveries/{number}/confirmation", Staff(&[Reviewer])),
    post("/staff/recoveries/{number}/rejection", Staff(&[Reviewer])),
    get("/staff/identity", Staff(&[Reviewer])),
    post("/staff/identity/next", Staff(&[Reviewer])),
    get("/staff/identity/{number}", Staff(&[Reviewer])).finding(Finds::Way("/staff/identity?lost=yes")),
    get("/staff/identity/{number}/pictures/{file}", Staff(&[Reviewer])).finding(Finds::Way("/staff/identity?lost=yes")),
    post("/staff/identity/{number}/approval", Staff(&[Reviewer])),
    post("/staff/identity/{number}/verdict", Staff(&[Reviewer])),
    post("/staff/identity/{number}/release", Staff(&[Reviewer])),
    // The staff.
    get("/staff/login", Visitor).finding(Finds::PageOfOthers),
    post("/staff/login", Visitor),
    named("/staff/activation/{token}", Visitor),
    post("/staff/activation/{token}", Visitor),
    get("/staff", Staff(&[])),
    get("/staff/customers/lock", Staff(&[Support, Admin])),
    post("/staff/customers/lock", Staff(&[Support, Admin])),
    named("/staff/customers/{number}/lock", Staff(&[Support, Admin])),
    post("/staff/customers/{number}/lock", Staff(&[Support, Admin])),
    post("/staff/customers/{number}/unlocking", Staff(&[Support, Admin])),
    get("/staff/people", Staff(&[Admin, Auditor])),
    post("/staff/people", Staff(&[Admin])),
    get("/staff/people/new", Staff(&[Admin])),
    named("/staff/people/{number}", Staff(&[Admin, Auditor])),
    named("/staff/people/proposals/{number}", Staff(&[Admin, Auditor])),
    post("/staff/people/proposals/{number}/approval", Staff(&[Admin])),
    post("/staff/people/proposals/{number}/rejection", Staff(&[Admin])),
    post("/staff/people/proposals/{number}/withdrawal", Staff(&[Admin])),
    post("/staff/people/{number}/roles", Staff(&[Admin])),
    post("/staff/people/{number}/activation", Staff(&[Admin])),
    post("/staff/people/{number}/authenticator", Staff(&[Admin])),
    post("/staff/people/{number}/sessions", Staff(&[Admin])),
    named("/staff/people/{number}/closure", Staff(&[Admin])),
    post("/staff/people/{number}/closure", Staff(&[Admin])),
    get("/staff/audit", Staff(&[Auditor])),
];
