//! The closed vocabularies of the API, with the spellings that the translated documentation prints for them.

use super::chat::Mode;
use super::perp::Style;
use super::rules::quoted;
use super::suggestion::nearest;
use crate::error::{Error, Result};
use crate::wording::{filled, sentence};

/// The allowed values of a field.
pub(super) struct Vocabulary {
    /// As the API takes them.
    wires: &'static [&'static str],
    /// What the Chinese, Korean and Turkish pages print, in NFC, and the place of the value that it stands for.
    printed: &'static [(&'static str, usize)],
}

/// `mode` of chat and of prediction.
pub(super) const MODES: Vocabulary = Vocabulary {
    wires: &[Mode::Fast.as_str(), Mode::Expert.as_str()],
    printed: &[("快速", 0), ("빠른", 0), ("专家", 1)],
};

/// `style` of a perpetual-trading suggestion.
pub(super) const STYLES: Vocabulary = Vocabulary {
    wires: &[Style::Scalping.as_str(), Style::DayTrading.as_str(), Style::SwingTrading.as_str()],
    printed: &[
        ("剥头皮", 0),
        ("스캘핑", 0),
        ("skalplama", 0),
        ("日内交易", 1),
        ("데이 트레이딩", 1),
        ("gün içi işlem", 1),
        ("波段交易", 2),
        ("스윙 트레이딩", 2),
        ("salınım işlemi", 2),
    ],
};

/// `message.role` of chat.
pub(super) const ROLES: Vocabulary = Vocabulary { wires: &["user"], printed: &[] };

impl Vocabulary {
    /// Puts the wire value in the place of a text that spells it, or says what is wrong about it.
    pub(super) fn settle(&self, text: &mut String) -> Result<(), String> {
        if self.wires.contains(&text.as_str()) {
            return Ok(());
        }
        let composed = compose(text);
        for (printed, index) in self.printed {
            if *printed == composed {
                self.wires[*index].clone_into(text);
                return Ok(());
            }
        }
        Err(self.explain(text))
    }

    /// The value in the place of the wire value that the text spells; `values` are in the order of the wires.
    ///
    /// # Errors
    /// `invalid_request` with the allowed values.
    pub(super) fn parse<T: Copy>(&self, field: &str, text: &str, values: &[T]) -> Result<T> {
        let mut wire = text.to_owned();
        let settled = self.settle(&mut wire).map_err(|fault| Error::invalid_field("request", field, &fault));
        settled.map(|()| values[self.wires.iter().position(|known| *known == wire).unwrap_or_default()])
    }

    fn explain(&self, text: &str) -> String {
        let hint = match nearest(text, self.wires) {
            Some(wire) => filled(" (did you mean \"{}\"?)", &[wire]),
            None => String::new(),
        };
        filled("must be {}, not {}{}", &[&self.alternatives(), &quoted(text), &hint])
    }

    /// `"fast" or "expert"`
    pub(super) fn alternatives(&self) -> String {
        listed(self.wires, "\"", " or ")
    }
}

/// The words with commas between them, and something else before the last.
pub(super) fn listed(words: &[&str], quote: &str, before_last: &str) -> String {
    let mut text = String::new();
    for (index, word) in words.iter().enumerate() {
        let separator = match index {
            0 => "",
            _ if index + 1 == words.len() => before_last,
            _ => ", ",
        };
        text.push_str(&sentence(&[separator, quote, word, quote]));
    }
    text
}

/// Canonical composition (Unicode TR15) of just the letters that the printed spellings use: Korean syllables from
/// their jamo, and ü, ç, ş. A whole normaliser would weigh more than the rest of the request rules.
fn compose(text: &str) -> String {
    let mut composed = String::with_capacity(text.len());
    let mut last = None;
    for next in text.chars() {
        let joined = last.and_then(|last| join(last, next));
        if joined.is_none() {
            composed.extend(last);
        }
        last = joined.or(Some(next));
    }
    composed.extend(last);
    composed
}

fn join(last: char, next: char) -> Option<char> {
    match (last, next) {
        ('u', '\u{308}') => Some('ü'),
        ('c', '\u{327}') => Some('ç'),
        ('s', '\u{327}') => Some('ş'),
        _ => join_hangul(u32::from(last), u32::from(next)),
    }
}

