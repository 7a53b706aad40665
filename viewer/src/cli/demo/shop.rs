//! What a small web shop would log: one request after the other, each with what it did.

use std::time::Duration;

use logrtc::Level;
use serde_json::{Value, json};

/// One log entry to be.
pub(super) struct Line {
    pub(super) level: Level,
    pub(super) target: &'static str,
    pub(super) message: String,
    pub(super) fields: Vec<(&'static str, Value)>,
    pub(super) span: SpanIds,
}

#[derive(Clone)]
pub(super) struct SpanIds {
    pub(super) id: String,
    pub(super) trace_id: String,
    pub(super) parent_id: Option<String>,
}

/// The lines of one request, each after a pause.
type Story = Vec<(Duration, Line)>;

#[derive(Default)]
pub(super) struct Shop {
    requests: u64,
    rest_of_rush: u32,
}

struct Route {
    method: &'static str,
    path: &'static str,
    query: &'static str,
    cache_key: Option<&'static str>,
}

const ROUTES: [Route; 6] = [
    Route {
        method: "GET",
        path: "/",
        query: "SELECT * FROM products ORDER BY sold DESC LIMIT 24",
        cache_key: Some("home:v3"),
    },
    Route {
        method: "GET",
        path: "/products/4711",
        query: "SELECT * FROM products WHERE id = $1",
        cache_key: Some("product:4711"),
    },
    Route {
        method: "GET",
        path: "/search?q=teapot",
        query: "SELECT id FROM products WHERE tsv @@ $1",
        cache_key: None,
    },
    Route {
        method: "POST",
        path: "/cart/items",
        query: "INSERT INTO cart_items (cart_id, product_id, quantity) VALUES ($1, $2, $3)",
        cache_key: None,
    },
    Route {
        method: "POST",
        path: "/checkout",
        query: "UPDATE orders SET state = 'paid' WHERE id = $1",
        cache_key: None,
    },
    Route {
        method: "GET",
        path: "/orders",
        query: "SELECT * FROM orders WHERE customer_id = $1",
        cache_key: Some("orders:c88"),
    },
];

impl Shop {
    /// The next request; now and then a rush of them comes at once.
    pub(super) fn serve_one(&mut self) -> Story {
        self.requests += 1;
        self.rest_of_rush = match self.rest_of_rush {
            0 if fastrand::u32(..40) == 0 => fastrand::u32(15..40),
            rest => rest.saturating_sub(1),
        };
        let is_rush = self.rest_of_rush > 0;
        let mut story = Telling::new(self.requests, if is_rush { 8 } else { 140 });
        story.request(&ROUTES[fastrand::usize(..ROUTES.len())]);
        if self.requests.is_multiple_of(25) {
            story.housekeeping();
        }
        story.lines
    }
}

struct Telling {
    lines: Story,
    request_id: String,
    root: SpanIds,
    mean_pause_ms: u64,
}

impl Telling {
    fn new(number: u64, mean_pause_ms: u64) -> Self {
        let root = SpanIds { id: span_id(), trace_id: format!("{:032x}", fastrand::u128(..)), parent_id: None };
        Self { lines: Vec::new(), request_id: format!("req_{number:06}"), root, mean_pause_ms }
    }

    fn request(&mut self, route: &Route) {
        let duration_ms = fastrand::u32(3..90);
        self.say(
            Level::Debug,
            "shop::http",
            "request started",
            vec![("method", json!(route.method)), ("path", json!(route.path)), ("request_id", json!(self.request_id))],
        );
        let is_cached = route.cache_key.is_some_and(|key| self.cache(key));
        if !is_cached {
            self.query(route.query);
        }
        let (status, duration_ms) = match (route.path, fastrand::u32(..100)) {
            ("/checkout", 0..15) => (self.decline(), duration_ms),
            ("/checkout", _) => (self.order(), duration_ms),
            (_, 0..2) => (self.fail(), 5_000 + duration_ms),
            (_, 2..6) => (404, duration_ms),
            _ => (200, duration_ms),
        };
        let level = match status {
            500.. => Level::Error,
            400..500 => Level::Warn,
            _ => Level::Info,
        };
        self.say(
            level,
            "shop::http",
            format!("{} {} {status}", route.method, route.path),
            vec![
                ("method", json!(route.method)),
                ("path", json!(route.path)),
                ("status", json!(status)),
                ("duration_ms", json!(duration_ms)),
                ("request_id", json!(self.request_id)),
            ],
        );
    }

