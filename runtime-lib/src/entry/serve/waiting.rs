//! What happens while a guest waits, or takes too long.

use super::worker::{MAX_POLLED, NOTHING, Worker, this};
use crate::abi::TrapCode;
use crate::arch::Context;
use crate::fault::code;
use crate::http::conn::State;
use crate::http::exchange;
use crate::state::stack;
use crate::sys::{self, Errno, PollFd, SigInfo, TimeSpec};
use crate::wasi2::monotonic;
use core::sync::atomic::Ordering;

/// Microseconds until a request is interrupted that runs none of the guest's code now.
const AGAIN: u64 = 500;

/// Descriptors that a guest waits for together with those of the worker.
const MAX_GUEST: usize = 128;

impl Worker {
    /// Splits the process, if there may be another: the one that goes on as the worker does not return where compiled code runs, and the other is the last of its kind.
    fn split(&mut self) {
        let shared = self.server().shared;
        let more = |count: u32| (count < self.server().concurrency).then_some(count + 1);
        if shared
            .processes
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .is_err()
        {
            return;
        }
        // SAFETY: the process has one thread.
        match unsafe { sys::fork_sibling() } {
            Ok(0) => {
                shared.enter();
                if let Some(conn) = self.conns.get_mut(self.busy) {
                    conn.close();
                }
                self.has_dropped = true;
                self.is_armed = false;
                self.is_waiting = false;
                if self.is_running {
                    // SAFETY: the frames of host functions need no clean-up.
                    unsafe { stack::abandon(TrapCode::Exit, 0) };
                }
            }
            Ok(_) => {
                shared.finishes();
                self.is_last = true;
                if let Some(exchange) = exchange::now() {
                    exchange.keeps_alive = false;
                }
                let server = self.server();
                for socket in server.sockets.iter().take(server.socket_count) {
                    let _ = sys::close(*socket);
                }
                for (i, conn) in self.conns.iter_mut().enumerate().take(self.used) {
                    if i != self.busy && conn.state != State::Free {
                        conn.close();
                    }
                }
            }
            Err(_) => {
                shared.processes.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }
}

/// Waits for what a guest, or the end of its answer, waits for. See [`wait::Hook`].
pub fn wait_for_guest(guest: &mut [PollFd], timeout: Option<&TimeSpec>) -> sys::Result<usize> {
    let worker = this();
    if let Some(exchange) = exchange::now() {
        exchange.push();
    }
    worker.is_waiting = true;
    let answer = wait_or_split(worker, guest, timeout);
    worker.is_waiting = false;
    answer
}

fn wait_or_split(
    worker: &mut Worker,
    guest: &mut [PollFd],
    timeout: Option<&TimeSpec>,
) -> sys::Result<usize> {
    let mut fds = [NOTHING; MAX_POLLED + MAX_GUEST];
    let own = guest.len();
    let is_alone = worker.is_last || own > MAX_GUEST;
    if is_alone {
        return sys::ppoll(guest, timeout);
    }
    let (mine, others) = fds.split_at_mut(own);
    mine.copy_from_slice(guest);
    let count = worker.watch(others, Some(worker.busy));
    let conns = worker.conns.iter().take(worker.used).enumerate();
    let is_waited_for = conns
        .into_iter()
        .any(|(i, conn)| i != worker.busy && conn.state == State::Ready);
    let none = TimeSpec::default();
    let timeout = if is_waited_for { Some(&none) } else { timeout };
    // The end of the server is no work.
    if let Some(stop) = others.first_mut() {
        stop.fd = -1;
    }
    let ready = sys::ppoll(fds.get_mut(..own + count).unwrap_or(&mut []), timeout)?;
    let (mine, others) = fds.split_at(own);
    if mine.iter().any(|fd| fd.revents != 0) {
        guest.copy_from_slice(mine);
        return Ok(mine.iter().filter(|fd| fd.revents != 0).count());
    }
    if ready == 0 && !is_waited_for {
        return Ok(0);
    }
    if is_waited_for || others.iter().take(count).any(|fd| fd.revents != 0) {
        worker.split();
        if worker.has_dropped {
            return Err(Errno::BADF);
        }
        if !worker.is_last {
            // There may be no more processes: the others wait.
            let pause = TimeSpec::from_nanoseconds(AGAIN * 1000 * 20);
            let timeout = match timeout {
                Some(timeout)
                    if (timeout.sec, timeout.nsec) < (0, pause.nsec) && !is_waited_for =>
                {
                    timeout
                }
                _ => &pause,
            };
            return sys::ppoll(guest, Some(timeout));
        }
    }
    // Whoever waits looks at the time again.
    Ok(1)
}

/// A request may have taken too long.
///
/// # Safety
/// Called by the kernel, with the context of the thread that it interrupts.
pub unsafe extern "C" fn on_alarm(_: i32, _: *const SigInfo, context: *mut Context) {
    let worker = this();
    worker.is_armed = false;
    if !worker.is_running {
        return;
    }
    let now = monotonic();
    let mut left = worker.deadline.saturating_sub(now) / 1000;
    if left == 0 {
        left = AGAIN;
        // In the middle of a function of this library something would stay half done.
        let is_guest = code::find((*context).pc()).is_some() || worker.is_waiting;
        if is_guest && let Some(stack) = stack::find((*context).sp()) {
            let record = stack.record.load(Ordering::Relaxed);
            if !record.is_null() {
                worker.is_late = true;
                stack.note(|trace| trace.exit(TrapCode::Exit, 0));
                return (*context).recover((*record).sp, TrapCode::Exit as u32);
            }
        }
    }
    worker.is_armed = sys::set_alarm(left).is_ok();
}
