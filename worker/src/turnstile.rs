//! Cloudflare Turnstile: whether a visitor solved the challenge, for our page and for this purpose.

use minara::Code;
use serde::Deserialize;
use serde_json::json;

use crate::platform;
use crate::rejection::Rejection;
use crate::settings::Sessions;

/// Longest token that Turnstile gives out.
const MAX_TOKEN: usize = 2_048;

/// The `action` that the page's widget must name.
const ACTION: &str = "session";

/// What the verification says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Verification {
    success: bool,
    #[serde(default)]
    hostname: String,
    #[serde(default)]
    action: String,
}

/// Verifies a challenge's token, which must be of one of the hosts.
pub(crate) async fn verify(
    token: Option<&str>,
    secret: &str,
    sessions: &Sessions,
    hosts: &[&str],
) -> Result<(), Rejection> {
    let token = token.filter(|token| (1..=MAX_TOKEN).contains(&token.len())).ok_or_else(unsolved)?;
    let question = json!({ "secret": secret, "response": token }).to_string();
    let said = platform::verify_challenge(&sessions.verify_url, &question).await.ok_or_else(out_of_reach)?;
    let verification: Verification = serde_json::from_str(&said).map_err(|_| out_of_reach())?;
    if verification.holds(hosts) { Ok(()) } else { Err(unsolved()) }
}

impl Verification {
    fn holds(&self, hosts: &[&str]) -> bool {
        self.success && self.action == ACTION && hosts.contains(&self.hostname.as_str())
    }
}

fn unsolved() -> Rejection {
    Rejection::new(Code::Unauthorized, "The challenge was not solved, or its token was used before: solve a new one.")
}

fn out_of_reach() -> Rejection {
    Rejection::new(Code::NotConfigured, "The challenge cannot be verified at the moment: try again later.")
}

#[cfg(test)]
mod tests {
    use super::Verification;

    #[test]
    fn a_solved_challenge_is_ours_only_with_our_host_and_our_action() {
        let hosts = ["demo.example", "partner.example"];
        for (success, hostname, action, holds) in [
            (true, "demo.example", "session", true),
            (true, "partner.example", "session", true),
            (false, "demo.example", "session", false),
            (true, "evil.example", "session", false),
            (true, "demo.example", "login", false),
            (true, "", "session", false),
            (true, "demo.example", "", false),
        ] {
            let verification = Verification { success, hostname: hostname.to_owned(), action: action.to_owned() };
            assert_eq!(verification.holds(&hosts), holds, "{verification:?}");
        }
    }
}
