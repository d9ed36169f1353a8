//! Absolute http and https URLs, checked without a URL parser, which would weigh as much as the rest of the client.

/// Longest link that is sent, in bytes.
pub(super) const MAX_LINK: usize = 2_048;

/// Whether the text is an absolute http or https URL with a host.
///
/// Stricter than the WHATWG URL parser, which repairs what people paste: no white space or control character, no
/// backslash, exactly two slashes after the scheme, and no user name or password, which would travel to the API.
pub fn is_http_url(text: &str) -> bool {
    if text.len() > MAX_LINK || text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return false;
    }
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return false;
    }
    is_authority(before_path(rest))
}

/// What stands between the scheme and the path; empty where there is no scheme.
pub(super) fn authority_of(text: &str) -> &str {
    text.split_once("://").map_or("", |(_, rest)| before_path(rest))
}

fn before_path(rest: &str) -> &str {
    &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())]
}

fn is_authority(authority: &str) -> bool {
    // A bracketed IPv6 address holds colons of its own.
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let port_fits = port.is_none_or(|port| port.is_empty() || port.parse::<u16>().is_ok());
    port_fits && is_host(host)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.contains(':') && address.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'));
    }
    let labels_fit = host.trim_end_matches('.').split('.').all(|label| !label.is_empty());
    labels_fit && host.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
}

#[cfg(test)]
mod tests {
    use super::is_http_url;

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
