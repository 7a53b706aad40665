//! A test that needs a network of its own runs itself again in a network namespace.

use std::process::Command;

const INSIDE: &str = "LOGRTC_TEST_INSIDE_NAMESPACE";

/// Runs `inside` in a namespace that has a loopback interface and nothing else, after the shell commands of `prepare`
/// there. To be called by the test named `test`, and to be all that it does.
///
/// # Panics
/// Where `inside` fails, or where the machine has no `unshare` or `ip`.
pub fn in_namespace(test: &str, prepare: &str, inside: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return inside();
    }
    let script = format!("set -e; ip link set lo up; {prepare}\nexec \"$0\" --exact {test} --nocapture");
    let outcome = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "--mount", "sh", "-c", &script])
        .arg(std::env::current_exe().expect("a test has a path"))
        .env(INSIDE, "1")
        .output()
        .expect("unshare and ip are on the machine (util-linux, iproute2)");
    let said = String::from_utf8_lossy(&outcome.stdout) + String::from_utf8_lossy(&outcome.stderr);
    assert!(outcome.status.success() && said.contains("1 passed"), "{said}");
}
