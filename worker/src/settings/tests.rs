use super::Settings;
use serde_json::{Value, json};

/// 32 characters.
pub(in crate::settings) const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// What is wrong with these settings, beside a key and a budget; empty where nothing is.
fn fault(settings: Value) -> String {
    let Value::Object(mut environment) = settings else { panic!("no object") };
    environment.insert("MINARA_API_KEY".to_owned(), "sk-minara-test".into());
    environment.entry("DAILY_BUDGET").or_insert_with(|| "1".into());
    Settings::parse(&Value::Object(environment).to_string()).err().map(|fault| fault.to_string()).unwrap_or_default()
}

/// Settings of one name, in a Worker with sessions.
pub(in crate::settings) fn fault_of(name: &str, value: Value) -> String {
    let mut settings = json!({ "SESSION_SECRET": SECRET });
    settings[name] = value;
    fault(settings)
}

#[test]
fn a_secret_that_is_blank_stops_every_call_and_one_that_is_not_there_is_not_set() {
    for name in [
        "SESSION_SECRET",
        "SESSION_SECRET_PREVIOUS",
        "TURNSTILE_SECRET",
        "ADMIN_TOKEN",
        "CLIENT_TOKENS",
        "MINARA_API_KEY_NEXT",
    ] {
        for blank in ["", " ", "\n", "\t\r\n "] {
            assert_eq!(fault_of(name, blank.into()), format!("{name} is blank: give it a value, or remove it"));
        }
        for other in [json!({}), json!(1), json!(true), json!([])] {
            assert_eq!(fault_of(name, other), format!("{name} must be a text"));
        }
        assert_eq!(fault_of(name, Value::Null), "", "{name}");
    }
}

#[test]
fn a_blank_variable_is_not_set_and_one_of_another_kind_stops_every_call() {
    for name in ["TURNSTILE_SITE_KEY", "ALLOWED_ORIGINS", "MINARA_BASE_URL", "TURNSTILE_VERIFY_URL"] {
        for blank in [json!(""), json!(" \n"), Value::Null] {
            assert_eq!(fault_of(name, blank), "", "{name}");
        }
        for other in [json!({}), json!(1), json!(false)] {
            assert_eq!(fault_of(name, other), format!("{name} must be a text"));
        }
    }
    for name in ["DAILY_BUDGET", "SESSION_BUDGET", "SESSION_IN_FLIGHT", "LEASE_MS", "TOTAL_TIMEOUT_MS"] {
        assert_eq!(fault_of(name, json!({})), format!("{name} must be a whole number"));
    }
    assert_eq!(fault_of("KILL_SWITCH", json!({})), "KILL_SWITCH must be on or off");
    let costs = "COSTS must be an object of kinds of calls, such as \"chat.fast\", and whole numbers up to 1000000";
    assert_eq!(fault_of("COSTS", json!({})), costs);
    assert_eq!(fault_of("COSTS", json!(" ")), "");
}

#[test]
fn settings_of_sessions_need_sessions_and_a_site_key_needs_its_secret() {
    let tokens = format!("ci:{}", "0".repeat(64));
    for (name, value) in [
        ("SESSION_SECRET_PREVIOUS", SECRET),
        ("CLIENT_TOKENS", tokens.as_str()),
        ("TURNSTILE_SECRET", "t"),
        ("TURNSTILE_SITE_KEY", "k"),
    ] {
        assert_eq!(fault(json!({ name: value })), format!("SESSION_SECRET must be set where {name} is"));
    }
    for name in ["SESSION_BUDGET", "SESSION_IN_FLIGHT"] {
        assert_eq!(fault(json!({ name: "1" })), "", "{name}");
    }
    assert_eq!(fault_of("TURNSTILE_SITE_KEY", "k".into()), "TURNSTILE_SECRET must be set where TURNSTILE_SITE_KEY is");
    assert_eq!(fault_of("TURNSTILE_SECRET", "t".into()), "", "a page may show the challenge by itself");
}

fn settings_of(settings: &Value) -> Settings {
    Settings::parse(&settings.to_string()).expect("settings that can be worked with")
}

#[test]
fn a_deadline_is_an_hour_at_most() {
    for name in ["BODY_TIMEOUT_MS", "FIRST_BYTE_TIMEOUT_MS", "ANSWER_TIMEOUT_MS", "TOTAL_TIMEOUT_MS"] {
        let rule = format!("{name} must be from 1 to 3600000 milliseconds");
        for (value, expected) in [("1", ""), ("3600000", ""), ("0", rule.as_str()), ("3600001", rule.as_str())] {
            assert_eq!(fault_of(name, value.into()), expected, "{name} {value}");
        }
    }
}

#[test]
fn a_secret_that_can_be_guessed_stops_every_call() {
    for name in ["SESSION_SECRET", "SESSION_SECRET_PREVIOUS", "ADMIN_TOKEN"] {
        let rule = format!("{name} must be at least 32 characters, drawn at random");
        assert_eq!(fault_of(name, SECRET[1..].into()), rule);
        assert_eq!(fault_of(name, SECRET.into()), "", "{name}");
    }
}

#[test]
fn the_first_secret_signs_and_a_limit_beyond_all_bounds_is_none() {
    let settings = settings_of(&json!({
        "MINARA_API_KEY": "sk-minara-test", "DAILY_BUDGET": 1, "SESSION_SECRET": SECRET,
        "SESSION_SECRET_PREVIOUS": SECRET.to_uppercase(), "SESSION_IN_FLIGHT": "4294967296",
    }));
    let sessions = settings.sessions.expect("sessions");
    assert_eq!(sessions.secrets, [SECRET.as_bytes().to_vec(), SECRET.to_uppercase().into_bytes()]);
    assert_eq!(settings.limits.in_flight, u32::MAX);
}

#[test]
fn the_kill_switch_is_on_under_every_word_for_it() {
    for (value, is_stopped) in [
        (json!("on"), true),
        (json!(" on "), true),
        (json!("true"), true),
        (json!("1"), true),
        (json!(true), true),
        (json!("off"), false),
        (json!("false"), false),
        (json!("0"), false),
        (json!(""), false),
        (json!(false), false),
    ] {
        let settings = settings_of(&json!({ "MINARA_API_KEY": "sk-minara-test", "KILL_SWITCH": value }));
        assert_eq!(settings.is_stopped, is_stopped, "{value}");
    }
    for value in [json!("ON"), json!("yes"), json!(1), json!(0)] {
        assert_eq!(fault_of("KILL_SWITCH", value), "KILL_SWITCH must be on or off");
    }
}

#[test]
fn client_tokens_that_hold_no_word_are_no_list() {
    let rule = "CLIENT_TOKENS must be words name:sha256, a name of 1 to 24 of A-Z a-z 0-9 - and its token's hash in hexadecimal";
    assert_eq!(fault_of("CLIENT_TOKENS", json!(" , ")), rule);
    assert_eq!(fault_of("CLIENT_TOKENS", json!(format!("ci:{}", "0".repeat(64)))), "");
}
