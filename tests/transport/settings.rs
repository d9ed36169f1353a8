//! What is set on a client: its limits, its patience, its headers, its `fetch` and its address.

use std::cell::RefCell;
use std::rc::Rc;

use minara::Code;
use minara::chat_stream::{ChatOptions, Terminator};
use minara::deadline::Limits;
use minara::request::ChatRequest;
use minara::retry::RetryPolicy;
use minara::transport::{Client, Observer, Sent, Settled};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{KEY, client, read, script, seen};

#[wasm_bindgen_test]
async fn limits_patience_headers_and_fetch_can_be_set() {
    script(r#"json({}, 429, { "retry-after": "0" })"#);
    let never_again = RetryPolicy { max_retries: 0, ..RetryPolicy::default() };
    let error = client().retry(never_again).unwrap().chat(&ChatRequest::ask("SOL?")).await.unwrap_err();
    assert_eq!((error.code(), seen().len()), (Code::RateLimited, 1));

    let never = js_sys::Function::new_no_args("return new Promise(() => {})");
    let short = Limits { total: 5.0, ..Limits::UNARY };
    let error = client().fetch(never.clone()).limits(short).unwrap().chat(&ChatRequest::ask("SOL?")).await.unwrap_err();
    assert_eq!(error.code(), Code::Timeout);
    assert!(error.message().contains("timeout.total"), "{error}");
    let short = Limits { first_byte: 5.0, ..Limits::STREAM };
    let mut stream =
        client().fetch(never).stream_limits(short).unwrap().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
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
async fn patience_and_headers_hold_for_streams_too() {
    script(r#"json({}, 429, { "retry-after": "0" })"#);
    let never_again = RetryPolicy { max_retries: 0, ..RetryPolicy::default() };
    let error =
        client().retry(never_again).unwrap().chat_stream(&ChatRequest::ask("SOL?")).unwrap().next().await.unwrap_err();
    assert_eq!((error.code(), seen().len()), (Code::RateLimited, 1));
    let tag =
        js_sys::Function::new_with_args("request", "return Response.json({ content: request.headers.get('x-tag') })");
    let tagged = client().header("x-tag", "a").unwrap().fetch(tag);
    assert_eq!(tagged.chat_stream(&ChatRequest::ask("SOL?")).unwrap().next().await.unwrap().as_deref(), Some("a"));
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
async fn behind_a_worker_a_token_goes_along_with_every_call_and_into_no_error() {
    const TOKEN: &str = "ms1.canary0123456789";
    let tell = r#"() => json({ content: seen.at(-1) })()"#;
    script(&format!(r#"{tell}, {tell}, json({{ message: "no {TOKEN}" }}, 500)"#));
    let worker = || Client::behind_worker("https://worker.example/api").unwrap();
    let minara = worker().bearer(TOKEN).unwrap();
    let told = minara.chat(&ChatRequest::ask("SOL?")).await.unwrap().content.unwrap();
    assert!(told.contains(&format!(" Bearer {TOKEN} ")), "{told}");
    let (told, _) = read(&mut minara.chat_stream(&ChatRequest::ask("SOL?")).unwrap()).await;
    assert!(told.contains(&format!(" Bearer {TOKEN} ")), "{told}");
    let error = minara.chat(&ChatRequest::ask("SOL?")).await.unwrap_err();
    assert!(!format!("{error:?} {:?} {minara:?}", error.body()).contains(TOKEN), "{error:?} {minara:?}");
    for token in ["", "a b", "a\nb", "caf\u{e9}"] {
        let error = worker().bearer(token).unwrap_err();
        assert_eq!(
            error.message(),
            "Invalid client options: bearer must be a token of visible ASCII characters. Nothing was sent."
        );
    }
    let error = client().bearer(TOKEN).unwrap_err();
    assert_eq!((error.field(), error.message().contains("beside a key")), (Some("bearer"), true));
}

#[wasm_bindgen_test]
async fn streams_may_end_unsaid_and_have_small_events_where_that_is_set() {
    let optional = ChatOptions { terminator: Terminator::Optional, ..ChatOptions::default() };
    let small = ChatOptions { max_event_bytes: 8, ..ChatOptions::default() };
    for (options, code) in
        [(optional, None), (small, Some(Code::EventTooLarge)), (ChatOptions::default(), Some(Code::StreamTruncated))]
    {
        script(r#"stream([chunk("SOL ")], "ends")"#);
        let minara = client().decoding(options);
        let (_, error) = read(&mut minara.chat_stream(&ChatRequest::ask("SOL?")).unwrap()).await;
        assert_eq!(error.map(|error| error.code()), code, "{options:?}");
    }
}

struct Journal(RefCell<Vec<String>>);

impl Observer for Journal {
    fn sent(&self, attempt: Sent<'_>) {
        self.0.borrow_mut().push(format!("{} {} {}", attempt.method, attempt.path, attempt.attempt));
    }

    fn settled(&self, attempt: Settled<'_>) {
        self.0.borrow_mut().push(format!("{:?} {:?}", attempt.status, attempt.request_id));
    }
}

#[wasm_bindgen_test]
async fn an_observer_is_told_of_each_attempt() {
    script(r#"json({}, 429, { "retry-after": "0" }), json({ content: "up" }, 200, { "x-request-id": "r-7" })"#);
    let journal = Rc::new(Journal(RefCell::default()));
    client().observer(journal.clone()).chat(&ChatRequest::ask("SOL?")).await.unwrap();
    assert_eq!(
        *journal.0.borrow(),
        ["POST /v1/developer/chat 1", "Some(429) None", "POST /v1/developer/chat 2", r#"Some(200) Some("r-7")"#]
    );
}

#[wasm_bindgen_test]
async fn what_is_no_limit_and_no_patience_is_refused() {
    let odd = Limits { idle: f64::NAN, ..Limits::STREAM };
    assert_eq!(client().stream_limits(odd).unwrap_err().field(), Some("timeout.idle"));
    assert_eq!(client().limits(Limits { total: 0.0, ..Limits::UNARY }).unwrap_err().field(), Some("timeout.total"));
    let odd = RetryPolicy { max_retry_after: f64::NAN, ..RetryPolicy::default() };
    assert_eq!(client().retry(odd).unwrap_err().field(), Some("maxRetryAfter"));
}

#[wasm_bindgen_test]
async fn a_slow_reader_is_no_idle_stream_and_a_stream_that_stalls_behind_it_still_is_one() {
    script(r#"stream([chunk("SOL "), chunk("is ")], "stays")"#);
    let limits = Limits { first_byte: f64::INFINITY, idle: 60.0, total: f64::INFINITY };
    let mut stream = client().stream_limits(limits).unwrap().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    assert_eq!(stream.next().await.unwrap().as_deref(), Some("SOL "));
    let pause = js_sys::eval("new Promise((resolve) => setTimeout(resolve, 200))").unwrap();
    wasm_bindgen_futures::JsFuture::from(js_sys::Promise::from(pause)).await.unwrap();
    assert_eq!(stream.next().await.unwrap().as_deref(), Some("is "));
    let error = stream.next().await.unwrap_err();
    assert!(error.message().contains("timeout.idle"), "{error}");
}

#[wasm_bindgen_test]
async fn the_first_byte_ends_its_limit_and_text_moves_the_idle_one_on() {
    // A comment is a first byte, and no text.
    script(r#"stream([": ping\n\n"], "stays")"#);
    let limits = Limits { first_byte: 4_000.0, idle: 20.0, total: f64::INFINITY };
    let mut stream = client().stream_limits(limits).unwrap().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
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
    let mut stream = client().stream_limits(limits).unwrap().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    let (text, error) = read(&mut stream).await;
    js_sys::eval("delete performance.now").unwrap();
    assert_eq!((&*text, error.map(|error| error.to_string())), ("SOL is up", None));
}
