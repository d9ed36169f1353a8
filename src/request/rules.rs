//! The rules of the requests: one table per type, one way to check it, every violation reported with its path.

use super::address;
use super::input::Input;
use super::link::{MAX_LINK, authority_of, is_http_url};
use super::suggestion::nearest;
use super::vocabulary::Vocabulary;
use crate::error::{Violation, Warning};

/// Longest `requestId`: the API takes 128, and the Worker needs room for the caller's prefix.
pub(super) const MAX_REQUEST_ID: usize = 96;

/// One field of a request.
pub(super) struct Field {
    pub name: &'static str,
    pub required: bool,
    pub rule: Rule,
}

impl Field {
    pub(super) const fn required(name: &'static str, rule: Rule) -> Self {
        Self { name, required: true, rule }
    }

    pub(super) const fn optional(name: &'static str, rule: Rule) -> Self {
        Self { name, required: false, rule }
    }
}

/// What a field's value must be.
pub(super) enum Rule {
    /// A string of `min` to `max` Unicode code points; `blank` allows white space only.
    Text { min: usize, max: usize, blank: bool },
    /// One of a closed set, in the API's spelling or a printed translation.
    Word(&'static Vocabulary),
    /// A boolean.
    Flag,
    /// A finite number above zero.
    Positive,
    /// A finite number within the range, ends included.
    Between(u32, u32),
    /// `0x` and 40 hexadecimal digits.
    Address,
    /// An absolute http or https URL.
    HttpUrl,
    /// 1–96 of `[A-Za-z0-9._:-]`.
    RequestId,
    /// An object with fields of its own.
    Object(&'static [Field]),
}

impl Rule {
    /// Words that a person wrote: not only white space, for a call on nothing costs credits too.
    pub(super) const fn prose(max: usize) -> Self {
        Self::Text { min: 1, max, blank: false }
    }

    /// A short open name, such as a symbol or a chain.
    pub(super) const fn name(max: usize) -> Self {
        Self::Text { min: 1, max, blank: false }
    }
}

/// What the check found.
#[derive(Default)]
pub(super) struct Report {
    pub violations: Vec<Violation>,
    pub warnings: Vec<Warning>,
}

impl Report {
    pub(super) fn violate(&mut self, field: &str, message: impl Into<String>) {
        self.violations.push(Violation::new(field, message));
    }
}

/// Checks an object against its table and gives its members in the table's order, in the API's spelling.
pub(super) fn check_object(
    fields: &'static [Field],
    members: Vec<(String, Input)>,
    path: &str,
    report: &mut Report,
) -> Vec<(String, Input)> {
    let mut found: Vec<Option<Input>> = fields.iter().map(|_| None).collect();
    for (name, value) in members {
        match fields.iter().position(|field| field.name == name) {
            Some(index) => found[index] = Some(value),
            None => report.violate(&join(path, &name), unknown_field(&name, fields)),
        }
    }
    let mut checked = Vec::with_capacity(fields.len());
    for (field, value) in fields.iter().zip(found) {
        let at = join(path, field.name);
        match value {
            Some(value) => {
                if let Some(value) = check_value(&field.rule, value, &at, report) {
                    checked.push((field.name.to_owned(), value));
                }
            }
            None if field.required => report.violate(&at, format!("is required: {}", expected(&field.rule))),
            None => {}
        }
    }
    checked
}

fn unknown_field(name: &str, fields: &[Field]) -> String {
    if let Some(known) = nearest(name, fields.iter().map(|field| field.name)) {
        return format!("is not a known field (did you mean \"{known}\"?)");
    }
    let known: Vec<_> = fields.iter().map(|field| field.name).collect();
    format!("is not a known field (known: {})", known.join(", "))
}

fn join(path: &str, name: &str) -> String {
    let name: String = name.chars().take(64).collect();
    if path.is_empty() { name } else { format!("{path}.{name}") }
}

/// What a rule wants, as it stands after "must be" or "is required:".
fn expected(rule: &Rule) -> String {
    match rule {
        Rule::Text { min: 0, max, .. } => format!("a string of at most {} characters", grouped(*max)),
        Rule::Text { min, max, .. } => format!("a string of {min} to {} characters", grouped(*max)),
        Rule::Word(vocabulary) => vocabulary.alternatives(),
        Rule::Flag => "true or false".to_owned(),
        Rule::Positive => "a number greater than 0".to_owned(),
        Rule::Between(least, most) => format!("a number from {least} to {most}"),
        Rule::Address => "a wallet address: 0x and 40 hexadecimal digits".to_owned(),
        Rule::HttpUrl => "a web address that starts with https:// or http://".to_owned(),
        Rule::RequestId => format!("1 to {MAX_REQUEST_ID} of the characters A-Z a-z 0-9 . _ : -"),
        Rule::Object(_) => "an object".to_owned(),
    }
}

/// The value in the API's spelling, or `None` and a violation.
fn check_value(rule: &Rule, value: Input, path: &str, report: &mut Report) -> Option<Input> {
    let verdict = match (rule, value) {
        (Rule::Object(fields), Input::Object(members)) => {
            return Some(Input::Object(check_object(fields, members, path, report)));
        }
        (Rule::Flag, Input::Flag(flag)) => Ok(Input::Flag(flag)),
        (Rule::Positive | Rule::Between(..), Input::Number(number)) => check_number(rule, number),
        (Rule::Address, Input::Text(text)) => check_address(text, path, report),
        (Rule::Word(vocabulary), Input::Text(text)) => vocabulary.read(&text).map(Input::from),
        (Rule::Text { .. } | Rule::HttpUrl | Rule::RequestId, Input::Text(text)) => check_text(rule, text),
        (rule, value) => Err(format!("must be {}, not {}", expected(rule), value.describe())),
    };
    verdict.map_err(|message| report.violate(path, message)).ok()
}

fn check_number(rule: &Rule, number: f64) -> Result<Input, String> {
    let fits = match rule {
        Rule::Between(least, most) => (f64::from(*least)..=f64::from(*most)).contains(&number),
        _ => number.is_finite() && number > 0.0,
    };
    if fits {
        return Ok(Input::Number(number));
    }
    Err(format!("must be {}, not {}", expected(rule), decimal(number)))
}

fn check_text(rule: &Rule, text: String) -> Result<Input, String> {
    let fault = match rule {
        Rule::Text { min, max, blank } => {
            let length = text.chars().count();
            if length < *min {
                Some("it is empty".to_owned())
            } else if length > *max {
                Some(format!("it has {}", grouped(length)))
            } else if !blank && text.trim().is_empty() {
                Some("it is only white space".to_owned())
            } else {
                None
            }
        }
        Rule::HttpUrl => (!is_http_url(&text)).then(|| link_fault(&text)),
        _ => (!is_request_id(&text)).then(|| format!("it is {}", shown(&text))),
    };
    match fault {
        None => Ok(Input::Text(text)),
        Some(fault) => Err(format!("must be {}; {fault}", expected(rule))),
    }
}

/// What keeps a link from being sent. One with a password in it is not repeated.
fn link_fault(text: &str) -> String {
    if text.len() > MAX_LINK {
        format!("it has {} bytes, which is over {}", grouped(text.len()), grouped(MAX_LINK))
    } else if authority_of(text).contains('@') {
        "it holds a user name or a password".to_owned()
    } else {
        format!("it is {}", shown(text))
    }
}

fn check_address(text: String, path: &str, report: &mut Report) -> Result<Input, String> {
    if !address::is_address(&text) {
        return Err(format!("must be {}; it is {}", expected(&Rule::Address), shown(&text)));
    }
    if !address::checksum_holds(&text) {
        report.warnings.push(Warning {
            field: path.to_owned(),
            message: "has a wrong EIP-55 checksum: compare it with the wallet before signing anything".to_owned(),
        });
    }
    Ok(Input::Text(text))
}

/// Whether the text may stand as a `requestId`.
pub fn is_request_id(text: &str) -> bool {
    text.len() <= MAX_REQUEST_ID && has_id_characters(text)
}

/// Whether the text has the form of an id and can be looked up: as the last segment of a path `.` and `..` would
/// change it.
pub fn has_id_characters(text: &str) -> bool {
    !matches!(text, "" | "." | "..") && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte))
}

