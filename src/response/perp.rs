//! A perpetual-trading suggestion.

use super::shape::answer;

answer! {
    /// An answer of `POST /v1/developer/perp-trading-suggestion` (`PerpTradingResponse`). Prices are in US dollars and
    /// keep the digits that were sent.
    pub struct PerpSuggestion {
        /// Where to enter.
        entry_price: "entryPrice" number,
        /// `long` or `short`.
        side: "side" text,
        /// Where to give up.
        stop_loss_price: "stopLossPrice" number,
        /// Where to take the profit.
        take_profit_price: "takeProfitPrice" number,
        /// How sure the API says it is, 0–100.
        confidence: "confidence" number,
        /// What speaks for it.
        reasons: "reasons" texts,
        /// What speaks against it.
        risks: "risks" texts,
    }
}
