//! The arithmetic of the budget, without storage or clock.
//!
//! A charge is booked when a call is reserved and taken back only when the API provably refused it. So whatever gets
//! lost on the way (an answer, a settlement, the Worker itself) counts as spent, and the sum of charges is at every
//! moment the most that can have been billed.

use std::collections::HashMap;

use super::{Reservation, Settlement, Verdict};

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
        self.turn(now);
        if let Some(earlier) = earlier {
            if earlier.route != asked.route || earlier.hash != asked.hash {
                return Verdict::Conflict;
            }
            // Paid for or still under way. Only after its cost came back is it booked anew.
            if earlier.open || earlier.charge > 0 {
                return Verdict::Again;
            }
        }
        let account = self.accounts.get(&asked.caller).copied().unwrap_or_default();
        if asked.visitor && account.open >= limits.in_flight {
            return Verdict::Busy;
        }
        if asked.visitor && account.charged + asked.cost > limits.session {
            return Verdict::SessionSpent;
        }
        if self.charged + asked.cost > limits.day {
            return Verdict::DaySpent { seconds: seconds_left(now) };
        }
        self.book(asked, now + limits.lease_ms);
        Verdict::Reserved
    }

    fn book(&mut self, asked: &Reservation, expires: u64) {
        self.charged += asked.cost;
        let account = self.accounts.entry(asked.caller.clone()).or_default();
        account.charged += asked.cost;
        account.open += 1;
        let lease = Lease { caller: asked.caller.clone(), charge: asked.cost, day: self.day, expires, settled: false };
        self.leases.insert(asked.lease.clone(), lease);
    }

    /// Writes down how a call ended and gives its charge; `None` when that is known already, or when its time was over
    /// and it counts as spent.
    pub(crate) fn settle(&mut self, settlement: &Settlement, now: u64) -> Option<u64> {
        self.turn(now);
        let lease = self.leases.get_mut(&settlement.lease).filter(|lease| !lease.settled)?;
        lease.settled = true;
        if !settlement.spent {
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
        self.turn(now);
        (self.day, self.charged)
    }

    /// How many calls are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.leases.len()
    }

    /// A new day begins with nothing charged. A clock that goes back changes nothing.
    fn turn(&mut self, now: u64) {
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
    use super::{Account, DAY_MS, Earlier, Ledger, Limits};
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

    #[test]
    fn a_repeated_call_costs_nothing_more_unless_its_cost_came_back() {
        let earlier = |charge, open| Earlier { route: "chat".to_owned(), hash: "h".to_owned(), charge, open };
        let repeated = Reservation { hash: "h".to_owned(), ..call("a.1", "a", 4) };
        for (earlier, verdict, charged) in [
            (earlier(4, true), Verdict::Again, 0),
            (earlier(4, false), Verdict::Again, 0),
            (earlier(0, true), Verdict::Again, 0),
            (earlier(0, false), Verdict::Reserved, 4),
            (Earlier { hash: "other".to_owned(), ..earlier(4, true) }, Verdict::Conflict, 0),
            (Earlier { route: "job".to_owned(), ..earlier(0, false) }, Verdict::Conflict, 0),
        ] {
            let mut ledger = Ledger::default();
            assert_eq!(ledger.reserve(&repeated, Some(&earlier), LIMITS, NOON), verdict, "{earlier:?}");
            assert_eq!(ledger.today(NOON).1, charged);
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
