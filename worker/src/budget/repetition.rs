//! Calls under an id that was used before: whether they repeat it, and what they cost.

use super::{Reservation, Verdict};

/// How many repetitions of one id cost nothing. The API says that it never bills one twice, but that is its word: whoever
/// repeats without end would, if it were wrong, spend without a limit. Nobody who lost an answer needs as many.
pub(crate) const FREE_REPETITIONS: u32 = 8;

/// Stands between the id of a reservation and that of its repetition. No `requestId` and no correlation id holds it, and
/// it is above all of their characters: so the ids of all repetitions lie between one mark and two.
pub(crate) const REPETITION_MARK: &str = "~";

impl Reservation {
    /// The id under which this call is kept when it repeats another.
    pub(crate) fn repetition(&self) -> String {
        format!("{}{REPETITION_MARK}{}", self.lease, self.attempt)
    }

    /// The id under which an earlier call that was refused is kept, once this one takes its place. With two marks it is
    /// beyond those of all repetitions.
    pub(crate) fn displaced(&self) -> String {
        format!("{}{REPETITION_MARK}{REPETITION_MARK}{}", self.lease, self.attempt)
    }
}

/// An earlier reservation under the same id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Earlier {
    /// Its route.
    pub(crate) route: String,
    /// The hash of its body.
    pub(crate) hash: String,
    /// What is booked for it; nothing once its cost came back.
    pub(crate) charge: u64,
    /// Whether it is under way.
    pub(crate) open: bool,
    /// How often it was repeated, counted no further than to [`FREE_REPETITIONS`].
    pub(crate) repetitions: u32,
}

/// What a call is beside the earlier one of its id, before any limit is looked at.
pub(crate) fn judge(earlier: Option<&Earlier>, asked: &Reservation) -> Verdict {
    match earlier {
        Some(earlier) if earlier.route != asked.route || earlier.hash != asked.hash => Verdict::Conflict,
        // Paid for or still under way. Only after its cost came back is it booked anew.
        Some(earlier) if earlier.open || earlier.charge > 0 => {
            let is_free = earlier.repetitions < FREE_REPETITIONS;
            Verdict::Again { cost: if is_free { 0 } else { asked.cost } }
        }
        _ => Verdict::Reserved,
    }
}

#[cfg(test)]
mod tests {
    use super::{Earlier, judge};
    use crate::budget::{Booking, Reservation, Verdict};

    fn earlier(charge: u64, open: bool, repetitions: u32) -> Earlier {
        Earlier { route: "chat".to_owned(), hash: "h".to_owned(), charge, open, repetitions }
    }

    fn asked() -> Reservation {
        let [lease, route, hash, attempt] = ["a.1", "chat", "h", "w-1"].map(str::to_owned);
        Reservation { lease, route, hash, attempt, cost: 4, ..Reservation::default() }
    }

    #[test]
    fn a_call_is_free_while_it_repeats_one_that_pays_and_new_once_that_ones_cost_came_back() {
        let (free, charged) = (Verdict::Again { cost: 0 }, Verdict::Again { cost: 4 });
        for (earlier, verdict) in [
            (None, Verdict::Reserved),
            (Some(earlier(4, true, 0)), free),
            (Some(earlier(4, false, 0)), free),
            (Some(earlier(0, true, 0)), free),
            (Some(earlier(4, false, 7)), free),
            (Some(earlier(4, false, 8)), charged),
            (Some(earlier(0, true, 8)), charged),
            (Some(earlier(0, false, 0)), Verdict::Reserved),
            (Some(earlier(0, false, 8)), Verdict::Reserved),
            (Some(Earlier { hash: "other".to_owned(), ..earlier(4, true, 0) }), Verdict::Conflict),
            (Some(Earlier { route: "job".to_owned(), ..earlier(0, false, 0) }), Verdict::Conflict),
        ] {
            assert_eq!(judge(earlier.as_ref(), &asked()), verdict, "{earlier:?}");
        }
    }

    #[test]
    fn a_repetition_is_booked_under_its_own_id() {
        for (verdict, booking) in [
            (Verdict::Reserved, Some(("a.1", 4, false))),
            (Verdict::Again { cost: 0 }, Some(("a.1~w-1", 0, true))),
            (Verdict::Again { cost: 4 }, Some(("a.1~w-1", 4, true))),
            (Verdict::Busy, None),
            (Verdict::Conflict, None),
        ] {
            let booking = booking.map(|(lease, cost, again)| Booking { lease: lease.to_owned(), cost, again });
            assert_eq!(verdict.booking(&asked()), booking, "{verdict:?}");
        }
    }
}
