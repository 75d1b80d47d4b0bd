//! What a guest of WASI 0.3 needs of its worker: requests, as many at a time as it may take, and somebody who looks after the connections while it waits.

use super::worker::this;
use crate::http::conn::State;
use crate::http::exchange;
use crate::http::parse::Head;
use crate::state::region;
use crate::sys::TimeSpec;
use crate::wasi2::monotonic;

/// Bytes that the runtime keeps for an instance; one that has more takes no further requests, because they are given back with it only.
const MOST_KEPT: usize = 16 << 20;

/// Turns after which connections are looked at though tasks can go on.
const TURNS: u32 = 64;

/// An instance begins to answer requests.
pub fn begin() {
    let worker = this();
    worker.is_shared = true;
    worker.is_retired = false;
    worker.is_late = false;
    worker.taken = 0;
    worker.turns = 0;
    worker.idle_until = 0;
    go_on();
}

/// Whether it takes more requests now.
fn takes_more() -> bool {
    let worker = this();
    let serve = worker.server().serve;
    let is_fresh = worker.taken < serve.instance_requests && !worker.is_last && !worker.is_retired;
    is_fresh && worker.under_way < serve.instance_concurrency && region::kept() < MOST_KEPT
}

/// Whether it will take more some time.
fn goes_on() -> bool {
    let worker = this();
    takes_more() || worker.under_way != 0
}

/// Takes a request, if there is one and the instance takes more: what `receive` has made of it and its number; none of it if it was refused.
pub fn take<T>(receive: impl FnOnce(&Head<'_>, u32) -> T) -> Option<Option<(u32, T)>> {
    let worker = this();
    if !takes_more() {
        return None;
    }
    let places = (worker.next..worker.used).chain(0..worker.next.min(worker.used));
    let mut places = places.filter(|&i| worker.is_ready(i));
    let place = places.next()?;
    worker.next = place + 1;
    worker.taken += 1;
    worker.idle_until = 0;
    Some(worker.begin(place, |head, number| (number, receive(head, number))))
}

/// Answers requests whose answers have ended, well or not.
pub fn respond() {
    let worker = this();
    for i in 0..worker.used {
        let is_busy = worker
            .conns
            .get(i)
            .is_some_and(|conn| conn.state == State::Busy);
        let has_ended =
            |exchange: &mut exchange::Exchange| exchange.is_complete() || exchange.is_broken();
        if is_busy && exchange::at(i).is_some_and(has_ended) {
            worker.respond(i, false);
        }
    }
}

/// The instance has more to do: whether it does that in vain, because it answers nothing any more and does not come to an end.
pub fn is_overdue() -> bool {
    let worker = this();
    worker.turns += 1;
    if worker.turns < TURNS {
        return false;
    }
    worker.turns = 0;
    let _ = worker.poll(&mut [], Some(&TimeSpec::default()));
    let began = core::mem::replace(&mut worker.turn, monotonic());
    if worker.under_way != 0 || goes_on() {
        worker.left = worker.timeout();
        return false;
    }
    worker.left = worker.left.saturating_sub(worker.turn - began);
    worker.left == 0
}

/// The instance has nothing to do: whether that is the end of it.
pub fn is_over() -> bool {
    let worker = this();
    if worker.under_way != 0 {
        return false;
    }
    let now = monotonic();
    if worker.idle_until == 0 {
        let timeout = worker.server().serve.instance_idle_timeout;
        worker.idle_until = now.saturating_add(timeout.saturating_mul(1_000_000));
    }
    let has_end = worker.is_ending || now >= worker.idle_until;
    has_end && !worker.is_wanted() || !takes_more()
}

/// Sends what guests have written, before they wait.
pub fn push() {
    this().push();
}

/// Guests are about to wait: whether they do. Where they cannot take what is there to be answered, another process does.
pub fn pause() -> bool {
    let worker = this();
    if worker.is_wanted() && takes_more() {
        return false;
    }
    if worker.is_wanted() && !worker.is_last {
        worker.split();
    }
    worker.is_parked = true;
    true
}

/// The wait is over.
pub fn go_on() {
    let worker = this();
    worker.is_parked = false;
    worker.turn = monotonic();
    worker.left = worker.timeout();
    if worker.under_way != 0 {
        worker.arm();
    }
}

/// Waits for requests, where no task waits for anything: false if those that are there would do so for ever.
pub fn wait() -> bool {
    let worker = this();
    if worker.under_way != 0 && !takes_more() {
        return false;
    }
    let _ = worker.poll(&mut [], None);
    true
}
