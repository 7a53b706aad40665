//! The options that are texts.

use std::ffi::c_char;

use logrtc_core::{ConfigBuilder, IceServer};

use super::{change, logrtc_options, set};
use crate::status::logrtc_status;
use crate::text;

/// Sets a text that ends with a NUL.
///
/// # Safety
/// As for [`set`]; and `value` is NULL, or a NUL-terminated string.
unsafe fn set_text(
    options: *mut logrtc_options,
    name: &str,
    value: *const c_char,
    setter: impl FnOnce(ConfigBuilder, String) -> ConfigBuilder,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set(options, |builder| Ok(setter(builder, text::terminated(value, name)?.into_owned()))) }
}

/// Sets a text of `len` bytes.
///
/// # Safety
/// As for [`set`]; and `value` is NULL, or points to `len` bytes.
unsafe fn set_counted(
    options: *mut logrtc_options,
    name: &str,
    (value, len): (*const c_char, usize),
    setter: impl FnOnce(ConfigBuilder, String) -> ConfigBuilder,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set(options, |builder| Ok(setter(builder, text::counted(value, len, name)?.into_owned()))) }
}

/// The address of the signaling server, ws:// or wss://; "ws://localhost:8080/signaling" by default.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_url(options: *mut logrtc_options, url: *const c_char) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "url", url, ConfigBuilder::url) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_url_n(
    options: *mut logrtc_options,
    url: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "url", (url, len), ConfigBuilder::url) }
}

/// The name under which the producer registers, of 1 to 128 bytes; the name of the program by default.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_client_id(
    options: *mut logrtc_options,
    client_id: *const c_char,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "client_id", client_id, ConfigBuilder::client_id) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_client_id_n(
    options: *mut logrtc_options,
    client_id: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "client_id", (client_id, len), ConfigBuilder::client_id) }
}

/// The name of the system, for people; the client_id by default.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_system_name(
    options: *mut logrtc_options,
    system_name: *const c_char,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "system_name", system_name, ConfigBuilder::system_name) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_system_name_n(
    options: *mut logrtc_options,
    system_name: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "system_name", (system_name, len), ConfigBuilder::system_name) }
}

/// The version of the system; "0.0.0" by default.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_version(
    options: *mut logrtc_options,
    version: *const c_char,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "version", version, ConfigBuilder::version) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_version_n(
    options: *mut logrtc_options,
    version: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "version", (version, len), ConfigBuilder::version) }
}

/// What the system is, for people; none by default.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_description(
    options: *mut logrtc_options,
    description: *const c_char,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "description", description, ConfigBuilder::description) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_description_n(
    options: *mut logrtc_options,
    description: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "description", (description, len), ConfigBuilder::description) }
}

/// A bearer token for the signaling server; none by default.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_token(options: *mut logrtc_options, token: *const c_char) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "token", token, ConfigBuilder::token) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_token_n(
    options: *mut logrtc_options,
    token: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "token", (token, len), ConfigBuilder::token) }
}

/// A file of certificates (PEM) that are trusted for wss:// beside the system's own; none by default.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_ca_file(
    options: *mut logrtc_options,
    ca_file: *const c_char,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "ca_file", ca_file, ConfigBuilder::ca_file) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_ca_file_n(
    options: *mut logrtc_options,
    ca_file: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "ca_file", (ca_file, len), ConfigBuilder::ca_file) }
}

/// What is logged, by level and target: "info,app::db=debug"; everything by default. Replaces the level.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_filter(
    options: *mut logrtc_options,
    filter: *const c_char,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "filter", filter, ConfigBuilder::filter) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_filter_n(
    options: *mut logrtc_options,
    filter: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "filter", (filter, len), ConfigBuilder::filter) }
}

/// Adds a STUN or TURN server: "stun:host:port", or "turn:host:port" with its user and password (NULL for STUN). The first
/// one that is added takes the place of the default, "stun:stun.l.google.com:19302".
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_add_ice_server(
    options: *mut logrtc_options,
    url: *const c_char,
    username: *const c_char,
    credential: *const c_char,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        change(options, |options| {
            let url = text::terminated(url, "url")?;
            let username = text::optional(username, "username")?.unwrap_or_default();
            let credential = text::optional(credential, "credential")?.unwrap_or_default();
            options.ice_servers.get_or_insert_default().push(IceServer::turn(url, username, credential));
            Ok(())
        })
    }
}

/// Leaves no STUN or TURN server, not even the default: right within one network.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_clear_ice_servers(options: *mut logrtc_options) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        change(options, |options| {
            options.ice_servers = Some(Vec::new());
            Ok(())
        })
    }
}

/// Adds a network interface over which consumers connect, by name ("eth0") or by address ("192.0.2.1"). If none is added,
/// every interface but loopback is used, and loopback if the signaling server is on this host or there is no other.
///
/// An interface that this host does not have is skipped and reported once, as a diagnostic. If it has none of them, only
/// consumers on this host connect.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_add_interface(
    options: *mut logrtc_options,
    interface: *const c_char,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        change(options, |options| {
            options.interfaces.push(text::terminated(interface, "interface")?.into_owned());
            Ok(())
        })
    }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_add_interface_n(
    options: *mut logrtc_options,
    interface: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        change(options, |options| {
            options.interfaces.push(text::counted(interface, len, "interface")?.into_owned());
            Ok(())
        })
    }
}
