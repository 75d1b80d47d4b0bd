//! Libraries and their headers by the `wative` executable. What they do is tested by the testsuite's group `embedding`.

use crate::common::{EXIT_42, MATH, Scratch};

#[test]
fn libraries_have_their_usual_names() {
    let scratch = Scratch::new();
    scratch.write("math.wat", MATH);
    for kind in ["staticlib", "shared", "header"] {
        scratch
            .wative(&format!("build math.wat --emit {kind}"))
            .succeeded();
    }
    assert_eq!(
        scratch.names(),
        ["libmath.a", "libmath.so", "math.h", "math.wat"]
    );
    // The name for loaders is that of the file.
    scratch
        .wative("build math.wat --emit shared --prefix sums -o libsums.so.1 --strip")
        .succeeded();
    let library = std::fs::read(scratch.path.join("libsums.so.1")).unwrap();
    let has = |text: &[u8]| library.windows(text.len()).any(|bytes| bytes == text);
    assert!(has(b"\0libsums.so.1\0") && has(b"\0sums_add\0") && has(b"\0sums_new\0"));
    assert!(!has(b"math_add") && !has(b"\0sums_configure\0"));
    // A program can be one, too.
    scratch.write("app.wat", EXIT_42);
    scratch
        .wative("build app.wat --emit header -o -")
        .succeeded();
    let header = scratch.wative("build app.wat --emit header -o -").stdout;
    for line in [
        "uint32_t app__start(app_instance *instance);",
        "void app_configure(size_t argc,",
        "typedef struct app_imports {",
    ] {
        assert!(header.contains(line), "{header}");
    }
    scratch.wative("build app.wat --emit shared").succeeded();
}

#[test]
fn libraries_of_components() {
    let scratch = Scratch::new();
    scratch.write("empty.wat", "(component)");
    scratch.wative("build empty.wat --emit shared").succeeded();
    scratch
        .wative("build empty.wat --emit staticlib")
        .succeeded();
    let component = r#"(component
        (import "log" (func $log))
        (core func $lowered (canon lower (func $log)))
        (core module $m (import "" "log" (func $log)) (func (export "f") (call $log)))
        (core instance $i (instantiate $m (with "" (instance (export "log" (func $lowered))))))
        (func (export "f") (canon lift (core func $i "f"))))"#;
    scratch.write("imports.wat", component);
    scratch
        .wative("build imports.wat --emit staticlib")
        .succeeded();
    scratch
        .wative("build imports.wat --emit shared")
        .failed(1, &["cannot import from the program", "staticlib"]);
}

#[test]
fn what_cannot_be_a_library() {
    let scratch = Scratch::new();
    scratch.write("math.wat", MATH);
    scratch.write("other.wat", "(module)");
    for (line, status, parts) in [
        (
            "build math.wat other.wat --emit shared",
            1,
            &["an object for embedding has exactly one module"][..],
        ),
        (
            "build math.wat other.wat --emit header",
            1,
            &["an object for embedding has exactly one module"],
        ),
        (
            "build math.wat --emit shared --prefix wative-math",
            1,
            &["names beginning with `wative-math`", "--prefix"],
        ),
        (
            "build math.wat --emit shared --invoke add",
            2,
            &["--invoke is for programs"],
        ),
        (
            "build math.wat --emit staticlib --memory fixed",
            2,
            &["--memory fixed is for programs"],
        ),
        (
            "build math.wat --emit staticlib --strip",
            2,
            &["--strip is for executables"],
        ),
        (
            "build math.wat --emit shared --link other.wat",
            2,
            &["--link is for executables only"],
        ),
        (
            "build math.wat --emit shared --target aarch64-apple-darwin",
            1,
            &["cannot make libraries for aarch64-apple-darwin"],
        ),
    ] {
        scratch.wative(line).failed(status, parts);
    }
    assert_eq!(scratch.names(), ["math.wat", "other.wat"]);
}
