//! The Worker's variables and secrets by name, each read as the kind of value that it has to be.

use core::fmt;

use serde_json::{Map, Value};

use crate::session::MIN_SECRET;

/// A setting that cannot be worked with. Its text names the setting, never its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SettingFault(String);

impl SettingFault {
    /// That this setting does not hold to its rule, as in `COSTS` "must be an object".
    pub(crate) fn new(name: &str, rule: &str) -> Self {
        Self(format!("{name} {rule}"))
    }
}

impl fmt::Display for SettingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the Worker's environment holds. In its JSON text a binding that is no variable is an empty object.
pub(crate) struct Variables(Map<String, Value>);

impl Variables {
    /// Reads the environment's JSON text.
    pub(crate) fn parse(environment: &str) -> Self {
        Self(serde_json::from_str(environment).unwrap_or_default())
    }

    /// The value of that name, if there is one.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// The text of that name; a blank one counts as not set.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, SettingFault> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
            Some(_) => Err(SettingFault::new(name, "must be a text")),
        }
    }

    /// The secret of that name. A secret that was lost on its way must not open what it was to close, so a blank one
    /// does not count as not set.
    pub(crate) fn secret(&self, name: &str) -> Result<Option<&str>, SettingFault> {
        let text = self.text(name)?;
        if text.is_none() && self.value(name).is_some() {
            return Err(SettingFault::new(name, "is blank: give it a value, or remove it"));
        }
        Ok(text)
    }

    /// The same for a secret that nobody may guess.
    pub(crate) fn long_secret(&self, name: &str) -> Result<Option<&str>, SettingFault> {
        match self.secret(name)? {
            Some(secret) if secret.len() < MIN_SECRET => {
                let rule = format!("must be at least {MIN_SECRET} characters, drawn at random");
                Err(SettingFault::new(name, &rule))
            }
            secret => Ok(secret),
        }
    }

    /// Whether the switch of that name is on.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, SettingFault> {
        match self.value(name) {
            None | Some(Value::Bool(false)) => Ok(false),
            Some(Value::Bool(true)) => Ok(true),
            Some(value) => match value.as_str().map(str::trim) {
                Some("" | "0" | "off" | "false") => Ok(false),
                Some("1" | "on" | "true") => Ok(true),
                _ => Err(SettingFault::new(name, "must be on or off")),
            },
        }
    }

    /// A number, or a text of digits, as secrets and `.dev.vars` are always texts.
    pub(crate) fn whole_number(&self, name: &str) -> Result<Option<u64>, SettingFault> {
        let number = match self.value(name) {
            None => return Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(value) => value.as_u64(),
        };
        number.map(Some).ok_or_else(|| SettingFault::new(name, "must be a whole number"))
    }

    /// A duration from 1 to `most` milliseconds.
    pub(crate) fn milliseconds(&self, name: &str, most: u32) -> Result<Option<u32>, SettingFault> {
        let Some(number) = self.whole_number(name)? else { return Ok(None) };
        let number = u32::try_from(number).ok().filter(|number| (1..=most).contains(number));
        number.map(Some).ok_or_else(|| SettingFault::new(name, &format!("must be from 1 to {most} milliseconds")))
    }
}

/// The words of a list that is separated by commas or white space.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty())
}
