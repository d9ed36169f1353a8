//! The chat request.

use super::vocabulary::MODES;
use super::{Endpoint, JsonValue, Request};
use crate::error::{Error, Result};

/// How much work goes into an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Mode {
    /// A quick response.
    #[default]
    Fast,
    /// An in-depth analysis. The API does not say how long it takes.
    Expert,
}

impl Mode {
    /// Every mode, in the order of the documentation.
    pub const ALL: [Self; 2] = [Self::Fast, Self::Expert];

    /// The API's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Expert => "expert",
        }
    }
}

impl core::fmt::Display for Mode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl core::str::FromStr for Mode {
    type Err = Error;

    /// Reads the API's spelling, or one that the translated documentation prints in its place.
    fn from_str(text: &str) -> Result<Self> {
        MODES.parse("mode", text, &Self::ALL)
    }
}

/// Fields by which a call is sent, repeated or answered in another way. Another call that had one would be taken for what it
/// is not: a `requestId` lets a call be sent again.
pub(super) const ALONE: [&str; 3] = ["requestId", "stream", "background"];

/// A question to the agent, sent to `POST /v1/developer/chat`.
///
/// ```
/// use minara::request::{ChatRequest, Delivery, Request as _};
///
/// let request = ChatRequest::ask("Why did SOL rise today?").expert().continuing("chat_abc123");
/// let valid = request.validate(Delivery::Whole)?;
/// assert_eq!(valid.chat_id(), Some("chat_abc123"));
/// # Ok::<(), minara::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatRequest {
    message: String,
    mode: Mode,
    chat_id: Option<String>,
    request_id: Option<String>,
}

impl ChatRequest {
    /// A question of 1–32,000 characters, in [`Mode::Fast`].
    pub fn ask(message: impl Into<String>) -> Self {
        Self { message: message.into(), mode: Mode::Fast, chat_id: None, request_id: None }
    }

    /// Asks for an answer in the given mode.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Asks for an in-depth answer.
    pub fn expert(self) -> Self {
        self.mode(Mode::Expert)
    }

    /// Continues a conversation under the `chatId` of an earlier answer (1–256 characters).
    pub fn continuing(mut self, chat_id: impl Into<String>) -> Self {
        self.chat_id = Some(chat_id.into());
        self
    }

    /// Names the call, 1–96 of `[A-Za-z0-9._:-]`: sent twice under one id it is charged once, and its answer can be
    /// fetched for 24 hours.
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = Some(id.into());
        self
    }
}

impl Request for ChatRequest {
    const ENDPOINT: Endpoint = Endpoint::Chat;

    fn to_json_value(&self) -> JsonValue {
        let ids = [("chatId", &self.chat_id), ("requestId", &self.request_id)];
        let mut members = vec![
            ("message".to_owned(), JsonValue::from(&*self.message)),
            ("mode".to_owned(), self.mode.as_str().into()),
        ];
        members.extend(ids.iter().filter_map(|(name, id)| Some(((*name).to_owned(), JsonValue::from(id.as_deref()?)))));
        JsonValue::Object(members)
    }
}
