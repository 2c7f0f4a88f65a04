//! Searching without an index server: a column of folded text and `LIKE`. English words must all occur; unspaced
//! Chinese is found as a piece of the text, because no word boundary is asked for.

use unicode_normalization::UnicodeNormalization;

/// The longest query that is looked at, in characters.
pub const MOST_CHARACTERS: usize = 100;
/// The most words that are looked for.
const MOST_WORDS: usize = 6;

/// The form in which texts are stored for searching and queries are compared: compatibility forms made one (NFKC, so
/// full-width letters are found), lower case, every run of blanks one space, control characters gone.
pub fn fold(text: &str) -> String {
    let one: String = text.nfkc().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    let mut folded = String::with_capacity(one.len());
    for word in one.to_lowercase().split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// The pattern that finds `query` anywhere in a folded column. `%`, `_` and `\` stand for themselves; use it with
/// `.escape('\\')`, which `SQLite` does not do by itself.
pub fn like_pattern(query: &str) -> String {
    let mut pattern = String::with_capacity(query.len() + 2);
    pattern.push('%');
    for sign in fold(query).chars().take(MOST_CHARACTERS) {
        if matches!(sign, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    pattern
}

/// One pattern for each word of the query; a text is found when all occur in it. Empty when nothing was asked.
pub fn patterns(query: &str) -> Vec<String> {
    let query: String = fold(query).chars().take(MOST_CHARACTERS).collect();
    query.split(' ').filter(|word| !word.is_empty()).take(MOST_WORDS).map(like_pattern).collect()
}

/// The folded text of these parts, for a search column.
pub fn searchable(parts: &[&str]) -> String {
    fold(&parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fold_to_one_form() {
        assert_eq!(fold("  Cloud\tSERVER \n２核 "), "cloud server 2核");
        assert_eq!(fold("ＡＢＣ"), "abc");
        assert_eq!(fold("a\u{0}b"), "a b");
        assert_eq!(fold(" \u{3000} "), "");
    }

    #[test]
    fn signs_of_patterns_stand_for_themselves() {
        assert_eq!(like_pattern("100%_a\\b"), "%100\\%\\_a\\\\b%");
        assert_eq!(patterns("Disk  Slow"), ["%disk%", "%slow%"]);
        assert_eq!(patterns("云服务器"), ["%云服务器%"]);
        assert!(patterns(" \t ").is_empty());
    }

    #[test]
    fn a_long_query_is_cut() {
        let found = patterns(&"长".repeat(10_000));
        assert_eq!(found[0].chars().count(), MOST_CHARACTERS + 2);
        assert_eq!(patterns(&"a ".repeat(10_000)).len(), MOST_WORDS);
    }
}
