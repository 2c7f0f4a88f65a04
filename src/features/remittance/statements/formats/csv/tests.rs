use super::preview;
use crate::base::types::{Money, MoneyError};
use crate::features::remittance::statements::formats::tests::{day, line, lines, sample, taken};
use crate::features::remittance::statements::formats::{
    AmountColumns, Balance, DayStyle, Decimal, Delimiter, Encoding, Line, Mapping, MappingFault, Piece, Reading,
    Sample, Side, Thousands, Why, Wrong, guess,
};

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

fn chinese() -> Mapping {
    Mapping {
        account: "31001234567890123".into(),
        currency: "CNY".into(),
        tail: strings(&["合计"]),
        ..guess(&sample("csv-gbk.csv"))
    }
}

#[test]
fn a_chinese_bank() {
    let mapping = chinese();
    let expected = Mapping {
        account: "31001234567890123".into(),
        currency: "CNY".into(),
        encoding: Encoding::Gbk,
        delimiter: Delimiter::Comma,
        skip: 3,
        heading: strings(&[
            "交易日期",
            "交易流水号",
            "摘要",
            "附言",
            "收入",
            "支出",
            "余额",
            "对方户名",
            "对方账号",
            "币种",
        ]),
        tail: strings(&["合计"]),
        day: 0,
        day_style: DayStyle::Compact,
        value_day: None,
        amount: AmountColumns::Split { credit: 4, debit: 5, debit_negative: false },
        decimal: Decimal::Point,
        thousands: Thousands::Comma,
        remitter: Some(7),
        remitter_account: Some(8),
        bank: None,
        text: vec![2, 3],
        serial: Some(1),
        end_to_end: None,
        balance: Some(6),
        currency_column: Some(9),
    };
    assert_eq!(mapping, expected);
    let (pieces, summary) = taken(&Reading::Csv(mapping), &sample("csv-gbk.csv")).unwrap();
    let fee = Line {
        booked_on: day("2026-11-26"),
        text: "手续费".into(),
        bank_serial: Some("20261126000003".into()),
        ..line(4, 500, Side::Debit)
    };
    let paid = Line {
        remitter: "测试甲公司".into(),
        remitter_account: Some("6222020000000000018".into()),
        text: "转账\nT7KM 3X9Q 26WA, 预付款".into(),
        bank_serial: Some("20261125000002".into()),
        ..line(5, 125_000, Side::Credit)
    };
    assert_eq!(pieces[1..3], [Piece::Line(fee), Piece::Line(paid)]);
    // The newest row is the first.
    let closing = Some(Balance { on: day("2026-11-26"), amount: Money(124_500) });
    assert_eq!(pieces[3..], [Piece::End { closing }]);
    assert_eq!((summary.lines, summary.credits, summary.debits), (2, Money(125_000), Money(500)));
}

#[test]
fn a_german_bank() {
    let guessed = guess(&sample("csv-windows1252.csv"));
    assert_eq!((guessed.encoding, guessed.delimiter, guessed.skip), (Encoding::Windows1252, Delimiter::Semicolon, 2));
    assert_eq!((guessed.decimal, guessed.thousands), (Decimal::Comma, Thousands::Point));
    assert_eq!((guessed.day_style, guessed.currency.as_str()), (DayStyle::Points, "EUR"));
    let mapping = Mapping { account: "DE89 3704 0044 0532 0130 00".into(), ..guessed };
    let (pieces, _) = taken(&Reading::Csv(mapping), &sample("csv-windows1252.csv")).unwrap();
    let Piece::Begin(head) = &pieces[0] else { panic!("no beginning") };
    assert_eq!(head.account, "DE89370400440532013000");
    let paid = Line {
        value_on: Some(day("2026-11-26")),
        remitter: "Müller & Söhne \"Bau\" GmbH".into(),
        remitter_account: Some("AT611904300234573201".into()),
        bank: Some("BKAUATWW".into()),
        text: "T7KM 3X9Q 26WA\nzweite Zeile\nGutschrift".into(),
        ..line(3, 125_000, Side::Credit)
    };
    let fee = Line {
        booked_on: day("2026-11-26"),
        value_on: Some(day("2026-11-26")),
        text: "Entgelt".into(),
        ..line(5, 990, Side::Debit)
    };
    assert_eq!(pieces[1..3], [Piece::Line(paid), Piece::Line(fee)]);
}

