//! Keeps API keys and bearer tokens out of everything that a person or a log may see.

/// What stands in place of a secret.
const MARK: &str = "[redacted]";

/// Prefixes after which a secret follows; compared without regard to ASCII case.
const SECRET_PREFIXES: &[&str] = &["sk-minara-", "sk-", "bearer "];

/// The text with every API key and bearer token replaced by `[redacted]`.
///
/// A secret is what follows `sk-` or `Bearer ` for as long as the characters are those of a token (RFC 6750 §2.1).
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

/// Byte range of the first secret, without the prefix `Bearer `.
fn next_secret(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    (0..bytes.len()).find_map(|at| {
        let prefix = SECRET_PREFIXES.iter().find(|prefix| starts_with(&bytes[at..], prefix))?;
        let is_key = prefix.starts_with("sk-");
        let continues_a_word = at > 0 && bytes[at - 1].is_ascii_alphanumeric();
        if is_key && continues_a_word {
            return None;
        }
        let token = at + prefix.len();
        let length = bytes[token..].iter().take_while(|byte| is_token_byte(**byte)).count();
        // "Bearer" in prose ("bearer token") is followed by a word, a key by at least eight characters.
        let shortest = if is_key { 4 } else { 8 };
        (length >= shortest).then(|| (if is_key { at } else { token }, token + length))
    })
}

fn starts_with(bytes: &[u8], prefix: &str) -> bool {
    bytes.len() >= prefix.len() && bytes[..prefix.len()].eq_ignore_ascii_case(prefix.as_bytes())
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte)
}
