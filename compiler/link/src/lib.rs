//! Links relocatable objects and archives into a static position-independent executable, in memory.
//!
//! Problem: a user of wative has no linker installed, and what it links is always of one kind. So this linker makes one kind of executable: ELF64 for
//! x86-64 and AArch64, static, position-independent, without interpreter, with full RELRO and a stack that is not executable. There are no linker
//! scripts, shared objects or versions.
//!
//! Algorithm, each phase reading what those before it have made:
//!
//! | phase | from | to |
//! |---|---|---|
//! | `load` (`input`, `merge`, `frames`) | bytes | [`program::Program`]: sections and symbols of all inputs, each global symbol with its definition |
//! | `reach` | references | the sections that are in the executable |
//! | `unwind`, `scan` | relocations of those | unwind tables, slots of the global offset table, words that the program relocates when it starts |
//! | `layout` (`chunk`, `relr`) | sizes | addresses, places in the file |
//! | `image` (`apply`, `symtab`, `headers`) | all of that | the file |
//!
//! `rule` has what relocations mean, `x64` and `a64` the types of each target.
//!
//! Invariants: no file is read or written, nothing is printed, nothing depends on anything but the inputs and options. An input may be anything: what is
//! wrong with it is an error. It is checked when it is read (`input`); a field that a relocation changes is checked when that is applied.

mod a64;
mod apply;
mod chunk;
mod frames;
mod headers;
mod image;
mod input;
mod layout;
mod load;
mod merge;
mod program;
mod reach;
mod relr;
mod rule;
mod scan;
mod symtab;
mod unwind;
mod x64;

use std::borrow::Cow;
use std::fmt;

/// Machine that the executable is for. All inputs must be for the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    X86_64,
    Aarch64,
}

/// One ELF relocatable object or `ar` archive.
#[derive(Clone, Debug)]
pub struct Input {
    /// Used in error messages only; need not be unique nor a path.
    pub name: String,
    /// The complete contents. Prebuilt objects are borrowed, not copied.
    pub bytes: Cow<'static, [u8]>,
}

impl Input {
    pub fn new(name: impl Into<String>, bytes: impl Into<Cow<'static, [u8]>>) -> Self {
        Self {
            name: name.into(),
            bytes: bytes.into(),
        }
    }
}

/// How to link.
#[derive(Clone, Debug)]
pub struct LinkOptions {
    pub target: LinkTarget,
    /// Symbol of the first instruction; also the root of `gc_sections`.
    pub entry: String,
    /// Leave out sections that cannot be reached from `entry`.
    pub gc_sections: bool,
    /// Leave out what only debuggers and profilers use: symbols, debugging information, unwind tables, section headers.
    pub strip: bool,
    /// Name of the read-only section that gets a segment of its own, if there is one of this name.
    pub separate: &'static str,
}

impl LinkOptions {
    /// What executables are linked with by default: `_start`, unreachable sections left out, symbols
    /// kept.
    pub fn new(target: LinkTarget) -> Self {
        Self {
            target,
            entry: "_start".to_owned(),
            gc_sections: true,
            strip: false,
            separate: "",
        }
    }
}

/// Why there is no executable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// The input is neither an ELF64 relocatable object for the target nor an archive, or has something that is damaged or not supported.
    BadInput { name: String, reason: String },
    /// Nothing defines this symbol; `detail` tells where it is used.
    UndefinedSymbol { symbol: String, detail: String },
    /// Anything else, in a sentence that names symbol, section and input where it is about them.
    Failed(String),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::BadInput { name, reason } => write!(f, "cannot link {name}: {reason}"),
            LinkError::UndefinedSymbol { symbol, detail } => {
                write!(f, "undefined symbol `{symbol}`: {detail}")
            }
            LinkError::Failed(message) => write!(f, "linking failed: {message}"),
        }
    }
}

impl std::error::Error for LinkError {}

/// Links `inputs`, in order, into an executable and returns its bytes.
///
/// # Errors
///
/// See [`LinkError`]. No input makes it panic, exit or print.
pub fn link(inputs: Vec<Input>, options: &LinkOptions) -> Result<Vec<u8>, LinkError> {
    let mut program = load::load(&inputs, options)?;
    if options.strip {
        program.frames.clear();
    }
    let Some(entry) = program.global(&options.entry) else {
        return Err(LinkError::UndefinedSymbol {
            symbol: options.entry.clone(),
            detail: "the program's first instruction".to_owned(),
        });
    };
    let is_live = reach::mark(&program, entry, !options.gc_sections);
    let unwind = unwind::plan(&program, &is_live)?;
    let needs = scan::scan(&program, &is_live, &unwind, options.target)?;
    let layout = layout::plan(&program, &is_live, needs, unwind, options)?;
    let entry = layout.address(program.symbol_target(entry));
    let entry = entry.filter(|&address| address != 0).ok_or_else(|| {
        LinkError::Failed(format!("`{}` is not in the executable", options.entry))
    })?;
    image::write(&program, &layout, entry, options.target, options.strip)
}
