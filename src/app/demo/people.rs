//! The people of the demo company: thirty customers and a member of staff for every role, with a second one where four
//! eyes are needed.

use std::time::Duration;

use super::PASSWORD_CLASS;
use crate::base::db::Conn;
use crate::base::types::{Address, Moment};
use crate::features::accounts::{
    MemberRole, NewCustomer, create_customer, invite_as, join, name_person, new_person, set_password,
};
use crate::features::identity::{IdentityMethod, NewResult, store};
use crate::features::remittance::seeding::{Payer, Steward, Treasurer};
use crate::features::staff::{Enrolled, TotpSecret, Wanted, enrol, propose};
use crate::features::tickets::seeding::{Asker, Helper};
use crate::services::consent::{self, ConsentEvent, Purpose};
use crate::services::context::{Author, AuthorKind, Context};
use crate::web::Error;
use crate::web::feature::StaffRole;
use crate::web::session::PersonKind;

/// GB 11643's own sample.
pub(super) const RESIDENT_NUMBER: &str = "11010519491231002X";
/// GB 32100's own sample.
pub(super) const COMPANY_CODE: &str = "91350100M000100Y43";

/// A customer of the demo company.
pub(super) struct Customer {
    pub(super) person_id: i64,
    pub(super) account_id: i64,
    subject_id: i64,
    pub(super) address: String,
    pub(super) name: &'static str,
    pub(super) company: Option<&'static str>,
}

impl Customer {
    /// This customer at a past moment.
    pub(super) fn acts(&self, ctx: &Context, now: Moment) -> Acting {
        Acting(self.at(ctx, now), self.person_id, self.account_id)
    }

    /// Circumstances in which this customer acts at a past moment.
    pub(super) fn at(&self, ctx: &Context, now: Moment) -> Context {
        let author = Author {
            kind: AuthorKind::Customer,
            person_id: Some(self.person_id),
            subject_id: Some(self.subject_id),
            account_id: Some(self.account_id),
            session_id: None,
        };
        Context { now, ..ctx.by(author) }
    }
}

/// A member of staff.
pub(super) struct Officer {
    pub(super) person_id: i64,
}

/// A member of staff who acts: circumstances, person.
pub(super) struct Serving(Context, i64);

impl Treasurer for Serving {
    fn ctx(&self) -> &Context {
        &self.0
    }

    fn person_id(&self) -> i64 {
        self.1
    }
}

impl Helper for Serving {
    fn ctx(&self) -> &Context {
        &self.0
    }

    fn person_id(&self) -> i64 {
        self.1
    }
}

impl Officer {
    /// This member of staff at work at a past moment.
    pub(super) fn acts(&self, ctx: &Context, now: Moment) -> Serving {
        Serving(self.at(ctx, now), self.person_id)
    }

    /// Circumstances in which this member of staff acts at a past moment.
    pub(super) fn at(&self, ctx: &Context, now: Moment) -> Context {
        let author = Author {
            kind: AuthorKind::Staff,
            person_id: Some(self.person_id),
            subject_id: None,
            account_id: None,
            session_id: None,
        };
        Context { now, ..ctx.by(author) }
    }
}

/// A customer who acts: circumstances, person, account.
pub(super) struct Acting(Context, i64, i64);

impl Steward for Acting {
    fn ctx(&self) -> &Context {
        &self.0
    }

    fn account_id(&self) -> i64 {
        self.2
    }

    fn person_id(&self) -> i64 {
        self.1
    }
}

impl Payer for Acting {}

impl Asker for Acting {
    fn ctx(&self) -> &Context {
        &self.0
    }

    fn account_id(&self) -> i64 {
        self.2
    }

    fn person_id(&self) -> i64 {
        self.1
    }
}

