//! The decoder held against the standard's own steps on generated streams.

use minara::sse::Decoder;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::interpret::interpret;
use crate::{read, split};

/// Bytes that look like an event stream more often than not.
pub(crate) fn stream() -> impl Strategy<Value = Vec<u8>> {
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
