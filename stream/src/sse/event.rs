//! An event as it is dispatched.

use std::borrow::Cow;

use crate::utf8::to_text;

/// An event as the WHATWG algorithm dispatches it, borrowed from the chunk or from the decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Event<'a> {
    /// The event's type; `message` where the stream names none.
    pub event: &'a str,
    /// The values of the event's `data` lines, joined by LF.
    pub data: &'a str,
    /// The last event id of the stream at this event; empty where none was given.
    pub id: &'a str,
}

/// An [`Event`] whose data is not yet decoded: for callers that read bytes, as a JSON scanner does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RawEvent<'a> {
    /// The event's type; `message` where the stream names none.
    pub event: &'a str,
    /// The values of the event's `data` lines as they were received, joined by LF. Not necessarily UTF-8.
    pub data: &'a [u8],
    /// The last event id of the stream at this event; empty where none was given.
    pub id: &'a str,
}

impl<'a> RawEvent<'a> {
    /// The data as text, each maximal subpart of an ill-formed sequence replaced by U+FFFD, as UTF-8 decode does.
    pub fn text(&self) -> Cow<'a, str> {
        to_text(self.data)
    }
}
