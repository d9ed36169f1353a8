//! Bytes that are meant to be UTF-8.

use std::borrow::Cow;

use simdutf8::basic::from_utf8;

/// The bytes as text, each maximal subpart of an ill-formed sequence replaced by U+FFFD, as UTF-8 decode has it.
///
/// Well-formed ones are tried first: the standard library's lossy way is several times slower for them.
#[inline(never)]
pub(crate) fn to_text(bytes: &[u8]) -> Cow<'_, str> {
    from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}
