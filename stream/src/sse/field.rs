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
        if let [b'd', b'a', b't', b'a', b':', value @ ..] = line {
            return Some((Self::Data, without_space(value)));
        }
        let name_end = line.iter().take(MAX_NAME_BYTES + 1).position(|byte| *byte == b':');
        match name_end {
            Some(end) => Some((Self::from_name(&line[..end])?, without_space(&line[end + 1..]))),
            None => Some((Self::from_name(line)?, &[])),
        }
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
