//! The command line: every command, option, default and unit, with its help text, in one place.
//!
//! What is written here is the user documentation of the options (`wative COMMAND --help`); the README only gives
//! an overview. Values are checked while parsing, so that bad ones are usage errors (exit status 2).

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::OnceLock;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::explore::SourceRoot;
use crate::functions::CachePlace;
use crate::inputs::InputArg;
use crate::network::{Endpoint, Lookup, OwnEndpoint};
use crate::runtime;
use crate::target::Target;
use wative_compiler::options::StopAfter;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

/// Compile WebAssembly to small standalone native executables.
///
/// `wative FILE…` without a command means `wative build FILE…`.
#[derive(Parser, Debug)]
#[command(
    name = "wative",
    version,
    long_version = long_version(),
    styles = STYLES,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Example:\n  wative app.wasm && ./app\n\nExit status: 0 on success, 1 on errors, 2 on bad usage; `wative run` passes the program's status on.\n\
                  The environment variable NO_COLOR (any value) turns colours off."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    /// How errors and warnings are written to standard error: for people, or as JSON objects, one a line.
    #[arg(long, global = true, value_enum, default_value_t = MessageFormat::Human, value_name = "FORMAT")]
    pub message_format: MessageFormat,
}

/// How errors and warnings are written.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageFormat {
    /// `error: …` and `help: …`.
    Human,
    /// `{"level": …, "message": …}`, with `file`, `offset`, `function`, `excerpt` (`lines` of the module's text, which `line` of them, from 0, its part from `start` to `end`, and the first one's `number` in the file if that is text) and `help` where they are known.
    Json,
}

/// What `--version` prints: with the revision, if the build was told it (`WATIVE_REVISION`), and the targets of executables.
fn long_version() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let revision = option_env!("WATIVE_REVISION").unwrap_or("unknown");
        let ready = |target: &Target| target.link().is_some() && runtime::object(*target).is_some();
        let targets = Target::ALL.into_iter().filter(ready);
        let targets: Vec<&str> = targets.map(Target::name).collect();
        format!(
            "{}\nrevision: {revision}\ntargets: {}",
            env!("CARGO_PKG_VERSION"),
            targets.join(", ")
        )
    })
}

/// Names of the commands, by which the shorthand `wative FILE…` is told apart.
pub const COMMANDS: [&str; 11] = [
    "build",
    "run",
    "inspect",
    "size",
    "explore",
    "targets",
    "runtime",
    "doctor",
    "completions",
    "manual",
    "help",
];

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Compile modules to an executable, an object file or a listing.
    #[command(
        after_help = "Examples:\n  wative build app.wasm -o app --dir .\n  wative build app.wasm --emit asm --function main -o -\n  \
                      wative build main.wasm env=library.wasm -o app\n  wative build library.wasm --emit obj --prefix lib -o lib.o\n  \
                      wative build math.wasm --emit shared && wative build math.wasm --emit header"
    )]
    Build(Box<BuildArgs>),
    /// Compile to a cache and execute; arguments of the program follow `--`.
    ///
    /// The executable is kept in $XDG_CACHE_HOME/wative (or ~/.cache/wative) under a hash of the modules, the options and the
    /// compiler; executables that were not used for 30 days are removed. That directory must be one that only you can write. Where
    /// there can be none, or nothing can be executed from it, the program runs from memory. The exit status is the program's.
    #[command(after_help = "Example:\n  wative run app.wasm --dir . -- --verbose input.txt")]
    Run(Box<RunArgs>),
    /// Show a module's imports, exports and features, or a component's WIT, and what it needs from the system.
    #[command(after_help = "Example:\n  wative inspect app.wasm")]
    Inspect(InspectArgs),
    /// Show what takes the bytes of an executable, an object or a module: functions by library, data, runtime, tables.
    #[command(
        after_help = "Examples:\n  wative size app\n  wative size app.wasm --svg app.svg\n  wative size --diff before after"
    )]
    Size(SizeArgs),
    /// Write a page for browsers that shows what becomes of a module: for each function source, WebAssembly, IR and machine code side by side.
    ///
    /// The page is one file that needs nothing else. Sources are shown where the modules have DWARF and the files are there (--source).
    #[command(
        after_help = "Examples:\n  wative explore app.wasm -o app.html\n  wative explore app.wasm -O1 --target aarch64 --source /build/app=src"
    )]
    Explore(Box<ExploreArgs>),
    /// List the targets that this wative can compile for, and how to add the others.
    #[command(after_help = "Example:\n  wative targets")]
    Targets,
    /// Write the runtime library for linking objects by hand, or its C header.
    #[command(
        after_help = "Example:\n  wative build lib.wasm --emit obj -o lib.o\n  wative runtime -o libwative_runtime.a\n  \
                      wative runtime --header -o wative.h\n  cc host.c lib.o libwative_runtime.a -o host"
    )]
    Runtime(RuntimeArgs),
    /// Tell what works on this machine, and what does not and why.
    #[command(after_help = "Example:\n  wative doctor")]
    Doctor,
    /// Write a script that completes commands and options in a shell.
    #[command(
        after_help = "Example:\n  wative completions bash > ~/.local/share/bash-completion/completions/wative"
    )]
    Completions(CompletionsArgs),
    /// Write the manual pages into a directory: wative.1 and one for each command.
    #[command(after_help = "Example:\n  wative manual ~/.local/share/man/man1")]
    Manual(ManualArgs),
}

