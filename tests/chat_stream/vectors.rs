//! The shared vectors, whole, split in two at every place, and byte by byte.

use minara::Code;
use minara::chat_stream::{ChatOptions, Terminator};
use serde_json::Value;

use crate::{Reading, read};

struct Case {
    name: String,
    input: Vec<u8>,
    options: ChatOptions,
    expected: Reading,
    usage: Option<Value>,
}

impl Case {
    fn from_json(json: &Value) -> Self {
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        let error = |error: &Value| {
            let code = Code::from_name(error["code"].as_str()?).unwrap();
            Some((code, error["message"].as_str().unwrap().to_owned()))
        };
        let mut options = ChatOptions::default();
        if text("terminator").as_deref() == Some("optional") {
            options.terminator = Terminator::Optional;
        }
        if let Some(most) = json["maxEventBytes"].as_u64() {
            options.max_event_bytes = usize::try_from(most).unwrap();
        }
        Self {
            name: text("name").unwrap(),
            input: text("input").map_or_else(|| from_hex(json["inputHex"].as_str().unwrap()), String::into_bytes),
            options,
            expected: Reading {
                text: text("text").unwrap(),
                done: json["done"].as_bool().unwrap(),
                chat_id: text("chatId"),
                message_id: text("messageId"),
                finish_reason: text("finishReason"),
                usage: None,
                error: error(&json["error"]),
            },
            usage: json.get("usage").cloned(),
        }
    }

    fn check<'a>(&self, how: &str, chunks: impl IntoIterator<Item = &'a [u8]>) {
        let mut reading = read(self.options, chunks);
        let usage = reading.usage.take().map(|usage| serde_json::from_str::<Value>(&usage).unwrap());
        assert_eq!(reading, self.expected, "{}, {how}", self.name);
        assert_eq!(usage, self.usage, "{}, {how}", self.name);
    }
}

fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn cases() -> Vec<Case> {
    let file: Value = serde_json::from_str(include_str!("../vectors/chat.json")).unwrap();
    let cases: Vec<_> = file["cases"].as_array().unwrap().iter().map(Case::from_json).collect();
    assert!(cases.len() > 80, "the vectors were read");
    cases
}

#[test]
fn every_rule_holds_for_the_whole_input() {
    for case in cases() {
        case.check("whole", [&case.input[..]]);
    }
}

#[test]
fn every_rule_holds_for_the_input_split_at_every_place() {
    for case in cases() {
        for place in 0..=case.input.len() {
            let (head, tail) = case.input.split_at(place);
            case.check(&format!("split at {place}"), [head, tail]);
        }
    }
}

#[test]
fn every_rule_holds_for_the_input_byte_by_byte() {
    for case in cases() {
        case.check("byte by byte", case.input.chunks(1));
    }
}
