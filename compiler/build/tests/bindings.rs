//! Compiles modules as a build script would, then a program with their bindings by rustc, and runs it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wative::target::Target;
use wative_build::Module;

/// A fresh directory.
fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// A module in a file.
fn module(directory: &Path, name: &str, text: &str) -> Module {
    let path = directory.join(format!("{name}.wat"));
    fs::write(&path, text).unwrap();
    Module::new(path)
}

const HOSTED: &str = r#"(module
    (import "env" "log" (func $log (param i32 i32)))
    (import "env" "type" (func $type (param i64 f32) (result f64)))
    (import "env" "several" (func $several (result i32 i64 f32 f64)))
    (memory (export "memory") 1)
    (global $count (mut i32) (i32.const 0))
    (data (i32.const 16) "hello from Wasm")
    (func (export "greet") (call $log (i32.const 16) (i32.const 15)))
    (func (export "log") (param i32 i32) (call $log (local.get 0) (local.get 1)))
    (func (export "loop") (param i64 f32) (result f64) (call $type (local.get 0) (local.get 1)))
    (func (export "several") (result f64 f32 i64 i32) (local i32 i64 f32 f64)
        (call $several) (local.set 3) (local.set 2) (local.set 1) (local.set 0)
        (local.get 3) (local.get 2) (local.get 1) (local.get 0))
    (func (export "next") (result i32)
        (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count))
    (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
    (func (export "new") (result i32) (i32.const -7))
    (func (export "vector") (param v128) (result i32) (i32.const 0)))"#;

const ALONE: &str = r#"(module
    (memory 1)
    (func (export "sum") (param i64 i64) (result i64) (i64.add (local.get 0) (local.get 1)))
    (func (export "recurse") (param i32) (result i32) (i32.add (call 1 (local.get 0)) (i32.const 1))))"#;

/// Traps in its start function.
const BROKEN: &str =
    r#"(module (import "env" "f" (func $f)) (func $start (call $f) (unreachable)) (start $start))"#;

const PROGRAM: &str = r#"
#![deny(warnings)]
mod hosted { include!(concat!(env!("OUT_DIR"), "/hosted.rs")); }
mod alone { include!(concat!(env!("OUT_DIR"), "/alone.rs")); }
mod broken { include!(concat!(env!("OUT_DIR"), "/broken.rs")); }

use hosted::{Memory, Trap};

#[derive(Default)]
struct Host {
    lines: Vec<String>,
    // Dropped once, whatever happens.
    _alive: std::rc::Rc<()>,
}

impl hosted::Imports for Host {
    fn env_log(&mut self, memory: &mut Memory<'_>, at: i32, len: i32) -> Result<(), Trap> {
        let bytes = memory.read_vec(at as u32 as u64, len as u32 as usize)?;
        let text = String::from_utf8(bytes).map_err(|_| Trap::new("the text is not UTF-8"))?;
        memory.write(100, &[1, 2, 3])?;
        if text.starts_with("hello panic") {
            panic!("a panic of the host");
        }
        self.lines.push(text);
        Ok(())
    }
    fn env_type(&mut self, _: &mut Memory<'_>, a: i64, b: f32) -> Result<f64, Trap> {
        Ok(a as f64 * f64::from(b))
    }
    fn env_several(&mut self, _: &mut Memory<'_>) -> Result<(i32, i64, f32, f64), Trap> {
        Ok((-1, -2, 0.5, -0.25))
    }
}

struct Count(std::rc::Rc<std::cell::Cell<u32>>);

impl broken::Imports for Count {
    fn env_f(&mut self, _: &mut broken::Memory<'_>) -> Result<(), broken::Trap> {
        self.0.set(self.0.get() + 1);
        Ok(())
    }
}

