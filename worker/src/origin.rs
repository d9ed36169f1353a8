//! Which pages may call.

use crate::request_head::RequestHead;

/// Where a request comes from, as its browser says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin<'a> {
    /// No browser said anything, or the page is our own.
    Own,
    /// A page of another site that the owner allowed: answers to it carry CORS headers.
    Allowed(&'a str),
    /// A page of any other site.
    Foreign,
}

/// Judges `Origin`, and only where there is none `Sec-Fetch-Site`, which so never overrides an allowed origin.
pub(crate) fn judge<'a>(head: &'a RequestHead, allowed: &[String]) -> Origin<'a> {
    let origin = head.origin();
    if origin.is_empty() {
        // A GET from our own page carries no Origin; neither does what is no browser.
        return match head.sec_fetch_site() {
            "" | "same-origin" | "none" => Origin::Own,
            _ => Origin::Foreign,
        };
    }
    if origin == head.own_origin() {
        return Origin::Own;
    }
    if allowed.iter().any(|allowed| allowed == origin) { Origin::Allowed(origin) } else { Origin::Foreign }
}

/// Whether the text is a serialised origin (RFC 6454 §6.2): scheme, host, port where it is not the scheme's own.
pub(crate) fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else { return false };
    let is_lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
    let has_default_port =
        (scheme == "https" && authority.ends_with(":443")) || (scheme == "http" && authority.ends_with(":80"));
    (scheme == "https" || scheme == "http")
        && is_lower
        && !has_default_port
        && !authority.contains(['/', '?', '#', '*', '@'])
        && minara::request::is_http_url(text)
}

#[cfg(test)]
mod tests {
    use super::{Origin, is_origin, judge};
    use crate::request_head::RequestHead;

    fn verdict(origin: &str, site: &str) -> String {
        let url = "https://demo.example/api/health";
        let head = RequestHead::parse(["GET", url, "", "", origin, site, "", "", ""].join("\n"));
        format!("{:?}", judge(&head, &["https://partner.example".to_owned()]))
    }

    #[test]
    fn the_origin_decides_and_without_one_the_fetch_site() {
        for (origin, site, expected) in [
            ("", "", "Own"),
            ("", "same-origin", "Own"),
            ("", "none", "Own"),
            ("", "same-site", "Foreign"),
            ("", "cross-site", "Foreign"),
            ("https://demo.example", "same-origin", "Own"),
            ("https://partner.example", "cross-site", "Allowed(\"https://partner.example\")"),
            ("https://partner.example", "", "Allowed(\"https://partner.example\")"),
            ("http://partner.example", "", "Foreign"),
            ("https://partner.example.evil.example", "", "Foreign"),
            ("https://sub.partner.example", "same-site", "Foreign"),
            ("https://partner.example:8443", "", "Foreign"),
            ("http://demo.example", "same-origin", "Foreign"),
            ("null", "same-origin", "Foreign"),
        ] {
            assert_eq!(verdict(origin, site), expected, "{origin} {site}");
        }
    }

    #[test]
    fn an_allowed_origin_is_written_as_browsers_write_it() {
        for (text, verdict) in [
            ("https://partner.example", true),
            ("http://localhost:3000", true),
            ("https://partner.example/", false),
            ("https://partner.example:443", false),
            ("http://localhost:80", false),
            ("https://user@partner.example", false),
            ("https://Partner.example", false),
            ("https://*.partner.example", false),
            ("*", false),
            ("null", false),
            ("partner.example", false),
        ] {
            assert_eq!(is_origin(text), verdict, "{text}");
        }
    }

    #[test]
    fn an_allowed_origin_is_given_back_as_it_came() {
        let head = RequestHead::parse("GET\nhttps://a.example/\n\n\nhttps://b.example\n\n\n\n".to_owned());
        assert_eq!(judge(&head, &["https://b.example".to_owned()]), Origin::Allowed("https://b.example"));
    }
}
