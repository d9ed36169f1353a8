//! What bodies are made of.

use crate::wording::trim;

/// The media type of requests, and of answers that come whole.
pub const JSON: &str = "application/json";

/// The media type of streams. Its charset is fixed by the specification (HTML Standard, §9.2.5).
pub const EVENT_STREAM: &str = "text/event-stream";

/// Whether a `Content-Type` is that media type, whatever its parameters (RFC 9110, §8.3). Where the header was sent more
/// than once, the first counts.
pub fn is_media_type(content_type: &str, media_type: &str) -> bool {
    let end = content_type.bytes().position(|byte| matches!(byte, b';' | b',')).unwrap_or(content_type.len());
    trim(&content_type[..end]).eq_ignore_ascii_case(media_type)
}

#[cfg(test)]
mod tests {
    use super::{EVENT_STREAM, is_media_type};

    #[test]
    fn a_media_type_is_known_whatever_its_case_and_its_parameters() {
        for (content_type, is_stream) in [
            ("text/event-stream", true),
            (" Text/Event-Stream ; charset=utf-8", true),
            ("text/event-stream;charset=utf-8", true),
            ("text/event-stream, text/event-stream", true),
            ("text/event-streams", false),
            ("text/event", false),
            ("application/json; of=text/event-stream", false),
            ("application/json, text/event-stream", false),
            (";text/event-stream", false),
            ("", false),
        ] {
            assert_eq!(is_media_type(content_type, EVENT_STREAM), is_stream, "{content_type:?}");
        }
    }
}
