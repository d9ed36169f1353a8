//! An analysis of a prediction market.

use super::shape::answer;

answer! {
    /// One outcome of an event.
    pub struct Prediction {
        /// Its name.
        outcome: "outcome" text,
        /// Probability that it happens, 0–1.
        yes_prob: "yesProb" number,
        /// Probability that it does not, 0–1.
        no_prob: "noProb" number,
    }
}

answer! {
    /// An answer of `POST /v1/developer/prediction-market-ask` (`PredictionMarketResponse`). The yes-probabilities of an
    /// event with many outcomes need not add up to 1.
    ///
    /// ```
    /// use minara::request::{Delivery, PredictionRequest, Request as _};
    /// use minara::response::{Answer as _, PredictionAnalysis};
    /// use minara::wire::WireRequest;
    ///
    /// let request = PredictionRequest::new("https://polymarket.com/event/fed-decision").validate(Delivery::Whole)?;
    /// assert_eq!(WireRequest::call(&request).path, "/v1/developer/prediction-market-ask");
    ///
    /// let body = r#"{"predictions":[{"outcome":"Yes","yesProb":0.62,"noProb":0.38}],"reasoning":""}"#;
    /// let analysis = PredictionAnalysis::read(200, Some("application/json"), body)?;
    /// let first = &analysis.predictions.unwrap_or_default()[0];
    /// assert_eq!((first.outcome.as_deref(), first.yes_prob.as_ref().and_then(|p| p.as_f64())), (Some("Yes"), Some(0.62)));
    /// # Ok::<(), minara::Error>(())
    /// ```
    pub struct PredictionAnalysis {
        /// The outcomes.
        predictions: "predictions" objects(Prediction),
        /// How the API came to them; empty where only the result was asked for.
        reasoning: "reasoning" text,
    }
}
