//! The chat stream's decoder across the boundary: a chunk in, one string out, both as bytes in the module's memory.

use minara::chat_stream::{ChatDecoder, ChatOptions, State, Terminator};
use minara::utf16::append_utf16;
use wasm_bindgen::prelude::*;

use crate::sse::{INPUT_BYTES, address, describe, length};

const DONE: u32 = 1;
const FAILED: u32 = 2;
const ASCII: u32 = 4;
const UTF16: u32 = 8;

/// The host decodes longer text better than anything here.
const LONG_BYTES: usize = 4096;

/// See `ChatDecoder` in `chat-decoder.js`, its only user.
#[wasm_bindgen]
pub struct ChatEngine {
    decoder: ChatDecoder,
    input: Box<[u8]>,
    text: String,
    /// The text as UTF-16, for hosts that take it so where it is not ASCII.
    utf16: Option<Vec<u16>>,
}

#[wasm_bindgen]
impl ChatEngine {
    /// An engine at the start of a stream. `utf16`: how the host takes text that is not ASCII.
    #[wasm_bindgen(constructor)]
    pub fn new(terminator_required: bool, max_event_bytes: u32, utf16: bool) -> Self {
        let terminator = if terminator_required { Terminator::Required } else { Terminator::Optional };
        let options = ChatOptions { terminator, max_event_bytes: max_event_bytes as usize };
        Self {
            decoder: ChatDecoder::new(options),
            input: vec![0; INPUT_BYTES].into_boxed_slice(),
            // Text is never longer than the chunk, unless an event began before it.
            text: String::with_capacity(INPUT_BYTES),
            utf16: utf16.then(Vec::new),
        }
    }

    /// Where to write a chunk, of at most 64 KiB.
    pub fn input(&self) -> u32 {
        address(&self.input)
    }

    /// Where the text of the last push is.
    pub fn text(&self) -> u32 {
        match &self.utf16 {
            Some(units) if !units.is_empty() => address(units),
            _ => address(self.text.as_bytes()),
        }
    }

    /// Decodes so many bytes of the input. 16 times the text's length in bytes or UTF-16 code units, plus flags.
    pub fn push(&mut self, bytes: usize) -> u32 {
        self.text.clear();
        let state = self.decoder.push(&self.input[..bytes], &mut self.text);
        let flags = match state {
            Ok(State::Open) => 0,
            Ok(State::Done) => DONE,
            Ok(State::Failed) | Err(_) => FAILED,
        };
        let Self { text, utf16, .. } = self;
        if let Some(units) = utf16 {
            units.clear();
        }
        match utf16 {
            _ if text.is_ascii() => (length(text.as_bytes()) << 4) | flags | ASCII,
            Some(units) if text.len() < LONG_BYTES => {
                append_utf16(text, units);
                (length(units) << 4) | flags | UTF16
            }
            _ => (length(text.as_bytes()) << 4) | flags,
        }
    }

    /// Ends the input. The failure, empty if it ended well.
    pub fn finish(&mut self) -> String {
        self.decoder.finish().err().as_ref().map(describe).unwrap_or_default()
    }

    /// Why the stream has failed.
    pub fn failure(&self) -> String {
        self.decoder.failure().as_ref().map(describe).unwrap_or_default()
    }

    /// The conversation's id, once the stream has named it.
    #[wasm_bindgen(js_name = chatId)]
    pub fn chat_id(&self) -> Option<String> {
        self.decoder.chat_id().map(str::to_owned)
    }

    /// The answer's id, once the stream has named it.
    #[wasm_bindgen(js_name = messageId)]
    pub fn message_id(&self) -> Option<String> {
        self.decoder.message_id().map(str::to_owned)
    }

    /// The token counts, a JSON text.
    pub fn usage(&self) -> Option<String> {
        self.decoder.usage().map(str::to_owned)
    }
}
