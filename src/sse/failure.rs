//! What a stream's failure means to the caller.

use minara_stream::Report;

use crate::error::{Code, Error, MAX_ERROR_BODY_BYTES, redact};
use crate::wording::{digits, filled, sentence};

impl From<minara_stream::Error> for Error {
    fn from(failure: minara_stream::Error) -> Self {
        let message = match failure {
            minara_stream::Error::EventTooLarge(limit) => return too_large(limit),
            minara_stream::Error::Reported(report) => return reported(&report),
            minara_stream::Error::CutEvent => {
                "The event stream ended within an event: the blank line that completes it never came."
            }
            minara_stream::Error::Unterminated => {
                "The stream ended before the answer did: neither [DONE] nor a finish reason came."
            }
        };
        Self::new(Code::StreamTruncated, message)
    }
}

fn too_large(limit: usize) -> Error {
    let form = "An event of the stream is larger than the limit of {} bytes. Raise `maxEventBytes` if such events are \
                expected.";
    Error::new(Code::EventTooLarge, filled(form, &[&digits(limit as u64)]))
}

/// The error for what the stream reports, without secrets and at most 8 KiB long.
fn reported(report: &Report) -> Error {
    let mut words = "The API reported an error within the stream".to_owned();
    for (before, part, after) in [(": ", &report.message, ""), (" (", &report.code, ")")] {
        if let Some(part) = part {
            words.push_str(&sentence(&[before, bounded(part), after]));
        }
    }
    Error::new(Code::StreamError, bounded_without_secrets(&words)).with_body(bounded_without_secrets(&report.data))
}

/// Redacted before it is cut: half a key would not be known for one.
fn bounded_without_secrets(text: &str) -> String {
    bounded(&redact(text)).to_owned()
}

fn bounded(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_ERROR_BODY_BYTES)]
}
