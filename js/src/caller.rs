//! Every call of the client, by its name: one exported async function, because each would cost its own machinery.

use std::rc::Rc;

use js_sys::Function;
use minara::deadline::Limits;
use minara::error::{Error, Result, Violation};
use minara::recovery::job_answer;
use minara::request::{Delivery, Endpoint, Form, Input, ValidRequest, validate};
use minara::response::{Answer as _, Job};
use minara::transport::{CallOptions, Config, Failure, Observer, Reply, Scope, Sent, Settled, await_answer, exchange};
use minara::wire::{ApiKey, BaseUrl, DEFAULT_BASE_URL, WireRequest};
use wasm_bindgen::prelude::*;

use crate::error::{pairs, thrown, to_js};
use crate::exchange::Exchange;
use crate::object::{given, member, object, or_undefined};
use crate::options::{Options, function, string};

/// What the client can do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operation {
    Call(Endpoint, Delivery),
    Status,
    Session,
}

impl Operation {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "chat" => Self::Call(Endpoint::Chat, Delivery::Whole),
            "chatStream" => Self::Call(Endpoint::Chat, Delivery::Stream),
            "chatBackground" => Self::Call(Endpoint::Chat, Delivery::Background),
            "chatStatus" => Self::Status,
            "intentToSwap" => Self::Call(Endpoint::IntentToSwap, Delivery::Whole),
            "perpTradingSuggestion" => Self::Call(Endpoint::PerpTradingSuggestion, Delivery::Whole),
            "predictionMarketAsk" => Self::Call(Endpoint::PredictionMarketAsk, Delivery::Whole),
            "session" => Self::Session,
            _ => return None,
        })
    }

    fn limits(self) -> Limits {
        if self == Self::Call(Endpoint::Chat, Delivery::Stream) { Limits::STREAM } else { Limits::UNARY }
    }
}

/// The client's settings, and its calls.
#[wasm_bindgen]
pub struct Caller {
    config: Config,
    /// The client's options, which hold where a call says nothing.
    defaults: JsValue,
}

#[wasm_bindgen]
impl Caller {
    /// Checks the client's options.
    ///
    /// # Errors
    /// `invalid_request` for a bad base URL, key or option.
    #[wasm_bindgen(constructor)]
    pub fn new(config: JsValue) -> Result<Caller, JsValue> {
        Self::from_options(config).map_err(|error| to_js(&error, JsValue::UNDEFINED))
    }

    /// Makes the call `operation`.
    ///
    /// # Errors
    /// A `MinaraError`, or the reason of the caller's own abort.
    pub async fn call(&self, operation: String, request: JsValue, options: JsValue) -> Result<JsValue, JsValue> {
        let Some(operation) = Operation::from_name(&operation) else {
            return Err(JsValue::from_str("unknown operation"));
        };
        self.run(operation, request, options).await.map_err(thrown)
    }
}

impl Caller {
    fn from_options(config: JsValue) -> Result<Self> {
        let key = string(&config, "apiKey")?.map(ApiKey::new).transpose()?;
        let base = string(&config, "baseUrl")?;
        let in_page = member(&config, "inPage").is_truthy();
        let base = match (&base, &key) {
            (Some(base), Some(_)) => BaseUrl::with_key(base)?,
            (Some(base), None) => BaseUrl::without_key(base)?,
            (None, Some(_)) => BaseUrl::with_key(DEFAULT_BASE_URL)?,
            (None, None) => return Err(no_address(in_page)),
        };
        let observer = Hooks::from_options(&config)?.map(|hooks| Rc::new(hooks) as Rc<dyn Observer>);
        let fetch = function(&config, "fetch")?;
        Options::new(&config, &JsValue::UNDEFINED).read(Limits::UNARY)?;
        Ok(Self { config: Config { base, key, fetch, observer }, defaults: config })
    }

    async fn run(&self, operation: Operation, request: JsValue, options: JsValue) -> Result<JsValue, Failure> {
        let call = Options::new(&self.defaults, &options).read(operation.limits())?;
        let (wire, valid) = wire_of(operation, request, &options)?;
        let scope = Scope::open(call.limits, call.signal.as_ref())?;
        let reply = exchange(&self.config, &wire, &call, &scope).await?;
        let data = match &reply.text {
            Some(_) => Some(self.read(operation, &wire, &call, &scope, &reply).await?),
            None => None,
        };
        if data.is_none() && operation != Operation::Call(Endpoint::Chat, Delivery::Stream) {
            return Err(reply.unreadable(minara::response::unreadable(reply.content_type().as_deref())));
        }
        Ok(to_reply(reply, data, valid.as_ref(), scope))
    }

    /// The answer as a JavaScript value, checked.
    async fn read(
        &self,
        operation: Operation,
        wire: &WireRequest,
        call: &CallOptions,
        scope: &Scope,
        reply: &Reply,
    ) -> Result<JsValue, Failure> {
        let value: JsValue = reply.parse()?;
        let keep = |error| reply.unreadable(error);
        let endpoint = match operation {
            Operation::Session => return Ok(value),
            Operation::Status | Operation::Call(_, Delivery::Background) => {
                return Job::check(&value).map_err(keep).map(|()| value);
            }
            Operation::Call(endpoint, _) => endpoint,
        };
        let value = match (&wire.request_id, job_answer(&value)) {
            (_, Some(answer)) => answer,
            // The same id is at work already: its answer is fetched, not asked for again.
            (Some(id), None) if reply.status() == 202 => {
                let (job, ..) = await_answer::<JsValue>(&self.config, id, "", call, scope).await?;
                job_answer(&job).unwrap_or(job)
            }
            _ => value,
        };
        endpoint.check_answer(&value).map_err(keep)?;
        Ok(value)
    }
}

