//! Compiled functions that are kept: whatever becomes of them, the executable is the same.

use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::{EXIT_42, Ran, Scratch, has, names};

/// What `-v` says: functions that were found, and those that were compiled.
#[track_caller]
fn counts(ran: &Ran) -> (usize, usize) {
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    let count = |name: &str| {
        let mut lines = ran
            .stderr
            .lines()
            .filter_map(|line| line.strip_suffix(" functions"));
        let value = lines.find_map(|line| line.strip_prefix(name));
        let value = value.unwrap_or_else(|| panic!("no `{name}` in {}", ran.stderr));
        value.trim().parse().expect("a number")
    };
    (count("found"), count("compiled"))
}

/// A directory with a program, what it is compiled to without a cache, and a cache in which it is.
struct Warm {
    scratch: Scratch,
    pack: PathBuf,
    bytes: Vec<u8>,
    executable: Vec<u8>,
}

impl Warm {
    fn new() -> Warm {
        let scratch = Scratch::new();
        scratch.write("app.wat", EXIT_42);
        let ran = scratch.wative("build app.wat");
        assert_eq!(ran.status, Some(0), "{}", ran.stderr);
        let executable = fs::read(scratch.path.join("app")).unwrap();
        let ran = scratch.wative("build app.wat --cache kept -v");
        let (found, compiled) = counts(&ran);
        assert!(found == 0 && compiled > 0);
        let folder = scratch.path.join("kept");
        let packs = names(&folder);
        assert_eq!(packs.len(), 1);
        let pack = folder.join(&packs[0]);
        let bytes = fs::read(&pack).unwrap();
        let warm = Warm {
            scratch,
            pack,
            bytes,
            executable,
        };
        warm.is_right("the first");
        warm
    }

    #[track_caller]
    fn is_right(&self, what: &str) {
        let executable = fs::read(self.scratch.path.join("app")).unwrap();
        assert!(executable == self.executable, "{what}: another executable");
        fs::remove_file(self.scratch.path.join("app")).unwrap();
    }

    /// Builds with these options; answers the counts.
    #[track_caller]
    fn builds(&self, options: &str, what: &str) -> (usize, usize) {
        let ran = self.scratch.wative(&format!("build app.wat -v {options}"));
        let counts = counts(&ran);
        self.is_right(what);
        counts
    }
}

fn set_mode(path: &std::path::Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn functions_are_found_again() {
    let warm = Warm::new();
    let (found, compiled) = warm.builds("--cache kept", "again");
    assert!(found > 0 && compiled > 0, "{found} and {compiled}");
    assert_eq!(fs::read(&warm.pack).unwrap(), warm.bytes);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().mode() & 0o7777;
    assert_eq!(mode(&warm.pack), 0o600);
    assert_eq!(mode(warm.pack.parent().unwrap()), 0o700);
    // An edit is an edit.
    warm.scratch.write("app.wat", EXIT_42.replace("42", "43"));
    let ran = warm.scratch.wative("build app.wat -v --cache kept");
    assert!(counts(&ran).1 > compiled);
    assert_eq!(warm.scratch.program("app", &[]).status, Some(43));
    // Both are kept.
    warm.scratch.write("app.wat", EXIT_42);
    assert_eq!(warm.builds("--cache kept", "back"), (found, compiled));
    assert_eq!(names(warm.pack.parent().unwrap()).len(), 1);
}

#[test]
fn nothing_is_kept_without_being_asked_for() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    let ran = scratch.wative("build app.wat -v");
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    assert!(!ran.stderr.contains(" functions\n"), "{}", ran.stderr);
    assert!(!scratch.path.join("cache").exists());
    let ran = scratch.wative("build app.wat --emit ir -o - --cache kept");
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    assert!(!scratch.path.join("kept").exists(), "text has no code");
}

#[test]
fn run_and_build_share_functions() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    let kept = scratch.path.join("kept");
    let ran = scratch.wative("run --cache kept app.wat");
    assert_eq!(ran.status, Some(42), "{}", ran.stderr);
    assert_eq!(names(&kept).len(), 1, "by run");
    assert!(counts(&scratch.wative("build app.wat -v --cache kept")).0 > 0);
    assert_eq!(names(&kept).len(), 1, "by both");
}

#[test]
fn every_output_has_functions_kept() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    for (number, options) in ["", "--emit obj", "--emit shared", "-O0", "-g"]
        .iter()
        .enumerate()
    {
        // A shared library has its name in it.
        let build = |more: &str| {
            let ran = scratch.wative(&format!("build app.wat -o out {options} {more}"));
            assert_eq!(ran.status, Some(0), "{}", ran.stderr);
            (fs::read(scratch.path.join("out")).unwrap(), ran)
        };
        let (plain, _) = build("");
        let (cold, _) = build("-v --cache kept");
        let (warm, ran) = build("-v --cache kept");
        assert!(counts(&ran).0 > 0, "{options}");
        assert!(plain == cold && plain == warm, "{options}: another output");
        assert!(names(&scratch.path.join("kept")).len() <= number + 1);
    }
}

