//! What the program `logrtc-bench` counts. The program itself is built with the feature `program`.

pub mod arrivals;
