//! An environment of Node.js: the main thread's, or a worker's, each with its producers.
//!
//! JavaScript that runs in a sandbox of that thread, as `vm` and Jest make them, shares its environment. Nothing here keeps a
//! sandbox in memory: the listeners of producers are weak references, and the one function that is referenced belongs to the
//! environment itself.

use std::cell::RefCell;
use std::collections::HashMap;
use std::mem::ManuallyDrop;
use std::ptr::null_mut;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use logrtc::{Producer, State};
use napi::bindgen_prelude::{FnArgs, Function, FunctionCallContext, JsObjectValue, JsValue, Object, Unknown};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Result, Status, sys};

/// How long the end of an environment without an end of its JavaScript waits for delivery: a worker that is terminated.
const TERMINATION_TIMEOUT: Duration = Duration::from_millis(200);

/// What a listener is called for.
#[derive(Clone, Copy, Debug)]
pub enum Topic {
    /// The name of an event and its values, as a JSON array.
    Event = 0,
    /// The answer to a question, as a JSON object.
    Answer = 1,
    /// There is a warning to take. No text.
    Warning = 2,
}

/// What JavaScript is to be told.
struct Message {
    producer: u32,
    topic: Topic,
    json: String,
    /// How many such messages wait for JavaScript.
    waiting: Option<Arc<AtomicUsize>>,
}

/// The queue has no bound of its own: whoever sends without being asked passes a count of what waits.
type Messages = ThreadsafeFunction<Message, (), FnArgs<(u32, u32, String)>, Status, false, true, 0>;

/// A function that takes a topic and its text.
pub type Listener<'env> = Function<'env, FnArgs<(u32, String)>, Unknown<'env>>;

/// `process.on`.
type On<'env> = Function<'env, FnArgs<(&'static str, Function<'env, (), ()>)>, Unknown<'env>>;

/// The listeners of an environment by the numbers of their producers, as weak references. They belong to its thread.
type Listeners = Rc<RefCell<HashMap<u32, sys::napi_ref>>>;

/// What all producers of an environment share, on every thread.
pub struct Environment {
    /// Never released: Node aborts the process where that happens while the environment ends, which no thread but its own can
    /// know. The environment takes it at its end, and it keeps nothing alive.
    messages: ManuallyDrop<Messages>,
    open: Mutex<HashMap<u32, Arc<OpenProducer>>>,
    is_ending: AtomicBool,
}

/// A producer that its environment closes at its end.
pub struct OpenProducer {
    /// The core's.
    pub producer: Producer,
    /// How long its end waits for delivery.
    pub close_timeout: Duration,
    /// The thread that tells events; none if it is off, or waited for.
    pub events: Mutex<Option<JoinHandle<()>>>,
    /// Whether no code of the program closes it any more: it is in a sandbox, or was collected as garbage.
    pub is_left: AtomicBool,
}

/// The environment of a thread, and what is its thread's alone. The instance data of this module.
#[derive(Clone)]
pub struct Local {
    /// What is shared.
    pub shared: Arc<Environment>,
    listeners: Listeners,
    last_id: Rc<RefCell<u32>>,
    listens_to_exit: Rc<RefCell<bool>>,
}

impl Local {
    /// The one of `env`, made at first use.
    ///
    /// # Errors
    /// If Node refuses it, as while it ends.
    pub fn of(env: &Env) -> Result<Self> {
        if let Some(local) = env.get_instance_data::<Self>()? {
            return Ok(local.clone());
        }
        let listeners = Listeners::default();
        let shared = Arc::new(Environment {
            messages: ManuallyDrop::new(messages(env, Rc::clone(&listeners))?),
            open: Mutex::default(),
            is_ending: AtomicBool::new(false),
        });
        let local = Self { shared, listeners, last_id: Rc::default(), listens_to_exit: Rc::default() };
        env.set_instance_data(local.clone(), (), |_| {})?;
        let ending = Arc::clone(&local.shared);
        env.add_env_cleanup_hook((), move |()| ending.end())?;
        Ok(local)
    }

    /// A number for a producer.
    pub fn next_id(&self) -> u32 {
        let mut id = self.last_id.borrow_mut();
        *id = id.wrapping_add(1);
        *id
    }

    /// Has `listener` called with the messages about a producer, for as long as something else references it.
    ///
    /// # Errors
    /// If Node refuses the reference.
    pub fn listen(&self, env: &Env, id: u32, listener: &Listener<'_>) -> Result<()> {
        let mut reference = null_mut();
        // SAFETY: both are of the call that is under way. A count of 0 makes the reference weak.
        let status = unsafe { sys::napi_create_reference(env.raw(), listener.raw(), 0, &raw mut reference) };
        napi::check_status!(status)?;
        self.listeners.borrow_mut().insert(id, reference);
        Ok(())
    }

    /// Forgets the listener of a producer.
    pub fn forget(&self, env: &Env, id: u32) {
        if let Some(reference) = self.listeners.borrow_mut().remove(&id) {
            // SAFETY: it is the reference that `listen` has made in this environment, and is used by nobody any more.
            unsafe { sys::napi_delete_reference(env.raw(), reference) };
        }
    }

