//! The arithmetic of the budget, without storage or clock.
//!
//! A charge is booked when a call is reserved and taken back only when the API provably refused it. So whatever gets
//! lost on the way (an answer, a settlement, the Worker itself) counts as spent, and the sum of charges is at every
//! moment the most that can have been billed.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::repetition::{Earlier, judge};
use super::{Booking, Reservation, Settlement, Verdict};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Of how many refused calls a visitor gets the cost back within a session's life. That the API bills none of them is its
/// word, and each takes of the key's own rate: without an end, a stranger could send any number for nothing.
pub(crate) const FREE_REFUSALS: u32 = 16;

/// What the owner allows. The Worker sends it along, for the object may have been made before a setting was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

/// One visitor's sums.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Account {
    /// What is booked for them.
    pub(crate) charged: u64,
    /// How many of their calls are under way.
    pub(crate) open: u32,
    /// Of how many refused calls the cost came back.
    pub(crate) refused: u32,
}

/// What becomes of a call's charge when its outcome is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It stays.
    Stays(u64),
    /// It came back: the API refused the call.
    Refused,
    /// It came back: the API never heard of the call.
    Unsent,
}

impl Settled {
    /// What is charged in the end.
    pub(crate) const fn charge(self) -> u64 {
        match self {
            Self::Stays(charge) => charge,
            Self::Refused | Self::Unsent => 0,
        }
    }
}

/// The books. Of accounts it has those that were asked for lately; the others are in the tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    day: u64,
    charged: u64,
    accounts: HashMap<String, Account>,
    leases: HashMap<String, Lease>,
}

impl Ledger {
    /// The books of a day as they were kept.
    pub(crate) fn open(day: u64, charged: u64, leases: HashMap<String, Lease>) -> Self {
        Self { day, charged, accounts: HashMap::new(), leases }
    }

    /// Whether the sums of a visitor are here.
    pub(crate) fn has_account(&self, caller: &str) -> bool {
        self.accounts.contains_key(caller)
    }

    /// Takes the sums of a visitor as the tables have them.
    pub(crate) fn take_account(&mut self, caller: &str, account: Account) {
        self.accounts.insert(caller.to_owned(), account);
    }

    /// Lets all sums go, so that callers of the past are not remembered, and what is older than a session counts no more.
    pub(crate) fn forget_accounts(&mut self) {
        self.accounts.clear();
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
        self.book(booking, asked, now + limits.lease_ms);
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

    fn book(&mut self, Booking { lease, cost, .. }: Booking, asked: &Reservation, expires: u64) {
        self.charged += cost;
        let caller = asked.caller.clone();
        if asked.visitor {
            let account = self.accounts.entry(caller.clone()).or_default();
            account.charged += cost;
            account.open += 1;
        }
        let booked = Lease { caller, charge: cost, day: self.day, expires, settled: false, shared: false };
        self.leases.insert(lease, booked);
    }

    /// Writes down how a call ended and says what becomes of its charge; `None` when that is known already, or when its
    /// time was over and it counts as spent.
    pub(crate) fn settle(&mut self, settlement: &Settlement, now: u64) -> Option<Settled> {
        self.roll_over(now);
        let lease = self.leases.get(&settlement.lease).filter(|lease| !lease.settled)?;
        let settled = self.judge_end(lease, settlement);
        let lease = self.leases.get_mut(&settlement.lease)?;
        lease.settled = true;
        let back = lease.charge - settled.charge();
        lease.charge = settled.charge();
        if lease.day == self.day {
            self.charged -= back;
        }
        if let Some(account) = self.accounts.get_mut(&lease.caller) {
            account.charged = account.charged.saturating_sub(back);
            account.refused += u32::from(settled == Settled::Refused);
        }
        if !settlement.open {
            self.release(&settlement.lease);
        }
        Some(settled)
    }

    fn judge_end(&self, lease: &Lease, settlement: &Settlement) -> Settled {
        let stays = Settled::Stays(lease.charge);
        if settlement.spent || lease.shared {
            return stays;
        }
        if settlement.unsent {
            return Settled::Unsent;
        }
        let refused = self.accounts.get(&lease.caller).map_or(0, |account| account.refused);
        let is_over = settlement.visitor && refused >= FREE_REFUSALS;
        // What cost nothing gives nothing back.
        if is_over || lease.charge == 0 { stays } else { Settled::Refused }
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
mod tests;
