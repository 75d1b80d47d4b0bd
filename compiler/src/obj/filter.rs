//! The seccomp filter of an executable: which system calls the kernel lets it make once its guest runs.
//!
//! Input: the WASI functions that the program imports. Output: a classic BPF program that the runtime hands to the kernel
//! (`entry/harden.rs` there). Every call not listed kills the process, so the lists must cover whatever the runtime does:
//! [`ALWAYS`] is what it does for any program (traps, memories, stacks); what each WASI function adds is in its row (`calls.rs`).
//!
//! The program looks at the architecture first (a 32-bit call has other numbers), then searches the number (an x32 call's is beyond all), and for some calls at
//! arguments: memory is mapped anonymously and never made executable, a thread is the only thing that `clone` makes, futexes are only waited on and woken, signals go to
//! the process itself (the runtime fills its number in), descriptors are asked for nothing but status flags, available bytes, what a pipe holds and whether they are terminals, sockets are of TCP and UDP. Pointers cannot be looked at; what they name is for the resolver
//! and landlock.
//!
//! Which numbers an architecture has is in `nr.rs`, which the runtime shares.

use crate::abi::Config;
use crate::host::{Call, Import};
use crate::mach::arch::Kernel;
use crate::nr::both as nr;

/// What every program may need: messages, its end, signals, memories and stacks, locks. `restart_syscall` is the kernel's own way
/// to go on after a stopped process was resumed.
const ALWAYS: [Call; 12] = [
    nr::WRITE,
    nr::EXIT_GROUP,
    nr::RT_SIGRETURN,
    nr::RESTART_SYSCALL,
    nr::RT_SIGACTION,
    nr::SIGALTSTACK,
    nr::MUNMAP,
    nr::MREMAP,
    nr::SCHED_YIELD,
    nr::GETPID,
    nr::GETTID,
    nr::TGKILL,
];

/// What waiting for other threads needs.
const WAITING: [Call; 2] = [nr::FUTEX, nr::CLOCK_GETTIME];

/// What starting and ending threads needs.
const SPAWNING: [Call; 3] = [nr::CLONE, nr::EXIT, nr::MADVISE];

/// What a worker of a server needs: connections, time-outs, fresh pages, and another process where a guest waits.
const SERVING: [Call; 9] = [
    nr::ACCEPT4,
    nr::CLOCK_GETTIME,
    nr::CLONE,
    nr::CLOSE,
    nr::MADVISE,
    nr::PPOLL,
    nr::READ,
    nr::SETITIMER,
    nr::SHUTDOWN,
];

/// What `clone` may be asked for by a worker.
const FORKING: &[Check] = &[Check::OneOf(
    0,
    &[Config::FORK_FLAGS, Config::SIBLING_FLAGS],
)];

/// What a program does with threads, processes and memory.
#[derive(Clone, Copy, Default, Debug)]
pub struct Threads {
    /// It has shared memory, on which it can wait.
    pub waits: bool,
    /// It starts threads.
    pub spawns: bool,
    /// It is a worker of a server.
    pub serves: bool,
    /// It has a heap of objects, memory of which it gives back.
    pub collects: bool,
}

