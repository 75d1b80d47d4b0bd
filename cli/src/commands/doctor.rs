//! `wative doctor`: what works on this machine. Each answer comes from trying it, or from where the kernel says so.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use wative_compiler::show;

use crate::runtime;
use crate::target::Target;

/// One question and its answer: what works, or what does not and what follows.
struct Finding {
    subject: &'static str,
    answer: Result<String, String>,
}

/// The report: a line for each finding, `ok` or `no` first.
pub fn report() -> String {
    let mut text = format!("wative {}\n", env!("CARGO_PKG_VERSION"));
    for finding in findings() {
        let (mark, answer) = match &finding.answer {
            Ok(answer) => ("ok", answer),
            Err(answer) => ("no", answer),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{mark}  {:<22} {answer}", finding.subject);
    }
    text
}

fn findings() -> Vec<Finding> {
    let mut list = Vec::new();
    let mut add = |subject, answer| list.push(Finding { subject, answer });
    add("this machine", host());
    for target in Target::ALL {
        add("executables", executables(target));
        if Target::host() != Some(target) && target.link().is_some() {
            add("running them", emulator(target));
        }
    }
    add("kernel", kernel());
    add("system calls confined", seccomp());
    add("directories confined", landlock());
    add("address space", address_space());
    add("memory for large maxima", overcommit());
    add("cache of `wative run`", cache());
    add(
        "--linker cc",
        tool("cc", "the embedded linker needs nothing"),
    );
    add(
        "debugging with -g",
        tool("gdb", "install gdb for sources, variables and backtraces"),
    );
    list
}

fn host() -> Result<String, String> {
    match Target::host() {
        Some(target) => Ok(target.name().to_owned()),
        None => {
            Err("not a target of wative: executables are for others only (--target)".to_owned())
        }
    }
}

fn executables(target: Target) -> Result<String, String> {
    let name = target.name();
    match runtime::object(target) {
        _ if target.link().is_none() => Err(format!("{name}: objects only (--emit obj)")),
        Some(_) => Ok(name.to_owned()),
        None => Err(format!("{name}: {}", runtime::how_to_add(target))),
    }
}

fn emulator(target: Target) -> Result<String, String> {
    let architecture = target.name().split('-').next().unwrap_or_default();
    let name = format!("qemu-{architecture}");
    match find(&name) {
        Some(path) => Ok(show::path(&path)),
        None => Err(format!(
            "{name} is not on the PATH: `wative run` needs it, or --runner"
        )),
    }
}

fn tool(name: &str, otherwise: &str) -> Result<String, String> {
    find(name)
        .map(|path| show::path(&path))
        .ok_or_else(|| format!("{name} is not on the PATH; {otherwise}"))
}

/// A program on the PATH.
fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(name))
        .find(|path| path.is_file())
}

fn read(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(Path::new(path)).ok()?;
    Some(text.trim().to_owned())
}

fn kernel() -> Result<String, String> {
    let release = read("/proc/sys/kernel/osrelease").ok_or("/proc cannot be read")?;
    let mut numbers = release
        .split(|c: char| !c.is_ascii_digit())
        .map(|n| n.parse().unwrap_or(0));
    let version: (u32, u32) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    // openat2, by which granted directories are confined.
    match version >= (5, 6) {
        true => Ok(show::name(&release)),
        false => Err(format!(
            "{}: paths are resolved step by step before 5.6, which is slower",
            show::name(&release)
        )),
    }
}

fn seccomp() -> Result<String, String> {
    let actions = read("/proc/sys/kernel/seccomp/actions_avail");
    match actions.is_some_and(|actions| actions.contains("kill_process")) {
        true => Ok("by seccomp".to_owned()),
        false => Err("the kernel has no seccomp filters: executables start without".to_owned()),
    }
}

fn landlock() -> Result<String, String> {
    match read("/sys/kernel/security/lsm") {
        Some(list) if list.split(',').any(|module| module == "landlock") => {
            Ok("by Landlock".to_owned())
        }
        Some(_) => {
            Err("the kernel does not use Landlock: the runtime alone confines paths".to_owned())
        }
        None => Err("unknown: /sys/kernel/security is not mounted".to_owned()),
    }
}

/// Memories reserve address space.
fn address_space() -> Result<String, String> {
    let limits = read("/proc/self/limits").ok_or("/proc cannot be read")?;
    let row = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max address space"));
    let limit = row
        .and_then(|row| row.split_whitespace().next())
        .unwrap_or("unlimited");
    match limit.parse::<u64>() {
        Err(_) => Ok("unlimited".to_owned()),
        Ok(bytes) if bytes > 10 << 30 => Ok(format!("{} GiB", bytes >> 30)),
        Ok(bytes) => Err(format!(
            "limited to {} MiB (`ulimit -v`): compile with --memory checked",
            bytes >> 20
        )),
    }
}

fn overcommit() -> Result<String, String> {
    match read("/proc/sys/vm/overcommit_memory").as_deref() {
        Some("2") => Err(
            "vm.overcommit_memory is 2: memory counts when it is mapped, not when it is used"
                .to_owned(),
        ),
        _ => Ok("counts when it is used".to_owned()),
    }
}

fn cache() -> Result<String, String> {
    let home = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    match home {
        Some(directory) => Ok(show::path(&directory.join("wative"))),
        None => Err("neither XDG_CACHE_HOME nor HOME is set: programs run from memory".to_owned()),
    }
}
