//! Other machines than this one: what can be made for them, and how it runs.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::common::{EXIT_42, Ran, Scratch, has};

/// Linux on this machine, and on the other one, with its machine number in ELF files.
const ARCHS: [(&str, u16); 2] = [("x86_64", 62), ("aarch64", 183)];

fn foreign() -> (&'static str, u16) {
    let is_foreign = |(arch, _): &(&str, u16)| *arch != std::env::consts::ARCH;
    ARCHS.into_iter().find(is_foreign).unwrap()
}

/// The other machine, if this wative has its runtime library; else checks that it says how to add it.
fn ready(scratch: &Scratch) -> Option<(&'static str, u16)> {
    let (arch, machine) = foreign();
    let listing = scratch.wative("targets").succeeded().stdout;
    let line = listing.lines().find(|line| line.starts_with(arch)).unwrap();
    if line.ends_with(" ready") {
        return Some((arch, machine));
    }
    let how = format!("rustup target add {arch}-unknown-linux-gnu");
    assert!(line.contains(&how), "{line}");
    scratch
        .wative(&format!("build app.wat --target {arch} -o x"))
        .failed(1, &[&how]);
    eprintln!("skipped: this wative was built without {arch}");
    None
}

#[test]
fn targets_are_listed_with_this_machine_as_the_default() {
    let listing = Scratch::new().wative("targets").succeeded().stdout;
    assert!(
        listing.contains("x86_64-apple-darwin          objects only"),
        "{listing}"
    );
    for (arch, _) in ARCHS {
        let name = format!("{arch}-unknown-linux-gnu ");
        let line = listing
            .lines()
            .find(|line| line.starts_with(&name))
            .unwrap();
        let is_host = arch == std::env::consts::ARCH;
        assert_eq!(
            line.contains("ready (default: this machine)"),
            is_host,
            "{line}"
        );
    }
}

#[test]
fn unknown_targets_are_refused_with_the_known_ones() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    for target in [
        "riscv64",
        "x86_64-pc-windows-msvc",
        "aarch64_be-unknown-linux-gnu",
        "nonsense",
    ] {
        for command in ["build app.wat", "run app.wat", "runtime"] {
            scratch
                .wative(&format!("{command} --target {target}"))
                .failed(
                    2,
                    &[
                        target,
                        "not supported",
                        "x86_64-unknown-linux-gnu",
                        "aarch64-unknown-linux-gnu",
                    ],
                );
        }
    }
    assert_eq!(scratch.names(), ["app.wat"]);
}

#[test]
fn nothing_installed_is_needed_for_another_machine() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    let Some((arch, machine)) = ready(&scratch) else {
        return;
    };
    for name in [
        format!("{arch}-unknown-linux-gnu"),
        format!("{arch}-linux"),
        arch.to_owned(),
    ] {
        let mut command = scratch.command(["build", "app.wat", "--target", &name]);
        Ran::from(command.env_clear().env("PATH", "").output().unwrap()).succeeded();
        let bytes = fs::read(scratch.path.join("app")).unwrap();
        assert_eq!(u16::from_le_bytes([bytes[18], bytes[19]]), machine);
        assert_eq!(bytes[16], 3, "position-independent");
    }
    let emulator = format!("qemu-{arch}");
    if has(&emulator) {
        let mut command = Command::new(emulator);
        let ran = Ran::from(command.arg(scratch.path.join("app")).output().unwrap());
        assert_eq!(ran.status, Some(42), "{ran:?}");
    }
}

#[test]
fn run_uses_an_emulator_or_the_program_that_is_named() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    let Some((arch, _)) = ready(&scratch) else {
        return;
    };
    let emulator = format!("qemu-{arch}");
    if has(&emulator) {
        for _ in 0..2 {
            let ran = scratch.wative(&format!("run app.wat --target {arch}"));
            assert_eq!(ran.status, Some(42), "{ran:?}");
        }
        assert_eq!(
            scratch.wative("run app.wat").status,
            Some(42),
            "caches are apart"
        );
    }
    let mut command = scratch.command(["run", "app.wat", "--target", arch]);
    let ran = Ran::from(command.env("PATH", "").output().unwrap());
    ran.failed(2, &[&emulator, "--runner"]);
    let runner = scratch.write(
        "runner",
        "#!/bin/sh\ntest -x \"$1\" && shift && echo \"$@\"\nexit 3\n",
    );
    fs::set_permissions(&runner, fs::Permissions::from_mode(0o755)).unwrap();
    for target in [arch, std::env::consts::ARCH] {
        let line = format!("run app.wat --target {target} --runner ./runner -- a b");
        let ran = scratch.wative(&line);
        assert_eq!(
            (ran.status, ran.stdout.as_str()),
            (Some(3), "a b\n"),
            "{ran:?}"
        );
    }
    scratch
        .wative(&format!("run app.wat --target {arch} --runner ./nowhere"))
        .failed(1, &["./nowhere", "cannot execute"]);
}

#[test]
fn other_linkers_and_linking_by_hand_work_for_another_machine() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    let Some((arch, machine)) = ready(&scratch) else {
        return;
    };
    let emulator = format!("qemu-{arch}");
    let can_run = has(&emulator);
    let check = |output: &str| {
        let path = scratch.path.join(output);
        let bytes = fs::read(&path).unwrap();
        assert_eq!(
            u16::from_le_bytes([bytes[18], bytes[19]]),
            machine,
            "{output}"
        );
        if can_run {
            let ran = Ran::from(Command::new(&emulator).arg(path).output().unwrap());
            assert_eq!(ran.status, Some(42), "{output}: {ran:?}");
        }
    };
    let gcc = format!("{arch}-linux-gnu-gcc");
    let has_gcc = has(&gcc);
    for linker in ["cc", &gcc, &format!("{arch}-linux-gnu-ld"), "ld.lld"] {
        // `cc` finds the cross compiler.
        if (linker == "cc" && !has_gcc) || !has(linker) {
            continue;
        }
        let output = format!("app-{linker}");
        let line = format!("build app.wat --target {arch} --linker {linker} -o {output}");
        scratch.wative(&line).succeeded();
        check(&output);
    }
    if !has_gcc {
        return;
    }
    scratch
        .wative(&format!("build app.wat --emit obj --target {arch}"))
        .succeeded();
    scratch
        .wative(&format!("runtime --target {arch}"))
        .succeeded();
    for flags in [
        &["-static"][..],
        &["-static-pie", "-nostdlib", "-nostartfiles"],
    ] {
        let mut cc = Command::new(&gcc);
        cc.args(["app.o", "libwative_runtime.a", "-o", "by-hand"])
            .args(flags)
            .current_dir(&scratch.path);
        Ran::from(cc.output().unwrap()).succeeded();
        check("by-hand");
    }
}
