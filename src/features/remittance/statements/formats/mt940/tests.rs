use crate::base::types::{Money, MoneyError};
use crate::features::remittance::statements::formats::tests::{day, line, sample, taken};
use crate::features::remittance::statements::formats::{
    Balance, Dialect, Encoding, Head, Line, Piece, Reading, Sample, Side, Why, Wrong, read,
};

const UTF8: Reading = Reading::Mt940 { encoding: Encoding::Utf8, dialect: None };

#[allow(clippy::unnecessary_wraps, reason = "as the fields of a line are")]
fn own(text: &str) -> Option<String> {
    Some(text.into())
}

fn balance(on: &str, amount: i64) -> Balance {
    Balance { on: day(on), amount: Money(amount) }
}

#[test]
fn pages_in_the_envelope_of_the_network() {
    let (pieces, summary) = taken(&UTF8, &sample("mt940-plain.sta")).unwrap();
    let head = |page: &str, opening| {
        Piece::Begin(Head {
            account: "31001234567890123".into(),
            currency: own("CNY"),
            statement: own("330"),
            sequence: own(page),
            opening: Some(opening),
            from: None,
            to: None,
        })
    };
    let value = Some(day("2026-11-25"));
    let paid = Line {
        value_on: value,
        text: "Transfer from Example Trading Ltd for T7KM 3X9Q 26WA".into(),
        bank_serial: own("BK0001"),
        end_to_end: own("T7KM3X9Q26WA"),
        code: own("NTRF"),
        ..line(6, 25_000, Side::Credit)
    };
    let back = Line {
        value_on: value,
        reversal: true,
        text: "Reversal of BK9999".into(),
        bank_serial: own("BK0002"),
        code: own("NTRF"),
        ..line(9, 5_000, Side::Debit)
    };
    let fee = Line { value_on: value, code: own("NCHG"), ..line(18, 20_000, Side::Debit) };
    let interim = balance("2026-11-25", 120_000);
    let expected = [
        head("1", balance("2026-11-24", 100_000)),
        Piece::Line(paid),
        Piece::Line(back),
        Piece::End { closing: Some(interim) },
        head("2", interim),
        Piece::Line(fee),
        Piece::End { closing: Some(balance("2026-11-25", 100_000)) },
    ];
    assert_eq!(pieces, expected);
    assert_eq!((summary.statements, summary.lines), (2, 3));
}

#[test]
fn a_german_bank() {
    let reading = Reading::Mt940 { encoding: Encoding::Windows1252, dialect: None };
    let (pieces, _) = taken(&reading, &sample("mt940-german.sta")).unwrap();
    let paid = Line {
        value_on: Some(day("2026-11-25")),
        remitter: "MUSTERFRAU UND SÖHNE HANDELSGESELLSCHAFT MBH".into(),
        remitter_account: own("AT611904300234573201"),
        bank: own("BKAUATWW"),
        text: "T7KM 3X9Q 26WA Rechnung 4711".into(),
        bank_serial: own("2026112500001"),
        end_to_end: own("E2E-4711"),
        code: own("N166/166"),
        ..line(5, 125_000, Side::Credit)
    };
    let fee = Line {
        value_on: Some(day("2026-11-26")),
        text: "ABSCHLUSS".into(),
        code: own("N805/805"),
        ..line(9, 990, Side::Debit)
    };
    assert_eq!(pieces[1..3], [Piece::Line(paid), Piece::Line(fee)]);
    assert_eq!(pieces[3], Piece::End { closing: Some(balance("2026-11-25", 113_960)) });
    let unknown = Why::Encoding { encoding: Encoding::Utf8 };
    assert_eq!(taken(&UTF8, &sample("mt940-german.sta")), Err(Wrong::at(8, unknown)));
}

#[test]
fn a_dutch_bank() {
    let (pieces, _) = taken(&UTF8, &sample("mt940-dutch.sta")).unwrap();
    let paid = Line {
        booked_on: day("2026-12-30"),
        value_on: Some(day("2027-01-02")),
        remitter: "VOORBEELD BV".into(),
        remitter_account: own("NL32INGB0000012345"),
        bank: own("INGBNL2A"),
        text: "T7KM 3X9Q 26WA".into(),
        bank_serial: own("30"),
        code: own("N653"),
        ..line(8, 7_550, Side::Credit)
    };
    assert_eq!(pieces[1], Piece::Line(paid));
}

