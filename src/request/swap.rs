//! The swap request.

use super::{Endpoint, JsonValue, Request};

/// A swap in plain words, sent to `POST /v1/developer/intent-to-swap-tx`.
///
/// ```
/// use minara::request::{Delivery, Request as _, SwapRequest};
///
/// let request = SwapRequest::new("swap 0.1 ETH to USDC", "0x742d35cc6634c0532925a3b844bc9e7595f0beb1").on("base");
/// assert!(request.validate(Delivery::Whole)?.warnings().is_empty());
/// # Ok::<(), minara::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwapRequest {
    intent: String,
    wallet_address: String,
    chain: Option<String>,
}

impl SwapRequest {
    /// What to swap, in 1–32,000 characters, and the wallet (`0x` and 40 hexadecimal digits) that will sign.
    pub fn new(intent: impl Into<String>, wallet_address: impl Into<String>) -> Self {
        Self { intent: intent.into(), wallet_address: wallet_address.into(), chain: None }
    }

    /// On which chain, such as `base`, `ethereum`, `bsc`, `arbitrum` or `optimism`. Without it the API chooses.
    pub fn on(mut self, chain: impl Into<String>) -> Self {
        self.chain = Some(chain.into());
        self
    }
}

impl Request for SwapRequest {
    const ENDPOINT: Endpoint = Endpoint::IntentToSwap;

    fn to_json_value(&self) -> JsonValue {
        let mut members = vec![
            ("intent".to_owned(), JsonValue::from(&*self.intent)),
            ("walletAddress".to_owned(), JsonValue::from(&*self.wallet_address)),
        ];
        members.extend(self.chain.as_deref().map(|chain| ("chain".to_owned(), JsonValue::from(chain))));
        JsonValue::Object(members)
    }
}
