//! Reading a value from whatever serde reads, JavaScript values above all.

use core::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::JsonValue;

/// Deepest nesting that is read; the API's own requests need two. It keeps cyclic JavaScript objects out.
const MAX_DEPTH: usize = 16;

/// From any self-describing format; JavaScript values come this way. JSON texts come through
/// [`Value`](serde_json::Value), because with arbitrary precision `serde_json` hands numbers to visitors as maps.
impl<'de> Deserialize<'de> for JsonValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Depth(0).deserialize(deserializer)
    }
}

/// 2^53: up to here every whole number is a double.
const LARGEST_EXACT: u64 = 1 << 53;

const INEXACT: &str = "it holds a BigInt that no double holds";

/// How deep the value that comes next is nested.
struct Depth(usize);

impl<'de> DeserializeSeed<'de> for Depth {
    type Value = JsonValue;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<JsonValue, D::Error> {
        if self.0 > MAX_DEPTH {
            return Err(de::Error::custom("it is nested too deeply"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Depth {
    type Value = JsonValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, number, boolean, array or plain object")
    }

    fn visit_unit<E>(self) -> Result<JsonValue, E> {
        Ok(JsonValue::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<JsonValue, E> {
        Ok(JsonValue::Boolean(flag))
    }

    #[expect(clippy::cast_precision_loss, reason = "larger ones are refused")]
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<JsonValue, E> {
        if number.unsigned_abs() > LARGEST_EXACT {
            return Err(E::custom(INEXACT));
        }
        Ok(JsonValue::Number(number as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "larger ones are refused")]
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<JsonValue, E> {
        if number > LARGEST_EXACT {
            return Err(E::custom(INEXACT));
        }
        Ok(JsonValue::Number(number as f64))
    }

    fn visit_bytes<E: de::Error>(self, _: &[u8]) -> Result<JsonValue, E> {
        Err(E::custom("it holds binary data"))
    }

    fn visit_i128<E: de::Error>(self, _: i128) -> Result<JsonValue, E> {
        Err(E::custom(INEXACT))
    }

    fn visit_u128<E: de::Error>(self, _: u128) -> Result<JsonValue, E> {
        Err(E::custom(INEXACT))
    }

    fn visit_f64<E>(self, number: f64) -> Result<JsonValue, E> {
        Ok(JsonValue::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<JsonValue, E> {
        Ok(JsonValue::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<JsonValue, E> {
        Ok(JsonValue::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<JsonValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(Self(self.0 + 1))? {
            items.push(item);
        }
        Ok(JsonValue::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<JsonValue, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = access.next_key::<String>()? {
            members.push((name, access.next_value_seed(Self(self.0 + 1))?));
        }
        Ok(JsonValue::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use serde::de::value::{BytesDeserializer, Error as Fault};
    use serde::de::{Deserialize, IntoDeserializer};
    use serde_json::{Value, json};

    use super::JsonValue;

    /// So many arrays or objects within each other.
    fn nested(depth: usize, wrap: impl Fn(Value) -> Value) -> Value {
        (0..depth).fold(Value::Null, |inner, _| wrap(inner))
    }

    #[test]
    fn sixteen_levels_are_read_and_a_seventeenth_is_not() {
        let wraps: [fn(Value) -> Value; 2] = [|inner| json!([inner]), |inner| json!({ "a": inner })];
        for wrap in wraps {
            assert_eq!(
                serde_json::from_value::<JsonValue>(nested(16, wrap)).ok(),
                Some(JsonValue::from(nested(16, wrap)))
            );
            let fault = serde_json::from_value::<JsonValue>(nested(17, wrap)).expect_err("too deep");
            assert_eq!(fault.to_string(), "it is nested too deeply");
        }
    }

    #[test]
    fn every_kind_of_value_is_read_and_what_json_cannot_say_is_refused() {
        fn read<'de>(value: impl IntoDeserializer<'de, Fault>) -> Result<JsonValue, String> {
            JsonValue::deserialize(value.into_deserializer()).map_err(|fault| fault.to_string())
        }
        assert_eq!(read(()), Ok(JsonValue::Null));
        assert_eq!(read(true), Ok(JsonValue::Boolean(true)));
        assert_eq!(read(-5_i64), Ok(JsonValue::Number(-5.0)));
        assert_eq!(read(5_u64), Ok(JsonValue::Number(5.0)));
        assert_eq!(read(2.5_f64), Ok(JsonValue::Number(2.5)));
        assert_eq!(read("text"), Ok(JsonValue::from("text")));
        assert_eq!(read("text".to_owned()), Ok(JsonValue::from("text")));
        assert_eq!(read(1_i128 << 100), Err("it holds a BigInt that no double holds".to_owned()));
        assert_eq!(read(1_u128 << 100), Err("it holds a BigInt that no double holds".to_owned()));
        let bytes = JsonValue::deserialize(BytesDeserializer::<Fault>::new(b"x")).map_err(|fault| fault.to_string());
        assert_eq!(bytes, Err("it holds binary data".to_owned()));
    }
}
