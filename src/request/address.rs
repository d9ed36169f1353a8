//! EVM addresses: their form, and the checksum of EIP-55.

use keccak::Keccak;

/// Whether the text is `0x` and 40 hexadecimal digits.
pub fn is_address(text: &str) -> bool {
    text.strip_prefix("0x").is_some_and(|digits| digits.len() == 40 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Whether the capitals of an address say what [EIP-55](https://eips.ethereum.org/EIPS/eip-55) makes of its digits;
/// an address in one case carries no checksum and holds.
pub fn checksum_holds(address: &str) -> bool {
    let digits = address.strip_prefix("0x").unwrap_or(address);
    let is_mixed = digits.bytes().any(|b| b.is_ascii_lowercase()) && digits.bytes().any(|b| b.is_ascii_uppercase());
    if !is_mixed {
        return true;
    }
    let Some(hash) = keccak_256(digits) else { return false };
    digits.bytes().enumerate().all(|(index, digit)| {
        // The upper half of a byte comes first.
        let bit = hash[index / 16] >> ((index % 16 * 4) ^ 4) & 8;
        !digit.is_ascii_alphabetic() || digit.is_ascii_uppercase() == (bit != 0)
    })
}

/// Keccak-256 of the text in lower case, as the words of its state, the hash being the first four; `None` for more than
/// fits in one block. A crate that hashes any length weighs more.
fn keccak_256(text: &str) -> Option<[u64; 25]> {
    const BLOCK: usize = 136;
    if text.len() >= BLOCK {
        return None;
    }
    let mut state = [0; 25];
    for (index, byte) in text.bytes().enumerate() {
        state[index / 8] |= u64::from(byte.to_ascii_lowercase()) << (index % 8 * 8);
    }
    state[text.len() / 8] |= 1 << (text.len() % 8 * 8);
    state[BLOCK / 8 - 1] |= 1 << 63;
    Keccak::new().with_f1600(|permute| permute(&mut state));
    Some(state)
}

#[cfg(test)]
mod tests {
    use super::{checksum_holds, is_address, keccak_256};

    #[test]
    fn an_address_is_0x_and_forty_hexadecimal_digits() {
        let address = "0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb1";
        for (text, verdict) in [
            (address.to_owned(), true),
            (address.to_lowercase(), true),
            (address.replacen("0x", "0X", 1), false),
            (address[..41].to_owned(), false),
            (format!("{address}0"), false),
            (address.replace('7', "g"), false),
            (address[2..].to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(is_address(&text), verdict, "{text}");
        }
    }

    /// Published hashes of other lengths than an address has; the state holds them as little-endian words.
    #[test]
    fn a_text_of_one_block_is_hashed_whatever_its_length() {
        let first_word = |text: &str| keccak_256(text).map(|state| state[0].swap_bytes());
        assert_eq!(first_word(""), Some(0xc5d2_4601_86f7_233c));
        assert_eq!(first_word("abc"), Some(0x4e03_657a_ea45_a94f));
        assert_eq!(first_word(&"a".repeat(136)), None);
    }

    /// The test vectors of EIP-55, and the documentation's own example, which fails it.
    #[test]
    fn the_checksum_is_that_of_eip_55() {
        for (address, verdict) in [
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", true),
            ("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", true),
            ("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", true),
            ("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb", true),
            ("0x52908400098527886E0F7030069857D2E4169EE7", true),
            ("0xde709f2102306220921060314715629080e2fb77", true),
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed", false),
            ("0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb1", false),
        ] {
            assert_eq!(checksum_holds(address), verdict, "{address}");
        }
    }
}
