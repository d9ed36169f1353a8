//! Who calls. One key serves all callers, so every id that the API sees or gives is bound to one of them.

use minara::request::ValidRequest;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::session::Session;

/// A caller, as far as the Worker knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Anyone: sessions are off, and callers are not told apart.
    Anyone,
    /// A visitor with a session.
    Visitor(Session),
    /// One of the owner's own programs.
    Client(String),
}

impl Caller {
    /// The name under which the ledger keeps them.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Anyone => "anyone".to_owned(),
            Self::Visitor(session) => format!("s{}", session.name()),
            Self::Client(name) => format!("c{name}"),
        }
    }

    /// Whether ids of this caller must be kept apart from those of others.
    pub(crate) fn is_known(&self) -> bool {
        *self != Self::Anyone
    }

    /// What stands before this caller's ids at the API. With the longest, a client's of 26 characters, and a `requestId`
    /// of 96 the API sees 122 of the 128 that it takes.
    pub(crate) fn prefix(&self) -> String {
        if self.is_known() { format!("{}.", self.key()) } else { String::new() }
    }

    /// The request with its `requestId` bound to this caller.
    pub(crate) fn bind(&self, request: ValidRequest) -> ValidRequest {
        match request.request_id().map(|id| self.bound(id)) {
            Some(id) if self.is_known() => request.with_text("requestId", &id),
            _ => request,
        }
    }

    /// An id of this caller's choice, as the API knows it.
    pub(crate) fn bound(&self, id: &str) -> String {
        format!("{}{id}", self.prefix())
    }

    /// An answer of the API in the caller's own ids. The prefix of a session is 128 random bits, so what looks like it
    /// is it, wherever it stands. That of a client is a word that may end any sentence: it is taken out of ids alone.
    pub(crate) fn unbound(&self, text: &str) -> String {
        match self {
            Self::Anyone => text.to_owned(),
            Self::Visitor(_) => text.replace(&self.prefix(), ""),
            Self::Client(_) => with_unbound_ids(text, &self.prefix()),
        }
    }
}

/// The JSON text without that prefix where it begins the value of a `requestId`.
fn with_unbound_ids(text: &str, prefix: &str) -> String {
    const NAME: &str = r#""requestId""#;
    let mut pieces = text.split(NAME);
    let mut unbound = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        unbound.push_str(NAME);
        let value = piece.trim_start().strip_prefix(':').and_then(|rest| rest.trim_start().strip_prefix('"'));
        let Some(id) = value.and_then(|value| value.strip_prefix(prefix)) else {
            unbound.push_str(piece);
            continue;
        };
        unbound.push_str(&piece[..piece.len() - id.len() - prefix.len()]);
        unbound.push_str(id);
    }
    unbound
}

/// The owner's programs: name and SHA-256 of the token (`CLIENT_TOKENS`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ClientTokens(Vec<(String, [u8; 32])>);

impl ClientTokens {
    /// Reads `name:sha256-in-hex` words; `None` if one is something else.
    pub(crate) fn parse<'a>(words: impl Iterator<Item = &'a str>) -> Option<Self> {
        words.map(|word| word.split_once(':').and_then(entry)).collect::<Option<Vec<_>>>().map(Self)
    }

    /// The client whose token this is. Every hash is compared whole, so that time tells nothing.
    pub(crate) fn find(&self, token: &str) -> Option<Caller> {
        let digest = Sha256::digest(token.as_bytes());
        let mut found = None;
        for (name, hash) in &self.0 {
            if bool::from(hash.ct_eq(&digest)) {
                found = Some(Caller::Client(name.clone()));
            }
        }
        found
    }
}

/// Longest name of a client.
const LONGEST_NAME: usize = 24;

fn entry((name, hash): (&str, &str)) -> Option<(String, [u8; 32])> {
    let is_name =
        (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !is_name || hash.len() != 64 || !hash.is_ascii() {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&hash[at..at + 2], 16).ok()?;
    }
    Some((name.to_owned(), bytes))
}

/// Whether two secrets are the same, in a time that depends on neither.
pub(crate) fn is_same_secret(left: &str, right: &str) -> bool {
    Sha256::digest(left.as_bytes()).ct_eq(&Sha256::digest(right.as_bytes())).into()
}

#[cfg(test)]
mod tests {
    use super::{Caller, ClientTokens, is_same_secret};
    use crate::session::Session;

    /// `printf secret | sha256sum`
    const HASH: &str = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    #[test]
    fn the_longest_id_still_fits_the_api() {
        let visitor = Caller::Visitor(Session::begin([255; 16], 0));
        assert_eq!(visitor.prefix().len(), 24);
        let client = Caller::Client("n".repeat(super::LONGEST_NAME));
        for (caller, length) in [(visitor, 120), (client, 122)] {
            let id = caller.bound(&"x".repeat(96));
            assert_eq!(id.len(), length);
            assert!(minara::wire::is_job_id(&id), "{id}");
        }
    }

