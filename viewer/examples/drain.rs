//! Takes entries as fast as it can, for `make bench`: `drain URL COUNT`.
//!
//! Connects to the signaling server at URL, and prints one line of JSON on standard output when COUNT numbers of the
//! producer are accounted for, from the oldest that it holds on: `entries` that arrived, `lost` ones, `frames`,
//! `message_bytes` as they were received, `entry_bytes` as they were logged, `seconds` from the first frame on, and
//! `cpu_seconds` of this process in that time.

use std::error::Error;
use std::time::Instant;

use logrtc_viewer::consumer::{Consumer, Event, Options, Start};
use serde_json::json;

#[derive(Default)]
struct Drained {
    entries: u64,
    entry_bytes: usize,
    message_bytes: usize,
    frames: u64,
    lost: u64,
    malformed: usize,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    const USAGE: &str = "usage: drain URL COUNT";
    let mut arguments = std::env::args().skip(1);
    let mut options = Options::new(arguments.next().ok_or(USAGE)?.parse()?);
    let count: u64 = arguments.next().ok_or(USAGE)?.parse()?;
    options.use_stun = false;
    options.start = Some(Start::Oldest);
    let mut consumer = Consumer::connect(options);
    let mut drained = Drained::default();
    let mut begun = None;
    while drained.entries + drained.lost < count {
        match consumer.next().await.ok_or("the consumer ended")? {
            Event::Opened { welcome: None, .. } => return Err("the producer does not speak the extension".into()),
            Event::Entries { entries, malformed, .. } => {
                if begun.is_none() {
                    begun = Some((Instant::now(), cpu_seconds()?));
                }
                drained.entries += entries.len() as u64;
                // Each entry is looked for, as whoever reads it would.
                drained.entry_bytes += entries.iter().map(str::len).sum::<usize>();
                drained.message_bytes += entries.message_bytes();
                drained.frames += 1;
                drained.malformed += malformed;
            }
            Event::Gap { first, last, .. } => drained.lost += last - first + 1,
            Event::ServerLost(failure) => return Err(failure.reason.into()),
            _ => {}
        }
    }
    let (since, cpu) = begun.ok_or("there were no entries")?;
    let report = json!({
        "entries": drained.entries,
        "lost": drained.lost,
        "malformed": drained.malformed,
        "frames": drained.frames,
        "message_bytes": drained.message_bytes,
        "entry_bytes": drained.entry_bytes,
        "seconds": since.elapsed().as_secs_f64(),
        "cpu_seconds": cpu_seconds()? - cpu,
    });
    println!("{report}");
    consumer.close().await;
    Ok(())
}

/// What all threads of this process have used, in user and kernel mode.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in parentheses, may contain spaces. Times are in hundredths of a second (proc(5)).
    let fields: Vec<&str> = stat.rsplit_once(')').ok_or("/proc/self/stat: no name")?.1.split_whitespace().collect();
    let ticks = |field: usize| -> Result<f64, Box<dyn Error>> { Ok(fields.get(field).ok_or("too short")?.parse()?) };
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}
