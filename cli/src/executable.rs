//! `wative inspect` on an executable: what it was granted when it was built.
//!
//! The runtime's own description (`ProgramDesc`, `Config`) is read, found by its mark because symbols may be stripped. Addresses in it
//! are relocated when the program starts: the place to which one will point is in the relocation table or in the field.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::mem::offset_of;
use std::net::IpAddr;

use object::LittleEndian;
use object::read::elf::{ElfFile64, ProgramHeader};
use object::{Object, ObjectSegment};
use wative_compiler::abi::{ABI_VERSION, Config, EnvVar, NetRule, Preopen, ProgramDesc, Serve};
use wative_compiler::{Error, show};

use crate::network::{Endpoint, Hosts};
use crate::{grants, tree};

/// Describes an executable that wative made; `None` if the file is no ELF file at all.
pub fn describe(file: &str, bytes: &[u8]) -> Option<Result<String, Error>> {
    if !bytes.starts_with(b"\x7fELF") {
        return None;
    }
    let text = Image::parse(bytes).and_then(|image| {
        let config = image.config()?;
        image.text(file, bytes.len(), config)
    });
    Some(text.ok_or_else(|| {
        Error::new("not an executable of this version of wative")
            .in_file(file)
            .help("give a module, or an executable that `wative build` made")
    }))
}

/// A loaded executable, at the address for which it was linked.
struct Image<'a> {
    elf: ElfFile64<'a, LittleEndian>,
    /// What relocations will put at an address.
    relocated: HashMap<u64, u64>,
}

const PT_DYNAMIC: u32 = 2;
const DT_RELA: u64 = 7;
const DT_RELASZ: u64 = 8;

/// Items of a list beyond which the file is damaged.
const MAX_ITEMS: u64 = 1 << 16;

