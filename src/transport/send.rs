//! One attempt: a request built by gloo-net and sent by the platform's `fetch` or the caller's, its answer looked at.

use gloo_net::http::{Headers, Method as HttpMethod, RequestBuilder};
use js_sys::{Object, Promise, global};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{AbortSignal, Request, RequestInit, RequestRedirect, Response};

use super::body::to_json;
use super::config::{CallOptions, Config, printable};
use super::failure::Failure;
use super::host_json::{member, set_member};
use super::platform::global_fetch;
use super::scope::Scope;
use crate::error::{Code, Error, FailedResponse};
use crate::wire::{JSON, Method, WireRequest, bearer};
use crate::wording::filled;

/// Sends a request once: the promise of its answer.
pub(super) fn send(
    config: &Config,
    wire: &WireRequest,
    options: &CallOptions,
    scope: &Scope,
) -> Result<Promise, Failure> {
    let request = build(config, wire, options, scope)?;
    let promise = match &config.fetch {
        None => global_fetch(&request),
        Some(replacement) => replacement.call1(&JsValue::UNDEFINED, &request).map(|result| Promise::resolve(&result)),
    };
    promise.map_err(|cause| scope.failure(cause))
}

fn build(config: &Config, wire: &WireRequest, options: &CallOptions, scope: &Scope) -> Result<Request, Failure> {
    let is_path = config.base().as_str().starts_with('/');
    let is_server = member(&global(), "location").is_undefined();
    if is_path && is_server {
        return Err(unreachable_url(config));
    }
    let signal = scope.attempt()?;
    let headers = Headers::new();
    headers.set("accept", wire.accept);
    if let Some(token) = config.secret().or(options.bearer.as_deref()) {
        headers.set("authorization", &bearer(token));
    }
    for (name, value) in &options.headers {
        headers.set(name, value);
    }
    let body = match &wire.body {
        Some(body) => {
            headers.set("content-type", JSON);
            to_json(body)?.into()
        }
        None => JsValue::UNDEFINED,
    };
    let mut builder = RequestBuilder::new(&wire.url(config.base()))
        .headers(headers)
        // The key would travel to wherever a redirect points.
        .redirect(RequestRedirect::Manual)
        .abort_signal(Some(&signal));
    if wire.method == Method::Post {
        builder = builder.method(HttpMethod::POST);
    }
    let request: Request = builder.body(body).map(Into::into).map_err(|_| unreachable_url(config))?;
    let request = if is_server && wire.method == Method::Get { apart(request, &signal) } else { request };
    // The trait's, for a request's own method copies its body.
    scope.hold(Clone::clone(&request));
    Ok(request)
}

/// The same request, apart from those that are like it. Where React renders on a server, a GET is answered with what the
/// first one like it brought, for as long as it renders: a job that is looked at again would never be done. It leaves out
/// what may outlive its page. Not so in pages: Chromium goes on with such a request behind its abort.
fn apart(request: Request, signal: &AbortSignal) -> Request {
    let init = Object::new();
    set_member(&init, "keepalive", true.into());
    // Again, for the first request is held by no one, and its signal's end would not be told.
    set_member(&init, "signal", signal.into());
    let apart = Request::new_with_request_and_init(&request, init.unchecked_ref::<RequestInit>());
    // A platform that refuses it does not render React.
    apart.unwrap_or(request)
}

/// The platform refused to build a request: only the URL can be at fault, for all else was checked.
fn unreachable_url(config: &Config) -> Failure {
    let shown = printable(config.base().as_str(), 80);
    let form = "is \"{}\", which this platform cannot resolve: give an absolute https:// address";
    Error::invalid_field("client options", "baseUrl", &filled(form, &[&shown])).into()
}

/// What the promise gave, as an answer.
pub(super) fn response_of(value: JsValue) -> Result<Response, Failure> {
    // A replacement may answer with a Response of another realm or library, so only what is used is asked for.
    if member(&value, "status").as_f64().is_some() {
        return Ok(value.unchecked_into());
    }
    let error =
        Error::new(Code::Internal, "The fetch option did not give a Response: return what fetch(request) returns.");
    Err(error.into())
}

/// The failure of an answer that has neither a status nor a body to show.
pub(super) fn verdict_without_body(scope: &Scope, response: &Response) -> Option<Failure> {
    match member(response, "type").as_string().as_deref() {
        // A page is not shown where a redirect leads, nor its status.
        Some("opaqueredirect") => Some(FailedResponse::default().into_error::<JsValue>().into()),
        // `Response.error()`, which service workers answer with.
        Some("error") => Some(scope.failure(JsValue::UNDEFINED)),
        _ => None,
    }
}