    /// Closes what is left at the `exit` of the process. JavaScript does that for all others. A sandbox has a `process` of its
    /// own, whose `exit` never comes.
    ///
    /// # Errors
    /// If there is no `process`.
    pub fn end_with_process(&self, env: &Env) -> Result<()> {
        if self.listens_to_exit.replace(true) {
            return Ok(());
        }
        let shared = Arc::clone(&self.shared);
        let on_exit = env.create_function_from_closure::<(), (), _>("logrtc", move |_| {
            shared.close_left();
            Ok(())
        })?;
        let process = process(env)?;
        let on: On<'_> = process.get_named_property("on")?;
        on.apply(process, FnArgs::from(("exit", on_exit)))?;
        Ok(())
    }
}

/// The `process` of the environment, and not of a sandbox.
///
/// # Errors
/// If there is none.
pub fn process(env: &Env) -> Result<Object<'static>> {
    env.get_global()?.get_named_property("process")
}

/// The function that all messages go through, on the thread of `env`.
fn messages(env: &Env, listeners: Listeners) -> Result<Messages> {
    let dispatch = move |context: FunctionCallContext<'_>| {
        let (id, topic, json): (u32, u32, String) = context.args()?;
        // A listener may make and let go of producers.
        let reference = listeners.borrow().get(&id).copied();
        let Some(reference) = reference else { return Ok(()) };
        let mut listener = null_mut();
        // SAFETY: `forget` deletes the reference and forgets it at once, on this thread.
        let status = unsafe { sys::napi_get_reference_value(context.env.raw(), reference, &raw mut listener) };
        napi::check_status!(status)?;
        if !listener.is_null() {
            // SAFETY: it is the function that `listen` has taken, and is alive.
            let listener: Listener<'_> =
                unsafe { napi::bindgen_prelude::FromNapiValue::from_napi_value(context.env.raw(), listener)? };
            listener.call(FnArgs::from((topic, json)))?;
        }
        Ok(())
    };
    env.create_function_from_closure::<FnArgs<(u32, u32, String)>, (), _>("logrtc", dispatch)?
        .build_threadsafe_function::<Message>()
        .weak::<true>()
        .build_callback(|context| {
            let Message { producer, topic, json, waiting } = context.value;
            if let Some(waiting) = waiting {
                waiting.fetch_sub(1, Ordering::Relaxed);
            }
            Ok(FnArgs::from((producer, topic as u32, json)))
        })
}

impl Environment {
    /// Sends JSON to the listener of a producer, from any thread. Returns whether the environment takes it. `waiting` counts
    /// the message until it is delivered.
    pub fn send(&self, producer: u32, topic: Topic, json: String, waiting: Option<Arc<AtomicUsize>>) -> bool {
        if let Some(waiting) = &waiting {
            waiting.fetch_add(1, Ordering::Relaxed);
        }
        let message = Message { producer, topic, json, waiting };
        self.messages.call(message, ThreadsafeFunctionCallMode::NonBlocking) == Status::Ok
    }

    /// Has the environment close `producer` at its end.
    pub fn opened(&self, id: u32, producer: Arc<OpenProducer>) {
        self.open().insert(id, producer);
    }

    /// Closes a producer that nobody can reach any more, in the background and as a program would.
    pub fn let_go(self: &Arc<Self>, id: u32) {
        let Some(open) = self.open().get(&id).cloned() else { return };
        open.is_left.store(true, Ordering::Relaxed);
        if self.is_ending.load(Ordering::Relaxed) || matches!(open.producer.state(), State::Closed | State::Disabled) {
            self.open().remove(&id);
            return;
        }
        let (environment, closing) = (Arc::clone(self), Arc::clone(&open));
        let close = move || {
            closing.close(closing.close_timeout);
            environment.open().remove(&id);
        };
        if thread::Builder::new().name("logrtc-close".to_owned()).spawn(close).is_err() {
            // This is the thread of JavaScript.
            open.close(open.close_timeout.min(TERMINATION_TIMEOUT));
            self.open().remove(&id);
        }
    }

    /// Closes every producer that no JavaScript closes any more.
    fn close_left(&self) {
        let left = |open: &OpenProducer| open.is_left.load(Ordering::Relaxed).then_some(open.close_timeout);
        close_together(self.with_timeouts(left));
    }

    /// Closes what JavaScript has not: it was terminated.
    fn end(&self) {
        self.is_ending.store(true, Ordering::Relaxed);
        close_together(self.with_timeouts(|open| Some(open.close_timeout.min(TERMINATION_TIMEOUT))));
    }

    fn with_timeouts(&self, of: impl Fn(&OpenProducer) -> Option<Duration>) -> Vec<(Arc<OpenProducer>, Duration)> {
        self.open().values().filter_map(|open| of(open).map(|timeout| (Arc::clone(open), timeout))).collect()
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u32, Arc<OpenProducer>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenProducer {
    /// Blocks until it is closed and its last event is sent. What is not delivered in time is lost.
    pub fn close(&self, timeout: Duration) {
        let _ = self.producer.close(timeout);
        // The close ends the events, and sending one waits for nobody.
        if let Some(events) = self.events.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // One that panicked has ended, too.
            let _ = events.join();
        }
    }
}

/// Closes all of them at the same time, each within its timeout, and blocks.
pub fn close_together(producers: impl IntoIterator<Item = (Arc<OpenProducer>, Duration)>) {
    thread::scope(|scope| {
        for (open, timeout) in producers {
            let close = move || open.close(timeout);
            if thread::Builder::new().name("logrtc-close".to_owned()).spawn_scoped(scope, close.clone()).is_err() {
                close();
            }
        }
    });
}
