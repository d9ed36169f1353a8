//! Streams: their text, their ends, and what is left of them where no one reads on.

use minara::request::ChatRequest;
use minara::{Code, Outcome};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{KEY, client, evaluated, read, script, seen};

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
async fn a_whole_answer_to_a_stream_is_all_its_text() {
    script(r#"json({ content: "SOL is up", chatId: "c", messageId: "m" })"#);
    let mut stream = client().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    let (text, error) = read(&mut stream).await;
    assert_eq!((&*text, error.is_none()), ("SOL is up", true));
    assert_eq!((stream.chat_id(), stream.message_id()), (Some("c"), Some("m")));
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
async fn usage_that_comes_behind_the_finish_reason_is_taken_along_and_not_waited_for_long() {
    const END: &str = r#"'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'"#;
    const USED: &str = r#"'data: {"choices":[],"usage":{"totalTokens":7}}\n\n'"#;
    for (parts, then, total) in [
        (format!(r#"{END}, {USED}, "data: [DONE]\n\n""#), "stays", Some(7)),
        (format!("{END}, {USED}"), "ends", Some(7)),
        (format!("{END}, {USED}"), "cut", Some(7)),
        (END.to_owned(), "stays", None),
        (END.to_owned(), "cut", None),
    ] {
        script(&format!(r#"stream([chunk("up"), {parts}], "{then}")"#));
        let mut stream = client().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
        let (text, error) = read(&mut stream).await;
        assert_eq!((&*text, error.is_none(), seen().len()), ("up", true, 1), "{parts} {then}");
        assert_eq!(stream.usage().and_then(|usage| usage["totalTokens"].as_u64()), total, "{parts} {then}");
        assert_eq!(evaluated("cancelled"), f64::from(u8::from(then == "stays")), "{parts} {then}");
    }
}

#[wasm_bindgen_test]
async fn the_answer_is_there_once_the_stream_has_ended_however_it_came() {
    const USAGE: &str = r#"{ totalTokens: 7 }"#;
    for answers in [
        r#"stream([chunk("up"), 'data: {"usage":{"totalTokens":7}}\n\n', "data: [DONE]\n\n"])"#,
        &*format!(r#"json({{ content: "up", chatId: "chat_1", messageId: "msg_1", usage: {USAGE} }})"#),
        &*format!(
            r#"stream([chunk("u")], "cut"), json({{ status: "completed", result: {{ content: "up", usage: {USAGE} }} }})"#
        ),
    ] {
        script(answers);
        let mut stream = client().chat_stream(&ChatRequest::ask("SOL?").request_id("r1")).unwrap();
        read(&mut stream).await;
        let answer = stream.answer();
        assert_eq!(
            (answer.chat_id.as_deref(), answer.message_id.as_deref(), answer.content.as_deref()),
            (Some("chat_1"), Some("msg_1"), Some("up")),
            "{answers}"
        );
        assert_eq!(answer.usage.unwrap()["totalTokens"], 7, "{answers}");
    }
    script(r#"json({ content: "up", usage: null })"#);
    let mut stream = client().chat_stream(&ChatRequest::ask("SOL?")).unwrap();
    read(&mut stream).await;
    assert_eq!((stream.usage(), stream.answer().usage), (None, None));
}

#[wasm_bindgen_test]
async fn a_whole_answer_of_another_shape_is_refused_to_a_stream_too() {
    script(r#"json({ content: "SOL is up", chatId: 5 })"#);
    let (text, error) = read(&mut client().chat_stream(&ChatRequest::ask("SOL?")).unwrap()).await;
    let error = error.unwrap();
    assert_eq!((&*text, error.code(), error.outcome()), ("", Code::BadResponse, Outcome::Done));
    assert!(error.message().contains("chatId is a number and not a string"), "{error}");
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
