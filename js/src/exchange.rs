//! The life of an open stream, whose chunks JavaScript reads.

use js_sys::Function;
use minara::transport::{Failure, Scope};
use wasm_bindgen::prelude::*;

use crate::error::to_js;

/// Time limits, caller's signal and abort of an open stream.
#[wasm_bindgen]
pub struct Exchange(Scope);

impl From<Scope> for Exchange {
    fn from(scope: Scope) -> Self {
        Self(scope)
    }
}

#[wasm_bindgen]
impl Exchange {
    /// Called when a limit passes or the caller aborts: the reader then cancels its stream.
    #[wasm_bindgen(getter)]
    pub fn onabort(&self) -> Option<Function> {
        self.0.on_abort()
    }

    /// Sets what is called; at once, if the call is given up already.
    #[wasm_bindgen(setter)]
    pub fn set_onabort(&self, callback: Option<Function>) {
        match callback {
            Some(callback) if self.0.has_ended() => {
                let _ = callback.call0(&JsValue::UNDEFINED);
            }
            callback => self.0.set_on_abort(callback),
        }
    }

    /// The first chunk of the body is there.
    pub fn received(&self) {
        self.0.received();
    }

    /// A chunk brought text, or is waited for again.
    pub fn progress(&self) {
        self.0.progress();
    }

    /// No chunk is waited for, until `progress` is called.
    pub fn pause(&self) {
        self.0.pause();
    }

    /// What to throw for a read that failed with `cause`: a `MinaraError`, or the caller's own reason.
    pub fn failure(&self, cause: JsValue, partial: &str) -> JsValue {
        match self.0.failure(cause) {
            Failure::Aborted(reason) => reason,
            Failure::Failed { error, cause } if partial.is_empty() => to_js(&error, cause),
            Failure::Failed { error, cause } => to_js(&error.with_partial(partial), cause),
        }
    }

    /// Whether a limit has passed or the caller has aborted, so that `failure` says why.
    #[wasm_bindgen(getter, js_name = hasEnded)]
    pub fn has_ended(&self) -> bool {
        self.0.has_ended()
    }

    /// Stops the fetch without an error: the reader wants no more.
    pub fn abort(&self, reason: &JsValue) {
        self.0.abort(reason);
    }

    /// Ends well: no timer and no listener is left.
    pub fn close(&self) {
        self.0.close();
    }
}