fn main() {
    let alive = std::rc::Rc::new(());
    let host = || Host { lines: Vec::new(), _alive: alive.clone() };
    let mut one = hosted::Instance::new(host()).unwrap();
    let mut two = hosted::Instance::new(host()).unwrap();
    assert_eq!(std::rc::Rc::strong_count(&alive), 3);
    one.greet().unwrap();
    assert_eq!((one.next().unwrap(), one.next().unwrap(), two.next().unwrap()), (1, 2, 1));
    assert_eq!(one.imports().lines, ["hello from Wasm"]);
    assert!(two.imports().lines.is_empty());
    let mut bytes = [0; 3];
    one.memory().read(100, &mut bytes).unwrap();
    assert_eq!(bytes, [1, 2, 3]);
    two.memory().read(100, &mut bytes).unwrap();
    assert_eq!(bytes, [0; 3]);
    assert_eq!(one.loop_(-3, 1.5).unwrap(), -4.5);
    assert_eq!(one.several().unwrap(), (-0.25, 0.5, -2, -1));
    assert_eq!(one.new_().unwrap(), -7);

    // Traps of the module, of the program's functions, and of accesses by these.
    let trap = one.divide(1, 0).unwrap_err();
    assert_eq!(trap.code(), 7);
    assert!(trap.to_string().contains("integer divide by zero") && trap.text().contains(" - divide"));
    assert_eq!(one.divide(i32::MIN, -1).unwrap_err().code(), 6);
    assert_eq!(one.divide(-7, 2).unwrap(), -3);
    assert_eq!(one.log(65530, 100).unwrap_err().code(), 2);
    assert_eq!(one.log(-1, -1).unwrap_err().code(), 2);
    one.memory().write(200, &[0xff]).unwrap();
    assert_eq!(one.log(200, 1).unwrap_err().to_string(), "the text is not UTF-8");
    let size = one.memory().size();
    assert_eq!(size, 65536);
    assert!(one.memory().write(size - 1, &[1, 2]).is_err() && one.memory().write(size, &[]).is_ok());
    assert!(one.memory().read(u64::MAX, &mut bytes).is_err() && one.memory().read_vec(0, usize::MAX).is_err());

    // A panic goes through the call.
    one.memory().write(16, b"hello panic").unwrap();
    std::panic::set_hook(Box::new(|_| {}));
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| one.greet())).unwrap_err();
    assert_eq!(*caught.downcast_ref::<&str>().unwrap(), "a panic of the host");
    assert_eq!(one.next().unwrap(), 3);
    drop((one, two));
    assert_eq!(std::rc::Rc::strong_count(&alive), 1);

    let calls = std::rc::Rc::new(std::cell::Cell::new(0));
    let trap = broken::Instance::new(Count(calls.clone())).err().unwrap();
    assert_eq!((trap.code(), calls.get(), std::rc::Rc::strong_count(&calls)), (1, 1, 1));

    // Instances go to other threads.
    let threads: Vec<_> = (0..4).map(|i| {
        let mut instance = alone::Instance::new().unwrap();
        std::thread::spawn(move || {
            assert_eq!(instance.recurse(i).unwrap_err().code(), 9);
            instance.sum(i64::from(i), -1).unwrap()
        })
    }).collect();
    let sums: Vec<i64> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    println!("{sums:?}");
}
"#;

#[test]
fn a_program_with_three_modules() {
    let target = Target::host().expect("this machine is a target");
    let out = scratch("program");
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()));
    fs::write(out.join("main.rs"), PROGRAM).unwrap();
    command
        .arg(out.join("main.rs"))
        .args(["--edition=2021", "-Cdebug-assertions=on"]);
    for (name, text, checked) in [
        ("hosted", HOSTED, false),
        ("alone", ALONE, false),
        ("broken", BROKEN, true),
    ] {
        let module = module(&out, name, text).checked(checked);
        let lines = module.compile_for(target, &out).unwrap();
        // What cargo makes of the lines.
        for line in lines.lines() {
            if let Some(path) = line.strip_prefix("cargo:rustc-link-search=") {
                command.arg("-L").arg(path);
            } else if let Some(library) = line.strip_prefix("cargo:rustc-link-lib=") {
                command.arg("-l").arg(library);
            } else {
                assert!(line.starts_with("cargo:rerun-if-changed="), "{line}");
            }
        }
    }
    let program = out.join("program");
    let built = command
        .env("OUT_DIR", &out)
        .arg("-o")
        .arg(&program)
        .output();
    let built = built.unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let finished = Command::new(&program).output().unwrap();
    let errors = String::from_utf8_lossy(&finished.stderr);
    assert!(finished.status.success(), "{}: {errors}", finished.status);
    assert_eq!(String::from_utf8_lossy(&finished.stdout), "[-1, 0, 1, 2]\n");
}

#[test]
fn what_has_no_bindings() {
    let out = scratch("refused");
    for (name, text, message) in [
        (
            "memory",
            r#"(module (import "env" "memory" (memory 1)))"#,
            "the memory env.memory",
        ),
        (
            "vector",
            r#"(module (import "env" "f" (func (param v128))))"#,
            "env.f, which takes or returns vectors",
        ),
        ("component", "(component)", "this is a component"),
        ("wative-x", "(module)", "runtime library"),
    ] {
        let module = module(&out, name, text);
        let error = module.compile_for(Target::X86_64Linux, &out).unwrap_err();
        assert!(error.to_string().contains(message), "{name}: {error}");
        assert!(!out.join(format!("{name}.rs")).exists());
    }
}
