//! What a stream's failure means to the caller.

use minara_stream::Report;

use crate::error::{Code, Error, MAX_ERROR_BODY_BYTES, redact_within};
use crate::wording::{digits, filled, sentence};

impl From<minara_stream::Error> for Error {
    fn from(failure: minara_stream::Error) -> Self {
        let message = match failure {
            minara_stream::Error::EventTooLarge(limit) => return too_large(limit),
            minara_stream::Error::Reported(report) => return reported(&report),
            minara_stream::Error::NoText(data) => return without_text(&data),
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

fn without_text(data: &str) -> Error {
    let message = "The answer is complete, but its stream held no text in a known place. Count the call as billed.";
    let error = Error::new(Code::BadResponse, message);
    if data.is_empty() { error } else { error.with_body(bounded(data)) }
}

/// The error for what the stream reports, without secrets and at most 8 KiB long.
fn reported(report: &Report) -> Error {
    let mut words = "The API reported an error within the stream".to_owned();
    for (before, part, after) in [(": ", &report.message, ""), (" (", &report.code, ")")] {
        if let Some(part) = part {
            words.push_str(&sentence(&[before, part, after]));
        }
    }
    Error::new(Code::StreamError, bounded(&words)).with_body(bounded(&report.data))
}

fn bounded(text: &str) -> String {
    redact_within(text, MAX_ERROR_BODY_BYTES)
}
