//! The command line, clocks, random numbers.

use super::bytes::{self, Bytes};
use super::outcome::Form;
use crate::component::tasks::host::{self, Operation, Pending};
use crate::component::tasks::stream;
use crate::net::Wait;
use crate::sys::{self, Fd};
use crate::wasi::fds::{Entry, rights};
use crate::wasi::{Error, proc};
use crate::wasi2::clocks::{self, monotonic};
use crate::wasi2::object::{Place, Stream};
use crate::wasi2::{Answer, Call, Kind, cli, host};

/// A `result<_, error-code>` of `wasi:cli/types`.
static RESULT: Form = Form {
    size: 2,
    align: 1,
    payload: 1,
    put: |out, at, code| out.u8(at, code as u8),
};

/// `error-code` of a number of preview 1.
fn error_code(error: Error) -> u32 {
    const IO: u32 = 0;
    const ILLEGAL_BYTE_SEQUENCE: u32 = 1;
    const PIPE: u32 = 2;
    match error {
        Error::PIPE => PIPE,
        Error::ILSEQ => ILLEGAL_BYTE_SEQUENCE,
        _ => IO,
    }
}

/// A standard stream, which is never closed.
fn standard(host: Fd) -> Bytes {
    let stream = Stream {
        entry: Entry::new(host, false, rights::FILE, 0),
        place: Place::Current,
        is_owner: false,
        is_closed: false,
        source: None,
    };
    Bytes::new(stream, error_code)
}

/// Writes a stream of the guest to a standard stream.
///
/// # Safety
/// As all functions here: what numbers and pointers stand for is there.
unsafe fn write(call: &Call, from: u32, host: Fd) -> Answer<u32> {
    let more = call.more();
    let [stream, future, ..] = more.ends;
    let from = stream::take(more.instance, stream, from)?;
    bytes::sink(call, standard(host), from, future, &RESULT)
}

/// Until a time of the monotonic clock, which is the first word of its state.
static SLEEP: Operation = Operation {
    step: |pending: &mut Pending| {
        let until = pending.state[0] as u64;
        Ok((monotonic() < until).then_some(Wait::For {
            fd: -1,
            events: 0,
            until: Some(until),
        }))
    },
    cancel: |_| {},
};

/// # Safety
/// As above.
unsafe fn sleep(call: &Call, until: u64) -> Answer<u32> {
    host::begin(call.more().instance, &SLEEP, [until as usize, 0, 0], &[])
}

host! {
    /// The environment.
    fn cli3_environment.get_environment_3(call, result: u32) { cli::environment(&mut call, result) }

    /// The arguments.
    fn cli3_environment.get_arguments_3(call, result: u32) { cli::arguments(&mut call, result) }

    /// The directory that relative paths begin at: there is none.
    fn cli3_environment.get_initial_cwd(call, result: u32) { cli::no_directory(&call, result) }

    /// Ends the process with 0 or 1.
    fn cli3_exit.exit_3(call, status: u32) { cli::exit(status) }

    /// Ends the process.
    fn cli3_exit.exit_with_code_3(call, code: u32) { proc::end(code & 0xff) }

    /// The standard input, and how it ended.
    fn cli3_stdin.stdin_read(call, result: u32) {
        let out = call.result(result, 8, 4)?;
        let [stream, future, ..] = call.more().ends;
        let [stream, future] = bytes::source(&call, standard(sys::STDIN), [stream, future], &RESULT)?;
        out.u32(0, stream);
        out.u32(4, future);
        Ok(())
    }

    /// Writes to the standard output.
    fn cli3_stdout.stdout_write(call, from: u32) -> u32 { write(&call, from, sys::STDOUT) }

    /// Writes to the standard error output.
    fn cli3_stderr.stderr_write(call, from: u32) -> u32 { write(&call, from, sys::STDERR) }

    /// The terminal that the standard input is.
    fn cli3_terminal_stdin.get_terminal_stdin_3(call, result: u32) { cli::terminal(&call, sys::STDIN, Kind::TerminalInput3, result) }

    /// The terminal that the standard output is.
    fn cli3_terminal_stdout.get_terminal_stdout_3(call, result: u32) { cli::terminal(&call, sys::STDOUT, Kind::TerminalOutput3, result) }

    /// The terminal that the standard error output is.
    fn cli3_terminal_stderr.get_terminal_stderr_3(call, result: u32) { cli::terminal(&call, sys::STDERR, Kind::TerminalOutput3, result) }

    /// Drops a terminal, which changes nothing.
    fn drop.drop_terminal_input_3(call, it: u32) { call.drop(Kind::TerminalInput3, it).map(|_| ()) }

    /// Drops a terminal, which changes nothing.
    fn drop.drop_terminal_output_3(call, it: u32) { call.drop(Kind::TerminalOutput3, it).map(|_| ()) }

    /// The time of a clock that only goes forward, in nanoseconds.
    fn clocks3_monotonic_clock.now_monotonic_3(call) -> u64 { monotonic() }

    /// Its resolution.
    fn clocks3_monotonic_clock.resolution_monotonic_3(call) -> u64 { clocks::nanoseconds(sys::CLOCK_MONOTONIC) }

    /// Waits until a time.
    fn clocks3_monotonic_clock.wait_until(call, when: u64) -> wait { sleep(&call, when) }

    /// Waits for some time.
    fn clocks3_monotonic_clock.wait_for(call, duration: u64) -> wait { sleep(&call, monotonic().saturating_add(duration)) }

    /// The time of day, in UTC.
    fn clocks3_system_clock.now_system(call, result: u32) { clocks::store(&call, result, clocks::time(sys::CLOCK_REALTIME)) }

    /// Its resolution.
    fn clocks3_system_clock.resolution_system(call) -> u64 { clocks::nanoseconds(sys::CLOCK_REALTIME) }

    /// Random bytes from the kernel.
    fn random3_random.get_random_bytes_3(call, len: u64, result: u32) { clocks::random_bytes(&mut call, len, result) }

    /// A random number from the kernel.
    fn random3_random.get_random_u64_3(call) -> u64 { clocks::random_u64() }

    /// The same: nothing is gained by worse ones.
    fn random3_insecure.get_insecure_random_bytes_3(call, len: u64, result: u32) { clocks::random_bytes(&mut call, len, result) }

    /// The same.
    fn random3_insecure.get_insecure_random_u64_3(call) -> u64 { clocks::random_u64() }

    /// A number to start a generator from.
    fn random3_insecure_seed.get_insecure_seed(call, result: u32) { clocks::seed(&call, result) }
}
