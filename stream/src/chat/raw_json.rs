//! A JSON text (RFC 8259) looked into where it lies: no tree, no copy, no recursion.
//!
//! Neither `serde_json` nor the host's `JSON.parse` serves here. A surrogate pair may be split across two deltas, and
//! the first refuses half a pair while both forget where in the bytes a string was, which the fast path needs.

use std::borrow::Cow;

use super::text::text_of;

/// A value of a JSON text that is known to be valid, without the white space around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawJson<'a>(&'a [u8]);

impl<'a> RawJson<'a> {
    /// The value of the text; `None` if the text is not JSON. `open` is scratch space.
    pub(super) fn parse(text: &'a [u8], open: &mut Vec<u8>) -> Option<Self> {
        let start = skip_space(text, 0);
        let end = validate(text, start, open)?;
        (skip_space(text, end) == text.len()).then(|| Self(&text[start..end]))
    }

    /// The value's bytes.
    pub(super) fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// Whether it is an object.
    pub(super) fn is_object(self) -> bool {
        self.0[0] == b'{'
    }

    /// Whether it is an array.
    pub(super) fn is_array(self) -> bool {
        self.0[0] == b'['
    }

    /// Whether it is null.
    pub(super) fn is_null(self) -> bool {
        self.0[0] == b'n'
    }

    /// Whether it is a string.
    pub(super) fn is_string(self) -> bool {
        self.0[0] == b'"'
    }

    /// What stands between the quotes of a string, escapes and all.
    pub(super) fn string_body(self) -> Option<&'a [u8]> {
        self.is_string().then(|| &self.0[1..self.0.len() - 1])
    }

    /// The string's value, with U+FFFD for what is no Unicode text.
    pub(super) fn to_text(self) -> Option<String> {
        self.string_body().map(text_of)
    }

    /// The object's member of that name: the last one, as `JSON.parse` has it; `None` if this is no object. The name `0`
    /// stands for an array's first element.
    pub(super) fn get(self, name: &str) -> Option<Self> {
        if name == "0" {
            return self.first();
        }
        self.members().filter(|(member, _)| **member == *name.as_bytes()).last().map(|(_, value)| value)
    }

    /// The array's first element.
    fn first(self) -> Option<Self> {
        if !self.is_array() {
            return None;
        }
        let start = skip_space(self.0, 1);
        (self.0[start] != b']').then(|| Self(&self.0[start..value_end(self.0, start)]))
    }

    /// The object's members in their order, duplicates and all; none if this is no object.
    pub(super) fn members(self) -> Members<'a> {
        Members { object: self.0, at: if self.is_object() { 1 } else { self.0.len() } }
    }
}

/// Whether there is a string in the valid text that is not empty, at any depth: no name of a member, nor the value of one
/// that has such a name.
#[cold]
#[inline(never)]
pub(super) fn has_words(text: &[u8], labels: &[&str]) -> bool {
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'"' {
            at += 1;
            continue;
        }
        let start = at;
        at = string_end(text, start);
        let behind = skip_space(text, at);
        if text.get(behind) != Some(&b':') {
            if at - start > EMPTY {
                return true;
            }
            continue;
        }
        let value = skip_space(text, behind + 1);
        let is_label = labels.iter().any(|label| label.as_bytes() == &*unescaped(&text[start..at]));
        at = if is_label && text[value] == b'"' { string_end(text, value) } else { value };
    }
    false
}

/// The length of a string without a character, with its quotes.
const EMPTY: usize = 2;

/// Iterates over the members of a valid object.
pub(super) struct Members<'a> {
    object: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Members<'a> {
    type Item = (Cow<'a, [u8]>, RawJson<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let object = self.object;
        let start = skip_space(object, self.at);
        if object.get(start) != Some(&b'"') {
            return None;
        }
        let name_end = string_end(object, start);
        let colon = skip_space(object, name_end);
        let value = skip_space(object, colon + 1);
        let end = value_end(object, value);
        // Behind the value stands a comma, or the brace that ends the object.
        self.at = skip_space(object, end) + 1;
        Some((unescaped(&object[start..name_end]), RawJson(&object[value..end])))
    }
}

fn unescaped(string: &[u8]) -> Cow<'_, [u8]> {
    let body = &string[1..string.len() - 1];
    if !body.contains(&b'\\') {
        return Cow::Borrowed(body);
    }
    Cow::Owned(RawJson(string).to_text().unwrap_or_default().into_bytes())
}

#[inline(never)]
fn skip_space(text: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = text.get(at) {
        at += 1;
    }
    at
}

