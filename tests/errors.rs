//! The table of errors, what a failed answer becomes, and that no secret survives it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is to panic")]

use minara::deadline::{Deadline, Limit, Limits};
use minara::error::{FailedResponse, MAX_ERROR_BODY_BYTES, Violation, parse_retry_after, redact, redact_secret};
use minara::response::unreadable;
use minara::{Code, Error, Outcome};
use proptest::prelude::*;
use serde_json::{Value, json};

/// One row for every code; `None` where only a client meets it.
#[test]
fn every_code_has_its_row() {
    use Outcome::{Done, NotSent, Refused, Unknown};
    let table = [
        ("invalid_request", Some(400), false, NotSent),
        ("key_in_browser", None, false, NotSent),
        ("unauthorized", Some(401), false, Refused),
        ("session_required", Some(401), false, Refused),
        ("payment_required", Some(402), false, Refused),
        ("forbidden", Some(403), false, Refused),
        ("not_found", Some(404), false, Refused),
        ("method_not_allowed", Some(405), false, Refused),
        ("unsupported_media_type", Some(415), false, Refused),
        ("conflict", Some(409), false, Refused),
        ("payload_too_large", Some(413), false, Refused),
        ("rate_limited", Some(429), true, Refused),
        ("budget_exhausted", Some(429), false, Refused),
        ("not_configured", Some(503), false, Refused),
        ("upstream_error", Some(502), false, Unknown),
        ("bad_response", Some(502), false, Done),
        ("unsupported_transaction", None, false, Done),
        ("stream_error", None, false, Unknown),
        ("stream_truncated", None, false, Unknown),
        ("event_too_large", None, false, Unknown),
        ("timeout", Some(504), false, Unknown),
        ("network", Some(502), false, Unknown),
        ("internal", Some(500), false, Unknown),
    ];
    let rows: Vec<_> = Code::ALL
        .iter()
        .map(|code| (code.as_str(), code.worker_status(), Error::new(*code, "x").retryable(), code.outcome()))
        .collect();
    assert_eq!(rows, table);
    for code in Code::ALL {
        assert_eq!(Code::from_name(code.as_str()), Some(*code));
        assert_eq!(code.to_string(), code.as_str());
    }
    assert_eq!(Code::from_name("no_such_code"), None);
}

#[test]
fn retryable_depends_on_what_the_call_can_have_cost() {
    for (code, outcome, retryable) in [
        (Code::Network, Outcome::NotSent, true),
        (Code::Network, Outcome::Unknown, false),
        (Code::RateLimited, Outcome::Refused, true),
        // An earlier attempt of the same call may have been worked on.
        (Code::RateLimited, Outcome::Unknown, false),
        (Code::Timeout, Outcome::NotSent, false),
        (Code::UpstreamError, Outcome::Refused, false),
    ] {
        assert_eq!(Error::new(code, "x").with_outcome(outcome).retryable(), retryable, "{code} {outcome}");
    }
}

#[test]
fn outcomes_have_their_names() {
    for (outcome, name) in [
        (Outcome::NotSent, "not_sent"),
        (Outcome::Refused, "refused"),
        (Outcome::Done, "done"),
        (Outcome::Unknown, "unknown"),
    ] {
        assert_eq!((outcome.as_str(), outcome.to_string()), (name, name.to_owned()));
        assert_eq!(Outcome::from_name(name), Some(outcome));
    }
    assert_eq!(Outcome::from_name("maybe"), None);
}

