//! Links relocatable objects and archives into a static position-independent executable or a shared object, in memory.
//!
//! Problem: a user of wative has no linker installed, and what it links is always of one kind. So this linker makes one kind of executable: ELF64 for
//! x86-64 and AArch64, static, position-independent, without interpreter, with full RELRO and a stack that is not executable; and shared objects that are the
//! same but for how they begin: they need nothing of others, and show only what they are told to. There are no linker scripts, needed libraries or versions.
//!
//! Algorithm, each phase reading what those before it have made:
//!
//! | phase | from | to |
//! |---|---|---|
//! | `load` (`input`, `merge`, `frames`) | bytes | [`program::Program`]: sections and symbols of all inputs, each global symbol with its definition |
//! | `reach` | references | the sections that are in the executable |
//! | `unwind`, `scan` | relocations of those | unwind tables, slots of the global offset table, words that the program relocates when it starts |
//! | `exports` | names | the tables by which loaders find symbols of a shared object |
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
mod exports;
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
    /// Symbol of the first instruction of an executable; also the root of `gc_sections`.
    pub entry: String,
    /// Make a shared object instead; its exports take the place of `entry`.
    pub shared: Option<Shared>,
    /// Leave out sections that cannot be reached from `entry`.
    pub gc_sections: bool,
    /// Leave out what only debuggers and profilers use: symbols, debugging information, unwind tables, section headers.
    pub strip: bool,
    /// Name of the read-only section that gets a segment of its own, if there is one of this name.
    pub separate: &'static str,
}

/// What makes a shared object of it.
#[derive(Clone, Debug)]
pub struct Shared {
    /// Its name for loaders (`DT_SONAME`).
    pub name: String,
    /// The symbols that others see.
    pub exports: Vec<String>,
}

impl LinkOptions {
    /// What executables are linked with by default: `_start`, unreachable sections left out, symbols
    /// kept.
    pub fn new(target: LinkTarget) -> Self {
        Self {
            target,
            entry: "_start".to_owned(),
            shared: None,
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

/// Links `inputs`, in order, into an executable or a shared object and returns its bytes.
///
/// # Errors
///
/// See [`LinkError`]. No input makes it panic, exit or print.
pub fn link(inputs: Vec<Input>, options: &LinkOptions) -> Result<Vec<u8>, LinkError> {
    let mut program = load::load(&inputs, options)?;
    if options.strip {
        program.frames.clear();
    }
    let roots = roots(&program, options)?;
    let is_live = reach::mark(&program, &roots, !options.gc_sections);
    let unwind = unwind::plan(&program, &is_live)?;
    let needs = scan::scan(&program, &is_live, &unwind, options.target)?;
    let exports = options
        .shared
        .as_ref()
        .map(|shared| exports::plan(shared, &roots));
    let layout = layout::plan(&program, &is_live, needs, unwind, exports, options)?;
    let entry = match &options.shared {
        Some(_) if layout.thread().is_some() => {
            let reason = "thread-local variables cannot be in a shared object";
            return Err(LinkError::Failed(reason.to_owned()));
        }
        Some(_) => 0,
        None => {
            let entry = layout.address(program.symbol_target(roots[0]));
            entry.filter(|&address| address != 0).ok_or_else(|| {
                LinkError::Failed(format!("`{}` is not in the executable", options.entry))
            })?
        }
    };
    image::write(&program, &layout, entry, options.target, options.strip)
}

/// What everything else is there for: the executable's entry, or what the shared object exports.
fn roots(
    program: &program::Program,
    options: &LinkOptions,
) -> Result<Vec<program::SymbolId>, LinkError> {
    let (names, what) = match &options.shared {
        Some(shared) => (&shared.exports[..], "it is to be exported"),
        None => (
            std::slice::from_ref(&options.entry),
            "the program's first instruction",
        ),
    };
    let find = |name: &String| {
        let found = program.global(name);
        let is_place = |id: &program::SymbolId| {
            options.shared.is_none()
                || matches!(program.symbol_target(*id), program::Target::Section(..))
        };
        found
            .filter(is_place)
            .ok_or_else(|| LinkError::UndefinedSymbol {
                symbol: name.clone(),
                detail: what.to_owned(),
            })
    };
    names.iter().map(find).collect()
}
