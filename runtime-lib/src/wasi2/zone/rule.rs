//! The rule for times behind a file's last transition, and what `TZ` says without a file: a POSIX `TZ` string with the extensions of RFC 9636, 3.3.1.

use super::Local;

const DAY: i64 = 86_400;

/// What the local time is, by a rule. `None`: the text is no rule, or the time too far away.
pub fn at(text: &[u8], when: i64) -> Option<Local<'_>> {
    let mut rest = text;
    let standard = Local {
        name: name(&mut rest)?,
        offset: -offset(&mut rest, 24)?,
        is_daylight: false,
    };
    if rest.is_empty() {
        return Some(standard);
    }
    let mut daylight = Local {
        name: name(&mut rest)?,
        offset: standard.offset + 3600,
        is_daylight: true,
    };
    if !matches!(rest.first(), None | Some(b',')) {
        daylight.offset = -offset(&mut rest, 24)?;
    }
    // What POSIX leaves open is the rule of the United States, as in other systems.
    let mut dates = if rest.is_empty() {
        b",M3.2.0,M11.1.0"
    } else {
        rest
    };
    let start = Change::read(&mut dates)?;
    let end = Change::read(&mut dates)?;
    if !dates.is_empty() {
        return None;
    }
    let year = year_of(when.checked_add(standard.offset.into())?.div_euclid(DAY))?;
    // The latest change decides. Where two come at once, daylight saving time never ends.
    let mut latest = (i64::MIN, false);
    for year in [year - 1, year, year + 1] {
        for (change, before, begins) in [(&start, &standard, true), (&end, &daylight, false)] {
            let at = change.seconds(year) - i64::from(before.offset);
            if at <= when {
                latest = latest.max((at, begins));
            }
        }
    }
    Some(if latest.1 { daylight } else { standard })
}

/// Takes one character if it is this.
fn take(text: &mut &[u8], byte: u8) -> bool {
    let rest = text.strip_prefix(&[byte]);
    *text = rest.unwrap_or(text);
    rest.is_some()
}

/// Takes a name: at least three letters, or more characters between `<` and `>`.
fn name<'a>(text: &mut &'a [u8]) -> Option<&'a [u8]> {
    let is_quoted = take(text, b'<');
    let fits = |byte: &u8| {
        byte.is_ascii_alphabetic() || is_quoted && (byte.is_ascii_digit() || b"+-".contains(byte))
    };
    let end = text.iter().position(|byte| !fits(byte));
    let (name, rest) = text.split_at_checked(end.unwrap_or(text.len()))?;
    *text = rest;
    let is_closed = !is_quoted || take(text, b'>');
    (name.len() >= 3 && is_closed).then_some(name)
}

/// Takes a number up to a greatest one.
fn number(text: &mut &[u8], most: i32) -> Option<i32> {
    let mut value = None;
    while let Some((digit, rest)) = text.split_first().filter(|(it, _)| it.is_ascii_digit()) {
        let next = value.unwrap_or(0) * 10 + i32::from(digit - b'0');
        if next > most {
            return None;
        }
        value = Some(next);
        *text = rest;
    }
    value
}

/// Takes `[+-]hh[:mm[:ss]]`: seconds.
fn offset(text: &mut &[u8], hours: i32) -> Option<i32> {
    let is_negative = take(text, b'-');
    if !is_negative {
        take(text, b'+');
    }
    let mut seconds = number(text, hours)? * 3600;
    for unit in [60, 1] {
        if !take(text, b':') {
            break;
        }
        seconds += number(text, 59)? * unit;
    }
    Some(if is_negative { -seconds } else { seconds })
}

/// A day of each year.
enum Day {
    /// From 1, without the 29th of February.
    Julian(i32),
    /// From 0.
    OfYear(i32),
    /// Month, week (5: the last one), day of the week from Sunday on.
    OfMonth(i32, i32, i32),
}

/// When a change happens, by the clock before it.
struct Change {
    day: Day,
    /// Seconds after midnight, which may be on other days.
    time: i32,
}

impl Change {
    /// Takes `,DATE[/TIME]`.
    fn read(text: &mut &[u8]) -> Option<Change> {
        if !take(text, b',') {
            return None;
        }
        let day = if take(text, b'M') {
            let month = number(text, 12)?;
            let week = take(text, b'.').then(|| number(text, 5))??;
            let day = take(text, b'.').then(|| number(text, 6))??;
            if month == 0 || week == 0 {
                return None;
            }
            Day::OfMonth(month, week, day)
        } else if take(text, b'J') {
            Day::Julian(number(text, 365).filter(|&day| day != 0)?)
        } else {
            Day::OfYear(number(text, 365)?)
        };
        let time = match take(text, b'/') {
            true => offset(text, 167)?,
            false => 2 * 3600,
        };
        Some(Change { day, time })
    }

    /// Seconds since 1970, in a year, as if the clock showed UTC.
    fn seconds(&self, year: i64) -> i64 {
        let first = days(year, 1, 1);
        let day = match self.day {
            Day::Julian(day) => {
                let is_behind = is_leap(year) && day > 59;
                first + i64::from(day) - 1 + i64::from(is_behind)
            }
            Day::OfYear(day) => first + i64::from(day),
            Day::OfMonth(month, week, weekday) => {
                let month = i64::from(month);
                let first = days(year, month, 1);
                // The first of January 1970 was a Thursday.
                let ahead = (i64::from(weekday) - (first + 4)).rem_euclid(7);
                let day = first + ahead + 7 * (i64::from(week) - 1);
                let next = match month {
                    12 => days(year + 1, 1, 1),
                    month => days(year, month + 1, 1),
                };
                // A fifth one that there is not is the fourth.
                if day >= next { day - 7 } else { day }
            }
        };
        day * DAY + i64::from(self.time)
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of the Gregorian calendar from 1970 to a day.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March end with the day that not all have.
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
        - 719_468
}

/// The year of a day; `None` beyond a million years.
fn year_of(day: i64) -> Option<i64> {
    if !(-365_000_000..365_000_000).contains(&day) {
        return None;
    }
    // 146,097 days are 400 years; so this is at most one too many or too few.
    let about = 1970 + (day * 400).div_euclid(146_097);
    [about + 1, about, about - 1]
        .into_iter()
        .find(|&year| days(year, 1, 1) <= day)
}
