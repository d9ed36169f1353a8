//! What an event stream's failure means to the caller.

use minara_stream::sse;

use crate::error::{Code, Error};
use crate::wording::{digits, filled};

impl From<sse::Error> for Error {
    fn from(failure: sse::Error) -> Self {
        let message = match failure {
            sse::Error::EventTooLarge(limit) => return too_large(limit),
            sse::Error::CutEvent => {
                "The event stream ended within an event: the blank line that completes it never came."
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
