//! Receiving accounts, statement entries and remittances of the demo company, in every state.

use std::time::Duration;

use actix_web::web::Data;
use jiff::tz::TimeZone;

use super::people::{Customer, Officer, payer_of};
use super::slips::{Lines, Slips};
use super::tale::{Left, Tale};
use crate::base::db::Conn;
use crate::base::types::{Day, Moment, Money, Number};
use crate::features::remittance::seeding::{
    BankNumber, Declaration, NewEntry, NewPayer, NewReceiving, NumberKind, Range, Receiving, ReceivingMove, Sight,
    Treasurer, add_payer, confirm, declare, enter, import_at_once, issue_request, leave_file, make_reference,
    move_receiving, open, opened_receiving, propose_receiving, refuse, void, withdraw,
};
use crate::services::context::Context;
use crate::services::storage::Kind;
use crate::web::uploads::Upload;
use crate::web::{Error, House};

#[derive(Clone, Copy, PartialEq)]
enum End {
    Open,
    Declared,
    /// In the bank's file, which credited it.
    Imported,
    /// In the bank's file, with half of the amount.
    Part,
    /// In the bank's file, from somebody else: held.
    Held,
    /// Declared, and an entry of the statement waits to be confirmed.
    Arrived,
    Credited,
    /// Credited as it was typed in, and the bank's file names another remitter.
    Doubted,
    Refused,
    Withdrawn,
}

/// Which customer, minor units, days ago, how it ended.
const STORIES: [(usize, i64, u64, End); 20] = [
    (0, 500_000, 96, End::Credited),
    (0, 342_000, 4, End::Credited),
    (0, 120_000, 22, End::Withdrawn),
    (0, 125_000, 1, End::Arrived),
    (0, 60_000, 0, End::Open),
    (1, 2_500_000, 80, End::Credited),
    (1, 1_880_000, 3, End::Declared),
    (2, 90_000, 12, End::Refused),
    (2, 90_000, 2, End::Arrived),
    (3, 300_000, 33, End::Credited),
    (4, 4_200_000, 25, End::Credited),
    (5, 15_000, 18, End::Credited),
    (6, 750_000, 5, End::Declared),
    (7, 660_000, 2, End::Arrived),
    (8, 45_000, 28, End::Credited),
    (9, 100_000, 0, End::Open),
    (4, 880_000, 2, End::Imported),
    (8, 52_000, 2, End::Held),
    (0, 90_000, 0, End::Part),
    (5, 28_000, 0, End::Doubted),
];

/// The stories whose customer attaches a slip.
const WITH_SLIP: [usize; 5] = [1, 3, 6, 8, 12];
/// The story whose entry was typed in wrongly at first.
const MISTYPED: usize = 3;
const BANK: &str = "Industrial and Commercial Bank";
const DAY: Duration = Duration::from_secs(86_400);
/// Between two steps of a story.
const STEP: Duration = Duration::from_secs(600);

fn began(now: Moment, days: u64) -> Moment {
    now.minus(DAY * u32::try_from(days).unwrap_or(0) + Duration::from_secs(5400))
}

/// What stands on the slips.
pub(super) fn slips(now: Moment, zone: &TimeZone, currency: &str) -> Vec<(usize, Lines)> {
    let on_slip = |story: usize| {
        let (who, amount, days, _) = STORIES[story];
        let lines = vec![
            ("Payer", payer_of(who).to_string()),
            ("Bank", BANK.to_string()),
            ("Amount", format!("{currency} {}", Money(amount))),
            ("Date", began(now, days).day(zone).as_str().to_string()),
            ("To", HOLDER.to_string()),
        ];
        (story, lines)
    };
    WITH_SLIP.into_iter().map(on_slip).collect()
}

const HOLDER: &str = "Easy Link Cloud Services Co., Ltd.";

/// A file of the bank that waits until somebody says what its columns are.
const COLUMNS: &str = "Account statement\nBooking date;Counterparty;Details;Amount;Balance\n\
    2026-11-20;He Lin;cloud;43.10;250043.10\n2026-11-20;Charges;services of the bank;-15.00;250028.10\n";

/// A file of the bank that waits until somebody agrees to what it says.
fn message(currency: &str) -> String {
    format!(
        ":20:STATEMENT\r\n:25:{}\r\n:28C:117/1\r\n:60F:C261119{currency}249900,00\r\n:61:2611191119C100,00NTRFNONREF//BB0001\r\n\
         :86:/NAME/Sun Jia/REMI/cloud\r\n:62F:C261119{currency}250000,00\r\n-\r\n",
        account_number(currency)
    )
}

