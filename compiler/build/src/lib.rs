//! WebAssembly modules in Rust programs, compiled ahead of time: for build scripts.
//!
//! ```no_run
//! // build.rs; `[build-dependencies]` has wative-build.
//! wative_build::compile("math.wasm");
//! ```
//!
//! ```ignore
//! // src/main.rs
//! mod math {
//!     include!(concat!(env!("OUT_DIR"), "/math.rs"));
//! }
//!
//! struct Host;
//!
//! impl math::Imports for Host {
//!     fn env_log(&mut self, memory: &mut math::Memory<'_>, at: i32, len: i32) -> Result<(), math::Trap> {
//!         let text = memory.read_vec(at as u32 as u64, len as u32 as usize)?;
//!         println!("{}", String::from_utf8_lossy(&text));
//!         Ok(())
//!     }
//! }
//!
//! fn main() -> Result<(), math::Trap> {
//!     let mut instance = math::Instance::new(Host)?;
//!     println!("{}", instance.add(1, 2)?);
//!     Ok(())
//! }
//! ```
//!
//! What is written into `OUT_DIR` is a static library (`docs/embedding.md`) and safe bindings: a method for each exported function, traps as [`Result`], the functions that the
//! module imports as a trait, and the memory by copies, so that nothing of it is ever borrowed. A panic of an imported function ends the call and goes on in the caller.
//!
//! Functions with vectors or references are left out of the bindings, with a comment; a module that imports such functions, or anything but functions, has none. WASI
//! shows the standard streams and nothing else.

mod bindings;

use std::path::{Path, PathBuf};

use wative::driver::BuildOptions;
use wative::library::{self, Form};
use wative::target::Target;
use wative::{header, inputs};
use wative_compiler::ir::{EntryKind, MemoryMode, World};
use wative_compiler::options::Unknown;
use wative_compiler::{Error, Input};

/// Compiles a module for the crate whose build script calls this: see the head of this page.
///
/// # Panics
///
/// The module cannot be compiled; the message says why. Cargo shows it and stops.
pub fn compile(path: impl AsRef<Path>) {
    if let Err(error) = Module::new(path).compile() {
        panic!("{error}");
    }
}

/// A module that becomes a library, and how.
#[derive(Clone, Debug)]
pub struct Module {
    path: PathBuf,
    name: Option<String>,
    checked: bool,
}

impl Module {
    /// The module in a file, binary or text. A relative path is looked up from the directory of the crate.
    pub fn new(path: impl AsRef<Path>) -> Module {
        Module {
            path: path.as_ref().to_owned(),
            name: None,
            checked: false,
        }
    }

    /// The name of the file with bindings and of the library. Default: the file name without its extension.
    #[must_use]
    pub fn name(mut self, name: &str) -> Module {
        self.name = Some(name.to_owned());
        self
    }

    /// Compares every access with the memory's size instead of reserving address space for it (`--memory checked`).
    #[must_use]
    pub fn checked(mut self, checked: bool) -> Module {
        self.checked = checked;
        self
    }

    /// Compiles it into `OUT_DIR` and tells cargo to link it.
    ///
    /// # Errors
    ///
    /// The module cannot be compiled or have bindings, or a file cannot be read or written.
    pub fn compile(&self) -> Result<(), Error> {
        let variable = |name: &str| {
            std::env::var(name).map_err(|_| {
                Error::new(format!("{name} is not set"))
                    .help("call this from a build script, which cargo runs")
            })
        };
        let target = variable("TARGET")?;
        let target: Target = target
            .parse()
            .map_err(|reason| Error::new(format!("the target {target} is {reason}")))?;
        let lines = self.compile_for(target, Path::new(&variable("OUT_DIR")?))?;
        print!("{lines}");
        Ok(())
    }

    /// Compiles it into a directory: the lines for cargo.
    ///
    /// # Errors
    ///
    /// As [`Module::compile`].
    pub fn compile_for(&self, target: Target, out: &Path) -> Result<String, Error> {
        let input = Input {
            name: match &self.name {
                Some(name) => name.clone(),
                None => inputs::default_name(&self.path),
            },
            path: inputs::display_path(&self.path),
            bytes: inputs::read_module(&self.path)?,
            links: Vec::new(),
        };
        if inputs::is_component(&input) {
            return Err(Error::new("this is a component, not a module")
                .in_file(&input.path)
                .help("`wative build --emit staticlib` and its header make a library of it"));
        }
        let name = input.name.clone();
        let mut options = BuildOptions::new(target);
        options.compile.world = World::Open;
        options.compile.entry = EntryKind::Library;
        options.compile.unknown = Unknown::Symbol;
        options.compile.memory = match self.checked {
            true => MemoryMode::Checked,
            false => MemoryMode::Pinned,
        };
        let module = [input];
        let interface = header::interface(&module, &options.compile)?;
        let text =
            bindings::generate(&interface).map_err(|error| error.in_file(&module[0].path))?;
        let built = library::build(&module, &options, Form::Static)?;
        let write = |file: String, bytes: &[u8]| {
            let path = out.join(file);
            std::fs::write(&path, bytes).map_err(|error| {
                Error::new(format!("cannot write: {error}")).in_file(&path.display().to_string())
            })
        };
        // No library of the system has such a name.
        let library = format!("wative_{}", interface.prefix);
        write(format!("lib{library}.a"), &built.bytes)?;
        write(format!("{name}.rs"), text.as_bytes())?;
        Ok(format!(
            "cargo:rerun-if-changed={}\ncargo:rustc-link-search=native={}\ncargo:rustc-link-lib=static={library}\n",
            self.path.display(),
            out.display()
        ))
    }
}
