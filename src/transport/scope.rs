//! The life of one call: its time limits, its abort controller, the caller's signal.

mod watched;

use std::cell::Cell;
use std::rc::{Rc, Weak};
use std::task::Waker;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

use watched::Watched;

use super::failure::Failure;
use super::platform::{clear_timeout, monotonic_ms, set_timeout};
use crate::deadline::{Deadline, Limit, Limits};
use crate::error::{Code, Error};

/// Timers of the platform take at most 2^31 − 1 milliseconds and run at once beyond it.
const LONGEST_TIMER_MS: f64 = 2_147_483_647.0;

/// The life of one call, from the first attempt to the last byte. Dropping it aborts what is under way.
#[derive(Clone)]
pub struct Scope(Rc<State>);

struct State {
    deadline: Cell<Deadline>,
    /// What the timer and the caller's signal call. `Fn`, for one can run inside the other: ending a call can make its
    /// caller abort.
    tick: Closure<dyn Fn()>,
    /// The handle of the timer, undefined where there is none.
    timer: Cell<JsValue>,
    /// When the timer runs.
    armed_for: Cell<f64>,
    /// When a rest ends; infinity where there is none.
    rests_until: Cell<f64>,
    controller: Cell<Option<AbortController>>,
    /// Who waits in [`Scope::run`].
    waiter: Cell<Option<Waker>>,
    /// Told when the call is given up while no one waits in [`Scope::run`], and asked since when text is waited for,
    /// before the idle limit counts as passed.
    reader: Cell<Option<Function>>,
    ending: Cell<Option<Ending>>,
    /// Whether the attempt's headers have come.
    has_answer: Cell<bool>,
    caller: Option<AbortSignal>,
}

/// Why the call is given up.
#[derive(Clone, Copy)]
enum Ending {
    Limit(Limit),
    Caller,
    Closed,
}

impl Scope {
    /// Starts the clock, of whose total limit so many milliseconds have passed, and listens to the caller's signal.
    ///
    /// # Errors
    /// The signal's reason, if it is aborted already.
    pub fn open(limits: Limits, elapsed: f64, caller: Option<AbortSignal>) -> Result<Self, Failure> {
        if let Some(signal) = caller.as_ref().filter(|signal| signal.aborted()) {
            return Err(Failure::Aborted(signal.reason()));
        }
        let scope = Self(Rc::new_cyclic(|state| State {
            deadline: Cell::new(Deadline::start(limits, monotonic_ms() - elapsed)),
            tick: tick(state.clone()),
            timer: Cell::default(),
            armed_for: Cell::new(f64::INFINITY),
            rests_until: Cell::new(f64::INFINITY),
            controller: Cell::new(None),
            waiter: Cell::new(None),
            reader: Cell::new(None),
            ending: Cell::new(None),
            has_answer: Cell::new(false),
            caller,
        }));
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

    /// Whether a limit has passed, the caller has aborted or the call was closed.
    pub fn has_ended(&self) -> bool {
        self.0.ending.get().is_some()
    }

    /// For readers that wait for chunks themselves: `reader` is called with true when the call is given up, at once if
    /// that has happened. Called with false it tells since when text is waited for, or undefined while it is not; that is
    /// only asked when the idle limit may have passed, where telling of each chunk would cost as much as decoding it.
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
    }
}

impl State {
    fn arm(&self) {
        let at = self.deadline.get().next().1.min(self.rests_until.get());
        self.armed_for.set(at);
        self.clear_timer();
        let wait = at - monotonic_ms();
        if wait.is_finite() {
            self.timer.set(set_timeout(self.tick.as_ref(), wait.ceil().clamp(0.0, LONGEST_TIMER_MS)));
        }
    }

    fn clear_timer(&self) {
        // What is no timer's handle is ignored.
        clear_timeout(&self.timer.take());
    }

    fn listener(&self) -> &Function {
        self.tick.as_ref().unchecked_ref()
    }

    fn stop_listening(&self) {
        if let Some(signal) = &self.caller {
            let _ = signal.remove_event_listener_with_callback("abort", self.listener());
        }
    }

    /// The caller aborted, or the timer ran: a limit passed, a rest is over, or there was progress since it was set.
    fn fire(&self) {
        if self.caller.as_ref().is_some_and(AbortSignal::aborted) {
            return self.end(Ending::Caller);
        }
        if let Some(limit) = self.expired(monotonic_ms()) {
            return self.end(Ending::Limit(limit));
        }
        if self.rests_until.get() <= self.armed_for.get() {
            self.rests_until.set(f64::INFINITY);
            self.wake();
        }
        self.arm();
    }

    /// The limit that has passed, if one has.
    fn expired(&self, now: f64) -> Option<Limit> {
        let limit = self.deadline.get().expired(now)?;
        if limit != Limit::Idle {
            return Some(limit);
        }
        let Some(since) = self.waits_since(now) else { return Some(limit) };
        self.progress(since);
        self.deadline.get().expired(now)
    }

    /// Since when text is waited for, where that is not since it came last: a slow reader is no idle stream.
    fn waits_since(&self, now: f64) -> Option<f64> {
        if let Some(reader) = self.reader.take() {
            let since = ask(&reader, false);
            self.reader.set(Some(reader));
            return Some(since.as_f64().unwrap_or(now));
        }
        let waiter = self.waiter.take();
        let is_waited_for = waiter.is_some();
        self.waiter.set(waiter);
        (!is_waited_for).then_some(now)
    }

    fn progress(&self, now: f64) {
        let mut deadline = self.deadline.get();
        deadline.progress(now);
        self.deadline.set(deadline);
        if deadline.next().1 < self.armed_for.get() {
            self.arm();
        }
    }

    fn wake(&self) {
        if let Some(waiter) = self.waiter.take() {
            waiter.wake();
        }
    }

    fn end(&self, ending: Ending) {
        if self.ending.get().is_some() {
            return;
        }
        self.ending.set(Some(ending));
        // A reader that is not there to close the call must not leave a timer behind.
        self.clear_timer();
        self.abort_fetch(&self.reason());
        self.wake();
        if let Some(reader) = self.reader.take() {
            ask(&reader, true);
        }
    }

    fn abort_fetch(&self, reason: &JsValue) {
        if let Some(controller) = self.controller.take() {
            controller.abort_with_reason(reason);
        }
    }

    /// Why the caller has aborted; undefined where that has not happened.
    fn reason(&self) -> JsValue {
        self.caller.as_ref().map_or(JsValue::UNDEFINED, AbortSignal::reason)
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.clear_timer();
        self.stop_listening();
        // A Rust future that is dropped does not stop the fetch by itself.
        self.abort_fetch(&JsValue::UNDEFINED);
    }
}

fn ask(reader: &Function, is_given_up: bool) -> JsValue {
    reader.call1(&JsValue::UNDEFINED, &is_given_up.into()).unwrap_or_default()
}

fn tick(state: Weak<State>) -> Closure<dyn Fn()> {
    Closure::new(move || {
        if let Some(state) = state.upgrade() {
            state.fire();
        }
    })
}
