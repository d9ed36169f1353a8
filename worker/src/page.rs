//! The demo page and its files, from the Worker's static assets, under an exact Content-Security-Policy.

use worker::js_sys::futures::JsFuture;
use worker::wasm_bindgen::JsCast as _;
use worker::{Env, web_sys};

use crate::settings::Settings;

/// The policy with more sources of scripts, and one more directive. `'wasm-unsafe-eval'` lets wasm compile; `data:` images
/// are wallet icons (EIP-6963).
macro_rules! policy {
    ($scripts:literal, $frames:literal) => {
        concat!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
            $scripts,
            "; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; ",
            $frames,
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    };
}

const POLICY: &str = policy!("", "");

/// The same where the page shows a Turnstile challenge.
const POLICY_WITH_TURNSTILE: &str =
    policy!(" https://challenges.cloudflare.com", "frame-src https://challenges.cloudflare.com; ");

/// The page's policy.
pub(crate) fn policy(settings: Option<&Settings>) -> &'static str {
    match settings.and_then(|settings| settings.turnstile_site_key.as_ref()) {
        Some(_) => POLICY_WITH_TURNSTILE,
        None => POLICY,
    }
}

/// The file at the request's path, or the assets' own 404.
pub(crate) async fn serve(
    request: &web_sys::Request,
    env: &Env,
    settings: Option<&Settings>,
) -> worker::Result<web_sys::Response> {
    let assets = worker::js_sys::Reflect::get(env, &"ASSETS".into())?;
    let fetch: worker::js_sys::Function = worker::js_sys::Reflect::get(&assets, &"fetch".into())?.dyn_into()?;
    let promise: worker::js_sys::Promise = fetch.call1(&assets, request)?.dyn_into()?;
    let found: web_sys::Response = JsFuture::from(promise).await?.dyn_into()?;
    // The assets' own answer cannot be changed; a copy of its head can.
    let init = web_sys::ResponseInit::new();
    init.set_status(found.status());
    let headers = web_sys::Headers::new_with_headers(&found.headers())?;
    headers.set("content-security-policy", policy(settings))?;
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("referrer-policy", "no-referrer")?;
    init.set_headers(&headers);
    Ok(web_sys::Response::new_with_opt_readable_stream_and_init(found.body().as_ref(), &init)?)
}
