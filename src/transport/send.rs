//! One attempt: a request built by gloo-net, sent by the platform's `fetch` or the caller's, its answer judged.

use gloo_net::http::{Method as HttpMethod, RequestBuilder};
use js_sys::{Date, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Request, RequestRedirect, Response, ResponseType};

use super::body::{read_error_text, to_json};
use super::config::{CallOptions, Config};
use super::failure::Failure;
use super::platform::global_fetch;
use super::scope::Scope;
use crate::error::{Code, Error, FailedResponse, Outcome, Violation};
use crate::wire::{Method, WireRequest, is_success};

/// Sends a request once.
///
/// # Errors
/// The typed error for every status but 2xx, with the answer's body up to its bound.
pub(super) async fn send(
    config: &Config,
    wire: &WireRequest,
    options: &CallOptions,
    scope: &Scope,
) -> Result<Response, Failure> {
    let response = fetch(config, wire, options, scope).await?;
    if is_success(response.status()) {
        return Ok(response);
    }
    Err(failed(scope, &response).await)
}

async fn fetch(config: &Config, wire: &WireRequest, options: &CallOptions, scope: &Scope) -> Result<Response, Failure> {
    let request = build(config, wire, options, scope)?;
    let promise = match &config.fetch {
        None => global_fetch(&request),
        Some(replacement) => replacement.call1(&JsValue::UNDEFINED, &request).map(|result| Promise::resolve(&result)),
    };
    let promise = promise.map_err(|cause| scope.failure(cause))?;
    let response = scope.run(&promise).await.map_err(|cause| scope.failure(cause))?;
    // A replacement may answer with a Response of another realm or library, so only what is used is asked for.
    let has_status =
        Reflect::get(&response, &JsValue::from_str("status")).is_ok_and(|status| status.as_f64().is_some());
    if has_status {
        return Ok(response.unchecked_into());
    }
    let error =
        Error::new(Code::Internal, "The fetch option did not give a Response: return what fetch(request) returns.");
    Err(error.into())
}

fn build(config: &Config, wire: &WireRequest, options: &CallOptions, scope: &Scope) -> Result<Request, Failure> {
    let signal = scope.attempt()?;
    let method = match wire.method {
        Method::Get => HttpMethod::GET,
        Method::Post => HttpMethod::POST,
    };
    let mut builder = RequestBuilder::new(&wire.url(&config.base))
        .method(method)
        // The key would travel to wherever a redirect points.
        .redirect(RequestRedirect::Manual)
        .abort_signal(Some(&signal))
        .header("accept", wire.accept);
    let bearer = options.bearer.as_ref().map(|token| format!("Bearer {token}"));
    if let Some(authorization) = config.key.as_ref().map(crate::wire::ApiKey::authorization).or(bearer) {
        builder = builder.header("authorization", &authorization);
    }
    for (name, value) in &options.headers {
        builder = builder.header(name, value);
    }
    let request = match &wire.body {
        Some(body) => builder.header("content-type", "application/json").body(to_json(body)?),
        None => builder.build(),
    };
    request.map(Into::into).map_err(|_| unreachable_url(config))
}

/// The platform refused to build a request: only the URL can be at fault, for all else was checked.
fn unreachable_url(config: &Config) -> Failure {
    let shown: String = config.base.as_str().chars().take(80).collect();
    let advice = format!("is \"{shown}\", which this platform cannot resolve: give an absolute https:// address");
    Error::invalid("client options", vec![Violation::new("baseUrl", advice)]).into()
}

async fn failed(scope: &Scope, response: &Response) -> Failure {
    match response.type_() {
        // A page is not shown where a redirect leads, nor its status.
        ResponseType::Opaqueredirect => return FailedResponse::default().into_error::<JsValue>().into(),
        // `Response.error()`, which service workers answer with.
        ResponseType::Error => return scope.failure(JsValue::UNDEFINED),
        _ => {}
    }
    let body = match read_error_text(scope, response).await {
        Ok(body) => body,
        Err(failure) => return failure,
    };
    let (retry_after, request_id) = (header(response, "retry-after"), header(response, "x-request-id"));
    let failed = FailedResponse {
        status: response.status(),
        body: &body,
        retry_after: retry_after.as_deref(),
        request_id: request_id.as_deref(),
        now_ms: Date::now(),
    };
    let error = failed.into_error::<JsValue>();
    // A 504 speaks of a server's limit; whatever was sent may have been worked on.
    let error = if response.status() == 504 { error.with_outcome(Outcome::Unknown) } else { error };
    error.into()
}

/// A header of an answer.
pub(super) fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).ok().flatten()
}
