//! One request under way, and what becomes of it.

use std::cell::Cell;

use worker::{Context, Env, web_sys};

use crate::budget::{Settlement, client};
use crate::origin::Origin;
use crate::request_head::RequestHead;

/// What became of a request, for the log and for `Server-Timing`.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// What was charged for it.
    pub(crate) cost: Cell<Option<u64>>,
    /// Milliseconds until the API answered, if it was asked.
    pub(crate) upstream_ms: Cell<Option<f64>>,
    /// The status with which it did.
    pub(crate) upstream_status: Cell<Option<u16>>,
}

/// One request under way.
pub(crate) struct Exchange<'a> {
    /// The request itself.
    pub(crate) request: &'a web_sys::Request,
    /// Its head.
    pub(crate) head: &'a RequestHead,
    /// Where it comes from.
    pub(crate) origin: Origin<'a>,
    /// The Worker's bindings.
    pub(crate) env: &'a Env,
    /// What outlives the answer.
    pub(crate) context: &'a Context,
    /// Its correlation id.
    pub(crate) id: &'a str,
    /// When it came, in milliseconds since the Unix epoch.
    pub(crate) started: f64,
    /// What became of it.
    pub(crate) seen: Seen,
}

impl Exchange<'_> {
    /// When it came, in whole seconds since the Unix epoch.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "fits until 2106")]
    pub(crate) fn seconds(&self) -> u32 {
        (self.started / 1000.0) as u32
    }

    /// Settles its call, and gives the charge where this was what settled it.
    pub(crate) async fn settle(&self, settlement: &Settlement) -> Option<u64> {
        client::settle(self.env, self.context, settlement).await
    }
}
