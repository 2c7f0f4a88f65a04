//! The slips that some of the demo's customers attach to their declarations: bank receipts, drawn here so that each is
//! the same every time.

use std::collections::HashMap;
use std::io::Cursor;

use actix_web::web::Data;
use bytes::Bytes;
use image::{ImageFormat, Rgb, RgbImage};

use crate::base::types::Number;
use crate::services::storage::{Kind, StorageFault};
use crate::web::uploads::Upload;
use crate::web::{Error, House};

const PAPER: Rgb<u8> = Rgb([0xfb, 0xfa, 0xf6]);
const DESK: Rgb<u8> = Rgb([0xe4, 0xe2, 0xdb]);
const BAND: Rgb<u8> = Rgb([0x1f, 0x5c, 0x58]);
const INK: Rgb<u8> = Rgb([0x2b, 0x2b, 0x33]);
const FAINT: Rgb<u8> = Rgb([0x77, 0x77, 0x80]);
const STAMP: Rgb<u8> = Rgb([0xb4, 0x3a, 0x34]);

/// Label and value of each line of a receipt.
pub(super) type Lines = Vec<(&'static str, String)>;
/// The slips by the story that they belong to.
pub(super) type Slips = HashMap<usize, Upload>;

/// Draws the slips and keeps them in the storage.
pub(super) async fn keep(house: &Data<House>, wanted: Vec<(usize, Lines)>) -> Result<Slips, Error> {
    let mut slips = Slips::new();
    for (story, lines) in wanted {
        let stored = house.storage.keep(drawn(&lines)?).await.map_err(Error::internal)?;
        let slip = Upload {
            number: Number::random('U').as_str().to_string(),
            file_name: format!("transfer-receipt-{story:02}.png"),
            media_kind: Kind::Png.media_type().to_string(),
            size: i64::try_from(stored.size).unwrap_or(i64::MAX),
            storage_key: stored.key,
        };
        slips.insert(story, slip);
    }
    Ok(slips)
}

/// Takes them away again: the company they belong to was not made.
pub(super) async fn drop_all(house: &Data<House>, keys: Vec<String>) -> Result<(), StorageFault> {
    for key in keys {
        house.storage.delete(&key).await?;
    }
    Ok(())
}

fn drawn(lines: &Lines) -> Result<Bytes, Error> {
    let mut picture = RgbImage::from_pixel(760, 470, DESK);
    fill(&mut picture, (20, 20), (720, 430), PAPER);
    fill(&mut picture, (20, 20), (720, 70), BAND);
    write(&mut picture, (50, 41), 4, PAPER, "TRANSFER RECEIPT");
    for (place, (label, value)) in (0..).zip(lines) {
        let y = 125 + place * 55;
        write(&mut picture, (50, y), 2, FAINT, label);
        // Long values in smaller letters: the paper has room for 26 of size three.
        let size = if value.chars().count() > 26 { 2 } else { 3 };
        write(&mut picture, (240, y - 3 * (size - 2)), size, INK, value);
        fill(&mut picture, (50, y + 32), (660, 1), DESK);
    }
    ring(&mut picture, (640, 266), 48);
    write(&mut picture, (617, 259), 2, STAMP, "PAID");
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).map_err(Error::internal)?;
    Ok(file.into_inner().into())
}

fn fill(picture: &mut RgbImage, (left, top): (u32, u32), (width, height): (u32, u32), colour: Rgb<u8>) {
    for y in top..(top + height).min(picture.height()) {
        for x in left..(left + width).min(picture.width()) {
            picture.put_pixel(x, y, colour);
        }
    }
}

/// The round stamp of the bank: two circles.
fn ring(picture: &mut RgbImage, (x0, y0): (i32, i32), radius: i32) {
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let (Ok(x), Ok(y)) = (i32::try_from(x), i32::try_from(y)) else { continue };
        let away = ((x - x0).pow(2) + (y - y0).pow(2)).isqrt();
        if (radius - 3..=radius).contains(&away) || away == radius - 8 {
            *pixel = STAMP;
        }
    }
}