#[test]
fn an_error_says_everything_that_it_was_given() {
    let plain = Error::new(Code::StreamTruncated, "The end.");
    assert_eq!((plain.status(), plain.request_id(), plain.retry_after()), (None, None, None));
    assert_eq!((plain.partial(), plain.body(), plain.field(), plain.violations().len()), (None, None, None, 0));
    let full = plain
        .with_status(200)
        .with_request_id("r")
        .with_retry_after(1.5)
        .with_partial("SOL is")
        .with_body("…")
        .with_field("mode")
        .with_outcome(Outcome::Done);
    assert_eq!((full.status(), full.request_id(), full.retry_after()), (Some(200), Some("r"), Some(1.5)));
    assert_eq!((full.partial(), full.body(), full.field()), (Some("SOL is"), Some("…"), Some("mode")));
    assert_eq!(full.to_string(), "The end.");
    assert_eq!(format!("{full:?}"), "stream_truncated: The end. (outcome done)");
}

#[test]
fn a_redirect_that_the_platform_hides_has_no_status() {
    let error = FailedResponse::default().into_error::<Value>();
    assert_eq!((error.code(), error.outcome(), error.status()), (Code::UpstreamError, Outcome::Unknown, None));
    assert_eq!(
        error.message(),
        "The API answered with a redirect, which is not followed because the key would travel with it. Check the base URL."
    );
}

fn text_of(value: &Value) -> String {
    match value.get("$repeat") {
        Some(repeat) => repeat[0].as_str().unwrap().repeat(usize::try_from(repeat[1].as_u64().unwrap()).unwrap()),
        None => value.as_str().unwrap().to_owned(),
    }
}

#[test]
fn every_failed_answer_becomes_the_error_of_its_row() {
    let vectors: Value = serde_json::from_str(include_str!("vectors/errors.json")).unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let body = text_of(&case["body"]);
        let error = FailedResponse {
            status: u16::try_from(case["status"].as_u64().unwrap()).unwrap(),
            body: &body,
            retry_after: case["retryAfterHeader"].as_str(),
            request_id: case["requestIdHeader"].as_str(),
            now_ms: case["now"].as_f64().unwrap_or_default(),
        }
        .into_error::<Value>();
        assert_eq!(error.code().as_str(), case["code"], "{name}");
        assert_eq!(error.outcome().as_str(), case["outcome"], "{name}");
        assert_eq!(error.retryable(), case["retryable"], "{name}");
        assert_eq!(error.message(), case["message"], "{name}");
        assert_eq!(error.retry_after(), case["retryAfter"].as_f64(), "{name}");
        assert_eq!(error.request_id(), case["requestId"].as_str(), "{name}");
        assert_eq!(error.field(), case["field"].as_str(), "{name}");
        assert_eq!(error.status().unwrap_or_default(), case["status"], "{name}");
        match case.get("keptBytes") {
            Some(bytes) => assert_eq!(error.body().unwrap().len() as u64, bytes.as_u64().unwrap(), "{name}"),
            None => assert_eq!(error.body(), case.get("kept").map_or(Some(&*body), Value::as_str), "{name}"),
        }
    }
}

#[test]
fn a_retry_after_is_seconds_or_a_date_and_nothing_else() {
    let noon = 1_795_176_000_000.0;
    for (header, seconds) in [
        ("0", Some(0.0)),
        ("120", Some(120.0)),
        ("999999999", Some(999_999_999.0)),
        ("1.", Some(1.0)),
        ("Fri, 20 Nov 2026 12:02:00 GMT", Some(120.0)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0.0)),
        ("Thu, 31 Dec 2026 23:59:59 GMT", Some(3_585_599.0)),
        ("Thu, 31 Dec 2026 23:59:60 GMT", None),
        ("Thu, 31 Dec 2026 23:60:00 GMT", None),
        ("120, 120", Some(120.0)),
        ("7 ,120", Some(120.0)),
        ("120, 12O", None),
        ("120,", None),
        ("", None),
        (".5", None),
        ("1e3", None),
        ("0x10", None),
        ("+5", None),
        ("1234567890", None),
        ("0.1234567890", None),
        ("Fri, 20 Nov 2026 12:02:00", None),
        ("2026-11-20T12:02:00Z", None),
        ("٣", None),
    ] {
        assert_eq!(parse_retry_after(header, noon), seconds, "{header:?}");
    }
    // Thirty years are too long, a second less is not.
    assert_eq!(parse_retry_after("Sun, 09 Sep 2001 01:46:39 GMT", 0.0), Some(999_999_999.0));
    assert_eq!(parse_retry_after("Sun, 09 Sep 2001 01:46:40 GMT", 0.0), None);
    let half = parse_retry_after("Fri, 20 Nov 2026 12:00:01 GMT", noon + 500.0).unwrap();
    assert!((half - 0.5).abs() < 1e-6, "{half}");
}

