//! Compiles the runtime library and the object with TLS for each target, to be embedded in the `wative` command.
//!
//! Input: `runtime-lib/src`, which one rustc call turns into one relocatable object (its crate documentation has the recipe), and `runtime-lib/tls`, which has
//! dependencies, so that cargo is called for it. Output: `OUT_DIR/runtime-ARCH.o`, the same optimised for size as `OUT_DIR/small-ARCH.o`, and `OUT_DIR/tls-ARCH.o`, empty where no rustc has a standard library for the
//! target: `wative` is then built without it, and `wative targets` says how to add it. Nothing is installed; crates are downloaded as `Cargo.lock` has them,
//! unless that was done before.
//!
//! A package (`scripts/release.sh --crates`) has no runtime library, but these objects in `prebuilt`.
//!
//! The rustc for a target is the first of `WATIVE_RUNTIME_RUSTC_ARCH`, cargo's own, and `rustc` on the PATH whose target
//! directory holds `libcore-*.rlib`. It need not be the rustc that builds wative: only a C interface lies between the two.

use object::read::elf::FileHeader;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Architecture, target and flags besides the common ones.
const TARGETS: [(&str, &str, &[&str]); 2] = [
    ("x86_64", "x86_64-unknown-linux-gnu", &[]),
    // Outlined atomics would need `getauxval` from libc.
    (
        "aarch64",
        "aarch64-unknown-linux-gnu",
        &["-Ctarget-feature=-outline-atomics"],
    ),
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let prebuilt = PathBuf::from(var("CARGO_MANIFEST_DIR")).join("prebuilt");
    if prebuilt.is_dir() {
        return copy(&prebuilt);
    }
    let root = PathBuf::from(var("CARGO_MANIFEST_DIR")).join("..");
    let source = root.join("runtime-lib/src");
    for input in [
        "runtime-lib/src",
        "runtime-lib/tls",
        "Cargo.toml",
        "Cargo.lock",
    ] {
        println!("cargo:rerun-if-changed={}", root.join(input).display());
    }
    println!("cargo:rerun-if-env-changed=RUSTC");
    println!("cargo:rerun-if-env-changed=PATH");
    let out = PathBuf::from(var("OUT_DIR"));
    for (arch, target, flags) in TARGETS {
        let object = out.join(format!("runtime-{arch}.o"));
        let small = out.join(format!("small-{arch}.o"));
        let tls = out.join(format!("tls-{arch}.o"));
        let variable = format!("WATIVE_RUNTIME_RUSTC_{}", arch.to_uppercase());
        println!("cargo:rerun-if-env-changed={variable}");
        match find_rustc(&variable, target) {
            Some(rustc) => {
                compile(&rustc, &source, target, "3", flags, &object);
                compile(&rustc, &source, target, "s", flags, &small);
                compile_tls(&rustc, &root, target, flags, &tls);
            }
            None => {
                for object in [object, small, tls] {
                    std::fs::write(object, b"").expect("OUT_DIR is writable");
                }
            }
        }
    }
}

/// Takes what a package has.
fn copy(from: &Path) {
    println!("cargo:rerun-if-changed={}", from.display());
    for (arch, ..) in TARGETS {
        for kind in ["runtime", "small", "tls"] {
            let name = format!("{kind}-{arch}.o");
            let to = PathBuf::from(var("OUT_DIR")).join(&name);
            std::fs::copy(from.join(&name), to)
                .unwrap_or_else(|e| panic!("prebuilt/{name} of the package: {e}"));
        }
    }
}

fn var(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}

/// A rustc that has `core` for the target. One that the variable names must have it.
fn find_rustc(variable: &str, target: &str) -> Option<String> {
    if let Ok(named) = env::var(variable)
        && !named.is_empty()
    {
        assert!(
            has_core(&named, target),
            "{variable}={named} has no standard library for {target}"
        );
        return Some(named);
    }
    [var("RUSTC"), "rustc".to_owned()]
        .into_iter()
        .find(|rustc| has_core(rustc, target))
}

fn has_core(rustc: &str, target: &str) -> bool {
    let output = Command::new(rustc)
        .args(["--print", "target-libdir", "--target", target])
        .output();
    let Ok(output) = output else { return false };
    let text = String::from_utf8_lossy(&output.stdout);
    let Ok(directory) = std::fs::read_dir(Path::new(text.trim())) else {
        return false;
    };
    directory.filter_map(Result::ok).any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libcore-") && name.ends_with(".rlib")
    })
}

