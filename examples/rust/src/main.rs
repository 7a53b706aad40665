//! The Rust example of the protocol: a program that logs to every browser that comes.

use logrtc::{Config, Producer};

fn main() -> logrtc::Result<()> {
    let config = Config::builder("rust_app").system_name("Rust Application").version("1.0.0").build()?;
    let producer = Producer::connect(config)?;
    producer.info("rust_app::main", "应用程序启动");
    loop {
        std::thread::park(); // The program's own work; its log is in the browser as long as it runs.
    }
}
