//! Every rule of every request, from the vectors that the JavaScript package runs too.

use minara::request::{Delivery, Endpoint, Form, JsonValue, validate};
use minara::{Code, Outcome};
use serde_json::{Value, json};

fn cases() -> Vec<Value> {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/requests.json")).unwrap();
    vectors["cases"].as_array().unwrap().clone()
}

fn endpoint(case: &Value) -> Endpoint {
    match case["endpoint"].as_str().unwrap() {
        "chat" => Endpoint::Chat,
        "intentToSwap" => Endpoint::IntentToSwap,
        "perpTradingSuggestion" => Endpoint::PerpTradingSuggestion,
        "predictionMarketAsk" => Endpoint::PredictionMarketAsk,
        other => panic!("no endpoint {other}"),
    }
}

fn form(case: &Value) -> Form {
    match case["form"].as_str().unwrap() {
        "wire" => Form::Wire,
        "whole" => Form::Client(Delivery::Whole),
        "stream" => Form::Client(Delivery::Stream),
        "background" => Form::Client(Delivery::Background),
        other => panic!("no form {other}"),
    }
}

/// A value of the vectors, with `$repeat`, `$number` and `$json` written out.
fn expand(value: &Value) -> JsonValue {
    if let Some(repeat) = value.get("$repeat") {
        return JsonValue::from(&*repeated(repeat));
    }
    if let Some(text) = value["$json"].as_str() {
        return serde_json::from_str(text).unwrap();
    }
    match (value, value["$number"].as_str()) {
        (_, Some("NaN")) => JsonValue::Number(f64::NAN),
        (_, Some("Infinity")) => JsonValue::Number(f64::INFINITY),
        (Value::Object(members), _) => {
            JsonValue::Object(members.iter().map(|(name, value)| (name.clone(), expand(value))).collect())
        }
        (Value::Array(items), _) => JsonValue::Array(items.iter().map(expand).collect()),
        (plain, _) => JsonValue::from(plain.clone()),
    }
}

fn repeated(repeat: &Value) -> String {
    repeat[0].as_str().unwrap().repeat(usize::try_from(repeat[1].as_u64().unwrap()).unwrap())
}

fn expected_json(json: &Value) -> String {
    let part = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    match json.as_str() {
        Some(text) => text.to_owned(),
        None => part("before") + &repeated(&json["$repeat"]) + &part("after"),
    }
}

fn pairs(list: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list.as_array().map(|pairs| pairs.iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect()).unwrap_or_default()
}

#[test]
fn every_rule_of_every_request_is_checked_and_all_violations_are_reported_at_once() {
    for case in cases() {
        let name = case["name"].as_str().unwrap();
        match (validate(endpoint(&case), form(&case), expand(&case["input"])), case.get("json")) {
            (Ok(valid), Some(json)) => {
                assert_eq!(valid.to_json(), expected_json(json), "{name}");
                let warnings: Vec<_> = valid.warnings().iter().map(|w| (w.field.clone(), w.message.clone())).collect();
                assert_eq!(warnings, pairs(&case["warnings"]), "{name}");
            }
            (Err(error), None) => {
                let violations: Vec<_> =
                    error.violations().iter().map(|v| (v.field.clone(), v.message.clone())).collect();
                assert_eq!(violations, pairs(&case["violations"]), "{name}");
                assert_eq!(
                    (error.code(), error.outcome(), error.retryable()),
                    (Code::InvalidRequest, Outcome::NotSent, false)
                );
                assert_eq!(error.field(), Some(&*violations[0].0), "{name}");
                assert_eq!(error.status(), None, "{name}");
            }
            (verdict, _) => panic!("{name}: {verdict:?}"),
        }
    }
}

#[test]
fn the_vectors_reach_every_field_of_every_request() {
    let all: String = cases().iter().map(|case| case["violations"].to_string()).collect();
    for field in [
        "mode",
        "stream",
        "message",
        "message.role",
        "message.content",
        "chatId",
        "requestId",
        "background",
        "intent",
        "walletAddress",
        "chain",
        "symbol",
        "style",
        "marginUSD",
        "leverage",
        "strategy",
        "link",
        "only_result",
        "customPrompt",
    ] {
        assert!(all.contains(&format!("[\"{field}\",")), "no case violates {field}");
    }
}

#[test]
fn the_message_of_the_error_lists_all_violations_in_one_sentence() {
    let input = json!({ "mode": "slow", "message": { "role": "user", "content": "" }, "x": 1 });
    let error = validate(Endpoint::Chat, Form::Wire, JsonValue::from(input)).unwrap_err();
    assert_eq!(
        error.message(),
        "Invalid chat request: x is not a known field (known: mode, stream, message, chatId, requestId, background); \
         mode must be \"fast\" or \"expert\", not \"slow\"; stream is required: true or false; message.content must be \
         a string of 1 to 32,000 characters; it is empty. Nothing was sent."
    );
    assert_eq!(error.field(), Some("x"));
    let error = validate(Endpoint::IntentToSwap, Form::Wire, JsonValue::Null).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Invalid swap request: must be an object with the fields of a swap request, not null. Nothing was sent."
    );
}

#[test]
fn of_very_many_violations_a_hundred_are_listed() {
    let members = (0..5_000).map(|number| (format!("f{number}"), JsonValue::Null)).collect();
    let error = validate(Endpoint::Chat, Form::Wire, JsonValue::Object(members)).unwrap_err();
    assert_eq!(error.violations().len(), 100);
    assert_eq!(error.violations()[99].field, "f99");
}
