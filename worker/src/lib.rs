//! The Cloudflare Worker that alone holds the Minara API key.
//!
//! A request passes one row of checks, each with its own error code and none of them costing anything, before the API
//! hears of it: [`gateway`] is that row. What decides is plain Rust over text, bytes, clock and randomness and runs in
//! native tests. The platform is worked by [`platform`] and, for the Durable Object, by [`budget::object`]: their
//! JavaScript (`platform.js`, `budget/books.js`) decides nothing. Elsewhere only handles of it are passed on, such as the
//! request under way in an [`exchange`] and the body of an [`answer`].

mod access;
mod answer;
mod budget;
mod call;
mod caller;
mod correlation;
mod cost;
mod exchange;
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

use std::rc::Rc;

use worker::{Context, Env, event, web_sys};

/// Answers every request that reaches the Worker.
#[event(fetch)]
async fn fetch(request: web_sys::Request, env: Env, context: Context) -> worker::Result<web_sys::Response> {
    let context = Rc::new(context);
    let own = Rc::clone(&context);
    platform::to_its_end(&context, async move { gateway::serve(request, &env, &own).await }).await
}
