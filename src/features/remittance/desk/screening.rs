//! What makes a person say why money may be credited (D7): another remitter, or a rule against money laundering that catches it.
//! The rules of matching ask the same before they credit anything by themselves.

use crate::base::db::Conn;
use crate::features::identity::{self, same_name};
use crate::features::remittance::allocating::Arrived;
use crate::features::remittance::aml;
use crate::features::remittance::entries::{self, Hold};
use crate::features::remittance::fault::Fault;
use crate::features::remittance::payers;
use crate::services::context::Context;

/// Whether crediting an entry to these accounts takes a word why; what D7 wants to know becomes a case.
pub(super) fn caught(conn: &mut Conn, ctx: &Context, arrived: &Arrived, accounts: &[i64]) -> Result<bool, Fault> {
    let remitter = entries::remitter(conn, &ctx.keys, &arrived.number)?;
    for &account in accounts {
        if let Some(why) = reason(conn, ctx, arrived, &remitter, account)? {
            if why.is_for_aml() {
                aml::doubted(conn, ctx, arrived, account, why)?;
            }
            return Ok(true);
        }
    }
    Ok(false)
}

fn reason(
    conn: &mut Conn,
    ctx: &Context,
    arrived: &Arrived,
    remitter: &str,
    account: i64,
) -> Result<Option<Hold>, Fault> {
    let Some(name) = identity::name_of(conn, &ctx.keys, account)? else { return Ok(Some(Hold::NoRealName)) };
    if remitter.trim().is_empty() {
        return Ok(Some(Hold::NoName));
    }
    let mut names = payers::names_of(conn, &ctx.keys, account)?;
    names.push(name);
    if !names.iter().any(|name| same_name(name, remitter)) {
        return Ok(Some(Hold::ThirdParty));
    }
    Ok(aml::caught(conn, account, arrived.amount, ctx.now)?.map(aml::RuleKind::hold))
}
