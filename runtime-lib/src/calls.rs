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
    (io_error) => {
        "wasi:io/error"
    };
    (io_poll) => {
        "wasi:io/poll"
    };
    (io_streams) => {
        "wasi:io/streams"
    };
    (clocks_monotonic_clock) => {
        "wasi:clocks/monotonic-clock"
    };
    (clocks_wall_clock) => {
        "wasi:clocks/wall-clock"
    };
    (clocks_timezone) => {
        "wasi:clocks/timezone"
    };
    (random_random) => {
        "wasi:random/random"
    };
    (random_insecure) => {
        "wasi:random/insecure"
    };
    (random_insecure_seed) => {
        "wasi:random/insecure-seed"
    };
    (cli_environment) => {
        "wasi:cli/environment"
    };
    (cli_exit) => {
        "wasi:cli/exit"
    };
    (cli_stdin) => {
        "wasi:cli/stdin"
    };
    (cli_stdout) => {
        "wasi:cli/stdout"
    };
    (cli_stderr) => {
        "wasi:cli/stderr"
    };
    (cli_terminal_stdin) => {
        "wasi:cli/terminal-stdin"
    };
    (cli_terminal_stdout) => {
        "wasi:cli/terminal-stdout"
    };
    (cli_terminal_stderr) => {
        "wasi:cli/terminal-stderr"
    };
    (filesystem_preopens) => {
        "wasi:filesystem/preopens"
    };
    (filesystem_types) => {
        "wasi:filesystem/types"
    };
    (sockets_network) => {
        "wasi:sockets/network"
    };
    (sockets_instance_network) => {
        "wasi:sockets/instance-network"
    };
    (sockets_ip_name_lookup) => {
        "wasi:sockets/ip-name-lookup"
    };
    (sockets_tcp) => {
        "wasi:sockets/tcp"
    };
    (sockets_tcp_create_socket) => {
        "wasi:sockets/tcp-create-socket"
    };
    (sockets_udp) => {
        "wasi:sockets/udp"
    };
    (sockets_udp_create_socket) => {
        "wasi:sockets/udp-create-socket"
    };
    (http_types) => {
        "wasi:http/types"
    };
    (http_outgoing_handler) => {
        "wasi:http/outgoing-handler"
    };
    (cli3_environment) => {
        "wasi:cli/environment@0.3"
    };
    (cli3_exit) => {
        "wasi:cli/exit@0.3"
    };
    (cli3_stdin) => {
        "wasi:cli/stdin@0.3"
    };
    (cli3_stdout) => {
        "wasi:cli/stdout@0.3"
    };
    (cli3_stderr) => {
        "wasi:cli/stderr@0.3"
    };
    (cli3_terminal_stdin) => {
        "wasi:cli/terminal-stdin@0.3"
    };
    (cli3_terminal_stdout) => {
        "wasi:cli/terminal-stdout@0.3"
    };
    (cli3_terminal_stderr) => {
        "wasi:cli/terminal-stderr@0.3"
    };
    (clocks3_monotonic_clock) => {
        "wasi:clocks/monotonic-clock@0.3"
    };
    (clocks3_system_clock) => {
        "wasi:clocks/system-clock@0.3"
    };
    (clocks3_timezone) => {
        "wasi:clocks/timezone@0.3"
    };
    (random3_random) => {
        "wasi:random/random@0.3"
    };
    (random3_insecure) => {
        "wasi:random/insecure@0.3"
    };
    (random3_insecure_seed) => {
        "wasi:random/insecure-seed@0.3"
    };
    (filesystem3_preopens) => {
        "wasi:filesystem/preopens@0.3"
    };
    (filesystem3_types) => {
        "wasi:filesystem/types@0.3"
    };
    (sockets3_types) => {
        "wasi:sockets/types@0.3"
    };
    (sockets3_ip_name_lookup) => {
        "wasi:sockets/ip-name-lookup@0.3"
    };
    (http3_types) => {
        "wasi:http/types@0.3"
    };
    (http3_client) => {
        "wasi:http/client@0.3"
    };
    (drop) => {
        "drop"
    };
    (without) => {
        "without"
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
/// import is left out where it is the same; `-> !` does not return. The system calls (of `nr.rs`) and groups of them (`RESOLVE`: finding a file, `LOOKUP`: finding the addresses of a name, `ROOM`: how much a standard stream takes) are
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

/// Functions that components import, with the flat parameters that they have once they are lowered. `component_imports!(rows)` expands to `rows! { … }` with rows such as
///
/// ```text
/// [INTERFACE] NAME = "NAME OF THE IMPORT" (PARAMETERS) -> RESULT [SYSTEM CALLS] GROUPS;
/// ```
///
/// What belongs to WASI 0.3 has `@0.3` in the name of its interface.
///
/// A function gets, before its parameters, what it may know of its caller ([`crate::abi::HostCall`]). It answers 64 bits: the flat result, if it has one, in the lower half, and
/// in the upper the `Reason` to trap; or where the result is `u64`, that alone.
macro_rules! component_imports {
    ($rows:ident) => {
        $rows! {
            [io_error] to_debug_string = "[method]error.to-debug-string" (u32, u32) [];
            [io_poll] ready = "[method]pollable.ready" (u32) -> u32 [PPOLL];
            [io_poll] block = "[method]pollable.block" (u32) [PPOLL CLOCK_GETTIME];
            [io_poll] poll = "poll" (u32, u32, u32) [PPOLL CLOCK_GETTIME];
            [io_streams] read = "[method]input-stream.read" (u32, u64, u32) [READV PREADV PPOLL];
            [io_streams] blocking_read = "[method]input-stream.blocking-read" (u32, u64, u32) [READV PREADV PPOLL];
            [io_streams] skip = "[method]input-stream.skip" (u32, u64, u32) [READV PREADV PPOLL];
            [io_streams] blocking_skip = "[method]input-stream.blocking-skip" (u32, u64, u32) [READV PREADV PPOLL];
            [io_streams] subscribe_input = "[method]input-stream.subscribe" (u32) -> u32 [];
            [io_streams] check_write = "[method]output-stream.check-write" (u32, u32) [PPOLL] ROOM;
            [io_streams] write = "[method]output-stream.write" (u32, u32, u32, u32) [WRITEV PWRITEV PPOLL];
            [io_streams] blocking_write_and_flush = "[method]output-stream.blocking-write-and-flush" (u32, u32, u32, u32) [WRITEV PWRITEV PPOLL];
            [io_streams] flush = "[method]output-stream.flush" (u32, u32) [];
            [io_streams] blocking_flush = "[method]output-stream.blocking-flush" (u32, u32) [];
            [io_streams] subscribe_output = "[method]output-stream.subscribe" (u32) -> u32 [];
            [io_streams] write_zeroes = "[method]output-stream.write-zeroes" (u32, u64, u32) [WRITEV PWRITEV PPOLL];
            [io_streams] blocking_write_zeroes_and_flush = "[method]output-stream.blocking-write-zeroes-and-flush" (u32, u64, u32) [WRITEV PWRITEV PPOLL];
            [io_streams] splice = "[method]output-stream.splice" (u32, u32, u64, u32) [READV PREADV WRITEV PWRITEV PPOLL] ROOM;
            [io_streams] blocking_splice = "[method]output-stream.blocking-splice" (u32, u32, u64, u32) [READV PREADV WRITEV PWRITEV PPOLL];
            [clocks_monotonic_clock] now_monotonic = "now" () -> u64 [CLOCK_GETTIME];
            [clocks_monotonic_clock] resolution_monotonic = "resolution" () -> u64 [CLOCK_GETRES];
            [clocks_monotonic_clock] subscribe_instant = "subscribe-instant" (u64) -> u32 [];
            [clocks_monotonic_clock] subscribe_duration = "subscribe-duration" (u64) -> u32 [CLOCK_GETTIME];
            [clocks_wall_clock] now_wall = "now" (u32) [CLOCK_GETTIME];
            [clocks_wall_clock] resolution_wall = "resolution" (u32) [CLOCK_GETRES];
            [clocks_timezone] timezone_display = "display" (u64, u32, u32) [];
            [clocks_timezone] timezone_offset = "utc-offset" (u64, u32) -> u32 [];
            [random_random] get_random_bytes = "get-random-bytes" (u64, u32) [GETRANDOM];
            [random_random] get_random_u64 = "get-random-u64" () -> u64 [GETRANDOM];
            [random_insecure] get_insecure_random_bytes = "get-insecure-random-bytes" (u64, u32) [GETRANDOM];
            [random_insecure] get_insecure_random_u64 = "get-insecure-random-u64" () -> u64 [GETRANDOM];
            [random_insecure_seed] insecure_seed = "insecure-seed" (u32) [GETRANDOM];
            [cli_environment] get_environment = "get-environment" (u32) [];
            [cli_environment] get_arguments = "get-arguments" (u32) [];
            [cli_environment] initial_cwd = "initial-cwd" (u32) [];
            [cli_exit] exit = "exit" (u32) [];
            [cli_exit] exit_with_code = "exit-with-code" (u32) [];
            [cli_stdin] get_stdin = "get-stdin" () -> u32 [];
            [cli_stdout] get_stdout = "get-stdout" () -> u32 [];
            [cli_stderr] get_stderr = "get-stderr" () -> u32 [];
            [cli_terminal_stdin] get_terminal_stdin = "get-terminal-stdin" (u32) [IOCTL];
            [cli_terminal_stdout] get_terminal_stdout = "get-terminal-stdout" (u32) [IOCTL];
            [cli_terminal_stderr] get_terminal_stderr = "get-terminal-stderr" (u32) [IOCTL];
            [filesystem_preopens] get_directories = "get-directories" (u32) [DUP];
            [filesystem_types] read_via_stream = "[method]descriptor.read-via-stream" (u32, u64, u32) [DUP];
            [filesystem_types] write_via_stream = "[method]descriptor.write-via-stream" (u32, u64, u32) [DUP];
            [filesystem_types] append_via_stream = "[method]descriptor.append-via-stream" (u32, u32) [DUP NEWFSTATAT];
            [filesystem_types] advise = "[method]descriptor.advise" (u32, u64, u64, u32, u32) [FADVISE64];
            [filesystem_types] sync_data = "[method]descriptor.sync-data" (u32, u32) [FDATASYNC];
            [filesystem_types] get_flags = "[method]descriptor.get-flags" (u32, u32) [FCNTL];
            [filesystem_types] get_type = "[method]descriptor.get-type" (u32, u32) [NEWFSTATAT];
            [filesystem_types] set_size = "[method]descriptor.set-size" (u32, u64, u32) [FTRUNCATE];
            [filesystem_types] set_times = "[method]descriptor.set-times" (u32, u32, u64, u32, u32, u64, u32, u32) [UTIMENSAT];
            [filesystem_types] read_file = "[method]descriptor.read" (u32, u64, u64, u32) [PREADV];
            [filesystem_types] write_file = "[method]descriptor.write" (u32, u32, u32, u64, u32) [PWRITEV];
            [filesystem_types] read_directory = "[method]descriptor.read-directory" (u32, u32) [] RESOLVE;
            [filesystem_types] sync = "[method]descriptor.sync" (u32, u32) [FSYNC];
            [filesystem_types] create_directory_at = "[method]descriptor.create-directory-at" (u32, u32, u32, u32) [MKDIRAT] RESOLVE;
            [filesystem_types] stat = "[method]descriptor.stat" (u32, u32) [NEWFSTATAT];
            [filesystem_types] stat_at = "[method]descriptor.stat-at" (u32, u32, u32, u32, u32) [] RESOLVE;
            [filesystem_types] set_times_at = "[method]descriptor.set-times-at" (u32, u32, u32, u32, u32, u64, u32, u32, u64, u32, u32) [UTIMENSAT] RESOLVE;
            [filesystem_types] link_at = "[method]descriptor.link-at" (u32, u32, u32, u32, u32, u32, u32, u32) [LINKAT] RESOLVE;
            [filesystem_types] open_at = "[method]descriptor.open-at" (u32, u32, u32, u32, u32, u32, u32) [FCNTL] RESOLVE;
            [filesystem_types] readlink_at = "[method]descriptor.readlink-at" (u32, u32, u32, u32) [] RESOLVE;
            [filesystem_types] remove_directory_at = "[method]descriptor.remove-directory-at" (u32, u32, u32, u32) [UNLINKAT] RESOLVE;
            [filesystem_types] rename_at = "[method]descriptor.rename-at" (u32, u32, u32, u32, u32, u32, u32) [RENAMEAT] RESOLVE;
            [filesystem_types] symlink_at = "[method]descriptor.symlink-at" (u32, u32, u32, u32, u32, u32) [SYMLINKAT] RESOLVE;
            [filesystem_types] unlink_file_at = "[method]descriptor.unlink-file-at" (u32, u32, u32, u32) [UNLINKAT] RESOLVE;
            [filesystem_types] is_same_object = "[method]descriptor.is-same-object" (u32, u32) -> u32 [NEWFSTATAT];
            [filesystem_types] metadata_hash = "[method]descriptor.metadata-hash" (u32, u32) [NEWFSTATAT];
            [filesystem_types] metadata_hash_at = "[method]descriptor.metadata-hash-at" (u32, u32, u32, u32, u32) [] RESOLVE;
            [filesystem_types] read_directory_entry = "[method]directory-entry-stream.read-directory-entry" (u32, u32) [GETDENTS64 LSEEK];
            [filesystem_types] filesystem_error_code = "filesystem-error-code" (u32, u32) [];
            [sockets_network] network_error_code = "network-error-code" (u32, u32) [];
            [sockets_instance_network] instance_network = "instance-network" () -> u32 [];
            [sockets_ip_name_lookup] resolve_addresses = "resolve-addresses" (u32, u32, u32, u32) [] LOOKUP;
            [sockets_ip_name_lookup] resolve_next_address = "[method]resolve-address-stream.resolve-next-address" (u32, u32) [] LOOKUP;
            [sockets_ip_name_lookup] subscribe_lookup = "[method]resolve-address-stream.subscribe" (u32) -> u32 [] LOOKUP;
            [sockets_tcp_create_socket] create_tcp_socket = "create-tcp-socket" (u32, u32) [SOCKET SETSOCKOPT CLOSE];
            [sockets_tcp] tcp_start_bind = "[method]tcp-socket.start-bind" (u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32) [SETSOCKOPT BIND];
            [sockets_tcp] tcp_finish_bind = "[method]tcp-socket.finish-bind" (u32, u32) [];
            [sockets_tcp] tcp_start_connect = "[method]tcp-socket.start-connect" (u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32) [CONNECT];
            [sockets_tcp] tcp_finish_connect = "[method]tcp-socket.finish-connect" (u32, u32) [PPOLL GETSOCKOPT];
            [sockets_tcp] tcp_start_listen = "[method]tcp-socket.start-listen" (u32, u32) [];
            [sockets_tcp] tcp_finish_listen = "[method]tcp-socket.finish-listen" (u32, u32) [LISTEN];
            [sockets_tcp] tcp_accept = "[method]tcp-socket.accept" (u32, u32) [ACCEPT4 GETSOCKOPT];
            [sockets_tcp] tcp_local_address = "[method]tcp-socket.local-address" (u32, u32) [GETSOCKNAME];
            [sockets_tcp] tcp_remote_address = "[method]tcp-socket.remote-address" (u32, u32) [GETPEERNAME];
            [sockets_tcp] tcp_is_listening = "[method]tcp-socket.is-listening" (u32) -> u32 [];
            [sockets_tcp] tcp_address_family = "[method]tcp-socket.address-family" (u32) -> u32 [];
            [sockets_tcp] set_listen_backlog_size = "[method]tcp-socket.set-listen-backlog-size" (u32, u64, u32) [LISTEN];
            [sockets_tcp] keep_alive_enabled = "[method]tcp-socket.keep-alive-enabled" (u32, u32) [GETSOCKOPT];
            [sockets_tcp] set_keep_alive_enabled = "[method]tcp-socket.set-keep-alive-enabled" (u32, u32, u32) [SETSOCKOPT];
            [sockets_tcp] keep_alive_idle_time = "[method]tcp-socket.keep-alive-idle-time" (u32, u32) [GETSOCKOPT];
            [sockets_tcp] set_keep_alive_idle_time = "[method]tcp-socket.set-keep-alive-idle-time" (u32, u64, u32) [SETSOCKOPT];
            [sockets_tcp] keep_alive_interval = "[method]tcp-socket.keep-alive-interval" (u32, u32) [GETSOCKOPT];
            [sockets_tcp] set_keep_alive_interval = "[method]tcp-socket.set-keep-alive-interval" (u32, u64, u32) [SETSOCKOPT];
            [sockets_tcp] keep_alive_count = "[method]tcp-socket.keep-alive-count" (u32, u32) [GETSOCKOPT];
            [sockets_tcp] set_keep_alive_count = "[method]tcp-socket.set-keep-alive-count" (u32, u32, u32) [SETSOCKOPT];
            [sockets_tcp] tcp_hop_limit = "[method]tcp-socket.hop-limit" (u32, u32) [GETSOCKOPT];
            [sockets_tcp] tcp_set_hop_limit = "[method]tcp-socket.set-hop-limit" (u32, u32, u32) [SETSOCKOPT];
            [sockets_tcp] tcp_receive_buffer_size = "[method]tcp-socket.receive-buffer-size" (u32, u32) [GETSOCKOPT];
            [sockets_tcp] tcp_set_receive_buffer_size = "[method]tcp-socket.set-receive-buffer-size" (u32, u64, u32) [SETSOCKOPT];
            [sockets_tcp] tcp_send_buffer_size = "[method]tcp-socket.send-buffer-size" (u32, u32) [GETSOCKOPT];
            [sockets_tcp] tcp_set_send_buffer_size = "[method]tcp-socket.set-send-buffer-size" (u32, u64, u32) [SETSOCKOPT GETSOCKOPT];
            [sockets_tcp] tcp_subscribe = "[method]tcp-socket.subscribe" (u32) -> u32 [];
            [sockets_tcp] tcp_shutdown = "[method]tcp-socket.shutdown" (u32, u32, u32) [SHUTDOWN];
            [sockets_udp_create_socket] create_udp_socket = "create-udp-socket" (u32, u32) [SOCKET SETSOCKOPT CLOSE];
            [sockets_udp] udp_start_bind = "[method]udp-socket.start-bind" (u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32) [BIND];
            [sockets_udp] udp_finish_bind = "[method]udp-socket.finish-bind" (u32, u32) [];
            [sockets_udp] stream = "[method]udp-socket.stream" (u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32) [CONNECT GETSOCKNAME BIND];
            [sockets_udp] udp_local_address = "[method]udp-socket.local-address" (u32, u32) [GETSOCKNAME];
            [sockets_udp] udp_remote_address = "[method]udp-socket.remote-address" (u32, u32) [GETPEERNAME];
            [sockets_udp] udp_address_family = "[method]udp-socket.address-family" (u32) -> u32 [];
            [sockets_udp] unicast_hop_limit = "[method]udp-socket.unicast-hop-limit" (u32, u32) [GETSOCKOPT];
            [sockets_udp] set_unicast_hop_limit = "[method]udp-socket.set-unicast-hop-limit" (u32, u32, u32) [SETSOCKOPT];
            [sockets_udp] udp_receive_buffer_size = "[method]udp-socket.receive-buffer-size" (u32, u32) [GETSOCKOPT];
            [sockets_udp] udp_set_receive_buffer_size = "[method]udp-socket.set-receive-buffer-size" (u32, u64, u32) [SETSOCKOPT];
            [sockets_udp] udp_send_buffer_size = "[method]udp-socket.send-buffer-size" (u32, u32) [GETSOCKOPT];
            [sockets_udp] udp_set_send_buffer_size = "[method]udp-socket.set-send-buffer-size" (u32, u64, u32) [SETSOCKOPT];
            [sockets_udp] udp_subscribe = "[method]udp-socket.subscribe" (u32) -> u32 [];
            [sockets_udp] receive = "[method]incoming-datagram-stream.receive" (u32, u64, u32) [RECVMSG];
            [sockets_udp] subscribe_incoming = "[method]incoming-datagram-stream.subscribe" (u32) -> u32 [];
            [sockets_udp] check_send = "[method]outgoing-datagram-stream.check-send" (u32, u32) [PPOLL];
            [sockets_udp] send = "[method]outgoing-datagram-stream.send" (u32, u32, u32, u32) [SENDMSG];
            [sockets_udp] subscribe_outgoing = "[method]outgoing-datagram-stream.subscribe" (u32) -> u32 [];
            [http_types] http_error_code = "http-error-code" (u32, u32) [];
            [http_types] fields_new = "[constructor]fields" () -> u32 [];
            [http_types] fields_from_list = "[static]fields.from-list" (u32, u32, u32) [];
            [http_types] fields_get = "[method]fields.get" (u32, u32, u32, u32) [];
            [http_types] fields_has = "[method]fields.has" (u32, u32, u32) -> u32 [];
            [http_types] fields_set = "[method]fields.set" (u32, u32, u32, u32, u32, u32) [];
            [http_types] fields_delete = "[method]fields.delete" (u32, u32, u32, u32) [];
            [http_types] fields_append = "[method]fields.append" (u32, u32, u32, u32, u32, u32) [];
            [http_types] fields_entries = "[method]fields.entries" (u32, u32) [];
            [http_types] fields_clone = "[method]fields.clone" (u32) -> u32 [];
            [http_types] incoming_request_method = "[method]incoming-request.method" (u32, u32) [];
            [http_types] incoming_request_path = "[method]incoming-request.path-with-query" (u32, u32) [];
            [http_types] incoming_request_scheme = "[method]incoming-request.scheme" (u32, u32) [];
            [http_types] incoming_request_authority = "[method]incoming-request.authority" (u32, u32) [];
            [http_types] incoming_request_headers = "[method]incoming-request.headers" (u32) -> u32 [];
            [http_types] incoming_request_consume = "[method]incoming-request.consume" (u32, u32) [];
            [http_types] incoming_body_stream = "[method]incoming-body.stream" (u32, u32) [];
            [http_types] incoming_body_finish = "[static]incoming-body.finish" (u32) -> u32 [];
            [http_types] future_trailers_subscribe = "[method]future-trailers.subscribe" (u32) -> u32 [];
            [http_types] future_trailers_get = "[method]future-trailers.get" (u32, u32) [];
            [http_types] outgoing_response_new = "[constructor]outgoing-response" (u32) -> u32 [];
            [http_types] outgoing_response_status_code = "[method]outgoing-response.status-code" (u32) -> u32 [];
            [http_types] outgoing_response_set_status_code = "[method]outgoing-response.set-status-code" (u32, u32) -> u32 [];
            [http_types] outgoing_response_headers = "[method]outgoing-response.headers" (u32) -> u32 [];
            [http_types] outgoing_response_body = "[method]outgoing-response.body" (u32, u32) [];
            [http_types] response_outparam_inform = "[method]response-outparam.send-informational" (u32, u32, u32, u32) [];
            [http_types] response_outparam_set = "[static]response-outparam.set" (u32, u32, u32, u32, u64, u32, u32, u32, u32) [];
            [http_types] outgoing_body_write = "[method]outgoing-body.write" (u32, u32) [];
            [http_types] outgoing_body_finish = "[static]outgoing-body.finish" (u32, u32, u32, u32) [];
            [http_types] outgoing_request_new = "[constructor]outgoing-request" (u32) -> u32 [];
            [http_types] outgoing_request_body = "[method]outgoing-request.body" (u32, u32) [];
            [http_types] outgoing_request_method = "[method]outgoing-request.method" (u32, u32) [];
            [http_types] outgoing_request_set_method = "[method]outgoing-request.set-method" (u32, u32, u32, u32) -> u32 [];
            [http_types] outgoing_request_path = "[method]outgoing-request.path-with-query" (u32, u32) [];
            [http_types] outgoing_request_set_path = "[method]outgoing-request.set-path-with-query" (u32, u32, u32, u32) -> u32 [];
            [http_types] outgoing_request_scheme = "[method]outgoing-request.scheme" (u32, u32) [];
            [http_types] outgoing_request_set_scheme = "[method]outgoing-request.set-scheme" (u32, u32, u32, u32, u32) -> u32 [];
            [http_types] outgoing_request_authority = "[method]outgoing-request.authority" (u32, u32) [];
            [http_types] outgoing_request_set_authority = "[method]outgoing-request.set-authority" (u32, u32, u32, u32) -> u32 [];
            [http_types] outgoing_request_headers = "[method]outgoing-request.headers" (u32) -> u32 [];
            [http_types] request_options_new = "[constructor]request-options" () -> u32 [];
            [http_types] request_options_connect_timeout = "[method]request-options.connect-timeout" (u32, u32) [];
            [http_types] request_options_set_connect_timeout = "[method]request-options.set-connect-timeout" (u32, u32, u64) -> u32 [];
            [http_types] request_options_first_byte_timeout = "[method]request-options.first-byte-timeout" (u32, u32) [];
            [http_types] request_options_set_first_byte_timeout = "[method]request-options.set-first-byte-timeout" (u32, u32, u64) -> u32 [];
            [http_types] request_options_between_bytes_timeout = "[method]request-options.between-bytes-timeout" (u32, u32) [];
            [http_types] request_options_set_between_bytes_timeout = "[method]request-options.set-between-bytes-timeout" (u32, u32, u64) -> u32 [];
            [http_types] incoming_response_status = "[method]incoming-response.status" (u32) -> u32 [];
            [http_types] incoming_response_headers = "[method]incoming-response.headers" (u32) -> u32 [];
            [http_types] incoming_response_consume = "[method]incoming-response.consume" (u32, u32) [];
            [http_types] future_incoming_response_subscribe = "[method]future-incoming-response.subscribe" (u32) -> u32 [];
            [http_types] future_incoming_response_get = "[method]future-incoming-response.get" (u32, u32) [];
            [http_outgoing_handler] handle = "handle" (u32, u32, u32, u32) [GETSOCKOPT MADVISE READ] LOOKUP;
            // What resources that are dropped leave behind.
            [drop] drop_input_stream = "wasi:io/streams input-stream" (u32) [CLOSE];
            [drop] drop_output_stream = "wasi:io/streams output-stream" (u32) [CLOSE];
            [drop] drop_pollable = "wasi:io/poll pollable" (u32) [];
            [drop] drop_error = "wasi:io/error error" (u32) [];
            [drop] drop_descriptor = "wasi:filesystem/types descriptor" (u32) [CLOSE];
            [drop] drop_terminal_input = "wasi:cli/terminal-input terminal-input" (u32) [];
            [drop] drop_terminal_output = "wasi:cli/terminal-output terminal-output" (u32) [];
            [drop] drop_directory_entry_stream = "wasi:filesystem/types directory-entry-stream" (u32) [CLOSE];
            [drop] drop_network = "wasi:sockets/network network" (u32) [];
            [drop] drop_resolve_address_stream = "wasi:sockets/ip-name-lookup resolve-address-stream" (u32) [CLOSE];
            [drop] drop_tcp_socket = "wasi:sockets/tcp tcp-socket" (u32) [CLOSE];
            [drop] drop_udp_socket = "wasi:sockets/udp udp-socket" (u32) [CLOSE];
            [drop] drop_incoming_datagram_stream = "wasi:sockets/udp incoming-datagram-stream" (u32) [];
            [drop] drop_outgoing_datagram_stream = "wasi:sockets/udp outgoing-datagram-stream" (u32) [];
            [drop] drop_fields = "wasi:http/types fields" (u32) [];
            [drop] drop_incoming_request = "wasi:http/types incoming-request" (u32) [];
            [drop] drop_outgoing_request = "wasi:http/types outgoing-request" (u32) [];
            [drop] drop_request_options = "wasi:http/types request-options" (u32) [];
            [drop] drop_response_outparam = "wasi:http/types response-outparam" (u32) [];
            [drop] drop_incoming_response = "wasi:http/types incoming-response" (u32) [CLOSE];
            [drop] drop_future_incoming_response = "wasi:http/types future-incoming-response" (u32) [CLOSE];
            [drop] drop_incoming_body = "wasi:http/types incoming-body" (u32) [];
            [drop] drop_future_trailers = "wasi:http/types future-trailers" (u32) [];
            [drop] drop_outgoing_response = "wasi:http/types outgoing-response" (u32) [];
            [drop] drop_outgoing_body = "wasi:http/types outgoing-body" (u32) [];
            // What takes the place of others where nothing of the file system was granted.
            [without] no_directories = "wasi:filesystem/preopens get-directories" (u32) [];
            [without] no_descriptor = "wasi:filesystem/types descriptor" (u32) [];
            // WASI 0.3. An `async` function has `wait` as its result if it may go on later, else `done`, or `answer` where it has a flat one.
            [cli3_environment] get_environment_3 = "get-environment" (u32) [];
            [cli3_environment] get_arguments_3 = "get-arguments" (u32) [];
            [cli3_environment] get_initial_cwd = "get-initial-cwd" (u32) [];
            [cli3_exit] exit_3 = "exit" (u32) [];
            [cli3_exit] exit_with_code_3 = "exit-with-code" (u32) [];
            [cli3_stdin] stdin_read = "read-via-stream" (u32) [READV PPOLL CLOCK_GETTIME];
            [cli3_stdout] stdout_write = "write-via-stream" (u32) -> u32 [WRITEV PWRITEV2 PPOLL CLOCK_GETTIME] ROOM;
            [cli3_stderr] stderr_write = "write-via-stream" (u32) -> u32 [WRITEV PWRITEV2 PPOLL CLOCK_GETTIME] ROOM;
            [cli3_terminal_stdin] get_terminal_stdin_3 = "get-terminal-stdin" (u32) [IOCTL];
            [cli3_terminal_stdout] get_terminal_stdout_3 = "get-terminal-stdout" (u32) [IOCTL];
            [cli3_terminal_stderr] get_terminal_stderr_3 = "get-terminal-stderr" (u32) [IOCTL];
            [clocks3_monotonic_clock] now_monotonic_3 = "now" () -> u64 [CLOCK_GETTIME];
            [clocks3_monotonic_clock] resolution_monotonic_3 = "get-resolution" () -> u64 [CLOCK_GETRES];
            [clocks3_monotonic_clock] wait_until = "wait-until" (u64) -> wait [CLOCK_GETTIME PPOLL];
            [clocks3_monotonic_clock] wait_for = "wait-for" (u64) -> wait [CLOCK_GETTIME PPOLL];
            [clocks3_system_clock] now_system = "now" (u32) [CLOCK_GETTIME];
            [clocks3_system_clock] resolution_system = "get-resolution" () -> u64 [CLOCK_GETRES];
            [clocks3_timezone] timezone_id = "iana-id" (u32) [];
            [clocks3_timezone] timezone_offset_3 = "utc-offset" (u64, u32, u32) [];
            [clocks3_timezone] timezone_debug = "to-debug-string" (u32) [];
            [random3_random] get_random_bytes_3 = "get-random-bytes" (u64, u32) [GETRANDOM];
            [random3_random] get_random_u64_3 = "get-random-u64" () -> u64 [GETRANDOM];
            [random3_insecure] get_insecure_random_bytes_3 = "get-insecure-random-bytes" (u64, u32) [GETRANDOM];
            [random3_insecure] get_insecure_random_u64_3 = "get-insecure-random-u64" () -> u64 [GETRANDOM];
            [random3_insecure_seed] get_insecure_seed = "get-insecure-seed" (u32) [GETRANDOM];
            [filesystem3_preopens] get_directories_3 = "get-directories" (u32) [DUP];
            [filesystem3_types] read_stream = "[method]descriptor.read-via-stream" (u32, u64, u32) [DUP PREADV CLOSE PPOLL CLOCK_GETTIME];
            [filesystem3_types] write_stream = "[method]descriptor.write-via-stream" (u32, u32, u64) -> u32 [DUP PWRITEV CLOSE PPOLL CLOCK_GETTIME];
            [filesystem3_types] append_stream = "[method]descriptor.append-via-stream" (u32, u32) -> u32 [DUP NEWFSTATAT PWRITEV CLOSE PPOLL CLOCK_GETTIME];
            [filesystem3_types] advise_3 = "[method]descriptor.advise" (u32, u64, u64, u32, u32) -> done [FADVISE64];
            [filesystem3_types] sync_data_3 = "[method]descriptor.sync-data" (u32, u32) -> done [FDATASYNC];
            [filesystem3_types] get_flags_3 = "[method]descriptor.get-flags" (u32, u32) -> done [FCNTL];
            [filesystem3_types] get_type_3 = "[method]descriptor.get-type" (u32, u32) -> done [NEWFSTATAT];
            [filesystem3_types] set_size_3 = "[method]descriptor.set-size" (u32, u64, u32) -> done [FTRUNCATE];
            [filesystem3_types] set_times_3 = "[method]descriptor.set-times" (u32, u32, u64, u32, u32, u64, u32, u32) -> done [UTIMENSAT];
            [filesystem3_types] read_directory_3 = "[method]descriptor.read-directory" (u32, u32) [GETDENTS64 LSEEK CLOSE PPOLL CLOCK_GETTIME] RESOLVE;
            [filesystem3_types] sync_3 = "[method]descriptor.sync" (u32, u32) -> done [FSYNC];
            [filesystem3_types] create_directory_at_3 = "[method]descriptor.create-directory-at" (u32, u32, u32, u32) -> done [MKDIRAT] RESOLVE;
            [filesystem3_types] stat_3 = "[method]descriptor.stat" (u32, u32) -> done [NEWFSTATAT];
            [filesystem3_types] stat_at_3 = "[method]descriptor.stat-at" (u32, u32, u32, u32, u32) -> done [] RESOLVE;
            [filesystem3_types] set_times_at_3 = "[method]descriptor.set-times-at" (u32, u32, u32, u32, u32, u64, u32, u32, u64, u32, u32) -> done [UTIMENSAT] RESOLVE;
            [filesystem3_types] link_at_3 = "[method]descriptor.link-at" (u32, u32, u32, u32, u32, u32, u32, u32) -> done [LINKAT] RESOLVE;
            [filesystem3_types] open_at_3 = "[method]descriptor.open-at" (u32, u32, u32, u32, u32, u32, u32) -> done [FCNTL] RESOLVE;
            [filesystem3_types] readlink_at_3 = "[method]descriptor.readlink-at" (u32, u32, u32, u32) -> done [] RESOLVE;
            [filesystem3_types] remove_directory_at_3 = "[method]descriptor.remove-directory-at" (u32, u32, u32, u32) -> done [UNLINKAT] RESOLVE;
            [filesystem3_types] rename_at_3 = "[method]descriptor.rename-at" (u32, u32, u32, u32, u32, u32, u32) -> done [RENAMEAT] RESOLVE;
            [filesystem3_types] symlink_at_3 = "[method]descriptor.symlink-at" (u32, u32, u32, u32, u32, u32) -> done [SYMLINKAT] RESOLVE;
            [filesystem3_types] unlink_file_at_3 = "[method]descriptor.unlink-file-at" (u32, u32, u32, u32) -> done [UNLINKAT] RESOLVE;
            [filesystem3_types] is_same_object_3 = "[method]descriptor.is-same-object" (u32, u32) -> answer [NEWFSTATAT];
            [filesystem3_types] metadata_hash_3 = "[method]descriptor.metadata-hash" (u32, u32) -> done [NEWFSTATAT];
            [filesystem3_types] metadata_hash_at_3 = "[method]descriptor.metadata-hash-at" (u32, u32, u32, u32, u32) -> done [] RESOLVE;
            [sockets3_types] tcp_create_3 = "[static]tcp-socket.create" (u32, u32) [SOCKET SETSOCKOPT CLOSE];
            [sockets3_types] tcp_bind_3 = "[method]tcp-socket.bind" (u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32) [SETSOCKOPT BIND];
            [sockets3_types] tcp_connect_3 = "[method]tcp-socket.connect" (u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32) -> wait [CONNECT PPOLL GETSOCKOPT CLOCK_GETTIME CLOSE];
            [sockets3_types] tcp_listen_3 = "[method]tcp-socket.listen" (u32, u32) [LISTEN SETSOCKOPT BIND ACCEPT4 PPOLL CLOCK_GETTIME CLOSE];
            [sockets3_types] tcp_send_3 = "[method]tcp-socket.send" (u32, u32) -> u32 [WRITEV PPOLL CLOCK_GETTIME SHUTDOWN CLOSE];
            [sockets3_types] tcp_receive_3 = "[method]tcp-socket.receive" (u32, u32) [READV PPOLL CLOCK_GETTIME SHUTDOWN CLOSE];
            [sockets3_types] tcp_local_address_3 = "[method]tcp-socket.get-local-address" (u32, u32) [GETSOCKNAME];
            [sockets3_types] tcp_remote_address_3 = "[method]tcp-socket.get-remote-address" (u32, u32) [GETPEERNAME];
            [sockets3_types] tcp_is_listening_3 = "[method]tcp-socket.get-is-listening" (u32) -> u32 [];
            [sockets3_types] tcp_address_family_3 = "[method]tcp-socket.get-address-family" (u32) -> u32 [];
            [sockets3_types] set_listen_backlog_size_3 = "[method]tcp-socket.set-listen-backlog-size" (u32, u64, u32) [LISTEN];
            [sockets3_types] keep_alive_enabled_3 = "[method]tcp-socket.get-keep-alive-enabled" (u32, u32) [GETSOCKOPT];
            [sockets3_types] set_keep_alive_enabled_3 = "[method]tcp-socket.set-keep-alive-enabled" (u32, u32, u32) [SETSOCKOPT];
            [sockets3_types] keep_alive_idle_time_3 = "[method]tcp-socket.get-keep-alive-idle-time" (u32, u32) [GETSOCKOPT];
            [sockets3_types] set_keep_alive_idle_time_3 = "[method]tcp-socket.set-keep-alive-idle-time" (u32, u64, u32) [SETSOCKOPT];
            [sockets3_types] keep_alive_interval_3 = "[method]tcp-socket.get-keep-alive-interval" (u32, u32) [GETSOCKOPT];
            [sockets3_types] set_keep_alive_interval_3 = "[method]tcp-socket.set-keep-alive-interval" (u32, u64, u32) [SETSOCKOPT];
            [sockets3_types] keep_alive_count_3 = "[method]tcp-socket.get-keep-alive-count" (u32, u32) [GETSOCKOPT];
            [sockets3_types] set_keep_alive_count_3 = "[method]tcp-socket.set-keep-alive-count" (u32, u32, u32) [SETSOCKOPT];
            [sockets3_types] tcp_hop_limit_3 = "[method]tcp-socket.get-hop-limit" (u32, u32) [GETSOCKOPT];
            [sockets3_types] set_tcp_hop_limit_3 = "[method]tcp-socket.set-hop-limit" (u32, u32, u32) [SETSOCKOPT];
            [sockets3_types] tcp_receive_buffer_size_3 = "[method]tcp-socket.get-receive-buffer-size" (u32, u32) [GETSOCKOPT];
            [sockets3_types] set_tcp_receive_buffer_size_3 = "[method]tcp-socket.set-receive-buffer-size" (u32, u64, u32) [SETSOCKOPT];
            [sockets3_types] tcp_send_buffer_size_3 = "[method]tcp-socket.get-send-buffer-size" (u32, u32) [GETSOCKOPT];
            [sockets3_types] set_tcp_send_buffer_size_3 = "[method]tcp-socket.set-send-buffer-size" (u32, u64, u32) [SETSOCKOPT];
            [sockets3_types] udp_create_3 = "[static]udp-socket.create" (u32, u32) [SOCKET SETSOCKOPT CLOSE];
            [sockets3_types] udp_bind_3 = "[method]udp-socket.bind" (u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32) [BIND];
            [sockets3_types] udp_connect_3 = "[method]udp-socket.connect" (u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32) [CONNECT GETSOCKNAME BIND];
            [sockets3_types] udp_disconnect_3 = "[method]udp-socket.disconnect" (u32, u32) [CONNECT GETSOCKNAME BIND];
            [sockets3_types] udp_send_3 = "[method]udp-socket.send" (u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32) -> wait [BIND SENDMSG PPOLL CLOCK_GETTIME];
            [sockets3_types] udp_receive_3 = "[method]udp-socket.receive" (u32, u32) -> wait [RECVMSG PPOLL CLOCK_GETTIME];
            [sockets3_types] udp_local_address_3 = "[method]udp-socket.get-local-address" (u32, u32) [GETSOCKNAME];
            [sockets3_types] udp_remote_address_3 = "[method]udp-socket.get-remote-address" (u32, u32) [GETPEERNAME];
            [sockets3_types] udp_address_family_3 = "[method]udp-socket.get-address-family" (u32) -> u32 [];
            [sockets3_types] unicast_hop_limit_3 = "[method]udp-socket.get-unicast-hop-limit" (u32, u32) [GETSOCKOPT];
            [sockets3_types] set_unicast_hop_limit_3 = "[method]udp-socket.set-unicast-hop-limit" (u32, u32, u32) [SETSOCKOPT];
            [sockets3_types] udp_receive_buffer_size_3 = "[method]udp-socket.get-receive-buffer-size" (u32, u32) [GETSOCKOPT];
            [sockets3_types] set_udp_receive_buffer_size_3 = "[method]udp-socket.set-receive-buffer-size" (u32, u64, u32) [SETSOCKOPT];
            [sockets3_types] udp_send_buffer_size_3 = "[method]udp-socket.get-send-buffer-size" (u32, u32) [GETSOCKOPT];
            [sockets3_types] set_udp_send_buffer_size_3 = "[method]udp-socket.set-send-buffer-size" (u32, u64, u32) [SETSOCKOPT];
            [sockets3_ip_name_lookup] resolve_addresses_3 = "resolve-addresses" (u32, u32, u32) -> wait [] LOOKUP;
            [http3_types] fields_new_3 = "[constructor]fields" () -> u32 [];
            [http3_types] fields_from_list_3 = "[static]fields.from-list" (u32, u32, u32) [];
            [http3_types] fields_get_3 = "[method]fields.get" (u32, u32, u32, u32) [];
            [http3_types] fields_has_3 = "[method]fields.has" (u32, u32, u32) -> u32 [];
            [http3_types] fields_set_3 = "[method]fields.set" (u32, u32, u32, u32, u32, u32) [];
            [http3_types] fields_delete_3 = "[method]fields.delete" (u32, u32, u32, u32) [];
            [http3_types] fields_get_and_delete = "[method]fields.get-and-delete" (u32, u32, u32, u32) [];
            [http3_types] fields_append_3 = "[method]fields.append" (u32, u32, u32, u32, u32, u32) [];
            [http3_types] fields_copy_all = "[method]fields.copy-all" (u32, u32) [];
            [http3_types] fields_clone_3 = "[method]fields.clone" (u32) -> u32 [];
            [http3_types] request_new = "[static]request.new" (u32, u32, u32, u32, u32, u32, u32) [PPOLL CLOCK_GETTIME CLOSE];
            [http3_types] request_get_method = "[method]request.get-method" (u32, u32) [];
            [http3_types] request_set_method = "[method]request.set-method" (u32, u32, u32, u32) -> u32 [];
            [http3_types] request_get_path = "[method]request.get-path-with-query" (u32, u32) [];
            [http3_types] request_set_path = "[method]request.set-path-with-query" (u32, u32, u32, u32) -> u32 [];
            [http3_types] request_get_scheme = "[method]request.get-scheme" (u32, u32) [];
            [http3_types] request_set_scheme = "[method]request.set-scheme" (u32, u32, u32, u32, u32) -> u32 [];
            [http3_types] request_get_authority = "[method]request.get-authority" (u32, u32) [];
            [http3_types] request_set_authority = "[method]request.set-authority" (u32, u32, u32, u32) -> u32 [];
            [http3_types] request_get_options = "[method]request.get-options" (u32, u32) [];
            [http3_types] request_get_headers = "[method]request.get-headers" (u32) -> u32 [];
            [http3_types] request_consume_body = "[static]request.consume-body" (u32, u32, u32) [PPOLL CLOCK_GETTIME CLOSE];
            [http3_types] request_options_new_3 = "[constructor]request-options" () -> u32 [];
            [http3_types] request_options_get_connect_timeout = "[method]request-options.get-connect-timeout" (u32, u32) [];
            [http3_types] request_options_set_connect_timeout_3 = "[method]request-options.set-connect-timeout" (u32, u32, u64, u32) [];
            [http3_types] request_options_get_first_byte_timeout = "[method]request-options.get-first-byte-timeout" (u32, u32) [];
            [http3_types] request_options_set_first_byte_timeout_3 = "[method]request-options.set-first-byte-timeout" (u32, u32, u64, u32) [];
            [http3_types] request_options_get_between_bytes_timeout = "[method]request-options.get-between-bytes-timeout" (u32, u32) [];
            [http3_types] request_options_set_between_bytes_timeout_3 = "[method]request-options.set-between-bytes-timeout" (u32, u32, u64, u32) [];
            [http3_types] request_options_clone = "[method]request-options.clone" (u32) -> u32 [];
            [http3_types] response_new = "[static]response.new" (u32, u32, u32, u32, u32) [PPOLL CLOCK_GETTIME CLOSE];
            [http3_types] response_get_status_code = "[method]response.get-status-code" (u32) -> u32 [];
            [http3_types] response_set_status_code = "[method]response.set-status-code" (u32, u32) -> u32 [];
            [http3_types] response_get_headers = "[method]response.get-headers" (u32) -> u32 [];
            [http3_types] response_consume_body = "[static]response.consume-body" (u32, u32, u32) [PPOLL CLOCK_GETTIME CLOSE];
            [http3_client] send_3 = "send" (u32, u32) -> wait [GETSOCKOPT MADVISE READ] LOOKUP;
            [drop] drop_descriptor_3 = "wasi:filesystem/types@0.3 descriptor" (u32) [CLOSE];
            [drop] drop_tcp_socket_3 = "wasi:sockets/types@0.3 tcp-socket" (u32) [CLOSE];
            [drop] drop_udp_socket_3 = "wasi:sockets/types@0.3 udp-socket" (u32) [CLOSE];
            [drop] drop_fields_3 = "wasi:http/types@0.3 fields" (u32) [];
            [drop] drop_request_3 = "wasi:http/types@0.3 request" (u32) [CLOSE];
            [drop] drop_request_options_3 = "wasi:http/types@0.3 request-options" (u32) [];
            [drop] drop_response_3 = "wasi:http/types@0.3 response" (u32) [CLOSE];
            [drop] drop_terminal_input_3 = "wasi:cli/terminal-input@0.3 terminal-input" (u32) [];
            [drop] drop_terminal_output_3 = "wasi:cli/terminal-output@0.3 terminal-output" (u32) [];
        }
    };
}
pub(crate) use component_imports;

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
            // What libraries export under names of their own (`docs/embedding.md`); those that begin with `wative_` but not `wative_rt_` are described in `wative.h`.
            /// What their functions go through: 0, or a trap code.
            LibraryCall wative_rt_library_call(instance: *mut Instance, entry: ArrayEntry, values: *mut u64) -> u32;
            /// An instance of the module; so many functions are in what it gets of its program.
            LibraryNew wative_rt_library_new(module: *const ModuleDesc, functions: u32, imports: *const LibraryImports, others: *const Extern, other_count: Count, out: *mut *mut Instance) -> u32;
            LibraryDelete wative_instance_delete(instance: *mut Instance);
            LibraryData wative_rt_library_data(instance: *const Instance) -> Address;
            LibraryMemory wative_memory_base(instance: *const Instance) -> Address;
            LibraryMemorySize wative_memory_size(instance: *const Instance) -> u64;
            /// Copies out of the first memory; whether all of it is inside.
            LibraryRead wative_rt_library_read(instance: *const Instance, at: u64, to: *mut u8, len: Count) -> Flag;
            /// Copies into it.
            LibraryWrite wative_rt_library_write(instance: *const Instance, at: u64, from: *const u8, len: Count) -> Flag;
            LibraryFind wative_export_lookup(instance: *mut Instance, name: *const u8, len: Count, out: *mut Export) -> Flag;
            LibraryCallExport wative_call(instance: *mut Instance, export: *const Export, values: *mut u64) -> u32;
            LibraryRaise wative_raise(code: u32);
            LibraryMessage wative_trap_message(code: u32, len: *mut Count) -> Text;
            LibraryLastTrap wative_last_trap(instance: *const Instance, out: *mut Trap) -> Flag;
            LibraryTrapText wative_trap_text(instance: *const Instance, buf: *mut u8, size: Count) -> Count;
            LibraryMemoryCreate wative_memory_create(min_pages: u64, max_pages: u64, flags: u32, out: *mut Memory) -> u32;
            LibraryTableCreate wative_table_create(min: u64, max: u64, out: *mut Table) -> u32;
            LibraryStackSize wative_set_stack_size(bytes: u64);
            LibraryConfigure wative_wasi_configure(argc: Count, argv: *const *const u8, envp: *const *const u8, config: *const Config);
            LibraryRetain wative_reference_retain(instance: *mut Instance, reference: Ref) -> Flag;
            /// Throws an exception with a tag and so many values, to be caught by compiled code.
            Throw wative_rt_throw(tag: usize, values: *const u64, slots: Count) -> !;
            /// Throws an exception again.
            ThrowRef wative_rt_throw_ref(exception: Ref) -> !;
            /// Throws an exception that is an object of the collector.
            ThrowObject wative_rt_throw_object(exception: Gc) -> !;
            /// It may be referred to from anywhere from now on.
            ExnKeep wative_rt_exn_keep(exception: Ref);
            /// A new object of so many bytes with this header; the rest of it is zero.
            GcAllocate wative_gc_allocate(size: u32, header: u32) -> Gc;
            /// A new array of so many elements of so many bytes with this header; the elements are zero.
            GcAllocateArray wative_gc_allocate_array(length: u32, header: u32, element: u32) -> Gc;
            /// An old object is about to be written to.
            GcLog wative_gc_log(object: Gc);
            /// An old array is about to be written to at this address of an element.
            GcLogElement wative_gc_log_element(array: Gc, place: u32);
            /// Copies a part of a segment to elements from `at` on, which the array has.
            GcInitData wative_gc_init_data(heap: *mut GcHeap, array: Gc, at: u32, from: u32, length: u32, segment: *const DataSeg) -> Status traps MemoryOutOfBounds;
            GcInitElem wative_gc_init_elem(heap: *mut GcHeap, array: Gc, at: u32, from: u32, length: u32, instance: *const Instance, segment: *const ElemSeg) -> Status traps TableOutOfBounds;
            /// Copies elements, which both arrays have; they may be the same.
            GcCopy wative_gc_copy(heap: *mut GcHeap, array: Gc, at: u32, source: Gc, from: u32, length: u32);
            // In an open world the first four find the heap of the instance that calls in the register where that is.
            GcAllocateOwn wative_gc_allocate_own(size: u32, header: u32) -> Gc;
            GcAllocateArrayOwn wative_gc_allocate_array_own(length: u32, header: u32, element: u32) -> Gc;
            GcLogOwn wative_gc_log_own(object: Gc);
            GcLogElementOwn wative_gc_log_element_own(array: Gc, place: u32);
            /// A reference for C or as an external one. `is_kept`: nobody will release it.
            GcGive wative_gc_give(instance: *mut Instance, reference: Gc, is_kept: u32) -> Ref;
            /// What such a reference stands for, if that is null or of these types (see `gc::handles`).
            GcReceive wative_gc_receive(instance: *mut Instance, reference: Ref, types: u64) -> Gc;
            /// C has given such a reference back.
            GcRelease wative_reference_release(instance: *mut Instance, reference: Ref) -> Flag;
            /// A reference as an external one. `host`: the header of objects that stand for values of the host.
            GcToExternal wative_gc_to_external(reference: Gc, host: u32) -> Ref;
            /// Notes where compiled code is left, for the function that it calls next, which may call compiled code again; no references but those that live now may live behind that call.
            GcLeave wative_gc_leave();
            /// The function has returned.
            GcComeBack wative_gc_come_back();
            // Continuations, see `state::cont`. `message`, `shape` and answers are as `abi::Cont` says.
            /// Goes on with a continuation until it returns, throws or is suspended: an answer.
            ContResume wative_cont_resume(cont: Gc, message: *mut u64, shape: u64) -> u64;
            /// Likewise, with an exception.
            ContThrow wative_cont_throw(cont: Gc, exception: Gc, message: *mut u64, shape: u64) -> u64;
            /// Suspends what runs under the next handler of a tag, as this continuation: an answer.
            ContSuspend wative_cont_suspend(tag: u32, cont: Gc, values: *mut u64) -> u64;
            /// Likewise, and goes on with another continuation in its place.
            ContSwitch wative_cont_switch(tag: u32, cont: Gc, target: Gc, message: *mut u64, shape: u64) -> u64;
            /// A continuation in the place of this one that gets these values first.
            ContBind wative_cont_bind(cont: Gc, message: *mut u64, shape: u64) -> Gc;
            /// The current continuation has ended.
            ContReturn wative_cont_return(values: *mut u64) -> !;
            ContFail wative_cont_fail(exception: Gc) -> !;
            // Components, see `component`. Those that answer a `u64` have a `Reason` in its upper half.
            /// Traps with a `Reason`, and a number that some messages show.
            ComponentTrap wative_rt_component_trap(reason: u32, number: u32) -> !;
            /// Likewise, in a program with tasks.
            TaskTrap wative_rt_task_trap(reason: u32, number: u32) -> !;
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
            // Tasks, in programs with `async` functions or built-ins; see `component::tasks`.
            /// Begins a call of a function that is not `async`: where it counts what it borrows.
            TaskEnter wative_rt_task_enter(instance: *mut ComponentInstance) -> u64;
            /// Ends it.
            TaskLeave wative_rt_task_leave() -> u64;
            /// Lends a resource to the current task until that has resolved: its representation.
            TaskLend wative_rt_task_lend(handles: *mut Handles, resource: u32, index: u32) -> u64;
            /// Calls an `async` function: what its `async` lowering returns; otherwise it has resolved.
            TaskCall wative_rt_task_call(frame: *mut CallFrame) -> u64;
            /// Whether the current task, which is not `async` on its own side, may return.
            TaskReturning wative_rt_task_returning() -> u64;
            /// It has.
            TaskReturned wative_rt_task_returned() -> u64;
            /// `task.return`, with core values behind an empty word, and type and options as in a call's flags.
            TaskReturn wative_rt_task_return(values: *mut u64, ids: u64) -> u64;
            /// `task.cancel`.
            TaskCancel wative_rt_task_cancel() -> u64;
            /// Does what a callback has asked for: 0 if the task ends, 1 if the callback is to be called with the frame's event.
            TaskCallback wative_rt_task_callback(frame: *mut CallFrame, packed: u32) -> u64;
            /// Traps where the current task must not wait.
            MayBlock wative_rt_may_block() -> u64;
            ContextGet wative_rt_context_get(slot: u32) -> u64;
            ContextSet wative_rt_context_set(slot: u32, value: u64);
            BackpressureInc wative_rt_backpressure_inc(instance: *mut ComponentInstance) -> u64;
            BackpressureDec wative_rt_backpressure_dec(instance: *mut ComponentInstance) -> u64;
            SetNew wative_rt_set_new(instance: *mut ComponentInstance) -> u64;
            /// The code of an event, of which the other two words go where `event` points.
            SetWait wative_rt_set_wait(instance: *mut ComponentInstance, index: u32, event: usize) -> u64;
            SetPoll wative_rt_set_poll(instance: *mut ComponentInstance, index: u32, event: usize) -> u64;
            SetDrop wative_rt_set_drop(instance: *mut ComponentInstance, index: u32) -> u64;
            /// `waitable.join`; no set: 0.
            WaitableJoin wative_rt_waitable_join(instance: *mut ComponentInstance, waitable: u32, set: u32) -> u64;
            SubtaskCancel wative_rt_subtask_cancel(instance: *mut ComponentInstance, index: u32, is_async: u32) -> u64;
            SubtaskDrop wative_rt_subtask_drop(instance: *mut ComponentInstance, index: u32) -> u64;
            /// `error-context.new`, of so many code units at `src` that `how` makes UTF-8 of.
            ErrorContextNew wative_rt_error_context_new(instance: *mut ComponentInstance, memory: *const Memory, src: u32, units: u32, how: u32) -> u64;
            /// The number of an error context, and the memory with its text.
            ErrorContextFind wative_rt_error_context_find(instance: *mut ComponentInstance, index: u32) -> u64;
            ErrorContextText wative_rt_error_context_text(number: u32) -> usize;
            /// A handle for it in another instance.
            ErrorContextGive wative_rt_error_context_give(from: *mut ComponentInstance, to: *mut ComponentInstance, index: u32) -> u64;
            ErrorContextDrop wative_rt_error_context_drop(instance: *mut ComponentInstance, index: u32) -> u64;
            /// A stream or future: the readable end. `kind` as `EndKind` says, here and below.
            StreamNew wative_rt_stream_new(instance: *mut ComponentInstance, kind: u64) -> u64;
            /// The writable end of what was made just now.
            StreamWritable wative_rt_stream_writable(instance: *mut ComponentInstance, kind: u64, readable: u32) -> u64;
            /// Whether an end may be read or written.
            EndCheck wative_rt_end_check(instance: *mut ComponentInstance, kind: u64, index: u32) -> u64;
            /// Reads or writes elements: `buffer` is the address of a `CopyBuffer`.
            EndCopy wative_rt_end_copy(instance: *mut ComponentInstance, kind: u64, index: u32, buffer: *const CopyBuffer) -> u64;
            EndCancel wative_rt_end_cancel(instance: *mut ComponentInstance, kind: u64, index: u32) -> u64;
            EndDrop wative_rt_end_drop(instance: *mut ComponentInstance, kind: u64, index: u32) -> u64;
            /// Takes a readable end from an instance: the number of its stream or future.
            EndTake wative_rt_end_take(instance: *mut ComponentInstance, kind: u64, index: u32) -> u64;
            /// Gives it to another one.
            EndGive wative_rt_end_give(instance: *mut ComponentInstance, kind: u64, shared: u32) -> u64;
            /// What a caller gets of a function of the host that goes on later, by the number that its call has then.
            HostSubtask wative_rt_host_subtask(instance: *mut ComponentInstance, number: u32) -> u64;
            /// Waits until it has returned.
            HostWait wative_rt_host_wait(number: u32) -> u64;
            ThreadIndex wative_rt_thread_index() -> u64;
            /// A thread that calls `start` with `function` and `context` when it is resumed.
            ThreadNew wative_rt_thread_new(start: ArrayEntry, function: usize, context: u32) -> u64;
            ThreadResumeLater wative_rt_thread_resume_later(instance: *mut ComponentInstance, index: u32) -> u64;
            /// Lets others go on: once (1), or until it is resumed (0).
            ThreadBlock wative_rt_thread_block(is_ready: u32) -> u64;
            /// Likewise, and goes on with a thread that is suspended (`promote` = 0) or ready (1).
            ThreadSwitch wative_rt_thread_switch(instance: *mut ComponentInstance, index: u32, is_ready: u32, promote: u32) -> u64;
            /// Calls a function of a component for a C program: 0, or why it trapped.
            ComponentCall wative_rt_component_call(entry: ArrayEntry, params: usize, result: usize) -> u32;
            /// Memory that a C program may read until its call, or the call of its function, ends. Ends the process where there is none.
            NativeAllocate wative_rt_native_allocate(bytes: u64, align: u32) -> usize;
            /// Memory of a C program as a memory: its descriptor, which lasts as long.
            NativeView wative_rt_native_view(start: usize, bytes: u64) -> usize;
            /// Where allocating goes on.
            NativeMark wative_rt_native_mark() -> usize;
            /// Gives back what was allocated since then.
            NativeRelease wative_rt_native_release(mark: usize);
            /// Calls a function of a C program.
            NativeCall wative_rt_native_call(function: usize, params: usize, result: usize);
            /// Copies bytes that do not overlap.
            NativeCopy wative_rt_native_copy(dst: usize, src: usize, bytes: u64);
            /// Ends the process.
            Exit wative_rt_exit(status: u32) -> !;
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
            /// Answers requests of a server by a handler of WASI 0.3, until its instance is to end. The frame is that of a call whose parameter is missing: what the request's handle stands
            /// for. Its result is what the response's handle stood for, or with bit 32 the case of an `error-code`.
            ServeRun wative_rt_serve_run(frame: *mut CallFrame) -> u64;
        }
    };
}
pub(crate) use functions;
