//! The cache of `wative run`: what lies in it is executed, so nothing in it is believed.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::common::{EXIT_42, Ran, Scratch, has, names};

/// A directory with a program, and a cache that holds it.
struct Warm {
    scratch: Scratch,
    entry: PathBuf,
    /// What a run has stored.
    bytes: Vec<u8>,
}

impl Warm {
    fn new() -> Warm {
        let scratch = Scratch::new();
        scratch.write("app.wat", EXIT_42);
        assert_eq!(scratch.wative("run app.wat").status, Some(42));
        let folder = scratch.path.join("cache/wative");
        let entries = names(&folder);
        assert_eq!(entries.len(), 1);
        let entry = folder.join(&entries[0]);
        let bytes = fs::read(&entry).unwrap();
        Warm {
            scratch,
            entry,
            bytes,
        }
    }

    /// Runs the program, which does its work and says nothing. An entry that is damaged must not keep it waiting.
    #[track_caller]
    fn runs(&self, what: &str) {
        let mut command = self.scratch.command(["run", "app.wat"]);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        for _ in 0..1200 {
            if child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        let _ = child.kill();
        let ran = Ran::from(child.wait_with_output().unwrap());
        let all = (ran.status, &*ran.stdout, &*ran.stderr);
        assert_eq!(all, (Some(42), "", ""), "{what}");
    }

    /// Runs the program and checks that the entry is what it was before the damage.
    #[track_caller]
    fn recovers(&self, what: &str) {
        self.runs(what);
        let meta = fs::symlink_metadata(&self.entry).unwrap();
        assert!(meta.is_file(), "{what}: replaced by a file");
        assert_eq!(meta.permissions().mode() & 0o7777, 0o700, "{what}");
        assert!(fs::read(&self.entry).unwrap() == self.bytes, "{what}");
        assert_eq!(names(self.entry.parent().unwrap()).len(), 1, "{what}");
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn is_root(path: &Path) -> bool {
    fs::metadata(path).unwrap().uid() == 0
}

#[test]
fn damaged_entries_are_built_again_and_never_executed() {
    let warm = Warm::new();
    let flipped = |at: usize| {
        let mut bytes = warm.bytes.clone();
        bytes[at] ^= 1;
        bytes
    };
    let len = warm.bytes.len();
    let script = b"#!/bin/sh\necho from the cache\nexit 7\n".to_vec();
    // A script with a trailer that is right but for the hash.
    let sealed = {
        let mut bytes = script.clone();
        bytes.extend(&warm.bytes[len - 48..len - 16]);
        bytes.extend((script.len() as u64).to_le_bytes());
        bytes.extend(&warm.bytes[len - 8..]);
        bytes
    };
    let longer = [&warm.bytes[..], b"more"].concat();
    let cases = [
        ("empty", Vec::new()),
        ("100 bytes", warm.bytes[..100].to_vec()),
        ("9000 bytes", warm.bytes[..9000].to_vec()),
        ("without trailer", warm.bytes[..len - 48].to_vec()),
        ("last byte missing", warm.bytes[..len - 1].to_vec()),
        ("longer", longer),
        ("first byte", flipped(0)),
        ("a byte of code", flipped(len / 2)),
        ("the hash", flipped(len - 40)),
        ("the length", flipped(len - 16)),
        ("a script", script),
        ("a script with a trailer", sealed),
    ];
    for (what, bytes) in cases {
        fs::write(&warm.entry, bytes).unwrap();
        warm.recovers(what);
    }
}

#[test]
fn entries_of_other_keys_are_not_taken() {
    let warm = Warm::new();
    let folder = warm.entry.parent().unwrap();
    let scratch = &warm.scratch;
    scratch.write("other.wat", EXIT_42.replace("42", "7"));
    assert_eq!(scratch.wative("run other.wat").status, Some(7));
    let other = names(folder)
        .iter()
        .map(|name| folder.join(name))
        .find(|path| *path != warm.entry)
        .unwrap();
    fs::copy(&other, &warm.entry).unwrap();
    fs::remove_file(&other).unwrap();
    warm.recovers("an entry under another key");
}

#[test]
fn entries_that_are_no_private_files_are_replaced() {
    let warm = Warm::new();
    let folder = warm.entry.parent().unwrap();
    for mode in [0o4700, 0o2700, 0o720, 0o702, 0o777, 0o600, 0o000] {
        set_mode(&warm.entry, mode);
        warm.recovers(&format!("mode {mode:o}"));
    }
    let elsewhere = warm.scratch.path.join("elsewhere");
    fs::rename(&warm.entry, &elsewhere).unwrap();
    symlink(&elsewhere, &warm.entry).unwrap();
    warm.recovers("a link to a good entry");
    fs::remove_file(&warm.entry).unwrap();
    symlink(folder.join("nowhere"), &warm.entry).unwrap();
    warm.recovers("a link to nothing");
    fs::remove_file(&warm.entry).unwrap();
    if has("mkfifo") {
        let made = Command::new("mkfifo").arg(&warm.entry).status().unwrap();
        assert!(made.success());
        warm.recovers("a pipe");
    }
    // Almost no block of it exists, but reading it would take for ever.
    let file = fs::File::create(&warm.entry).unwrap();
    file.set_len(1 << 42).unwrap();
    warm.recovers("4 TiB");
    if is_root(folder) {
        std::os::unix::fs::chown(&warm.entry, Some(65534), None).unwrap();
        warm.recovers("another user's");
    }
    // What cannot be replaced is left alone.
    fs::remove_file(&warm.entry).unwrap();
    fs::create_dir(&warm.entry).unwrap();
    fs::write(warm.entry.join("file"), "").unwrap();
    warm.runs("a directory");
    assert_eq!(names(&warm.entry), ["file"]);
    assert_eq!(names(folder).len(), 1, "nothing unfinished is left");
}

#[test]
fn a_hit_is_not_compiled_again() {
    let warm = Warm::new();
    let before = fs::metadata(&warm.entry).unwrap().ino();
    let miss = warm.scratch.wative("run app.wat -v --memory checked");
    assert!(miss.stderr.contains("link"), "{miss:?}");
    let hit = warm.scratch.wative("run app.wat -v -j1");
    assert_eq!((hit.status, &*hit.stderr), (Some(42), ""));
    assert_eq!(fs::metadata(&warm.entry).unwrap().ino(), before);
}

#[test]
fn the_umask_does_not_matter() {
    for mask in ["0177", "0777", "0000", "0077"] {
        let scratch = Scratch::new();
        scratch.write("app.wat", EXIT_42);
        let line = format!("umask {mask}; exec \"$0\" run app.wat");
        for _ in 0..2 {
            let mut command = Command::new("sh");
            command
                .args(["-c", &line, env!("CARGO_BIN_EXE_wative")])
                .current_dir(&scratch.path)
                .env("XDG_CACHE_HOME", scratch.path.join("deep/cache"));
            let ran = Ran::from(command.output().unwrap());
            assert_eq!((ran.status, &*ran.stderr), (Some(42), ""), "umask {mask}");
        }
        for (path, mode) in [("deep", 0o700), ("deep/cache/wative", 0o700)] {
            let meta = fs::metadata(scratch.path.join(path)).unwrap();
            assert_eq!(meta.permissions().mode() & 0o7777, mode, "umask {mask}");
        }
        assert_eq!(names(&scratch.path.join("deep/cache/wative")).len(), 1);
    }
}

#[test]
fn the_program_has_the_umask_of_the_user() {
    let scratch = Scratch::new();
    scratch.write(
        "make.wat",
        r#"(module
          (import "wasi_snapshot_preview1" "path_open"
            (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "made")
          (func (export "_start")
            (call $exit (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 1)
              (i64.const 64) (i64.const 64) (i32.const 0) (i32.const 8)))))"#,
    );
    let line = "umask 0137; exec \"$0\" run make.wat --dir .";
    let mut command = Command::new("sh");
    command
        .args(["-c", line, env!("CARGO_BIN_EXE_wative")])
        .current_dir(&scratch.path)
        .env("XDG_CACHE_HOME", scratch.path.join("cache"));
    Ran::from(command.output().unwrap()).succeeded();
    let mode = fs::metadata(scratch.path.join("made"))
        .unwrap()
        .permissions();
    assert_eq!(mode.mode() & 0o777, 0o640);
}

#[test]
fn directories_that_others_could_fill_are_refused() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    let cache = scratch.path.join("cache");
    let folder = cache.join("wative");
    fs::create_dir_all(&folder).unwrap();
    let refuse = |part: &str| {
        scratch
            .wative("run app.wat")
            .failed(1, &["cache/wative: ", part, "XDG_CACHE_HOME"]);
        assert_eq!(names(&folder), [""; 0], "{part}");
    };
    for mode in [0o777, 0o1777, 0o770, 0o707] {
        set_mode(&folder, mode);
        refuse("other users can write");
    }
    set_mode(&folder, 0o755);
    if is_root(&folder) {
        std::os::unix::fs::chown(&folder, Some(65534), None).unwrap();
        refuse("belongs to another user (65534)");
        std::os::unix::fs::chown(&folder, Some(0), None).unwrap();
    }
    let moved = scratch.path.join("moved");
    fs::rename(&folder, &moved).unwrap();
    symlink(&moved, &folder).unwrap();
    refuse("symbolic link");
    fs::remove_file(&folder).unwrap();
    symlink(scratch.path.join("nowhere"), &folder).unwrap();
    scratch
        .wative("run app.wat")
        .failed(1, &["cache/wative: ", "symbolic link"]);
    assert!(!scratch.path.join("nowhere").exists());
    // Who can write the folder above cannot get anything into ours.
    fs::remove_file(&folder).unwrap();
    set_mode(&cache, 0o1777);
    assert_eq!(scratch.wative("run app.wat").status, Some(42));
    assert_eq!(names(&folder).len(), 1);
}

#[test]
fn without_a_cache_programs_run_from_memory() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    scratch.write("file", "");
    let file = scratch.path.join("file");
    let places: [(&str, Option<&Path>); 4] = [
        ("nowhere", None),
        ("a relative path", Some(Path::new("cache"))),
        ("below a file", Some(&file)),
        ("where nothing can be made", Some(Path::new("/proc"))),
    ];
    for (what, place) in places {
        let mut command = scratch.command(["run", "app.wat", "--", "a"]);
        command.env_remove("XDG_CACHE_HOME").env_remove("HOME");
        if let Some(place) = place {
            command.env("XDG_CACHE_HOME", place);
        }
        let ran = Ran::from(command.output().unwrap());
        let all = (ran.status, &*ran.stdout, &*ran.stderr);
        assert_eq!(all, (Some(42), "", ""), "{what}");
    }
    assert_eq!(scratch.names(), ["app.wat", "file"]);
    let mut command = scratch.command(["run", "app.wat", "-v"]);
    command.env_remove("XDG_CACHE_HOME").env_remove("HOME");
    let ran = Ran::from(command.output().unwrap());
    assert!(ran.stderr.contains("there is no cache: "), "{ran:?}");
}

