//! Answers: read tolerantly, kept whole, and wrong ones named by their path.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is to panic")]

mod any_answer;
mod jobs;
mod reading;
mod shapes;

use minara::Error;
use minara::response::{Answer, ChatAnswer, Job, PerpSuggestion, PredictionAnalysis, SwapTransaction};
use serde::Serialize;
use serde_json::Value;

pub(crate) const JSON: Option<&str> = Some("application/json");

/// Reads a body as the answer of that name, and writes it again.
pub(crate) fn read(kind: &str, body: &str, content_type: Option<&str>) -> Result<Value, Error> {
    fn again<A: Answer + Serialize>(body: &str, content_type: Option<&str>) -> Result<Value, Error> {
        A::read(200, content_type, body).map(|answer| serde_json::to_value(answer).unwrap())
    }
    match kind {
        "chat" => again::<ChatAnswer>(body, content_type),
        "intentToSwap" => again::<SwapTransaction>(body, content_type),
        "perpTradingSuggestion" => again::<PerpSuggestion>(body, content_type),
        "predictionMarketAsk" => again::<PredictionAnalysis>(body, content_type),
        "chatStatus" => again::<Job>(body, content_type),
        other => panic!("no answer {other}"),
    }
}
