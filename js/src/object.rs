//! Plain JavaScript objects, read and written member by member.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

/// The member of that name; undefined where there is none, or where `object` is no object.
pub(crate) fn member(object: &JsValue, name: &str) -> JsValue {
    if object.is_undefined() {
        // Without the exception that `Reflect` would throw.
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// The member of that name, unless it is undefined.
pub(crate) fn given(object: &JsValue, name: &str) -> Option<JsValue> {
    Some(member(object, name)).filter(|value| !value.is_undefined())
}

/// Gives a new plain object a member, unless the value is undefined.
#[expect(clippy::needless_pass_by_value, reason = "what is dropped here is not dropped at each of the many calls")]
pub(crate) fn set(object: &Object, name: &str, value: JsValue) {
    if !value.is_undefined() {
        // Setting a member of a new plain object cannot fail.
        let _ = Reflect::set(object, &JsValue::from_str(name), &value);
    }
}

/// The value, or undefined.
pub(crate) fn or_undefined<T: Into<JsValue>>(value: Option<T>) -> JsValue {
    value.map_or(JsValue::UNDEFINED, Into::into)
}
