//! What the fields of an event become, and the bound of what is kept of them.

use core::ops::ControlFlow;

use super::{Decoder, LF};
use crate::sse::RawEvent;
use crate::sse::error::{Error, Result};
use crate::sse::field::{Field, parse_retry};

impl Decoder {
    /// Moves borrowed data into the data buffer, where the next chunk finds it.
    #[inline]
    pub(super) fn keep(&mut self, held: &mut Option<&[u8]>) {
        if let Some(data) = held.take() {
            self.data.extend_from_slice(data);
            self.has_data = true;
        }
    }

    pub(super) fn begin_value(&mut self, field: Field) -> Result<()> {
        self.value.clear();
        if field != Field::Data {
            return self.admit(0);
        }
        if self.has_data {
            self.admit(1)?;
            self.data.push(LF);
        }
        self.has_data = true;
        Ok(())
    }

    pub(super) fn extend_value(&mut self, field: Field, piece: &[u8]) -> Result<()> {
        self.admit(self.value.len() + piece.len())?;
        match field {
            Field::Data => self.data.extend_from_slice(piece),
            Field::Event | Field::Id | Field::Retry => self.value.extend_from_slice(piece),
        }
        Ok(())
    }

    /// Gives a line that was taken in by pieces its meaning.
    pub(super) fn set_resumed(&mut self, field: Field) -> Result<()> {
        let value = core::mem::take(&mut self.value);
        self.set(field, &value)?;
        self.value = value;
        Ok(())
    }

    /// Gives a finished line its meaning.
    pub(super) fn set(&mut self, field: Field, value: &[u8]) -> Result<()> {
        match field {
            Field::Data => return Ok(()),
            Field::Event => replace_lossy(&mut self.event, value),
            Field::Id if value.contains(&0) => {}
            Field::Id => {
                replace_lossy(&mut self.next_id, value);
                self.has_next_id = true;
            }
            Field::Retry => self.retry = parse_retry(value).or(self.retry),
        }
        // Replacement characters can make the text longer than its bytes were.
        self.admit(0)
    }

    /// Ends an event: nothing is dispatched unless it had a data line.
    #[inline]
    pub(super) fn dispatch(
        &mut self,
        held: Option<&[u8]>,
        sink: &mut impl FnMut(RawEvent<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if core::mem::take(&mut self.has_next_id) {
            core::mem::swap(&mut self.id, &mut self.next_id);
        }
        let mut flow = ControlFlow::Continue(());
        if self.has_data || held.is_some() {
            let event = if self.event.is_empty() { "message" } else { &self.event };
            flow = sink(RawEvent { event, data: held.unwrap_or(&self.data), id: &self.id });
            self.data.clear();
            self.has_data = false;
        }
        self.event.clear();
        flow
    }

    /// Lets so many more bytes into the event at hand, or fails for good.
    #[inline]
    pub(super) fn admit(&mut self, bytes: usize) -> Result<()> {
        let id = if self.has_next_id { &self.next_id } else { &self.id };
        let held = self.data.len() + self.event.len() + id.len();
        if held + bytes <= self.max_event_bytes {
            return Ok(());
        }
        self.too_large = true;
        Err(self.event_too_large())
    }

    pub(super) fn event_too_large(&self) -> Error {
        Error::EventTooLarge(self.max_event_bytes)
    }
}

/// Makes `text` what the bytes say, without giving up its memory.
fn replace_lossy(text: &mut String, bytes: &[u8]) {
    text.clear();
    for part in bytes.utf8_chunks() {
        text.push_str(part.valid());
        if !part.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
}
