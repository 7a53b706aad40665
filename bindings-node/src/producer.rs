//! The producer, as `lib/producer.js` calls it.

#![allow(clippy::needless_pass_by_value, reason = "what comes from JavaScript is owned")]

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use logrtc::binding::{ProducerExt as _, has_member};
use logrtc::{Level, Producer, Span};
use napi::Env;
use napi::bindgen_prelude::{Array, Object, ObjectFinalize};
use napi_derive::napi;

use crate::answers::{Answers, state_name};
use crate::calls::calls;
use crate::environment::{Listener, Local, OpenProducer, close_together, process};
use crate::fields::with_fields;
use crate::line::LineFormat;
use crate::options;
use crate::refusal::{Result, internal, no_thread, refused};
use crate::stats::describe_stats;

/// The memory outside of the heap that V8 attributes to a producer in a sandbox: a full journal, and as much for its threads
/// and sockets. V8 then collects the garbage of every few sandboxes. It collects none for descriptors, which run out first.
const SANDBOX_BYTES: i64 = 32 * 1024 * 1024;

/// A level by its name.
#[napi(object)]
pub struct NamedLevel {
    /// 0 (debug) to 3 (error).
    pub level: u32,
    /// The name to keep where the level says less than it.
    pub level_name: Option<String>,
}

/// What goes with an entry beside its text.
#[napi(object)]
pub struct Extras {
    /// The name to keep where the level says less than it.
    pub level_name: Option<String>,
    /// Of the span.
    pub id: Option<String>,
    /// Of the span.
    pub trace_id: Option<String>,
    /// Of the span.
    pub parent_id: Option<String>,
    /// What was passed as the span and cannot be read as one.
    pub invalid_span: Option<String>,
}

/// How a pino logger writes its lines, where it is not as by default.
#[derive(Default)]
#[napi(object)]
pub struct LineOptions {
    /// The key of the message.
    pub message_key: Option<String>,
    /// The key of the level.
    pub level_key: Option<String>,
    /// The names of levels, by their numbers in digits.
    pub labels: Option<HashMap<String, String>>,
    /// The target of a line that names none.
    pub target: Option<String>,
}

/// A producer of one environment. It ends when JavaScript lets go of it.
#[napi(custom_finalize)]
pub struct NativeProducer {
    producer: Producer,
    answers: Answers,
    client_id: String,
    url: String,
    open: Arc<OpenProducer>,
    local: Local,
    id: u32,
    external_bytes: i64,
}

#[napi]
impl NativeProducer {
    /// Connects. An unknown option may have been meant as one of `adapter_options`. `listener` gets a topic and JSON, and is
    /// referenced weakly. `own_process` is what JavaScript knows as `process`.
    #[napi(constructor)]
    pub fn new(
        env: Env,
        options: String,
        adapter_options: Vec<String>,
        program_name: String,
        listener: Listener<'_>,
        own_process: Object<'_>,
    ) -> Result<Self> {
        let local = Local::of(&env).map_err(internal)?;
        let id = local.next_id();
        let answers = Answers::new(Arc::clone(&local.shared), id);
        let warnings = answers.clone();
        let config =
            options::config(&options, &adapter_options, program_name, move |diagnostic| warnings.warn(diagnostic))?;
        let close_timeout = config.close_timeout();
        let (client_id, url) = (config.client_id().to_owned(), config.url().to_owned());
        let is_disabled = config.is_disabled();
        let is_in_sandbox =
            !process(&env).and_then(|process| env.strict_equals(process, own_process)).map_err(internal)?;
        if is_in_sandbox {
            local.end_with_process(&env).map_err(internal)?;
        }
        let producer = Producer::connect(config).map_err(refused)?;
        let external_bytes = if is_in_sandbox { SANDBOX_BYTES } else { 0 };
        env.adjust_external_memory(external_bytes).map_err(internal)?;
        local.listen(&env, id, &listener).map_err(internal)?;
        let events = if is_disabled { None } else { Some(answers.tell_events(producer.subscribe())?) };
        let open = Arc::new(OpenProducer {
            producer: producer.clone(),
            close_timeout,
            events: Mutex::new(events),
            is_left: AtomicBool::new(is_in_sandbox),
        });
        local.shared.opened(id, Arc::clone(&open));
        Ok(Self { producer, answers, client_id, url, open, local, id, external_bytes })
    }

