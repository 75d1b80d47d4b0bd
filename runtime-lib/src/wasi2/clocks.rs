//! Clocks and random numbers.

use super::object::{self, Object, Pollable};
use super::{Answer, Call, Kind, host};
use crate::canonical::{MAX_BYTES, Reason};
use crate::sys::vdso;
use crate::sys::{self, TimeSpec};
use crate::wasi::clock;
use core::cell::UnsafeCell;

pub fn time(clock: u32) -> TimeSpec {
    let mut time = TimeSpec::default();
    // There is no way to fail: the clocks exist.
    let _ = vdso::clock_gettime(clock, &mut time);
    time
}

fn resolution(clock: u32) -> TimeSpec {
    let mut time = TimeSpec::default();
    let _ = sys::clock_getres(clock, &mut time);
    time
}

/// The resolution of a clock in nanoseconds.
pub fn nanoseconds(clock: u32) -> u64 {
    clock::nanoseconds(resolution(clock))
}

/// The monotonic clock in nanoseconds.
pub fn monotonic() -> u64 {
    clock::nanoseconds(time(sys::CLOCK_MONOTONIC))
}

/// Writes a `datetime`.
pub fn store(call: &Call, at: u32, time: TimeSpec) -> Answer<()> {
    let out = call.result(at, 16, 8)?;
    out.u64(0, time.sec as u64);
    out.u32(8, time.nsec as u32);
    Ok(())
}

fn pollable(call: &Call, pollable: Pollable) -> Answer<u32> {
    call.own(Kind::Pollable, object::insert(Object::Pollable(pollable))?)
}

/// Fills memory with random bytes.
fn fill(buf: *mut u8, len: usize) {
    let mut done = 0;
    while done < len {
        match sys::getrandom(buf.wrapping_add(done), len - done) {
            Ok(n) => done += n,
            Err(sys::Errno::INTR) => {}
            // A guest must not go on with numbers that are none.
            Err(_) => sys::fatal("wative: the system has no random numbers\n"),
        }
    }
}

pub fn random_u64() -> u64 {
    let mut bytes = [0; 8];
    fill(bytes.as_mut_ptr(), 8);
    u64::from_le_bytes(bytes)
}

pub fn random_bytes(call: &mut Call, len: u64, at: u32) -> Answer<()> {
    if len > MAX_BYTES {
        return Err(Reason::HostListOutOfBounds);
    }
    let out = call.result(at, 8, 4)?;
    let bytes = call.allocate_list(len as usize, 1, 1)?;
    let start = call.guest().range(bytes, len);
    fill(
        start.map_err(|_| Reason::HostReallocOutOfBounds)?,
        len as usize,
    );
    out.list(0, bytes, len as usize);
    Ok(())
}

struct Seed(UnsafeCell<[u64; 2]>);

// SAFETY: components have one thread.
unsafe impl Sync for Seed {}

static SEED: Seed = Seed(UnsafeCell::new([0; 2]));

/// Another guest gets other numbers.
pub fn forget_seed() {
    // SAFETY: as above.
    unsafe { *SEED.0.get() = [0; 2] }
}

/// Writes a `tuple<u64, u64>` of random numbers, the same whenever it is called.
pub fn seed(call: &Call, at: u32) -> Answer<()> {
    let out = call.result(at, 16, 8)?;
    // SAFETY: as above.
    let seed = unsafe { &mut *SEED.0.get() };
    if *seed == [0; 2] {
        *seed = [random_u64(), random_u64()];
    }
    out.u64(0, seed[0]);
    out.u64(8, seed[1]);
    Ok(())
}

host! {
    /// The time of a clock that only goes forward, in nanoseconds.
    fn clocks_monotonic_clock.now_monotonic(call) -> u64 { monotonic() }

    /// Its resolution.
    fn clocks_monotonic_clock.resolution_monotonic(call) -> u64 { nanoseconds(sys::CLOCK_MONOTONIC) }

    /// Waits until a time.
    fn clocks_monotonic_clock.subscribe_instant(call, when: u64) -> u32 { pollable(&call, Pollable::Time(when)) }

    /// Waits for some time.
    fn clocks_monotonic_clock.subscribe_duration(call, duration: u64) -> u32 {
        pollable(&call, Pollable::Time(monotonic().saturating_add(duration)))
    }

    /// The time of day, in UTC.
    fn clocks_wall_clock.now_wall(call, result: u32) { store(&call, result, time(sys::CLOCK_REALTIME)) }

    /// Its resolution.
    fn clocks_wall_clock.resolution_wall(call, result: u32) { store(&call, result, resolution(sys::CLOCK_REALTIME)) }

    /// Random bytes from the kernel.
    fn random_random.get_random_bytes(call, len: u64, result: u32) { random_bytes(&mut call, len, result) }

    /// A random number from the kernel.
    fn random_random.get_random_u64(call) -> u64 { random_u64() }

    /// The same: nothing is gained by worse ones.
    fn random_insecure.get_insecure_random_bytes(call, len: u64, result: u32) { random_bytes(&mut call, len, result) }

    /// The same.
    fn random_insecure.get_insecure_random_u64(call) -> u64 { random_u64() }

    /// A number to start a generator from.
    fn random_insecure_seed.insecure_seed(call, result: u32) { seed(&call, result) }
}
