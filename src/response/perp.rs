//! A perpetual-trading suggestion.

use super::shape::answer;

answer! {
    /// An answer of `POST /v1/developer/perp-trading-suggestion` (`PerpTradingResponse`). Prices keep the digits
    /// that were sent. In which currency they are, the API does not say; only the margin of the request is in US dollars.
    ///
    /// ```
    /// use minara::request::{Delivery, PerpRequest, Request as _, Style};
    /// use minara::response::{Answer as _, PerpSuggestion};
    /// use minara::wire::WireRequest;
    ///
    /// let request = PerpRequest::new("SOL").style(Style::DayTrading).leverage(5.0).validate(Delivery::Whole)?;
    /// let message = WireRequest::call(&request);
    /// assert_eq!(message.body_json().as_deref(), Some(r#"{"symbol":"SOL","style":"day-trading","leverage":5}"#));
    ///
    /// let body = r#"{"side":"long","entryPrice":84.27,"stopLossPrice":81.5,"confidence":72}"#;
    /// let idea = PerpSuggestion::read(200, Some("application/json"), body)?;
    /// assert_eq!((idea.side.as_deref(), idea.entry_price.and_then(|price| price.as_f64())), (Some("long"), Some(84.27)));
    /// # Ok::<(), minara::Error>(())
    /// ```
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
