//! Calls that cost money, and the look-up of their jobs: reserve, ask the API, settle, answer.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use minara::request::{Endpoint, ValidRequest};
use minara::wire::{EVENT_STREAM, WireRequest};
use minara::{Code, Error, Outcome};
use sha2::{Digest as _, Sha256};

use crate::answer::Answer;
use crate::budget::{Booking, Claim, Reservation, Settlement, Standing, client};
use crate::caller::Caller;
use crate::exchange::Exchange;
use crate::learned::{Learned, NAMES_A_CHAT};
use crate::platform::Relay;
use crate::refusal::behind_earlier_attempt;
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
        let (limits, ends) = (self.settings.limits, self.session_ends());
        let Booking { lease, cost, again } = client::reserve(self.exchange.env, &reservation, limits, ends).await?;
        self.exchange.seen.cost.set(Some(cost));
        let Reservation { caller, visitor, .. } = reservation;
        let settlement = Settlement { lease, caller, visitor, spent: true, ..Settlement::default() };
        let endpoint = request.endpoint();
        let is_chat = endpoint == Endpoint::Chat;
        match upstream::send(&WireRequest::from(request), is_chat, self.settings, self.exchange).await {
            Ok(reply) => self.deliver(reply, endpoint, settlement).await,
            Err(rejection) => {
                self.settle_failure(&rejection, settlement).await;
                Err(if again { behind_earlier_attempt(rejection) } else { rejection })
            }
        }
    }

    /// Gives the cost of a refused call back, before the caller hears of it: they may repeat it at once.
    async fn settle_failure(&self, rejection: &Rejection, settlement: Settlement) {
        let outcome = rejection.error.outcome();
        if !outcome.is_unbilled() {
            return self.settle_later(&settlement);
        }
        let unsent = outcome == Outcome::NotSent;
        if let Some(charge) = self.exchange.settle(&Settlement { spent: false, unsent, ..settlement }).await {
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
        let no_job = || Rejection::new(Code::NotFound, "There is no such job.");
        let id = self.id_at_api().await?.ok_or_else(no_job)?;
        // A caller's id that is too long with what is put before it names no job.
        let wire = WireRequest::status(&id).map_err(|_| no_job())?;
        let reply = upstream::send(&wire, false, self.settings, self.exchange).await?;
        let text = reply.text(self.settings.deadlines).await?;
        if self.caller.is_known() {
            let Learned { chat, job } = Learned::from_json(&text);
            let learned = Settlement { caller: self.caller.key(), chat, job, ..Settlement::default() };
            self.exchange.settle(&learned).await;
        }
        Ok(Answer::text(&reply, &self.caller.unbound(&text)))
    }

    /// An id that the API gave to this caller is asked for as it is, one of the caller's making as it was sent, and of
    /// those each caller has their own: another's job is nowhere to be found. For any other the API is not asked: it would
    /// be under the owner's key, for anybody, and without an end.
    async fn id_at_api(&self) -> Result<Option<String>, Rejection> {
        if !self.caller.is_known() {
            return Ok(Some(self.id.to_owned()));
        }
        let bound = self.caller.bound(self.id);
        let claim = Claim { caller: self.caller.key(), id: self.id.to_owned(), bound };
        Ok(match client::standing(self.exchange.env, &claim).await? {
            Standing::Own => Some(claim.id),
            Standing::Bound => Some(claim.bound),
            Standing::Unused => None,
        })
    }
}

fn hash(body: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(body.as_bytes()))
}
