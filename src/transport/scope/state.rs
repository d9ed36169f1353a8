//! What a scope's timer and signal do to it.

use std::cell::Cell;
use std::rc::{Rc, Weak};
use std::task::Waker;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, AbortSignal, Request};

use crate::deadline::{Deadline, Limit};
use crate::transport::platform::{clear_timeout, monotonic_ms, set_timeout};

/// Timers of the platform take at most 2^31 − 1 milliseconds and run at once beyond it.
const LONGEST_TIMER_MS: f64 = 2_147_483_647.0;

/// A timer that is later than this ran behind a long task, a frozen page or a machine asleep. What came from the network
/// meanwhile may be queued behind it.
const LATE_MS: f64 = 100.0;

/// How long that may then take to arrive.
const TURN_MS: f64 = 100.0;

/// What a scope and those who wait in it share.
pub(super) struct State {
    pub(super) deadline: Cell<Deadline>,
    /// What the timer and the caller's signal call. `Fn`, for one can run inside the other: ending a call can make its
    /// caller abort.
    tick: Closure<dyn Fn()>,
    /// The handle of the timer, undefined where there is none.
    timer: Cell<JsValue>,
    /// When the timer runs.
    armed_for: Cell<f64>,
    /// Up to when no limit ends the call, because a timer was late.
    turn_ends: Cell<f64>,
    /// When a rest ends; infinity where there is none.
    pub(super) rests_until: Cell<f64>,
    pub(super) controller: Cell<Option<AbortController>>,
    /// What was sent under that controller. In Node an abort is lost with the request, once that is collected.
    pub(super) request: Cell<Option<Request>>,
    /// Who waits in [`Scope::run`].
    pub(super) waiter: Cell<Option<Waker>>,
    /// Told when the call is given up while no one waits in [`Scope::run`], and asked since when text is waited for,
    /// before the idle limit counts as passed.
    pub(super) reader: Cell<Option<Function>>,
    pub(super) ending: Cell<Option<Ending>>,
    /// Whether the limits of an attempt rest while no one waits in [`Scope::run`]: what comes meanwhile is there for the
    /// next read. Of those that may be forgotten there they hold.
    pub(super) may_rest: Cell<bool>,
    has_rested: Cell<bool>,
    /// Whether the attempt's headers have come.
    pub(super) has_answer: Cell<bool>,
    pub(super) caller: Option<AbortSignal>,
}

/// Why the call is given up.
#[derive(Clone, Copy)]
pub(super) enum Ending {
    Limit(Limit),
    Caller,
    Closed,
}

impl State {
    pub(super) fn new(deadline: Deadline, caller: Option<AbortSignal>) -> Rc<Self> {
        Rc::new_cyclic(|state| Self {
            deadline: Cell::new(deadline),
            tick: tick(state.clone()),
            timer: Cell::default(),
            armed_for: Cell::new(f64::INFINITY),
            turn_ends: Cell::new(f64::NEG_INFINITY),
            rests_until: Cell::new(f64::INFINITY),
            controller: Cell::new(None),
            request: Cell::new(None),
            waiter: Cell::new(None),
            reader: Cell::new(None),
            ending: Cell::new(None),
            may_rest: Cell::new(false),
            has_rested: Cell::new(false),
            has_answer: Cell::new(false),
            caller,
        })
    }

    pub(super) fn arm(&self) {
        let at = self.deadline.get().next().1.min(self.rests_until.get()).max(self.turn_ends.get());
        self.armed_for.set(at);
        self.clear_timer();
        let wait = at - monotonic_ms();
        if wait.is_finite() {
            self.timer.set(set_timeout(self.tick.as_ref(), wait.ceil().clamp(0.0, LONGEST_TIMER_MS)));
        }
    }

    pub(super) fn clear_timer(&self) {
        // What is no timer's handle is ignored.
        clear_timeout(&self.timer.take());
    }

    pub(super) fn listener(&self) -> &Function {
        self.tick.as_ref().unchecked_ref()
    }

    pub(super) fn stop_listening(&self) {
        if let Some(signal) = &self.caller {
            let _ = signal.remove_event_listener_with_callback("abort", self.listener());
        }
    }

    /// The caller aborted, or the timer ran: a limit passed, a rest is over, or there was progress since it was set.
    fn fire(&self) {
        if self.caller.as_ref().is_some_and(AbortSignal::aborted) {
            return self.end(Ending::Caller);
        }
        let now = monotonic_ms();
        if let Some(limit) = self.expired(now)
            && !self.gives_turn(now)
        {
            return self.end(Ending::Limit(limit));
        }
        if self.rests_until.get() <= self.armed_for.get() {
            self.rests_until.set(f64::INFINITY);
            self.wake();
        }
        self.arm();
    }

    /// Whether what is queued behind a late timer comes first. Not a second time: where timers are throttled each is late.
    /// And not in a rest, behind which the next attempt would go out.
    fn gives_turn(&self, now: f64) -> bool {
        let armed_for = self.armed_for.get();
        let is_given =
            now - armed_for > LATE_MS && armed_for > self.turn_ends.get() && self.rests_until.get().is_infinite();
        if is_given {
            self.turn_ends.set(now + TURN_MS);
        }
        is_given
    }

    /// The limit that has passed, if one has.
    fn expired(&self, now: f64) -> Option<Limit> {
        let limit = self.deadline.get().expired(now)?;
        let reader = self.reader.take();
        match (limit, &reader) {
            // A slow reader is no idle stream.
            (Limit::Idle, Some(reader)) => self.progress(ask(reader, false).as_f64().unwrap_or(now)),
            (Limit::FirstByte | Limit::Idle, None) if self.may_rest.get() && !self.is_waited_for() => {
                self.has_rested.set(true);
                self.restart(now);
            }
            _ => {}
        }
        self.reader.set(reader);
        self.deadline.get().expired(now)
    }

    fn is_waited_for(&self) -> bool {
        let waiter = self.waiter.take();
        let is_waited_for = waiter.is_some();
        self.waiter.set(waiter);
        is_waited_for
    }

    /// Someone waits again: a limit that has rested begins.
    pub(super) fn wait(&self) {
        if self.has_rested.take() {
            self.restart(monotonic_ms());
            self.arm();
        }
    }

    fn restart(&self, now: f64) {
        let mut deadline = self.deadline.get();
        deadline.restart(now);
        self.deadline.set(deadline);
    }

    pub(super) fn progress(&self, now: f64) {
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

    pub(super) fn abort_fetch(&self, reason: &JsValue) {
        if let Some(controller) = self.controller.take() {
            controller.abort_with_reason(reason);
        }
    }

    /// Why the caller has aborted; undefined where that has not happened.
    pub(super) fn reason(&self) -> JsValue {
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

pub(super) fn ask(reader: &Function, is_given_up: bool) -> JsValue {
    reader.call1(&JsValue::UNDEFINED, &is_given_up.into()).unwrap_or_default()
}

fn tick(state: Weak<State>) -> Closure<dyn Fn()> {
    Closure::new(move || {
        if let Some(state) = state.upgrade() {
            state.fire();
        }
    })
}
