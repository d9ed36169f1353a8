//! Jobs: where one is, what its answer is, why it failed, and how long to wait for it.

use minara::Code;
use minara::recovery::{Step, job_answer, step};
use minara::response::JobState;
use serde_json::json;

#[test]
fn a_job_is_where_its_status_says() {
    for (status, state) in [
        ("queued", Some(JobState::Running)),
        ("in_progress", Some(JobState::Running)),
        ("completed", Some(JobState::Completed)),
        ("failed", Some(JobState::Failed)),
        ("Completed", None),
        ("", None),
    ] {
        assert_eq!(JobState::from_status(status), state, "{status}");
    }
}

#[test]
fn only_a_completed_job_with_a_result_has_an_answer() {
    for (job, answer) in [
        (json!({ "status": "completed", "result": { "content": "x" } }), Some(json!({ "content": "x" }))),
        (json!({ "status": "completed", "result": null }), None),
        (json!({ "status": "completed" }), None),
        (json!({ "status": "in_progress", "result": { "content": "x" } }), None),
        (json!({ "result": { "content": "x" } }), None),
        (json!({ "content": "x" }), None),
        (json!("completed"), None),
    ] {
        assert_eq!(job_answer(&job), answer, "{job}");
    }
}

#[test]
fn why_a_job_failed_is_told_without_a_secret_and_without_text_where_none_came() {
    for (job, code, reason) in [
        (
            json!({ "status": "failed", "error": { "code": "processing_error" } }),
            Code::StreamError,
            " (processing_error).",
        ),
        (json!({ "status": "failed", "error": { "message": "no luck" } }), Code::StreamError, " (no luck)."),
        (
            json!({ "status": "failed", "error": { "code": "x", "message": "bad key sk-minara-abcd" } }),
            Code::StreamError,
            " (x: bad key [redacted]).",
        ),
        (json!({ "status": "sk-minara-abcd" }), Code::BadResponse, "the job's status is \"[redacted]\"."),
    ] {
        let error = step(&job, "", 0, 0.5).unwrap_err();
        assert_eq!((error.code(), error.partial()), (code, None));
        assert!(error.message().contains(reason), "{error}");
    }
}

#[test]
fn no_wait_between_two_looks_leaves_its_bounds_whatever_the_jitter() {
    let job = json!({ "status": "queued" });
    for (jitter, wait) in [(-1.0, 250.0), (0.0, 250.0), (1.0, 500.0), (2.0, 500.0)] {
        assert_eq!(step(&job, "", 0, jitter).unwrap(), Step::Wait(wait), "{jitter}");
    }
}
