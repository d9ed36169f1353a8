//! The event decoder across the boundary: numbers in, numbers out.
//!
//! JavaScript writes a chunk into `input`, calls `push`, and finds in `header` where the batch of events lies, which it
//! takes apart by the table. See [`Batch`].

use minara::Error;
use minara::sse::{Batch, Decoder, OtherText};
use wasm_bindgen::prelude::*;

/// Larger chunks are pushed in pieces, so that memory does not grow with them.
pub(crate) const INPUT_BYTES: usize = 64 * 1024;

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

pub(crate) fn length<T>(memory: &[T]) -> u32 {
    u32::try_from(memory.len()).unwrap_or_default()
}

/// See `SseDecoder` in `sse.js`, its only user.
#[wasm_bindgen]
pub struct SseEngine {
    decoder: Decoder,
    failure: Option<Error>,
    input: Box<[u8]>,
    batch: Batch,
    header: Box<[u32; 6]>,
}

#[wasm_bindgen]
impl SseEngine {
    /// An engine at the start of a stream. `utf16`: how the host takes text that is not ASCII.
    #[wasm_bindgen(constructor)]
    pub fn new(max_event_bytes: u32, utf16: bool) -> Self {
        let encoding = if utf16 { OtherText::Utf16 } else { OtherText::Utf8 };
        Self {
            decoder: Decoder::with_max_event_bytes(max_event_bytes as usize),
            failure: None,
            input: vec![0; INPUT_BYTES].into_boxed_slice(),
            batch: Batch::new(encoding),
            header: Box::default(),
        }
    }

    /// Where to write a chunk, of at most 64 KiB.
    pub fn input(&self) -> u32 {
        address(&self.input)
    }

    /// Where to find, after a push: address and length of the ASCII, of the other text, the address of the long text, and the table's.
    pub fn header(&self) -> u32 {
        address(&self.header[..])
    }

    /// Decodes so many bytes of the input. Twice the number of events, plus one if the stream has failed.
    pub fn push(&mut self, bytes: usize) -> u32 {
        let Self { decoder, batch, input, .. } = self;
        self.failure = decoder.push_batch(&input[..bytes], batch).err();
        let [at, count] = if batch.utf16().is_empty() {
            [address(batch.utf8()), length(batch.utf8())]
        } else {
            [address(batch.utf16()), length(batch.utf16())]
        };
        *self.header =
            [address(batch.ascii()), length(batch.ascii()), at, count, address(batch.long()), address(batch.table())];
        // No chunk has more events than bytes.
        u32::try_from(batch.events()).unwrap_or_default() << 1 | u32::from(self.failure.is_some())
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