/// The day of the first of these files, and what the second one ends with, in minor units.
const FILES_FROM: &str = "2026-11-19";
const FILES_END: i64 = 25_002_810;

/// Where customers pay to: in euros by an IBAN, for which a code can be drawn.
fn account_number(currency: &str) -> &'static str {
    if currency == "EUR" { "DE89370400440532013000" } else { "310066661018800123456" }
}

/// What is on the account when the file of the day begins: what the files before end with, and what was typed in since.
fn opening(now: Moment, day: Day, zone: &TimeZone) -> Money {
    let from = Day::parse(FILES_FROM).unwrap_or(day);
    let typed = STORIES.into_iter().filter(|(.., end)| matches!(end, End::Arrived | End::Credited));
    let since = typed.filter(|(_, _, days, _)| (from..day).contains(&began(now, *days).day(zone)));
    Money(FILES_END + since.map(|(_, amount, ..)| amount).sum::<i64>())
}

/// Keeps these files in the storage.
pub(super) async fn keep_files(house: &Data<House>) -> Result<[Upload; 2], Error> {
    let message = message(&house.config.currency);
    let columns = keep_file(house, "account-statement.csv", COLUMNS.to_string()).await?;
    Ok([columns, keep_file(house, "day-before.sta", message).await?])
}

async fn keep_file(house: &Data<House>, name: &str, text: String) -> Result<Upload, Error> {
    let mut writer = house.storage.sealed_writer(64 * 1024, house.keys.clone()).await.map_err(Error::internal)?;
    writer.write(text.into()).await.map_err(Error::internal)?;
    let stored = writer.finish().await.map_err(Error::internal)?;
    Ok(Upload {
        number: Number::random('U').as_str().to_string(),
        file_name: name.to_string(),
        media_kind: Kind::Text.media_type().to_string(),
        size: i64::try_from(stored.size).unwrap_or(i64::MAX),
        storage_key: stored.key,
    })
}

