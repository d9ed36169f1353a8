//! What a failed call throws, and what it must not repeat.

use minara::error::redact_secret;
use minara::transport::Failure;
use wasm_bindgen::prelude::*;

use crate::error::to_js;

/// What a call throws: a `MinaraError`, or the reason of the caller's own abort.
pub(super) fn thrown(failure: Failure) -> JsValue {
    match failure {
        Failure::Aborted(reason) => reason,
        Failure::Failed { error, cause } => to_js(&error, cause),
    }
}

/// The text without that secret, whatever it looks like.
#[wasm_bindgen(js_name = withoutSecret)]
pub fn without_secret(text: &str, secret: &str) -> JsValue {
    redact_secret(text, secret).into()
}