/// Address before the @, name, company, whether the real name is authenticated.
const CUSTOMERS: [(&str, &str, Option<&str>, bool); 30] = [
    ("customer", "Li Ming", None, true),
    ("company", "Chen Jing", Some("Cloudy Harbour Trading Co., Ltd."), true),
    ("wang.fang", "Wang Fang", None, true),
    ("liu.yang", "刘洋", None, true),
    ("emma.brandt", "Emma Brandt", Some("Brandt Logistik GmbH"), true),
    ("zhao.lei", "Zhao Lei", None, true),
    ("sun.mei", "Sun Mei", Some("Paper Lantern Games"), true),
    ("zhou.qiang", "周强", Some("江南数据科技有限公司"), true),
    ("noah.okafor", "Noah Okafor", None, true),
    ("wu.xia", "Wu Xia", None, true),
    ("xu.hao", "Xu Hao", Some("Green River Foods"), true),
    ("ana.pereira", "Ana Pereira", None, true),
    ("ma.lin", "马琳", None, true),
    ("hu.bin", "Hu Bin", Some("Northgate Instruments"), true),
    ("gao.yan", "Gao Yan", None, true),
    ("lin.tao", "Lin Tao", None, true),
    ("he.jun", "He Jun", Some("Seven Bridges Media"), true),
    ("olivia.martin", "Olivia Martin", None, true),
    ("guo.ping", "郭平", None, true),
    ("luo.dan", "Luo Dan", None, true),
    ("song.kai", "Song Kai", Some("Kai & Daughters Architects"), true),
    ("tang.hui", "Tang Hui", None, true),
    ("feng.jie", "Feng Jie", None, false),
    ("lucas.novak", "Lucas Novak", None, false),
    ("dong.ying", "董颖", None, false),
    ("xiao.rui", "Xiao Rui", None, false),
    ("cheng.lan", "Cheng Lan", None, false),
    ("pan.wei", "Pan Wei", None, false),
    ("mia.rossi", "Mia Rossi", None, false),
    ("ye.chen", "Ye Chen", None, false),
];

/// Address before the @, name, role.
pub(super) const STAFF: [(&str, &str, StaffRole); 12] = [
    ("support", "Ana", StaffRole::Support),
    ("consultant", "Ben", StaffRole::Consultant),
    ("reviewer", "Rui", StaffRole::Reviewer),
    ("reviewer2", "Ravi", StaffRole::Reviewer),
    ("finance", "Fei", StaffRole::Finance),
    ("finance2", "Fiona", StaffRole::Finance),
    ("editor", "Eva", StaffRole::Editor),
    ("privacy", "Pia", StaffRole::Privacy),
    ("privacy2", "Paul", StaffRole::Privacy),
    ("auditor", "Aldo", StaffRole::Auditor),
    ("admin", "Ada", StaffRole::Admin),
    ("admin2", "Adam", StaffRole::Admin),
];

/// In whose name the bank knows this customer.
pub(super) fn payer_of(nth: usize) -> &'static str {
    let (_, name, company, _) = CUSTOMERS[nth];
    company.unwrap_or(name)
}

fn address(local: &str, host: &str) -> Result<Address, Error> {
    Address::parse(&format!("{local}@{host}")).ok_or_else(|| Error::internal("a demo address is malformed"))
}

