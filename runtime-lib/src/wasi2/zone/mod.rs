//! `wasi:clocks/timezone`, which both versions have as unstable: the time zone of whoever runs the program.
//!
//! It is what `TZ` in the process's environment says, else what `/etc/localtime` is, as for other programs of the system: the name of a file in the system's database, a path, or
//! a rule of POSIX's form. The file is read while the process starts, before it is confined. Where there is no `/etc/localtime` or `TZ` is empty it is UTC; where a zone is asked
//! for that there is not, none is known, and UTC is shown.

mod file;
mod rule;
#[cfg(test)]
mod tests;

use super::host;
use crate::abi::Config;
use crate::sys::{self, Fd};
use crate::wasi::context;
use core::cell::UnsafeCell;
use core::ffi::CStr;

/// The variable.
const VARIABLE: &[u8] = b"TZ";
/// Where the system has its zone and its database.
const LOCAL: &CStr = c"/etc/localtime";
const DATABASE: &[u8] = b"/usr/share/zoneinfo/";
/// Bytes that a file may have; the largest of the database has 4,000. And bytes of a path or rule.
const MAX_FILE: usize = 32 << 10;
const MAX_TEXT: usize = 256;

/// A local time: how it differs from UTC in seconds, whether it is daylight saving time, and how it is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Local<'a> {
    pub offset: i32,
    pub is_daylight: bool,
    pub name: &'a [u8],
}

const UTC: Local = Local {
    offset: 0,
    is_daylight: false,
    name: b"UTC",
};

/// The zone of this process.
struct Zone {
    /// The file of the database, if there is one.
    file: [u8; MAX_FILE],
    file_len: usize,
    /// Its name in the database or, without a file, a rule.
    text: [u8; MAX_TEXT],
    text_len: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Utc,
    File,
    Rule,
    Unknown,
}

impl Zone {
    fn text(&self) -> &[u8] {
        self.text.get(..self.text_len).unwrap_or(&[])
    }

    /// Notes a name or rule. What is too long is none.
    fn set_text(&mut self, text: &[u8]) -> bool {
        let room = self.text.get_mut(..text.len());
        let fits = room.map(|room| room.copy_from_slice(text)).is_some();
        self.text_len = if fits { text.len() } else { 0 };
        fits
    }

    /// Reads a file: whether it is one of the database.
    fn read(&mut self, path: &CStr) -> bool {
        let flags = sys::O_RDONLY | sys::O_CLOEXEC | sys::O_NONBLOCK;
        let Ok(fd) = sys::openat(sys::AT_FDCWD, path, flags, 0) else {
            return false;
        };
        self.file_len = 0;
        while let Some(n) = self.more(fd) {
            self.file_len += n;
        }
        let _ = sys::close(fd);
        let file = self.file.get(..self.file_len).unwrap_or(&[]);
        // One that fills the room may have been cut.
        let is_zone = self.file_len < MAX_FILE && file::at(file, 0).is_some();
        self.kind = if is_zone { Kind::File } else { Kind::Unknown };
        is_zone
    }

    /// Reads more of a file.
    fn more(&mut self, fd: Fd) -> Option<usize> {
        let room = self.file.get_mut(self.file_len..)?;
        let vector = [sys::IoVec {
            base: room.as_mut_ptr(),
            len: room.len(),
        }];
        let n = sys::preadv(fd, &vector, self.file_len as u64).ok()?;
        (n != 0).then_some(n)
    }

    /// Takes what a variable says, without the colon that may be before it.
    fn take(&mut self, text: &[u8]) {
        let text = text.strip_prefix(b":").unwrap_or(text);
        self.kind = Kind::Utc;
        if text.is_empty() {
            return;
        }
        let mut path = [0; DATABASE.len() + MAX_TEXT];
        let folder: &[u8] = if text.starts_with(b"/") {
            b""
        } else {
            DATABASE
        };
        let parts = folder.iter().chain(text).chain(b"\0");
        let mut count = 0;
        for (to, &from) in path.iter_mut().zip(parts) {
            *to = from;
            count += 1;
        }
        let whole = path.get(..count).unwrap_or(&[]);
        let found = match CStr::from_bytes_with_nul(whole) {
            Ok(path) => self.read(path),
            Err(_) => false,
        };
        let is_known = self.set_text(name_in(whole).unwrap_or(b"")) && found;
        if !is_known {
            let is_rule = rule::at(text, 0).is_some() && self.set_text(text);
            self.kind = if is_rule { Kind::Rule } else { Kind::Unknown };
        }
    }

