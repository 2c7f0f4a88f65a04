//! How much of a file is held at once, and how much of it is read at all. Banks stay far below each of these; what goes
//! beyond is no statement.

/// The longest line of a text file, the longest record of a CSV, the longest tag and the longest text of an XML element,
/// in bytes.
pub const TEXT: usize = 64 * 1024;

/// The remittance information of an entry that is kept, in signs: what stands behind them is cut off. References stand
/// before.
pub const KEPT: usize = 1_000;

/// A name, an account or a number of an entry, in bytes. They are compared as a whole, so nothing of them is cut off.
pub const NAME: usize = 1_000;

/// How deep elements of an XML document may stand within each other.
pub const DEPTH: usize = 64;

/// The attributes of one element.
pub const ATTRIBUTES: usize = 64;

/// The entries of one file.
pub const ENTRIES: u64 = 1_000_000;

/// The lines of a text file: an entry of an MT940 takes up to eight.
pub const LINES: u64 = 10_000_000;

/// The statements of one file.
pub const STATEMENTS: u64 = 100_000;

/// The accounts of one file whose balances are followed from statement to statement.
pub const ACCOUNTS: usize = 1_000;

/// The elements of one entry of a camt.053 that are held at once.
pub const ELEMENTS: usize = 20_000;

/// The transactions of one batch entry of a camt.053.
pub const TRANSACTIONS: usize = 20_000;

/// The texts of one entry of a camt.053 together, in bytes.
pub const ENTRY: usize = 8 * 1024 * 1024;
