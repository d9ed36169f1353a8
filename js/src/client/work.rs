//! A call under way: what it sends, and what its answers become.

use js_sys::{Array, Object};
use minara::error::{Error, Result, Violation};
use minara::recovery::{Accepted, accepted, job_answer};
use minara::request::{Delivery, Endpoint, Form, JsonValue, validate};
use minara::response::{Answer as _, Job, check_content};
use minara::transport::{Call, Failure, Reply, member};
use minara::wire::WireRequest;
use wasm_bindgen::JsValue;

use super::caller::{Caller, Operation};
use super::failure::thrown;
use super::options;
use super::stream_scope::StreamScope;
use crate::error::pair;
use crate::object::{or_undefined, set};

/// A call under way.
pub(super) struct Work {
    operation: Operation,
    pub(super) call: Call,
    warnings: Array,
    /// Of a stored answer, the text that the caller has already.
    delivered: String,
    /// The answer that the request is at work already: what the job gives is the answer to it.
    accepted: Option<Reply>,
}

impl Work {
    /// Checks the request and the terms. Nothing is sent yet.
    pub(super) fn begin(
        caller: &Caller,
        operation: Operation,
        request: JsValue,
        terms: &JsValue,
    ) -> Result<Box<Self>, Failure> {
        let options = options::read(terms, operation.limits())?;
        let delivered = member(&request, "delivered").as_string().unwrap_or_default();
        let warnings = Array::new();
        let wire = outgoing(operation, request, terms, &warnings)?;
        let call = Call::open(caller.config.clone(), wire, options)?;
        Ok(Box::new(Self { operation, call, warnings, delivered, accepted: None }))
    }

    /// What an exchange has given, for JavaScript; `None` where another is to follow.
    pub(super) fn advance(&mut self, outcome: Result<Reply, Failure>) -> Result<Option<JsValue>, JsValue> {
        let reply = if self.operation == Operation::Answer {
            self.looked(outcome)
        } else if self.accepted.is_some() {
            self.looked(outcome).map_err(Failure::of_accepted_call)
        } else if self.operation == Operation::Status {
            outcome.and_then(|reply| self.answered(reply)).map_err(Failure::of_look_up)
        } else {
            outcome.and_then(|reply| self.answered(reply))
        };
        reply.map_err(thrown)
    }

    fn answered(&mut self, reply: Reply) -> Result<Option<JsValue>, Failure> {
        if reply.text.is_none() {
            let scope = StreamScope::from(self.call.scope().clone());
            return Ok(Some(self.reply(&reply, JsValue::UNDEFINED, scope.into())));
        }
        if let Operation::Call(Endpoint::Chat, Delivery::Whole | Delivery::Stream) = self.operation {
            let value: JsValue = reply.parse_chat()?;
            let id = self.call.request_id().map(str::to_owned);
            return match accepted(reply.status(), id.is_some(), value).map_err(|error| reply.unreadable(error))? {
                Accepted::Answer(answer) => self.checked(&reply, answer),
                Accepted::AtWork => {
                    self.call.look_up(&id.unwrap_or_default())?;
                    self.accepted = Some(reply);
                    Ok(None)
                }
            };
        }
        self.checked(&reply, reply.parse()?)
    }

    /// Of a look at a job: the answer of the call that was accepted before it, or of a call for the stored answer
    /// `{ rest, answer }`, where `rest` is the text that follows what was delivered.
    fn looked(&mut self, outcome: Result<Reply, Failure>) -> Result<Option<JsValue>, Failure> {
        let Some((job, rest, reply)) = self.call.look::<JsValue>(outcome, &self.delivered)? else { return Ok(None) };
        let answer = job_answer(&job);
        if let Some(accepted) = &self.accepted {
            return self.checked(accepted, answer.unwrap_or(job));
        }
        let found = Object::new();
        set(&found, "rest", rest.into());
        set(&found, "answer", or_undefined(answer));
        self.checked(&reply, found.into())
    }

    fn checked(&self, reply: &Reply, value: JsValue) -> Result<Option<JsValue>, Failure> {
        let verdict = match self.operation {
            Operation::Session | Operation::Answer => Ok(()),
            Operation::Status | Operation::Call(_, Delivery::Background) => Job::check(&value),
            Operation::Call(endpoint, Delivery::Stream) => {
                endpoint.check_answer(&value).and_then(|()| check_content(&value))
            }
            Operation::Call(endpoint, Delivery::Whole) => endpoint.check_answer(&value),
        };
        verdict.map_err(|error| reply.unreadable(error))?;
        self.call.scope().close();
        Ok(Some(self.reply(reply, value, JsValue::UNDEFINED)))
    }

    fn reply(&self, reply: &Reply, data: JsValue, scope: JsValue) -> JsValue {
        let object = Object::new();
        set(&object, "data", data);
        set(&object, "warnings", self.warnings.clone().into());
        set(&object, "response", (&reply.response).into());
        set(&object, "scope", scope);
        object.into()
    }
}

/// What is sent; what is to be told of it is added to `warnings`.
fn outgoing(operation: Operation, request: JsValue, terms: &JsValue, warnings: &Array) -> Result<WireRequest> {
    let (endpoint, delivery) = match operation {
        Operation::Status => return WireRequest::status(&request.as_string().unwrap_or_default()),
        Operation::Answer => return WireRequest::status(&member(&request, "id").as_string().unwrap_or_default()),
        Operation::Session => return Ok(WireRequest::session(to_json_value(request, "session request")?)),
        Operation::Call(endpoint, delivery) => (endpoint, delivery),
    };
    let mut input = to_json_value(request, endpoint.subject())?;
    add_request_id(endpoint, &mut input, terms)?;
    let mut valid = validate(endpoint, Form::Client(delivery), input)?;
    if let Some(extra) = options::given(terms, "extraBody") {
        valid = valid.with_extra(to_json_value(extra, "extraBody")?)?;
    }
    for warning in valid.warnings() {
        warnings.push(&pair(&warning.field, &warning.message));
    }
    Ok(valid.into())
}

fn to_json_value(value: JsValue, subject: &str) -> Result<JsonValue> {
    serde_wasm_bindgen::from_value(value).map_err(|fault| {
        let said = member(&fault.into(), "message").as_string().unwrap_or_default();
        // serde's own words for it, which name Rust's types, are left out of the package (js/pack/trim.mjs).
        let other = "it holds something that JSON has no form for, such as a function";
        let fault = if said.is_empty() { other } else { &said };
        let message = ["must be a plain object of strings, numbers, booleans and plain objects: ", fault].concat();
        Error::invalid(subject, vec![Violation::new("", message)])
    })
}

/// Makes the option `requestId`, which only a chat has, the request's own member; JavaScript has made an id of `true`.
fn add_request_id(endpoint: Endpoint, input: &mut JsonValue, terms: &JsValue) -> Result<()> {
    let (Some(id), JsonValue::Object(members)) = (member(terms, "requestId").as_string(), input) else { return Ok(()) };
    if members.iter().any(|(name, _)| name == "requestId") {
        let fault = "is given twice, in the request and in the options: give it once";
        return Err(Error::invalid_field(endpoint.subject(), "requestId", fault));
    }
    members.push(("requestId".to_owned(), JsonValue::from(&*id)));
    Ok(())
}
