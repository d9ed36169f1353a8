//! The event decoder across the boundary: numbers in, numbers out.
//!
//! JavaScript writes a chunk into `input`, calls `push`, and finds in `header` where the batch of events lies: all their
//! text in two runs, one of ASCII and one of other UTF-8, which it decodes in one go each and slices by the table.
//! One string per event, or an object, would cost more than decoding it in JavaScript.

use core::ops::ControlFlow;

use minara::sse::{Decoder, RawEvent};
use minara::Error;
use wasm_bindgen::prelude::*;

/// Larger chunks are pushed in pieces, so that memory does not grow with them.
pub(crate) const INPUT_BYTES: usize = 64 * 1024;

/// In the table: the data is in the run of other UTF-8, not in that of ASCII.
const OTHER: u32 = 1;
/// In the table: the event's type is another than the last one's; where it ends follows in the next entry.
const NEW_TYPE: u32 = 2;
/// In the table: the id is another than the last one's; where it ends follows in the next entry.
const NEW_ID: u32 = 4;

/// The module's memory, in which JavaScript reads and writes by address.
#[wasm_bindgen(js_name = moduleMemory)]
pub fn module_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// The code, the message and the body of an error, with NUL between them.
pub(crate) fn describe(error: &Error) -> String {
    [error.code().as_str(), error.message(), error.body().unwrap_or_default()].join("\0")
}

/// An address, as JavaScript's typed arrays index it.
pub(crate) fn address<T>(memory: &[T]) -> u32 {
    // In WebAssembly an address has 32 bits.
    u32::try_from(memory.as_ptr().addr()).unwrap_or_default()
}

pub(crate) fn length(memory: &[u8]) -> u32 {
    u32::try_from(memory.len()).unwrap_or_default()
}

/// See `SseDecoder` in `sse.js`, its only user.
#[wasm_bindgen]
pub struct SseEngine {
    decoder: Decoder,
    failure: Option<Error>,
    input: Box<[u8]>,
    batch: Batch,
    header: Box<[u32; 5]>,
}

#[wasm_bindgen]
impl SseEngine {
    /// An engine at the start of a stream.
    #[wasm_bindgen(constructor)]
    pub fn new(max_event_bytes: u32) -> Self {
        Self {
            decoder: Decoder::with_max_event_bytes(max_event_bytes as usize),
            failure: None,
            input: vec![0; INPUT_BYTES].into_boxed_slice(),
            batch: Batch::new(),
            header: Box::default(),
        }
    }

    /// Where to write a chunk, of at most 64 KiB.
    pub fn input(&self) -> u32 {
        address(&self.input)
    }

    /// Where to find, after a push: address and length of the ASCII, of the other UTF-8, and the table's address.
    pub fn header(&self) -> u32 {
        address(&self.header[..])
    }

    /// Decodes so many bytes of the input. Twice the number of events, plus one if the stream has failed.
    pub fn push(&mut self, bytes: usize) -> u32 {
        let Self { decoder, batch, input, .. } = self;
        batch.clear();
        let pushed = decoder.push_raw(&input[..bytes], |event| {
            batch.add(&event);
            ControlFlow::Continue(())
        });
        self.failure = pushed.err();
        *self.header = [
            address(&self.batch.ascii),
            length(&self.batch.ascii),
            address(&self.batch.other),
            length(&self.batch.other),
            address(&self.batch.table),
        ];
        self.batch.events << 1 | u32::from(self.failure.is_some())
    }

    /// Ends the input. The failure, empty if it ended well.
    pub fn finish(&mut self) -> String {
        self.decoder.finish().err().as_ref().map(describe).unwrap_or_default()
    }

    /// Why the stream has failed.
    pub fn failure(&self) -> String {
        self.failure.as_ref().map(describe).unwrap_or_default()
    }

    /// The reconnection time in milliseconds.
    pub fn retry(&self) -> Option<f64> {
        // Beyond 2^53 a double is as near as JavaScript's numbers come.
        #[allow(clippy::cast_precision_loss)]
        self.decoder.retry().map(|milliseconds| milliseconds as f64)
    }
}

/// The events of one chunk.
struct Batch {
    ascii: Vec<u8>,
    other: Vec<u8>,
    /// Length of `other` in UTF-16 code units, which is how JavaScript counts.
    other_units: usize,
    table: Vec<u32>,
    events: u32,
    /// The type and id that JavaScript knows from the last event.
    event: String,
    id: String,
}

impl Batch {
    fn new() -> Self {
        Self {
            ascii: Vec::new(),
            other: Vec::new(),
            other_units: 0,
            table: Vec::new(),
            events: 0,
            event: "message".to_owned(),
            id: String::new(),
        }
    }

    fn clear(&mut self) {
        self.ascii.clear();
        self.other.clear();
        self.other_units = 0;
        self.table.clear();
        self.events = 0;
    }

    fn add(&mut self, event: &RawEvent<'_>) {
        let new_type = event.event != self.event;
        let new_id = event.id != self.id;
        let flags = u32::from(new_type) * NEW_TYPE | u32::from(new_id) * NEW_ID;
        if event.data.is_ascii() {
            self.ascii.extend_from_slice(event.data);
            self.table.push(entry(self.ascii.len(), flags));
        } else {
            self.add_other(&event.text());
            self.table.push(entry(self.other_units, flags | OTHER));
        }
        if new_type {
            self.event.clear();
            self.event.push_str(event.event);
            self.add_other(event.event);
            self.table.push(entry(self.other_units, 0));
        }
        if new_id {
            self.id.clear();
            self.id.push_str(event.id);
            self.add_other(event.id);
            self.table.push(entry(self.other_units, 0));
        }
        self.events += 1;
    }

    fn add_other(&mut self, text: &str) {
        self.other.extend_from_slice(text.as_bytes());
        self.other_units += text.bytes().map(|byte| usize::from(byte & 0xC0 != 0x80) + usize::from(byte >= 0xF0)).sum::<usize>();
    }
}

/// An end of a piece and its flags. JavaScript's strings are shorter than 2^29 code units.
fn entry(end: usize, flags: u32) -> u32 {
    (end as u32) << 3 | flags
}
