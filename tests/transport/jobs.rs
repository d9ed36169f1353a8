//! Jobs, and what comes under a `requestId` in place of an answer.

use minara::request::ChatRequest;
use minara::retry::RetryPolicy;
use minara::{Code, Outcome};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{client, read, script, seen};

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
async fn a_job_that_failed_is_no_answer_under_its_id() {
    script(r#"json({ id: "bg_1", status: "failed", error: { message: "no model" } })"#);
    let error = client().chat(&ChatRequest::ask("SOL?").request_id("r-1")).await.unwrap_err();
    assert_eq!((error.code(), error.status()), (Code::StreamError, Some(200)));
    assert!(error.body().unwrap().contains("no model"));
}

#[wasm_bindgen_test]
async fn a_job_that_failed_is_no_answer_to_a_stream_under_its_id() {
    script(r#"json({ id: "bg_1", status: "failed", error: { message: "no model" } })"#);
    let (_, error) = read(&mut client().chat_stream(&ChatRequest::ask("SOL?").request_id("r1")).unwrap()).await;
    let error = error.unwrap();
    assert_eq!((error.code(), error.outcome(), error.status()), (Code::StreamError, Outcome::Unknown, Some(200)));
}

#[wasm_bindgen_test]
async fn what_a_look_could_not_say_of_a_job_leaves_its_outcome_unknown() {
    let never_again = RetryPolicy { max_retries: 0, ..RetryPolicy::default() };
    let client = || client().retry(never_again).unwrap();
    for (status, code) in [(404, Code::NotFound), (402, Code::PaymentRequired), (500, Code::UpstreamError)] {
        script(&format!("json({{}}, {status}), json({{}}, {status})"));
        let error = client().wait("bg_1").await.unwrap_err();
        assert_eq!((error.code(), error.outcome()), (code, Outcome::Unknown));
        let error = client().chat_status("bg_1").await.unwrap_err();
        assert_eq!((error.code(), error.outcome()), (code, Outcome::Refused));
    }
}

#[wasm_bindgen_test]
async fn a_look_up_that_was_lost_costs_nothing_and_says_so() {
    script(r#"() => { throw new TypeError("terminated"); }, () => new Response("<html>")"#);
    let minara = client().retry(RetryPolicy { max_retries: 0, ..RetryPolicy::default() }).unwrap();
    let error = minara.chat_status("bg_1").await.unwrap_err();
    assert_eq!(error.message(), "The connection failed. The look-up costs nothing: look again.");
    assert_eq!((error.outcome(), error.retryable()), (Outcome::Refused, true));
    let error = minara.chat_status("bg_1").await.unwrap_err();
    assert!(error.message().ends_with("is not JSON. The look-up costs nothing: look again."), "{error}");
    assert_eq!((error.code(), error.outcome(), error.body()), (Code::BadResponse, Outcome::Refused, Some("<html>")));
}
