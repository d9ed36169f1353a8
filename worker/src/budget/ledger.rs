//! The arithmetic of the budget, without storage or clock.
//!
//! A charge is booked when a call is reserved and taken back only when the API provably refused it. So whatever gets
//! lost on the way (an answer, a settlement, the Worker itself) counts as spent, and the sum of charges is at every
//! moment the most that can have been billed.

use std::collections::HashMap;

use super::repetition::{Earlier, judge};
use super::{Booking, Reservation, Settlement, Verdict};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// What the owner allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Cost of all calls of one UTC day.
    pub(crate) day: u64,
    /// Cost of all calls of one session.
    pub(crate) session: u64,
    /// Calls of one session that are under way at the same time.
    pub(crate) in_flight: u32,
    /// Milliseconds after which a call that nobody settled is no longer counted as under way.
    pub(crate) lease_ms: u64,
}

/// A call that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lease {
    /// Whose it is.
    pub(crate) caller: String,
    /// What is booked for it.
    pub(crate) charge: u64,
    /// The day on which it is booked.
    pub(crate) day: u64,
    /// When it no longer counts as under way, in milliseconds since the Unix epoch.
    pub(crate) expires: u64,
    /// Whether its outcome is known, and only its answer is still under way.
    pub(crate) settled: bool,
    /// Whether it was ever repeated. Then it also pays for what the repetitions spend, and no refusal gives its cost back.
    pub(crate) shared: bool,
}

/// One caller's sums.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Account {
    /// What is booked for them.
    pub(crate) charged: u64,
    /// How many of their calls are under way.
    pub(crate) open: u32,
}

/// The books.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    day: u64,
    charged: u64,
    accounts: HashMap<String, Account>,
    leases: HashMap<String, Lease>,
}

impl Ledger {
    /// The books of a day as they were kept.
    pub(crate) fn open(
        day: u64,
        charged: u64,
        accounts: HashMap<String, Account>,
        leases: HashMap<String, Lease>,
    ) -> Self {
        Self { day, charged, accounts, leases }
    }

    /// Books a call, if every limit allows it.
    pub(crate) fn reserve(
        &mut self,
        asked: &Reservation,
        earlier: Option<&Earlier>,
        limits: Limits,
        now: u64,
    ) -> Verdict {
        self.roll_over(now);
        let verdict = judge(earlier, asked);
        let Some(booking) = verdict.booking(asked) else { return verdict };
        if let Some(refused) = self.refusal(asked, booking.cost, limits, now) {
            return refused;
        }
        if let Some(repeated) = self.leases.get_mut(&asked.lease) {
            repeated.shared = true;
        }
        self.book(booking, &asked.caller, now + limits.lease_ms);
        verdict
    }

    /// The first limit that a call of that cost would break.
    fn refusal(&self, asked: &Reservation, cost: u64, limits: Limits, now: u64) -> Option<Verdict> {
        let account = self.accounts.get(&asked.caller).copied().unwrap_or_default();
        let breaks = |charged: u64, limit: u64| cost > 0 && charged + cost > limit;
        if asked.visitor && account.open >= limits.in_flight {
            return Some(Verdict::Busy);
        }
        if asked.visitor && breaks(account.charged, limits.session) {
            return Some(Verdict::SessionSpent);
        }
        breaks(self.charged, limits.day).then(|| Verdict::DaySpent { seconds: seconds_left(now) })
    }

    fn book(&mut self, Booking { lease, cost }: Booking, caller: &str, expires: u64) {
        self.charged += cost;
        let account = self.accounts.entry(caller.to_owned()).or_default();
        account.charged += cost;
        account.open += 1;
        let caller = caller.to_owned();
        let booked = Lease { caller, charge: cost, day: self.day, expires, settled: false, shared: false };
        self.leases.insert(lease, booked);
    }

    /// Writes down how a call ended and gives its charge; `None` when that is known already, or when its time was over
    /// and it counts as spent.
    pub(crate) fn settle(&mut self, settlement: &Settlement, now: u64) -> Option<u64> {
        self.roll_over(now);
        let lease = self.leases.get_mut(&settlement.lease).filter(|lease| !lease.settled)?;
        lease.settled = true;
        if !settlement.spent && !lease.shared {
            let back = core::mem::take(&mut lease.charge);
            if lease.day == self.day {
                self.charged -= back;
            }
            if let Some(account) = self.accounts.get_mut(&lease.caller) {
                account.charged = account.charged.saturating_sub(back);
            }
        }
        let charge = lease.charge;
        if !settlement.open {
            self.release(&settlement.lease);
        }
        Some(charge)
    }

