//! The chat stream: the shared vectors, and the fast path held against a full parse.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod decoder;
mod full_parse;
mod fuzz_corpus;
mod said;
mod vectors;

use minara::chat_stream::{ChatDecoder, ChatOptions, State};
use minara::{Code, Error};

/// All that a chat stream comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Reading {
    pub(crate) text: String,
    pub(crate) done: bool,
    pub(crate) chat_id: Option<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) finish_reason: Option<String>,
    pub(crate) usage: Option<String>,
    pub(crate) error: Option<(Code, String)>,
}

/// Reads the chunks to the end or to the first error.
pub(crate) fn read<'a>(options: ChatOptions, chunks: impl IntoIterator<Item = &'a [u8]>) -> Reading {
    let mut decoder = ChatDecoder::new(options);
    let mut text = String::new();
    let pushed: Result<(), Error> = chunks.into_iter().try_for_each(|chunk| decoder.push(chunk, &mut text).map(|_| ()));
    let ended = pushed.and_then(|()| decoder.finish());
    Reading {
        text,
        done: decoder.state() == State::Done,
        chat_id: decoder.chat_id().map(str::to_owned),
        message_id: decoder.message_id().map(str::to_owned),
        finish_reason: decoder.finish_reason().map(str::to_owned),
        usage: decoder.usage().map(str::to_owned),
        error: ended.err().map(|error| (error.code(), error.message().to_owned())),
    }
}
