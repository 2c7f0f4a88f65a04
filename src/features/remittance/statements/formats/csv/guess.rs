//! A first guess of a mapping from a file's own heads of columns. A person looks at it, completes and saves it; nothing is
//! ever read by a guess alone.

use super::mapping::{AmountColumns, Delimiter, Mapping};
use super::preview;
use super::rows::clean;
use crate::features::remittance::statements::formats::amounts::{Decimal, Thousands};
use crate::features::remittance::statements::formats::days::DayStyle;
use crate::features::remittance::statements::formats::text::Encoding;

/// How far into a file heads of columns are looked for, and how many rows are looked at.
const LINES: usize = 40;

// The heads of columns that banks use, in English, German and Chinese: small letters without spaces and marks.
const DAY: &[&str] = &[
    "交易日期",
    "记账日期",
    "入账日期",
    "交易时间",
    "日期",
    "buchungstag",
    "buchungsdatum",
    "bookingdate",
    "transactiondate",
    "postingdate",
    "date",
    "datum",
];
const VALUE_DAY: &[&str] = &["起息日", "valutadatum", "wertstellung", "wertstellungstag", "valuta", "valuedate"];
const AMOUNT: &[&str] = &["交易金额", "发生额", "金额", "betrag", "umsatz", "amount", "transactionamount"];
const CREDIT: &[&str] = &[
    "收入",
    "收入金额",
    "贷方发生额",
    "贷方金额",
    "存入金额",
    "贷方",
    "haben",
    "gutschrift",
    "credit",
    "creditamount",
    "paidin",
    "moneyin",
    "deposit",
    "deposits",
];
const DEBIT: &[&str] = &[
    "支出",
    "支出金额",
    "借方发生额",
    "借方金额",
    "支取金额",
    "借方",
    "soll",
    "belastung",
    "lastschrift",
    "debit",
    "debitamount",
    "paidout",
    "moneyout",
    "withdrawal",
    "withdrawals",
];
const SIDE: &[&str] = &[
    "借贷标志",
    "借贷方向",
    "收支方向",
    "借贷",
    "sollhaben",
    "debitcredit",
    "creditdebit",
    "drcr",
    "crdr",
    "direction",
];
const REMITTER: &[&str] = &[
    "对方户名",
    "对方名称",
    "对方单位",
    "付款人名称",
    "付款人",
    "交易对手",
    "namezahlungsbeteiligter",
    "beguenstigterzahlungspflichtiger",
    "begünstigterzahlungspflichtiger",
    "auftraggeberempfänger",
    "auftraggeber",
    "zahlungsbeteiligter",
    "counterparty",
    "counterpartyname",
    "payername",
    "payer",
    "sender",
    "remitter",
    "name",
];
const ACCOUNT: &[&str] = &[
    "对方账号",
    "对方帐号",
    "对方账户",
    "对方卡号",
    "付款人账号",
    "ibanzahlungsbeteiligter",
    "kontonummeriban",
    "kontonummer",
    "iban",
    "counterpartyiban",
    "counterpartyaccount",
    "payeraccount",
];
const BANK: &[&str] = &[
    "对方行名",
    "对方开户行",
    "对方银行",
    "bicswiftcodezahlungsbeteiligter",
    "bicswiftcode",
    "bic",
    "blz",
    "counterpartybank",
    "bankname",
];
const TEXT: &[&str] = &[
    "摘要",
    "附言",
    "用途",
    "备注",
    "verwendungszweck",
    "buchungstext",
    "description",
    "reference",
    "details",
    "paymentreference",
    "remittanceinformation",
    "narrative",
    "memo",
];
const SERIAL: &[&str] =
    &["交易流水号", "流水号", "银行流水号", "凭证号", "transactionid", "transactionreference", "bankreference", "id"];
const END_TO_END: &[&str] = &["endtoendid", "endtoendreference", "kundenreferenzendtoend", "endtoendreferenz"];
const BALANCE: &[&str] = &["余额", "账户余额", "saldonachbuchung", "saldo", "balance", "runningbalance"];
const CURRENCY: &[&str] = &["币种", "货币", "währung", "waehrung", "currency", "ccy"];
const ALL: [&[&str]; 14] =
    [DAY, VALUE_DAY, AMOUNT, CREDIT, DEBIT, SIDE, REMITTER, ACCOUNT, BANK, TEXT, SERIAL, END_TO_END, BALANCE, CURRENCY];
const CREDIT_WORDS: [&str; 9] = ["贷", "收", "收入", "C", "CR", "CRDT", "Credit", "H", "Haben"];
const DEBIT_WORDS: [&str; 9] = ["借", "支", "支出", "D", "DR", "DBIT", "Debit", "S", "Soll"];

