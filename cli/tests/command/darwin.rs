//! Objects for macOS, and what cannot be made for it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::{EXIT_42, MATH, Ran, Scratch};
use object::{BinaryFormat, Object, ObjectSymbol};
use wative::target::Target;
use wative_compiler::options::Platform;

fn targets() -> impl Iterator<Item = Target> {
    Target::ALL
        .into_iter()
        .filter(|target| target.platform() == Platform::Darwin)
}

#[test]
fn objects_are_mach_o_that_a_linker_accepts() {
    let guests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testsuite/guests");
    for target in targets() {
        let scratch = Scratch::new();
        scratch.write("math.wat", MATH);
        scratch.write("app.wat", EXIT_42);
        for name in ["bigdata.wat", "json.wasm", "shapes.wasm"] {
            fs::copy(guests.join(name), scratch.path.join(name)).unwrap();
        }
        for (module, symbol) in [
            ("math.wat", "_wative_math__add"),
            ("app.wat", "_wative_program"),
            ("bigdata.wat", "_wative_program"),
            ("json.wasm", "_wative_program"),
            ("shapes.wasm", "_wative_program"),
        ] {
            scratch
                .wative(&format!(
                    "build {module} --emit obj --target {target} -o x.o"
                ))
                .succeeded();
            let bytes = fs::read(scratch.path.join("x.o")).unwrap();
            let file = object::File::parse(&*bytes).unwrap();
            assert_eq!(file.format(), BinaryFormat::MachO);
            let defined = file
                .symbols()
                .any(|s| s.name() == Ok(symbol) && s.is_definition());
            assert!(defined, "{symbol} in the object of {module}");
            let arch = match target {
                Target::X86_64Darwin => "x86_64",
                _ => "arm64",
            };
            let linked = Command::new("lld")
                .args(["-flavor", "darwin", "-arch", arch, "-dylib"])
                .args(["-platform_version", "macos", "11.0", "11.0"])
                .args(["-undefined", "dynamic_lookup", "-o", "x.dylib", "x.o"])
                .current_dir(&scratch.path)
                .output();
            match linked {
                Ok(output) => Ran::from(output).succeeded(),
                Err(error) => {
                    println!("skipped: lld: {error}");
                    continue;
                }
            };
            let bytes = fs::read(scratch.path.join("x.dylib")).unwrap();
            object::File::parse(&*bytes).unwrap();
        }
    }
}

#[test]
fn executables_for_macos_are_refused() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    for target in targets() {
        let name = target.name();
        scratch
            .wative(&format!("build app.wat --target {name}"))
            .failed(1, &[name, "--emit obj"]);
        scratch
            .wative(&format!("runtime --target {name}"))
            .failed(1, &[name, "--emit obj"]);
        scratch
            .wative(&format!(
                "build app.wat --emit obj --target {name} --memory fixed"
            ))
            .failed(2, &["--memory fixed", "pinned"]);
    }
    assert_eq!(scratch.names(), ["app.wat"]);
}
