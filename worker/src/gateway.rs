//! The row of checks that every request passes, in this order and each with its own error code: method and path,
//! content type, origin, caller, rate. What the route then does comes after them.

use std::cell::OnceCell;
use std::rc::Rc;

use minara::Code;
use minara::request::{Endpoint, validate_body};
use minara::wire::{JSON, is_media_type};
use worker::{Context, Env, web_sys};

use crate::access::{self, SessionRequest};
use crate::answer::{Answer, Timing, fields};
use crate::budget::client;
use crate::call::{JobLookUp, PaidCall};
use crate::caller::Caller;
use crate::exchange::{Exchange, Seen};
use crate::log::LogLine;
use crate::origin::{Origin, judge};
use crate::platform::{self, BodyFault};
use crate::rejection::Rejection;
use crate::request_head::RequestHead;
use crate::route::Route;
use crate::settings::Settings;
use crate::variables::SettingFault;
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
pub(crate) async fn serve(request: web_sys::Request, env: &Env, context: &Context) -> web_sys::Response {
    let started = platform::now();
    let head = platform::head(&request);
    let settings = settings(env);
    let route = Route::find(head.method(), head.path());
    let id = correlation::next(platform::random);
    if route.as_ref().is_ok_and(|route| *route == Route::Page) {
        let policy = page::policy(settings.as_ref().as_ref().ok());
        return platform::asset(&request, env, policy).await.unwrap_or_else(|| no_page(&id));
    }
    let allowed = settings.as_ref().as_ref().map_or(&[][..], |settings| &settings.allowed_origins);
    let origin = judge(&head, allowed);
    if let Some(answer) = preflight(&head, origin, &id) {
        return answer;
    }
    let name = route.as_ref().map_or("none", Route::name);
    let exchange =
        Exchange { request: &request, head: &head, origin, env, context, id: &id, started, seen: Seen::default() };
    let answer = exchange.answer(route, settings.as_ref().as_ref()).await;
    let answer = answer.unwrap_or_else(|rejection| Answer::rejection(&rejection, &id));
    let timing = Timing { total: platform::now() - started, upstream: exchange.seen.upstream_ms.get() };
    exchange.log(name, &answer, timing.total);
    platform::respond(answer.status, &fields(&answer, &id, timing, origin), &answer.body)
}

/// The answer where the static files cannot be asked.
fn no_page(id: &str) -> web_sys::Response {
    let answer = Answer::rejection(&Rejection::new(Code::Internal, "The page cannot be read at the moment."), id);
    let timing = Timing { total: 0.0, upstream: None };
    platform::respond(answer.status, &fields(&answer, id, timing, Origin::Own), &answer.body)
}

/// A duration for people to read.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and small")]
fn whole(milliseconds: f64) -> u64 {
    milliseconds as u64
}

/// Answers a preflight of an allowed origin (Fetch standard, "CORS-preflight request"); from others it is just a method
/// that no path has.
fn preflight(head: &RequestHead, origin: Origin<'_>, id: &str) -> Option<web_sys::Response> {
    let Origin::Allowed(origin) = origin else { return None };
    let is_preflight = head.method() == "OPTIONS" && !head.requested_method().is_empty();
    is_preflight.then(|| platform::preflight(id, origin))
}

impl Exchange<'_> {
    async fn answer(
        &self,
        route: Result<Route, Rejection>,
        settings: Result<&Settings, &SettingFault>,
    ) -> Result<Answer, Rejection> {
        let route = route?;
        if let Route::Call(_) | Route::Session = route {
            self.check_content_type()?;
        }
        self.check_origin()?;
        let settings = settings.map_err(not_configured)?;
        access::check_place(self.head, settings)?;
        match route {
            Route::Health => Ok(health(settings)),
            Route::Session => self.open_session(settings).await,
            Route::Usage => self.usage(settings).await,
            Route::Call(endpoint) => self.call(endpoint, settings).await,
            Route::Job(id) => {
                let caller = self.caller(settings).await?;
                JobLookUp { exchange: self, settings, caller: &caller, id: &id }.run().await
            }
            Route::Page => Err(Rejection::nothing_here()),
        }
    }

    fn log(&self, route: &'static str, answer: &Answer, ms: f64) {
        let line = LogLine {
            id: self.id,
            route,
            status: answer.status,
            ms: whole(ms),
            cost: self.seen.cost.get(),
            upstream: self.seen.upstream_status.get(),
            reject: answer.reject,
        };
        platform::log(self.env, &line.to_json());
    }

    fn check_content_type(&self) -> Result<(), Rejection> {
        if is_media_type(self.head.content_type(), JSON) {
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

    async fn caller(&self, settings: &Settings) -> Result<Caller, Rejection> {
        let caller = access::identify(self.head, settings, self.seconds())?;
        access::limit_rate(self.env, &caller, &self.head.client_network()).await?;
        Ok(caller)
    }

    async fn body(&self, settings: &Settings) -> Result<Vec<u8>, Rejection> {
        let too_large = || Rejection::new(Code::PayloadTooLarge, "The body is over 64 KiB: shorten the message.");
        let length = self.head.content_length();
        if length.is_some_and(|length| length > u64::from(MAX_BODY)) {
            return Err(too_large());
        }
        let body = platform::read_body(self.request, length.is_some(), MAX_BODY, settings.deadlines.body).await;
        body.map_err(|fault| match fault {
            BodyFault::TooLarge => too_large(),
            BodyFault::Broken => Rejection::new(Code::InvalidRequest, "The body did not arrive whole and in time."),
        })
    }

    async fn call(&self, endpoint: Endpoint, settings: &Settings) -> Result<Answer, Rejection> {
        let caller = self.caller(settings).await?;
        let body = self.body(settings).await?;
        let request = validate_body(endpoint, &body)?;
        PaidCall { exchange: self, settings, caller: &caller }.run(request).await
    }

    async fn open_session(&self, settings: &Settings) -> Result<Answer, Rejection> {
        if settings.sessions.is_some() {
            access::limit_sessions(self.env, &self.head.client_network()).await?;
        }
        let body = &self.body(settings).await?;
        let request = SessionRequest { head: self.head, origin: self.origin, body, now: self.seconds() };
        Ok(Answer::json(&request.open(settings).await?))
    }

    async fn usage(&self, settings: &Settings) -> Result<Answer, Rejection> {
        access::check_admin(self.head, settings)?;
        let said = client::usage(self.env, settings.limits).await?;
        let mut usage: serde_json::Value = serde_json::from_str(&said).unwrap_or_default();
        usage["memoryBytes"] = platform::memory_bytes().into();
        Ok(Answer::json(&usage.to_string()))
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