    /// `[debug, info, warn, error, writeLines]`: what is called for every entry. Lines are read as pino writes them, but for what
    /// `lines` says.
    #[napi(ts_return_type = "Function[]")]
    pub fn calls<'env>(&self, env: &'env Env, lines: Option<LineOptions>) -> napi::Result<Array<'env>> {
        let LineOptions { message_key, level_key, labels, target } = lines.unwrap_or_default();
        let lines = LineFormat {
            message_key: message_key.unwrap_or_else(|| "msg".to_owned()),
            level_key: level_key.unwrap_or_else(|| "level".to_owned()),
            labels: labels.unwrap_or_default(),
            target: target.unwrap_or_else(|| self.client_id.clone()),
        };
        calls(env, &self.producer, &Arc::new(lines))
    }

    /// Logs an entry with what is rare.
    #[napi]
    pub fn log_with(&self, level: u32, target: String, message: String, fields: String, extras: Extras) {
        let mut record = with_fields(|| self.producer.log(level_of(level), &target, &message), &fields);
        if let Some(level_name) = extras.level_name.as_ref().filter(|_| !has_member(&fields, "level_name")) {
            // Where the program has such a field, it is the program's.
            record = record.field("level_name", &**level_name);
        }
        if let Some(invalid_span) = &extras.invalid_span {
            record = record.field("invalid_span", &**invalid_span);
        }
        if let Some(span) = span(extras) {
            record = record.span(span);
        }
        record.send();
    }

    /// Logs a whole entry that is JSON.
    #[napi]
    pub fn send(&self, entry: String) -> Result<()> {
        self.producer.send_json(&entry).map(drop).map_err(refused)
    }

    /// Whether an entry of the level and target would be logged.
    #[napi]
    pub fn enabled(&self, level: u32, target: String) -> bool {
        self.producer.enabled(level_of(level), &target)
    }

    /// The lowest level that any target wants; 4 where none is wanted.
    #[napi]
    pub fn lowest_level(&self) -> u32 {
        (0..4).find(|level| self.producer.enabled_for_any_target(level_of(*level))).unwrap_or(4)
    }

    /// Sets the level of every target that the filter does not name.
    #[napi]
    pub fn set_level(&self, level: String) -> Result<()> {
        self.producer.set_level(options::level(&level)?);
        Ok(())
    }

    /// Sets the filter.
    #[napi]
    pub fn set_filter(&self, directives: String) -> Result<()> {
        self.producer.set_filter(options::filter(&directives)?);
        Ok(())
    }

    /// Asks the question `id`: when is everything delivered? Without a timeout, the one for the end.
    #[napi]
    pub fn flush(&self, id: u32, timeout_ms: Option<f64>) -> Result<()> {
        let answers = self.answers.clone();
        self.producer.flush_then(self.timeout(timeout_ms)?, move |result| answers.give(id, result));
        Ok(())
    }

    /// The same, and blocks.
    #[napi]
    pub fn flush_sync(&self, timeout_ms: Option<f64>) -> Result<()> {
        self.producer.flush(self.timeout(timeout_ms)?).map_err(refused)
    }

    /// Asks the question `id`: when has everything ended? On a thread of its own, for it takes as long as it may.
    #[napi]
    pub fn close(&self, id: u32, timeout_ms: Option<f64>) -> Result<()> {
        let (producer, answers) = (self.producer.clone(), self.answers.clone());
        let timeout = self.timeout(timeout_ms)?;
        let close = move || answers.give(id, producer.close(timeout));
        thread::Builder::new().name("logrtc-close".to_owned()).spawn(close).map_err(|error| no_thread(&error))?;
        Ok(())
    }

    /// Asks the question `id`: does a channel to a consumer open in time?
    #[napi]
    pub fn wait_for_consumer(&self, id: u32, timeout_ms: f64) -> Result<()> {
        let answers = self.answers.clone();
        let timeout = options::duration("timeoutMs", timeout_ms)?;
        self.producer.wait_for_consumer_then(timeout, move |has_consumer| answers.give(id, Ok(has_consumer)));
        Ok(())
    }

    /// The name under which the producer registers.
    #[napi]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The address of the signaling server, without the user and the password.
    #[napi]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Why the signaling server cannot be reached, or its last complaint.
    #[napi]
    pub fn last_error(&self) -> Option<String> {
        self.producer.last_error()
    }

    /// The warnings since the last call.
    #[napi]
    pub fn take_warnings(&self) -> Vec<String> {
        self.answers.take_warnings()
    }

    /// Where the producer stands with its signaling server.
    #[napi]
    pub fn state(&self) -> &'static str {
        state_name(self.producer.state())
    }

    /// What has happened so far, as JSON.
    #[napi]
    pub fn stats(&self) -> String {
        describe_stats(&self.producer.stats()).to_string()
    }

    fn timeout(&self, timeout_ms: Option<f64>) -> Result<Duration> {
        timeout_ms.map_or(Ok(self.open.close_timeout), |timeout| options::duration("timeoutMs", timeout))
    }
}

