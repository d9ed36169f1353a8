//! Text as UTF-16, which is how JavaScript engines keep what is not Latin-1.

const BLOCK: usize = 32;

/// Appends the text's UTF-16 code units to `out`.
///
/// [`str::encode_utf16`] goes character by character; this goes block by block where the text is ASCII, as most of any
/// JSON is, which is several times as fast.
pub fn append_utf16(text: &str, out: &mut Vec<u16>) {
    out.reserve(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (blocks, _) = rest.as_bytes().as_chunks::<BLOCK>();
        let ascii = BLOCK * blocks.iter().take_while(|block| block.is_ascii()).count();
        out.extend(rest.as_bytes()[..ascii].iter().map(|byte| u16::from(*byte)));
        rest = &rest[ascii..];
        let mixed = rest.ceil_char_boundary(BLOCK);
        out.extend(rest[..mixed].encode_utf16());
        rest = &rest[mixed..];
    }
}

#[cfg(test)]
mod tests {
    use super::append_utf16;

    #[test]
    fn the_units_are_those_of_the_standard_library_wherever_the_text_is_not_ascii() {
        for other in ["", "é", "你", "🚀", "é你🚀"] {
            for before in 0..70 {
                for after in [0, 1, 31, 32, 33, 64] {
                    let text = format!("{}{other}{}", "a".repeat(before), "b".repeat(after));
                    let mut units = vec![7];
                    append_utf16(&text, &mut units);
                    assert_eq!(units[0], 7);
                    assert!(units[1..].iter().copied().eq(text.encode_utf16()), "{text}");
                }
            }
        }
    }
}
