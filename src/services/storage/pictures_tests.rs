//! Pictures with canaries, hostile pictures, and the darkroom.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation)]

use image::{ExtendedColorType, ImageEncoder as _, Rgb, RgbImage};

use super::*;

const CANARY: &[u8] = b"CANARY-31.2304N";

fn sample(kind: Kind, width: u32, height: u32) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x * 7) as u8, (y * 5) as u8, if x < width / 2 { 250 } else { 5 }])
    });
    let mut out = Vec::new();
    let raw = image.as_raw();
    let colour = ExtendedColorType::Rgb8;
    match kind {
        Kind::Jpeg => JpegEncoder::new_with_quality(&mut out, 90).write_image(raw, width, height, colour),
        Kind::Png => PngEncoder::new(&mut out).write_image(raw, width, height, colour),
        _ => WebPEncoder::new_lossless(&mut out).write_image(raw, width, height, colour),
    }
    .unwrap();
    out
}

/// EXIF that says "turn me by 90 degrees clockwise", with the canary behind it.
fn exif() -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    tiff.extend_from_slice(CANARY);
    tiff
}

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![0xFF, marker];
    out.extend_from_slice(&u16::try_from(body.len() + 2).unwrap().to_be_bytes());
    out.extend_from_slice(body);
    out
}

fn chunk(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    out.extend_from_slice(&name);
    out.extend_from_slice(body);
    let mut sum = !0u32;
    for byte in &out[4..] {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 };
        }
    }
    out.extend_from_slice(&(!sum).to_be_bytes());
    out
}

fn has_canary(bytes: &[u8]) -> bool {
    bytes.windows(6).any(|window| window == b"CANARY")
}

fn with_canaries(kind: Kind) -> Vec<u8> {
    let plain = sample(kind, 40, 20);
    let mut file = match kind {
        Kind::Jpeg => {
            let exif = segment(0xE1, &[b"Exif\0\0".as_slice(), &exif()].concat());
            let icc = segment(0xE2, &[b"ICC_PROFILE\0\x01\x01".as_slice(), CANARY].concat());
            [&plain[..2], &exif, &icc, &segment(0xFE, CANARY), &plain[2..]].concat()
        }
        Kind::Png => {
            let text = chunk(*b"tEXt", &[b"Comment\0".as_slice(), CANARY].concat());
            let exif = chunk(*b"eXIf", &exif());
            [&plain[..33], &text, &exif, &plain[33..]].concat()
        }
        _ => {
            let riff = |name: &[u8; 4], body: &[u8]| {
                let mut out = name.to_vec();
                out.extend_from_slice(&u32::try_from(body.len()).unwrap().to_le_bytes());
                out.extend_from_slice(body);
                out.resize(out.len() + body.len() % 2, 0);
                out
            };
            let wide = riff(b"VP8X", &[0x0C, 0, 0, 0, 39, 0, 0, 19, 0, 0]);
            let body =
                [b"WEBP".as_slice(), &wide, &plain[12..], &riff(b"EXIF", &exif()), &riff(b"XMP ", CANARY)].concat();
            riff(b"RIFF", &body)
        }
    };
    file.extend_from_slice(b"PK\x03\x04");
    file.extend_from_slice(CANARY);
    file
}

#[test]
fn only_the_pixels_remain_and_they_stand_upright() {
    for kind in [Kind::Jpeg, Kind::Png, Kind::Webp] {
        let mut file = with_canaries(kind);
        if kind == Kind::Webp {
            // Bytes behind a RIFF file that are no chunk are refused as damage, so they are cut here.
            file.truncate(file.len() - 4 - CANARY.len());
        }
        assert!(has_canary(&file), "{kind:?}");
        let picture = reencode(&file, kind).unwrap();
        assert!(!has_canary(&picture.bytes), "{kind:?}");
        assert_eq!((picture.width, picture.height), (20, 40), "{kind:?}");
        assert_eq!(picture.kind, kind);
        let len = picture.bytes.len() as u64;
        assert_eq!(super::super::sniff::sniff(&picture.bytes, len), Some(kind));
        // The left half was bright in blue; turned clockwise it is the upper half.
        let again = image::load_from_memory(&picture.bytes).unwrap().into_rgb8();
        assert!(again.get_pixel(10, 3).0[2] > 200 && again.get_pixel(10, 36).0[2] < 60, "{kind:?}");
    }
}

