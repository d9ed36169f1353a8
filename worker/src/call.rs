//! Calls that cost money, and the look-up of their jobs: reserve, ask the API, settle, answer.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use minara::request::{Endpoint, ValidRequest};
use minara::wire::{EVENT_STREAM, WireRequest};
use minara::{Code, Error, Outcome};
use sha2::{Digest as _, Sha256};

use crate::answer::Answer;
use crate::budget::{Booking, Claim, Reservation, Settlement, client};
use crate::caller::Caller;
use crate::gateway::Exchange;
use crate::learned::{Learned, NAMES_A_CHAT};
use crate::platform::Relay;
use crate::rejection::Rejection;
use crate::settings::Settings;
use crate::upstream::{self, Reply};

/// How far into a stream the event that names its chat is looked for, in characters.
const MAX_BEGINNING: u32 = 64 * 1024;

/// When to ask again while calls are switched off, in seconds. Only the owner knows better.
const STOPPED_FOR: f64 = 3600.0;

/// A call that costs money.
pub(crate) struct PaidCall<'a> {
    /// The request that asks for it.
    pub(crate) exchange: &'a Exchange<'a>,
    /// The owner's settings.
    pub(crate) settings: &'a Settings,
    /// Who asks.
    pub(crate) caller: &'a Caller,
}

impl PaidCall<'_> {
    /// Makes the call, if the budget allows it.
    pub(crate) async fn run(&self, request: ValidRequest) -> Result<Answer, Rejection> {
        if self.settings.is_stopped {
            let error = Error::new(Code::BudgetExhausted, "The owner has switched calls off. Nothing was sent.");
            return Err(error.with_retry_after(STOPPED_FOR).into());
        }
        let cost = self.settings.costs.of(&request);
        let request = self.caller.bind(request);
        let reservation = self.reservation(&request, cost);
        let Booking { lease, cost } = client::reserve(self.exchange.env, &reservation, self.session_ends()).await?;
        self.exchange.seen.cost.set(Some(cost));
        let settlement = Settlement { lease, caller: reservation.caller, spent: true, ..Settlement::default() };
        let endpoint = request.endpoint();
        match upstream::send(&WireRequest::from(request), self.settings, self.exchange).await {
            Ok(reply) => self.deliver(reply, endpoint, settlement).await,
            Err(rejection) => {
                self.settle_failure(&rejection, settlement).await;
                Err(rejection)
            }
        }
    }

    /// Gives the cost of a refused call back, before the caller hears of it: they may repeat it at once.
    async fn settle_failure(&self, rejection: &Rejection, settlement: Settlement) {
        if !comes_back(rejection.error.outcome()) {
            return self.settle_later(&settlement);
        }
        if let Some(charge) = self.exchange.settle(&Settlement { spent: false, ..settlement }).await {
            self.exchange.seen.cost.set(Some(charge));
        }
    }

    fn reservation(&self, request: &ValidRequest, cost: u64) -> Reservation {
        let (lease, hash) = match request.request_id() {
            Some(id) if self.caller.is_known() => (id.to_owned(), hash(&request.to_json())),
            Some(id) => (format!("anyone.{id}"), hash(&request.to_json())),
            None => (self.exchange.id.to_owned(), String::new()),
        };
        let chat = request.chat_id().filter(|_| self.caller.is_known()).unwrap_or_default().to_owned();
        Reservation {
            lease,
            caller: self.caller.key(),
            visitor: matches!(self.caller, Caller::Visitor(_)),
            route: request.endpoint().name().to_owned(),
            cost,
            hash,
            chat,
            attempt: self.exchange.id.to_owned(),
        }
    }

    fn session_ends(&self) -> u32 {
        match self.caller {
            Caller::Visitor(session) => session.end().saturating_sub(self.exchange.seconds()),
            Caller::Anyone | Caller::Client(_) => 0,
        }
    }

    /// A stream is handed on; any other answer is read whole before it is answered, because the runtime lets go of a
    /// request once it is: its deadline would end with it, and so would its place.
    async fn deliver(&self, reply: Reply, endpoint: Endpoint, settlement: Settlement) -> Result<Answer, Rejection> {
        if reply.content_type == EVENT_STREAM {
            return Ok(self.relay(&reply, settlement));
        }
        let text = reply.text(self.settings.deadlines).await;
        // Only a chat's answer names ids.
        if !self.caller.is_known() || endpoint != Endpoint::Chat {
            self.settle_later(&settlement);
            return Ok(Answer::text(&reply, &text?));
        }
        let Learned { chat, job } = text.as_deref().map(Learned::from_json).unwrap_or_default();
        // Before the answer leaves, so that the caller can go on with what they learn from it.
        self.exchange.settle(&Settlement { chat, job, ..settlement }).await;
        Ok(Answer::text(&reply, &self.caller.unbound(&text?)))
    }

    /// Hands a stream on, learns a known caller's chat from the event that names it, and keeps the call's place to its
    /// end.
    fn relay(&self, reply: &Reply, settlement: Settlement) -> Answer {
        let is_known = self.caller.is_known();
        let relay = Relay::new(&reply.body(), NAMES_A_CHAT, if is_known { MAX_BEGINNING } else { 0 });
        let readable = relay.readable();
        let env = self.exchange.env.clone();
        self.exchange.context.wait_until(async move {
            let event = if is_known { relay.event().await } else { String::new() };
            let Learned { chat, .. } = Learned::from_event(&event);
            client::settle_open(&env, Settlement { chat, ..settlement.clone() }).await;
            relay.ended().await;
            client::release(&env, &settlement.lease).await;
        });
        Answer::new(reply.status, reply.content_type, readable)
    }

    fn settle_later(&self, settlement: &Settlement) {
        client::settle_later(self.exchange.env, self.exchange.context, settlement);
    }
}

