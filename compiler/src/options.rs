//! What the caller of the compiler decides.

mod cpu;

pub use cpu::CpuFeatures;

pub use crate::abi::Serve;
use crate::ir::{EntryKind, MemoryMode, World};
use crate::pack::Earlier;
use crate::profile::Profile;
use crate::timings::Timings;
use std::cmp::Ordering;
use std::net::IpAddr;
use std::num::ParseIntError;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::sync::Arc;
use wasmparser::WasmFeatures;

/// A module to compile.
#[derive(Clone, Debug)]
pub struct Input {
    /// Name that other modules import it by, and symbol prefix.
    pub name: String,
    /// For messages.
    pub path: String,
    /// Binary format.
    pub bytes: Vec<u8>,
    /// Import module name -> index of an earlier or later input, overriding the lookup by `name`.
    pub links: Vec<(String, usize)>,
}

/// Effort and goal of optimisation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum OptLevel {
    /// No optimisation beyond what building the IR folds; fast register allocation.
    O0,
    /// Local simplification and dead code.
    O1,
    /// All passes.
    #[default]
    O2,
    /// All passes, and larger functions are inlined: code grows.
    O3,
    /// Those that make code smaller.
    Os,
}

impl OptLevel {
    /// Whether every pass runs that does not make code larger.
    pub fn is_full(self) -> bool {
        matches!(self, OptLevel::O2 | OptLevel::O3 | OptLevel::Os)
    }

    /// Whether code may be larger where that makes it faster.
    pub fn is_for_speed(self) -> bool {
        matches!(self, OptLevel::O2 | OptLevel::O3)
    }
}

/// Which of the steps that may be left out run, for whoever looks for a miscompile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StopAfter {
    /// The first so many, on each function.
    Each(usize),
    /// On the function with this number the first so many, on those with smaller numbers all, on the others none.
    In { func: usize, steps: usize },
}

impl StopAfter {
    /// How many run on the function with this number.
    pub fn steps(self, number: usize) -> usize {
        match self {
            StopAfter::Each(steps) => steps,
            StopAfter::In { func, steps } => match number.cmp(&func) {
                Ordering::Less => usize::MAX,
                Ordering::Equal => steps,
                Ordering::Greater => 0,
            },
        }
    }
}

/// `N` or `FUNCTION:N`.
impl FromStr for StopAfter {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<StopAfter, ParseIntError> {
        Ok(match text.split_once(':') {
            Some((func, steps)) => StopAfter::In {
                func: func.parse()?,
                steps: steps.parse()?,
            },
            None => StopAfter::Each(text.parse()?),
        })
    }
}

/// Instruction set.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Isa {
    #[default]
    X64,
    A64,
}

impl Isa {
    /// The largest page of any Linux on it, in bytes.
    pub fn max_page(self) -> u64 {
        match self {
            Isa::X64 => 4 << 10,
            Isa::A64 => 64 << 10,
        }
    }
}

/// Operating system: object format, what C functions expect on the stack.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Platform {
    /// ELF.
    #[default]
    Linux,
    /// Mach-O. Objects only: the runtime has no start code for it. The low 4 GiB are taken, so no memory is at a fixed address.
    Darwin,
}

/// What `compile` makes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Emit {
    /// Relocatable object.
    #[default]
    Object,
    /// Text of the IR after optimisation.
    Ir,
    /// Text of the machine code.
    Asm,
}

/// An import that stays unresolved after linking the modules.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Unknown {
    /// Error that lists all of them.
    #[default]
    Refuse,
    /// Trap when called.
    Trap,
    /// Leave it to the linker as a C symbol (objects, `--link`).
    Symbol,
}

/// Capabilities and limits of an executable, baked in.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub preopens: Vec<Preopen>,
    /// `NAME=value`, or `NAME` to take the value from the process.
    pub env: Vec<String>,
    pub inherit_env: bool,
    /// Whoever runs the executable may grant more.
    pub runtime_grants: bool,
    /// Bytes; 0 = default.
    pub stack_size: u64,
    /// Bytes of all memories together; 0 = no limit.
    pub memory_limit: u64,
    /// Bytes that the collector's heap may have; 0 = no limit.
    pub heap_limit: u64,
    /// The collector runs at every allocation: for tests.
    pub gc_stress: bool,
    /// The collector tells at the end what it did.
    pub gc_stats: bool,
    /// The kernel is not asked to confine the process.
    pub no_harden: bool,
    /// What it may do on the network.
    pub network: Vec<NetRule>,
    /// Of servers.
    pub serve: Serve,
}

/// Something that the program may do on the network.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NetRule {
    pub right: NetRight,
    pub hosts: NetHosts,
    /// Of no meaning to [`NetRight::LookUp`].
    pub ports: RangeInclusive<u16>,
}

/// What a [`NetRule`] allows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NetRight {
    /// TCP connections to the hosts; looking up their name.
    Connect,
    /// TCP and UDP sockets of these own addresses.
    Bind,
    /// UDP datagrams to the hosts; looking up their name.
    Send,
    /// Looking up their name.
    LookUp,
}

