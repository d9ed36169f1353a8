//! What bounds the bill and the time of calls.

use crate::budget::ledger::Limits;
use crate::variables::{SettingFault, Variables};

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

/// What a day may cost in development, where no `DAILY_BUDGET` is demanded.
const DEVELOPMENT_BUDGET: u64 = 100_000;

/// What a session may cost where `SESSION_BUDGET` does not say.
const SESSION_BUDGET: u64 = 50;

/// How many calls of a session may be under way where `SESSION_IN_FLIGHT` does not say.
const SESSION_IN_FLIGHT: u32 = 4;

/// The most that each of the [`Deadlines`] may be, in milliseconds.
const LONGEST_DEADLINE: u32 = 3_600_000;

/// The most that `LEASE_MS` may be, in milliseconds: a day.
const LONGEST_LEASE: u32 = 86_400_000;

/// Between the end of a call's last deadline and that of its lease where `LEASE_MS` does not say, in milliseconds.
const LEASE_MARGIN: u64 = 30_000;

impl Variables {
    pub(super) fn limits(&self, deadlines: Deadlines, keys: usize, has_sessions: bool) -> Result<Limits, SettingFault> {
        let day = match self.whole_number("DAILY_BUDGET")? {
            Some(budget) => budget,
            None if has_sessions => return Err(SettingFault::new("DAILY_BUDGET", "is not set")),
            None => DEVELOPMENT_BUDGET,
        };
        let in_flight = self
            .whole_number("SESSION_IN_FLIGHT")?
            .map_or(SESSION_IN_FLIGHT, |most| u32::try_from(most).unwrap_or(u32::MAX));
        // Each key that is refused has taken its time.
        let headers = keys as u64 * u64::from(deadlines.first_byte.max(deadlines.answer));
        let longest = headers + u64::from(deadlines.total);
        Ok(Limits {
            day,
            session: self.whole_number("SESSION_BUDGET")?.unwrap_or(SESSION_BUDGET),
            in_flight,
            lease_ms: self.milliseconds("LEASE_MS", LONGEST_LEASE)?.map_or(longest + LEASE_MARGIN, u64::from),
        })
    }

    pub(super) fn deadlines(&self) -> Result<Deadlines, SettingFault> {
        let limit = |name, usual| Ok(self.milliseconds(name, LONGEST_DEADLINE)?.unwrap_or(usual));
        Ok(Deadlines {
            body: limit("BODY_TIMEOUT_MS", 10_000)?,
            first_byte: limit("FIRST_BYTE_TIMEOUT_MS", 90_000)?,
            answer: limit("ANSWER_TIMEOUT_MS", 180_000)?,
            total: limit("TOTAL_TIMEOUT_MS", 300_000)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::settings::tests::{SECRET, fault_of};
    use crate::settings::{Deadlines, Settings};

    fn settings(more: &Value) -> Settings {
        let mut environment = json!({ "MINARA_API_KEY": "sk-minara-test" });
        for (name, value) in more.as_object().expect("an object") {
            environment[name] = value.clone();
        }
        Settings::parse(&environment.to_string()).unwrap_or_else(|fault| panic!("{fault}"))
    }

    #[test]
    fn what_is_not_set_has_the_documented_limit() {
        for (given, day) in [(json!({}), 100_000), (json!({ "SESSION_SECRET": SECRET, "DAILY_BUDGET": 7 }), 7)] {
            let Settings { limits, deadlines, .. } = settings(&given);
            assert_eq!((limits.day, limits.session, limits.in_flight, limits.lease_ms), (day, 50, 4, 510_000));
            let usual = Deadlines { body: 10_000, first_byte: 90_000, answer: 180_000, total: 300_000 };
            assert_eq!(deadlines, usual);
        }
    }

    #[test]
    fn a_lease_outlasts_the_longest_call_by_half_a_minute() {
        for (name, value, lease) in [
            ("FIRST_BYTE_TIMEOUT_MS", 200_000, 530_000),
            ("ANSWER_TIMEOUT_MS", 10_000, 420_000),
            ("TOTAL_TIMEOUT_MS", 1_000, 211_000),
            ("LEASE_MS", 5_000, 5_000),
        ] {
            assert_eq!(settings(&json!({ name: value })).limits.lease_ms, lease, "{name}");
        }
        let two_keys = json!({ "MINARA_API_KEY_NEXT": "sk-minara-next" });
        assert_eq!(settings(&two_keys).limits.lease_ms, 690_000, "the first may be refused at the last moment");
    }

    #[test]
    fn a_lease_ends_within_a_day() {
        let rule = "LEASE_MS must be from 1 to 86400000 milliseconds";
        for (value, expected) in [
            (json!("1"), ""),
            (json!(86_400_000), ""),
            (json!("0"), rule),
            (json!(86_400_001), rule),
            (json!(u64::MAX.to_string()), rule),
            (json!("18446744073709551616"), "LEASE_MS must be a whole number"),
        ] {
            assert_eq!(fault_of("LEASE_MS", value.clone()), expected, "{value}");
        }
    }
}
