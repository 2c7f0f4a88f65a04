//! The form of a mapping: from what is chosen to a mapping and back, and at which field a fault belongs.

use serde::de::IntoDeserializer;
use serde::de::value::Error as Unknown;
use serde::{Deserialize, Serialize};

use super::sheet::{self, HEADS};
use crate::features::remittance::fields;
use crate::features::remittance::statements::formats::{
    AmountColumns, Delimiter, Encoding, Mapping, MappingFault, Why, Wrong,
};
use crate::web::forms::{Errors, FieldError};

/// Characters of the words for a direction, and of the beginnings of the last lines.
const WORDS: usize = 200;

/// What is chosen. Columns are counted from 0.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Columns {
    /// `save`, or `look` for the preview alone.
    pub step: String,
    /// How the file is written.
    pub encoding: String,
    /// What stands between the columns.
    pub delimiter: String,
    /// The line of the heads; empty when there are none.
    pub skip: String,
    /// The day of booking.
    pub day: String,
    /// The form of days.
    pub day_style: String,
    /// From when it counts for interest.
    pub value_day: String,
    /// `signed`, `split` or `marked`.
    pub amount_kind: String,
    /// How much, in one column.
    pub amount: String,
    /// What came in.
    pub credit: String,
    /// What went out.
    pub debit: String,
    /// Ticked: what went out has a minus.
    pub debit_negative: String,
    /// The word for the direction.
    pub side: String,
    /// The words for what came in, with commas between.
    pub credit_words: String,
    /// The words for what went out.
    pub debit_words: String,
    /// What stands before the decimals.
    pub decimal: String,
    /// What stands between groups of digits.
    pub thousands: String,
    /// The other party.
    pub remitter: String,
    /// Its account.
    pub remitter_account: String,
    /// The text, in up to three columns.
    pub text: String,
    /// The second one.
    pub text_second: String,
    /// The third one.
    pub text_third: String,
    /// The bank's serial number.
    pub serial: String,
    /// The payer's number.
    pub end_to_end: String,
    /// The balance after the entry.
    pub balance: String,
    /// The currency of the entry.
    pub currency_column: String,
    /// How lines begin that come after the last entry, with commas between.
    pub tail: String,
}

/// The fields as the page shows them.
pub const ORDER: &[&str] = &[
    "encoding",
    "delimiter",
    "skip",
    "tail",
    "day",
    "day_style",
    "value_day",
    "remitter",
    "remitter_account",
    "text",
    "text_second",
    "text_third",
    "serial",
    "end_to_end",
    "amount_kind",
    "amount",
    "credit",
    "debit",
    "debit_negative",
    "side",
    "credit_words",
    "debit_words",
    "decimal",
    "thousands",
    "balance",
    "currency_column",
];

/// The word by which a choice is kept.
fn word(choice: impl Serialize) -> String {
    serde_json::to_value(choice).ok().and_then(|value| value.as_str().map(str::to_string)).unwrap_or_default()
}

/// The choice of this word.
fn chosen<T: for<'a> Deserialize<'a>>(word: &str) -> Option<T> {
    let word: serde::de::value::StrDeserializer<'_, Unknown> = word.into_deserializer();
    T::deserialize(word).ok()
}

fn column(of: Option<u16>) -> String {
    of.map(|column| column.to_string()).unwrap_or_default()
}

/// Reads one field after the other and gathers what is wrong.
struct Reader {
    errors: Errors,
    width: usize,
}

impl Reader {
    fn choice<T: Default + for<'a> Deserialize<'a>>(&mut self, field: &'static str, given: &str) -> T {
        chosen(given).unwrap_or_else(|| {
            self.errors.add(field, FieldError::UnknownChoice);
            T::default()
        })
    }

    fn column_if_any(&mut self, field: &'static str, given: &str) -> Option<u16> {
        if given.is_empty() {
            return None;
        }
        let found = given.parse::<u16>().ok().filter(|column| usize::from(*column) < self.width);
        let found = found.filter(|column| column.to_string() == given);
        if found.is_none() {
            self.errors.add(field, FieldError::UnknownChoice);
        }
        found
    }

    fn column(&mut self, field: &'static str, given: &str) -> u16 {
        if given.is_empty() {
            self.errors.add(field, FieldError::Missing);
        }
        self.column_if_any(field, given).unwrap_or_default()
    }

    fn words(&mut self, field: &'static str, given: &str) -> Vec<String> {
        let line = fields::line_if_any(&mut self.errors, field, given, WORDS);
        line.split([',', '，', '、']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_string).collect()
    }
}

