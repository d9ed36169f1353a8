//! Addresses, keys and messages: what leaves, and where to.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is to panic")]

use minara::request::{
    ChatRequest, Delivery, Endpoint, JsonValue, PerpRequest, PredictionRequest, Request as _, SwapRequest,
};
use minara::wire::{
    ApiKey, BaseUrl, DEFAULT_BASE_URL, LEGACY_BASE_URL, Method, STATUS_PATH, WireRequest, endpoint_of, is_job_id,
    is_reserved_header, is_success,
};
use proptest::prelude::*;
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/urls.json")).unwrap()
}

#[test]
fn an_address_is_taken_only_where_a_key_would_be_safe() {
    for case in vectors()["baseUrls"].as_array().unwrap() {
        let url = case["url"].as_str().unwrap();
        for (verdict, expected) in
            [(BaseUrl::with_key(url), &case["withKey"]), (BaseUrl::without_key(url), &case["withoutKey"])]
        {
            match verdict {
                Ok(base) => assert_eq!(base.as_str(), expected, "{url:?}"),
                Err(error) => {
                    assert_eq!(
                        error.message(),
                        format!(
                            "Invalid client options: {}. Nothing was sent.",
                            vectors()["faults"][expected.as_str().unwrap_or(url)].as_str().unwrap()
                        ),
                        "{url:?}"
                    );
                    assert_eq!(error.field(), Some("baseUrl"));
                }
            }
        }
    }
}

#[test]
fn loopback_is_this_machine_and_no_name_that_looks_like_it() {
    for (url, host, is_loopback) in [
        ("http://localhost", "localhost", true),
        ("http://LOCALHOST:8787/api", "LOCALHOST", true),
        ("http://127.0.0.1:8788", "127.0.0.1", true),
        ("http://127.255.0.9", "127.255.0.9", true),
        ("http://[::1]:8788/x", "[::1]", true),
        ("http://[::1]", "[::1]", true),
        ("https://api.minara.ai", "api.minara.ai", false),
        ("http://localhost.example", "localhost.example", false),
        ("http://127.0.0.1.example", "127.0.0.1.example", false),
        ("http://127.0.0.256", "127.0.0.256", false),
        ("http://127.0.0", "127.0.0", false),
        ("http://128.0.0.1", "128.0.0.1", false),
        ("http://[::2]", "[::2]", false),
        ("/api", "", false),
        ("http://127.0.0.a", "127.0.0.a", false),
    ] {
        let base = BaseUrl::without_key(url).unwrap();
        assert_eq!((base.host(), base.is_loopback()), (host, is_loopback), "{url}");
    }
}

#[test]
fn the_two_known_hosts_are_https() {
    assert_eq!(BaseUrl::with_key(DEFAULT_BASE_URL).unwrap().as_str(), "https://api.minara.ai");
    assert_eq!(BaseUrl::without_key("https://example.com/api/").unwrap().to_string(), "https://example.com/api");
    assert_eq!(BaseUrl::with_key(LEGACY_BASE_URL).unwrap().as_str(), "https://api-developer.minara.ai");
}

#[test]
fn a_key_is_what_a_header_can_carry() {
    for case in vectors()["keys"].as_array().unwrap() {
        let key = case["key"].as_str().unwrap();
        match ApiKey::new(key) {
            Ok(valid) => {
                assert_eq!(case.get("fault"), None, "{key:?}");
                assert_eq!(valid.authorization(), format!("Bearer {key}"));
                assert_eq!(valid.secret(), key);
            }
            Err(error) => {
                let message =
                    format!("Invalid client options: apiKey {}. Nothing was sent.", case["fault"].as_str().unwrap());
                assert_eq!(error.message(), message, "{key:?}");
            }
        }
    }
}

#[test]
fn of_a_key_only_the_last_four_characters_are_ever_shown() {
    for (key, shown) in [
        ("sk-minara-0123456789abcdef", "ApiKey(…cdef)"),
        ("0123456789abcdef", "ApiKey(…cdef)"),
        ("0123456789abcde", "ApiKey(…)"),
        ("x", "ApiKey(…)"),
    ] {
        assert_eq!(format!("{:?}", ApiKey::new(key).unwrap()), shown);
    }
}

