//! Why a stream cannot be read on.

/// The result of reading a stream.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Why a stream cannot be read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// An event is larger than that many bytes.
    EventTooLarge(usize),
    /// The input ended within an event.
    CutEvent,
    /// The input ended between two events, but the answer was not said to be complete.
    Unterminated,
    /// The answer was said to be complete, but no event held text where it is looked for. The data of the first one that
    /// could have held some, as text; empty without one.
    NoText(String),
    /// The stream says that its making failed.
    Reported(Box<Report>),
}

/// What the stream says of a failure, in its own words: these may hold secrets, and are of any length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What happened.
    pub message: Option<String>,
    /// The other side's own code for it.
    pub code: Option<String>,
    /// The data of the event that says so, as text.
    pub data: String,
}
