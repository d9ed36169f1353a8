//! The deltas that the decoder extracts are those of a full parse into a tree, whatever the JSON looks like.

use minara::Code;
use minara::chat_stream::{ChatOptions, Terminator};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use crate::said::Said;
use crate::{Reading, read};

/// The stream's meaning by the contract's order of look-up, on trees.
fn by_full_parse(payloads: &[String]) -> Reading {
    let text = payloads.iter().map(|payload| match serde_json::from_str::<Value>(payload) {
        Ok(Value::String(text)) => text,
        Ok(Value::Object(members)) => text_of(&Value::Object(members)).to_owned(),
        Ok(Value::Array(_)) => String::new(),
        Ok(Value::Null | Value::Bool(_) | Value::Number(_)) | Err(_) => payload.clone(),
    });
    let text = text.collect();
    let held: Vec<_> = payloads.iter().filter(|payload| !payload.is_empty()).map(|payload| held(payload)).collect();
    if held.contains(&Held::Text) || (!held.is_empty() && held.iter().all(|held| *held == Held::Nothing)) {
        return Reading { text, done: true, ..Reading::default() };
    }
    let message = "The answer is complete, but its stream held no text in a known place. Count the call as billed.";
    Reading { error: Some((Code::BadResponse, message.to_owned())), ..Reading::default() }
}

#[derive(PartialEq)]
enum Held {
    Text,
    /// And it says so.
    Nothing,
    /// Perhaps text in a place that is not known.
    Unknown,
}

fn held(payload: &str) -> Held {
    let object = match serde_json::from_str(payload) {
        Ok(Value::Array(_)) => return Held::Unknown,
        Ok(object @ Value::Object(_)) => object,
        _ => return Held::Text,
    };
    let has_delta =
        ["/choices/0/delta", "/delta"].into_iter().any(|place| object.pointer(place).is_some_and(Value::is_object));
    if find_text(&object).is_some() {
        Held::Text
    } else if has_delta && !serde_json::from_str::<Said>(payload).unwrap().has_words {
        Held::Nothing
    } else {
        Held::Unknown
    }
}

fn text_of(object: &Value) -> &str {
    find_text(object).unwrap_or_default()
}

fn find_text(object: &Value) -> Option<&str> {
    let places = [
        "/choices/0/delta/content",
        "/delta/content",
        "/delta",
        "/chunk/content",
        "/chunk",
        "/content",
        "/text",
        "/data/text",
    ];
    places.into_iter().find_map(|place| object.pointer(place).and_then(Value::as_str))
}

/// A JSON string in one of its spellings.
fn string() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => "[a-z ]{1,6}",
        1 => prop::sample::select(
            &["\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\u00e9", "\\ud83d\\ude80", "\u{e9}", "\u{1f680}", "{", "\\u0000"][..]
        ).prop_map(str::to_owned),
    ];
    vec(part, 0..4).prop_map(|parts| format!("\"{}\"", parts.concat()))
}

/// The name of a member, now and then with an escape in it.
fn name() -> impl Strategy<Value = String> {
    prop::sample::select(
        &["choices", "delta", "content", "chunk", "text", "data", "object", "index", "c\\u006fntent", "te\\u0078t", ""]
            [..],
    )
    .prop_map(|name| format!("\"{name}\""))
}

fn space() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["", "", "", " ", "\t", "  "][..])
}

/// A JSON text of names and values that the look-up knows, with duplicates, odd types and white space.
fn json() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        6 => string(),
        1 => prop::sample::select(&["null", "true", "false", "0", "-1.5e+3", "12"][..]).prop_map(str::to_owned),
    ];
    scalar.prop_recursive(4, 24, 4, |value| {
        let member = (space(), name(), space(), space(), value.clone())
            .prop_map(|(a, name, b, c, value)| format!("{a}{name}{b}:{c}{value}"));
        prop_oneof![
            4 => (vec(member, 0..4), space()).prop_map(|(members, s)| format!("{{{}{s}}}", members.join(","))),
            1 => (vec(value, 0..3), space()).prop_map(|(items, s)| format!("[{s}{}]", items.join(&format!("{s},")))),
        ]
    })
}

