//! The life of an open stream, whose chunks JavaScript reads.

use js_sys::Function;
use minara::transport::Scope;
use wasm_bindgen::prelude::*;

use super::failure::thrown;

/// Time limits, caller's signal and abort of an open stream.
#[wasm_bindgen]
pub struct StreamScope(Scope);

impl From<Scope> for StreamScope {
    fn from(scope: Scope) -> Self {
        Self(scope)
    }
}

#[wasm_bindgen]
impl StreamScope {
    /// Sets what is called with true when a limit passes or the caller aborts, so that the reader cancels its stream; at
    /// once, if the call is given up already. With false it tells since when text is waited for, undefined while it is not.
    pub fn watch(&self, reader: Function) {
        self.0.watch(reader);
    }

    /// The first chunk of the body is there.
    pub fn received(&self) {
        self.0.received();
    }

    /// What to throw for a read that failed with `cause`: a `MinaraError`, or the caller's own reason.
    pub fn failure(&self, cause: JsValue) -> JsValue {
        thrown(self.0.failure(cause))
    }

    /// Ends well: no timer and no listener is left.
    pub fn close(&self) {
        self.0.close();
    }
}
