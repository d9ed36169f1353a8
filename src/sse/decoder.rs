//! The decoder, with this crate's errors.

use core::ops::ControlFlow;

use minara_stream::sse::{Announced, Batch, Event, RawEvent};

use crate::error::Result;

/// Decodes a stream of server-sent events from chunks of bytes that are split anywhere: a
/// [`minara_stream::sse::Decoder`], which says how, with this crate's errors.
#[derive(Debug, Clone, Default)]
pub struct Decoder(minara_stream::sse::Decoder);

impl Decoder {
    /// A decoder at the start of a stream, with the default limit.
    pub fn new() -> Self {
        Self::default()
    }

    /// A decoder that refuses an event whose data, type and id together are over so many bytes.
    pub fn with_max_event_bytes(max_event_bytes: usize) -> Self {
        Self(minara_stream::sse::Decoder::with_max_event_bytes(max_event_bytes))
    }

    /// Decodes the next chunk and hands each event that it completes to `sink`.
    ///
    /// # Errors
    /// `event_too_large`, after the events before it were handed over.
    pub fn push(&mut self, chunk: &[u8], sink: impl FnMut(Event<'_>)) -> Result<()> {
        Ok(self.0.push(chunk, sink)?)
    }

    /// Decodes the next chunk without decoding the data as UTF-8, until `sink` breaks off; see
    /// [`push_raw`](minara_stream::sse::Decoder::push_raw) for the number of bytes that it returns.
    ///
    /// # Errors
    /// `event_too_large`, after the events before it were handed over.
    pub fn push_raw(&mut self, chunk: &[u8], sink: impl FnMut(RawEvent<'_>) -> ControlFlow<()>) -> Result<usize> {
        Ok(self.0.push_raw(chunk, sink)?)
    }

    /// Decodes the next chunk into `batch`, which then holds the events that it completed. `announced` belongs to the
    /// stream; the batch can serve many.
    ///
    /// # Errors
    /// `event_too_large`; the batch holds the events before it.
    pub fn push_batch(&mut self, chunk: &[u8], batch: &mut Batch, announced: &mut Announced) -> Result<()> {
        Ok(batch.read(&mut self.0, chunk, announced)?)
    }

    /// Ends the input.
    ///
    /// # Errors
    /// `stream_truncated` when it ended within an event; `event_too_large` again if the stream had failed with it.
    pub fn finish(&mut self) -> Result<()> {
        Ok(self.0.finish()?)
    }

    /// The reconnection time in milliseconds that the stream set last.
    pub fn retry(&self) -> Option<u64> {
        self.0.retry()
    }

    /// The last event id, to be sent as `Last-Event-ID` when the stream is opened again; empty where none was given.
    pub fn last_event_id(&self) -> &str {
        self.0.last_event_id()
    }

    /// The largest event taken, in bytes of its data, type and id.
    pub fn max_event_bytes(&self) -> usize {
        self.0.max_event_bytes()
    }

    /// Whether nothing of an event has been read since the last one: the next byte starts a block of lines.
    pub fn is_between_events(&self) -> bool {
        self.0.is_between_events()
    }

    /// Makes the decoder as new, with the same limit.
    pub fn reset(&mut self) {
        self.0.reset();
    }
}
