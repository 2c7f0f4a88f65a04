use proptest::prelude::*;

use super::*;

fn today() -> Day {
    Day::parse("2026-11-26").unwrap()
}

fn read(typed: &str) -> Result<ResidentNumber, ResidentFault> {
    ResidentNumber::parse(typed, today())
}

fn fault(typed: &str) -> ResidentFault {
    read(typed).expect_err(typed)
}

#[test]
fn valid_numbers_tell_birth_and_card() {
    use ResidentKind::{HongKongMacaoTaiwan, PermanentResident, Resident};
    for (number, birth, kind) in [
        ("11010519491231002X", "1949-12-31", Resident),
        ("440524188001010014", "1880-01-01", Resident),
        ("310115200002299982", "2000-02-29", Resident),
        ("810000199003070015", "1990-03-07", HongKongMacaoTaiwan),
        ("911840198506150011", "1985-06-15", PermanentResident),
        ("510104190001019995", "1900-01-01", Resident),
        ("830000199912310024", "1999-12-31", HongKongMacaoTaiwan),
    ] {
        let read = read(number).expect(number);
        assert_eq!((read.as_str(), read.birth().as_str(), read.kind()), (number, birth, kind));
    }
}

#[test]
fn any_width_case_and_grouping_is_read() {
    for typed in [
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５１９４９１２３１００２ｘ",
        "  110105 19491231 002X\n",
        "110105-1949-12-31-002X",
        "110105\u{3000}19491231\u{2013}002X",
    ] {
        assert_eq!(read(typed).expect(typed).as_str(), "11010519491231002X");
    }
}

/// Five of these carry a check digit that fits.
#[test]
fn the_rule_that_fails_is_named() {
    for (number, rule) in [
        ("110105194912310021", ResidentFault::Check),
        ("110105194913310021", ResidentFault::BirthDate),
        ("310115199902299982", ResidentFault::BirthDate),
        ("010105194912310026", ResidentFault::Region),
        ("160105194912310029", ResidentFault::Region),
        ("110105209912310029", ResidentFault::Future),
        ("110105491231002", ResidentFault::FirstGeneration),
        ("110150194912310023", ResidentFault::Check),
        ("1101051949123100ZX", ResidentFault::Form),
        ("11010519491231002", ResidentFault::Form),
    ] {
        assert_eq!(fault(number), rule, "{number}");
    }
    for number in ["110105194913310021", "310115199902299982", "010105194912310026", "160105194912310029"] {
        assert_eq!(check_of(&number.as_bytes()[..17]), number.as_bytes()[17], "{number} must fail by its own rule");
    }
}

#[test]
fn what_is_no_number_has_no_form() {
    let many = "1".repeat(1_000_000);
    for text in [
        "",
        " ",
        "X",
        "X1010519491231002X",
        "110105194912310021X",
        "1101051949123100२X",
        "11010519491231002Χ",
        "１１０１０５",
        "11010549123100X",
        "110105\u{0}19491231002X",
        many.as_str(),
    ] {
        assert_eq!(fault(text), ResidentFault::Form, "{}", text.get(..20).unwrap_or(text));
    }
}

#[test]
fn birth_lies_between_today_and_a_hundred_and_fifty_years_ago() {
    let born = |day: &str| read(&with_check(&format!("110105{day}002")));
    assert!(born("20261126").is_ok());
    assert_eq!(born("20261127").unwrap_err(), ResidentFault::Future);
    assert!(born("18761126").is_ok());
    assert_eq!(born("18761125").unwrap_err(), ResidentFault::TooLongAgo);
    assert_eq!(born("00000101").unwrap_err(), ResidentFault::TooLongAgo);
    assert_eq!(born("19000229").unwrap_err(), ResidentFault::BirthDate);
    assert_eq!(born("19990631").unwrap_err(), ResidentFault::BirthDate);
    assert_eq!(born("19990100").unwrap_err(), ResidentFault::BirthDate);
    let early = ResidentNumber::parse("11010519491231002X", Day::parse("0001-01-01").unwrap());
    assert_eq!(early.unwrap_err(), ResidentFault::Future);
}

#[test]
fn permanent_residence_cards_are_issued_on_the_mainland() {
    for (province, known) in [("11", true), ("65", true), ("16", false), ("71", false), ("81", false), ("83", false)] {
        let number = with_check(&format!("9{province}84019850615001"));
        assert_eq!(read(&number).is_ok(), known, "{number}");
    }
}

