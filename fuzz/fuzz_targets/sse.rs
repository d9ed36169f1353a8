//! The decoder against the standard's own steps, and against itself in one chunk. The first byte is the chunk size.
#![no_main]

use libfuzzer_sys::fuzz_target;
use minara::sse::Decoder;

#[path = "../../tests/sse/interpret.rs"]
mod interpret;

use interpret::{OwnedEvent, Reading, interpret};

fuzz_target!(|seed: &[u8]| {
    let Some((size, input)) = seed.split_first() else { return };
    let size = usize::from(*size).max(1);
    let reading = read(&mut Decoder::new(), input, size);
    let expected = interpret(input);
    assert_eq!(reading.events, expected.events);
    assert_eq!((reading.retry, reading.last_event_id), (expected.retry, expected.last_event_id));

    let limit = input.len() / 3;
    let parts = read(&mut Decoder::with_max_event_bytes(limit), input, size);
    assert_eq!(parts, read(&mut Decoder::with_max_event_bytes(limit), input, input.len().max(1)));
});

fn read(decoder: &mut Decoder, input: &[u8], size: usize) -> Reading {
    let mut events = Vec::new();
    let pushed = input.chunks(size).try_for_each(|chunk| {
        decoder.push(chunk, |event| events.push(OwnedEvent::new(event.event, event.data, event.id)))
    });
    let ends = pushed.and_then(|()| decoder.finish()).err().map(|error| error.code());
    Reading { events, retry: decoder.retry(), last_event_id: decoder.last_event_id().to_owned(), ends }
}
