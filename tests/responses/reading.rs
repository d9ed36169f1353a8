//! What is read of an answer, from the vectors that the JavaScript package runs too, and what is kept of it.

use minara::Outcome;
use minara::response::{Answer, ChatAnswer, MAX_KEPT_BODY_BYTES, PerpSuggestion, SwapTransaction};
use serde_json::{Value, json};

use crate::{JSON, read};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/responses.json")).unwrap()
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
    let body = json!({ "approval": { "currentAllowance": most }, "unsignedTx": { "chainType": "evm", "value": most } })
        .to_string();
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
