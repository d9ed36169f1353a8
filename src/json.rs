//! Reading a JSON value without saying who parsed it: `serde_json` natively and in the Worker, the host's
//! `JSON.parse` in the browser build, which therefore needs no parser of its own.

use std::borrow::Cow;

use serde_json::Value;

/// The six kinds of JSON value (RFC 8259 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonKind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl JsonKind {
    /// The kind with its article, for messages: "a string", "an object", "null".
    pub const fn with_article(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

/// A parsed JSON value that can be looked into.
pub trait Json: Clone {
    /// Parses one JSON text; `None` if it is not one.
    fn parse(text: &str) -> Option<Self>;
    /// The string of that text.
    fn from_text(text: &str) -> Self;
    /// The object of those members that are there.
    fn from_members<const N: usize>(members: [(&str, Option<Self>); N]) -> Self;
    /// The value's kind.
    fn kind(&self) -> JsonKind;
    /// The member of that name, if this is an object that has it.
    fn get(&self, name: &str) -> Option<Cow<'_, Self>>;
    /// The element at that index, if this is an array that has it.
    fn at(&self, index: usize) -> Option<Cow<'_, Self>>;
    /// The text, if this is a string. A lone surrogate reads as U+FFFD.
    fn as_str(&self) -> Option<Cow<'_, str>>;
    /// The nearest double, if this is a number.
    fn as_f64(&self) -> Option<f64>;
}

/// The member of that name, if there is one and it is not null.
pub(crate) fn given<'a, J: Json>(value: &'a J, name: &str) -> Option<Cow<'a, J>> {
    value.get(name).filter(|member| member.kind() != JsonKind::Null)
}

/// The text of the member of that name, if it is one.
#[inline(never)]
pub(crate) fn text_at<J: Json>(value: &J, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(Cow::into_owned)
}

/// The text of a member of a member.
pub(crate) fn text_below<J: Json>(value: &J, outer: &str, name: &str) -> Option<String> {
    text_at(&*value.get(outer)?, name)
}

/// The JSON text with U+FFFD for each escaped half of a surrogate pair that stands alone, which `serde_json` refuses: a
/// server that cuts a text within a character writes one. `None` where there is none.
fn without_halves(text: &str) -> Option<String> {
    let mut whole = String::with_capacity(text.len());
    let mut copied = 0;
    let mut at = 0;
    while let Some(escape) = text[at..].find('\\') {
        at += escape;
        let unit = unit_at(text, at);
        match unit {
            Some(0xD800..0xDC00) if matches!(unit_at(text, at + ESCAPE), Some(0xDC00..0xE000)) => at += 2 * ESCAPE,
            Some(0xD800..0xE000) => {
                whole.push_str(&text[copied..at]);
                whole.push_str("\\ufffd");
                at += ESCAPE;
                copied = at;
            }
            Some(_) => at += ESCAPE,
            // Whatever is escaped, a backslash too, is one character; where there is none the text is no JSON.
            None => at += 1 + text[at + 1..].chars().next()?.len_utf8(),
        }
    }
    whole.push_str(&text[copied..]);
    (copied > 0).then_some(whole)
}

/// The length of `\u` and its four digits.
const ESCAPE: usize = 6;

/// The UTF-16 code unit whose escape stands there, if one does.
fn unit_at(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + ESCAPE)?.strip_prefix("\\u")?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

impl Json for Value {
    fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&without_halves(text)?).ok())
    }

    fn from_text(text: &str) -> Self {
        text.into()
    }

    fn from_members<const N: usize>(members: [(&str, Option<Self>); N]) -> Self {
        members.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    fn kind(&self) -> JsonKind {
        match self {
            Self::Null => JsonKind::Null,
            Self::Bool(_) => JsonKind::Boolean,
            Self::Number(_) => JsonKind::Number,
            Self::String(_) => JsonKind::String,
            Self::Array(_) => JsonKind::Array,
            Self::Object(_) => JsonKind::Object,
        }
    }

    fn get(&self, name: &str) -> Option<Cow<'_, Self>> {
        self.as_object()?.get(name).map(Cow::Borrowed)
    }

    fn at(&self, index: usize) -> Option<Cow<'_, Self>> {
        self.as_array()?.get(index).map(Cow::Borrowed)
    }

    fn as_str(&self) -> Option<Cow<'_, str>> {
        Self::as_str(self).map(Cow::Borrowed)
    }

    fn as_f64(&self) -> Option<f64> {
        Self::as_f64(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Json as _, without_halves};

    #[test]
    fn half_of_a_surrogate_pair_reads_as_a_replacement_character_and_all_else_as_it_is() {
        for (text, value) in [
            (r#"{"content":"SOL is up \ud83d"}"#, json!({ "content": "SOL is up \u{fffd}" })),
            (
                r#"["\uDE80","\ud83d\ud83d\ude80","\ud83dx\u00e9\ud83d\n"]"#,
                json!(["\u{fffd}", "\u{fffd}🚀", "\u{fffd}xé\u{fffd}\n"]),
            ),
            (r#"["\\ud83d \ud83d\\ude80"]"#, json!(["\\ud83d \u{fffd}\\ude80"])),
            (r#"["\ud83d\ude80"]"#, json!(["🚀"])),
        ] {
            assert_eq!(Value::parse(text), Some(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for text in [r#"{"content":"\ud83d"#, r#"["\ud83d","\x"]"#, r"\", r"\ud83", r"\é\ud83d", ""] {
            assert_eq!(Value::parse(text), None, "{text}");
        }
        assert_eq!(without_halves(r#"["\ud83d\ude80"]"#), None);
    }
}
