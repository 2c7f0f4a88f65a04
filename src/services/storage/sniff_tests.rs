//! The vectors of accepted and refused files.
#![allow(clippy::unwrap_used)]

use super::*;

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn told(file: &[u8]) -> Option<Kind> {
    sniff(file, file.len() as u64)
}

fn frame() -> Vec<u8> {
    let mut frame = bytes("FFFB9064");
    frame.resize(417, 0);
    frame
}

#[test]
fn every_valid_header_is_recognised() {
    for (hex, kind) in [
        ("FFD8FFE000104A464946000101", Kind::Jpeg),
        ("FFD8FFE10010457869660000", Kind::Jpeg),
        ("89504E470D0A1A0A0000000D4948445200000001", Kind::Png),
        ("52494646240000005745425056503820", Kind::Webp),
        ("5249464624000000574542505650384C", Kind::Webp),
        ("52494646240000005745425056503858", Kind::Webp),
        ("000000186674797069736F6D0000020069736F6D6D703432", Kind::Mp4),
        ("1A45DFA39F4286810142F7810142F2810442F381084282847765626D4287810442858102", Kind::Webm),
        ("524946462400000057415645666D7420", Kind::Wav),
        ("52494646240000005741564562657874", Kind::Wav),
        ("5249464624000000574156454A554E4B", Kind::Wav),
        ("5249464624000000574156454C495354", Kind::Wav),
        ("255044462D312E370A", Kind::Pdf),
        ("255044462D322E300A", Kind::Pdf),
    ] {
        assert_eq!(told(&bytes(hex)), Some(kind), "{hex}");
    }
}

#[test]
fn every_brand_of_mp4_is_recognised_and_no_other() {
    for brand in MP4_BRANDS {
        let mut file = bytes("0000001866747970000000000000020069736F6D6D703432");
        file[8..12].copy_from_slice(brand);
        assert_eq!(told(&file), Some(Kind::Mp4));
        file[3] = 0x17;
        assert_eq!(told(&file), None, "not a multiple of four");
        file[3] = 0x0C;
        assert_eq!(told(&file), None, "too short a box");
    }
    for brand in [b"qt  ", b"heic", b"mif1", b"avif", b"M4A "] {
        let mut file = bytes("0000001866747970000000000000020069736F6D6D703432");
        file[8..12].copy_from_slice(brand);
        assert_eq!(told(&file), None);
    }
}

#[test]
fn an_mp3_needs_two_frames_that_follow_each_other() {
    let one = frame();
    assert_eq!(told(&one), None);
    let two = [one.clone(), one.clone()].concat();
    assert_eq!(told(&two), Some(Kind::Mp3));
    assert_eq!(told(&two[..two.len() - 1]), None, "the second is cut");
    let gap = [one.clone(), vec![0], one].concat();
    assert_eq!(told(&gap), None);
    for header in ["FFF39064", "FFE39064"] {
        let length = 72 * 80_000 / if header == "FFF39064" { 22_050 } else { 11_025 };
        let mut slow = bytes(header);
        slow.resize(length, 0);
        assert_eq!(told(&slow.repeat(2)), Some(Kind::Mp3), "{header}");
    }
}

#[test]
fn an_mp3_may_carry_a_tag_that_ends_inside_the_file() {
    let tagged = |size: &str, body: usize| {
        let mut file = bytes(&format!("494433040000{size}"));
        file.resize(10 + body, 0);
        file.extend(frame().repeat(2));
        file
    };
    assert_eq!(told(&tagged("00000101", 129)), Some(Kind::Mp3));
    assert_eq!(told(&tagged("7F7F7F7F", 129)), None);
    assert_eq!(told(&tagged("00000181", 129)), None, "not sync-safe");
    let cover = tagged("00020000", 32_768);
    assert_eq!(head_wanted(&cover[..64]), 10 + 32_768 + HEAD);
    let head = &cover[..head_wanted(&cover).min(cover.len())];
    assert_eq!(sniff(head, cover.len() as u64), Some(Kind::Mp3));
    assert_eq!(head_wanted(&tagged("7F7F7F7F", 0)), HEAD);
}

#[test]
fn every_other_file_is_refused() {
    for hex in [
        "",
        "FFD8",
        "89504E470D0A1A0A0000000D74455874",
        "89504E470A1A0A0000000D4948445200000001",
        "89504E470D0A1A0A",
        "5249464624000000415649204C495354",
        "524946462400000057454250",
        "00000018667479706865696300000000686569636D696631",
        "00000014667479707174202000000000",
        "7FFFFFFC6674797069736F6D0000020069736F6D6D703432",
        "1A45DFA3934282886D6174726F736B614287810142858101",
        "1A45DFA3",
        "1A45DFA3FF4282847765626D",
        "1A45DFA38E4282847765626D4282846D6B7600",
        "1A45DFA384EC827765",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "4944330400007F7F7F7FFFFB9064",
        "52463634FFFFFFFF57415645666D7420",
        "504B0304140000000800",
        "7F454C46020101000000",
        "4D5A90000300000004000000",
    ] {
        assert_eq!(told(&bytes(hex)), None, "{hex}");
    }
    for text in [
        "GIF89a;%PDF-1.7",
        "GIF87a",
        " %PDF-1.7",
        "%PDF-3.0",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        "<?xml version=\"1.0\"?><svg/>",
        "<!doctype html><title>x</title>",
        "\u{feff}<!doctype html>",
        "MZ",
    ] {
        assert_eq!(told(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn no_start_of_a_file_makes_it_stumble() {
    let mut state = 1u64;
    let starts: [&[u8]; 6] = [&[], b"ID3", &[0x1A, 0x45, 0xDF, 0xA3], b"RIFF", &[0xFF, 0xFB], b"\0\0\0\x18ftyp"];
    for round in 0..20_000usize {
        let mut file = starts[round % starts.len()].to_vec();
        for _ in 0..round % 40 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            file.push(u8::try_from(state >> 56).unwrap());
        }
        let _ = told(&file);
        let _ = head_wanted(&file);
    }
}

#[test]
fn the_extension_must_agree_with_the_content() {
    for (kind, name) in [
        (Kind::Jpeg, "photo.JPG"),
        (Kind::Jpeg, "a.b.jpeg"),
        (Kind::Mp4, "C:\\films\\a.m4v"),
        (Kind::Pdf, "report.pdf. "),
    ] {
        assert!(extension_agrees(kind, name), "{name}");
    }
    for (kind, name) in [
        (Kind::Jpeg, "photo.png"),
        (Kind::Jpeg, "photo.jpg.exe"),
        (Kind::Jpeg, "photo.jpg\0.exe"),
        (Kind::Jpeg, "photo\u{202E}gpj.exe"),
        (Kind::Jpeg, "jpg"),
        (Kind::Pdf, ""),
    ] {
        assert!(!extension_agrees(kind, name), "{name}");
    }
}

#[test]
fn a_kind_is_found_again_by_its_media_type() {
    for kind in Kind::ALL {
        assert_eq!(Kind::from_media_type(kind.media_type()), Some(kind));
    }
    assert_eq!(Kind::from_media_type("image/svg+xml"), None);
    assert!(!Kind::Pdf.inline() && Kind::Wav.inline());
}
