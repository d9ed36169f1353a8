//! Who may call: visitors with a session, the owner's programs with a token, and nobody else once sessions are on.

use minara::wire::host_of;
use minara::{Code, Error};
use serde_json::{Value, json};
use worker::Env;

use crate::caller::{Caller, is_same_secret};
use crate::origin::Origin;
use crate::platform;
use crate::rejection::Rejection;
use crate::request_head::RequestHead;
use crate::session::{Session, TokenFault, is_session_token};
use crate::settings::{Sessions, Settings};
use crate::turnstile;

/// Seconds over which a rate limit counts.
const RATE_PERIOD: f64 = 60.0;

/// Development tells no callers apart, so it serves this machine alone: a Worker that was deployed without its secrets
/// would give the key's credits to everyone.
pub(crate) fn check_place(head: &RequestHead, settings: &Settings) -> Result<(), Rejection> {
    if settings.sessions.is_some() || head.is_to_this_machine() {
        return Ok(());
    }
    let message = "The Worker is not configured: SESSION_SECRET must be set where others than this machine can call.";
    Err(Rejection::new(Code::NotConfigured, message))
}

/// The caller of a request, at a time in seconds.
pub(crate) fn identify(head: &RequestHead, settings: &Settings, now: u32) -> Result<Caller, Rejection> {
    let Some(sessions) = &settings.sessions else { return Ok(Caller::Anyone) };
    let required = || Rejection::new(Code::SessionRequired, "A session is needed: get a token at POST /api/session.");
    let token = head.bearer().ok_or_else(required)?;
    if !is_session_token(token) {
        return settings.client_tokens.find(token).ok_or_else(unknown_token);
    }
    match Session::read(token, &sessions.secrets).and_then(|session| session.current(now)) {
        Ok(session) => Ok(Caller::Visitor(session)),
        Err(TokenFault::Expired) => Err(required()),
        Err(TokenFault::Forged) => Err(unknown_token()),
    }
}

fn unknown_token() -> Rejection {
    Rejection::new(Code::Unauthorized, "The bearer token is not one of this Worker's.")
}

/// Lets a caller pass at their own pace and at that of their address. It only spares the budget object: what can be
/// spent is decided there.
pub(crate) async fn limit_rate(env: &Env, caller: &Caller, network: &str) -> Result<(), Rejection> {
    if *caller == Caller::Anyone {
        return Ok(());
    }
    pass(platform::admit(env, ("CALLER_LIMIT", &caller.key()), ("ADDRESS_LIMIT", counted(network))).await)
}

fn pass(verdict: Option<bool>) -> Result<(), Rejection> {
    match verdict {
        Some(true) => Ok(()),
        Some(false) => {
            Err(Error::new(Code::RateLimited, "Too many requests: wait a minute.").with_retry_after(RATE_PERIOD).into())
        }
        None => Err(Rejection::new(Code::NotConfigured, "The rate limits cannot be asked, so nothing was sent.")),
    }
}

/// What `POST /api/session` needs to know.
pub(crate) struct SessionRequest<'a> {
    /// Its head.
    pub(crate) head: &'a RequestHead,
    /// Where it comes from.
    pub(crate) origin: Origin<'a>,
    /// Its body.
    pub(crate) body: &'a [u8],
    /// When, in seconds since the Unix epoch.
    pub(crate) now: u32,
}