/// Whom a [`NetRule`] is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NetHosts {
    /// The addresses that have this many leading bits in common with one.
    Prefix(IpAddr, u8),
    /// The addresses that looking up this name gives (lower case, no dot at its end).
    Name(String),
    /// Every name; for [`NetRight::LookUp`] alone.
    AnyName,
}

/// Something that the program finds open when it starts.
#[derive(Clone, Debug)]
pub struct Preopen {
    pub kind: PreopenKind,
    /// Directory: its path. Tree: its bytes (`abi::TreeNode`). Socket: the address, as the kernel takes it.
    pub host: Vec<u8>,
    /// Its name for the program.
    pub guest: String,
    pub read_only: bool,
}

/// What a [`Preopen`] is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PreopenKind {
    Directory,
    /// Files inside the executable, or granted one by one.
    Tree,
    /// A listening socket.
    Listen,
}

impl Preopen {
    /// A directory in which everything is allowed.
    pub fn directory(host: impl Into<Vec<u8>>, guest: impl Into<String>) -> Preopen {
        Preopen {
            kind: PreopenKind::Directory,
            host: host.into(),
            guest: guest.into(),
            read_only: false,
        }
    }
}

/// All options.
#[derive(Clone, Debug)]
pub struct Options {
    pub isa: Isa,
    pub platform: Platform,
    /// Instructions beyond the baseline that code may use.
    pub cpu: CpuFeatures,
    pub opt: OptLevel,
    pub memory: MemoryMode,
    pub world: World,
    pub emit: Emit,
    pub entry: EntryKind,
    pub unknown: Unknown,
    /// Whether every NaN that arithmetic makes is the canonical one, so that results are the same on every processor.
    pub deterministic: bool,
    /// Translate the modules' DWARF for debuggers.
    pub debug: bool,
    /// The program counts how often it does what, and keeps that in the file with this name.
    pub count: Option<String>,
    /// What programs have counted, for the optimiser.
    pub profile: Profile,
    /// Proposals that modules may use, of those that are supported.
    pub features: WasmFeatures,
    /// Only this function in text output: name or index.
    pub function: Option<String>,
    /// For `Emit::Ir` and `Emit::Asm`: what modules call the things that a function mentions, as comments.
    pub legend: bool,
    /// For `Emit::Ir`: how functions are behind the last step of this name, instead of behind the last one before expansion.
    pub print_after: Option<String>,
    /// Which of the steps that may be left out run.
    pub stop_after: StopAfter,
    /// Threads; 0 = one per core.
    pub jobs: usize,
    /// For tests: tasks that can go on do so in an order that follows from this number; 0: who has waited longest goes on first.
    pub schedule: u32,
    /// Run the IR verifier after every pass and the register-allocation checker on every function.
    pub verify: bool,
    pub config: Config,
    /// For `Emit::Object`: code from earlier compilations, to take functions from that are compiled to the same.
    pub earlier: Option<Arc<Earlier>>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            isa: Isa::X64,
            platform: Platform::Linux,
            cpu: CpuFeatures::BASELINE,
            opt: OptLevel::O2,
            memory: MemoryMode::Fixed,
            world: World::Closed,
            emit: Emit::Object,
            entry: EntryKind::Command,
            unknown: Unknown::Refuse,
            deterministic: false,
            debug: false,
            count: None,
            profile: Profile::default(),
            features: WasmFeatures::all(),
            function: None,
            legend: false,
            print_after: None,
            stop_after: StopAfter::Each(usize::MAX),
            jobs: 0,
            schedule: 0,
            verify: cfg!(debug_assertions),
            config: Config::default(),
            earlier: None,
        }
    }
}

impl Options {
    /// Whether the program may find something of the file system: it was granted that, or others may grant it (a C program, whoever runs it, a test).
    pub fn has_files(&self) -> bool {
        let is_own = match self.entry {
            EntryKind::Command | EntryKind::Invoke(_) | EntryKind::Calls(_) => true,
            EntryKind::Script | EntryKind::Hosted | EntryKind::None | EntryKind::Library => false,
        };
        let is_file = |preopen: &Preopen| preopen.kind != PreopenKind::Listen;
        !is_own || self.config.runtime_grants || self.config.preopens.iter().any(is_file)
    }
}

/// Result of a compilation.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    /// The object file (`Emit::Object`).
    pub object: Vec<u8>,
    /// The listing (`Emit::Ir`, `Emit::Asm`).
    pub text: String,
    pub timings: Timings,
    /// With `Options::earlier`, unless there was nothing to take or keep by the other options.
    pub reused: Option<Reused>,
}

/// What came of [`Options::earlier`].
#[derive(Clone, Debug)]
pub struct Reused {
    /// Functions that were found, and all others.
    pub found: usize,
    pub compiled: usize,
    /// The bytes of the pack for the next compilation, if it is another one.
    pub pack: Option<Vec<u8>>,
}
