//! The functions that the runtime library provides to compiled code, each as one row. Compiler and runtime include this file: the compiler
//! makes its tables of the rows (`host.rs`, `ir/program.rs`), the runtime assigns each function to a constant of the type of its row
//! (`check.rs`, and `calls!` in `wasi/mod.rs`), so one whose type differs does not compile.
//!
//! Nothing here says that imports are preview 1: another interface is a name in [`module_name!`] and its rows, with the types that its functions
//! have once they are lowered to core types.

/// Names of import modules: what a row says in brackets, and what modules import from.
macro_rules! module_name {
    (snapshot) => {
        "wasi_snapshot_preview1"
    };
    (unstable) => {
        "wasi_unstable"
    };
    (wasi) => {
        "wasi"
    };
    (env) => {
        "env"
    };
}
pub(crate) use module_name;

/// Functions that modules import by name. `imports!(rows)` expands to `rows! { … }` with rows such as
///
/// ```text
/// [MODULES] NAME = "NAME OF THE IMPORT" (PARAMETERS) -> RESULT [SYSTEM CALLS] GROUPS;
/// ```
///
/// One function serves all the modules, or one for each of the same type. It gets the calling instance before its parameters. The name of the
/// import is left out where it is the same; `-> !` does not return. The system calls (of `nr.rs`) and groups of them (`RESOLVE`: finding a file) are
/// what the function needs besides what every program may do.
macro_rules! imports {
    ($rows:ident) => {
        $rows! {
            [snapshot unstable] args_get(u32, u32) -> u32 [];
            [snapshot unstable] args_sizes_get(u32, u32) -> u32 [];
            [snapshot unstable] clock_res_get(u32, u32) -> u32 [CLOCK_GETRES];
            // For what the vDSO cannot answer.
            [snapshot unstable] clock_time_get(u32, u64, u32) -> u32 [CLOCK_GETTIME];
            [snapshot unstable] environ_get(u32, u32) -> u32 [];
            [snapshot unstable] environ_sizes_get(u32, u32) -> u32 [];
            [snapshot unstable] fd_advise(u32, u64, u64, u32) -> u32 [FADVISE64];
            [snapshot unstable] fd_allocate(u32, u64, u64) -> u32 [FALLOCATE];
            [snapshot unstable] fd_close(u32) -> u32 [CLOSE];
            [snapshot unstable] fd_datasync(u32) -> u32 [FDATASYNC];
            [snapshot unstable] fd_fdstat_get(u32, u32) -> u32 [NEWFSTATAT FCNTL IOCTL];
            [snapshot unstable] fd_fdstat_set_flags(u32, u32) -> u32 [FCNTL];
            [snapshot unstable] fd_fdstat_set_rights(u32, u64, u64) -> u32 [NEWFSTATAT FCNTL IOCTL];
            [snapshot unstable] fd_filestat_get(u32, u32) -> u32 [NEWFSTATAT];
            [snapshot unstable] fd_filestat_set_size(u32, u64) -> u32 [FTRUNCATE];
            [snapshot unstable] fd_filestat_set_times(u32, u64, u64, u32) -> u32 [UTIMENSAT];
            [snapshot unstable] fd_pread(u32, u32, u32, u64, u32) -> u32 [PREADV];
            [snapshot unstable] fd_prestat_dir_name(u32, u32, u32) -> u32 [];
            [snapshot unstable] fd_prestat_get(u32, u32) -> u32 [];
            [snapshot unstable] fd_pwrite(u32, u32, u32, u64, u32) -> u32 [PWRITEV];
            [snapshot unstable] fd_read(u32, u32, u32, u32) -> u32 [READV];
            [snapshot unstable] fd_readdir(u32, u32, u32, u64, u32) -> u32 [GETDENTS64 LSEEK];
            [snapshot unstable] fd_renumber(u32, u32) -> u32 [CLOSE];
            [snapshot unstable] fd_seek(u32, i64, u32, u32) -> u32 [LSEEK];
            [snapshot unstable] fd_sync(u32) -> u32 [FSYNC];
            [snapshot unstable] fd_tell(u32, u32) -> u32 [LSEEK];
            [snapshot unstable] fd_write(u32, u32, u32, u32) -> u32 [WRITEV];
            [snapshot unstable] path_create_directory(u32, u32, u32) -> u32 [MKDIRAT] RESOLVE;
            [snapshot unstable] path_filestat_get(u32, u32, u32, u32, u32) -> u32 [] RESOLVE;
            [snapshot unstable] path_filestat_set_times(u32, u32, u32, u32, u64, u64, u32) -> u32 [UTIMENSAT] RESOLVE;
            [snapshot unstable] path_link(u32, u32, u32, u32, u32, u32, u32) -> u32 [LINKAT] RESOLVE;
            [snapshot unstable] path_open(u32, u32, u32, u32, u32, u64, u64, u32, u32) -> u32 [] RESOLVE;
            [snapshot unstable] path_readlink(u32, u32, u32, u32, u32, u32) -> u32 [] RESOLVE;
            [snapshot unstable] path_remove_directory(u32, u32, u32) -> u32 [UNLINKAT] RESOLVE;
            [snapshot unstable] path_rename(u32, u32, u32, u32, u32, u32) -> u32 [RENAMEAT] RESOLVE;
            [snapshot unstable] path_symlink(u32, u32, u32, u32, u32) -> u32 [SYMLINKAT] RESOLVE;
            [snapshot unstable] path_unlink_file(u32, u32, u32) -> u32 [UNLINKAT] RESOLVE;
            [snapshot unstable] poll_oneoff(u32, u32, u32, u32) -> u32 [PPOLL IOCTL CLOCK_GETTIME];
            [snapshot unstable] proc_exit(u32) -> ! [];
            [snapshot unstable] proc_raise(u32) -> u32 [];
            [snapshot unstable] random_get(u32, u32) -> u32 [GETRANDOM];
            [snapshot unstable] sched_yield() -> u32 [];
            // The older module came before this call.
            [snapshot] sock_accept(u32, u32, u32) -> u32 [ACCEPT4 CLOSE];
            [snapshot unstable] sock_recv(u32, u32, u32, u32, u32, u32) -> u32 [RECVMSG];
            [snapshot unstable] sock_send(u32, u32, u32, u32, u32) -> u32 [SENDMSG];
            [snapshot unstable] sock_shutdown(u32, u32) -> u32 [SHUTDOWN];
            // wasi-threads. What threads need is allowed to programs that have something for them to do.
            [wasi] thread_spawn = "thread-spawn" (u32) -> i32 [];
            // What toolchains expect of any host. AssemblyScript: message, file, line, column.
            [env] abort(u32, u32, u32, u32) -> ! [];
            // Emscripten: the memory that has grown.
            [env] emscripten_notify_memory_growth(u32) [];
        }
    };
}
pub(crate) use imports;

