//! Sentences put together from their parts. The standard library's formatter would weigh several times as much wherever
//! one is made.

/// The parts, one behind the other.
#[inline(never)]
pub(crate) fn sentence(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// The form with a part in each place of a `{}`.
#[inline(never)]
pub(crate) fn filled(form: &str, parts: &[&str]) -> String {
    let (mut text, mut rest) = (String::new(), form);
    for part in parts {
        let place = rest.bytes().position(|byte| byte == b'{').unwrap_or(rest.len());
        text.push_str(&rest[..place]);
        text.push_str(part);
        rest = rest.get(place + 2..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

/// The text without the white space around it.
pub(crate) fn trim(text: &str) -> &str {
    let (mut at, mut start, mut end) = (0, None, 0);
    for letter in text.chars() {
        let next = at + letter.len_utf8();
        if !letter.is_whitespace() {
            start = start.or(Some(at));
            end = next;
        }
        at = next;
    }
    &text[start.unwrap_or(0)..end]
}

/// The text without that ASCII character at its end, however often it stands there.
pub(crate) fn trim_end(text: &str, last: u8) -> &str {
    let mut end = text.len();
    while end > 0 && text.as_bytes()[end - 1] == last {
        end -= 1;
    }
    &text[..end]
}

/// Whether nothing of the text can be seen.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// The first characters of a text, at most so many.
pub(crate) fn head(text: &str, most: usize) -> &str {
    let mut count = 0;
    for (at, byte) in text.bytes().enumerate() {
        let begins_a_character = !matches!(byte, 0x80..0xc0);
        if begins_a_character && count == most {
            return &text[..at];
        }
        count += usize::from(begins_a_character);
    }
    text
}

/// A whole number in decimal digits.
pub(crate) fn digits(number: u64) -> String {
    let mut text = String::new();
    push_digits(&mut text, number);
    text
}

fn push_digits(text: &mut String, number: u64) {
    if number >= 10 {
        push_digits(text, number / 10);
    }
    text.push(char::from(b"0123456789"[(number % 10) as usize]));
}

/// A number for a message, cut after three digits behind the point, with "…" where more follow: 40.0001 must not read as
/// the 40 that is allowed. The standard library's exact form would weigh more than all the rules.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 10^15, and not negative")]
pub(crate) fn decimal(number: f64) -> String {
    let sign = if number < 0.0 { "-" } else { "" };
    let size = number.abs();
    if number.is_nan() {
        return "NaN".to_owned();
    } else if size >= 1e15 {
        return sentence(&[sign, if size.is_infinite() { "Infinity" } else { "a number of more than 15 digits" }]);
    }
    let rounded = (size * 1000.0).round();
    #[expect(clippy::float_cmp, reason = "only a number that three digits give exactly is equal")]
    let is_whole_story = rounded / 1000.0 == size;
    let thousandths = if is_whole_story { rounded } else { (size * 1000.0).floor() } as u64;
    // The thousand keeps the zeros behind the point.
    let (whole, fraction) = (digits(thousandths / 1000), digits(1000 + thousandths % 1000));
    let (fraction, more) = match &fraction[1..] {
        fraction if !is_whole_story => (fraction, "…"),
        fraction => (trim_end(fraction, b'0'), ""),
    };
    sentence(&[sign, &whole, if fraction.is_empty() { "" } else { "." }, fraction, more])
}

/// `32000` as `32,000`.
pub(crate) fn grouped(number: usize) -> String {
    let thousands = number / 1000;
    if thousands == 0 {
        return digits(number as u64);
    }
    // Another thousand keeps the zeros behind the comma.
    filled("{},{}", &[&grouped(thousands), &digits((1000 + number % 1000) as u64)[1..]])
}

#[cfg(test)]
mod tests {
    use super::{decimal, digits, filled, grouped, head, sentence, trim, trim_end};

    #[test]
    fn ends_are_trimmed_as_by_the_standard_library() {
        for text in ["", " ", " \u{a0}a b\u{3000}\n", "é", "/", "a//", "//a", "é/"] {
            assert_eq!((trim(text), trim_end(text, b'/')), (text.trim(), text.trim_end_matches('/')));
        }
    }

    #[test]
    fn parts_heads_and_numbers_are_written_as_they_are() {
        assert_eq!(sentence(&["a", "", "b "]), "ab ");
        assert_eq!(filled("{}: é{}.", &["{}", "b"]), "{}: éb.");
        for (most, first) in [(0, ""), (2, "aé"), (3, "aéb"), (4, "aéb")] {
            assert_eq!(head("aéb", most), first);
        }
        for number in [0, 9, 10, 429, 18_446_744_073_709_551_615] {
            assert_eq!(digits(number), number.to_string());
        }
    }

    #[test]
    fn numbers_are_shown_as_a_person_writes_them() {
        for (number, text) in [
            (0.0, "0"),
            (41.0, "41"),
            (-1.5, "-1.5"),
            (0.25, "0.25"),
            (40.001, "40.001"),
            (40.000_1, "40.000…"),
            (-0.000_1, "-0.000…"),
            (0.123_99, "0.123…"),
            (1e14, "100000000000000"),
            (1e15, "a number of more than 15 digits"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(decimal(number), text);
        }
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (32_000, "32,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
