//! The compiler's layers: which module may use which. `docs/architecture.md` explains them; this test keeps them true.

use std::path::{Path, PathBuf};

/// Every module of `compiler/src` with what it may use besides itself. The root (`lib.rs`) may use everything.
const LAYERS: &[(&str, &[&str])] = &[
    ("abi", &["canonical"]),
    ("nr", &[]),
    ("streams", &["abi"]),
    ("calls", &[]),
    ("canonical", &["abi"]),
    ("escape", &[]),
    ("show", &["escape"]),
    ("entity", &[]),
    ("error", &["show"]),
    ("current", &["ir", "show"]),
    (
        "ir",
        &["abi", "calls", "canonical", "entity", "error", "show"],
    ),
    ("mangle", &["entity", "ir"]),
    ("library", &["ir"]),
    ("host", &["calls", "ir", "mangle", "nr"]),
    ("timings", &[]),
    ("pack", &[]),
    ("profile", &["abi", "error"]),
    ("options", &["abi", "ir", "pack", "profile", "timings"]),
    ("par", &[]),
    // For tests.
    ("random", &[]),
    (
        "component",
        &[
            "canonical",
            "entity",
            "error",
            "host",
            "ir",
            "options",
            "show",
            "wave",
        ],
    ),
    (
        "wasm",
        &[
            "abi",
            "canonical",
            "component",
            "entity",
            "error",
            "host",
            "ir",
            "library",
            "mangle",
            "options",
            "par",
            "profile",
            "show",
        ],
    ),
    ("wave", &["entity", "error", "ir", "show"]),
    ("opt", &["abi", "entity", "error", "ir", "options"]),
    ("expand", &["abi", "entity", "host", "ir", "opt"]),
    (
        "mach",
        &["abi", "entity", "error", "ir", "options", "show", "timings"],
    ),
    (
        "isa",
        &[
            "abi", "entity", "error", "ir", "mach", "options", "random", "timings",
        ],
    ),
    ("demangle", &[]),
    (
        "debug",
        &["abi", "demangle", "entity", "ir", "mach", "show"],
    ),
    (
        "obj",
        &[
            "abi", "debug", "demangle", "entity", "error", "host", "ir", "mach", "mangle", "nr",
            "options", "random", "show", "streams",
        ],
    ),
    ("stages", &["debug", "ir"]),
    (
        "cache",
        &[
            "abi", "entity", "ir", "mach", "options", "pack", "pipeline", "timings", "wasm",
        ],
    ),
    (
        "pipeline",
        &[
            "entity", "error", "expand", "ir", "opt", "options", "timings",
        ],
    ),
];

#[test]
fn modules_use_only_lower_layers() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&src, &mut files);
    let mut faults = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&src).expect("inside src");
        let first = inside.components().next().expect("a name");
        let module = Path::new(first.as_os_str()).file_stem().expect("a stem");
        let module = module.to_str().expect("UTF-8");
        if module == "lib" {
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else {
            faults.push(format!("{}: no layer is declared for it", inside.display()));
            continue;
        };
        let text = std::fs::read_to_string(&file).expect("source");
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().expect("first part");
            for used in used_modules(code, "crate::") {
                if used != module && !allowed.contains(&used.as_str()) {
                    let place = format!("{}:{}", inside.display(), number + 1);
                    faults.push(format!("{place}: {module} may not use {used}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Names after a path (`crate::`) in a line, those of `crate::{a::…, b}` included.
fn used_modules(code: &str, path: &str) -> Vec<String> {
    let mut names = Vec::new();
    for rest in code.split(path).skip(1) {
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = true;
            for (at, c) in group.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    _ if start && !c.is_whitespace() => {
                        names.extend(module_name(&group[at..]));
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            names.extend(module_name(rest));
        }
    }
    names
}

/// The module at the start of a path. Types and macros of the root (`crate::Error`, `crate::entity_id!`) are no modules.
fn module_name(path: &str) -> Option<String> {
    let end = path.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let (name, rest) = path.split_at(end.unwrap_or(path.len()));
    let is_module = name.starts_with(|c: char| c.is_ascii_lowercase())
        && !rest.starts_with('!')
        && name != "entity_id";
    is_module.then(|| name.to_string())
}

/// All Rust files below a directory, in order.
fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(dir).expect("source directory");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// Lines of code without tests, by file.
type Files = Vec<(PathBuf, String)>;

/// The instruction sets: module, type and files.
fn isas() -> [(&'static str, &'static str, Files); 2] {
    let code = |module| {
        let mut files = Vec::new();
        let isa = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/isa");
        collect(&isa.join(module), &mut files);
        let read = files.into_iter().map(|file| {
            let text = std::fs::read_to_string(&file).expect("source");
            let product = text.split("#[cfg(test)]\nmod tests {").next();
            let lines = product.expect("first part").lines();
            let code = lines.map(|line| line.split("//").next().expect("first part"));
            let code = code.collect::<Vec<_>>().join("\n");
            (file, code)
        });
        read.collect()
    };
    [("x64", "X64", code("x64")), ("a64", "A64", code("a64"))]
}

#[test]
fn no_instruction_set_sees_another() {
    let isas = isas();
    for (module, _, files) in &isas {
        for (other, name, _) in isas.iter().filter(|(other, ..)| other != module) {
            for (file, code) in files {
                let sees = code.contains(&format!("{other}::")) || code.contains(name);
                assert!(!sees, "{} sees {other}", file.display());
            }
        }
    }
}

/// `isa.rs` and the `mod.rs` of the folders that lower and emit use the files beneath them. None of those uses them, so no files use each other.
#[test]
fn dispatch_is_used_by_nobody_beneath() {
    for (module, _, files) in isas() {
        for (file, code) in files {
            let place = file.display();
            let folder = file.parent().expect("a folder");
            let is_module = |name: &str| {
                folder.join(name).is_dir() || folder.join(format!("{name}.rs")).exists()
            };
            let tops = ["super::isa::".to_string(), format!("isa::{module}::isa::")];
            for top in tops {
                let used = code
                    .lines()
                    .any(|line| line.contains(&top) && !line.contains("mach::isa::"));
                assert!(!used, "{place} uses isa.rs");
            }
            if file.ends_with("mod.rs") || folder.ends_with(module) || folder.ends_with("insts") {
                continue;
            }
            for name in used_modules(&code, "super::") {
                let inside = is_module(&name) || name == "super";
                assert!(inside, "{place} uses {name} of its folder's mod.rs");
            }
        }
    }
}

#[test]
fn groups_and_macros_are_understood() {
    let names = used_modules(
        "use crate::{ir::{Op, Func}, mach::compiled, Error};",
        "crate::",
    );
    assert_eq!(names, ["ir", "mach"]);
    assert_eq!(used_modules("crate::entity_id!(Value)", "crate::"), [""; 0]);
    assert_eq!(
        used_modules("let x = crate::abi::X + 1;", "crate::"),
        ["abi"]
    );
}
