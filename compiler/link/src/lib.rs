//! Links relocatable objects and archives into a static position-independent executable, in memory.
//!
//! Problem: a user of wative has no linker installed, and the test suite links thousands of
//! executables from many threads of one process. The wild linker is a library, but its entry points
//! are generic, read environment variables and believe in a file system.
//!
//! Invariants: no file is read or written, no process is started or ended, nothing is printed; the
//! result depends only on the inputs and the options (not on the number of threads). Every output is
//! ELF64, static, position-independent, without interpreter, with full RELRO and a stack that is not
//! executable.
//!
//! Algorithm: the inputs become the files of a small in-memory file system ([`memory`]), the options
//! become a command line, and wild runs in a thread pool of its own, on a thread of its own. So a
//! caller that is itself a worker of some pool just blocks, and a panic inside wild is an error here.

mod memory;
mod segment;

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use memory::{MemoryFiles, OUTPUT};

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
    /// Leave out the symbol table and debugging information (`.eh_frame` stays).
    pub strip: bool,
    /// Section that gets a segment of its own, if there is one of this name. It must be read-only, page-aligned and no part of the
    /// runtime library.
    pub separate: &'static str,
    /// Threads that one link may use.
    pub threads: NonZeroUsize,
}

impl LinkOptions {
    /// What executables are linked with by default: `_start`, unreachable sections left out, symbols
    /// kept, one thread.
    pub fn new(target: LinkTarget) -> Self {
        Self {
            target,
            entry: "_start".to_owned(),
            gc_sections: true,
            strip: false,
            separate: "",
            threads: NonZeroUsize::MIN,
        }
    }
}

/// Why there is no executable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// The input is neither an ELF64 relocatable object for the target nor an archive.
    BadInput { name: String, reason: String },
    /// Nothing defines this symbol; `detail` tells where it is used.
    UndefinedSymbol { symbol: String, detail: String },
    /// This environment variable would make the linker write files or start programs.
    Environment(&'static str),
    /// Any other error that the linker reports, in its words.
    Failed(String),
    /// The linker panicked, which is a bug in it or in the objects' producer.
    Panicked(String),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::BadInput { name, reason } => write!(f, "cannot link {name}: {reason}"),
            LinkError::UndefinedSymbol { symbol, detail } => {
                write!(f, "undefined symbol `{symbol}`: {detail}")
            }
            LinkError::Environment(name) => {
                write!(
                    f,
                    "the environment variable {name} redirects the embedded linker; unset it"
                )
            }
            LinkError::Failed(message) => write!(f, "linking failed: {message}"),
            LinkError::Panicked(message) => write!(f, "internal linker error: {message}"),
        }
    }
}

impl std::error::Error for LinkError {}

/// Variables by which wild can be told to save its inputs on disk, to exit, or to run another linker.
const REDIRECTING_VARIABLES: [&str; 3] =
    ["WILD_SAVE_DIR", "WILD_SAVE_BASE", "WILD_REFERENCE_LINKER"];

/// Stack of the thread that runs the linker and of its pool's workers, in bytes.
const STACK_SIZE: usize = 8 << 20;

/// Links `inputs`, in order, into an executable and returns its bytes.
///
/// # Errors
///
/// See [`LinkError`]. No input makes it panic, exit or print.
pub fn link(inputs: Vec<Input>, options: &LinkOptions) -> Result<Vec<u8>, LinkError> {
    for input in &inputs {
        check_input(input, options.target)?;
    }
    for name in REDIRECTING_VARIABLES {
        if std::env::var_os(name).is_some_and(|value| !value.is_empty()) {
            return Err(LinkError::Environment(name));
        }
    }
    let files = MemoryFiles::new(inputs);
    let command = command_line(&files, options);
    let (threads, separate) = (options.threads.get(), options.separate);
    let job = move || run_wild(&files, &command, threads);
    let thread = std::thread::Builder::new()
        .name("wative-link".to_owned())
        .stack_size(STACK_SIZE)
        .spawn(job)
        .map_err(|e| LinkError::Failed(format!("cannot start a thread: {e}")))?;
    let mut executable = thread
        .join()
        .unwrap_or_else(|payload| Err(LinkError::Panicked(panic_message(&*payload))))?;
    if !separate.is_empty() {
        segment::separate(&mut executable, separate).ok_or_else(|| {
            LinkError::Failed(format!("no segment can be made for section {separate}"))
        })?;
    }
    Ok(executable)
}

