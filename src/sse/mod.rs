//! Server-sent events: an incremental decoder and an encoder of the WHATWG event stream format
//! (HTML Standard, §9.2 "Server-sent events").
//!
//! Bytes in, events out: no clock, no I/O, no copy of an event of one `data` line that lies whole in one chunk.
//!
//! ```
//! use minara::sse::Decoder;
//!
//! let mut decoder = Decoder::new();
//! let mut seen = Vec::new();
//! for chunk in [&b"event: price\ndata: 1"[..], b"42\n\n"] {
//!     decoder.push(chunk, |event| seen.push(format!("{}={}", event.event, event.data)))?;
//! }
//! decoder.finish()?;
//! assert_eq!(seen, ["price=142"]);
//! # Ok::<(), minara::Error>(())
//! ```

mod decoder;
mod encoder;
mod failure;

pub use decoder::Decoder;
pub use encoder::{Frame, encode, encode_comment};
pub use minara_stream::sse::{Announced, Batch, DEFAULT_MAX_EVENT_BYTES, Event, OtherText, RawEvent};
