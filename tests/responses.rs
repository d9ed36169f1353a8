//! Answers: read tolerantly, kept whole, and wrong ones named by their path.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is to panic")]

use minara::recovery::{Step, job_answer, step};
use minara::request::Endpoint;
use minara::response::{
    Answer, ChatAnswer, Job, JobState, Kind, MAX_KEPT_BODY_BYTES, PerpSuggestion, PredictionAnalysis, Shape,
    SwapTransaction,
};
use minara::{Code, Error, Outcome};
use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Map, Number, Value, json};

const JSON: Option<&str> = Some("application/json");

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/responses.json")).unwrap()
}

/// Reads a body as the answer of that name, and writes it again.
fn read(kind: &str, body: &str, content_type: Option<&str>) -> Result<Value, Error> {
    fn again<A: Answer + Serialize>(body: &str, content_type: Option<&str>) -> Result<Value, Error> {
        A::read(200, content_type, body).map(|answer| serde_json::to_value(answer).unwrap())
    }
    match kind {
        "chat" => again::<ChatAnswer>(body, content_type),
        "intentToSwap" => again::<SwapTransaction>(body, content_type),
        "perpTradingSuggestion" => again::<PerpSuggestion>(body, content_type),
        "predictionMarketAsk" => again::<PredictionAnalysis>(body, content_type),
        "chatStatus" => again::<Job>(body, content_type),
        other => panic!("no answer {other}"),
    }
}

#[test]
fn every_answer_of_the_vectors_is_read_or_refused_as_it_says() {
    for case in vectors()["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let body = case["body"].as_str().unwrap();
        let verdict = read(case["call"].as_str().unwrap(), body, case["contentType"].as_str());
        match (verdict, case.get("code")) {
            (Ok(again), None) => {
                let expected = case.get("read").unwrap_or(&Value::Null).as_str().unwrap_or(body);
                assert_eq!(again.to_string(), serde_json::from_str::<Value>(expected).unwrap().to_string(), "{name}");
            }
            (Err(error), Some(code)) => {
                assert_eq!(
                    (error.code().as_str(), error.message()),
                    (code.as_str().unwrap(), case["message"].as_str().unwrap()),
                    "{name}"
                );
                assert_eq!(
                    (error.outcome(), error.status(), error.retryable()),
                    (Outcome::Done, Some(200), false),
                    "{name}"
                );
                assert_eq!(error.body(), Some(body), "{name}");
            }
            (verdict, _) => panic!("{name}: {verdict:?}"),
        }
    }
}

#[test]
fn numbers_keep_every_digit_that_was_sent() {
    let body = r#"{"entryPrice":0.1000000000000000055511151231257827021181583404541015625,"stopLossPrice":1e400,
        "takeProfitPrice":123456789012345678901234567890,"confidence":-0.0,"new":{"deep":[1.10]}}"#;
    let answer = PerpSuggestion::read(200, JSON, body).unwrap();
    assert_eq!(answer.entry_price.unwrap().to_string(), "0.1000000000000000055511151231257827021181583404541015625");
    assert_eq!(answer.stop_loss_price.unwrap().to_string(), "1e+400");
    assert_eq!(answer.take_profit_price.unwrap().to_string(), "123456789012345678901234567890");
    assert_eq!(answer.confidence.unwrap().to_string(), "-0.0");
    assert_eq!(answer.unknown["new"].to_string(), r#"{"deep":[1.10]}"#);
}

#[test]
fn an_amount_of_2_to_the_256_minus_1_is_the_text_that_was_sent() {
    let most = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    let body = json!({ "approval": { "currentAllowance": most }, "unsignedTx": { "value": most } }).to_string();
    let swap = SwapTransaction::read(200, JSON, &body).unwrap();
    assert_eq!(swap.approval.unwrap().current_allowance.as_deref(), Some(most));
    assert_eq!(swap.unsigned_tx.unwrap().value.as_deref(), Some(most));
}

