//! The batch says in flat memory what the decoder says event by event.

use minara::Code;
use minara::sse::{Announced, Batch, Decoder, OtherText};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::OwnedEvent;
use crate::interpret::interpret;
use crate::oracle::stream;

/// What a binding keeps from batch to batch.
struct Unpacker {
    event: String,
    id: String,
}

impl Unpacker {
    fn new() -> Self {
        Self { event: "message".to_owned(), id: String::new() }
    }

    fn unpack(&mut self, batch: &Batch) -> Vec<OwnedEvent> {
        let other: Vec<u16> = if batch.utf16().is_empty() {
            std::str::from_utf8(batch.utf8()).unwrap().encode_utf16().collect()
        } else {
            batch.utf16().to_vec()
        };
        let mut entries = batch.table().iter();
        let (mut ascii_at, mut other_at, mut long_at) = (0, 0, 0);
        let mut take_other = |end: usize| {
            let piece = String::from_utf16(&other[other_at..end]).unwrap();
            other_at = end;
            piece
        };
        let mut events = Vec::new();
        while let Some(entry) = entries.next() {
            let end = (entry >> 4) as usize;
            let data = if entry & 1 != 0 {
                take_other(end)
            } else if entry & 8 != 0 {
                let piece = &batch.long()[long_at..end];
                long_at = end;
                String::from_utf8_lossy(piece).into_owned()
            } else {
                let piece = &batch.ascii()[ascii_at..end];
                ascii_at = end;
                String::from_utf8(piece.to_vec()).unwrap()
            };
            if entry & 2 != 0 {
                self.event = take_other((entries.next().unwrap() >> 4) as usize);
            }
            if entry & 4 != 0 {
                self.id = take_other((entries.next().unwrap() >> 4) as usize);
            }
            events.push(OwnedEvent::new(&self.event, &data, &self.id));
        }
        assert_eq!(events.len(), batch.events());
        events
    }
}

fn read(encoding: OtherText, input: &[u8], size: usize) -> Vec<OwnedEvent> {
    let mut decoder = Decoder::new();
    let mut batch = Batch::new(encoding);
    let mut announced = Announced::default();
    let mut unpacker = Unpacker::new();
    let mut events = Vec::new();
    for chunk in input.chunks(size) {
        decoder.push_batch(chunk, &mut batch, &mut announced).unwrap();
        events.extend(unpacker.unpack(&batch));
    }
    events
}

#[test]
fn ascii_other_and_long_text_are_in_runs_of_their_own() {
    let long = "é".repeat(2048);
    let stream = format!("data: a\n\nid: 1\nevent: x\ndata: é🚀\n\ndata: b\n\ndata: {long}\n\n");
    let others = "é🚀x1message";
    // Only hosts that decode UTF-8 are given long text as it came.
    for (encoding, utf8, utf16, long_run, last) in [
        (OtherText::Utf8, others.as_bytes().to_vec(), Vec::new(), long.as_bytes(), (4096, 8)),
        (OtherText::Utf16, Vec::new(), format!("{others}{long}").encode_utf16().collect(), &[][..], (12 + 2048, 1)),
    ] {
        let mut batch = Batch::new(encoding);
        Decoder::new().push_batch(stream.as_bytes(), &mut batch, &mut Announced::default()).unwrap();
        assert_eq!(batch.events(), 4);
        assert_eq!(batch.ascii(), b"ab");
        assert_eq!((batch.utf8(), batch.utf16()), (&utf8[..], &utf16[..]));
        assert_eq!(batch.long(), long_run);
        let entry = |end: u32, flags: u32| end * 16 + flags;
        let firsts = [entry(1, 0), entry(3, 1 + 2 + 4), entry(4, 0), entry(5, 0), entry(2, 2), entry(12, 0)];
        assert_eq!(batch.table(), [&firsts[..], &[entry(last.0, last.1)]].concat());
    }
}

#[test]
fn a_batch_holds_the_events_before_an_error_and_is_emptied_by_the_next_push() {
    let mut decoder = Decoder::with_max_event_bytes(4);
    let mut batch = Batch::new(OtherText::Utf8);
    let mut announced = Announced::default();
    let error = decoder.push_batch(b"data: ok\n\ndata: 12345\n\n", &mut batch, &mut announced).unwrap_err();
    assert_eq!((error.code(), batch.events(), batch.ascii()), (Code::EventTooLarge, 1, &b"ok"[..]));
    decoder.push_batch(b"data: 1\n\n", &mut batch, &mut announced).unwrap_err();
    assert_eq!((batch.events(), batch.ascii(), batch.table()), (0, &b""[..], &[][..]));
}

#[test]
fn one_batch_serves_two_streams_in_turn() {
    let mut batch = Batch::new(OtherText::Utf8);
    let mut streams = [
        (Decoder::new(), Announced::default(), Unpacker::new()),
        (Decoder::new(), Announced::default(), Unpacker::new()),
    ];
    for (stream, chunk, expected) in [
        (0, "event: a\nid: 1\ndata: 1\n\n", OwnedEvent::new("a", "1", "1")),
        (1, "data: 2\n\n", OwnedEvent::new("message", "2", "")),
        (0, "event: a\ndata: 3\n\n", OwnedEvent::new("a", "3", "1")),
        (1, "event: b\ndata: 4\n\n", OwnedEvent::new("b", "4", "")),
    ] {
        let (decoder, announced, unpacker) = &mut streams[stream];
        decoder.push_batch(chunk.as_bytes(), &mut batch, announced).unwrap();
        assert_eq!(unpacker.unpack(&batch), [expected]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_batch_unpacks_to_what_the_standard_says(input in stream(), size in 1_usize..100) {
        let expected = interpret(&input).events;
        for encoding in [OtherText::Utf8, OtherText::Utf16] {
            prop_assert_eq!(read(encoding, &input, size), expected.clone());
        }
    }

    #[test]
    fn long_data_in_a_batch_is_what_the_standard_says(piece in vec(any::<u8>(), 1..6), size in 100_usize..9000) {
        let data = piece.repeat(2000);
        let input = [b"data: ", &data[..], b"\n\ndata: next\n\n"].concat();
        let expected = interpret(&input).events;
        for encoding in [OtherText::Utf8, OtherText::Utf16] {
            prop_assert_eq!(read(encoding, &input, size), expected.clone());
        }
    }
}
