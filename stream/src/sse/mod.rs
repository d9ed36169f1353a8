//! Server-sent events: the WHATWG event stream format (HTML Standard, §9.2 "Server-sent events").

mod batch;
mod decoder;
mod error;
mod event;
mod field;

pub use batch::{Announced, Batch, OtherText};
pub(crate) use decoder::Sink;
pub use decoder::{DEFAULT_MAX_EVENT_BYTES, Decoder};
pub use error::{Error, Result};
pub use event::{Event, RawEvent};
