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
    pub struct PredictionAnalysis {
        /// The outcomes.
        predictions: "predictions" objects(Prediction),
        /// How the API came to them; empty where only the result was asked for.
        reasoning: "reasoning" text,
    }
}
