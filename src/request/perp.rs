//! The request for a perpetual-trading suggestion.

use super::vocabulary::STYLES;
use super::{Endpoint, JsonValue, Request};
use crate::error::{Error, Result};

/// The trading style. What each means for how long a position is held, the API does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Style {
    /// The one that the API takes where none is given.
    #[default]
    Scalping,
    /// `day-trading`
    DayTrading,
    /// `swing-trading`
    SwingTrading,
}

impl Style {
    /// Every style, in the order of the documentation.
    pub const ALL: [Self; 3] = [Self::Scalping, Self::DayTrading, Self::SwingTrading];

    /// The API's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scalping => "scalping",
            Self::DayTrading => "day-trading",
            Self::SwingTrading => "swing-trading",
        }
    }
}

impl core::fmt::Display for Style {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl core::str::FromStr for Style {
    type Err = Error;

    /// Reads the API's spelling, or one that the translated documentation prints in its place.
    fn from_str(text: &str) -> Result<Self> {
        STYLES.parse("style", text, &Self::ALL)
    }
}

/// A question for a position, sent to `POST /v1/developer/perp-trading-suggestion`. What is not set is not sent, and
/// the API's defaults hold: scalping, 1000 USD, leverage 10, `max-profit`.
///
/// ```
/// use minara::request::{Delivery, PerpRequest, Request as _, Style};
///
/// let request = PerpRequest::new("SOL").style(Style::DayTrading).margin_usd(500.0).leverage(5.0);
/// let body = request.validate(Delivery::Whole)?.to_json();
/// assert_eq!(body, r#"{"symbol":"SOL","style":"day-trading","marginUSD":500,"leverage":5}"#);
/// # Ok::<(), minara::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PerpRequest {
    symbol: String,
    style: Option<Style>,
    margin_usd: Option<f64>,
    leverage: Option<f64>,
    strategy: Option<String>,
}

impl PerpRequest {
    /// For a symbol such as `BTC` (1–64 characters).
    pub fn new(symbol: impl Into<String>) -> Self {
        Self { symbol: symbol.into(), style: None, margin_usd: None, leverage: None, strategy: None }
    }

    /// The trading style.
    pub fn style(mut self, style: Style) -> Self {
        self.style = Some(style);
        self
    }

    /// Margin in US dollars, above 0.
    pub fn margin_usd(mut self, dollars: f64) -> Self {
        self.margin_usd = Some(dollars);
        self
    }

    /// Leverage, 1–40.
    pub fn leverage(mut self, times: f64) -> Self {
        self.leverage = Some(times);
        self
    }

    /// Strategy (1–64 characters); the API knows `max-profit`.
    pub fn strategy(mut self, strategy: impl Into<String>) -> Self {
        self.strategy = Some(strategy.into());
        self
    }
}

impl Request for PerpRequest {
    const ENDPOINT: Endpoint = Endpoint::PerpTradingSuggestion;

    fn to_json_value(&self) -> JsonValue {
        let optional = [
            ("style", self.style.map(|style| JsonValue::from(style.as_str()))),
            ("marginUSD", self.margin_usd.map(JsonValue::Number)),
            ("leverage", self.leverage.map(JsonValue::Number)),
            ("strategy", self.strategy.as_deref().map(JsonValue::from)),
        ];
        let mut members = vec![("symbol".to_owned(), JsonValue::from(&*self.symbol))];
        members.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        JsonValue::Object(members)
    }
}
