//! The producer, as Python has it.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use logrtc::binding::ProducerExt as _;
use logrtc::{ErrorKind, Level, State};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::arguments::{Arguments, Details};
use crate::callbacks::CallbackThread;
use crate::cancel::{Cancellation, SIGNAL_INTERVAL};
use crate::errors::Refusal;
use crate::exceptions::Shown;
use crate::keys::Keys;
use crate::late::Late;
use crate::levels::{level_of, level_or_info};
use crate::options::Options;
use crate::process::Call;
use crate::record::Circumstances;
use crate::registry::{self, Handle};
use crate::stats::Stats;
use crate::values::seconds;
use crate::{fields, record, text};

thread_local! {
    /// Whether a record is being logged on this thread.
    static LOGGING: Cell<bool> = const { Cell::new(false) };
}

/// What `logrtc.Producer` inherits from.
#[pyclass(frozen, subclass, weakref, module = "logrtc._logrtc")]
pub(crate) struct Producer {
    handle: Arc<Handle>,
    url: String,
    client_id: String,
    may_block: bool,
    /// Records that were logged while another one was being logged on the same thread.
    suppressed: AtomicU64,
}

#[pymethods]
impl Producer {
    #[new]
    #[pyo3(signature = (url=None, *, client_id=None, **options))]
    fn new(
        py: Python<'_>,
        url: Option<&Bound<'_, PyAny>>,
        client_id: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> Result<Self, Refusal> {
        let Options { config, may_block, callbacks } = Options::read(py, url, client_id, options)?;
        let close_timeout = config.close_timeout();
        let (url, client_id) = (config.url().to_owned(), config.client_id().to_owned());
        let late = config.clone();
        let producer = logrtc::Producer::connect(config)?;
        let callbacks =
            if callbacks.is_empty() { None } else { Some(CallbackThread::start(py, callbacks, producer.subscribe())?) };
        let handle = Arc::new(Handle { producer, callbacks, close_timeout, late: Late::new(late) });
        registry::add(&handle);
        Ok(Self { handle, url, client_id, may_block, suppressed: AtomicU64::new(0) })
    }

    /// Logs at DEBUG.
    #[pyo3(signature = (*args, **more), text_signature = "($self, target, message=..., fields=None, span=None, *, exc_info=None, **more)")]
    fn debug(&self, args: &Bound<'_, PyTuple>, more: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        self.write((Level::Debug, None), false, None, args, more)
    }

    /// Logs at INFO.
    #[pyo3(signature = (*args, **more), text_signature = "($self, target, message=..., fields=None, span=None, *, exc_info=None, **more)")]
    fn info(&self, args: &Bound<'_, PyTuple>, more: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        self.write((Level::Info, None), false, None, args, more)
    }

    /// Logs at WARN.
    #[pyo3(signature = (*args, **more), text_signature = "($self, target, message=..., fields=None, span=None, *, exc_info=None, **more)")]
    fn warn(&self, args: &Bound<'_, PyTuple>, more: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        self.write((Level::Warn, None), false, None, args, more)
    }

    /// Logs at WARN.
    #[pyo3(signature = (*args, **more), text_signature = "($self, target, message=..., fields=None, span=None, *, exc_info=None, **more)")]
    fn warning(&self, args: &Bound<'_, PyTuple>, more: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        self.write((Level::Warn, None), false, None, args, more)
    }

    /// Logs at ERROR.
    #[pyo3(signature = (*args, **more), text_signature = "($self, target, message=..., fields=None, span=None, *, exc_info=None, **more)")]
    fn error(&self, args: &Bound<'_, PyTuple>, more: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        self.write((Level::Error, None), false, None, args, more)
    }

    /// Logs at ERROR, with the field `level_name`.
    #[pyo3(signature = (*args, **more), text_signature = "($self, target, message=..., fields=None, span=None, *, exc_info=None, **more)")]
    fn critical(&self, args: &Bound<'_, PyTuple>, more: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        self.write((Level::Error, Some("CRITICAL")), false, None, args, more)
    }

    /// Logs at ERROR, with the exception that is being handled.
    #[pyo3(signature = (*args, **more), text_signature = "($self, target, message=..., fields=None, span=None, *, exc_info=None, **more)")]
    fn exception(&self, args: &Bound<'_, PyTuple>, more: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        self.write((Level::Error, None), true, None, args, more)
    }

    /// Logs at a level that is known when the program runs. One that nobody knows is INFO, with the field `level_name`.
    #[pyo3(signature = (level, /, *args, **more), text_signature = "($self, level, /, target, message=..., fields=None, span=None, *, exc_info=None, **more)")]
    fn log(
        &self,
        level: &Bound<'_, PyAny>,
        args: &Bound<'_, PyTuple>,
        more: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let (level, name) = level_or_info(level)?;
        self.write((level, name.as_deref()), false, None, args, more)
    }

    /// Logs for a logger that `bind` has made, which has `bound` fields of its own.
    fn _log_bound(
        &self,
        bound: &Bound<'_, PyDict>,
        level: &Bound<'_, PyAny>,
        is_handling: bool,
        args: &Bound<'_, PyTuple>,
        more: &Bound<'_, PyDict>,
    ) -> PyResult<()> {
        let (level, name) = level_or_info(level)?;
        self.write((level, name.as_deref()), is_handling, Some(bound), args, Some(more))
    }

    /// Logs a whole entry: ``timestamp``, ``level``, ``target``, ``message``, and where it has them ``fields`` and ``span``.
    ///
    /// Raises ``InvalidArgumentError``, which names the key that is missing, of another type, or no part of an entry.
    fn send(&self, py: Python<'_>, entry: &Bound<'_, PyAny>) -> Result<(), Refusal> {
        let Some(_call) = Call::begin() else { return Ok(()) };
        let json = fields::of_entry(entry)?.to_json();
        let send = || self.handle.current().send_json(&json);
        if self.may_block { py.detach(send) } else { send() }?;
        Ok(())
    }

    /// Whether an entry of this level and target would be logged.
    fn enabled(&self, level: &Bound<'_, PyAny>, target: &Bound<'_, PyAny>) -> Result<bool, Refusal> {
        let (level, _) = level_of(level)?;
        let producer = &self.handle.producer;
        Ok(producer.enabled_for_any_target(level) && producer.enabled(level, &text::of_message(target)?))
    }

    /// Sets the lowest level that is logged, of every target that the filter does not name.
    fn set_level(&self, level: &Bound<'_, PyAny>) -> Result<(), Refusal> {
        self.handle.producer.set_level(level_of(level)?.0);
        Ok(())
    }

    /// Sets what is logged, by level and target: ``info,app.db=debug``.
    fn set_filter(&self, directives: &str) -> Result<(), Refusal> {
        self.handle.producer.set_filter(directives.parse()?);
        Ok(())
    }

    /// Waits until every consumer has everything that was logged before; at once where there is none.
    ///
    /// Raises ``FlushTimeoutError`` after ``timeout`` seconds, the ``close_timeout`` where it is ``None``, and ``ClosedError`` after
    /// ``close``. Other threads run meanwhile, and Ctrl-C ends it.
    #[pyo3(signature = (timeout=None))]
    fn flush(&self, py: Python<'_>, timeout: Option<&Bound<'_, PyAny>>) -> Result<(), Refusal> {
        self.flush_unless(py, timeout, || false)
    }

    /// Does what `flush` does, until `cancellation` is set: then it returns, soon, as if all were done.
    fn _flush_until(
        &self,
        py: Python<'_>,
        timeout: Option<&Bound<'_, PyAny>>,
        cancellation: &Cancellation,
    ) -> Result<(), Refusal> {
        self.flush_unless(py, timeout, || cancellation.is_set())
    }

    /// Delivers what was logged, and ends the producer: when it returns, no thread or socket of it is left.
    ///
    /// It waits for the consumers that are connected or announced, and for the first registration if that is under way. Raises
    /// ``FlushTimeoutError`` if a consumer did not receive everything within ``timeout`` seconds, the ``close_timeout`` if it is
    /// ``None``; the producer is closed all the same. Other threads run meanwhile. Later log calls are counted, and do nothing.
    /// Closing again does nothing.
    #[pyo3(signature = (timeout=None))]
    fn close(&self, py: Python<'_>, timeout: Option<&Bound<'_, PyAny>>) -> Result<(), Refusal> {
        let timeout = self.timeout(timeout)?;
        let closed = py.detach(|| self.handle.close(timeout));
        registry::remove(&self.handle);
        Ok(closed?)
    }

    /// Waits until the channel to a consumer is open, and returns whether one is.
    ///
    /// Without a limit if ``timeout`` is ``None``. Returns ``False`` after ``timeout`` seconds, and at once if no consumer
    /// can come any more: the producer is closed, disabled, or has given up. Other threads run meanwhile, and Ctrl-C ends it.
    #[pyo3(signature = (timeout=None))]
    fn wait_for_consumer(&self, py: Python<'_>, timeout: Option<&Bound<'_, PyAny>>) -> Result<bool, Refusal> {
        let producer = &self.handle.producer;
        let timeout = timeout.map_or(Ok(Duration::MAX), |timeout| seconds("timeout", timeout))?;
        let began = Instant::now();
        loop {
            let left = timeout.saturating_sub(began.elapsed());
            if py.detach(|| producer.wait_for_consumer(left.min(SIGNAL_INTERVAL))) {
                return Ok(true);
            }
            if left <= SIGNAL_INTERVAL || matches!(producer.state(), State::Closed | State::Disabled | State::Abandoned)
            {
                return Ok(false);
            }
            py.check_signals()?;
        }
    }

    /// The address of the signaling server.
    #[getter]
    fn url(&self) -> &str {
        &self.url
    }

    /// The name under which it registers.
    #[getter]
    fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Where it stands with its signaling server.
    #[getter]
    fn state(&self) -> &'static str {
        self.handle.producer.state().as_str()
    }

