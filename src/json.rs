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

impl Json for Value {
    fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
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
