//! The calls: what each sends, what it gives, and when it is sent again.

use minara::request::{ChatRequest, PerpRequest, PredictionRequest, SwapRequest};
use minara::transport::Client;
use minara::{Code, Outcome};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{KEY, client, evaluated, read, script, seen};

const WALLET: &str = "0x742d35cc6634c0532925a3b844bc9e7595f0beb1";

#[wasm_bindgen_test]
async fn each_call_sends_its_message_and_gives_its_answer() {
    script(
        r#"json({ content: "up", chatId: "c" }), json({ unsignedTx: { chainType: "evm", value: "1" } }),
           json({ side: "long", entryPrice: 1.5 }), json({ predictions: [{ outcome: "Yes" }] })"#,
    );
    let minara = client();
    assert_eq!(minara.chat(&ChatRequest::ask("SOL?")).await.unwrap().content.as_deref(), Some("up"));
    let swap = minara.intent_to_swap(&SwapRequest::new("swap", WALLET)).await.unwrap();
    assert_eq!(swap.unsigned_tx.unwrap().value.as_deref(), Some("1"));
    let position = minara.perp_trading_suggestion(&PerpRequest::new("SOL")).await.unwrap();
    assert_eq!(position.side.as_deref(), Some("long"));
    let odds = minara.prediction_market_ask(&PredictionRequest::new("https://a.b/")).await.unwrap();
    assert_eq!(odds.predictions.unwrap()[0].outcome.as_deref(), Some("Yes"));
    let start = |path: &str| format!("POST /v1/developer/{path} application/json Bearer {KEY} ");
    assert_eq!(
        seen(),
        [
            start("chat") + r#"{"mode":"fast","stream":false,"message":{"role":"user","content":"SOL?"}}"#,
            start("intent-to-swap-tx") + &format!(r#"{{"intent":"swap","walletAddress":"{WALLET}"}}"#),
            start("perp-trading-suggestion") + r#"{"symbol":"SOL"}"#,
            start("prediction-market-ask") + r#"{"link":"https://a.b/","mode":"fast"}"#,
        ]
    );
}

#[wasm_bindgen_test]
async fn a_request_that_breaks_a_rule_sends_nothing() {
    script("");
    let error = client().perp_trading_suggestion(&PerpRequest::new("")).await.unwrap_err();
    assert_eq!((error.code(), error.outcome()), (Code::InvalidRequest, Outcome::NotSent));
    assert!(client().chat_stream(&ChatRequest::ask("")).is_err());
    assert_eq!(seen(), [""; 0]);
}

#[wasm_bindgen_test]
async fn a_post_goes_out_again_only_where_it_was_refused() {
    script(r#"json({}, 429, { "retry-after": "0" }), json({ content: "up" })"#);
    assert_eq!(client().chat(&ChatRequest::ask("SOL?")).await.unwrap().content.as_deref(), Some("up"));
    assert_eq!(seen().len(), 2);
    script(r#"json({ message: "no" }, 500)"#);
    let error = client().chat(&ChatRequest::ask("SOL?")).await.unwrap_err();
    assert_eq!((error.code(), error.status(), seen().len()), (Code::UpstreamError, Some(500), 1));
}

#[wasm_bindgen_test]
async fn a_success_that_cannot_be_used_keeps_its_status_and_its_body() {
    for (answer, message) in [
        ("json({ content: 5 })", "content is a number and not a string"),
        ("json([])", "the answer is an array and not an object"),
    ] {
        script(answer);
        let error = client().chat(&ChatRequest::ask("SOL?")).await.unwrap_err();
        assert_eq!((error.code(), error.outcome(), error.status()), (Code::BadResponse, Outcome::Done, Some(200)));
        assert!(error.message().contains(message) && error.body().is_some_and(|body| !body.is_empty()), "{error}");
    }
    for answer in [
        r#"json({ chatId: "c" })"#,
        r#"() => new Response(null, { headers: { "content-type": "text/event-stream" } })"#,
        r#"() => { const taken = stream([], "stays")(); taken.body.getReader(); return taken; }"#,
    ] {
        script(answer);
        let (_, error) = read(&mut client().chat_stream(&ChatRequest::ask("SOL?")).unwrap()).await;
        let error = error.unwrap();
        assert_eq!(error.message(), "The API answered the stream request with neither a stream nor a content.");
        assert_eq!((error.outcome(), error.status()), (Outcome::Done, Some(200)), "{answer}");
    }
}

#[wasm_bindgen_test]
async fn a_call_that_has_its_answer_is_not_aborted_on_the_wire() {
    script(
        r#"json({ content: "up" }), json({ side: "long" }), json({ status: "completed", result: { content: "up" } })"#,
    );
    let minara = client();
    minara.chat(&ChatRequest::ask("SOL?")).await.unwrap();
    minara.perp_trading_suggestion(&PerpRequest::new("SOL")).await.unwrap();
    minara.wait("bg_1").await.unwrap();
    assert_eq!(evaluated("signals.filter((signal) => !signal.aborted).length"), 3.0);
}

#[wasm_bindgen_test]
async fn no_error_repeats_the_key() {
    script(&format!(r#"json({{ message: "bad key {KEY}" }}, 401), () => new Response("<p>{KEY}</p>")"#));
    let minara = client();
    for code in [Code::Unauthorized, Code::BadResponse] {
        let error = minara.chat(&ChatRequest::ask("SOL?")).await.unwrap_err();
        assert_eq!(error.code(), code);
        assert!(!format!("{error:?} {:?}", error.body()).contains("canary"), "{error:?}");
    }
}

#[wasm_bindgen_test]
async fn no_error_of_a_stream_or_a_job_repeats_a_key_of_whichever_form() {
    let key = "plainkey0123456789abcdef";
    script(&format!(
        r#"stream(['data: {{"error":{{"message":"bad {key}"}}}}\n\n']), json({{ id: "bg_1", status: "failed", error: {{ message: "bad {key}" }} }})"#
    ));
    let minara = Client::with_key(key).unwrap();
    let (_, error) = read(&mut minara.chat_stream(&ChatRequest::ask("SOL?")).unwrap()).await;
    let of_job = minara.wait("bg_1").await.unwrap_err();
    for error in [error.unwrap(), of_job] {
        assert_eq!(error.code(), Code::StreamError);
        let told = format!("{error:?} {:?}", error.body());
        assert!(told.contains("bad [redacted]") && !told.contains(key), "{told}");
    }
}
