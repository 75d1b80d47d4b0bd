//! Attacks on the sandbox: magic links, known vulnerabilities of other runtimes, and another process that swaps directories and links.

use super::matrix::{Memory, R, RESULT, SPARE, W, World, open_as, opened, operations};
use super::*;
use std::collections::BTreeMap;
use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The links of /proc lead anywhere; a granted part of it must not.
#[test]
fn magic_links_are_not_followed() {
    let _alone = fds::alone();
    let proc = fs::File::open("/proc/self").unwrap();
    for walking in [false, true] {
        resolve::set_walking(walking);
        let fd = fds::insert(Entry::new(
            proc.as_raw_fd(),
            true,
            rights::DIRECTORY,
            rights::ALL,
        ))
        .unwrap();
        for path in [
            "root",
            "root/",
            "root/etc/passwd",
            "cwd",
            "cwd/",
            "exe",
            "fd/0",
            "task/../root/etc",
        ] {
            let mut memory = Memory::new(path);
            let len = path.len() as u32;
            for oflags in [0, oflags::DIRECTORY] {
                let got = unsafe { open_as(memory.guest(), fd, len, 1, oflags, R) };
                assert!(
                    matches!(got, Err(Error::LOOP | Error::PERM)),
                    "{path} walking {walking}: {got:?}"
                );
            }
        }
        fds::remove(fd).unwrap();
    }
    resolve::set_walking(false);
}

/// RUSTSEC-2026-0269: a symbolic link with a slash behind it was followed out of the directory.
#[test]
fn rustsec_2026_0269_trailing_slashes_do_not_follow_links_outside() {
    let _alone = fds::alone();
    let world = World::new("slash");
    for walking in [false, true] {
        resolve::set_walking(walking);
        let fd = fds::insert(Entry::new(
            world.dir(),
            true,
            rights::DIRECTORY,
            rights::ALL,
        ))
        .unwrap();
        let before = world.snapshot(false);
        for path in [
            "outdir/",
            "outdir//",
            "outempty/",
            "up/",
            "outdir/.",
            "absolute/",
            "a/b/far/",
        ] {
            for operation in operations() {
                let mut memory = Memory::new(path);
                let got = unsafe { (operation.run)(memory.guest(), fd, path.len() as u32) };
                assert!(got.is_err(), "{} {path}", operation.name);
            }
        }
        assert!(world.snapshot(false) == before);
        fds::remove(fd).unwrap();
    }
    resolve::set_walking(false);
}

/// CVE-2026-47261: a file that could only be read was truncated by opening it.
#[test]
fn cve_2026_47261_truncation_needs_its_right() {
    let _alone = fds::alone();
    let world = World::new("truncation");
    let file = world.base.join("root/f");
    let no_size = rights::DIRECTORY & !rights::PATH_FILESTAT_SET_SIZE;
    let fd = fds::insert(Entry::new(world.dir(), true, no_size, rights::ALL)).unwrap();
    for base in [0, R, W, R | W] {
        let mut memory = Memory::new("f");
        let got = unsafe { open_as(memory.guest(), fd, 1, 0, oflags::TRUNC, base) };
        assert_eq!(got, Err(Error::NOTCAPABLE));
        let create = oflags::TRUNC | oflags::CREAT;
        let got = unsafe { open_as(memory.guest(), fd, 1, 0, create, base) };
        assert_eq!(got, Err(Error::NOTCAPABLE));
    }
    fds::remove(fd).unwrap();
    assert_eq!(fs::read_to_string(file).unwrap(), "f");
}

/// CVE-2026-58494: a link or a new name in another directory gave a file that directory's rights.
#[test]
fn cve_2026_58494_names_in_other_directories_give_no_rights() {
    let _alone = fds::alone();
    let world = World::new("names");
    let less = fds::insert(Entry::new(
        world.dir(),
        true,
        rights::DIRECTORY,
        rights::READ_ONLY,
    ))
    .unwrap();
    let more = fds::insert(Entry::new(
        world.dir(),
        true,
        rights::DIRECTORY,
        rights::ALL,
    ))
    .unwrap();
    let mut memory = Memory::new("f");
    unsafe {
        let g = memory.guest();
        assert_eq!(
            path_link(g, less, 0, 0, 1, more, SPARE.0, SPARE.1),
            Err(Error::NOTCAPABLE)
        );
        assert_eq!(
            path_rename(g, less, 0, 1, more, SPARE.0, SPARE.1),
            Err(Error::NOTCAPABLE)
        );
        path_link(g, more, 0, 0, 1, less, SPARE.0, SPARE.1).unwrap();
        path_rename(g, more, 0, 1, less, SPARE.0, SPARE.1).unwrap();
    }
    fds::remove(less).unwrap();
    fds::remove(more).unwrap();
}

