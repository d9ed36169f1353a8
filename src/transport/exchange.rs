//! A call with its repetitions, up to an answer that can be read.

use js_sys::JsString;
use wasm_bindgen::JsValue;
use web_sys::Response;

use super::body::read_text;
use super::config::{CallOptions, Config, Sent, Settled};
use super::failure::Failure;
use super::platform::{monotonic_ms, random};
use super::scope::Scope;
use super::send::{header, send};
use crate::error::{Error, Outcome};
use crate::json::Json;
use crate::recovery::{self, Step};
use crate::response::{keep_body, unreadable};
use crate::retry::{Attempt, Decision, after_attempt, decide};
use crate::wire::{ApiKey, WireRequest};

/// A success.
#[derive(Clone)]
pub struct Reply {
    /// The answer; its body has been read where `text` holds it.
    pub response: Response,
    /// The body of a JSON answer; `None` for an event stream, which is still to be read.
    pub text: Option<JsString>,
    /// The other side's correlation id.
    pub request_id: Option<String>,
    /// What the call was sent with, and an error must not repeat.
    key: Option<ApiKey>,
}

impl Reply {
    /// The HTTP status, 2xx.
    pub fn status(&self) -> u16 {
        self.response.status()
    }

    /// The body's media type, as it was sent.
    pub fn content_type(&self) -> Option<String> {
        header(&self.response, "content-type")
    }

    /// The body, parsed by whoever `J` stands for.
    ///
    /// # Errors
    /// `bad_response` with the body, if it is no JSON text.
    pub fn parse<J: Json>(&self) -> Result<J, Failure> {
        let text = self.text.as_ref().map(String::from).unwrap_or_default();
        J::parse(&text).ok_or_else(|| self.unreadable(unreadable(self.content_type().as_deref())))
    }

    /// The error with this answer's status, id and body.
    pub fn unreadable(&self, error: Error) -> Failure {
        let text = self.text.as_ref().map(String::from).unwrap_or_default();
        let error = without_key(keep_body(error, self.status(), &text), self.key.as_ref());
        match &self.request_id {
            Some(id) => error.with_request_id(id).into(),
            None => error.into(),
        }
    }
}

/// Sends a request until it succeeds or may not be repeated. An answer that is no event stream is read whole.
pub async fn exchange(
    config: &Config,
    wire: &WireRequest,
    options: &CallOptions,
    scope: &Scope,
) -> Result<Reply, Failure> {
    let mut retries = 0;
    let mut earlier = Outcome::NotSent;
    loop {
        let outcome = attempt(config, wire, options, scope, retries + 1).await;
        let (error, cause) = match outcome {
            Ok(reply) => return Ok(reply),
            Err(Failure::Aborted(reason)) => return Err(Failure::Aborted(reason)),
            Err(Failure::Failed { error, cause }) => (after_attempt(earlier, error), cause),
        };
        earlier = error.outcome();
        let stand =
            Attempt { retries, is_repeatable: wire.is_repeatable(), remaining_ms: scope.remaining(), jitter: random() };
        match decide(options.retry, &error, stand) {
            Decision::GiveUp => {
                let error = without_key(error, config.key.as_ref());
                return Err(Failure::Failed { error, cause });
            }
            Decision::RetryAfter(milliseconds) => scope.sleep(milliseconds).await?,
        }
        retries += 1;
    }
}

async fn attempt(
    config: &Config,
    wire: &WireRequest,
    options: &CallOptions,
    scope: &Scope,
    number: u32,
) -> Result<Reply, Failure> {
    let sent = Sent { method: wire.method.as_str(), path: &wire.path, attempt: number };
    if let Some(observer) = &config.observer {
        observer.sent(sent);
    }
    let started = monotonic_ms();
    let outcome = send(config, wire, options, scope).await;
    if let Some(observer) = &config.observer {
        let (status, request_id) = match &outcome {
            Ok(response) => (Some(response.status()), header(response, "x-request-id")),
            Err(Failure::Failed { error, .. }) => (error.status(), error.request_id().map(str::to_owned)),
            Err(Failure::Aborted(_)) => (None, None),
        };
        let milliseconds = monotonic_ms() - started;
        observer.settled(Settled { sent, status, milliseconds, request_id: request_id.as_deref() });
    }
    read(scope, outcome?, config.key.clone()).await
}

async fn read(scope: &Scope, response: Response, key: Option<ApiKey>) -> Result<Reply, Failure> {
    let request_id = header(&response, "x-request-id");
    let is_stream = header(&response, "content-type")
        .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/event-stream"));
    let text = if is_stream {
        None
    } else {
        // The first byte was the headers': a JSON answer has no parts whose distance could be watched.
        scope.received();
        Some(read_text(scope, &response).await?)
    };
    Ok(Reply { response, text, request_id, key })
}

/// Looks at a job until its answer is there, and gives the job with it.
///
/// `delivered` is the text that the caller already has.
///
/// # Errors
/// Those of the look-up, and of [`recovery::step`]. That a look-up was refused says nothing about the call itself, which
/// may have been billed.
pub async fn await_answer<J: Json>(
    config: &Config,
    id: &str,
    delivered: &str,
    options: &CallOptions,
    scope: &Scope,
) -> Result<(J, String, Reply), Failure> {
    let wire = WireRequest::status(id)?;
    for looks in 0.. {
        let reply = exchange(config, &wire, options, scope).await.map_err(accepted)?;
        let job: J = reply.parse()?;
        match recovery::step(&job, delivered, looks, random()).map_err(|error| reply.unreadable(error))? {
            Step::Complete(rest) => return Ok((job, rest, reply)),
            Step::Wait(milliseconds) => scope.sleep(milliseconds).await?,
        }
    }
    Err(Failure::Aborted(JsValue::UNDEFINED))
}

/// The failure of a look-up as that of the call which was accepted before it.
fn accepted(failure: Failure) -> Failure {
    match failure {
        Failure::Failed { error, cause } => Failure::Failed { error: after_attempt(Outcome::Unknown, error), cause },
        aborted @ Failure::Aborted(_) => aborted,
    }
}

fn without_key(error: Error, key: Option<&ApiKey>) -> Error {
    match key {
        Some(key) => error.without_secret(key.secret()),
        None => error,
    }
}
