//! Which columns hold data about people, and of which class. A test fails for a column that nobody classed.

/// How closely a column is guarded (`docs/data-model.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Sensitive: identity, bank data, factors, mail bodies with codes. Sealed in the column.
    Sensitive,
    /// Personal: address, name, telephone, free text. Clear in the column.
    Personal,
    /// A keyed hash of something personal, for looking up.
    Hashed,
}

/// One column that holds data about people.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// How closely it is guarded.
    pub class: Class,
    /// Why it is kept, in a few words.
    pub purpose: &'static str,
    /// How long it is kept.
    pub term: &'static str,
}

/// Shorthand for the lists in `personal.rs` of each room.
pub const fn column(
    table: &'static str,
    column: &'static str,
    class: Class,
    purpose: &'static str,
    term: &'static str,
) -> Column {
    Column { table, column, class, purpose, term }
}

/// What a room or service knows of the personal data in its tables.
#[derive(Debug)]
pub struct PersonalData {
    /// The tables it owns; every table of the database has exactly one owner.
    pub tables: &'static [&'static str],
    /// Every column with personal data in them.
    pub columns: &'static [Column],
}
