//! The log page: static files, built into the program.

use std::hash::{DefaultHasher, Hasher};

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// What a page of ours may do: run its own script, worker, WebAssembly and style, and connect to its own server.
/// `'self'` includes the WebSocket of the same host. The page makes one kind of trusted value: the address of its worker.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     worker-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-ancestors 'none'; \
     base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types logrtc";

struct Asset {
    path: &'static str,
    content_type: &'static str,
    content: &'static [u8],
}

static ASSETS: [Asset; 6] = [
    Asset { path: "/", content_type: "text/html; charset=utf-8", content: include_bytes!("../web/dist/index.html") },
    Asset {
        path: "/app.js",
        content_type: "text/javascript; charset=utf-8",
        content: include_bytes!("../web/dist/app.js"),
    },
    Asset {
        path: "/store.js",
        content_type: "text/javascript; charset=utf-8",
        content: include_bytes!("../web/dist/store.js"),
    },
    Asset {
        path: "/engine.wasm",
        content_type: "application/wasm",
        content: include_bytes!("../web/dist/engine.wasm"),
    },
    Asset { path: "/app.css", content_type: "text/css; charset=utf-8", content: include_bytes!("../web/dist/app.css") },
    Asset { path: "/icon.svg", content_type: "image/svg+xml", content: include_bytes!("../web/dist/icon.svg") },
];

/// Serves the files by GET and HEAD, each with an ETag.
pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    ASSETS.iter().fold(Router::new(), |router, asset| {
        let etag = etag(asset.content);
        router.route(asset.path, get(async move |headers: HeaderMap| respond(asset, &etag, &headers)))
    })
}

/// Adds what every answer carries, whatever it is.
pub(crate) fn harden(mut response: Response) -> Response {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn respond(asset: &Asset, etag: &HeaderValue, request: &HeaderMap) -> Response {
    let etag_header = (header::ETAG, etag.clone());
    if is_known(etag, request) {
        return (StatusCode::NOT_MODIFIED, [etag_header]).into_response();
    }
    let content_type = (header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    ([content_type, etag_header], asset.content).into_response()
}

fn is_known(etag: &HeaderValue, request: &HeaderMap) -> bool {
    let known = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known).as_bytes() == etag.as_bytes()
    })
}

fn etag(content: &[u8]) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    hasher.write(content);
    HeaderValue::from_str(&format!("\"{:016x}\"", hasher.finish())).expect("hexadecimal digits are a header value")
}
