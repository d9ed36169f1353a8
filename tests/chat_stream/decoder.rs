//! What the vectors cannot say: states step by step, progress, what an error keeps.

use minara::chat_stream::{ChatDecoder, ChatOptions, State, Terminator};
use minara::{Code, Outcome};

fn decoder() -> ChatDecoder {
    ChatDecoder::new(ChatOptions::default())
}

#[test]
fn the_terminator_is_required_and_an_event_may_have_1_mib_unless_told_otherwise() {
    let options = ChatOptions::default();
    assert_eq!((options.terminator, options.max_event_bytes), (Terminator::Required, 1_048_576));
}

#[test]
fn a_stream_goes_from_open_to_done_and_stays_there() {
    let mut decoder = decoder();
    let mut text = String::new();
    assert_eq!(decoder.state(), State::Open);
    assert_eq!(decoder.push(b"data: {\"text\":\"a\"}\n\n", &mut text).unwrap(), State::Open);
    assert_eq!(decoder.push(b"data: [DONE]\n\n", &mut text).unwrap(), State::Done);
    assert_eq!(decoder.push(b"data: {\"text\":\"b\"}\n\n", &mut text).unwrap(), State::Done);
    decoder.finish().unwrap();
    assert_eq!((text.as_str(), decoder.state()), ("a", State::Done));
}

#[test]
fn what_makes_no_progress_appends_nothing_and_leaves_the_stream_open() {
    let mut decoder = decoder();
    let mut text = String::new();
    for chunk in [
        &b": ping\n\n"[..],
        b"data:\n\n",
        b"data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n",
        b"data: {\"choices\":[{\"delta\":{\"content\":\"\"}}]}\n\n",
        b"data: {\"text\":\"not yet complete\"}\n",
    ] {
        assert_eq!(decoder.push(chunk, &mut text).unwrap(), State::Open);
        assert_eq!(text, "");
    }
    assert_eq!(decoder.push(b"\n", &mut text).unwrap(), State::Open);
    assert_eq!(text, "not yet complete");
}

#[test]
fn an_error_gives_out_the_text_before_it_and_lasts() {
    let mut decoder = decoder();
    let mut text = String::new();
    let stream =
        b"data: {\"text\":\"a\"}\n\ndata: {\"error\":{\"message\":\"busy\",\"code\":\"c\"}}\n\ndata: [DONE]\n\n";
    let first = decoder.push(stream, &mut text).unwrap_err();
    assert_eq!((first.code(), text.as_str()), (Code::StreamError, "a"));
    assert_eq!(first.message(), "The API reported an error within the stream: busy (c)");
    assert_eq!(first.body(), Some("{\"error\":{\"message\":\"busy\",\"code\":\"c\"}}"));
    assert_eq!(decoder.push(b"data: [DONE]\n\n", &mut text).unwrap_err().message(), first.message());
    assert_eq!(decoder.finish().unwrap_err().message(), first.message());
    assert_eq!(decoder.failure().unwrap().message(), first.message());
    assert_eq!((decoder.state(), text.as_str()), (State::Failed, "a"));
}

#[test]
fn what_an_error_keeps_is_bounded_and_without_secrets() {
    let mut decoder = decoder();
    let stream = format!("data: {{\"error\":\"sk-minara-canary12345 {}\"}}\n\n", "é".repeat(20_000));
    let error = decoder.push(stream.as_bytes(), &mut String::new()).unwrap_err();
    assert!(error.message().starts_with("The API reported an error within the stream: [redacted] éé"));
    for kept in [error.message(), error.body().unwrap()] {
        assert!((8_100..=8_192).contains(&kept.len()), "{} bytes were kept", kept.len());
        assert!(!kept.contains("canary"));
    }
}

#[test]
fn an_answer_without_text_keeps_its_first_event_to_find_out_why() {
    let mut decoder = decoder();
    let stream = b"data: {\"chatId\":\"c\"}\n\ndata: {\"said\":\"paid text\"}\n\ndata: [DONE]\n\n";
    let error = decoder.push(stream, &mut String::new()).unwrap_err();
    assert_eq!((error.code(), error.outcome()), (Code::BadResponse, Outcome::Done));
    assert_eq!(error.body(), Some("{\"chatId\":\"c\"}"));
    let error = self::decoder().push(b"data: [DONE]\n\n", &mut String::new()).unwrap_err();
    assert_eq!((error.code(), error.body()), (Code::BadResponse, None));
}

#[test]
fn what_follows_done_is_not_waited_for_and_what_follows_a_finish_reason_is() {
    let mut decoder = decoder();
    let mut text = String::new();
    decoder.push(b"data: {\"text\":\"a\",\"finish_reason\":\"stop\"}\n\n", &mut text).unwrap();
    assert_eq!((decoder.state(), decoder.is_sealed()), (State::Done, false));
    decoder.push(b"data: [DONE]\n\n", &mut text).unwrap();
    assert!(decoder.is_sealed());
}

#[test]
fn a_truncated_stream_fails_for_good() {
    let mut decoder = decoder();
    let mut text = String::new();
    decoder.push(b"data: {\"text\":\"a\"}\n\n", &mut text).unwrap();
    assert_eq!(decoder.finish().unwrap_err().code(), Code::StreamTruncated);
    assert_eq!(decoder.state(), State::Failed);
    assert_eq!(decoder.push(b"data: [DONE]\n\n", &mut text).unwrap_err().code(), Code::StreamTruncated);
}

#[test]
fn an_event_over_the_limit_fails_the_push_that_brings_it() {
    let mut decoder = ChatDecoder::new(ChatOptions { max_event_bytes: 20, ..ChatOptions::default() });
    let mut text = String::new();
    let error = decoder.push(b"data: {\"text\":\"a\"}\n\ndata: {\"text\":\"0123456789\"}\n\n", &mut text).unwrap_err();
    assert_eq!((error.code(), &*text, decoder.state()), (Code::EventTooLarge, "a", State::Failed));
    assert_eq!(decoder.failure().map(|failure| failure.code()), Some(Code::EventTooLarge));
}

#[test]
fn events_like_those_before_give_no_text_behind_the_finish_reason() {
    let mut decoder = decoder();
    let mut text = String::new();
    let alike = |text: &str| format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n");
    let end = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    let stream = [&*alike("a"), &*alike("b"), end, &*alike("c"), &*alike("d")].concat();
    assert_eq!(decoder.push(stream.as_bytes(), &mut text).unwrap(), State::Done);
    assert_eq!(decoder.push(alike("e").as_bytes(), &mut text).unwrap(), State::Done);
    assert_eq!(text, "ab");
}

#[test]
fn data_whose_brackets_close_each_other_wrongly_is_no_json_and_so_text() {
    for data in [r#"{"content":"x","a":[1}]"#, r#"{"content":"x","a":[1}}"#, r#"{"content":"x"]"#] {
        let mut text = String::new();
        assert_eq!(decoder().push(format!("data: {data}\n\n").as_bytes(), &mut text).unwrap(), State::Open);
        assert_eq!(text, data);
    }
}
