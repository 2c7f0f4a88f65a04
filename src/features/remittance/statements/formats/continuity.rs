//! Balances, the same for all formats: what is on an account before plus what moved is what is on it after, within a
//! statement and from one statement of an account to the next.

use std::collections::HashMap;

use super::model::{Balance, Dialect, Head, Line, Piece, Side, Summary};
use super::wrong::{Why, Wrong};
use super::{limits, names};
use crate::base::types::Money;

/// Hands pieces on and checks them on their way.
pub struct Checked<'a> {
    each: &'a mut dyn FnMut(Piece) -> Result<(), Wrong>,
    summary: Summary,
    /// The account of the statement that is open, and what the entries so far lead to, if it began with a balance.
    open: Option<(String, Option<Money>)>,
    /// How the last statement of each account ended.
    ended: HashMap<String, Money>,
    /// How many entries look like each dialect.
    dialects: [u64; Dialect::ALL.len()],
}

impl<'a> Checked<'a> {
    pub fn new(each: &'a mut dyn FnMut(Piece) -> Result<(), Wrong>) -> Self {
        Self { each, summary: Summary::default(), open: None, ended: HashMap::new(), dialects: [0; Dialect::ALL.len()] }
    }

    /// A statement begins; `place` is the line that says its opening balance.
    pub fn begin(&mut self, place: u64, head: Head) -> Result<(), Wrong> {
        self.summary.statements += 1;
        if self.summary.statements > limits::STATEMENTS {
            return Err(Wrong::at(place, Why::TooMany { field: "statements", limit: limits::STATEMENTS }));
        }
        let opening = head.opening.map(|balance| balance.amount);
        if let (Some(stated), Some(&expected)) = (opening, self.ended.get(&head.account))
            && stated != expected
        {
            return Err(Wrong::at(place, Why::Opening { expected, stated }));
        }
        self.open = Some((head.account.clone(), opening));
        (self.each)(Piece::Begin(head))
    }

    /// How the information of an entry is written, if it has one.
    pub fn looks(&mut self, dialect: Option<Dialect>) {
        for (one, many) in Dialect::ALL.iter().zip(&mut self.dialects) {
            *many += u64::from(dialect == Some(*one));
        }
    }

    /// An entry of the open statement.
    pub fn line(&mut self, line: Line) -> Result<(), Wrong> {
        let overflow = Wrong::at(line.place, Why::Overflow);
        self.summary.lines += 1;
        if self.summary.lines > limits::ENTRIES {
            return Err(Wrong::at(line.place, Why::TooMany { field: "entries", limit: limits::ENTRIES }));
        }
        let sum = match line.side {
            Side::Credit => &mut self.summary.credits,
            Side::Debit => &mut self.summary.debits,
        };
        *sum = sum.checked_add(line.amount).ok_or(overflow.clone())?;
        if let Some((_, Some(reached))) = &mut self.open {
            let moved = match line.side {
                Side::Credit => reached.checked_add(line.amount),
                Side::Debit => reached.checked_sub(line.amount),
            };
            *reached = moved.ok_or(overflow)?;
        }
        (self.each)(Piece::Line(held(line)?))
    }

    /// Something that moves no balance.
    pub const fn skip(&mut self) {
        self.summary.skipped += 1;
    }

    /// The open statement is over; `place` is the line that says its closing balance.
    pub fn end(&mut self, place: u64, closing: Option<Balance>) -> Result<(), Wrong> {
        let open = self.open.take();
        if let (Some((account, _)), None) = (&open, closing) {
            self.ended.remove(account);
        }
        if let (Some((account, reached)), Some(closing)) = (open, closing) {
            let stated = closing.amount;
            if let Some(expected) = reached
                && expected != stated
            {
                return Err(Wrong::at(place, Why::Closing { expected, stated }));
            }
            if self.ended.len() >= limits::ACCOUNTS && !self.ended.contains_key(&account) {
                let limit = u64::try_from(limits::ACCOUNTS).unwrap_or(u64::MAX);
                return Err(Wrong::at(place, Why::TooMany { field: "accounts", limit }));
            }
            self.ended.insert(account, stated);
        }
        (self.each)(Piece::End { closing })
    }

    /// What was read, if it was anything.
    pub fn finish(self) -> Result<Summary, Wrong> {
        if self.summary.statements == 0 {
            return Err(Wrong::at(1, Why::Empty));
        }
        let most = Dialect::ALL.iter().zip(self.dialects).filter(|(_, many)| *many > 0).max_by_key(|(_, many)| *many);
        Ok(Summary { dialect: most.map(|(dialect, _)| *dialect), ..self.summary })
    }
}

fn kept(remitter: &mut String, text: &mut String) {
    if !names::is_name(remitter) {
        remitter.clear();
    }
    if let Some((end, _)) = text.char_indices().nth(limits::KEPT) {
        text.truncate(end);
    }
}

