//! Runs a program at the far end of a slow link, in a network namespace of its own.
//!
//! `test-wan [KEY=VALUE]… -- PROGRAM [ARGUMENT]…` must run as root of a network namespace without an interface `wan0`, for
//! example below `unshare --user --map-root-user --net`. That is the near end, 10.77.0.2; the program has 10.77.0.1.
//! The keys hold in both directions: `delay_ms`, `rate_kbit` (none: no limit), `loss_percent`, `queue_kb` (256).
//!
//! Lines of standard input go to the program, but for these, each of which is answered by one line of JSON:
//! `link down`, `link up`, and `link stats`: what each direction did since it was asked last.

mod carrier;
mod direction;
mod tun;

use std::error::Error;
use std::io::{BufRead, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use direction::{Direction, Settings};
use serde_json::{Value, json};
use tun::Tun;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The addresses of the ends: the program's, and that of whoever runs this.
const FAR: &str = "10.77.0.1";
const NEAR: &str = "10.77.0.2";

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut settings = Settings::default();
    for argument in arguments.by_ref().take_while(|argument| argument != "--") {
        let (key, value) = argument.split_once('=').ok_or("an option is KEY=VALUE")?;
        set(&mut settings, key, value)?;
    }
    let program = arguments.next().ok_or("usage: test-wan [KEY=VALUE]… -- PROGRAM [ARGUMENT]…")?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped());

    let near = Tun::open()?;
    set_up(NEAR)?;
    let directions = [Direction::new(settings), Direction::new(settings)].map(|one| Arc::new(Mutex::new(one)));
    let (mut child, far) = start_far(command)?;
    let input = child.stdin.take().ok_or("the program has a standard input")?;
    let [outward, inward] = directions.each_ref().map(Arc::clone);
    carrier::start("outward", far.try_clone()?, near.try_clone()?, outward)?;
    carrier::start("inward", near, far, inward)?;
    Builder::new().name("end".into()).spawn(move || {
        let code = child.wait().ok().and_then(|status| status.code());
        std::process::exit(code.unwrap_or(1));
    })?;
    obey(input, &directions)
}

fn set(settings: &mut Settings, key: &str, value: &str) -> Result<()> {
    match key {
        "delay_ms" => settings.delay = Duration::from_millis(value.parse()?),
        "rate_kbit" => settings.bytes_per_second = Some(value.parse::<f64>()? * 1000.0 / 8.0),
        "loss_percent" => settings.loss = value.parse::<f64>()? / 100.0,
        "queue_kb" => settings.queue_bytes = value.parse::<usize>()? * 1000,
        _ => return Err(format!("{key}: is not an option here").into()),
    }
    Ok(())
}

/// Starts the program in a namespace of its own, with its end of the link.
fn start_far(mut command: Command) -> Result<(Child, Tun)> {
    let (started, starts) = sync_channel(1);
    // A namespace belongs to a thread, and to what that starts.
    Builder::new().name("far".into()).spawn(move || {
        let mut start = || {
            tun::leave_network()?;
            let far = Tun::open()?;
            set_up(FAR)?;
            Ok((command.spawn()?, far))
        };
        let _ = started.send(start());
    })?;
    starts.recv()?
}

/// Makes the link of this thread's namespace usable.
fn set_up(address: &str) -> Result<()> {
    let script = format!(
        "ip link set lo up && ip addr add {address}/24 dev wan0 && \
         ip link set wan0 mtu 1500 txqueuelen 10000 multicast on up && ip route add default dev wan0"
    );
    let outcome = Command::new("sh").args(["-ec", &script]).output()?;
    if outcome.status.success() {
        Ok(())
    } else {
        Err(format!("{script}: {}", String::from_utf8_lossy(&outcome.stderr)).into())
    }
}

/// Until standard input ends; the program then ends, as far as it reads its own.
fn obey(mut input: ChildStdin, directions: &[Arc<Mutex<Direction>>; 2]) -> Result<()> {
    let each = |act: &dyn Fn(&mut Direction) -> Value| {
        let [outward, inward] =
            directions.each_ref().map(|one| act(&mut one.lock().unwrap_or_else(PoisonError::into_inner)));
        json!({"outward": outward, "inward": inward})
    };
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let Some(order) = line.strip_prefix("link ") else {
            writeln!(input, "{line}")?;
            continue;
        };
        let answer = match order {
            "down" | "up" => each(&|one| json!({"is_up": one.turn(order == "up")})),
            "stats" => each(&|one| one.take_stats(Instant::now())),
            _ => json!({"error": format!("{order}: is not an order to the link")}),
        };
        // At once, so that it does not mix with what the program writes.
        std::io::stdout().write_all(format!("{answer}\n").as_bytes())?;
    }
    drop(input);
    loop {
        std::thread::park();
    }
}
