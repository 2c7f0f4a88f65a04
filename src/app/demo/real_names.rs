//! Real-name cases of the demo company: two that were decided, one in review, one that is not handed in yet. Their numbers
//! are the standards' own samples, and their pictures drawings of documents that are nobody's.

use std::io::Cursor;
use std::time::Duration;

use image::{ImageFormat, Rgb, RgbImage};

use super::people::{COMPANY_CODE, Customer, Officer, RESIDENT_NUMBER};
use super::tale::{Left, Tale};
use crate::features::identity::seeding::{Company, Details, IdentityMethod, NewCase, approve, begin, hand_in, take};
use crate::services::context::Context;
use crate::web::Error;

const PAPER: Rgb<u8> = Rgb([0xf4, 0xf1, 0xe6]);
const BAND: Rgb<u8> = Rgb([0x8a, 0xa6, 0xa3]);

/// A card with a band, in the proportions of an identity card.
fn card() -> Result<Vec<u8>, Error> {
    let picture = RgbImage::from_fn(428, 270, |_, y| if (30..70).contains(&y) { BAND } else { PAPER });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).map_err(Error::internal)?;
    Ok(bytes.into_inner())
}

/// Of the person whose case waits: a number that no register has, because the sequence of a day begins with 001.
const WAITING_NUMBER: &str = "11010119490101000X";

fn person(name: &str) -> Details {
    Details { name: name.to_string(), number: RESIDENT_NUMBER.to_string(), birth: None, company: None }
}

/// Adds what happened with them.
pub(super) fn add<'a>(
    tale: &mut Tale<'a>,
    ctx: &'a Context,
    customers: &'a [Customer],
    officer: &'a Officer,
    words: &'a str,
) -> Result<(), Error> {
    let picture = card()?;
    let ago = |hours: u64| ctx.now.minus(Duration::from_secs(hours * 3600));
    let of = |nth: usize| customers.get(nth).ok_or_else(|| Error::internal("the demo lacks a customer"));
    let (first, decided, waiting, company) = (of(0)?, of(2)?, of(22)?, of(1)?);
    for (who, began, held) in [(first, ago(24 * 188), false), (decided, ago(24 * 30), false), (waiting, ago(3), true)] {
        let (left, picture) = (Left::nothing(), picture.clone());
        let number = left.clone();
        tale.at(began, move |conn| {
            let own = who.at(ctx, began);
            let new = NewCase {
                who: (who.person_id, who.account_id),
                method: IdentityMethod::Document,
                details: &if held {
                    Details { number: WAITING_NUMBER.to_string(), ..person(who.name) }
                } else {
                    person(who.name)
                },
                masked_number: "1****************X",
                picture: &picture,
                words,
            };
            let number = begin(conn, &own, &new)?;
            hand_in(conn, &own, &number)?;
            left.leave(number)
        });
        let looked = if held { ctx.now } else { began.plus(Duration::from_secs(7200)) };
        tale.at(looked, move |conn| {
            let (serving, number) = (officer.at(ctx, looked), number.take()?);
            take(conn, &serving, &number)?;
            if held { Ok(()) } else { approve(conn, &serving, &number) }
        });
    }
    let began = ago(20);
    tale.at(began, move |conn| {
        let details = Details {
            company: Some(Company {
                name: "Cloudy Harbour Holding Co., Ltd.".to_string(),
                code: COMPANY_CODE.to_string(),
                contact: None,
            }),
            ..person(company.name)
        };
        let new = NewCase {
            who: (company.person_id, company.account_id),
            method: IdentityMethod::Licence,
            details: &details,
            masked_number: "9****************3",
            picture: &picture,
            words,
        };
        begin(conn, &company.at(ctx, began), &new).map(|_| ())
    });
    Ok(())
}