#[derive(Args, Debug)]
pub struct BuildArgs {
    #[command(flatten)]
    pub modules: ModuleArgs,
    /// Where to write; `-` is standard output. Default: the first module's file name without its extension, in the current
    /// directory (with .o, .s or .ir for `--emit obj|asm|ir`).
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// What to make.
    #[arg(long, value_enum, default_value_t = Emit::Exe, value_name = "KIND")]
    pub emit: Emit,
    /// Only this function in the text of `--emit asm|ir`: its name, or its index in the first module.
    #[arg(long, value_name = "NAME|INDEX")]
    pub function: Option<String>,
    /// With `--emit ir`: functions as they are behind the last pass of this name, instead of behind the last one of all.
    #[arg(
        long,
        value_name = "PASS",
        help_heading = "For whoever looks for a fault of the compiler"
    )]
    pub print_after: Option<String>,
    /// Leave out the passes behind the first N of each function, or of the one that the IR calls `funcFUNCTION`, whose predecessors take all and whose
    /// successors none: scripts/bisect.py finds the one that is at fault by it.
    #[arg(
        long,
        value_name = "[FUNCTION:]N",
        help_heading = "For whoever looks for a fault of the compiler"
    )]
    pub stop_after: Option<StopAfter>,
    /// With -g: write the executable with all that is for debuggers into this file, and the result without it. Both have the same build id;
    /// `gdb -e RESULT -s FILE` debugs the result.
    #[arg(
        long,
        value_name = "FILE",
        requires = "debug",
        conflicts_with = "strip"
    )]
    pub split_debug: Option<PathBuf>,
    /// Make an object or library for C hosts, with this prefix of its C symbols, even if the module is a program. Default for
    /// modules that are none, and for libraries: the file name without its extension.
    #[arg(long, value_name = "NAME")]
    pub prefix: Option<String>,
    #[command(flatten)]
    pub compile: CompileArgs,
}

#[derive(Args, Debug)]
pub struct RunArgs {
    #[command(flatten)]
    pub modules: ModuleArgs,
    /// Arguments of the program (with `--invoke`: of the function).
    #[arg(last = true, value_name = "ARGS")]
    pub args: Vec<OsString>,
    /// Run the executable with this program, which gets its path (/proc/self/fd/…, good in the program and in what it starts) and the
    /// arguments. Default: none for this machine; for
    /// another `--target` qemu's user emulation, if it is on the PATH.
    #[arg(long, value_name = "PROGRAM")]
    pub runner: Option<PathBuf>,
    #[command(flatten)]
    pub compile: CompileArgs,
}

