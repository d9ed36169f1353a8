//! The chat stream's decoder across the boundary: a chunk in, one string out, both as bytes in the module's memory.

use minara::chat_stream::{ChatDecoder, ChatOptions, State, Terminator};
use minara::utf16::append_utf16;
use wasm_bindgen::prelude::*;

use crate::buffers::{Buffers, address, length, with_buffers};
use crate::error::failed;
use crate::object::or_undefined;

const DONE: u32 = 1;
const FAILED: u32 = 2;
const ASCII: u32 = 4;
const UTF16: u32 = 8;

/// What one large answer made of a buffer is given back before the next.
const KEPT_BYTES: usize = 1024 * 1024;

/// The text of a chunk, and the same as UTF-16 where the host takes it so.
pub(crate) struct AnswerText {
    text: String,
    utf16: Vec<u16>,
    takes_utf16: bool,
}

impl AnswerText {
    pub(crate) fn new(takes_utf16: bool) -> Self {
        Self { text: String::new(), utf16: Vec::new(), takes_utf16 }
    }

    fn clear(&mut self) {
        self.text.clear();
        self.text.shrink_to(KEPT_BYTES);
        self.utf16.clear();
        self.utf16.shrink_to(KEPT_BYTES);
    }
}

/// See `ChatDecoder` in `chat-decoder.js`, its only user.
#[wasm_bindgen]
pub struct ChatEngine(ChatDecoder);

#[wasm_bindgen]
impl ChatEngine {
    /// An engine at the start of a stream.
    #[wasm_bindgen(constructor)]
    pub fn new(terminator_required: bool, max_event_bytes: u32) -> Self {
        let terminator = if terminator_required { Terminator::Required } else { Terminator::Optional };
        Self(ChatDecoder::new(ChatOptions { terminator, max_event_bytes: max_event_bytes as usize }))
    }

    /// Decodes so many bytes of the input. 16 times the text's length in bytes or UTF-16 code units, plus flags.
    pub fn push(&mut self, bytes: usize) -> u32 {
        with_buffers(|Buffers { input, header, answer, .. }| {
            answer.clear();
            let flags = match self.0.push(&input[..bytes], &mut answer.text) {
                Ok(State::Open) => 0,
                Ok(State::Done) => DONE,
                Ok(State::Failed) | Err(_) => FAILED,
            };
            let text = answer.text.as_bytes();
            let is_ascii = text.is_ascii();
            if is_ascii || !answer.takes_utf16 {
                header[7] = address(text);
                return (length(text) << 4) | flags | if is_ascii { ASCII } else { 0 };
            }
            append_utf16(text, &mut answer.utf16);
            header[7] = address(&answer.utf16);
            (length(&answer.utf16) << 4) | flags | UTF16
        })
        .unwrap_or_default()
    }

    /// Ends the input. The failure, undefined if it ended well.
    pub fn finish(&mut self) -> JsValue {
        // The decoder keeps it.
        let _ = self.0.finish();
        self.failure()
    }

    /// Why the stream has failed.
    pub fn failure(&self) -> JsValue {
        failed(self.0.failure().as_ref())
    }

    /// The conversation's id, once the stream has named it.
    #[wasm_bindgen(js_name = chatId)]
    pub fn chat_id(&self) -> JsValue {
        or_undefined(self.0.chat_id())
    }

    /// The answer's id, once the stream has named it.
    #[wasm_bindgen(js_name = messageId)]
    pub fn message_id(&self) -> JsValue {
        or_undefined(self.0.message_id())
    }

    /// Why the answer ended, as the stream says it.
    #[wasm_bindgen(js_name = finishReason)]
    pub fn finish_reason(&self) -> JsValue {
        or_undefined(self.0.finish_reason())
    }

    /// The token counts, a JSON text.
    pub fn usage(&self) -> JsValue {
        or_undefined(self.0.usage())
    }
}
