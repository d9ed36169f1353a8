//! How long the end of a connection is waited for behind the end of its answer.

use js_sys::{Array, Promise};
use wasm_bindgen::JsValue;

use super::platform::{clear_timeout, set_timeout};

/// In milliseconds.
const GRACE_MS: f64 = 500.0;

/// A moment that has begun; dropping it clears its timer.
pub(super) struct Grace {
    over: Promise,
    timer: JsValue,
}

impl Grace {
    pub(super) fn begin() -> Self {
        let mut timer = JsValue::UNDEFINED;
        let over = Promise::new(&mut |resolve, _| timer = set_timeout(&resolve, GRACE_MS));
        Self { over, timer }
    }

    /// What the promise gives within the moment; undefined once it is over.
    pub(super) fn within(&self, promise: &Promise) -> Promise {
        let either = Array::new();
        either.push(promise);
        either.push(&self.over);
        Promise::race(&either)
    }
}

impl Drop for Grace {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
    }
}