/// Opens the receiving account and adds every story to the tale.
pub(super) fn add<'a>(
    conn: &mut Conn,
    tale: &mut Tale<'a>,
    ctx: &'a Context,
    customers: &'a [Customer],
    (slips, files): (&'a Slips, &'a [Upload; 2]),
    (first, second): (&'a Officer, &'a Officer),
    (zone, currency): (&TimeZone, &'a str),
) -> Result<(), Error> {
    let long_ago = ctx.now.minus(DAY * 200);
    let receiving = NewReceiving {
        bank_name: "Bank of Communications, Shanghai Lujiazui branch".into(),
        holder: HOLDER.into(),
        account_number: account_number(currency).into(),
        currency: currency.to_string(),
        instructions: "Write the reference into the text of the transfer.".into(),
        range: Range::default(),
        for_account_id: None,
    };
    let number = propose_receiving(conn, &first.acts(ctx, long_ago), &receiving).map_err(Error::internal)?;
    let opener = second.acts(ctx, long_ago.plus(DAY));
    move_receiving(conn, &opener, currency, &number, ReceivingMove::Open).map_err(Error::internal)?;
    let receiving = opened_receiving(conn, &number)?.ok_or(Error::NotFound)?;
    let mut of_file = Vec::new();
    for (nth, (who, amount, days, end)) in STORIES.into_iter().enumerate() {
        let customer = &customers[who];
        let began = began(ctx.now, days);
        let later = |steps: u32| -> Moment { began.plus(STEP * steps) };
        let (declared_at, moved_at, ended_at) = (later(1), later(2), later(3));
        let number = Left::nothing();
        let made = number.clone();
        tale.at(began, move |conn| {
            made.leave(open(conn, &customer.acts(ctx, began), Money(amount), currency).map_err(Error::internal)?)
        });
        if matches!(end, End::Imported | End::Held | End::Part) {
            of_file.push((customer, Money(amount), end, number, None));
            continue;
        }
        if end == End::Doubted {
            of_file.push((customer, Money(amount), end, number.clone(), Some((began.day(zone), serial(nth)))));
        }
        if end == End::Open {
            let zone = zone.clone();
            tale.at(later(1), move |conn| {
                issue_request(conn, &customer.acts(ctx, declared_at), &number.take()?, &zone)
                    .map_err(Error::internal)?;
                Ok(())
            });
            continue;
        }
        let declaration = declaration(nth, customer, (Money(amount), began.day(zone)))?;
        let (told, of) = (declaration.clone(), number.clone());
        tale.at(declared_at, move |conn| {
            declare(conn, &customer.acts(ctx, declared_at), &of.take()?, &told, slips.get(&nth))
                .map_err(Error::internal)?;
            Ok(())
        });
        match end {
            End::Open | End::Declared | End::Imported | End::Held | End::Part => {}
            End::Withdrawn => tale.at(moved_at, move |conn| {
                withdraw(conn, &customer.acts(ctx, moved_at), &number.take()?).map_err(Error::internal)?;
                Ok(())
            }),
            End::Refused => tale.at(ended_at, move |conn| {
                let reason = "No transfer with this name or reference has reached us. Please ask your bank.";
                refuse(conn, &second.acts(ctx, ended_at), &number.take()?, reason, declared_at)
                    .map_err(Error::internal)?;
                Ok(())
            }),
            End::Arrived | End::Credited | End::Doubted => {
                let (entry, of, receiving) = (Left::nothing(), number.clone(), receiving.clone());
                let came = entry.clone();
                // Who typed in what is doubted brings no file, and clears nothing.
                let (types, confirms) = if end == End::Doubted { (second, first) } else { (first, second) };
                tale.at(moved_at, move |conn| {
                    let officer = types.acts(ctx, moved_at);
                    if nth == MISTYPED {
                        let wrong = Declaration { amount: Money(amount * 10), ..declaration.clone() };
                        let entry = arrived(conn, &officer, &receiving, nth, &wrong, &of.take()?)?;
                        void(conn, &officer, &entry, "One nought too many in the amount.").map_err(Error::internal)?;
                    }
                    came.leave(arrived(conn, &officer, &receiving, nth, &declaration, &of.take()?)?)
                });
                if end != End::Arrived {
                    tale.at(ended_at, move |conn| {
                        let officer = confirms.acts(ctx, ended_at);
                        let sight = Sight { declared_at, another_checked: false };
                        let (number, entry) = (number.take()?, entry.take()?);
                        // What the demo tells was agreed to by whom it had to be.
                        confirm(conn, &officer, &number, &entry, sight, Money(i64::MAX)).map_err(Error::internal)?;
                        Ok(())
                    });
                }
            }
        }
    }
    let imported_at = ctx.now.minus(STEP * 3);
    let permanent = paying_parent(tale, ctx, &customers[1], ctx.now.minus(DAY * 30));
    leave_files(tale, ctx, (first, files), receiving.clone());
    let (day, currency) = (imported_at.day(zone), currency.to_string());
    let opening = opening(ctx.now, day, zone);
    tale.at(imported_at, move |conn| {
        let text = day_of((&receiving.account_number, &currency, day, opening), &of_file, &permanent.take()?)?;
        let officer = first.acts(ctx, imported_at);
        import_at_once(conn, Treasurer::ctx(&officer), &receiving, ("statement.sta", &text))
            .map_err(Error::internal)?;
        Ok(())
    });
    Ok(())
}

/// Files that finance brought and that wait.
fn leave_files<'a>(
    tale: &mut Tale<'a>,
    ctx: &'a Context,
    (first, files): (&'a Officer, &'a [Upload; 2]),
    receiving: Receiving,
) {
    let brought_at = ctx.now.minus(STEP * 2);
    tale.at(brought_at, move |conn| {
        let officer = first.acts(ctx, brought_at);
        for (file, text) in files.iter().zip([COLUMNS.to_string(), message(&receiving.currency)]) {
            leave_file(conn, Treasurer::ctx(&officer), &receiving, (file, &text)).map_err(Error::internal)?;
        }
        Ok(())
    });
}

/// Whose money a line of the bank's file is, how much it was to be, how it ends, its reference, and of what was typed in before
/// the day and the serial number.
type OfFile<'a> = (&'a Customer, Money, End, Left<Number>, Option<(Day, String)>);

/// A line of the bank's file: its day, how much came in, from whom, with which text and under which serial number.
type Line<'a> = (Day, Money, &'a str, String, String);