#[test]
fn a_secret_is_cut_out_and_the_rest_is_left() {
    for (text, clean) in [
        ("", ""),
        ("sk-minara-abcd", "[redacted]"),
        ("SK-MINARA-ABCD!", "[redacted]!"),
        ("sk-abcd", "[redacted]"),
        ("sk-abc", "sk-abc"),
        ("xsk-abcd", "xsk-abcd"),
        ("xsk-minara-abcd", "x[redacted]"),
        ("(sk-abcd)", "([redacted])"),
        ("Bearer abcdefgh", "Bearer [redacted]"),
        ("bearer abcdefg", "bearer abcdefg"),
        ("Bearer  \tabcdefgh.ijk", "Bearer  \t[redacted]"),
        ("\"Bearer\": \"abcdefgh\"", "\"Bearer\": \"[redacted]\""),
        ("Bearer%20abcdefgh%3D", "Bearer%20[redacted]"),
        ("Bearer\\tabcdefgh", "Bearer\\t[redacted]"),
        ("Bearer=abcdefgh&x=1", "Bearer=[redacted]&x=1"),
        ("Bearer+abcdefgh", "Bearer+[redacted]"),
        ("Bearer +~~a0_A0", "Bearer [redacted]"),
        ("bearerabcdefgh", "bearerabcdefgh"),
        ("Bearer sk-minara-abcd, Bearer ijklmnop", "Bearer [redacted], Bearer [redacted]"),
        ("\\nsk-abcd", "\\n[redacted]"),
        ("\\u000ask-abcd", "\\u000a[redacted]"),
        ("값 sk-minara-abcd값", "값 [redacted]값"),
        ("sk-minara-ab\\/cd\"", "[redacted]\""),
    ] {
        assert_eq!(redact(text), clean, "{text}");
    }
}

#[test]
fn a_known_secret_is_found_whatever_it_looks_like() {
    for (text, clean) in [
        ("key canary-key-1 is bad", "key [redacted] is bad"),
        ("CANARY-KEY-1canary-key-1", "[redacted][redacted]"),
        ("cut off: canary-k", "cut off: [redacted]"),
        ("cut off: can", "cut off: can"),
        ("cut off: canary-", "cut off: canary-"),
        ("cut off: canary-k…", "cut off: [redacted]…"),
        ("cut off: \"canary-k…\" (x)", "cut off: \"[redacted]…\" (x)"),
        ("canary-k is none", "canary-k is none"),
        ("값canary-key-1값", "값[redacted]값"),
        ("", ""),
    ] {
        assert_eq!(redact_secret(text, "canary-key-1"), clean, "{text}");
    }
    assert_eq!(redact_secret("a short one", "short"), "a short one");
    assert_eq!(redact_secret("nothing here", ""), "nothing here");
    for text in ["a/b+c/d=e", r"a\/b+c\/d=e", r"a\/b+c/d=e", r"A\/B+C\/D=E", r"a\/b+c\/d=", r"a\/b+c\/d=…"] {
        let clean = redact_secret(&format!("key {text}"), "a/b+c/d=e");
        assert_eq!(clean.trim_end_matches('…'), "key [redacted]", "{text}");
    }
    // No key has such letters, and half of one is no text.
    assert_eq!(redact_secret("Schlüssel", "Schlüssel"), "Schlüssel");
    let error = Error::new(Code::BadResponse, "canary-key-1!")
        .with_body("<canary-key-1>")
        .with_partial("canary-key-1.")
        .with_request_id("canary-key-1")
        .without_secret("canary-key-1");
    assert_eq!(
        (error.message(), error.body(), error.partial(), error.request_id()),
        ("[redacted]!", Some("<[redacted]>"), Some("[redacted]."), Some("[redacted]"))
    );
    let body = r#"{"error":{"code":"invalid_request","message":"x","requestId":"r","field":"of canary-key-1"}}"#;
    let refused = FailedResponse { status: 400, body, ..FailedResponse::default() }.into_error::<Value>();
    assert_eq!(refused.without_secret("canary-key-1").field(), Some("of [redacted]"));
}