#[derive(Args, Debug)]
pub struct ModuleArgs {
    /// WebAssembly modules, or one component, binary (.wasm) or text (.wat), told apart by content; `-` is standard input. Several modules
    /// are linked into one program: they import from each other by NAME, which is the file name without its extension unless
    /// `NAME=` is given. The program starts in the last one that exports `_start` (with `--invoke`: the function).
    #[arg(required = true, value_name = "[NAME=]FILE")]
    pub inputs: Vec<InputArg>,
    /// A component that exports something which the component imports: both become one program. Repeatable; plugs may import from each
    /// other. What nothing plugged in exports comes from the host.
    #[arg(long = "plug", value_name = "FILE")]
    pub plugs: Vec<PathBuf>,
}

/// Options that decide what the executable is; shared by `build` and `run`.
#[derive(Args, Debug)]
pub struct CompileArgs {
    /// Optimisation: 0 compiles fastest; 1 simplifies locally; 2 runs every pass; 3 lets code grow further for speed; s makes small code and takes the
    /// runtime library that is optimised for size.
    #[arg(short = 'O', value_enum, default_value_t = Opt::Two, value_name = "LEVEL")]
    pub opt: Opt,
    /// How the memory's base is addressed. fixed: at a constant address, the fastest on x86-64; pinned: in a register;
    /// checked: every access is compared with the size, and no address space is reserved (for `ulimit -v` and small
    /// containers). Default: fixed for programs, pinned for objects for C hosts and on macOS.
    #[arg(long, value_enum, value_name = "MODE")]
    pub memory: Option<Memory>,
    /// What to compile for: a triple, or an architecture alone; `wative targets` lists them. Default: this machine.
    #[arg(long, value_name = "TRIPLE")]
    pub target: Option<Target>,
    /// What the processor must have: x86-64-v2, x86-64-v3 (AVX2, FMA, BMI), x86-64-v4 (compiled as v3); for AArch64 generic, armv8.1-a (or
    /// lse: atomic instructions); or native, all that this machine has. An executable checks it when it starts. Default:
    /// x86-64-v2, generic.
    #[arg(long, value_name = "LEVEL")]
    pub cpu: Option<String>,
    #[command(flatten)]
    pub grants: GrantArgs,
    /// Call this exported function instead of `_start`, after `_initialize` if there is one: the arguments are its
    /// parameters (i32 and i64 decimal or 0x…, f32 and f64 decimal, v128 0x…), the results are printed one a line. At most 64 of
    /// each. Of a component: a call with its arguments in WAVE, 'add(1, 2)', whose result is printed so.
    #[arg(long, value_name = "NAME|CALL")]
    pub invoke: Option<String>,
    /// Turn imports that nothing provides into traps (exit status 134) when they are called, instead of an error now.
    #[arg(long, conflicts_with = "link")]
    pub allow_unknown_imports: bool,
    /// Make every NaN that float arithmetic gives the canonical one. WebAssembly leaves sign and payload of such NaNs to the processor;
    /// with this, a program computes the same bits on all of them. Costs a comparison for each result that is kept.
    #[arg(long)]
    pub deterministic: bool,
    /// Translate the debugging information of the modules (DWARF), so that debuggers show their sources: lines, functions, types, variables
    /// (docs/debugging.md). Linux only.
    #[arg(short = 'g', long)]
    pub debug: bool,
    /// Make a program that counts how often it does what, and adds that to this file whenever it runs, however it ends; the
    /// variable WATIVE_PROFILE of its process names another one. Default: default.wprofile in the current directory
    /// (docs/profiles.md).
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "default.wprofile"
    )]
    pub profile_gen: Option<PathBuf>,
    /// Optimise for what programs have counted that were made with --profile-gen, for any target. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub profile_use: Vec<PathBuf>,
    /// Proposals that modules may use, with the names of wasm-tools, separated by commas: `-simd` switches one off, `all` stands for every
    /// supported one, wasm1, wasm2 and wasm3 for versions of the standard. Default: all.
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    pub features: Option<String>,
    /// Link this object file or archive too; it supplies imports as C functions (docs/abi.md). Repeatable.
    #[arg(long, value_name = "FILE")]
    pub link: Vec<PathBuf>,
    /// Link with another linker: `cc` finds a C compiler, anything else is the path of a linker (ld.lld, ld.bfd) or a
    /// compiler (gcc, clang). Default: the embedded linker, which needs nothing installed.
    #[arg(long, value_name = "cc|PATH")]
    pub linker: Option<PathBuf>,
    /// Leave out of the executable what only debuggers and profilers use: symbols, unwind tables, section headers. Backtraces of traps keep
    /// their names.
    #[arg(long)]
    pub strip: bool,
    /// Threads to compile with. The result does not depend on it. Default: one per processor.
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub jobs: Option<u32>,
    /// Keep code of functions there, so that compiling a changed module again compiles what has changed: a directory that only you can write, or http:// and a server
    /// that answers GET and PUT (docs/rebuilding.md). Default: none is kept.
    #[arg(long, value_name = "DIR|URL")]
    pub cache: Option<CachePlace>,
    /// Print the time of each phase (in milliseconds; summed over threads) and sizes to standard error.
    #[arg(short, long)]
    pub verbose: bool,
}

