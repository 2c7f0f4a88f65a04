use crate::base::types::{Money, MoneyError};
use crate::features::remittance::statements::formats::tests::{day, line, lines, sample, taken};
use crate::features::remittance::statements::formats::{
    Balance, Head, Line, Piece, Reading, Sample, Side, Why, Wrong, limits,
};

#[allow(clippy::unnecessary_wraps, reason = "as the fields of a line are")]
fn own(text: &str) -> Option<String> {
    Some(text.into())
}

#[test]
fn version_02_of_a_german_bank() {
    let (pieces, summary) = taken(&Reading::Camt053, &sample("camt053-02.xml")).unwrap();
    let head = Head {
        account: "DE89370400440532013000".into(),
        currency: own("EUR"),
        statement: own("STMT-2026-330"),
        sequence: own("330"),
        opening: Some(Balance { on: day("2026-11-25"), amount: Money(100_000) }),
        from: Some(day("2026-11-25")),
        to: Some(day("2026-11-25")),
    };
    let paid = Line {
        value_on: Some(day("2026-11-26")),
        remitter: "Musterfrau & Söhne GmbH".into(),
        remitter_account: own("AT611904300234573201"),
        bank: own("BKAUATWW"),
        text: "T7KM 3X9Q 26WA\nRechnung vom 20.11.\nSEPA-Gutschrift".into(),
        bank_serial: own("BANK-0001"),
        end_to_end: own("E2E-4711"),
        charges: Some(Money(250)),
        code: own("PMNT/RCDT/ESCT"),
        ..line(13, 125_000, Side::Credit)
    };
    let fee = Line { text: "Account fee".into(), code: own("FEE"), ..line(36, 1_250, Side::Debit) };
    let closing = Some(Balance { on: day("2026-11-25"), amount: Money(223_750) });
    assert_eq!(pieces, [Piece::Begin(head), Piece::Line(paid), Piece::Line(fee), Piece::End { closing }]);
    assert_eq!((summary.statements, summary.lines, summary.skipped), (1, 2, 1));
}

#[test]
fn version_04_with_a_batch_and_a_reversal() {
    let (pieces, _) = taken(&Reading::Camt053, &sample("camt053-04.xml")).unwrap();
    let Piece::Begin(head) = &pieces[0] else { panic!("no beginning") };
    assert_eq!((head.account.as_str(), head.sequence.as_deref()), ("31001234567890123", Some("12")));
    assert_eq!(head.opening, Some(Balance { on: day("2026-11-24"), amount: Money(-5_000) }));
    let code = own("PMNT/RCDT/DMCT");
    let one = Line {
        text: "RF18539007547034".into(),
        bank_serial: own("B-7/1"),
        code: code.clone(),
        ..line(21, 10_000, Side::Credit)
    };
    let two = Line {
        remitter: "测试乙公司".into(),
        bank_serial: own("B-7/2"),
        charges: Some(Money(100)),
        code,
        ..line(27, 20_000, Side::Credit)
    };
    let back = Line { reversal: true, remitter: "测试丙公司".into(), ..line(34, 2_000, Side::Debit) };
    assert_eq!(pieces[1..4], [Piece::Line(one), Piece::Line(two), Piece::Line(back)]);
}

#[test]
fn versions_08_and_10_in_pages() {
    for name in ["camt053-08.xml", "camt053-10.xml"] {
        let (pieces, summary) = taken(&Reading::Camt053, &sample(name)).unwrap();
        assert_eq!((summary.statements, summary.lines), (2, 1), "{name}");
        let paid = Line {
            remitter: "Example Trading Ltd".into(),
            remitter_account: own("GB29NWBK60161331926819"),
            bank: own("NWBKGB2L"),
            text: "T7KM-3X9Q-26WA <advance>".into(),
            bank_serial: own("TX-1"),
            end_to_end: own("INV-8"),
            code: own("PMNT/RCDT/XBCT"),
            ..line(11, 7_500, Side::Credit)
        };
        assert_eq!(pieces[1], Piece::Line(paid));
        let interim = Balance { on: day("2026-11-25"), amount: Money(7_500) };
        assert_eq!(pieces[2], Piece::End { closing: Some(interim) });
        let Piece::Begin(head) = &pieces[3] else { panic!("no second page") };
        assert_eq!(head.opening, Some(interim));
    }
}