#[test]
fn a_page_that_does_not_follow_and_one_that_is_cut() {
    let why = Why::Opening { expected: Money(120_000), stated: Money(120_001) };
    assert_eq!(taken(&UTF8, &sample("wrong-page.sta")), Err(Wrong::at(17, why)));
    assert_eq!(taken(&UTF8, &sample("wrong-cut.sta")), Err(Wrong::at(18, Why::Missing { field: "62F" })));
}

#[test]
fn what_is_wrong_is_said_with_line_and_field() {
    let whole = ":20:X\n:25:1\n:28C:1\n:60F:C261124EUR0,00\n:61:261125C1,00NTRFX\n:86:a\n:62F:C261125EUR1,00\n-\n";
    assert!(taken(&UTF8, whole.as_bytes()).is_ok());
    let missing = |field| Why::Missing { field };
    let misplaced = |field| Why::Misplaced { field };
    let amount = |field, sample: &str| Why::Amount { field, sample: Sample::of(sample), fault: MoneyError::NotANumber };
    let currency = Why::Currency { field: "62F", expected: Sample::of("EUR"), sample: Sample::of("USD") };
    for (from, to, line, why) in [
        (":20:X\n", "", 1, misplaced("25")),
        (":25:1\n", "", 3, missing("25")),
        (":25:1", ":25:", 2, missing("25")),
        (":25:1", ":25:1\n:25:2", 3, Why::Twice { field: "25" }),
        (":60F:C261124EUR0,00\n", "", 4, missing("60F")),
        ("EUR0,00", "EUR0", 4, amount("60F", "0")),
        ("EUR0,00", "EUR", 4, amount("60F", "")),
        ("C261124EUR", "X261124EUR", 4, Why::Malformed { field: "60F", sample: Sample::of("X261124EUR0,00") }),
        ("C261124EUR", "C261324EUR", 4, Why::Day { field: "60F", sample: Sample::of("261324") }),
        ("C1,00", "C1.00", 5, amount("61", "1")),
        (":86:a", ":86:a\n:86:b", 7, Why::Twice { field: "86" }),
        (":61:261125C1,00NTRFX\n", "", 5, misplaced("86")),
        ("EUR1,00", "USD1,00", 7, currency),
        ("EUR1,00", "EUR1,01", 7, Why::Closing { expected: Money(100), stated: Money(101) }),
        ("\n-\n", "\n:61:261125C1,00NTRFX\n", 8, misplaced("61")),
        (":86:a", ":87:a", 6, Why::Unknown { field: "tag", sample: Sample::of("87") }),
    ] {
        assert!(whole.contains(from), "{from}");
        let read = taken(&UTF8, whole.replacen(from, to, 1).as_bytes());
        assert_eq!(read.unwrap_err(), Wrong::at(line, why), "{to}");
    }
    assert_eq!(taken(&UTF8, b"\n"), Err(Wrong::at(1, Why::Empty)));
}

#[test]
fn most_credits_say_how_the_bank_writes() {
    let entries = |infos: &[&str]| -> String {
        infos.iter().fold(String::new(), |text, info| text + ":61:261120C1,00NTRFX\n:86:" + info + "\n")
    };
    let looks = |infos: &[&str]| {
        let closing = format!("{},00", 1 + infos.len());
        let text =
            format!(":20:X\n:25:1\n:28C:1\n:60F:C261120EUR1,00\n{}:62F:C261120EUR{closing}\n-\n", entries(infos));
        read(&UTF8, text.as_bytes(), &mut |_| Ok(())).unwrap().dialect
    };
    let (words, subfields, plain) = ("/NAME/LI MING/REMI/x", "166?20SVWZ+x?32LI MING", "top up");
    assert_eq!(looks(&[]), None);
    assert_eq!(looks(&[words, subfields, words]), Some(Dialect::CodeWords));
    assert_eq!(looks(&[subfields]), Some(Dialect::Subfields));
    assert_eq!(looks(&[words, plain]), Some(Dialect::Plain), "of as many, the one that names nobody");
}