/// What the program may use, and how much of it.
#[derive(Args, Debug, Default)]
#[command(
    next_help_heading = "What the program may use (default: its arguments and the standard streams)"
)]
pub struct GrantArgs {
    /// Grant a directory: files below HOST can be used by the program, which sees them below GUEST; with `:ro` they can only be
    /// read. A relative HOST is looked up from the directory where the executable is started. Repeatable. Default GUEST: as HOST.
    #[arg(long = "dir", value_name = "HOST[::GUEST][:ro]")]
    pub dirs: Vec<Dir>,
    /// Grant a single file, which must exist when the executable is started; with `:ro` it can only be read. Repeatable.
    /// Default GUEST: as HOST.
    #[arg(long = "file", value_name = "HOST[::GUEST][:ro]")]
    pub files: Vec<Dir>,
    /// Put the files below DIR into the executable, for reading only. The program sees them below GUEST, and no file is opened for
    /// them. Repeatable.
    #[arg(long = "embed-dir", value_name = "DIR::GUEST")]
    pub embed_dirs: Vec<EmbedDir>,
    /// Set an environment variable of the program; without a VALUE it is taken from the process when it starts.
    /// Repeatable.
    #[arg(long = "env", value_name = "NAME[=VALUE]")]
    pub env: Vec<EnvVar>,
    /// Let the program see the whole environment of its process.
    #[arg(long)]
    pub inherit_env: bool,
    /// Listen on an address (127.0.0.1:8080, [::1]:80) when the executable is started: a socket to accept connections from. Sockets
    /// are the first descriptors from 3 on; LISTEN_FDS tells their number. A server (a component that exports wasi:http/incoming-handler) answers there; without
    /// this option it takes `--listen ADDR` when it is started. Repeatable.
    #[arg(long, value_name = "ADDR")]
    pub listen: Vec<SocketAddr>,
    /// Let a component open TCP connections to these hosts: an address or prefix (10.0.0.0/8, [::1]), a name, which it may then look up, or `any`; and
    /// these ports, all if none are given. Repeatable.
    #[arg(long, value_name = "HOST[:PORT|:FIRST-LAST]")]
    pub allow_connect: Vec<Endpoint>,
    /// Let a component give sockets, of TCP or UDP, these addresses of this machine (0.0.0.0 and [::] stand for all of them) and ports; port 0 is one that
    /// the system chooses. Repeatable.
    #[arg(long, value_name = "ADDR[:PORT|:FIRST-LAST]")]
    pub allow_bind: Vec<OwnEndpoint>,
    /// Let a component send UDP datagrams to these hosts and ports. Repeatable.
    #[arg(long, value_name = "HOST[:PORT|:FIRST-LAST]")]
    pub allow_udp: Vec<Endpoint>,
    /// Let a component look up the addresses of this name, or without one of all names. Repeatable.
    #[arg(long, value_name = "NAME", num_args = 0..=1, require_equals = true, default_missing_value = "any")]
    pub allow_dns: Vec<Lookup>,
    /// Let whoever runs the executable grant more, by the variables WATIVE_DIRS (as --dir) and WATIVE_ENV (as --env), both
    /// lists separated by semicolons. Otherwise they do nothing.
    #[arg(long)]
    pub allow_runtime_grants: bool,
    /// Bytes that all memories of the program may have together, with K, M or G for powers of 1024. Default: no limit but
    /// the modules' own.
    #[arg(long, value_name = "SIZE")]
    pub memory_limit: Option<MemoryLimit>,
    /// Bytes that the heap of structures and arrays may have, with K, M or G for powers of 1024; 64K to 4G. Default: no limit but what the system has.
    #[arg(long, value_name = "SIZE")]
    pub heap_limit: Option<MemoryLimit>,
    /// Tell on the standard error output at the end what the garbage collector did.
    #[arg(long)]
    pub gc_stats: bool,
    /// Collect garbage at every allocation, to find faults of this program.
    #[arg(long)]
    pub gc_stress: bool,
    /// Size of the WebAssembly stack in bytes, with K, M or G for powers of 1024; 64K to 16G. Default: 64M.
    #[arg(long, value_name = "SIZE")]
    pub stack_size: Option<StackSize>,
    /// Do not ask the kernel to confine the process to the system calls and directories that the program needs. Without this
    /// option it does so where it can (docs/wasi.md), unless --link adds code that may need others.
    #[arg(long)]
    pub no_harden: bool,
    /// Of a server: how many processes take requests. Default: one for each processor that it may use.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub workers: Option<u32>,
    /// Of a server: how many processes there may be, those that finish requests which wait for something included. Default: 128 more than workers.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub max_concurrency: Option<u32>,
    /// Of a server: milliseconds that a request may take; then it is answered with status 504. Default: 60000.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=86_400_000))]
    pub request_timeout: Option<u64>,
    /// Of a server: end after so many requests. Default: never.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub max_requests: Option<u64>,
    /// Of a server: write a line about each request to standard error.
    #[arg(long)]
    pub access_log: bool,
    /// Of a server by WASI 0.3: how many requests an instance answers before a fresh one takes its place; 1: each has its own. Default: 128.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1 << 20))]
    pub instance_requests: Option<u32>,
    /// Of a server by WASI 0.3: how many requests an instance answers at a time. Default: 16.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub instance_concurrency: Option<u32>,
    /// Of a server by WASI 0.3: milliseconds after which an instance that answers no request is replaced by a fresh one. Default: 1000.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=86_400_000))]
    pub instance_idle_timeout: Option<u64>,
    /// Read all of these from a file, too, in TOML: `dirs`, `files`, `embed-dirs`, `env`, `listen`, `allow-connect`, `allow-bind`, `allow-udp` and `allow-dns` are
    /// lists of strings in the form of the options; the others are as here (`inherit-env`, `memory-limit` and so on).
    /// Folders to embed are relative to the file. By custom it is called wative.toml.
    #[arg(long, value_name = "FILE")]
    pub manifest: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub struct InspectArgs {
    /// WebAssembly module or component, binary or text, or an executable that wative made; `-` is standard input.
    #[arg(value_name = "FILE")]
    pub input: PathBuf,
}

#[derive(Args, Debug)]
pub struct SizeArgs {
    /// An executable or object of ELF format, or a WebAssembly module or component in binary format; with `--diff` two of them.
    #[arg(value_name = "FILE", required = true, num_args = 1..=2)]
    pub files: Vec<PathBuf>,
    /// Show in what the second file differs from the first.
    #[arg(long)]
    pub diff: bool,
    /// Write JSON, with all parts.
    #[arg(long)]
    pub json: bool,
    /// Draw a picture into this file: rectangles as large as the parts.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "diff"])]
    pub svg: Option<PathBuf>,
    /// Show so many parts of each group, the largest ones; with `--diff` so many differences.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    pub limit: usize,
}

#[derive(Args, Debug)]
pub struct ExploreArgs {
    #[command(flatten)]
    pub modules: ModuleArgs,
    /// Where to write; `-` is standard output. Default: the first module's file name with .html instead of its extension, in the current directory.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Put sources below this directory into the page, as far as the modules' DWARF names them; FROM is what it calls the directory, if that is
    /// another name. Files whose names begin with a dot, or that are in such directories, are left out. Repeatable. Default: the current directory.
    #[arg(long, value_name = "[FROM=]DIR")]
    pub source: Vec<SourceRoot>,
    /// Show how often functions were met by a profiler: lines of a function's name, a tab and a number, or what `perf script -F ip,sym` writes.
    #[arg(long, value_name = "FILE")]
    pub profile: Option<PathBuf>,
    #[command(flatten)]
    pub compile: CompileArgs,
}

#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

#[derive(Args, Debug)]
pub struct ManualArgs {
    /// Where to write; it must exist.
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
}

#[derive(Args, Debug)]
pub struct RuntimeArgs {
    /// Where to write; `-` is standard output. Default: libwative_runtime.a, or wative.h.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write the C header instead of the library.
    #[arg(long)]
    pub header: bool,
    /// What the library is for; `wative targets` lists them. Default: this machine.
    #[arg(long, value_name = "TRIPLE")]
    pub target: Option<Target>,
}

/// What `build` makes.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emit {
    /// A static position-independent executable.
    Exe,
    /// A relocatable object for linking by hand with the library of `wative runtime`: of a program (a module with
    /// `_start`, a component with `wasi:cli/run`, or --invoke), the program; else, or with --prefix, a module or component for C
    /// hosts (docs/abi.md).
    Obj,
    /// A static library with the runtime library in it: of a module with an interface of its own (docs/embedding.md), of a component as its object.
    Staticlib,
    /// A shared library of the same; it needs nothing of others.
    Shared,
    /// The C header of a library, or of a component's object.
    Header,
    /// The machine code as text.
    Asm,
    /// The intermediate representation after optimisation, as text.
    Ir,
}