fn international() -> Mapping {
    let words = AmountColumns::Marked { column: 6, side: 7, credit: strings(&["cr"]), debit: strings(&["DR"]) };
    let guessed = guess(&sample("csv-utf8.csv"));
    assert!(matches!(guessed.amount, AmountColumns::Marked { column: 6, side: 7, .. }));
    Mapping { account: "GB82WEST12345698765432".into(), currency: "USD".into(), amount: words, ..guessed }
}

#[test]
fn an_international_bank() {
    let (pieces, summary) = taken(&Reading::Csv(international()), &sample("csv-utf8.csv")).unwrap();
    let paid = Line {
        remitter: "Example Trading Ltd".into(),
        remitter_account: Some("GB29NWBK60161331926819".into()),
        text: "T7KM 3X9Q 26WA".into(),
        bank_serial: Some("X-1".into()),
        end_to_end: Some("INV-8".into()),
        ..line(2, 7_500, Side::Credit)
    };
    assert_eq!(pieces[1], Piece::Line(paid));
    // An entry of nothing is none.
    assert_eq!((summary.lines, summary.skipped), (2, 1));
    let closing = Some(Balance { on: day("2026-11-26"), amount: Money(17_350) });
    assert_eq!(pieces[3], Piece::End { closing });
}

fn wrong(mapping: Mapping, bytes: &[u8]) -> Wrong {
    taken(&Reading::Csv(mapping), bytes).unwrap_err()
}

#[test]
fn a_row_that_is_missing_and_a_byte_that_nobody_knows() {
    let why = Why::Running { expected: Money(17_350), stated: Money(17_349) };
    assert_eq!(wrong(international(), &sample("wrong-balance.csv")), Wrong::at(3, why));
    let mapping = Mapping { account: "1".into(), ..guess(&sample("csv-windows1252.csv")) };
    let why = Why::Encoding { encoding: Encoding::Windows1252 };
    assert_eq!(wrong(mapping, &sample("wrong-encoding.csv")), Wrong::at(3, why));
}

fn plain() -> Mapping {
    Mapping { account: "1".into(), currency: "EUR".into(), text: vec![2], ..Mapping::default() }
}

#[test]
fn what_is_wrong_is_said_with_line_and_field() {
    let amount = |sample: &str, fault| Why::Amount { field: "amount", sample: Sample::of(sample), fault };
    for (text, line, why) in [
        ("2026-11-25,1.00,x\n2026-11-26,1,5\n\n2026-11-26,1.005,x", 4, amount("1.005", MoneyError::TooPrecise)),
        ("2026-11-25,x,x", 1, amount("x", MoneyError::NotANumber)),
        ("25.11.2026,1,x", 1, Why::Day { field: "day", sample: Sample::of("25.11.2026") }),
        (",1,x", 1, Why::Missing { field: "day" }),
        ("2026-11-25,,x", 1, Why::Missing { field: "amount" }),
        ("2026-11-25,1", 1, Why::Missing { field: "text" }),
        // What a payer wrote has moved the columns behind it.
        ("2026-11-25,1,x\n2026-11-26,1,5,x", 2, Why::Cells { sample: Sample::of("x") }),
        // A payer's mark makes one cell of the rows up to the next one; an address of several lines is none.
        ("2026-11-25,1,\"a\n2026-11-26,2,b\n2026-11-26,3,c\"", 1, Why::Hidden { sample: Sample::of("2026-11-26,2,b") }),
        ("2026-11-25,1,\"a\n2026-11-26,2\"", 1, Why::Hidden { sample: Sample::of("2026-11-26,2") }),
        ("2026-11-25,1,\"a\n26, Main Road,\nBerlin\"\n2026-11-25,x,", 4, amount("x", MoneyError::NotANumber)),
        ("2026-11-25,1,\"a\" b", 1, Why::AfterQuote { sample: Sample::of("b") }),
        ("2026-11-25,1,a\n2026-11-25,1,\"a\nb\nc", 2, Why::Unclosed),
    ] {
        assert_eq!(wrong(plain(), text.as_bytes()), Wrong::at(line, why), "{text}");
    }
    let long = format!("2026-11-25,1,\"{}", "x\n".repeat(40_000));
    assert_eq!(wrong(plain(), long.as_bytes()), Wrong::at(1, Why::TooLong { field: "record", limit: 65_536 }));
    let mapping = Mapping { thousands: Thousands::Point, ..plain() };
    assert_eq!(wrong(mapping, b""), Wrong::at(1, Why::Mapping(MappingFault::SameMark)));
}

