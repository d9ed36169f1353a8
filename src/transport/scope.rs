//! The life of one call: its time limits, its abort controller, the caller's signal.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

use super::failure::Failure;
use super::platform::monotonic_ms;
use crate::deadline::{Deadline, Limit, Limits};
use crate::error::{Code, Error, Outcome};
use crate::retry::never_left;

/// Timers of the platform take at most 2^31 − 1 milliseconds and run at once beyond it.
const LONGEST_TIMER_MS: f64 = 2_147_483_647.0;

/// The life of one call, from the first attempt to the last byte. Dropping it aborts what is under way.
#[derive(Clone)]
pub struct Scope(Rc<State>);

struct State {
    deadline: Cell<Deadline>,
    timer: RefCell<Option<Timeout>>,
    /// When the timer runs.
    armed_for: Cell<f64>,
    controller: RefCell<Option<AbortController>>,
    /// Rejects the promise that [`Scope::run`] waits on.
    stop: RefCell<Option<Function>>,
    /// Told when the call is given up while no one waits in [`Scope::run`].
    on_abort: RefCell<Option<Function>>,
    ending: RefCell<Option<Ending>>,
    caller: RefCell<Option<Listener>>,
}

/// Why the call is given up.
#[derive(Clone)]
enum Ending {
    Limit(Limit),
    Caller(JsValue),
    /// Closed, or cancelled by the reader itself.
    Closed,
}

/// A listener on the caller's signal, removed when dropped.
struct Listener {
    signal: AbortSignal,
    closure: Closure<dyn FnMut()>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.signal.remove_event_listener_with_callback("abort", self.closure.as_ref().unchecked_ref());
    }
}

impl Scope {
    /// Starts the clock and listens to the caller's signal.
    ///
    /// # Errors
    /// The signal's reason, if it is aborted already.
    pub fn open(limits: Limits, caller: Option<&AbortSignal>) -> Result<Self, Failure> {
        if let Some(signal) = caller.filter(|signal| signal.aborted()) {
            return Err(Failure::Aborted(signal.reason()));
        }
        let scope = Self(Rc::new(State {
            deadline: Cell::new(Deadline::start(limits, monotonic_ms())),
            timer: RefCell::new(None),
            armed_for: Cell::new(f64::INFINITY),
            controller: RefCell::new(None),
            stop: RefCell::new(None),
            on_abort: RefCell::new(None),
            ending: RefCell::new(None),
            caller: RefCell::new(None),
        }));
        if let Some(signal) = caller {
            scope.listen(signal.clone());
        }
        scope.arm();
        Ok(scope)
    }

    fn listen(&self, signal: AbortSignal) {
        let state = Rc::downgrade(&self.0);
        let observed = signal.clone();
        let closure = Closure::new(move || {
            if let Some(state) = state.upgrade() {
                state.end(Ending::Caller(observed.reason()));
            }
        });
        let _ = signal.add_event_listener_with_callback("abort", closure.as_ref().unchecked_ref());
        *self.0.caller.borrow_mut() = Some(Listener { signal, closure });
    }

    /// Begins an attempt, with a signal of its own for `fetch`.
    pub fn attempt(&self) -> Result<AbortSignal, Failure> {
        // A limit that ended the attempt before must not end this one; the caller's abort ends them all.
        self.0.ending.borrow_mut().take_if(|ending| matches!(ending, Ending::Limit(_)));
        if self.has_ended() {
            return Err(self.failure(JsValue::UNDEFINED));
        }
        let controller = AbortController::new()
            .map_err(|cause| Failure::Failed { error: Error::new(Code::Internal, "No AbortController."), cause })?;
        let signal = controller.signal();
        *self.0.controller.borrow_mut() = Some(controller);
        self.update(Deadline::sent);
        Ok(signal)
    }

    /// The first byte of the answer is there.
    pub fn received(&self) {
        self.update(Deadline::received);
    }

    /// The stream brought text, or is read again after [`pause`](Self::pause). A timer that runs before the limit is left
    /// as it is: when it runs, it looks at the time again.
    pub fn progress(&self) {
        let mut deadline = self.0.deadline.get();
        deadline.progress(monotonic_ms());
        self.0.deadline.set(deadline);
        if deadline.next().1 < self.0.armed_for.get() {
            self.arm();
        }
    }

    /// No one reads for now: only the total limit holds, for a slow reader is no idle stream.
    pub fn pause(&self) {
        let mut deadline = self.0.deadline.get();
        deadline.wait();
        self.0.deadline.set(deadline);
    }

    /// Milliseconds left of the total limit.
    pub fn remaining(&self) -> f64 {
        self.0.deadline.get().remaining(monotonic_ms())
    }

    fn update(&self, change: impl FnOnce(&mut Deadline, f64)) {
        let mut deadline = self.0.deadline.get();
        change(&mut deadline, monotonic_ms());
        self.0.deadline.set(deadline);
        self.arm();
    }

    fn arm(&self) {
        State::arm(&self.0);
    }

    /// Waits for a promise of the platform, unless the call is given up first.
    ///
    /// # Errors
    /// The promise's own reason, or a failure when the call is given up: see [`failure`](Self::failure), which tells
    /// them apart.
    pub async fn run(&self, promise: &Promise) -> Result<JsValue, JsValue> {
        // A `fetch` that the caller supplied may ignore its signal, so the promise alone is not waited for.
        let stopped = Promise::new(&mut |_, reject| *self.0.stop.borrow_mut() = Some(reject));
        if self.0.ending.borrow().is_some() {
            self.0.reject();
        }
        let outcome = JsFuture::from(Promise::race(&js_sys::Array::of2(promise, &stopped))).await;
        self.0.stop.borrow_mut().take();
        outcome
    }