/// Optimisation level.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opt {
    #[value(name = "0")]
    Zero,
    #[value(name = "1")]
    One,
    #[value(name = "2")]
    Two,
    #[value(name = "3")]
    Three,
    #[value(name = "s")]
    Size,
}

/// Memory mode.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    Fixed,
    Pinned,
    Checked,
}

/// `--dir` and `--file`, `HOST[::GUEST][:ro]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dir {
    pub host: String,
    pub guest: String,
    pub read_only: bool,
}

impl FromStr for Dir {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (paths, read_only) = match text.strip_suffix(":ro") {
            Some(paths) => (paths, true),
            None => (text, false),
        };
        let (host, guest) = paths.split_once("::").unwrap_or((paths, paths));
        if host.is_empty() || guest.is_empty() {
            return Err("HOST and GUEST must not be empty".to_owned());
        }
        Ok(Dir {
            host: host.to_owned(),
            guest: guest.to_owned(),
            read_only,
        })
    }
}

/// `--embed-dir DIR::GUEST`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbedDir {
    pub dir: PathBuf,
    pub guest: String,
}

impl FromStr for EmbedDir {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once("::") {
            Some((dir, guest)) if !dir.is_empty() && !guest.is_empty() => Ok(EmbedDir {
                dir: dir.into(),
                guest: guest.to_owned(),
            }),
            _ => Err("expected DIR::GUEST, such as lib::/usr/lib".to_owned()),
        }
    }
}