#[test]
fn only_the_ends_are_shown() {
    let number = read("11010519491231002X").unwrap();
    assert_eq!(number.masked(), "1****************X");
    assert_eq!(format!("{number:?} {:?}", Some(&number)), "1****************X Some(1****************X)");
}

/// The whole rule a second time, by other means: remainders of a polynomial (Horner), every check character tried, a
/// calendar of lengths of months.
fn naive(text: &str) -> bool {
    let signs: Vec<u32> =
        text.chars().map(|sign| if sign == 'X' { 10 } else { sign.to_digit(10).unwrap_or(99) }).collect();
    if signs.len() != 18 || signs[..17].iter().any(|&value| value > 9) || signs[17] > 10 {
        return false;
    }
    let remainder = signs.iter().fold(0, |sum, value| (sum * 2 + value) % 11);
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().unwrap();
    let mainland = |code: u32| match code / 10 {
        1 | 3 | 4 | 5 | 6 => (1..=[0, 5, 0, 7, 6, 4, 5][code as usize / 10]).contains(&(code % 10)) || code == 50,
        2 => (1..=3).contains(&(code % 10)),
        _ => false,
    };
    let region = if signs[0] == 9 {
        mainland(number(1, 3))
    } else {
        mainland(number(0, 2)) || [71, 81, 82, 83].contains(&number(0, 2))
    };
    let (year, month, day) = (number(6, 10), number(10, 12), number(12, 14));
    let leap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    let date = year * 10_000 + month * 100 + day;
    remainder == 1 && region && (1..=length).contains(&day) && (18_761_126..=20_261_126).contains(&date)
}

/// The one check character of the eleven that the naive rule takes.
fn with_check(body: &str) -> String {
    let fits = |number: &String| {
        let value = |sign: char| sign.to_digit(10).unwrap_or(10);
        number.chars().fold(0, |sum, sign| (sum * 2 + value(sign)) % 11) == 1
    };
    let found: Vec<String> = "0123456789X".chars().map(|check| format!("{body}{check}")).filter(fits).collect();
    assert_eq!(found.len(), 1, "{body}");
    found[0].clone()
}

fn a_number() -> impl Strategy<Value = String> {
    let provinces = proptest::sample::select(&PROVINCES[..]);
    let region = (provinces.clone(), 0_u16..10_000, any::<bool>()).prop_map(|(province, rest, foreign)| {
        if foreign && province < 71 { format!("9{province}{:03}", rest % 1000) } else { format!("{province}{rest:04}") }
    });
    (region, 0_i32..54_000, 0_u16..1000).prop_map(|(region, ago, sequence)| {
        let birth = today().plus(-ago).as_str().replace('-', "");
        with_check(&format!("{region}{birth}{sequence:03}"))
    })
}

proptest! {
    #[test]
    fn valid_numbers_are_read(number in a_number()) {
        prop_assert!(naive(&number), "{}", number);
        let read = read(&number);
        prop_assert_eq!(read.map(|read| read.as_str().to_string()), Ok(number));
    }

    #[test]
    fn every_wrong_character_and_every_swap_of_neighbours_is_found(number in a_number()) {
        for place in 0..18 {
            for sign in "0123456789XA".bytes().filter(|sign| *sign != number.as_bytes()[place]) {
                let mut wrong = number.clone().into_bytes();
                wrong[place] = sign;
                prop_assert!(read(&String::from_utf8(wrong).unwrap()).is_err());
            }
            let mut swapped = number.clone().into_bytes();
            if place > 0 && swapped[place - 1] != swapped[place] {
                swapped.swap(place - 1, place);
                prop_assert!(read(&String::from_utf8(swapped).unwrap()).is_err());
            }
        }
    }

    /// Numbers that are nearly right: each part is at times one that no card has.
    #[test]
    fn both_implementations_agree(
        region in "[0-9]{6}", year in 1870_u32..2032, month in 0_u32..14, day in 0_u32..33, rest in "[0-9]{3}[0-9X]",
        fits in any::<bool>(),
    ) {
        let mut number = format!("{region}{year:04}{month:02}{day:02}{rest}");
        if fits {
            number = with_check(&number[..17]);
        }
        prop_assert_eq!(read(&number).is_ok(), naive(&number), "{}", number);
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,40}", digits in "[0-9X]{0,20}") {
        prop_assert_eq!(read(&text).is_ok(), plain(&text).is_some_and(|text| naive(&text)));
        prop_assert_eq!(read(&digits).is_ok(), naive(&digits));
    }
}