#[test]
fn missing_and_null_read_the_same_and_unknown_ones_are_kept() {
    let answer = ChatAnswer::read(200, JSON, r#"{"chatId":null,"content":"Hi","mood":null,"n":1}"#).unwrap();
    assert_eq!((answer.chat_id, answer.message_id, answer.content.as_deref()), (None, None, Some("Hi")));
    assert_eq!(answer.usage, None);
    assert_eq!(Value::Object(answer.unknown), json!({ "mood": null, "n": 1 }));
    assert_eq!(ChatAnswer::read(200, JSON, "{}").unwrap(), ChatAnswer::default());
    let deserialized: ChatAnswer = serde_json::from_str(r#"{"content":"Hi","n":18446750000000000000}"#).unwrap();
    assert_eq!(deserialized.unknown["n"].to_string(), "18446750000000000000");
    let fault = serde_json::from_str::<ChatAnswer>(r#"{"content":1}"#).unwrap_err().to_string();
    assert!(fault.starts_with("The API answered success, but content is a number and not a string."), "{fault}");
}

/// Every member of every answer, at any depth, by its path.
fn paths(shape: &'static Shape, before: &str) -> Vec<(String, &'static Kind)> {
    let mut all = Vec::new();
    for member in shape.0 {
        let path = format!("{before}{}", member.name);
        all.push((path.clone(), &member.kind));
        match member.kind {
            Kind::Object(inner) => all.extend(paths(inner, &format!("{path}."))),
            Kind::Objects(inner) => all.extend(paths(inner, &format!("{path}[0]."))),
            _ => {}
        }
    }
    all
}

/// A document that holds `value` at `path` and nothing else.
fn at_path(path: &str, value: Value) -> Value {
    path.rsplit('.').fold(value, |inner, part| match part.strip_suffix("[0]") {
        Some(name) => json!({ name: [inner] }),
        None => json!({ part: inner }),
    })
}

fn wanted(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text => "a string",
        Kind::Number => "a number",
        Kind::Flag => "a boolean",
        Kind::Texts | Kind::Objects(_) => "an array",
        Kind::AnyObject | Kind::Object(_) => "an object",
    }
}

#[test]
fn a_wrong_type_anywhere_is_a_bad_response_that_names_its_path() {
    let every = [json!(true), json!(7), json!("x"), json!([]), json!({})];
    let names = ["a boolean", "a number", "a string", "an array", "an object"];
    let mut checked = 0;
    for (call, shape) in [
        ("chat", &ChatAnswer::SHAPE),
        ("intentToSwap", &SwapTransaction::SHAPE),
        ("perpTradingSuggestion", &PerpSuggestion::SHAPE),
        ("predictionMarketAsk", &PredictionAnalysis::SHAPE),
        ("chatStatus", &Job::SHAPE),
    ] {
        for (path, kind) in paths(shape, "") {
            for (value, name) in every.iter().zip(names) {
                let body = at_path(&path, value.clone()).to_string();
                // A chain type is judged before its shape is.
                if path == "unsignedTx.chainType" && name == "a string" {
                    continue;
                }
                match read(call, &body, JSON) {
                    Ok(_) => assert_eq!(wanted(kind), name, "{call} {path}"),
                    Err(error) => {
                        assert_ne!(wanted(kind), name, "{call} {path}: {error}");
                        let message = format!(
                            "The API answered success, but {path} is {name} and not {}. Count the call as billed; the body is kept in the error.",
                            wanted(kind)
                        );
                        assert_eq!((error.code(), error.message()), (Code::BadResponse, &*message));
                    }
                }
                checked += 1;
            }
        }
    }
    // Five kinds for each member, but one: a shape that lost a member would lose its rows.
    assert_eq!(checked, 369);
}

#[test]
fn an_element_of_a_list_is_named_by_its_index() {
    for (call, body, path) in [
        ("perpTradingSuggestion", r#"{"reasons":["a",1]}"#, "reasons[1] is a number and not a string"),
        ("perpTradingSuggestion", r#"{"risks":[null]}"#, "risks[0] is null and not a string"),
        ("predictionMarketAsk", r#"{"predictions":[{},{},[]]}"#, "predictions[2] is an array and not an object"),
        (
            "predictionMarketAsk",
            r#"{"predictions":[{},{"yesProb":"0.5"}]}"#,
            "predictions[1].yesProb is a string and not a number",
        ),
    ] {
        let error = read(call, body, JSON).unwrap_err();
        assert_eq!(
            error.message(),
            format!("The API answered success, but {path}. Count the call as billed; the body is kept in the error.")
        );
    }
}

#[test]
fn the_table_of_an_endpoint_is_that_of_its_answer() {
    for (endpoint, member) in [
        (Endpoint::Chat, "content"),
        (Endpoint::IntentToSwap, "quote"),
        (Endpoint::PerpTradingSuggestion, "entryPrice"),
        (Endpoint::PredictionMarketAsk, "predictions"),
    ] {
        assert!(endpoint.check_answer(&json!({})).is_ok());
        let error = endpoint.check_answer(&json!({ member: true })).unwrap_err();
        assert!(error.message().contains(&format!("but {member} is a boolean")), "{error}");
    }
}

#[test]
fn what_is_kept_of_an_unreadable_answer_is_bounded_and_without_secrets() {
    let body = format!("<p>sk-minara-canary {}", "값".repeat(40_000));
    let error = ChatAnswer::read(201, Some("text/html"), &body).unwrap_err();
    assert_eq!(
        error.message(),
        "The API answered success, but its body (text/html) is not JSON. Count the call as billed; the body is kept in the error."
    );
    let kept = error.body().unwrap();
    assert!(kept.starts_with("<p>[redacted] 값"), "{}", &kept[..40]);
    assert!((MAX_KEPT_BODY_BYTES - 12..=MAX_KEPT_BODY_BYTES).contains(&kept.len()), "{}", kept.len());
    assert_eq!(error.status(), Some(201));
    let error = ChatAnswer::read(200, None, "").unwrap_err();
    assert!(
        error.message().starts_with("The API answered success, but its body (no content type) is not JSON."),
        "{error}"
    );
    assert_eq!(error.body(), Some(""));
    let error = ChatAnswer::read(200, Some("Bearer abcdefgh"), "").unwrap_err();
    assert!(error.message().contains("its body (Bearer [redacted]) is not"), "{error}");
    let marks = "sk-abcd ".repeat(10_000);
    assert!(ChatAnswer::read(200, JSON, &marks).unwrap_err().body().unwrap().len() <= MAX_KEPT_BODY_BYTES);
}

#[test]
fn a_job_is_where_its_status_says() {
    for (status, state) in [
        ("queued", Some(JobState::Running)),
        ("in_progress", Some(JobState::Running)),
        ("completed", Some(JobState::Completed)),
        ("failed", Some(JobState::Failed)),
        ("Completed", None),
        ("", None),
    ] {
        assert_eq!(JobState::from_status(status), state, "{status}");
    }
}

#[test]
fn only_a_completed_job_with_a_result_has_an_answer() {
    for (job, answer) in [
        (json!({ "status": "completed", "result": { "content": "x" } }), Some(json!({ "content": "x" }))),
        (json!({ "status": "completed", "result": null }), None),
        (json!({ "status": "completed" }), None),
        (json!({ "status": "in_progress", "result": { "content": "x" } }), None),
        (json!({ "result": { "content": "x" } }), None),
        (json!({ "content": "x" }), None),
        (json!("completed"), None),
    ] {
        assert_eq!(job_answer(&job), answer, "{job}");
    }
}

#[test]
fn why_a_job_failed_is_told_without_a_secret_and_without_text_where_none_came() {
    for (job, code, reason) in [
        (
            json!({ "status": "failed", "error": { "code": "processing_error" } }),
            Code::StreamError,
            " (processing_error).",
        ),
        (json!({ "status": "failed", "error": { "message": "no luck" } }), Code::StreamError, " (no luck)."),
        (
            json!({ "status": "failed", "error": { "code": "x", "message": "bad key sk-minara-abcd" } }),
            Code::StreamError,
            " (x: bad key [redacted]).",
        ),
        (json!({ "status": "sk-minara-abcd" }), Code::BadResponse, "the job's status is \"[redacted]\"."),
    ] {
        let error = step(&job, "", 0, 0.5).unwrap_err();
        assert_eq!((error.code(), error.partial()), (code, None));
        assert!(error.message().contains(reason), "{error}");
    }
}

#[test]
fn no_wait_between_two_looks_leaves_its_bounds_whatever_the_jitter() {
    let job = json!({ "status": "queued" });
    for (jitter, wait) in [(-1.0, 250.0), (0.0, 250.0), (1.0, 500.0), (2.0, 500.0)] {
        assert_eq!(step(&job, "", 0, jitter).unwrap(), Step::Wait(wait), "{jitter}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?"
            .prop_map(|digits| Value::Number(digits.parse::<Number>().unwrap())),
        ".{0,12}".prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map("\\PC{0,10}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A document that fits the shape: each member missing or right, unknown ones beside them, at every depth.
fn fitting(shape: &'static Shape) -> BoxedStrategy<Value> {
    let known: Vec<BoxedStrategy<Option<(String, Value)>>> = shape
        .0
        .iter()
        .map(|member| {
            let value = match &member.kind {
                Kind::Text => ".{0,20}".prop_map(Value::String).boxed(),
                Kind::Number => "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?(e[+-]?[0-9]{1,3})?"
                    .prop_map(|digits| Value::Number(digits.parse().unwrap()))
                    .boxed(),
                Kind::Flag => any::<bool>().prop_map(Value::Bool).boxed(),
                Kind::Texts => {
                    prop::collection::vec(".{0,10}".prop_map(Value::String), 0..3).prop_map(Value::Array).boxed()
                }
                Kind::AnyObject => prop::collection::btree_map("[a-zA-Z]{1,8}", any_json(), 0..3)
                    .prop_map(|map| Value::Object(map.into_iter().collect()))
                    .boxed(),
                Kind::Object(inner) => fitting(inner),
                Kind::Objects(inner) => prop::collection::vec(fitting(inner), 0..3).prop_map(Value::Array).boxed(),
            };
            prop::option::of(value.prop_map(|value| (member.name.to_owned(), value))).boxed()
        })
        .collect();
    let unknown = prop::collection::btree_map("x-\\PC{0,8}", any_json(), 0..3);
    (known, unknown)
        .prop_map(|(known, unknown)| {
            let members: Map<String, Value> = known.into_iter().flatten().chain(unknown).collect();
            Value::Object(members)
        })
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What came is what is written again, digit for digit, member for member.
    #[test]
    fn an_answer_survives_the_types_without_loss(
        chat in fitting(&ChatAnswer::SHAPE), perp in fitting(&PerpSuggestion::SHAPE),
        prediction in fitting(&PredictionAnalysis::SHAPE), job in fitting(&Job::SHAPE),
    ) {
        for (call, answer) in
            [("chat", chat), ("perpTradingSuggestion", perp), ("predictionMarketAsk", prediction), ("chatStatus", job)]
        {
            let body = answer.to_string();
            prop_assert_eq!(read(call, &body, JSON).unwrap().to_string(), body);
        }
    }

    #[test]
    fn a_swap_survives_the_types_without_loss(mut swap in fitting(&SwapTransaction::SHAPE)) {
        if let Some(tx) = swap.get_mut("unsignedTx") {
            tx["chainType"] = json!("evm");
        }
        let body = swap.to_string();
        prop_assert_eq!(read("intentToSwap", &body, JSON).unwrap().to_string(), body);
    }

    /// Whatever JSON comes: an answer or an error, never a panic.
    #[test]
    fn any_json_is_an_answer_or_an_error(value in any_json(), call in 0_usize..5) {
        let call = ["chat", "intentToSwap", "perpTradingSuggestion", "predictionMarketAsk", "chatStatus"][call];
        if let Err(error) = read(call, &value.to_string(), JSON) {
            prop_assert_eq!(error.outcome(), Outcome::Done);
        }
    }
}
