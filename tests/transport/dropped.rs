//! Reads that are dropped before they end, as `select!` drops them.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

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
    script(
        r#"() => {
            const parts = [chunk("SOL "), chunk("is "), chunk("not "), chunk("up"), "data: [DONE]\n\n"];
            const body = new ReadableStream({
                async pull(controller) {
                    await new Promise((resolve) => setTimeout(resolve, 2));
                    if (parts.length === 0) return controller.close();
                    controller.enqueue(text.encode(parts.shift()));
                },
            }, { highWaterMark: 0 });
            return new Response(body, { headers: { "content-type": "text/event-stream" } });
        }"#,
    );
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
