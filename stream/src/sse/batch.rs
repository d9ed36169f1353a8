//! The events of one chunk in flat memory, for bindings to other languages.

use core::ops::ControlFlow;

use super::error::Result;
use super::{Decoder, RawEvent, Sink};
use crate::utf8::to_text;
use crate::utf16::append_utf16;

/// In the table: the data is in the run of other text, not in that of ASCII.
const OTHER: u32 = 1;
/// In the table: the event's type is another than the last one's; where it ends follows in the next entry.
const NEW_TYPE: u32 = 2;
/// In the table: the id is another than the last one's; where it ends follows in the next entry.
const NEW_ID: u32 = 4;
/// In the table: the data is in the run of long text.
const LONG: u32 = 8;
/// In the table: how many bits are flags.
const FLAG_BITS: u32 = 4;

/// What a run keeps of its memory from batch to batch.
const KEPT_BYTES: usize = 1024 * 1024;

/// Data of so many bytes is worth a decoder's call of its own.
const LONG_BYTES: usize = 4096;

/// How the text that is not ASCII is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OtherText {
    /// As UTF-8, for hosts that decode it well.
    Utf8,
    /// As UTF-16, for hosts that copy it.
    Utf16,
}

/// The events of one chunk, as few and long strings as possible: a call or an object for each event would cost more
/// than decoding it on the other side.
///
/// All text is in three runs: one of ASCII, which engines decode several times as fast; one of everything else; and, for
/// hosts that decode UTF-8, one of long data that is not ASCII, as it was received: the host decodes each piece by itself,
/// ill-formed UTF-8 and all. The table says where each piece ends in its run: an entry for the data of each event,
/// followed by one for its type and one for its id where they are others than the last event's. The first event's are
/// compared with `message` and the empty id; a type or id is always in the other run. An entry is the end, in UTF-16 code
/// units and in the run of long text in bytes, times 16, plus flags: 1 the data is in the other run, 2 a new type follows,
/// 4 a new id follows, 8 the data is in the run of long text. Ends from 2^28 on have no entry: keep the decoder's largest
/// event, together with a chunk, below that.
#[derive(Debug, Clone)]
pub struct Batch {
    encoding: OtherText,
    ascii: Vec<u8>,
    utf8: Vec<u8>,
    utf16: Vec<u16>,
    long: Vec<u8>,
    /// Length of the other run in UTF-16 code units.
    units: usize,
    table: Vec<u32>,
    events: usize,
}

/// The type and the id that the other side knows from the last event of a stream, by whatever batch it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    event: String,
    id: String,
}

impl Default for Announced {
    fn default() -> Self {
        Self { event: "message".to_owned(), id: String::new() }
    }
}

impl Batch {
    /// An empty batch, for one stream or for many in turn.
    pub fn new(encoding: OtherText) -> Self {
        Self {
            encoding,
            ascii: Vec::new(),
            utf8: Vec::new(),
            utf16: Vec::new(),
            long: Vec::new(),
            units: 0,
            table: Vec::new(),
            events: 0,
        }
    }

    /// Decodes the next chunk of a stream; the batch then holds the events that it completed.
    ///
    /// # Errors
    /// As [`Decoder::push`]; the batch holds the events before the error.
    pub fn read(&mut self, decoder: &mut Decoder, chunk: &[u8], announced: &mut Announced) -> Result<()> {
        self.clear();
        let sink: &mut Sink<'_> = &mut |event| {
            self.add(&event, announced);
            ControlFlow::Continue(())
        };
        decoder.push_raw(chunk, sink)?;
        Ok(())
    }

    /// Empties the batch, and gives back what an uncommonly large event made of it.
    fn clear(&mut self) {
        for run in [&mut self.ascii, &mut self.utf8, &mut self.long] {
            run.clear();
            run.shrink_to(KEPT_BYTES);
        }
        self.utf16.clear();
        self.utf16.shrink_to(KEPT_BYTES);
        self.table.clear();
        (self.units, self.events) = (0, 0);
    }

    /// The number of events.
    pub fn events(&self) -> usize {
        self.events
    }

    /// The run of ASCII.
    pub fn ascii(&self) -> &[u8] {
        &self.ascii
    }

    /// The run of other text, if it is kept as UTF-8.
    pub fn utf8(&self) -> &[u8] {
        &self.utf8
    }

    /// The run of other text, if it is kept as UTF-16.
    pub fn utf16(&self) -> &[u16] {
        &self.utf16
    }

    /// The run of long text.
    pub fn long(&self) -> &[u8] {
        &self.long
    }

    /// Where the pieces end.
    pub fn table(&self) -> &[u32] {
        &self.table
    }

    fn add(&mut self, event: &RawEvent<'_>, announced: &mut Announced) {
        let new_type = event.event != announced.event;
        let new_id = event.id != announced.id;
        let flags = (u32::from(new_type) * NEW_TYPE) | (u32::from(new_id) * NEW_ID);
        if event.data.is_ascii() {
            self.ascii.extend_from_slice(event.data);
            self.table.push(entry(self.ascii.len(), flags));
        } else if event.data.len() >= LONG_BYTES && self.encoding == OtherText::Utf8 {
            self.long.extend_from_slice(event.data);
            self.table.push(entry(self.long.len(), flags | LONG));
        } else {
            self.add_other(event.data, flags | OTHER);
        }
        if new_type {
            event.event.clone_into(&mut announced.event);
            self.add_other(event.event.as_bytes(), 0);
        }
        if new_id {
            event.id.clone_into(&mut announced.id);
            self.add_other(event.id.as_bytes(), 0);
        }
        self.events += 1;
    }

    fn add_other(&mut self, bytes: &[u8], flags: u32) {
        match self.encoding {
            OtherText::Utf8 => {
                let text = to_text(bytes);
                self.utf8.extend_from_slice(text.as_bytes());
                self.units += utf16_length(&text);
            }
            OtherText::Utf16 => {
                append_utf16(bytes, &mut self.utf16);
                self.units = self.utf16.len();
            }
        }
        self.table.push(entry(self.units, flags));
    }
}

/// Every character is one unit, but those of four bytes are two.
fn utf16_length(text: &str) -> usize {
    text.bytes().map(|byte| usize::from(byte & 0xC0 != 0x80) + usize::from(byte >= 0xF0)).sum()
}

/// Ends from 2^28 on do not fit: the binding bounds its events by that.
fn entry(end: usize, flags: u32) -> u32 {
    let end = u32::try_from(end).unwrap_or(u32::MAX);
    (end << FLAG_BITS) | flags
}