#[test]
fn what_is_damaged_is_compiled_again() {
    let warm = Warm::new();
    let len = warm.bytes.len();
    let mut cases = vec![
        ("empty".to_owned(), Vec::new()),
        ("longer".to_owned(), [&warm.bytes[..], b"more"].concat()),
        ("text".to_owned(), b"#!/bin/sh\n".to_vec()),
        ("zeros".to_owned(), vec![0; len]),
    ];
    for at in [0, 1, len / 3, len / 2, len - 60, len - 30, len - 1] {
        let mut bytes = warm.bytes.clone();
        bytes[at] ^= 0x40;
        cases.push((format!("byte {at}"), bytes));
        cases.push((format!("{at} bytes"), warm.bytes[..at].to_vec()));
    }
    for (what, bytes) in cases {
        fs::write(&warm.pack, bytes).unwrap();
        warm.builds("--cache kept", &what);
        let (found, _) = warm.builds("--cache kept", &what);
        assert!(found > 0, "{what}: not replaced");
        assert!(fs::read(&warm.pack).unwrap() == warm.bytes, "{what}");
    }
}

#[test]
fn what_others_could_have_put_there_is_not_taken() {
    let warm = Warm::new();
    let elsewhere = warm.scratch.write("elsewhere", &warm.bytes);
    set_mode(&elsewhere, 0o600);
    let put = |what: &str| {
        let found = warm.builds("--cache kept", what).0;
        assert_eq!(found, 0, "{what}");
        assert!(
            fs::symlink_metadata(&warm.pack).unwrap().is_file(),
            "{what}"
        );
        assert_eq!(fs::metadata(&warm.pack).unwrap().mode() & 0o7777, 0o600);
    };
    for mode in [0o606, 0o660, 0o666, 0o4600] {
        set_mode(&warm.pack, mode);
        put(&format!("mode {mode:o}"));
    }
    fs::remove_file(&warm.pack).unwrap();
    symlink(&elsewhere, &warm.pack).unwrap();
    put("a link");
    if has("mkfifo") {
        fs::remove_file(&warm.pack).unwrap();
        assert!(
            Command::new("mkfifo")
                .arg(&warm.pack)
                .status()
                .unwrap()
                .success()
        );
        put("a pipe");
    }
    // What cannot be replaced is left alone.
    fs::remove_file(&warm.pack).unwrap();
    fs::create_dir(&warm.pack).unwrap();
    let ran = warm.scratch.wative("build app.wat -v --cache kept");
    assert_eq!(counts(&ran).0, 0);
    assert!(
        ran.stderr.contains("functions are not kept"),
        "{}",
        ran.stderr
    );
    warm.is_right("a directory");
    assert_eq!(
        names(warm.pack.parent().unwrap()).len(),
        1,
        "nothing unfinished"
    );
}

#[test]
fn directories_of_others_are_refused() {
    let warm = Warm::new();
    let kept = warm.pack.parent().unwrap();
    set_mode(kept, 0o777);
    let ran = warm.scratch.wative("build app.wat --cache kept");
    assert_eq!(ran.status, Some(1));
    assert!(
        ran.stderr.contains("other users can write"),
        "{}",
        ran.stderr
    );
    set_mode(kept, 0o700);
    symlink(kept, warm.scratch.path.join("link")).unwrap();
    let ran = warm.scratch.wative("build app.wat --cache link");
    assert_eq!(ran.status, Some(1), "{}", ran.stderr);
    let ran = warm.scratch.wative("build app.wat --cache app.wat");
    assert_eq!(ran.status, Some(1), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("--cache takes a directory"),
        "{}",
        ran.stderr
    );
}

#[test]
fn compilers_at_the_same_time() {
    let warm = Warm::new();
    fs::remove_file(&warm.pack).unwrap();
    let build = |number: usize| {
        let output = format!("out{number}");
        let args = ["build", "app.wat", "--cache", "kept", "-o", &output];
        warm.scratch.command(args).spawn().unwrap()
    };
    for _ in 0..3 {
        let mut children: Vec<Child> = (0..12).map(build).collect();
        for (number, child) in children.iter_mut().enumerate() {
            assert!(child.wait().unwrap().success());
            let path = warm.scratch.path.join(format!("out{number}"));
            assert!(fs::read(path).unwrap() == warm.executable, "{number}");
        }
        assert_eq!(names(warm.pack.parent().unwrap()).len(), 1);
        assert!(fs::read(&warm.pack).unwrap() == warm.bytes);
    }
}

#[test]
fn urls_of_other_kinds_are_refused() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    for url in [
        "https://127.0.0.1/x",
        "file:///tmp",
        "http://",
        "http://x:y",
    ] {
        let ran = scratch.wative(&format!("build app.wat --cache {url}"));
        assert_eq!(ran.status, Some(2), "{url}");
    }
}

