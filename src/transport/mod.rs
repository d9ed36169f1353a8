//! The client over the platform's `fetch`: pages, service workers, Node, workerd, Deno, Bun.
//!
//! Only this module and the JavaScript bindings touch the platform. One attempt is built by gloo-net and sent by the
//! module `send`; [`Call`] repeats it as [`crate::retry`] decides; [`Scope`] holds a call's time limits and ends it
//! when the caller aborts, a limit passes, or the future is dropped.

mod body;
mod call;
mod client;
mod config;
mod failure;
mod grace;
mod host_json;
mod platform;
mod reply;
mod scope;
mod send;
mod stream;

pub use call::Call;
pub use client::Client;
pub use config::{CallOptions, Config, Observer, Sent, Settled};
pub use failure::Failure;
#[doc(hidden)] // For the JavaScript bindings.
pub use host_json::{member, set_member};
pub use reply::Reply;
pub use scope::Scope;
pub use stream::ChatStream;
