//! Waiting for a promise as long as the call is alive.

use std::pin::Pin;
use std::task::{Context, Poll};

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::state::State;

/// A promise that is no longer waited for once the call is given up, for a `fetch` that the caller supplied may ignore its
/// signal; without one, the end of a rest.
pub(super) struct Watched<'a> {
    pub(super) state: &'a State,
    pub(super) promise: Option<JsFuture>,
}

impl Future for Watched<'_> {
    type Output = Result<JsValue, JsValue>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let state = self.state;
        let outcome = match &mut self.promise {
            Some(promise) => Pin::new(promise).poll(context),
            None if state.rests_until.get().is_infinite() => Poll::Ready(Ok(JsValue::UNDEFINED)),
            None => Poll::Pending,
        };
        if outcome.is_pending() && state.ending.get().is_some() {
            return Poll::Ready(Err(JsValue::UNDEFINED));
        }
        state.waiter.set(outcome.is_pending().then(|| context.waker().clone()));
        outcome
    }
}

impl Drop for Watched<'_> {
    /// No one waits any more.
    fn drop(&mut self) {
        self.state.waiter.take();
    }
}
