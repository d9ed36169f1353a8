//! What a chat stream's failure means to the caller.

use minara_stream::chat::{self, Report};

use crate::error::{Code, Error, MAX_ERROR_BODY_BYTES, count_as_billed, redact_within};
use crate::wording::sentence;

impl From<chat::Error> for Error {
    fn from(failure: chat::Error) -> Self {
        match failure {
            chat::Error::Events(error) => error.into(),
            chat::Error::Unterminated => Self::new(
                Code::StreamTruncated,
                "The stream ended before the answer did: neither [DONE] nor a finish reason came.",
            ),
            chat::Error::NoText(data) => without_text(&data),
            chat::Error::Reported(report) => reported(&report),
        }
    }
}

fn without_text(data: &str) -> Error {
    let message =
        concat!("The answer is complete, but its stream held no text in a known place.", count_as_billed!("."));
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
