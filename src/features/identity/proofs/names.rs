//! Whether a name on a bank's statement is the one that was verified.

use unicode_normalization::UnicodeNormalization;

/// The same name, however bank and keyboard write it: full width or half, in capitals or not, with spaces, points, commas and
/// apostrophes or without, which many banks leave out ("Co., Ltd." is "CO LTD"). Nothing else is forgiven, because this decides
/// whose account it is. A name of nothing but these is nobody's.
pub fn same_name(one: &str, other: &str) -> bool {
    let (one, other) = (plain(one), plain(other));
    !one.is_empty() && one == other
}

/// What banks leave out of names.
const LEFT_OUT: [char; 5] = ['.', ',', '\'', '\u{2019}', '\u{3002}'];

/// Capitals can take a sign apart ("ß" is "SS"), so it is composed once more after them.
fn plain(name: &str) -> String {
    let capitals: String = name
        .nfkc()
        .filter(|sign| !sign.is_whitespace() && !LEFT_OUT.contains(sign))
        .flat_map(char::to_uppercase)
        .collect();
    capitals.nfkc().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_as_banks_write_them() {
        for (one, other) in [
            ("Li Ming", "LI MING"),
            ("Li Ming", "LIMING"),
            ("Harbour Trading Co., Ltd.", "HARBOUR TRADING CO LTD"),
            ("Siobhán O’Neill", "SIOBHÁN ONEILL"),
            ("李明", " 李\u{3000}明 "),
            ("Harbour Foods (Shanghai) Ltd", "ＨＡＲＢＯＵＲ　ＦＯＯＤＳ（ＳＨＡＮＧＨＡＩ）ＬＴＤ"),
            ("Zoë Groß", "ZOE\u{308} GROSS"),
        ] {
            assert!(same_name(one, other), "{one} {other}");
        }
        for (one, other) in
            [("Li Ming", "Li Min"), ("李明", "李铭"), ("", ""), (" ", "\u{3000}"), ("Li-Ming", "LiMing")]
        {
            assert!(!same_name(one, other), "{one} {other}");
        }
    }

    /// The second implementation goes sign by sign through both names, and knows no normal form but that of one text.
    fn naive(one: &str, other: &str) -> bool {
        let signs = |text: &str| {
            let mut out: Vec<char> = Vec::new();
            for word in text.nfkc().collect::<String>().split_whitespace() {
                out.extend(word.to_uppercase().nfkc());
            }
            let dropped = |sign: &char| matches!(sign, '.' | ',' | '\'' | '’' | '。');
            let kept: Vec<char> = out.into_iter().collect::<String>().nfkc().collect();
            kept.into_iter().filter(|sign| !dropped(sign)).collect::<Vec<char>>()
        };
        let (one, other) = (signs(one), signs(other));
        if one.is_empty() || one.len() != other.len() {
            return false;
        }
        one.iter().zip(&other).all(|(left, right)| left == right)
    }

    /// A name as a bank may print it.
    fn printed(name: &str, style: u8) -> String {
        let wide = |sign: char| match sign {
            '!'..='~' => char::from_u32(u32::from(sign) + 0xFEE0).unwrap_or(sign),
            ' ' => '\u{3000}',
            other => other,
        };
        match style {
            0 => name.to_uppercase(),
            1 => name.chars().map(wide).collect(),
            2 => name.replace(' ', ""),
            3 => name.nfd().collect(),
            _ => format!(" {name}\t"),
        }
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_second_implementation(
            one in "[A-Ca-cäßéＡａ李明 \u{3000}.-]{0,6}", other in "[A-Ca-cäßéＡａ李明 \u{3000}.-]{0,6}",
        ) {
            prop_assert_eq!(same_name(&one, &other), naive(&one, &other));
            prop_assert_eq!(same_name(&one, &other), same_name(&other, &one));
        }

        #[test]
        fn any_two_texts_too(one in "\\PC{0,8}", other in "\\PC{0,8}") {
            prop_assert_eq!(same_name(&one, &other), naive(&one, &other));
        }

        #[test]
        fn however_it_is_printed(name in "[A-Za-zäöüéñ李明王芳 ]{1,24}", style in 0..5_u8) {
            prop_assume!(!name.trim().is_empty());
            prop_assert!(same_name(&name, &printed(&name, style)), "{} {}", name, printed(&name, style));
        }

        #[test]
        fn a_sign_more_is_another_name(name in "[A-Za-z李明王芳]{1,12}", more in "[A-Za-z李明王芳]") {
            let longer = format!("{name}{more}");
            prop_assert!(!same_name(&name, &longer));
        }
    }
}
