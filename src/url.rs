//! Absolute http and https URLs, checked without a URL parser, which would weigh as much as the rest of the client.

use crate::wording::trim_end;

/// Longest URL that is taken, in bytes.
pub(crate) const MAX_URL: usize = 2_048;

/// Whether the text is an absolute http or https URL with a host.
///
/// Stricter than the WHATWG URL parser, which repairs what people paste: no white space or control character, no
/// backslash, exactly two slashes after the scheme, and no user name or password, which would travel to the API.
pub fn is_http_url(text: &str) -> bool {
    if text.len() > MAX_URL || has_odd_character(text) {
        return false;
    }
    let Some((scheme, rest)) = split_scheme(text) else { return false };
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return false;
    }
    is_authority(before_path(rest))
}

/// White space, a control character or a backslash, which a URL parser drops or repairs.
pub(crate) fn has_odd_character(text: &str) -> bool {
    text.chars().any(|letter| letter.is_whitespace() || letter.is_control() || letter == '\\')
}

/// What stands before and behind the first `://`.
pub(crate) fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let at = text.as_bytes().windows(3).position(|bytes| bytes == b"://")?;
    Some((&text[..at], &text[at + 3..]))
}

/// Host and port. A bracketed IPv6 address holds colons of its own.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.bytes().rposition(|byte| matches!(byte, b':' | b']')) {
        Some(at) if authority.as_bytes()[at] == b':' => (&authority[..at], Some(&authority[at + 1..])),
        _ => (authority, None),
    }
}

/// What stands between the scheme and the path; empty where there is no scheme.
pub(crate) fn authority_of(text: &str) -> &str {
    split_scheme(text).map_or("", |(_, rest)| before_path(rest))
}

/// The host of a URL or of a serialised origin, without its port; empty where there is no scheme.
pub fn host_of(text: &str) -> &str {
    split_port(authority_of(text)).0
}

fn before_path(rest: &str) -> &str {
    &rest[..rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len())]
}

fn is_authority(authority: &str) -> bool {
    let (host, port) = split_port(authority);
    let port_fits = port.is_none_or(|port| port.is_empty() || is_number(port, 65_535));
    port_fits && is_host(host)
}

/// Whether the text is a whole number up to that one, without a sign.
pub(crate) fn is_number(text: &str, most: u32) -> bool {
    let mut value = 0;
    for byte in text.bytes() {
        if !byte.is_ascii_digit() || value > most {
            return false;
        }
        value = value * 10 + u32::from(byte - b'0');
    }
    value <= most && !text.is_empty()
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.contains(':') && address.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'));
    }
    let name = trim_end(host, b'.').as_bytes();
    let has_empty_label = name.is_empty() || name[0] == b'.' || name.windows(2).any(|bytes| bytes == b"..");
    let is_of_host = |byte: u8| !byte.is_ascii() || byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    !has_empty_label && host.bytes().all(is_of_host)
}

#[cfg(test)]
mod tests {
    use super::{host_of, is_http_url, is_number};

    #[test]
    fn numbers_are_those_that_the_standard_library_reads_without_a_sign() {
        for text in ["", "0", "-1", "255", "256", "0255", "1e2", "25 ", "99999999999999999999", "٣"] {
            assert_eq!(is_number(text, 255), text.parse::<u8>().is_ok(), "{text:?}");
        }
        assert!(!is_number("+1", 255));
    }

    #[test]
    fn a_host_has_no_port_and_no_path() {
        for (text, host) in [
            ("https://demo.example", "demo.example"),
            ("http://localhost:8787", "localhost"),
            ("http://[::1]:8787", "[::1]"),
            ("http://[::1]", "[::1]"),
            ("https://demo.example:8443/a:b?c", "demo.example"),
            ("/api", ""),
            ("", ""),
        ] {
            assert_eq!(host_of(text), host, "{text:?}");
        }
    }

    #[test]
    fn only_absolute_web_addresses_with_a_host_pass() {
        for (text, verdict) in [
            ("https://polymarket.com/event/example", true),
            ("http://polymarket.com", true),
            ("HTTPS://Polymarket.com/event/a?b=c#d", true),
            ("https://polymarket.com:8443/event", true),
            ("https://[::1]:8080/x", true),
            ("https://münchen.example/", true),
            ("https://localhost", true),
            ("", false),
            ("polymarket.com/event/example", false),
            ("//polymarket.com/event", false),
            ("https:polymarket.com", false),
            ("https://", false),
            ("https:///event", false),
            ("https://.com", false),
            ("https://a..b", false),
            ("https://?x", false),
            ("https://polymarket.com:99999/", false),
            ("https://polymarket.com:+80/", false),
            ("https://user:secret@polymarket.com/", false),
            ("https://polymarket.com/a b", false),
            ("https://polymarket.com\\event", false),
            ("https://polymarket.com/\n", false),
            ("https://polymarket.com/a\\b", false),
            ("https://polymarket.com/a\u{1}b", false),
            ("https://polymarket.com/a\u{a0}b", false),
            ("ftp://polymarket.com/event", false),
            ("javascript://polymarket.com/%0aalert(1)", false),
            ("data:text/html,x", false),
            ("https://[::zz]/", false),
        ] {
            assert_eq!(is_http_url(text), verdict, "{text:?}");
        }
        assert!(is_http_url(&format!("https://a.example/{}", "x".repeat(2_030))));
        assert!(!is_http_url(&format!("https://a.example/{}", "x".repeat(2_031))));
    }
}
