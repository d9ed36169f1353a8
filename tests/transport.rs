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
    globalThis.cancelled = 0;
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
        cancel() {
            globalThis.cancelled += 1;
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

/// What a script of JavaScript has left of itself.
fn evaluated(expression: &str) -> f64 {
    js_sys::eval(&format!("Number({expression})")).unwrap().as_f64().unwrap()
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
    let body = r#"{"mode":"fast","stream":true,"message":{"role":"user","content":"SOL?"}}"#;
    assert_eq!(seen(), [format!("POST /v1/developer/chat text/event-stream Bearer {KEY} {body}")]);
    assert_eq!((evaluated("cancelled"), evaluated("signals[0].aborted")), (1.0, 0.0));
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
async fn under_a_request_id_a_stream_that_was_lost_before_its_headers_is_completed_too() {
    script(
        r#"() => { throw new TypeError("terminated"); },
           json({ id: "bg_1", status: "completed", result: { content: "gm", chatId: "chat_2" } })"#,
    );
    let client = client().retry(RetryPolicy { max_retries: 0, ..RetryPolicy::default() });
    let mut stream = client.chat_stream(&ChatRequest::ask("gm").request_id("a:1")).unwrap();
    let (text, error) = read(&mut stream).await;
    assert_eq!((text.as_str(), error.map(|error| error.code())), ("gm", None));
    assert_eq!(stream.chat_id(), Some("chat_2"));
    assert_eq!(seen().len(), 2);
    assert!(seen()[1].starts_with("GET /v1/developer/chat/requests/a:1 "), "{:?}", seen());
}

#[wasm_bindgen_test]
async fn without_a_request_id_a_stream_that_was_lost_is_not_looked_for() {
    script(r#"() => { throw new TypeError("terminated"); }"#);
    let mut stream = client().chat_stream(&ChatRequest::ask("gm")).unwrap();
    let (text, error) = read(&mut stream).await;
    let error = error.unwrap();
    assert_eq!((text.as_str(), error.code(), error.outcome()), ("", Code::Network, Outcome::Unknown));
    assert_eq!(seen().len(), 1);
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
    assert_eq!((error.code(), error.status()), (Code::StreamError, Some(200)));
    assert!(error.body().unwrap().contains("no model"));
}

#[wasm_bindgen_test]
async fn each_client_calls_its_own_address_and_a_key_goes_to_no_other() {
    let tell = js_sys::Function::new_with_args(
        "request",
        "return Response.json({ content: `${request.url} ${request.headers.get('authorization')}` })",
    );
    let worker = || Client::behind_worker("https://worker.example/api").unwrap();
    for (client, told) in [
        (client(), format!("https://api.minara.ai/v1/developer/chat Bearer {KEY}")),
        (
            client().at("https://proxy.example/m/").unwrap(),
            format!("https://proxy.example/m/v1/developer/chat Bearer {KEY}"),
        ),
        (worker(), "https://worker.example/api/v1/developer/chat null".to_owned()),
        (worker().at("http://other.example").unwrap(), "http://other.example/v1/developer/chat null".to_owned()),
    ] {
        let answer = client.fetch(tell.clone()).chat(&ChatRequest::ask("SOL?")).await.unwrap();
        assert_eq!(answer.content, Some(told));
    }
    for address in ["http://proxy.example", "/api"] {
        assert_eq!(client().at(address).unwrap_err().field(), Some("baseUrl"), "{address}");
    }
}

#[wasm_bindgen_test]
async fn patience_and_headers_hold_for_streams_too() {
    script(r#"json({}, 429, { "retry-after": "0" })"#);
    let never_again = RetryPolicy { max_retries: 0, ..RetryPolicy::default() };
    let error = client().retry(never_again).chat_stream(&ChatRequest::ask("SOL?")).unwrap().next().await.unwrap_err();
    assert_eq!((error.code(), seen().len()), (Code::RateLimited, 1));
    let tag =
        js_sys::Function::new_with_args("request", "return Response.json({ content: request.headers.get('x-tag') })");
    let tagged = client().header("x-tag", "a").unwrap().fetch(tag);
    assert_eq!(tagged.chat_stream(&ChatRequest::ask("SOL?")).unwrap().next().await.unwrap().as_deref(), Some("a"));
}

/// Under an id a 200 is the answer, whether it comes as itself or within its job, and only a 202 is fetched.
#[wasm_bindgen_test]
async fn what_comes_under_a_request_id_is_fetched_only_where_it_is_at_work() {
    const DONE: &str = r#"json({ id: "bg_1", status: "completed", result: { content: "up", chatId: "c" } })"#;
    let request = ChatRequest::ask("SOL?").request_id("r1");
    for (answers, requests) in [
        (r#"json({ content: "up", chatId: "c" })"#, 1),
        (DONE, 1),
        (&*format!(r#"json({{ id: "bg_1", status: "queued" }}, 202), {DONE}"#), 2),
    ] {
        script(answers);
        let answer = client().chat(&request).await.unwrap();
        assert_eq!((answer.content.as_deref(), answer.chat_id.as_deref()), (Some("up"), Some("c")), "{answers}");
        assert_eq!(seen().len(), requests, "{answers}");
        script(answers);
        let mut stream = client().chat_stream(&request).unwrap();
        let (text, error) = read(&mut stream).await;
        assert_eq!((&*text, error.is_none(), stream.chat_id()), ("up", true, Some("c")), "{answers}");
        assert_eq!(seen().len(), requests, "{answers}");
    }
    script(r#"json({ id: "bg_1", status: "queued" }, 202)"#);
    assert_eq!(client().chat(&ChatRequest::ask("SOL?")).await.unwrap().unknown["id"], "bg_1");
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
async fn a_job_that_failed_is_no_answer_to_a_stream_under_its_id() {
    script(r#"json({ id: "bg_1", status: "failed", error: { message: "no model" } })"#);
    let (_, error) = read(&mut client().chat_stream(&ChatRequest::ask("SOL?").request_id("r1")).unwrap()).await;
    let error = error.unwrap();
    assert_eq!((error.code(), error.outcome(), error.status()), (Code::StreamError, Outcome::Unknown, Some(200)));
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
async fn what_an_answer_used_is_told_whether_it_came_as_a_stream_or_was_stored() {
    const USED: &str = r#"'data: {"usage":{"totalTokens":7}}\n\n'"#;
    for answers in [
        &*format!(r#"stream([chunk("up"), {USED}, "data: [DONE]\n\n"])"#),
        r#"json({ content: "up", usage: { totalTokens: 7 } })"#,
        r#"stream([chunk("u")], "cut"), json({ status: "completed", result: { content: "up", usage: { totalTokens: 7 } } })"#,
    ] {
        script(answers);
        let mut stream = client().chat_stream(&ChatRequest::ask("SOL?").request_id("r1")).unwrap();
        let (text, error) = read(&mut stream).await;
        assert_eq!((&*text, error.is_none()), ("up", true), "{answers}");
        assert_eq!(stream.usage().unwrap()["totalTokens"], 7, "{answers}");
    }
}

#[wasm_bindgen_test]
async fn a_stream_says_why_its_answer_ended_and_a_whole_answer_does_not() {
    for (answer, reason) in [
        (r#"stream([chunk("up"), 'data: {"choices":[{"delta":{},"finish_reason":"length"}]}\n\n'])"#, Some("length")),
        (r#"stream([chunk("up"), "data: [DONE]\n\n"])"#, None),
        (r#"json({ content: "up" })"#, None),
    ] {
        script(answer);
        let mut stream = client().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
        let (text, error) = read(&mut stream).await;
        assert_eq!((&*text, error.is_none()), ("up", true), "{answer}");
        assert_eq!(stream.finish_reason(), reason, "{answer}");
    }
}

#[wasm_bindgen_test]
async fn under_a_request_id_a_stream_that_ends_early_or_stalls_is_completed_too() {
    for then in ["ends", "stays"] {
        script(&format!(
            r#"stream([chunk("SOL ")], "{then}"), json({{ status: "completed", result: {{ content: "SOL is up" }} }})"#
        ));
        let limits = Limits { first_byte: f64::INFINITY, idle: 20.0, ..Limits::STREAM };
        let minara = client().stream_limits(limits);
        let (text, error) = read(&mut minara.chat_stream(&ChatRequest::ask("SOL?").request_id("r1")).unwrap()).await;
        assert_eq!((&*text, error.is_none(), seen().len()), ("SOL is up", true, 2), "{then}");
        assert_eq!(evaluated("cancelled"), f64::from(u8::from(then == "stays")), "{then}");
    }
}

#[wasm_bindgen_test]
async fn a_stream_that_had_all_its_text_brings_no_empty_part() {
    script(r#"stream([chunk("SOL ")], "cut"), json({ status: "completed", result: { content: "SOL " } })"#);
    let mut stream = client().chat_stream(&ChatRequest::ask("SOL?").request_id("r1")).unwrap();
    assert_eq!(stream.next().await.unwrap().as_deref(), Some("SOL "));
    assert_eq!(stream.next().await.unwrap(), None);
}

#[wasm_bindgen_test]
async fn a_look_up_says_what_became_of_the_answer_or_leaves_the_word_to_what_cut_the_stream() {
    for (look_up, code, outcome) in [
        (r#"json({ status: "completed", result: { content: "ETH is up" } })"#, Code::BadResponse, Outcome::Done),
        ("json({}, 404)", Code::Network, Outcome::Unknown),
    ] {
        script(&format!(r#"stream([chunk("SOL ")], "cut"), {look_up}"#));
        let mut stream = client().chat_stream(&ChatRequest::ask("SOL?").request_id("r1")).unwrap();
        let error = read(&mut stream).await.1.unwrap();
        assert_eq!((error.code(), error.outcome(), error.partial()), (code, outcome, Some("SOL ")));
        assert_eq!(seen().len(), 2);
    }
}

#[wasm_bindgen_test]
async fn no_answer_is_looked_for_where_the_stream_says_that_there_is_none_or_nothing_was_sent() {
    let never_again = RetryPolicy { max_retries: 0, ..RetryPolicy::default() };
    for (answer, code, outcome) in [
        (r#"stream(['data: {"error":{"message":"no luck"}}\n\n'], "stays")"#, Code::StreamError, Outcome::Unknown),
        (
            r#"() => { throw Object.assign(new TypeError("fetch failed"), { code: "ECONNREFUSED" }); }"#,
            Code::Network,
            Outcome::NotSent,
        ),
    ] {
        script(answer);
        let minara = client().retry(never_again);
        let (_, error) = read(&mut minara.chat_stream(&ChatRequest::ask("SOL?").request_id("r1")).unwrap()).await;
        let error = error.unwrap();
        assert_eq!((error.code(), error.outcome(), seen().len()), (code, outcome, 1));
    }
}

#[wasm_bindgen_test]
async fn what_a_look_could_not_say_of_a_job_leaves_its_outcome_unknown() {
    for (status, code) in [(404, Code::NotFound), (402, Code::PaymentRequired)] {
        script(&format!("json({{}}, {status}), json({{}}, {status})"));
        let error = client().wait("bg_1").await.unwrap_err();
        assert_eq!((error.code(), error.outcome()), (code, Outcome::Unknown));
        let error = client().chat_status("bg_1").await.unwrap_err();
        assert_eq!((error.code(), error.outcome()), (code, Outcome::Refused));
    }
}

#[wasm_bindgen_test]
async fn the_first_byte_ends_its_limit_and_text_moves_the_idle_one_on() {
    // A comment is a first byte, and no text.
    script(r#"stream([": ping\n\n"], "stays")"#);
    let limits = Limits { first_byte: 4_000.0, idle: 20.0, total: f64::INFINITY };
    let mut stream = client().stream_limits(limits).chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    let error = stream.next().await.unwrap_err();
    assert!(error.message().contains("timeout.idle"), "{error}");

    // On a clock that only the stream moves, by less than the limit before each of its parts.
    script(
        r#"() => {
            let clock = 0;
            performance.now = () => clock;
            const parts = [chunk("SOL "), chunk("is "), chunk("up"), "data: [DONE]\n\n"];
            const body = new ReadableStream({
                async pull(controller) {
                    clock += 30;
                    await new Promise((resolve) => setTimeout(resolve, 80));
                    controller.enqueue(text.encode(parts.shift()));
                },
            }, { highWaterMark: 0 });
            return new Response(body, { headers: { "content-type": "text/event-stream" } });
        }"#,
    );
    let limits = Limits { first_byte: f64::INFINITY, idle: 40.0, total: f64::INFINITY };
    let mut stream = client().stream_limits(limits).chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    let (text, error) = read(&mut stream).await;
    js_sys::eval("delete performance.now").unwrap();
    assert_eq!((&*text, error.map(|error| error.to_string())), ("SOL is up", None));
}