/// Opens the customers' accounts, over the last half year.
pub(super) fn customers(conn: &mut Conn, ctx: &Context, password_hash: &str) -> Result<Vec<Customer>, Error> {
    let policy = consent::current_policy(conn)?;
    let mut all = Vec::with_capacity(CUSTOMERS.len());
    for (days, (local, name, company, verified)) in (0..CUSTOMERS.len() as u64).map(|at| 190 - at * 5).zip(CUSTOMERS) {
        let began = ctx.now.minus(Duration::from_secs(days * 86_400));
        let address = address(local, "example.com")?;
        let visitor = Context { now: began, ..ctx.by(Author::nobody(AuthorKind::Visitor)) };
        let new = NewCustomer {
            address: &address,
            name: Some(name),
            account_name: company,
            password_hash,
            password_class: PASSWORD_CLASS,
        };
        let made = create_customer(conn, &visitor, &new)?;
        let customer = Customer {
            person_id: made.person_id,
            account_id: made.account_id,
            subject_id: made.subject_id,
            address: address.as_str().to_string(),
            name,
            company,
        };
        // Nobody agrees to a policy before it is in force.
        let in_force = policy.as_ref().map_or(began, |policy| policy.published_at);
        let own = customer.at(ctx, began.max(in_force));
        let given = ConsentEvent::Given;
        consent::keep(conn, &own, made.person_id, Purpose::Agreement, given, policy.as_ref(), "demo")?;
        if verified {
            let legal = company.unwrap_or(name);
            // The standard's own samples, so that nobody's number stands in a demonstration.
            let number = if company.is_some() { COMPANY_CODE } else { RESIDENT_NUMBER };
            let result = NewResult {
                account_id: made.account_id,
                case_id: None,
                name: legal,
                code: company.map(|_| COMPANY_CODE),
                number,
                masked_number: if company.is_some() { "9****************3" } else { "1****************X" },
                method: if company.is_some() { IdentityMethod::Licence } else { IdentityMethod::Document },
                decided_by_id: None,
                decided_at: began.plus(Duration::from_secs(7200)),
            };
            store(conn, &ctx.keys, &result, 100)?;
        }
        all.push(customer);
    }
    Ok(all)
}

/// Address before the @ and name of a second member of the company, who works there as billing.
pub(super) const COLLEAGUE: (&str, &str) = ("billing", "Zhang Lan");

/// The company's owner has a colleague for the money, and has asked somebody in for the services.
pub(super) fn colleagues(conn: &mut Conn, ctx: &Context, hash: &str, customers: &[Customer]) -> Result<(), Error> {
    let company = customers.get(1).ok_or_else(|| Error::internal("the demo lacks its company"))?;
    let (local, name) = COLLEAGUE;
    let (address, technician) = (address(local, "example.com")?, address("technician", "example.com")?);
    let days = |days: u64| Duration::from_secs(days * 86_400);
    let began = Context { now: ctx.now.minus(days(90)), ..ctx.by(Author::nobody(AuthorKind::Visitor)) };
    let (person_id, subject_id) = new_person(conn, &began, PersonKind::Customer, &address)?;
    name_person(conn, person_id, Some(name))?;
    set_password(conn, person_id, hash, PASSWORD_CLASS, began.now)?;
    let author = Author {
        kind: AuthorKind::Customer,
        person_id: Some(person_id),
        subject_id: Some(subject_id),
        account_id: Some(company.account_id),
        session_id: None,
    };
    let own = began.by(author);
    let policy = consent::current_policy(conn)?;
    consent::keep(conn, &own, person_id, Purpose::Agreement, ConsentEvent::Given, policy.as_ref(), "demo")?;
    join(conn, &own, company.account_id, (person_id, name), MemberRole::Billing)?;
    let owner = (company.account_id, company.person_id, company.name);
    let newest = company.at(ctx, ctx.now.minus(days(1)));
    invite_as(conn, &newest, owner, &technician, MemberRole::Technical)
}

/// Enrols the staff, in the order of `STAFF`.
pub(super) fn staff(conn: &mut Conn, ctx: &Context, hash: &str, secret: [u8; 20]) -> Result<Vec<Officer>, Error> {
    let system = ctx.by(Author::nobody(AuthorKind::System));
    let mut all = Vec::with_capacity(STAFF.len());
    for (local, name, role) in STAFF {
        let new = Enrolled {
            address: address(local, "staff.example.com")?,
            name,
            password_hash: hash,
            secret: TotpSecret::new(secret),
            roles: &[role],
        };
        all.push(Officer { person_id: enrol(conn, &system, &new)? });
    }
    Ok(all)
}

/// An admin wants somebody new in finance; the other one has not looked at it yet.
pub(super) fn proposal(conn: &mut Conn, ctx: &Context) -> Result<(), Error> {
    let new = address("finance3", "staff.example.com")?;
    propose(conn, ctx, Wanted::New(new.as_str(), Some("Fan")), &[StaffRole::Finance])?;
    Ok(())
}
