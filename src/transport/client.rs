//! The client for Rust: typed requests in, typed answers out.

mod settings;

use std::rc::Rc;

use serde_json::Value;

use super::call::Call;
use super::config::{CallOptions, Config};
use super::failure::Failure;
use super::reply::Reply;
use super::stream::ChatStream;
use crate::chat_stream::ChatOptions;
use crate::deadline::Limits;
use crate::error::Result;
use crate::recovery::{Accepted, accepted, job_answer};
use crate::request::{ChatRequest, Delivery, PerpRequest, PredictionRequest, Request, SwapRequest, ValidRequest};
use crate::response::{Answer, ChatAnswer, Job, PerpSuggestion, PredictionAnalysis, SwapTransaction};
use crate::wire::{ApiKey, DEFAULT_BASE_URL, WireRequest};

/// A client of the Minara Agent API, or of a Worker before it.
///
/// Dropping a future or a stream of it aborts the call on the wire.
///
/// ```no_run
/// # async fn run() -> minara::Result<()> {
/// use minara::request::{ChatRequest, PerpRequest, PredictionRequest, SwapRequest};
/// use minara::transport::Client;
///
/// let minara = Client::behind_worker("/api")?;
/// let answer = minara.chat(&ChatRequest::ask("Why did SOL rise today?")).await?;
/// let swap = minara
///     .intent_to_swap(&SwapRequest::new("swap 0.1 ETH to USDC", "0x742d35cc6634c0532925a3b844bc9e7595f0beb1").on("base"))
///     .await?;
/// let position = minara.perp_trading_suggestion(&PerpRequest::new("SOL").leverage(5.0)).await?;
/// let link = "https://polymarket.com/event/fed-decision";
/// let odds = minara.prediction_market_ask(&PredictionRequest::new(link).expert()).await?;
/// # let _ = (answer, swap, position, odds);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    config: Rc<Config>,
    stream: CallOptions,
    unary: CallOptions,
    decoding: ChatOptions,
}

impl Client {
    /// A client that holds a key and calls the API itself: on a server only.
    ///
    /// # Errors
    /// `invalid_request` for a key that a header cannot carry.
    pub fn with_key(key: &str) -> Result<Self> {
        Self::new(DEFAULT_BASE_URL, Some(ApiKey::new(key)?))
    }

    /// A client without a key, behind a Worker at `base`: a path of the page's own origin, or a URL. Give an https one: over
    /// http anyone on the way could read what is asked and answered. A Worker that faces the internet wants a token too:
    /// [`bearer`](Self::bearer).
    ///
    /// # Errors
    /// `invalid_request` for an address that is neither.
    pub fn behind_worker(base: &str) -> Result<Self> {
        Self::new(base, None)
    }

    fn new(base: &str, key: Option<ApiKey>) -> Result<Self> {
        Ok(Self {
            config: Rc::new(Config::new(base, key)?),
            stream: CallOptions::new(Limits::STREAM),
            unary: CallOptions::new(Limits::UNARY),
            decoding: ChatOptions::default(),
        })
    }

    /// Asks a question and waits for the whole answer (`POST /v1/developer/chat`).
    ///
    /// ```no_run
    /// # async fn run(minara: minara::transport::Client) -> minara::Result<()> {
    /// use minara::request::ChatRequest;
    ///
    /// let answer = minara.chat(&ChatRequest::ask("What moved BTC this week?").request_id("report-7")).await?;
    /// let content = answer.content.unwrap_or_default();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of a broken rule, of the connection and of the API, as [`Code`](crate::Code) has them; `stream_error` for a
    /// chat that failed under the same `requestId` before.
    pub async fn chat(&self, request: &ChatRequest) -> Result<ChatAnswer> {
        let valid = request.validate(Delivery::Whole)?;
        self.whole_chat(&valid).await.map_err(Failure::into_error)
    }

    async fn whole_chat(&self, valid: &ValidRequest) -> Result<ChatAnswer, Failure> {
        let mut call = self.open(WireRequest::call(valid))?;
        let reply = call.exchange().await?;
        let id = valid.request_id();
        let accepted = accepted(reply.status(), id.is_some(), reply.parse_chat()?);
        let answer: Value = match accepted.map_err(|error| reply.unreadable(error))? {
            Accepted::Answer(answer) => answer,
            Accepted::AtWork => {
                let (job, ..) = call.await_answer(id.unwrap_or_default(), "").await?;
                job_answer(&job).unwrap_or(job)
            }
        };
        call.scope().close();
        read_value(&reply, answer)
    }

    /// Asks a question and streams the answer. Nothing is sent before the first read.
    ///
    /// ```no_run
    /// # async fn run() -> minara::Result<()> {
    /// # use minara::{request::ChatRequest, transport::Client};
    /// # let minara = Client::behind_worker("/api")?;
    /// let mut stream = minara.chat_stream(&ChatRequest::ask("Why did SOL rise today?").expert())?;
    /// let mut answer = String::new();
    /// while let Some(text) = stream.next().await? {
    ///     answer.push_str(&text);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `invalid_request`; all others come with [`ChatStream::next`].
    pub fn chat_stream(&self, request: &ChatRequest) -> Result<ChatStream> {
        let valid = request.validate(Delivery::Stream)?;
        Ok(ChatStream::new(self.config.clone(), self.stream.clone(), self.decoding, WireRequest::call(&valid)))
    }

