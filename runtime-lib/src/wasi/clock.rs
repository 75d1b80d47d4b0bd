//! Clocks, random numbers, yielding.

use crate::sys::vdso;
use crate::sys::{self, TimeSpec};
use crate::wasi::{Error, Result, calls};

/// Linux's clock for WASI's.
pub fn host_clock(id: u32) -> Result<u32> {
    match id {
        0 => Ok(sys::CLOCK_REALTIME),
        1 => Ok(sys::CLOCK_MONOTONIC),
        2 => Ok(sys::CLOCK_PROCESS_CPUTIME),
        3 => Ok(sys::CLOCK_THREAD_CPUTIME),
        _ => Err(Error::INVAL),
    }
}

/// Nanoseconds as WASI counts them: a time before 1970 is 0, one that is too late (after the year 2554) the last that there is.
pub fn nanoseconds(time: TimeSpec) -> u64 {
    let (Ok(sec), Ok(nsec)) = (u64::try_from(time.sec), u64::try_from(time.nsec)) else {
        return 0;
    };
    sec.saturating_mul(1_000_000_000).saturating_add(nsec)
}

/// The clock's time in nanoseconds.
pub fn now(clock: u32) -> Result<u64> {
    let mut time = TimeSpec::default();
    vdso::clock_gettime(clock, &mut time)?;
    Ok(nanoseconds(time))
}

calls! {
    [snapshot unstable]
    /// The resolution of a clock.
    fn clock_res_get(guest, id: u32, result: u32) {
        let mut time = TimeSpec::default();
        sys::clock_getres(host_clock(id)?, &mut time)?;
        guest.write_u64(result, nanoseconds(time))
    }

    [snapshot unstable]
    /// The time of a clock. It is always as precise as it can be.
    fn clock_time_get(guest, id: u32, _precision: u64, result: u32) {
        let time = now(host_clock(id)?)?;
        guest.write_u64(result, time)
    }

    [snapshot unstable]
    /// Fills a buffer with random bytes from the kernel.
    fn random_get(guest, buf: u32, len: u32) {
        let start = guest.range(buf, len.into())?;
        let mut done = 0;
        while done < len as usize {
            match sys::getrandom(start.add(done), len as usize - done) {
                Ok(n) => done += n,
                Err(sys::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    [snapshot unstable]
    /// Lets other threads run.
    fn sched_yield(_guest) {
        // Linux always lets them; only a filter could refuse it.
        let _ = sys::sched_yield();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_wasi_does_not_know_saturate() {
        let cases = [
            (0, 0, 0),
            (1, 5, 1_000_000_005),
            (-1, 999_999_999, 0),
            (i64::MIN, 0, 0),
            (18_446_744_073, 709_551_615, u64::MAX),
            (18_446_744_073, 709_551_616, u64::MAX),
            (18_446_744_074, 0, u64::MAX),
            (i64::MAX, 999_999_999, u64::MAX),
        ];
        for (sec, nsec, want) in cases {
            assert_eq!(nanoseconds(TimeSpec { sec, nsec }), want, "{sec} {nsec}");
        }
    }
}
