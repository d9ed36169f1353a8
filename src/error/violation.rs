//! One broken rule of a request, and one doubt that does not stop it.

use crate::wording::{filled, sentence};

/// A rule that a request breaks. Nothing is sent while there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field, in the spelling the caller used: `message.content`, `marginUSD`; empty for the whole body.
    pub field: String,
    /// What is wrong with it and what would be right, as a clause that follows the field's name.
    pub message: String,
}

impl Violation {
    /// A violation of a rule about `field`.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// Something doubtful about a request that was sent all the same, such as a wrong EIP-55 checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Path of the field.
    pub field: String,
    /// What is doubtful and what to do about it.
    pub message: String,
}

/// One sentence for all violations: `Invalid chat request: mode must be …; stream must be …. Nothing was sent.`
pub(super) fn summary(subject: &str, violations: &[Violation]) -> String {
    let mut text = filled("Invalid {}: ", &[subject]);
    for (index, Violation { field, message }) in violations.iter().enumerate() {
        let separator = if index == 0 { "" } else { "; " };
        let space = if field.is_empty() { "" } else { " " };
        text.push_str(&sentence(&[separator, field, space, message]));
    }
    text.push_str(". Nothing was sent.");
    text
}
