//! The crossings between wasm and the platform, each a single one: see `platform.js`.

use worker::js_sys::futures::{JsFuture, future_to_promise};
use worker::js_sys::{Date, JSON, Math, Promise, Uint8Array};
use worker::wasm_bindgen::{self, prelude::*};
use worker::{Context, Env, web_sys};

use crate::request_head::RequestHead;

#[wasm_bindgen(module = "/src/platform.js")]
extern "C" {
    #[wasm_bindgen(js_name = head)]
    fn head_lines(request: &web_sys::Request) -> String;

    /// Writes one line to the log, and a data point to Analytics Engine where that is bound.
    pub(crate) fn log(env: &Env, line: &str);

    #[wasm_bindgen(js_name = randomId)]
    fn random_bytes() -> Vec<u8>;

    #[wasm_bindgen(js_name = readBody)]
    fn read_body_promise(request: &web_sys::Request, is_measured: bool, limit: u32, deadline: u32) -> Promise;

    #[wasm_bindgen(js_name = readText)]
    fn read_text_promise(response: &web_sys::Response, limit: u32, deadline: Option<u32>) -> Promise;

    #[wasm_bindgen(js_name = callUpstream)]
    fn call_upstream_promise(
        signal: &web_sys::AbortSignal,
        url: &str,
        method: &str,
        authorization: &str,
        accept: &str,
        body: Option<&str>,
        first_byte: u32,
        total: u32,
    ) -> Promise;

    #[wasm_bindgen(js_name = askBudget)]
    fn ask_budget_promise(env: &Env, question: &str) -> Promise;

    #[wasm_bindgen(js_name = tellBudget)]
    fn tell_budget_promise(env: &Env, context: &JsValue, question: &str) -> Promise;

    #[wasm_bindgen(js_name = admit, catch)]
    fn admit_promise(
        env: &Env,
        first: &str,
        first_key: &str,
        second: &str,
        second_key: &str,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_name = verifyChallenge)]
    fn verify_challenge_promise(url: &str, question: &str, deadline: u32) -> Promise;

    #[wasm_bindgen(js_name = asset)]
    fn asset_promise(request: &web_sys::Request, env: &Env, policy: &str) -> Promise;

    /// The answer to a preflight of an allowed origin.
    pub(crate) fn preflight(id: &str, origin: &str) -> web_sys::Response;

    /// The answer to the caller; `fields` are those of [`crate::answer::fields`].
    pub(crate) fn respond(status: u16, fields: &str, body: &JsValue) -> web_sys::Response;

    /// A stream that is handed on while an event is looked for that fits a pattern.
    pub(crate) type Relay;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new(body: &JsValue, pattern: &str, limit: u32) -> Relay;
    /// What the caller gets.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn readable(this: &Relay) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn found(this: &Relay) -> Promise;
    #[wasm_bindgen(method, getter)]
    fn done(this: &Relay) -> Promise;
}

impl Relay {
    /// The whole event that fits, as soon as it is here; empty when none came.
    pub(crate) async fn event(&self) -> String {
        text_of(self.found()).await.unwrap_or_default()
    }

    /// Waits until the stream has ended, in whatever way.
    pub(crate) async fn ended(&self) {
        // Its promise never rejects.
        let _ = JsFuture::from(self.done()).await;
    }
}

/// Answers, and does so to the end even when the caller goes: the runtime drops a handler then, and lets nothing go on but
/// what it was told before to wait for.
pub(crate) async fn to_its_end(
    context: &Context,
    answer: impl Future<Output = web_sys::Response> + 'static,
) -> worker::Result<web_sys::Response> {
    let answered = future_to_promise(async { Ok(answer.await.into()) });
    context.as_ref().wait_until(&answered)?;
    Ok(JsFuture::from(answered).await?.dyn_into()?)
}

/// Longest wait for the verification of a challenge, in milliseconds.
const VERIFY_DEADLINE: u32 = 10_000;

/// Milliseconds since the Unix epoch. Cloudflare's clock stands still between input and output.
pub(crate) fn now() -> f64 {
    Date::now()
}

/// The same, as a whole number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, positive and below 2^53")]
pub(crate) fn whole_now() -> u64 {
    now() as u64
}

/// The size of this isolate's wasm memory, in bytes.
pub(crate) fn memory_bytes() -> usize {
    #[cfg(target_arch = "wasm32")]
    let pages = core::arch::wasm32::memory_size(0);
    #[cfg(not(target_arch = "wasm32"))]
    let pages = 0;
    pages * 64 * 1024
}

/// A random number from 0 to 1, which is no secret.
pub(crate) fn random() -> f64 {
    Math::random()
}

/// 16 random bytes.
pub(crate) fn random_id() -> [u8; 16] {
    // The platform gives as many as were asked for.
    random_bytes().try_into().unwrap_or_default()
}

