//! What lies in the databases: products, accounts, and work orders by the hundred thousand.

use std::path::PathBuf;
use std::sync::Arc;

use actix_web::cookie::{Cookie, CookieJar, Key};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use easylink::base::clock::Clock;
use easylink::base::config::DatabaseUrl;
use easylink::base::crypto::{Hasher, Keys, Secret};
use easylink::base::db::schema::sessions;
use easylink::base::db::{Conn, Db, End};
use easylink::base::types::{Address, Money, Number};
use easylink::features::accounts::{NewCustomer, PasswordClass, create_customer};
use easylink::features::catalogue::seeding::{NewPlan, NewProduct, add_plan, add_product};
use easylink::features::catalogue::{Category, Period};
use easylink::services::context::{Author, AuthorKind, Context};
use easylink::web::session::SignInMethod;

use crate::Outcome;

/// Whose work orders are listed.
pub const READER: &str = "reader@example.com";
/// How many people sign in all the time: so many that nobody comes to an eleventh session, which would end the oldest.
pub const COMERS: usize = 400;
/// The password of all.
pub const PASSWORD: &str = "seven purple lanterns";
/// The work orders are spread evenly over so many accounts.
pub const ACCOUNTS: i64 = 50;
/// The product whose page is measured.
pub const PRODUCT: &str = "cloud-server-1";

const PRODUCTS: i64 = 24;

/// A database of the portal and the folder with its keys.
#[derive(Debug, Clone)]
pub struct Site {
    /// The data folder.
    pub folder: PathBuf,
    /// `DATABASE_URL`.
    pub database: String,
    /// How many work orders it holds.
    pub tickets: i64,
}

impl Site {
    /// Fills the empty, migrated database.
    pub fn fill(&self) -> Outcome<()> {
        let url = DatabaseUrl::parse(&self.database).ok_or("no database address")?;
        let keys = Arc::new(Keys::open(&self.folder.join("keys"))?);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let tickets = self.tickets;
        runtime.block_on(async {
            let hash = Hasher::start(1, 4, &keys)?.hash(Secret::new(PASSWORD)).await?;
            let db = Db::open(&url)?;
            let ctx = circumstances(keys);
            let fill = move |conn: &mut Conn| match company(conn, &ctx, &hash, tickets) {
                Ok(()) => End::Keep(Ok(())),
                Err(error) => End::Undo(Err(error)),
            };
            db.write(fill).await??;
            // What a database in service has had: statistics of its tables, and no log of one huge transaction.
            let tidy = |conn: &mut Conn| match conn {
                Conn::Sqlite(conn) => conn.batch_execute("pragma wal_checkpoint(truncate)"),
                Conn::Pg(conn) => conn.batch_execute("vacuum analyze"),
            };
            db.read(tidy).await??;
            Ok(())
        })
    }
}

impl Site {
    /// So many customers more, each signed in already; answers their session cookies.
    pub fn posters(&self, count: usize) -> Outcome<Vec<String>> {
        let url = DatabaseUrl::parse(&self.database).ok_or("no database address")?;
        let keys = Arc::new(Keys::open(&self.folder.join("keys"))?);
        let cookie_key = Key::from(keys.cookie_keys().first().ok_or("no key")?);
        let ctx = circumstances(keys);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let enter = move |conn: &mut Conn| match (0..count).map(|nth| poster(conn, &ctx, nth)).collect() {
            Ok(references) => End::Keep(Ok(references)),
            Err(error) => End::Undo(Err(error)),
        };
        let references: Vec<String> = runtime
            .block_on(async { Db::open(&url)?.write(enter).await?.map_err(Into::into) })
            .map_err(|fault: Box<dyn std::error::Error>| fault)?;
        let sealed = |reference: String| -> Outcome<String> {
            let mut jar = CookieJar::new();
            let state = serde_json::json!({ "r": serde_json::to_string(&reference)? });
            jar.private_mut(&cookie_key).add(Cookie::new("session", state.to_string()));
            let cookie = jar.get("session").ok_or("no cookie")?.encoded().to_string();
            Ok(cookie.split_once('=').ok_or("a cookie without a value")?.1.to_string())
        };
        references.into_iter().map(sealed).collect()
    }
}

fn poster(conn: &mut Conn, ctx: &Context, nth: usize) -> QueryResult<String> {
    let (account, person) = customer(conn, ctx, &format!("poster{nth}@example.com"), "")?;
    let reference = format!("poster-{nth}");
    let values = (
        sessions::public_id.eq(Number::random('S')),
        sessions::reference_hash.eq(ctx.keys.hash("session", &[reference.as_bytes()]).to_vec()),
        sessions::person_id.eq(person),
        sessions::account_id.eq(Some(account)),
        sessions::method.eq(SignInMethod::Password),
        sessions::remembered.eq(true),
        sessions::created_at.eq(ctx.now),
        sessions::signed_in_at.eq(ctx.now),
        sessions::seen_at.eq(ctx.now),
        sessions::network.eq("10.0.0.0/24"),
        sessions::device.eq("Bench"),
    );
    diesel::insert_into(sessions::table).values(values).execute(conn)?;
    Ok(reference)
}

fn circumstances(keys: Arc<Keys>) -> Context {
    Context {
        now: Clock::system().now(),
        keys,
        base_url: "http://localhost".into(),
        network: "127.0.0.0/24".into(),
        device: "Bench".into(),
        author: Author::nobody(AuthorKind::System),
    }
}

