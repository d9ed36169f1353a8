//! The tables as `books.js` keeps them, and what is read from them.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use worker::wasm_bindgen::{self, prelude::*};

use super::ledger::{Account, Lease};
use super::repetition::Earlier;

#[wasm_bindgen(module = "/src/budget/books.js")]
extern "C" {
    pub(super) type Books;

    #[wasm_bindgen(constructor, catch)]
    pub(super) fn new(state: &JsValue) -> Result<Books, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn charged(this: &Books, day: f64) -> Result<f64, JsValue>;
    #[wasm_bindgen(method, catch, js_name = account)]
    fn account_row(this: &Books, caller: &str, since: f64) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch, js_name = leases)]
    fn lease_rows(this: &Books, again: &str) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch, js_name = earlier)]
    fn earlier_row(this: &Books, id: &str, again: &str, most: u32) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn has(this: &Books, id: &str) -> Result<bool, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn owns(this: &Books, caller: &str, id: &str) -> Result<bool, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn book(
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
    pub(super) fn displace(this: &Books, id: &str, other: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn settle(this: &Books, id: &str, open: bool) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = giveBack)]
    pub(super) fn give_back(this: &Books, id: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn erase(this: &Books, id: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn release(this: &Books, id: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn own(this: &Books, caller: &str, id: &str, seen: f64) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn forget(this: &Books, day: f64, leases_before: f64, ids_before: f64) -> Result<bool, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn wake(this: &Books, time: f64) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn usage(this: &Books, day: f64) -> Result<String, JsValue>;
}

#[derive(Deserialize)]
struct AccountRow {
    charged: u64,
    open: u32,
    refused: u32,
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

impl Books {
    /// A caller's sums since a time.
    pub(super) fn account(&self, caller: &str, since: f64) -> Result<Account, JsValue> {
        let AccountRow { charged, open, refused } = rows(&self.account_row(caller, since)?)?;
        Ok(Account { charged, open, refused })
    }

    /// The leases that are not over, by their ids; `again` marks the ids of repetitions.
    pub(super) fn leases<T: FromIterator<(String, Lease)>>(&self, again: &str) -> Result<T, JsValue> {
        let leases: Vec<LeaseRow> = rows(&self.lease_rows(again)?)?;
        Ok(leases.into_iter().map(LeaseRow::into_entry).collect())
    }

    /// The reservation of that id, its repetitions counted no further than to `most`.
    pub(super) fn earlier(&self, id: &str, again: &str, most: u32) -> Result<Option<Earlier>, JsValue> {
        let row: Option<EarlierRow> = rows(&self.earlier_row(id, again, most)?)?;
        Ok(row.map(EarlierRow::into_earlier))
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

/// What a statement found, from its JSON text.
pub(super) fn rows<T: DeserializeOwned>(text: &str) -> Result<T, JsValue> {
    serde_json::from_str(text).map_err(|fault| fault.to_string().into())
}
