//! The producer under attack, in a process of its own, so that what it takes can be told from what
//! the attack takes.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use logrtc_test_support::eventually;
use serde_json::Value;

pub(crate) const MIB: usize = 1 << 20;

/// How the kernel counts the time of a process (`sysconf(_SC_CLK_TCK)`, the same on every Linux).
const TICKS_PER_SECOND: f64 = 100.0;

pub(crate) struct Producer {
    process: Child,
    commands: ChildStdin,
    lines: Arc<Mutex<Vec<Value>>>,
    standard_error: Arc<Mutex<String>>,
}

impl Producer {
    /// One that has registered with the server of this URL, and has logged 10 entries.
    pub(crate) async fn start(url: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_hostile-producer"))
            .args([url, "app", "reconnect_interval_ms=50"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines: Arc<Mutex<Vec<Value>>> = Arc::default();
        let standard_error: Arc<Mutex<String>> = Arc::default();
        let (out, mut error) = (process.stdout.take().unwrap(), process.stderr.take().unwrap());
        std::thread::spawn({
            let lines = Arc::clone(&lines);
            move || {
                for line in BufReader::new(out).lines().map_while(Result::ok) {
                    lines.lock().unwrap().push(serde_json::from_str(&line).unwrap());
                }
            }
        });
        std::thread::spawn({
            let standard_error = Arc::clone(&standard_error);
            move || {
                let mut bytes = [0; 4096];
                while let Ok(read @ 1..) = error.read(&mut bytes) {
                    standard_error.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..read]));
                }
            }
        });
        let commands = process.stdin.take().unwrap();
        let mut producer = Self { process, commands, lines, standard_error };
        let is_registered = |line: &Value| line["event"] == "state" && line["state"] == "Registered";
        eventually("it registers", || producer.lines.lock().unwrap().iter().any(is_registered)).await;
        producer.command("log 0 10", |answer| answer["logged"] == 10).await;
        producer
    }

    /// Gives it a command, and waits for the answer that `wanted` returns true for.
    pub(crate) async fn command(&mut self, command: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let before = self.lines.lock().unwrap().len();
        writeln!(self.commands, "{command}").unwrap();
        let find = || self.lines.lock().unwrap()[before..].iter().find(|line| wanted(line)).cloned();
        eventually(command, || find().is_some()).await;
        find().unwrap()
    }

    /// Why the connections to this consumer have ended so far.
    pub(crate) fn ends(&self, consumer_id: &str) -> Vec<String> {
        let lines = self.lines.lock().unwrap();
        let of = |line: &&Value| line["event"] == "consumer_disconnected" && line["consumer_id"] == consumer_id;
        lines.iter().filter(of).map(|line| line["reason"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) fn standard_error(&self) -> String {
        self.standard_error.lock().unwrap().clone()
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.process.id())).unwrap()
    }

    /// From now on, [`growth`](Self::growth) is measured against what it has now. Returns that, in
    /// bytes.
    pub(crate) fn mark_memory(&self) -> usize {
        // Makes the highest number of resident pages the present one (proc(5), clear_refs).
        fs::write(format!("/proc/{}/clear_refs", self.process.id()), "5").unwrap();
        self.peak()
    }

    fn peak(&self) -> usize {
        let status = self.read("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    }

    /// By how many bytes its memory was more than `marked`, at the worst moment since.
    pub(crate) fn growth(&self, marked: usize) -> usize {
        self.peak().saturating_sub(marked)
    }

    /// How long it has run on a processor.
    fn processor_time(&self) -> Duration {
        let stat = self.read("stat");
        // Behind the name, which may have spaces: the 14th and 15th fields are ticks in user mode
        // and in the kernel.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        let ticks: f64 = fields[11..13].iter().map(|field| field.parse::<f64>().unwrap()).sum();
        Duration::from_secs_f64(ticks / TICKS_PER_SECOND)
    }

    /// The share of one processor that it takes in the next `period`.
    pub(crate) async fn load(&self, period: Duration) -> f64 {
        let (before, since) = (self.processor_time(), tokio::time::Instant::now());
        tokio::time::sleep(period).await;
        (self.processor_time() - before).as_secs_f64() / since.elapsed().as_secs_f64()
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
