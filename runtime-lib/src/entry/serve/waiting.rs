//! What happens while a guest waits, or takes too long.

use super::worker::{PAUSE, Worker, this};
use crate::abi::TrapCode;
use crate::arch::Context;
use crate::fault::code;
use crate::http::conn::State;
use crate::http::exchange;
use crate::state::stack;
use crate::sys::{self, Errno, PollFd, SigInfo, TimeSpec};
use crate::wasi2::monotonic;
use crate::wasi2::wait::Who;
use core::sync::atomic::Ordering;

/// Nanoseconds until a request is interrupted that runs none of the guest's code now.
const AGAIN: u64 = 500_000;

/// Nanoseconds that a guest of many requests may run without a pause when one of them has taken too long: it may be another one that it runs for.
const PATIENCE: u64 = 1_000_000_000;

impl Worker {
    /// Splits the process, if there may be another: the one that goes on as the worker does not return where compiled code runs, and the other only finishes what it is answering.
    pub fn split(&mut self) {
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
                self.close_all(|state| state == State::Busy);
                self.under_way = 0;
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
                self.is_ending = true;
                let server = self.server();
                for socket in server.sockets.iter().take(server.socket_count) {
                    let _ = sys::close(*socket);
                }
                self.close_all(|state| state != State::Busy && state != State::Free);
                for i in 0..self.used {
                    if let Some(exchange) = exchange::at(i) {
                        exchange.keeps_alive = false;
                    }
                }
            }
            Err(_) => {
                shared.processes.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }

    /// Forgets the connections in such a state, which another process has.
    fn close_all(&mut self, is_one: impl Fn(State) -> bool) {
        for (i, conn) in self.conns.iter_mut().enumerate().take(self.used) {
            if is_one(conn.state) {
                conn.close();
                exchange::end(i);
            }
        }
    }

    /// When compiled code that runs is to be interrupted.
    fn limit(&self) -> u64 {
        if !self.is_shared {
            return self.deadline;
        }
        let busy = self.conns.iter().take(self.used);
        let busy = busy.filter(|conn| conn.state == State::Busy);
        match busy.map(|conn| conn.deadline).min() {
            Some(deadline) => deadline.max(self.turn + PATIENCE.min(self.timeout())),
            None => self.turn + self.timeout(),
        }
    }
}

/// Waits for what a guest waits for. See [`crate::wasi2::wait::Hook`].
pub fn wait_for_guest(
    guest: &mut [PollFd],
    timeout: Option<&TimeSpec>,
    who: Who,
) -> sys::Result<usize> {
    let worker = this();
    if who == Who::Tasks && worker.is_shared {
        return worker.poll(guest, timeout);
    }
    worker.push();
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
    if worker.is_last {
        return worker.poll(guest, timeout);
    }
    let none = TimeSpec::default();
    let is_wanted = worker.is_wanted();
    let ready = worker.poll(guest, if is_wanted { Some(&none) } else { timeout })?;
    if ready != 0 {
        return Ok(ready);
    }
    if !worker.is_wanted() {
        // Whoever waits looks at the time again.
        return Ok(0);
    }
    worker.split();
    if worker.has_dropped {
        return Err(Errno::BADF);
    }
    if !worker.is_last {
        // There may be no more processes: the others wait.
        let pause = TimeSpec::from_nanoseconds(PAUSE);
        let is_shorter = |timeout: &&TimeSpec| (timeout.sec, timeout.nsec) < (0, pause.nsec);
        return worker.poll(guest, Some(timeout.filter(is_shorter).unwrap_or(&pause)));
    }
    Ok(0)
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
    // What has taken too long is seen where a guest of many requests pauses.
    if worker.is_parked {
        return;
    }
    let mut left = worker.limit().saturating_sub(monotonic());
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
    worker.is_armed = sys::set_alarm(left.max(1000) / 1000).is_ok();
}