/// Writes in capitals, `size` pixels to a dot; signs that the letters lack stay blank.
fn write(picture: &mut RgbImage, (left, top): (u32, u32), size: u32, colour: Rgb<u8>, text: &str) {
    for (place, sign) in (0..).zip(text.to_uppercase().chars()) {
        let Some(letter) = SIGNS.chars().position(|known| known == sign).and_then(|at| LETTERS.get(at)) else {
            continue;
        };
        for (column, dots) in (0..).zip(letter) {
            for row in (0..7).filter(|row| dots >> row & 1 == 1) {
                let at = (left + (place * 6 + column) * size, top + row * size);
                fill(picture, at, (size, size), colour);
            }
        }
    }
}

const SIGNS: &str = ",-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Each letter in five columns of seven dots, the lowest bit on top.
#[rustfmt::skip]
const LETTERS: [[u8; 5]; 39] = [
    [0x00, 0x50, 0x30, 0x00, 0x00], [0x08, 0x08, 0x08, 0x08, 0x08], [0x00, 0x60, 0x60, 0x00, 0x00],
    [0x3e, 0x51, 0x49, 0x45, 0x3e], [0x00, 0x42, 0x7f, 0x40, 0x00], [0x42, 0x61, 0x51, 0x49, 0x46],
    [0x21, 0x41, 0x45, 0x4b, 0x31], [0x18, 0x14, 0x12, 0x7f, 0x10], [0x27, 0x45, 0x45, 0x45, 0x39],
    [0x3c, 0x4a, 0x49, 0x49, 0x30], [0x01, 0x71, 0x09, 0x05, 0x03], [0x36, 0x49, 0x49, 0x49, 0x36],
    [0x06, 0x49, 0x49, 0x29, 0x1e], [0x7e, 0x11, 0x11, 0x11, 0x7e], [0x7f, 0x49, 0x49, 0x49, 0x36],
    [0x3e, 0x41, 0x41, 0x41, 0x22], [0x7f, 0x41, 0x41, 0x22, 0x1c], [0x7f, 0x49, 0x49, 0x49, 0x41],
    [0x7f, 0x09, 0x09, 0x09, 0x01], [0x3e, 0x41, 0x49, 0x49, 0x7a], [0x7f, 0x08, 0x08, 0x08, 0x7f],
    [0x00, 0x41, 0x7f, 0x41, 0x00], [0x20, 0x40, 0x41, 0x3f, 0x01], [0x7f, 0x08, 0x14, 0x22, 0x41],
    [0x7f, 0x40, 0x40, 0x40, 0x40], [0x7f, 0x02, 0x0c, 0x02, 0x7f], [0x7f, 0x04, 0x08, 0x10, 0x7f],
    [0x3e, 0x41, 0x41, 0x41, 0x3e], [0x7f, 0x09, 0x09, 0x09, 0x06], [0x3e, 0x41, 0x51, 0x21, 0x5e],
    [0x7f, 0x09, 0x19, 0x29, 0x46], [0x46, 0x49, 0x49, 0x49, 0x31], [0x01, 0x01, 0x7f, 0x01, 0x01],
    [0x3f, 0x40, 0x40, 0x40, 0x3f], [0x1f, 0x20, 0x40, 0x20, 0x1f], [0x3f, 0x40, 0x38, 0x40, 0x3f],
    [0x63, 0x14, 0x08, 0x14, 0x63], [0x07, 0x08, 0x70, 0x08, 0x07], [0x61, 0x51, 0x49, 0x45, 0x43],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_the_same_every_time() {
        assert_eq!(SIGNS.chars().count(), LETTERS.len());
        let lines: Lines = vec![("Payer", "Li Ming".into()), ("Amount", "CNY 1,250.00".into())];
        let slip = drawn(&lines).unwrap();
        assert_eq!(slip, drawn(&lines).unwrap());
        assert!(slip.len() < 64 * 1024, "{}", slip.len());
    }
}
