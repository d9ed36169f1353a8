//! A chat whose answer is fetched later, or could be.

use super::chat::ChatAnswer;
use super::shape::answer;

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobState {
    /// Waiting or at work.
    Running,
    /// Its answer is there.
    Completed,
    /// It ended without an answer.
    Failed,
}

impl JobState {
    /// The state that the API's `status` names; `None` for a word that it does not document.
    pub fn from_status(status: &str) -> Option<Self> {
        match status {
            "queued" | "in_progress" => Some(Self::Running),
            "completed" => Some(Self::Completed),
            "failed" => Some(Self::Failed),
            _ => None,
        }
    }
}

answer! {
    /// Why a job failed.
    pub struct JobError {
        /// `processing_error`, `processing_interrupted` or `processing_timeout`.
        code: "code" text,
        /// The same for a person.
        message: "message" text,
    }
}

answer! {
    /// The state of a chat sent with a `requestId` or in the background, kept for 24 hours.
    ///
    /// ```
    /// use minara::recovery::{Step, step};
    /// use minara::request::{ChatRequest, Delivery, Request as _};
    /// use minara::response::{Answer as _, Job};
    /// use minara::wire::WireRequest;
    ///
    /// let request = ChatRequest::ask("Compare the largest DEXs.").validate(Delivery::Background)?;
    /// assert_eq!(WireRequest::call(&request).accept, "application/json");
    /// let job = Job::read(202, Some("application/json"), r#"{"id":"bg_1","status":"queued"}"#)?;
    ///
    /// // Looked up, which costs nothing, until it is done; `step` says how long to wait.
    /// let look = WireRequest::status(job.id.as_deref().unwrap_or_default())?;
    /// assert_eq!(look.path, "/v1/developer/chat/requests/bg_1");
    /// let done = serde_json::json!({ "id": "bg_1", "status": "completed", "result": { "content": "Here." } });
    /// assert_eq!(step(&done, "", 0, 0.5)?, Step::Complete("Here.".to_owned()));
    /// # Ok::<(), minara::Error>(())
    /// ```
    pub struct Job {
        /// The API's own name for it.
        id: "id" text,
        /// The caller's name for it.
        request_id: "requestId" text,
        /// The conversation.
        chat_id: "chatId" text,
        /// `queued`, `in_progress`, `completed` or `failed`.
        status: "status" text,
        /// `sync`, `stream` or `background`.
        execution_mode: "executionMode" text,
        /// When it was accepted, in ISO 8601.
        created_at: "createdAt" text,
        /// When work on it began, in ISO 8601.
        started_at: "startedAt" text,
        /// When it ended, in ISO 8601.
        completed_at: "completedAt" text,
        /// Until when its answer is kept, in ISO 8601.
        expires_at: "expiresAt" text,
        /// The answer, once completed.
        result: "result" object(ChatAnswer),
        /// Why there is none, once failed.
        error: "error" object(JobError),
    }
}
