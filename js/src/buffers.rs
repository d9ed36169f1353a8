//! The buffers that all stream readers of the module share: JavaScript writes a chunk into one and finds the result in the
//! others.
//!
//! A push is over before the next one begins, whoever's it is, so one set serves all. What a reader keeps for itself
//! is then only what its stream has left open, and a thousand of them, or those that the garbage collector has not found
//! yet, weigh next to nothing.

use std::cell::RefCell;

use minara::sse::{Batch, OtherText};
use wasm_bindgen::prelude::*;

/// Larger chunks are pushed in pieces, so that memory does not grow with them.
const INPUT_BYTES: usize = 64 * 1024;

pub(crate) struct Buffers {
    pub(crate) input: Box<[u8]>,
    pub(crate) batch: Batch,
    #[cfg(feature = "client")]
    pub(crate) answer: crate::client::AnswerText,
    /// Addresses and lengths, at an address of its own that never changes. See `memory.js`.
    pub(crate) header: Box<[u32; 8]>,
}

impl Buffers {
    fn new(takes_utf16: bool) -> Self {
        let encoding = if takes_utf16 { OtherText::Utf16 } else { OtherText::Utf8 };
        Self {
            input: vec![0; INPUT_BYTES].into_boxed_slice(),
            batch: Batch::new(encoding),
            #[cfg(feature = "client")]
            answer: crate::client::AnswerText::new(takes_utf16),
            header: Box::default(),
        }
    }
}

thread_local! {
    static BUFFERS: RefCell<Option<Buffers>> = const { RefCell::new(None) };
}

/// Works with the buffers; `None` before they were set up, which no reader is.
pub(crate) fn with_buffers<T>(work: impl FnOnce(&mut Buffers) -> T) -> Option<T> {
    BUFFERS.with_borrow_mut(|buffers| buffers.as_mut().map(work))
}

/// Sets the buffers up; the header's address. `utf16`: how the host takes text that is not ASCII.
#[wasm_bindgen(js_name = setUpBuffers)]
pub fn set_up_buffers(utf16: bool) -> u32 {
    BUFFERS.with_borrow_mut(|buffers| {
        let buffers = buffers.get_or_insert_with(|| Buffers::new(utf16));
        buffers.header[0] = address(&buffers.input);
        address(&buffers.header[..])
    })
}

/// An address, as JavaScript's typed arrays index it.
pub(crate) fn address<T>(memory: &[T]) -> u32 {
    // In WebAssembly an address has 32 bits.
    u32::try_from(memory.as_ptr().addr()).unwrap_or_default()
}

pub(crate) fn length<T>(memory: &[T]) -> u32 {
    u32::try_from(memory.len()).unwrap_or_default()
}
