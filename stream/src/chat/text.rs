//! Writes the bodies of JSON strings as text.

use memchr::memchr;

use crate::utf8::to_text;

/// The text of the body of a valid JSON string, with U+FFFD for what is no Unicode text.
pub(super) fn text_of(body: &[u8]) -> String {
    let mut text = String::new();
    let mut writer = TextWriter::default();
    writer.write_json(body, &mut text);
    writer.end(&mut text);
    text
}

/// Joins string bodies as JavaScript joins strings: a surrogate pair split across two bodies is one character.
#[derive(Debug, Clone, Default)]
pub(super) struct TextWriter {
    /// A high surrogate whose other half may still come.
    high: Option<u16>,
}

impl TextWriter {
    /// Appends the body of a valid JSON string; what is no Unicode text becomes U+FFFD.
    ///
    /// The whole body is decoded first: an escape is ASCII, so it parts no character, and ASCII ends what is ill-formed.
    pub(super) fn write_json(&mut self, body: &[u8], out: &mut String) {
        let text = to_text(body);
        let mut rest = &*text;
        while let Some(plain) = memchr(b'\\', rest.as_bytes()) {
            self.write_text(&rest[..plain], out);
            rest = self.write_escape(&rest[plain..], out);
        }
        self.write_text(rest, out);
    }

    /// Appends text that has no escapes.
    #[inline]
    pub(super) fn write_text(&mut self, text: &str, out: &mut String) {
        if !text.is_empty() {
            self.end(out);
            out.push_str(text);
        }
    }

    /// Ends the text: half a pair that is still waiting becomes U+FFFD.
    #[inline]
    pub(super) fn end(&mut self, out: &mut String) {
        if self.high.is_some() {
            self.replace_half(out);
        }
    }

    #[cold]
    #[inline(never)]
    fn replace_half(&mut self, out: &mut String) {
        self.high = None;
        out.push(char::REPLACEMENT_CHARACTER);
    }

    fn write_escape<'a>(&mut self, escape: &'a str, out: &mut String) -> &'a str {
        let plain = match escape.as_bytes()[1] {
            b'u' => {
                let unit = escape.as_bytes()[2..6].iter().fold(0, |unit, digit| unit << 4 | hex_value(*digit));
                self.write_unit(unit, out);
                return &escape[6..];
            }
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            other => char::from(other),
        };
        self.end(out);
        out.push(plain);
        &escape[2..]
    }

    /// Appends one UTF-16 code unit.
    fn write_unit(&mut self, unit: u16, out: &mut String) {
        let code = if let (Some(high), 0xDC00..0xE000) = (self.high, unit) {
            self.high = None;
            0x1_0000 + ((u32::from(high) - 0xD800) << 10) + (u32::from(unit) - 0xDC00)
        } else {
            self.end(out);
            u32::from(unit)
        };
        match unit {
            0xD800..0xDC00 => self.high = Some(unit),
            _ => out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }
}

fn hex_value(digit: u8) -> u16 {
    let value = match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    };
    u16::from(value)
}
