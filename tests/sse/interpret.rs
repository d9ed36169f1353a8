//! The standard's algorithm in its own words, slow and plain: what the decoder is held against, here and by the fuzzer.

use minara::Code;

/// An event that outlives its chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnedEvent {
    pub(crate) event: String,
    pub(crate) data: String,
    pub(crate) id: String,
}

impl OwnedEvent {
    pub(crate) fn new(event: &str, data: &str, id: &str) -> Self {
        Self { event: event.to_owned(), data: data.to_owned(), id: id.to_owned() }
    }
}

/// All that a stream comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) events: Vec<OwnedEvent>,
    pub(crate) retry: Option<u64>,
    pub(crate) last_event_id: String,
    /// How pushing and finishing failed, if it did.
    pub(crate) ends: Option<Code>,
}

/// "Event stream interpretation", step by step, on the whole input.
pub(crate) fn interpret(input: &[u8]) -> Reading {
    let text = String::from_utf8_lossy(input);
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let mut reading = Reading { events: Vec::new(), retry: None, last_event_id: String::new(), ends: None };
    let (mut data, mut event_type, mut id_buffer) = (String::new(), String::new(), String::new());
    for line in whole_lines(text) {
        if line.is_empty() {
            reading.last_event_id.clone_from(&id_buffer);
            if data.is_empty() {
                event_type.clear();
                continue;
            }
            data.pop();
            let event = if event_type.is_empty() { "message" } else { &event_type };
            reading.events.push(OwnedEvent::new(event, &data, &reading.last_event_id));
            data.clear();
            event_type.clear();
            continue;
        }
        if line.starts_with(':') {
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut event_type),
            "data" => data.extend([value, "\n"]),
            "id" if !value.contains('\0') => value.clone_into(&mut id_buffer),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                reading.retry = Some(value.parse().unwrap_or(u64::MAX));
            }
            _ => {}
        }
    }
    reading
}

/// The lines that have an end.
fn whole_lines(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' | '\n' => {
                if character == '\r' {
                    characters.next_if_eq(&'\n');
                }
                lines.push(String::new());
            }
            other => lines.last_mut().unwrap().push(other),
        }
    }
    lines.pop();
    lines
}