impl ObjectFinalize for NativeProducer {
    fn finalize(self, env: Env) -> napi::Result<()> {
        self.local.forget(&env, self.id);
        self.local.shared.let_go(self.id);
        env.adjust_external_memory(-self.external_bytes).map(drop)
    }
}

/// Closes all of them at the same time, each within its limit of milliseconds or else its own, and blocks.
#[napi]
pub fn close_all(producers: Vec<&NativeProducer>, timeouts_ms: Vec<Option<f64>>) {
    let with_timeout = |(native, timeout_ms): (&NativeProducer, _)| {
        (Arc::clone(&native.open), native.timeout(timeout_ms).unwrap_or_default())
    };
    close_together(producers.into_iter().zip(timeouts_ms).map(with_timeout));
}

/// The command line of this process; empty if the system does not say.
#[napi]
pub fn process_arguments() -> Vec<String> {
    #[cfg(target_os = "linux")]
    {
        // Also with a C library that passes it to the program alone.
        let line = std::fs::read("/proc/self/cmdline").unwrap_or_default();
        let line = line.strip_suffix(&[0]).unwrap_or(&line);
        line.split(|byte| *byte == 0).map(|argument| String::from_utf8_lossy(argument).into_owned()).collect()
    }
    #[cfg(not(target_os = "linux"))]
    {
        std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect()
    }
}

/// The level that a name means; `None` if it is no name of a level.
#[napi]
pub fn level_by_name(name: String) -> Option<NamedLevel> {
    let (level, level_name) = Level::from_name(&name)?;
    Some(NamedLevel { level: level as u32, level_name: level_name.map(str::to_owned) })
}

/// The end of an error for an option that does not exist: `; did you mean url?`, or nothing if none of the known ones is near.
#[napi]
pub fn did_you_mean(written: String, known: Vec<String>) -> String {
    logrtc::binding::did_you_mean(&written, known.iter().map(String::as_str))
}

fn level_of(level: u32) -> Level {
    match level {
        0 => Level::Debug,
        1 => Level::Info,
        2 => Level::Warn,
        _ => Level::Error,
    }
}

fn span(extras: Extras) -> Option<Span> {
    let Extras { id, trace_id, parent_id, .. } = extras;
    if id.is_none() && trace_id.is_none() && parent_id.is_none() {
        return None;
    }
    let mut span = id.map_or_else(Span::default, Span::new);
    if let Some(trace_id) = trace_id {
        span = span.trace_id(trace_id);
    }
    if let Some(parent_id) = parent_id {
        span = span.parent_id(parent_id);
    }
    Some(span)
}
