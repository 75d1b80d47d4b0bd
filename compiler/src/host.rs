//! Functions that the runtime library provides to modules: the rows of [`crate::calls`] as the compiler sees them.

use crate::calls::{component_imports, imports, module_name};
use crate::ir::{FuncType, ValType};
use crate::mangle;
use crate::nr::both as nr;

/// A system call: numbers on x86-64 and AArch64.
pub type Call = (u32, u32);

/// Import modules whose functions are WASI preview 1 and its predecessor.
pub const WASI_MODULES: [&str; 2] = [module_name!(snapshot), module_name!(unstable)];

/// The import by which a program starts threads (wasi-threads).
pub const THREAD_SPAWN: (&str, &str) = (module_name!(wasi), "thread-spawn");

/// Interfaces that send requests of HTTP.
const CLIENTS: [&str; 2] = [
    module_name!(http_outgoing_handler),
    module_name!(http3_client),
];

/// Interfaces about the time zone.
const ZONES: [&str; 2] = [
    module_name!(clocks_timezone),
    module_name!(clocks3_timezone),
];

/// Finding a file beneath a directory, in either way.
pub const RESOLVE: &[Call] = &[
    nr::OPENAT2,
    nr::OPENAT,
    nr::CLOSE,
    nr::NEWFSTATAT,
    nr::READLINKAT,
];

/// Looking up the addresses of a name, by whatever function it goes on.
pub const LOOKUP: &[Call] = &[
    nr::SOCKET,
    nr::SETSOCKOPT,
    nr::CONNECT,
    nr::SENDMSG,
    nr::RECVMSG,
    nr::CLOSE,
    nr::PPOLL,
    nr::PREADV,
    nr::GETRANDOM,
    nr::CLOCK_GETTIME,
];

/// Finding out how much can be written to a standard stream without waiting.
pub const ROOM: &[Call] = &[nr::FCNTL, nr::IOCTL, nr::NEWFSTATAT];

/// A function that modules may import.
#[derive(Debug)]
pub struct Import {
    /// Modules that have it.
    pub modules: &'static [&'static str],
    pub name: &'static str,
    /// Its C symbol, where that does not follow from the names.
    pub symbol: Option<&'static str>,
    pub params: &'static [ValType],
    pub results: &'static [ValType],
    /// It is `async`, and whether it may say that it goes on later.
    pub is_async: bool,
    pub may_wait: bool,
    /// What it needs of the kernel besides what every program may do, in groups.
    calls: &'static [&'static [Call]],
}

impl Import {
    /// Its function type.
    pub fn ty(&self) -> FuncType {
        FuncType {
            params: self.params.to_vec(),
            results: self.results.to_vec(),
        }
    }

    /// The type of a function of [`HOST_FUNCTIONS`] as compiled code calls it: the place of an `abi::HostCall` first, and an answer with the reason to trap.
    pub fn answering(&self) -> FuncType {
        FuncType {
            params: [&[ValType::I32], self.params].concat(),
            results: vec![ValType::I64],
        }
    }

    /// The system calls that it needs besides what every program may do.
    pub fn calls(&self) -> impl Iterator<Item = Call> {
        self.calls.iter().copied().flatten().copied()
    }

    /// Whether it uses the network, so that it needs its system calls only where something of the network was granted.
    pub fn uses_network(&self) -> bool {
        let is_network =
            |module: &&str| module.starts_with("wasi:sockets/") || CLIENTS.contains(module);
        self.modules.iter().any(is_network)
    }

    /// Whether it sends requests of HTTP.
    pub fn sends_requests(&self) -> bool {
        self.modules.iter().any(|module| CLIENTS.contains(module))
    }

    /// Whether it tells something of the time zone.
    pub fn tells_zone(&self) -> bool {
        self.modules.iter().any(|module| ZONES.contains(module))
    }

    /// Whether it looks names up.
    pub fn looks_up(&self) -> bool {
        self.calls.contains(&LOOKUP)
    }

    /// Whether it finds files by their names.
    pub fn names_files(&self) -> bool {
        self.calls.contains(&RESOLVE)
    }
}

/// What a type of the runtime's functions is in WebAssembly.
macro_rules! val_type {
    (u32) => {
        ValType::I32
    };
    (i32) => {
        ValType::I32
    };
    (u64) => {
        ValType::I64
    };
    (i64) => {
        ValType::I64
    };
}

