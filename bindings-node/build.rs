//! Links as Node.js loads it.

fn main() {
    napi_build::setup();
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        // Node unloads an addon with the last worker that loaded it, and threads of ours may still be on their way out.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
