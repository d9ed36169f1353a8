//! Errors on their way to JavaScript: a real `MinaraError`, defined in `errors.js`.

use js_sys::Array;
use minara::Error;
use minara::transport::Failure;
use wasm_bindgen::prelude::*;

use crate::object::{object, or_undefined};

#[wasm_bindgen(raw_module = "./errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = MinaraError)]
    type MinaraError;

    #[wasm_bindgen(constructor, js_class = MinaraError)]
    fn new(message: &str, details: &JsValue) -> MinaraError;
}

/// The `MinaraError` for an error of the crate.
pub(crate) fn to_js(error: &Error, cause: JsValue) -> JsValue {
    let details = object([
        ("code", error.code().as_str().into()),
        ("status", or_undefined(error.status())),
        ("requestId", or_undefined(error.request_id())),
        ("retryable", error.retryable().into()),
        ("retryAfter", or_undefined(error.retry_after())),
        ("outcome", error.outcome().as_str().into()),
        ("field", or_undefined(error.field())),
        ("violations", violations(error)),
        ("partial", or_undefined(error.partial())),
        ("body", or_undefined(error.body())),
        ("cause", cause),
    ]);
    MinaraError::new(error.message(), &details).into()
}

/// What a call throws: a `MinaraError`, or the reason of the caller's own abort.
pub(crate) fn thrown(failure: Failure) -> JsValue {
    match failure {
        Failure::Aborted(reason) => reason,
        Failure::Failed { error, cause } => to_js(&error, cause),
    }
}

fn violations(error: &Error) -> JsValue {
    if error.violations().is_empty() {
        return JsValue::UNDEFINED;
    }
    pairs(error.violations().iter().map(|violation| (&*violation.field, &*violation.message)))
}

/// An array of `{ field, message }`.
pub(crate) fn pairs<'a>(items: impl Iterator<Item = (&'a str, &'a str)>) -> JsValue {
    let list = Array::new();
    for (field, message) in items {
        list.push(&object([("field", field.into()), ("message", message.into())]));
    }
    list.into()
}
