//! The time limits of one call. Pure: every moment is an argument, in milliseconds on any one clock.

use crate::error::{Code, Error, Result, Violation, call_may_be_billed};
use crate::wording::{digits, filled, sentence};

/// A call's limits, in milliseconds; infinity switches one off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// For everything, repetitions and waits included.
    pub total: f64,
    /// From sending to the first byte of the answer's body (of a JSON answer: to its headers), for each attempt.
    pub first_byte: f64,
    /// Between two parts of a stream that carry text; comments and empty deltas do not count.
    pub idle: f64,
}

impl Limits {
    /// The defaults of a stream: 300 s, 90 s, 60 s.
    pub const STREAM: Self = Self { total: 300_000.0, first_byte: 90_000.0, idle: 60_000.0 };

    /// The defaults of every other call: 180 s in all.
    pub const UNARY: Self = Self { total: 180_000.0, first_byte: f64::INFINITY, idle: f64::INFINITY };

    /// Refuses what is no limit: a comparison with it would switch the others off, or end every call at once.
    ///
    /// # Errors
    /// `invalid_request` for one that is not above 0.
    pub fn check(&self) -> Result<()> {
        let all = [("total", self.total), ("firstByte", self.first_byte), ("idle", self.idle)];
        let odd = all.into_iter().filter(|(_, limit)| limit.is_nan() || *limit <= 0.0);
        let rule = "must be a number of milliseconds above 0, or infinity for none";
        let violations: Vec<_> = odd.map(|(name, _)| Violation::new(sentence(&["timeout.", name]), rule)).collect();
        if violations.is_empty() { Ok(()) } else { Err(Error::invalid("client options", violations)) }
    }
}

/// Which limit passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::total`]
    Total,
    /// [`Limits::first_byte`]
    FirstByte,
    /// [`Limits::idle`]
    Idle,
}

/// When a call in progress is to be given up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deadline {
    limits: Limits,
    started: f64,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    /// Nothing is under way but a wait between two attempts.
    Waiting,
    /// Sent at that moment; no byte yet.
    Sent(f64),
    /// Last progress at that moment.
    Streaming(f64),
}

impl Deadline {
    /// Starts the clock.
    pub fn start(limits: Limits, now: f64) -> Self {
        Self { limits, started: now, phase: Phase::Waiting }
    }

    /// An attempt goes out.
    pub fn sent(&mut self, now: f64) {
        self.phase = Phase::Sent(now);
    }

    /// The answer begins, or goes on.
    pub fn progress(&mut self, now: f64) {
        self.phase = Phase::Streaming(now);
    }

    /// Lets the limit that is next begin anew, where that is not the one for everything.
    pub fn restart(&mut self, now: f64) {
        self.phase = match self.phase {
            Phase::Waiting => Phase::Waiting,
            Phase::Sent(_) => Phase::Sent(now),
            Phase::Streaming(_) => Phase::Streaming(now),
        };
    }

    /// The attempt is over; only the total limit holds.
    pub fn wait(&mut self) {
        self.phase = Phase::Waiting;
    }

    /// The limit that passes next, and when.
    pub fn next(&self) -> (Limit, f64) {
        let total = (Limit::Total, self.started + self.limits.total);
        let of_phase = match self.phase {
            Phase::Waiting => return total,
            Phase::Sent(at) => (Limit::FirstByte, at + self.limits.first_byte),
            Phase::Streaming(at) => (Limit::Idle, at + self.limits.idle),
        };
        if of_phase.1 < total.1 { of_phase } else { total }
    }

    /// The limit that has passed, if one has.
    pub fn expired(&self, now: f64) -> Option<Limit> {
        let (limit, at) = self.next();
        (now >= at).then_some(limit)
    }

    /// Milliseconds left of the total limit.
    pub fn remaining(&self, now: f64) -> f64 {
        self.started + self.limits.total - now
    }

    /// The error for a limit that passed.
    pub fn error(&self, limit: Limit) -> Error {
        let (what, option, milliseconds) = match limit {
            Limit::Total => ("the call was not finished", "timeout.total", self.limits.total),
            Limit::FirstByte => ("no byte of the answer came", "timeout.firstByte", self.limits.first_byte),
            Limit::Idle => ("the stream brought no text", "timeout.idle", self.limits.idle),
        };
        // Whole milliseconds: the standard library's way of writing a float weighs several kilobytes of wasm.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "limits are positive")]
        let milliseconds = milliseconds as u64;
        let form = concat!(
            "Timed out: {} within {} ms ({}).",
            call_may_be_billed!("; give it more time, or a requestId so that its answer can be fetched later.")
        );
        Error::new(Code::Timeout, filled(form, &[what, &digits(milliseconds), option]))
    }
}

