//! One look at a job, for the JavaScript that fetches a stored answer.

use minara::recovery::{Step, job_answer, step};
use wasm_bindgen::prelude::*;

use crate::error::to_js;
use crate::object::{object, or_undefined};

/// What a job's state means: `{ waitMs }`, or `{ rest, answer }` with the text that follows `delivered`.
///
/// # Errors
/// A `MinaraError` when the job failed, or its answer cannot be used.
#[wasm_bindgen(js_name = recoveryStep)]
pub fn recovery_step(job: &JsValue, delivered: &str, looks: u32, jitter: f64) -> Result<JsValue, JsValue> {
    match step(job, delivered, looks, jitter) {
        Ok(Step::Wait(milliseconds)) => Ok(object([("waitMs", milliseconds.into())])),
        Ok(Step::Complete(rest)) => Ok(object([("rest", rest.into()), ("answer", or_undefined(job_answer(job)))])),
        Err(error) => Err(to_js(&error, JsValue::UNDEFINED)),
    }
}
