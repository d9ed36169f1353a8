//! Builders write what the plain forms do; and what the Worker sets, and extra fields, on top of them.

use minara::Result;
use minara::request::{
    ChatRequest, Delivery, Endpoint, JsonValue, Mode, PerpRequest, PredictionRequest, Request, Style, SwapRequest,
};
use serde_json::json;

use crate::CHAT_BODY;

#[test]
fn builders_write_what_the_plain_forms_write() -> Result<()> {
    let wallet = "0x742d35cc6634c0532925a3b844bc9e7595f0beb1";
    for (valid, json) in [
        (ChatRequest::ask("Hi").validate(Delivery::Whole)?, CHAT_BODY.to_owned()),
        (
            ChatRequest::ask("Hi").expert().continuing("c1").request_id("r1").validate(Delivery::Stream)?,
            r#"{"mode":"expert","stream":true,"message":{"role":"user","content":"Hi"},"chatId":"c1","requestId":"r1"}"#
                .to_owned(),
        ),
        (
            ChatRequest::ask("Hi").mode(Mode::Fast).validate(Delivery::Background)?,
            r#"{"mode":"fast","stream":false,"message":{"role":"user","content":"Hi"},"background":true}"#.to_owned(),
        ),
        (
            SwapRequest::new("swap 1 ETH", wallet).validate(Delivery::Whole)?,
            format!(r#"{{"intent":"swap 1 ETH","walletAddress":"{wallet}"}}"#),
        ),
        (
            SwapRequest::new("swap 1 ETH", wallet).on("bsc").validate(Delivery::Whole)?,
            format!(r#"{{"intent":"swap 1 ETH","walletAddress":"{wallet}","chain":"bsc"}}"#),
        ),
        (PerpRequest::new("SOL").validate(Delivery::Whole)?, r#"{"symbol":"SOL"}"#.to_owned()),
        (
            PerpRequest::new("SOL")
                .style(Style::SwingTrading)
                .margin_usd(1_000.0)
                .leverage(2.5)
                .strategy("max-profit")
                .validate(Delivery::Whole)?,
            r#"{"symbol":"SOL","style":"swing-trading","marginUSD":1000,"leverage":2.5,"strategy":"max-profit"}"#
                .to_owned(),
        ),
        (
            PerpRequest::new("SOL").style(Style::Scalping).validate(Delivery::Whole)?,
            r#"{"symbol":"SOL","style":"scalping"}"#.to_owned(),
        ),
        (
            PerpRequest::new("SOL").style(Style::DayTrading).validate(Delivery::Whole)?,
            r#"{"symbol":"SOL","style":"day-trading"}"#.to_owned(),
        ),
        (
            PredictionRequest::new("https://a.b/").validate(Delivery::Whole)?,
            r#"{"link":"https://a.b/","mode":"fast"}"#.to_owned(),
        ),
        (
            PredictionRequest::new("https://a.b/")
                .mode(Mode::Fast)
                .expert()
                .only_result()
                .custom_prompt("why?")
                .validate(Delivery::Whole)?,
            r#"{"link":"https://a.b/","mode":"expert","only_result":true,"customPrompt":"why?"}"#.to_owned(),
        ),
    ] {
        assert_eq!(valid.to_json(), json);
    }
    Ok(())
}

#[test]
fn builders_are_checked_like_every_other_request() {
    let error = PerpRequest::new("").leverage(0.0).margin_usd(f64::NAN).validate(Delivery::Whole).unwrap_err();
    let fields: Vec<_> = error.violations().iter().map(|violation| &*violation.field).collect();
    assert_eq!(fields, ["symbol", "marginUSD", "leverage"]);
}

#[test]
fn a_valid_request_says_what_it_asks_for() -> Result<()> {
    let request = ChatRequest::ask("Hi").continuing("c1").request_id("r1");
    let whole = request.validate(Delivery::Whole)?;
    assert_eq!((whole.endpoint(), whole.streams(), whole.is_background()), (Endpoint::Chat, false, false));
    assert_eq!((whole.chat_id(), whole.request_id()), (Some("c1"), Some("r1")));
    assert!(request.validate(Delivery::Stream)?.streams());
    let job = request.validate(Delivery::Background)?;
    assert!(job.is_background() && !job.streams());
    let bare = ChatRequest::ask("Hi").validate(Delivery::Whole)?;
    assert_eq!((bare.chat_id(), bare.request_id()), (None, None));
    assert_eq!(bare.get("mode"), Some(&JsonValue::from("fast")));
    assert_eq!(bare.get("nothing"), None);
    Ok(())
}

#[test]
fn the_worker_can_set_a_text_in_place_or_at_the_end() -> Result<()> {
    let request = ChatRequest::ask("Hi").request_id("r1").validate(Delivery::Whole)?;
    assert_eq!(
        request.clone().with_text("requestId", "caller.r1").to_json(),
        CHAT_BODY.replace("}}", r#"},"requestId":"caller.r1"}"#)
    );
    assert_eq!(
        request.with_text("chatId", "c1").to_json(),
        CHAT_BODY.replace("}}", r#"},"requestId":"r1","chatId":"c1"}"#)
    );
    Ok(())
}

#[test]
fn what_decides_how_a_chat_is_sent_is_no_extra_field_of_another_call() {
    let swap = SwapRequest::new("swap 0.1 ETH to USDC", "0x742d35cc6634c0532925a3b844bc9e7595f0beb1");
    let perp = PerpRequest::new("ETH");
    let prediction = PredictionRequest::new("https://polymarket.com/event/x");
    let valid = [swap.validate(Delivery::Whole), perp.validate(Delivery::Whole), prediction.validate(Delivery::Whole)];
    for valid in valid {
        let extra = JsonValue::from(json!({ "background": true, "requestId": "r-1", "stream": true, "x": 1 }));
        let error = valid.unwrap().with_extra(extra).unwrap_err();
        let violations: Vec<_> = error.violations().iter().map(|v| (&*v.field, &*v.message)).collect();
        assert_eq!(
            violations,
            [
                ("extraBody.background", "is for chats alone"),
                ("extraBody.requestId", "is for chats alone"),
                ("extraBody.stream", "is for chats alone"),
            ]
        );
    }
}

#[test]
fn extra_fields_go_behind_the_known_ones_and_never_replace_them() -> Result<()> {
    let chat = || ChatRequest::ask("Hi").validate(Delivery::Whole);
    let extra = JsonValue::from(json!({ "temperature": 0.5, "tools": [{ "name": "x" }], "none": null }));
    assert_eq!(
        chat()?.with_extra(extra)?.to_json(),
        CHAT_BODY.replace("}}", r#"},"none":null,"temperature":0.5,"tools":[{"name":"x"}]}"#)
    );
    let error = chat()?.with_extra(JsonValue::from(json!({ "x": 1, "mode": "expert", "message": "" }))).unwrap_err();
    let violations: Vec<_> = error.violations().iter().map(|v| (&*v.field, &*v.message)).collect();
    assert_eq!(
        violations,
        [
            ("extraBody.message", "is a known field: set it in the request itself"),
            ("extraBody.mode", "is a known field: set it in the request itself"),
        ]
    );
    let error = chat()?.with_extra(JsonValue::Array(Vec::new())).unwrap_err();
    assert_eq!(error.message(), "Invalid chat request: extraBody must be an object, not an array. Nothing was sent.");
    Ok(())
}
