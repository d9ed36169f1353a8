//! Fetching an answer that was paid for: what one look at a job's state means. Pure, on any parsed JSON.

use std::borrow::Cow;

use crate::error::{Code, Error, Outcome, Result, redact};
use crate::json::{Json, JsonKind, text_at, text_below};
use crate::response::{ChatAnswer, JobState, Kind, Member, Shape};
use crate::wording::{filled, sentence};

/// First wait between two looks, in milliseconds.
const FIRST_POLL_MS: f64 = 500.0;

/// Longest wait between two looks, in milliseconds.
const LONGEST_POLL_MS: f64 = 5_000.0;

/// What an answer is fetched by. The times of a job, say, may have come in another form: that is no reason to give up an
/// answer that was paid for.
static FETCHED: Shape = Shape(&[
    Member { name: "status", kind: Kind::Text },
    Member { name: "result", kind: Kind::Object(&ChatAnswer::SHAPE) },
]);

/// What to do after a look at a job.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Not done: look again after that many milliseconds.
    Wait(f64),
    /// Done: the part of the answer's text that was not delivered yet.
    Complete(String),
}

/// Reads a job's state.
///
/// ```
/// use minara::recovery::{Step, step};
/// use serde_json::json;
///
/// let running = json!({ "id": "bg_1", "status": "in_progress" });
/// assert_eq!(step(&running, "SOL ", 0, 1.0)?, Step::Wait(500.0));
/// let done = json!({ "id": "bg_1", "status": "completed", "result": { "content": "SOL is up" } });
/// assert_eq!(step(&done, "SOL ", 1, 1.0)?, Step::Complete("is up".to_owned()));
/// # Ok::<(), minara::Error>(())
/// ```
///
/// `delivered` is the text that the caller already has; only what follows it is given. `looks` counts the looks before
/// this one, `jitter` is a random number from 0 to 1.
///
/// # Errors
/// `stream_error` when the job failed, `bad_response` when its state cannot be read or its answer does not continue the
/// delivered text; both carry `delivered` as their partial text.
pub fn step<J: Json>(job: &J, delivered: &str, looks: u32, jitter: f64) -> Result<Step> {
    look(job, delivered, looks, jitter)
        .map_err(|error| if delivered.is_empty() { error } else { error.with_partial(delivered) })
}

fn look<J: Json>(job: &J, delivered: &str, looks: u32, jitter: f64) -> Result<Step> {
    FETCHED.check(job)?;
    let status = text_at(job, "status").unwrap_or_default();
    match JobState::from_status(&status) {
        Some(JobState::Running) => Ok(Step::Wait(poll_wait(looks, jitter))),
        Some(JobState::Failed) => Err(failure(job)),
        Some(JobState::Completed) => remainder(job, delivered).map(Step::Complete),
        None => Err(unreadable(&["the job's status is \"", &redact(&status), "\""])),
    }
}

/// Fails if a chat's answer is really a failed job, which happens when its `requestId` was used before.
///
/// # Errors
/// `stream_error` for a job that failed.
pub fn refuse_failed<J: Json>(value: &J) -> Result<()> {
    let status = text_at(value, "status").unwrap_or_default();
    if JobState::from_status(&status) == Some(JobState::Failed) { Err(failure(value)) } else { Ok(()) }
}

/// What a successful chat response holds: the answer, or, under a `requestId` used before, the state of its job.
#[derive(Debug, Clone, PartialEq)]
pub enum Accepted<J> {
    /// The answer.
    Answer(J),
    /// The request is at work already: its answer is to be looked up, not to be asked for again.
    AtWork,
}

