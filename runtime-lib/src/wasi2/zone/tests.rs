//! Known zones and instants, as bytes: files are made as RFC 9636 describes them.

use super::{Local, file, name_in, rule};

fn local(name: &'static str, offset: i32, is_daylight: bool) -> Option<Local<'static>> {
    Some(Local {
        offset,
        is_daylight,
        name: name.as_bytes(),
    })
}

/// Seconds since 1970 of a date and time in UTC, by counting years and months.
fn utc(year: i64, month: usize, day: i64, hour: i64, minute: i64, second: i64) -> i64 {
    let leap = |year: i64| i64::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    let years: i64 = (1970..year).map(|year| 365 + leap(year)).sum::<i64>()
        - (year..1970).map(|year| 365 + leap(year)).sum::<i64>();
    let months = [31, 28 + leap(year), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let days = years + months[..month - 1].iter().sum::<i64>() + day - 1;
    ((days * 24 + hour) * 60 + minute) * 60 + second
}

const BERLIN: &[u8] = b"CET-1CEST,M3.5.0,M10.5.0/3";
const NEW_YORK: &[u8] = b"EST5EDT,M3.2.0,M11.1.0";

#[test]
fn rules_change_to_the_second() {
    let (cet, cest) = (local("CET", 3600, false), local("CEST", 7200, true));
    let (est, edt) = (local("EST", -18000, false), local("EDT", -14400, true));
    for (rule, when, wanted) in [
        // The last Sundays of March and October 2026 are the 29th and the 25th.
        (BERLIN, utc(2026, 3, 29, 0, 59, 59), cet),
        (BERLIN, utc(2026, 3, 29, 1, 0, 0), cest),
        (BERLIN, utc(2026, 10, 25, 0, 59, 59), cest),
        (BERLIN, utc(2026, 10, 25, 1, 0, 0), cet),
        // In 2024 it is the 31st, in a month whose fifth Sunday is its last day.
        (BERLIN, utc(2024, 3, 31, 0, 59, 59), cet),
        (BERLIN, utc(2024, 3, 31, 1, 0, 0), cest),
        (BERLIN, utc(2026, 1, 1, 0, 0, 0), cet),
        (BERLIN, utc(2026, 12, 31, 23, 59, 59), cet),
        (BERLIN, utc(2400, 7, 1, 0, 0, 0), cest),
        (BERLIN, utc(1900, 7, 1, 0, 0, 0), cest),
        (NEW_YORK, utc(2026, 3, 8, 6, 59, 59), est),
        (NEW_YORK, utc(2026, 3, 8, 7, 0, 0), edt),
        (NEW_YORK, utc(2026, 11, 1, 5, 59, 59), edt),
        (NEW_YORK, utc(2026, 11, 1, 6, 0, 0), est),
        // Without dates those of the United States hold.
        (b"EST5EDT", utc(2026, 7, 1, 0, 0, 0), edt),
    ] {
        assert_eq!(rule::at(rule, when), wanted, "{when}");
    }
}

#[test]
fn rules_of_all_forms() {
    let summer = utc(2026, 7, 1, 0, 0, 0);
    let winter = utc(2026, 1, 1, 0, 0, 0);
    let days = b"AAA0BBB,J60,J300";
    for (rule, when, wanted) in [
        (&b"UTC0"[..], summer, local("UTC", 0, false)),
        (b"<-03>3", summer, local("-03", -10800, false)),
        (b"<+0545>-5:45", summer, local("+0545", 20700, false)),
        (b"LMT+0:01:15", summer, local("LMT", -75, false)),
        // In the south summer is around the end of the year.
        (
            b"AEST-10AEDT,M10.1.0,M4.1.0/3",
            winter,
            local("AEDT", 39600, true),
        ),
        (
            b"AEST-10AEDT,M10.1.0,M4.1.0/3",
            summer,
            local("AEST", 36000, false),
        ),
        // Ireland's standard time is that of summer.
        (b"IST-1GMT0,M10.5.0,M3.5.0/1", winter, local("GMT", 0, true)),
        (
            b"IST-1GMT0,M10.5.0,M3.5.0/1",
            summer,
            local("IST", 3600, false),
        ),
        // Hours before midnight and after the next: Greenland, and Israel's Friday.
        (
            b"<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
            utc(2026, 3, 29, 0, 59, 59),
            local("-02", -7200, false),
        ),
        (
            b"<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
            utc(2026, 3, 29, 1, 0, 0),
            local("-01", -3600, true),
        ),
        (
            b"IST-2IDT,M3.4.4/26,M10.5.0",
            utc(2026, 3, 26, 23, 59, 59),
            local("IST", 7200, false),
        ),
        (
            b"IST-2IDT,M3.4.4/26,M10.5.0",
            utc(2026, 3, 27, 0, 0, 0),
            local("IDT", 10800, true),
        ),
        // Daylight saving time all the year.
        (b"EST5EDT,0/0,J365/25", winter, local("EDT", -14400, true)),
        (
            b"EST5EDT,0/0,J365/25",
            utc(2027, 1, 1, 4, 59, 59),
            local("EDT", -14400, true),
        ),
        (
            b"EST5EDT,0/0,J365/25",
            utc(2027, 1, 1, 5, 0, 0),
            local("EDT", -14400, true),
        ),
        // The 60th day is the first of March, in leap years too.
        (days, utc(2024, 3, 1, 1, 59, 59), local("AAA", 0, false)),
        (days, utc(2024, 3, 1, 2, 0, 0), local("BBB", 3600, true)),
        (days, utc(2026, 3, 1, 2, 0, 0), local("BBB", 3600, true)),
        (
            b"AAA0BBB,59,300",
            utc(2024, 2, 29, 2, 0, 0),
            local("BBB", 3600, true),
        ),
        (
            b"AAA0BBB,59,300",
            utc(2026, 3, 1, 1, 59, 59),
            local("AAA", 0, false),
        ),
    ] {
        let text = String::from_utf8_lossy(rule);
        assert_eq!(rule::at(rule, when), wanted, "{text} {when}");
    }
}

#[test]
fn what_is_no_rule_says_nothing() {
    for text in [
        "",
        "UT0",
        "UTC",
        "12",
        "<UTC0",
        "<+1:00>0",
        "UTC25",
        "UTC0:60",
        "UTC0x",
        "AAA0BBB,",
        "AAA0BBB,M3.5.0",
        "AAA0BBB,M13.1.0,M1.1.0",
        "AAA0BBB,M0.1.0,M1.1.0",
        "AAA0BBB,M1.6.0,M2.1.0",
        "AAA0BBB,M1.1.7,M2.1.0",
        "AAA0BBB,J0,J1",
        "AAA0BBB,J366,J1",
        "AAA0BBB,366,1",
        "AAA0BBB,M3.5.0/168,M10.5.0",
        "AAA0BBB,M3.5.0,M10.5.0,",
        "Europe/Berlin",
        "AAA99999999999999999999",
    ] {
        assert_eq!(rule::at(text.as_bytes(), 0), None, "{text}");
    }
    // As far away as numbers go.
    for when in [i64::MIN, i64::MIN / 2, i64::MAX / 2, i64::MAX] {
        assert_eq!(rule::at(BERLIN, when), None);
    }
}

/// A file: version, transitions with types, types with places of names, names, footer. The first block has what fits into 32 bits.
fn tzif(
    version: u8,
    times: &[(i64, u8)],
    types: &[(i32, u8, u8)],
    names: &[u8],
    footer: &[u8],
) -> Vec<u8> {
    let mut all = Vec::new();
    let wide: &[bool] = if version == 0 {
        &[false]
    } else {
        &[false, true]
    };
    for &is_wide in wide {
        all.extend(b"TZif");
        all.push(version);
        all.extend([0; 15]);
        let counts = [0, 0, 1, times.len(), types.len(), names.len()];
        all.extend(
            counts
                .iter()
                .flat_map(|&count| (count as u32).to_be_bytes()),
        );
        for (time, _) in times {
            match is_wide {
                true => all.extend(time.to_be_bytes()),
                false => all.extend((*time as i32).to_be_bytes()),
            }
        }
        all.extend(times.iter().map(|(_, ty)| ty));
        for (offset, is_daylight, name) in types {
            all.extend(offset.to_be_bytes());
            all.extend([*is_daylight, *name]);
        }
        all.extend(names);
        // A leap second, which says nothing about local time.
        all.extend(vec![0; if is_wide { 12 } else { 8 }]);
    }
    if version != 0 {
        all.push(b'\n');
        all.extend(footer);
        all.push(b'\n');
    }
    all
}

/// Berlin from 1893 on, in part.
fn berlin(version: u8, footer: &[u8]) -> Vec<u8> {
    let times = [
        (-2_422_054_408, 1),
        (-1_693_706_400, 2),
        (-1_680_483_600, 1),
        (846_378_000, 1),
        (859_683_600, 2),
        (877_827_600, 1),
    ];
    let times = if version == 0 {
        &times[1..]
    } else {
        &times[..]
    };
    let types = [(3208, 0, 0), (3600, 0, 4), (7200, 1, 8)];
    tzif(version, times, &types, b"LMT\0CET\0CEST\0", footer)
}

#[test]
fn files_say_what_was_and_their_rule_what_will_be() {
    let file = berlin(b'2', BERLIN);
    let (lmt, cet, cest) = (
        local("LMT", 3208, false),
        local("CET", 3600, false),
        local("CEST", 7200, true),
    );
    for (when, wanted) in [
        (i64::MIN, lmt),
        (-2_422_054_409, lmt),
        (-2_422_054_408, cet),
        (-1_693_706_401, cet),
        (-1_693_706_400, cest),
        (-1_680_483_600, cet),
        (859_683_599, cet),
        (859_683_600, cest),
        (877_827_599, cest),
        (877_827_600, cet),
        (utc(2026, 7, 1, 0, 0, 0), cest),
        (utc(2026, 12, 1, 0, 0, 0), cet),
        (i64::MAX, None),
    ] {
        assert_eq!(file::at(&file, when), wanted, "{when}");
    }
    // Without a rule the last type goes on; in the first version there is none.
    for file in [berlin(b'3', b""), berlin(0, b"")] {
        assert_eq!(file::at(&file, i64::MAX), cet);
        assert_eq!(file::at(&file, 859_683_600), cest);
    }
    // A zone that never changed has no times.
    let utc = tzif(b'2', &[], &[(0, 0, 0)], b"UTC\0", b"UTC0");
    assert_eq!(file::at(&utc, 0), local("UTC", 0, false));
}

#[test]
fn damaged_files_say_nothing_and_do_no_harm() {
    let whole = berlin(b'2', BERLIN);
    for len in 0..whole.len() {
        assert_eq!(file::at(&whole[..len], 0), None, "{len}");
    }
    // Whatever byte is wrong: an answer, or none.
    for at in 0..whole.len() {
        for byte in [0, 1, 0x7f, 0xff] {
            let mut file = whole.clone();
            file[at] = byte;
            for when in [i64::MIN, 0, 859_683_600, i64::MAX] {
                let _ = file::at(&file, when);
            }
        }
    }
    let bad_type = tzif(b'2', &[(0, 1)], &[(0, 0, 0)], b"UTC\0", b"");
    assert_eq!(file::at(&bad_type, 5), None);
    let bad_name = tzif(b'2', &[], &[(0, 0, 4)], b"UTC\0", b"");
    assert_eq!(file::at(&bad_name, 5), None);
    let endless_name = tzif(b'2', &[], &[(0, 0, 0)], b"UTC", b"");
    assert_eq!(file::at(&endless_name, 5), None);
}

#[test]
fn names_are_those_of_the_database() {
    for (path, name) in [
        ("/usr/share/zoneinfo/Europe/Berlin", Some("Europe/Berlin")),
        ("../usr/share/zoneinfo/Etc/GMT+5", Some("Etc/GMT+5")),
        (
            "/var/db/timezone/zoneinfo/America/Port-au-Prince\0",
            Some("America/Port-au-Prince"),
        ),
        ("/etc/localtime", None),
        ("/usr/share/zoneinfo/../../../etc/x", None),
        ("/usr/share/zoneinfo/a b", None),
        ("", None),
    ] {
        assert_eq!(name_in(path.as_bytes()), name.map(str::as_bytes), "{path}");
    }
}