#[test]
fn a_runner_can_open_what_is_in_memory() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    let mut command = scratch.command(["run", "app.wat", "--runner", "env"]);
    command.env_remove("XDG_CACHE_HOME").env_remove("HOME");
    assert_eq!(command.output().unwrap().status.code(), Some(42));
    // From the cache as well.
    let ran = scratch.wative("run app.wat --runner env");
    assert_eq!(ran.status, Some(42), "{ran:?}");
}

/// Runs a line of shell with a file system of its own for the cache; `None` where the system does not allow that.
fn on_a_mount(scratch: &Scratch, options: &str, line: &str) -> Option<Ran> {
    let cache = scratch.path.join("cache");
    fs::create_dir_all(&cache).unwrap();
    let mount = format!("mount -t tmpfs -o {options} none {}", cache.display());
    let try_it = Command::new("unshare")
        .args(["-rm", "sh", "-c", &mount])
        .stderr(Stdio::null())
        .status();
    if !try_it.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no file system can be mounted");
        return None;
    }
    let mut command = Command::new("unshare");
    command
        .args(["-rm", "sh", "-c", &format!("{mount}; {line}")])
        .arg(env!("CARGO_BIN_EXE_wative"))
        .current_dir(&scratch.path)
        .env("XDG_CACHE_HOME", &cache);
    Some(Ran::from(command.output().unwrap()))
}

