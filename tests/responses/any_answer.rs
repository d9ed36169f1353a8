//! Whatever fits an answer comes through it without loss, and whatever does not is an error.

use minara::Outcome;
use minara::response::{ChatAnswer, Job, Kind, PerpSuggestion, PredictionAnalysis, Shape, SwapTransaction};
use proptest::prelude::*;
use serde_json::{Map, Number, Value, json};

use crate::{JSON, read};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?"
            .prop_map(|digits| Value::Number(digits.parse::<Number>().unwrap())),
        ".{0,12}".prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map("\\PC{0,10}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A document that fits the shape: each member missing or right, unknown ones beside them, at every depth.
fn fitting(shape: &'static Shape) -> BoxedStrategy<Value> {
    let known: Vec<BoxedStrategy<Option<(String, Value)>>> = shape
        .0
        .iter()
        .map(|member| {
            let value = match &member.kind {
                Kind::Text => ".{0,20}".prop_map(Value::String).boxed(),
                Kind::Number => "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?(e[+-]?[0-9]{1,3})?"
                    .prop_map(|digits| Value::Number(digits.parse().unwrap()))
                    .boxed(),
                Kind::Flag => any::<bool>().prop_map(Value::Bool).boxed(),
                Kind::Texts => {
                    prop::collection::vec(".{0,10}".prop_map(Value::String), 0..3).prop_map(Value::Array).boxed()
                }
                Kind::AnyObject => prop::collection::btree_map("[a-zA-Z]{1,8}", any_json(), 0..3)
                    .prop_map(|map| Value::Object(map.into_iter().collect()))
                    .boxed(),
                Kind::Object(inner) => fitting(inner),
                Kind::Objects(inner) => prop::collection::vec(fitting(inner), 0..3).prop_map(Value::Array).boxed(),
            };
            prop::option::of(value.prop_map(|value| (member.name.to_owned(), value))).boxed()
        })
        .collect();
    let unknown = prop::collection::btree_map("x-\\PC{0,8}", any_json(), 0..3);
    (known, unknown)
        .prop_map(|(known, unknown)| {
            let members: Map<String, Value> = known.into_iter().flatten().chain(unknown).collect();
            Value::Object(members)
        })
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What came is what is written again, digit for digit, member for member.
    #[test]
    fn an_answer_survives_the_types_without_loss(
        chat in fitting(&ChatAnswer::SHAPE), perp in fitting(&PerpSuggestion::SHAPE),
        prediction in fitting(&PredictionAnalysis::SHAPE), job in fitting(&Job::SHAPE),
    ) {
        for (call, answer) in
            [("chat", chat), ("perpTradingSuggestion", perp), ("predictionMarketAsk", prediction), ("chatStatus", job)]
        {
            let body = answer.to_string();
            prop_assert_eq!(read(call, &body, JSON).unwrap().to_string(), body);
        }
    }

    #[test]
    fn a_swap_survives_the_types_without_loss(mut swap in fitting(&SwapTransaction::SHAPE)) {
        if let Some(tx) = swap.get_mut("unsignedTx") {
            tx["chainType"] = json!("evm");
        }
        let body = swap.to_string();
        prop_assert_eq!(read("intentToSwap", &body, JSON).unwrap().to_string(), body);
    }

    /// Whatever JSON comes: an answer or an error, never a panic.
    #[test]
    fn any_json_is_an_answer_or_an_error(value in any_json(), call in 0_usize..5) {
        let call = ["chat", "intentToSwap", "perpTradingSuggestion", "predictionMarketAsk", "chatStatus"][call];
        if let Err(error) = read(call, &value.to_string(), JSON) {
            prop_assert_eq!(error.outcome(), Outcome::Done);
        }
    }
}
