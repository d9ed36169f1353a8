//! Every rule of every request, from the vectors that the JavaScript package runs too; builders; extra fields.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is to panic")]

use minara::request::{
    ChatRequest, Delivery, Endpoint, Form, Input, Mode, PerpRequest, PredictionRequest, Request, Style, SwapRequest,
    is_request_id, validate, validate_body,
};
use minara::{Code, Outcome, Result};
use proptest::prelude::*;
use serde_json::{Value, json};

const CHAT_BODY: &str = r#"{"mode":"fast","stream":false,"message":{"role":"user","content":"Hi"}}"#;

fn cases() -> Vec<Value> {
    let vectors: Value = serde_json::from_str(include_str!("vectors/requests.json")).unwrap();
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

/// A value of the vectors, with `$repeat` and `$number` written out.
fn expand(value: &Value) -> Input {
    if let Some(repeat) = value.get("$repeat") {
        return Input::from(&*repeated(repeat));
    }
    match (value, value["$number"].as_str()) {
        (_, Some("NaN")) => Input::Number(f64::NAN),
        (_, Some("Infinity")) => Input::Number(f64::INFINITY),
        (Value::Object(members), _) => {
            Input::Object(members.iter().map(|(name, value)| (name.clone(), expand(value))).collect())
        }
        (Value::Array(items), _) => Input::List(items.iter().map(expand).collect()),
        (plain, _) => Input::from(plain.clone()),
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
    let error = validate(Endpoint::Chat, Form::Wire, Input::from(input)).unwrap_err();
    assert_eq!(
        error.message(),
        "Invalid chat request: x is not a known field (known: mode, stream, message, chatId, requestId, background); \
         mode must be \"fast\" or \"expert\", not \"slow\"; stream is required: true or false; message.content must be \
         a string of 1 to 32,000 characters; it is empty. Nothing was sent."
    );
    assert_eq!(error.field(), Some("x"));
    let error = validate(Endpoint::IntentToSwap, Form::Wire, Input::Null).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Invalid swap request: must be an object with the fields of a swap request, not null. Nothing was sent."
    );
}

#[test]
fn of_very_many_violations_a_hundred_are_listed() {
    let members = (0..5_000).map(|number| (format!("f{number}"), Input::Null)).collect();
    let error = validate(Endpoint::Chat, Form::Wire, Input::Object(members)).unwrap_err();
    assert_eq!(error.violations().len(), 100);
    assert_eq!(error.violations()[99].field, "f99");
}

#[test]
fn builders_write_what_the_plain_forms_write() -> Result<()> {
    let wallet = "0x742d35cc6634c0532925a3b844bc9e7595f0beb1";
    for (valid, json) in [
        (ChatRequest::ask("Hi").validate(Delivery::Whole)?, CHAT_BODY.to_owned()),
        (
            ChatRequest::ask("Hi").expert().continuing("c1").request_id("r1").validate(Delivery::Stream)?,
            r#"{"mode":"expert","stream":true,"message":{"role":"user","content":"Hi"},"chatId":"c1","requestId":"r1"}"#
                .to_owned(),
        ),
        (
            ChatRequest::ask("Hi").mode(Mode::Fast).validate(Delivery::Background)?,
            r#"{"mode":"fast","stream":false,"message":{"role":"user","content":"Hi"},"background":true}"#.to_owned(),
        ),
        (
            SwapRequest::new("swap 1 ETH", wallet).validate(Delivery::Whole)?,
            format!(r#"{{"intent":"swap 1 ETH","walletAddress":"{wallet}"}}"#),
        ),
        (
            SwapRequest::new("swap 1 ETH", wallet).on("bsc").validate(Delivery::Whole)?,
            format!(r#"{{"intent":"swap 1 ETH","walletAddress":"{wallet}","chain":"bsc"}}"#),
        ),
        (PerpRequest::new("SOL").validate(Delivery::Whole)?, r#"{"symbol":"SOL"}"#.to_owned()),
        (
            PerpRequest::new("SOL")
                .style(Style::SwingTrading)
                .margin_usd(1_000.0)
                .leverage(2.5)
                .strategy("max-profit")
                .validate(Delivery::Whole)?,
            r#"{"symbol":"SOL","style":"swing-trading","marginUSD":1000,"leverage":2.5,"strategy":"max-profit"}"#
                .to_owned(),
        ),
        (
            PerpRequest::new("SOL").style(Style::Scalping).validate(Delivery::Whole)?,
            r#"{"symbol":"SOL","style":"scalping"}"#.to_owned(),
        ),
        (
            PerpRequest::new("SOL").style(Style::DayTrading).validate(Delivery::Whole)?,
            r#"{"symbol":"SOL","style":"day-trading"}"#.to_owned(),
        ),
        (
            PredictionRequest::new("https://a.b/").validate(Delivery::Whole)?,
            r#"{"link":"https://a.b/","mode":"fast"}"#.to_owned(),
        ),
        (
            PredictionRequest::new("https://a.b/")
                .mode(Mode::Fast)
                .expert()
                .only_result()
                .custom_prompt("why?")
                .validate(Delivery::Whole)?,
            r#"{"link":"https://a.b/","mode":"expert","only_result":true,"customPrompt":"why?"}"#.to_owned(),
        ),
    ] {
        assert_eq!(valid.to_json(), json);
    }
    Ok(())
}

#[test]
fn builders_are_checked_like_every_other_request() {
    let error = PerpRequest::new("").leverage(0.0).margin_usd(f64::NAN).validate(Delivery::Whole).unwrap_err();
    let fields: Vec<_> = error.violations().iter().map(|violation| &*violation.field).collect();
    assert_eq!(fields, ["symbol", "marginUSD", "leverage"]);
}

#[test]
fn a_valid_request_says_what_it_asks_for() -> Result<()> {
    let request = ChatRequest::ask("Hi").continuing("c1").request_id("r1");
    let whole = request.validate(Delivery::Whole)?;
    assert_eq!((whole.endpoint(), whole.streams(), whole.is_background()), (Endpoint::Chat, false, false));
    assert_eq!((whole.chat_id(), whole.request_id()), (Some("c1"), Some("r1")));
    assert!(request.validate(Delivery::Stream)?.streams());
    let job = request.validate(Delivery::Background)?;
    assert!(job.is_background() && !job.streams());
    let bare = ChatRequest::ask("Hi").validate(Delivery::Whole)?;
    assert_eq!((bare.chat_id(), bare.request_id()), (None, None));
    assert_eq!(bare.get("mode"), Some(&Input::from("fast")));
    assert_eq!(bare.get("nothing"), None);
    Ok(())
}

#[test]
fn the_worker_can_set_a_text_in_place_or_at_the_end() -> Result<()> {
    let request = ChatRequest::ask("Hi").request_id("r1").validate(Delivery::Whole)?;
    assert_eq!(
        request.clone().with_text("requestId", "caller.r1").to_json(),
        CHAT_BODY.replace("}}", r#"},"requestId":"caller.r1"}"#)
    );
    assert_eq!(
        request.with_text("chatId", "c1").to_json(),
        CHAT_BODY.replace("}}", r#"},"requestId":"r1","chatId":"c1"}"#)
    );
    Ok(())
}

#[test]
fn extra_fields_go_behind_the_known_ones_and_never_replace_them() -> Result<()> {
    let chat = || ChatRequest::ask("Hi").validate(Delivery::Whole);
    let extra = Input::from(json!({ "temperature": 0.5, "tools": [{ "name": "x" }], "none": null }));
    assert_eq!(
        chat()?.with_extra(extra)?.to_json(),
        CHAT_BODY.replace("}}", r#"},"none":null,"temperature":0.5,"tools":[{"name":"x"}]}"#)
    );
    let error = chat()?.with_extra(Input::from(json!({ "x": 1, "mode": "expert", "message": "" }))).unwrap_err();
    let violations: Vec<_> = error.violations().iter().map(|v| (&*v.field, &*v.message)).collect();
    assert_eq!(
        violations,
        [
            ("extraBody.message", "is a known field: set it in the request itself"),
            ("extraBody.mode", "is a known field: set it in the request itself"),
        ]
    );
    let error = chat()?.with_extra(Input::List(Vec::new())).unwrap_err();
    assert_eq!(error.message(), "Invalid chat request: extraBody must be an object, not an array. Nothing was sent.");
    Ok(())
}

#[test]
fn a_body_that_is_no_json_is_refused_with_the_place_where_it_breaks() {
    for (body, message) in [
        (&b""[..], "must be JSON: it breaks at line 1, column 0"),
        (b"{\n  \"mode\": fast }", "must be JSON: it breaks at line 2, column 13"),
        (b"{} {}", "must be JSON: it breaks at line 1, column 4"),
        (b"\xff", "must be JSON: it breaks at line 1, column 1"),
    ] {
        let error = validate_body(Endpoint::Chat, body).unwrap_err();
        let violation = &error.violations()[0];
        assert_eq!((&*violation.field, &*violation.message), ("body", message), "{}", String::from_utf8_lossy(body));
    }
    assert_eq!(validate_body(Endpoint::Chat, CHAT_BODY.as_bytes()).unwrap().to_json(), CHAT_BODY);
}

#[test]
fn a_number_beyond_every_range_is_named_by_the_range_rule() {
    let error = validate_body(Endpoint::PerpTradingSuggestion, br#"{"symbol":"BTC","marginUSD":1e999}"#).unwrap_err();
    assert_eq!(error.violations()[0].message, "must be a number greater than 0, not Infinity");
    let error = validate_body(Endpoint::PerpTradingSuggestion, br#"{"symbol":"BTC","leverage":1e300}"#).unwrap_err();
    assert_eq!(error.violations()[0].message, "must be a number from 1 to 40, not a number of more than 15 digits");
}

#[test]
fn large_margins_keep_their_value_on_the_wire() {
    for (margin, json) in
        [(9_007_199_254_740_991.0, "9007199254740991"), (1e16, "1e+16"), (1e21, "1e+21"), (0.1, "0.1")]
    {
        let valid = PerpRequest::new("BTC").margin_usd(margin).validate(Delivery::Whole).unwrap();
        assert_eq!(valid.to_json(), format!(r#"{{"symbol":"BTC","marginUSD":{json}}}"#));
    }
}

fn any_input() -> impl Strategy<Value = Input> {
    let leaf = prop_oneof![
        Just(Input::Null),
        any::<bool>().prop_map(Input::Flag),
        any::<f64>().prop_map(Input::Number),
        ".{0,12}".prop_map(Input::Text),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        let name = prop_oneof!["mode|stream|message|role|content|link|symbol|leverage|intent|requestId", "\\PC{0,8}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Input::List),
            prop::collection::vec((name, inner), 0..6).prop_map(Input::Object),
        ]
    })
}

proptest! {
    /// Whatever comes in: no panic, and what is accepted once is accepted again, as the same text.
    #[test]
    fn a_request_that_holds_is_its_own_wire_form(input in any_input(), which in 0_usize..4, delivery in 0_usize..4) {
        let deliveries = [Form::Wire, Form::Client(Delivery::Whole), Form::Client(Delivery::Stream), Form::Client(Delivery::Background)];
        let endpoint = Endpoint::ALL[which];
        match validate(endpoint, deliveries[delivery], input) {
            Ok(valid) => {
                let json = valid.to_json();
                prop_assert_eq!(validate_body(endpoint, json.as_bytes()).unwrap().to_json(), json);
            }
            Err(error) => prop_assert!(!error.violations().is_empty()),
        }
    }

    #[test]
    fn any_message_reaches_the_wire_unchanged(message in "\\PC{1,40}") {
        prop_assume!(!message.trim().is_empty());
        let valid = ChatRequest::ask(&*message).validate(Delivery::Whole).unwrap();
        let body: Value = serde_json::from_str(&valid.to_json()).unwrap();
        prop_assert_eq!(body["message"]["content"].as_str(), Some(&*message));
    }

    #[test]
    fn a_request_id_is_one_to_ninety_six_of_its_characters(id in "[A-Za-z0-9._:-]{1,96}", odd in "[^A-Za-z0-9._:-]") {
        prop_assume!(id != "." && id != "..");
        prop_assert!(is_request_id(&id));
        let with_odd = format!("{id}{odd}");
        prop_assert!(!is_request_id(&with_odd));
    }
}
