//! What a message says of the bill, behind what happened. The words stand in the messages of many modules, and are taken
//! out of them here where a call turns out to cost nothing: both sides have them from this place.

use crate::wording::sentence;

// Macros, because `concat!` takes no constants: each message is one text in the module, put together by the compiler.

/// That the call may have been billed, and what follows.
macro_rules! call_may_be_billed {
    ($rest:literal) => {
        concat!(" The call may have been billed", $rest)
    };
}

/// That an earlier attempt may have been, and what follows.
macro_rules! earlier_may_be_billed {
    ($rest:literal) => {
        concat!(" An earlier attempt may have been billed", $rest)
    };
}

/// That the call is to be counted as billed, and what follows.
macro_rules! count_as_billed {
    ($rest:literal) => {
        concat!(" Count the call as billed", $rest)
    };
}

pub(crate) use {call_may_be_billed, count_as_billed};

/// How each of them begins.
const BEGINNINGS: [&str; 3] = [call_may_be_billed!(""), earlier_may_be_billed!(""), count_as_billed!("")];

/// What a message ends with, behind the sentence of what happened, where the call may have been billed and there is nothing
/// to advise.
pub const MAY_HAVE_BEEN_BILLED: &str = call_may_be_billed!(".");

/// What follows the words of a refusal behind an attempt that may have been billed.
pub(super) const OF_EARLIER_ATTEMPT: &str = earlier_may_be_billed!(
    ": send the call again only under the requestId that it had, or if a second charge is acceptable."
);

/// What is said of a look-up instead.
pub(super) const LOOK_UP_IS_FREE: &str = " The look-up costs nothing: look again.";

/// What is said instead of a call that has not been billed.
#[cfg(feature = "fetch")]
pub(super) const NOTHING_BILLED: &str = " Nothing was billed.";

/// Puts other words in place of what a message says of the bill, where it says something.
pub(super) fn replace_in(message: &mut String, words: &str) {
    // The last one is ours: what stands before it may quote the other side.
    let begins = |at: &usize| BEGINNINGS.iter().any(|words| message.as_bytes()[*at..].starts_with(words.as_bytes()));
    if let Some(end) = (0..message.len()).rev().find(begins) {
        *message = sentence(&[&message[..end], words]);
    }
}
