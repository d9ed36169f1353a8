//! JSON that the host parsed: the browser build therefore needs no parser of its own.

use std::borrow::Cow;

use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

use crate::json::{Json, JsonKind};

impl Json for JsValue {
    fn parse(text: &str) -> Option<Self> {
        JSON::parse(text).ok()
    }

    fn from_text(text: &str) -> Self {
        text.into()
    }

    fn from_members<const N: usize>(members: [(&str, Option<Self>); N]) -> Self {
        let object = Object::new();
        for (name, value) in members {
            set_member(&object, name, value.unwrap_or(Self::UNDEFINED));
        }
        object.into()
    }

    fn kind(&self) -> JsonKind {
        if self.is_string() {
            JsonKind::String
        } else if Array::is_array(self) {
            JsonKind::Array
        } else if self.is_object() {
            JsonKind::Object
        } else if self.as_bool().is_some() {
            JsonKind::Boolean
        } else if Self::as_f64(self).is_some() {
            JsonKind::Number
        } else {
            JsonKind::Null
        }
    }

    fn get(&self, name: &str) -> Option<Cow<'_, Self>> {
        if !self.is_object() {
            return None;
        }
        // An own property only: `constructor` or `__proto__` of the prototype is no member of the JSON text.
        let key = Self::from_str(name);
        Object::has_own(self.unchecked_ref::<Object>(), &key).then(|| Cow::Owned(member(self, name)))
    }

    fn at(&self, index: usize) -> Option<Cow<'_, Self>> {
        let array = self.dyn_ref::<Array>()?;
        let index = u32::try_from(index).ok()?;
        (index < array.length()).then(|| Cow::Owned(array.get(index)))
    }

    fn as_str(&self) -> Option<Cow<'_, str>> {
        self.as_string().map(Cow::Owned)
    }

    fn as_f64(&self) -> Option<f64> {
        Self::as_f64(self)
    }
}

/// The member of that name, inherited ones too; undefined where there is none, or where `object` is no object.
pub fn member(object: &JsValue, name: &str) -> JsValue {
    if object.is_undefined() {
        // Without the exception that `Reflect` would throw.
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// Gives a new plain object a member, unless the value is undefined.
#[expect(clippy::needless_pass_by_value, reason = "what is dropped here is not dropped at each of the many calls")]
pub fn set_member(object: &Object, name: &str, value: JsValue) {
    if !value.is_undefined() {
        // Setting a member of a new plain object cannot fail.
        let _ = Reflect::set(object, &JsValue::from_str(name), &value);
    }
}