    /// A call is no longer under way. Says whether it was.
    pub(crate) fn release(&mut self, lease: &str) -> bool {
        let Some(lease) = self.leases.remove(lease) else { return false };
        if let Some(account) = self.accounts.get_mut(&lease.caller) {
            account.open = account.open.saturating_sub(1);
        }
        true
    }

    /// Ends the leases whose time is over and gives their ids; their charges stay.
    pub(crate) fn expire(&mut self, now: u64) -> Vec<String> {
        let over: Vec<_> =
            self.leases.iter().filter(|(_, lease)| lease.expires <= now).map(|(id, _)| id.clone()).collect();
        for id in &over {
            self.release(id);
        }
        over
    }

    /// When the next lease ends.
    pub(crate) fn next_expiry(&self) -> Option<u64> {
        self.leases.values().map(|lease| lease.expires).min()
    }

    /// The UTC day, counted from the Unix epoch, and what is booked on it.
    pub(crate) fn today(&mut self, now: u64) -> (u64, u64) {
        self.roll_over(now);
        (self.day, self.charged)
    }

    /// How many calls are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.leases.len()
    }

    /// A new day begins with nothing charged. A clock that goes back changes nothing.
    fn roll_over(&mut self, now: u64) {
        let day = day_of(now);
        if day > self.day {
            self.day = day;
            self.charged = 0;
        }
    }
}

/// The UTC day of a time, counted from the Unix epoch.
pub(crate) fn day_of(now: u64) -> u64 {
    now / DAY_MS
}

