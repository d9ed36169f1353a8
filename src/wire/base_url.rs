//! Where the API is called: which addresses may be given, and which of them may see a key.

use core::fmt;

use crate::error::{Error, Result};
use crate::url::{has_odd_character, host_of, is_http_url, is_number, split_scheme};
use crate::wording::trim_end;

/// Where the API lives, according to its documentation.
pub const DEFAULT_BASE_URL: &str = "https://api.minara.ai";

/// The host that `servers` of the OpenAPI document names; the API's official notes of June 2026 say that it answers 404.
pub const LEGACY_BASE_URL: &str = "https://api-developer.minara.ai";

/// The address below which the API's paths are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// For a client that sends an API key: https, or plain http to this machine only.
    pub fn with_key(text: &str) -> Result<Self> {
        let url = Self::absolute(text)?;
        if url.is_encrypted() || url.is_loopback() {
            return Ok(url);
        }
        Err(fault("must start with https://, because the API key would travel readable over http://"))
    }

    /// For a client without a key, behind a Worker: an absolute URL, or a path such as `/api` of the page's own origin.
    pub fn without_key(text: &str) -> Result<Self> {
        // A URL parser drops tabs and line breaks, so that "/\t/host" would name another host.
        if text.starts_with('/') && !text.starts_with("//") && !has_odd_character(text) && !has_query(text) {
            return Ok(Self::trimmed(text));
        }
        Self::absolute(text)
    }

    fn absolute(text: &str) -> Result<Self> {
        if !is_http_url(text) || has_query(text) {
            return Err(fault("must be an absolute https:// address or, without a key, a path such as \"/api\""));
        }
        Ok(Self::trimmed(text))
    }

    fn trimmed(text: &str) -> Self {
        Self(trim_end(text, b'/').to_owned())
    }

    fn is_encrypted(&self) -> bool {
        split_scheme(&self.0).is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("https"))
    }

    /// Whether requests stay on this machine (`localhost`, 127.0.0.0/8, `::1`).
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        host.eq_ignore_ascii_case("localhost") || host == "[::1]" || is_loopback_address(host)
    }

    /// The host, without its port; empty for a path.
    pub fn host(&self) -> &str {
        host_of(&self.0)
    }

    /// The URL without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The URL without a trailing slash. It holds no secret: one with a user name or a query is refused.
impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// 127.0.0.0/8 in its usual form of four numbers.
fn is_loopback_address(host: &str) -> bool {
    let mut count = 0;
    let are_bytes = host.split('.').all(|part| {
        count += 1;
        is_number(part, 255)
    });
    are_bytes && count == 4 && host.starts_with("127.")
}

fn has_query(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'?' | b'#'))
}

fn fault(message: &str) -> Error {
    Error::invalid_field("client options", "baseUrl", message)
}
