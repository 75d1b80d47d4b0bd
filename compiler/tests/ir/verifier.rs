//! The verifier finds what is wrong.

use crate::support::program;
use wative_compiler::ir::*;

/// Parses `body` as a function `(i32, i64) -> (i32)` and gives the verifier's complaint.
fn complaint(body: &str) -> String {
    let text =
        format!("func func0 \"f\" wasm (i32, i64) -> (i32) {{\nb0(v0: i32, v1: i64):\n{body}\n}}");
    let func = parse::parse(&text).unwrap().remove(0);
    let signature = Signature {
        params: vec![Type::I32],
        results: vec![Type::I32],
    };
    verify::verify(&func, &program(&signature)).unwrap_err()
}

#[test]
fn complaints() {
    for (body, expected) in [
        (
            "v2 = add.i32 v0, v0",
            "b0: instruction 0 (add) ends the block or fails to",
        ),
        (
            "return v0\nreturn v0",
            "b0: instruction 0 (return) ends the block or fails to",
        ),
        ("b1:\nreturn v0", "b0: no terminator"),
        (
            "v2 = add.i32 v0, v1\nreturn v2",
            "b0, instruction 0 (add): operands [I32, I64], expected [I32, I32]",
        ),
        (
            "v2 = ext32_s.i32 v0\nreturn v2",
            "b0, instruction 0 (ext32_s): not for i32",
        ),
        (
            "v2 = wrap.i64 v1\nreturn v0",
            "b0, instruction 0 (wrap): not for i64",
        ),
        (
            "v2 = load.i32_s32 mem0 [v0]\nreturn v0",
            "b0, instruction 0 (load): access S32 of i32",
        ),
        (
            "store.i32_s8 mem0 [v0], v0\nreturn v0",
            "b0, instruction 0 (store): access S8 of i32",
        ),
        (
            "v2 = load.i32 mem7 [v0]\nreturn v0",
            "b0, instruction 0 (load): unknown mem7",
        ),
        (
            "v2 = global.get.i64 global0\nreturn v0",
            "b0, instruction 0 (global.get): not for i64",
        ),
        (
            "v2: i32 = call func2 v0, v1\nreturn v0",
            "b0, instruction 0 (call): results [I32], expected [I64, I32]",
        ),
        (
            "v2: i32 = call func1 v1\nreturn v0",
            "b0, instruction 0 (call): operands [I64], expected [I32]",
        ),
        (
            "return v1",
            "b0, instruction 0 (return): operands [I64], expected [I32]",
        ),
        ("jump b0(v0, v1)", "b0: branch to the entry"),
        (
            "jump b1(v1)\nb1(v2: i32):\nreturn v2",
            "b0, instruction 0 (jump): b1 takes [I32], not [I64]",
        ),
        (
            "jump b1\nb1(v2: i32):\nreturn v2",
            "b0, instruction 0 (jump): b1 takes [I32], not []",
        ),
        (
            "v2 = add.i32 v3, v0\nv3 = add.i32 v0, v0\nreturn v2",
            "b0, instruction 0 (add): v3 is used where it may be undefined",
        ),
        (
            "branch v0 ? b1 : b2\nb1:\nv2 = clz.i32 v0\njump b3\nb2:\njump b3\nb3:\nreturn v2",
            "b3, instruction 0 (return): v2 is used where it may be undefined",
        ),
        (
            "branch v0 ? b1(v0) : b2\nb1(v2: i32):\njump b2\nb2:\nreturn v2",
            "b2, instruction 0 (return): v2 is used where it may be undefined",
        ),
    ] {
        assert_eq!(complaint(body), format!("func0 (f): {expected}"), "{body}");
    }
}

#[test]
fn parameters_must_be_the_signatures() {
    let text = "func func0 \"f\" wasm (i32) -> () {\nb0(v0: i64):\nreturn\n}";
    let func = parse::parse(text).unwrap().remove(0);
    let error = verify::verify(&func, &program(&func.sig)).unwrap_err();
    assert_eq!(
        error,
        "func0 (f): entry parameters [I64] are not the signature's [I32]"
    );
}
