//! The WebAssembly side of the npm package `minara`.
//!
//! JavaScript holds what users see: the class `Minara`, the streams, the builders. What crosses over is little: one
//! `Caller` for every call, one `StreamScope` for the life of an open stream, and the readers of event streams.
//! Answers stay JavaScript values from end to end: the host parses them, and they are only looked into here.
//!
//! The package has two modules of it: all of it, and, without the feature `client`, the event reader alone, which is
//! what the entry `minara/sse` loads.

// The npm package leaves the standard library's formatter out (js/pack/trim.mjs): what it would write is empty there.
#![cfg_attr(not(test), warn(clippy::disallowed_macros, clippy::disallowed_methods))]

mod buffers;
mod error;
mod object;
mod sse;

pub use buffers::set_up_buffers;
pub use sse::SseEngine;

#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
pub use client::{Caller, ChatEngine, StreamScope, without_secret};

/// Smaller than Rust's own for this target: `bench/size/README.md`.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