#[test]
fn the_failure_of_a_look_up_speaks_of_no_charge() {
    let timeout = Deadline::start(Limits::UNARY, 0.0).error(Limit::Total);
    let failed = FailedResponse {
        status: 500,
        body: r#"{"message":"no. The call may have been billed. é"}"#,
        ..FailedResponse::default()
    };
    for (error, message) in [
        (timeout, "Timed out: the call was not finished within 180000 ms (timeout.total)."),
        (failed.into_error::<Value>(), "The API failed (HTTP 500): no. The call may have been billed. é."),
        (unreadable(Some("text/html")), "The API answered success, but its body (text/html) is not JSON."),
    ] {
        let error = error.of_look_up();
        assert_eq!(error.message(), format!("{message} The look-up costs nothing: look again."));
        assert_eq!(error.outcome(), Outcome::Refused);
    }
    // Also where one attempt of several may have come through.
    for outcome in [Outcome::Refused, Outcome::Unknown] {
        let refused = Error::new(Code::NotFound, "No such job.").with_outcome(outcome).of_look_up();
        assert_eq!((refused.message(), refused.outcome()), ("No such job.", Outcome::Refused));
    }
    let unsent = Error::new(Code::Network, "Offline.").with_outcome(Outcome::NotSent).of_look_up();
    assert_eq!((unsent.message(), unsent.outcome()), ("Offline.", Outcome::NotSent));
}

#[test]
fn prose_that_ends_as_a_key_begins_is_left_as_it_is() {
    let key = "sk-minara-0123456789abcdef";
    for text in ["task-m", "risk-minara-", "Ask-MINARA-…", "sk-minara-"] {
        assert_eq!(redact_secret(text, key), text);
    }
    assert_eq!(redact_secret("sk-minara-0", key), "[redacted]");
}

