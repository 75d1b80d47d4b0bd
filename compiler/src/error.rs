//! Errors that a user can cause.

use crate::show;
use std::fmt;

/// Why an input cannot be compiled: names the file, the place in it, the reason and what to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Error {
    /// Path or name of the input; empty if the error is about no particular input.
    pub file: String,
    /// Byte offset in the input.
    pub offset: Option<u64>,
    /// Function index and name.
    pub function: Option<(u32, Option<String>)>,
    /// One sentence without a full stop.
    pub reason: String,
    /// What the user can do about it.
    pub help: Option<String>,
}

impl Error {
    /// An error about no particular place.
    pub fn new(reason: impl Into<String>) -> Self {
        Error {
            reason: reason.into(),
            ..Error::default()
        }
    }
    /// Adds the input.
    pub fn in_file(mut self, file: &str) -> Self {
        self.file = file.to_string();
        self
    }
    /// Adds the byte offset.
    pub fn at(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }
    /// Adds the function.
    pub fn in_function(mut self, index: u32, name: Option<&str>) -> Self {
        self.function = Some((index, name.map(str::to_string)));
        self
    }
    /// Adds advice.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Error {
    /// `app.wasm: at offset 0x1f in function 3 (main): reason`, and the advice on a line of its own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            write!(f, "{}: ", show::name(&self.file))?;
        }
        if let Some(offset) = self.offset {
            write!(f, "at offset {offset:#x}")?;
        }
        if let Some((index, name)) = &self.function {
            let space = if self.offset.is_some() { " " } else { "" };
            write!(f, "{space}in function {index}")?;
            if let Some(name) = name {
                write!(f, " ({})", show::name(name))?;
            }
        }
        if self.offset.is_some() || self.function.is_some() {
            f.write_str(": ")?;
        }
        f.write_str(&self.reason)?;
        if let Some(help) = &self.help {
            write!(f, "\nhelp: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
