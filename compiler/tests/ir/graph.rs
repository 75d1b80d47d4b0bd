//! Control-flow graph, dominators and loops, on a hand-made function and against slow definitions on random ones.

use crate::generate::function;
use wative_compiler::ir::cfg::{Cfg, successors};
use wative_compiler::ir::dom::DomTree;
use wative_compiler::ir::loops::Loops;
use wative_compiler::ir::*;

fn reaches(func: &Func, from: Block, to: Block, without: Option<Block>) -> bool {
    let mut seen = vec![from];
    let mut work = if Some(from) == without {
        vec![]
    } else {
        vec![from]
    };
    while let Some(block) = work.pop() {
        if block == to {
            return true;
        }
        for succ in successors(func, block) {
            if Some(succ) != without && !seen.contains(&succ) {
                seen.push(succ);
                work.push(succ);
            }
        }
    }
    false
}

#[test]
fn dominance_is_what_it_means() {
    for seed in 0..60 {
        let func = function(seed);
        let cfg = Cfg::new(&func);
        let dom = DomTree::new(&func, &cfg);
        let entry = func.layout[0];
        for &a in &func.layout {
            assert_eq!(cfg.is_reachable(a), reaches(&func, entry, a, None));
            for &b in &cfg.rpo {
                if cfg.is_reachable(a) {
                    let expected = a == b || !reaches(&func, entry, b, Some(a));
                    assert_eq!(
                        dom.dominates(a, b),
                        expected,
                        "seed {seed}: {a} {b}\n{func}"
                    );
                }
            }
        }
        for &block in &cfg.rpo {
            for succ in successors(&func, block) {
                assert!(cfg.preds(succ).contains(&block));
                // Backwards only to dominators: the generator makes reducible functions.
                assert!(cfg.position(succ) > cfg.position(block) || dom.dominates(succ, block));
            }
        }
    }
}

#[test]
fn loops_are_what_they_mean() {
    let mut nested = 0;
    for seed in 0..60 {
        let func = function(seed);
        let cfg = Cfg::new(&func);
        let dom = DomTree::new(&func, &cfg);
        let loops = Loops::new(&func, &cfg, &dom);
        for (id, data) in loops.loops.iter().enumerate() {
            nested = nested.max(data.depth);
            for &block in &cfg.rpo {
                // In the loop: dominated by the header, and reaches a latch without passing the header again.
                let latches = cfg
                    .preds(data.header)
                    .iter()
                    .filter(|&&p| dom.dominates(data.header, p));
                let member = block == data.header
                    || latches.into_iter().any(|&latch| {
                        dom.dominates(data.header, block)
                            && reaches(&func, block, latch, Some(data.header))
                    });
                assert_eq!(
                    loops.contains(id, block),
                    member,
                    "seed {seed}: {} {block}",
                    data.header
                );
            }
        }
    }
    assert!(nested >= 3);
}

#[test]
fn depths_count_loops() {
    let text = r#"
func func0 "f" wasm (i32) -> () {
b0(v0: i32):
    jump b1
b1:
    branch v0 ? b2 : b3
b2:
    branch v0 ? b4 : b1
b3:
    return
b4:
    trap Unreachable
}
"#;
    let func = parse::parse(text).unwrap().remove(0);
    let cfg = Cfg::new(&func);
    let dom = DomTree::new(&func, &cfg);
    let loops = Loops::new(&func, &cfg, &dom);
    let depths: Vec<u32> = func.layout.iter().map(|&b| loops.depth(b)).collect();
    assert_eq!(depths, [0, 1, 1, 0, 0]);
}