/// The head of a request.
pub(crate) fn head(request: &web_sys::Request) -> RequestHead {
    RequestHead::parse(head_lines(request))
}

/// The JSON text of the Worker's variables and secrets; other bindings are empty objects in it.
pub(crate) fn environment(env: &Env) -> String {
    JSON::stringify(env).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// Why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyFault {
    /// It is longer than the limit.
    TooLarge,
    /// It did not come in time, or its connection broke.
    Broken,
}

/// The bytes of a request's body, of at most `limit`, within `deadline` milliseconds. `is_measured` says that its
/// `Content-Length` is within the limit.
pub(crate) async fn read_body(
    request: &web_sys::Request,
    is_measured: bool,
    limit: u32,
    deadline: u32,
) -> Result<Vec<u8>, BodyFault> {
    let promise = read_body_promise(request, is_measured, limit, deadline);
    let read = JsFuture::from(promise).await.map_err(|_| BodyFault::Broken)?;
    read.dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec()).map_err(|_| BodyFault::TooLarge)
}

/// That header of an answer.
pub(crate) fn header(response: &web_sys::Response, name: &str) -> Option<String> {
    response.headers().get(name).ok().flatten()
}

/// The text of an answer, of at most `limit` bytes, within `deadline` milliseconds if there is one of its own; an error
/// is one word.
pub(crate) async fn read_text(
    response: &web_sys::Response,
    limit: u32,
    deadline: Option<u32>,
) -> Result<String, String> {
    let read = JsFuture::from(read_text_promise(response, limit, deadline)).await.map_err(|word| word_of(&word))?;
    read.as_string().ok_or_else(String::new)
}

/// A request to the API.
pub(crate) struct Outgoing<'a> {
    /// The whole URL.
    pub(crate) url: &'a str,
    /// The method.
    pub(crate) method: &'a str,
    /// The value of `Authorization`.
    pub(crate) authorization: &'a str,
    /// The value of `Accept`.
    pub(crate) accept: &'a str,
    /// The JSON body, if there is one.
    pub(crate) body: Option<&'a str>,
    /// Milliseconds until the headers must be here.
    pub(crate) first_byte: u32,
    /// Milliseconds that the body may take after them.
    pub(crate) total: u32,
}

/// Sends a request to the API. It ends early when `signal`, the caller's, does; an error is one word.
pub(crate) async fn call_upstream(
    signal: &web_sys::AbortSignal,
    outgoing: &Outgoing<'_>,
) -> Result<web_sys::Response, String> {
    let Outgoing { url, method, authorization, accept, body, first_byte, total } = *outgoing;
    let promise = call_upstream_promise(signal, url, method, authorization, accept, body, first_byte, total);
    let response = JsFuture::from(promise).await.map_err(|word| word_of(&word))?;
    response.dyn_into().map_err(|_| String::new())
}

/// The word with which a promise was rejected; empty for anything else.
fn word_of(rejection: &JsValue) -> String {
    rejection.as_string().unwrap_or_default()
}

/// The budget object's answer, if it gives one.
pub(crate) async fn ask_budget(env: &Env, question: &str) -> Option<String> {
    text_of(ask_budget_promise(env, question)).await
}

/// Tells the budget object something, even when the caller goes meanwhile. [`text_of`] is its answer, for who needs it.
pub(crate) fn tell_budget(env: &Env, context: &Context, question: &str) -> Promise {
    tell_budget_promise(env, context.as_ref(), question)
}

/// A rate limit: the binding's name, and what is counted.
pub(crate) type RateLimit<'a> = (&'static str, &'a str);

/// Whether both rate limits let a call through; `None` when they cannot be asked.
pub(crate) async fn admit(env: &Env, first: RateLimit<'_>, second: RateLimit<'_>) -> Option<bool> {
    let promise = admit_promise(env, first.0, first.1, second.0, second.1).ok()?;
    JsFuture::from(promise).await.ok()?.as_bool()
}

/// What Turnstile says about a token, if it says something in time.
pub(crate) async fn verify_challenge(url: &str, question: &str) -> Option<String> {
    text_of(verify_challenge_promise(url, question, VERIFY_DEADLINE)).await
}

/// The static file at the request's path, or the assets' own 404, under that Content-Security-Policy; `None` where the
/// assets cannot be asked.
pub(crate) async fn asset(request: &web_sys::Request, env: &Env, policy: &str) -> Option<web_sys::Response> {
    JsFuture::from(asset_promise(request, env, policy)).await.ok()?.dyn_into().ok()
}

/// The text that a promise gives, if it gives one.
pub(crate) async fn text_of(promise: Promise) -> Option<String> {
    JsFuture::from(promise).await.ok()?.as_string()
}
