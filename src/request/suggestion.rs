//! "Did you mean": the nearest allowed word, when it is near enough to be a slip.

/// Words further away than this many edits are no slips.
const MOST_EDITS: usize = 2;

/// The candidate that `text` most likely was meant to be.
pub(super) fn nearest<'a>(text: &str, candidates: &[&'a str]) -> Option<&'a str> {
    // A long text is no slip of a short word, and comparing it would take quadratic time.
    if text.is_empty() || text.len() > 64 {
        return None;
    }
    let folded = fold(text);
    let (mut least, mut best) = (MOST_EDITS + 1, None);
    for candidate in candidates {
        let distance = edits(&folded, &fold(candidate));
        if distance < least && distance <= candidate.len() / 2 {
            (least, best) = (distance, Some(*candidate));
        }
    }
    best
}

/// Lower case, and no separators: `day_trading`, `Day Trading` and `day-trading` are the same word. Of a character beyond
/// ASCII the first byte stands for it: it is in no candidate, whichever it is.
fn fold(text: &str) -> Vec<u8> {
    let mut folded = Vec::new();
    for byte in text.bytes() {
        if !matches!(byte, b'-' | b'_' | b' ' | 0x80..0xc0) {
            folded.push(byte.to_ascii_lowercase());
        }
    }
    folded
}

/// Levenshtein distance.
fn edits<T: PartialEq>(left: &[T], right: &[T]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let (mut diagonal, mut before) = (i, i + 1);
        for (above, b) in row[1..].iter_mut().zip(right) {
            let substituted = diagonal + usize::from(a != b);
            diagonal = *above;
            before = substituted.min(before + 1).min(diagonal + 1);
            *above = before;
        }
        row[0] = i + 1;
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::{edits, nearest};

    #[test]
    fn edits_counts_insertions_deletions_and_substitutions() {
        for (left, right, distance) in
            [("", "", 0), ("a", "", 1), ("", "abc", 3), ("fast", "fats", 2), ("kitten", "sitting", 3)]
        {
            let (l, r): (Vec<_>, Vec<_>) = (left.chars().collect(), right.chars().collect());
            assert_eq!(edits(&l, &r), distance, "{left} {right}");
        }
    }

    #[test]
    fn only_a_near_word_is_suggested() {
        let words = ["walletAddress", "chain", "intent"];
        for (text, suggestion) in [
            ("wallet_address", Some("walletAddress")),
            ("walletAdress", Some("walletAddress")),
            ("Chain", Some("chain")),
            ("intents", Some("intent")),
            ("from", None),
            ("", None),
        ] {
            assert_eq!(nearest(text, &words), suggestion, "{text}");
        }
        // Up to 64 bytes are compared; separators count there and not for the distance.
        assert_eq!(nearest(&format!("chain{}", "-".repeat(59)), &words), Some("chain"));
        assert_eq!(nearest(&format!("chain{}", "-".repeat(60)), &words), None);
        // Of a short word not more than half may differ.
        assert_eq!(nearest("axy", &["abc"]), None);
        assert_eq!(nearest("abx", &["abc"]), Some("abc"));
    }
}
