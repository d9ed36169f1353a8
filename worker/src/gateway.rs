//! The row of checks that every request passes, in this order and each with its own error code: method and path,
//! content type, origin, body, validation. Only then does the API hear of it.

use std::cell::OnceCell;
use std::rc::Rc;

use minara::Code;
use minara::request::{Endpoint, validate_body};
use minara::wire::Method;
use worker::{Context, Env, web_sys};

use crate::answer::{Answer, Expectation, JSON, Timing, fields};
use crate::log::LogLine;
use crate::origin::{Origin, judge};
use crate::platform::{self, BodyFault};
use crate::rejection::Rejection;
use crate::request_head::RequestHead;
use crate::route::Route;
use crate::settings::{SettingFault, Settings};
use crate::upstream::{self, Call};
use crate::{correlation, page};

/// Longest request body, in bytes.
const MAX_BODY: u32 = 64 * 1024;

thread_local! {
    /// The settings do not change while an isolate lives.
    static SETTINGS: OnceCell<Rc<Result<Settings, SettingFault>>> = const { OnceCell::new() };
}

fn settings(env: &Env) -> Rc<Result<Settings, SettingFault>> {
    SETTINGS.with(|cell| Rc::clone(cell.get_or_init(|| Rc::new(Settings::parse(&platform::environment(env))))))
}

/// Answers one request.
pub(crate) async fn serve(
    request: web_sys::Request,
    env: &Env,
    _context: &Context,
) -> worker::Result<web_sys::Response> {
    let started = platform::now();
    let head = platform::head(&request);
    let settings = settings(env);
    let route = Route::find(head.method(), head.path());
    if route.as_ref().is_ok_and(|route| *route == Route::Page) {
        return page::serve(&request, env, settings.as_ref().as_ref().ok()).await;
    }
    let id = correlation::next();
    let allowed = settings.as_ref().as_ref().map_or(&[][..], |settings| &settings.allowed_origins);
    let origin = judge(&head, allowed);
    if let Some(answer) = preflight(&head, origin, &id) {
        return Ok(answer);
    }
    let name = route.as_ref().map_or("none", Route::name);
    let exchange = Exchange { request: &request, head: &head, origin, settings: &settings };
    let answer = match exchange.answer(route).await {
        Ok(answer) => answer,
        Err(rejection) => Answer::rejection(&rejection, &id),
    };
    let elapsed = platform::now() - started;
    let upstream = answer.upstream_ms;
    let line = LogLine { id: &id, route: name, status: answer.status, ms: elapsed, reject: answer.reject };
    platform::log(&line.to_json());
    let timing = Timing { check: elapsed - upstream.unwrap_or_default(), upstream };
    Ok(platform::respond(answer.status, &fields(&answer, &id, timing, origin), &answer.body))
}

/// Answers a preflight of an allowed origin (Fetch standard, "CORS-preflight request"); from others it is just a method
/// that no path has.
fn preflight(head: &RequestHead, origin: Origin<'_>, id: &str) -> Option<web_sys::Response> {
    let Origin::Allowed(origin) = origin else { return None };
    let is_preflight = head.method() == "OPTIONS" && !head.requested_method().is_empty();
    is_preflight.then(|| platform::preflight(id, origin))
}

/// One request under way.
struct Exchange<'a> {
    request: &'a web_sys::Request,
    head: &'a RequestHead,
    origin: Origin<'a>,
    settings: &'a Result<Settings, SettingFault>,
}

impl Exchange<'_> {
    async fn answer(&self, route: Result<Route, Rejection>) -> Result<Answer, Rejection> {
        let route = route?;
        if let Route::Call(_) | Route::Session = route {
            self.check_content_type()?;
        }
        self.check_origin()?;
        let settings = self.settings.as_ref().map_err(not_configured)?;
        match route {
            Route::Health => Ok(health(settings)),
            Route::Call(endpoint) => self.call(endpoint, settings).await,
            Route::Job(id) => self.job(&id, settings).await,
            Route::Session | Route::Usage | Route::Page => {
                Err(Rejection::new(Code::NotFound, "There is nothing at this path."))
            }
        }
    }

    fn check_content_type(&self) -> Result<(), Rejection> {
        let essence = self.head.content_type().split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case(JSON) {
            return Ok(());
        }
        Err(Rejection::new(Code::UnsupportedMediaType, "The body must be sent as Content-Type: application/json."))
    }

    fn check_origin(&self) -> Result<(), Rejection> {
        if self.origin == Origin::Foreign {
            return Err(Rejection::new(Code::Forbidden, "Pages of this origin may not call this Worker."));
        }
        Ok(())
    }

    async fn body(&self, settings: &Settings) -> Result<Vec<u8>, Rejection> {
        let too_large = || Rejection::new(Code::PayloadTooLarge, "The body is over 64 KiB: shorten the message.");
        if self.head.content_length().is_some_and(|length| length > u64::from(MAX_BODY)) {
            return Err(too_large());
        }
        let body = platform::read_body(self.request, MAX_BODY, settings.deadlines.body).await;
        body.map_err(|fault| match fault {
            BodyFault::TooLarge => too_large(),
            BodyFault::Broken => Rejection::new(Code::InvalidRequest, "The body did not arrive whole and in time."),
        })
    }

    async fn call(&self, endpoint: Endpoint, settings: &Settings) -> Result<Answer, Rejection> {
        let body = self.body(settings).await?;
        let valid = validate_body(endpoint, &body)?;
        let call = Call {
            path: endpoint.path(),
            method: Method::Post,
            body: &valid.to_json(),
            expectation: Expectation { endpoint: Some(endpoint), stream: valid.streams() },
        };
        self.ask(&call, settings).await
    }

    async fn job(&self, id: &str, settings: &Settings) -> Result<Answer, Rejection> {
        let path = format!("{}{id}", minara::wire::STATUS_PATH);
        let expectation = Expectation { endpoint: None, stream: false };
        self.ask(&Call { path: &path, method: Method::Get, body: "", expectation }, settings).await
    }

    async fn ask(&self, call: &Call<'_>, settings: &Settings) -> Result<Answer, Rejection> {
        let asked = platform::now();
        let mut answer = upstream::send(call, settings, &self.request.signal()).await?;
        answer.upstream_ms = Some(platform::now() - asked);
        Ok(answer)
    }
}

fn not_configured(fault: &SettingFault) -> Rejection {
    Rejection::new(Code::NotConfigured, format!("The Worker is not configured: {fault}."))
}

fn health(settings: &Settings) -> Answer {
    let upstream = if settings.is_sandbox() { "sandbox" } else { "live" };
    let mut health = serde_json::json!({ "status": "ok", "upstream": upstream });
    if let Some(key) = &settings.turnstile_site_key {
        health["turnstileSiteKey"] = key.as_str().into();
    }
    Answer::json(&health.to_string())
}
