//! The event stream decoder and encoder: the shared vectors, an oracle written from the standard, the size limit.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod batch;
mod decoder;
mod encoder;
mod fuzz_corpus;
mod interpret;
mod oracle;
mod vectors;

use minara::Error;
use minara::sse::Decoder;

pub(crate) use interpret::{OwnedEvent, Reading};

/// Reads the chunks to the end or to the first error.
pub(crate) fn read<'a>(decoder: &mut Decoder, chunks: impl IntoIterator<Item = &'a [u8]>) -> Reading {
    let mut events = Vec::new();
    let pushed: Result<(), Error> = chunks.into_iter().try_for_each(|chunk| {
        decoder.push(chunk, |event| events.push(OwnedEvent::new(event.event, event.data, event.id)))
    });
    let ends = pushed.and_then(|()| decoder.finish()).err().map(|error| error.code());
    Reading { events, retry: decoder.retry(), last_event_id: decoder.last_event_id().to_owned(), ends }
}

/// The input in pieces that end at those places.
pub(crate) fn split<'a>(input: &'a [u8], places: &[usize]) -> Vec<&'a [u8]> {
    let mut places: Vec<_> = places.iter().map(|place| place % (input.len() + 1)).collect();
    places.sort_unstable();
    let starts = core::iter::once(0).chain(places.iter().copied());
    let ends = places.iter().copied().chain(core::iter::once(input.len()));
    starts.zip(ends).map(|(start, end)| &input[start..end]).collect()
}
