//! The forms in which a request may come, brought to the wire form that the table describes.

use core::mem::replace;

use super::chat::Mode;
use super::endpoint::Endpoint;
use super::json_value::{JsonValue, place_of};
use super::rules::Report;
use crate::wording::filled;

/// How the answer of a chat is wanted. The other calls have one way only, whatever is said here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Delivery {
    /// One JSON answer.
    #[default]
    Whole,
    /// An event stream.
    Stream,
    /// A job whose answer is fetched later.
    Background,
}

/// The form in which a request comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The API's own, strictly: required fields required.
    Wire,
    /// The client's: `message` may be a string, `mode` is `fast` where missing, `stream` and `background` follow from
    /// the method called, `onlyResult` may be written in camel case.
    Client(Delivery),
}

/// How a client may spell `only_result`.
pub(super) const ONLY_RESULT: &str = "onlyResult";

pub(super) fn to_wire(
    endpoint: Endpoint,
    form: Form,
    members: Vec<(String, JsonValue)>,
    report: &mut Report,
) -> Vec<(String, JsonValue)> {
    let mut plain = Plain { members, report };
    let Form::Client(delivery) = form else { return plain.members };
    match endpoint {
        Endpoint::Chat => {
            plain.default_mode();
            plain.wrap_message();
            let streams = delivery == Delivery::Stream;
            plain.settle("stream", streams, if streams { "chat" } else { "chatStream" });
            let is_later = delivery == Delivery::Background;
            plain.settle("background", is_later, if is_later { "chat or chatStream" } else { "chatBackground" });
        }
        Endpoint::PredictionMarketAsk => {
            plain.default_mode();
            plain.rename(ONLY_RESULT, "only_result");
        }
        Endpoint::IntentToSwap | Endpoint::PerpTradingSuggestion => {}
    }
    plain.members
}

/// Members in the client's form, on their way to the wire's.
struct Plain<'a> {
    members: Vec<(String, JsonValue)>,
    report: &'a mut Report,
}

impl Plain<'_> {
    fn position(&self, name: &str) -> Option<usize> {
        place_of(name, &self.members)
    }

    fn find(&mut self, name: &str) -> Option<&mut JsonValue> {
        let index = self.position(name)?;
        Some(&mut self.members[index].1)
    }

    fn push(&mut self, name: &str, value: JsonValue) {
        self.members.push((name.to_owned(), value));
    }

    fn default_mode(&mut self) {
        if self.position("mode").is_none() {
            self.push("mode", JsonValue::from(Mode::default().as_str()));
        }
    }

    /// `message: "…"` becomes `message: { role: "user", content: "…" }`.
    fn wrap_message(&mut self) {
        let mut message = vec![("role".to_owned(), JsonValue::from("user"))];
        match self.find("message") {
            Some(JsonValue::Object(_)) => return,
            Some(value) => {
                message.push(("content".to_owned(), replace(value, JsonValue::Null)));
                *value = JsonValue::Object(message);
            }
            None => self.push("message", JsonValue::Object(message)),
        }
        self.report.alias = ("message.content", "message");
    }

    /// A flag that follows from the method called: what the caller wrote must fit it; `method` is the one for the
    /// opposite. A background that is not wanted is not sent either.
    fn settle(&mut self, name: &'static str, wanted: bool, method: &str) {
        match self.find(name) {
            Some(value) if value.as_bool() == Some(!wanted) => {
                // As the method wants it, so that no rule about the two flags together complains once more.
                *value = JsonValue::Boolean(wanted);
                let written = if wanted { "false" } else { "true" };
                self.report.violate(name, filled("is {}, which does not fit this method: call {}", &[written, method]));
            }
            None if wanted || name == "stream" => self.push(name, JsonValue::Boolean(wanted)),
            _ => {}
        }
    }

    fn rename(&mut self, written: &'static str, wire: &'static str) {
        let Some(mut index) = self.position(written) else { return };
        match self.position(wire) {
            Some(other) => {
                self.report.violate(written, filled("is given twice, as {} and as {}: give it once", &[written, wire]));
                // The last counts: that shall be the one in the wire's spelling.
                if other < index {
                    self.members.swap(other, index);
                    index = other;
                }
            }
            None => self.report.alias = (wire, written),
        }
        wire.clone_into(&mut self.members[index].0);
    }
}

#[cfg(test)]
mod tests {
    use super::super::validate;
    use super::{Delivery, Endpoint, Form, JsonValue};

    /// What a plain chat sends that is given the flag twice, or the fields that break a rule.
    fn given_twice(name: &str, first: bool, second: bool) -> Result<String, Vec<String>> {
        let flag = |value: bool| (name.to_owned(), JsonValue::from(value));
        let input = JsonValue::Object(vec![("message".to_owned(), JsonValue::from("Hi")), flag(first), flag(second)]);
        match validate(Endpoint::Chat, Form::Client(Delivery::Whole), input) {
            Ok(valid) => Ok(valid.to_json()),
            Err(error) => Err(error.violations().iter().map(|found| found.field.clone()).collect()),
        }
    }

    #[test]
    fn of_a_flag_that_is_given_twice_the_last_must_fit_the_method() {
        for (name, rest) in [("stream", "}"), ("background", r#","background":false}"#)] {
            assert_eq!(given_twice(name, false, true), Err(vec![name.to_owned()]));
            let body = r#"{"mode":"fast","stream":false,"message":{"role":"user","content":"Hi"}"#;
            assert_eq!(given_twice(name, true, false), Ok([body, rest].concat()));
        }
    }
}
