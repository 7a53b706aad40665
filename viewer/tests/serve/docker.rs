//! `serve --docker`: by a stand-in for the program that prints what a real one printed, and, if the machine has a daemon,
//! by the real one.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::support::{DEADLINE, Folder, Program, command};

/// Prints what is in the folder FOLDER. `logs` goes on until the file ID.end is there.
const STAND_IN: &str = r#"#!/bin/sh
echo "$@" >> "FOLDER/calls"
case "$1" in
ps) cat "FOLDER/ps" ;;
events) exec tail -n +1 -f "FOLDER/events" ;;
logs)
    for id; do :; done
    cat "FOLDER/$id.err" >&2
    cat "FOLDER/$id.out"
    while [ ! -e "FOLDER/$id.end" ]; do sleep 0.05; done
    ;;
esac
"#;

const EVENT: &str =
    r#"2026-11-28T11:04:25.639014217Z container start bfcf0c1c47372df5 (image=logrtc-test:1, name=web)"#;

fn listed(id: &str, name: &str) -> String {
    format!(
        r#"{{"Command":"\"/bin/sh -c 'echo hello'\"","CreatedAt":"2026-11-28 11:04:24 +0000 UTC","ID":"{id}","Image":"logrtc-test:1","Labels":"","LocalVolumes":"0","Mounts":"","Names":"{name}","Networks":"none","Platform":null,"Ports":"","RunningFor":"3 seconds ago","Size":"0B (virtual 1.98MB)","State":"running","Status":"Up 2 seconds"}}"#
    ) + "\n"
}

