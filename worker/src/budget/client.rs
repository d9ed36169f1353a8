//! The Worker's side of the budget: asks, and says what a refusal means for the caller.

use minara::{Code, Error};
use serde::Serialize;
use worker::{Context, Env};

use super::ledger::Limits;
use super::{Booking, Claim, Reservation, Settlement, Standing, Verdict};
use crate::platform;
use crate::rejection::Rejection;

/// Books a call within those limits. `session_ends` is when the caller's session does, in seconds from now.
pub(crate) async fn reserve(
    env: &Env,
    asked: &Reservation,
    limits: Limits,
    session_ends: u32,
) -> Result<Booking, Rejection> {
    let said = platform::ask_budget(env, &reservation(asked, limits)).await.ok_or_else(out_of_reach)?;
    let verdict: Verdict = serde_json::from_str(&said).map_err(|_| out_of_reach())?;
    verdict.booking(asked).ok_or_else(|| meaning(verdict, session_ends))
}

/// What a job's id is to the caller.
pub(crate) async fn standing(env: &Env, claim: &Claim) -> Result<Standing, Rejection> {
    let said = platform::ask_budget(env, &question("owns", claim)).await.ok_or_else(out_of_reach)?;
    Ok(Standing::from_word(&said))
}

/// Settles a call, and gives its charge where this was what settled it. When that fails the charge stays, and its lease
/// ends by itself.
pub(crate) async fn settle(env: &Env, context: &Context, settlement: &Settlement) -> Option<u64> {
    let told = platform::tell_budget(env, context, &question("settle", settlement));
    platform::text_of(told).await?.parse().ok()
}

/// Settles a call after the answer, which does not wait for it.
pub(crate) fn settle_later(env: &Env, context: &Context, settlement: &Settlement) {
    let _ = platform::tell_budget(env, context, &question("settle", settlement));
}

/// Settles a call whose answer is a stream: it is under way until it is released.
pub(crate) async fn settle_open(env: &Env, settlement: Settlement) {
    platform::ask_budget(env, &question("settle", &Settlement { open: true, ..settlement })).await;
}

/// Says that a call's answer has ended.
pub(crate) async fn release(env: &Env, lease: &str) {
    platform::ask_budget(env, &format!("release?{lease}")).await;
}

/// The JSON of `GET /api/admin/usage`.
pub(crate) async fn usage(env: &Env, limits: Limits) -> Result<String, Rejection> {
    platform::ask_budget(env, &question("usage", &limits)).await.ok_or_else(out_of_reach)
}

/// A message to the object, as the rest of a URL.
fn question(kind: &str, message: &impl Serialize) -> String {
    format!("{kind}?{}", fields(message))
}

/// That of a reservation: its own fields and those of the limits, of which none has another's name.
fn reservation(asked: &Reservation, limits: Limits) -> String {
    format!("{}&{}", question("reserve", asked), fields(&limits))
}

fn fields(message: &impl Serialize) -> String {
    // Flat structs of texts, numbers and flags always have such a form.
    serde_urlencoded::to_string(message).unwrap_or_default()
}

fn out_of_reach() -> Rejection {
    Rejection::new(Code::NotConfigured, "The budget cannot be reached, so nothing was sent: try again later.")
}

fn meaning(refused: Verdict, session_ends: u32) -> Rejection {
    let exhausted = |message: &str, seconds: u32| {
        Error::new(Code::BudgetExhausted, message).with_retry_after(f64::from(seconds)).into()
    };
    match refused {
        Verdict::DaySpent { seconds } => exhausted("Today's budget is used up. Nothing was sent.", seconds),
        Verdict::SessionSpent => exhausted("This session's budget is used up. Nothing was sent.", session_ends),
        Verdict::Busy => {
            Error::new(Code::RateLimited, "Too many calls of this session are under way. Nothing was sent.")
                .with_retry_after(1.0)
                .into()
        }
        Verdict::Conflict => {
            Rejection::new(Code::Conflict, "The requestId was used for another request: use a new one.")
        }
        Verdict::NotOwn => Rejection::new(Code::NotFound, "There is no such chat."),
        Verdict::Reserved | Verdict::Again { .. } => out_of_reach(),
    }
}

#[cfg(test)]
mod tests {
    use super::{question, reservation};
    use crate::budget::ledger::Limits;
    use crate::budget::{Claim, Reservation, Settlement, Standing};

    fn read<T: serde::de::DeserializeOwned>(question: &str) -> Option<T> {
        serde_urlencoded::from_str(question.split_once('?')?.1).ok()
    }

    #[test]
    fn the_limits_travel_with_a_reservation_and_neither_is_taken_for_the_other() {
        let limits = Limits { day: 10, session: 6, in_flight: 3, lease_ms: 1_000 };
        let [lease, caller, chat] = ["a.1&day=0", "a", "session=9"].map(str::to_owned);
        let asked = Reservation { lease, caller, chat, visitor: true, cost: 4, ..Reservation::default() };
        let sent = reservation(&asked, limits);
        assert_eq!((read(&sent), read(&sent)), (Some(asked.clone()), Some(limits)));
        assert_eq!(read::<Limits>(&question("reserve", &asked)), None, "an older Worker sends none");
        assert_eq!(read(&question("usage", &limits)), Some(limits));
    }

    #[test]
    fn what_an_older_worker_says_is_understood() {
        let settled = "settle?lease=1&caller=a&spent=false&open=false&chat=&job=";
        let settlement = Settlement { lease: "1".to_owned(), caller: "a".to_owned(), ..Settlement::default() };
        assert_eq!(read(settled), Some(settlement));
        let claim = Claim { caller: "a".to_owned(), id: "bg_1".to_owned(), ..Claim::default() };
        assert_eq!(read("owns?caller=a&id=bg_1"), Some(claim));
    }

    #[test]
    fn an_older_object_knows_two_words_for_what_an_id_is() {
        for standing in [Standing::Own, Standing::Bound, Standing::Unused] {
            assert_eq!(Standing::from_word(standing.word()), standing);
        }
        assert_eq!([Standing::from_word("true"), Standing::from_word("false")], [Standing::Own, Standing::Bound]);
    }
}
