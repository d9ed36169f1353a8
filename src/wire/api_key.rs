//! The one place that holds the API key.

use core::fmt;

use crate::error::{Error, Result};
use crate::wording::filled;

/// An API key. It is never printed: its `Debug` shows the last four characters at most, as the API's own pages do.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// A key that is not empty and that a header can carry. Its prefix is not checked.
    pub fn new(key: impl Into<String>) -> Result<Self> {
        let key = key.into();
        let fault = if key.is_empty() {
            "is empty: give the key of your Minara account"
        } else if !fits_a_header(&key) {
            "holds a space, a line break or another character that a header cannot carry: check how it was read"
        } else {
            return Ok(Self(key));
        };
        Err(Error::invalid_field("client options", "apiKey", fault))
    }

    /// The key itself, for taking it out of what a server said.
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// The value of the `Authorization` header (RFC 6750 §2.1).
    pub fn authorization(&self) -> String {
        bearer(&self.0)
    }
}

/// Whether a header can carry a key or token.
pub(crate) fn fits_a_header(token: &str) -> bool {
    token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The value of the `Authorization` header for that token (RFC 6750 §2.1).
pub(crate) fn bearer(token: &str) -> String {
    filled("Bearer {}", &[token])
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Four characters of a short key would be most of it.
        let tail = if self.0.len() >= 16 { &self.0[self.0.len() - 4..] } else { "" };
        f.write_str(&filled("ApiKey(…{})", &[tail]))
    }
}
