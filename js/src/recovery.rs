//! One look at a job, for the JavaScript that fetches a stored answer.

use js_sys::Object;
use minara::recovery::{Step, job_answer, step};
use wasm_bindgen::prelude::*;

use crate::error::to_js;
use crate::object::{or_undefined, set};

/// What a job's state means: `{ waitMs }`, or `{ rest, answer }` with the text that follows `delivered`.
///
/// # Errors
/// A `MinaraError` when the job failed, or its answer cannot be used.
#[wasm_bindgen(js_name = recoveryStep)]
pub fn recovery_step(job: &JsValue, delivered: &str, looks: u32, jitter: f64) -> Result<JsValue, JsValue> {
    let object = Object::new();
    match step(job, delivered, looks, jitter) {
        Ok(Step::Wait(milliseconds)) => set(&object, "waitMs", milliseconds.into()),
        Ok(Step::Complete(rest)) => {
            set(&object, "rest", rest.into());
            set(&object, "answer", or_undefined(job_answer(job)));
        }
        Err(error) => return Err(to_js(&error, JsValue::UNDEFINED)),
    }
    Ok(object.into())
}
