//! The owner's money: every call is reserved before the API hears of it, and settled when its outcome is known.
//!
//! One `SQLite` Durable Object keeps the books, so that two calls never spend the same credit. [`ledger`] is its
//! arithmetic, [`repetition`] what repeated calls cost, [`books`] its tables, [`object`] the object, [`client`] the Worker's
//! side of the conversation, and here is what they say. While a deployment spreads, and as long as a busy object keeps its
//! version, one side may be older than the other: each understands what the other said before.

mod books;
pub(crate) mod client;
pub(crate) mod ledger;
pub(crate) mod object;
pub(crate) mod repetition;

use serde::{Deserialize, Serialize};

/// Asks for a call's cost to be put aside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reservation {
    /// The reservation's own id: the correlation id, or the caller's `requestId` with the caller's prefix.
    pub(crate) lease: String,
    /// Whose call it is.
    pub(crate) caller: String,
    /// Whether the caller is a visitor, to whom the session's limits apply.
    pub(crate) visitor: bool,
    /// The route's name.
    pub(crate) route: String,
    /// What it costs.
    pub(crate) cost: u64,
    /// Of the body, where the call may be repeated under the same id; else empty.
    pub(crate) hash: String,
    /// The chat that it continues, which must be the caller's own; else empty.
    pub(crate) chat: String,
    /// The correlation id, which no other call has: it tells repetitions under one `requestId` apart. A Worker of an earlier
    /// version, beside which the object may run while a deployment spreads, sends none.
    #[serde(default)]
    pub(crate) attempt: String,
}

/// What was put aside for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Booking {
    /// The id under which it is settled.
    pub(crate) lease: String,
    /// What it costs; nothing where an earlier call pays for it.
    pub(crate) cost: u64,
    /// Whether an earlier call under its `requestId` is under way or paid for.
    pub(crate) again: bool,
}

/// Says how a reserved call ended.
#[expect(clippy::struct_excessive_bools, reason = "fields of a message, of which older versions know two")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settlement {
    /// The booking; empty after a look-up, which has none but may name ids too.
    pub(crate) lease: String,
    /// Whose call it was.
    pub(crate) caller: String,
    /// Whether it is paid for; else the cost comes back.
    pub(crate) spent: bool,
    /// Whether the API never heard of it.
    #[serde(default)]
    pub(crate) unsent: bool,
    /// Whether the caller is a visitor, to whom not every refused call's cost comes back.
    #[serde(default)]
    pub(crate) visitor: bool,
    /// Whether its answer is still under way, so that it counts as in flight.
    pub(crate) open: bool,
    /// The chat that the answer named; else empty.
    pub(crate) chat: String,
    /// The job that the answer named; else empty.
    pub(crate) job: String,
}

/// Asks what a job's id is to a caller.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claim {
    /// Who asks.
    pub(crate) caller: String,
    /// The id.
    pub(crate) id: String,
    /// What the API would know it as, were it of the caller's making.
    #[serde(default)]
    pub(crate) bound: String,
}

/// What a job's id is to a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// One that the API gave to them.
    Own,
    /// One of their making, under which they called.
    Bound,
    /// None that they ever used.
    Unused,
}

impl Standing {
    /// Its word. Before there was a third, the first two were the answer to whether the API gave the id to them.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Own => "true",
            Self::Bound => "false",
            Self::Unused => "unused",
        }
    }

    /// What a word says. An older object has only "false" for whatever is not their own.
    pub(crate) fn from_word(word: &str) -> Self {
        match word {
            "true" => Self::Own,
            "unused" => Self::Unused,
            _ => Self::Bound,
        }
    }
}

/// How a reservation went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// The cost is put aside.
    Reserved,
    /// The same call was reserved before, and this one has a place of its own beside it.
    Again {
        /// What is put aside for it: nothing where the earlier one pays.
        cost: u64,
    },
    /// The day's budget does not allow it; in so many seconds the next day begins.
    DaySpent {
        /// Seconds until the next day.
        seconds: u32,
    },
    /// The session's budget does not allow it.
    SessionSpent,
    /// The session has too many calls under way.
    Busy,
    /// The `requestId` was used for another call.
    Conflict,
    /// The chat is not the caller's own.
    NotOwn,
}

impl Verdict {
    /// What was put aside, if the call may be made.
    pub(crate) fn booking(self, asked: &Reservation) -> Option<Booking> {
        match self {
            Self::Reserved => Some(Booking { lease: asked.lease.clone(), cost: asked.cost, again: false }),
            Self::Again { cost } => Some(Booking { lease: asked.repetition(), cost, again: true }),
            _ => None,
        }
    }
}
