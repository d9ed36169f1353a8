//! Typed client for the Minara Agent API.
pub mod error;
pub mod json;
pub mod request;
pub mod wire;
pub use error::{Code, Error, Outcome, Result};
