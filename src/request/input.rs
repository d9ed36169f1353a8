//! A request before it is checked: any JSON-like value, however it came.

mod read;

use serde::ser::{Serialize, Serializer};
use serde_json::Value;

/// Largest integer that a double holds exactly (2^53 − 1, `Number.MAX_SAFE_INTEGER`).
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// A JSON-like value: what JavaScript or a request body handed over, and what is put on the wire.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// `null`
    Null,
    /// `true` or `false`
    Flag(bool),
    /// A number, as a double: digits beyond its 53 bits are lost. Not always finite when it comes from JavaScript.
    Number(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Input>),
    /// An object; its members in their order. Of a name that stands twice the last counts, as `JSON.parse` has it.
    Object(Vec<(String, Input)>),
}

impl Input {
    /// What it is, with its article, for messages.
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Flag(_) => "a boolean",
            Self::Number(number) if number.is_nan() => "NaN",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "an array",
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
    pub(super) fn as_flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
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
            Self::List(items) => items.iter().all(Self::has_json),
            Self::Object(members) => members.iter().all(|(_, value)| value.has_json()),
            _ => true,
        }
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl From<Value> for Input {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Flag(flag),
            // Beyond the range of a double: infinite, so that the range rule names it.
            Value::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::INFINITY)),
            Value::String(text) => Self::Text(text),
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => {
                Self::Object(members.into_iter().map(|(name, value)| (name, Self::from(value))).collect())
            }
        }
    }
}

impl From<&str> for Input {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Input {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<f64> for Input {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl Serialize for Input {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => serialize_number(*number, serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => serializer.collect_map(distinct(members)),
        }
    }
}

/// The place of the member that counts under that name.
#[inline(never)]
pub(super) fn place_of(name: &str, members: &[(String, Input)]) -> Option<usize> {
    members.iter().rposition(|(key, _)| key == name)
}

/// The members that count. It takes the square of their number: of what others send only a table's few are written.
fn distinct(members: &[(String, Input)]) -> impl Iterator<Item = (&str, &Input)> {
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

    use super::Input;

    #[test]
    fn a_member_is_found_by_its_name_in_an_object_only() {
        let input = Input::from(json!({ "a": 1, "b": "x" }));
        assert_eq!(input.get("b").and_then(Input::as_str), Some("x"));
        assert_eq!(input.get("a"), Some(&Input::Number(1.0)));
        assert_eq!(input.get("c"), None);
        assert_eq!(Input::from("a").get("a"), None);
        assert_eq!(Input::Null.as_str(), None);
    }

    #[test]
    fn of_a_name_that_stands_twice_the_last_is_found_and_written() {
        let member = |name: &str, number: f64| (name.to_owned(), Input::Number(number));
        let input = Input::Object(vec![member("a", 1.0), member("b", 2.0), member("a", 3.0), member("", 4.0)]);
        assert_eq!(input.get("a"), Some(&Input::Number(3.0)));
        assert_eq!(input.to_json(), r#"{"b":2,"a":3,"":4}"#);
        assert_eq!(Input::List(vec![input]).to_json(), r#"[{"b":2,"a":3,"":4}]"#);
        assert_eq!(Input::Object(Vec::new()).to_json(), "{}");
    }

    #[test]
    fn values_are_named_with_their_article() {
        for (input, name) in [
            (Input::Null, "null"),
            (Input::Flag(false), "a boolean"),
            (Input::Number(f64::NAN), "NaN"),
            (Input::Number(f64::INFINITY), "a number"),
            (Input::from(""), "a string"),
            (Input::List(Vec::new()), "an array"),
            (Input::Object(Vec::new()), "an object"),
        ] {
            assert_eq!(input.describe(), name);
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
            assert_eq!(serde_json::to_string(&Input::Number(number)).ok().as_deref(), Some(json));
        }
        assert_eq!(
            serde_json::to_string(&Input::List(vec![Input::Null, Input::Flag(true)])).ok().as_deref(),
            Some("[null,true]")
        );
    }
}