fn no_address(in_page: bool) -> Error {
    let (field, message) = if in_page {
        ("baseUrl", "is required in a page: the path or address of your Worker, such as \"/api\"")
    } else {
        ("apiKey", "is required to call the API itself; without a key give the baseUrl of your Worker")
    };
    Error::invalid("client options", vec![Violation::new(field, message)])
}

fn wire_of(
    operation: Operation,
    request: JsValue,
    options: &JsValue,
) -> Result<(WireRequest, Option<ValidRequest>), Failure> {
    match operation {
        Operation::Status => Ok((WireRequest::status(&request.as_string().unwrap_or_default())?, None)),
        Operation::Session => Ok((WireRequest::session(to_input(request, "session request")?), None)),
        Operation::Call(endpoint, delivery) => {
            let input = to_input(request, endpoint.subject())?;
            let input = with_request_id(endpoint, input, options)?;
            let mut valid = validate(endpoint, Form::Client(delivery), input)?;
            if let Some(extra) = given(options, "extraBody") {
                valid = valid.with_extra(to_input(extra, "extraBody")?)?;
            }
            Ok((WireRequest::call(&valid), Some(valid)))
        }
    }
}

fn to_input(value: JsValue, subject: &str) -> Result<Input> {
    serde_wasm_bindgen::from_value(value).map_err(|fault| {
        let message = format!("must be a plain object of strings, numbers, booleans and plain objects: {fault}");
        Error::invalid(subject, vec![Violation::new("", message)])
    })
}

/// The option `requestId` as the request's own member; JavaScript has made a new one of `true`.
fn with_request_id(endpoint: Endpoint, input: Input, options: &JsValue) -> Result<Input> {
    let Some(option) = given(options, "requestId").filter(|option| option.as_bool() != Some(false)) else {
        return Ok(input);
    };
    let invalid = |message: &str| Error::invalid(endpoint.subject(), vec![Violation::new("requestId", message)]);
    if endpoint != Endpoint::Chat {
        return Err(invalid("is taken by chat only: this call cannot be repeated without a second charge"));
    }
    let Input::Object(mut members) = input else { return Ok(input) };
    if members.iter().any(|(name, _)| name == "requestId") {
        return Err(invalid("is given twice, in the request and in the options: give it once"));
    }
    let Some(id) = option.as_string() else {
        return Err(invalid("must be a string, or true for a generated one"));
    };
    members.push(("requestId".to_owned(), Input::from(&*id)));
    Ok(Input::Object(members))
}

fn to_reply(reply: Reply, data: Option<JsValue>, valid: Option<&ValidRequest>, scope: Scope) -> JsValue {
    let warnings =
        valid.as_ref().map(|valid| pairs(valid.warnings().iter().map(|warning| (&*warning.field, &*warning.message))));
    let Reply { response, request_id, .. } = reply;
    let (status, headers) = (response.status(), response.headers());
    let (response, exchange) = if data.is_some() {
        scope.close();
        (None, None)
    } else {
        (Some(response), Some(Exchange::from(scope)))
    };
    object([
        ("data", or_undefined(data)),
        ("status", status.into()),
        ("headers", headers.into()),
        ("requestId", or_undefined(request_id)),
        ("sentRequestId", or_undefined(valid.and_then(ValidRequest::request_id))),
        ("warnings", warnings.unwrap_or_else(|| pairs(core::iter::empty()))),
        ("response", or_undefined(response)),
        ("exchange", or_undefined(exchange)),
    ])
}

/// The client's hooks.
struct Hooks {
    on_request: Option<Function>,
    on_response: Option<Function>,
}

impl Hooks {
    fn from_options(config: &JsValue) -> Result<Option<Self>> {
        let (on_request, on_response) = (function(config, "onRequest")?, function(config, "onResponse")?);
        let is_given = on_request.is_some() || on_response.is_some();
        Ok(is_given.then_some(Self { on_request, on_response }))
    }
}

impl Observer for Hooks {
    fn sent(&self, attempt: Sent<'_>) {
        tell(self.on_request.as_ref(), attempt, JsValue::UNDEFINED, JsValue::UNDEFINED, JsValue::UNDEFINED);
    }

    fn settled(&self, Settled { sent, status, milliseconds, request_id }: Settled<'_>) {
        tell(self.on_response.as_ref(), sent, or_undefined(status), milliseconds.into(), or_undefined(request_id));
    }
}

fn tell(hook: Option<&Function>, sent: Sent<'_>, status: JsValue, milliseconds: JsValue, request_id: JsValue) {
    let Some(hook) = hook else { return };
    let event = object([
        ("method", sent.method.into()),
        ("path", sent.path.into()),
        ("attempt", sent.attempt.into()),
        ("status", status),
        ("milliseconds", milliseconds),
        ("requestId", request_id),
    ]);
    // A hook that throws must not turn a paid answer into an error.
    let _ = hook.call1(&JsValue::UNDEFINED, &event);
}
