//! Control dependence: a pass that moves an access above the check on which it relies is caught.

use crate::support::program;
use std::collections::HashSet;
use wative_compiler::ir::*;

/// Reads a table's element in a loop. The index is checked there, and does not change.
const ELEMENT_IN_LOOP: &str = r#"
func func0 "f" wasm (i32, i32) -> (i32) {
b0(v0: i32, v1: i32):
    v2 = instance_addr mod0
    v3 = raw_load.i32 table0 [v2 + 16]
    v4 = raw_load.ptr table0 [v2 + 8]
    v5 = const.i64 3
    v6 = const.i32 1
    jump b1(v1)
b1(v7: i32):
    v8 = icmp.i32 ge_u v0, v3
    trap_if TableOutOfBounds v8
    v9 = ext_u.i64 v0
    v10 = shl.i64 v9, v5
    v11 = ptr_add v4, v10
    v12 = raw_load.i32 table0 [v11]
    v13 = sub.i32 v7, v6
    branch v13 ? b1(v13) : b2
b2:
    return v12
}
"#;

/// Moves what computes the same in every round, and changes and stops nothing, from the loop to the entry.
fn hoist(func: &mut Func, may_move: impl Fn(&InstData) -> bool) {
    let [entry, body] = [func.layout[0], func.layout[1]];
    let mut varying: HashSet<Value> = func.blocks[body].params.iter().copied().collect();
    let (mut stay, mut moved) = (Vec::new(), Vec::new());
    for &inst in &func.blocks[body].insts {
        let data = &func.insts[inst];
        let effects = data.effects();
        let same = data.uses().all(|v| !varying.contains(&v));
        if same && effects.is_removable() && !data.is_terminator() && may_move(data) {
            moved.push(inst);
        } else {
            varying.extend(func.results(inst));
            stay.push(inst);
        }
    }
    func.blocks[body].insts = stay;
    let before_jump = func.blocks[entry].insts.len() - 1;
    func.blocks[entry]
        .insts
        .splice(before_jump..before_jump, moved);
}

#[test]
fn a_load_above_its_check_is_caught() {
    let func = parse::parse(ELEMENT_IN_LOOP).unwrap().remove(0);
    let program = program(&func.sig);
    verify::verify(&func, &program).unwrap();
    guards::verify(&func, &program).unwrap();

    let mut wrong = func.clone();
    hoist(&mut wrong, |_| true);
    verify::verify(&wrong, &program).unwrap();
    let error = guards::verify(&wrong, &program).unwrap_err();
    assert_eq!(
        error,
        "b0, instruction 9 (raw_load): nothing before it checks v0"
    );

    let mut right = func;
    hoist(&mut right, |data| !data.op.row().guarded);
    verify::verify(&right, &program).unwrap();
    guards::verify(&right, &program).unwrap();
    assert!(right.blocks[right.layout[0]].insts.len() > 6, "{right}");
}
