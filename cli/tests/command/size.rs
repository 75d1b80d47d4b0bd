//! `wative size`, `doctor`, `completions` and `manual`.

use std::fs;

use crate::common::{EXIT_42, Scratch};

/// The sum of all `"bytes":` of leaves, and that of the root.
fn leaves_and_root(json: &str) -> (u64, u64) {
    let number = |text: &str| -> u64 {
        let digits = text.split(|c: char| !c.is_ascii_digit()).next();
        digits.unwrap().parse().unwrap()
    };
    let parts: Vec<&str> = json.split("\"bytes\":").skip(1).collect();
    let is_leaf =
        |part: &&&str| part[part.find(|c: char| !c.is_ascii_digit()).unwrap()..].starts_with('}');
    let leaves = parts.iter().filter(is_leaf).map(|part| number(part)).sum();
    (leaves, number(parts[0]))
}

#[test]
fn every_byte_is_counted_once() {
    let scratch = Scratch::new();
    scratch.write("exit.wat", EXIT_42);
    scratch.wative("build exit.wat -o app").succeeded();
    scratch
        .wative("build exit.wat --strip -o stripped")
        .succeeded();
    scratch
        .wative("build exit.wat --emit obj -o app.o")
        .succeeded();
    for file in ["app", "stripped", "app.o"] {
        let json = scratch
            .wative(&format!("size --json {file}"))
            .succeeded()
            .stdout;
        let len = fs::metadata(scratch.path.join(file)).unwrap().len();
        assert_eq!(leaves_and_root(&json), (len, len), "{file}");
    }
    let text = scratch.wative("size app -n 100").succeeded().stdout;
    for part in [
        "code",
        "modules",
        "_start",
        "runtime",
        "symbols (.symtab)",
        "headers and padding",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
}

#[test]
fn modules_are_counted_by_function_and_segment() {
    let scratch = Scratch::new();
    // A function of a crate, one without, a segment, and a custom section.
    let module = r#"(module (memory 1) (data (i32.const 8) "hello")
        (func $core::fmt::write::h0123456789abcdef (drop (i32.const 1)))
        (func $plain) (@custom "extra" "12345"))"#;
    let bytes = wat::parse_str(module).unwrap();
    scratch.write("m.wasm", &bytes);
    let json = scratch.wative("size --json m.wasm").succeeded().stdout;
    let len = bytes.len() as u64;
    assert_eq!(leaves_and_root(&json), (len, len));
    let text = scratch.wative("size m.wasm").succeeded().stdout;
    for part in [
        "core::fmt::write\n",
        "plain\n",
        "segment 0\n",
        "extra\n",
        "(no library)\n",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
}

#[test]
fn differences() {
    let scratch = Scratch::new();
    for (name, body) in [
        ("a", "(func $f) (func $g)"),
        ("b", "(func $f nop nop) (func $h)"),
    ] {
        scratch.write(
            &format!("{name}.wasm"),
            wat::parse_str(format!("(module {body})")).unwrap(),
        );
    }
    let text = scratch
        .wative("size --diff a.wasm b.wasm")
        .succeeded()
        .stdout;
    assert!(text.contains("+2  code / (no library) / f"), "{text}");
    assert!(text.contains("-2  code / (no library) / g"), "{text}");
    let json = scratch
        .wative("size --diff --json a.wasm b.wasm")
        .succeeded()
        .stdout;
    assert!(
        json.contains("{\"path\":\"code / (no library) / f\",\"before\":2,\"after\":4}"),
        "{json}"
    );
    let same = scratch
        .wative("size --diff a.wasm a.wasm")
        .succeeded()
        .stdout;
    assert_eq!(same.lines().count(), 1);
    scratch.wative("size --diff a.wasm").failed(2, &["--diff"]);
    scratch.wative("size a.wasm b.wasm").failed(2, &["--diff"]);
}

#[test]
fn pictures_and_bad_files() {
    let scratch = Scratch::new();
    scratch.write("m.wasm", wat::parse_str("(module (func $f))").unwrap());
    scratch.wative("size m.wasm --svg m.svg").succeeded();
    let svg = fs::read_to_string(scratch.path.join("m.svg")).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    scratch.write("text", "hello");
    scratch
        .wative("size text")
        .failed(1, &["text: neither an executable"]);
    for broken in ["\x7fELF", "\0asm\x01\0\0\0\x0a\x05"] {
        scratch.write("broken", broken);
        scratch.wative("size broken").failed(1, &["damaged"]);
    }
}

#[test]
fn messages_in_json() {
    let scratch = Scratch::new();
    let bytes = wat::parse_str("(module (func $f (result i32) i32.const 1))").unwrap();
    scratch.write("good.wasm", &bytes);
    let mut bad = bytes;
    let at = bad.iter().rposition(|&byte| byte == 0x41).unwrap();
    bad[at] = 0x42;
    scratch.write("bad.wasm", &bad);
    let ran = scratch.wative("build bad.wasm --emit obj --message-format json");
    assert_eq!(ran.status, Some(1));
    let line = ran.stderr.strip_suffix('\n').unwrap();
    assert!(!line.contains('\n'), "{line}");
    assert!(
        line.starts_with("{\"level\":\"error\",\"message\":\"type mismatch"),
        "{line}"
    );
    for part in [
        "\"file\":\"bad.wasm\"",
        "\"offset\":",
        "\"function\":{\"index\":0,\"name\":\"f\"}",
        "\"help\":",
    ] {
        assert!(line.contains(part), "no {part} in {line}");
    }
}

#[test]
fn debugging_information_in_other_files() {
    let scratch = Scratch::new();
    let guest = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../testsuite/guests/debug/lines-O0.wasm"
    );
    let bytes = fs::read(guest).unwrap();
    scratch.write("whole.wasm", &bytes);
    // The module's own sections come before all custom ones.
    let end = wasmparser::Parser::new(0)
        .parse_all(&bytes)
        .filter_map(|payload| match payload.unwrap() {
            wasmparser::Payload::DataSection(section) => Some(section.range().end as usize),
            _ => None,
        })
        .last()
        .unwrap();
    let name = b"\x09dwarf.dbg";
    let mut stripped = bytes[..end].to_vec();
    stripped.extend([0, 1 + 19 + name.len() as u8, 19]);
    stripped.extend(b"external_debug_info");
    stripped.extend(name);
    scratch.write("app.wasm", &stripped);
    scratch
        .wative("build app.wasm -g -o app")
        .failed(1, &["dwarf.dbg", "No such file"]);
    scratch.wative("build app.wasm -o app").succeeded();
    scratch.write("dwarf.dbg", &bytes);
    scratch.wative("build app.wasm -g -o app").succeeded();
    scratch.wative("build whole.wasm -g -o whole").succeeded();
    let sections = |file: &str| {
        let bytes = fs::read(scratch.path.join(file)).unwrap();
        bytes
            .windows(7)
            .filter(|window| window == b".debug_")
            .count()
    };
    assert_eq!(sections("app"), sections("whole"));
    assert!(sections("app") > 3);

    // A file for debuggers beside an executable without anything for them, with the same identity.
    scratch
        .wative("build whole.wasm -g --split-debug whole.dbg -o small")
        .succeeded();
    assert_eq!(
        (sections("small"), sections("whole.dbg")),
        (0, sections("whole"))
    );
    assert_eq!(
        scratch.program("small", &[]).stdout,
        scratch.program("whole", &[]).stdout
    );
    let id = |file: &str| {
        let bytes = fs::read(scratch.path.join(file)).unwrap();
        let at = bytes
            .windows(4)
            .position(|window| window == b"GNU\0")
            .unwrap();
        bytes[at..at + 24].to_vec()
    };
    assert_eq!(id("small"), id("whole.dbg"));
    assert_eq!(id("small"), id("whole"));
    assert_ne!(id("small"), id("app"));
    scratch
        .wative("build whole.wasm --split-debug x -o small")
        .failed(2, &["--debug"]);
}

#[test]
fn doctor_completions_and_manual() {
    let scratch = Scratch::new();
    let report = scratch.wative("doctor").succeeded().stdout;
    let rows: Vec<&str> = report.lines().skip(1).collect();
    assert!(
        rows.len() > 8
            && rows
                .iter()
                .all(|row| row.starts_with("ok  ") || row.starts_with("no  ")),
        "{report}"
    );
    for shell in ["bash", "zsh", "fish"] {
        let script = scratch
            .wative(&format!("completions {shell}"))
            .succeeded()
            .stdout;
        assert!(
            script.contains("allow-connect") && script.contains("inspect"),
            "{shell}"
        );
    }
    fs::create_dir(scratch.path.join("man")).unwrap();
    scratch.wative("manual man").succeeded();
    let page = fs::read_to_string(scratch.path.join("man/wative-build.1")).unwrap();
    assert!(page.contains("stack\\-size"));
    scratch.wative("manual nowhere").failed(1, &["nowhere"]);
    let version = scratch.wative("--version").succeeded().stdout;
    assert!(
        version.contains("revision: ") && version.contains("targets: "),
        "{version}"
    );
}