impl Columns {
    /// The form with a mapping filled in.
    pub fn of(mapping: &Mapping) -> Self {
        let text = |nth: usize| column(mapping.text.get(nth).copied());
        let mut form = Self {
            encoding: word(mapping.encoding),
            delimiter: word(mapping.delimiter),
            skip: if mapping.skip == 0 { String::new() } else { mapping.skip.to_string() },
            day: mapping.day.to_string(),
            day_style: word(mapping.day_style),
            value_day: column(mapping.value_day),
            decimal: word(mapping.decimal),
            thousands: word(mapping.thousands),
            remitter: column(mapping.remitter),
            remitter_account: column(mapping.remitter_account),
            text: text(0),
            text_second: text(1),
            text_third: text(2),
            serial: column(mapping.serial),
            end_to_end: column(mapping.end_to_end),
            balance: column(mapping.balance),
            currency_column: column(mapping.currency_column),
            tail: mapping.tail.join(", "),
            ..Self::default()
        };
        match &mapping.amount {
            AmountColumns::Signed { column } => {
                form.amount_kind = "signed".into();
                form.amount = column.to_string();
            }
            AmountColumns::Split { credit, debit, debit_negative } => {
                form.amount_kind = "split".into();
                form.credit = credit.to_string();
                form.debit = debit.to_string();
                form.debit_negative = if *debit_negative { "yes".into() } else { String::new() };
            }
            AmountColumns::Marked { column, side, credit, debit } => {
                form.amount_kind = "marked".into();
                form.amount = column.to_string();
                form.side = side.to_string();
                form.credit_words = credit.join(", ");
                form.debit_words = debit.join(", ");
            }
        }
        form
    }

    /// What the preview is drawn by: what is chosen as far as it can be, else what was guessed.
    pub fn drawn(&self, guess: &Mapping) -> (Encoding, Delimiter, u32) {
        let skip = if self.skip.is_empty() { Some(0) } else { self.skip.parse().ok().filter(|line| *line <= HEADS) };
        (
            chosen(&self.encoding).unwrap_or(guess.encoding),
            chosen(&self.delimiter).unwrap_or(guess.delimiter),
            skip.unwrap_or(guess.skip),
        )
    }

    /// The mapping that is chosen, of a sheet of so many columns; account and heading are not said here.
    pub fn read(&self, width: usize) -> Result<Mapping, Errors> {
        let mut reader = Reader { errors: Errors::none(), width };
        let skip = match self.skip.as_str() {
            "" => 0,
            given => given.parse().ok().filter(|line| (1..=HEADS).contains(line)).unwrap_or_else(|| {
                reader.errors.add("skip", FieldError::UnknownChoice);
                0
            }),
        };
        let texts = [("text", &self.text), ("text_second", &self.text_second), ("text_third", &self.text_third)];
        let mapping = Mapping {
            encoding: reader.choice("encoding", &self.encoding),
            delimiter: reader.choice("delimiter", &self.delimiter),
            skip,
            day: reader.column("day", &self.day),
            day_style: reader.choice("day_style", &self.day_style),
            value_day: reader.column_if_any("value_day", &self.value_day),
            amount: self.amounts(&mut reader),
            decimal: reader.choice("decimal", &self.decimal),
            thousands: reader.choice("thousands", &self.thousands),
            remitter: reader.column_if_any("remitter", &self.remitter),
            remitter_account: reader.column_if_any("remitter_account", &self.remitter_account),
            text: texts.into_iter().filter_map(|(field, given)| reader.column_if_any(field, given)).collect(),
            serial: reader.column_if_any("serial", &self.serial),
            end_to_end: reader.column_if_any("end_to_end", &self.end_to_end),
            balance: reader.column_if_any("balance", &self.balance),
            currency_column: reader.column_if_any("currency_column", &self.currency_column),
            tail: reader.words("tail", &self.tail),
            ..Mapping::default()
        };
        if !matches!(self.step.as_str(), "" | "save" | "look") {
            reader.errors.add("form", FieldError::UnknownChoice);
        }
        if reader.errors.is_empty() { Ok(mapping) } else { Err(reader.errors.in_order(ORDER)) }
    }

    /// Columns and words of what is chosen; those of another kind are looked at, too, so that none is kept unseen.
    fn amounts(&self, reader: &mut Reader) -> AmountColumns {
        let needed = |kind: &[&str]| kind.contains(&self.amount_kind.as_str());
        let mut read = |field, given: &str, needed: bool| {
            if needed { reader.column(field, given) } else { reader.column_if_any(field, given).unwrap_or_default() }
        };
        let column = read("amount", &self.amount, needed(&["signed", "marked"]));
        let (credit, debit) =
            (read("credit", &self.credit, needed(&["split"])), read("debit", &self.debit, needed(&["split"])));
        let side = read("side", &self.side, needed(&["marked"]));
        let words = (reader.words("credit_words", &self.credit_words), reader.words("debit_words", &self.debit_words));
        match self.amount_kind.as_str() {
            "signed" => AmountColumns::Signed { column },
            "split" => AmountColumns::Split { credit, debit, debit_negative: !self.debit_negative.is_empty() },
            "marked" => AmountColumns::Marked { column, side, credit: words.0, debit: words.1 },
            _ => {
                reader.errors.add("amount_kind", FieldError::UnknownChoice);
                AmountColumns::default()
            }
        }
    }

    /// What contradicts itself in a mapping that was read from this form.
    pub fn faults(&self, mapping: &Mapping) -> Errors {
        let mut errors = Errors::none();
        for fault in mapping.check() {
            let (field, error) = self.said(&fault);
            errors.add(field, error);
        }
        errors.in_order(ORDER)
    }

