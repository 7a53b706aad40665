//! A log call works to the very end of a thread.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use logrtc::{Config, Producer};

/// What is kept in a thread-local may log when its thread ends, after the place for encoding is gone.
#[test]
fn a_log_call_at_the_very_end_of_a_thread_is_a_log_call() {
    struct LastWords(Producer);

    impl Drop for LastWords {
        fn drop(&mut self) {
            self.0.info("app", "goodbye");
        }
    }

    thread_local! {
        static LAST_WORDS: std::cell::RefCell<Option<LastWords>> = const { std::cell::RefCell::new(None) };
    }

    let config = Config::builder("app").url("ws://127.0.0.1:9").ice_servers([]).environment(false).build().unwrap();
    let producer = Producer::connect(config).unwrap();
    let logging = producer.clone();
    std::thread::spawn(move || {
        LAST_WORDS.with_borrow_mut(|last_words| *last_words = Some(LastWords(logging.clone())));
        logging.info("app", "hello");
    })
    .join()
    .unwrap();
    assert_eq!(producer.stats().accepted, 2);
    producer.close(Duration::from_secs(2)).unwrap();
}