#[test]
fn caches_from_which_nothing_can_be_executed_are_caches_all_the_same() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    let line =
        "\"$0\" run app.wat; echo $?; ls cache/wative | wc -l; \"$0\" run -v app.wat; echo $?";
    if let Some(ran) = on_a_mount(&scratch, "noexec", line) {
        assert_eq!((&*ran.stdout, &*ran.stderr), ("42\n1\n42\n", ""), "{ran:?}");
    }
}

#[test]
fn full_and_read_only_caches_do_not_stop_a_program() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    // Room for the directory, not for an executable.
    let line = "\"$0\" run app.wat; echo $?; ls -A cache/wative | wc -l";
    if let Some(ran) = on_a_mount(&scratch, "size=8k", line) {
        assert_eq!((&*ran.stdout, &*ran.stderr), ("42\n0\n", ""), "{ran:?}");
    }
    let line = "mkdir -m 700 cache/wative; mount -o remount,ro cache; \"$0\" run app.wat; echo $?";
    if let Some(ran) = on_a_mount(&scratch, "size=1m", line) {
        assert_eq!((&*ran.stdout, &*ran.stderr), ("42\n", ""), "{ran:?}");
    }
}

#[test]
fn runs_at_the_same_time_do_not_disturb_each_other() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    let folder = scratch.path.join("cache/wative");
    for round in 0..3 {
        let children: Vec<_> = (0..6)
            .map(|_| scratch.command(["run", "app.wat"]).spawn().unwrap())
            .collect();
        for mut child in children {
            assert_eq!(child.wait().unwrap().code(), Some(42), "round {round}");
        }
        let entries = names(&folder);
        assert_eq!(entries.len(), 1, "{entries:?}");
        // The next round finds something damaged.
        fs::write(folder.join(&entries[0]), "#!/bin/sh\nexit 7\n").unwrap();
    }
}

