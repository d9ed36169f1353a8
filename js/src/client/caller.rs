//! Every call of the client, by its number: one exported function that gives a promise, because each would cost its own
//! machinery.

use std::rc::Rc;

use js_sys::Promise;
use minara::deadline::Limits;
use minara::error::{Error, Result};
use minara::request::{Delivery, Endpoint};
use minara::transport::{Config, Observer, member};
use minara::wire::{ApiKey, DEFAULT_BASE_URL};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::failure::thrown;
use super::hooks::Hooks;
use super::options::{self, function, invalid};
use super::work::Work;
use crate::error::to_js;

/// What the client can do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Call(Endpoint, Delivery),
    Status,
    Session,
    /// A stored answer, looked up until it is there.
    Answer,
}

/// In the order of their numbers in `client.js`, `OPERATION`.
const OPERATIONS: [Operation; 9] = [
    Operation::Call(Endpoint::Chat, Delivery::Whole),
    Operation::Call(Endpoint::Chat, Delivery::Stream),
    Operation::Call(Endpoint::Chat, Delivery::Background),
    Operation::Status,
    Operation::Call(Endpoint::IntentToSwap, Delivery::Whole),
    Operation::Call(Endpoint::PerpTradingSuggestion, Delivery::Whole),
    Operation::Call(Endpoint::PredictionMarketAsk, Delivery::Whole),
    Operation::Session,
    Operation::Answer,
];

impl Operation {
    pub(super) fn limits(self) -> Limits {
        if self == Self::Call(Endpoint::Chat, Delivery::Stream) { Limits::STREAM } else { Limits::UNARY }
    }
}

/// The client's settings, and its calls.
#[wasm_bindgen]
pub struct Caller {
    pub(super) config: Rc<Config>,
}

#[wasm_bindgen]
impl Caller {
    /// Checks the client's key, address and headers.
    ///
    /// # Errors
    /// `invalid_request` for a bad base URL, key or header.
    #[wasm_bindgen(constructor)]
    pub fn new(config: &JsValue) -> Result<Caller, JsValue> {
        Self::from_options(config).map_err(|error| to_js(&error, JsValue::UNDEFINED))
    }

    /// Makes the call `operation`. The promise rejects with a `MinaraError`, or the reason of the caller's own abort.
    pub fn call(&self, operation: usize, request: JsValue, terms: &JsValue) -> Promise {
        let work = self.begin(operation, request, terms);
        future_to_promise(async move {
            let mut work = work?;
            loop {
                let outcome = work.call.exchange().await;
                if let Some(reply) = work.advance(outcome)? {
                    return Ok(reply);
                }
            }
        })
    }
}

impl Caller {
    fn from_options(config: &JsValue) -> Result<Self> {
        let key = member(config, "apiKey").as_string().map(ApiKey::new).transpose()?;
        let base = member(config, "baseUrl").as_string();
        let base = match (&base, &key) {
            (None, None) => return Err(no_address(member(config, "inPage").as_bool() == Some(true))),
            (None, Some(_)) => DEFAULT_BASE_URL,
            (Some(base), _) => base,
        };
        let mut settings = Config::new(base, key)?;
        settings.observer = Hooks::from_options(config).map(|hooks| Rc::new(hooks) as Rc<dyn Observer>);
        settings.fetch = function(config, "fetch");
        options::read(config, Limits::UNARY)?;
        Ok(Self { config: Rc::new(settings) })
    }

    fn begin(&self, operation: usize, request: JsValue, terms: &JsValue) -> Result<Box<Work>, JsValue> {
        let Some(&operation) = OPERATIONS.get(operation) else {
            return Err(JsValue::from_str("unknown operation"));
        };
        Work::begin(self, operation, request, terms).map_err(thrown)
    }
}

fn no_address(in_page: bool) -> Error {
    let (field, message) = if in_page {
        ("baseUrl", "is required in a page: the path or address of your Worker, such as \"/api\"")
    } else {
        ("apiKey", "is required to call the API itself; without a key give the baseUrl of your Worker")
    };
    invalid(field, message)
}
