//! Typed client for the Minara Agent API.
pub mod error;
pub mod json;
pub use error::{Code, Error, Outcome, Result};
