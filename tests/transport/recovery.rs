//! A stream that was lost: under a `requestId` its answer is fetched, and otherwise nothing is.

use minara::chat_stream::ChatOptions;
use minara::deadline::Limits;
use minara::request::ChatRequest;
use minara::retry::RetryPolicy;
use minara::{Code, Outcome};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{KEY, client, evaluated, read, script, seen};

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
    let client = client().retry(RetryPolicy { max_retries: 0, ..RetryPolicy::default() }).unwrap();
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
async fn under_a_request_id_a_stream_that_ends_early_or_stalls_is_completed_too() {
    for then in ["ends", "stays"] {
        script(&format!(
            r#"stream([chunk("SOL ")], "{then}"), json({{ status: "completed", result: {{ content: "SOL is up" }} }})"#
        ));
        let limits = Limits { first_byte: f64::INFINITY, idle: 20.0, ..Limits::STREAM };
        let minara = client().stream_limits(limits).unwrap();
        let (text, error) = read(&mut minara.chat_stream(&ChatRequest::ask("SOL?").request_id("r1")).unwrap()).await;
        assert_eq!((&*text, error.is_none(), seen().len()), ("SOL is up", true, 2), "{then}");
        assert_eq!(evaluated("cancelled"), f64::from(u8::from(then == "stays")), "{then}");
    }
}

#[wasm_bindgen_test]
async fn under_a_request_id_a_stream_without_text_in_a_known_place_is_completed_too() {
    script(
        r#"stream(['data: {"said":"SOL is up"}\n\ndata: [DONE]\n\n'], "stays"),
           json({ status: "completed", result: { content: "SOL is up" } })"#,
    );
    let (text, error) = read(&mut client().chat_stream(&ChatRequest::ask("SOL?").request_id("r1")).unwrap()).await;
    assert_eq!((&*text, error.is_none(), seen().len()), ("SOL is up", true, 2));
}

#[wasm_bindgen_test]
async fn under_a_request_id_an_event_over_the_limit_ends_no_answer_that_is_kept() {
    script(r#"stream([chunk("SOL is up")], "stays"), json({ status: "completed", result: { content: "SOL is up" } })"#);
    let small = ChatOptions { max_event_bytes: 8, ..ChatOptions::default() };
    let minara = client().decoding(small);
    let (text, error) = read(&mut minara.chat_stream(&ChatRequest::ask("SOL?").request_id("r1")).unwrap()).await;
    assert_eq!((&*text, error.is_none(), seen().len()), ("SOL is up", true, 2));
}

#[wasm_bindgen_test]
async fn no_answer_is_looked_for_once_the_limit_for_everything_has_passed() {
    script(r#"stream([chunk("SOL ")], "stays")"#);
    let limits = Limits { total: 40.0, ..Limits::STREAM };
    let minara = client().stream_limits(limits).unwrap();
    let error = read(&mut minara.chat_stream(&ChatRequest::ask("SOL?").request_id("r1")).unwrap()).await.1.unwrap();
    assert_eq!((error.code(), error.partial(), seen().len()), (Code::Timeout, Some("SOL "), 1));
    assert!(error.message().contains("timeout.total"), "{error}");
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
        (r#"() => new Response("<html>")"#, Code::Network, Outcome::Unknown),
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
        let minara = client().retry(never_again).unwrap();
        let (_, error) = read(&mut minara.chat_stream(&ChatRequest::ask("SOL?").request_id("r1")).unwrap()).await;
        let error = error.unwrap();
        assert_eq!((error.code(), error.outcome(), seen().len()), (code, outcome, 1));
    }
}
