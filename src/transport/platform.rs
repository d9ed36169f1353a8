//! The few functions of the platform that no crate binds for every runtime.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The bare global: pages, workers and servers all have it, and not all have a `window`.
    #[wasm_bindgen(js_name = fetch, catch)]
    pub(super) fn global_fetch(request: &web_sys::Request) -> Result<Promise, JsValue>;

    /// Milliseconds on a clock that never goes back.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(super) fn monotonic_ms() -> f64;

    /// The handle is a number in pages, and an object elsewhere.
    #[wasm_bindgen(js_name = setTimeout)]
    pub(super) fn set_timeout(callback: &JsValue, milliseconds: f64) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    pub(super) fn clear_timeout(handle: &JsValue);
}

/// A random number from 0 (included) to 1 (excluded), for jitter; nothing secret depends on it.
pub(super) fn random() -> f64 {
    js_sys::Math::random()
}
