//! The shared vectors, whole, split in two at every place, and byte by byte.

use minara::Code;
use minara::sse::{DEFAULT_MAX_EVENT_BYTES, Decoder};
use serde_json::Value;

use crate::{OwnedEvent, Reading, read};

struct Case {
    name: String,
    input: Vec<u8>,
    max_event_bytes: usize,
    events: Vec<OwnedEvent>,
    retry: Option<u64>,
    last_event_id: Option<String>,
    ends: Option<Code>,
}

impl Case {
    fn from_json(json: &Value) -> Self {
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        let event = |event: &Value| {
            OwnedEvent::new(
                event["event"].as_str().unwrap(),
                event["data"].as_str().unwrap(),
                event["id"].as_str().unwrap(),
            )
        };
        Self {
            name: text("name").unwrap(),
            input: text("input").map_or_else(|| from_hex(json["inputHex"].as_str().unwrap()), String::into_bytes),
            max_event_bytes: json["maxEventBytes"]
                .as_u64()
                .map_or(DEFAULT_MAX_EVENT_BYTES, |most| usize::try_from(most).unwrap()),
            events: json["events"].as_array().unwrap().iter().map(event).collect(),
            retry: json["retry"].as_u64(),
            last_event_id: text("lastEventId"),
            ends: json["ends"].as_str().map(|name| Code::from_name(name).unwrap()),
        }
    }

    fn check(&self, how: &str, reading: &Reading) {
        let Self { name, .. } = self;
        assert_eq!(reading.events, self.events, "{name}, {how}");
        assert_eq!(reading.ends, self.ends, "{name}, {how}");
        if self.retry.is_some() {
            assert_eq!(reading.retry, self.retry, "{name}, {how}");
        }
        if let Some(id) = &self.last_event_id {
            assert_eq!(reading.last_event_id, *id, "{name}, {how}");
        }
    }
}

fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn cases() -> Vec<Case> {
    let file: Value = serde_json::from_str(include_str!("../vectors/sse.json")).unwrap();
    let cases: Vec<_> = file["cases"].as_array().unwrap().iter().map(Case::from_json).collect();
    assert!(cases.len() > 100, "the vectors were read");
    cases
}

#[test]
fn every_rule_holds_for_the_whole_input() {
    for case in cases() {
        let mut decoder = Decoder::with_max_event_bytes(case.max_event_bytes);
        case.check("whole", &read(&mut decoder, [&case.input[..]]));
    }
}

#[test]
fn every_rule_holds_for_the_input_split_at_every_place() {
    for case in cases() {
        for place in 0..=case.input.len() {
            let mut decoder = Decoder::with_max_event_bytes(case.max_event_bytes);
            let (head, tail) = case.input.split_at(place);
            case.check(&format!("split at {place}"), &read(&mut decoder, [head, &[], tail]));
        }
    }
}

#[test]
fn every_rule_holds_for_the_input_byte_by_byte() {
    for case in cases() {
        let mut decoder = Decoder::with_max_event_bytes(case.max_event_bytes);
        case.check("byte by byte", &read(&mut decoder, case.input.chunks(1)));
    }
}

#[test]
fn a_reset_decoder_is_as_new_after_every_rule() {
    let mut decoder = Decoder::new();
    for case in cases().iter().filter(|case| case.max_event_bytes == DEFAULT_MAX_EVENT_BYTES) {
        read(&mut decoder, [&case.input[..case.input.len() / 2]]);
        decoder.reset();
        case.check("after a reset", &read(&mut decoder, [&case.input[..]]));
        decoder.reset();
    }
}
