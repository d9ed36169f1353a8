//! The part of the crate `minara` that has to be fast: bytes of a stream in, events or text out.
//!
//! It is a crate of its own because the WebAssembly build is optimised for size except for these loops, and Cargo sets the
//! level for each crate. Use it through `minara::sse` and `minara::chat_stream`, which give its failures the
//! words and the code that callers see.

// The npm package leaves the standard library's formatter out (js/pack/trim.mjs): what it would write is empty there.
#![cfg_attr(not(test), warn(clippy::disallowed_macros, clippy::disallowed_methods))]

pub mod chat;
pub mod sse;
pub mod utf16;
mod utf8;
