//! The exact Content-Security-Policy of the demo page and its files.

use crate::settings::Settings;

/// The policy with more sources of scripts, and one more directive. `'wasm-unsafe-eval'` lets wasm compile; `data:` images
/// are wallet icons (EIP-6963).
macro_rules! policy {
    ($scripts:literal, $frames:literal) => {
        concat!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
            $scripts,
            "; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; ",
            $frames,
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    };
}

const POLICY: &str = policy!("", "");

/// The same where the page shows a Turnstile challenge.
const POLICY_WITH_TURNSTILE: &str =
    policy!(" https://challenges.cloudflare.com", "frame-src https://challenges.cloudflare.com; ");

/// The page's policy.
pub(crate) fn policy(settings: Option<&Settings>) -> &'static str {
    match settings.and_then(|settings| settings.turnstile_site_key.as_ref()) {
        Some(_) => POLICY_WITH_TURNSTILE,
        None => POLICY,
    }
}
