//! The rules of the requests: one table per type, one way to check it, every violation reported with its path.

use core::mem::{replace, take};

use super::address;
use super::json_value::{JsonValue, place_of};
use super::suggestion::nearest;
use super::vocabulary::{Vocabulary, listed};
use crate::error::{Violation, Warning};
use crate::url::{MAX_URL, authority_of, is_http_url};
use crate::wording::{decimal, filled, grouped, head, is_blank, sentence};

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
    /// A string of at most so many Unicode code points.
    Text(usize),
    /// The same, and more than white space: a call on nothing costs credits too.
    NonBlank(usize),
    /// One of a closed set, in the API's spelling or a printed translation.
    OneOf(&'static Vocabulary),
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

/// Nobody reads more, and a body of nothing but unknown fields would make an answer of ten times its size.
const MOST_VIOLATIONS: usize = 100;

/// What the check found.
#[derive(Default)]
pub(super) struct Report {
    pub violations: Vec<Violation>,
    pub warnings: Vec<Warning>,
    /// The path on the wire that the caller spelled another way, and that way.
    pub alias: (&'static str, &'static str),
}

impl Report {
    pub(super) fn violate(&mut self, field: &str, message: String) {
        if self.violations.len() == MOST_VIOLATIONS {
            return;
        }
        let (wire, written) = self.alias;
        let field = if field == wire { written } else { field };
        self.violations.push(Violation { field: field.to_owned(), message });
    }
}

/// Checks an object against its table and gives its members in the table's order, in the API's spelling.
pub(super) fn check_object(
    fields: &'static [Field],
    mut members: Vec<(String, JsonValue)>,
    path: &str,
    report: &mut Report,
) -> Vec<(String, JsonValue)> {
    for (name, _) in &members {
        // The spelling of a caller that is still there was written again behind, and counts there.
        if !fields.iter().any(|field| field.name == name) && (report.alias.1 != name || name.is_empty()) {
            report.violate(&join(path, name), unknown_field(name, fields));
        }
    }
    let mut checked = Vec::with_capacity(fields.len());
    for field in fields {
        let at = join(path, field.name);
        if let Some(place) = place_of(field.name, &members) {
            let (name, value) = &mut members[place];
            if check_value(&field.rule, value, &at, report) {
                checked.push((take(name), replace(value, JsonValue::Null)));
            }
        } else if field.required {
            report.violate(&at, filled("is required: {}", &[&expected(&field.rule)]));
        }
    }
    checked
}

fn unknown_field(name: &str, fields: &[Field]) -> String {
    let known: Vec<_> = fields.iter().map(|field| field.name).collect();
    if let Some(near) = nearest(name, &known) {
        return filled("is not a known field (did you mean \"{}\"?)", &[near]);
    }
    filled("is not a known field (known: {})", &[&listed(&known, "", ", ")])
}

fn join(path: &str, name: &str) -> String {
    sentence(&[path, if path.is_empty() { "" } else { "." }, head(name, 64)])
}

/// What a rule wants, as it stands after "must be" or "is required:".
fn expected(rule: &Rule) -> String {
    let fixed = match rule {
        Rule::Text(most) => return filled("a string of at most {} characters", &[&grouped(*most)]),
        Rule::NonBlank(most) => return range("a string of ", 1, *most, " characters"),
        Rule::Between(least, most) => return range("a number from ", *least as usize, *most as usize, ""),
        Rule::OneOf(vocabulary) => return vocabulary.alternatives(),
        Rule::RequestId => {
            return filled("1 to {} of the characters A-Z a-z 0-9 . _ : -", &[&grouped(MAX_REQUEST_ID)]);
        }
        Rule::Flag => "true or false",
        Rule::Positive => "a number greater than 0",
        Rule::Address => "a wallet address: 0x and 40 hexadecimal digits",
        Rule::HttpUrl => "a web address that starts with https:// or http://",
        Rule::Object(_) => "an object",
    };
    fixed.to_owned()
}

fn range(what: &str, least: usize, most: usize, unit: &str) -> String {
    filled("{}{} to {}{}", &[what, &grouped(least), &grouped(most), unit])
}

/// Whether the value keeps the rule; it is brought to the API's spelling. A violation, if not.
fn check_value(rule: &Rule, value: &mut JsonValue, path: &str, report: &mut Report) -> bool {
    let fault = match (rule, &mut *value) {
        (Rule::Object(fields), JsonValue::Object(members)) => {
            *members = check_object(fields, take(members), path, report);
            return true;
        }
        (Rule::Flag, JsonValue::Boolean(_)) => None,
        (Rule::Positive | Rule::Between(..), JsonValue::Number(number)) => number_fault(rule, *number),
        (Rule::Address, JsonValue::String(text)) => address_fault(text, path, report),
        (Rule::OneOf(vocabulary), JsonValue::String(text)) => vocabulary.settle(text).err(),
        (Rule::Text(_) | Rule::NonBlank(_) | Rule::HttpUrl | Rule::RequestId, JsonValue::String(text)) => {
            text_fault(rule, text).map(|fault| must_be(rule, "; ", &fault))
        }
        (rule, value) => Some(must_be(rule, ", not ", value.describe())),
    };
    let Some(fault) = fault else { return true };
    report.violate(path, fault);
    false
}

fn must_be(rule: &Rule, separator: &str, fault: &str) -> String {
    filled("must be {}{}{}", &[&expected(rule), separator, fault])
}

fn number_fault(rule: &Rule, number: f64) -> Option<String> {
    let fits = match rule {
        Rule::Between(least, most) => (f64::from(*least)..=f64::from(*most)).contains(&number),
        _ => number.is_finite() && number > 0.0,
    };
    (!fits).then(|| must_be(rule, ", not ", &decimal(number)))
}

fn text_fault(rule: &Rule, text: &str) -> Option<String> {
    match rule {
        Rule::Text(most) => length_fault(text, *most),
        Rule::NonBlank(_) if text.is_empty() => Some("it is empty".to_owned()),
        Rule::NonBlank(most) => {
            length_fault(text, *most).or_else(|| is_blank(text).then(|| "it is only white space".to_owned()))
        }
        Rule::HttpUrl => (!is_http_url(text)).then(|| link_fault(text)),
        _ => (!is_request_id(text)).then(|| it_is(text)),
    }
}

fn length_fault(text: &str, most: usize) -> Option<String> {
    let length = text.chars().count();
    (length > most).then(|| filled("it has {}", &[&grouped(length)]))
}

fn it_is(text: &str) -> String {
    filled("it is {}", &[&quoted(text)])
}

/// What keeps a link from being sent. One with a password in it is not repeated.
fn link_fault(text: &str) -> String {
    if text.len() > MAX_URL {
        filled("it has {} bytes, which is over {}", &[&grouped(text.len()), &grouped(MAX_URL)])
    } else if authority_of(text).contains('@') {
        "it holds a user name or a password".to_owned()
    } else if text.contains('@') {
        // Where no authority can be made out, no one can say what stands before it.
        "it holds an @, and is not repeated for the password that may stand before it".to_owned()
    } else {
        it_is(text)
    }
}

fn address_fault(text: &str, path: &str, report: &mut Report) -> Option<String> {
    if !address::is_address(text) {
        // Longer than an address is, it may be a private key or the words of one, which are not repeated.
        let found = if text.len() > 42 { filled("it has {} bytes", &[&grouped(text.len())]) } else { it_is(text) };
        return Some(must_be(&Rule::Address, "; ", &found));
    }
    if !address::checksum_holds(text) {
        report.warnings.push(Warning {
            field: path.to_owned(),
            message: "has a wrong EIP-55 checksum: compare it with the wallet before signing anything".to_owned(),
        });
    }
    None
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
pub(super) fn quoted(text: &str) -> String {
    let head = head(text, 60);
    let tail = if head.len() < text.len() { "…\"" } else { "\"" };
    let mut quoted = "\"".to_owned();
    for letter in head.chars() {
        quoted.push(if letter.is_control() { '\u{fffd}' } else { letter });
    }
    quoted.push_str(tail);
    quoted
}
