//! What the owner configured, read once per isolate. Anything doubtful stops every call: a gateway that guesses at its
//! limits spends somebody's money.

mod limits;

use minara::Error;
use minara::wire::{ApiKey, BaseUrl, DEFAULT_BASE_URL, LEGACY_BASE_URL};
use serde_json::Value;

pub(crate) use limits::Deadlines;

use crate::budget::ledger::Limits;
use crate::caller::ClientTokens;
use crate::cost::Costs;
use crate::origin::is_origin;
use crate::variables::{SettingFault, Variables, words};

/// Who may call, once sessions are demanded.
pub(crate) struct Sessions {
    /// `SESSION_SECRET`, which signs, and `SESSION_SECRET_PREVIOUS`, which still counts.
    pub(crate) secrets: Vec<Vec<u8>>,
    /// `TURNSTILE_SECRET`: with it, a session has to be earned by a solved challenge.
    pub(crate) turnstile_secret: Option<String>,
    /// Where challenges are verified.
    pub(crate) verify_url: String,
}

/// Turnstile's own verification (`TURNSTILE_VERIFY_URL` replaces it by one on this machine, for tests).
const VERIFY_URL: &str = "https://challenges.cloudflare.com/turnstile/v0/siteverify";

/// Settings that mean nothing without sessions: whoever gave one counts on those.
const OF_SESSIONS: [&str; 4] = ["SESSION_SECRET_PREVIOUS", "CLIENT_TOKENS", "TURNSTILE_SECRET", "TURNSTILE_SITE_KEY"];

/// The Worker's settings, checked.
pub(crate) struct Settings {
    /// `MINARA_API_KEY`, and `MINARA_API_KEY_NEXT` while keys are being changed.
    pub(crate) keys: Vec<ApiKey>,
    /// `MINARA_BASE_URL`
    pub(crate) base_url: BaseUrl,
    /// `ALLOWED_ORIGINS`
    pub(crate) allowed_origins: Vec<String>,
    /// `TURNSTILE_SITE_KEY`, which is public.
    pub(crate) turnstile_site_key: Option<String>,
    /// See [`Deadlines`].
    pub(crate) deadlines: Deadlines,
    /// `None` in development, where `SESSION_SECRET` is not set.
    pub(crate) sessions: Option<Sessions>,
    /// `CLIENT_TOKENS`
    pub(crate) client_tokens: ClientTokens,
    /// `ADMIN_TOKEN`
    pub(crate) admin_token: Option<String>,
    /// `DAILY_BUDGET`, `SESSION_BUDGET`, `SESSION_IN_FLIGHT`, `LEASE_MS`
    pub(crate) limits: Limits,
    /// `COSTS`
    pub(crate) costs: Costs,
    /// `KILL_SWITCH`
    pub(crate) is_stopped: bool,
}

impl Settings {
    /// Reads the JSON text of the Worker's environment. Bindings of other names mean nothing here.
    pub(crate) fn parse(environment: &str) -> Result<Self, SettingFault> {
        let variables = Variables::parse(environment);
        let sessions = variables.sessions()?;
        let deadlines = variables.deadlines()?;
        let keys = variables.keys()?;
        Ok(Self {
            base_url: variables.base_url()?,
            allowed_origins: variables.allowed_origins()?,
            turnstile_site_key: variables.text("TURNSTILE_SITE_KEY")?.map(str::to_owned),
            limits: variables.limits(deadlines, keys.len(), sessions.is_some())?,
            keys,
            deadlines,
            sessions,
            client_tokens: variables.client_tokens()?,
            admin_token: variables.admin_token()?,
            costs: variables.costs()?,
            is_stopped: variables.flag("KILL_SWITCH")?,
        })
    }

    /// Whether the API is a sandbox on this machine.
    pub(crate) fn is_sandbox(&self) -> bool {
        self.base_url.is_loopback()
    }
}

impl Variables {
    fn keys(&self) -> Result<Vec<ApiKey>, SettingFault> {
        let fault = |name| SettingFault::new(name, "holds a character that a header cannot carry");
        let read = |name, text: Option<&str>| text.map(ApiKey::new).transpose().map_err(|_: Error| fault(name));
        let first = read("MINARA_API_KEY", self.text("MINARA_API_KEY")?)?;
        let first = first.ok_or_else(|| SettingFault::new("MINARA_API_KEY", "is not set"))?;
        let next = read("MINARA_API_KEY_NEXT", self.secret("MINARA_API_KEY_NEXT")?)?;
        Ok([Some(first), next].into_iter().flatten().collect())
    }

