//! The chat stream: bytes of a `text/event-stream` answer in, the answer's text out.
//!
//! ```
//! use minara::chat_stream::{ChatDecoder, ChatOptions, State};
//!
//! let mut decoder = ChatDecoder::new(ChatOptions::default());
//! let mut text = String::new();
//! let state = decoder.push(
//!     b"data: {\"choices\":[{\"delta\":{\"content\":\"SOL is\"}}]}\n\ndata: [DONE]\n\n",
//!     &mut text,
//! )?;
//! assert_eq!((text.as_str(), state), ("SOL is", State::Done));
//! decoder.finish()?;
//! # Ok::<(), minara::Error>(())
//! ```

mod decoder;
mod failure;
mod whole;

pub use decoder::ChatDecoder;
pub use minara_stream::chat::{ChatOptions, State, Terminator};
pub use whole::whole_answer;