impl<'a> Image<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Image<'a>> {
        let elf = ElfFile64::<LittleEndian>::parse(bytes).ok()?;
        let mut image = Image {
            elf,
            relocated: HashMap::new(),
        };
        let headers = image.elf.elf_program_headers();
        let dynamic = headers
            .iter()
            .find(|header| header.p_type(LittleEndian).0 == PT_DYNAMIC)
            .map(|header| header.p_vaddr(LittleEndian));
        if let Some(dynamic) = dynamic {
            let (mut table, mut size) = (0, 0);
            for at in (dynamic..).step_by(16).take(256) {
                match (image.word(at)?, image.word(at + 8)?) {
                    (0, _) => break,
                    (DT_RELA, address) => table = address,
                    (DT_RELASZ, bytes) => size = bytes,
                    _ => {}
                }
            }
            for at in (table..table.saturating_add(size)).step_by(24) {
                let (place, addend) = (image.word(at)?, image.word(at + 16)?);
                image.relocated.insert(place, addend);
            }
        }
        Some(image)
    }

    /// Bytes at an address, where the file has them.
    fn bytes(&self, address: u64, len: u64) -> Option<&'a [u8]> {
        self.elf
            .segments()
            .find_map(|segment| segment.data_range(address, len).ok().flatten())
    }

    fn word(&self, address: u64) -> Option<u64> {
        let bytes = self.bytes(address, 8)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }

    /// The address in a field.
    fn pointer(&self, field: u64) -> Option<u64> {
        let relocated = self.relocated.get(&field).copied();
        relocated.or_else(|| self.word(field))
    }

    /// What a pair of address and length refers to.
    fn slice(&self, field: u64) -> Option<&'a [u8]> {
        match self.word(field + 8)? {
            0 => Some(&[]),
            len => self.bytes(self.pointer(field)?, len),
        }
    }

    fn string(&self, field: u64) -> Option<String> {
        Some(show::bytes(self.slice(field)?))
    }

    /// The address of the configuration.
    fn config(&self) -> Option<u64> {
        let mark = ProgramDesc::MAGIC.to_le_bytes();
        self.elf.segments().find_map(|segment| {
            let data = segment.data().ok()?;
            let mut words = data.chunks_exact(8).enumerate();
            words.find_map(|(index, word)| {
                let at = segment.address() + 8 * index as u64;
                let start = at.checked_sub(offset_of!(ProgramDesc, magic) as u64)?;
                let version = self.word(start)? as u32;
                let fits = word == mark && version == ABI_VERSION;
                let config = start + offset_of!(ProgramDesc, config) as u64;
                fits.then(|| self.pointer(config)).flatten()
            })
        })
    }

    fn text(&self, file: &str, size: usize, config: u64) -> Option<String> {
        let field = |offset: usize| config + offset as u64;
        let machine = self.elf.architecture();
        let file = show::name(file);
        let mut text = format!("{file}: executable made by wative for {machine:?}, {size} bytes\n");
        let mut rows: Vec<(&str, String)> = Vec::new();
        let preopens = self.pointer(field(offset_of!(Config, preopens)))?;
        let count = self.word(field(offset_of!(Config, preopen_count)))?;
        for index in 0..count.min(MAX_ITEMS) {
            self.preopen(preopens + index * size_of::<Preopen>() as u64, &mut rows)?;
        }
        let variables = self.pointer(field(offset_of!(Config, env)))?;
        let count = self.word(field(offset_of!(Config, env_count)))?;
        for index in 0..count.min(MAX_ITEMS) {
            let variable = self.string(variables + index * size_of::<EnvVar>() as u64)?;
            let note = if variable.contains('=') {
                ""
            } else {
                " (value of the process)"
            };
            rows.push(("environment", variable + note));
        }
        let rules = self.pointer(field(offset_of!(Config, rules)))?;
        let rule_count = self.word(field(offset_of!(Config, rule_count)))?;
        for index in 0..rule_count.min(MAX_ITEMS) {
            rows.push(self.rule(rules + index * size_of::<NetRule>() as u64)?);
        }
        let flags = self.word(field(offset_of!(Config, flags)))?;
        if flags & Config::INHERIT_ENV != 0 {
            rows.push(("environment", "everything that the process has".to_owned()));
        }
        if flags & Config::RUNTIME_GRANTS != 0 {
            rows.push((
                "at run time",
                "more by WATIVE_DIRS and WATIVE_ENV".to_owned(),
            ));
        }
        if rows.is_empty() {
            rows.push((
                "nothing",
                "but its arguments and the standard streams".to_owned(),
            ));
        }
        section(&mut text, "may use", &rows);
        let size_of_stack = match self.word(field(offset_of!(Config, stack_size)))? {
            0 => "67108864 bytes (default)".to_owned(),
            bytes => format!("{bytes} bytes"),
        };
        let memory = match self.word(field(offset_of!(Config, memory_limit)))? {
            0 => "no limit but the modules' own".to_owned(),
            bytes => format!("at most {bytes} bytes"),
        };
        section(
            &mut text,
            "limits",
            &[("stack", size_of_stack), ("memories", memory)],
        );
        if let at @ 1.. = self.pointer(field(offset_of!(Config, serve)))? {
            section(&mut text, "server", &self.server(at)?);
        }
        let filter = self.word(field(offset_of!(Config, filter_len)))?;
        let calls = match filter {
            0 => "not confined (--no-harden)".to_owned(),
            n => format!("filtered by seccomp, {n} instructions"),
        };
        let files = match (filter, flags & Config::NAMES_FILES) {
            (0, _) => "not confined (--no-harden)",
            (_, 0) => "none can be named",
            _ => "what is granted, by landlock",
        };
        let network = match (filter, rule_count) {
            (_, 0) => "nothing",
            (0, _) => "what is granted, not confined (--no-harden)",
            _ => "what is granted, TCP ports also by landlock",
        };
        section(
            &mut text,
            "confinement",
            &[
                ("system calls", calls),
                ("files", files.to_owned()),
                ("network", network.to_owned()),
            ],
        );
        Some(text)
    }

    /// The settings of a server.
    fn server(&self, at: u64) -> Option<Vec<(&'static str, String)>> {
        let field = |offset: usize, bytes| {
            let bytes = self.bytes(at + offset as u64, bytes)?.iter().rev();
            Some(bytes.fold(0, |value, &byte| value << 8 | u64::from(byte)))
        };
        let or = |value: u64, default: &str| match value {
            0 => format!("{default} (default)"),
            value => value.to_string(),
        };
        let workers = field(offset_of!(Serve, workers), 4)?;
        let processes = field(offset_of!(Serve, max_concurrency), 4)?;
        let timeout = field(offset_of!(Serve, request_timeout), 8)?;
        let requests = field(offset_of!(Serve, max_requests), 8)?;
        let log = field(offset_of!(Serve, access_log), 8)?;
        let each = field(offset_of!(Serve, instance_requests), 4)?;
        let together = field(offset_of!(Serve, instance_concurrency), 4)?;
        let idle = field(offset_of!(Serve, instance_idle_timeout), 8)?;
        let instance = match each {
            0 | 1 => "one request".to_owned(),
            _ => format!("at most {each} requests, {together} at a time, {idle} ms without one"),
        };
        Some(vec![
            ("workers", or(workers, "one for each processor")),
            ("processes", or(processes, "128 more than workers")),
            ("a request", format!("at most {} ms", or(timeout, "60000"))),
            ("requests", or(requests, "without end")),
            (
                "access log",
                ["no", "yes"][usize::from(log != 0)].to_owned(),
            ),
            ("an instance", instance),
        ])
    }

    /// A rule about the network, as its option has it.
    fn rule(&self, at: u64) -> Option<(&'static str, String)> {
        let half = |offset: usize| {
            let bytes = self.bytes(at + offset as u64, 4)?;
            Some(u32::from_le_bytes(bytes.try_into().ok()?))
        };
        let word = |offset: usize| self.word(at + offset as u64);
        let name = self.string(at + offset_of!(NetRule, name) as u64)?;
        let high = word(offset_of!(NetRule, high))?;
        let bits = u128::from(high) << 64 | u128::from(word(offset_of!(NetRule, low))?);
        let prefix = half(offset_of!(NetRule, prefix))? as u8;
        let hosts = match half(offset_of!(NetRule, family))? {
            NetRule::IPV4 => {
                Hosts::Prefix(IpAddr::from(((bits >> 96) as u32).to_be_bytes()), prefix)
            }
            NetRule::IPV6 => Hosts::Prefix(IpAddr::from(bits.to_be_bytes()), prefix),
            _ => Hosts::Name(name.clone()),
        };
        let port = |offset| Some(half(offset)? as u16);
        let first = port(offset_of!(NetRule, first_port))?;
        let ports = first..=port(offset_of!(NetRule, last_port))?;
        let endpoint = Endpoint { hosts, ports }.to_string();
        Some(match half(offset_of!(NetRule, kind))? {
            NetRule::CONNECT => ("connects to", endpoint),
            NetRule::BIND => ("binds", endpoint),
            NetRule::SEND => ("sends UDP to", endpoint),
            _ if name.is_empty() => ("looks up", "any name".to_owned()),
            _ => ("looks up", name),
        })
    }

    fn preopen(&self, at: u64, rows: &mut Vec<(&'static str, String)>) -> Option<()> {
        let host = at + offset_of!(Preopen, host) as u64;
        let guest = self.string(at + offset_of!(Preopen, guest) as u64)?;
        let flags = self.word(at + offset_of!(Preopen, flags) as u64)?;
        let access = |read_only: bool| if read_only { ", read-only" } else { "" };
        if flags & Preopen::LISTEN != 0 {
            let address = grants::show_address(self.slice(host)?)?;
            rows.push(("listens on", address));
        } else if flags & Preopen::TREE != 0 {
            let tree = tree::summary(self.slice(host)?)?;
            if tree.files != 0 || tree.host_files.is_empty() {
                let row = format!("{guest} ({} files, {} bytes)", tree.files, tree.bytes);
                rows.push(("carries", row));
            }
            for (name, host, read_only) in &tree.host_files {
                let base = guest.trim_end_matches('/');
                let row = format!(
                    "{base}/{} (host {}{})",
                    show::name(name),
                    show::name(host),
                    access(*read_only)
                );
                rows.push(("file", row));
            }
        } else {
            let host = self.string(host)?;
            let access = access(flags & Preopen::READ_ONLY != 0);
            rows.push(("directory", format!("{guest} (host {host}{access})")));
        }
        Some(())
    }
}

/// A heading and its rows.
fn section(text: &mut String, heading: &str, rows: &[(&str, String)]) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "\n{heading}");
    for (label, value) in rows {
        let _ = writeln!(text, "  {label:<14} {value}");
    }
}
