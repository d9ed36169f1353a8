//! The chat stream: bytes of a `text/event-stream` answer in, the answer's text out.

mod decoder;
mod error;
mod payload;
mod raw_json;
mod template;
mod text;

pub use decoder::{ChatDecoder, ChatOptions, State, Terminator};
pub use error::{Error, Report, Result};