#[test]
fn nothing_stands_after_the_end_unseen() {
    let mapping = Mapping { tail: strings(&["Total", "Note"]), ..plain() };
    let good = "2026-11-25,1,x\n,,\nTotal,1,\n\n ,Note: of the bank,\n";
    assert_eq!(lines(&Reading::Csv(mapping.clone()), good.as_bytes()).len(), 1);
    let bad = format!("{good}2026-11-26,1,y\n");
    assert_eq!(wrong(mapping, bad.as_bytes()), Wrong::at(6, Why::Tail { sample: Sample::of("2026-11-26") }));
}

#[test]
fn other_heads_of_columns_are_another_file() {
    let mapping = Mapping { skip: 2, heading: strings(&["Day", "Amount", "Text"]), ..plain() };
    let read = lines(&Reading::Csv(mapping.clone()), b"Bank\nDay, Amount ,\"Text\"\n2026-11-25,1,x");
    assert_eq!(read.len(), 1);
    let moved = wrong(mapping.clone(), b"Bank\nDay,Text,Amount\n2026-11-25,x,1");
    assert_eq!(moved, Wrong::at(2, Why::Heading { sample: Sample::of("Day Text Amount") }));
    assert_eq!(wrong(mapping, b"Bank"), Wrong::at(1, Why::CutOff));
}

#[test]
fn amounts_in_two_columns() {
    let split = |debit_negative| {
        let amount = AmountColumns::Split { credit: 1, debit: 2, debit_negative };
        Mapping { amount, text: Vec::new(), ..plain() }
    };
    let read = |mapping: Mapping, cells: &str| {
        let read = taken(&Reading::Csv(mapping), format!("2026-11-25,{cells}\n").as_bytes());
        let (pieces, _) = read.map_err(|wrong| wrong.why)?;
        Ok(pieces.into_iter().find_map(|piece| match piece {
            Piece::Line(line) => Some((line.side, line.amount.0)),
            _ => None,
        }))
    };
    assert_eq!(read(split(false), "1.00,"), Ok(Some((Side::Credit, 100))));
    assert_eq!(read(split(false), "0.00,2.00"), Ok(Some((Side::Debit, 200))));
    assert_eq!(read(split(true), "-,-2.00"), Ok(Some((Side::Debit, 200))));
    assert_eq!(read(split(false), "0.00,0.00"), Ok(None));
    assert_eq!(read(split(false), ","), Err(Why::Missing { field: "amount" }));
    assert_eq!(read(split(false), "1.00,2.00"), Err(Why::Twice { field: "amount" }));
    for (mapping, cells) in [(split(false), "-1.00,"), (split(false), ",-2.00"), (split(true), ",2.00")] {
        assert!(matches!(read(mapping, cells), Err(Why::Amount { .. })), "{cells}");
    }
}

#[test]
fn a_preview_shows_what_is_there() {
    let rows = preview(&sample("csv-gbk.csv"), Encoding::Gbk, Delimiter::Comma, 2);
    assert_eq!(rows[0], ["账号", "31001234567890123", "户名", "例示公司"]);
    assert_eq!(rows.len(), 2);
    let rows = preview(b"M\xfcller;1", Encoding::Utf8, Delimiter::Semicolon, 9);
    assert_eq!(rows, [["M\u{fffd}ller", "1"]]);
    assert!(preview(b"", Encoding::Utf8, Delimiter::Tab, 9).is_empty());
}
