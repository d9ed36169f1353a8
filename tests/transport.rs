//! The client for Rust over a scripted `fetch`, in headless Chromium.
#![cfg(target_family = "wasm")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is to panic")]

use minara::deadline::Limits;
use minara::request::{ChatRequest, PerpRequest, PredictionRequest, SwapRequest};
use minara::retry::RetryPolicy;
use minara::transport::Client;
use minara::{Code, Outcome};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const KEY: &str = "sk-minara-canary0123456789";
const WALLET: &str = "0x742d35cc6634c0532925a3b844bc9e7595f0beb1";

/// What the scripts of the tests are written with.
const PRELUDE: &str = r#"
    globalThis.seen = [];
    globalThis.signals = [];
    const text = new TextEncoder();
    const chunk = (content) => `data: {"chatId":"chat_1","messageId":"msg_1","choices":[{"delta":{"content":"${content}"}}]}\n\n`;
    /** A stream that gives these parts and then `then`: "stays" open, or breaks ("cut"), or ends. */
    const stream = (parts, then) => () => new Response(new ReadableStream({
        start(controller) {
            for (const part of parts) controller.enqueue(text.encode(part));
        },
        pull(controller) {
            if (then === "cut") controller.error(new TypeError("terminated"));
            else if (then !== "stays") controller.close();
        },
    }), { headers: { "content-type": "text/event-stream" } });
    const json = (value, status = 200, headers = {}) => () => Response.json(value, { status, headers });
"#;

/// Replaces the platform's `fetch` by one that gives these answers, one after the other.
fn script(answers: &str) {
    let fetch = r#"
        globalThis.fetch = async (request) => {
            const { method, url, headers, signal } = request;
            signals.push(signal);
            seen.push([method, new URL(url).pathname, headers.get("accept"), headers.get("authorization"), await request.text()].join(" "));
            return answers.shift()();
        };
    "#;
    js_sys::eval(&format!("(() => {{ {PRELUDE} const answers = [{answers}]; {fetch} }})()")).unwrap();
}

/// The requests so far: method, path, accept, authorization and body of each.
fn seen() -> Vec<String> {
    let joined = js_sys::eval("seen.join('\\n')").unwrap().as_string().unwrap();
    joined.lines().map(str::to_owned).collect()
}

fn client() -> Client {
    Client::with_key(KEY).unwrap()
}

