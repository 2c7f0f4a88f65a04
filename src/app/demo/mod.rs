//! A small, lively company: for trying the portal and for its tests. It marks its database; a marked one is served
//! again, any other that is not empty is refused. Its secrets are constants, so it works on loopback only.

mod people;
mod queries;
mod real_names;
mod remittances;
mod shop;
mod slips;
mod tale;
mod work_orders;

use std::time::Duration;

use actix_web::web::Data;
use data_encoding::BASE32_NOPAD;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use slips::Slips;

use self::tale::Tale;
use crate::base::crypto::Secret;
use crate::base::db::{Conn, End};
use crate::base::types::Moment;
use crate::features::accounts::PasswordClass;
use crate::features::identity::seeding::wording;
use crate::services::context::{Author, AuthorKind, Context};
use crate::services::mail;
use crate::services::marks::{read_mark, set_mark};
use crate::services::records::{self, Entry, Event};
use crate::web::feature::StaffRole;
use crate::web::uploads::Upload;
use crate::web::{Error, House};

/// The one password of all demo people.
pub const PASSWORD: &str = "copper lantern harbour";
const PASSWORD_CLASS: PasswordClass = PasswordClass::Strong;
/// The one TOTP secret of all demo staff: 20 bytes.
const TOTP: &[u8; 20] = b"easy link demo totp!";
const MARK: &str = "demo";

/// The TOTP secret as an authenticator takes it.
pub fn totp_secret() -> String {
    BASE32_NOPAD.encode(TOTP)
}

/// When the demo company began: its policy is in force before its first customer agrees to it.
pub fn founded(now: Moment) -> Moment {
    now.minus(Duration::from_secs(200 * 86_400))
}

/// Fills an empty database, in one transaction.
pub async fn fill(house: &Data<House>) -> Result<(), Error> {
    let hash = house.hasher.hash(Secret::new(PASSWORD)).await.map_err(Error::internal)?;
    let (zone, currency) = (house.config.zone.clone(), house.config.currency.clone());
    let ctx = Context {
        now: house.clock.now(),
        keys: house.keys.clone(),
        base_url: house.base_url.clone(),
        network: "127.0.0.0/24".into(),
        device: "Firefox on Linux".into(),
        author: Author::nobody(AuthorKind::System),
    };
    let wording = wording(house)?;
    let slips = slips::keep(house, remittances::slips(ctx.now, &zone, &currency)).await?;
    let files = remittances::keep_files(house).await?;
    let keys: Vec<String> = slips.values().chain(&files).map(|kept| kept.storage_key.clone()).collect();
    let written =
        house.db.write(move |conn| match write(conn, &ctx, &hash, (&slips, &files), (&zone, &currency, &wording)) {
            Ok(()) => End::Keep(Ok(())),
            Err(error) => End::Undo(Err(error)),
        });
    let written = written.await.map_err(Error::from).flatten();
    if written.is_err() {
        slips::drop_all(house, keys).await.map_err(Error::internal)?;
    }
    written
}

fn write(
    conn: &mut Conn,
    ctx: &Context,
    hash: &str,
    files: (&Slips, &[Upload; 2]),
    (zone, currency, wording): (&TimeZone, &str, &str),
) -> Result<(), Error> {
    set_mark(conn, MARK, &ctx.now.rfc3339())?;
    shop::products(conn, ctx.now)?;
    shop::words(conn, ctx.now)?;
    let staff = people::staff(conn, ctx, hash, *TOTP)?;
    let customers = people::customers(conn, ctx, hash)?;
    people::colleagues(conn, ctx, hash, &customers)?;
    let by = |role: StaffRole, nth: usize| {
        let mut of_role = people::STAFF.iter().zip(&staff).filter(|((_, _, own), _)| *own == role);
        of_role.nth(nth).map(|(_, officer)| officer).ok_or_else(|| Error::internal("the demo lacks a role"))
    };
    let mut tale = Tale::default();
    real_names::add(&mut tale, ctx, &customers, by(StaffRole::Reviewer, 0)?, wording)?;
    work_orders::add(&mut tale, ctx, &customers, by(StaffRole::Support, 0)?, zone);
    let finance = (by(StaffRole::Finance, 0)?, by(StaffRole::Finance, 1)?);
    remittances::add(conn, &mut tale, ctx, &customers, files, finance, (zone, currency))?;
    tale.tell(conn)?;
    people::proposal(conn, &by(StaffRole::Admin, 0)?.at(ctx, ctx.now))?;
    // What happened in the past was mailed in the past.
    mail::deliver_the_past(conn, ctx.now).map_err(Error::internal)?;
    records::keep(conn, ctx, Entry::new(Event::DemoMade))?;
    Ok(())
}

/// Whether this database is a demo.
pub async fn marked(house: &Data<House>) -> Result<bool, Error> {
    Ok(house.db.read(|conn| read_mark(conn, MARK)).await??.is_some())
}

/// Fills an empty database or greets a marked one. Any other is refused, and so is a listener beyond this machine.
pub async fn fill_or_greet(house: &Data<House>) -> Result<(), Error> {
    if !house.config.local() {
        return Err(Error::internal("a demo has known passwords: it works on loopback and without a mail relay only"));
    }
    if marked(house).await? {
        return Ok(());
    }
    if !house.db.read(queries::is_empty).await?? {
        return Err(Error::internal("this database is not empty and no demo; choose another EASYLINK_DATA_DIR"));
    }
    fill(house).await
}

/// The sign-ins as a person reads them.
pub fn greeting() -> String {
    let mut text = format!("Demo sign-ins, all with the password: {PASSWORD}\n");
    text.push_str("  customers at /login:       customer@example.com, company@example.com,\n                             billing@example.com (a member of the company's account)\n");
    text.push_str("  staff at /staff/login:     ");
    let staff: Vec<String> = people::STAFF.iter().map(|(local, ..)| format!("{local}@staff.example.com")).collect();
    text.push_str(&staff.join("\n                             "));
    text.push_str("\n  TOTP secret of the staff:  ");
    text.push_str(&totp_secret());
    text.push_str("\n  a code for it:             oathtool --totp -b SECRET, or any authenticator app\n");
    text
}

/// The sign-ins for programs: address → password, TOTP secret, roles.
pub fn sign_ins() -> Value {
    let mut all = Map::new();
    for (local, role) in [("customer", "owner"), ("company", "owner"), (people::COLLEAGUE.0, "billing")] {
        let one = json!({ "password": PASSWORD, "totp_secret": null, "roles": [role] });
        all.insert(format!("{local}@example.com"), one);
    }
    for (local, _, role) in people::STAFF {
        let one = json!({ "password": PASSWORD, "totp_secret": totp_secret(), "roles": [role.as_str()] });
        all.insert(format!("{local}@staff.example.com"), one);
    }
    Value::Object(all)
}
