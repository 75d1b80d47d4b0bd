//! Functions that the runtime library provides.

use crate::ir::{FuncType, ValType};

/// Import modules whose functions are WASI preview 1 and its predecessor.
const WASI_MODULES: [&str; 2] = ["wasi_snapshot_preview1", "wasi_unstable"];

/// WASI preview 1: name, parameters (`i` is i32, `I` is i64), whether it returns an error number (i32).
pub const WASI: [(&str, &str, bool); 46] = [
    ("args_get", "ii", true),
    ("args_sizes_get", "ii", true),
    ("clock_res_get", "ii", true),
    ("clock_time_get", "iIi", true),
    ("environ_get", "ii", true),
    ("environ_sizes_get", "ii", true),
    ("fd_advise", "iIIi", true),
    ("fd_allocate", "iII", true),
    ("fd_close", "i", true),
    ("fd_datasync", "i", true),
    ("fd_fdstat_get", "ii", true),
    ("fd_fdstat_set_flags", "ii", true),
    ("fd_fdstat_set_rights", "iII", true),
    ("fd_filestat_get", "ii", true),
    ("fd_filestat_set_size", "iI", true),
    ("fd_filestat_set_times", "iIIi", true),
    ("fd_pread", "iiiIi", true),
    ("fd_prestat_dir_name", "iii", true),
    ("fd_prestat_get", "ii", true),
    ("fd_pwrite", "iiiIi", true),
    ("fd_read", "iiii", true),
    ("fd_readdir", "iiiIi", true),
    ("fd_renumber", "ii", true),
    ("fd_seek", "iIii", true),
    ("fd_sync", "i", true),
    ("fd_tell", "ii", true),
    ("fd_write", "iiii", true),
    ("path_create_directory", "iii", true),
    ("path_filestat_get", "iiiii", true),
    ("path_filestat_set_times", "iiiiIIi", true),
    ("path_link", "iiiiiii", true),
    ("path_open", "iiiiiIIii", true),
    ("path_readlink", "iiiiii", true),
    ("path_remove_directory", "iii", true),
    ("path_rename", "iiiiii", true),
    ("path_symlink", "iiiii", true),
    ("path_unlink_file", "iii", true),
    ("poll_oneoff", "iiii", true),
    ("proc_exit", "i", false),
    ("proc_raise", "i", true),
    ("random_get", "ii", true),
    ("sched_yield", "", true),
    ("sock_accept", "iii", true),
    ("sock_recv", "iiiiii", true),
    ("sock_send", "iiiii", true),
    ("sock_shutdown", "ii", true),
];

/// Functions that toolchains expect of any host, in the module `env`, with their parameters as in [`WASI`]. They return nothing. Others may
/// use the same names for something else, so an import of another type is not one of these.
pub const ENV: [(&str, &str); 2] = [
    // AssemblyScript: message, file, line, column.
    ("abort", "iiii"),
    // Emscripten: the memory that has grown.
    ("emscripten_notify_memory_growth", "i"),
];

/// Type of one of [`ENV`].
pub fn env_type(module: &str, name: &str) -> Option<FuncType> {
    let (_, params) = ENV.iter().find(|(n, _)| module == "env" && *n == name)?;
    Some(FuncType {
        params: types(params),
        results: Vec::new(),
    })
}

fn types(letters: &str) -> Vec<ValType> {
    let letters = letters.bytes();
    let types = letters.map(|c| match c {
        b'I' => ValType::I64,
        _ => ValType::I32,
    });
    types.collect()
}

/// The import by which a program starts threads (wasi-threads).
pub const THREAD_SPAWN: (&str, &str) = ("wasi", "thread-spawn");

/// Type of [`crate::abi::THREAD_START`].
pub fn thread_start_type() -> FuncType {
    FuncType {
        params: vec![ValType::I32, ValType::I32],
        results: Vec::new(),
    }
}

/// Type of a function that the runtime library provides, if it provides this import.
pub fn wasi_type(module: &str, name: &str) -> Option<FuncType> {
    if (module, name) == THREAD_SPAWN {
        return Some(FuncType {
            params: vec![ValType::I32],
            results: vec![ValType::I32],
        });
    }
    // The older module came before this call.
    if !WASI_MODULES.contains(&module) || (module, name) == ("wasi_unstable", "sock_accept") {
        return None;
    }
    let (_, params, result) = WASI.iter().find(|(n, ..)| *n == name)?;
    Some(FuncType {
        params: types(params),
        results: if *result {
            vec![ValType::I32]
        } else {
            Vec::new()
        },
    })
}