fn company(conn: &mut Conn, ctx: &Context, hash: &str, tickets: i64) -> QueryResult<()> {
    products(conn, ctx)?;
    let (account, person) = customer(conn, ctx, READER, hash)?;
    for nth in 1..ACCOUNTS {
        customer(conn, ctx, &format!("customer{nth}@example.com"), hash)?;
    }
    for nth in 0..COMERS {
        customer(conn, ctx, &comer(nth), hash)?;
    }
    conn.batch_execute(&many_tickets(tickets, account, person, ctx.now.0))
}

/// The address of one of those who sign in.
pub fn comer(nth: usize) -> String {
    format!("comer{nth}@example.com")
}

/// Answers the ids of account and person.
fn customer(conn: &mut Conn, ctx: &Context, address: &str, hash: &str) -> QueryResult<(i64, i64)> {
    let address = Address::parse(address).ok_or(diesel::result::Error::NotFound)?;
    let new = NewCustomer {
        address: &address,
        name: None,
        account_name: None,
        password_hash: hash,
        password_class: PasswordClass::Strong,
    };
    let created = create_customer(conn, ctx, &new)?;
    Ok((created.account_id, created.person_id))
}

fn products(conn: &mut Conn, ctx: &Context) -> QueryResult<()> {
    for nth in 1..=PRODUCTS {
        let (slug, name) = (format!("cloud-server-{nth}"), format!("Cloud server {nth}"));
        let category = match nth % 4 {
            1 => Category::Compute,
            2 => Category::Storage,
            3 => Category::Network,
            _ => Category::Security,
        };
        let product = NewProduct {
            slug: &slug,
            category,
            name: &name,
            summary: "Virtual machines with dedicated memory, billed by the month.",
            body: TEXT,
            keywords: "machine vm host",
            position: nth,
        };
        let id = add_product(conn, &product, ctx.now)?;
        for (at, (name, price)) in [("Small", 4_900), ("Medium", 9_900), ("Large", 19_900)].into_iter().enumerate() {
            let position = i64::try_from(at).unwrap_or(0);
            let summary = "Cores, memory and disk for everyday work";
            add_plan(conn, id, &NewPlan { name, summary, price: Money(price), period: Period::Month, position })?;
        }
    }
    Ok(())
}

const TEXT: &str = "A server of your own within a minute.\n\n## What it is good for\n\n- web applications\n- databases\n\
     - builds and tests\n\n## What is in it\n\nEach core is yours alone. Disks are kept **three times**; a machine that \
     fails starts again on another host. Traffic within a region costs nothing.\n\n| Limit | Value |\n|---|---|\n\
     | Cores | 2 to 64 |\n| Memory | 4 to 512 GiB |\n";

/// One statement that both databases read: work orders with numbers that carry a right check character, each with a
/// question; every third with an answer and a second question, so that the page of a work order holds a conversation.
fn many_tickets(count: i64, first_account: i64, first_person: i64, now: i64) -> String {
    // The sum over the kind letter `T` (24, weight 12) and five counting characters (weights 6 to 2) of a number.
    let sum = "24 * 12 + i / 923521 % 31 * 6 + i / 29791 % 31 * 5 + i / 961 % 31 * 4 + i / 31 % 31 * 3 + i % 31 * 2";
    let sign = |value: &str| format!("substr('23456789ABCDEFGHJKMNPQRSTUVWXYZ', cast({value} as integer) + 1, 1)");
    let number = [
        "'T22222'".to_string(),
        sign("i / 923521 % 31"),
        sign("i / 29791 % 31"),
        sign("i / 961 % 31"),
        sign("i / 31 % 31"),
        sign("i % 31"),
        sign(&format!("(31 - ({sum}) % 31) % 31")),
    ]
    .join(" || ");
    let account = format!("{first_account} + i % {ACCOUNTS}");
    let person = format!("{first_person} + i % {ACCOUNTS}");
    let opened = format!("{now} - ({count} - i) * 60000000");
    let counted = format!(
        "with recursive n (i) as (select cast(0 as bigint) union all select i + 1 from n where i < {count} - 1)"
    );
    format!(
        "insert into tickets (number, account_id, opened_by_id, state, category, urgency, subject, contact_name, \
         contact_address, contact_phone, contact_company, contact_industry, contact_position, search_text, opened_at, \
         updated_at, due_at, ended_at) {counted} select {number}, {account}, {person}, \
         case i % 4 when 0 then 'waiting_for_us' when 1 then 'waiting_for_you' when 2 then 'resolved' else 'closed' end, \
         'service', 'normal', 'Disk of server ' || i || ' is slow since noon', 'Li Ming', 'li@example.com', '', \
         'Example Ltd', '', '', 'disk of server ' || i, {opened}, {opened}, {opened} + 1296000000000, \
         case when i % 4 < 2 then null else {opened} + 3600000000 end from n; \
         insert into ticket_entries (ticket_id, kind, side, person_id, body, at) select id, 'reply', 'customer', \
         opened_by_id, {QUESTION}, opened_at from tickets; \
         insert into ticket_entries (ticket_id, kind, side, person_id, body, at) select id, 'reply', 'staff', null, \
         {ANSWER}, opened_at + 60000000 from tickets where id % 3 = 0; \
         insert into ticket_entries (ticket_id, kind, side, person_id, body, at) select id, 'reply', 'customer', \
         opened_by_id, {QUESTION}, opened_at + 120000000 from tickets where id % 3 = 0;"
    )
}

const QUESTION: &str = "'Since noon both disks of the machine answer slowly. We restarted it once and changed nothing \
     else. Could you look at the host, please?'";
const ANSWER: &str = "'Thank you for telling us. A neighbour on that host used more than its share; we have moved it. \
     Please see whether it is better now.'";
