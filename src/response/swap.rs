//! A swap, ready to be reviewed and then signed by a wallet.

use super::shape::{BILLED, answer};
use crate::error::{Code, Error, Result, redact};
use crate::json::{Json, JsonKind, given, text_at};
use crate::wording::{filled, head, sentence};

answer! {
    /// What the API understood. Amounts are decimal strings in the token's smallest unit.
    pub struct SwapIntent {
        /// Chain name, such as `base`.
        chain: "chain" text,
        /// Contract of the token given; missing for the chain's own coin.
        input_token_address: "inputTokenAddress" text,
        /// Symbol of the token given.
        input_token_symbol: "inputTokenSymbol" text,
        /// Contract of the token received.
        output_token_address: "outputTokenAddress" text,
        /// Symbol of the token received.
        output_token_symbol: "outputTokenSymbol" text,
        /// Amount given, in the smallest unit (wei for ETH).
        amount: "amount" text,
        /// The wallet that was asked for.
        user_wallet_address: "userWalletAddress" text,
    }
}

answer! {
    /// What the swap is expected, not promised, to give. Token amounts are decimal strings in the token's smallest unit.
    pub struct Quote {
        /// Amount given.
        from_token_amount: "fromTokenAmount" text,
        /// Amount expected.
        to_token_amount: "toTokenAmount" text,
        /// Gas units expected.
        estimated_gas: "estimatedGas" text,
        /// How far the swap moves the price, in percent; its sign is not specified.
        price_impact: "priceImpact" text,
        /// Fee of the trade; the API does not say in which unit.
        trade_fee: "tradeFee" text,
    }
}

answer! {
    /// A token of the swap.
    pub struct Token {
        /// Its contract; `0xEeee…EEeE` stands for the chain's own coin.
        address: "address" text,
        /// Its symbol.
        symbol: "symbol" text,
        /// How many digits its amounts have after the point, as a string.
        decimals: "decimals" text,
        /// Its price in US dollars, as a string.
        unit_price: "unitPrice" text,
    }
}

answer! {
    /// The transaction, not yet signed. Quantities are decimal strings; a wallet wants them in hexadecimal.
    pub struct UnsignedTx {
        /// `evm`.
        chain_type: "chainType" text,
        /// Who signs.
        from: "from" text,
        /// The contract called.
        to: "to" text,
        /// The call, as 0x-hexadecimal.
        data: "data" text,
        /// Coin sent along, in wei.
        value: "value" text,
        /// Gas limit: an estimate.
        gas: "gas" text,
        /// Legacy gas price in wei; leave fees to the wallet.
        gas_price: "gasPrice" text,
        /// EIP-1559 priority fee in wei; leave fees to the wallet.
        max_priority_fee_per_gas: "maxPriorityFeePerGas" text,
    }
}

answer! {
    /// The ERC-20 approval that the swap needs first. Amounts are decimal strings in the token's smallest unit.
    pub struct Approval {
        /// Whether one is needed.
        is_required: "isRequired" flag,
        /// The token to approve.
        token_address: "tokenAddress" text,
        /// Who may spend it; not the contract that the transaction calls.
        spender_address: "spenderAddress" text,
        /// The least that must be approved.
        required_amount: "requiredAmount" text,
        /// The amount that the API recommends.
        approve_amount: "approveAmount" text,
        /// What is approved now.
        current_allowance: "currentAllowance" text,
        /// The same for a person.
        message: "message" text,
    }
}

answer! {
    /// An answer of `POST /v1/developer/intent-to-swap-tx` (`SwapTransactionResponse`). Amounts are whole numbers of the
    /// token's smallest unit, as text. Nothing in it has been checked against the request: review it before signing. A
    /// whole call is shown at [`WireRequest`](crate::wire::WireRequest).
    #![guard(check_transaction)]
    pub struct SwapTransaction {
        /// What the API understood.
        intent: "intent" object(SwapIntent),
        /// What the swap is expected to give.
        quote: "quote" object(Quote),
        /// The token given.
        input_token: "inputToken" object(Token),
        /// The token received.
        output_token: "outputToken" object(Token),
        /// The transaction to review and sign.
        unsigned_tx: "unsignedTx" object(UnsignedTx),
        /// The approval needed first.
        approval: "approval" object(Approval),
    }
}

/// Refuses what is no EVM transaction of the documented shape: the older `{ transaction }`, other chain types wherever they
/// are named, and what says neither its chain type nor what it calls, such as the bytes of another chain's transaction.
fn check_transaction<J: Json>(answer: &J) -> Result<()> {
    let unsigned = given(answer, "unsignedTx");
    if unsigned.is_none() && given(answer, "transaction").is_some() {
        return Err(unsupported(&["it has the older shape with \"transaction\" instead of \"unsignedTx\""]));
    }
    let kind = unsigned.as_deref().and_then(|tx| text_at(tx, "chainType"));
    if let Some(kind) = kind.or_else(|| text_at(answer, "chainType")) {
        if kind.eq_ignore_ascii_case("evm") {
            return Ok(());
        }
        let kind = redact(&kind);
        let shown = head(&kind, 40);
        return Err(unsupported(&["its chainType is \"", shown, if shown.len() < kind.len() { "…\"" } else { "\"" }]));
    }
    let is_unknown = |tx: &J| tx.kind() == JsonKind::Object && TELLING.iter().all(|name| given(tx, name).is_none());
    if unsigned.as_deref().is_some_and(is_unknown) {
        return Err(unsupported(&["its unsignedTx says neither its chainType nor which contract it calls"]));
    }
    Ok(())
}

/// By each of these a transaction says what it is; whether it says so in the right form is for its shape to tell.
const TELLING: [&str; 3] = ["chainType", "to", "data"];

fn unsupported(why: &[&str]) -> Error {
    let why = sentence(why);
    Error::new(
        Code::UnsupportedTransaction,
        filled("The swap answer cannot be signed by an EVM wallet: {}{}", &[&why, BILLED]),
    )
}