    /// Asks a question whose answer is fetched later, with [`chat_status`](Self::chat_status) or
    /// [`wait`](Self::wait).
    ///
    /// ```no_run
    /// # async fn run(minara: minara::transport::Client) -> minara::Result<()> {
    /// use minara::request::ChatRequest;
    ///
    /// let job = minara.chat_background(&ChatRequest::ask("Compare the ten largest DEXs.").expert()).await?;
    /// let answer = minara.wait(job.id.as_deref().unwrap_or_default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`chat`](Self::chat).
    pub async fn chat_background(&self, request: &ChatRequest) -> Result<Job> {
        self.unary(WireRequest::call(&request.validate(Delivery::Background)?)).await
    }

    /// Looks at a job, by its own id or by the caller's `requestId`; costs nothing
    /// (`GET /v1/developer/chat/requests/{id}`).
    ///
    /// ```no_run
    /// # async fn run(minara: minara::transport::Client) -> minara::Result<()> {
    /// let job = minara.chat_status("report-7").await?;
    /// let content = job.result.and_then(|answer| answer.content);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `not_found` for an id that is unknown, another caller's, or older than 24 hours.
    pub async fn chat_status(&self, id: &str) -> Result<Job> {
        let job = self.exchange(WireRequest::status(id)?).await;
        job.map_err(|failure| failure.of_look_up().into_error())
    }

    /// Looks at a job until its answer is there, within [`limits`](Self::limits) for all looks together.
    ///
    /// # Errors
    /// `stream_error` when the job failed; a look that failed says nothing of the job, whose outcome is `unknown`.
    pub async fn wait(&self, id: &str) -> Result<ChatAnswer> {
        let fetch = async {
            let mut call = self.open(WireRequest::status(id)?)?;
            let (job, _, reply) = call.await_answer(id, "").await?;
            call.scope().close();
            read_value(&reply, job_answer(&job).unwrap_or(job))
        };
        fetch.await.map_err(Failure::into_error)
    }

    /// Turns plain words into an unsigned transaction (`POST /v1/developer/intent-to-swap-tx`). A wrong EIP-55 checksum of
    /// the wallet does not stop the call: [`ValidRequest::warnings`] tells of it before.
    ///
    /// ```no_run
    /// # async fn run(minara: minara::transport::Client) -> minara::Result<()> {
    /// use minara::request::SwapRequest;
    ///
    /// let request = SwapRequest::new("swap 0.1 ETH to USDC", "0x742d35cc6634c0532925a3b844bc9e7595f0beb1").on("base");
    /// let swap = minara.intent_to_swap(&request).await?;
    /// let expected = swap.quote.and_then(|quote| quote.to_token_amount); // in the token's smallest unit
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `unsupported_transaction` where the answer is none that an EVM wallet could sign.
    pub async fn intent_to_swap(&self, request: &SwapRequest) -> Result<SwapTransaction> {
        self.call(request).await
    }

    /// Asks for a position (`POST /v1/developer/perp-trading-suggestion`).
    ///
    /// ```no_run
    /// # async fn run(minara: minara::transport::Client) -> minara::Result<()> {
    /// use minara::request::{PerpRequest, Style};
    ///
    /// let idea = minara.perp_trading_suggestion(&PerpRequest::new("ETH").style(Style::SwingTrading)).await?;
    /// let (side, entry) = (idea.side, idea.entry_price);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`chat`](Self::chat).
    pub async fn perp_trading_suggestion(&self, request: &PerpRequest) -> Result<PerpSuggestion> {
        self.call(request).await
    }

    /// Asks about a prediction market (`POST /v1/developer/prediction-market-ask`).
    ///
    /// ```no_run
    /// # async fn run(minara: minara::transport::Client) -> minara::Result<()> {
    /// use minara::request::PredictionRequest;
    ///
    /// let link = "https://polymarket.com/event/fed-decision";
    /// let analysis = minara.prediction_market_ask(&PredictionRequest::new(link).only_result()).await?;
    /// let odds = analysis.predictions.unwrap_or_default();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`chat`](Self::chat).
    pub async fn prediction_market_ask(&self, request: &PredictionRequest) -> Result<PredictionAnalysis> {
        self.call(request).await
    }

    fn open(&self, wire: WireRequest) -> Result<Call, Failure> {
        Call::open(self.config.clone(), wire, self.unary.clone())
    }

    async fn call<A: Answer>(&self, request: &impl Request) -> Result<A> {
        self.unary(WireRequest::call(&request.validate(Delivery::Whole)?)).await
    }

    async fn unary<A: Answer>(&self, wire: WireRequest) -> Result<A> {
        self.exchange(wire).await.map_err(Failure::into_error)
    }

    async fn exchange<A: Answer>(&self, wire: WireRequest) -> Result<A, Failure> {
        let mut call = self.open(wire)?;
        let reply = call.exchange().await?;
        call.scope().close();
        let value = reply.parse()?;
        read_value(&reply, value)
    }
}

fn read_value<A: Answer>(reply: &Reply, value: Value) -> Result<A, Failure> {
    A::check(&value).map_err(|error| reply.unreadable(error))?;
    Ok(A::from_checked(value))
}