/// The shapes that servers send, so that neighbours are often alike.
fn usual() -> impl Strategy<Value = String> {
    let shape = prop::sample::select(
        &[
            "{\"chatId\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":@},\"finish_reason\":null}]}",
            "{\"choices\":[{\"delta\":{\"content\":@}}],\"created\":7}",
            "{\"delta\":{\"content\":@}}",
            "{\"content\":@,\"content\":@}",
            "@",
        ][..],
    );
    (shape, string()).prop_map(|(shape, text)| shape.replace('@', &text))
}

/// Now and then a text that is not quite JSON.
fn payload() -> impl Strategy<Value = String> {
    let broken = (json(), any::<prop::sample::Index>(), prop::sample::select(&["\"", "}", ",", "\\", "x", ""][..]))
        .prop_map(|(text, at, insert)| {
            let mut at = at.index(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            format!("{}{insert}{}", &text[..at], &text[at..])
        });
    prop_oneof![3 => usual(), 2 => json(), 1 => broken]
}

/// Half a pair is no JSON to `serde_json`, so that it cannot judge it; the vectors have these cases.
fn has_half_a_pair(payload: &str) -> bool {
    let fault = serde_json::from_str::<Value>(payload).err().map(|error| error.to_string()).unwrap_or_default();
    fault.contains("surrogate") || fault.contains("hex escape")
}

/// `usage` and ids are not generated here: they are looked up in the vectors.
fn check(payloads: &[String], chunk: usize) -> Result<(), TestCaseError> {
    prop_assume!(!payloads.iter().any(|payload| has_half_a_pair(payload)));
    let mut stream = String::new();
    for payload in payloads {
        stream.extend(["data: ", payload, "\n\n"]);
    }
    let options = ChatOptions { terminator: Terminator::Optional, ..ChatOptions::default() };
    let mut reading = read(options, stream.as_bytes().chunks(chunk));
    reading.chat_id = None;
    prop_assert_eq!(reading, by_full_parse(payloads), "{}", stream);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn deltas_are_those_of_a_full_parse(payloads in vec(payload(), 0..6), chunk in 1_usize..200) {
        check(&payloads, chunk)?;
    }

    #[test]
    fn deltas_of_alike_events_are_those_of_a_full_parse(
        (payload, texts) in (usual(), vec(string(), 0..8)),
        chunk in 1_usize..2000,
    ) {
        let alike: Vec<_> = texts.iter().map(|text| payload.replacen("\"content\":\"\"", &format!("\"content\":{text}"), 1)).collect();
        check(&alike, chunk)?;
    }
}

#[test]
fn what_is_json_and_what_is_not_is_decided_as_by_a_full_parser() {
    let texts = [
        "{}",
        "[]",
        "{ }",
        "[ ]",
        "[1,2]",
        "[1,]",
        "[,1]",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":1 \"b\":2}",
        "{a:1}",
        "{\"a\":[{\"b\":[]}]}",
        "[[[[]]]]",
        "[[]",
        "[]]",
        "{]",
        "[}",
        "\"a",
        "a\"",
        "\"a\"b",
        "\"\\u12\"",
        "\"\\u12G4\"",
        "\"\\x\"",
        "\"\\",
        "\"\u{7f}\"",
        "\"\u{1}\"",
        "tru",
        "truex",
        "true false",
        "nul",
        "-",
        "-0",
        "01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "1E-2",
        "--1",
        "+1",
        "0x1",
        "1 2",
        "{\"a\":tru}",
        "[-]",
        "[1.]",
        "[\"\\ud800\"]x",
        "\u{feff}{}",
        "{\"a\":1}}",
        "[1 ,2 ]",
        "",
    ];
    for text in texts {
        let stream = format!("data: {text}\n\n");
        let options = ChatOptions { terminator: Terminator::Optional, ..ChatOptions::default() };
        let reading = read(options, [stream.as_bytes()]);
        let expected = by_full_parse(&[text.to_owned()]);
        assert_eq!(reading, expected, "{text}");
    }
}

#[test]
fn json_nested_a_hundred_thousand_deep_is_read_without_recursion() {
    let depth = 100_000;
    let stream = format!("data: {{\"a\":{}{},\"text\":\"b\"}}\n\n", "[".repeat(depth), "]".repeat(depth));
    let options = ChatOptions { terminator: Terminator::Optional, ..ChatOptions::default() };
    assert_eq!(read(options, [stream.as_bytes()]).text, "b");
}