#[cfg(test)]
mod tests {
    use super::{Deadline, Limit, Limits};

    const LIMITS: Limits = Limits { total: 300.0, first_byte: 90.0, idle: 60.0 };

    #[test]
    fn the_usual_limits_are_the_documented_ones() {
        assert_eq!(Limits::STREAM, Limits { total: 300_000.0, first_byte: 90_000.0, idle: 60_000.0 });
        let never = f64::INFINITY;
        assert_eq!(Limits::UNARY, Limits { total: 180_000.0, first_byte: never, idle: never });
    }

    #[test]
    fn each_phase_has_its_limit_and_the_total_holds_throughout() {
        let mut deadline = Deadline::start(LIMITS, 1_000.0);
        assert_eq!(deadline.next(), (Limit::Total, 1_300.0));
        deadline.sent(1_010.0);
        assert_eq!(deadline.next(), (Limit::FirstByte, 1_100.0));
        assert_eq!(deadline.expired(1_099.9), None);
        assert_eq!(deadline.expired(1_100.0), Some(Limit::FirstByte));
        deadline.progress(1_050.0);
        assert_eq!(deadline.next(), (Limit::Idle, 1_110.0));
        deadline.progress(1_100.0);
        assert_eq!(deadline.expired(1_159.9), None);
        assert_eq!(deadline.expired(1_160.0), Some(Limit::Idle));
        deadline.progress(1_290.0);
        assert_eq!(deadline.next(), (Limit::Total, 1_300.0));
        assert_eq!(deadline.expired(1_300.0), Some(Limit::Total));
        // Where two pass at once, the one that more time for a phase would not help is named.
        deadline.progress(1_240.0);
        assert_eq!(deadline.next(), (Limit::Total, 1_300.0));
    }

    #[test]
    fn a_wait_between_attempts_counts_for_the_total_only() {
        let mut deadline = Deadline::start(LIMITS, 0.0);
        deadline.sent(0.0);
        deadline.wait();
        assert_eq!(deadline.expired(299.0), None);
        assert!((deadline.remaining(100.0) - 200.0).abs() < f64::EPSILON);
        deadline.sent(200.0);
        assert_eq!(deadline.next(), (Limit::FirstByte, 290.0));
    }

    #[test]
    fn a_limit_is_above_0_or_infinite_and_any_other_is_named() {
        assert!(Limits::STREAM.check().is_ok() && Limits::UNARY.check().is_ok());
        let odd = Limits { total: f64::NAN, first_byte: 0.0, idle: -1.0 };
        let rule = "must be a number of milliseconds above 0, or infinity for none";
        let told = odd.check().map_err(|error| error.message().to_owned());
        let each = format!("timeout.total {rule}; timeout.firstByte {rule}; timeout.idle {rule}");
        assert_eq!(told, Err(format!("Invalid client options: {each}. Nothing was sent.")));
    }

    #[test]
    fn a_limit_that_begins_anew_is_the_same_one_and_the_total_goes_on() {
        let mut deadline = Deadline::start(LIMITS, 0.0);
        deadline.restart(10.0);
        assert_eq!(deadline.next(), (Limit::Total, 300.0));
        deadline.sent(10.0);
        deadline.restart(50.0);
        assert_eq!(deadline.next(), (Limit::FirstByte, 140.0));
        deadline.progress(60.0);
        deadline.restart(100.0);
        assert_eq!(deadline.next(), (Limit::Idle, 160.0));
    }

    #[test]
    fn an_infinite_limit_never_passes() {
        let off = Limits { total: f64::INFINITY, first_byte: f64::INFINITY, idle: f64::INFINITY };
        let mut deadline = Deadline::start(off, 0.0);
        deadline.progress(5.0);
        assert_eq!(deadline.expired(1e15), None);
    }

    #[test]
    fn the_message_names_the_limit_its_option_and_what_to_do() {
        let deadline = Deadline::start(Limits::STREAM, 0.0);
        for (limit, start) in [
            (Limit::Total, "Timed out: the call was not finished within 300000 ms (timeout.total). The call may"),
            (
                Limit::FirstByte,
                "Timed out: no byte of the answer came within 90000 ms (timeout.firstByte). The call may",
            ),
            (Limit::Idle, "Timed out: the stream brought no text within 60000 ms (timeout.idle). The call may"),
        ] {
            let error = deadline.error(limit);
            assert_eq!((error.code().as_str(), error.outcome().as_str()), ("timeout", "unknown"));
            assert!(error.message().starts_with(start), "{error}");
            assert!(error.message().ends_with("or a requestId so that its answer can be fetched later."), "{error}");
        }
    }
}
