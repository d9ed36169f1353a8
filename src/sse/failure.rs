//! What a stream's failure means to the caller.

use minara_stream::Report;

use crate::error::{Code, Error, MAX_ERROR_BODY_BYTES, redact};

impl From<minara_stream::Error> for Error {
    fn from(failure: minara_stream::Error) -> Self {
        let truncated = |message: &str| Self::new(Code::StreamTruncated, message);
        match failure {
            minara_stream::Error::EventTooLarge(limit) => Self::new(
                Code::EventTooLarge,
                format!(
                    "An event of the stream is larger than the limit of {limit} bytes. Raise `maxEventBytes` if such \
                     events are expected."
                ),
            ),
            minara_stream::Error::CutEvent => {
                truncated("The event stream ended within an event: the blank line that completes it never came.")
            }
            minara_stream::Error::Unterminated => {
                truncated("The stream ended before the answer did: neither [DONE] nor a finish reason came.")
            }
            minara_stream::Error::Reported(report) => reported(*report),
        }
    }
}

/// The error for what the stream reports, without secrets and at most 8 KiB long.
fn reported(report: Report) -> Error {
    let mut words = "The API reported an error within the stream".to_owned();
    for (before, part, after) in [(": ", report.message, ""), (" (", report.code, ")")] {
        if let Some(part) = part {
            words.extend([before, bounded(&part), after]);
        }
    }
    // Redacted before it is cut: half a key would not be known for one.
    let shown = |text: &str| bounded(&redact(text)).to_owned();
    Error::new(Code::StreamError, shown(&words)).with_body(shown(&report.data))
}

fn bounded(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_ERROR_BODY_BYTES)]
}
