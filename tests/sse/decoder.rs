//! What the vectors cannot say: early stop, errors that last, memory and time.

use core::ops::ControlFlow;

use minara::Code;
use minara::sse::{DEFAULT_MAX_EVENT_BYTES, Decoder, Event, RawEvent};

use crate::{OwnedEvent, read};

#[test]
fn the_limit_is_1_mib_unless_told_otherwise() {
    assert_eq!(DEFAULT_MAX_EVENT_BYTES, 1_048_576);
    assert_eq!(Decoder::new().max_event_bytes(), 1_048_576);
    assert_eq!(Decoder::default().max_event_bytes(), 1_048_576);
    assert_eq!(Decoder::with_max_event_bytes(10).max_event_bytes(), 10);
}

#[test]
fn an_event_that_lies_whole_in_a_chunk_is_borrowed_from_it() {
    let chunk = b"data: first\n\nevent: x\ndata: second\n\n";
    let mut borrowed = Vec::new();
    Decoder::new().push(chunk, |event| borrowed.push(chunk.as_ptr_range().contains(&event.data.as_ptr()))).unwrap();
    assert_eq!(borrowed, [true, true]);
}

#[test]
fn a_sink_that_breaks_off_leaves_the_rest_of_the_chunk_unread() {
    let chunk = b"data: 1\n\ndata: 2\r\n\r\ndata: 3\r\r";
    let mut decoder = Decoder::new();
    let mut seen = Vec::new();
    let mut take_one = |chunk: &[u8]| {
        let mut sink = |event: RawEvent<'_>| {
            seen.push(event.text().into_owned());
            ControlFlow::Break(())
        };
        decoder.push_raw(chunk, &mut sink).unwrap()
    };
    let first = take_one(chunk);
    let second = first + take_one(&chunk[first..]);
    let third = second + take_one(&chunk[second..]);
    assert_eq!([first, second, third], [9, 20, 29]);
    assert_eq!(take_one(b"\ndata: 4\n\n"), 10, "the LF belongs to the CR before it");
    assert_eq!(seen, ["1", "2", "3", "4"]);
}

#[test]
fn raw_data_is_given_as_it_was_received() {
    let mut seen = Vec::new();
    let sink = |event: RawEvent<'_>| {
        seen.push((event.event.to_owned(), event.data.to_vec(), event.id.to_owned(), event.text().into_owned()));
        ControlFlow::Continue(())
    };
    let read = Decoder::new().push_raw(b"id: 7\ndata: a\xFF\n\n", sink).unwrap();
    assert_eq!(read, 16);
    assert_eq!(seen, [("message".to_owned(), b"a\xFF".to_vec(), "7".to_owned(), "a\u{FFFD}".to_owned())]);
}

#[test]
fn an_error_lasts_until_a_reset() {
    let mut decoder = Decoder::with_max_event_bytes(4);
    let none = |event: Event<'_>| panic!("{event:?} was not expected");
    let message = "An event of the stream is larger than the limit of 4 bytes. Raise `maxEventBytes` if such events are \
                   expected.";
    for attempt in [decoder.push(b"data: 12345", none), decoder.push(b"data: 1\n\n", none), decoder.finish()] {
        let error = attempt.unwrap_err();
        assert_eq!((error.code(), error.message()), (Code::EventTooLarge, message));
    }
    assert!(!decoder.is_between_events());
    decoder.reset();
    assert!(decoder.is_between_events());
    assert_eq!(read(&mut decoder, [&b"data: 1\n\n"[..]]).events, [OwnedEvent::new("message", "1", "")]);
}

#[test]
fn an_end_within_an_event_says_what_is_missing() {
    let mut decoder = Decoder::new();
    decoder.push(b"data: 1", |_| ()).unwrap();
    let error = decoder.finish().unwrap_err();
    assert_eq!(error.code(), Code::StreamTruncated);
    assert_eq!(error.message(), "The event stream ended within an event: the blank line that completes it never came.");
}

#[test]
fn the_decoder_knows_when_it_is_between_events() {
    let mut decoder = Decoder::new();
    assert!(decoder.is_between_events());
    for (chunk, between) in [
        (&b"data: 1\n"[..], false),
        (b"\n", true),
        (b"\r", false),
        (b"\n", true),
        (b"event: a\n", false),
        (b"\n", true),
        (b"id: 1\n", false),
        (b"\n", true),
        (b"id", false),
        (b"\n", false),
        (b"\n", true),
        (b": comment", false),
        (b"\n", true),
    ] {
        decoder.push(chunk, |_| ()).unwrap();
        assert_eq!(decoder.is_between_events(), between, "after {:?}", String::from_utf8_lossy(chunk));
    }
}

#[test]
fn a_retry_beyond_64_bits_counts_as_the_largest() {
    let mut decoder = Decoder::new();
    decoder.push(b"retry: 18446744073709551615\n", |_| ()).unwrap();
    assert_eq!(decoder.retry(), Some(u64::MAX));
    decoder.push(b"retry: 99999999999999999999999\n", |_| ()).unwrap();
    assert_eq!(decoder.retry(), Some(u64::MAX));
}

/// Quadratic work on 64 MiB would take hours, not the second that this takes.
#[test]
fn a_line_of_64_mib_in_chunks_of_16_bytes_is_read_in_linear_time() {
    const SIZE: usize = 64 * 1024 * 1024;
    let mut decoder = Decoder::with_max_event_bytes(SIZE);
    decoder.push(b"data:", |_| ()).unwrap();
    for _ in 0..SIZE / 16 {
        decoder.push(b"0123456789abcdef", |_| ()).unwrap();
    }
    let mut lengths = Vec::new();
    decoder.push(b"\n\n", |event| lengths.push(event.data.len())).unwrap();
    assert_eq!(lengths, [SIZE]);
}

#[test]
fn a_comment_of_64_mib_is_read_within_the_smallest_limit() {
    let mut decoder = Decoder::with_max_event_bytes(1);
    let chunk = vec![b':'; 64 * 1024];
    for _ in 0..1024 {
        decoder.push(&chunk, |_| ()).unwrap();
    }
    assert_eq!(read(&mut decoder, [&b"\ndata: 1\n\n"[..]]).events, [OwnedEvent::new("message", "1", "")]);
}
