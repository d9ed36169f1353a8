//! Session tokens: who called before may call again, until a time, without the Worker keeping a list.
//!
//! A token is `ms1.` and the base64url of 24 bytes (id, start, expiry) and of their HMAC-SHA-256. It is a bearer token
//! and never a cookie, so no other site can make a browser send it.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How long a token can be used, in seconds.
pub(crate) const TOKEN_LIFE: u32 = 10 * 60;

/// How long tokens can be renewed after the first, in seconds: as long as the API keeps an answer.
pub(crate) const SESSION_LIFE: u32 = 24 * 60 * 60;

/// What tells a session token from other bearer tokens.
const PREFIX: &str = "ms1.";

/// Keeps these signatures apart from any other use of the same secret.
const DOMAIN: &[u8] = b"minara session token 1\0";

const ID_BYTES: usize = 16;
const CLAIM_BYTES: usize = ID_BYTES + 4 + 4;
const TAG_BYTES: usize = 32;

/// Shortest secret that is taken, in bytes.
pub(crate) const MIN_SECRET: usize = 32;

/// A session. Times are whole seconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Session {
    /// Whose it is.
    pub(crate) id: [u8; ID_BYTES],
    /// When its first token was given out.
    pub(crate) started: u32,
    /// When this token ends.
    pub(crate) expires: u32,
}

/// Why a token is no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenFault {
    /// It was never given out by this Worker, or its secret is gone.
    Forged,
    /// It is real, and its time is over.
    Expired,
}

impl Session {
    /// A new session.
    pub(crate) fn begin(id: [u8; ID_BYTES], now: u32) -> Self {
        Self { id, started: now, expires: now + TOKEN_LIFE }
    }

    /// The same session for another while, unless its whole life is over.
    pub(crate) fn renew(self, now: u32) -> Result<Self, TokenFault> {
        if now >= self.end() {
            return Err(TokenFault::Expired);
        }
        Ok(Self { expires: (now + TOKEN_LIFE).min(self.end()), ..self })
    }

    /// When it can no longer be renewed.
    pub(crate) fn end(self) -> u32 {
        self.started.saturating_add(SESSION_LIFE)
    }

    /// The session, if its token's time is not over.
    pub(crate) fn current(self, now: u32) -> Result<Self, TokenFault> {
        if now < self.expires { Ok(self) } else { Err(TokenFault::Expired) }
    }

    /// The id as text, of the characters that the API allows in a `requestId`.
    pub(crate) fn name(self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.id)
    }

    /// The token that proves it.
    pub(crate) fn token(self, secret: &[u8]) -> String {
        let mut bytes = self.claim().to_vec();
        bytes.extend(mac(secret, &bytes).finalize().into_bytes());
        format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The session of a token that one of the secrets signed; its times are not looked at. Comparing takes the same
    /// time wherever the signature differs.
    pub(crate) fn read(token: &str, secrets: &[Vec<u8>]) -> Result<Self, TokenFault> {
        let text = token.strip_prefix(PREFIX).ok_or(TokenFault::Forged)?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenFault::Forged)?;
        let (claim, tag) = bytes.split_at_checked(CLAIM_BYTES).ok_or(TokenFault::Forged)?;
        let is_signed =
            tag.len() == TAG_BYTES && secrets.iter().any(|secret| mac(secret, claim).verify_slice(tag).is_ok());
        if is_signed { Self::from_claim(claim).ok_or(TokenFault::Forged) } else { Err(TokenFault::Forged) }
    }

    fn claim(self) -> [u8; CLAIM_BYTES] {
        let mut claim = [0; CLAIM_BYTES];
        claim[..ID_BYTES].copy_from_slice(&self.id);
        claim[ID_BYTES..ID_BYTES + 4].copy_from_slice(&self.started.to_be_bytes());
        claim[ID_BYTES + 4..].copy_from_slice(&self.expires.to_be_bytes());
        claim
    }

    fn from_claim(claim: &[u8]) -> Option<Self> {
        let (id, times) = claim.split_first_chunk()?;
        let (started, expires) = times.split_first_chunk()?;
        let expires = expires.try_into().ok()?;
        Some(Self { id: *id, started: u32::from_be_bytes(*started), expires: u32::from_be_bytes(expires) })
    }
}

/// Whether a bearer token claims to be a session's.
pub(crate) fn is_session_token(token: &str) -> bool {
    token.starts_with(PREFIX)
}

fn mac(secret: &[u8], claim: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length (RFC 2104)")]
    let mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes any key");
    mac.chain_update(DOMAIN).chain_update(claim)
}

#[cfg(test)]
mod tests {
    use super::{SESSION_LIFE, Session, TOKEN_LIFE, TokenFault};

    const NOW: u32 = 1_800_000_000;

    fn secret(seed: u8) -> Vec<u8> {
        vec![seed; 32]
    }

    #[test]
    fn a_token_reads_back_under_the_secret_that_signed_it_and_under_no_other() {
        let session = Session::begin([7; 16], NOW);
        let token = session.token(&secret(1));
        assert_eq!(Session::read(&token, &[secret(1)]), Ok(session));
        assert_eq!(Session::read(&token, &[secret(2), secret(1)]), Ok(session), "the previous secret still counts");
        assert_eq!(Session::read(&token, &[secret(2)]), Err(TokenFault::Forged));
        assert_eq!(Session::read(&token, &[]), Err(TokenFault::Forged));
    }

    #[test]
    fn a_token_is_short_and_of_header_safe_characters() {
        let token = Session::begin([255; 16], NOW).token(&secret(1));
        assert_eq!(token.len(), 79);
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)), "{token}");
    }

    #[test]
    fn every_changed_character_is_a_forgery() {
        let token = Session::begin([7; 16], NOW).token(&secret(1));
        for at in 0..token.len() {
            for other in ["A", "B", "_"] {
                let mut changed = token.clone();
                changed.replace_range(at..=at, other);
                // The last character carries two bits that no byte holds; the decoder refuses those that are set.
                if changed != token {
                    assert_eq!(Session::read(&changed, &[secret(1)]), Err(TokenFault::Forged), "{changed}");
                }
            }
        }
    }

    #[test]
    fn a_token_that_is_cut_lengthened_or_something_else_is_a_forgery() {
        let token = Session::begin([7; 16], NOW).token(&secret(1));
        let cut = (0..token.len()).map(|end| token[..end].to_owned());
        let others = [format!("{token}A"), format!("{token}AAAA"), format!(" {token}"), token.to_uppercase()];
        for text in cut.chain(others) {
            assert_eq!(Session::read(&text, &[secret(1)]), Err(TokenFault::Forged), "{text:?}");
        }
    }

    #[test]
    fn a_token_lives_ten_minutes_and_a_session_a_day() {
        let session = Session::begin([7; 16], NOW);
        assert_eq!(session.current(NOW + TOKEN_LIFE - 1), Ok(session));
        assert_eq!(session.current(NOW + TOKEN_LIFE), Err(TokenFault::Expired));

        let late = NOW + SESSION_LIFE - 60;
        let renewed = session.renew(late).expect("within the day");
        assert_eq!(renewed, Session { expires: NOW + SESSION_LIFE, ..session }, "not beyond the session's end");
        assert_eq!(session.renew(NOW + SESSION_LIFE), Err(TokenFault::Expired));
    }
}