    /// Why the signaling server cannot be reached, or its last complaint; ``None`` once a registration has worked.
    #[getter]
    fn last_error(&self) -> Option<String> {
        self.handle.producer.last_error()
    }

    /// What has been counted so far.
    fn stats(&self) -> Stats {
        self.handle.producer.stats().into()
    }

    /// Records that were logged while another one was being logged on the same thread, and were left out.
    #[getter]
    fn _suppressed(&self) -> u64 {
        self.suppressed.load(Ordering::Relaxed)
    }

    /// What `call` answers to `record`; `None` where a record is being logged on this thread. What `call` logs is left out.
    fn _unless_logging<'py>(
        &self,
        call: &Bound<'py, PyAny>,
        record: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut answer = None;
        self.unless_logging(|| {
            answer = Some(call.call1((record,))?);
            Ok(())
        })?;
        Ok(answer)
    }

    /// Logs a `logging.LogRecord`; `make_message` makes its message, where it is given.
    #[pyo3(signature = (record, make_message=None))]
    fn _log_record<'py>(&self, record: &Bound<'py, PyAny>, make_message: Option<&Bound<'py, PyAny>>) -> PyResult<()> {
        self.unless_logging(|| record::log(self.handle.current(), self.may_block, record, make_message))
    }

    /// Logs what another library has recorded. A level that nobody knows is INFO, and stays as the field `level_name`.
    #[pyo3(signature = (level, level_name, target, message, fields, *, exception=None, trace=None, shown=None, stack=None, path=None, function=None, line=None, created=None))]
    #[allow(clippy::too_many_arguments, reason = "each is one thing that a record may have")]
    fn _log_event<'py>(
        &self,
        py: Python<'py>,
        level: &Bound<'py, PyAny>,
        level_name: Option<&Bound<'py, PyAny>>,
        target: &Bound<'py, PyAny>,
        message: &Bound<'py, PyAny>,
        fields: &Bound<'py, PyDict>,
        exception: Option<&Bound<'py, PyAny>>,
        trace: Option<&Bound<'py, PyAny>>,
        shown: Option<&Bound<'py, PyAny>>,
        stack: Option<&Bound<'py, PyAny>>,
        path: Option<&Bound<'py, PyAny>>,
        function: Option<&Bound<'py, PyAny>>,
        line: Option<&Bound<'py, PyAny>>,
        created: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<()> {
        self.unless_logging(|| {
            let producer = self.handle.current();
            let (level, name) = level_or_info(level)?;
            let target = text::of_message(target)?;
            if !producer.enabled(level, &target) {
                producer.count_filtered();
                return Ok(());
            }
            let message = text::of_message(message)?;
            let mut own = Keys::default();
            let fields = fields::from_dict(fields, |member| own.note(member.key))?;
            let trace = trace.map(text::of_message).transpose()?;
            let shown = shown.map(text::of_message).transpose()?;
            let circumstances = Circumstances {
                level_name,
                name: name.as_deref(),
                exception,
                shown: shown.as_deref().or(trace.as_deref()).map(|text| Shown { text, trace: trace.as_deref() }),
                stack,
                path,
                function,
                line,
                created,
            };
            let record = circumstances.complete(py, producer.log(level, &*target, &*message), fields, own)?;
            if self.may_block {
                py.detach(|| record.send())
            } else {
                record.send()
            };
            Ok(())
        })
    }
}

