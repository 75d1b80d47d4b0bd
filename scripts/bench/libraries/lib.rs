//! Empty: cargo wants something to build.
