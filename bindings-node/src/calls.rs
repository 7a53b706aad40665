//! The calls that a program makes for every entry, past the macros of napi-rs: with them a call costs three times as much.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::sync::Arc;

use logrtc::binding::ProducerExt as _;
use logrtc::{Level, Producer};
use napi::bindgen_prelude::{Array, Unknown};
use napi::{Env, Result, Status, sys};

use crate::fields::with_fields;
use crate::line::{LineFormat, log_line};
use crate::text::with_texts;

/// What a function is called with, beside its arguments.
struct Context {
    producer: Producer,
    level: Level,
    lines: Arc<LineFormat>,
}

/// A function of JavaScript, in the words of Node-API.
type Callback = unsafe extern "C" fn(sys::napi_env, sys::napi_callback_info) -> sys::napi_value;

/// `[debug, info, warn, error, writeLines]` of a producer. The first four take the target, the message and the fields as JSON
/// or empty; without arguments, they count an entry that is not wanted. The last takes what a pino logger has written, and optionally
/// the text of its bindings.
pub(crate) fn calls<'env>(env: &'env Env, producer: &Producer, lines: &Arc<LineFormat>) -> Result<Array<'env>> {
    let mut functions = env.create_array(0)?;
    let context = |level| Context { producer: producer.clone(), level, lines: Arc::clone(lines) };
    for level in [Level::Debug, Level::Info, Level::Warn, Level::Error] {
        functions.insert(function(env, log, context(level))?)?;
    }
    functions.insert(function(env, write_lines, context(Level::Info))?)?;
    Ok(functions)
}

fn function<'env>(env: &'env Env, callback: Callback, context: Context) -> Result<Unknown<'env>> {
    let context = Box::into_raw(Box::new(context)).cast::<c_void>();
    let mut function = null_mut();
    // SAFETY: the environment is the one of this thread; the context lives until the finalizer takes it, which Node calls
    // when nobody can call the function any more.
    unsafe {
        let status =
            sys::napi_create_function(env.raw(), c"log".as_ptr(), 3, Some(callback), context, &raw mut function);
        napi::check_status!(status)?;
        let status = sys::napi_add_finalizer(env.raw(), function, context, Some(free), null_mut(), null_mut());
        napi::check_status!(status)?;
        Ok(Unknown::from_raw_unchecked(env.raw(), function))
    }
}

/// Takes back a context.
unsafe extern "C" fn free(_: sys::napi_env, context: *mut c_void, _: *mut c_void) {
    // SAFETY: it is what `function` has made, and Node calls this once.
    let context = unsafe { Box::from_raw(context.cast::<Context>()) };
    // The end of a producer is told by no panic.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(context)));
}

/// Logs an entry, or counts one that is not wanted.
unsafe extern "C" fn log(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: Node's promise is passed on.
    unsafe {
        guarded::<3>(env, info, |context, argument_count, arguments| {
            if argument_count == 0 {
                context.producer.count_filtered();
                return Ok(());
            }
            with_texts(env, arguments, |[target, message, fields]| {
                with_fields(|| context.producer.log(context.level, target, message), fields).send();
            })
        })
    }
}

/// Logs lines of JSON. The second argument is the text of the logger's bindings in each of them, if the caller knows it.
unsafe extern "C" fn write_lines(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: Node's promise is passed on.
    unsafe {
        guarded::<2>(env, info, |context, argument_count, [lines, bindings]| {
            let log = |lines: &str, bindings: Option<&str>| {
                for line in lines.split('\n').filter(|line| !line.is_empty()) {
                    log_line(&context.producer, line, bindings, &context.lines);
                }
            };
            if argument_count < 2 {
                with_texts(env, [lines], |[lines]| log(lines, None))
            } else {
                with_texts(env, [lines, bindings], |[lines, bindings]| log(lines, Some(bindings)))
            }
        })
    }
}

/// Calls `act` with the context and the arguments; what goes wrong is thrown.
///
/// # Safety
/// To be called by Node, for a function that `function` has made.
unsafe fn guarded<const N: usize>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    act: impl FnOnce(&Context, usize, [sys::napi_value; N]) -> Result<()>,
) -> sys::napi_value {
    let mut arguments = [null_mut(); N];
    let mut argument_count = N;
    let mut context = null_mut();
    // SAFETY: there is room for as many arguments as are asked for; Node fills what is not there with undefined.
    let status = unsafe {
        sys::napi_get_cb_info(env, info, &raw mut argument_count, arguments.as_mut_ptr(), null_mut(), &raw mut context)
    };
    let result = if status == sys::Status::napi_ok {
        // SAFETY: it is the context that `function` has made, and lives as long as the function.
        let context = unsafe { &*context.cast::<Context>() };
        catch_unwind(AssertUnwindSafe(|| act(context, argument_count, arguments)))
            .unwrap_or_else(|_| Err(napi::Error::new(Status::GenericFailure, "logrtc is at fault")))
    } else {
        Err(napi::Error::new(Status::from(status), "cannot read the arguments"))
    };
    if let Err(error) = result {
        // SAFETY: the environment is the one of this thread.
        unsafe { napi::JsError::from(error).throw_into(env) };
    }
    null_mut()
}
