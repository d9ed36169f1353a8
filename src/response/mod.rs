//! Answers, read tolerantly: any member may be missing or null, unknown ones are kept, numbers keep every digit, and
//! a member of the wrong type is a `bad_response` that names its path.

mod chat;
mod job;
mod perp;
mod prediction;
mod shape;
mod swap;

use serde_json::Value;

pub use chat::{ChatAnswer, check_content, no_content};
pub use job::{Job, JobError, JobState};
pub use perp::PerpSuggestion;
pub use prediction::{Prediction, PredictionAnalysis};
pub use shape::{Kind, MAX_KEPT_BODY_BYTES, Member, Shape, keep_body, unreadable};
pub use swap::{Approval, Quote, SwapIntent, SwapTransaction, Token, UnsignedTx};

use crate::error::{FailedResponse, Result};
use crate::json::Json;
use crate::request::Endpoint;
use crate::wire::is_success;

/// A typed answer of the API.
pub trait Answer: Sized {
    /// Checks a parsed answer: every member that it has is of its kind, and a swap is neither of the older shape nor for
    /// another kind of chain than EVM. Addresses, amounts and call data are not looked at: review them before signing.
    ///
    /// # Errors
    /// `bad_response` naming the member's path; `unsupported_transaction`.
    fn check<J: Json>(answer: &J) -> Result<()>;

    /// The answer that a value holds which [`check`](Self::check) has passed.
    fn from_checked(answer: Value) -> Self;

    /// Reads the body of an answer that came whole.
    ///
    /// Under a `requestId` that was used before, a chat's answer can be that of its job: look at it with
    /// [`refuse_failed`](crate::recovery::refuse_failed) and [`job_answer`](crate::recovery::job_answer), or read it as a
    /// [`Job`].
    ///
    /// ```
    /// use minara::response::{Answer as _, PerpSuggestion};
    ///
    /// let body = r#"{"side":"long","entryPrice":84.270000000000000001,"horizon":"1h"}"#;
    /// let answer = PerpSuggestion::read(200, Some("application/json"), body)?;
    /// assert_eq!(answer.entry_price.unwrap().to_string(), "84.270000000000000001");
    /// assert_eq!(answer.unknown["horizon"], "1h");
    ///
    /// let error = PerpSuggestion::read(200, None, r#"{"reasons":["a",1]}"#).unwrap_err();
    /// assert!(error.message().contains("reasons[1] is a number and not a string"));
    ///
    /// let refused = PerpSuggestion::read(402, None, r#"{"message":"no credits"}"#).unwrap_err();
    /// assert_eq!(refused.code(), minara::Code::PaymentRequired);
    /// # Ok::<(), minara::Error>(())
    /// ```
    ///
    /// # Errors
    /// For a status that is no success, that status's error (see [`FailedResponse`], which can also use the headers).
    /// `bad_response` (with up to 64 KiB of body) if the body is not JSON or a member has the wrong type.
    /// `unsupported_transaction` (with the body too) if a swap is not the documented EVM kind.
    fn read(status: u16, content_type: Option<&str>, body: &str) -> Result<Self> {
        if !is_success(status) {
            return Err(FailedResponse { status, body, ..FailedResponse::default() }.into_error::<Value>());
        }
        let keep = |error| keep_body(error, status, body);
        let value = <Value as Json>::parse(body).ok_or_else(|| keep(unreadable(content_type)))?;
        Self::check(&value).map_err(keep)?;
        Ok(Self::from_checked(value))
    }
}

impl Endpoint {
    /// Checks a parsed answer of this call; see [`Answer::check`].
    pub fn check_answer<J: Json>(self, answer: &J) -> Result<()> {
        match self {
            Self::Chat => ChatAnswer::check(answer),
            Self::IntentToSwap => SwapTransaction::check(answer),
            Self::PerpTradingSuggestion => PerpSuggestion::check(answer),
            Self::PredictionMarketAsk => PredictionAnalysis::check(answer),
        }
    }
}
