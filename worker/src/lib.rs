//! The Cloudflare Worker that alone holds the Minara API key.
//!
//! A request passes one row of checks, each with its own error code and none of them costing anything, before the API
//! hears of it: [`gateway`] is that row. What decides is plain Rust over text, bytes, clock and randomness and runs in
//! native tests; what touches the platform is [`platform`] and the modules that call it.

mod access;
mod answer;
mod budget;
mod call;
mod caller;
mod correlation;
mod cost;
mod gateway;
mod learned;
mod log;
mod origin;
mod page;
mod platform;
mod refusal;
mod rejection;
mod request_head;
mod route;
mod session;
mod settings;
mod turnstile;
mod upstream;
mod variables;

use worker::{Context, Env, event, web_sys};

/// Answers every request that reaches the Worker.
#[event(fetch)]
async fn fetch(request: web_sys::Request, env: Env, context: Context) -> worker::Result<web_sys::Response> {
    gateway::serve(request, &env, &context).await
}