    /// Waits between two attempts.
    ///
    /// # Errors
    /// When the call is given up meanwhile.
    pub async fn sleep(&self, milliseconds: f64) -> Result<(), Failure> {
        self.update(|deadline, _| deadline.wait());
        let mut timer = None;
        let elapsed = Promise::new(&mut |resolve, _| {
            timer = Some(Timeout::new(timer_ms(milliseconds), move || {
                let _ = resolve.call0(&JsValue::UNDEFINED);
            }));
        });
        let outcome = self.run(&elapsed).await;
        drop(timer);
        outcome.map(drop).map_err(|cause| self.failure(cause))
    }

    /// What to tell the caller when a promise of the platform failed with `cause`.
    pub fn failure(&self, cause: JsValue) -> Failure {
        match &*self.0.ending.borrow() {
            Some(Ending::Caller(reason)) => Failure::Aborted(reason.clone()),
            Some(Ending::Limit(limit)) => Failure::Failed { error: self.0.deadline.get().error(*limit), cause },
            Some(Ending::Closed) | None => network_failure(cause),
        }
    }

    /// Whether a limit has passed or the caller has aborted.
    pub fn has_ended(&self) -> bool {
        self.0.ending.borrow().is_some()
    }

    /// Sets what is called when the call is given up; for readers that do not wait in [`run`](Self::run).
    pub fn set_on_abort(&self, callback: Option<Function>) {
        *self.0.on_abort.borrow_mut() = callback;
    }

    /// The function set by [`set_on_abort`](Self::set_on_abort).
    pub fn on_abort(&self) -> Option<Function> {
        self.0.on_abort.borrow().clone()
    }

    /// Stops what is under way without an error: the reader wants no more.
    pub fn abort(&self, reason: &JsValue) {
        self.0.on_abort.borrow_mut().take();
        self.0.close();
        self.0.abort_fetch(reason);
    }

    /// Ends the call well: no timer and no listener is left.
    pub fn close(&self) {
        self.0.on_abort.borrow_mut().take();
        self.0.close();
        self.0.controller.borrow_mut().take();
    }
}

impl State {
    fn arm(self: &Rc<Self>) {
        let (_, at) = self.deadline.get().next();
        self.armed_for.set(at);
        let wait = at - monotonic_ms();
        let timer = wait.is_finite().then(|| {
            let state = Rc::downgrade(self);
            Timeout::new(timer_ms(wait), move || {
                if let Some(state) = state.upgrade() {
                    state.fire();
                }
            })
        });
        let earlier = core::mem::replace(&mut *self.timer.borrow_mut(), timer);
        drop(earlier);
    }

    /// The timer ran: either a limit passed, or there was progress since it was set.
    fn fire(self: &Rc<Self>) {
        match self.deadline.get().expired(monotonic_ms()) {
            Some(limit) => self.end(Ending::Limit(limit)),
            None => self.arm(),
        }
    }

    fn end(&self, ending: Ending) {
        if self.ending.borrow().is_some() {
            return;
        }
        let reason = match &ending {
            Ending::Caller(reason) => reason.clone(),
            _ => JsValue::UNDEFINED,
        };
        *self.ending.borrow_mut() = Some(ending);
        // A reader that is not there to close the call must not leave a timer behind.
        let timer = self.timer.borrow_mut().take();
        drop(timer);
        self.abort_fetch(&reason);
        self.reject();
        let callback = self.on_abort.borrow_mut().take();
        if let Some(callback) = callback {
            let _ = callback.call0(&JsValue::UNDEFINED);
        }
    }

    fn abort_fetch(&self, reason: &JsValue) {
        let controller = self.controller.borrow_mut().take();
        if let Some(controller) = controller {
            controller.abort_with_reason(reason);
        }
    }

    fn reject(&self) {
        let stop = self.stop.borrow_mut().take();
        if let Some(stop) = stop {
            let _ = stop.call0(&JsValue::UNDEFINED);
        }
    }

    fn close(&self) {
        self.ending.borrow_mut().get_or_insert(Ending::Closed);
        self.timer.borrow_mut().take();
        self.caller.borrow_mut().take();
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // A Rust future that is dropped does not stop the fetch by itself.
        self.abort_fetch(&JsValue::UNDEFINED);
    }
}

fn network_failure(cause: JsValue) -> Failure {
    let is_proof = never_left(&detail(&cause, "code"), &detail(&cause, "syscall"));
    let outcome = if is_proof { Outcome::NotSent } else { Outcome::Unknown };
    let advice = match outcome {
        Outcome::NotSent => "Nothing was sent; check the address and the network.",
        _ => {
            "The call may have been billed: send it again only under a requestId, or if a second charge is acceptable."
        }
    };
    // The platform's own words may name hosts and ports, and stay in `cause`.
    let error = Error::new(Code::Network, format!("The connection failed. {advice}")).with_outcome(outcome);
    Failure::Failed { error, cause }
}

/// `error.code` or `error.cause.code`, and so on, as Node and Bun set them.
fn detail(error: &JsValue, name: &str) -> String {
    let property = |value: &JsValue, name: &str| js_sys::Reflect::get(value, &JsValue::from_str(name)).ok();
    let text = |value: &JsValue| property(value, name).and_then(|text| text.as_string());
    text(error).or_else(|| property(error, "cause").as_ref().and_then(text)).unwrap_or_default()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 – 2^31 − 1")]
fn timer_ms(milliseconds: f64) -> u32 {
    milliseconds.ceil().clamp(0.0, LONGEST_TIMER_MS) as u32
}