/// Hangul syllable composition (Unicode Standard §3.12).
fn join_hangul(last: u32, next: u32) -> Option<char> {
    const S: u32 = 0xAC00;
    const L: u32 = 0x1100;
    const V: u32 = 0x1161;
    const T: u32 = 0x11A7;
    let (leads, vowels, tails) = (19, 21, 28);
    if (L..L + leads).contains(&last) && (V..V + vowels).contains(&next) {
        return char::from_u32(S + ((last - L) * vowels + (next - V)) * tails);
    }
    let is_open_syllable = (S..S + leads * vowels * tails).contains(&last) && (last - S).is_multiple_of(tails);
    if is_open_syllable && (T + 1..T + tails).contains(&next) {
        return char::from_u32(last + (next - T));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{MODES, Mode, STYLES, Style, Vocabulary, compose};
    use crate::error::Code;

    fn read(vocabulary: &Vocabulary, text: &str) -> Result<String, String> {
        let mut text = text.to_owned();
        vocabulary.settle(&mut text).map(|()| text)
    }

    #[test]
    fn jamo_and_combining_marks_compose_to_the_printed_spellings() {
        assert_eq!(compose("\u{1109}\u{1173}\u{110f}\u{1162}\u{11af}\u{1111}\u{1175}\u{11bc}"), "스캘핑");
        assert_eq!(compose("gu\u{308}n ic\u{327}i is\u{327}lem"), "gün içi işlem");
        assert_eq!(compose("日内交易"), "日内交易");
    }

    #[test]
    fn every_hangul_syllable_composes_from_its_jamo_and_nothing_else_does() {
        let letter = |code: u32| char::from_u32(code).expect("a letter");
        for syllable in 0..11_172 {
            let (lead, vowel, tail) = (syllable / 588, syllable % 588 / 28, syllable % 28);
            let jamo = [0x1100 + lead, 0x1161 + vowel, 0x11A7 + tail].map(letter);
            let jamo: String = jamo[..if tail == 0 { 2 } else { 3 }].iter().collect();
            assert_eq!(compose(&jamo), letter(0xAC00 + syllable).to_string());
        }
        for apart in [
            "\u{1113}\u{1161}",
            "\u{10FF}\u{1161}",
            "\u{1100}\u{1176}",
            "\u{1100}\u{1160}",
            "\u{AC00}\u{11A6}",
            "\u{AC00}\u{11A7}",
            "\u{AC00}\u{11C3}",
            "\u{AC01}\u{11A8}",
            "\u{D7A4}\u{11A8}",
            "\u{ABE4}\u{11A8}",
            "a\u{1161}",
        ] {
            assert_eq!(compose(apart), apart, "{apart:?}");
        }
    }

    #[test]
    fn every_printed_spelling_reads_as_its_wire_value() {
        for (vocabulary, wire, spellings) in [
            (MODES, "fast", vec!["fast", "快速", "빠른", "\u{1108}\u{1161}\u{1105}\u{1173}\u{11ab}"]),
            (MODES, "expert", vec!["expert", "专家"]),
            (STYLES, "scalping", vec!["scalping", "剥头皮", "스캘핑", "skalplama"]),
            (STYLES, "day-trading", vec!["day-trading", "日内交易", "데이 트레이딩", "gün içi işlem"]),
            (STYLES, "swing-trading", vec!["swing-trading", "波段交易", "스윙 트레이딩", "salınım işlemi"]),
        ] {
            for spelling in spellings {
                assert_eq!(read(&vocabulary, spelling).as_deref(), Ok(wire), "{spelling}");
            }
        }
    }

    #[test]
    fn modes_and_styles_are_parsed_from_every_spelling_that_a_request_may_have() {
        for mode in Mode::ALL {
            assert_eq!(mode.as_str().parse::<Mode>().ok(), Some(mode));
        }
        for style in Style::ALL {
            assert_eq!(style.as_str().parse::<Style>().ok(), Some(style));
        }
        assert_eq!("专家".parse::<Mode>().ok(), Some(Mode::Expert));
        assert_eq!("gu\u{308}n ic\u{327}i is\u{327}lem".parse::<Style>().ok(), Some(Style::DayTrading));
    }

    #[test]
    fn a_word_that_is_neither_mode_nor_style_is_refused_with_those_that_are() {
        let error = "Expert".parse::<Mode>().expect_err("a capital");
        assert_eq!((error.code(), error.field()), (Code::InvalidRequest, Some("mode")));
        assert_eq!(
            error.message(),
            "Invalid request: mode must be \"fast\" or \"expert\", not \"Expert\" (did you mean \"expert\"?). Nothing was \
             sent."
        );
        assert_eq!(
            "".parse::<Style>().expect_err("nothing").message(),
            "Invalid request: style must be \"scalping\", \"day-trading\" or \"swing-trading\", not \"\". Nothing was sent."
        );
    }

    #[test]
    fn another_word_is_answered_with_the_allowed_values_and_the_nearest() {
        for (text, message) in [
            ("Fast", r#"must be "fast" or "expert", not "Fast" (did you mean "fast"?)"#),
            ("expertt", r#"must be "fast" or "expert", not "expertt" (did you mean "expert"?)"#),
            ("slow", r#"must be "fast" or "expert", not "slow""#),
            ("", r#"must be "fast" or "expert", not """#),
        ] {
            assert_eq!(read(&MODES, text), Err(message.to_owned()));
        }
        assert_eq!(
            read(&STYLES, "day_trading"),
            Err(r#"must be "scalping", "day-trading" or "swing-trading", not "day_trading" (did you mean "day-trading"?)"#
                .to_owned())
        );
    }
}