impl Exchange<'_> {
    async fn settle(&self, settlement: &Settlement) -> Option<u64> {
        client::settle(self.env, self.context, settlement).await
    }
}

/// The look-up of a job, which costs nothing.
pub(crate) struct JobLookUp<'a> {
    /// The request that asks for it.
    pub(crate) exchange: &'a Exchange<'a>,
    /// The owner's settings.
    pub(crate) settings: &'a Settings,
    /// Who asks.
    pub(crate) caller: &'a Caller,
    /// The job's id, of the API's or of the caller's making.
    pub(crate) id: &'a str,
}

impl JobLookUp<'_> {
    /// The job's state, in the caller's own ids.
    pub(crate) async fn run(&self) -> Result<Answer, Rejection> {
        self.look().await.map_err(Rejection::of_look_up)
    }

    async fn look(&self) -> Result<Answer, Rejection> {
        // A caller's id that is too long with what is put before it names no job.
        let no_job = |_| Rejection::new(Code::NotFound, "There is no such job.");
        let wire = WireRequest::status(&self.id_at_api().await?).map_err(no_job)?;
        let reply = upstream::send(&wire, self.settings, self.exchange).await?;
        let text = reply.text(self.settings.deadlines).await?;
        if self.caller.is_known() {
            let Learned { chat, job } = Learned::from_json(&text);
            let learned = Settlement { caller: self.caller.key(), chat, job, ..Settlement::default() };
            self.exchange.settle(&learned).await;
        }
        Ok(Answer::text(&reply, &self.caller.unbound(&text)))
    }

    /// An id that the API gave to this caller is asked for as it is. Any other counts as one of the caller's making,
    /// and of those each caller has their own: another's job is nowhere to be found.
    async fn id_at_api(&self) -> Result<String, Rejection> {
        if !self.caller.is_known() {
            return Ok(self.id.to_owned());
        }
        let claim = Claim { caller: self.caller.key(), id: self.id.to_owned() };
        let is_owned = client::owns(self.exchange.env, &claim).await?;
        Ok(if is_owned { claim.id } else { self.caller.bound(self.id) })
    }
}

/// Whether a call that ended like that gets its cost back.
fn comes_back(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Refused | Outcome::NotSent)
}

fn hash(body: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(body.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::comes_back;
    use minara::Outcome;

    #[test]
    fn what_was_not_sent_or_provably_refused_comes_back_and_nothing_else() {
        let outcomes = [Outcome::NotSent, Outcome::Refused, Outcome::Unknown, Outcome::Done];
        assert_eq!(outcomes.map(comes_back), [true, true, false, false]);
    }
}
