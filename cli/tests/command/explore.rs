//! `wative explore`: where it writes, what it refuses. What the page does is tested in a browser by the test suite.

use std::fs;

use crate::common::{EXIT_42, Scratch};

#[test]
fn a_page_appears() {
    let scratch = Scratch::new();
    scratch.write("exit.wat", EXIT_42);
    scratch.wative("explore exit.wat").succeeded();
    let page = fs::read_to_string(scratch.path.join("exit.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    let shown = scratch.wative("explore exit.wat -o -").succeeded();
    assert_eq!(shown.stdout, page);
    // What decides the code is in it.
    for other in ["-O0", "--target aarch64", "--memory checked"] {
        let command = format!("explore exit.wat {other} -o other.html");
        scratch.wative(&command).succeeded();
        let other = fs::read_to_string(scratch.path.join("other.html")).unwrap();
        assert_ne!(other, page);
    }
    // Not a program, and several modules.
    scratch.write("library.wat", "(module (func (export \"f\")))");
    scratch.write(
        "user.wat",
        "(module (import \"library\" \"f\" (func)) (func (export \"_start\") (call 0)))",
    );
    scratch.wative("explore library.wat").succeeded();
    scratch.wative("explore user.wat library.wat").succeeded();
}

#[test]
fn nothing_is_written_where_something_is_wrong() {
    let scratch = Scratch::new();
    scratch.write("exit.wat", EXIT_42);
    scratch.write("bad.wat", "(module (func (result i32)))");
    scratch.write("bad.profile", "no profile\n");
    let before = scratch.names();
    for (command, status, message) in [
        ("explore bad.wat", 1, "type mismatch"),
        (
            "explore exit.wat --profile bad.profile",
            1,
            "line 1 is no sample",
        ),
        ("explore exit.wat --profile none", 1, "none"),
        ("explore exit.wat --source =", 2, "FROM=DIR"),
        (
            "explore exit.wat --strip",
            2,
            "--strip is for executables only",
        ),
    ] {
        scratch.wative(command).failed(status, &[message]);
    }
    assert_eq!(scratch.names(), before);
}
