//! Empty: the program `logrtc-bench` is built with the feature `program`.
