//! The Durable Object that keeps the books. All of it happens in one place and one call at a time, so that calls from
//! every corner of the world share one budget.

use std::cell::{Cell, RefCell};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use worker::wasm_bindgen::{self, prelude::*};
use worker::{Env, web_sys};

use super::books::{Books, rows};
use super::ledger::{Ledger, Limits, Settled, day_of};
use super::repetition::{FREE_REPETITIONS, REPETITION_MARK};
use super::{Booking, Claim, Reservation, Settlement, Standing, Verdict};
use crate::platform;
use crate::session::SESSION_LIFE;
use crate::settings::Settings;

/// How long a reservation can be repeated, in milliseconds: as long as the API keeps an answer, and a day more.
const LEASES_KEPT: u64 = 2 * 24 * 60 * 60 * 1000;

/// How long the Worker knows whose a chat is, in milliseconds.
const IDS_KEPT: u64 = 30 * 24 * 60 * 60 * 1000;

/// How often the object looks for what it may forget, in milliseconds.
const TIDY_EVERY: u64 = 6 * 60 * 60 * 1000;

/// The object. Its memory is only a copy of its tables, which it reads again after every fault.
#[wasm_bindgen(wasm_bindgen = worker::wasm_bindgen)]
#[expect(missing_debug_implementations, reason = "a handle of the runtime's")]
pub struct Budget {
    books: Books,
    /// Of the settings with which it was made, for a Worker of an earlier version, which sends none.
    limits: Option<Limits>,
    ledger: RefCell<Option<Ledger>>,
    alarm: Cell<Option<u64>>,
}

#[wasm_bindgen(wasm_bindgen = worker::wasm_bindgen)]
impl Budget {
    /// Made by the runtime.
    #[wasm_bindgen(constructor)]
    pub fn new(state: &JsValue, env: &Env) -> Result<Self, JsValue> {
        let limits = Settings::parse(&platform::environment(env)).ok().map(|settings| settings.limits);
        Ok(Self { books: Books::new(state)?, limits, ledger: RefCell::default(), alarm: Cell::default() })
    }

    /// Answers the Worker: see [`super::client`].
    pub fn fetch(&self, request: &web_sys::Request) -> Result<web_sys::Response, JsValue> {
        let url = request.url();
        let question = url.rsplit('/').next().unwrap_or_default();
        let (kind, query) = question.split_once('?').unwrap_or((question, ""));
        let answer = self.answer(kind, query, platform::whole_now());
        if answer.is_err() {
            // The tables may be ahead of the memory now, or behind: they are right.
            *self.ledger.borrow_mut() = None;
        }
        web_sys::Response::new_with_opt_str(Some(&answer?))
    }

    /// Ends the leases whose time is over, and forgets what is old.
    pub fn alarm(&self) -> Result<(), JsValue> {
        let now = platform::whole_now();
        // It is over, whenever it was set for: what is due is ended as the ledger is asked.
        self.alarm.set(Some(0));
        let (leases, ids) = (now.saturating_sub(LEASES_KEPT), now.saturating_sub(IDS_KEPT));
        let is_left = self.books.forget(float(day_of(leases)), float(leases), float(ids))?;
        let next = self.with_ledger(now, |ledger| {
            ledger.forget_accounts();
            ledger.next_expiry()
        })?;
        if next.is_none() && is_left { self.wake(now + TIDY_EVERY) } else { Ok(()) }
    }
}

impl Budget {
    fn answer(&self, kind: &str, query: &str, now: u64) -> Result<String, JsValue> {
        match kind {
            "reserve" => {
                let limits = self.limits(query).ok_or("no limits")?;
                let verdict = self.reserve(&read(query)?, limits, now)?;
                serde_json::to_string(&verdict).map_err(|fault| fault.to_string().into())
            }
            "settle" => {
                let charge = self.settle(&read(query)?, now)?;
                Ok(charge.map(|charge| charge.to_string()).unwrap_or_default())
            }
            "release" => self.release(query, now).map(|()| String::new()),
            "owns" => self.standing(&read(query)?).map(|standing| standing.word().to_owned()),
            "usage" => self.usage(self.limits(query), now),
            _ => Err("unknown question".into()),
        }
    }

    /// The limits that came with a question. This object may have been made long before them.
    fn limits(&self, query: &str) -> Option<Limits> {
        read(query).ok().or(self.limits)
    }

    fn reserve(&self, asked: &Reservation, limits: Limits, now: u64) -> Result<Verdict, JsValue> {
        if !asked.chat.is_empty() && !self.books.owns(&asked.caller, &asked.chat)? {
            return Ok(Verdict::NotOwn);
        }
        let earlier = match asked.hash.as_str() {
            "" => None,
            _ => self.books.earlier(&asked.lease, REPETITION_MARK, FREE_REPETITIONS)?,
        };
        let visitor = asked.visitor.then_some(asked.caller.as_str());
        let verdict = self.with_account(visitor, now, |ledger| ledger.reserve(asked, earlier.as_ref(), limits, now))?;
        if let Some(Booking { lease, cost, again }) = verdict.booking(asked) {
            if earlier.is_some() && !again {
                // The refusal that it takes the place of still counts.
                self.books.displace(&lease, &asked.displaced())?;
            }
            let expires = now + limits.lease_ms;
            let Reservation { caller, route, hash, .. } = asked;
            let (charge, day) = (float(cost), float(day_of(now)));
            self.books.book(&lease, caller, route, hash, charge, day, float(now), float(expires))?;
            self.wake(expires)?;
        }
        Ok(verdict)
    }

