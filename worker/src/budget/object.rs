//! The Durable Object that keeps the books. All of it happens in one place and one call at a time, so that calls from
//! every corner of the world share one budget.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use worker::wasm_bindgen::{self, prelude::*};
use worker::{Env, web_sys};

use super::ledger::{Account, Lease, Ledger, Limits, day_of};
use super::repetition::{Earlier, FREE_REPETITIONS, REPETITION_MARK};
use super::{Booking, Claim, Reservation, Settlement, Verdict};
use crate::platform;
use crate::session::SESSION_LIFE;
use crate::settings::Settings;

/// How long a reservation can be repeated, in milliseconds: as long as the API keeps an answer, and a day more.
const LEASES_KEPT: u64 = 2 * 24 * 60 * 60 * 1000;

/// How long the Worker knows whose a chat is, in milliseconds.
const IDS_KEPT: u64 = 30 * 24 * 60 * 60 * 1000;

/// How often the object looks for what it may forget, in milliseconds.
const TIDY_EVERY: u64 = 6 * 60 * 60 * 1000;

#[wasm_bindgen(module = "/src/budget/books.js")]
extern "C" {
    type Books;

    #[wasm_bindgen(constructor, catch)]
    fn new(state: &JsValue) -> Result<Books, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn charged(this: &Books, day: f64) -> Result<f64, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn accounts(this: &Books, since: f64) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn leases(this: &Books, again: &str) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn earlier(this: &Books, id: &str, again: &str, most: u32) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn owns(this: &Books, caller: &str, id: &str) -> Result<bool, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn book(
        this: &Books,
        id: &str,
        caller: &str,
        route: &str,
        hash: &str,
        charge: f64,
        day: f64,
        created: f64,
        expires: f64,
    ) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn settle(this: &Books, id: &str, charge: f64, open: bool) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn release(this: &Books, id: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn own(this: &Books, caller: &str, id: &str, seen: f64) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn forget(this: &Books, leases_before: f64, ids_before: f64) -> Result<bool, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn wake(this: &Books, time: f64) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn usage(this: &Books, day: f64) -> Result<String, JsValue>;
}

/// The object. Its memory is only a copy of its tables, which it reads again after every fault.
#[wasm_bindgen(wasm_bindgen = worker::wasm_bindgen)]
#[expect(missing_debug_implementations, reason = "a handle of the runtime's")]
pub struct Budget {
    books: Books,
    limits: Option<Limits>,
    ledger: RefCell<Option<Ledger>>,
    alarm: Cell<Option<u64>>,
}

#[derive(Deserialize)]
struct AccountRow {
    caller: String,
    charged: u64,
    open: u32,
}

#[derive(Deserialize)]
struct LeaseRow {
    id: String,
    caller: String,
    charge: u64,
    day: u64,
    expires: u64,
    settled: u8,
    shared: u8,
}

#[derive(Deserialize)]
struct EarlierRow {
    route: String,
    hash: String,
    charge: u64,
    open: u8,
    repetitions: u32,
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
        let next = self.with_ledger(now, |ledger| ledger.next_expiry())?;
        let is_left = self.books.forget(float(now.saturating_sub(LEASES_KEPT)), float(now.saturating_sub(IDS_KEPT)))?;
        // The sums by caller are counted anew, so that callers of the past are not remembered.
        *self.ledger.borrow_mut() = None;
        if next.is_none() && is_left { self.wake(now + TIDY_EVERY) } else { Ok(()) }
    }
}

impl Budget {
    fn answer(&self, kind: &str, query: &str, now: u64) -> Result<String, JsValue> {
        match kind {
            "reserve" => {
                let verdict = self.reserve(&read(query)?, now)?;
                serde_json::to_string(&verdict).map_err(|fault| fault.to_string().into())
            }
            "settle" => {
                let charge = self.settle(&read(query)?, now)?;
                Ok(charge.map(|charge| charge.to_string()).unwrap_or_default())
            }
            "release" => self.release(query, now).map(|()| String::new()),
            "owns" => {
                let claim: Claim = read(query)?;
                self.books.owns(&claim.caller, &claim.id).map(|owns| owns.to_string())
            }
            "usage" => self.usage(now),
            _ => Err("unknown question".into()),
        }
    }

