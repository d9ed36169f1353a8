//! The forms in which a request may come, brought to the wire form that the table describes.

use super::endpoint::Endpoint;
use super::input::Input;
use super::rules::Report;
use crate::wording::filled;

/// How the answer of a chat is wanted.
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

/// Members in the wire's spelling, and how the caller spelled those that differ.
pub(super) struct Spelled {
    pub members: Vec<(String, Input)>,
    pub aliases: Aliases,
}

/// Pairs of a wire path and the path that the caller wrote.
#[derive(Default)]
pub(super) struct Aliases(Vec<(&'static str, &'static str)>);

impl Aliases {
    /// Replaces a wire path by the caller's.
    pub(super) fn respell(&self, path: &mut String) {
        if let Some((_, written)) = self.0.iter().find(|(wire, _)| wire == path) {
            (*written).clone_into(path);
        }
    }
}

pub(super) fn to_wire(endpoint: Endpoint, form: Form, members: Vec<(String, Input)>, report: &mut Report) -> Spelled {
    let mut spelled = Spelled { members, aliases: Aliases::default() };
    let Form::Client(delivery) = form else { return spelled };
    match endpoint {
        Endpoint::Chat => {
            spelled.default_mode();
            spelled.wrap_message();
            spelled.settle("stream", delivery == Delivery::Stream, true, report);
            spelled.settle("background", delivery == Delivery::Background, delivery == Delivery::Background, report);
        }
        Endpoint::PredictionMarketAsk => {
            spelled.default_mode();
            spelled.rename("onlyResult", "only_result", report);
        }
        Endpoint::IntentToSwap | Endpoint::PerpTradingSuggestion => {}
    }
    spelled
}

impl Spelled {
    fn position(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|(key, _)| key == name)
    }

    fn default_mode(&mut self) {
        if self.position("mode").is_none() {
            self.members.push(("mode".to_owned(), Input::from("fast")));
        }
    }

    /// `message: "…"` becomes `message: { role: "user", content: "…" }`.
    fn wrap_message(&mut self) {
        let position = self.position("message");
        let content = match position.map(|index| &self.members[index].1) {
            Some(Input::Object(_)) => return,
            Some(content) => vec![("content".to_owned(), content.clone())],
            None => Vec::new(),
        };
        let mut message = vec![("role".to_owned(), Input::from("user"))];
        message.extend(content);
        let member = ("message".to_owned(), Input::Object(message));
        match position {
            Some(index) => self.members[index] = member,
            None => self.members.push(member),
        }
        self.aliases.0.push(("message.content", "message"));
    }

    /// A flag that follows from the method called: what the caller wrote must fit it.
    fn settle(&mut self, name: &'static str, wanted: bool, always_sent: bool, report: &mut Report) {
        match self.position(name) {
            Some(index) if self.members[index].1.as_flag() == Some(!wanted) => {
                let method = match (name, wanted) {
                    ("stream", true) => "chat",
                    ("stream", false) => "chatStream",
                    (_, true) => "chat or chatStream",
                    (_, false) => "chatBackground",
                };
                report.violate(
                    name,
                    filled(
                        "is {}, which does not fit this method: call {}",
                        &[if wanted { "false" } else { "true" }, method],
                    ),
                );
                // As the method wants it, so that no rule about the two flags together complains once more.
                self.members[index].1 = Input::Flag(wanted);
            }
            None if always_sent => self.members.push((name.to_owned(), Input::Flag(wanted))),
            _ => {}
        }
    }

    fn rename(&mut self, written: &'static str, wire: &'static str, report: &mut Report) {
        let Some(index) = self.position(written) else { return };
        if self.position(wire).is_some() {
            report.violate(written, filled("is given twice, as {} and as {}: give it once", &[written, wire]));
            self.members.remove(index);
            return;
        }
        wire.clone_into(&mut self.members[index].0);
        self.aliases.0.push((wire, written));
    }
}
