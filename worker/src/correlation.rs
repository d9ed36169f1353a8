//! Correlation ids: how a caller, the log and the ledger name one request.

use std::cell::{Cell, OnceCell};

thread_local! {
    static ISOLATE: OnceCell<u64> = const { OnceCell::new() };
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// A new id. Ids are unique, not secret: a random part per isolate, then a count. `random` gives a number from 0 to 1.
pub(crate) fn next(random: fn() -> f64) -> String {
    // 2^53 values; drawn at the first request, because the platform has no randomness before.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 2^53")]
    let isolate = ISOLATE.with(|cell| *cell.get_or_init(|| (random() * 9_007_199_254_740_992.0) as u64));
    let count = COUNT.replace(COUNT.get() + 1);
    format!("w-{isolate:014x}-{count:x}")
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn an_isolate_draws_once_and_counts_from_there() {
        assert_eq!(next(|| 0.5), "w-10000000000000-0");
        assert_eq!(next(|| 0.75), "w-10000000000000-1");
    }
}