#[test]
fn each_call_has_its_path_and_what_it_accepts() {
    let chat = ChatRequest::ask("Hi");
    let wallet = "0x742d35cc6634c0532925a3b844bc9e7595f0beb1";
    for (valid, path, accept) in [
        (chat.validate(Delivery::Whole), "/v1/developer/chat", "application/json"),
        (chat.validate(Delivery::Stream), "/v1/developer/chat", "text/event-stream"),
        (chat.validate(Delivery::Background), "/v1/developer/chat", "application/json"),
        (
            SwapRequest::new("x", wallet).validate(Delivery::Whole),
            "/v1/developer/intent-to-swap-tx",
            "application/json",
        ),
        (PerpRequest::new("x").validate(Delivery::Whole), "/v1/developer/perp-trading-suggestion", "application/json"),
        (
            PredictionRequest::new("https://a.b").validate(Delivery::Whole),
            "/v1/developer/prediction-market-ask",
            "application/json",
        ),
    ] {
        let valid = valid.unwrap();
        let wire = WireRequest::call(&valid);
        assert_eq!((wire.method, &*wire.path, wire.accept), (Method::Post, path, accept));
        assert_eq!(wire.body, Some(valid.body()));
        assert_eq!(endpoint_of(path), Some(valid.endpoint()));
        assert!(!wire.is_repeatable());
        assert_eq!(wire.url(&BaseUrl::without_key("/api").unwrap()), format!("/api{path}"));
        assert_eq!(
            wire.url(&BaseUrl::with_key("https://api.minara.ai/").unwrap()),
            format!("https://api.minara.ai{path}")
        );
    }
    assert_eq!(Method::Post.as_str(), "POST");
    assert_eq!(Method::Get.as_str(), "GET");
}

#[test]
fn a_request_id_makes_a_post_repeatable() {
    let valid = ChatRequest::ask("Hi").request_id("r1").validate(Delivery::Whole).unwrap();
    let wire = WireRequest::call(&valid);
    assert_eq!((wire.request_id.as_deref(), wire.is_repeatable()), (Some("r1"), true));
}

#[test]
fn a_look_up_is_a_get_of_an_id_that_stays_in_its_segment() {
    let wire = WireRequest::status("bg_1:a.b-c").unwrap();
    assert_eq!((wire.method, &*wire.path), (Method::Get, "/v1/developer/chat/requests/bg_1:a.b-c"));
    assert_eq!((wire.accept, wire.body.as_ref(), wire.is_repeatable()), ("application/json", None, true));
    assert_eq!(wire.headers(None), [("accept", "application/json".to_owned())]);
    assert_eq!(STATUS_PATH, "/v1/developer/chat/requests/");
    for id in ["", ".", "..", "a/b", "a b", "a%2e", "a?b", "a#b", "é", &"x".repeat(129)] {
        assert!(!is_job_id(id), "{id}");
        assert_eq!(
            WireRequest::status(id).unwrap_err().message(),
            "Invalid status look-up: id must be the id or requestId of a job: 1 to 128 of the characters A-Z a-z 0-9 . _ : -. \
             Nothing was sent."
        );
    }
    for id in ["a", "...", ".a", "A-Z_0.9:x", &"x".repeat(128)] {
        assert!(is_job_id(id), "{id}");
    }
}

#[test]
fn a_session_is_asked_for_beside_the_api() {
    let wire = WireRequest::session(JsonValue::Object(Vec::new()));
    assert_eq!((wire.method, &*wire.path, wire.is_repeatable()), (Method::Post, "/session", false));
    assert_eq!((wire.accept, wire.request_id), ("application/json", None));
}

#[test]
fn only_the_four_paths_are_calls() {
    for endpoint in Endpoint::ALL {
        assert_eq!(endpoint_of(endpoint.path()), Some(endpoint));
        assert_eq!(endpoint_of(&format!("{}/", endpoint.path())), None);
    }
    assert_eq!(endpoint_of(""), None);
}

#[test]
fn any_2xx_is_a_success() {
    for (status, verdict) in
        [(199, false), (200, true), (201, true), (202, true), (204, true), (299, true), (300, false)]
    {
        assert_eq!(is_success(status), verdict, "{status}");
    }
}

#[test]
fn headers_that_the_client_answers_for_are_its_own() {
    for name in [
        "accept",
        "Authorization",
        "connection",
        "CONTENT-LENGTH",
        "content-type",
        "Cookie",
        "Expect",
        "host",
        "Keep-Alive",
        "origin",
        "TE",
        "trailer",
        "Transfer-Encoding",
        "Upgrade",
    ] {
        assert!(is_reserved_header(name), "{name}");
    }
    for name in ["x-trace-id", "accept-language", "", "authorization2", "t"] {
        assert!(!is_reserved_header(name), "{name}");
    }
}

proptest! {
    /// Whatever is typed: no panic, and a key goes nowhere but over TLS or to this machine.
    #[test]
    fn no_address_lets_a_key_travel_readable(url in "(https?://|HTTP://|/|//)?[a-z0-9.:@\\[\\]/\\\\?# \t-]{0,24}") {
        if let Ok(base) = BaseUrl::with_key(&url) {
            let is_encrypted = base.as_str().to_ascii_lowercase().starts_with("https://");
            prop_assert!(is_encrypted || base.is_loopback(), "{url:?}");
            prop_assert!(!base.as_str().contains(['@', '\\', '?', '#', ' ', '\t']));
        }
    }

    #[test]
    fn a_path_never_becomes_another_host(rest in "[\\PC\t\r\n]{0,12}") {
        if let Ok(base) = BaseUrl::without_key(&format!("/{rest}")) {
            prop_assert!(!base.as_str().starts_with("//"));
            prop_assert!(!base.as_str().contains(['\\', '\t', '\r', '\n', '?', '#']));
        }
    }
}
