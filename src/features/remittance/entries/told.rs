//! What another file tells otherwise of an entry that is known by its serial number, and how names of banks are compared.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::base::types::{Moment, Number};
use crate::features::remittance::model::signs;

/// Letters that banks write in two of SWIFT's.
const IN_TWO: [(&str, &str); 6] = [("Ä", "AE"), ("Ö", "OE"), ("Ü", "UE"), ("Å", "AA"), ("Ø", "OE"), ("Æ", "AE")];
/// Letters that lose their mark and are not taken apart by Unicode.
const PLAIN: [(&str, &str); 4] = [("Ø", "O"), ("Æ", "AE"), ("Ł", "L"), ("Đ", "D")];
/// From so many letters and digits on a name that begins another one is that one, cut off: SWIFT's lines end at 27 and 35 signs,
/// those of two bytes a sign at 17.
const CUT_OFF: usize = 16;

/// A remitter's name as it is compared. Banks write it in capitals, know few letters, and cut it off, each format at another
/// place.
#[derive(Debug, Clone)]
pub struct Name([String; 2]);

impl Name {
    /// Folds a name as a bank wrote it.
    pub fn of(name: &str) -> Self {
        let capitals: String = name.nfkc().flat_map(char::to_uppercase).collect();
        let capitals: String = capitals.nfc().collect();
        let replaced = |letters: &[(&str, &str)]| {
            letters.iter().fold(capitals.clone(), |text, (letter, plain)| text.replace(letter, plain))
        };
        let bare: String = replaced(&PLAIN).nfd().filter(|sign| !is_combining_mark(*sign)).collect();
        Self([signs(&replaced(&IN_TWO)), signs(&bare)])
    }

    /// Whether this is somebody else's. No name is nobody else's.
    pub fn is_other(&self, other: &Self) -> bool {
        let named = !self.0[0].is_empty() && !other.0[0].is_empty();
        named && !self.0.iter().any(|one| other.0.iter().any(|form| same(one, form)))
    }
}

fn same(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short == long || (short.chars().count() >= CUT_OFF && long.starts_with(short))
}

/// What another file tells of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// Who paid, as that file names them; empty when it does not.
    pub remitter: String,
    /// The reference that its text names; empty when it names none.
    pub reference: String,
    /// The import.
    pub import: String,
    /// When the file told it, UTC.
    pub at: Moment,
    /// Who brought that file; nobody for the operator's command.
    pub by: Option<i64>,
}

/// Between two that are kept.
const NEXT: char = '\u{1e}';
/// So many are kept of one entry; the oldest goes.
const KEPT: usize = 50;

impl Contradiction {
    fn kept(&self) -> String {
        let (at, by) = (self.at.0.to_string(), self.by.map(|id| id.to_string()).unwrap_or_default());
        let line = |text: &str| text.replace(|sign: char| sign.is_control(), " ");
        [self.remitter.as_str(), &self.reference, &self.import, &at, &by].map(line).join("\n")
    }

    fn of(kept: &str) -> Option<Self> {
        let mut lines = kept.split('\n').map(str::to_string);
        let (remitter, reference, import) = (lines.next()?, lines.next()?, lines.next()?);
        let at = Moment(lines.next()?.parse().ok()?);
        Some(Self { remitter, reference, import, at, by: lines.next()?.parse().ok() })
    }

    /// The reference as pages write it; empty when none is named.
    pub fn reference_words(&self) -> String {
        let number = ['R', 'M'].into_iter().find_map(|kind| Number::parse(kind, &self.reference));
        number.map(|number| number.to_string()).unwrap_or_default()
    }

    /// All that was told of an entry, as it is kept, sealed.
    pub fn keep(all: &[Self]) -> String {
        let newest = all.iter().skip(all.len().saturating_sub(KEPT));
        newest.map(Self::kept).collect::<Vec<_>>().join(&NEXT.to_string())
    }

    /// What was kept, oldest first.
    pub fn all(kept: &str) -> Vec<Self> {
        kept.split(NEXT).filter_map(Self::of).collect()
    }

    /// Whether this tells what the other one does, whichever file did, and whatever letters it knows.
    pub fn tells(&self, other: &Self) -> bool {
        let same_name = !self.remitter.is_empty() && !Name::of(&self.remitter).is_other(&Name::of(&other.remitter));
        (other.remitter.is_empty() || same_name) && (other.reference.is_empty() || self.reference == other.reference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(one: &str, other: &str) -> bool {
        Name::of(one).is_other(&Name::of(other))
    }

    #[test]
    fn a_name_that_is_cut_off_or_written_in_other_letters_is_no_other_one() {
        assert!(other("Li Ming", "Wu Xia"));
        assert!(!other("Cloudy Harbour Trading Co., Lt", "CLOUDY HARBOUR TRADING CO LTD"));
        assert!(!other("Müller GmbH", "MUELLER GMBH") && !other("Groß", "GROSS"));
        assert!(!other("Müller", "MULLER") && !other("Mu\u{308}ller", "MÜLLER") && !other("René", "RENE"));
        assert!(!other("", "Wu Xia") && !other("Wu Xia", " "));
    }

    #[test]
    fn a_short_name_that_begins_a_longer_one_is_another_one() {
        assert!(other("王五", "王五金属有限公司") && other("Li", "Liu Wei Trading"));
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let told = |remitter: &str, reference: &str| Contradiction {
            remitter: remitter.into(),
            reference: reference.into(),
            import: "I1".into(),
            at: Moment(7),
            by: Some(3),
        };
        let all = vec![told("Wu Xia", ""), told("", "R2"), told("", "")];
        assert_eq!(Contradiction::all(&Contradiction::keep(&all)), all);
        assert_eq!(Contradiction::all(""), []);
        assert_eq!(Contradiction::all(&told("a\nb\u{1e}c", "").kept()), [told("a b c", "")]);
        let many = vec![told("Wu Xia", ""); 60];
        assert_eq!(Contradiction::all(&Contradiction::keep(&many)).len(), 50);
    }

    #[test]
    fn the_same_is_told_in_other_letters_and_with_less() {
        let told = |remitter: &str, reference: &str| Contradiction {
            remitter: remitter.into(),
            reference: reference.into(),
            import: String::new(),
            at: Moment(0),
            by: None,
        };
        assert!(told("Wu Xia", "R2").tells(&told("WU XIA", "R2")) && told("Wu Xia", "R2").tells(&told("", "R2")));
        assert!(told("Wu Xia", "R2").tells(&told("Wu Xia", "")));
        assert!(!told("Wu Xia", "").tells(&told("Sun Jia", "")) && !told("Wu Xia", "").tells(&told("Wu Xia", "R2")));
        assert!(!told("", "R2").tells(&told("Wu Xia", "R2")));
    }
}
