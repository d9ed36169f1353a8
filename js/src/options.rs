//! The options of the client and of a call, from plain objects, every fault listed.

use js_sys::{Array, Function, Object};
use minara::deadline::Limits;
use minara::error::{Error, Result, Violation};
use minara::retry::RetryPolicy;
use minara::transport::CallOptions;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{AbortSignal, Headers};

use crate::object::{given, member};

/// A call's options over the client's: what a call does not say, the client says.
pub(crate) struct Options<'a> {
    client: &'a JsValue,
    call: &'a JsValue,
    violations: Vec<Violation>,
}

impl<'a> Options<'a> {
    pub(crate) fn new(client: &'a JsValue, call: &'a JsValue) -> Self {
        Self { client, call, violations: Vec::new() }
    }

    /// Reads them all.
    ///
    /// # Errors
    /// `invalid_request` with every violation.
    pub(crate) fn read(mut self, defaults: Limits) -> Result<CallOptions> {
        let retry = RetryPolicy::default();
        let options = CallOptions {
            signal: self.signal(),
            limits: Limits {
                total: self.limit("total", defaults.total),
                first_byte: self.limit("firstByte", defaults.first_byte),
                idle: self.limit("idle", defaults.idle),
            },
            retry: RetryPolicy {
                max_retries: self.count("maxRetries", retry.max_retries),
                max_retry_after: self.number("maxRetryAfter", retry.max_retry_after),
            },
            headers: self.headers(),
            bearer: given(self.call, "bearer").and_then(|token| token.as_string()),
        };
        if !self.violations.is_empty() {
            return Err(Error::invalid("call options", self.violations));
        }
        options.check_headers()?;
        Ok(options)
    }

    fn violate(&mut self, field: &str, message: &str) {
        self.violations.push(Violation::new(field, message));
    }

    fn either(&self, name: &str) -> Option<JsValue> {
        given(self.call, name).or_else(|| given(self.client, name))
    }

    fn signal(&mut self) -> Option<AbortSignal> {
        let signal = given(self.call, "signal").filter(|signal| !signal.is_null())?;
        // A signal of another realm is no instance of this one's class.
        let is_signal =
            member(&signal, "aborted").as_bool().is_some() && member(&signal, "addEventListener").is_function();
        if !is_signal {
            self.violate("signal", "must be an AbortSignal");
            return None;
        }
        Some(signal.unchecked_into())
    }

    fn limit(&mut self, name: &str, default: f64) -> f64 {
        let of = |options: &JsValue| given(options, "timeout").and_then(|timeout| given(&timeout, name));
        let Some(value) = of(self.call).or_else(|| of(self.client)) else { return default };
        match value.as_f64() {
            Some(milliseconds) if milliseconds > 0.0 => milliseconds,
            _ => {
                self.violate(
                    &format!("timeout.{name}"),
                    "must be a number of milliseconds above 0, or Infinity for none",
                );
                default
            }
        }
    }

    fn number(&mut self, name: &str, default: f64) -> f64 {
        let Some(value) = self.either(name) else { return default };
        match value.as_f64() {
            Some(number) if number >= 0.0 => number,
            _ => {
                self.violate(name, "must be a number of seconds, 0 or more");
                default
            }
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and within 0–1000")]
    fn count(&mut self, name: &str, default: u32) -> u32 {
        let Some(value) = self.either(name) else { return default };
        match value.as_f64() {
            Some(number) if number.fract() == 0.0 && (0.0..=1000.0).contains(&number) => number as u32,
            _ => {
                self.violate(name, "must be a whole number, 0 to 1000");
                default
            }
        }
    }

    /// The client's headers and then the call's, which hold where both name one.
    fn headers(&mut self) -> Vec<(String, String)> {
        let mut headers: Vec<(String, String)> = Vec::new();
        for options in [self.client, self.call] {
            for (name, value) in given(options, "headers").iter().flat_map(entries) {
                let Some(value) = value else {
                    self.violate(&format!("headers.{name}"), "must be a string");
                    continue;
                };
                headers.retain(|(earlier, _)| !earlier.eq_ignore_ascii_case(&name));
                headers.push((name, value));
            }
        }
        headers
    }
}

/// Names and values of a `Headers`, or of a plain object; `None` for a value that is no string.
fn entries(headers: &JsValue) -> Vec<(String, Option<String>)> {
    let pairs = match headers.dyn_ref::<Headers>() {
        Some(headers) => Array::from(headers),
        None => headers.dyn_ref::<Object>().map(Object::entries).unwrap_or_default(),
    };
    let text = |pair: &JsValue, index| pair.dyn_ref::<Array>().and_then(|pair| pair.get(index).as_string());
    let is_given = |pair: &JsValue| pair.dyn_ref::<Array>().is_some_and(|pair| !pair.get(1).is_undefined());
    pairs.iter().filter(is_given).map(|pair| (text(&pair, 0).unwrap_or_default(), text(&pair, 1))).collect()
}

/// A member that must be a function where it is given.
pub(crate) fn function(config: &JsValue, name: &str) -> Result<Option<Function>> {
    match given(config, name) {
        None => Ok(None),
        Some(value) => value
            .dyn_into()
            .map(Some)
            .map_err(|_| Error::invalid("client options", vec![Violation::new(name, "must be a function")])),
    }
}

/// A member that must be a string where it is given.
pub(crate) fn string(config: &JsValue, name: &str) -> Result<Option<String>> {
    match given(config, name) {
        None => Ok(None),
        Some(value) => value
            .as_string()
            .map(Some)
            .ok_or_else(|| Error::invalid("client options", vec![Violation::new(name, "must be a string")])),
    }
}
