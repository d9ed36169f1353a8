//! What is set on a client: its limits, its patience, its headers, its `fetch` and its address.

use minara::Code;
use minara::deadline::Limits;
use minara::request::ChatRequest;
use minara::retry::RetryPolicy;
use minara::transport::Client;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{KEY, client, read, script, seen};

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