/// CVE-2024-51745, CVE-2024-51756: names that are devices elsewhere are plain names here.
#[test]
fn cve_2024_51745_device_names_are_plain_names() {
    let _alone = fds::alone();
    let world = World::new("devices");
    let fd = fds::insert(Entry::new(
        world.dir(),
        true,
        rights::DIRECTORY,
        rights::ALL,
    ))
    .unwrap();
    for name in [
        "CON",
        "nul",
        "AUX.txt",
        "COM1",
        "COM¹",
        "LPT³",
        "CONIN$",
        "PRN ",
        "a:b",
        "\\\\.\\pipe",
    ] {
        let mut memory = Memory::new(name);
        let create = oflags::CREAT | oflags::EXCL;
        unsafe { open_as(memory.guest(), fd, name.len() as u32, 0, create, W) }.unwrap();
        fds::remove(memory.guest().read_u32(RESULT).unwrap())
            .unwrap()
            .close()
            .unwrap();
        assert!(
            fs::symlink_metadata(world.base.join("root").join(name))
                .unwrap()
                .is_file()
        );
    }
    fds::remove(fd).unwrap();
}

/// Tells the race test, started once more as the other process, in which folder to work.
const SWAP: &str = "WATIVE_TEST_SWAP";

/// Swaps a folder and a symbolic link that leads outside, until it is killed or the folder is gone.
fn swap(root: &Path) {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(60) && root.exists() {
        for target in ["../outdir", "..", "../outdir/../outdir"] {
            let _ = fs::rename(root.join("swap"), root.join("hold"));
            let _ = symlink(target, root.join("swap"));
            let _ = fs::remove_file(root.join("swap"));
            let _ = symlink(target, root.join("next"));
            let _ = fs::rename(root.join("next"), root.join("swap"));
            let _ = fs::remove_file(root.join("swap"));
            let _ = fs::rename(root.join("hold"), root.join("swap"));
        }
    }
}

#[test]
fn no_race_with_another_process_leads_outside() {
    if let Some(root) = std::env::var_os(SWAP) {
        return swap(Path::new(&root));
    }
    let _alone = fds::alone();
    let world = World::new("race");
    let root = world.base.join("root");
    fs::create_dir(root.join("swap")).unwrap();
    fs::write(root.join("swap/x"), "inside").unwrap();
    let before = world.snapshot(false);
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "wasi::path::attacks::no_race_with_another_process_leads_outside",
        ])
        .env(SWAP, &root)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let fd = fds::insert(Entry::new(
        world.dir(),
        true,
        rights::DIRECTORY,
        rights::ALL,
    ))
    .unwrap();
    let (mut tries, mut hits) = (0, 0);
    for walking in [false, true] {
        resolve::set_walking(walking);
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_millis(700) {
            for path in [
                "swap/x",
                "swap/",
                "swap/../swap/x",
                "swap/new",
                "swap/../secret",
                "swap",
            ] {
                let len = path.len() as u32;
                for operation in operations() {
                    if operation.name == "rename from" && path.trim_end_matches('/') == "swap" {
                        continue;
                    }
                    let mut memory = Memory::new(path);
                    tries += 1;
                    if unsafe { (operation.run)(memory.guest(), fd, len) }.is_ok() {
                        hits += 1;
                        if let Some(place) = opened(&mut memory, &operation) {
                            assert!(
                                place.starts_with(&root),
                                "{}: {}",
                                operation.name,
                                place.display()
                            );
                        }
                    }
                }
            }
        }
    }
    resolve::set_walking(false);
    fds::remove(fd).unwrap();
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(tries > 1000 && hits > 10, "{tries} tries, {hits} hits");
    // Contents, links and times; the folder that holds everything is the other process's, too.
    let strip = |mut all: BTreeMap<PathBuf, String>| {
        all.remove(&world.base);
        all
    };
    assert_eq!(strip(world.snapshot(false)), strip(before));
}
