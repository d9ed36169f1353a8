//! Typed client for the [Minara Agent API](https://minara.ai/docs/trade/agent-api/api-key): requests that are checked before they cost anything,
//! answers that keep every digit, an event-stream reader, and errors that say whether a call can have been billed.
//!
//! # How a call goes
//!
//! Data flows one way, and each step is a module that can be used by itself:
//!
//! 1. [`request`]: a builder or any JSON-like value is checked against the table of its call. Every broken rule is
//!    reported at once, with the path of its field; nothing leaves before all hold.
//! 2. [`wire`]: the checked request becomes one HTTP message: path, `Accept`, body. The API key lives here and is never
//!    printed.
//! 3. `transport` (feature `fetch`): the platform's `fetch` sends it, within the limits of [`deadline`] and repeated only
//!    where [`retry`] finds that it cannot be charged twice.
//! 4. [`sse`] and [`chat_stream`]: bytes of a stream become events, and events the text of an answer.
//! 5. [`response`]: a JSON answer becomes a typed one that keeps what it does not know. [`recovery`] fetches an answer
//!    that was paid for and not received.
//!
//! Every failure is an [`Error`]: one [`Code`] of a closed set, an [`Outcome`] that tells whether the call can have been
//! billed, and never a key or a token in any of its words.
//!
//! ```
//! use minara::chat_stream::{ChatDecoder, ChatOptions, State};
//! use minara::request::{ChatRequest, Delivery, Request as _};
//! use minara::wire::{BaseUrl, WireRequest};
//!
//! // Checked, and in the API's own form.
//! let request = ChatRequest::ask("Why did SOL rise today?").expert().validate(Delivery::Stream)?;
//! let message = WireRequest::call(&request);
//! assert_eq!(message.url(&BaseUrl::with_key("https://api.minara.ai")?), "https://api.minara.ai/v1/developer/chat");
//! assert_eq!(message.accept, "text/event-stream");
//!
//! // The answer, in whatever pieces the network brings it.
//! let mut decoder = ChatDecoder::new(ChatOptions::default());
//! let mut text = String::new();
//! decoder.push(b"data: {\"choices\":[{\"delta\":{\"con", &mut text)?;
//! let state = decoder.push(b"tent\":\"Because\"}}]}\n\ndata: [DONE]\n\n", &mut text)?;
//! decoder.finish()?;
//! assert_eq!((&*text, state), ("Because", State::Done));
//! # Ok::<(), minara::Error>(())
//! ```
//!
//! A request that breaks rules says so, all of them, and was not sent:
//!
//! ```
//! use minara::request::{Delivery, PerpRequest, Request as _};
//! use minara::{Code, Outcome};
//!
//! let error = PerpRequest::new("").leverage(100.0).validate(Delivery::Whole).unwrap_err();
//! assert_eq!((error.code(), error.outcome()), (Code::InvalidRequest, Outcome::NotSent));
//! assert_eq!(
//!     error.message(),
//!     "Invalid perp request: symbol must be a string of 1 to 64 characters; it is empty; leverage must be a number \
//!      from 1 to 40, not 100. Nothing was sent."
//! );
//! ```
//!
//! # What is in, and what is not
//!
//! Without features the crate is pure: bytes, the clock and randomness are arguments, and nothing of the browser is
//! linked. It runs natively, in a Worker, anywhere. There is no native HTTP client here: send a [`wire::WireRequest`]
//! with the one that the program has already (its documentation has a whole call). Signing and sending transactions is
//! the wallet's.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! | --- | --- | --- |
//! | `fetch` | no | the module `transport`: a client over `fetch` for WebAssembly hosts that have one (pages, service workers, Node, workerd, Deno, Bun). On other targets it compiles, so that a workspace can be built as a whole, and calls panic |
//!
//! ```toml
//! [target.'cfg(target_family = "wasm")'.dependencies]
//! minara = { version = "0.1", features = ["fetch"] }
//! ```
//!
//! **One effect on the whole build:** answers keep every digit of their numbers, for which this crate switches on
//! `arbitrary_precision` of `serde_json`; Cargo then does so for every crate of the build. Numbers that a program reads
//! itself through `#[serde(flatten)]`, `tag` or `untagged` then fail or read otherwise, and `1.0` and `1.00` are
//! no longer equal as [`serde_json::Value`]s.

#![cfg_attr(docsrs, feature(doc_cfg))]
// The npm package leaves the standard library's formatter out (js/pack/trim.mjs): what it would write is empty there.
#![cfg_attr(not(test), warn(clippy::disallowed_macros, clippy::disallowed_methods))]

/// The page of the registry, whose example is to hold too.
#[cfg(doctest)]
#[doc = include_str!("README.md")]
struct Readme;

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
#[cfg_attr(docsrs, doc(cfg(feature = "fetch")))]
pub mod transport;
pub use minara_stream::utf16;
mod url;
pub mod wire;
mod wording;
pub use error::{Code, Error, Outcome, Result};
/// Of the version whose values the answers hold.
pub use serde_json;
