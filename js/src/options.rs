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

/// What a number must be.
struct Rule {
    fits: fn(f64) -> bool,
    text: &'static str,
}

const MILLISECONDS: Rule =
    Rule { fits: |number| number > 0.0, text: "must be a number of milliseconds above 0, or Infinity for none" };

const SECONDS: Rule = Rule { fits: |number| number >= 0.0, text: "must be a number of seconds, 0 or more" };

const COUNT: Rule = Rule {
    fits: |number| number.fract() == 0.0 && (0.0..=1000.0).contains(&number),
    text: "must be a whole number, 0 to 1000",
};

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
                total: self.limit("timeout.total", defaults.total),
                first_byte: self.limit("timeout.firstByte", defaults.first_byte),
                idle: self.limit("timeout.idle", defaults.idle),
            },
            retry: RetryPolicy {
                max_retries: self.count("maxRetries", retry.max_retries),
                max_retry_after: self.number("maxRetryAfter", retry.max_retry_after, &SECONDS),
            },
            headers: self.headers(),
            bearer: member(self.call, "bearer").as_string(),
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

    fn signal(&mut self) -> Option<AbortSignal> {
        let signal = member(self.call, "signal");
        if signal.loose_eq(&JsValue::NULL) {
            return None;
        }
        // A signal of another realm is no instance of this one's class.
        let is_signal =
            member(&signal, "aborted").as_bool().is_some() && member(&signal, "addEventListener").is_function();
        if !is_signal {
            self.violate("signal", "must be an AbortSignal");
            return None;
        }
        Some(signal.unchecked_into())
    }

    fn limit(&mut self, path: &str, default: f64) -> f64 {
        self.number(path, default, &MILLISECONDS)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and within 0–1000")]
    fn count(&mut self, name: &str, default: u32) -> u32 {
        self.number(name, default.into(), &COUNT) as u32
    }

    fn number(&mut self, path: &str, default: f64, rule: &Rule) -> f64 {
        let Some(value) = at(self.call, path).or_else(|| at(self.client, path)) else { return default };
        match value.as_f64() {
            Some(number) if (rule.fits)(number) => number,
            _ => {
                self.violate(path, rule.text);
                default
            }
        }
    }

    /// The client's headers and then the call's: of two that have one name the later is sent.
    fn headers(&mut self) -> Vec<(String, String)> {
        let mut headers = Vec::new();
        for options in [self.client, self.call] {
            let pairs = entries(&member(options, "headers"));
            for index in 0..pairs.length() {
                let pair: Array = pairs.get(index).unchecked_into();
                self.header(&mut headers, pair.get(0).as_string().unwrap_or_default(), &pair.get(1));
            }
        }
        headers
    }

    fn header(&mut self, headers: &mut Vec<(String, String)>, name: String, value: &JsValue) {
        if value.is_undefined() {
            return;
        }
        let Some(value) = value.as_string() else {
            return self.violate(&["headers.", &name].concat(), "must be a string");
        };
        headers.push((name, value));
    }
}

/// The member at a path, which is a name or `timeout.` and a name.
fn at(options: &JsValue, path: &str) -> Option<JsValue> {
    match path.strip_prefix("timeout.") {
        Some(name) => given(&member(options, "timeout"), name),
        None => given(options, path),
    }
}

/// Pairs of name and value, of a `Headers` or a plain object.
fn entries(headers: &JsValue) -> Array {
    match headers.dyn_ref::<Headers>() {
        Some(headers) => Array::from(headers),
        None if headers.is_object() => Object::entries(headers.unchecked_ref()),
        None => Array::new(),
    }
}

/// A member that must be a function where it is given.
pub(crate) fn function(config: &JsValue, name: &str) -> Result<Option<Function>> {
    let value = member(config, name);
    match value.dyn_into() {
        Ok(function) => Ok(Some(function)),
        Err(value) if value.is_undefined() => Ok(None),
        Err(_) => Err(invalid(name, "must be a function")),
    }
}

/// A member that must be a string where it is given.
pub(crate) fn string(config: &JsValue, name: &str) -> Result<Option<String>> {
    let value = member(config, name);
    match value.as_string() {
        None if !value.is_undefined() => Err(invalid(name, "must be a string")),
        text => Ok(text),
    }
}

/// The error for one option of the client.
pub(crate) fn invalid(name: &str, message: &str) -> Error {
    Error::invalid("client options", vec![Violation::new(name, message)])
}