    fn cache(&mut self, key: &str) -> bool {
        let is_hit = fastrand::u32(..10) < 6;
        let message = if is_hit { "cache hit" } else { "cache miss" };
        self.say_within(Level::Debug, "shop::cache", message, vec![("key", json!(key))]);
        is_hit
    }

    fn query(&mut self, statement: &str) {
        let is_slow = fastrand::u32(..25) == 0;
        let duration_ms = if is_slow { fastrand::u32(800..2_400) } else { fastrand::u32(1..30) };
        let fields = vec![
            ("statement", json!(statement)),
            ("duration_ms", json!(duration_ms)),
            ("rows", json!(fastrand::u32(0..25))),
        ];
        if is_slow {
            self.say_within(Level::Warn, "shop::db", "slow query", fields);
        } else {
            self.say_within(Level::Debug, "shop::db", "query", fields);
        }
    }

    fn order(&mut self) -> u32 {
        let cents = fastrand::u32(990..25_000);
        self.say_within(
            Level::Info,
            "shop::payment",
            "payment accepted",
            vec![
                ("order_id", json!(format!("ord_{:05}", fastrand::u32(..100_000)))),
                ("amount", json!(f64::from(cents) / 100.0)),
                ("currency", json!("EUR")),
                ("items", json!(fastrand::u32(1..6))),
            ],
        );
        201
    }

    fn decline(&mut self) -> u32 {
        self.say_within(
            Level::Warn,
            "shop::payment",
            "payment declined",
            vec![("reason", json!("insufficient_funds")), ("attempt", json!(fastrand::u32(1..4)))],
        );
        402
    }

    fn fail(&mut self) -> u32 {
        self.say_within(Level::Error, "shop::db", "connection to the replica timed out after 5 s", vec![
            ("host", json!("db-replica-2")),
            ("pool", json!({"size": 20, "idle": 0, "waiting": fastrand::u32(3..30)})),
            ("exception.type", json!("TimeoutError")),
            (
                "exception.stacktrace",
                json!(
                    "TimeoutError: connection timed out\n    at Pool.acquire (pool.rs:214)\n    at Orders.load (orders.rs:88)"
                ),
            ),
        ]);
        503
    }

    fn housekeeping(&mut self) {
        self.say(
            Level::Info,
            "shop::jobs",
            "expired carts removed",
            vec![("removed", json!(fastrand::u32(0..40))), ("duration_ms", json!(fastrand::u32(20..200)))],
        );
    }

    fn say(
        &mut self,
        level: Level,
        target: &'static str,
        message: impl Into<String>,
        fields: Vec<(&'static str, Value)>,
    ) {
        let span = self.root.clone();
        self.push(Line { level, target, message: message.into(), fields, span });
    }

    /// Says it in a span of its own below the request's.
    fn say_within(&mut self, level: Level, target: &'static str, message: &str, fields: Vec<(&'static str, Value)>) {
        let span =
            SpanIds { id: span_id(), trace_id: self.root.trace_id.clone(), parent_id: Some(self.root.id.clone()) };
        self.push(Line { level, target, message: message.to_owned(), fields, span });
    }

    fn push(&mut self, line: Line) {
        let pause = Duration::from_millis(fastrand::u64(0..=2 * self.mean_pause_ms));
        self.lines.push((pause, line));
    }
}

fn span_id() -> String {
    format!("{:016x}", fastrand::u64(..))
}