    fn reserve(&self, asked: &Reservation, now: u64) -> Result<Verdict, JsValue> {
        let limits = self.limits.ok_or("no limits")?;
        if !asked.chat.is_empty() && !self.books.owns(&asked.caller, &asked.chat)? {
            return Ok(Verdict::NotOwn);
        }
        let earlier = if asked.hash.is_empty() { None } else { self.earlier(&asked.lease)? };
        let verdict = self.with_ledger(now, |ledger| ledger.reserve(asked, earlier.as_ref(), limits, now))?;
        if let Some(Booking { lease, cost }) = verdict.booking(asked) {
            let expires = now + limits.lease_ms;
            let Reservation { caller, route, hash, .. } = asked;
            let (charge, day) = (float(cost), float(day_of(now)));
            self.books.book(&lease, caller, route, hash, charge, day, float(now), float(expires))?;
            self.wake(expires)?;
        }
        Ok(verdict)
    }

    fn settle(&self, settlement: &Settlement, now: u64) -> Result<Option<u64>, JsValue> {
        let charge = self.with_ledger(now, |ledger| ledger.settle(settlement, now))?;
        if let Some(charge) = charge {
            self.books.settle(&settlement.lease, float(charge), settlement.open)?;
        }
        for id in [&settlement.chat, &settlement.job] {
            if !id.is_empty() {
                self.books.own(&settlement.caller, id, float(now))?;
            }
        }
        Ok(charge)
    }

    fn release(&self, lease: &str, now: u64) -> Result<(), JsValue> {
        let was_open = self.with_ledger(now, |ledger| ledger.release(lease))?;
        if was_open { self.books.release(lease) } else { Ok(()) }
    }

    fn earlier(&self, lease: &str) -> Result<Option<Earlier>, JsValue> {
        let row: Option<EarlierRow> = rows(&self.books.earlier(lease, REPETITION_MARK, FREE_REPETITIONS)?)?;
        Ok(row.map(EarlierRow::into_earlier))
    }

    fn usage(&self, now: u64) -> Result<String, JsValue> {
        let ((day, charged), under_way) = self.with_ledger(now, |ledger| (ledger.today(now), ledger.under_way()))?;
        let mut usage: Value = rows(&self.books.usage(float(day))?)?;
        let daily = self.limits.map(|limits| limits.day);
        usage["day"] = json!(day);
        usage["dailyBudget"] = json!(daily);
        usage["charged"] = json!(charged);
        usage["left"] = json!(daily.map(|daily| daily.saturating_sub(charged)));
        usage["underWay"] = json!(under_way);
        Ok(usage.to_string())
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
        let since = now.saturating_sub(u64::from(SESSION_LIFE) * 1000);
        let accounts: Vec<AccountRow> = rows(&self.books.accounts(float(since))?)?;
        let accounts: HashMap<_, _> = accounts
            .into_iter()
            .map(|AccountRow { caller, charged, open }| (caller, Account { charged, open }))
            .collect();
        let leases: Vec<LeaseRow> = rows(&self.books.leases(REPETITION_MARK)?)?;
        let leases: HashMap<_, _> = leases.into_iter().map(LeaseRow::into_entry).collect();
        let ledger = Ledger::open(day, charged, accounts, leases);
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

impl LeaseRow {
    fn into_entry(self) -> (String, Lease) {
        let Self { id, caller, charge, day, expires, settled, shared } = self;
        (id, Lease { caller, charge, day, expires, settled: settled > 0, shared: shared > 0 })
    }
}

impl EarlierRow {
    fn into_earlier(self) -> Earlier {
        let Self { route, hash, charge, open, repetitions } = self;
        Earlier { route, hash, charge, open: open > 0, repetitions }
    }
}

fn read<T: DeserializeOwned>(query: &str) -> Result<T, JsValue> {
    serde_urlencoded::from_str(query).map_err(|fault| fault.to_string().into())
}

fn rows<T: DeserializeOwned>(text: &str) -> Result<T, JsValue> {
    serde_json::from_str(text).map_err(|fault| fault.to_string().into())
}

/// Times and costs are far below 2^53, where doubles are exact.
#[expect(clippy::cast_precision_loss, reason = "below 2^53")]
fn float(number: u64) -> f64 {
    number as f64
}
