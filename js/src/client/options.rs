//! The options of the client and the terms of a call, read from plain objects that `options.js` has checked.

use js_sys::{Array, Function};
use minara::deadline::Limits;
use minara::error::{Error, Result};
use minara::retry::RetryPolicy;
use minara::transport::{CallOptions, member};
use wasm_bindgen::{JsCast as _, JsValue};

/// The terms of a call.
///
/// # Errors
/// `invalid_request` for headers that HTTP cannot carry, or that are the client's own.
pub(super) fn read(terms: &JsValue, limits: Limits) -> Result<CallOptions> {
    let timeout = member(terms, "timeout");
    let retry = RetryPolicy::default();
    // A call that is no stream has no such limits, also where the client's options set them.
    let of_stream = |name, limit: f64| if limit.is_finite() { number(&timeout, name, limit) } else { limit };
    let options = CallOptions {
        signal: Some(member(terms, "signal")).filter(JsValue::is_object).map(JsValue::unchecked_into),
        limits: Limits {
            total: number(&timeout, "total", limits.total),
            first_byte: of_stream("firstByte", limits.first_byte),
            idle: of_stream("idle", limits.idle),
        },
        elapsed: number(terms, "elapsed", 0.0),
        retry: RetryPolicy {
            max_retries: count(terms, "maxRetries", retry.max_retries),
            max_retry_after: number(terms, "maxRetryAfter", retry.max_retry_after),
        },
        headers: headers(&member(terms, "headers")),
        bearer: member(terms, "bearer").as_string(),
    };
    options.check_headers()?;
    Ok(options)
}

fn number(object: &JsValue, name: &str, default: f64) -> f64 {
    member(object, name).as_f64().unwrap_or(default)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and within 0–1000")]
fn count(object: &JsValue, name: &str, default: u32) -> u32 {
    number(object, name, default.into()) as u32
}

/// The client's headers and then the call's: of two that have one name the later is sent.
fn headers(pairs: &JsValue) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    let Some(pairs) = pairs.dyn_ref::<Array>() else { return headers };
    for index in 0..pairs.length() {
        let pair = pairs.get(index);
        if let (Some(name), Some(value)) = (member(&pair, "0").as_string(), member(&pair, "1").as_string()) {
            headers.push((name, value));
        }
    }
    headers
}

/// The member of that name, unless it is undefined.
pub(super) fn given(object: &JsValue, name: &str) -> Option<JsValue> {
    Some(member(object, name)).filter(|value| !value.is_undefined())
}

/// The member that is a function, where it is given.
pub(super) fn function(config: &JsValue, name: &str) -> Option<Function> {
    given(config, name).map(JsValue::unchecked_into)
}

/// The error for one option of the client.
pub(super) fn invalid(name: &str, message: &str) -> Error {
    Error::invalid_field("client options", name, message)
}
