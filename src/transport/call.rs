//! A call with its repetitions, up to an answer that can be read.
//!
//! A call waits for one promise at a time. What it does between two of them is plain functions of [`Call`], and
//! [`Call::exchange`] is the only place that waits: code that waits in many places weighs more.

use std::rc::Rc;

use js_sys::Promise;
use serde_json::Value;
use wasm_bindgen::JsValue;
use web_sys::Response;

use super::body::{ErrorBody, call_method};
use super::config::{CallOptions, Config, Sent, Settled};
use super::failure::Failure;
use super::platform::{monotonic_ms, random};
use super::reply::{Reply, correlation_id, is_event_stream, without_secret};
use super::scope::Scope;
use super::send::{response_of, send, verdict_without_body};
use crate::error::Outcome;
use crate::json::Json;
use crate::recovery;
use crate::retry::{Attempt, Decision, after_attempt, decide};
use crate::wire::{EVENT_STREAM, Method, WireRequest, is_success};

/// A call under way: what it sends, on which terms, and how far it has come. Dropping it aborts it on the wire.
pub struct Call {
    config: Rc<Config>,
    wire: WireRequest,
    options: CallOptions,
    /// The key or token that the call is sent with, and an error must not repeat.
    secret: Option<Rc<str>>,
    scope: Scope,
    phase: Phase,
    retries: u32,
    /// What the attempts so far may have cost.
    earlier: Outcome,
    /// When the attempt was sent of whose end the observer has not heard.
    started: Option<f64>,
    /// When the headers of that attempt's answer were there.
    answered: Option<f64>,
    /// Looks at a job so far, each an exchange of its own.
    looks: u32,
    /// Milliseconds to wait before the next look.
    delay: Option<f64>,
}

/// What the call waits for, with its promise.
enum Phase {
    /// Nothing: no exchange is under way.
    Idle,
    /// The end of a rest, behind which the next attempt goes out.
    Resting,
    Sent(Promise),
    Refused(ErrorBody, Promise),
    Reading(Response, Promise),
}

impl Phase {
    fn promise(&self) -> Option<Promise> {
        match self {
            Self::Idle | Self::Resting => None,
            Self::Sent(promise) | Self::Refused(_, promise) | Self::Reading(_, promise) => Some(promise.clone()),
        }
    }
}

/// The end of the exchange, `None` where there is something to wait for.
type Step = Result<Option<Reply>, Failure>;

impl Call {
    /// Starts the clock and listens to the caller's signal. Nothing is sent yet.
    ///
    /// # Errors
    /// The signal's reason, if it is aborted already.
    pub fn open(config: Rc<Config>, wire: WireRequest, mut options: CallOptions) -> Result<Self, Failure> {
        let scope = Scope::open(options.limits, options.elapsed, options.signal.take())?;
        let secret = config.secret().or(options.bearer.as_deref()).map(Rc::from);
        Ok(Self {
            secret,
            config,
            wire,
            options,
            scope,
            phase: Phase::Idle,
            retries: 0,
            earlier: Outcome::NotSent,
            started: None,
            answered: None,
            looks: 0,
            delay: None,
        })
    }

    /// The life of the call.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The id under which a repetition is not charged again, if there is one.
    pub fn request_id(&self) -> Option<&str> {
        self.wire.request_id.as_deref()
    }

    /// Sends the request until it succeeds or may not be repeated. An answer that is no event stream, or was
    /// not to be one, is read whole.
    ///
    /// Where the future was dropped, the next one goes on with the exchange: nothing is sent again.
    pub async fn exchange(&mut self) -> Result<Reply, Failure> {
        let mut step = if matches!(self.phase, Phase::Idle) { self.begin() } else { Ok(None) };
        loop {
            if let Some(reply) = step? {
                return Ok(reply);
            }
            let outcome = self.scope.run(self.phase.promise()).await;
            step = self.resume(outcome);
        }
    }

    /// Makes the next exchange a look at a job. The call is a new one, within the same limits.
    pub fn look_up(&mut self, id: &str) -> Result<(), Failure> {
        self.wire = WireRequest::status(id)?;
        self.looks = 0;
        Ok(())
    }

    /// What a look has shown: the job with its answer and the text that follows `delivered`, which the caller already has;
    /// `None` where the next exchange is to look again.
    ///
    /// # Errors
    /// Those of [`recovery::step`], and those of the look, which cost nothing. What a failed look says of itself is not yet
    /// said of the call that was accepted before: [`Failure::of_accepted_call`].
    pub fn look<J: Json>(
        &mut self,
        outcome: Result<Reply, Failure>,
        delivered: &str,
    ) -> Result<Option<(J, String, Reply)>, Failure> {
        let reply = outcome.map_err(Failure::of_look_up)?;
        let job: J = reply.parse().map_err(Failure::of_look_up)?;
        match recovery::step(&job, delivered, self.looks, random()).map_err(|error| reply.unreadable(error))? {
            recovery::Step::Complete(rest) => Ok(Some((job, rest, reply))),
            recovery::Step::Wait(milliseconds) => {
                self.looks += 1;
                self.delay = Some(milliseconds);
                Ok(None)
            }
        }
    }

