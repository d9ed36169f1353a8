//! The values of which requests are made, checked or not, however they came.

mod read;

use serde::ser::{Serialize, Serializer};
use serde_json::Value;

/// Largest integer that a double holds exactly (2^53 − 1, `Number.MAX_SAFE_INTEGER`).
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// A JSON-like value: what JavaScript or a request body handed over, and what is put on the wire.
#[derive(Debug, Clone, PartialEq)]
pub enum JsonValue {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number, as a double: digits beyond its 53 bits are lost. Not always finite when it comes from JavaScript.
    Number(f64),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<JsonValue>),
    /// An object; its members in their order. Of a name that stands twice the last counts, as `JSON.parse` has it.
    Object(Vec<(String, JsonValue)>),
}

impl JsonValue {
    /// What it is, with its article, for messages.
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Number(number) if number.is_nan() => "NaN",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }

    /// The member of that name, if this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => place_of(name, members).map(|place| &members[place].1),
            _ => None,
        }
    }

    /// Whether it is set, if this is a boolean.
    pub(super) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The value as a JSON text; a number that JSON has no form for, which no checked request holds, is null.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether JSON has a form for every number in it.
    pub(super) fn has_json(&self) -> bool {
        match self {
            Self::Number(number) => number.is_finite(),
            Self::Array(items) => items.iter().all(Self::has_json),
            Self::Object(members) => members.iter().all(|(_, value)| value.has_json()),
            _ => true,
        }
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}

impl From<Value> for JsonValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Boolean(flag),
            // Beyond the range of a double: infinite, so that the range rule names it.
            Value::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::INFINITY)),
            Value::String(text) => Self::String(text),
            Value::Array(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => {
                Self::Object(members.into_iter().map(|(name, value)| (name, Self::from(value))).collect())
            }
        }
    }
}

impl From<&str> for JsonValue {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for JsonValue {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<Vec<JsonValue>> for JsonValue {
    fn from(items: Vec<JsonValue>) -> Self {
        Self::Array(items)
    }
}

impl From<bool> for JsonValue {
    fn from(flag: bool) -> Self {
        Self::Boolean(flag)
    }
}

/// From the types whose every number is a double. An `f32` is one too, but not with the digits that it is written with.
macro_rules! from_numbers {
    ($($number:ty)+) => {
        $(impl From<$number> for JsonValue {
            fn from(number: $number) -> Self {
                Self::Number(number.into())
            }
        })+
    };
}

from_numbers! { f64 i32 u32 i16 u16 i8 u8 }

impl Serialize for JsonValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => serialize_number(*number, serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(members) => serializer.collect_map(distinct(members)),
        }
    }
}

/// The place of the member that counts under that name.
#[inline(never)]
pub(super) fn place_of(name: &str, members: &[(String, JsonValue)]) -> Option<usize> {
    members.iter().rposition(|(key, _)| key == name)
}

/// The members that count. It takes the square of their number: of what others send only a table's few are written.
fn distinct(members: &[(String, JsonValue)]) -> impl Iterator<Item = (&str, &JsonValue)> {
    let counts = |at: usize, name: &str| members[at + 1..].iter().all(|(later, _)| later != name);
    members
        .iter()
        .enumerate()
        .filter(move |(at, (name, _))| counts(*at, name))
        .map(|(_, (name, value))| (&**name, value))
}

/// Whole numbers are written without a fraction: `1000`, not `1000.0`.
#[expect(clippy::cast_possible_truncation, reason = "whole and within ±(2^53 − 1)")]
fn serialize_number<S: Serializer>(number: f64, serializer: S) -> Result<S::Ok, S::Error> {
    if number.fract() == 0.0 && number.abs() <= MAX_SAFE_INTEGER {
        serializer.serialize_i64(number as i64)
    } else {
        serializer.serialize_f64(number)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::JsonValue;

    #[test]
    fn a_member_is_found_by_its_name_in_an_object_only() {
        let value = JsonValue::from(json!({ "a": 1, "b": "x" }));
        assert_eq!(value.get("b").and_then(JsonValue::as_str), Some("x"));
        assert_eq!(value.get("a"), Some(&JsonValue::Number(1.0)));
        assert_eq!(value.get("c"), None);
        assert_eq!(JsonValue::from("a").get("a"), None);
        assert_eq!(JsonValue::Null.as_str(), None);
    }

    #[test]
    fn texts_booleans_exact_numbers_and_lists_become_values() {
        assert_eq!(JsonValue::from("a"), JsonValue::from("a".to_owned()));
        assert_eq!(JsonValue::from(true), JsonValue::Boolean(true));
        for (value, number) in [
            (JsonValue::from(u32::MAX), 4_294_967_295.0),
            (JsonValue::from(i32::MIN), -2_147_483_648.0),
            (JsonValue::from(u16::MAX), 65_535.0),
            (JsonValue::from(i16::MIN), -32_768.0),
            (JsonValue::from(u8::MAX), 255.0),
            (JsonValue::from(i8::MIN), -128.0),
            (JsonValue::from(0.1), 0.1),
        ] {
            assert_eq!(value, JsonValue::Number(number));
        }
        let list = vec![JsonValue::Null, JsonValue::from(1)];
        assert_eq!(JsonValue::from(list.clone()), JsonValue::Array(list));
    }

    #[test]
    fn of_a_name_that_stands_twice_the_last_is_found_and_written() {
        let member = |name: &str, number: f64| (name.to_owned(), JsonValue::Number(number));
        let value = JsonValue::Object(vec![member("a", 1.0), member("b", 2.0), member("a", 3.0), member("", 4.0)]);
        assert_eq!(value.get("a"), Some(&JsonValue::Number(3.0)));
        assert_eq!(value.to_json(), r#"{"b":2,"a":3,"":4}"#);
        assert_eq!(JsonValue::Array(vec![value]).to_json(), r#"[{"b":2,"a":3,"":4}]"#);
        assert_eq!(JsonValue::Object(Vec::new()).to_json(), "{}");
    }

    #[test]
    fn values_are_named_with_their_article() {
        for (value, name) in [
            (JsonValue::Null, "null"),
            (JsonValue::Boolean(false), "a boolean"),
            (JsonValue::Number(f64::NAN), "NaN"),
            (JsonValue::Number(f64::INFINITY), "a number"),
            (JsonValue::from(""), "a string"),
            (JsonValue::Array(Vec::new()), "an array"),
            (JsonValue::Object(Vec::new()), "an object"),
        ] {
            assert_eq!(value.describe(), name);
        }
    }

    #[test]
    fn whole_numbers_are_written_without_a_fraction_as_far_as_a_double_holds_them() {
        for (number, json) in [
            (1_000.0, "1000"),
            (-3.0, "-3"),
            (0.5, "0.5"),
            (-0.25, "-0.25"),
            (9_007_199_254_740_991.0, "9007199254740991"),
            (-9_007_199_254_740_991.0, "-9007199254740991"),
            (9_007_199_254_740_992.0, "9007199254740992.0"),
        ] {
            assert_eq!(serde_json::to_string(&JsonValue::Number(number)).ok().as_deref(), Some(json));
        }
        assert_eq!(
            serde_json::to_string(&JsonValue::Array(vec![JsonValue::Null, JsonValue::Boolean(true)])).ok().as_deref(),
            Some("[null,true]")
        );
    }
}