fn entries(lines: &[String]) -> Vec<Value> {
    lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_come_and_go_and_nothing_is_read_twice() {
    let folder = Folder::new("docker");
    folder.write("events", "");
    folder.write("ps", &listed("bfcf", "web"));
    folder.write(
        "bfcf.out",
        "2026-11-28T11:04:25.651965475Z hello\n2026-11-28T11:04:25.651967979Z {\"level\":\"warn\",\"msg\":\"slow\"}\n",
    );
    folder.write("bfcf.err", "2026-11-28T11:04:25.651937308Z level=error msg=bad n=3\n");
    let program = folder.write("docker", &STAND_IN.replace("FOLDER", folder.text("").trim_end_matches('/')));
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = command(&["serve", "--listen", "0", "--docker-filter", "label=app"]);
    command.env("PATH", format!("{}:{}", folder.text(""), std::env::var("PATH").unwrap()));
    let mut server = Program::spawn(command);
    let tail = Program::spawn(crate::support::command(&["tail", "--json", &server.url().await]));

    let all = entries(&tail.out.until("the first container", |lines| lines.len() >= 3).await);
    let entry = |message: &str| all.iter().find(|entry| entry["message"] == message).unwrap();
    assert_eq!(entry("hello")["timestamp"], "2026-11-28T11:04:25.651Z");
    assert_eq!((&entry("hello")["target"], &entry("slow")["level"]), (&json!("web"), &json!("WARN")));
    assert_eq!(
        (&entry("bad")["level"], &entry("bad")["fields"]),
        (&json!("ERROR"), &json!({"n": 3, "stream": "stderr"}))
    );

    folder.write("ps", &(listed("bfcf", "web") + &listed("4f2a", "db")));
    folder.write("4f2a.out", "2026-11-28T11:05:00.000000001Z ready\n");
    folder.write("4f2a.err", "Error response from daemon: of the program itself\n");
    folder.write("events", EVENT);
    tail.out.has("ready").await;
    server.err.has("logrtc: docker: db: Error response from daemon: of the program itself").await;

    // The program ends, and the container does not: it is read from where it was.
    folder.write("bfcf.out", "2026-11-28T11:06:00.000000001Z again\n");
    folder.write("bfcf.err", "");
    folder.write("bfcf.end", "");
    tail.out.has("again").await;
    let calls = std::fs::read_to_string(folder.path("calls")).unwrap();
    for call in [
        "ps --no-trunc --format={{json .}} --filter=label=app",
        "logs --follow --timestamps --tail=1000 bfcf",
        "logs --follow --timestamps --since=2026-11-28T11:04:25.651967980Z bfcf",
    ] {
        assert!(calls.lines().any(|line| line == call), "{call}: {calls}");
    }

    folder.write("ps", &listed("4f2a", "db"));
    folder.write("events", &format!("{EVENT}\n{EVENT}\n"));
    tail.err.has("web: ended").await;
    assert!(!tail.err.all().iter().any(|line| line.contains("db: ended")));
    server.signal(Signal::TERM);
    assert_eq!(server.status().await, 0);
    tail.err.has("db: ended").await;
    assert_eq!(tail.out.all().len(), 5, "nothing came twice: {:?}", tail.out.all());
}

/// A daemon: the machine's, or one of this test's own.
struct Daemon {
    host: Option<String>,
    child: Option<Child>,
    container: String,
}

impl Daemon {
    async fn find(folder: &Folder, container: &str) -> Self {
        let mut daemon = Self { host: None, child: None, container: container.to_owned() };
        if daemon.answers().await {
            return daemon;
        }
        daemon.host = Some(format!("unix://{}", folder.text("docker.sock")));
        let mut command = Command::new("dockerd");
        command.args(["--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=vfs"]);
        command.args(["--data-root", &folder.text("data"), "--exec-root", &folder.text("exec")]);
        command.args(["--pidfile", &folder.text("pid"), "--host", daemon.host.as_deref().unwrap()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        daemon.child =
            Some(command.spawn().expect("there is a daemon, or dockerd can be started: tools/ensure docker"));
        let deadline = tokio::time::Instant::now() + DEADLINE;
        while !daemon.answers().await {
            assert!(tokio::time::Instant::now() < deadline, "dockerd answers");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        daemon
    }

    fn with_host(&self, mut command: Command) -> Command {
        if let Some(host) = &self.host {
            command.env("DOCKER_HOST", host);
        }
        command
    }

    async fn answers(&self) -> bool {
        let mut command = self.with_host(Command::new("docker"));
        command.args(["version"]).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().await.expect("docker is on the machine").success()
    }

    async fn docker(&self, arguments: &[&str]) {
        let mut command = self.with_host(Command::new("docker"));
        let output = command.args(arguments).output().await.unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Nothing of the container is left, nor of a daemon that the test has started.
impl Drop for Daemon {
    fn drop(&mut self) {
        let mut command = self.with_host(Command::new("docker")).into_std();
        let _ = command.args(["rm", "--force", &self.container]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        let Some(child) = &mut self.child else { return };
        let pid = child.id().and_then(|id| rustix::process::Pid::from_raw(id.try_into().ok()?));
        let _ = pid.map(|pid| rustix::process::kill_process(pid, Signal::TERM));
        let deadline = std::time::Instant::now() + DEADLINE;
        while matches!(child.try_wait(), Ok(None)) && std::time::Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a daemon of Docker: make test-docker"]
async fn containers_of_a_real_daemon_come_and_go() {
    let folder = Folder::new("real-docker");
    let mark = format!("logrtc-test-{}", std::process::id());
    let (label, web) = (format!("label={mark}"), format!("{mark}-web"));
    let daemon = Daemon::find(&folder, &web).await;
    std::fs::create_dir_all(folder.path("root/bin")).unwrap();
    let busybox = ["/usr/bin/busybox", "/bin/busybox"].map(Path::new).into_iter().find(|path| path.exists());
    std::fs::copy(busybox.expect("busybox-static is on the machine"), folder.path("root/bin/busybox")).unwrap();
    std::os::unix::fs::symlink("busybox", folder.path("root/bin/sh")).unwrap();
    let archive = folder.text("root.tar");
    let tar = Command::new("tar").args(["-C", &folder.text("root"), "-cf", &archive, "."]).status().await.unwrap();
    assert!(tar.success());
    daemon.docker(&["import", &archive, &mark]).await;

    let mut server = Program::spawn(daemon.with_host(command(&["serve", "--listen", "0", "--docker-filter", &label])));
    let tail = Program::spawn(command(&["tail", "--json", &server.url().await]));
    // A line that Docker stores in parts, which are cut within a character.
    let script = "echo hello; echo level=error msg=bad n=3 >&2; \
        busybox yes '\u{20ac}' | busybox head -n 20000 | busybox tr -d '\\n'; echo; \
        trap 'echo bye; exit' TERM; while :; do busybox sleep 0.1; done";
    let run =
        ["run", "--detach", "--network", "none", "--label", &mark, "--name", &web, &mark, "/bin/sh", "-c", script];
    daemon.docker(&run).await;
    let all = entries(&tail.out.until("three entries", |lines| lines.len() >= 3).await);
    assert!(all.iter().all(|entry| entry["target"] == *web), "{all:?}");
    let bad = all.iter().find(|entry| entry["message"] == "bad").unwrap();
    assert_eq!((&bad["level"], &bad["fields"]), (&json!("ERROR"), &json!({"n": 3, "stream": "stderr"})));
    // The daemon itself replaces a character that it cuts.
    let is_long = |entry: &&Value| entry["message"].as_str().unwrap().contains('\u{20ac}');
    let long = all.iter().find(is_long).expect("the long line is one entry")["message"].as_str().unwrap();
    let characters = long.chars().filter(|character| *character == '\u{20ac}').count();
    assert!(characters >= 19_990 && !long.contains("20"), "{characters}");

    daemon.docker(&["restart", "--time", "5", &web]).await;
    let count =
        |lines: &[String], message: &str| entries(lines).iter().filter(|entry| entry["message"] == message).count();
    let all = tail.out.until("the second run", |lines| count(lines, "hello") >= 2 && count(lines, "bad") >= 2).await;
    assert_eq!((count(&all, "hello"), count(&all, "bad"), count(&all, "bye")), (2, 2, 1), "{all:?}");
    daemon.docker(&["rm", "--force", &web]).await;
    tail.err.has(&format!("{web}: ended")).await;
    daemon.docker(&["image", "rm", "--force", &mark]).await;
    server.signal(Signal::INT);
    assert_eq!(server.status().await, 0);
}
