//! Plain JavaScript objects, read and written member by member.

pub(crate) use minara::transport::set_member as set;
use wasm_bindgen::JsValue;

/// The value, or undefined.
pub(crate) fn or_undefined<T: Into<JsValue>>(value: Option<T>) -> JsValue {
    value.map_or(JsValue::UNDEFINED, Into::into)
}