/// `--env NAME[=VALUE]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvVar(pub String);

impl FromStr for EnvVar {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=').unwrap_or((text, "")).0 {
            "" => Err("NAME must not be empty".to_owned()),
            _ => Ok(EnvVar(text.to_owned())),
        }
    }
}

/// A number of bytes, with K, M or G for powers of 1024.
fn parse_size(text: &str) -> Result<u64, String> {
    let (digits, shift) = match text.as_bytes().last() {
        Some(b'K' | b'k') => (&text[..text.len() - 1], 10),
        Some(b'M' | b'm') => (&text[..text.len() - 1], 20),
        Some(b'G' | b'g') => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let number = digits.parse::<u64>().ok();
    let size = number.and_then(|number| number.checked_mul(1 << shift));
    size.ok_or_else(|| "expected a number of bytes, such as 8M".to_owned())
}

/// `--stack-size`, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackSize(pub u64);

impl FromStr for StackSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match parse_size(text)? {
            size @ 0x1_0000..=0x4_0000_0000 => Ok(StackSize(size)),
            _ => Err("must be from 64K to 16G".to_owned()),
        }
    }
}

/// `--memory-limit`, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryLimit(pub u64);

impl FromStr for MemoryLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match parse_size(text)? {
            size @ 0x1_0000.. => Ok(MemoryLimit(size)),
            _ => Err("must be at least 64K, which is a page".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn definition_is_consistent() {
        Cli::command().debug_assert();
        let names: Vec<_> = Cli::command()
            .get_subcommands()
            .map(|c| c.get_name().to_owned())
            .collect();
        assert_eq!(names, COMMANDS[..names.len()]);
    }

    #[test]
    fn stack_sizes() {
        let parse = |text: &str| text.parse::<StackSize>().map(|size| size.0);
        assert_eq!(parse("65536"), Ok(65536));
        assert_eq!(parse("64k"), Ok(65536));
        assert_eq!(parse("8M"), Ok(8 << 20));
        assert_eq!(parse("16G"), Ok(16 << 30));
        for bad in [
            "",
            "K",
            "1K",
            "17G",
            "-1",
            "1.5M",
            "99999999999999999999",
            "18446744073709551615G",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn dirs_and_variables() {
        let dir = |text: &str| text.parse::<Dir>().map(|d| (d.host, d.guest, d.read_only));
        assert_eq!(dir("."), Ok((".".into(), ".".into(), false)));
        assert_eq!(dir("/a::/b"), Ok(("/a".into(), "/b".into(), false)));
        assert_eq!(dir("/a::/b:ro"), Ok(("/a".into(), "/b".into(), true)));
        assert_eq!(dir("/a:ro"), Ok(("/a".into(), "/a".into(), true)));
        assert!(dir(":ro").is_err());
        let embed = |text: &str| text.parse::<EmbedDir>().map(|e| e.guest);
        assert_eq!(embed("lib::/usr/lib"), Ok("/usr/lib".into()));
        assert!(embed("lib").is_err() && embed("::/x").is_err() && embed("lib::").is_err());
        assert_eq!("64k".parse(), Ok(MemoryLimit(65536)));
        assert!("1K".parse::<MemoryLimit>().is_err());
        assert!(dir("").is_err() && dir("::/b").is_err() && dir("/a::").is_err());
        assert!("=x".parse::<EnvVar>().is_err() && "".parse::<EnvVar>().is_err());
        assert_eq!("A=b=c".parse(), Ok(EnvVar("A=b=c".into())));
    }
}
