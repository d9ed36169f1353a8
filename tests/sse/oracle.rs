//! The standard's algorithm in its own words, slow and plain, and the decoder held against it.

use minara::sse::Decoder;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::{OwnedEvent, Reading, read, split};

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

/// Bytes that look like an event stream more often than not.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![&b"data"[..], b"data:", b"data: ", b"event: ", b"id: ", b"retry: ", b":"])
            .prop_map(<[u8]>::to_vec),
        4 => prop::sample::select(vec![&b"\n"[..], b"\r", b"\r\n", b"\n\n", b"\r\r", b"\r\n\r\n"])
            .prop_map(<[u8]>::to_vec),
        2 => "[a-z0-9 ]{0,12}".prop_map(String::into_bytes),
        1 => prop::sample::select(vec![&b"\xEF\xBB\xBF"[..], b"\0", b"\xF0\x9F\x9A\x80", b"\xE2\x82", b"\xFF", b"123"])
            .prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 0..6),
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn every_stream_in_any_chunks_is_read_as_the_standard_says(
        input in stream(),
        places in vec(any::<usize>(), 0..8),
    ) {
        let expected = interpret(&input);
        let read = read(&mut Decoder::new(), split(&input, &places));
        prop_assert_eq!(&read.events, &expected.events);
        prop_assert_eq!(read.retry, expected.retry);
        prop_assert_eq!(read.last_event_id, expected.last_event_id);
    }

    #[test]
    fn how_a_stream_is_cut_into_chunks_never_matters_even_at_the_limit(
        input in stream(),
        places in vec(any::<usize>(), 0..8),
        most in 0_usize..40,
    ) {
        let whole = read(&mut Decoder::with_max_event_bytes(most), [&input[..]]);
        let parts = read(&mut Decoder::with_max_event_bytes(most), split(&input, &places));
        prop_assert_eq!(parts, whole);
    }
}
