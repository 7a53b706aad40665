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

/// Sets the address of the signaling server, ws:// or wss://. Default:
/// "ws://localhost:8080/signaling".
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

/// Sets the name under which the producer registers, 1 to 128 bytes. Default: the name of the
/// program.
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

/// Sets the display name of the system. Default: the client_id.
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

/// Sets the version of the system. Default: "0.0.0".
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

/// Sets a description of the system for people. Default: none.
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

/// Sets the bearer token for the signaling server. Default: none.
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

/// Sets a secret that this program shares with its readers and not with the signaling server. The two
/// prove to each other that no server stands between them. A consumer that does not prove it gets no
/// entry. The secret must be random: 32 to 256 hexadecimal digits, as `openssl rand -hex 16` prints
/// them, or 22 to 256 characters of base64url. Default: none.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_secret(
    options: *mut logrtc_options,
    secret: *const c_char,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "secret", secret, ConfigBuilder::secret) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_secret_n(
    options: *mut logrtc_options,
    secret: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "secret", (secret, len), ConfigBuilder::secret) }
}

/// Sets a file of certificates (PEM) that are trusted for wss:// in addition to those of the
/// system. Default: none.
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

/// Sets the filter by level and target, such as "info,app::db=debug". Default: every entry is
/// logged. Replaces the level.
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

/// Adds a STUN server ("stun:host:port"; `username` and `credential` are NULL) or a TURN server
/// ("turn:host:port"), which is used in addition to those of the signaling server. Default: those of
/// the signaling server, or "stun:stun.l.google.com:19302" if it names none.
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
            let username = text::optional(username).unwrap_or_default();
            let credential = text::optional(credential).unwrap_or_default();
            options.ice_servers.get_or_insert_default().push(IceServer::turn(url, username, credential));
            Ok(())
        })
    }
}

/// Removes all STUN and TURN servers, including the default and those of the signaling server. Use
/// it if programs and consumers are in one network.
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

/// Adds a network interface over which consumers connect, by name ("eth0") or by address
/// ("192.0.2.1"). By default, every interface except loopback is used; loopback is used if the
/// signaling server is on this host or there is no other interface.
///
/// An interface that this host does not have is skipped and reported once as a diagnostic. If the
/// host has none of them, only consumers on this host can connect.
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

/// Sets the IP address by which consumers reach this host, for example behind a port forwarding or
/// in a container whose ports are published. Default: none. Consumers are offered it in addition to
/// the local addresses of its family.
///
/// The forwarding must keep the port: use it with logrtc_options_set_udp_ports().
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_announced_address(
    options: *mut logrtc_options,
    address: *const c_char,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "announced_address", address, ConfigBuilder::announced_address) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_announced_address_n(
    options: *mut logrtc_options,
    address: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "announced_address", (address, len), ConfigBuilder::announced_address) }
}