/// Separates an answer from a job still running, and unwraps the answer of a finished job.
///
/// ```
/// use minara::recovery::{Accepted, accepted};
/// use serde_json::json;
///
/// let done = json!({ "id": "bg_1", "status": "completed", "result": { "content": "SOL is up" } });
/// assert_eq!(accepted(200, true, done)?, Accepted::Answer(json!({ "content": "SOL is up" })));
/// assert_eq!(accepted(202, true, json!({ "id": "bg_1", "status": "queued" }))?, Accepted::AtWork);
/// # Ok::<(), minara::Error>(())
/// ```
///
/// `is_kept` says whether the request had a `requestId`; without one there is nothing to look up.
///
/// # Errors
/// `stream_error` for a job that failed.
pub fn accepted<J: Json>(status: u16, is_kept: bool, value: J) -> Result<Accepted<J>> {
    refuse_failed(&value)?;
    match job_answer(&value) {
        Some(answer) => Ok(Accepted::Answer(answer)),
        None if is_kept && (status == 202 || is_job(&value)) => Ok(Accepted::AtWork),
        None => Ok(Accepted::Answer(value)),
    }
}

/// Whether this is the state of a job rather than an answer.
fn is_job<J: Json>(value: &J) -> bool {
    let status = text_at(value, "status").unwrap_or_default();
    JobState::from_status(&status).is_some() && text_at(value, "content").is_none()
}

/// The answer inside a completed job, `None` for anything else.
pub fn job_answer<J: Json>(value: &J) -> Option<J> {
    let status = text_at(value, "status")?;
    if JobState::from_status(&status) != Some(JobState::Completed) {
        return None;
    }
    value.get("result").filter(|result| result.kind() == JsonKind::Object).map(Cow::into_owned)
}

/// Whether the answer of a stream that ended with this error may be stored under the request's `requestId`, or be on its
/// way there.
///
/// What provably cost nothing has no answer, and where the stream says that it failed there is none either.
pub fn may_be_stored(error: &Error) -> bool {
    let is_cut = matches!(
        error.code(),
        Code::StreamTruncated
            | Code::EventTooLarge
            | Code::Network
            | Code::Timeout
            | Code::BadResponse
            | Code::Internal
    );
    is_cut && !error.outcome().is_unbilled()
}

/// Whether the error of a look-up says what became of the answer, which is the last word. That a look-up could not be made
/// says less than what cut the stream.
pub fn is_verdict(look_up: &Error) -> bool {
    look_up.code() == Code::StreamError || (look_up.code() == Code::BadResponse && look_up.outcome() == Outcome::Done)
}

/// Waits grow by half each time; half of each is random, so that many clients do not look together.
fn poll_wait(looks: u32, jitter: f64) -> f64 {
    let grown = FIRST_POLL_MS * 1.5_f64.powi(i32::try_from(looks.min(30)).unwrap_or(30));
    grown.min(LONGEST_POLL_MS) * (0.5 + 0.5 * jitter.clamp(0.0, 1.0))
}

fn remainder<J: Json>(job: &J, delivered: &str) -> Result<String> {
    let Some(mut content) = text_below(job, "result", "content") else {
        return Err(unreadable(&["the job is completed, but its answer has no content"]));
    };
    if !content.starts_with(delivered) {
        return Err(unreadable(&["the stored answer does not begin with the text that was streamed"]));
    }
    Ok(content.split_off(delivered.len()))
}

fn failure<J: Json>(job: &J) -> Error {
    let part = |name| text_below(job, "error", name).unwrap_or_default();
    let (code, message) = (part("code"), text_at(job, "error").unwrap_or_else(|| part("message")));
    let colon = if code.is_empty() || message.is_empty() { "" } else { ": " };
    let reason = redact(&sentence(&[&code, colon, &message]));
    let reason = if reason.is_empty() { reason } else { filled(" ({})", &[&reason]) };
    // Said of the chat, not of the look that found this out: it stays where the failure of a look-up costs nothing.
    let form = "The API could not finish the answer{}. It may have been billed; ask again under a new requestId.";
    Error::new(Code::StreamError, filled(form, &[&reason]))
}

fn unreadable(what: &[&str]) -> Error {
    let what = sentence(what);
    Error::new(Code::BadResponse, filled("The paid answer could not be fetched: {}.", &[&what]))
}

#[cfg(test)]
mod tests;