/// What a function with this result returns in WebAssembly.
macro_rules! results {
    () => {
        &[]
    };
    (wait) => {
        &[]
    };
    (done) => {
        &[]
    };
    (answer) => {
        &[ValType::I32]
    };
    (!) => {
        &[]
    };
    ($result:ident) => {
        &[val_type!($result)]
    };
}

/// Whether a function with this result may go on later.
macro_rules! may_wait {
    (wait) => {
        true
    };
    ($($result:tt)?) => {
        false
    };
}

/// Whether a function with this result is `async`.
macro_rules! is_async {
    (wait) => {
        true
    };
    (done) => {
        true
    };
    (answer) => {
        true
    };
    ($($result:tt)?) => {
        false
    };
}

/// The name of an import: the function's, unless another is given.
macro_rules! name {
    ($name:ident) => {
        stringify!($name)
    };
    ($name:ident $text:literal) => {
        $text
    };
}

/// Expands the rows to [`IMPORTS`].
macro_rules! table {
    ($( [$($module:ident)*] $name:ident $(= $text:literal)? ($($ty:ident),*) $(-> $result:tt)? [$($call:ident)*] $($group:ident)*; )*) => {
        /// All of them.
        pub const IMPORTS: &[Import] = &[$(
            Import {
                modules: &[$(module_name!($module)),*],
                name: name!($name $($text)?),
                symbol: None,
                params: &[$(val_type!($ty)),*],
                results: results!($($result)?),
                is_async: is_async!($($result)?),
                may_wait: may_wait!($($result)?),
                calls: &[&[$(nr::$call),*], $($group),*],
            }
        ),*];
    };
}
imports!(table);

/// Expands the rows to [`HOST_FUNCTIONS`].
macro_rules! host_table {
    ($( [$module:ident] $name:ident = $text:literal ($($ty:ident),*) $(-> $result:ident)? [$($call:ident)*] $($group:ident)*; )*) => {
        /// What components import, with the flat types.
        pub const HOST_FUNCTIONS: &[Import] = &[$(
            Import {
                modules: &[module_name!($module)],
                name: $text,
                symbol: Some(concat!("wative_host_", stringify!($module), "__", stringify!($name))),
                params: &[$(val_type!($ty)),*],
                results: results!($($result)?),
                is_async: is_async!($($result)?),
                may_wait: may_wait!($($result)?),
                calls: &[&[$(nr::$call),*], $($group),*],
            }
        ),*];
    };
}
component_imports!(host_table);

/// The function of an interface of the host, whose name may have a version; `drop` is the interface for dropping resources.
pub fn host_function(interface: &str, name: &str) -> Option<&'static Import> {
    let interface = track(interface)?;
    let mut all = HOST_FUNCTIONS.iter();
    all.find(|function| function.modules == [interface] && function.name == name)
}

/// What takes the place of a function in a program that was granted nothing of the file system: it is told so, there is never a descriptor, and so what works on one
/// finds no handle of any, and needs nothing of the kernel.
pub fn without_files(function: &'static Import) -> &'static Import {
    let module = function.modules[0].trim_end_matches(ASYNC);
    let on_descriptors = match module {
        module_name!(filesystem_types) => function.name.starts_with("[method]"),
        module_name!(drop) => function.name.starts_with(module_name!(filesystem_types)),
        _ => false,
    };
    let other = match on_descriptors {
        true => "wasi:filesystem/types descriptor",
        false if module == module_name!(filesystem_preopens) => {
            "wasi:filesystem/preopens get-directories"
        }
        false => return function,
    };
    host_function(module_name!(without), other).expect("a row of the table")
}

/// Whether the host has an interface of this name, which may have a version.
pub fn is_interface(name: &str) -> bool {
    let interface = track(name);
    let mut all = HOST_FUNCTIONS.iter();
    interface.is_some_and(|interface| all.any(|function| function.modules == [interface]))
}

/// The function of the runtime library with this C symbol.
pub fn by_symbol(symbol: &str) -> Option<&'static Import> {
    let mut all = HOST_FUNCTIONS.iter();
    all.find(|function| function.symbol == Some(symbol))
        .or_else(|| {
            let (module, name) = mangle::split_import(symbol)?;
            find(&module, &name)
        })
}

