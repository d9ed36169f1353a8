//! From a checked request to the HTTP message: URL, headers, body; and the one place that holds the API key.

mod api_key;
mod base_url;
mod media_type;

use core::fmt;

pub use api_key::ApiKey;
#[cfg(feature = "fetch")]
pub(crate) use api_key::{bearer, fits_a_header};
pub use base_url::{BaseUrl, DEFAULT_BASE_URL, LEGACY_BASE_URL};
pub use media_type::{EVENT_STREAM, JSON, is_media_type};

pub use crate::url::host_of;

use crate::error::{Error, Result};
use crate::request::{Endpoint, JsonValue, ValidRequest, has_id_characters};
use crate::wording::sentence;

/// Where a job's state is looked up, followed by its id.
pub const STATUS_PATH: &str = "/v1/developer/chat/requests/";

/// Longest id of a job: the API's own are its `bg_…` names and request ids of up to 128 characters.
const MAX_JOB_ID: usize = 128;

/// An HTTP method that the API knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
}

impl Method {
    /// The method's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One HTTP request, ready to be sent by any transport.
///
/// ```
/// use minara::error::FailedResponse;
/// use minara::request::{Delivery, Request as _, SwapRequest};
/// use minara::response::{Answer as _, SwapTransaction};
/// use minara::wire::{ApiKey, BaseUrl, DEFAULT_BASE_URL, WireRequest, is_success};
/// # fn send(method: &str, url: &str, headers: &[(&str, String)], body: Option<&str>) -> (u16, Option<String>, String) {
/// #     assert_eq!((method, url), ("POST", "https://api.minara.ai/v1/developer/intent-to-swap-tx"));
/// #     assert_eq!(headers[1], ("content-type", "application/json".to_owned()));
/// #     assert_eq!(headers[2].0, "authorization");
/// #     assert!(body.unwrap().starts_with("{\"intent\""));
/// #     (200, None, r#"{"quote":{"toTokenAmount":"194058559"},"unsignedTx":{"chainType":"evm"}}"#.to_owned())
/// # }
///
/// let key = ApiKey::new("sk-minara-0123456789abcdef")?;
/// let base = BaseUrl::with_key(DEFAULT_BASE_URL)?;
/// let request = SwapRequest::new("swap 0.1 ETH to USDC", "0x742d35cc6634c0532925a3b844bc9e7595f0beb1").on("base");
/// let valid = request.validate(Delivery::Whole)?;
/// assert!(valid.warnings().is_empty(), "such as a wrong EIP-55 checksum");
///
/// // `send` is the HTTP client that the program has; redirects must not be followed, for the key would travel along.
/// let message = WireRequest::call(&valid);
/// let headers = message.headers(Some(&key));
/// let (status, retry_after, body) =
///     send(message.method.as_str(), &message.url(&base), &headers, message.body_json().as_deref());
/// if !is_success(status) {
///     let now_ms = 1_790_000_000_000.0; // the clock: a date in `Retry-After` counts from here
///     let failed = FailedResponse { status, body: &body, retry_after: retry_after.as_deref(), now_ms, ..Default::default() };
///     return Err(failed.into_error::<serde_json::Value>().without_secret(key.secret()));
/// }
/// let swap = SwapTransaction::read(status, Some("application/json"), &body)?;
/// assert_eq!(swap.quote.and_then(|quote| quote.to_token_amount).as_deref(), Some("194058559"));
/// # Ok::<(), minara::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct WireRequest {
    /// The method.
    pub method: Method,
    /// The path below the base URL.
    pub path: String,
    /// `text/event-stream` or `application/json`.
    pub accept: &'static str,
    /// The JSON body, if it has one.
    pub body: Option<JsonValue>,
    /// The id under which a repetition is not charged again, if there is one.
    pub request_id: Option<String>,
}

impl WireRequest {
    /// The message that carries a checked request.
    pub fn call(request: &ValidRequest) -> Self {
        Self::from(request.clone())
    }

    /// The message that looks up a job: `GET /v1/developer/chat/requests/{id}`.
    pub fn status(id: &str) -> Result<Self> {
        if !is_job_id(id) {
            let rule = "must be the id or requestId of a job: 1 to 128 of the characters A-Z a-z 0-9 . _ : -";
            return Err(Error::invalid_field("status look-up", "id", rule));
        }
        Ok(Self { method: Method::Get, path: sentence(&[STATUS_PATH, id]), accept: JSON, body: None, request_id: None })
    }

    /// The message that trades a solved challenge, or an earlier session, for a session at the Worker.
    pub fn session(body: JsonValue) -> Self {
        Self { method: Method::Post, path: "/session".to_owned(), accept: JSON, body: Some(body), request_id: None }
    }

    /// Whether a second sending cannot be charged a second time.
    pub fn is_repeatable(&self) -> bool {
        self.method == Method::Get || self.request_id.is_some()
    }

    /// The headers of the message: `accept`, `content-type` where there is a body, `authorization` with the key.
    pub fn headers(&self, key: Option<&ApiKey>) -> Vec<(&'static str, String)> {
        let content_type = self.body.as_ref().map(|_| ("content-type", JSON.to_owned()));
        let authorization = key.map(|key| ("authorization", key.authorization()));
        [Some(("accept", self.accept.to_owned())), content_type, authorization].into_iter().flatten().collect()
    }

    /// The body as a JSON text.
    pub fn body_json(&self) -> Option<String> {
        self.body.as_ref().map(JsonValue::to_json)
    }

    /// The whole URL.
    pub fn url(&self, base: &BaseUrl) -> String {
        sentence(&[base.as_str(), &self.path])
    }
}

/// Without a copy of the body.
impl From<ValidRequest> for WireRequest {
    fn from(request: ValidRequest) -> Self {
        Self {
            method: Method::Post,
            path: request.endpoint().path().to_owned(),
            accept: if request.streams() { EVENT_STREAM } else { JSON },
            request_id: request.request_id().map(str::to_owned),
            body: Some(request.into_body()),
        }
    }
}

/// Whether the text can stand as the last segment of the status path; `.` and `..` would change the path.
pub fn is_job_id(id: &str) -> bool {
    has_id_characters(id) && id.len() <= MAX_JOB_ID
}

/// Which call of the API a path is, without its base; `None` for every other path.
pub fn endpoint_of(path: &str) -> Option<Endpoint> {
    Endpoint::ALL.into_iter().find(|endpoint| endpoint.path() == path)
}

/// Whether a status is a success: any 2xx (the API is known to use 200, 201 and 202).
pub const fn is_success(status: u16) -> bool {
    matches!(status, 200..=299)
}

/// A header that a caller may not set, because the client itself or the connection answers for it. Pages drop the latter
/// (Fetch standard, "forbidden request-header"); elsewhere some of them fail the call as if its connection had.
pub fn is_reserved_header(name: &str) -> bool {
    const RESERVED: [&str; 14] = [
        "accept",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved))
}
