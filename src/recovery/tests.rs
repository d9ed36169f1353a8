//! What each look at a job means.

use serde_json::{Value, json};

use super::{Accepted, Step, accepted, is_verdict, may_be_stored, poll_wait, step};
use crate::error::{Code, Error, Outcome};

fn completed(content: &str) -> Value {
    json!({ "id": "bg_1", "status": "completed", "result": { "content": content } })
}

#[test]
fn only_the_text_not_yet_delivered_is_given() {
    for (content, delivered, rest) in [
        ("SOL is up", "", "SOL is up"),
        ("SOL is up", "SOL ", "is up"),
        ("SOL is up", "SOL is up", ""),
        ("가격이 올랐다", "가격", "이 올랐다"),
        ("", "", ""),
    ] {
        assert_eq!(step(&completed(content), delivered, 0, 0.0).ok(), Some(Step::Complete(rest.to_owned())));
    }
}

#[test]
fn a_running_job_is_looked_at_again_with_growing_waits() {
    for status in ["queued", "in_progress"] {
        let job = json!({ "status": status });
        assert_eq!(step(&job, "", 0, 1.0).ok(), Some(Step::Wait(500.0)));
        assert_eq!(step(&job, "", 2, 0.0).ok(), Some(Step::Wait(562.5)));
    }
    for (looks, wait) in [(0, 500.0), (1, 750.0), (2, 1_125.0), (6, 5_000.0), (1_000_000, 5_000.0)] {
        assert!((poll_wait(looks, 1.0) - wait).abs() < 1e-9, "{looks}");
        assert!((poll_wait(looks, 0.0) - wait / 2.0).abs() < 1e-9, "{looks}");
    }
}

/// One row per code: for each outcome whether a stream that ended so is looked for, and whether a look-up that did is
/// the last word.
#[test]
fn an_answer_is_looked_for_where_it_may_be_stored_and_a_look_up_that_found_one_settles_it() {
    let outcomes = [Outcome::NotSent, Outcome::Refused, Outcome::Unknown, Outcome::Done];
    let (never, maybe_billed, done) = ([false; 4], [false, false, true, true], [false, false, false, true]);
    let rows = [
        (Code::StreamTruncated, maybe_billed, never),
        (Code::EventTooLarge, maybe_billed, never),
        (Code::Network, maybe_billed, never),
        (Code::Timeout, maybe_billed, never),
        (Code::BadResponse, maybe_billed, done),
        (Code::Internal, maybe_billed, never),
        (Code::StreamError, never, [true; 4]),
    ];
    for code in Code::ALL {
        let row = rows.iter().find(|(of, ..)| of == code);
        let (stored, verdict) = row.map_or((never, never), |(_, stored, verdict)| (*stored, *verdict));
        let errors = outcomes.map(|outcome| Error::new(*code, "x").with_outcome(outcome));
        assert_eq!(errors.each_ref().map(may_be_stored), stored, "{code}");
        assert_eq!(errors.each_ref().map(is_verdict), verdict, "{code}");
    }
}

/// One row per body: what it is under a `requestId` with status 200, with 202, and without an id.
#[test]
fn under_a_request_id_the_state_of_a_job_is_no_answer() {
    let answer = json!({ "content": "SOL is up" });
    let running = || json!({ "status": "in_progress" });
    let without_result = || json!({ "status": "completed", "result": null });
    let other = || json!({ "status": "ok", "content": "SOL is up" });
    let known = || json!({ "status": "completed", "content": "SOL is up" });
    let at_work = || Accepted::AtWork;
    for (value, with_200, with_202, without_id) in [
        (running(), at_work(), at_work(), Accepted::Answer(running())),
        (json!({ "status": "queued" }), at_work(), at_work(), Accepted::Answer(json!({ "status": "queued" }))),
        (without_result(), at_work(), at_work(), Accepted::Answer(without_result())),
        (
            completed("SOL is up"),
            Accepted::Answer(answer.clone()),
            Accepted::Answer(answer.clone()),
            Accepted::Answer(answer),
        ),
        (known(), Accepted::Answer(known()), at_work(), Accepted::Answer(known())),
        (other(), Accepted::Answer(other()), at_work(), Accepted::Answer(other())),
    ] {
        assert_eq!(accepted(200, true, value.clone()).ok(), Some(with_200), "{value}");
        assert_eq!(accepted(202, true, value.clone()).ok(), Some(with_202), "{value}");
        assert_eq!(accepted(202, false, value.clone()).ok(), Some(without_id), "{value}");
    }
}

#[test]
fn a_stored_answer_is_taken_whatever_else_its_job_says() {
    let job = json!({
        "id": 7, "status": "completed", "createdAt": 1_780_000_000_000_u64, "executionMode": [],
        "result": { "content": "SOL is up" },
    });
    assert_eq!(step(&job, "", 0, 0.0).ok(), Some(Step::Complete("SOL is up".to_owned())));
}

#[test]
fn a_job_without_a_usable_answer_is_an_error_that_keeps_the_delivered_text() {
    for (job, code, message) in [
        (
            json!({ "status": "failed", "error": { "code": "processing_timeout", "message": "took too long" } }),
            Code::StreamError,
            "The API could not finish the answer (processing_timeout: took too long). It may have been billed; ask \
             again under a new requestId.",
        ),
        (
            json!({ "status": "failed", "error": "processing_timeout" }),
            Code::StreamError,
            "The API could not finish the answer (processing_timeout). It may have been billed; ask again under a \
             new requestId.",
        ),
        (
            json!({ "status": "failed" }),
            Code::StreamError,
            "The API could not finish the answer. It may have been billed; ask again under a new requestId.",
        ),
        (
            json!({ "status": "completed" }),
            Code::BadResponse,
            "The paid answer could not be fetched: the job is completed, but its answer has no content.",
        ),
        (
            completed("ETH is up"),
            Code::BadResponse,
            "The paid answer could not be fetched: the stored answer does not begin with the text that was streamed.",
        ),
        (
            json!({ "status": "paused" }),
            Code::BadResponse,
            "The paid answer could not be fetched: the job's status is \"paused\".",
        ),
        (
            json!({ "status": 3 }),
            Code::BadResponse,
            "The API answered success, but status is a number and not a string. Count the call as billed; the body is \
             kept in the error.",
        ),
    ] {
        let error = step(&job, "SOL", 0, 0.5).expect_err("no usable answer");
        assert_eq!((error.code(), error.message(), error.partial()), (code, message, Some("SOL")));
    }
}
