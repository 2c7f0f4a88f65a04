//! What the rules decide on.

use diesel::prelude::*;

use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::{
    allocations, entry_decisions, permanent_references, receiving_accounts, remittances, statement_entries,
    statement_imports, statement_mappings,
};
use crate::base::types::{Day, Money, Number};
use crate::features::remittance::desk::DecisionState;
use crate::features::remittance::entries::{EntryState, Hold};
use crate::features::remittance::sealed::{self, ENTRY_REMITTER};
use crate::features::remittance::statements::Format;

/// An entry that the rules have not looked at.
#[derive(Debug, Clone)]
pub struct Unseen {
    pub(super) id: i64,
    /// Its public number.
    pub number: Number,
    /// How much arrived.
    pub amount: Money,
    /// ISO 4217.
    pub currency: String,
    /// Who paid, as the bank names them.
    pub remitter: String,
    /// The text of the remittance.
    pub text: String,
    account_key: String,
    booked_on: Day,
    reference: Option<Number>,
    pub(super) import_id: Option<i64>,
    line_key: Option<String>,
    /// Whether the bank takes back by it what it booked before.
    pub reversal: bool,
}

impl Unseen {
    /// Whether this is the reference by which its customer finds it.
    pub(super) fn is_named(&self, number: &Number) -> bool {
        self.reference.as_ref() == Some(number)
    }
}

type Row =
    (i64, Number, Money, String, Vec<u8>, String, String, Day, Option<Number>, Option<i64>, (Option<String>, bool));

/// What the rules read of entries.
macro_rules! seen {
    () => {
        statement_entries::table.inner_join(receiving_accounts::table).select((
            statement_entries::id,
            statement_entries::number,
            statement_entries::amount,
            receiving_accounts::currency,
            statement_entries::sealed_remitter,
            statement_entries::remittance_text,
            statement_entries::account_key,
            statement_entries::booked_on,
            statement_entries::reference,
            statement_entries::import_id,
            (statement_entries::line_key, statement_entries::reversal),
        ))
    };
}

fn opened(keys: &Keys, row: Row) -> Unseen {
    let (id, number, amount, currency, remitter, text, account_key, booked_on, reference, import_id, rest) = row;
    let (line_key, reversal) = rest;
    let remitter = sealed::open(keys, ENTRY_REMITTER, &number, Some(&remitter));
    Unseen {
        id,
        number,
        amount,
        currency,
        remitter,
        text,
        account_key,
        booked_on,
        reference,
        import_id,
        line_key,
        reversal,
    }
}

/// Those that come next above this row, in the order in which the bank booked them as far as they are known.
pub fn unseen(conn: &mut Conn, keys: &Keys, above: i64, most: i64) -> QueryResult<Vec<Unseen>> {
    let rows: Vec<Row> = seen!()
        .filter(statement_entries::state.eq(EntryState::New))
        .filter(statement_entries::id.gt(above))
        .order(statement_entries::id)
        .limit(most)
        .load(conn)?;
    Ok(rows.into_iter().map(|row| opened(keys, row)).collect())
}

/// One entry, as the rules would read it.
pub fn as_seen(conn: &mut Conn, keys: &Keys, number: &Number) -> QueryResult<Option<Unseen>> {
    let row: Option<Row> = seen!().filter(statement_entries::number.eq(number)).first(conn).optional()?;
    Ok(row.map(|row| opened(keys, row)))
}

/// Whether the same amount with the same reference was booked on that day by another file, or typed in. Within one file
/// equal lines are two transfers, and equal lines of overlapping files are told apart by how many they are.
pub fn has_twin(conn: &mut Conn, entry: &Unseen) -> QueryResult<bool> {
    let Some(reference) = &entry.reference else { return Ok(false) };
    let same = statement_entries::table
        .filter(statement_entries::reference.eq(Some(reference)))
        .filter(statement_entries::account_key.eq(&entry.account_key))
        .filter(statement_entries::amount.eq(entry.amount))
        .filter(statement_entries::booked_on.eq(entry.booked_on))
        .filter(statement_entries::state.ne_all([EntryState::Voided, EntryState::Outgoing]))
        .filter(statement_entries::id.ne(entry.id));
    let Some(import) = entry.import_id else {
        // What was typed in may be any line of that kind.
        return diesel::select(diesel::dsl::exists(same)).get_result(conn);
    };
    let other = same
        .filter(statement_entries::import_id.is_null().or(statement_entries::import_id.ne(Some(import))))
        .filter(statement_entries::line_key.is_null().or(statement_entries::line_key.ne(&entry.line_key)));
    diesel::select(diesel::dsl::exists(other)).get_result(conn)
}