    /// Looks at a job until its answer is there.
    pub(super) async fn await_answer(&mut self, id: &str, delivered: &str) -> Result<(Value, String, Reply), Failure> {
        self.look_up(id)?;
        loop {
            let outcome = self.exchange().await;
            if let Some(found) = self.look(outcome, delivered).map_err(Failure::of_accepted_call)? {
                return Ok(found);
            }
        }
    }

    fn begin(&mut self) -> Step {
        self.retries = 0;
        self.earlier = Outcome::NotSent;
        match self.delay.take() {
            Some(milliseconds) => {
                self.rest(milliseconds);
                Ok(None)
            }
            None => self.send(),
        }
    }

    fn resume(&mut self, outcome: Result<JsValue, JsValue>) -> Step {
        let outcome = outcome.map_err(|cause| self.scope.failure(cause));
        let step = match core::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Idle | Phase::Resting => {
                outcome.map_err(|failure| self.not_resumed(failure))?;
                return self.send();
            }
            Phase::Sent(_) => outcome.and_then(|response| self.answered(response)),
            Phase::Refused(body, _) => self.refused(body, outcome),
            Phase::Reading(response, _) => {
                outcome.map(|text| Some(Reply::new(response, Some(text), self.secret.clone())))
            }
        };
        step.or_else(|failure| self.failed(failure))
    }

    /// The end of a rest behind which nothing is sent any more: what the attempts before it cost is known.
    fn not_resumed(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Failed { error, cause } if self.costs() && self.earlier.is_unbilled() => {
                Failure::Failed { error: error.of_unbilled_call(), cause }
            }
            failure => failure,
        }
    }

    /// Look-ups cost nothing, whatever becomes of them.
    fn costs(&self) -> bool {
        self.wire.method == Method::Post
    }

    fn rest(&mut self, milliseconds: f64) {
        self.scope.rest(milliseconds);
        self.phase = Phase::Resting;
    }

    fn send(&mut self) -> Step {
        if let Some(observer) = &self.config.observer {
            observer.sent(self.attempt());
        }
        self.started = Some(monotonic_ms());
        self.answered = None;
        match send(&self.config, &self.wire, &self.options, &self.scope) {
            Ok(response) => {
                self.phase = Phase::Sent(response);
                Ok(None)
            }
            Err(failure) => self.failed(failure),
        }
    }

    fn answered(&mut self, response: JsValue) -> Step {
        self.answered = Some(monotonic_ms());
        self.scope.answered();
        let response = response_of(response)?;
        if is_success(response.status()) {
            let id = correlation_id(&response, self.secret.as_deref());
            self.settle(Some(response.status()), id.as_deref());
            return self.read(response);
        }
        match verdict_without_body(&self.scope, &response) {
            Some(failure) => Err(failure),
            None => self.read_on(ErrorBody::of(response)),
        }
    }

    fn read(&mut self, response: Response) -> Step {
        if self.wire.accept == EVENT_STREAM && is_event_stream(&response) {
            return Ok(Some(Reply::new(response, None, self.secret.clone())));
        }
        // The first byte was the headers': a JSON answer has no parts whose distance could be watched.
        self.scope.received();
        let text = call_method(&response, "text").map_err(|cause| self.scope.failure(cause))?;
        self.phase = Phase::Reading(response, Promise::resolve(&text));
        Ok(None)
    }

    fn refused(&mut self, mut body: ErrorBody, chunk: Result<JsValue, Failure>) -> Step {
        match chunk {
            Ok(chunk) => body.push(&chunk),
            Err(failure @ Failure::Aborted(_)) => return Err(failure),
            // The status says what happened; a body that breaks off, or does not come in time, says no more.
            Err(_) => body.end(),
        }
        self.read_on(body)
    }

    fn read_on(&mut self, body: ErrorBody) -> Step {
        match body.next() {
            Some(chunk) => {
                self.phase = Phase::Refused(body, chunk);
                Ok(None)
            }
            None => Err(body.into_failure()),
        }
    }

    /// The end of an attempt that failed: it is made again, or was the last.
    fn failed(&mut self, failure: Failure) -> Step {
        let Failure::Failed { error, cause } = failure else {
            self.settle(None, None);
            return Err(failure);
        };
        let error = without_secret(error, self.secret.as_deref());
        self.settle(error.status(), error.request_id());
        let error = if self.costs() { after_attempt(self.earlier, error) } else { error };
        self.earlier = error.outcome();
        let stand = Attempt {
            retries: self.retries,
            is_repeatable: self.wire.is_repeatable(),
            remaining_ms: self.scope.remaining(),
            jitter: random(),
        };
        match decide(self.options.retry, &error, stand) {
            Decision::GiveUp => Err(Failure::Failed { error, cause }),
            Decision::RetryAfter(milliseconds) => {
                self.retries += 1;
                self.rest(milliseconds);
                Ok(None)
            }
        }
    }

    fn attempt(&self) -> Sent<'_> {
        Sent { method: self.wire.method.as_str(), path: &self.wire.path, attempt: self.retries + 1 }
    }

    /// Tells the observer how the attempt ended, unless it has heard of that.
    fn settle(&mut self, status: Option<u16>, request_id: Option<&str>) {
        let (Some(started), Some(observer)) = (self.started.take(), &self.config.observer) else { return };
        let milliseconds = self.answered.unwrap_or_else(monotonic_ms) - started;
        observer.settled(Settled { sent: self.attempt(), status, milliseconds, request_id });
    }
}
