//! The text of a body: what is no JSON, numbers at their limits, and whatever is accepted once is accepted again.

use minara::request::{
    ChatRequest, Delivery, Endpoint, Form, JsonValue, PerpRequest, Request, is_request_id, validate, validate_body,
};
use proptest::prelude::*;
use serde_json::Value;

use crate::CHAT_BODY;

#[test]
fn a_body_that_is_no_json_is_refused_with_the_place_where_it_breaks() {
    for (body, message) in [
        (&b""[..], "must be JSON: it breaks at line 1, column 0"),
        (b"{\n  \"mode\": fast }", "must be JSON: it breaks at line 2, column 13"),
        (b"{} {}", "must be JSON: it breaks at line 1, column 4"),
        (b"\xff", "must be JSON: it breaks at line 1, column 1"),
    ] {
        let error = validate_body(Endpoint::Chat, body).unwrap_err();
        let violation = &error.violations()[0];
        assert_eq!((&*violation.field, &*violation.message), ("body", message), "{}", String::from_utf8_lossy(body));
    }
    assert_eq!(validate_body(Endpoint::Chat, CHAT_BODY.as_bytes()).unwrap().to_json(), CHAT_BODY);
}

#[test]
fn a_number_beyond_every_range_is_named_by_the_range_rule() {
    let error = validate_body(Endpoint::PerpTradingSuggestion, br#"{"symbol":"BTC","marginUSD":1e999}"#).unwrap_err();
    assert_eq!(error.violations()[0].message, "must be a number greater than 0, not Infinity");
    let error = validate_body(Endpoint::PerpTradingSuggestion, br#"{"symbol":"BTC","leverage":1e300}"#).unwrap_err();
    assert_eq!(error.violations()[0].message, "must be a number from 1 to 40, not a number of more than 15 digits");
}

#[test]
fn large_margins_keep_their_value_on_the_wire() {
    for (margin, json) in
        [(9_007_199_254_740_991.0, "9007199254740991"), (1e16, "1e+16"), (1e21, "1e+21"), (0.1, "0.1")]
    {
        let valid = PerpRequest::new("BTC").margin_usd(margin).validate(Delivery::Whole).unwrap();
        assert_eq!(valid.to_json(), format!(r#"{{"symbol":"BTC","marginUSD":{json}}}"#));
    }
}

fn any_value() -> impl Strategy<Value = JsonValue> {
    let leaf = prop_oneof![
        Just(JsonValue::Null),
        any::<bool>().prop_map(JsonValue::Boolean),
        any::<f64>().prop_map(JsonValue::Number),
        ".{0,12}".prop_map(JsonValue::String),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        let name = prop_oneof!["mode|stream|message|role|content|link|symbol|leverage|intent|requestId", "\\PC{0,8}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(JsonValue::Array),
            prop::collection::vec((name, inner), 0..6).prop_map(JsonValue::Object),
        ]
    })
}

proptest! {
    /// Whatever comes in: no panic, and what is accepted once is accepted again, as the same text.
    #[test]
    fn a_request_that_holds_is_its_own_wire_form(input in any_value(), which in 0_usize..4, delivery in 0_usize..4) {
        let deliveries = [Form::Wire, Form::Client(Delivery::Whole), Form::Client(Delivery::Stream), Form::Client(Delivery::Background)];
        let endpoint = Endpoint::ALL[which];
        match validate(endpoint, deliveries[delivery], input) {
            Ok(valid) => {
                let json = valid.to_json();
                prop_assert_eq!(validate_body(endpoint, json.as_bytes()).unwrap().to_json(), json);
            }
            Err(error) => prop_assert!(!error.violations().is_empty()),
        }
    }

    #[test]
    fn any_message_reaches_the_wire_unchanged(message in "\\PC{1,40}") {
        prop_assume!(!message.trim().is_empty());
        let valid = ChatRequest::ask(&*message).validate(Delivery::Whole).unwrap();
        let body: Value = serde_json::from_str(&valid.to_json()).unwrap();
        prop_assert_eq!(body["message"]["content"].as_str(), Some(&*message));
    }

    #[test]
    fn a_request_id_is_one_to_ninety_six_of_its_characters(id in "[A-Za-z0-9._:-]{1,96}", odd in "[^A-Za-z0-9._:-]") {
        prop_assume!(id != "." && id != "..");
        prop_assert!(is_request_id(&id));
        let with_odd = format!("{id}{odd}");
        prop_assert!(!is_request_id(&with_odd));
    }
}