/// A server whose connections are all treated in the same way.
fn server(answer: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.incoming().flatten().for_each(answer));
    url
}

/// Reads a request's head, if there is one, then answers.
fn answering(text: &'static [u8]) -> impl Fn(TcpStream) + Send {
    move |mut stream| {
        let mut bytes = [0; 4096];
        if stream.read(&mut bytes).is_ok_and(|len| len > 0) {
            let _ = stream.write_all(text);
        }
    }
}

#[test]
fn servers_that_fail_do_no_harm() {
    let warm = Warm::new();
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let endless = |mut stream: TcpStream| {
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    };
    let servers = [
        ("none", closed),
        ("no such name", "http://name.invalid".to_owned()),
        ("closes", server(drop)),
        (
            "speaks another protocol",
            server(answering(b"220 mail\r\n")),
        ),
        ("sends no end of a line", server(endless)),
        (
            "fails",
            server(answering(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")),
        ),
        (
            "forbids",
            server(answering(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")),
        ),
        (
            "leads elsewhere",
            server(answering(
                b"HTTP/1.1 302 No\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
            )),
        ),
        (
            "has text",
            server(answering(
                b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            )),
        ),
        (
            "has less than it says",
            server(answering(
                b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\nhello",
            )),
        ),
        (
            "has bad chunks",
            server(answering(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzzz\r\nhello",
            )),
        ),
        (
            "has nothing",
            server(answering(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")),
        ),
    ];
    for (what, url) in servers {
        let start = Instant::now();
        let ran = warm.scratch.wative(&format!("build app.wat --cache {url}"));
        assert_eq!((ran.status, &*ran.stderr), (Some(0), ""), "{what}");
        warm.is_right(what);
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        let ran = warm
            .scratch
            .wative(&format!("build app.wat -v --cache {url}"));
        assert_eq!(ran.status, Some(0), "{what}");
        warm.is_right(what);
    }
    let ran = warm
        .scratch
        .wative("build app.wat -v --cache http://127.0.0.1:1");
    assert!(
        ran.stderr.contains("http://127.0.0.1:1: "),
        "{}",
        ran.stderr
    );
}

/// A server that takes connections and says nothing costs the time of one request.
#[test]
fn servers_that_hang_do_no_harm() {
    let warm = Warm::new();
    let kept = std::sync::Mutex::new(Vec::new());
    let url = server(move |stream| kept.lock().unwrap().push(stream));
    let start = Instant::now();
    warm.scratch.wative(&format!("build app.wat --cache {url}"));
    warm.is_right("hangs");
    let time = start.elapsed();
    assert!(time < Duration::from_secs(90), "{time:?}");
}

/// Ends when it is dropped.
struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server as they are used for this: nginx, which keeps files that are put.
#[test]
fn a_server_keeps_functions() {
    if !has("nginx") {
        return;
    }
    let warm = Warm::new();
    let root = &warm.scratch.path;
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for folder in ["files", "files/ac", "temporary"] {
        fs::create_dir(root.join(folder)).unwrap();
        set_mode(&root.join(folder), 0o777);
    }
    let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {}/temporary/{kind};", root.display()))
        .concat();
    let config = format!(
        "daemon off; master_process off; pid {0}/pid; error_log {0}/errors;
         events {{}}
         http {{ access_log off; {paths}
            server {{ listen 127.0.0.1:{port}; root {0}/files; client_max_body_size 0;
                location / {{ dav_methods PUT; create_full_put_path on; }} }} }}",
        root.display()
    );
    let config = warm.scratch.write("nginx.conf", config);
    let child = Command::new("nginx")
        .args(["-e", &format!("{}/errors", root.display()), "-c"])
        .arg(config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _nginx = Nginx(child);
    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        let errors = fs::read_to_string(root.join("errors")).unwrap_or_default();
        assert!(start.elapsed() < Duration::from_secs(30), "{errors}");
        std::thread::sleep(Duration::from_millis(50));
    }
    let cache = format!("--cache http://127.0.0.1:{port}/ac/");
    assert_eq!(warm.builds(&cache, "empty").0, 0);
    assert_eq!(names(&root.join("files/ac")).len(), 1);
    let (found, _) = warm.builds(&cache, "full");
    assert!(found > 0);
    assert_eq!(
        warm.builds(&cache.replace("/ac/", "/other"), "elsewhere").0,
        0
    );
    assert!(warm.builds(&cache.replace("/ac/", "/other"), "elsewhere").0 > 0);
    let pack = root
        .join("files/ac")
        .join(&names(&root.join("files/ac"))[0]);
    fs::write(&pack, b"damaged").unwrap();
    assert_eq!(warm.builds(&cache, "damaged").0, 0);
    assert_eq!(warm.builds(&cache, "mended").0, found);
}
