//! Why a call did not give an answer: an error of ours, or the caller's own abort.

use wasm_bindgen::JsValue;

use crate::error::{Code, Error};

/// Why a call did not give an answer.
#[derive(Debug, Clone)]
pub enum Failure {
    /// The caller's signal was aborted; this is its reason.
    Aborted(JsValue),
    /// The call failed.
    Failed {
        /// What to tell the caller.
        error: Error,
        /// What the platform threw, or undefined.
        cause: JsValue,
    },
}

impl Failure {
    /// The error for Rust callers, who have no signal to abort.
    pub fn into_error(self) -> Error {
        match self {
            Self::Failed { error, .. } => error,
            Self::Aborted(_) => Error::new(Code::Internal, "The call was aborted."),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed { error, cause: JsValue::UNDEFINED }
    }
}
