//! How messages, listings and symbols show names that modules and users chose.

use crate::escape::escape;
use std::path::Path;

/// The name with everything written out that would not be seen as what it is; see [`crate::escape`].
pub fn name(name: &str) -> String {
    bytes(name.as_bytes())
}

/// How functions without a name are called, with their index in brackets behind it.
pub const NAMELESS: &str = "func";

/// The name of a function that has none.
pub fn nameless(index: u32) -> String {
    format!("{NAMELESS}[{index}]")
}

/// As [`name`], for a message of several lines, which become one.
pub fn line(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| name(line.trim())).collect();
    lines.join(": ")
}

/// As [`name`], for a path.
pub fn path(path: &Path) -> String {
    bytes(path.as_os_str().as_encoded_bytes())
}

/// As [`name`], for bytes that should be text.
pub fn bytes(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    escape(text, |c| out.push(c));
    out
}