/// A mapping as far as the file itself tells it. Account and currency are mostly left to say.
pub fn guess(bytes: &[u8]) -> Mapping {
    let encoding = encoding(bytes);
    let (text, _) = encoding.known().decode_with_bom_removal(bytes);
    let lines: Vec<&str> = text.lines().take(LINES).collect();
    let (mut best, mut found) = (0, None);
    for delimiter in Delimiter::ALL {
        for (place, line) in (0_u32..).zip(&lines) {
            let cells = cells(line, *delimiter);
            let known = ALL.iter().filter(|words| column(&cells, words).is_some()).count();
            if known > best.max(1) {
                (best, found) = (known, Some((*delimiter, place, cells)));
            }
        }
    }
    let Some((delimiter, place, heads)) = found else { return Mapping { encoding, ..Mapping::default() } };
    let rows: Vec<Vec<String>> = preview(text.as_bytes(), Encoding::Utf8, delimiter, LINES * 2);
    let rows = rows.iter().skip_while(|row| **row != heads).skip(1).take(LINES);
    let rows: Vec<&Vec<String>> = rows.filter(|row| row.len() == heads.len()).collect();
    let values = |column: u16| -> Vec<&str> {
        let cells = rows.iter().filter_map(|row| row.get(usize::from(column)));
        cells.map(String::as_str).filter(|cell| cell.bytes().any(|byte| byte.is_ascii_digit())).collect()
    };
    let find = |words| column(&heads, words);
    let amount = amount(&heads, &values);
    let numbers: Vec<&str> = match amount {
        AmountColumns::Signed { column } | AmountColumns::Marked { column, .. } => values(column),
        AmountColumns::Split { credit, debit, .. } => [values(credit), values(debit)].concat(),
    };
    let (decimal, thousands) = marks(&numbers);
    let day = find(DAY).or_else(|| find(VALUE_DAY)).unwrap_or_default();
    let days = values(day);
    let fits = |style: &&DayStyle| !days.is_empty() && days.iter().all(|text| style.read(text).is_some());
    let texts = TEXT.iter().filter_map(|word| column(&heads, &[word]));
    let currency = find(CURRENCY).and_then(|column| rows.first()?.get(usize::from(column)));
    let currency = currency.map(|text| if text == "人民币" { "CNY" } else { text.as_str() });
    let code = |text: &&str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    Mapping {
        account: String::new(),
        currency: currency.filter(code).unwrap_or_default().to_string(),
        encoding,
        delimiter,
        skip: place + 1,
        heading: heads.clone(),
        tail: Vec::new(),
        day,
        day_style: DayStyle::ALL.iter().find(fits).copied().unwrap_or_default(),
        value_day: find(VALUE_DAY).filter(|column| *column != day),
        amount,
        decimal,
        thousands,
        remitter: find(REMITTER),
        remitter_account: find(ACCOUNT),
        bank: find(BANK),
        text: texts.take(3).collect(),
        serial: find(SERIAL),
        end_to_end: find(END_TO_END),
        balance: find(BALANCE),
        currency_column: find(CURRENCY),
    }
}

/// UTF-8 if it is; GBK if all its bytes fit and most of what is beyond ASCII are Chinese signs; else Windows-1252.
pub fn encoding(bytes: &[u8]) -> Encoding {
    // The beginning of a file may end within a sign.
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(bytes, |end| &bytes[..end]);
    if std::str::from_utf8(whole).is_ok() {
        return Encoding::Utf8;
    }
    let mut text = String::new();
    if Encoding::Gbk.decode(whole, &mut text).is_some() {
        let signs = || text.chars().filter(|sign| !sign.is_ascii());
        let chinese = signs().filter(|sign| matches!(sign, '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')).count();
        let pairs = text.split(|sign: char| sign.is_ascii()).filter(|run| run.chars().count() > 1).count();
        if chinese * 10 >= signs().count() * 9 && pairs > 0 {
            return Encoding::Gbk;
        }
    }
    Encoding::Windows1252
}

fn cells(line: &str, delimiter: Delimiter) -> Vec<String> {
    preview(line.as_bytes(), Encoding::Utf8, delimiter, 1).into_iter().next().unwrap_or_default()
}

/// The first of the words that is the head of a column, and that column.
fn column(heads: &[String], words: &[&str]) -> Option<u16> {
    let heads: Vec<String> = heads.iter().map(|head| plain(head)).collect();
    let found = words.iter().find_map(|word| heads.iter().position(|head| head == word))?;
    u16::try_from(found).ok()
}

/// Small letters and digits, without what stands in brackets: `Betrag (EUR)`.
fn plain(head: &str) -> String {
    let head = head.split(['(', '（', '[']).next().unwrap_or_default();
    clean(head).chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn amount<'a>(heads: &[String], values: &impl Fn(u16) -> Vec<&'a str>) -> AmountColumns {
    if let (Some(credit), Some(debit)) = (column(heads, CREDIT), column(heads, DEBIT)) {
        let debit_negative = values(debit).iter().any(|text| text.starts_with(['-', '\u{2212}']));
        return AmountColumns::Split { credit, debit, debit_negative };
    }
    let found = column(heads, AMOUNT).unwrap_or_default();
    match column(heads, SIDE) {
        Some(side) => {
            let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
            AmountColumns::Marked { column: found, side, credit: words(&CREDIT_WORDS), debit: words(&DEBIT_WORDS) }
        }
        None => AmountColumns::Signed { column: found },
    }
}

/// The mark with one or two digits behind it is the decimal one; another mark before it is that of the thousands.
fn marks(numbers: &[&str]) -> (Decimal, Thousands) {
    let ends = |mark: char| {
        let decimals = |text: &&&str| {
            text.trim_end_matches('-').rsplit_once(mark).is_some_and(|(_, rest)| {
                (1..=2).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit())
            })
        };
        numbers.iter().filter(decimals).count()
    };
    let decimal = if ends(',') > ends('.') { Decimal::Comma } else { Decimal::Point };
    let has = |mark: char| numbers.iter().any(|text| text.contains(mark));
    let thousands = [
        (Thousands::Comma, ','),
        (Thousands::Point, '.'),
        (Thousands::Apostrophe, '\''),
        (Thousands::Apostrophe, '\u{2019}'),
        (Thousands::Space, ' '),
        (Thousands::Space, '\u{a0}'),
        (Thousands::ThinSpace, '\u{2009}'),
        (Thousands::ThinSpace, '\u{202f}'),
    ];
    let found = thousands.into_iter().find(|(_, mark)| *mark != decimal.sign() && has(*mark));
    (decimal, found.map_or(Thousands::None, |(thousands, _)| thousands))
}
