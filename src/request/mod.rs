//! Requests: typed builders, and the one check that every request passes before anything is sent.
//!
//! However a request comes (a builder, a plain JavaScript object, a body that reached the Worker), it becomes a
//! [`JsonValue`], is checked against the table of its [`Endpoint`], and leaves as a [`ValidRequest`] in the API's own
//! spelling. Every violation is reported at once, with the path of its field.

mod address;
mod chat;
mod endpoint;
mod form;
mod json_value;
mod perp;
mod prediction;
mod rules;
mod suggestion;
mod swap;
mod vocabulary;

pub use address::{checksum_holds, is_address};
pub use chat::{ChatRequest, Mode};
pub use endpoint::Endpoint;
pub use form::{Delivery, Form};
pub use json_value::JsonValue;
pub use perp::{PerpRequest, Style};
pub use prediction::PredictionRequest;
pub use rules::{has_id_characters, is_request_id};
pub use swap::SwapRequest;

use crate::error::{Error, Result, Violation, Warning};
pub use crate::url::is_http_url;
use crate::wording::{digits, filled};
use json_value::place_of;
use rules::Report;

/// A typed request that can be checked and sent.
pub trait Request {
    /// The call that it is for.
    const ENDPOINT: Endpoint;

    /// The request in the client's plain form.
    fn to_json_value(&self) -> JsonValue;

    /// Checks every rule; sends nothing.
    fn validate(&self, delivery: Delivery) -> Result<ValidRequest> {
        validate(Self::ENDPOINT, Form::Client(delivery), self.to_json_value())
    }
}

/// A request that keeps every rule, in the API's own spelling.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidRequest {
    endpoint: Endpoint,
    members: Vec<(String, JsonValue)>,
    warnings: Vec<Warning>,
}

/// Checks a request for `endpoint`, given in `form`.
///
/// # Errors
/// `invalid_request` with every violation, of which a hundred are listed at most.
pub fn validate(endpoint: Endpoint, form: Form, input: JsonValue) -> Result<ValidRequest> {
    let JsonValue::Object(members) = input else {
        let message =
            filled("must be an object with the fields of a {}, not {}", &[endpoint.subject(), input.describe()]);
        return Err(Error::invalid_field(endpoint.subject(), "", &message));
    };
    let mut report = Report::default();
    let members = form::to_wire(endpoint, form, members, &mut report);
    let members = rules::check_object(endpoint.fields(), members, "", &mut report);
    check_background(&members, &mut report);
    if report.violations.is_empty() {
        return Ok(ValidRequest { endpoint, members, warnings: report.warnings });
    }
    Err(Error::invalid(endpoint.subject(), report.violations))
}

/// Checks a request body in the wire form, as the Worker receives it.
///
/// ```
/// use minara::request::{Endpoint, validate_body};
///
/// let body = br#"{"mode":"fast","stream":true,"mesage":{"role":"user","content":"Hi"}}"#;
/// let error = validate_body(Endpoint::Chat, body).unwrap_err();
/// let fields: Vec<_> = error.violations().iter().map(|violation| &*violation.field).collect();
/// assert_eq!(fields, ["mesage", "message"]);
/// assert_eq!(error.violations()[0].message, "is not a known field (did you mean \"message\"?)");
/// ```
pub fn validate_body(endpoint: Endpoint, body: &[u8]) -> Result<ValidRequest> {
    let value: serde_json::Value = serde_json::from_slice(body).map_err(|fault| {
        let message = filled(
            "must be JSON: it breaks at line {}, column {}",
            &[&digits(fault.line() as u64), &digits(fault.column() as u64)],
        );
        Error::invalid_field(endpoint.subject(), "body", &message)
    })?;
    validate(endpoint, Form::Wire, JsonValue::from(value))
}

/// A background job has no one to stream to (the API answers 400).
fn check_background(members: &[(String, JsonValue)], report: &mut Report) {
    if is_set(members, "background") && is_set(members, "stream") {
        report.violate("background", "needs stream to be false".to_owned());
    }
}

fn is_set(members: &[(String, JsonValue)], wanted: &str) -> bool {
    place_of(wanted, members).is_some_and(|place| members[place].1.as_bool() == Some(true))
}

impl ValidRequest {
    /// The call that it is for.
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    /// The body, its members in the order of the table.
    pub fn body(&self) -> JsonValue {
        JsonValue::Object(self.members.clone())
    }

    pub(crate) fn into_body(self) -> JsonValue {
        JsonValue::Object(self.members)
    }

    /// The body as a JSON text.
    pub fn to_json(&self) -> String {
        self.body().to_json()
    }

    /// Doubts that do not stop the request.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The member of that name.
    pub fn get(&self, name: &str) -> Option<&JsonValue> {
        place_of(name, &self.members).map(|place| &self.members[place].1)
    }