/// Rejects what the linker would take for a linker script, a shared object or another machine's code.
fn check_input(input: &Input, target: LinkTarget) -> Result<(), LinkError> {
    const ELF64_LITTLE: &[u8] = b"\x7fELF\x02\x01\x01";
    const RELOCATABLE: u16 = 1;
    let bad = |reason: String| {
        Err(LinkError::BadInput {
            name: input.name.clone(),
            reason,
        })
    };
    let bytes = &input.bytes;
    if bytes.starts_with(b"!<arch>\n") {
        return Ok(());
    }
    if !bytes.starts_with(ELF64_LITTLE) || bytes.len() < 64 {
        return bad("not a 64-bit little-endian ELF object and not an archive".to_owned());
    }
    let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    if half(16) != RELOCATABLE {
        return bad("not a relocatable object".to_owned());
    }
    let expected = match target {
        LinkTarget::X86_64 => 62,
        LinkTarget::Aarch64 => 183,
    };
    if half(18) != expected {
        return bad(format!(
            "made for another machine (ELF machine {})",
            half(18)
        ));
    }
    Ok(())
}

/// The command line that expresses `options`; the first item is the program name.
fn command_line(files: &MemoryFiles, options: &LinkOptions) -> Vec<String> {
    let emulation = match options.target {
        LinkTarget::X86_64 => "elf_x86_64",
        LinkTarget::Aarch64 => "aarch64elf",
    };
    let mut command: Vec<String> = [
        "ld",
        "-m",
        emulation,
        "-static",
        "-pie",
        "--no-dynamic-linker",
        "-z",
        "relro",
        "-z",
        "now",
        "-z",
        "noexecstack",
        // A bit instead of 24 bytes for each pointer in a table.
        "-z",
        "pack-relative-relocs",
        "--no-identity-comment",
        "--build-id=none",
        if options.gc_sections {
            "--gc-sections"
        } else {
            "--no-gc-sections"
        },
    ]
    .map(str::to_owned)
    .to_vec();
    if options.strip {
        command.push("--strip-all".to_owned());
    }
    command.push(format!("--threads={}", options.threads));
    command.push(format!("--entry={}", options.entry));
    command.extend(["-o".to_owned(), OUTPUT.to_owned()]);
    command.extend(files.paths());
    command
}

/// Runs wild in a pool of `threads` workers on the calling thread's behalf.
fn run_wild(files: &MemoryFiles, command: &[String], threads: usize) -> Result<Vec<u8>, LinkError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .stack_size(STACK_SIZE)
        .build()
        .map_err(|e| LinkError::Failed(format!("cannot start threads: {e}")))?;
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let run = || -> libwild::error::Result<()> {
        let arguments = || command.iter();
        let mut args = libwild::Args::new(arguments)?;
        let sink = Arc::clone(&warnings);
        args.on_warning(Box::new(move |warning| {
            if let Ok(mut sink) = sink.lock() {
                sink.push(warning.warning().to_owned());
            }
        }));
        args.parse(arguments)?;
        libwild::Linker::with_file_system(files.clone()).run(&args)?;
        Ok(())
    };
    match pool.install(run) {
        Ok(()) => files
            .take_output()
            .ok_or_else(|| LinkError::Failed("the linker made no output".to_owned())),
        Err(error) => Err(classify(&files.readable(&error.to_string()), &warnings)),
    }
}

/// Turns the linker's message into an error that names the undefined symbol, where that is the reason.
fn classify(message: &str, warnings: &Mutex<Vec<String>>) -> LinkError {
    const UNDEFINED: &str = "Undefined symbol ";
    let message = message.trim();
    if let Some(at) = message.find(UNDEFINED) {
        let rest = &message[at + UNDEFINED.len()..];
        let (symbol, detail) = rest.split_once(", ").unwrap_or((rest, ""));
        let detail = detail
            .lines()
            .map(str::trim)
            .collect::<Vec<_>>()
            .join(" in ");
        return LinkError::UndefinedSymbol {
            symbol: symbol.trim().to_owned(),
            detail,
        };
    }
    let mut text = message.to_owned();
    if let Ok(warnings) = warnings.lock() {
        for warning in warnings.iter() {
            text.push_str("; warning: ");
            text.push_str(warning);
        }
    }
    LinkError::Failed(text)
}

fn panic_message(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
        .to_owned()
}
