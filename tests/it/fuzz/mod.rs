//! The small brother of `tests/fuzz`: the same functions, some thousands of times, over texts and pictures that are changed
//! by a generator with a fixed seed. What fails once fails again.

#[path = "../../fuzz/probes.rs"]
mod probes;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// Numbers that are the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.roll() % n.max(1) as u64).unwrap()
    }
}

/// Bytes that parsers stumble over.
const ODD: [&[u8]; 12] = [
    b"\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\r\n",
    b"-",
    b"\xe3\x80\x80",
    b"\xef\xbc\x91",
    b"\xe2\x80\xae",
    b"{",
    b"\"",
    b"X",
    b"9999999999",
];

/// Another one a little off: some bytes flipped, taken out, doubled, cut off or put in.
fn changed(seed: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => bytes.truncate(at),
            3 => {
                let odd = ODD[dice.below(ODD.len())];
                bytes.splice(at..at, odd.iter().copied());
            }
            4 => {
                let from = dice.below(other.len() + 1);
                bytes.splice(at.., other[from..].iter().copied());
            }
            _ => {
                let piece = bytes[at..].iter().copied().take(dice.below(16)).collect::<Vec<_>>();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

fn run(seeds: &[Vec<u8>], times: usize, probe: fn(&[u8])) {
    for seed in seeds {
        probe(seed);
    }
    let mut dice = Dice(20_261_126);
    for _ in 0..times {
        let (one, other) = (&seeds[dice.below(seeds.len())], &seeds[dice.below(seeds.len())]);
        let bytes = changed(one, other, &mut dice);
        let went_well = std::panic::catch_unwind(|| probe(&bytes)).is_ok();
        assert!(went_well, "stumbled over {}", data_encoding::HEXLOWER.encode(&bytes));
    }
}

fn texts(all: &[&str]) -> Vec<Vec<u8>> {
    all.iter().map(|text| text.as_bytes().to_vec()).collect()
}

#[test]
fn numbers_and_messages_never_make_a_parser_stumble() {
    let seeds = texts(&[
        "11010519491231002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "911840198506150011",
        "810000199003070015",
        "H12345678",
        "E12345678",
        "91350100M000100Y43",
        "91310115MA0AAAAA3P",
        r#"{"case":"K7KM3X9Q26WA","attempt":"Q4D8NPT5RVXZ","result":"rejected","reason":"name_differs"}"#,
        "1795766400\n5f1c0a9be2d34b77a6c1d20f8e9b3c44\n00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n{}",
    ]);
    run(&seeds, 6_000, probes::identity);
}

#[test]
fn words_never_make_a_parser_stumble() {
    let seeds = texts(&[
        "li.ming+x@example.com",
        "用户@例子.公司",
        "T7KM 3X9Q 26WA",
        "+86 139-1234-5678",
        "0086 18612345678",
        "2026-11-26",
        "2026-11-26T13:00:00+08:00",
        "a/../b.png",
    ]);
    run(&seeds, 6_000, probes::words);
}

#[test]
fn headers_of_pictures_never_make_a_decoder_stumble() {
    let picture = DynamicImage::from(RgbImage::from_fn(24, 16, |x, y| {
        Rgb([u8::try_from(x * 9).unwrap(), u8::try_from(y * 15).unwrap(), 90])
    }));
    let mut seeds = Vec::new();
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        seeds.push(bytes.into_inner());
    }
    run(&seeds, 3_000, probes::pictures);
}

/// The samples whose names end so, right and wrong ones.
fn samples(ending: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = std::fs::read_dir("tests/samples/statements")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect();
    paths.sort();
    assert!(paths.len() > 3, "{ending}: {paths:?}");
    paths.into_iter().map(|path| std::fs::read(path).unwrap()).collect()
}

#[test]
fn statements_never_make_a_parser_stumble() {
    run(&samples("xml"), 3_000, probes::camt053);
    run(&samples("sta"), 3_000, probes::mt940);
    run(&samples("csv"), 3_000, probes::csv);
}
