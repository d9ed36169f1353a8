//! One broken rule of a request, and one doubt that does not stop it.

use core::fmt;

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

/// The clause as it stands in a message: `mode must be "fast" or "expert", not "slow"`.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&clause(&self.field, &self.message))
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

/// The clause for a person: `walletAddress has a wrong EIP-55 checksum: …`.
impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&clause(&self.field, &self.message))
    }
}

fn clause(field: &str, message: &str) -> String {
    sentence(&[field, if field.is_empty() { "" } else { " " }, message])
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

#[cfg(test)]
mod tests {
    use super::{Violation, Warning};

    #[test]
    fn a_violation_and_a_warning_read_as_clauses_about_their_field() {
        assert_eq!(Violation::new("mode", "is required").to_string(), "mode is required");
        assert_eq!(Violation::new("", "must be an object").to_string(), "must be an object");
        let warning = Warning { field: "walletAddress".to_owned(), message: "has a wrong checksum".to_owned() };
        assert_eq!(warning.to_string(), "walletAddress has a wrong checksum");
    }
}