impl SessionRequest<'_> {
    /// A new session, or another while for the one whose token came along.
    pub(crate) async fn open(&self, settings: &Settings) -> Result<String, Rejection> {
        let Some(sessions) = &settings.sessions else {
            return Err(Rejection::new(Code::NotFound, "Sessions are not in use here: call without one."));
        };
        let session = match self.renewed(sessions) {
            Some(renewed) => renewed?,
            None => self.begin(settings, sessions).await?,
        };
        let secret = sessions.secrets.first().map(Vec::as_slice).unwrap_or_default();
        Ok(json!({ "token": session.token(secret), "expiresAt": u64::from(session.expires) * 1000 }).to_string())
    }

    /// An earlier token opens its session again for a day, so that an answer once paid for can still be fetched.
    fn renewed(&self, sessions: &Sessions) -> Option<Result<Session, Rejection>> {
        let token = self.head.bearer()?;
        let renewed = Session::read(token, &sessions.secrets).and_then(|session| session.renew(self.now));
        Some(renewed.map_err(|fault| match fault {
            TokenFault::Forged => unknown_token(),
            TokenFault::Expired => Rejection::new(Code::SessionRequired, "The session is over: begin a new one."),
        }))
    }

    async fn begin(&self, settings: &Settings, sessions: &Sessions) -> Result<Session, Rejection> {
        let own = host_of(self.head.own_origin());
        let body: Value = serde_json::from_slice(self.body).unwrap_or_default();
        if let Some(secret) = &sessions.turnstile_secret {
            let token = body.get("turnstileToken").and_then(Value::as_str);
            let allowed = settings.allowed_origins.iter().map(|origin| host_of(origin));
            // A page's challenge is solved on that page; without an origin any of our pages will do.
            let hosts: Vec<_> = match self.origin {
                Origin::Allowed(origin) => vec![host_of(origin)],
                Origin::Own if !self.head.origin().is_empty() => vec![own],
                _ => std::iter::once(own).chain(allowed).collect(),
            };
            turnstile::verify(token, secret, sessions, &hosts).await?;
        } else if self.head.origin().is_empty() {
            return Err(Rejection::new(Code::Forbidden, "Only pages of an allowed origin can begin a session."));
        }
        Ok(Session::begin(platform::random_id(), self.now))
    }
}

/// Lets an address begin and renew sessions at a slow pace. Asked before a token is read, so that guesses count too.
pub(crate) async fn limit_sessions(env: &Env, network: &str) -> Result<(), Rejection> {
    let network = counted(network);
    pass(platform::admit(env, ("SESSION_LIMIT", network), ("ADDRESS_LIMIT", network)).await)
}

/// What an address counts as. Where Cloudflare is told to take the callers' addresses away, all of them share one limit:
/// nobody may pass without any.
fn counted(network: &str) -> &str {
    if network.is_empty() { "unknown" } else { network }
}

/// Whether the request carries the owner's `ADMIN_TOKEN`.
pub(crate) fn check_admin(head: &RequestHead, settings: &Settings) -> Result<(), Rejection> {
    let Some(admin) = &settings.admin_token else {
        return Err(Rejection::nothing_here());
    };
    match head.bearer() {
        Some(token) if is_same_secret(token, admin) => Ok(()),
        _ => Err(Rejection::new(Code::Unauthorized, "The bearer token is not the administrator's.")),
    }
}

#[cfg(test)]
mod tests {
    use super::check_place;
    use crate::request_head::RequestHead;
    use crate::settings::Settings;

    const DEVELOPMENT: &str = r#"{ "MINARA_API_KEY": "sk-minara-test" }"#;
    const SESSIONS: &str = r#"{ "MINARA_API_KEY": "sk-minara-test", "DAILY_BUDGET": "1",
                                "SESSION_SECRET": "0123456789abcdef0123456789abcdef" }"#;

    #[test]
    fn development_is_for_this_machine_and_sessions_are_for_all() {
        for (environment, host, is_served) in [
            (DEVELOPMENT, "localhost:8787", true),
            (DEVELOPMENT, "minara.example.workers.dev", false),
            (SESSIONS, "localhost:8787", true),
            (SESSIONS, "minara.example.workers.dev", true),
        ] {
            let head = RequestHead::parse(format!("POST\nhttps://{host}/api/health\n\n\n\n\n\n\n"));
            let settings = Settings::parse(environment).expect("settings that can be worked with");
            let verdict = check_place(&head, &settings).map_err(|rejection| rejection.error.to_string());
            let refusal = "The Worker is not configured: SESSION_SECRET must be set where others than \
                           this machine can call.";
            assert_eq!(verdict, if is_served { Ok(()) } else { Err(refusal.to_owned()) }, "{environment} {host}");
        }
    }
}
