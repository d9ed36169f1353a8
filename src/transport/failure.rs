//! Why a call did not give an answer: an error of ours, or the caller's own abort.

use wasm_bindgen::JsValue;

use super::host_json::member;
use crate::error::{Code, Error, Outcome, call_may_be_billed};
use crate::retry::never_left;

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

const NEVER_LEFT: &str = "The connection failed. Nothing was sent; check the address and the network.";

const LOST: &str = concat!(
    "The connection failed.",
    call_may_be_billed!(": send it again only under the requestId that it had, or if a second charge is acceptable.")
);

const ABORTED: &str = "The call was aborted.";

impl Failure {
    /// That of a connection. The platform's own words may name hosts and ports, and stay in `cause`.
    pub(super) fn network(cause: JsValue) -> Self {
        if !never_left(&detail(&cause, "code"), &detail(&cause, "syscall")) {
            return Self::lost(cause);
        }
        Self::Failed { error: Error::new(Code::Network, NEVER_LEFT).with_outcome(Outcome::NotSent), cause }
    }

    /// That of a connection over which something has been sent, or may have been.
    pub(super) fn lost(cause: JsValue) -> Self {
        Self::Failed { error: Error::new(Code::Network, LOST), cause }
    }

    /// The failure of a look-up, which costs nothing.
    pub fn of_look_up(self) -> Self {
        match self {
            Self::Failed { error, cause } => Self::Failed { error: error.of_look_up(), cause },
            aborted @ Self::Aborted(_) => aborted,
        }
    }

    /// The failure of a look-up as that of the call which was accepted before it, and may have been billed.
    pub fn of_accepted_call(self) -> Self {
        match self {
            Self::Failed { error, cause } if error.outcome().is_unbilled() => {
                Self::Failed { error: error.with_outcome(Outcome::Unknown), cause }
            }
            other => other,
        }
    }

    /// The error for Rust callers, who have no signal to abort.
    pub fn into_error(self) -> Error {
        match self {
            Self::Failed { error, .. } => error,
            Self::Aborted(_) => Error::new(Code::Internal, ABORTED),
        }
    }
}

impl core::fmt::Display for Failure {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Aborted(_) => ABORTED,
            Self::Failed { error, .. } => error.message(),
        })
    }
}

impl core::error::Error for Failure {}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed { error, cause: JsValue::UNDEFINED }
    }
}

/// `error.code` or `error.cause.code`, and so on, as Node and Bun set them.
fn detail(error: &JsValue, name: &str) -> String {
    let text = member(error, name).as_string();
    text.or_else(|| member(&member(error, "cause"), name).as_string()).unwrap_or_default()
}
