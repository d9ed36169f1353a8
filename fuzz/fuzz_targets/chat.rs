//! The chat decoder in chunks of any size against itself in one chunk. The first byte is the chunk size.
#![no_main]

use libfuzzer_sys::fuzz_target;
use minara::chat_stream::{ChatDecoder, ChatOptions, State, Terminator};

fuzz_target!(|seed: &[u8]| {
    let Some((size, input)) = seed.split_first() else { return };
    for max_event_bytes in [ChatOptions::default().max_event_bytes, input.len() / 3] {
        let options = ChatOptions { terminator: Terminator::Optional, max_event_bytes };
        let parts = read(options, input, usize::from(*size).max(1));
        assert_eq!(parts, read(options, input, input.len().max(1)));
    }
});

type Reading = (String, State, [Option<String>; 5]);

fn read(options: ChatOptions, input: &[u8], size: usize) -> Reading {
    let mut decoder = ChatDecoder::new(options);
    let mut text = String::new();
    let pushed = input.chunks(size).try_for_each(|chunk| decoder.push(chunk, &mut text).map(|_| ()));
    let ended = pushed.and_then(|()| decoder.finish());
    let known = [decoder.chat_id(), decoder.message_id(), decoder.finish_reason(), decoder.usage()];
    let [chat, message, reason, usage] = known.map(|known| known.map(str::to_owned));
    (text, decoder.state(), [chat, message, reason, usage, ended.err().map(|error| error.to_string())])
}
