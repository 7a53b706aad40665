//! The options of STUN and TURN servers. `tests/paths` uses them with a real one.

use rustix::process::Signal;

use crate::support::{Folder, Program, command};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named_without_a_password() {
    let folder = Folder::new("ice");
    let (secret, empty) = (folder.write("secret", "s\n"), folder.write("empty", "\n"));
    for (arguments, problem) in [
        (
            &["serve", "--ice-server", "turn:h"][..],
            "\"turn:h\" needs a user and a password, as in turn:USER:PASSWORD@host",
        ),
        (&["serve", "--ice-server", "http:h"], "\"http:h\" must begin with stun: or turn:"),
        (&["serve", "--turn", "turn:h"], "--turn-secret-file <FILE>"),
        (&["serve", "--turn-secret-file", &secret], "--turn <URL>"),
        (&["serve", "--turn", "stun:h", "--turn-secret-file", &secret], "\"stun:h\" must begin with turn: or turns:"),
        (&["serve", "--listen", "0", "--turn", "turn:h", "--turn-secret-file", &empty], "empty: has no secret"),
        (&["tail", "--no-stun", "--ice-server", "stun:h"], "cannot be used with"),
        (&["pipe", "--udp-ports", "many"], "\"many\" is not a range of ports, as in 50000-50100"),
        (&["pipe", "--announced-address", "here"], "invalid IP address"),
        (&["pipe", "--relay-only", "--no-stun"], "relay_only: needs a TURN server, and ice_servers is empty"),
    ] {
        let mut program = Program::spawn(command(arguments));
        assert_ne!(program.status().await, 0, "{arguments:?}");
        program.err.has(problem).await;
    }
    for arguments in [&["tail"][..], &["pipe"]] {
        let mut command = command(arguments);
        command.env("LOGRTC_ICE_SERVERS", "stun:h,turn:u:p4ss@");
        let mut program = Program::spawn(command);
        assert_eq!(program.status().await, 2, "{arguments:?}");
        program.err.has("LOGRTC_ICE_SERVERS: \"turn:…@\" names no host").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_read_again_on_sighup() {
    let folder = Folder::new("turn");
    let secret = folder.write("secret", "one\n");
    let server = Program::serve(&["--listen", "0", "--turn", "turn:h", "--turn-secret-file", &secret]);
    server.url().await;
    folder.write("secret", "\n");
    server.signal(Signal::HUP);
    server.err.has("static-auth-secret; continues with the secret of TURN servers as read before").await;
    folder.write("secret", "two\n");
    server.signal(Signal::HUP);
    server.err.has("has read the secret of TURN servers again").await;
}