#[test]
fn a_batch_that_does_not_add_up_is_one_line() {
    let text = String::from_utf8(sample("camt053-04.xml")).unwrap();
    let read = lines(&Reading::Camt053, text.replace("\"CNY\">100.00<", "\"CNY\">101.00<").as_bytes());
    assert_eq!(read.len(), 2);
    assert_eq!((read[0].amount, read[0].remitter.as_str()), (Money(30_000), ""));
    assert_eq!((read[0].text.as_str(), read[0].bank_serial.as_deref()), ("RF18539007547034", Some("B-7")));
}

#[test]
fn whose_money_it_is_says_the_payer_and_names_nobody() {
    let text = String::from_utf8(sample("camt053-02.xml")).unwrap();
    let name = |ultimate: &str| {
        let behind = format!("</Dbtr><UltmtDbtr><Nm>{ultimate}</Nm></UltmtDbtr>");
        lines(&Reading::Camt053, text.replace("</Dbtr>", &behind).as_bytes())[0].remitter.clone()
    };
    assert_eq!(name("LI MING"), "Musterfrau & Söhne GmbH, on behalf of LI MING");
    assert_eq!(name("MUSTERFRAU &amp; SÖHNE GMBH"), "Musterfrau & Söhne GmbH");
    let alone = text.replace("<Dbtr>", "<UltmtDbtr>").replace("</Dbtr>", "</UltmtDbtr>");
    assert_eq!(lines(&Reading::Camt053, alone.as_bytes())[0].remitter, "");
}

#[test]
fn a_transfer_that_comes_back_keeps_its_parties() {
    let text = String::from_utf8(sample("camt053-02.xml")).unwrap();
    let returned = text.replace("</RmtInf>", "</RmtInf><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>");
    let read = lines(&Reading::Camt053, returned.as_bytes());
    assert_eq!((read[0].remitter.as_str(), read[0].reversal), ("Easy Link Examples", true));
}

/// What is wrong with version 02 when this is changed in it.
fn changed(from: &str, to: &str) -> Wrong {
    let text = String::from_utf8(sample("camt053-02.xml")).unwrap();
    assert!(text.contains(from), "{from}");
    taken(&Reading::Camt053, text.replacen(from, to, 1).as_bytes()).unwrap_err()
}

#[test]
fn hostile_xml_is_refused() {
    let file = |name| taken(&Reading::Camt053, &sample(name)).unwrap_err();
    assert_eq!(file("wrong-doctype.xml"), Wrong::at(2, Why::Doctype));
    let xml = |from, to| changed(from, to).why;
    assert_eq!(xml("<GrpHdr>", "<?own x?><GrpHdr>"), Why::Instruction { sample: Sample::of("own") });
    assert_eq!(xml("<GrpHdr>", "<?xml version=\"1.0\"?><GrpHdr>"), Why::Instruction { sample: Sample::of("xml") });
    assert_eq!(xml("E2E-4711", "&own;"), Why::Entity { sample: Sample::of("own") });
    assert_eq!(xml("E2E-4711", "&#0;"), Why::Entity { sample: Sample::of("#0") });
    for (from, to) in [
        ("E2E-4711", "&#x1f;"),
        ("E2E-4711", "a\u{1}"),
        ("</EndToEndId>", "</EndToEndID>"),
        ("</Document>", "</Document><Document/>"),
        ("</Document>", "</Document>x"),
        ("Ccy=\"EUR\"", "Ccy=\"EUR\" Ccy=\"USD\""),
        ("version=\"1.0\"", "version=\"1.1\""),
        ("<Id>STMT", "<x:Id>STMT"),
    ] {
        assert!(matches!(xml(from, to), Why::Xml { .. }), "{to}: {:?}", xml(from, to));
    }
    let latin = Why::DeclaredEncoding { sample: Sample::of("ISO-8859-1") };
    assert_eq!(xml("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\""), latin);
    let wide: Vec<u8> = "<?xml version=\"1.0\"?>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16 = Wrong::at(1, Why::DeclaredEncoding { sample: Sample::of("UTF-16") });
    assert_eq!(taken(&Reading::Camt053, &wide), Err(utf16.clone()));
    assert_eq!(taken(&Reading::Camt053, &[b"\xff\xfe", &wide[..]].concat()), Err(utf16));
}

