//! Requests: their rules, their builders, and their form on the wire.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is to panic")]

mod builders;
mod rules;
mod wire_form;

/// `ChatRequest::ask("Hi")` on the wire.
pub(crate) const CHAT_BODY: &str = r#"{"mode":"fast","stream":false,"message":{"role":"user","content":"Hi"}}"#;