/// Conditions on an argument: number of the argument, and whether these bits must be clear or set, or the value one of some.
#[derive(Clone, Copy)]
enum Check {
    Clear(u32, u32),
    Set(u32, u32),
    OneOf(u32, &'static [u32]),
}

const PROT_EXEC: u32 = 4;
const MAP_ANONYMOUS: u32 = 0x20;
const MADV_DONTNEED: u32 = 4;
/// `FUTEX_WAIT_BITSET` and `FUTEX_WAKE`, both private to the process.
const FUTEX_OPERATIONS: &[u32] = &[9 | 128, 1 | 128];
const F_GETFL: u32 = 3;
const F_SETFL: u32 = 4;
const F_GETPIPE_SZ: u32 = 1032;
const FIONREAD: u32 = 0x541b;
const TCGETS: u32 = 0x5401;
/// `AF_INET`, `AF_INET6`.
const FAMILIES: &[u32] = &[2, 10];
/// `SOCK_STREAM` and `SOCK_DGRAM`, both with `SOCK_NONBLOCK` and `SOCK_CLOEXEC`.
const SOCKET_TYPES: &[u32] = &[0x8_0801, 0x8_0802];
/// `IPPROTO_IP`, `SOL_SOCKET`, `IPPROTO_TCP`, `IPPROTO_IPV6`.
const OPTION_LEVELS: &[u32] = &[0, 1, 6, 41];
/// `SO_REUSEADDR` and `IP_TTL`, `TCP_KEEPIDLE`, `TCP_KEEPINTVL`, `TCP_KEEPCNT`, `SO_SNDBUF`, `SO_RCVBUF`, `SO_KEEPALIVE`, `IPV6_UNICAST_HOPS`, `IPV6_V6ONLY`. At
/// other levels these numbers mean what only concerns the socket itself.
const OPTIONS: &[u32] = &[2, 4, 5, 6, 7, 8, 9, 16, 26];

/// The process itself.
const OWN: u32 = Config::FILTER_PID;

/// Calls that are allowed with certain arguments only, where they are allowed at all.
const CHECKED: [(Call, &[Check]); 10] = [
    (nr::TGKILL, &[Check::OneOf(0, &[OWN])]),
    (
        nr::MMAP,
        &[Check::Clear(2, PROT_EXEC), Check::Set(3, MAP_ANONYMOUS)],
    ),
    (nr::MPROTECT, &[Check::Clear(2, PROT_EXEC)]),
    (nr::CLONE, &[Check::OneOf(0, &[Config::CLONE_FLAGS])]),
    (nr::FUTEX, &[Check::OneOf(1, FUTEX_OPERATIONS)]),
    (nr::MADVISE, &[Check::OneOf(2, &[MADV_DONTNEED])]),
    (
        nr::FCNTL,
        &[Check::OneOf(1, &[F_GETFL, F_SETFL, F_GETPIPE_SZ])],
    ),
    (nr::IOCTL, &[Check::OneOf(1, &[FIONREAD, TCGETS])]),
    (
        nr::SOCKET,
        &[
            Check::OneOf(0, FAMILIES),
            Check::OneOf(1, SOCKET_TYPES),
            Check::OneOf(2, &[0]),
        ],
    ),
    (
        nr::SETSOCKOPT,
        &[Check::OneOf(1, OPTION_LEVELS), Check::OneOf(2, OPTIONS)],
    ),
];

/// The filter for a program that imports these functions, as `struct sock_filter`s.
pub fn program(kernel: Kernel, imports: &[&Import], threads: Threads) -> Vec<u64> {
    let mut plain: Vec<Call> = imports.iter().flat_map(|import| import.calls()).collect();
    plain.extend(ALWAYS);
    if threads.waits || threads.spawns {
        plain.extend(WAITING);
    }
    if threads.spawns {
        plain.extend(SPAWNING);
    }
    if threads.serves {
        plain.extend(SERVING);
    }
    if threads.collects {
        plain.push(nr::MADVISE);
    }
    let mut checked = vec![nr::MMAP, nr::MPROTECT, nr::TGKILL];
    let sometimes = [
        nr::FCNTL,
        nr::IOCTL,
        nr::CLONE,
        nr::FUTEX,
        nr::MADVISE,
        nr::SOCKET,
        nr::SETSOCKOPT,
    ];
    checked.extend(sometimes.iter().filter(|c| plain.contains(c)));
    plain.retain(|call| !CHECKED.iter().any(|(c, _)| c == call));
    let mut numbers = Vec::new();
    for call in plain {
        let number = (kernel.number)(call);
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    let mut leaves: Vec<(u32, &[Check])> = numbers.iter().map(|&n| (n, &[][..])).collect();
    for (call, checks) in CHECKED.iter().filter(|(call, _)| checked.contains(call)) {
        let checks = match *call {
            nr::CLONE if threads.serves => FORKING,
            _ => checks,
        };
        leaves.push(((kernel.number)(*call), checks));
    }
    leaves.sort_by_key(|(number, _)| *number);
    let mut code = Code::default();
    code.load(ARCH_OFFSET);
    code.jump(JUMP_EQUAL, kernel.audit, Target::Next, Target::Kill);
    code.load(0);
    let last = leaves.last().map_or(0, |(number, _)| *number);
    code.jump(JUMP_FROM, last + 1, Target::Kill, Target::Next);
    code.search(&leaves);
    code.finish()
}

/// `SECCOMP_RET_KILL_PROCESS`, `SECCOMP_RET_ALLOW`.
const KILL: u32 = 0x8000_0000;
const ALLOW: u32 = 0x7fff_0000;

/// Places in `struct seccomp_data`: the number is at 0.
const ARCH_OFFSET: u32 = 4;
const ARGS_OFFSET: u32 = 16;

/// Operation codes of classic BPF: load a word, jump if equal, greater or equal, any bit set; return.
const LOAD: u16 = 0x20;
const JUMP_EQUAL: u16 = 0x15;
const JUMP_FROM: u16 = 0x35;
const JUMP_SET: u16 = 0x45;
const RETURN: u16 = 0x06;

/// `struct sock_filter` as a little-endian word: code, then how many instructions to skip if true and if false, operand.
fn instruction(code: u16, operand: u32, if_true: u8, if_false: u8) -> u64 {
    u64::from(code)
        | u64::from(if_true) << 16
        | u64::from(if_false) << 24
        | u64::from(operand) << 32
}

/// Where an instruction goes on.
#[derive(Clone, Copy)]
enum Target {
    Next,
    /// Behind so many instructions.
    Skip(usize),
    Allow,
    Kill,
}

/// Instructions under construction: operation, operand, and where to go on if true and if false.
#[derive(Default)]
struct Code(Vec<(u16, u32, Target, Target)>);

impl Code {
    fn load(&mut self, offset: u32) {
        self.0.push((LOAD, offset, Target::Next, Target::Next));
    }

    fn jump(&mut self, code: u16, operand: u32, if_true: Target, if_false: Target) {
        self.0.push((code, operand, if_true, if_false));
    }

    /// Finds the number among those of the leaves, which are sorted, and decides; what is not among them kills. A tree, and short,
    /// because the kernel tries every number once when the filter is installed: that is most of what it costs.
    fn search(&mut self, leaves: &[(u32, &[Check])]) {
        if let [(number, checks)] = leaves {
            return self.check(*number, checks);
        }
        let (low, high) = leaves.split_at(leaves.len() / 2);
        let Some((first, _)) = high.first() else {
            return;
        };
        let mut below = Code::default();
        below.search(low);
        self.jump(JUMP_FROM, *first, Target::Skip(below.0.len()), Target::Next);
        self.0.extend(below.0);
        self.search(high);
    }

    /// Decides about the call with this number; any other is not allowed.
    fn check(&mut self, number: u32, checks: &[Check]) {
        let allowed = if checks.is_empty() {
            Target::Allow
        } else {
            Target::Next
        };
        self.jump(JUMP_EQUAL, number, allowed, Target::Kill);
        for (index, check) in checks.iter().enumerate() {
            let fine = if index + 1 == checks.len() {
                Target::Allow
            } else {
                Target::Next
            };
            let (Check::Clear(argument, _) | Check::Set(argument, _) | Check::OneOf(argument, _)) =
                *check;
            // The low half; the kernel ignores the upper one of all these arguments.
            self.load(ARGS_OFFSET + 8 * argument);
            match *check {
                Check::Clear(_, bits) => self.jump(JUMP_SET, bits, Target::Kill, fine),
                Check::Set(_, bits) => self.jump(JUMP_SET, bits, fine, Target::Kill),
                Check::OneOf(_, values) => {
                    for (place, &value) in values.iter().enumerate() {
                        let left = values.len() - 1 - place;
                        let found = match fine {
                            Target::Next => Target::Skip(left),
                            other => other,
                        };
                        let other = if left == 0 {
                            Target::Kill
                        } else {
                            Target::Next
                        };
                        self.jump(JUMP_EQUAL, value, found, other);
                    }
                }
            }
        }
    }

    /// The program, with the two answers at its end.
    fn finish(self) -> Vec<u64> {
        let len = self.0.len();
        let mut program: Vec<u64> = Vec::with_capacity(len + 2);
        for (index, (code, operand, if_true, if_false)) in self.0.into_iter().enumerate() {
            let distance = |target| {
                let skipped = match target {
                    Target::Next => 0,
                    Target::Skip(count) => count,
                    Target::Allow => len - index - 1,
                    Target::Kill => len - index,
                };
                u8::try_from(skipped).expect("filter: longer than a jump reaches")
            };
            program.push(instruction(
                code,
                operand,
                distance(if_true),
                distance(if_false),
            ));
        }
        program.push(instruction(RETURN, ALLOW, 0, 0));
        program.push(instruction(RETURN, KILL, 0, 0));
        program
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::{self, IMPORTS};

    /// Runs a filter on a system call as the kernel does; whether it is allowed.
    fn run(program: &[u64], arch: u32, number: u32, args: [u64; 6]) -> bool {
        let mut data = Vec::new();
        data.extend(number.to_le_bytes());
        data.extend(arch.to_le_bytes());
        data.extend(0u64.to_le_bytes());
        args.iter().for_each(|arg| data.extend(arg.to_le_bytes()));
        let (mut a, mut pc) = (0u32, 0usize);
        loop {
            let word = program[pc];
            let (code, operand) = (word as u16, (word >> 32) as u32);
            let (if_true, if_false) = ((word >> 16) as u8, (word >> 24) as u8);
            let skip = |taken: bool| usize::from(if taken { if_true } else { if_false });
            pc += 1;
            match code {
                LOAD => {
                    let at = operand as usize;
                    a = u32::from_le_bytes(data[at..at + 4].try_into().unwrap());
                }
                JUMP_EQUAL => pc += skip(a == operand),
                JUMP_FROM => pc += skip(a >= operand),
                JUMP_SET => pc += skip(a & operand != 0),
                RETURN => return operand == ALLOW,
                other => panic!("operation {other:#x}"),
            }
        }
    }

    const X86_64: Kernel = Kernel {
        audit: 0xc000_003e,
        number: |call| call.0,
    };
    const AARCH64: Kernel = Kernel {
        audit: 0xc000_00b7,
        number: |call| call.1,
    };
    const KERNELS: [Kernel; 2] = [X86_64, AARCH64];

    fn wasi(names: &[&str]) -> Vec<&'static Import> {
        let find = |name: &&str| host::find(host::WASI_MODULES[0], name).expect("WASI");
        names.iter().map(find).collect()
    }

    #[test]
    fn a_program_that_writes_may_write_and_nothing_else() {
        for kernel in KERNELS {
            let filter = program(kernel, &wasi(&["fd_write", "proc_exit"]), NO_THREADS);
            for &(name, call) in crate::nr::ALL {
                let number = (kernel.number)(call);
                let mut want = call == nr::WRITEV || ALWAYS.contains(&call) && call != nr::TGKILL;
                want |= call == nr::MPROTECT;
                assert_eq!(run(&filter, kernel.audit, number, [0; 6]), want, "{name}");
            }
            // Every number in reach, named or not.
            let allowed = (0..1024).filter(|&n| run(&filter, kernel.audit, n, [0; 6]));
            assert_eq!(allowed.count(), ALWAYS.len() + 1);
        }
    }

    #[test]
    fn other_architectures_and_x32_are_refused() {
        let filter = program(X86_64, &wasi(&["fd_write"]), NO_THREADS);
        assert!(run(&filter, X86_64.audit, nr::WRITEV.0, [0; 6]));
        assert!(!run(
            &filter,
            X86_64.audit,
            nr::WRITEV.0 | 0x4000_0000,
            [0; 6]
        ));
        assert!(!run(&filter, X86_64.audit, u32::MAX, [0; 6]));
        // AUDIT_ARCH_I386, where the number of writev is 146.
        assert!(!run(&filter, 0x4000_0003, 146, [0; 6]));
        assert!(!run(&filter, AARCH64.audit, nr::WRITEV.0, [0; 6]));
        let filter = program(AARCH64, &wasi(&["fd_write"]), NO_THREADS);
        assert!(run(&filter, AARCH64.audit, nr::WRITEV.1, [0; 6]));
        // AUDIT_ARCH_ARM.
        assert!(!run(&filter, 0x4000_0028, nr::WRITEV.1, [0; 6]));
    }

    #[test]
    fn no_page_becomes_executable() {
        for kernel in KERNELS {
            let filter = program(kernel, &[], NO_THREADS);
            let allowed = |call, args| run(&filter, kernel.audit, (kernel.number)(call), args);
            let map = |prot, flags| allowed(nr::MMAP, [0, 4096, prot, flags, u64::MAX, 0]);
            assert!(map(0, 0x4022) && map(3, 0x22));
            assert!(!map(7, 0x22) && !map(4, 0x22) && !map(5, 0x22));
            assert!(!map(3, 2), "mapping of a file");
            let protect = |prot| allowed(nr::MPROTECT, [4096, 4096, prot, 0, 0, 0]);
            assert!(protect(0) && protect(1) && protect(3));
            assert!(!protect(4) && !protect(5) && !protect(7));
            // The kernel sees 64 bits; flags live in the lower half.
            assert!(!protect(0xffff_ffff_0000_0005));
        }
    }

    const NO_THREADS: Threads = Threads {
        waits: false,
        spawns: false,
        serves: false,
        collects: false,
    };
    const WAITS: Threads = Threads {
        waits: true,
        spawns: false,
        serves: false,
        collects: false,
    };
    const SPAWNS: Threads = Threads {
        waits: true,
        spawns: true,
        serves: false,
        collects: false,
    };

    #[test]
    fn threads_may_be_made_but_no_processes() {
        for kernel in KERNELS {
            let flags = u64::from(Config::CLONE_FLAGS);
            let allowed = |threads, call, args: [u64; 3]| {
                let filter = program(kernel, &[], threads);
                let args = [args[0], args[1], args[2], 0, 0, 0];
                run(&filter, kernel.audit, (kernel.number)(call), args)
            };
            for threads in [NO_THREADS, WAITS] {
                assert!(!allowed(threads, nr::CLONE, [flags, 0, 0]));
                assert!(!allowed(threads, nr::EXIT, [0; 3]));
                assert!(!allowed(threads, nr::MADVISE, [0, 0, 4]));
            }
            assert!(allowed(SPAWNS, nr::CLONE, [flags, 0, 0]));
            assert!(allowed(SPAWNS, nr::EXIT, [0; 3]));
            assert!(allowed(SPAWNS, nr::MADVISE, [0, 0, 4]));
            // MADV_REMOVE, MADV_DOFORK, MADV_HWPOISON.
            for advice in [9, 11, 100] {
                assert!(!allowed(SPAWNS, nr::MADVISE, [0, 0, advice]));
            }
            // As `fork`, `vfork` and glibc's threads make it, a thread in new namespaces, one that is traced.
            for other in [
                17,
                0x4111,
                0x3d_0f00,
                flags | 0x2000_0000,
                flags | 0x2000,
                0,
            ] {
                assert!(!allowed(SPAWNS, nr::CLONE, [other, 0, 0]), "{other:#x}");
            }
            // Waiting and waking; not requeueing, nor locks with inherited priority, nor what processes share.
            for operation in 0..512 {
                let args = [0, operation, 0];
                let fine = operation == 137 || operation == 129;
                assert_eq!(allowed(WAITS, nr::FUTEX, args), fine);
                assert_eq!(allowed(SPAWNS, nr::FUTEX, args), fine);
                assert!(!allowed(NO_THREADS, nr::FUTEX, args));
            }
        }
    }

    #[test]
    fn workers_make_processes_and_no_threads() {
        let serves = Threads {
            serves: true,
            collects: true,
            ..NO_THREADS
        };
        for kernel in KERNELS {
            let filter = program(kernel, &[], serves);
            let allowed = |call, args| run(&filter, kernel.audit, (kernel.number)(call), args);
            let clone = |flags: u32| allowed(nr::CLONE, [flags.into(), 0, 0, 0, 0, 0]);
            assert!(clone(Config::FORK_FLAGS) && clone(Config::SIBLING_FLAGS));
            // Threads, `vfork`, new namespaces.
            for flags in [Config::CLONE_FLAGS, 0x4111, 0x1000_0011, 0x2000_0011, 0] {
                assert!(!clone(flags), "{flags:#x}");
            }
            for call in SERVING.iter().filter(|&&call| call != nr::CLONE) {
                assert!(allowed(*call, [0, 0, 4, 0, 0, 0]));
            }
            for call in [
                nr::SOCKET,
                nr::BIND,
                nr::LISTEN,
                nr::EXECVE,
                nr::KILL,
                nr::PRCTL,
            ] {
                assert!(!allowed(call, [0; 6]));
            }
        }
    }

    #[test]
    fn arguments_of_descriptor_calls_are_checked() {
        for kernel in KERNELS {
            let filter = program(
                kernel,
                &wasi(&["fd_fdstat_set_flags", "poll_oneoff"]),
                NO_THREADS,
            );
            let signal = |process| {
                let args = [process, 1, 6, 0, 0, 0];
                run(&filter, kernel.audit, (kernel.number)(nr::TGKILL), args)
            };
            assert!(signal(OWN.into()) && !signal(1) && !signal(0));
            let allowed = |call, a1| {
                run(
                    &filter,
                    kernel.audit,
                    (kernel.number)(call),
                    [0, a1, 0, 0, 0, 0],
                )
            };
            assert!(allowed(nr::FCNTL, 3) && allowed(nr::FCNTL, 4));
            // F_DUPFD, F_SETOWN.
            assert!(!allowed(nr::FCNTL, 0) && !allowed(nr::FCNTL, 8));
            assert!(allowed(nr::IOCTL, 0x541b) && allowed(nr::IOCTL, 0x5401));
            // TIOCSTI, which types into a terminal.
            assert!(!allowed(nr::IOCTL, 0x5412));
        }
    }

    /// The longest filter that there can be.
    #[test]
    fn all_functions_together_fit() {
        for kernel in KERNELS {
            let all: Vec<&Import> = IMPORTS.iter().chain(host::HOST_FUNCTIONS).collect();
            let filter = program(kernel, &all, SPAWNS);
            for call in all.iter().flat_map(|import| import.calls()) {
                let args = match call {
                    nr::IOCTL => [0, 0x541b, 0, 0, 0, 0],
                    nr::MADVISE => [0, 0, MADV_DONTNEED.into(), 0, 0, 0],
                    nr::SOCKET => [10, 0x8_0801, 0, 0, 0, 0],
                    nr::SETSOCKOPT => [0, 1, 2, 0, 0, 0],
                    _ => [0, 3, 0, 0, 0, 0],
                };
                assert!(run(&filter, kernel.audit, (kernel.number)(call), args));
            }
            assert!(filter.len() < Config::FILTER_MAX, "{}", filter.len());
        }
    }

    #[test]
    fn sockets_are_of_the_internet_alone() {
        let create = host::host_function("wasi:sockets/tcp-create-socket", "create-tcp-socket");
        let set = host::host_function("wasi:sockets/tcp", "[method]tcp-socket.set-hop-limit");
        let imports = [create.expect("a function"), set.expect("a function")];
        assert!(imports.iter().all(|import| import.uses_network()));
        for kernel in KERNELS {
            let filter = program(kernel, &imports, NO_THREADS);
            let allowed = |call, args: [u64; 3]| {
                let args = [args[0], args[1], args[2], 0, 0, 0];
                run(&filter, kernel.audit, (kernel.number)(call), args)
            };
            for family in 0..50 {
                for kind in 0..16 {
                    let is_internet = [2, 10].contains(&family) && [1, 2].contains(&kind);
                    let args = [family, kind | 0x8_0800, 0];
                    assert_eq!(allowed(nr::SOCKET, args), is_internet, "{args:?}");
                    assert!(!allowed(nr::SOCKET, [family, kind, 0]));
                    assert!(!allowed(nr::SOCKET, [family, kind | 0x8_0800, 255]));
                }
            }
            for level in 0..300 {
                for option in 0..100 {
                    let known = OPTION_LEVELS.contains(&level) && OPTIONS.contains(&option);
                    let args = [0, level.into(), option.into()];
                    assert_eq!(allowed(nr::SETSOCKOPT, args), known, "{args:?}");
                }
            }
        }
    }

    #[test]
    fn every_functions_calls_pass() {
        for import in IMPORTS {
            let name = import.name;
            for kernel in KERNELS {
                let filter = program(kernel, &[import], NO_THREADS);
                for call in import.calls() {
                    let args = [0, if call == nr::IOCTL { 0x541b } else { 3 }, 0, 0, 0, 0];
                    assert!(
                        run(&filter, kernel.audit, (kernel.number)(call), args),
                        "{name}"
                    );
                }
                for call in [nr::EXECVE, nr::SOCKET, nr::PRCTL, nr::CLONE] {
                    assert!(
                        !run(&filter, kernel.audit, (kernel.number)(call), [0; 6]),
                        "{name}"
                    );
                }
            }
        }
    }
}
