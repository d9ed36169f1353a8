//! The encoder: frames in, bytes out.

use crate::error::{Error, Result, Violation};
use crate::wording::digits;

/// What is written as one block of lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The event's type; `None` or empty for the default, `message`.
    pub event: Option<&'a str>,
    /// The event's data; `None` writes a block that sets `id` or `retry` and dispatches nothing.
    ///
    /// The format has no way to carry a CR: each CR, LF or CRLF in it arrives as LF.
    pub data: Option<&'a str>,
    /// The last event id from here on; empty to clear it.
    pub id: Option<&'a str>,
    /// The reconnection time in milliseconds.
    pub retry: Option<u64>,
}

/// Appends the frame to `out`, with the blank line that dispatches it.
///
/// # Errors
/// `invalid_request` when `event` or `id` holds a CR or LF, which would forge further lines, or `id` a NUL, for which
/// the receiver would ignore it. Nothing is written then.
pub fn encode(frame: &Frame<'_>, out: &mut Vec<u8>) -> Result<()> {
    check(frame)?;
    let start = out.len();
    if let Some(event) = frame.event.filter(|event| !event.is_empty()) {
        write_line(out, "event", event);
    }
    if let Some(id) = frame.id {
        write_line(out, "id", id);
    }
    if let Some(retry) = frame.retry {
        write_line(out, "retry", &digits(retry));
    }
    for line in frame.data.into_iter().flat_map(lines) {
        write_line(out, "data", line);
    }
    if out.len() > start {
        out.push(b'\n');
    }
    Ok(())
}

/// Appends a comment to `out`, which receivers ignore: what keeps a quiet connection open.
pub fn encode_comment(text: &str, out: &mut Vec<u8>) {
    for line in lines(text) {
        write_line(out, "", line);
    }
    out.push(b'\n');
}

fn check(frame: &Frame<'_>) -> Result<()> {
    let rules = [
        ("event", frame.event, &['\r', '\n'][..], "must not contain CR or LF"),
        ("id", frame.id, &['\r', '\n', '\0'][..], "must not contain CR, LF or NUL"),
    ];
    let violations: Vec<_> = rules
        .into_iter()
        .filter(|(_, value, refused, _)| value.is_some_and(|value| value.contains(*refused)))
        .map(|(field, _, _, rule)| Violation::new(field, rule))
        .collect();
    if violations.is_empty() { Ok(()) } else { Err(Error::invalid("event stream frame", violations)) }
}

/// The lines of a text whose lines end in CR, LF or CRLF; a text without any is one line.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\r', '\n']) else {
            return rest.take();
        };
        let length = if text[end..].starts_with("\r\n") { 2 } else { 1 };
        rest = Some(&text[end + length..]);
        Some(&text[..end])
    })
}

fn write_line(out: &mut Vec<u8>, name: &str, value: &str) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value.as_bytes());
    out.push(b'\n');
}