    fn base_url(&self) -> Result<BaseUrl, SettingFault> {
        let text = self.text("MINARA_BASE_URL")?.unwrap_or(DEFAULT_BASE_URL);
        // The older host too: the OpenAPI document's `servers` still names it.
        BaseUrl::with_key(text)
            .ok()
            .filter(|url| url.is_loopback() || [DEFAULT_BASE_URL, LEGACY_BASE_URL].contains(&url.as_str()))
            .ok_or_else(|| {
                let rule = format!("must be {DEFAULT_BASE_URL}, {LEGACY_BASE_URL} or an address of this machine");
                SettingFault::new("MINARA_BASE_URL", &rule)
            })
    }

    fn allowed_origins(&self) -> Result<Vec<String>, SettingFault> {
        let text = self.text("ALLOWED_ORIGINS")?.unwrap_or_default();
        let origins: Vec<_> = words(text).map(str::to_owned).collect();
        if origins.iter().all(|origin| is_origin(origin)) {
            return Ok(origins);
        }
        let rule = "must be origins such as https://example.com, without path, wildcard or default port";
        Err(SettingFault::new("ALLOWED_ORIGINS", rule))
    }

    fn sessions(&self) -> Result<Option<Sessions>, SettingFault> {
        let secret = self.long_secret("SESSION_SECRET")?;
        let previous = self.long_secret("SESSION_SECRET_PREVIOUS")?;
        let turnstile_secret = self.secret("TURNSTILE_SECRET")?.map(str::to_owned);
        let verify_url = self.verify_url()?;
        if secret.is_none() {
            self.refuse_without("SESSION_SECRET", &OF_SESSIONS)?;
            return Ok(None);
        }
        if turnstile_secret.is_none() {
            // The page would show a challenge that nobody verifies.
            self.refuse_without("TURNSTILE_SECRET", &["TURNSTILE_SITE_KEY"])?;
        }
        let secrets = [secret, previous].into_iter().flatten().map(|secret| secret.as_bytes().to_vec()).collect();
        Ok(Some(Sessions { secrets, turnstile_secret, verify_url }))
    }

    /// Refuses these settings where the one that they need is missing.
    fn refuse_without(&self, missing: &str, names: &[&str]) -> Result<(), SettingFault> {
        for name in names {
            if self.text(name)?.is_some() {
                return Err(SettingFault::new(missing, &format!("must be set where {name} is")));
            }
        }
        Ok(())
    }

    fn verify_url(&self) -> Result<String, SettingFault> {
        let Some(text) = self.text("TURNSTILE_VERIFY_URL")? else { return Ok(VERIFY_URL.to_owned()) };
        let is_local = BaseUrl::with_key(text).is_ok_and(|url| url.is_loopback());
        let fault = || SettingFault::new("TURNSTILE_VERIFY_URL", "must be an address of this machine");
        is_local.then(|| text.to_owned()).ok_or_else(fault)
    }

    fn client_tokens(&self) -> Result<ClientTokens, SettingFault> {
        let Some(list) = self.secret("CLIENT_TOKENS")? else { return Ok(ClientTokens::default()) };
        let tokens = ClientTokens::parse(words(list)).filter(|tokens| *tokens != ClientTokens::default());
        let rule = "must be words name:sha256, a name of 1 to 24 of A-Z a-z 0-9 - and its token's hash in hexadecimal";
        tokens.ok_or_else(|| SettingFault::new("CLIENT_TOKENS", rule))
    }

    fn admin_token(&self) -> Result<Option<String>, SettingFault> {
        Ok(self.long_secret("ADMIN_TOKEN")?.map(str::to_owned))
    }

    /// An object, or its JSON text, as secrets and `.dev.vars` are always texts.
    fn costs(&self) -> Result<Costs, SettingFault> {
        let table = match self.value("COSTS") {
            None => return Ok(Costs::default()),
            Some(Value::String(text)) if text.trim().is_empty() => return Ok(Costs::default()),
            Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
            // A binding, which would leave every call at its usual cost.
            Some(Value::Object(table)) if table.is_empty() => Value::Null,
            Some(value) => value.clone(),
        };
        let rule = "must be an object of kinds of calls, such as \"chat.fast\", and whole numbers up to 1000000";
        Costs::parse(&table).ok_or_else(|| SettingFault::new("COSTS", rule))
    }
}

#[cfg(test)]
pub(super) mod tests;