/// A line with no more than is kept of it, and without a name where none is.
fn held(mut line: Line) -> Result<Line, Wrong> {
    for (field, text) in [
        ("remitter", Some(&line.remitter)),
        ("remitter account", line.remitter_account.as_ref()),
        ("bank", line.bank.as_ref()),
        ("serial", line.bank_serial.as_ref()),
        ("end-to-end", line.end_to_end.as_ref()),
        ("code", line.code.as_ref()),
    ] {
        if text.is_some_and(|text| text.len() > limits::NAME) {
            return Err(Wrong::at(line.place, Why::TooLong { field, limit: limits::NAME as u64 }));
        }
    }
    kept(&mut line.remitter, &mut line.text);
    if let Some(said) = &mut line.by_looks {
        kept(&mut said.remitter, &mut said.text);
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::types::Day;

    fn day() -> Day {
        Day::parse("2026-11-26").unwrap()
    }

    fn head(account: &str, opening: Option<i64>) -> Head {
        let opening = opening.map(|amount| Balance { on: day(), amount: Money(amount) });
        let (currency, statement, sequence, from, to) = (None, None, None, None, None);
        Head { account: account.into(), currency, statement, sequence, opening, from, to }
    }

    fn line(place: u64, amount: i64, side: Side) -> Line {
        Line {
            place,
            booked_on: day(),
            value_on: None,
            amount: Money(amount),
            side,
            reversal: false,
            remitter: String::new(),
            remitter_account: None,
            bank: None,
            text: String::new(),
            bank_serial: None,
            end_to_end: None,
            by_looks: None,
            charges: None,
            code: None,
        }
    }

    #[allow(clippy::unnecessary_wraps, reason = "as a statement has it")]
    fn closing(amount: i64) -> Option<Balance> {
        Some(Balance { on: day(), amount: Money(amount) })
    }

    #[test]
    fn what_was_there_and_what_moved_is_what_is_there() {
        let mut pieces = Vec::new();
        let mut each = |piece| {
            pieces.push(piece);
            Ok(())
        };
        let mut checked = Checked::new(&mut each);
        checked.begin(1, head("A", Some(-500))).unwrap();
        checked.line(line(2, 700, Side::Credit)).unwrap();
        checked.line(line(3, 300, Side::Debit)).unwrap();
        checked.end(4, closing(-100)).unwrap();
        checked.begin(5, head("B", None)).unwrap();
        checked.end(6, closing(7)).unwrap();
        checked.begin(7, head("A", Some(-100))).unwrap();
        checked.end(8, None).unwrap();
        let summary = checked.finish().unwrap();
        let sums = (summary.statements, summary.lines, summary.credits, summary.debits);
        assert_eq!(sums, (3, 2, Money(700), Money(300)));
        assert_eq!(pieces.len(), 8);
    }

    #[test]
    fn a_gap_is_told_where_it_is() {
        let mut each = |_| Ok(());
        let mut checked = Checked::new(&mut each);
        checked.begin(1, head("A", Some(0))).unwrap();
        checked.line(line(2, 700, Side::Credit)).unwrap();
        let why = Why::Closing { expected: Money(700), stated: Money(701) };
        assert_eq!(checked.end(4, closing(701)), Err(Wrong::at(4, why)));

        let mut checked = Checked::new(&mut each);
        checked.begin(1, head("A", None)).unwrap();
        checked.end(4, closing(5)).unwrap();
        let why = Why::Opening { expected: Money(5), stated: Money(6) };
        assert_eq!(checked.begin(9, head("A", Some(6))), Err(Wrong::at(9, why)));
    }

    #[test]
    fn of_a_line_no_more_is_held_than_is_kept() {
        let mut kept = Vec::new();
        let mut each = |piece| {
            if let Piece::Line(line) = piece {
                kept.push((line.remitter, line.text.chars().count()));
            }
            Ok(())
        };
        let mut checked = Checked::new(&mut each);
        checked.begin(1, head("A", None)).unwrap();
        for (remitter, text) in [("NOTPROVIDED", 1_000), ("Li Ming", 1_001), ("\u{3164}\u{200b}", 60_000)] {
            let (remitter, text) = (remitter.to_string(), "日".repeat(text));
            checked.line(Line { remitter, text, ..line(2, 1, Side::Credit) }).unwrap();
        }
        let long = Some("9".repeat(1_001));
        let why = |field| Wrong::at(2, Why::TooLong { field, limit: 1_000 });
        let serial = Line { bank_serial: long.clone(), ..line(2, 1, Side::Credit) };
        assert_eq!(checked.line(serial), Err(why("serial")));
        let account = Line { remitter_account: long, ..line(2, 1, Side::Credit) };
        assert_eq!(checked.line(account), Err(why("remitter account")));
        assert_eq!(kept, [(String::new(), 1_000), ("Li Ming".into(), 1_000), (String::new(), 1_000)]);
    }

    #[test]
    fn sums_that_do_not_fit_are_refused() {
        let mut each = |_| Ok(());
        let mut checked = Checked::new(&mut each);
        checked.begin(1, head("A", None)).unwrap();
        checked.line(line(2, i64::MAX, Side::Credit)).unwrap();
        assert_eq!(checked.line(line(3, 1, Side::Credit)), Err(Wrong::at(3, Why::Overflow)));

        let mut checked = Checked::new(&mut each);
        checked.begin(1, head("A", Some(i64::MIN))).unwrap();
        assert_eq!(checked.line(line(3, 1, Side::Debit)), Err(Wrong::at(3, Why::Overflow)));
        assert_eq!(Checked::new(&mut each).finish(), Err(Wrong::at(1, Why::Empty)));
    }
}