    /// Takes the system's zone.
    fn take_system(&mut self) {
        let mut target = [0; MAX_TEXT];
        let len = sys::readlinkat(sys::AT_FDCWD, LOCAL, target.as_mut_ptr(), target.len());
        let target = target.get(..len.unwrap_or(0)).unwrap_or(&[]);
        match self.read(LOCAL) {
            // A copy of a file has no name.
            true => _ = self.set_text(name_in(target).unwrap_or(b"")),
            false if self.file_len == 0 => self.kind = Kind::Utc,
            false => {}
        }
    }

    /// What the local time is; `None` where that is not known.
    fn at(&self, when: i64) -> Option<Local<'_>> {
        let local = match self.kind {
            Kind::Utc => Some(UTC),
            Kind::File => file::at(self.file.get(..self.file_len)?, when),
            Kind::Rule => rule::at(self.text(), when),
            Kind::Unknown => None,
        };
        // The standard's limit, and one of names that are texts.
        local.filter(|it| it.offset.abs() < 86_400 && it.name.is_ascii())
    }

    /// The identifier in the database.
    fn id(&self) -> Option<&[u8]> {
        match self.kind {
            Kind::Utc => Some(UTC.name),
            Kind::File => Some(self.text()).filter(|text| !text.is_empty()),
            Kind::Rule | Kind::Unknown => None,
        }
    }
}

/// The name of a zone in the path of its file.
fn name_in(path: &[u8]) -> Option<&[u8]> {
    const FOLDER: &[u8] = b"/zoneinfo/";
    let path = path.strip_suffix(b"\0").unwrap_or(path);
    let at = path.windows(FOLDER.len()).position(|part| part == FOLDER)?;
    let name = path.get(at + FOLDER.len()..)?;
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-_/".contains(byte);
    name.iter().all(fits).then_some(name)
}

struct Cell(UnsafeCell<Zone>);

// SAFETY: written while the process starts.
unsafe impl Sync for Cell {}

static ZONE: Cell = Cell(UnsafeCell::new(Zone {
    file: [0; MAX_FILE],
    file_len: 0,
    text: [0; MAX_TEXT],
    text_len: 0,
    kind: Kind::Utc,
}));

fn get() -> &'static Zone {
    // SAFETY: see `Cell`.
    unsafe { &*ZONE.0.get() }
}

/// Finds out what the zone is.
///
/// # Safety
/// Called while the process starts, before it is confined.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_zone(_config: *const Config) {
    let zone = &mut *ZONE.0.get();
    let context = context::get();
    let text = context::lookup(&context, VARIABLE);
    match text.and_then(|text| text.get(VARIABLE.len() + 1..)) {
        Some(text) => zone.take(text),
        None => zone.take_system(),
    }
}

host! {
    /// What the local time is called, how it differs from UTC, and whether it is daylight saving time: UTC where that is not known.
    fn clocks_timezone.timezone_display(call, seconds: u64, nanoseconds: u32, result: u32) {
        let out = call.result(result, 16, 4)?;
        let local = i64::try_from(seconds).ok().and_then(|when| get().at(when)).unwrap_or(UTC);
        let (name, len) = call.copy_text(local.name)?;
        out.u32(0, local.offset as u32);
        out.list(4, name, len as usize);
        out.u8(12, local.is_daylight.into());
        Ok(())
    }

    /// How the local time differs from UTC, in seconds.
    fn clocks_timezone.timezone_offset(call, seconds: u64, nanoseconds: u32) -> u32 {
        let local = i64::try_from(seconds).ok().and_then(|when| get().at(when));
        Ok(local.unwrap_or(UTC).offset as u32)
    }

    /// The zone's name in the database.
    fn clocks3_timezone.timezone_id(call, result: u32) {
        let out = call.result(result, 12, 4)?;
        let id = get().id();
        out.u8(0, id.is_some().into());
        if let Some(id) = id {
            let (id, len) = call.copy_text(id)?;
            out.list(4, id, len as usize);
        }
        Ok(())
    }

    /// How the local time differs from UTC, in nanoseconds, where that is known.
    fn clocks3_timezone.timezone_offset_3(call, seconds: u64, nanoseconds: u32, result: u32) {
        let out = call.result(result, 16, 8)?;
        let local = get().at(seconds as i64);
        out.u8(0, local.is_some().into());
        if let Some(local) = local {
            out.u64(8, (i64::from(local.offset) * 1_000_000_000) as u64);
        }
        Ok(())
    }

    /// The zone's name or, where it has none, its rule.
    fn clocks3_timezone.timezone_debug(call, result: u32) {
        let out = call.result(result, 8, 4)?;
        let text = match get().kind {
            Kind::Utc => UTC.name,
            Kind::File | Kind::Rule if !get().text().is_empty() => get().text(),
            Kind::File => LOCAL.to_bytes(),
            Kind::Rule | Kind::Unknown => b"unknown",
        };
        let (text, len) = call.copy_text(text)?;
        out.list(0, text, len as usize);
        Ok(())
    }
}
