//! Which paths there are. Nothing of a caller's path ever becomes part of an upstream URL, but for the id of a job,
//! whose characters are checked.

use minara::Code;
use minara::request::Endpoint;
use minara::wire::{endpoint_of, is_job_id};

use crate::rejection::Rejection;

/// What a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// `POST /api/v1/developer/…`: one of the API's calls.
    Call(Endpoint),
    /// `GET /api/v1/developer/chat/requests/{id}`: the state of a job.
    Job(String),
    /// `GET /api/health`
    Health,
    /// `POST /api/session`
    Session,
    /// `GET /api/admin/usage`
    Usage,
    /// The demo page and its files.
    Page,
}

impl Route {
    /// The route of a method and a path.
    pub(crate) fn find(method: &str, path: &str) -> Result<Self, Rejection> {
        // `OPTIONS *` and its like: the runtime makes a URL of them that nothing can be fetched from.
        if !path.starts_with('/') {
            return Err(Rejection::nothing_here());
        }
        let Some(path) = path.strip_prefix("/api").filter(|rest| rest.is_empty() || rest.starts_with('/')) else {
            return Self::Page.under(method, &["GET", "HEAD"], "GET, HEAD");
        };
        if let Some(endpoint) = endpoint_of(path) {
            return Self::Call(endpoint).under(method, &["POST"], "POST, OPTIONS");
        }
        match path {
            "/health" => Self::Health.under(method, &["GET"], "GET, OPTIONS"),
            "/session" => Self::Session.under(method, &["POST"], "POST, OPTIONS"),
            "/admin/usage" => Self::Usage.under(method, &["GET"], "GET, OPTIONS"),
            _ => match path.strip_prefix(minara::wire::STATUS_PATH) {
                Some(id) if is_job_id(id) => Self::Job(id.to_owned()).under(method, &["GET"], "GET, OPTIONS"),
                _ => Err(Rejection::nothing_here()),
            },
        }
    }

    fn under(self, method: &str, methods: &[&str], allow: &'static str) -> Result<Self, Rejection> {
        if methods.contains(&method) {
            return Ok(self);
        }
        let message = format!("This path does not take that method; it takes {allow}.");
        Err(Rejection { allow, ..Rejection::new(Code::MethodNotAllowed, message) })
    }

    /// The route's name in log lines.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Call(endpoint) => endpoint.name(),
            Self::Job(_) => "job",
            Self::Health => "health",
            Self::Session => "session",
            Self::Usage => "usage",
            Self::Page => "page",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Route;
    use minara::request::Endpoint;

    #[test]
    fn every_path_of_the_surface_has_its_route() {
        let job = Route::Job("bg_1:a.b-c".to_owned());
        for (method, path, route) in [
            ("POST", "/api/v1/developer/chat", Route::Call(Endpoint::Chat)),
            ("POST", "/api/v1/developer/intent-to-swap-tx", Route::Call(Endpoint::IntentToSwap)),
            ("POST", "/api/v1/developer/perp-trading-suggestion", Route::Call(Endpoint::PerpTradingSuggestion)),
            ("POST", "/api/v1/developer/prediction-market-ask", Route::Call(Endpoint::PredictionMarketAsk)),
            ("GET", "/api/v1/developer/chat/requests/bg_1:a.b-c", job),
            ("GET", "/api/health", Route::Health),
            ("POST", "/api/session", Route::Session),
            ("GET", "/api/admin/usage", Route::Usage),
            ("GET", "/", Route::Page),
            ("HEAD", "/main.js", Route::Page),
            ("GET", "/apiary", Route::Page),
        ] {
            assert_eq!(Route::find(method, path).ok(), Some(route), "{method} {path}");
        }
    }

    #[test]
    fn every_other_path_is_not_found_and_every_other_method_is_named() {
        for (method, path, status, allow) in [
            ("GET", "", 404, ""),
            ("GET", "/api", 404, ""),
            ("GET", "/api/", 404, ""),
            ("POST", "/api/v1/developer/chat/", 404, ""),
            ("POST", "/api/v1/developer/Chat", 404, ""),
            ("POST", "/api//v1/developer/chat", 404, ""),
            ("POST", "/api/v1/developer/%63hat", 404, ""),
            ("GET", "/api/v1/developer/chat/requests/", 404, ""),
            ("GET", "/api/v1/developer/chat/requests/a/b", 404, ""),
            ("GET", "/api/v1/developer/chat/requests/..", 404, ""),
            ("GET", "/api/v1/developer/chat/requests/a%2fb", 404, ""),
            ("GET", "/api/v1/developer/chat", 405, "POST, OPTIONS"),
            ("DELETE", "/api/v1/developer/chat/requests/a", 405, "GET, OPTIONS"),
            ("POST", "/api/health", 405, "GET, OPTIONS"),
            ("GET", "/api/session", 405, "POST, OPTIONS"),
            ("POST", "/", 405, "GET, HEAD"),
        ] {
            let rejection = Route::find(method, path).expect_err(path);
            assert_eq!((rejection.status(), rejection.allow), (status, allow), "{method} {path}");
        }
    }
}
