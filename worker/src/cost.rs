//! What calls cost the owner, in units of the owner's choice: credits, cents, or just weights.

use minara::request::{Endpoint, JsonValue, Mode, ValidRequest};
use serde_json::Value;

/// The cost of each call (`COSTS`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Costs([u64; KINDS.len()]);

/// Every kind of call with its usual cost. The API does not say what a call costs: that an expert answer, which is an
/// in-depth one, weighs as much as three fast ones is our judgement.
const KINDS: [(&str, u64); 6] = [
    ("chat.fast", 1),
    ("chat.expert", 3),
    ("intent-to-swap-tx", 1),
    ("perp-trading-suggestion", 1),
    ("prediction-market-ask.fast", 1),
    ("prediction-market-ask.expert", 3),
];

/// Highest cost of one call; sums of any number of them stay exact in `SQLite` and in JSON.
const MAX_COST: u64 = 1_000_000;

impl Default for Costs {
    fn default() -> Self {
        Self(KINDS.map(|(_, cost)| cost))
    }
}

impl Costs {
    /// Reads a JSON object of kinds and whole numbers; kinds that it does not name keep their usual cost. `None` if it
    /// names another kind or another cost than 0 to 1,000,000.
    pub(crate) fn parse(table: &Value) -> Option<Self> {
        let mut costs = Self::default();
        for (kind, cost) in table.as_object()? {
            let index = KINDS.iter().position(|(name, _)| name == kind)?;
            costs.0[index] = cost.as_u64().filter(|cost| *cost <= MAX_COST)?;
        }
        Some(costs)
    }

    /// What a call costs.
    pub(crate) fn of(&self, request: &ValidRequest) -> u64 {
        let is_expert = request.get("mode").and_then(JsonValue::as_str) == Some(Mode::Expert.as_str());
        self.0[match request.endpoint() {
            Endpoint::Chat => usize::from(is_expert),
            Endpoint::IntentToSwap => 2,
            Endpoint::PerpTradingSuggestion => 3,
            Endpoint::PredictionMarketAsk => 4 + usize::from(is_expert),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::Costs;
    use minara::request::{Endpoint, validate_body};
    use serde_json::json;

    #[test]
    fn each_call_has_the_cost_of_its_kind() {
        let table = json!({
            "chat.fast": 2, "chat.expert": 30, "intent-to-swap-tx": 4, "perp-trading-suggestion": 5,
            "prediction-market-ask.fast": 6, "prediction-market-ask.expert": 0,
        });
        let costs = Costs::parse(&table).expect("all known");
        let chat = |mode| json!({ "mode": mode, "stream": false, "message": { "role": "user", "content": "hi" } });
        let market = |mode| json!({ "mode": mode, "link": "https://polymarket.com/event/x" });
        let wallet = "0x742d35cc6634c0532925a3b844bc9e7595f0beb1";
        for (endpoint, body, cost) in [
            (Endpoint::Chat, chat("fast"), 2),
            (Endpoint::Chat, chat("专家"), 30),
            (Endpoint::IntentToSwap, json!({ "intent": "a", "walletAddress": wallet }), 4),
            (Endpoint::PerpTradingSuggestion, json!({ "symbol": "BTC" }), 5),
            (Endpoint::PredictionMarketAsk, market("fast"), 6),
            (Endpoint::PredictionMarketAsk, market("expert"), 0),
        ] {
            let request = validate_body(endpoint, body.to_string().as_bytes()).expect("valid");
            assert_eq!(costs.of(&request), cost, "{body}");
        }
    }

    #[test]
    fn kinds_that_are_not_named_keep_their_usual_cost() {
        let usual = json!({
            "chat.fast": 1, "chat.expert": 3, "intent-to-swap-tx": 1, "perp-trading-suggestion": 1,
            "prediction-market-ask.fast": 1, "prediction-market-ask.expert": 3,
        });
        assert_eq!(Costs::parse(&json!({})), Costs::parse(&usual));
        assert_eq!(Costs::parse(&json!({})), Some(Costs::default()));
        assert_eq!(Costs::default(), Costs([1, 3, 1, 1, 1, 3]), "an expert answer costs three times a fast one");
        assert_eq!(Costs::parse(&json!({ "chat.fast": 1_000_000 })), Some(Costs([1_000_000, 3, 1, 1, 1, 3])));
    }

    #[test]
    fn a_table_that_cannot_be_meant_is_refused() {
        for table in [
            json!({ "chat": 1 }),
            json!({ "chat.fast": -1 }),
            json!({ "chat.fast": 0.5 }),
            json!({ "chat.fast": "1" }),
            json!({ "chat.fast": 1_000_001 }),
            json!([1]),
            json!(1),
        ] {
            assert_eq!(Costs::parse(&table), None, "{table}");
        }
    }
}
