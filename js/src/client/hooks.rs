//! The client's hooks, told of each attempt.

use js_sys::{Function, Object};
use minara::transport::{Observer, Sent, Settled};
use wasm_bindgen::JsValue;

use super::options::function;
use crate::object::{or_undefined, set};

/// The client's hooks.
pub(super) struct Hooks {
    on_request: Option<Function>,
    on_response: Option<Function>,
}

impl Hooks {
    pub(super) fn from_options(config: &JsValue) -> Option<Self> {
        let (on_request, on_response) = (function(config, "onRequest"), function(config, "onResponse"));
        let is_given = on_request.is_some() || on_response.is_some();
        is_given.then_some(Self { on_request, on_response })
    }
}

impl Observer for Hooks {
    fn sent(&self, attempt: Sent<'_>) {
        tell(self.on_request.as_ref(), attempt, JsValue::UNDEFINED, JsValue::UNDEFINED, JsValue::UNDEFINED);
    }

    fn settled(&self, Settled { sent, status, milliseconds, request_id }: Settled<'_>) {
        tell(self.on_response.as_ref(), sent, or_undefined(status), milliseconds.into(), or_undefined(request_id));
    }
}

fn tell(hook: Option<&Function>, sent: Sent<'_>, status: JsValue, milliseconds: JsValue, request_id: JsValue) {
    let Some(hook) = hook else { return };
    let event = Object::new();
    set(&event, "method", sent.method.into());
    set(&event, "path", sent.path.into());
    set(&event, "attempt", sent.attempt.into());
    set(&event, "status", status);
    set(&event, "milliseconds", milliseconds);
    set(&event, "requestId", request_id);
    // A hook that throws must not turn a paid answer into an error.
    let _ = hook.call1(&JsValue::UNDEFINED, &event);
}
