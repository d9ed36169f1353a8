//! "Did you mean": the nearest allowed word, when it is near enough to be a slip.

/// Words further away than this many edits are no slips.
const MOST_EDITS: usize = 2;

/// The candidate that `text` most likely was meant to be.
pub(super) fn nearest<'a>(text: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // A long text is no slip of a short word, and comparing it would take quadratic time.
    if text.is_empty() || text.len() > 64 {
        return None;
    }
    let folded = fold(text);
    candidates
        .map(|candidate| (edits(&folded, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= MOST_EDITS.min(candidate.len() / 2))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Lower case, and no separators: `day_trading`, `Day Trading` and `day-trading` are the same word.
fn fold(text: &str) -> Vec<char> {
    text.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).map(|c| c.to_ascii_lowercase()).collect()
}

/// Levenshtein distance.
fn edits(left: &[char], right: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let substituted = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
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
        let words = || ["walletAddress", "chain", "intent"].into_iter();
        for (text, suggestion) in [
            ("wallet_address", Some("walletAddress")),
            ("walletAdress", Some("walletAddress")),
            ("Chain", Some("chain")),
            ("intents", Some("intent")),
            ("from", None),
            ("", None),
        ] {
            assert_eq!(nearest(text, words()), suggestion, "{text}");
        }
        // Up to 64 bytes are compared; separators count there and not for the distance.
        assert_eq!(nearest(&format!("chain{}", "-".repeat(59)), words()), Some("chain"));
        assert_eq!(nearest(&format!("chain{}", "-".repeat(60)), words()), None);
        // Of a short word not more than half may differ.
        assert_eq!(nearest("axy", ["abc"].into_iter()), None);
        assert_eq!(nearest("abx", ["abc"].into_iter()), Some("abc"));
    }
}
