//! What the owner configured, read once per isolate. Anything doubtful stops every call: a gateway that guesses at its
//! limits spends somebody's money.

use core::fmt;

use minara::Error;
use minara::wire::{ApiKey, BaseUrl, DEFAULT_BASE_URL, LEGACY_BASE_URL};
use serde_json::{Map, Value};

use crate::origin::is_origin;

/// Limits of time, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deadlines {
    /// Until the whole request body is here (`BODY_TIMEOUT_MS`, 10,000).
    pub(crate) body: u32,
    /// Until the headers of a stream's answer are here (`FIRST_BYTE_TIMEOUT_MS`, 90,000).
    pub(crate) first_byte: u32,
    /// Until the headers of any other answer are here (`ANSWER_TIMEOUT_MS`, 180,000).
    pub(crate) answer: u32,
    /// For an answer's body after its headers (`TOTAL_TIMEOUT_MS`, 300,000).
    pub(crate) total: u32,
}

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
}

/// A setting that cannot be worked with. Its text names the setting, never its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SettingFault(String);

impl SettingFault {
    fn new(name: &str, rule: &str) -> Self {
        Self(format!("{name} {rule}"))
    }
}

impl fmt::Display for SettingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The Worker's variables and secrets by name.
struct Variables(Map<String, Value>);

impl Settings {
    /// Reads the JSON text of the Worker's environment, in which bindings that are no text mean nothing here.
    pub(crate) fn parse(environment: &str) -> Result<Self, SettingFault> {
        let variables = Variables(serde_json::from_str(environment).unwrap_or_default());
        Ok(Self {
            keys: variables.keys()?,
            base_url: variables.base_url()?,
            allowed_origins: variables.allowed_origins()?,
            turnstile_site_key: variables.text("TURNSTILE_SITE_KEY").map(str::to_owned),
            deadlines: variables.deadlines()?,
        })
    }

    /// Whether the API is a sandbox on this machine.
    pub(crate) fn is_sandbox(&self) -> bool {
        self.base_url.is_loopback()
    }
}

impl Variables {
    /// The text of that name; an empty one counts as not set.
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
    }

    fn keys(&self) -> Result<Vec<ApiKey>, SettingFault> {
        let read = |name| {
            let key = self.text(name).map(ApiKey::new).transpose();
            key.map_err(|_: Error| SettingFault::new(name, "holds a character that a header cannot carry"))
        };
        let first = read("MINARA_API_KEY")?.ok_or_else(|| SettingFault::new("MINARA_API_KEY", "is not set"))?;
        Ok([Some(first), read("MINARA_API_KEY_NEXT")?].into_iter().flatten().collect())
    }

    fn base_url(&self) -> Result<BaseUrl, SettingFault> {
        let text = self.text("MINARA_BASE_URL").unwrap_or(DEFAULT_BASE_URL);
        BaseUrl::with_key(text)
            .ok()
            .filter(|url| url.is_loopback() || [DEFAULT_BASE_URL, LEGACY_BASE_URL].contains(&url.as_str()))
            .ok_or_else(|| {
                let rule = format!("must be {DEFAULT_BASE_URL}, {LEGACY_BASE_URL} or an address of this machine");
                SettingFault::new("MINARA_BASE_URL", &rule)
            })
    }

    fn allowed_origins(&self) -> Result<Vec<String>, SettingFault> {
        let text = self.text("ALLOWED_ORIGINS").unwrap_or_default();
        let origins: Vec<_> = words(text).map(str::to_owned).collect();
        if origins.iter().all(|origin| is_origin(origin)) {
            return Ok(origins);
        }
        let rule = "must be origins such as https://example.com, without path, wildcard or default port";
        Err(SettingFault::new("ALLOWED_ORIGINS", rule))
    }

    fn deadlines(&self) -> Result<Deadlines, SettingFault> {
        Ok(Deadlines {
            body: self.milliseconds("BODY_TIMEOUT_MS", 10_000)?,
            first_byte: self.milliseconds("FIRST_BYTE_TIMEOUT_MS", 90_000)?,
            answer: self.milliseconds("ANSWER_TIMEOUT_MS", 180_000)?,
            total: self.milliseconds("TOTAL_TIMEOUT_MS", 300_000)?,
        })
    }

    fn milliseconds(&self, name: &str, default: u32) -> Result<u32, SettingFault> {
        match self.whole_number(name)? {
            None => Ok(default),
            Some(number) => u32::try_from(number)
                .ok()
                .filter(|number| (1..=3_600_000).contains(number))
                .ok_or_else(|| SettingFault::new(name, "must be from 1 to 3600000 milliseconds")),
        }
    }

    /// A number, or a text of digits, as secrets and `.dev.vars` are always texts.
    fn whole_number(&self, name: &str) -> Result<Option<u64>, SettingFault> {
        let number = match self.0.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(value) => value.as_u64(),
        };
        number.map(Some).ok_or_else(|| SettingFault::new(name, "must be a whole number"))
    }
}

/// The words of a list that is separated by commas or white space.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty())
}
