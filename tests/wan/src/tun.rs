//! A network interface whose other end is this process, and the namespaces that such interfaces are in.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;

const NAME: &[u8] = b"wan0";

/// More than any packet of such an interface.
pub(crate) const MAX_PACKET_BYTES: usize = 65_536;

pub(crate) struct Tun(File);

impl Tun {
    /// Makes the interface `wan0` in the calling thread's network namespace. It goes with the last clone.
    pub(crate) fn open() -> io::Result<Self> {
        let explain = |error: io::Error| {
            let text =
                format!("cannot make a network interface by /dev/net/tun, as root of a network namespace: {error}");
            io::Error::new(error.kind(), text)
        };
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(libc::O_NONBLOCK)
            .open("/dev/net/tun")
            .map_err(explain)?;
        // SAFETY: all zeros are a valid `ifreq`: it holds numbers only.
        let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
        for (place, byte) in request.ifr_name.iter_mut().zip(NAME) {
            *place = libc::c_char::from_ne_bytes([*byte]);
        }
        let flags = libc::IFF_TUN | libc::IFF_NO_PI;
        request.ifr_ifru.ifru_flags = libc::c_short::try_from(flags).map_err(io::Error::other)?;
        // SAFETY: the request is an `ifreq`, as TUNSETIFF wants it, and outlives the call.
        if unsafe { libc::ioctl(file.as_raw_fd(), libc::TUNSETIFF, &raw mut request) } < 0 {
            return Err(explain(io::Error::last_os_error()));
        }
        Ok(Self(file))
    }

    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }

    /// The length of the next packet; `None` if there is none now.
    pub(crate) fn receive(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        match (&self.0).read(buffer) {
            Ok(length) => Ok(Some(length)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Hands a packet over. One that the system has no room for is lost.
    pub(crate) fn send(&self, packet: &[u8]) -> io::Result<()> {
        match (&self.0).write(packet) {
            Err(error) if !matches!(error.kind(), ErrorKind::WouldBlock) => Err(error),
            _ => Ok(()),
        }
    }
}

impl AsFd for Tun {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Gives the calling thread, and what it starts, a network namespace of its own.
pub(crate) fn leave_network() -> io::Result<()> {
    // SAFETY: it takes flags alone, and changes nothing that memory safety depends on.
    if unsafe { libc::unshare(libc::CLONE_NEWNET) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
