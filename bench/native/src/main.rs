//! The decoder of `minara` beside the crates that read event streams: interleaved rounds, output equality first.
#![allow(missing_docs, reason = "a benchmark")]

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use bytes::Bytes;
use eventsource_stream::Eventsource as _;
use futures::executor::block_on;
use futures::stream::{StreamExt as _, iter};
use minara::sse::{Decoder, RawEvent};

const CHUNK: usize = 1400;
const ROUNDS: usize = 13;
/// One pass takes less than a timer and a scheduler can tell apart.
const PASSES: usize = 10;

type Take<'a> = &'a mut dyn FnMut(&[u8], &[u8]);
type Read = fn(&[Bytes], Take<'_>);

/// The first two are ours: one borrows all that it hands out, the other makes sure that it is text, as the others do.
const READERS: [(&str, Read); 5] = [
    ("minara, borrowed", minara_borrowed),
    ("minara, text", minara_text),
    ("eventsource-stream", eventsource_stream),
    ("sse-stream", sse_stream),
    ("sseer", sseer),
];

fn minara_borrowed(chunks: &[Bytes], take: Take<'_>) {
    let mut decoder = Decoder::new();
    for chunk in chunks {
        let sink = |event: RawEvent<'_>| {
            take(event.event.as_bytes(), event.data);
            ControlFlow::Continue(())
        };
        decoder.push_raw(chunk, sink).expect("within the limit");
    }
}

fn minara_text(chunks: &[Bytes], take: Take<'_>) {
    let mut decoder = Decoder::new();
    for chunk in chunks {
        decoder.push(chunk, |event| take(event.event.as_bytes(), event.data.as_bytes())).expect("within the limit");
    }
}

fn stream(chunks: &[Bytes]) -> impl futures::Stream<Item = Result<Bytes, Infallible>> + '_ {
    // A clone of `Bytes` copies no bytes.
    iter(chunks.iter().cloned().map(Ok))
}

fn eventsource_stream(chunks: &[Bytes], take: Take<'_>) {
    block_on(stream(chunks).eventsource().for_each(|event| {
        let event = event.expect("well-formed");
        take(event.event.as_bytes(), event.data.as_bytes());
        futures::future::ready(())
    }));
}

fn sse_stream(chunks: &[Bytes], take: Take<'_>) {
    let events = sse_stream::SseByteStream::new(stream(chunks));
    block_on(events.for_each(|event| {
        let event = event.expect("well-formed");
        if let Some(data) = &event.data {
            take(event.event.as_deref().unwrap_or("message").as_bytes(), data.as_bytes());
        }
        futures::future::ready(())
    }));
}

fn sseer(chunks: &[Bytes], take: Take<'_>) {
    block_on(sseer::event_stream::EventStream::new(stream(chunks)).for_each(|event| {
        let event = event.expect("well-formed");
        let kind: &str = if event.event.is_empty() { "message" } else { &event.event };
        take(kind.as_bytes(), event.data.as_bytes());
        futures::future::ready(())
    }));
}

fn collect(read: Read, chunks: &[Bytes]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut events = Vec::new();
    read(chunks, &mut |event, data| events.push((event.to_owned(), data.to_owned())));
    events
}

fn seconds(read: Read, chunks: &[Bytes]) -> f64 {
    let mut sum = 0;
    let start = Instant::now();
    for _ in 0..PASSES {
        read(chunks, &mut |event, data| sum += event.len() + data.len());
    }
    let elapsed = start.elapsed().as_secs_f64() / PASSES as f64;
    std::hint::black_box(sum);
    elapsed
}

fn main() {
    let folder = std::env::args().nth(1).expect("the folder of the corpora");
    for corpus in ["llm", "large", "adversarial"] {
        let bytes = std::fs::read(Path::new(&folder).join(format!("{corpus}.sse"))).expect("a corpus");
        let chunks: Vec<_> = bytes.chunks(CHUNK).map(Bytes::copy_from_slice).collect();
        let expected = collect(READERS[0].1, &chunks);
        let right: Vec<_> = READERS.iter().filter(|(_, read)| collect(*read, &chunks) == expected).collect();
        let mut times = vec![Vec::new(); right.len()];
        for round in 0..ROUNDS {
            for turn in 0..right.len() {
                let at = (turn + round) % right.len();
                times[at].push(seconds(right[at].1, &chunks));
            }
        }
        let mut row = serde_json::Map::from_iter([("corpus".to_owned(), corpus.into())]);
        for ((name, _), mut times) in right.into_iter().zip(times) {
            times.sort_by(f64::total_cmp);
            let speed = bytes.len() as f64 / times[ROUNDS / 2] / 1e6;
            row.insert((*name).to_owned(), speed.round().into());
        }
        println!("{}", serde_json::Value::Object(row));
    }
}
