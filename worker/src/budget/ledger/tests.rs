use super::{Account, DAY_MS, FREE_REFUSALS, Ledger, Limits, Settled};
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
    assert_eq!(ledger.settle(&end("1", true), NOON), Some(Settled::Stays(4)));
    assert_eq!(ledger.settle(&end("1", false), NOON), None, "the first settlement holds");
    assert_eq!((ledger.today(NOON).1, ledger.under_way()), (4, 0));
}

#[test]
fn a_refused_call_gives_its_cost_back() {
    let mut ledger = Ledger::default();
    ledger.reserve(&call("1", "a", 4), None, LIMITS, NOON);
    assert_eq!(ledger.settle(&end("1", false), NOON), Some(Settled::Refused));
    assert_eq!(ledger.today(NOON).1, 0);
    assert_eq!(ledger.accounts["a"], Account { refused: 1, ..Account::default() });
}

#[test]
fn a_visitor_gets_the_cost_of_so_many_refused_calls_back_and_no_more() {
    let limits = Limits { day: 1_000, session: 3, ..LIMITS };
    for (visitor, charged) in [(true, 3), (false, 0)] {
        let mut ledger = Ledger::default();
        let mut refuse = |lease: u32, unsent: bool| {
            let call = Reservation { visitor, ..call(&lease.to_string(), "a", 1) };
            let verdict = ledger.reserve(&call, None, limits, NOON);
            let settlement = Settlement { unsent, visitor, ..end(&lease.to_string(), false) };
            (verdict, ledger.settle(&settlement, NOON))
        };
        for lease in 0..FREE_REFUSALS {
            assert_eq!(refuse(lease, false), (Verdict::Reserved, Some(Settled::Refused)), "{lease}");
            assert_eq!(refuse(lease, true), (Verdict::Reserved, Some(Settled::Unsent)), "{lease}");
        }
        let end = if visitor { Settled::Stays(1) } else { Settled::Refused };
        for lease in 100..103 {
            assert_eq!(refuse(lease, false), (Verdict::Reserved, Some(end)));
        }
        assert_eq!(refuse(103, true).0, if visitor { Verdict::SessionSpent } else { Verdict::Reserved });
        assert_eq!(ledger.today(NOON).1, charged);
    }
}

#[test]
fn refusals_count_on_from_what_the_tables_say() {
    let mut ledger = Ledger::default();
    assert!(!ledger.has_account("a"));
    ledger.take_account("a", Account { charged: 5, open: 0, refused: FREE_REFUSALS });
    assert_eq!(ledger.reserve(&call("1", "a", 2), None, LIMITS, NOON), Verdict::SessionSpent);
    assert_eq!(ledger.reserve(&call("2", "a", 1), None, LIMITS, NOON), Verdict::Reserved);
    assert_eq!(ledger.settle(&Settlement { visitor: true, ..end("2", false) }, NOON), Some(Settled::Stays(1)));
    ledger.forget_accounts();
    assert!(!ledger.has_account("a"), "they are read again when they are asked for");
}

#[test]
fn limits_that_were_lowered_bind_the_next_call_and_break_off_none() {
    let mut ledger = Ledger::default();
    let lowered = [Limits { day: 4, ..LIMITS }, Limits { session: 4, ..LIMITS }, Limits { in_flight: 1, ..LIMITS }];
    assert_eq!(ledger.reserve(&call("1", "a", 4), None, LIMITS, NOON), Verdict::Reserved);
    let verdicts = lowered.map(|limits| ledger.reserve(&call("2", "a", 1), None, limits, NOON));
    let half_a_day = u32::try_from(DAY_MS / 2000).expect("fits");
    assert_eq!(verdicts, [Verdict::DaySpent { seconds: half_a_day }, Verdict::SessionSpent, Verdict::Busy]);
    assert_eq!(ledger.reserve(&call("2", "a", 1), None, LIMITS, NOON), Verdict::Reserved);
    assert_eq!((ledger.today(NOON).1, ledger.under_way()), (5, 2));
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
    assert_eq!(ledger.accounts["a"], Account { charged: 4, open: 3, refused: 0 });
    assert_eq!(ledger.settle(&end("a.1~w-2", true), NOON), Some(Settled::Stays(0)));
    assert_eq!(ledger.settle(&end("a.1~w-3", false), NOON), Some(Settled::Stays(0)), "it gives nothing back");
    assert!(!ledger.release("a.1~w-2"), "it was settled whole");
    assert_eq!(ledger.accounts["a"], Account { charged: 4, open: 1, refused: 0 });
    assert!(ledger.release("a.1"));
}

#[test]
fn what_a_refusal_gives_back_depends_on_who_pays_for_it() {
    // The first call was repeated: repetitions so far, whose refusal it is, what is charged after it.
    for (repetitions, refused, settled, charged) in [
        (0, "a.1", Settled::Stays(4), 4),
        (8, "a.1", Settled::Stays(4), 8),
        (0, "a.1~w-2", Settled::Stays(0), 4),
        (8, "a.1~w-2", Settled::Refused, 4),
    ] {
        let mut ledger = Ledger::default();
        let limits = Limits { session: 10, ..LIMITS };
        ledger.reserve(&repeated("w-1"), None, limits, NOON);
        ledger.reserve(&repeated("w-2"), Some(&earlier(4, true, repetitions)), limits, NOON);
        assert_eq!(ledger.settle(&end(refused, false), NOON), Some(settled), "{repetitions} {refused}");
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
    assert_eq!((ledger.today(NOON).1, ledger.accounts["a"]), (4, Account { charged: 4, open: 0, refused: 0 }));
}

#[test]
fn an_answer_under_way_keeps_its_place_until_it_is_released() {
    let mut ledger = Ledger::default();
    ledger.reserve(&call("1", "a", 4), None, LIMITS, NOON);
    let settled = ledger.settle(&Settlement { open: true, ..end("1", true) }, NOON);
    assert_eq!(settled, Some(Settled::Stays(4)));
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
    assert_eq!(ledger.settle(&end("3", false), next), Some(Settled::Refused), "it is booked on the new day");
    assert_eq!(ledger.today(next), (20_001, 0));
}

#[test]
fn a_call_whose_answer_is_under_way_gives_nothing_back_any_more() {
    let mut ledger = Ledger::default();
    ledger.reserve(&call("1", "a", 4), None, LIMITS, NOON);
    ledger.settle(&Settlement { open: true, ..end("1", true) }, NOON);
    assert_eq!(ledger.settle(&end("1", false), NOON), None);
    assert_eq!((ledger.today(NOON).1, ledger.accounts["a"]), (4, Account { charged: 4, open: 1, refused: 0 }));
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
