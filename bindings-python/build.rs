//! What a linker needs to be told for a module that the interpreter loads.

fn main() {
    // macOS refuses symbols that are not there when it links; those of Python are there when it loads.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("macos") {
        println!("cargo::rustc-cdylib-link-arg=-undefined");
        println!("cargo::rustc-cdylib-link-arg=dynamic_lookup");
    }
}