async fn read(stream: &mut minara::transport::ChatStream) -> (String, Option<minara::Error>) {
    let mut text = String::new();
    loop {
        match stream.next().await {
            Ok(Some(part)) => text.push_str(&part),
            Ok(None) => return (text, None),
            Err(error) => return (text, Some(error)),
        }
    }
}

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
async fn a_stream_ends_at_its_end_though_the_connection_stays_open() {
    script(r#"stream([chunk("SOL ") + chunk("is ") + chunk("up") + "data: [DONE]\n\n"], "stays")"#);
    let mut stream = client().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    let (text, error) = read(&mut stream).await;
    assert_eq!((&*text, error.is_none()), ("SOL is up", true));
    assert_eq!((stream.text(), stream.chat_id(), stream.message_id()), ("SOL is up", Some("chat_1"), Some("msg_1")));
    assert_eq!(stream.next().await.unwrap(), None);
    assert_eq!(seen().len(), 1);
}

#[wasm_bindgen_test]
async fn an_error_behind_text_is_told_though_the_connection_stays_open() {
    script(r#"stream([chunk("SOL ") + 'data: {"error":{"message":"no luck"}}\n\n'], "stays")"#);
    let mut stream = client().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    let (text, error) = read(&mut stream).await;
    let error = error.unwrap();
    assert_eq!((&*text, error.code(), error.partial()), ("SOL ", Code::StreamError, Some("SOL ")));
    assert_eq!(stream.next().await.unwrap(), None);
}

#[wasm_bindgen_test]
async fn a_stream_that_ends_too_early_keeps_its_text() {
    for (then, code) in [("ends", Code::StreamTruncated), ("cut", Code::Network)] {
        script(&format!(r#"stream([chunk("SOL ")], "{then}")"#));
        let mut stream = client().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
        let (_, error) = read(&mut stream).await;
        let error = error.unwrap();
        assert_eq!((error.code(), error.outcome(), error.partial()), (code, Outcome::Unknown, Some("SOL ")), "{then}");
        assert_eq!(seen().len(), 1);
    }
}

#[wasm_bindgen_test]
async fn a_cut_stream_under_a_request_id_is_completed_from_the_stored_answer() {
    script(r#"stream([chunk("SOL ")], "cut"), json({ status: "completed", result: { content: "SOL is up" } })"#);
    let mut stream = client().chat_stream(&ChatRequest::ask("SOL?").request_id("r1")).unwrap();
    let (text, error) = read(&mut stream).await;
    assert_eq!((&*text, error.is_none(), stream.text()), ("SOL is up", true, "SOL is up"));
    assert_eq!(seen()[1], format!("GET /v1/developer/chat/requests/r1 application/json Bearer {KEY} "));
}

#[wasm_bindgen_test]
async fn a_stored_answer_that_failed_is_the_last_word() {
    script(r#"stream([chunk("SOL ")], "cut"), json({ status: "failed", error: { code: "processing_error" } })"#);
    let mut stream = client().chat_stream(&ChatRequest::ask("SOL?").request_id("r1")).unwrap();
    let error = read(&mut stream).await.1.unwrap();
    assert_eq!((error.code(), error.partial()), (Code::StreamError, Some("SOL ")));
}

#[wasm_bindgen_test]
async fn a_whole_answer_to_a_stream_is_all_its_text() {
    script(r#"json({ content: "SOL is up", chatId: "c", messageId: "m" })"#);
    let mut stream = client().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    let (text, error) = read(&mut stream).await;
    assert_eq!((&*text, error.is_none()), ("SOL is up", true));
    assert_eq!((stream.chat_id(), stream.message_id()), (Some("c"), Some("m")));
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
async fn limits_patience_headers_and_fetch_can_be_set() {
    script(r#"json({}, 429, { "retry-after": "0" })"#);
    let never_again = RetryPolicy { max_retries: 0, ..RetryPolicy::default() };
    let error = client().retry(never_again).chat(&ChatRequest::ask("SOL?")).await.unwrap_err();
    assert_eq!((error.code(), seen().len()), (Code::RateLimited, 1));

    let never = js_sys::Function::new_no_args("return new Promise(() => {})");
    let short = Limits { total: 5.0, ..Limits::UNARY };
    let error = client().fetch(never.clone()).limits(short).chat(&ChatRequest::ask("SOL?")).await.unwrap_err();
    assert_eq!(error.code(), Code::Timeout);
    assert!(error.message().contains("timeout.total"), "{error}");
    let short = Limits { first_byte: 5.0, ..Limits::STREAM };
    let mut stream = client().fetch(never).stream_limits(short).chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    let error = stream.next().await.unwrap_err();
    assert!(error.message().contains("timeout.firstByte"), "{error}");

    let tag =
        js_sys::Function::new_with_args("request", "return Response.json({ content: request.headers.get('x-tag') })");
    let tagged = client().header("x-tag", "a").unwrap().fetch(tag);
    assert_eq!(tagged.chat(&ChatRequest::ask("SOL?")).await.unwrap().content.as_deref(), Some("a"));
    let error = client().header("Authorization", "Bearer x").err().unwrap();
    assert_eq!(error.field(), Some("headers.Authorization"));
}

#[wasm_bindgen_test]
async fn a_job_is_started_looked_at_and_waited_for() {
    script(
        r#"json({ id: "bg_1", status: "queued" }, 202), json({ id: "bg_1", status: "in_progress" }),
           json({ id: "bg_1", status: "completed", result: { content: "up" } })"#,
    );
    let minara = client();
    let job = minara.chat_background(&ChatRequest::ask("SOL?")).await.unwrap();
    assert_eq!((job.id.as_deref(), job.status.as_deref()), (Some("bg_1"), Some("queued")));
    assert_eq!(minara.chat_status("bg_1").await.unwrap().status.as_deref(), Some("in_progress"));
    assert_eq!(minara.wait("bg_1").await.unwrap().content.as_deref(), Some("up"));
    assert!(seen()[0].ends_with(r#""background":true}"#), "{}", seen()[0]);
}

#[wasm_bindgen_test]
async fn the_same_id_at_work_already_is_fetched_and_not_asked_again() {
    script(
        r#"json({ id: "bg_1", status: "in_progress" }, 202), json({ status: "completed", result: { content: "up" } })"#,
    );
    let answer = client().chat(&ChatRequest::ask("SOL?").request_id("r1")).await.unwrap();
    assert_eq!(answer.content.as_deref(), Some("up"));
    assert_eq!(seen().len(), 2);
}

#[wasm_bindgen_test]
async fn a_stream_that_is_dropped_stops_the_call() {
    script(r#"stream([chunk("SOL ")], "stays")"#);
    let mut stream = client().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    assert_eq!(stream.next().await.unwrap().as_deref(), Some("SOL "));
    assert_eq!(js_sys::eval("signals[0].aborted").unwrap().as_bool(), Some(false));
    drop(stream);
    assert_eq!(js_sys::eval("signals[0].aborted").unwrap().as_bool(), Some(true));
}

#[wasm_bindgen_test]
async fn a_stream_that_is_never_read_sends_nothing() {
    script("");
    drop(client().chat_stream(&ChatRequest::ask("SOL?")).unwrap());
    assert_eq!(seen(), [""; 0]);
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

#[wasm_bindgen_test]
async fn a_job_that_failed_is_no_answer_under_its_id() {
    script(r#"json({ id: "bg_1", status: "failed", error: { message: "no model" } })"#);
    let error = client().chat(&ChatRequest::ask("SOL?").request_id("r-1")).await.unwrap_err();
    assert_eq!(error.code(), Code::StreamError);
}
