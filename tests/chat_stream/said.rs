//! Whether a JSON text holds words, by a parser that sees members of one name too.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// What a JSON text says, members that are named twice and all.
pub(crate) struct Said {
    is_string: bool,
    /// It holds a string that is not empty and no label.
    pub(crate) has_words: bool,
}

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Listener)
    }
}

struct Listener;

impl Listener {
    fn nothing() -> Said {
        Said { is_string: false, has_words: false }
    }
}

impl<'de> Visitor<'de> for Listener {
    type Value = Said;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Said, E> {
        Ok(Self::nothing())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Said, E> {
        Ok(Self::nothing())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Said, E> {
        Ok(Self::nothing())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Said, E> {
        Ok(Self::nothing())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Said, E> {
        Ok(Self::nothing())
    }

    fn visit_str<E>(self, text: &str) -> Result<Said, E> {
        Ok(Said { is_string: true, has_words: !text.is_empty() })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Said, A::Error> {
        let mut has_words = false;
        while let Some(item) = items.next_element::<Said>()? {
            has_words |= item.has_words;
        }
        Ok(Said { is_string: false, has_words })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Said, A::Error> {
        // The last is the form in which numbers come that keep every digit.
        const LABELS: [&str; 2] = ["object", "$serde_json::private::Number"];
        let mut has_words = false;
        while let Some((name, value)) = members.next_entry::<String, Said>()? {
            has_words |= value.has_words && !(value.is_string && LABELS.contains(&&*name));
        }
        Ok(Said { is_string: false, has_words })
    }
}