#[test]
fn a_small_file_that_claims_huge_sides_is_refused_unread() {
    for (width, height) in [(50_000u32, 50_000u32), (12_001, 1), (1, 12_001), (8_000, 5_001)] {
        let mut header = width.to_be_bytes().to_vec();
        header.extend_from_slice(&height.to_be_bytes());
        header.extend_from_slice(&[8, 2, 0, 0, 0]);
        let file = [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            chunk(*b"IHDR", &header),
            chunk(*b"IDAT", &[0; 2000]),
            chunk(*b"IEND", &[]),
        ]
        .concat();
        assert_eq!(reencode(&file, Kind::Png), Err(PictureFault::TooLarge));
    }
    let mut jpeg = sample(Kind::Jpeg, 16, 16);
    let frame = jpeg.windows(2).position(|two| two == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(reencode(&jpeg, Kind::Jpeg), Err(PictureFault::TooLarge));
    let mut webp = sample(Kind::Webp, 16, 16);
    webp[21..25].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0x0F]);
    assert_eq!(reencode(&webp, Kind::Webp), Err(PictureFault::TooLarge));
}

#[test]
fn a_webp_whose_picture_is_not_its_canvas_is_refused_undecoded() {
    let mut file = b"RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\x0F\0\0\x0F\0\0VP8 \x0A\0\0\0".to_vec();
    file.extend_from_slice(&[0x10, 0, 0, 0x9D, 1, 0x2A, 0xFF, 0x07, 0xFF, 0x07]);
    assert_eq!(reencode(&file, Kind::Webp), Err(PictureFault::Damaged));
    file[20] = 2;
    assert_eq!(reencode(&file, Kind::Webp), Err(PictureFault::Animated));
}

#[test]
fn a_picture_that_was_cut_is_refused() {
    let noise =
        image::RgbImage::from_fn(160, 120, |x, y| image::Rgb([(x * 7 + y * 13) as u8, (x * y) as u8, (y * 5) as u8]));
    for kind in [Kind::Jpeg, Kind::Png, Kind::Webp] {
        let mut out = Vec::new();
        let noise = image::DynamicImage::ImageRgb8(noise.clone());
        match kind {
            Kind::Jpeg => noise.write_with_encoder(image::codecs::jpeg::JpegEncoder::new(&mut out)).unwrap(),
            Kind::Png => noise.write_with_encoder(PngEncoder::new(&mut out)).unwrap(),
            _ => noise.write_with_encoder(image::codecs::webp::WebPEncoder::new_lossless(&mut out)).unwrap(),
        }
        assert!(reencode(&out, kind).is_ok(), "{kind:?}");
        for part in [4, 2] {
            assert_eq!(reencode(&out[..out.len() / part], kind), Err(PictureFault::Damaged), "{kind:?} / {part}");
        }
        assert_eq!(reencode(&out[..out.len() - 30], kind), Err(PictureFault::Damaged), "{kind:?} but its end");
    }
}

#[test]
fn cut_and_bent_pictures_never_panic() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    for kind in [Kind::Jpeg, Kind::Png, Kind::Webp] {
        let file = with_canaries(kind);
        for end in 0..file.len() {
            let _ = reencode(&file[..end], kind);
        }
        let mut state = 7u64;
        for _ in 0..500 {
            let mut bent = file.clone();
            for _ in 0..4 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = usize::try_from(state >> 33).unwrap() % bent.len();
                bent[at] = (state >> 24) as u8;
            }
            let _ = reencode(&bent, kind);
        }
        let other = if kind == Kind::Png { Kind::Jpeg } else { Kind::Png };
        assert!(reencode(&file, other).is_err());
        assert_eq!(reencode(&[], kind), Err(PictureFault::Damaged));
    }
    std::panic::set_hook(hook);
    assert_eq!(reencode(b"%PDF-1.7", Kind::Pdf), Err(PictureFault::NotAPicture));
}

#[test]
fn deep_and_grey_pictures_are_taken() {
    let mut out = Vec::new();
    PngEncoder::new(&mut out).write_image(&[0x12; 4 * 4 * 8], 4, 4, ExtendedColorType::Rgba16).unwrap();
    let picture = reencode(&out, Kind::Png).unwrap();
    let again = image::load_from_memory(&picture.bytes).unwrap();
    assert_eq!(again.color(), image::ColorType::Rgba8);
    let mut grey = Vec::new();
    JpegEncoder::new(&mut grey).write_image(&[9; 64], 8, 8, ExtendedColorType::L8).unwrap();
    assert_eq!(reencode(&grey, Kind::Jpeg).unwrap().width, 8);
}

#[tokio::test]
async fn the_darkroom_says_when_it_is_full() {
    let darkroom = Darkroom::start(1, 1).unwrap();
    let large = Bytes::from(sample(Kind::Png, 1500, 1500));
    let many = (0..8).map(|_| darkroom.develop(large.clone(), Kind::Png));
    let results = futures_util::future::join_all(many).await;
    assert!(results.iter().any(Result::is_ok));
    assert!(results.contains(&Err(PictureFault::Full)));
    let small = Bytes::from(sample(Kind::Jpeg, 8, 8));
    assert_eq!(darkroom.develop(small, Kind::Jpeg).await.unwrap().height, 8);
}
