//! The field `date` (RFC 9110, 5.6.7), written once a second.

use crate::sys::{self, TimeSpec, vdso};
use crate::text::Text;
use core::cell::UnsafeCell;

const LEN: usize = b"date: Sun, 06 Nov 1994 08:49:37 GMT\r\n".len();

struct Line(UnsafeCell<(i64, [u8; LEN])>);

// SAFETY: servers have one thread.
unsafe impl Sync for Line {}

static LINE: Line = Line(UnsafeCell::new((i64::MIN, [b' '; LEN])));

/// Writes the line for now.
pub fn line(out: &mut Text) {
    let mut now = TimeSpec::default();
    let _ = vdso::clock_gettime(sys::CLOCK_REALTIME, &mut now);
    // SAFETY: as above; nobody keeps it.
    let (second, text) = unsafe { &mut *LINE.0.get() };
    if *second != now.sec {
        *second = now.sec;
        let mut line = Text::to_buffer(text);
        line.str("date: ");
        format(now.sec, &mut line);
        line.str("\r\n");
    }
    out.bytes(text);
}

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Seconds since 1970 as text.
fn format(seconds: i64, out: &mut Text) {
    let (days, time) = (seconds.div_euclid(86400), seconds.rem_euclid(86400));
    // Years that begin in March, in cycles of 400: leap days come last.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let leap_days = day_of_era / 1460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12;
    let year = era * 400 + year_of_era + i64::from(month < 2);
    let name = |names: &[&'static str], at: i64| names.get(at as usize).copied().unwrap_or("");
    out.str(name(&DAYS, days.rem_euclid(7))).str(", ");
    out.dec(day as u64 / 10).dec(day as u64 % 10).str(" ");
    out.str(name(&MONTHS, month)).str(" ").dec(year as u64);
    for (value, before) in [(time / 3600, " "), (time / 60 % 60, ":"), (time % 60, ":")] {
        out.str(before)
            .dec(value as u64 / 10)
            .dec(value as u64 % 10);
    }
    out.str(" GMT");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_as_the_standard_has_them() {
        for (seconds, wanted) in [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
        ] {
            let mut buffer = [0; 64];
            let mut text = Text::to_buffer(&mut buffer);
            format(seconds, &mut text);
            let len = text.len();
            assert_eq!(std::str::from_utf8(&buffer[..len]), Ok(wanted));
        }
    }
}
