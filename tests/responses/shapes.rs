//! The table of every answer: a member of the wrong type is named by its path.

use minara::Code;
use minara::request::Endpoint;
use minara::response::{ChatAnswer, Job, Kind, PerpSuggestion, PredictionAnalysis, Shape, SwapTransaction};
use serde_json::{Value, json};

use crate::{JSON, read};

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
                // A transaction of another kind is judged before its shape is.
                if name == wanted(kind) && ["unsignedTx.chainType", "unsignedTx"].contains(&&*path) {
                    continue;
                }
                let mut body = at_path(&path, value.clone());
                if let Some(tx) = body.get_mut("unsignedTx").filter(|_| path.starts_with("unsignedTx.")) {
                    tx.as_object_mut().unwrap().entry("data").or_insert(json!("0x"));
                }
                let body = body.to_string();
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
    // Five kinds for each member, but two: a shape that lost a member would lose its rows.
    assert_eq!(checked, 368);
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
