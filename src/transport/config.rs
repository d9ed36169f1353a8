//! What a client is set up with, and what one call may say differently.

use core::fmt;
use std::rc::Rc;

use js_sys::Function;
use web_sys::AbortSignal;

use crate::deadline::Limits;
use crate::error::{Error, Result, Violation};
use crate::retry::RetryPolicy;
use crate::wire::{ApiKey, BaseUrl, is_reserved_header};
use crate::wording::filled;

/// What a client is set up with. Address and key come together, so that no key goes to an address that may not see it.
#[derive(Clone)]
pub struct Config {
    base: BaseUrl,
    key: Option<ApiKey>,
    /// A replacement of the platform's `fetch`: called with a `Request`, gives a promise of a `Response`.
    pub fetch: Option<Function>,
    /// Told of each attempt.
    pub observer: Option<Rc<dyn Observer>>,
}

impl Config {
    /// The API itself under a key, or the Worker before it without one; see [`BaseUrl`] for the addresses of either.
    ///
    /// # Errors
    /// `invalid_request` for any other address.
    pub fn new(base: &str, key: Option<ApiKey>) -> Result<Self> {
        let base = if key.is_some() { BaseUrl::with_key(base) } else { BaseUrl::without_key(base) }?;
        Ok(Self { base, key, fetch: None, observer: None })
    }

    /// The same settings with another address.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn at(self, base: &str) -> Result<Self> {
        let Self { key, fetch, observer, .. } = self;
        Ok(Self { fetch, observer, ..Self::new(base, key)? })
    }

    /// Where the API, or the Worker before it, is found.
    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// The API key; none behind a Worker.
    pub fn secret(&self) -> Option<&str> {
        self.key.as_ref().map(ApiKey::secret)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("base", &self.base).field("key", &self.key).finish_non_exhaustive()
    }
}

/// What one call may say differently.
#[derive(Clone)]
pub struct CallOptions {
    /// Aborts the call.
    pub signal: Option<AbortSignal>,
    /// Time limits.
    pub limits: Limits,
    /// Milliseconds of the total limit that have passed before the call, for what it had to wait for.
    pub elapsed: f64,
    /// Repetitions.
    pub retry: RetryPolicy,
    /// Further headers; checked by [`check_headers`](Self::check_headers).
    pub headers: Vec<(String, String)>,
    /// A session token, sent in place of an API key.
    pub bearer: Option<String>,
}

/// Without headers and token, which may be secrets.
impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallOptions").field("limits", &self.limits).field("retry", &self.retry).finish_non_exhaustive()
    }
}

impl CallOptions {
    /// The defaults of a stream or of every other call.
    pub fn new(limits: Limits) -> Self {
        Self { signal: None, limits, elapsed: 0.0, retry: RetryPolicy::default(), headers: Vec::new(), bearer: None }
    }

    /// Refuses headers that the client answers for, and names or values that HTTP cannot carry (RFC 9110 §5).
    pub fn check_headers(&self) -> Result<()> {
        let mut violations = Vec::new();
        for (name, value) in &self.headers {
            if let Some(fault) = header_fault(name, value) {
                violations.push(Violation::new(filled("headers.{}", &[&printable(name, 40)]), fault));
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(Error::invalid("call options", violations)) }
    }
}

fn header_fault(name: &str, value: &str) -> Option<&'static str> {
    let is_name =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
    let is_value = value.bytes().all(|b| b == b'\t' || (b' '..=b'~').contains(&b));
    if !is_name {
        Some("is not a header name")
    } else if is_reserved_header(name) {
        Some("is set by the client itself and cannot be given")
    } else if !is_value {
        Some("holds a character that a header cannot carry")
    } else {
        None
    }
}

/// The first characters of something that the caller has written, as far as they can be shown.
pub(super) fn printable(text: &str, characters: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(characters).collect()
}

/// An attempt that goes out. It carries neither key nor body.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path below the base URL.
    pub path: &'a str,
    /// 1 for the first.
    pub attempt: u32,
}

/// An attempt that came back, or did not.
#[derive(Debug, Clone, Copy)]
pub struct Settled<'a> {
    /// The attempt.
    pub sent: Sent<'a>,
    /// The HTTP status; none where no answer came.
    pub status: Option<u16>,
    /// From sending to the answer's headers, in milliseconds.
    pub milliseconds: f64,
    /// The other side's correlation id.
    pub request_id: Option<&'a str>,
}

/// Told of each attempt, for logs and metrics.
pub trait Observer {
    /// An attempt goes out.
    fn sent(&self, attempt: Sent<'_>);
    /// An attempt came back, or did not.
    fn settled(&self, attempt: Settled<'_>);
}