/// Functions that compiled code calls by itself, in the C calling convention. `functions!(rows)` expands to `rows! { … }` with rows such as
///
/// ```text
/// IDENTIFIER SYMBOL(PARAMETERS) -> RESULT traps CODE;
/// ```
///
/// `Ref` is a reference as compiled code holds it and `Count` a number of things, both in 64 bits. A `Status` other than 0 makes the caller trap with the code, and so does `u64::MAX`
/// of what answers a `u64` and traps.
macro_rules! functions {
    ($rows:ident) => {
        $rows! {
            /// The old size in pages, or `u64::MAX`.
            MemoryGrow wative_rt_memory_grow(mem: *mut Memory, delta_pages: u64) -> u64;
            /// `memory.fill`.
            MemoryFill wative_rt_memory_fill(mem: *mut Memory, dst: u64, byte: u32, len: u64) -> Status traps MemoryOutOfBounds;
            /// `memory.copy`.
            MemoryCopy wative_rt_memory_copy(dst_mem: *mut Memory, src_mem: *mut Memory, dst: u64, src: u64, len: u64) -> Status traps MemoryOutOfBounds;
            /// `memory.init`.
            MemoryInit wative_rt_memory_init(mem: *mut Memory, seg: *const DataSeg, dst: u64, src: u64, len: u64) -> Status traps MemoryOutOfBounds;
            /// The list of active segments: its parts, in order.
            MemoryPlace wative_rt_memory_place(mem: *mut Memory, seg: *const DataSeg, base: u32) -> Status traps MemoryOutOfBounds;
            /// 0 woken, 1 not equal, 2 timed out, or `u64::MAX`.
            Wait32 wative_rt_wait32(mem: *const Memory, address: u64, expected: u32, timeout: i64) -> u64 traps MemoryOutOfBounds;
            /// Likewise.
            Wait64 wative_rt_wait64(mem: *const Memory, address: u64, expected: u64, timeout: i64) -> u64 traps MemoryOutOfBounds;
            /// The number of those woken, or `u64::MAX`.
            Notify wative_rt_notify(mem: *const Memory, address: u64, count: u32) -> u64 traps MemoryOutOfBounds;
            /// The old length, or `u64::MAX`.
            TableGrow wative_rt_table_grow(table: *mut Table, init: Ref, delta: u64) -> u64;
            /// `table.fill`.
            TableFill wative_rt_table_fill(table: *mut Table, dst: u64, value: Ref, len: u64) -> Status traps TableOutOfBounds;
            /// `table.copy`.
            TableCopy wative_rt_table_copy(dst_table: *mut Table, src_table: *mut Table, dst: u64, src: u64, len: u64) -> Status traps TableOutOfBounds;
            /// `table.init`.
            TableInit wative_rt_table_init(table: *mut Table, instance: *const Instance, seg: *const ElemSeg, dst: u64, src: u64, len: u64) -> Status traps TableOutOfBounds;
            /// The list of active segments: its parts, in order.
            TablePlace wative_rt_table_place(table: *mut Table, instance: *const Instance, seg: *const ElemSeg, base: u32) -> Status traps TableOutOfBounds;
            /// What C-callable exports go through.
            Call wative_rt_call(instance: *mut Instance, entry: ArrayEntry, values: *mut u64);
            /// Throws an exception with a tag and so many values, to be caught by compiled code.
            Throw wative_rt_throw(tag: usize, values: *const u64, slots: Count) -> !;
            /// Throws an exception again.
            ThrowRef wative_rt_throw_ref(exception: Ref) -> !;
            /// It may be referred to from anywhere from now on.
            ExnKeep wative_rt_exn_keep(exception: Ref);
            // Components, see `component`. Those that answer a `u64` have a `Reason` in its upper half.
            /// Traps with a `Reason`, and a number that some messages show.
            ComponentTrap wative_rt_component_trap(reason: u32, number: u32) -> !;
            /// Writes a string anew, see `Transcoding`: code units written.
            Transcode wative_rt_transcode(dst_mem: *mut Memory, src_mem: *const Memory, dst: u32, src: u32, units: u32, how: u32) -> u64;
            /// A handle that owns: its index.
            HandleNew wative_rt_handle_new(handles: *mut Handles, resource: u32, rep: u32) -> u64;
            /// A borrowed handle: its index.
            HandleBorrow wative_rt_handle_borrow(handles: *mut Handles, resource: u32, rep: u32, scope: u32) -> u64;
            /// The representation of a resource.
            HandleRep wative_rt_handle_rep(handles: *mut Handles, resource: u32, index: u32) -> u64;
            /// Takes an owned resource out: its representation.
            HandleTake wative_rt_handle_take(handles: *mut Handles, resource: u32, index: u32) -> u64;
            /// Takes a handle out: the representation, with bit 63 where it was owned.
            HandleDrop wative_rt_handle_drop(handles: *mut Handles, resource: u32, index: u32) -> u64;
            /// Lends a resource: its representation.
            HandleLend wative_rt_handle_lend(handles: *mut Handles, resource: u32, index: u32) -> u64;
            /// Where lending begins.
            HandlesMark wative_rt_handles_mark(handles: *const Handles) -> u32;
            /// Ends what was lent since then.
            HandlesUnlend wative_rt_handles_unlend(handles: *mut Handles, mark: u32);
            /// Begins a call that may borrow: its scope.
            HandlesCall wative_rt_handles_call(handles: *mut Handles) -> u64;
            /// Ends it.
            HandlesReturn wative_rt_handles_return(handles: *mut Handles, scope: u32) -> u64;
            /// Up to eight bytes, the first lowest.
            PrintText wative_rt_print_text(text: u64);
            PrintSigned wative_rt_print_signed(value: i64);
            PrintUnsigned wative_rt_print_unsigned(value: u64);
            PrintF32 wative_rt_print_f32(bits: u32);
            PrintF64 wative_rt_print_f64(bits: u64);
            PrintChar wative_rt_print_char(c: u32);
            PrintString wative_rt_print_string(mem: *const Memory, src: u32, units: u32, how: u32) -> u64;
            /// Ends a line.
            PrintLine wative_rt_print_line();
        }
    };
}
pub(crate) use functions;
