//! What can be set on a client: each gives the same client with something else.

use std::rc::Rc;

use super::Client;
use crate::chat_stream::ChatOptions;
use crate::deadline::Limits;
use crate::error::{Error, Result};
use crate::retry::RetryPolicy;
use crate::transport::Observer;
use crate::wire::fits_a_header;

impl Client {
    /// The same client with another address: with a key an https URL, or plain http to this machine; without one as in
    /// [`behind_worker`](Self::behind_worker).
    ///
    /// # Errors
    /// `invalid_request` for any other address.
    pub fn at(mut self, base: &str) -> Result<Self> {
        self.config = Rc::new(Rc::unwrap_or_clone(self.config).at(base)?);
        Ok(self)
    }

    /// The same client with a token in place of a key: that of a session, or the owner's, as the Worker before the API gives
    /// them out. It goes along with every call.
    ///
    /// # Errors
    /// `invalid_request` for a token that a header cannot carry, and beside a key.
    pub fn bearer(mut self, token: &str) -> Result<Self> {
        let fault = if self.config.secret().is_some() {
            "cannot be given beside a key: the API knows keys alone"
        } else if token.is_empty() || !fits_a_header(token) {
            "must be a token of visible ASCII characters"
        } else {
            self.stream.bearer = Some(token.to_owned());
            self.unary.bearer = Some(token.to_owned());
            return Ok(self);
        };
        Err(Error::invalid_field("client options", "bearer", fault))
    }

    /// The same client with other time limits for streams. Default: [`Limits::STREAM`].
    ///
    /// # Errors
    /// `invalid_request` for a limit that is not above 0.
    pub fn stream_limits(mut self, limits: Limits) -> Result<Self> {
        limits.check()?;
        self.stream.limits = limits;
        Ok(self)
    }

    /// The same client with other time limits for everything that is no stream. Default: [`Limits::UNARY`].
    ///
    /// # Errors
    /// `invalid_request` for a limit that is not above 0.
    pub fn limits(mut self, limits: Limits) -> Result<Self> {
        limits.check()?;
        self.unary.limits = limits;
        Ok(self)
    }

    /// The same client with another retry policy. Default: 2 repetitions, and at most 60 s of `Retry-After`.
    ///
    /// # Errors
    /// `invalid_request` for a `max_retry_after` that is no number from 0.
    pub fn retry(mut self, policy: RetryPolicy) -> Result<Self> {
        policy.check()?;
        self.stream.retry = policy;
        self.unary.retry = policy;
        Ok(self)
    }

    /// The same client with other options for decoding streams. Default: a stream must end explicitly, and an event has at
    /// most 1 MiB.
    pub fn decoding(mut self, options: ChatOptions) -> Self {
        self.decoding = options;
        self
    }

    /// The same client with an observer that is called for each attempt, for logs and metrics. Default: none.
    pub fn observer(mut self, observer: Rc<dyn Observer>) -> Self {
        Rc::make_mut(&mut self.config).observer = Some(observer);
        self
    }

    /// The same client with one more header on every call.
    ///
    /// # Errors
    /// `invalid_request` for a header that the client answers for itself, or that HTTP cannot carry.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self> {
        for options in [&mut self.stream, &mut self.unary] {
            options.headers.push((name.to_owned(), value.to_owned()));
            options.check_headers()?;
        }
        Ok(self)
    }

    /// The same client with a replacement of the platform's `fetch`: called with a `Request`, gives a promise of a
    /// `Response`.
    pub fn fetch(mut self, replacement: js_sys::Function) -> Self {
        Rc::make_mut(&mut self.config).fetch = Some(replacement);
        self
    }
}
