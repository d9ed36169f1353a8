//! The fields that mean something (HTML Standard, §9.2.6); every other line is ignored.

/// The longest field name that means something is five bytes long.
pub(super) const MAX_NAME_BYTES: usize = 5;

/// A field that changes what is dispatched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Data,
    Event,
    Id,
    Retry,
}

impl Field {
    /// The field of that name. Names are compared literally, without case folding.
    pub(super) fn from_name(name: &[u8]) -> Option<Self> {
        match name {
            b"data" => Some(Self::Data),
            b"event" => Some(Self::Event),
            b"id" => Some(Self::Id),
            b"retry" => Some(Self::Retry),
            _ => None,
        }
    }

    /// The field and value of a whole line without its end; `None` for a comment or an unknown field.
    #[inline]
    pub(super) fn of_line(line: &[u8]) -> Option<(Self, &[u8])> {
        let (field, value) = match line {
            [b'd', b'a', b't', b'a', b':', value @ ..] => (Self::Data, value),
            [b'e', b'v', b'e', b'n', b't', b':', value @ ..] => (Self::Event, value),
            [b'i', b'd', b':', value @ ..] => (Self::Id, value),
            [b'r', b'e', b't', b'r', b'y', b':', value @ ..] => (Self::Retry, value),
            name => return Some((Self::from_name(name)?, &[])),
        };
        Some((field, without_space(value)))
    }
}

/// A value without the one space that may follow the colon.
#[inline]
fn without_space(value: &[u8]) -> &[u8] {
    value.strip_prefix(b" ").unwrap_or(value)
}

/// The milliseconds of a `retry` value: ASCII digits only, at least one.
///
/// The standard sets no upper bound; a value over [`u64::MAX`] counts as that.
pub(super) fn parse_retry(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digits = value.iter().map(|byte| u64::from(byte - b'0'));
    Some(digits.fold(0, |sum: u64, digit| sum.saturating_mul(10).saturating_add(digit)))
}
