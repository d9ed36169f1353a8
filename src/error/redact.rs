//! Keeps API keys and bearer tokens out of everything that a person or a log may see.

/// What stands in place of a secret.
const MARK: &str = "[redacted]";

/// Shortest part of a key or token that counts as one: "bearer token" in prose is none.
const SHORTEST_TOKEN: usize = 8;

/// What the keys of this API begin with.
const LONG_PREFIX: &str = "sk-minara-";

/// Shortest text behind `sk-` that counts as a key.
const SHORTEST_KEY: usize = 4;

/// The text with every API key and bearer token replaced by `[redacted]`.
///
/// A secret is what follows `sk-` or `Bearer` for as long as the characters are those of a token (RFC 6750 §2.1), also
/// where JSON or a URL has escaped some of them. A key of this API is found inside a word too.
pub fn redact(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((start, end)) = next_secret(rest) {
        clean.push_str(&rest[..start]);
        clean.push_str(MARK);
        rest = &rest[end..];
    }
    clean.push_str(rest);
    clean
}

/// The text without that secret, whatever it looks like: in any case, with characters escaped as JSON may, and where its
/// end was cut off, at the end of the text or before `…`. Cutting must therefore leave one of the two behind.
///
/// Secrets of fewer than eight characters are left: they would be found in innocent words.
pub fn redact_secret(text: &str, secret: &str) -> String {
    if secret.len() < SHORTEST_TOKEN || !secret.is_ascii() {
        return text.to_owned();
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, length)) = (0..rest.len()).find_map(|at| Some((at, extent(&rest.as_bytes()[at..], secret)?))) {
        clean.push_str(&rest[..at]);
        clean.push_str(MARK);
        rest = &rest[at + length..];
    }
    clean.push_str(rest);
    clean
}

/// How much of the text's beginning is the secret, or what a cut has left of it. What every key begins with is no part of
/// the secret: prose may end like that.
fn extent(text: &[u8], secret: &str) -> Option<usize> {
    let (mut length, mut found) = (0, 0);
    for expected in secret.bytes() {
        let rest = &text[length..];
        let is_it = |letter: u8| letter.eq_ignore_ascii_case(&expected);
        let width = match (rest.first(), letter(rest)) {
            (Some(first), _) if is_it(*first) => 1,
            (_, Some((letter, width))) if is_it(letter) => width,
            _ => break,
        };
        length += width;
        found += 1;
    }
    let behind = &text[length..];
    let shown = if starts_with(secret.as_bytes(), LONG_PREFIX) { LONG_PREFIX.len() } else { SHORTEST_TOKEN - 1 };
    let is_cut = found > shown && (behind.is_empty() || behind.starts_with("…".as_bytes()));
    (found == secret.len() || is_cut).then_some(length)
}

/// The first character of a text and how many bytes it takes: JSON may have written `/` as `\/`, and any as `\u` and four
/// digits.
fn letter(text: &[u8]) -> Option<(u8, usize)> {
    match text {
        [b'\\', b'/', ..] => Some((b'/', 2)),
        [b'\\', b'u', b'0', b'0', high, low, ..] => {
            let digit = |digit: u8| char::from(digit).to_digit(16);
            let value = digit(*high)? * 16 + digit(*low)?;
            Some((u8::try_from(value).ok()?, 6))
        }
        [first, ..] => Some((*first, 1)),
        [] => None,
    }
}

/// Redacts the text and keeps at most so many bytes of it. In this order: half a key would not be known for one.
pub(crate) fn redact_within(text: &str, most: usize) -> String {
    let mut clean = redact(text);
    clean.truncate(clean.floor_char_boundary(most));
    clean
}

/// Byte range of the first secret, without the word `Bearer`.
fn next_secret(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    (0..bytes.len()).find_map(|at| {
        let rest = &bytes[at..];
        let (prefix, shortest) = match key_prefix(rest, begins_a_word(&bytes[..at])) {
            Some(prefix) => (prefix, SHORTEST_KEY),
            None => (bearer_prefix(rest)?, SHORTEST_TOKEN),
        };
        let start = if shortest == SHORTEST_KEY { at } else { at + prefix };
        let length = token_length(&rest[prefix..]);
        (length >= shortest).then_some((start, at + prefix + length))
    })
}

/// Whether a word can begin behind these bytes: at the start, behind a separator, and behind a character that JSON has
/// escaped as `\n` or `\u000a`.
fn begins_a_word(before: &[u8]) -> bool {
    match before {
        [] | [.., b'\\', _] | [.., b'\\', b'u', _, _, _, _] => true,
        [.., last] => !last.is_ascii_alphanumeric(),
    }
}

/// Length of the prefix of an API key. The short one counts only where a word begins, or "risk-free" would hold a key.
fn key_prefix(bytes: &[u8], begins_a_word: bool) -> Option<usize> {
    [LONG_PREFIX, "sk-"]
        .into_iter()
        .find(|prefix| starts_with(bytes, prefix) && (begins_a_word || prefix.len() > 3))
        .map(str::len)
}

/// Length of `Bearer` and what separates it from its token.
fn bearer_prefix(bytes: &[u8]) -> Option<usize> {
    const WORD: &str = "bearer";
    let behind = starts_with(bytes, WORD).then(|| &bytes[WORD.len()..])?;
    let mut length = 0;
    loop {
        length += match &behind[length..] {
            [b' ' | b'\t' | b'\r' | b'\n' | b':' | b'=' | b'"' | b'\'', ..] => 1,
            // A space in a form. Further on it is the token's own first character.
            [b'+', ..] if length == 0 => 1,
            [b'\\', b't' | b'n' | b'r' | b'"', ..] => 2,
            [b'%', b'2', b'0', ..] => 3,
            _ => break,
        };
    }
    (length > 0).then_some(WORD.len() + length)
}

/// How many bytes go on as a token; a URL may have written any of them as `%` and two digits.
fn token_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    while let Some((letter, width)) = letter(&bytes[length..]) {
        if !letter.is_ascii_alphanumeric() && !b"-._~+/=%".contains(&letter) {
            break;
        }
        length += width;
    }
    length
}

fn starts_with(bytes: &[u8], prefix: &str) -> bool {
    bytes.len() >= prefix.len() && bytes[..prefix.len()].eq_ignore_ascii_case(prefix.as_bytes())
}