/// A value quoted for a message, cut where it is long.
pub(super) fn shown(text: &str) -> String {
    let mut chars = text.chars();
    let head: String = chars.by_ref().take(60).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let tail = if chars.next().is_some() { "…" } else { "" };
    format!("\"{head}{tail}\"")
}

/// A number for a message, cut after three digits behind the point, with "…" where more follow: 40.0001 must not read as
/// the 40 that is allowed. The standard library's exact form would weigh more than all the rules.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 10^15, and not negative")]
fn decimal(number: f64) -> String {
    let sign = if number < 0.0 { "-" } else { "" };
    let size = number.abs();
    if number.is_nan() {
        return "NaN".to_owned();
    } else if size >= 1e15 {
        return format!("{sign}{}", if size.is_infinite() { "Infinity" } else { "a number of more than 15 digits" });
    }
    let rounded = (size * 1000.0).round();
    #[expect(clippy::float_cmp, reason = "only a number that three digits give exactly is equal")]
    let is_whole_story = rounded / 1000.0 == size;
    let thousandths = if is_whole_story { rounded } else { (size * 1000.0).floor() } as u64;
    let (whole, fraction) = (thousandths / 1000, format!("{:03}", thousandths % 1000));
    match fraction.trim_end_matches('0') {
        _ if !is_whole_story => format!("{sign}{whole}.{fraction}…"),
        "" => format!("{sign}{whole}"),
        digits => format!("{sign}{whole}.{digits}"),
    }
}

/// `32000` as `32,000`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{decimal, grouped};

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