#[test]
fn nothing_in_a_document_is_without_a_limit() {
    let why = |to: &str| changed("<GrpHdr>", &format!("{to}<GrpHdr>")).why;
    let limit = limits::TEXT as u64;
    assert_eq!(why(&"<a>".repeat(10_000)), Why::TooDeep { limit: 64 });
    let many = |form: fn(u32) -> String, count| (0..count).map(form).collect::<String>();
    let attributes = many(|number| format!(" a{number}=\"\""), 80_000);
    assert_eq!(why(&format!("<x{attributes}/>")), Why::TooLong { field: "element", limit });
    let attributes = many(|number| format!(" a{number}=\"\""), 65);
    assert_eq!(why(&format!("<x{attributes}/>")), Why::TooMany { field: "attributes", limit: 64 });
    let namespaces = many(|number| format!(" xmlns:a{number}=\"u\""), 100_000);
    assert_eq!(why(&format!("<x{namespaces}/>")), Why::TooLong { field: "element", limit });
    assert_eq!(why(&format!("<!--{}-->", "x".repeat(70_000))), Why::TooLong { field: "element", limit });
    let text = changed("E2E-4711", &format!("{}<!-- -->{}", "x".repeat(40_000), "x".repeat(40_000)));
    assert_eq!(text.why, Why::TooLong { field: "element", limit });
    let entities = changed("E2E-4711", &"&amp;".repeat(1_000_000));
    assert_eq!(entities.why, Why::TooLong { field: "element", limit });
    let elements = changed("<Ustrd>T7KM", &format!("{}<Ustrd>T7KM", "<Ustrd/>".repeat(limits::ELEMENTS)));
    assert!(matches!(elements.why, Why::TooMany { field: "elements", .. }));
}

#[test]
fn what_is_wrong_is_said_with_line_and_field() {
    let file = |name| taken(&Reading::Camt053, &sample(name)).unwrap_err();
    let (expected, stated) = (Money(223_750), Money(223_751));
    assert_eq!(file("wrong-closing.xml"), Wrong::at(12, Why::Closing { expected, stated }));
    let precise = Why::Amount { field: "Ntry/Amt", sample: Sample::of("1250.005"), fault: MoneyError::TooPrecise };
    assert_eq!(file("wrong-precision.xml"), Wrong::at(14, precise));
    let unknown = |field, word| Why::Unknown { field, sample: Sample::of(word) };
    let missing = |field| Why::Missing { field };
    let currency = Why::Currency { field: "Ntry/Amt", expected: Sample::of("EUR"), sample: Sample::of("USD") };
    let comma = Why::Amount { field: "Ntry/Amt", sample: Sample::of("12,50"), fault: MoneyError::NotANumber };
    let misplaced = "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp></Bal></Stmt>";
    for (from, to, line, why) in [
        ("Ccy=\"EUR\">12.50", "Ccy=\"USD\">12.50", 37, currency),
        (">12.50<", ">12,50<", 37, comma),
        ("<Amt Ccy=\"EUR\">12.50</Amt>", "", 36, missing("Amt")),
        ("<Amt Ccy=\"EUR\">12.50", "<Amt>12.50", 37, missing("Ccy")),
        ("<CdtDbtInd>DBIT", "<CdtDbtInd>DEBT", 38, unknown("CdtDbtInd", "DEBT")),
        ("<Sts>PDNG", "<Sts>MAYB", 47, unknown("Sts", "MAYB")),
        ("2026-11-25T18:00:00", "25.11.2026", 40, Why::Day { field: "BookgDt", sample: Sample::of("25.11.2026") }),
        ("<Sts>BOOK</Sts>", "<Sts>BOOK</Sts><Sts>BOOK</Sts>", 16, Why::Twice { field: "Sts" }),
        ("<Id>STMT", "<Id>1</Id><Id>STMT", 6, Why::Twice { field: "Id" }),
        ("<Cd>CLBD", "<Cd>OPBD", 12, Why::Twice { field: "OPBD" }),
        ("</Stmt>", misplaced, 50, Why::Misplaced { field: "Bal" }),
        ("camt.053.001.02", "camt.053.001.01", 2, Why::Version { sample: Sample::of("camt.053.001.01") }),
        ("camt.053.001.02", "camt.054.001.02", 2, Why::Version { sample: Sample::of("camt.054.001.02") }),
        ("</BkToCstmrStmt>\n</Document>\n", "", 51, Why::CutOff),
    ] {
        assert_eq!(changed(from, to), Wrong::at(line, why), "{to}");
    }
}
