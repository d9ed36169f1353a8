//! One description of each answer: it makes the Rust type and the table by which any parsed JSON is checked.
//!
//! The types are filled by hand: serde's `flatten`, which keeps unknown members, changes or refuses numbers where
//! `serde_json` keeps every digit (`-0`, and all beyond 64 bits).

use serde_json::{Map, Number, Value};

use crate::error::{Code, Error, Result, count_as_billed, redact, redact_within};
use crate::json::{Json, JsonKind, given};
use crate::wording::{digits, filled, sentence};

/// At most this much of an unreadable answer is kept: it was paid for.
pub const MAX_KEPT_BODY_BYTES: usize = 64 * 1024;

/// The members that an answer may have. Any may be missing or null, and others may be there.
#[derive(Debug)]
pub struct Shape(pub &'static [Member]);

/// One member of an answer.
#[derive(Debug)]
pub struct Member {
    /// Its name in the API.
    pub name: &'static str,
    /// What it is when it is there.
    pub kind: Kind,
}

/// What a member is.
#[derive(Debug)]
pub enum Kind {
    /// A string.
    Text,
    /// A number.
    Number,
    /// A boolean.
    Flag,
    /// An array of strings.
    Texts,
    /// An object of any content.
    AnyObject,
    /// An object of that shape.
    Object(&'static Shape),
    /// An array of objects of that shape.
    Objects(&'static Shape),
}

impl Kind {
    const fn json_kind(&self) -> JsonKind {
        match self {
            Self::Text => JsonKind::String,
            Self::Number => JsonKind::Number,
            Self::Flag => JsonKind::Boolean,
            Self::AnyObject | Self::Object(_) => JsonKind::Object,
            Self::Texts | Self::Objects(_) => JsonKind::Array,
        }
    }
}

impl Shape {
    /// Checks that the answer is an object and that every member it has is of its kind.
    ///
    /// # Errors
    /// `bad_response`, whose message names the path of the member.
    pub fn check<J: Json>(&'static self, answer: &J) -> Result<()> {
        check_kind(&Kind::Object(self), answer, "").map_err(|fault| Error::new(Code::BadResponse, fault))
    }
}

fn check_kind<J: Json>(kind: &Kind, value: &J, path: &str) -> Result<(), String> {
    expect(value, kind.json_kind(), path)?;
    match kind {
        Kind::Object(shape) => check_members(shape, value, path),
        Kind::Texts => check_elements(&Kind::Text, value, path),
        Kind::Objects(shape) => check_elements(&Kind::Object(shape), value, path),
        _ => Ok(()),
    }
}

fn check_members<J: Json>(shape: &'static Shape, value: &J, path: &str) -> Result<(), String> {
    for member in shape.0 {
        if let Some(found) = given(value, member.name) {
            let path = sentence(&[path, if path.is_empty() { "" } else { "." }, member.name]);
            check_kind(&member.kind, &*found, &path)?;
        }
    }
    Ok(())
}

fn check_elements<J: Json>(kind: &Kind, value: &J, path: &str) -> Result<(), String> {
    let mut index = 0;
    while let Some(element) = value.at(index) {
        check_kind(kind, &*element, &filled("{}[{}]", &[path, &digits(index as u64)]))?;
        index += 1;
    }
    Ok(())
}

fn expect<J: Json>(value: &J, wanted: JsonKind, path: &str) -> Result<(), String> {
    let found = value.kind();
    if found == wanted {
        return Ok(());
    }
    Err(filled(
        "The API answered success, but {} is {} and not {}{}",
        &[if path.is_empty() { "the answer" } else { path }, found.with_article(), wanted.with_article(), BILLED],
    ))
}

pub(super) const BILLED: &str = concat!(".", count_as_billed!("; the body is kept in the error."));

/// The error for a success whose body is no JSON text.
pub fn unreadable(content_type: Option<&str>) -> Error {
    let kind = redact(content_type.unwrap_or("no content type"));
    Error::new(Code::BadResponse, filled("The API answered success, but its body ({}) is not JSON{}", &[&kind, BILLED]))
}

/// The error with what could not be read, bounded and without secrets.
pub fn keep_body(error: Error, status: u16, body: &str) -> Error {
    error.with_status(status).with_body(redact_within(body, MAX_KEPT_BODY_BYTES))
}

/// What a member becomes; `None` for null, and for a kind that the check has refused before.
pub(crate) trait FromJson: Sized {
    fn from_json(value: Value) -> Option<Self>;
}

macro_rules! from_json {
    ($($variant:ident $type:ty,)+) => {
        $(impl FromJson for $type {
            fn from_json(value: Value) -> Option<Self> {
                if let Value::$variant(content) = value { Some(content) } else { None }
            }
        })+
    };
}

from_json! {
    String String,
    Number Number,
    Bool bool,
    Object Map<String, Value>,
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: Value) -> Option<Self> {
        if let Value::Array(items) = value { items.into_iter().map(T::from_json).collect() } else { None }
    }
}

/// Defines an answer: a struct of optional members that keeps unknown ones, and its [`Shape`].
macro_rules! answer {
    (@type text) => { String };
    (@type number) => { serde_json::Number };
    (@type flag) => { bool };
    (@type texts) => { Vec<String> };
    (@type map) => { serde_json::Map<String, serde_json::Value> };
    (@type object $inner:ident) => { $inner };
    (@type objects $inner:ident) => { Vec<$inner> };
    (@kind text) => { $crate::response::Kind::Text };
    (@kind number) => { $crate::response::Kind::Number };
    (@kind flag) => { $crate::response::Kind::Flag };
    (@kind texts) => { $crate::response::Kind::Texts };
    (@kind map) => { $crate::response::Kind::AnyObject };
    (@kind object $inner:ident) => { $crate::response::Kind::Object(&$inner::SHAPE) };
    (@kind objects $inner:ident) => { $crate::response::Kind::Objects(&$inner::SHAPE) };
    (
        $(#[$meta:meta])*
        $(#![guard($guard:path)])?
        pub struct $name:ident {
            $($(#[$doc:meta])* $field:ident: $wire:literal $kind:ident $(($inner:ident))?,)+
        }
    ) => {
        $(#[$meta])*
        ///
        /// Any member may be missing; null reads as missing; members that this version does not know are kept.
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[$doc])*
                #[serde(rename = $wire, skip_serializing_if = "Option::is_none")]
                pub $field: Option<$crate::response::shape::answer!(@type $kind $($inner)?)>,
            )+
            /// Members that this version does not know, as they came.
            #[serde(flatten)]
            pub unknown: serde_json::Map<String, serde_json::Value>,
        }

        impl $name {
            /// What each member must be when it is there.
            pub const SHAPE: $crate::response::Shape = $crate::response::Shape(&[
                $($crate::response::Member {
                    name: $wire,
                    kind: $crate::response::shape::answer!(@kind $kind $($inner)?),
                },)+
            ]);
        }

        impl $crate::response::Answer for $name {
            fn check<J: $crate::json::Json>(answer: &J) -> $crate::error::Result<()> {
                $($guard(answer)?;)?
                $crate::response::Shape::check(const { &Self::SHAPE }, answer)
            }

            fn from_checked(answer: serde_json::Value) -> Self {
                <Self as $crate::response::shape::FromJson>::from_json(answer).unwrap_or_default()
            }
        }

        impl $crate::response::shape::FromJson for $name {
            fn from_json(value: serde_json::Value) -> Option<Self> {
                let mut unknown = <serde_json::Map<_, _> as $crate::response::shape::FromJson>::from_json(value)?;
                $(let $field = unknown.remove($wire).and_then($crate::response::shape::FromJson::from_json);)+
                Some(Self { $($field,)+ unknown })
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <serde_json::Value as serde::Deserialize>::deserialize(deserializer)?;
                <Self as $crate::response::Answer>::check(&value).map_err(serde::de::Error::custom)?;
                Ok(<Self as $crate::response::Answer>::from_checked(value))
            }
        }
    };
}

pub(crate) use answer;