/// Who brought the file of an entry, said what its columns are, or agreed to it, and who typed the entry in before.
pub fn brought_by(conn: &mut Conn, entry: &Unseen) -> QueryResult<Vec<i64>> {
    type Row = (Option<i64>, Option<(Option<i64>, Option<i64>)>, Option<i64>);
    let (typed, brought, mapped): Row = statement_entries::table
        .left_join(statement_imports::table.on(statement_entries::import_id.eq(statement_imports::id.nullable())))
        .left_join(statement_mappings::table.on(statement_imports::mapping_id.eq(statement_mappings::id.nullable())))
        .filter(statement_entries::id.eq(entry.id))
        .select((
            statement_entries::entered_by_id,
            (statement_imports::imported_by_id, statement_imports::agreed_by_id).nullable(),
            statement_mappings::made_by_id.nullable(),
        ))
        .first(conn)?;
    let (by, agreed) = brought.unwrap_or_default();
    let mut people: Vec<i64> = typed.into_iter().chain(by).chain(agreed).chain(mapped).collect();
    people.sort_unstable();
    people.dedup();
    Ok(people)
}

/// Whether money that was credited to this account is the same transfer: of the same amount and day at the same bank account, by a
/// file of another format or as it was typed in, where a line is worded otherwise and carries another reference first.
pub fn has_double(conn: &mut Conn, entry: &Unseen, account_id: i64) -> QueryResult<bool> {
    let Some(import) = entry.import_id else { return Ok(false) };
    let format: Format = statement_imports::table.find(import).select(statement_imports::format).first(conn)?;
    let double = allocations::table
        .inner_join(statement_entries::table)
        .left_join(statement_imports::table.on(statement_entries::import_id.eq(statement_imports::id.nullable())))
        .filter(allocations::account_id.eq(account_id))
        .filter(allocations::undone_by_id.is_null())
        .filter(statement_entries::account_key.eq(&entry.account_key))
        .filter(statement_entries::amount.eq(entry.amount))
        .filter(statement_entries::booked_on.eq(entry.booked_on))
        .filter(statement_entries::import_id.is_null().or(statement_imports::format.nullable().ne(format)));
    diesel::select(diesel::dsl::exists(double)).get_result(conn)
}

/// An entry that waits for a real name alone, also when it was set aside since, and the account that its text names.
#[derive(Debug, Clone)]
pub struct Nameless {
    pub(super) id: i64,
    /// Its public number.
    pub number: Number,
    /// Where it stands.
    pub(super) state: EntryState,
    /// Whose real name it waits for.
    pub account_id: Option<i64>,
}

/// Those that come next above this row, but for those about which a decision waits.
pub fn nameless(conn: &mut Conn, above: i64, most: i64) -> QueryResult<Vec<Nameless>> {
    type Row = (i64, Number, EntryState, Option<i64>, Option<i64>);
    let waiting = || {
        statement_entries::table
            .left_join(remittances::table.on(statement_entries::reference.eq(remittances::number.nullable())))
            .left_join(
                permanent_references::table
                    .on(statement_entries::reference.eq(permanent_references::number.nullable())),
            )
            .filter(statement_entries::id.gt(above))
            .filter(diesel::dsl::not(diesel::dsl::exists(
                entry_decisions::table
                    .filter(entry_decisions::entry_id.eq(statement_entries::id))
                    .filter(entry_decisions::state.eq(DecisionState::Proposed)),
            )))
            .order(statement_entries::id)
            .limit(most)
            .select((
                statement_entries::id,
                statement_entries::number,
                statement_entries::state,
                remittances::account_id.nullable(),
                permanent_references::account_id.nullable(),
            ))
    };
    let why = Some(Hold::NoRealName);
    let mut rows: Vec<Row> = waiting().filter(statement_entries::hold.eq(why)).load(conn)?;
    rows.extend(waiting().filter(statement_entries::set_aside_hold.eq(why)).load::<Row>(conn)?);
    rows.sort_by_key(|row| row.0);
    rows.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    let read =
        |(id, number, state, named, permanent): Row| Nameless { id, number, state, account_id: named.or(permanent) };
    Ok(rows.into_iter().map(read).collect())
}

/// Moves an entry that waits for a real name alone; false when it changed meanwhile, or a decision about it waits.
pub fn looked_at_again(conn: &mut Conn, entry: &Nameless, to: EntryState) -> QueryResult<bool> {
    // Whoever decides about an entry holds it first: what they proposed stands once it is held here.
    let why = Some(Hold::NoRealName);
    let kept = diesel::update(statement_entries::table.find(entry.id))
        .filter(statement_entries::state.eq(entry.state))
        .filter(statement_entries::hold.eq(why).or(statement_entries::set_aside_hold.eq(why)))
        .set((
            statement_entries::state.eq(to),
            statement_entries::hold.eq(None::<Hold>),
            statement_entries::set_aside_hold.eq(None::<Hold>),
        ))
        .execute(conn)?;
    let decided = entry_decisions::table
        .filter(entry_decisions::entry_id.eq(entry.id))
        .filter(entry_decisions::state.eq(DecisionState::Proposed));
    let decided: bool = diesel::select(diesel::dsl::exists(decided)).get_result(conn)?;
    Ok(kept == 1 && !decided)
}

/// Keeps that a person has to look at an entry, and why; false when it changed meanwhile.
pub fn left(conn: &mut Conn, entry: &Unseen, to: EntryState, hold: Option<Hold>) -> QueryResult<bool> {
    let kept = diesel::update(statement_entries::table.find(entry.id))
        .filter(statement_entries::state.eq(EntryState::New))
        .set((statement_entries::state.eq(to), statement_entries::hold.eq(hold)))
        .execute(conn)?;
    Ok(kept == 1)
}