/// Compiles the runtime library at this level of optimisation.
fn compile(rustc: &str, source: &Path, target: &str, level: &str, flags: &[&str], object: &Path) {
    let output = Command::new(rustc)
        .arg(source.join("lib.rs"))
        .args([
            "--crate-name=wative_runtime",
            "--edition=2024",
            "--crate-type=staticlib",
        ])
        .args(["--cfg", "feature=\"standalone\"", "--target", target])
        .arg(format!("-Copt-level={level}"))
        .args(["-Clto=fat", "-Ccodegen-units=1", "-Cpanic=abort"])
        .args(["-Crelocation-model=pic", "-Coverflow-checks=off"])
        // The same object wherever the sources are.
        .arg(format!("--remap-path-prefix={}=wative", source.display()))
        .args(flags)
        .arg(format!("--emit=obj={}", object.display()))
        // Only when an archive is asked for as well does rustc optimise the object together with `core`.
        .arg(format!(
            "--emit=link={}",
            object.with_extension("unused.a").display()
        ))
        // Flags for the build of wative are not for the runtime.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .unwrap_or_else(|e| panic!("cannot run {rustc}: {e}"));
    assert!(
        output.status.success(),
        "{rustc} cannot compile the runtime library for {target}:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let bytes = std::fs::read(object).expect("rustc wrote the object");
    std::fs::write(object, stripped(&bytes, &[])).expect("OUT_DIR is writable");
}

/// Compiles the object with TLS, by a cargo with a target directory of its own.
fn compile_tls(rustc: &str, root: &Path, target: &str, flags: &[&str], object: &Path) {
    // Cargo does not make what is there already, so that this one stays as it was made.
    let raw = object.with_extension("raw.o");
    let mut own = vec![
        "-Crelocation-model=pic",
        // The variant of the curve's arithmetic with vectors is large, and handshakes are no faster by it.
        "--cfg=curve25519_dalek_backend=\"serial\"",
    ];
    own.extend(flags);
    let status = Command::new(var("CARGO"))
        .current_dir(root)
        .args(["rustc", "--package=wative-runtime-tls", "--lib", "--locked"])
        .args(["--crate-type=staticlib", "--features=standalone"])
        .args(["--profile=runtime", "--target", target])
        .arg("--target-dir")
        .arg(object.with_extension("target"))
        .arg("--")
        .arg(format!("--emit=obj={},link", raw.display()))
        .env("RUSTC", rustc)
        // Flags and tools for the build of wative are not for the runtime.
        .env("CARGO_ENCODED_RUSTFLAGS", own.join("\x1f"))
        .env_remove("RUSTFLAGS")
        .env_remove("RUSTC_WRAPPER")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .status()
        .unwrap_or_else(|e| panic!("cannot run cargo: {e}"));
    assert!(
        status.success(),
        "cargo cannot compile the object with TLS for {target}"
    );
    let bytes = std::fs::read(raw).expect("rustc wrote the object");
    // Nothing unwinds through it, and what an executable has of its own must not be found in it.
    let unwinding = [
        &b".eh_frame"[..],
        b".rela.eh_frame",
        b".gcc_except_table",
        b".rela.gcc_except_table",
        b".group",
        b".data.DW.ref",
        b".rela.data.DW.ref",
    ];
    std::fs::write(object, stripped(&bytes, &unwinding)).expect("OUT_DIR is writable");
}

/// The object without the debugging information of the standard library, which would make every executable seven times as large, and without the sections whose names
/// begin so. Symbols and unwind tables stay, but where unwind tables are among those sections only symbols of the interface are global.
fn stripped(bytes: &[u8], unwinding: &[&[u8]]) -> Vec<u8> {
    let bytes = without_groups(bytes);
    let mut builder =
        object::build::elf::Builder::read(&*bytes).expect("rustc wrote an ELF object");
    for section in &mut builder.sections {
        let name = &section.name[..];
        section.delete = [&b".debug_"[..], b".rela.debug_", b".comment"]
            .iter()
            .chain(unwinding)
            .any(|prefix| name.starts_with(prefix));
    }
    if !unwinding.is_empty() {
        for symbol in &mut builder.symbols {
            if symbol.section.is_some() && !symbol.name.starts_with(b"wative_") {
                symbol.set_st_info(object::elf::STB_LOCAL, symbol.st_type());
            }
            symbol.delete = symbol.name[..] == *b"rust_eh_personality";
        }
    }
    for symbol in &mut builder.symbols {
        if let Some(name) = without_hash(&symbol.name) {
            symbol.name = name.into();
        }
    }
    builder.delete_orphans();
    // The compiler keeps all names in one table; the writer wants the sections' names in a table of their own.
    let names = builder.sections.add();
    names.name = b".shstrtab"[..].into();
    names.sh_type = object::elf::SHT_STRTAB;
    names.sh_addralign = 1;
    names.data = object::build::elf::SectionData::SectionString;
    let mut stripped = Vec::new();
    builder
        .write(&mut stripped)
        .expect("the object can be written again");
    stripped
}

/// A function's name without the hash of its crate (`_ZN…17h…E`), which tells nobody anything: the E is the name's own again.
fn without_hash(name: &[u8]) -> Option<Vec<u8>> {
    const HASH: usize = "17h0123456789abcdefE".len();
    let (path, hash) = name.split_at_checked(name.len().checked_sub(HASH)?)?;
    let is_hash = path.starts_with(b"_ZN") && hash.starts_with(b"17h") && hash.ends_with(b"E");
    is_hash.then(|| [path, b"E"].concat())
}

/// The object with sections of groups (`SHT_GROUP`), which the builder does not know, as sections of data. They concern only unwinding, which is deleted.
fn without_groups(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let header = object::elf::FileHeader64::<object::LittleEndian>::parse(bytes.as_slice());
    let header = header.expect("rustc wrote an ELF object");
    let start = header.e_shoff(object::LittleEndian) as usize;
    let count = usize::from(header.e_shnum(object::LittleEndian));
    let size = size_of::<object::elf::SectionHeader64<object::LittleEndian>>();
    for section in bytes[start..].chunks_mut(size).take(count) {
        let kind = &mut section[4..8];
        if *kind == object::elf::SHT_GROUP.0.to_le_bytes() {
            kind.copy_from_slice(&object::elf::SHT_PROGBITS.0.to_le_bytes());
        }
    }
    bytes
}
