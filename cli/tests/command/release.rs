//! `scripts/release.sh`: packing gives the same bytes every time, and what it packs works without anything else.

use std::fs;
use std::os::unix::fs::PermissionsExt;
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
    let wative = env!("CARGO_BIN_EXE_wative");
    let arch = std::env::consts::ARCH;
    let out = |name: &str| scratch.path.join(name).display().to_string();
    // A small command, because packing takes as long as it is large; the documents are this one's.
    let command = out("command");
    fs::write(&command, "a command").unwrap();
    fs::set_permissions(&command, fs::Permissions::from_mode(0o700)).unwrap();
    for directory in ["one", "two"] {
        release(&["--pack", &command, arch, &out(directory), wative]).succeeded();
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
        "./usr/share/doc/wative/copyright\n",
        "./usr/share/doc/wative/changelog.gz\n",
        "./usr/share/doc/wative/docs/languages/rust.md\n",
        "./usr/share/man/man1/wative-build.1.gz\n",
        "./usr/share/zsh/site-functions/_wative\n",
        "2001-09-09 01:46",
    ] {
        assert!(listing.contains(line), "no {line} in {listing}");
    }

    let other = match arch {
        "x86_64" => "qemu-aarch64",
        _ => "qemu-x86_64",
    };
    if !has(other) {
        return;
    }
    // As small as those that are released.
    let stripped = Command::new("strip")
        .args([wative, "-o", &command])
        .output();
    Ran::from(stripped.unwrap()).succeeded();
    release(&["--pack", &command, arch, &out("real")]).succeeded();
    let tarball = files.iter().find(|file| file.ends_with(".tar.gz")).unwrap();
    let checked = release(&["--check", &out(&format!("real/{tarball}"))]).succeeded();
    assert!(checked.stdout.ends_with(" works\n"), "{}", checked.stdout);
}
