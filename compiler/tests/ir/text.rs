//! The text form: printing and parsing are inverses.

use crate::generate::function;
use crate::support::program;
use wative_compiler::ir::*;

/// One instruction of every form, machine level included.
const EVERYTHING: &str = r#"func func7 "a \"name\"\u{7f} and more" c (ptr, i32) -> (f64) {
    s0: 16
    s1: 4096
b0(v0: ptr, v1: i32):
    v2 = const.i32 -5
    v3 = const.i64 0x123456789abcdef0
    v4 = const.f64 0x7ff8000000000000
    v5 = const.ref 0x0
    v6 = add.i32 v1, v2 @0x1f
    v7 = ext32_s.i64 v3
    v8 = icmp.i32 lt_s v1, v6
    v9 = fcmp.f64 ge v4, v4
    v10 = bitcast.i64 v4
    v11 = select.i64 v8, v3, v10
    v12 = load.i32_u8 mem0 [v1 + 16]
    v13 = load.i64 mem1 [v1]
    store.i64_u32 mem0 [v6 + 4294967295], v11
    v14 = memory.size.i32 mem0
    v15 = memory.grow.i32 mem1 v14
    memory.fill mem0 v1, v2, v6
    memory.copy mem0 mem1 v1, v2, v6
    memory.init mem0 data0 v1, v2, v6
    memory.place mem0 data0 v1
    data.drop data0
    v16 = global.get.f64 global2
    global.set.f64 global2 v16
    v17 = table.get.ref table0 v1
    table.set.ref table1 v1, v17
    v18 = table.size.i32 table0
    v19 = table.grow.i32 table1 v17, v18
    table.fill table0 v1, v17, v18
    table.copy table0 table1 v1, v2, v6
    table.init table0 elem0 v1, v2, v6
    table.place table0 elem0 v1
    elem.drop elem0
    v20 = ref.func func2
    v21: i64, v22: i32 = call func2 v1, v3
    v23: i32 = call_indirect table0 sig1 v1, v2
    trap_if NullReference v8
    v24 = instance_addr mod0
    v25 = symbol_addr funcrefs 16
    v26 = symbol_addr func2 @0x20
    v27 = symbol_addr wative_rt_call -8
    v28 = slot_addr s1
    v29 = ptr_add v28, v3
    v30 = raw_load.i32_s16 desc mem0 [v24 + -8]
    v31 = raw_load.ptr constant [v24] trap IndirectCallToNull
    raw_store.i64 slot [v29 + 8], v3
    raw_store.f64 mem1 [v29], v16 trap MemoryOutOfBounds @0x7
    v32: i64 = call_symbol wative_rt_memory_grow (ptr, i64) -> (i64) v24, v3
    call_symbol import func1 (ptr) -> () v24
    v33: i32 = call_symbol func1 (i32) -> (i32) v1
    v34: i32 = call_ptr far sig1 v31, v24, v1
    branch v34 ? b1(v16, v4) : b2
b1(v35: f64, v36: f64):
    br_table v1 [b1(v36, v35), b2, b3(v36)]
b2:
    trap Unreachable
b3(v37: f64):
    branch v1 ? b4 : b2
b4:
    v38 = memory_addr mem0 v1
    v39 = const.v128 0x0f0e0d0c0b0a09080706050403020100
    v40 = vsplat i16x8 v1
    v41 = vshuffle 0x1f0e0d0c0b0a09080706050403020100 v39, v40
    v42 = vextract.f64 f64x2 1 v41
    v43 = vextract_s i8x16 15 v41
    v44 = vreplace i32x4 3 v41, v43
    v45 = vicmp i64x2 ge_s v44, v41
    v46 = vfcmp f32x4 lt v44, v41
    v47 = vshl i64x2 v46, v1
    v48 = vany_true v45
    v49 = select.v128 v48, v47, v46
    store.v128 mem0 [v1 + 16], v49
    return v37
}
"#;

/// What only functions with the internal convention have.
const TAIL: &str = r#"func func0 "g" wasm (i32, i64) -> (i32, i64) {
b0(v0: i32, v1: i64):
    v2 = symbol_addr func3
    branch v0 ? b1 : b2
b1:
    return_call_ptr wasm sig3 v2, v1 @0x1f
b2:
    v3 = instance_addr mod0
    return_call_ptr far sig3 v2, v3, v1
}
"#;

/// Exceptions.
const TRY: &str = r#"func func0 "h" wasm (i32, ref) -> (i32) {
b0(v0: i32, v1: ref):
    v2: i64, v3: i32, v4: ref = try call func2 v0, v5 -> b1(v2, v3) [tag0: b2(v4), all: b3(v4)] @0x1f