    fn said(&self, fault: &MappingFault) -> (&'static str, FieldError) {
        match fault {
            MappingFault::SameMark => ("thousands", FieldError::SameMark),
            MappingFault::SameColumn { column } => {
                (self.second(*column), FieldError::SameColumn(sheet::letter(usize::from(*column))))
            }
            MappingFault::NoWord if self.credit_words.trim().is_empty() => ("credit_words", FieldError::Missing),
            MappingFault::NoWord => ("debit_words", FieldError::Missing),
            MappingFault::SameWord => ("debit_words", FieldError::SameWord),
            MappingFault::ManySkipped | MappingFault::HeadingWithoutLine => ("skip", FieldError::UnknownChoice),
            MappingFault::EmptyTail => ("tail", FieldError::Missing),
            MappingFault::ManyTexts => ("text_third", FieldError::UnknownChoice),
            MappingFault::FarColumn { .. } | MappingFault::NoAccount | MappingFault::NoCurrency => {
                ("form", FieldError::UnknownChoice)
            }
        }
    }

    /// The field in which a column stands for the second time.
    fn second(&self, column: u16) -> &'static str {
        let amounts: &[(&'static str, &String)] = match self.amount_kind.as_str() {
            "split" => &[("credit", &self.credit), ("debit", &self.debit)],
            "marked" => &[("amount", &self.amount), ("side", &self.side)],
            _ => &[("amount", &self.amount)],
        };
        let all = [("day", &self.day)].into_iter().chain(amounts.iter().copied());
        let all = all.chain([("balance", &self.balance), ("currency_column", &self.currency_column)]);
        let here = |(_, given): &(&'static str, &String)| **given == column.to_string();
        let named = [("remitter", &self.remitter), ("remitter_account", &self.remitter_account)];
        all.filter(here).nth(1).or_else(|| named.into_iter().find(here)).map_or("form", |(field, _)| field)
    }
}

/// The field that a line of the file contradicts.
pub fn field_of(wrong: &Wrong, amount_kind: &str) -> &'static str {
    match &wrong.why {
        Why::Encoding { .. } => "encoding",
        Why::Running { .. } => "balance",
        Why::Tail { .. } => "tail",
        Why::CutOff | Why::Heading { .. } => "skip",
        Why::Unclosed | Why::AfterQuote { .. } | Why::Cells { .. } => "delimiter",
        Why::Missing { field }
        | Why::Twice { field }
        | Why::Unknown { field, .. }
        | Why::Amount { field, .. }
        | Why::Day { field, .. }
        | Why::Currency { field, .. } => match *field {
            "day" => "day",
            "value day" => "value_day",
            "amount" if amount_kind == "split" => "credit",
            "amount" => "amount",
            "credit" => "credit",
            "debit" => "debit",
            "side" => "side",
            "currency" => "currency_column",
            "remitter" => "remitter",
            "remitter account" => "remitter_account",
            "text" => "text",
            "serial" => "serial",
            "end-to-end" => "end_to_end",
            "balance" => "balance",
            _ => "form",
        },
        _ => "form",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::remittance::statements::formats::DayStyle;

    fn mapping() -> Mapping {
        Mapping {
            skip: 2,
            day_style: DayStyle::Points,
            amount: AmountColumns::Marked {
                column: 1,
                side: 2,
                credit: vec!["C".into(), "CR".into()],
                debit: vec!["D".into()],
            },
            text: vec![4, 5],
            balance: Some(3),
            tail: vec!["Total".into()],
            ..Mapping::default()
        }
    }

    #[test]
    fn what_is_filled_in_is_what_is_read() {
        let split = AmountColumns::Split { credit: 1, debit: 2, debit_negative: true };
        for amount in [mapping().amount, split, AmountColumns::Signed { column: 1 }] {
            let mapping = Mapping { amount, ..mapping() };
            assert_eq!(Columns::of(&mapping).read(6).unwrap(), mapping);
        }
        let errors = Columns::of(&mapping()).read(4).unwrap_err();
        assert_eq!(errors.iter().map(|(field, _)| field).collect::<Vec<_>>(), ["text", "text_second"]);
    }

    #[test]
    fn a_contradiction_is_said_at_the_field_that_comes_second() {
        let faulty = Mapping { balance: Some(1), ..mapping() };
        let errors = Columns::of(&faulty).faults(&Mapping { account: "1".into(), currency: "CNY".into(), ..faulty });
        assert_eq!(errors, Errors::one("balance", FieldError::SameColumn("B".into())));
        for (words, field) in [(("", "D"), "credit_words"), (("C", ""), "debit_words"), (("C", "c"), "debit_words")] {
            let form = Columns { credit_words: words.0.into(), debit_words: words.1.into(), ..Columns::of(&mapping()) };
            let read = Mapping { account: "1".into(), currency: "CNY".into(), ..form.read(6).unwrap() };
            assert_eq!(form.faults(&read).iter().map(|(field, _)| field).collect::<Vec<_>>(), [field]);
        }
    }
}