/// Whole seconds until the next UTC day, rounded up.
fn seconds_left(now: u64) -> u32 {
    let seconds = (DAY_MS - now % DAY_MS).div_ceil(1000);
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Account, DAY_MS, Ledger, Limits};
    use crate::budget::repetition::Earlier;
    use crate::budget::{Reservation, Settlement, Verdict};

    const NOON: u64 = 20_000 * DAY_MS + DAY_MS / 2;
    const LIMITS: Limits = Limits { day: 10, session: 6, in_flight: 3, lease_ms: 1_000 };

    fn call(lease: &str, caller: &str, cost: u64) -> Reservation {
        let (lease, caller, route) = (lease.to_owned(), caller.to_owned(), "chat".to_owned());
        Reservation { lease, caller, visitor: true, route, cost, ..Reservation::default() }
    }

    fn end(lease: &str, spent: bool) -> Settlement {
        Settlement { lease: lease.to_owned(), spent, ..Settlement::default() }
    }

    #[test]
    fn a_call_is_charged_when_it_is_reserved_and_not_again_when_it_is_settled() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.reserve(&call("1", "a", 4), None, LIMITS, NOON), Verdict::Reserved);
        assert_eq!(ledger.today(NOON), (20_000, 4));
        assert_eq!(ledger.settle(&end("1", true), NOON), Some(4));
        assert_eq!(ledger.settle(&end("1", false), NOON), None, "the first settlement holds");
        assert_eq!((ledger.today(NOON).1, ledger.under_way()), (4, 0));
    }

    #[test]
    fn a_refused_call_gives_its_cost_back() {
        let mut ledger = Ledger::default();
        ledger.reserve(&call("1", "a", 4), None, LIMITS, NOON);
        assert_eq!(ledger.settle(&end("1", false), NOON), Some(0));
        assert_eq!(ledger.today(NOON).1, 0);
        assert_eq!(ledger.accounts["a"], Account::default());
    }

    #[test]
    fn each_limit_has_its_own_verdict() {
        let half_a_day = u32::try_from(DAY_MS / 2000).expect("fits");
        for (before, asked, verdict) in [
            (vec![call("1", "a", 1), call("2", "a", 1), call("3", "a", 1)], call("4", "a", 1), Verdict::Busy),
            (vec![call("1", "a", 6)], call("2", "a", 1), Verdict::SessionSpent),
            (vec![call("1", "a", 5), call("2", "b", 5)], call("3", "c", 1), Verdict::DaySpent { seconds: half_a_day }),
            (vec![call("1", "a", 6)], call("2", "b", 4), Verdict::Reserved),
        ] {
            let mut ledger = Ledger::default();
            for call in &before {
                assert_eq!(ledger.reserve(call, None, LIMITS, NOON), Verdict::Reserved);
            }
            let charged = ledger.today(NOON).1;
            assert_eq!(ledger.reserve(&asked, None, LIMITS, NOON), verdict);
            let more = if verdict == Verdict::Reserved { asked.cost } else { 0 };
            assert_eq!(ledger.today(NOON).1, charged + more, "a refused reservation books nothing");
        }
    }

    #[test]
    fn the_sessions_limits_do_not_bind_the_owners_programs() {
        let mut ledger = Ledger::default();
        for lease in ["1", "2", "3", "4", "5"] {
            let call = Reservation { visitor: false, ..call(lease, "ci", 2) };
            assert_eq!(ledger.reserve(&call, None, LIMITS, NOON), Verdict::Reserved);
        }
    }

    fn earlier(charge: u64, open: bool, repetitions: u32) -> Earlier {
        Earlier { route: "chat".to_owned(), hash: "h".to_owned(), charge, open, repetitions }
    }

    fn repeated(attempt: &str) -> Reservation {
        Reservation { hash: "h".to_owned(), attempt: attempt.to_owned(), ..call("a.1", "a", 4) }
    }

    #[test]
    fn the_limits_hold_for_repetitions_and_what_is_free_is_under_no_budget() {
        let half_a_day = u32::try_from(DAY_MS / 2000).expect("fits");
        let limits = |day, session, in_flight| Limits { day, session, in_flight, ..LIMITS };
        for (limits, repetitions, verdict) in [
            (limits(10, 6, 1), 0, Verdict::Busy),
            (limits(10, 6, 1), 8, Verdict::Busy),
            (limits(4, 4, 2), 0, Verdict::Again { cost: 0 }),
            (limits(1, 1, 2), 0, Verdict::Again { cost: 0 }),
            (limits(10, 7, 2), 8, Verdict::SessionSpent),
            (limits(7, 10, 2), 8, Verdict::DaySpent { seconds: half_a_day }),
            (limits(8, 8, 2), 8, Verdict::Again { cost: 4 }),
        ] {
            let mut ledger = Ledger::default();
            assert_eq!(ledger.reserve(&repeated("w-1"), None, LIMITS, NOON), Verdict::Reserved);
            let asked = ledger.reserve(&repeated("w-2"), Some(&earlier(4, true, repetitions)), limits, NOON);
            assert_eq!(asked, verdict, "{limits:?}");
        }
    }

    #[test]
    fn a_repetition_has_a_place_of_its_own_and_never_touches_the_first_calls() {
        let mut ledger = Ledger::default();
        ledger.reserve(&repeated("w-1"), None, LIMITS, NOON);
        for attempt in ["w-2", "w-3"] {
            let verdict = ledger.reserve(&repeated(attempt), Some(&earlier(4, true, 0)), LIMITS, NOON);
            assert_eq!(verdict, Verdict::Again { cost: 0 });
        }
        assert_eq!(ledger.accounts["a"], Account { charged: 4, open: 3 });
        assert_eq!(ledger.settle(&end("a.1~w-2", true), NOON), Some(0));
        assert_eq!(ledger.settle(&end("a.1~w-3", false), NOON), Some(0));
        assert!(!ledger.release("a.1~w-2"), "it was settled whole");
        assert_eq!(ledger.accounts["a"], Account { charged: 4, open: 1 });
        assert!(ledger.release("a.1"));
    }

    #[test]
    fn what_a_refusal_gives_back_depends_on_who_pays_for_it() {
        // The first call was repeated: repetitions so far, whose refusal it is, what is charged after it.
        for (repetitions, refused, charge, charged) in
            [(0, "a.1", 4, 4), (8, "a.1", 4, 8), (0, "a.1~w-2", 0, 4), (8, "a.1~w-2", 0, 4)]
        {
            let mut ledger = Ledger::default();
            let limits = Limits { session: 10, ..LIMITS };
            ledger.reserve(&repeated("w-1"), None, limits, NOON);
            ledger.reserve(&repeated("w-2"), Some(&earlier(4, true, repetitions)), limits, NOON);
            assert_eq!(ledger.settle(&end(refused, false), NOON), Some(charge), "{repetitions} {refused}");
            assert_eq!(ledger.today(NOON).1, charged, "{repetitions} {refused}");
        }
    }

    #[test]
    fn a_lease_that_nobody_settles_ends_and_stays_charged() {
        let mut ledger = Ledger::default();
        ledger.reserve(&call("1", "a", 4), None, LIMITS, NOON);
        assert_eq!(ledger.next_expiry(), Some(NOON + 1_000));
        assert_eq!(ledger.expire(NOON + 999), Vec::<String>::new());
        assert_eq!(ledger.expire(NOON + 1_000), ["1"]);
        assert_eq!(ledger.settle(&end("1", false), NOON + 1_001), None, "too late to be given back");
        assert_eq!((ledger.today(NOON).1, ledger.accounts["a"]), (4, Account { charged: 4, open: 0 }));
    }

    #[test]
    fn an_answer_under_way_keeps_its_place_until_it_is_released() {
        let mut ledger = Ledger::default();
        ledger.reserve(&call("1", "a", 4), None, LIMITS, NOON);
        assert_eq!(ledger.settle(&Settlement { open: true, ..end("1", true) }, NOON), Some(4));
        assert_eq!(ledger.accounts["a"].open, 1);
        assert!(ledger.release("1"));
        assert!(!ledger.release("1"));
        assert_eq!(ledger.accounts["a"].open, 0);
    }

    #[test]
    fn a_day_whose_budget_is_spent_ends_with_the_first_reservation_of_the_next() {
        let mut ledger = Ledger::default();
        for caller in ["a", "b"] {
            ledger.reserve(&call(caller, caller, 5), None, LIMITS, NOON);
        }
        let (last, next) = (20_001 * DAY_MS - 1, 20_001 * DAY_MS);
        assert_eq!(ledger.reserve(&call("3", "c", 1), None, LIMITS, last), Verdict::DaySpent { seconds: 1 });
        assert_eq!(ledger.reserve(&call("3", "c", 1), None, LIMITS, next), Verdict::Reserved);
        assert_eq!(ledger.settle(&end("3", false), next), Some(0), "it is booked on the new day");
        assert_eq!(ledger.today(next), (20_001, 0));
    }

    #[test]
    fn a_call_whose_answer_is_under_way_gives_nothing_back_any_more() {
        let mut ledger = Ledger::default();
        ledger.reserve(&call("1", "a", 4), None, LIMITS, NOON);
        ledger.settle(&Settlement { open: true, ..end("1", true) }, NOON);
        assert_eq!(ledger.settle(&end("1", false), NOON), None);
        assert_eq!((ledger.today(NOON).1, ledger.accounts["a"]), (4, Account { charged: 4, open: 1 }));
    }

    #[test]
    fn the_next_expiry_is_that_of_the_lease_that_ends_first() {
        let mut ledger = Ledger::default();
        ledger.reserve(&call("1", "a", 1), None, LIMITS, NOON);
        ledger.reserve(&call("2", "b", 1), None, LIMITS, NOON + 500);
        assert_eq!(ledger.next_expiry(), Some(NOON + 1_000));
        assert_eq!(ledger.expire(NOON + 1_000), ["1"]);
        assert_eq!(ledger.next_expiry(), Some(NOON + 1_500));
    }

    #[test]
    fn a_new_day_begins_with_nothing_charged_and_gets_nothing_back_from_the_last() {
        let mut ledger = Ledger::default();
        ledger.reserve(&call("1", "a", 4), None, LIMITS, NOON);
        let next = NOON + DAY_MS;
        assert_eq!(ledger.today(next), (20_001, 0));
        ledger.reserve(&call("2", "b", 3), None, LIMITS, next);
        ledger.settle(&end("1", false), next);
        assert_eq!(ledger.today(next).1, 3, "what comes back belongs to the day before");
        assert_eq!(ledger.today(NOON), (20_001, 3), "a clock that goes back changes nothing");
    }
}
