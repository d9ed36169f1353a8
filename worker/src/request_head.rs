//! Method, URL and headers of a request, as one text that the platform hands over.

use std::borrow::Cow;
use std::net::Ipv6Addr;

use minara::wire::BaseUrl;

/// The start of a request. A header that is missing reads as empty.
#[derive(Debug)]
pub(crate) struct RequestHead {
    text: String,
    ends: [usize; LINES],
}

/// In the order in which `platform.js` writes them.
const LINES: usize = 9;
const METHOD: usize = 0;
const URL: usize = 1;
const CONTENT_TYPE: usize = 2;
const CONTENT_LENGTH: usize = 3;
const ORIGIN: usize = 4;
const SEC_FETCH_SITE: usize = 5;
const AUTHORIZATION: usize = 6;
const CLIENT_ADDRESS: usize = 7;
const REQUESTED_METHOD: usize = 8;

impl RequestHead {
    /// Reads the lines that `head` in `platform.js` writes.
    pub(crate) fn parse(text: String) -> Self {
        let mut ends = [text.len(); LINES];
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at);
        for (end, at) in ends.iter_mut().zip(breaks) {
            *end = at;
        }
        Self { text, ends }
    }

    fn line(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] + 1 };
        self.text.get(start..self.ends[index]).unwrap_or_default()
    }

    /// The method, in capitals where it is one that the platform knows.
    pub(crate) fn method(&self) -> &str {
        self.line(METHOD)
    }

    /// The scheme, host and port that were called, as in `https://example.com`.
    pub(crate) fn own_origin(&self) -> &str {
        let url = self.line(URL);
        &url[..self.path_start()]
    }

    /// The path, without the query, as the WHATWG URL parser normalised it.
    pub(crate) fn path(&self) -> &str {
        let rest = &self.line(URL)[self.path_start()..];
        &rest[..rest.find(['?', '#']).unwrap_or(rest.len())]
    }

    fn path_start(&self) -> usize {
        let url = self.line(URL);
        let host = url.find("://").map_or(0, |at| at + 3);
        url[host..].find('/').map_or(url.len(), |at| host + at)
    }

    /// `Content-Type`
    pub(crate) fn content_type(&self) -> &str {
        self.line(CONTENT_TYPE)
    }

    /// `Content-Length`, where it is a number.
    pub(crate) fn content_length(&self) -> Option<u64> {
        self.line(CONTENT_LENGTH).parse().ok()
    }

    /// `Origin`
    pub(crate) fn origin(&self) -> &str {
        self.line(ORIGIN)
    }

    /// `Sec-Fetch-Site`
    pub(crate) fn sec_fetch_site(&self) -> &str {
        self.line(SEC_FETCH_SITE)
    }

    /// The token of `Authorization: Bearer …` (RFC 6750 §2.1).
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.line(AUTHORIZATION).split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
    }

    /// Whether the request was sent to a name or an address of this machine (RFC 6761 §6.3 for `*.localhost`).
    pub(crate) fn is_to_this_machine(&self) -> bool {
        let own = BaseUrl::without_key(self.own_origin());
        own.is_ok_and(|own| own.is_loopback() || own.host().ends_with(".localhost"))
    }

    /// The caller's IP address, as Cloudflare saw it (`CF-Connecting-IP`); of an IPv6 address the network, as whoever
    /// has one address of a /64 has them all.
    pub(crate) fn client_network(&self) -> Cow<'_, str> {
        let address = self.line(CLIENT_ADDRESS);
        let Ok(long) = address.parse::<Ipv6Addr>() else { return address.into() };
        if let Some(short) = long.to_ipv4_mapped() {
            return short.to_string().into();
        }
        format!("{}/64", Ipv6Addr::from_bits(long.to_bits() & (u128::MAX << 64))).into()
    }

    /// `Access-Control-Request-Method`, which makes an OPTIONS request a preflight.
    pub(crate) fn requested_method(&self) -> &str {
        self.line(REQUESTED_METHOD)
    }
}

#[cfg(test)]
mod tests {
    use super::RequestHead;

    fn head(lines: &[&str]) -> RequestHead {
        RequestHead::parse(lines.join("\n"))
    }

    #[test]
    fn each_line_is_one_part_of_the_head() {
        let head = head(&[
            "POST",
            "https://example.com:8443/api/v1/developer/chat?x=/y",
            "application/json",
            "17",
            "https://a.example",
            "cross-site",
            "bearer  token ",
            "192.0.2.1",
            "PUT",
        ]);
        assert_eq!(head.method(), "POST");
        assert_eq!(head.own_origin(), "https://example.com:8443");
        assert_eq!(head.path(), "/api/v1/developer/chat");
        assert_eq!(head.content_type(), "application/json");
        assert_eq!(head.content_length(), Some(17));
        assert_eq!(head.origin(), "https://a.example");
        assert_eq!(head.sec_fetch_site(), "cross-site");
        assert_eq!(head.bearer(), Some("token"));
        assert_eq!(head.client_network(), "192.0.2.1");
        assert_eq!(head.requested_method(), "PUT");
    }

    #[test]
    fn missing_headers_read_as_empty() {
        let head = head(&["GET", "http://localhost", "", "", "", "", "", "", ""]);
        assert_eq!(head.own_origin(), "http://localhost");
        assert_eq!(head.path(), "");
        assert_eq!(head.content_length(), None);
        assert_eq!(head.bearer(), None);
        assert_eq!(head.requested_method(), "");
    }

    #[test]
    fn a_bearer_token_needs_its_scheme_and_a_value() {
        for (line, token) in
            [("Bearer a", Some("a")), ("BEARER a", Some("a")), ("Bearer", None), ("Bearer  ", None), ("Basic a", None)]
        {
            assert_eq!(head(&["GET", "http://h/", "", "", "", "", line, "", ""]).bearer(), token, "{line}");
        }
    }

    #[test]
    fn this_machine_has_the_names_and_addresses_of_loopback_and_no_other() {
        for (url, is_here) in [
            ("http://localhost/", true),
            ("http://localhost:8787/api/health", true),
            ("https://localhost", true),
            ("http://demo.localhost:8787/", true),
            ("http://127.0.0.1:8787/", true),
            ("http://127.255.0.9/", true),
            ("http://[::1]:8787/", true),
            ("https://minara.example.workers.dev/", false),
            ("http://minara.example/", false),
            ("http://192.168.0.10:8787/", false),
            ("http://0.0.0.0:8787/", false),
            ("http://localhost.example/", false),
            ("http://notlocalhost/", false),
            ("http://127.0.0.1.example/", false),
            ("http://1270.0.0.1/", false),
            ("http://[::2]/", false),
            ("http://.localhost/", false),
            ("http://example/localhost", false),
            ("", false),
        ] {
            assert_eq!(head(&["POST", url, "", "", "", "", "", "", ""]).is_to_this_machine(), is_here, "{url}");
        }
    }

    #[test]
    fn an_address_counts_with_the_network_that_one_customer_gets() {
        for (address, network) in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.255", "192.0.2.255"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
            ("2001:0DB8:0001:0002::9", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::6", "2001:db8:1:3::/64"),
            ("2001:db8::1", "2001:db8::/64"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("", ""),
            ("unknown", "unknown"),
            ("2001:db8:1:2:3", "2001:db8:1:2:3"),
            ("fe80::1%eth0", "fe80::1%eth0"),
        ] {
            assert_eq!(head(&["GET", "http://h/", "", "", "", "", "", address, ""]).client_network(), network);
        }
    }
}
