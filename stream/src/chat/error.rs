//! Why the answer of a chat stream cannot be read on.

use core::fmt;

use crate::sse;

/// The result of reading a chat stream.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Why the answer of a chat stream cannot be read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The event stream that carries it cannot.
    Events(sse::Error),
    /// The input ended between two events, but the answer was not said to be complete.
    Unterminated,
    /// The answer was said to be complete, but no event held text where it is looked for. The data of the first one that
    /// could have held some, as text; empty without one.
    NoText(String),
    /// The stream says that its making failed.
    Reported(Box<Report>),
}

impl From<sse::Error> for Error {
    fn from(error: sse::Error) -> Self {
        Self::Events(error)
    }
}

/// Without what the stream itself said, which may hold secrets. The crate `minara` has words for its callers.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::Events(error) => return error.fmt(f),
            Self::Unterminated => "the input ended before the answer was said to be complete",
            Self::NoText(_) => "the answer was complete, but no event held text where it is looked for",
            Self::Reported(_) => "the stream reported that its making failed",
        };
        f.write_str(words)
    }
}

impl core::error::Error for Error {}

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

#[cfg(test)]
mod tests {
    use super::{Error, Report, sse};

    #[test]
    fn every_failure_is_named_and_none_repeats_what_the_stream_said() {
        let report =
            Report { message: Some("sk-minara-0123".to_owned()), code: None, data: "sk-minara-0123".to_owned() };
        for (error, words) in [
            (Error::from(sse::Error::EventTooLarge(65_536)), "an event is larger than 65536 bytes"),
            (Error::Unterminated, "the input ended before the answer was said to be complete"),
            (
                Error::NoText("sk-minara-0123".to_owned()),
                "the answer was complete, but no event held text where it is looked for",
            ),
            (Error::Reported(Box::new(report)), "the stream reported that its making failed"),
        ] {
            let error: Box<dyn core::error::Error> = Box::new(error);
            assert_eq!(error.to_string(), words);
        }
    }
}
