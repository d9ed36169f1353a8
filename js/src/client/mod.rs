//! The client and the chat streams: all that the module of the entry `minara/sse` does without.

mod caller;
mod chat;
mod failure;
mod hooks;
mod options;
mod stream_scope;
mod work;

pub use caller::Caller;
pub(crate) use chat::AnswerText;
pub use chat::ChatEngine;
pub use failure::without_secret;
pub use stream_scope::StreamScope;
