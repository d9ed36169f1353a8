//! The client for Rust over a scripted `fetch`, in headless Chromium.
#![cfg(target_family = "wasm")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is to panic")]

mod calls;
mod dropped;
mod jobs;
mod recovery;
mod settings;
mod streams;

use minara::transport::Client;
use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

pub(crate) const KEY: &str = "sk-minara-canary0123456789";

/// What the scripts of the tests are written with.
const PRELUDE: &str = r#"
    globalThis.seen = [];
    globalThis.signals = [];
    globalThis.cancelled = 0;
    const text = new TextEncoder();
    const chunk = (content) => `data: {"chatId":"chat_1","messageId":"msg_1","choices":[{"delta":{"content":"${content}"}}]}\n\n`;
    /** A stream that gives these parts and then `then`: "stays" open, or breaks ("cut"), or ends. */
    const stream = (parts, then) => () => new Response(new ReadableStream({
        start(controller) {
            for (const part of parts) controller.enqueue(text.encode(part));
        },
        pull(controller) {
            if (then === "cut") controller.error(new TypeError("terminated"));
            else if (then !== "stays") controller.close();
        },
        cancel() {
            globalThis.cancelled += 1;
        },
    }), { headers: { "content-type": "text/event-stream" } });
    const json = (value, status = 200, headers = {}) => () => Response.json(value, { status, headers });
"#;

/// Replaces the platform's `fetch` by one that gives these answers, one after the other.
pub(crate) fn script(answers: &str) {
    let fetch = r#"
        globalThis.fetch = async (request) => {
            const { method, url, headers, signal } = request;
            signals.push(signal);
            seen.push([method, new URL(url).pathname, headers.get("accept"), headers.get("authorization"), await request.text()].join(" "));
            return answers.shift()();
        };
    "#;
    js_sys::eval(&format!("(() => {{ {PRELUDE} const answers = [{answers}]; {fetch} }})()")).unwrap();
}

/// The requests so far: method, path, accept, authorization and body of each.
pub(crate) fn seen() -> Vec<String> {
    let joined = js_sys::eval("seen.join('\\n')").unwrap().as_string().unwrap();
    joined.lines().map(str::to_owned).collect()
}

/// What a script of JavaScript has left of itself.
pub(crate) fn evaluated(expression: &str) -> f64 {
    js_sys::eval(&format!("Number({expression})")).unwrap().as_f64().unwrap()
}

pub(crate) fn client() -> Client {
    Client::with_key(KEY).unwrap()
}

pub(crate) async fn read(stream: &mut minara::transport::ChatStream) -> (String, Option<minara::Error>) {
    let mut text = String::new();
    loop {
        match stream.next().await {
            Ok(Some(part)) => text.push_str(&part),
            Ok(None) => return (text, None),
            Err(error) => return (text, Some(error)),
        }
    }
}
