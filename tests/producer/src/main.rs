//! A producer that a test drives, line by line, from another process.
//!
//! `test-producer URL CLIENT_ID [KEY=VALUE]…` reads commands from standard input and answers each with one line of
//! JSON: `log FROM TO`, `send JSON`, `wait consumers N`, `stats`, `flush TIMEOUT_MS`, `close TIMEOUT_MS`. Events come as they are,
//! as lines with the key `event`. For benchmarks: `burst COUNT`, `pace COUNT PER_SECOND`, `shop COUNT`.

#![forbid(unsafe_code)]

mod load;

use std::error::Error;
use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

use logrtc::{Config, ConfigBuilder, Event, Level, Producer, Span};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("usage: test-producer URL CLIENT_ID [KEY=VALUE]…")?;
    let client_id = arguments.next().ok_or("usage: test-producer URL CLIENT_ID [KEY=VALUE]…")?;
    let arguments: Vec<String> = arguments.collect();
    let mut builder = Config::builder(client_id).url(url).system_name("Test").version("1.0.0");
    if arguments.iter().all(|argument| argument != "ice_servers=server") {
        builder = builder.ice_servers([]);
    }
    for argument in &arguments {
        let (key, value) = argument.split_once('=').ok_or("an option is KEY=VALUE")?;
        builder = option(builder, key, value)?;
    }
    let producer = Producer::connect(builder.build()?)?;
    let events = producer.subscribe();
    std::thread::Builder::new().name("events".into()).spawn(move || {
        for event in events {
            say(&describe(&event));
        }
    })?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let answer = obey(&producer, &line).unwrap_or_else(|error| json!({"error": error.to_string()}));
        say(&answer);
    }
    Ok(())
}

fn option(builder: ConfigBuilder, key: &str, value: &str) -> Result<ConfigBuilder> {
    Ok(match key {
        "secret" => builder.secret(value),
        "max_entries" => builder.max_entries(value.parse()?),
        "max_bytes" => builder.max_bytes(value.parse()?),
        "max_consumers" => builder.max_consumers(value.parse()?),
        "ice_server" => builder.ice_servers([value.parse()?]),
        // Those of the signaling server, or the default.
        "ice_servers" if value == "server" => builder,
        "udp_ports" => builder.udp_ports(logrtc::binding::parse_udp_ports(value)?),
        "announced_address" => builder.announced_address(value),
        "interface" => builder.interfaces([value]),
        "relay_only" => builder.relay_only(value.parse()?),
        "reconnect_interval_ms" => builder.reconnect_interval(Duration::from_millis(value.parse()?)),
        _ => return Err(format!("{key}: is not an option here").into()),
    })
}

fn obey(producer: &Producer, line: &str) -> Result<Value> {
    let milliseconds = |text: &str| text.parse().map(Duration::from_millis);
    if let Some(json) = line.strip_prefix("send ") {
        return Ok(json!({"outcome": format!("{:?}", producer.send_json(json)?)}));
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["log", from, to] => {
            let (from, to): (u64, u64) = (from.parse()?, to.parse()?);
            (from..to).for_each(|number| log(producer, number));
            Ok(json!({"logged": to - from}))
        }
        ["burst", count] => Ok(load::burst(producer, count.parse()?)),
        ["pace", count, per_second] => Ok(load::pace(producer, count.parse()?, per_second.parse()?)),
        ["shop", count] => Ok(load::shop(producer, count.parse()?)),
        ["wait", "consumers", count] => {
            let count: usize = count.parse()?;
            let deadline = Instant::now() + Duration::from_secs(30);
            while producer.stats().consumers.len() != count {
                if Instant::now() > deadline {
                    return Err(format!("{} consumers, not {count}", producer.stats().consumers.len()).into());
                }
                std::thread::sleep(Duration::from_millis(2));
            }
            Ok(json!({"consumers": count}))
        }
        ["stats"] => Ok(stats(producer)),
        ["flush", timeout] => Ok(json!({"flushed": producer.flush(milliseconds(timeout)?).is_ok()})),
        ["close", timeout] => {
            let since = Instant::now();
            let closed = producer.close(milliseconds(timeout)?);
            Ok(json!({"closed": closed.is_ok(), "took_ms": since.elapsed().as_secs_f64() * 1e3}))
        }
        _ => Err(format!("{words:?} is not a command").into()),
    }
}

/// The entry of this number; the tests build the same one.
fn log(producer: &Producer, number: u64) {
    let level = [Level::Debug, Level::Info, Level::Warn, Level::Error][usize::try_from(number % 4).expect("below 4")];
    let message = format!("entry {number} 日志 <b>not bold</b> \"quoted\"");
    let record = producer.log(level, "test::numbers", &message).field("number", number).field("odd", number % 2 == 1);
    if number.is_multiple_of(3) {
        record.span(Span::new(format!("span_{number}")).trace_id("trace_1")).send();
    } else {
        record.send();
    }
}

fn stats(producer: &Producer) -> Value {
    let stats = producer.stats();
    let consumers = stats.consumers.iter().map(|consumer| {
        let counts = consumer.counts;
        json!({
            "consumer_id": consumer.consumer_id,
            "accepted": counts.accepted,
            "delivered": counts.delivered,
            "waiting": counts.waiting,
            "dropped": counts.dropped.total(),
            "filtered": counts.filtered,
            "buffered_amount": consumer.buffered_amount,
            "window_bytes": consumer.window_bytes,
        })
    });
    json!({
        "state": format!("{:?}", producer.state()),
        "accepted": stats.accepted,
        "retained_entries": stats.retained_entries,
        "retained_bytes": stats.retained_bytes,
        "registrations": stats.registrations,
        "consumers_opened": stats.consumers_opened,
        "proofs_refused": stats.proofs_refused,
        "open_sockets": stats.open_sockets,
        "consumers": consumers.collect::<Vec<_>>(),
    })
}

fn describe(event: &Event) -> Value {
    match event {
        Event::StateChanged(state) => json!({"event": "state", "state": format!("{state:?}")}),
        Event::ConsumerConnected { consumer_id } => json!({"event": "consumer_connected", "consumer_id": consumer_id}),
        Event::ConsumerDisconnected { consumer_id, reason, .. } => {
            json!({"event": "consumer_disconnected", "consumer_id": consumer_id, "reason": format!("{reason:?}")})
        }
        other => json!({"event": format!("{other:?}")}),
    }
}

fn say(line: &Value) {
    let mut out = std::io::stdout().lock();
    // Nobody is left to tell where the test has gone.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