    fn settle(&self, settlement: &Settlement, now: u64) -> Result<Option<u64>, JsValue> {
        // Only what a refusal gives back depends on the caller's sums.
        let visitor = (settlement.visitor && !settlement.spent).then_some(settlement.caller.as_str());
        let settled = self.with_account(visitor, now, |ledger| ledger.settle(settlement, now))?;
        match settled {
            Some(Settled::Stays(_)) => self.books.settle(&settlement.lease, settlement.open)?,
            Some(Settled::Refused) => self.books.give_back(&settlement.lease)?,
            // The API knows nothing of it, and nobody can repeat it.
            Some(Settled::Unsent) => self.books.erase(&settlement.lease)?,
            None => {}
        }
        for id in [&settlement.chat, &settlement.job] {
            if !id.is_empty() {
                self.books.own(&settlement.caller, id, float(now))?;
            }
        }
        Ok(settled.map(Settled::charge))
    }

    fn release(&self, lease: &str, now: u64) -> Result<(), JsValue> {
        let was_open = self.with_ledger(now, |ledger| ledger.release(lease))?;
        if was_open { self.books.release(lease) } else { Ok(()) }
    }

    fn standing(&self, Claim { caller, id, bound }: &Claim) -> Result<Standing, JsValue> {
        if self.books.owns(caller, id)? {
            return Ok(Standing::Own);
        }
        Ok(if self.books.has(bound)? { Standing::Bound } else { Standing::Unused })
    }

    fn usage(&self, limits: Option<Limits>, now: u64) -> Result<String, JsValue> {
        let ((day, charged), under_way) = self.with_ledger(now, |ledger| (ledger.today(now), ledger.under_way()))?;
        let mut usage: Value = rows(&self.books.usage(float(day))?)?;
        let daily = limits.map(|limits| limits.day);
        usage["day"] = json!(day);
        usage["dailyBudget"] = json!(daily);
        usage["charged"] = json!(charged);
        usage["left"] = json!(daily.map(|daily| daily.saturating_sub(charged)));
        usage["underWay"] = json!(under_way);
        Ok(usage.to_string())
    }

    /// The same with a visitor's sums, which are read when they are first asked for: of all who came within a day, few
    /// are here.
    fn with_account<T>(
        &self,
        visitor: Option<&str>,
        now: u64,
        work: impl FnOnce(&mut Ledger) -> T,
    ) -> Result<T, JsValue> {
        self.with_ledger(now, |ledger| {
            if let Some(caller) = visitor.filter(|caller| !ledger.has_account(caller)) {
                let since = now.saturating_sub(u64::from(SESSION_LIFE) * 1000);
                ledger.take_account(caller, self.books.account(caller, float(since))?);
            }
            Ok(work(ledger))
        })?
    }

    /// Works on the books in memory, which are read from the tables where there are none. Leases whose time is over
    /// are ended first: an alarm may come late, and a caller must not wait for it.
    fn with_ledger<T>(&self, now: u64, work: impl FnOnce(&mut Ledger) -> T) -> Result<T, JsValue> {
        // Put back only when all went well, so that after a fault the tables are read again.
        let mut ledger = match self.ledger.take() {
            Some(ledger) => ledger,
            None => self.load(now)?,
        };
        if self.alarm.get().is_some_and(|alarm| alarm <= now) {
            self.end_leases(&mut ledger, now)?;
        }
        let done = work(&mut ledger);
        self.ledger.replace(Some(ledger));
        Ok(done)
    }

    fn end_leases(&self, ledger: &mut Ledger, now: u64) -> Result<(), JsValue> {
        for lease in ledger.expire(now) {
            self.books.release(&lease)?;
        }
        self.alarm.set(None);
        ledger.next_expiry().map_or(Ok(()), |next| self.wake(next))
    }

    fn load(&self, now: u64) -> Result<Ledger, JsValue> {
        let day = day_of(now);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of small whole numbers")]
        let charged = self.books.charged(float(day))? as u64;
        let ledger = Ledger::open(day, charged, self.books.leases(REPETITION_MARK)?);
        if let Some(next) = ledger.next_expiry() {
            self.wake(next)?;
        }
        Ok(ledger)
    }

    /// Makes sure that the object is woken at that time or before.
    fn wake(&self, time: u64) -> Result<(), JsValue> {
        if self.alarm.get().is_some_and(|alarm| alarm <= time) {
            return Ok(());
        }
        self.alarm.set(Some(time));
        self.books.wake(float(time))
    }
}

fn read<T: DeserializeOwned>(query: &str) -> Result<T, JsValue> {
    serde_urlencoded::from_str(query).map_err(|fault| fault.to_string().into())
}

/// Times and costs are far below 2^53, where doubles are exact.
#[expect(clippy::cast_precision_loss, reason = "below 2^53")]
fn float(number: u64) -> f64 {
    number as f64
}
