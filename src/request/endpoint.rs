//! The API's paths, and the fields that each of its requests has.

use super::rules::{Field, Rule};
use super::vocabulary::{MODES, ROLES, STYLES};

/// One of the API's four calls.
///
/// Source: `paths` of the API's OpenAPI document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `POST /v1/developer/chat`
    Chat,
    /// `POST /v1/developer/intent-to-swap-tx`
    IntentToSwap,
    /// `POST /v1/developer/perp-trading-suggestion`
    PerpTradingSuggestion,
    /// `POST /v1/developer/prediction-market-ask`
    PredictionMarketAsk,
}

/// Longest message, intent or custom prompt, in characters.
const MAX_PROSE: usize = 32_000;

const MESSAGE: &[Field] =
    &[Field::required("role", Rule::OneOf(&ROLES)), Field::required("content", Rule::NonBlank(MAX_PROSE))];

const CHAT: &[Field] = &[
    Field::required("mode", Rule::OneOf(&MODES)),
    Field::required("stream", Rule::Flag),
    Field::required("message", Rule::Object(MESSAGE)),
    Field::optional("chatId", Rule::NonBlank(256)),
    Field::optional("requestId", Rule::RequestId),
    Field::optional("background", Rule::Flag),
];

const SWAP: &[Field] = &[
    Field::required("intent", Rule::NonBlank(MAX_PROSE)),
    Field::required("walletAddress", Rule::Address),
    Field::optional("chain", Rule::NonBlank(64)),
];

const PERP: &[Field] = &[
    Field::required("symbol", Rule::NonBlank(64)),
    Field::optional("style", Rule::OneOf(&STYLES)),
    Field::optional("marginUSD", Rule::Positive),
    Field::optional("leverage", Rule::Between(1, 40)),
    Field::optional("strategy", Rule::NonBlank(64)),
];

const PREDICTION: &[Field] = &[
    Field::required("link", Rule::HttpUrl),
    Field::required("mode", Rule::OneOf(&MODES)),
    Field::optional("only_result", Rule::Flag),
    Field::optional("customPrompt", Rule::Text(MAX_PROSE)),
];

impl Endpoint {
    /// Every call, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Chat, Self::IntentToSwap, Self::PerpTradingSuggestion, Self::PredictionMarketAsk];

    /// The path below the base URL.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Chat => "/v1/developer/chat",
            Self::IntentToSwap => "/v1/developer/intent-to-swap-tx",
            Self::PerpTradingSuggestion => "/v1/developer/perp-trading-suggestion",
            Self::PredictionMarketAsk => "/v1/developer/prediction-market-ask",
        }
    }

    /// Its name: the last segment of its path.
    pub fn name(self) -> &'static str {
        self.path().rsplit('/').next().unwrap_or_default()
    }

    /// What its request is called in messages.
    pub const fn subject(self) -> &'static str {
        match self {
            Self::Chat => "chat request",
            Self::IntentToSwap => "swap request",
            Self::PerpTradingSuggestion => "perp request",
            Self::PredictionMarketAsk => "prediction request",
        }
    }

    /// The fields of its request, in the order in which they are sent.
    pub(super) const fn fields(self) -> &'static [Field] {
        match self {
            Self::Chat => CHAT,
            Self::IntentToSwap => SWAP,
            Self::PerpTradingSuggestion => PERP,
            Self::PredictionMarketAsk => PREDICTION,
        }
    }
}
