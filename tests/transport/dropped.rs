//! Reads that are dropped before they end, as `select!` drops them.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use minara::deadline::Limits;
use minara::request::ChatRequest;
use minara::transport::ChatStream;
use minara::{Code, Outcome};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{client, evaluated, read, script, seen};

/// Begins a read and drops it; whether it was still waiting.
fn is_dropped(stream: &mut ChatStream) -> bool {
    let read = pin!(stream.next());
    let mut context = Context::from_waker(Waker::noop());
    matches!(read.poll(&mut context), Poll::Pending)
}

/// Lets the platform do what is due.
async fn pause() {
    let promise = js_sys::eval("new Promise((resolve) => setTimeout(resolve, 5))").unwrap();
    JsFuture::from(js_sys::Promise::from(promise)).await.unwrap();
}

/// A stream whose parts come late, one by one, so many milliseconds apart.
fn late(parts: &str, milliseconds: u32) -> String {
    const ANSWER: &str = r#"() => {
        const parts = [PARTS, "data: [DONE]\n\n"];
        const body = new ReadableStream({
            async pull(controller) {
                await new Promise((resolve) => setTimeout(resolve, APART));
                if (parts.length === 0) return controller.close();
                controller.enqueue(text.encode(parts.shift()));
            },
        }, { highWaterMark: 0 });
        return new Response(body, { headers: { "content-type": "text/event-stream" } });
    }"#;
    ANSWER.replace("PARTS", parts).replace("APART", &milliseconds.to_string())
}

#[wasm_bindgen_test]
async fn the_request_goes_out_once_however_often_the_first_read_is_dropped() {
    script(r#"stream([chunk("SOL "), chunk("is up"), "data: [DONE]\n\n"])"#);
    let mut stream = client().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    assert!(is_dropped(&mut stream) && is_dropped(&mut stream));
    pause().await;
    assert!(is_dropped(&mut stream));
    let (text, error) = read(&mut stream).await;
    assert_eq!((&*text, error.is_none(), seen().len()), ("SOL is up", true, 1));
    assert_eq!(evaluated("signals[0].aborted"), 0.0);
}

#[wasm_bindgen_test]
async fn a_chunk_that_comes_behind_a_dropped_read_is_not_lost() {
    script(&late(r#"chunk("SOL "), chunk("is "), chunk("not "), chunk("up")"#, 2));
    let mut stream = client().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    let mut answer = stream.next().await.unwrap().unwrap();
    loop {
        if is_dropped(&mut stream) {
            pause().await;
        }
        let Some(part) = stream.next().await.unwrap() else { break };
        answer.push_str(&part);
    }
    assert_eq!((&*answer, stream.text()), ("SOL is not up", "SOL is not up"));
}

#[wasm_bindgen_test]
async fn a_look_for_the_stored_answer_goes_on_behind_a_dropped_read() {
    const DONE: &str = r#"json({ status: "completed", result: { content: "SOL is up" } })"#;
    script(&format!(r#"stream([chunk("SOL ")], "cut"), {DONE}"#));
    let mut stream = client().chat_stream(&ChatRequest::ask("SOL?").request_id("r1")).unwrap();
    assert_eq!(stream.next().await.unwrap().as_deref(), Some("SOL "));
    for _ in 0..4 {
        assert!(is_dropped(&mut stream));
        if seen().len() == 2 {
            break;
        }
        pause().await;
    }
    assert_eq!(stream.next().await.unwrap().as_deref(), Some("is up"));
    assert_eq!((stream.next().await.unwrap(), seen().len()), (None, 2));
}

#[wasm_bindgen_test]
async fn a_failure_behind_a_dropped_read_is_told_by_the_next_one() {
    script(r#"stream([chunk("SOL ")], "cut")"#);
    let mut stream = client().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    assert_eq!(stream.next().await.unwrap().as_deref(), Some("SOL "));
    assert!(is_dropped(&mut stream));
    pause().await;
    let error = stream.next().await.unwrap_err();
    assert_eq!((error.code(), error.outcome(), error.partial()), (Code::Network, Outcome::Unknown, Some("SOL ")));
    assert_eq!((stream.next().await.unwrap(), seen().len()), (None, 1));
}

/// Longer than the limits that these streams have.
async fn do_something_else() {
    for _ in 0..60 {
        pause().await;
    }
}

#[wasm_bindgen_test]
async fn the_limits_of_an_attempt_rest_while_no_one_reads() {
    let never = f64::INFINITY;
    for limits in [
        Limits { first_byte: 100.0, idle: never, total: never },
        Limits { first_byte: never, idle: 100.0, total: never },
    ] {
        script(&late(r#"chunk("SOL "), chunk("is up")"#, 10));
        let mut stream = client().stream_limits(limits).unwrap().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
        assert!(is_dropped(&mut stream));
        do_something_else().await;
        assert_eq!(stream.next().await.unwrap().as_deref(), Some("SOL "));
        assert!(is_dropped(&mut stream));
        do_something_else().await;
        let (text, error) = read(&mut stream).await;
        assert_eq!((&*text, error.map(|error| error.to_string()), seen().len()), ("is up", None, 1), "{limits:?}");
        assert_eq!(evaluated("signals[0].aborted"), 0.0, "{limits:?}");
    }
}

#[wasm_bindgen_test]
async fn a_refusal_that_came_behind_a_dropped_read_is_told_as_the_refusal_that_it_is() {
    script(r#"() => Response.json({ message: "slow down" }, { status: 429, headers: { "retry-after": "600" } })"#);
    let limits = Limits { first_byte: 100.0, ..Limits::STREAM };
    let mut stream = client().stream_limits(limits).unwrap().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    assert!(is_dropped(&mut stream));
    do_something_else().await;
    let error = stream.next().await.unwrap_err();
    assert_eq!((error.code(), error.outcome(), error.status()), (Code::RateLimited, Outcome::Refused, Some(429)));
}

#[wasm_bindgen_test]
async fn a_stream_that_stalls_is_idle_again_once_someone_reads() {
    script(r#"stream([chunk("SOL ")], "stays")"#);
    let limits = Limits { first_byte: f64::INFINITY, idle: 100.0, total: f64::INFINITY };
    let mut stream = client().stream_limits(limits).unwrap().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    assert_eq!(stream.next().await.unwrap().as_deref(), Some("SOL "));
    assert!(is_dropped(&mut stream));
    do_something_else().await;
    let error = stream.next().await.unwrap_err();
    assert!(error.message().contains("timeout.idle"), "{error}");
}

#[wasm_bindgen_test]
async fn what_comes_behind_the_end_is_waited_for_once_however_often_the_read_is_dropped() {
    const END: &str = r#"'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'"#;
    script(&format!(r#"stream([chunk("SOL"), {END}], "stays")"#));
    let counted = "globalThis.graces = 0; globalThis.timeout = setTimeout; globalThis.setTimeout = (act, after) => {
        if (after === 500) graces += 1;
        return timeout(act, after);
    };";
    js_sys::eval(counted).unwrap();
    let mut stream = client().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    assert_eq!(stream.next().await.unwrap().as_deref(), Some("SOL"));
    for _ in 0..3 {
        assert!(is_dropped(&mut stream));
        pause().await;
    }
    assert_eq!(stream.next().await.unwrap(), None);
    js_sys::eval("globalThis.setTimeout = timeout").unwrap();
    assert_eq!(evaluated("graces"), 1.0);
}
