//! Text as UTF-16, which is how JavaScript engines keep what is not Latin-1.

const BLOCK: usize = 16;

/// Appends the UTF-16 code units of what is meant to be UTF-8, with U+FFFD for what is ill-formed, as the Encoding
/// standard has it.
///
/// [`str::encode_utf16`] goes character by character; this goes block by block where the text is ASCII, as most of any
/// JSON is, which is several times as fast.
pub fn append_utf16(bytes: &[u8], out: &mut Vec<u16>) {
    let start = out.len();
    // Never more units than bytes.
    out.resize(start + bytes.len(), 0);
    let mut rest = bytes;
    let mut at = start;
    while !rest.is_empty() {
        let ascii = widen_blocks(rest, &mut out[at..]);
        at += ascii;
        let (mixed, behind) = split_mixed(&rest[ascii..]);
        at += encode(mixed, &mut out[at..]);
        rest = behind;
    }
    out.truncate(at);
}

/// Parts off a block or a little more, so that no sequence of bytes that stands for one character is cut in two.
fn split_mixed(bytes: &[u8]) -> (&[u8], &[u8]) {
    let block = bytes.len().min(BLOCK);
    let continued = bytes[block..].iter().take_while(|byte| matches!(byte, 0x80..0xC0)).count();
    bytes.split_at(block + continued)
}

fn encode(bytes: &[u8], units: &mut [u16]) -> usize {
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            at += character.encode_utf16(&mut units[at..]).len();
        }
        if !chunk.invalid().is_empty() {
            at += char::REPLACEMENT_CHARACTER.encode_utf16(&mut units[at..]).len();
        }
    }
    at
}

/// Widens the whole blocks of ASCII at the start; how many bytes they are.
fn widen_blocks(bytes: &[u8], units: &mut [u16]) -> usize {
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    let (wide, _) = units.as_chunks_mut::<BLOCK>();
    let ascii = blocks.iter().zip(wide).take_while(|(block, _)| block.is_ascii());
    BLOCK * ascii.map(|(block, wide)| *wide = block.map(u16::from)).count()
}

#[cfg(test)]
mod tests {
    use super::append_utf16;

    #[test]
    fn what_is_ill_formed_is_replaced_as_the_standard_library_replaces_it_wherever_it_stands() {
        let sequences: [&[u8]; 9] = [
            b"\x80",
            b"\xBF\xBF\xBF\xBF\xBF\xBF\xBF\xBF\xBF\xBF\xBF\xBF\xBF\xBF\xBF\xBF\xBF\xBF\xBF\xBF",
            b"\xC3",
            b"\xE4\xBD",
            b"\xF0\x9F\x9A",
            b"\xF0\x9F\x9A\xF0\x9F\x9A\x80",
            b"\xED\xA0\x80",
            b"\xC0\xAF",
            b"\xFF\xC3\xA9",
        ];
        for sequence in sequences {
            for before in 0..40 {
                for after in [0, 1, 15, 16, 17] {
                    let bytes = [&b"a".repeat(before), sequence, &b"b".repeat(after)].concat();
                    let mut units = Vec::new();
                    append_utf16(&bytes, &mut units);
                    assert!(units.iter().copied().eq(String::from_utf8_lossy(&bytes).encode_utf16()), "{bytes:?}");
                }
            }
        }
    }

    #[test]
    fn the_units_are_those_of_the_standard_library_wherever_the_text_is_not_ascii() {
        for other in ["", "é", "你", "🚀", "é你🚀"] {
            for before in 0..70 {
                for after in [0, 1, 31, 32, 33, 64] {
                    let text = format!("{}{other}{}", "a".repeat(before), "b".repeat(after));
                    let mut units = vec![7];
                    append_utf16(text.as_bytes(), &mut units);
                    assert_eq!(units[0], 7);
                    assert!(units[1..].iter().copied().eq(text.encode_utf16()), "{text}");
                }
            }
        }
    }
}