    #[test]
    fn an_id_comes_back_as_the_caller_wrote_it() {
        let caller = Caller::Visitor(Session::begin([7; 16], 0));
        let answer = format!(r#"{{"requestId":"{}"}}"#, caller.bound("mine"));
        assert_eq!(caller.unbound(&answer), r#"{"requestId":"mine"}"#);
        assert_eq!(Caller::Anyone.bound("mine"), "mine");
    }

    #[test]
    fn the_name_of_a_client_is_taken_out_of_its_ids_alone() {
        let caller = Caller::Client("e".to_owned());
        for (answer, unbound) in [
            (r#"{"requestId":"ce.mine"}"#, r#"{"requestId":"mine"}"#),
            (r#"{"requestId" : "ce.mine","chatId":"ce.1"}"#, r#"{"requestId" : "mine","chatId":"ce.1"}"#),
            ("{\"requestId\"\r\n\t:\n\"ce.a\"}", "{\"requestId\"\r\n\t:\n\"a\"}"),
            (r#"[{"requestId":"ce.a"},{"requestId":"ce.ce.b"}]"#, r#"[{"requestId":"a"},{"requestId":"ce.b"}]"#),
            (r#"{"requestId":"xce.mine"}"#, r#"{"requestId":"xce.mine"}"#),
            (r#"{"requestId":null,"content":"ce."}"#, r#"{"requestId":null,"content":"ce."}"#),
            (r#"{"content":"A limit price. Bitcoin."}"#, r#"{"content":"A limit price. Bitcoin."}"#),
            (r#"{"content":"ce.: the \"requestId\": \"ce.\""}"#, r#"{"content":"ce.: the \"requestId\": \"ce.\""}"#),
            (r#"["requestId","ce.mine","requestId"]"#, r#"["requestId","ce.mine","requestId"]"#),
            (r#"{"requestId"#, r#"{"requestId"#),
            ("", ""),
        ] {
            assert_eq!(caller.unbound(answer), unbound, "{answer}");
        }
    }

    #[test]
    fn the_prefix_of_a_visitor_is_taken_out_wherever_it_stands() {
        let caller = Caller::Visitor(Session::begin([7; 16], 0));
        let answer = format!(r#"{{"result":"job {0}","links":["/{0}"]}}"#, caller.bound("mine"));
        assert_eq!(caller.unbound(&answer), r#"{"result":"job mine","links":["/mine"]}"#);
        assert_eq!(Caller::Anyone.unbound(&answer), answer);
    }

    #[test]
    fn two_callers_share_no_id() {
        let (one, other) = (Session::begin([7; 16], 0), Session::begin([8; 16], 0));
        assert_ne!(Caller::Visitor(one).bound("a"), Caller::Visitor(other).bound("a"));
        assert_ne!(Caller::Visitor(one).bound("a"), Caller::Client(one.name()).bound("a"));
    }

    #[test]
    fn a_client_is_known_by_the_hash_of_its_token() {
        let list = format!("ci:{} app:{HASH}", "0".repeat(64));
        let tokens = ClientTokens::parse(list.split(' ')).expect("two entries");
        assert_eq!(tokens.find("secret"), Some(Caller::Client("app".to_owned())));
        assert_eq!(tokens.find("Secret"), None);
        assert_eq!(tokens.find(HASH), None, "the hash itself opens nothing");
        assert_eq!(ClientTokens::default().find(""), None);
    }

    #[test]
    fn a_list_with_something_else_in_it_is_no_list() {
        let short = &HASH[1..];
        for word in ["app", HASH, &format!(":{HASH}"), &format!("a b:{HASH}"), &format!("app:{short}"), "app:é"] {
            assert_eq!(ClientTokens::parse([word].into_iter()), None, "{word}");
        }
        assert_eq!(ClientTokens::parse([format!("app:g{short}").as_str()].into_iter()), None);
        // A dot ends the prefix of a client: under the name "a.b" one could take the ids of "a".
        for word in [format!("a.b:{HASH}"), format!("{}:{HASH}", "n".repeat(25)), format!("app:{HASH}0")] {
            assert_eq!(ClientTokens::parse([word.as_str()].into_iter()), None, "{word}");
        }
        assert!(ClientTokens::parse([format!("{}:{HASH}", "n".repeat(24)).as_str()].into_iter()).is_some());
        assert_eq!(ClientTokens::parse(std::iter::empty()), Some(ClientTokens::default()));
    }

    #[test]
    fn secrets_are_compared_by_value() {
        assert!(is_same_secret("a", "a"));
        assert!(!is_same_secret("a", "b"));
        assert!(!is_same_secret("a", ""));
    }
}
