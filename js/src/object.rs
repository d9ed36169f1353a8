//! Plain JavaScript objects, read and written member by member.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

/// The member of that name; undefined where there is none, or where `object` is no object.
pub(crate) fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// The member of that name, unless it is undefined.
pub(crate) fn given(object: &JsValue, name: &str) -> Option<JsValue> {
    Some(member(object, name)).filter(|value| !value.is_undefined())
}

/// A plain object of the members that are there.
pub(crate) fn object<const N: usize>(members: [(&str, JsValue); N]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        if !value.is_undefined() {
            // Setting a member of a new plain object cannot fail.
            let _ = Reflect::set(&object, &JsValue::from_str(name), &value);
        }
    }
    object.into()
}

/// The value, or undefined.
pub(crate) fn or_undefined<T: Into<JsValue>>(value: Option<T>) -> JsValue {
    value.map_or(JsValue::UNDEFINED, Into::into)
}
