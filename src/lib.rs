//! Typed client for the Minara Agent API.
pub mod chat_stream;
pub mod deadline;
pub mod error;
pub mod json;
pub mod recovery;
pub mod request;
pub mod response;
pub mod retry;
pub mod sse;
#[cfg(feature = "fetch")]
pub mod transport;
pub use minara_stream::utf16;
pub mod wire;
pub use error::{Code, Error, Outcome, Result};