    /// The id under which the API keeps this call's answer and charges it once.
    pub fn request_id(&self) -> Option<&str> {
        self.get("requestId").and_then(JsonValue::as_str)
    }

    /// The conversation that this continues.
    pub fn chat_id(&self) -> Option<&str> {
        self.get("chatId").and_then(JsonValue::as_str)
    }

    /// Whether the answer is to come as an event stream.
    pub fn streams(&self) -> bool {
        is_set(&self.members, "stream")
    }

    /// Whether the answer is to be fetched later.
    pub fn is_background(&self) -> bool {
        is_set(&self.members, "background")
    }

    /// The same request with the member set to another text. The Worker prefixes ids with their caller this way; the
    /// text is not checked again.
    pub fn with_text(mut self, name: &str, text: &str) -> Self {
        match place_of(name, &self.members) {
            Some(place) => self.members[place].1 = JsonValue::from(text),
            None => self.members.push((name.to_owned(), JsonValue::from(text))),
        }
        self
    }

    fn knows(&self, name: &str) -> bool {
        let is_alias = self.endpoint == Endpoint::PredictionMarketAsk && name == form::ONLY_RESULT;
        is_alias || self.endpoint.fields().iter().any(|field| field.name == name)
    }

    /// The same request with fields that this version does not know; a field that it knows is a violation. Of a name that
    /// is given twice, here or in an earlier call, the last counts.
    pub fn with_extra(mut self, extra: JsonValue) -> Result<Self> {
        let subject = self.endpoint.subject();
        let JsonValue::Object(mut extra) = extra else {
            let message = filled("must be an object, not {}", &[extra.describe()]);
            return Err(Error::invalid_field(subject, "extraBody", &message));
        };
        let mut violations = Vec::new();
        for (name, value) in &extra {
            let message = if self.knows(name) {
                "is a known field: set it in the request itself"
            } else if chat::ALONE.contains(&name.as_str()) {
                "is for chats alone"
            } else if !value.has_json() {
                "holds NaN or Infinity, for which JSON has no form"
            } else {
                continue;
            };
            violations.push(Violation::new(filled("extraBody.{}", &[name]), message));
        }
        if !violations.is_empty() {
            return Err(Error::invalid(subject, violations));
        }
        self.members.append(&mut extra);
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{ChatRequest, Delivery, JsonValue, PredictionRequest, Request as _, Result, ValidRequest};

    const BODY: &str = r#"{"mode":"fast","stream":false,"message":{"role":"user","content":"Hi"}"#;

    fn chat() -> Result<ValidRequest> {
        ChatRequest::ask("Hi").validate(Delivery::Whole)
    }

    fn object(members: &[(&str, JsonValue)]) -> JsonValue {
        JsonValue::Object(members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    #[test]
    fn of_an_extra_field_that_is_given_twice_the_last_counts() -> Result<()> {
        let (one, two) = (JsonValue::from(1.0), JsonValue::from(2.0));
        let inner = object(&[("b", one.clone()), ("b", two.clone())]);
        let twice =
            chat()?.with_extra(object(&[("a", one.clone()), ("c", JsonValue::Array(vec![inner])), ("a", two)]))?;
        assert_eq!(twice.to_json(), [BODY, r#","c":[{"b":2}],"a":2}"#].concat());
        let again = twice.with_extra(object(&[("a", one)]))?;
        assert_eq!(again.to_json(), [BODY, r#","c":[{"b":2}],"a":1}"#].concat());
        assert_eq!((again.get("a"), again.body().get("a")), (Some(&JsonValue::from(1.0)), Some(&JsonValue::from(1.0))));
        Ok(())
    }

    #[test]
    fn the_clients_own_spelling_of_a_field_is_no_extra_one_of_its_request() -> Result<()> {
        let extra = || object(&[("onlyResult", JsonValue::Boolean(true))]);
        let prediction = PredictionRequest::new("https://polymarket.com/event/x").validate(Delivery::Whole)?;
        let error = prediction.with_extra(extra()).expect_err("a known field");
        assert_eq!(
            error.message(),
            "Invalid prediction request: extraBody.onlyResult is a known field: set it in the request itself. Nothing \
             was sent."
        );
        assert_eq!(chat()?.with_extra(extra())?.to_json(), [BODY, r#","onlyResult":true}"#].concat());
        Ok(())
    }

    #[test]
    fn a_field_that_the_request_has_is_refused_behind_extra_ones_too() -> Result<()> {
        let extra = object(&[("a", JsonValue::Null), ("mode", JsonValue::Null)]);
        let once = chat()?.with_extra(object(&[("a", JsonValue::Null)]))?;
        let error = once.with_extra(extra).expect_err("a known field");
        assert_eq!(
            error.message(),
            "Invalid chat request: extraBody.mode is a known field: set it in the request itself. Nothing was sent."
        );
        Ok(())
    }
}
