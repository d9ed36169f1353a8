//! Plain JavaScript objects, read and written member by member.

pub(crate) use minara::transport::{member, set_member as set};
use wasm_bindgen::JsValue;

/// The member of that name, unless it is undefined.
pub(crate) fn given(object: &JsValue, name: &str) -> Option<JsValue> {
    Some(member(object, name)).filter(|value| !value.is_undefined())
}

/// The value, or undefined.
pub(crate) fn or_undefined<T: Into<JsValue>>(value: Option<T>) -> JsValue {
    value.map_or(JsValue::UNDEFINED, Into::into)
}
