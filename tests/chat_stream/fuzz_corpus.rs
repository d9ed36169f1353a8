//! The fuzzer's seeds, replayed on stable Rust.

use std::path::Path;

use minara::chat_stream::{ChatOptions, Terminator};

use crate::read;

/// The first byte of a seed is the chunk size, as in the fuzz target.
#[test]
fn every_seed_of_the_fuzzer_is_read_alike_in_any_chunks() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/chat");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let seed = std::fs::read(&path).unwrap();
        let Some((size, input)) = seed.split_first() else { continue };
        for max_event_bytes in [ChatOptions::default().max_event_bytes, input.len() / 3] {
            let options = ChatOptions { terminator: Terminator::Optional, max_event_bytes };
            let parts = read(options, input.chunks(usize::from(*size).max(1)));
            assert_eq!(parts, read(options, [input]), "{}", path.display());
        }
        count += 1;
    }
    assert!(count >= 20, "only {count} seeds were found");
}