#[test]
fn a_secret_is_found_however_json_has_written_it() {
    for key in ["sk-minara-abcd+TAIL0123/456", "plain+TAIL0123/4567"] {
        for (plain, written) in [("+", r"\u002B"), ("+", r"\u002b"), ("/", r"\/"), ("/", r"\u002f"), ("T", r"\u0054")] {
            let text = format!("<{}>", key.replace(plain, written));
            assert_eq!(redact_secret(&text, key), "<[redacted]>", "{text}");
        }
    }
    assert_eq!(redact(r#""sk-minara-abcd\u002BTAIL""#), r#""[redacted]""#);
    assert_eq!(redact(r#""sk-minara-abcd\u0022 and""#), r#""[redacted]\u0022 and""#);
}

#[test]
fn a_violation_repeats_no_key() {
    let violation = Violation::new("sk-minara-abcd", "is sk-minara-efgh");
    let error = Error::invalid("chat request", vec![violation]);
    assert_eq!(error.message(), "Invalid chat request: [redacted] is [redacted]. Nothing was sent.");
    assert_eq!((error.field(), &*error.violations()[0].message), (Some("[redacted]"), "is [redacted]"));
}

/// Every byte that a person or a log may see.
fn everything(error: &Error) -> String {
    format!("{error} {error:?} {:?} {:?} {:?}", error.body(), error.request_id(), error.field())
}

const TOKEN: &str = "[A-Za-z0-9._~+/-]{8,40}";

#[test]
fn of_a_list_of_words_as_much_is_read_as_is_quoted() {
    let words = vec!["a".repeat(100); 40_000];
    let body = json!({ "message": words }).to_string();
    let error = FailedResponse { status: 500, body: &body, ..FailedResponse::default() }.into_error::<Value>();
    let quoted = format!("{0}; {0}; {1}…", "a".repeat(100), "a".repeat(96));
    assert_eq!(
        error.message(),
        format!(
            "The API failed (HTTP 500): {quoted}. The call may have been billed: send it again only if a second charge is \
             acceptable."
        )
    );
}

proptest! {
    #[test]
    fn no_key_and_no_token_survives_any_body(
        before in "[^A-Za-z0-9]{0,40}", after in "([^A-Za-z0-9._~+/=%-][^a]{0,40})?", token in TOKEN,
        prefix in prop_oneof!["sk-minara-", "SK-minara-", "sk-", "Bearer ", "bearer ", "BEARER  ", "Bearer sk-"],
        envelope in 0_usize..6, status in 400_u16..600,
    ) {
        // Behind `\`, a `/` is an escaped one: that the token holds it is the vectors' matter.
        let said = format!("{before}{prefix}{token}{after}");
        let body = match envelope {
            0 => said.clone(),
            1 => json!({ "message": said }).to_string(),
            2 => json!({ "error": { "code": said, "message": [said] } }).to_string(),
            3 => json!({ "data": { "message": said } }).to_string(),
            4 => json!({ "error": { "code": "internal", "message": said, "requestId": said, "field": said } }).to_string(),
            _ => format!("<html>{said}</html>"),
        };
        let error = FailedResponse { status, body: &body, request_id: Some(&said), ..FailedResponse::default() }.into_error::<Value>();
        let seen = everything(&error);
        prop_assert!(!seen.contains(&token), "{token:?} in {seen}");
    }

    #[test]
    fn a_key_that_no_pattern_knows_survives_nowhere(
        key in "[!-~]{8,60}", before in "\\PC{0,30}|[a-z ]{230,320}", after in "\\PC{0,30}", upper in any::<bool>(),
    ) {
        let echoed = if upper { key.to_ascii_uppercase() } else { key.clone() };
        let said = format!("{before}{echoed}{after}");
        let error = FailedResponse { status: 500, body: &said, request_id: Some(&said), ..FailedResponse::default() }
            .into_error::<Value>()
            .without_secret(&key);
        // Patterns go first: where one cuts the key in two, the halves are what a mark stands between.
        prop_assume!(redact(&said) == said);
        // Where the message is cut within the key, its beginning is no less a secret.
        let beginning = key[..8].to_ascii_lowercase();
        prop_assume!(!before.to_ascii_lowercase().contains(&beginning) && !after.to_ascii_lowercase().contains(&beginning));
        prop_assert!(!error.body().unwrap().to_ascii_lowercase().contains(&beginning));
        prop_assert!(!error.message().to_ascii_lowercase().contains(&beginning), "{:?}", error.message());
    }

    #[test]
    fn what_is_kept_of_a_body_is_bounded(part in "\\PC{1,40}", times in 1_usize..400, secret in any::<bool>()) {
        let body = if secret { format!("{part} sk-abcd ") } else { part }.repeat(times);
        let error = FailedResponse { status: 500, body: &body, ..FailedResponse::default() }.into_error::<Value>();
        prop_assert!(error.body().unwrap().len() <= MAX_ERROR_BODY_BYTES);
        prop_assert!(error.message().len() < 2_000);
    }

    #[test]
    fn redacting_twice_is_redacting_once(text in "\\PC{0,80}|(sk-|Bearer |[a-z0-9]{4,8}| ){0,8}") {
        let once = redact(&text);
        prop_assert_eq!(redact(&once), once);
    }
}
