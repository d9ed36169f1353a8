//! The event decoder across the boundary: numbers in, numbers out.
//!
//! JavaScript writes a chunk into the shared buffers, calls `push`, and finds there where the batch of events lies, which
//! it takes apart by the table. See [`Batch`](minara::sse::Batch).

use minara::Error;
use minara::sse::{Announced, Decoder};
use wasm_bindgen::prelude::*;

use crate::buffers::{address, length, with_buffers};
use crate::error::failed;
use crate::object::or_undefined;

/// See `SseDecoder` in `sse-reader.js`, its only user.
#[wasm_bindgen]
pub struct SseEngine {
    decoder: Decoder,
    announced: Announced,
    failure: Option<Error>,
}

#[wasm_bindgen]
impl SseEngine {
    /// An engine at the start of a stream.
    #[wasm_bindgen(constructor)]
    pub fn new(max_event_bytes: u32) -> Self {
        Self {
            decoder: Decoder::with_max_event_bytes(max_event_bytes as usize),
            announced: Announced::default(),
            failure: None,
        }
    }

    /// Decodes so many bytes of the input. Twice the number of events, plus one if the stream has failed.
    pub fn push(&mut self, bytes: usize) -> u32 {
        let Self { decoder, announced, failure } = self;
        with_buffers(|buffers| {
            let batch = &mut buffers.batch;
            *failure = decoder.push_batch(&buffers.input[..bytes], batch, announced).err();
            let [at, count] = if batch.utf16().is_empty() {
                [address(batch.utf8()), length(batch.utf8())]
            } else {
                [address(batch.utf16()), length(batch.utf16())]
            };
            let parts = [address(batch.ascii()), length(batch.ascii()), at, count, address(batch.long())];
            buffers.header[1..6].copy_from_slice(&parts);
            buffers.header[6] = address(batch.table());
            // No chunk has more events than bytes.
            (u32::try_from(batch.events()).unwrap_or_default() << 1) | u32::from(failure.is_some())
        })
        .unwrap_or_default()
    }

    /// Ends the input. The failure, undefined if it ended well.
    pub fn finish(&mut self) -> JsValue {
        failed(self.decoder.finish().err().as_ref())
    }

    /// Why the stream has failed.
    pub fn failure(&self) -> JsValue {
        failed(self.failure.as_ref())
    }

    /// The reconnection time in milliseconds.
    pub fn retry(&self) -> JsValue {
        #[expect(clippy::cast_precision_loss, reason = "beyond 2^53 a double is as near as JavaScript's numbers come")]
        or_undefined(self.decoder.retry().map(|milliseconds| milliseconds as f64))
    }
}
