//! The crossings between wasm and the platform, each a single one: see `platform.js`.

use worker::js_sys::futures::JsFuture;
use worker::js_sys::{Date, JSON, Promise, Uint8Array};
use worker::wasm_bindgen::{self, prelude::*};
use worker::{Env, web_sys};

use crate::request_head::RequestHead;

#[wasm_bindgen(module = "/src/platform.js")]
extern "C" {
    #[wasm_bindgen(js_name = head)]
    fn head_lines(request: &web_sys::Request) -> String;

    #[wasm_bindgen(js_name = readBody)]
    fn read_body_promise(request: &web_sys::Request, limit: u32, deadline: u32) -> Promise;

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

    /// The answer to a preflight of an allowed origin.
    pub(crate) fn preflight(id: &str, origin: &str) -> web_sys::Response;

    /// The answer to the caller; `fields` are those of [`crate::answer::fields`].
    pub(crate) fn respond(status: u16, fields: &str, body: &JsValue) -> web_sys::Response;
}

/// Writes one line to the log.
pub(crate) fn log(line: &str) {
    web_sys::console::log_1(&JsValue::from_str(line));
}

/// Milliseconds since the Unix epoch. Cloudflare's clock stands still between input and output.
pub(crate) fn now() -> f64 {
    Date::now()
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

/// The bytes of a request's body, of at most `limit`, within `deadline` milliseconds.
pub(crate) async fn read_body(request: &web_sys::Request, limit: u32, deadline: u32) -> Result<Vec<u8>, BodyFault> {
    let read = JsFuture::from(read_body_promise(request, limit, deadline)).await.map_err(|_| BodyFault::Broken)?;
    read.dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec()).map_err(|_| BodyFault::TooLarge)
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
    let response = JsFuture::from(promise).await.map_err(|word| word.as_string().unwrap_or_default())?;
    response.dyn_into().map_err(|_| String::new())
}
