//! Which program has the port that is wanted, as far as this machine tells.

use std::net::SocketAddr;

/// What to say behind "address in use"; it begins with a separator.
pub(super) fn hint(address: SocketAddr) -> String {
    let port = address.port();
    let otherwise = "--listen 0 takes a free port";
    match find(port).as_slice() {
        [] => format!("; `ss -ltnp 'sport = :{port}'` as root shows the program; {otherwise}"),
        holders => format!("; the port belongs to {}; {otherwise}", holders.join(", ")),
    }
}

/// The names and numbers of the processes that listen on `port`: those that this user may look into.
#[cfg(target_os = "linux")]
fn find(port: u16) -> Vec<String> {
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .flat_map(|table| listening(&table, port))
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    let mut holders: Vec<String> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| holds(*pid, &sockets))
        .map(|pid| {
            let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
            format!("{:?} (process {pid})", name.trim())
        })
        .collect();
    holders.sort();
    holders
}

#[cfg(not(target_os = "linux"))]
fn find(_: u16) -> Vec<String> {
    Vec::new()
}

#[cfg(target_os = "linux")]
fn holds(pid: u32, sockets: &[String]) -> bool {
    let files = std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten();
    files
        .filter_map(|file| std::fs::read_link(file.ok()?.path()).ok())
        .any(|target| target.to_str().is_some_and(|target| sockets.iter().any(|socket| socket == target)))
}

/// The inodes of the sockets that listen on `port`, from a table of `/proc/net`: local address, remote address, state `0A`.
#[cfg(target_os = "linux")]
fn listening(table: &str, port: u16) -> Vec<String> {
    let suffix = format!(":{port:04X}");
    let inode = |line: &str| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let is_wanted = columns.get(1)?.ends_with(&suffix) && *columns.get(3)? == "0A";
        is_wanted.then(|| columns.get(9).map(|inode| (*inode).to_owned())).flatten()
    };
    table.lines().skip(1).filter_map(inode).collect()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_holder_of_a_port_is_found() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let own = format!("(process {})", std::process::id());
        assert!(hint(address).contains(&own), "{}", hint(address));
        drop(listener);
        assert!(!hint(address).contains(&own) && hint(address).contains("--listen 0"));
    }
}