impl Producer {
    #[inline]
    fn write(
        &self,
        (level, level_name): (Level, Option<&str>),
        is_handling: bool,
        bound: Option<&Bound<'_, PyDict>>,
        args: &Bound<'_, PyTuple>,
        more: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let Some(_call) = Call::begin() else { return Ok(()) };
        let producer = self.handle.current();
        if !producer.enabled_for_any_target(level) {
            producer.count_filtered();
            return Ok(());
        }
        let arguments = Arguments::read(args, more, bound)?;
        let target = match arguments.target.as_ref().filter(|target| !target.is_none()) {
            Some(target) => text::of_message(target)?,
            None => Cow::Borrowed(&*self.client_id),
        };
        let message = arguments.message.as_ref().map_or(Ok(Cow::Borrowed("")), text::of_message)?;
        let mut record = producer.log(level, &*target, &*message);
        if record.is_wanted() {
            let Details { fields, span } = arguments.details(level_name, is_handling)?;
            record = record.fields(fields);
            if let Some(span) = span {
                record = record.span(span);
            }
        }
        if self.may_block {
            args.py().detach(|| record.send())
        } else {
            record.send()
        };
        Ok(())
    }

    /// What is logged while a record is being logged, by what that asks of the program, is left out: it could have no end.
    fn unless_logging(&self, log: impl FnOnce() -> PyResult<()>) -> PyResult<()> {
        let Some(_call) = Call::begin() else { return Ok(()) };
        /// Whatever becomes of the call, the next one begins anew.
        struct Logging;

        impl Drop for Logging {
            fn drop(&mut self) {
                LOGGING.set(false);
            }
        }

        if LOGGING.replace(true) {
            self.suppressed.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        let _logging = Logging;
        log()
    }

    fn flush_unless(
        &self,
        py: Python<'_>,
        timeout: Option<&Bound<'_, PyAny>>,
        is_cancelled: impl Fn() -> bool,
    ) -> Result<(), Refusal> {
        let producer = &self.handle.producer;
        let deadline = Instant::now() + self.timeout(timeout)?;
        let position = producer.position();
        while !is_cancelled() {
            let left = deadline.saturating_duration_since(Instant::now());
            match py.detach(|| producer.flush_to(position, left.min(SIGNAL_INTERVAL))) {
                Err(error) if error.kind() == ErrorKind::Timeout && left > SIGNAL_INTERVAL => py.check_signals()?,
                flushed => return Ok(flushed?),
            }
        }
        Ok(())
    }

    fn timeout(&self, timeout: Option<&Bound<'_, PyAny>>) -> Result<Duration, Refusal> {
        timeout.map_or(Ok(self.handle.close_timeout), |timeout| seconds("timeout", timeout))
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        // One that was closed is gone from there.
        if registry::holds(&self.handle) {
            registry::close_abandoned(&self.handle);
        }
    }
}
