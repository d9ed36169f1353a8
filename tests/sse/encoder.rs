//! The encoder, and that the decoder reads back what it wrote.

use minara::sse::{Decoder, Frame, encode, encode_comment};
use proptest::prelude::*;

use crate::{OwnedEvent, read};

fn encoded(frame: &Frame<'_>) -> String {
    let mut out = Vec::new();
    encode(frame, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_frame_is_written_as_one_block_of_lines() {
    let data = Frame { data: Some("a"), ..Frame::default() };
    let table = [
        (Frame::default(), ""),
        (data, "data: a\n\n"),
        (Frame { data: Some(""), ..data }, "data: \n\n"),
        (Frame { data: Some(" a "), ..data }, "data:  a \n\n"),
        (Frame { data: Some("a\nb\rc\r\nd\n"), ..data }, "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"),
        (Frame { event: Some("price"), ..data }, "event: price\ndata: a\n\n"),
        (Frame { event: Some(""), ..data }, "data: a\n\n"),
        (Frame { id: Some("7"), ..data }, "id: 7\ndata: a\n\n"),
        (Frame { id: Some(""), ..data }, "id: \ndata: a\n\n"),
        (Frame { retry: Some(1500), ..Frame::default() }, "retry: 1500\n\n"),
        (
            Frame { event: Some("e"), data: Some("d"), id: Some("i"), retry: Some(0) },
            "event: e\nid: i\nretry: 0\ndata: d\n\n",
        ),
    ];
    for (frame, expected) in table {
        assert_eq!(encoded(&frame), expected, "{frame:?}");
    }
}

#[test]
fn what_would_forge_a_line_or_be_ignored_is_refused_and_nothing_is_written() {
    let frame = |event, id| Frame { event: Some(event), id: Some(id), ..Frame::default() };
    let event = "Invalid event stream frame: event must not contain CR or LF. Nothing was sent.";
    let id = "Invalid event stream frame: id must not contain CR, LF or NUL. Nothing was sent.";
    let both = "Invalid event stream frame: event must not contain CR or LF; id must not contain CR, LF or NUL. Nothing \
                was sent.";
    for (frame, message) in [
        (frame("a\n", ""), event),
        (frame("\ra", ""), event),
        (frame("", "1\n2"), id),
        (frame("", "1\r"), id),
        (frame("", "\0"), id),
        (frame("a\r\nb", "\n"), both),
    ] {
        let mut out = b"kept".to_vec();
        assert_eq!(encode(&frame, &mut out).unwrap_err().message(), message, "{frame:?}");
        assert_eq!(out, b"kept");
    }
}

#[test]
fn a_comment_is_written_so_that_it_stays_one() {
    for (text, expected) in [("", ": \n\n"), ("ping", ": ping\n\n"), ("a\ndata: b", ": a\n: data: b\n\n")] {
        let mut out = Vec::new();
        encode_comment(text, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

proptest! {
    #[test]
    fn the_decoder_reads_back_what_the_encoder_wrote(
        event in "[^\r\n]{0,8}",
        data in "(.|[\r\n:\u{FEFF} ]){0,24}",
        id in "[^\r\n\0]{0,8}",
        retry in any::<u64>(),
    ) {
        let mut out = Vec::new();
        encode_comment(&data, &mut out);
        encode(&Frame { event: Some(&event), data: Some(&data), id: Some(&id), retry: Some(retry) }, &mut out).unwrap();
        let reading = read(&mut Decoder::new(), [&out[..]]);
        let event = if event.is_empty() { "message" } else { &event };
        let data = data.replace("\r\n", "\n").replace('\r', "\n");
        prop_assert_eq!(reading.events, [OwnedEvent::new(event, &data, &id)]);
        prop_assert_eq!(reading.retry, Some(retry));
        prop_assert_eq!(reading.ends, None);
    }
}
