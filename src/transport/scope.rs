//! The life of one call: its time limits, its abort controller, the caller's signal.

mod state;
mod watched;

use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Request};

use state::{Ending, State, ask};
use watched::Watched;

use super::failure::Failure;
use super::platform::monotonic_ms;
use crate::deadline::{Deadline, Limit, Limits};
use crate::error::{Code, Error};

/// The life of one call, from the first attempt to the last byte. Dropping it aborts what is under way.
#[derive(Clone)]
pub struct Scope(Rc<State>);

impl Scope {
    /// Starts the clock, of whose total limit so many milliseconds have passed, and listens to the caller's signal.
    ///
    /// # Errors
    /// The signal's reason, if it is aborted already.
    pub fn open(limits: Limits, elapsed: f64, caller: Option<AbortSignal>) -> Result<Self, Failure> {
        if let Some(signal) = caller.as_ref().filter(|signal| signal.aborted()) {
            return Err(Failure::Aborted(signal.reason()));
        }
        let deadline = Deadline::start(limits, monotonic_ms() - elapsed);
        let scope = Self(State::new(deadline, caller));
        if let Some(signal) = &scope.0.caller {
            let _ = signal.add_event_listener_with_callback("abort", scope.0.listener());
        }
        scope.arm();
        Ok(scope)
    }

    /// Begins an attempt, with a signal of its own for `fetch`.
    pub fn attempt(&self) -> Result<AbortSignal, Failure> {
        self.forgive();
        if self.has_ended() {
            return Err(self.failure(JsValue::UNDEFINED));
        }
        self.0.has_answer.set(false);
        let controller = AbortController::new()
            .map_err(|cause| Failure::Failed { error: Error::new(Code::Internal, "No AbortController."), cause })?;
        let signal = controller.signal();
        self.0.controller.set(Some(controller));
        self.update(Deadline::sent);
        Ok(signal)
    }

    /// The attempt goes out with that request.
    pub(super) fn hold(&self, request: Request) {
        self.0.request.set(Some(request));
    }

    /// The attempt is answered: whatever breaks now, it has been sent.
    pub(super) fn answered(&self) {
        self.0.has_answer.set(true);
    }

    /// The first byte of the answer is there.
    pub fn received(&self) {
        self.update(Deadline::progress);
    }

    /// The stream brought text. A timer that runs before the limit is left as it is: when it runs, it looks at the time
    /// again.
    pub fn progress(&self) {
        self.0.progress(monotonic_ms());
    }

    /// Milliseconds left of the total limit.
    pub fn remaining(&self) -> f64 {
        self.0.deadline.get().remaining(monotonic_ms())
    }

    fn update(&self, change: fn(&mut Deadline, f64)) {
        let mut deadline = self.0.deadline.get();
        change(&mut deadline, monotonic_ms());
        self.0.deadline.set(deadline);
        self.arm();
    }

    fn arm(&self) {
        self.0.arm();
    }

    /// Waits for a promise of the platform, or for the end of a [`rest`](Self::rest), unless the call is given up first.
    ///
    /// # Errors
    /// The promise's own reason, or undefined when the call is given up: [`failure`](Self::failure) tells them apart.
    pub(super) fn run(&self, promise: Option<Promise>) -> impl Future<Output = Result<JsValue, JsValue>> {
        self.0.wait();
        Watched { state: &self.0, promise: promise.map(JsFuture::from) }
    }

    /// Begins a rest between two attempts, during which only the total limit holds.
    pub(super) fn rest(&self, milliseconds: f64) {
        self.forgive();
        self.0.rests_until.set(monotonic_ms() + milliseconds);
        self.update(|deadline, _| deadline.wait());
    }

    /// A limit of one attempt must not end the next, nor the rest before it; the caller's abort ends them all, and so does
    /// the limit for them together.
    fn forgive(&self) {
        if let Some(Ending::Limit(Limit::FirstByte | Limit::Idle)) = self.0.ending.get() {
            self.0.ending.set(None);
        }
    }

    /// What to tell the caller when a promise of the platform failed with `cause`.
    pub fn failure(&self, cause: JsValue) -> Failure {
        match self.0.ending.get() {
            Some(Ending::Caller) => Failure::Aborted(self.0.reason()),
            Some(Ending::Limit(limit)) => Failure::Failed { error: self.0.deadline.get().error(limit), cause },
            Some(Ending::Closed) | None if self.0.has_answer.get() => Failure::lost(cause),
            Some(Ending::Closed) | None => Failure::network(cause),
        }
    }

    /// Lets the limits of an attempt rest while no one waits for it. The total one goes on.
    pub(super) fn rest_unread(&self) {
        self.0.may_rest.set(true);
    }

    /// Whether a limit has passed, the caller has aborted or the call was closed.
    pub fn has_ended(&self) -> bool {
        self.0.ending.get().is_some()
    }

    /// For readers that await chunks themselves. Calls `reader(true)` when the call is given up (at once if it already
    /// was). Calls `reader(false)` only when the idle limit may have passed; it returns since when it has been waiting, or
    /// `undefined`. To tell of each chunk instead would cost as much as decoding it.
    pub fn watch(&self, reader: Function) {
        if self.has_ended() {
            ask(&reader, true);
        } else {
            self.0.reader.set(Some(reader));
        }
    }

    /// Ends the call well: no timer and no listener is left.
    pub fn close(&self) {
        let state = &self.0;
        if state.ending.get().is_none() {
            state.ending.set(Some(Ending::Closed));
        }
        state.reader.take();
        state.clear_timer();
        state.stop_listening();
        state.controller.take();
        state.request.take();
    }
}
