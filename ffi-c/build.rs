//! Gives the library its name for the loader: programs that were linked to one 0.x find the next. And keeps it in the
//! process once it is there, for its threads run in it.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,liblogrtc.so.0,-z,nodelete");
    }
}