b1(v6: i64, v7: i32):
    v8: ref = try throw tag1 v7, v6 [tag1: b2(v8)]
b2(v9: ref):
    v10 = exn.get.i32 tag1 0 v9
    branch v10 ? b4 : b5
b3(v11: ref):
    v12: ref = try throw_ref v11 [all: b2(v12)]
b4:
    throw tag0 v10
b5:
    throw_ref v9
}
"#;

#[test]
fn exceptions_are_read_back() {
    let text = TRY.replace("v5 ->", "v13 ->").replace(
        "b0(v0: i32, v1: ref):\n",
        "b0(v0: i32, v1: ref):\n    v13 = const.i64 5\n",
    );
    let func = parse::parse(&text).unwrap().remove(0);
    let again = parse::parse(&func.to_string()).unwrap().remove(0);
    assert_eq!(func.to_string(), again.to_string());
    verify::verify(&func, &program(&func.sig)).unwrap();
    for (from, to) in [
        // Results are for the edges only.
        ("exn.get.i32 tag1 0 v9", "exn.get.i32 tag1 0 v4"),
        ("b1(v2, v3)", "b1(v2, v3, v4)"),
        ("[tag1: b2(v8)]", "[tag1: b2(v1), all: b2(v4)]"),
        ("exn.get.i32 tag1 0", "exn.get.i32 tag1 1"),
        (
            "tag0: b2(v4), all: b3(v4)",
            "tag0: b2(v4), all: b3(v4), tag7: b2(v4)",
        ),
    ] {
        let wrong = text.replace(from, to);
        assert_ne!(wrong, text);
        let func = parse::parse(&wrong).unwrap().remove(0);
        verify::verify(&func, &program(&func.sig)).unwrap_err();
    }
}

#[test]
fn every_form_is_read_back() {
    let tail = parse::parse(TAIL).unwrap().remove(0);
    assert_eq!(tail.to_string(), TAIL);
    verify::verify(&tail, &program(&tail.sig)).unwrap();
    let funcs = parse::parse(EVERYTHING).unwrap();
    assert_eq!(funcs[0].to_string(), EVERYTHING);
    assert_eq!(funcs[0].name, "a \"name\"\u{7f} and more");
    let signature = Signature {
        params: vec![Type::I32],
        results: vec![Type::I32],
    };
    verify::verify(&funcs[0], &program(&signature)).unwrap();
}

/// Every op of the table occurs in the text above or in what the generator makes.
#[test]
fn random_functions_are_read_back() {
    let mut seen = EVERYTHING.to_string() + TAIL + TRY;
    for seed in 0..300 {
        let func = function(seed);
        let text = func.to_string();
        // Parsing numbers values in order of appearance, so the second print is the canonical one.
        let once = parse::parse(&text).unwrap().remove(0);
        let canonical = once.to_string();
        let twice = parse::parse(&canonical).unwrap().remove(0);
        assert_eq!(twice.to_string(), canonical, "seed {seed}");
        assert_eq!(canonical.lines().count(), text.lines().count());
        verify::verify(&twice, &program(&func.sig)).unwrap();
        seen.push_str(&canonical);
    }
    for op in Op::ALL {
        let name = op.name();
        let found = seen.lines().any(|line| {
            let rest = line.split("= ").last().unwrap_or(line).trim();
            rest.strip_prefix(name)
                .is_some_and(|r| r.is_empty() || r.starts_with(['.', ' ']))
        });
        assert!(found || *op == Op::ElemDrop, "{name} is not covered");
    }
}

#[test]
fn errors_name_the_line() {
    let function = |body: &str| format!("func func0 \"f\" wasm () -> () {{\nb0:\n{body}\n}}");
    for (body, expected) in [
        ("frobnicate v1", "line 3: unknown op frobnicate"),
        ("add v1, v2", "line 3: add needs a type"),
        (
            "v0 = const.i32",
            "line 3: expected a number, found end of line",
        ),
        (
            "v0 = const.i32 1\nv0 = const.i32 2",
            "line 4: v0 is defined twice",
        ),
        ("return v9", "line 3: v9 is not defined"),
        ("jump b9", "line 3: b9 is not defined"),
        ("v0, v1 = const.i32 1", "line 3: const has fewer results"),
        ("const.i32 1", "line 3: const has a result"),
        ("return !", "line 3: unexpected '!'"),
        ("return v0 v1", "line 3: v0 is not defined"),
    ] {
        assert_eq!(
            parse::parse(&function(body)).unwrap_err(),
            expected,
            "{body}"
        );
    }
    assert_eq!(
        parse::parse("func func0 \"f\" wasm () -> () {").unwrap_err(),
        "line 1: the function does not end"
    );
}
