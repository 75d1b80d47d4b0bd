//! Listing tests of the passes: `tests/opt/PASS_*.txt` hold IR before, a line `=>`, and the IR after. `BLESS=1` rewrites what is after.
//!
//! A file begins with comments (`;`) that say what fires or why nothing may.

use crate::golden::{files, golden};
use crate::support::program;
use wative_compiler::ir::*;
use wative_compiler::opt::{Cx, bytes, dce, gvn, jumps, nans, params, vectors};

#[test]
fn listings() {
    let mut failures = Vec::new();
    for path in files("opt", "txt") {
        let name = path.file_stem().unwrap().to_string_lossy();
        let text = std::fs::read_to_string(&path).unwrap();
        let before = text.split("=>\n").next().expect("a first part");
        let mut func = parse::parse(before)
            .unwrap_or_else(|e| panic!("{name}: {e}"))
            .remove(0);
        let program = program(&func.sig);
        verify::verify(&func, &program).unwrap_or_else(|e| panic!("{name}: {e}"));
        let known = facts::Facts::default();
        let cx = Cx::new(&program, &known);
        match name.split('_').next() {
            Some("params") => params::run(&mut func, &cx),
            Some("jumps") => jumps::run(&mut func, &cx),
            // Value numbering leaves what became dead; the listing is clearer without.
            Some("gvn") => {
                gvn::run(&mut func, &cx);
                dce::run(&mut func, &cx);
            }
            Some("bytes") => {
                bytes::run(&mut func, &cx);
                dce::run(&mut func, &cx);
            }
            Some("dce") => dce::run(&mut func, &cx),
            Some("nans") => nans::run(&mut func, &cx),
            Some("vectors") => vectors::run(&mut func, &cx),
            _ => panic!("{name}: no such pass"),
        }
        verify::verify(&func, &program).unwrap_or_else(|e| panic!("{name}: {e}\n{func}"));
        // Dense numbers, whatever the pass left unused.
        let found = parse::parse(&func.to_string())
            .unwrap()
            .remove(0)
            .to_string();
        failures.extend(golden(&path, &format!("{before}=>\n{found}")));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
