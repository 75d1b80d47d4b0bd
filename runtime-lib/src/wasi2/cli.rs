//! The command line: environment, exit, standard streams, terminals.

use super::object::{self, Object, Place, Stream};
use super::{Answer, Call, Kind, host};
use crate::canonical::Reason;
use crate::sys::{self, Fd};
use crate::wasi::fds::{Entry, rights};
use crate::wasi::{args, context, proc};

/// Bytes of a string, and of a pair of strings, in a list.
const STRING: u32 = 8;
const PAIR: u32 = 16;

/// What the guest sees of a text of the process: the part before what is no UTF-8.
fn text(bytes: &[u8]) -> &[u8] {
    match core::str::from_utf8(bytes) {
        Ok(text) => text.as_bytes(),
        Err(error) => &bytes[..error.valid_up_to()],
    }
}

/// Copies strings to the guest, each at a distance of `size` in a list, `parts` of them for each text.
fn strings<const N: usize>(
    call: &mut Call,
    result: u32,
    each: impl Fn(&mut dyn FnMut([&[u8]; N])),
) -> Answer<()> {
    let out = call.result(result, 8, 4)?;
    let mut count = 0;
    each(&mut |_| count += 1);
    let size = STRING * N as u32;
    let list = call.allocate_list(count, size, 4)?;
    let mut at = list;
    let mut done = Ok(());
    each(&mut |parts| {
        for part in parts {
            if done.is_ok() {
                done = (|| {
                    let part = text(part);
                    let (copy, len) = call.copy_text(part)?;
                    call.write(at, &copy.to_le_bytes())?;
                    call.write(at + 4, &len.to_le_bytes())
                })();
            }
            at += STRING;
        }
    });
    done?;
    out.list(0, list, count);
    Ok(())
}

const _: () = assert!(PAIR == 2 * STRING);

/// A standard stream. It is never closed.
fn standard(call: &Call, host: Fd, kind: Kind) -> Answer<u32> {
    let stream = Stream {
        entry: Entry::new(host, false, rights::FILE, 0),
        place: Place::Current,
        is_owner: false,
        is_closed: false,
        source: None,
    };
    let object = match kind {
        Kind::InputStream => Object::Input(stream),
        _ => Object::Output(stream),
    };
    call.own(kind, object::insert(object)?)
}

/// A terminal, if the stream is one.
pub fn terminal(call: &Call, host: Fd, kind: Kind, result: u32) -> Answer<()> {
    let out = call.result(result, 8, 4)?;
    let is_terminal = sys::is_terminal(host);
    out.u8(0, is_terminal.into());
    if is_terminal {
        out.u32(4, call.own(kind, 0)?);
    }
    Ok(())
}

/// The environment: a `list<tuple<string, string>>`.
#[inline(always)] // In each version's function as if it was its own: a program has one of them.
pub fn environment(call: &mut Call, result: u32) -> Answer<()> {
    strings::<2>(call, result, |f| {
        context::each_variable(|variable| {
            let end = variable.iter().position(|&b| b == b'=');
            let at = end.unwrap_or(variable.len());
            f([&variable[..at], variable.get(at + 1..).unwrap_or(&[])]);
        });
    })
}

/// The arguments, a `list<string>`, the name of the program's file first: where that is does not concern the guest.
#[inline(always)] // In each version's function as if it was its own: a program has one of them.
pub fn arguments(call: &mut Call, result: u32) -> Answer<()> {
    strings::<1>(call, result, |f| {
        let mut is_first = true;
        args::each_argument(&mut |argument| {
            let slash = argument.iter().rposition(|&byte| byte == b'/');
            let name = slash.and_then(|at| argument.get(at + 1..));
            f([if is_first {
                name.unwrap_or(argument)
            } else {
                argument
            }]);
            is_first = false;
        });
    })
}

/// No directory: an `option<string>`.
pub fn no_directory(call: &Call, result: u32) -> Answer<()> {
    call.result(result, 12, 4)?.u8(0, 0);
    Ok(())
}

/// Ends the process with a `result`.
pub fn exit(status: u32) -> Answer<()> {
    match status {
        0 | 1 => proc::end(status),
        _ => Err(Reason::InvalidDiscriminant),
    }
}

host! {
    /// The environment.
    fn cli_environment.get_environment(call, result: u32) { environment(&mut call, result) }

    /// The arguments.
    fn cli_environment.get_arguments(call, result: u32) { arguments(&mut call, result) }

    /// The directory that relative paths begin at: there is none.
    fn cli_environment.initial_cwd(call, result: u32) { no_directory(&call, result) }

    /// Ends the process with 0 or 1.
    fn cli_exit.exit(call, status: u32) { exit(status) }

    /// Ends the process.
    fn cli_exit.exit_with_code(call, code: u32) { proc::end(code & 0xff) }

    /// The standard input.
    fn cli_stdin.get_stdin(call) -> u32 { standard(&call, sys::STDIN, Kind::InputStream) }

    /// The standard output.
    fn cli_stdout.get_stdout(call) -> u32 { standard(&call, sys::STDOUT, Kind::OutputStream) }

    /// The standard error output.
    fn cli_stderr.get_stderr(call) -> u32 { standard(&call, sys::STDERR, Kind::OutputStream) }

    /// The terminal that the standard input is.
    fn cli_terminal_stdin.get_terminal_stdin(call, result: u32) { terminal(&call, sys::STDIN, Kind::TerminalInput, result) }

    /// The terminal that the standard output is.
    fn cli_terminal_stdout.get_terminal_stdout(call, result: u32) { terminal(&call, sys::STDOUT, Kind::TerminalOutput, result) }

    /// Drops a terminal, which changes nothing.
    fn drop.drop_terminal_input(call, it: u32) { call.drop(Kind::TerminalInput, it).map(|_| ()) }

    /// Drops a terminal, which changes nothing.
    fn drop.drop_terminal_output(call, it: u32) { call.drop(Kind::TerminalOutput, it).map(|_| ()) }

    /// The terminal that the standard error output is.
    fn cli_terminal_stderr.get_terminal_stderr(call, result: u32) { terminal(&call, sys::STDERR, Kind::TerminalOutput, result) }
}