/// The bank's file of the day: what pays top-ups, what came by the permanent reference, and what nobody knows.
fn day_of(
    (account, currency, day, opening): (&str, &str, Day, Money),
    of_file: &[OfFile<'_>],
    permanent: &Number,
) -> Result<String, Error> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    let numbered = |lines: &[Line<'_>]| format!("BC{:04}", lines.len());
    for (customer, amount, end, number, typed) in of_file {
        let remitter = match end {
            End::Held => "Zhao Wei",
            End::Doubted => "Zhao Meili",
            _ => customer.company.unwrap_or(customer.name),
        };
        let arrives = if *end == End::Part { Money(amount.0 / 2) } else { *amount };
        let (on, serial) = typed.clone().unwrap_or_else(|| (day, numbered(&lines)));
        lines.push((on, arrives, remitter, format!("top up {}", number.take()?), serial));
    }
    for (amount, remitter, said) in [
        (640_000, PARENT, format!("cloud {permanent}")),
        (12_000, "Lin Bo", permanent.to_string()),
        (4_310, "He Lin", "cloud".to_string()),
    ] {
        lines.push((day, Money(amount), remitter, said, numbered(&lines)));
    }
    Ok(statement((account, currency), (day, opening), &lines))
}

/// Who pays in for the company without being it.
const PARENT: &str = "Cloudy Harbour Holding Co., Ltd.";

/// A permanent reference, and a payer who is approved.
fn paying_parent<'a>(tale: &mut Tale<'a>, ctx: &'a Context, customer: &'a Customer, at: Moment) -> Left<Number> {
    let permanent = Left::nothing();
    let made = permanent.clone();
    tale.at(at, move |conn| {
        let owner = customer.acts(ctx, at);
        let payer = NewPayer { name: PARENT.into(), relation: "Parent company".into() };
        add_payer(conn, &owner, &payer).map_err(Error::internal)?;
        made.leave(make_reference(conn, &owner).map_err(Error::internal)?)
    });
    permanent
}

/// An MT940 message of one day: what came in, by whom and with which text, and what the bank took for its services.
fn statement((account, currency): (&str, &str), (day, opening): (Day, Money), lines: &[Line<'_>]) -> String {
    let written = |day: &Day| day.as_str().replace('-', "")[2..].to_string();
    let (day, charge, opening) = (written(&day), 1_500, opening.0);
    let comma = |cents: i64| format!("{},{:02}", cents / 100, cents % 100);
    let mut text =
        format!(":20:STATEMENT\r\n:25:{account}\r\n:28C:118/1\r\n:60F:C{day}{currency}{}\r\n", comma(opening));
    for (on, amount, remitter, said, serial) in lines {
        let on = written(on);
        let line = format!(":61:{on}{}C{}NTRFNONREF//{serial}", &on[2..], comma(amount.0));
        let said = format!("{line}\r\n:86:/NAME/{remitter}/REMI/{said}\r\n");
        text.push_str(&said);
    }
    let charged = format!(":61:{day}{}D{}NCHGNONREF//BC9999\r\n:86:/REMI/charges\r\n", &day[2..], comma(charge));
    text.push_str(&charged);
    let closing = opening - charge + lines.iter().map(|(_, amount, ..)| amount.0).sum::<i64>();
    text + &format!(":62F:C{day}{currency}{}\r\n-\r\n", comma(closing))
}

fn declaration(nth: usize, customer: &Customer, (amount, remitted_on): (Money, Day)) -> Result<Declaration, Error> {
    Ok(Declaration {
        remitter: customer.company.unwrap_or(customer.name).to_string(),
        bank: BANK.into(),
        kind: NumberKind::Account,
        bank_number: BankNumber::read(NumberKind::Account, &format!("10012018090000{nth:04}"), true)
            .map_err(|_| Error::internal("a demo account number is malformed"))?,
        amount,
        remitted_on,
    })
}

/// The bank's serial number of a story.
fn serial(nth: usize) -> String {
    format!("2026{nth:06}")
}

fn arrived(
    conn: &mut Conn,
    officer: &impl Treasurer,
    receiving: &Receiving,
    nth: usize,
    declared: &Declaration,
    number: &Number,
) -> Result<Number, Error> {
    let entry = NewEntry {
        receiving: receiving.clone(),
        booked_on: declared.remitted_on,
        amount: declared.amount,
        remitter: declared.remitter.to_uppercase(),
        remitter_account: None,
        text: format!("TOP UP {number}"),
        bank_serial: serial(nth),
    };
    enter(conn, officer, &entry).map_err(Error::internal)
}
