//! The fuzzer's seeds, replayed on stable Rust.

use std::path::Path;

use minara::sse::Decoder;

use crate::interpret::interpret;
use crate::read;

/// The first byte of a seed is the chunk size, as in the fuzz target.
#[test]
fn every_seed_of_the_fuzzer_is_read_as_the_standard_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/sse");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let seed = std::fs::read(&path).unwrap();
        let Some((size, input)) = seed.split_first() else { continue };
        let expected = interpret(input);
        let reading = read(&mut Decoder::new(), input.chunks(usize::from(*size).max(1)));
        assert_eq!(reading.events, expected.events, "{}", path.display());
        assert_eq!((reading.retry, reading.last_event_id), (expected.retry, expected.last_event_id));
        count += 1;
    }
    assert!(count >= 20, "only {count} seeds were found");
}
