//! The request for an analysis of a prediction market.

use super::{Endpoint, JsonValue, Mode, Request};

/// A question about a prediction market, sent to `POST /v1/developer/prediction-market-ask`.
///
/// ```
/// use minara::request::{Delivery, PredictionRequest, Request as _};
///
/// let request = PredictionRequest::new("https://polymarket.com/event/fed-decision").only_result();
/// let body = request.validate(Delivery::Whole)?.to_json();
/// assert_eq!(body, r#"{"link":"https://polymarket.com/event/fed-decision","mode":"fast","only_result":true}"#);
/// # Ok::<(), minara::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PredictionRequest {
    link: String,
    mode: Mode,
    only_result: Option<bool>,
    custom_prompt: Option<String>,
}

impl PredictionRequest {
    /// About the event at `link`, an http or https URL such as `https://polymarket.com/event/<slug>`, in
    /// [`Mode::Fast`].
    pub fn new(link: impl Into<String>) -> Self {
        Self { link: link.into(), mode: Mode::Fast, only_result: None, custom_prompt: None }
    }

    /// Asks for an analysis in the given mode.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Asks for an in-depth analysis.
    pub fn expert(self) -> Self {
        self.mode(Mode::Expert)
    }

    /// Asks for the probabilities alone, without the reasoning.
    pub fn only_result(mut self) -> Self {
        self.only_result = Some(true);
        self
    }

    /// What to look at, at most 32,000 characters.
    pub fn custom_prompt(mut self, prompt: impl Into<String>) -> Self {
        self.custom_prompt = Some(prompt.into());
        self
    }
}

impl Request for PredictionRequest {
    const ENDPOINT: Endpoint = Endpoint::PredictionMarketAsk;

    fn to_json_value(&self) -> JsonValue {
        let optional = [
            ("only_result", self.only_result.map(JsonValue::Boolean)),
            ("customPrompt", self.custom_prompt.as_deref().map(JsonValue::from)),
        ];
        let mut members =
            vec![("link".to_owned(), JsonValue::from(&*self.link)), ("mode".to_owned(), self.mode.as_str().into())];
        members.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        JsonValue::Object(members)
    }
}
