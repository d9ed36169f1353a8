//! The Worker's side of the budget: asks, and says what a refusal means for the caller.

use minara::{Code, Error};
use serde::Serialize;
use worker::{Context, Env};

use super::{Booking, Claim, Reservation, Settlement, Verdict};
use crate::platform;
use crate::rejection::Rejection;

/// Books a call. `session_ends` is when the caller's session does, in seconds from now.
pub(crate) async fn reserve(env: &Env, asked: &Reservation, session_ends: u32) -> Result<Booking, Rejection> {
    let said = platform::ask_budget(env, &question("reserve", asked)).await.ok_or_else(out_of_reach)?;
    let verdict: Verdict = serde_json::from_str(&said).map_err(|_| out_of_reach())?;
    verdict.booking(asked).ok_or_else(|| meaning(verdict, session_ends))
}

/// Whether the caller may look at a job under the id that the API gave it.
pub(crate) async fn owns(env: &Env, claim: &Claim) -> Result<bool, Rejection> {
    let said = platform::ask_budget(env, &question("owns", claim)).await.ok_or_else(out_of_reach)?;
    Ok(said == "true")
}

/// Settles a call, and gives its charge where this was what settled it. When that fails the charge stays, and its lease
/// ends by itself.
pub(crate) async fn settle(env: &Env, context: &Context, settlement: &Settlement) -> Option<u64> {
    let told = platform::tell_budget(env, context, &question("settle", settlement));
    platform::text_of(told).await?.parse().ok()
}

/// Settles a call after the answer, which does not wait for it.
pub(crate) fn settle_later(env: &Env, context: &Context, settlement: &Settlement) {
    let _ = platform::tell_budget(env, context, &question("settle", settlement));
}

/// Settles a call whose answer is a stream: it is under way until it is released.
pub(crate) async fn settle_open(env: &Env, settlement: Settlement) {
    platform::ask_budget(env, &question("settle", &Settlement { open: true, ..settlement })).await;
}

/// Says that a call's answer has ended.
pub(crate) async fn release(env: &Env, lease: &str) {
    platform::ask_budget(env, &format!("release?{lease}")).await;
}

/// The JSON of `GET /api/admin/usage`.
pub(crate) async fn usage(env: &Env) -> Result<String, Rejection> {
    platform::ask_budget(env, "usage").await.ok_or_else(out_of_reach)
}

/// A message to the object, as the rest of a URL.
pub(crate) fn question(kind: &str, message: &impl Serialize) -> String {
    // Flat structs of texts, numbers and flags always have such a form.
    format!("{kind}?{}", serde_urlencoded::to_string(message).unwrap_or_default())
}

fn out_of_reach() -> Rejection {
    Rejection::new(Code::NotConfigured, "The budget cannot be reached, so nothing was sent: try again later.")
}

fn meaning(refused: Verdict, session_ends: u32) -> Rejection {
    let exhausted = |message: &str, seconds: u32| {
        Error::new(Code::BudgetExhausted, message).with_retry_after(f64::from(seconds)).into()
    };
    match refused {
        Verdict::DaySpent { seconds } => exhausted("Today's budget is used up. Nothing was sent.", seconds),
        Verdict::SessionSpent => exhausted("This session's budget is used up. Nothing was sent.", session_ends),
        Verdict::Busy => {
            Error::new(Code::RateLimited, "Too many calls of this session are under way. Nothing was sent.")
                .with_retry_after(1.0)
                .into()
        }
        Verdict::Conflict => {
            Rejection::new(Code::Conflict, "The requestId was used for another request: use a new one.")
        }
        Verdict::NotOwn => Rejection::new(Code::NotFound, "There is no such chat."),
        Verdict::Reserved | Verdict::Again { .. } => out_of_reach(),
    }
}
