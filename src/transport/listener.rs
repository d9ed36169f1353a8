//! A listener on the caller's signal.

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// A listener on the caller's signal, removed when dropped.
pub(super) struct Listener {
    signal: AbortSignal,
    closure: Closure<dyn FnMut()>,
}

impl Listener {
    pub(super) fn new(signal: AbortSignal, listen: impl FnMut() + 'static) -> Self {
        let closure: Closure<dyn FnMut()> = Closure::new(listen);
        let _ = signal.add_event_listener_with_callback("abort", closure.as_ref().unchecked_ref());
        Self { signal, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.signal.remove_event_listener_with_callback("abort", self.closure.as_ref().unchecked_ref());
    }
}