#[test]
fn only_entries_grow_old() {
    let warm = Warm::new();
    let folder = warm.entry.parent().unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(40 * 24 * 3600);
    let stale = "0123456789abcdef".repeat(4);
    for name in [&*stale, ".wative-1-0.tmp", "letter.txt", "0123456789abcdef"] {
        let file = fs::File::create(folder.join(name)).unwrap();
        file.set_modified(old).unwrap();
    }
    let ran = warm.scratch.wative("run app.wat --memory checked");
    assert_eq!(ran.status, Some(42));
    let left = names(folder);
    assert_eq!(left.len(), 4, "{left:?}");
    assert!(
        left.contains(&"letter.txt".to_owned()) && left.contains(&"0123456789abcdef".to_owned())
    );
}

#[test]
fn a_missing_separator_is_told() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    scratch.write("notes.txt", "Not a module.");
    fs::create_dir(scratch.path.join("folder")).unwrap();
    fs::create_dir(scratch.path.join("sub")).unwrap();
    scratch.write("sub/app.wat", EXIT_42);
    for args in [
        "a b",
        "notes.txt",
        "folder",
        "k=v x",
        "./app.wat",
        "app.wat x",
    ] {
        let help = format!(
            "`--` is missing if these are arguments of the program: wative run app.wat -- {args}\n"
        );
        let ran = scratch.wative(&format!("run app.wat {args}"));
        ran.failed(1, &[&help]);
    }
    // The first is no argument of a program.
    let ran = scratch
        .wative("run nothing.wat sub/app.wat")
        .failed(1, &["nothing.wat"]);
    assert!(!ran.stderr.contains("--"), "{ran:?}");
    let ran = scratch
        .wative("build app.wat a")
        .failed(1, &["a: cannot read"]);
    assert!(!ran.stderr.contains("--` is missing"), "{ran:?}");
}
