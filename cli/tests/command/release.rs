//! `scripts/release.sh`: packing gives the same bytes every time, and what it packs works without anything else.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::{Ran, Scratch, has, names};

/// Runs the script.
fn release(arguments: &[&str]) -> Ran {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/release.sh");
    let mut command = Command::new(script);
    command.env("SOURCE_DATE_EPOCH", "1000000000");
    Ran::from(command.args(arguments).output().unwrap())
}

#[test]
fn packages_are_reproducible_and_work() {
    let tools = ["tar", "gzip", "sha256sum", "dpkg-deb", "strip"];
    if !tools.iter().all(|tool| has(tool)) {
        return;
    }
    let scratch = Scratch::new();
    // As small as those that are released.
    let command = scratch.path.join("wative");
    let stripped = Command::new("strip")
        .arg(env!("CARGO_BIN_EXE_wative"))
        .arg("-o")
        .arg(&command)
        .output();
    Ran::from(stripped.unwrap()).succeeded();
    let command = command.display().to_string();
    let arch = std::env::consts::ARCH;
    let out = |name: &str| scratch.path.join(name).display().to_string();
    for directory in ["one", "two"] {
        release(&["--pack", &command, arch, &out(directory)]).succeeded();
    }
    let files = names(&scratch.path.join("one"));
    assert_eq!(files.len(), 4, "{files:?}");
    for file in &files {
        let read = |directory: &str| fs::read(scratch.path.join(directory).join(file)).unwrap();
        assert!(read("one") == read("two"), "{file} differs");
    }
    let sums = Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
        .current_dir(scratch.path.join("one"))
        .output();
    Ran::from(sums.unwrap()).succeeded();

    let package = files.iter().find(|file| file.ends_with(".deb")).unwrap();
    let listing = Command::new("dpkg-deb")
        .arg("--contents")
        .arg(scratch.path.join("one").join(package))
        .output();
    let listing = Ran::from(listing.unwrap()).succeeded().stdout;
    for line in [
        "-rwxr-xr-x root/root",
        "./usr/bin/wative\n",
        "./usr/share/man/man1/wative-build.1.gz\n",
        "./usr/share/zsh/site-functions/_wative\n",
        "2001-09-09 01:46",
    ] {
        assert!(listing.contains(line), "no {line} in {listing}");
    }

    let tarball = files.iter().find(|file| file.ends_with(".tar.gz")).unwrap();
    let other = match arch {
        "x86_64" => "qemu-aarch64",
        _ => "qemu-x86_64",
    };
    if !has(other) {
        return;
    }
    let tarball = scratch.path.join("one").join(tarball);
    let checked = release(&["--check", &tarball.display().to_string()]).succeeded();
    assert!(checked.stdout.ends_with(" works\n"), "{}", checked.stdout);
}
