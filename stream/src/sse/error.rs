//! Why an event stream cannot be read on.

use core::fmt;

/// The result of reading an event stream.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Why an event stream cannot be read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// An event is larger than that many bytes.
    EventTooLarge(usize),
    /// The input ended within an event.
    CutEvent,
}

/// The crate `minara` has words for its callers.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EventTooLarge(limit) => {
                f.write_str("an event is larger than ")?;
                fmt::Display::fmt(limit, f)?;
                f.write_str(" bytes")
            }
            Self::CutEvent => f.write_str("the input ended within an event"),
        }
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn every_failure_of_an_event_stream_is_named() {
        for (error, words) in [
            (Error::EventTooLarge(65_536), "an event is larger than 65536 bytes"),
            (Error::CutEvent, "the input ended within an event"),
        ] {
            let error: Box<dyn core::error::Error> = Box::new(error);
            assert_eq!(error.to_string(), words);
        }
    }
}