/// The name by which the host knows an interface: without a version if that is one of WASI 0.2 or there is none, with `@0.3` if it is one of WASI 0.3.
pub fn track(interface: &str) -> Option<&str> {
    let Some((name, version)) = interface.split_once('@') else {
        return Some(interface);
    };
    let (minor, patch) = version.split_at_checked(4)?;
    // What follows a `+` says nothing.
    let patch = patch.split_once('+').map_or(patch, |(patch, _)| patch);
    let is_number = !patch.is_empty() && patch.bytes().all(|c| c.is_ascii_digit());
    let end = match minor {
        "0.2." => name.len(),
        "0.3." => name.len() + ASYNC.len(),
        _ => return None,
    };
    is_number.then(|| &interface[..end])
}

/// Whether an interface is one of WASI 0.3 that the host knows.
pub fn is_async(interface: &str) -> bool {
    track(interface).is_some_and(|track| track.ends_with(ASYNC))
}

/// What [`track`] leaves of the version of WASI 0.3, whose interfaces have streams, futures and `async` functions.
pub const ASYNC: &str = "@0.3";

/// The functions of a module.
pub fn functions(module: &str) -> impl Iterator<Item = &'static Import> {
    IMPORTS
        .iter()
        .filter(move |import| import.modules.contains(&module))
}

/// The function that has this name in a module.
pub fn find(module: &str, name: &str) -> Option<&'static Import> {
    functions(module).find(|import| import.name == name)
}

/// Type of a function that toolchains expect of any host. Others may use the same names for something else, so an import of another type is not
/// one of these.
pub fn env_type(module: &str, name: &str) -> Option<FuncType> {
    let import = find(module, name)?;
    (module == module_name!(env)).then(|| import.ty())
}

/// Type of a function that the runtime library provides, if it provides this import whatever its type.
pub fn wasi_type(module: &str, name: &str) -> Option<FuncType> {
    let import = find(module, name)?;
    (module != module_name!(env)).then(|| import.ty())
}

/// Type of [`crate::abi::THREAD_START`].
pub fn thread_start_type() -> FuncType {
    FuncType {
        params: vec![ValType::I32, ValType::I32],
        results: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_two_functions() {
        for (index, import) in IMPORTS.iter().enumerate() {
            for (at, module) in import.modules.iter().enumerate() {
                assert!(!import.modules[..at].contains(module), "{module}");
                let mut before = IMPORTS[..index].iter();
                let taken = before.any(|i| i.name == import.name && i.modules.contains(module));
                assert!(!taken, "{module} {}", import.name);
            }
        }
    }

    #[test]
    fn wasi_has_its_functions_under_both_names() {
        let [snapshot, unstable] = WASI_MODULES.map(|module| functions(module).count());
        assert_eq!((snapshot, unstable), (46, 45));
        assert!(find(WASI_MODULES[0], "sock_accept").is_some());
        assert!(wasi_type(WASI_MODULES[1], "sock_accept").is_none());
        assert!(wasi_type(THREAD_SPAWN.0, THREAD_SPAWN.1).is_some());
        assert!(wasi_type("env", "abort").is_none());
        assert!(env_type("env", "abort").is_some_and(|ty| ty.results.is_empty()));
        assert!(env_type(WASI_MODULES[0], "fd_read").is_none());
    }

    /// All functions on descriptors have another one then, which takes the parameter that they have first.
    #[test]
    fn without_files_nothing_is_asked_of_the_kernel_for_them() {
        for function in HOST_FUNCTIONS {
            let files = module_name!(filesystem_types).trim_end_matches("types");
            let is_of_files = function.modules[0].starts_with(files)
                || function.modules == [module_name!(drop)] && function.name.starts_with(files);
            // Of an error of a stream.
            let is_wanted = is_of_files && function.name != "filesystem-error-code";
            let other = without_files(function);
            assert_ne!(std::ptr::eq(other, function), is_wanted, "{function:?}");
            if is_wanted {
                assert_eq!(other.calls().count(), 0);
                assert!(function.params.starts_with(other.params), "{function:?}");
            }
        }
    }

    /// What the kernel allows is decided by number, so every one must be of a row of `nr.rs`, on both architectures.
    #[test]
    fn every_system_call_is_known_by_both_its_numbers() {
        for import in IMPORTS {
            for call in import.calls() {
                let mut known = crate::nr::ALL.iter().map(|(_, numbers)| *numbers);
                assert!(known.any(|numbers| numbers == call), "{}", import.name);
            }
            let is_path = import.name.starts_with("path_");
            assert_eq!(import.names_files(), is_path, "{}", import.name);
        }
    }
}