/// Where the string of a valid text that starts here ends, behind its closing quote.
fn string_end(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while text[at] != b'"' {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

/// Where the value of a valid text that starts here ends.
fn value_end(text: &[u8], start: usize) -> usize {
    let mut at = start;
    let mut depth = 0_usize;
    loop {
        match text.get(at) {
            Some(b'"') => at = string_end(text, at),
            Some(b'{' | b'[') => (depth, at) = (depth + 1, at + 1),
            Some(b'}' | b']') => (depth, at) = (depth - 1, at + 1),
            _ if depth == 0 => return scalar_end(text, at),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
}

fn scalar_end(text: &[u8], start: usize) -> usize {
    let rest = &text[start..];
    let length = rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r'));
    start + length.unwrap_or(rest.len())
}

/// Where the JSON value that starts here ends; `None` if there is none. `open` holds the brackets still to come.
fn validate(text: &[u8], start: usize, open: &mut Vec<u8>) -> Option<usize> {
    open.clear();
    let mut at = start;
    loop {
        let first = *text.get(at)?;
        if matches!(first, b'{' | b'[') {
            // In ASCII a closing bracket comes two after its opening one.
            let bracket = first + 2;
            let inside = skip_space(text, at + 1);
            if *text.get(inside)? != bracket {
                open.push(bracket);
                at = validate_name_before(bracket, text, inside)?;
                continue;
            }
            at = inside + 1;
        } else {
            at = validate_scalar(text, at)?;
        }
        at = close_values(text, at, open)?;
        let Some(bracket) = open.last() else {
            return Some(at);
        };
        at = validate_name_before(*bracket, text, at + 1)?;
    }
}

/// Closes what the value that ends here completes; stands then at the comma before the next value, or at the end.
fn close_values(text: &[u8], end: usize, open: &mut Vec<u8>) -> Option<usize> {
    let mut at = end;
    while let Some(bracket) = open.last() {
        at = skip_space(text, at);
        match *text.get(at)? {
            b',' => break,
            byte if byte == *bracket => open.pop(),
            _ => return None,
        };
        at += 1;
    }
    Some(at)
}

/// Where the next value starts inside that bracket: in an object a name and a colon come first.
fn validate_name_before(bracket: u8, text: &[u8], at: usize) -> Option<usize> {
    if bracket == b'}' { validate_name(text, at) } else { Some(skip_space(text, at)) }
}

/// Where the value of the member starts whose name starts here.
fn validate_name(text: &[u8], at: usize) -> Option<usize> {
    let colon = skip_space(text, validate_string(text, skip_space(text, at))?);
    (*text.get(colon)? == b':').then(|| skip_space(text, colon + 1))
}

fn validate_scalar(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at)? {
        b'"' => validate_string(text, at),
        b't' => validate_word(text, at, b"true"),
        b'f' => validate_word(text, at, b"false"),
        b'n' => validate_word(text, at, b"null"),
        _ => validate_number(text, at),
    }
}

fn validate_word(text: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    text[at..].starts_with(word).then_some(at + word.len())
}

/// Where the string that starts here ends, behind its closing quote.
fn validate_string(text: &[u8], start: usize) -> Option<usize> {
    if *text.get(start)? != b'"' {
        return None;
    }
    body_end(text, start + 1).map(|end| end + 1)
}

/// Where the closing quote stands of a string whose body starts here; `None` if it has none or breaks the grammar.
#[inline]
pub(super) fn body_end(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        at += plain_length(&text[at..]);
        match *text.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += escape_length(&text[at..])?,
            _ => return None,
        }
    }
}

/// How many bytes at the start stand for themselves in a string.
#[inline]
fn plain_length(text: &[u8]) -> usize {
    let (blocks, _) = text.as_chunks::<BLOCK>();
    // Without a branch inside a block, which the compiler then takes as one vector.
    let is_plain = |block: &&[u8; BLOCK]| !block.iter().fold(false, |special, byte| special | is_special(*byte));
    let plain = BLOCK * blocks.iter().take_while(is_plain).count();
    let rest = &text[plain..];
    plain + rest.iter().position(|byte| is_special(*byte)).unwrap_or(rest.len())
}

const BLOCK: usize = 16;

/// What ends a string, starts an escape, or may not stand in a string.
#[inline]
fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn escape_length(text: &[u8]) -> Option<usize> {
    match text.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => text.get(2..6)?.iter().all(u8::is_ascii_hexdigit).then_some(6),
        _ => None,
    }
}

fn validate_number(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start + usize::from(text.get(start) == Some(&b'-'));
    at = match text.get(at)? {
        b'0' => at + 1,
        _ => validate_digits(text, at)?,
    };
    if text.get(at) == Some(&b'.') {
        at = validate_digits(text, at + 1)?;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(text.get(at), Some(b'+' | b'-')));
        at = validate_digits(text, at)?;
    }
    Some(at)
}

/// Behind the digits that start here; `None` if there is none.
fn validate_digits(text: &[u8], start: usize) -> Option<usize> {
    let digits = text[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits > 0).then_some(start + digits)
}
