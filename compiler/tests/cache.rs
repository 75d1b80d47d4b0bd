//! Functions that are taken from an earlier compilation: the object is the one that there would be without, byte for byte, and no more is compiled again than
//! depends on what has changed.

use std::sync::Arc;
use wative_compiler::ir::{EntryKind, MemoryMode, World};
use wative_compiler::options::{CpuFeatures, Isa, OptLevel, Options, Reused};
use wative_compiler::pack::{Earlier, Pack};
use wative_compiler::{Input, compile};

fn input(text: &str) -> Input {
    Input {
        name: "m".into(),
        path: "m.wat".into(),
        bytes: wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}")),
        links: Vec::new(),
    }
}

fn options(isa: Isa, opt: OptLevel, world: World) -> Options {
    Options {
        isa,
        opt,
        world,
        memory: match world {
            World::Closed => MemoryMode::Fixed,
            World::Open => MemoryMode::Pinned,
        },
        entry: match world {
            World::Closed => EntryKind::Command,
            World::Open => EntryKind::None,
        },
        verify: true,
        ..Options::default()
    }
}

/// Every combination that a test is done with.
fn all_options() -> Vec<Options> {
    let mut all = Vec::new();
    for isa in [Isa::X64, Isa::A64] {
        for opt in [OptLevel::O0, OptLevel::O1, OptLevel::O2, OptLevel::O3] {
            for world in [World::Closed, World::Open] {
                all.push(options(isa, opt, world));
            }
        }
        all.push(Options {
            debug: true,
            ..options(isa, OptLevel::O2, World::Closed)
        });
    }
    all
}

fn object(inputs: &[Input], options: &Options) -> Vec<u8> {
    compile(inputs, options).expect("it compiles").object
}

/// Compiles with a pack.
fn with(inputs: &[Input], options: &Options, pack: &[u8]) -> (Vec<u8>, Reused) {
    let earlier = Earlier {
        compiler: [7; 32],
        pack: Pack::new(pack.to_vec()),
    };
    let options = Options {
        earlier: Some(Arc::new(earlier)),
        ..options.clone()
    };
    let compiled = compile(inputs, &options).expect("it compiles");
    (compiled.object, compiled.reused.expect("there is a cache"))
}

/// Compiles a module, then a changed one, with every combination of options; answers how many more functions the second one compiles with these options
/// than it would if nothing had changed.
fn change(before: &str, after: &str, counted: &Options) -> usize {
    let (before, after) = ([input(before)], [input(after)]);
    let mut count = None;
    // Some modules are for programs only.
    let is_program = counted.world == World::Closed;
    for options in all_options() {
        if is_program && options.world == World::Open {
            continue;
        }
        let what = format!("{:?} {:?} {:?}", options.isa, options.opt, options.world);
        let (first, reused) = with(&before, &options, &[]);
        assert!(first == object(&before, &options), "{what}: the first");
        assert_eq!(reused.found, 0);
        let pack = reused.pack.expect("there are functions to keep");
        let (same, reused) = with(&before, &options, &pack);
        assert!(same == first, "{what}: the same again");
        assert_eq!(reused.pack, None, "{what}: nothing is new");
        let made = reused.compiled;
        let plain = object(&after, &options);
        let (changed, reused) = with(&after, &options, &pack);
        assert!(changed == plain, "{what}: the changed one");
        let combination = |it: &Options| (it.isa, it.opt, it.world, it.debug);
        if combination(&options) == combination(counted) {
            count = Some(reused.compiled - made);
        }
        // Back again: what the first one had is still there.
        if let Some(pack) = reused.pack {
            let (again, reused) = with(&before, &options, &pack);
            assert!(again == first, "{what}: back again");
            assert_eq!(reused.compiled, made, "{what}: back again");
        }
    }
    count.expect("one of all combinations")
}

/// As [`change`], at the default level.
fn recompiled(before: &str, after: &str) -> usize {
    // Where nothing that is exported is left out.
    let level = options(Isa::X64, OptLevel::O2, World::Open);
    change(before, after, &level)
}

/// A chain of calls: `_start` calls `$middle`, that `$leaf`, which is too large to be inlined. Two functions have nothing to do with them.
const CHAIN: &str = r#"(module (memory (export "memory") 1) (global $g (mut i32) (i32.const 0))
    (func $other (export "other") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 77)))
    (func $leaf (export "leaf") (param i32) (result i32)
        (i32.store (local.get 0) (i32.const 17))
        (i32.store offset=4 (local.get 0) (i32.mul (local.get 0) (local.get 0)))
        (i32.store offset=12 (local.get 0) (i32.div_u (i32.load (i32.const 8)) (local.get 0)))
        (i32.store offset=16 (local.get 0) (i32.div_s (i32.load (i32.const 12)) (local.get 0)))
        (i32.store offset=20 (local.get 0) (i32.div_s (i32.load (i32.const 16)) (local.get 0)))
        (i32.store offset=24 (local.get 0) (i32.rem_s (i32.load (i32.const 20)) (local.get 0)))
        (i32.store offset=28 (local.get 0) (i32.rem_u (i32.load (i32.const 24)) (local.get 0)))
        (i32.store offset=32 (local.get 0) (i32.div_u (i32.load (i32.const 28)) (local.get 0)))
        (i32.store offset=36 (local.get 0) (i32.div_s (i32.load (i32.const 32)) (local.get 0)))
        (i32.store offset=40 (local.get 0) (i32.div_s (i32.load (i32.const 36)) (local.get 0)))
        (i32.store offset=44 (local.get 0) (i32.rem_s (i32.load (i32.const 40)) (local.get 0)))
        (i32.load (i32.add (local.get 0) (i32.const 4))))
    (func $middle (export "middle") (param i32) (result i32)
        (i32.add (call $leaf (local.get 0)) (call $leaf (i32.const 3))))
    (func (export "_start") (drop (call $middle (i32.const 40))) (unreachable))
    (func $last (export "last") (result i32) (i32.load (i32.const 100)))
)"#;

#[test]
fn an_edit_that_leaves_facts_alone_stays_where_it_is() {
    let edited = CHAIN.replace("(i32.const 17)", "(i32.const 1717)");
    assert_eq!(recompiled(CHAIN, &edited), 1, "of the leaf");
    let edited = CHAIN.replace("(unreachable)", "(drop (i32.load (i32.const 9)))");
    assert_eq!(recompiled(CHAIN, &edited), 1, "of the root");
    assert_eq!(recompiled(CHAIN, CHAIN), 0);
}

#[test]
fn facts_that_change_reach_callers() {
    // The leaf writes a global now. What its caller knows of globals is another thing, but its own facts are what its caller asks about.
    let edited = CHAIN.replace(
        "(i32.store (local.get 0) (i32.const 17))",
        "(global.set $g (i32.const 17)) (i32.store (local.get 0) (i32.const 17))",
    );
    assert_eq!(recompiled(CHAIN, &edited), 3);
}

#[test]
fn functions_and_bytes_may_be_added_before_others() {
    let edited = CHAIN.replace(
        "(func $other",
        r#"(func $new (export "new") (param i32) (result i32) (i32.add (local.get 0) (i32.const 123456))) (func $other"#,
    );
    assert_eq!(recompiled(CHAIN, &edited), 3, "itself and its entries");
    // What segments hold is of no function.
    let segment = |text: &str| {
        CHAIN.replace(
            "(func $last",
            &format!("(data (i32.const 64) \"{text}\") (func $last"),
        )
    };
    assert_eq!(recompiled(&segment("text"), &segment("a longer text")), 0);
}

/// Small functions are inlined, one into the other.
const INLINED: &str = r#"(module (memory (export "memory") 1)
    (func $a (param i32) (result i32) (i32.add (i32.load (local.get 0)) (i32.const 5)))
    (func $b (param i32) (result i32) (i32.mul (call $a (local.get 0)) (i32.const 3)))
    (func $c (export "c") (param i32) (result i32) (i32.xor (call $b (local.get 0)) (call $a (i32.const 9))))
    (func (export "_start") (drop (call $c (i32.const 8))) (i32.store (i32.const 0) (i32.const 1)))
    (func $d (export "d") (param i32) (result i32) (i32.sub (call $b (i32.const 16)) (local.get 0))))"#;

#[test]
fn bodies_are_inlined_that_were_not_compiled() {
    // The caller is compiled anew, with the bodies of those that were found.
    let edited = INLINED.replace(
        "(i32.sub (call $b (i32.const 16))",
        "(i32.sub (call $b (i32.const 20))",
    );
    assert_eq!(recompiled(INLINED, &edited), 1);
    // Another body is another caller.
    let edited = INLINED.replace("(i32.const 3)", "(i32.const 7)");
    assert_eq!(recompiled(INLINED, &edited), 4, "$b, $c, _start, $d");
}

/// Functions that call each other in a circle know nothing of each other, whatever is known later: `$even` is small enough for its callers at -O3.
const CIRCLE: &str = r#"(module (memory (export "memory") 1)
    (func $even (param i32) (result i32)
        (i32.store (i32.const 4) (local.get 0))
        (if (result i32) (local.get 0) (then (call $odd (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 1))))
    (func $odd (param i32) (result i32)
        (if (result i32) (local.get 0) (then (call $even (i32.sub (local.get 0) (i32.const 1)))) (else (i32.load (i32.const 4)))))
    (func $user (export "user") (param i32) (result i32)
        (i32.add (i32.load (i32.const 4)) (i32.add (call $even (local.get 0)) (i32.load (i32.const 4)))))
    (func $same (export "same") (param i32) (result i32) (i32.add (call $odd (local.get 0)) (i32.const 1)))
    (func (export "_start") (drop (call $user (i32.const 8)))))"#;

#[test]
fn circles() {
    let level = options(Isa::A64, OptLevel::O3, World::Open);
    let edited = CIRCLE.replace(
        "(i32.add (call $odd (local.get 0)) (i32.const 1))",
        "(i32.sub (call $odd (local.get 0)) (i32.const 2))",
    );
    assert_eq!(change(CIRCLE, &edited, &level), 1, "a caller of one");
    let edited = CIRCLE.replace(
        "(i32.store (i32.const 4) (local.get 0))",
        "(i32.store (i32.const 8) (local.get 0))",
    );
    assert!(change(CIRCLE, &edited, &level) >= 1);
    let edited = CIRCLE.replace("(i32.add (call $even", "(i32.sub (call $even");
    assert!(change(CIRCLE, &edited, &level) >= 1);
}

/// What a function does not say itself: constant arguments, constants in globals, types, tables, hints, the table of references, tags.
const OUTSIDE: &str = r#"(module (memory (export "memory") 1) (table $t 4 funcref) (elem (i32.const 1) $callee $large)
    (type $binary (func (param i32 i32) (result i32)))
    (tag $e (param i32))
    (global $c i32 (i32.const 1234)) (global $m (mut i32) (i32.const 5))
    (func $callee (type $binary)
        (if (i32.eqz (local.get 1)) (then (throw $e (local.get 0))))
        (i32.store (local.get 0) (i32.const 1)) (i32.store offset=8 (local.get 0) (local.get 1))
        (i32.store offset=16 (local.get 0) (i32.div_u (local.get 0) (local.get 1)))
        (i32.store offset=24 (local.get 0) (i32.rem_u (local.get 0) (local.get 1)))
        (i32.load (local.get 1)))
    (func $large (type $binary) (i32.add (i32.mul (local.get 0) (global.get $c)) (global.get $m)))
    (func $caller (export "caller") (param i32) (result i32)
        (block $h (result i32)
            (try_table (result i32) (catch $e $h)
                (call $callee (local.get 0) (i32.const 44)))))
    (func $table (export "table") (param i32) (result i32)
        (call_indirect $t (type $binary) (local.get 0) (i32.const 2) (local.get 0)))
    (func $reference (export "reference") (table.set $t (i32.const 0) (ref.func $large)))
    (func $count (export "count") (result i32)
        (local $i i32)
        (loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))
        (i32.store (local.get $i) (memory.size)) (local.get $i))
    (func (export "_start") (drop (call $caller (i32.const 8)))))"#;

#[test]
fn what_functions_depend_on_besides_their_bodies() {
    let edited = OUTSIDE.replace("(i32.const 1234)", "(i32.const 1235)");
    assert_eq!(recompiled(OUTSIDE, &edited), 1, "a constant of a global");
    let edited = OUTSIDE.replace("(i32.const 5))", "(i32.const 6))");
    assert_eq!(recompiled(OUTSIDE, &edited), 1, "one that nothing writes");
    // Where a function is in the table of references matters where it is referred to.
    let edited = OUTSIDE.replace("$callee $large)", "$large $callee)");
    assert!(recompiled(OUTSIDE, &edited) <= 3);
    for (from, to) in [
        (
            "(memory (export \"memory\") 1)",
            "(memory (export \"memory\") 1 65536)",
        ),
        ("(table $t 4 funcref)", "(table $t 4 4 funcref)"),
        (
            "(tag $e (param i32))",
            "(tag $d (param i64)) (tag $e (param i32))",
        ),
        (
            "(global $c",
            "(global $n (mut i64) (i64.const 0)) (global $c",
        ),
        ("(type $binary", "(type (func (param f32))) (type $binary"),
    ] {
        recompiled(OUTSIDE, &OUTSIDE.replacen(from, to, 1));
    }
    let hint = "(@metadata.code.branch_hint \"\\00\") (if (i32.eqz (local.get 1))";
    let edited = OUTSIDE.replace("(if (i32.eqz (local.get 1))", hint);
    recompiled(OUTSIDE, &edited);
    let edited = edited.replace("\\00", "\\01");
    recompiled(OUTSIDE, &edited);
}

/// A function that has the same argument in all calls knows it, if it can be called in no other way.
#[test]
fn constant_arguments() {
    let before = CHAIN
        .replace(" (export \"leaf\")", "")
        .replace("(call $leaf (local.get 0))", "(call $leaf (i32.const 3))");
    let edited = before.replace("(i32.const 3)", "(i32.const 5)");
    let level = options(Isa::X64, OptLevel::O2, World::Closed);
    assert_eq!(change(&before, &edited, &level), 2, "callee and caller");
    assert_eq!(recompiled(&before, &edited), 2);
}

/// A module with objects, and one with continuations.
#[test]
fn objects_and_continuations() {
    let objects = r#"(module (memory (export "memory") 1)
        (type $s (sub (struct (field (mut i32)) (field (mut (ref null $s))))))
        (type $t (sub $s (struct (field (mut i32)) (field (mut (ref null $s))) (field i64))))
        (func $make (export "make") (param i32) (result (ref $s)) (struct.new $s (local.get 0) (ref.null $s)))
        (func $last (param (ref null $s)) (result i32)
            (loop $l (if (ref.test (ref $t) (local.get 0)) (then (return (i32.const 7))))
                (local.set 0 (struct.get $s 1 (local.get 0)))
                (br_if $l (i32.eqz (ref.is_null (local.get 0)))))
            (i32.const 0))
        (func (export "_start") (drop (call $last (call $make (i32.const 5))))))"#;
    let edited = objects.replace("(i32.const 7)", "(i32.const 8)");
    assert!(recompiled(objects, &edited) >= 1);
    recompiled(
        objects,
        &objects.replace("(field i64)", "(field i64) (field i32)"),
    );
    let stacks = r#"(module (memory (export "memory") 1)
        (type $f (func (param i32) (result i32))) (type $k (cont $f)) (tag $y (param i32) (result i32))
        (func $body (type $f) (i32.add (suspend $y (local.get 0)) (i32.const 1)))
        (elem declare func $body)
        (func $plain (export "plain") (result i32) (i32.const 11))
        (func (export "_start")
            (drop (call $plain))
            (block $h (result i32 (ref $k2))
                (drop (resume $k (on $y $h) (i32.const 3) (cont.new $k (ref.func $body)))) (return))
            (drop) (drop))
        (type $g (func (param i32) (result i32))) (type $k2 (cont $g)))"#;
    let edited = stacks.replace("(i32.const 11)", "(i32.const 12)");
    let level = options(Isa::X64, OptLevel::O2, World::Closed);
    assert!(change(stacks, &edited, &level) >= 1);
}

/// The same module by other options, or another compiler, is none of the pack.
#[test]
fn options_and_compilers_have_keys_of_their_own() {
    let inputs = [input(CHAIN)];
    let base = options(Isa::X64, OptLevel::O2, World::Closed);
    let (_, reused) = with(&inputs, &base, &[]);
    let pack = reused.pack.expect("functions");
    let change = |change: &dyn Fn(&mut Options)| {
        let mut options = base.clone();
        change(&mut options);
        let (object, reused) = with(&inputs, &options, &pack);
        assert!(object == self::object(&inputs, &options));
        reused.found
    };
    assert_eq!(change(&|o| o.opt = OptLevel::O3), 0);
    assert_eq!(change(&|o| o.isa = Isa::A64), 0);
    assert_eq!(change(&|o| o.memory = MemoryMode::Checked), 0);
    assert_eq!(change(&|o| o.deterministic = true), 0);
    assert_eq!(change(&|o| o.debug = true), 0);
    let avx = |o: &mut Options| {
        o.cpu = CpuFeatures {
            avx: true,
            ..CpuFeatures::BASELINE
        };
    };
    assert_eq!(change(&avx), 0);
    assert!(change(&|o| o.jobs = 1) > 0);
    assert!(change(&|o| o.config.no_harden = true) > 0);
    let earlier = Earlier {
        compiler: [8; 32],
        pack: Pack::new(pack.clone()),
    };
    let options = Options {
        earlier: Some(Arc::new(earlier)),
        ..base
    };
    let reused = compile(&inputs, &options).expect("it compiles").reused;
    assert_eq!(reused.expect("there is a cache").found, 0);
}

/// What comes from profiles, or stops somewhere, is neither taken nor kept.
#[test]
fn no_keys_for_counts_and_bisection() {
    let inputs = [input(CHAIN)];
    for change in [
        (|o: &mut Options| o.count = Some("p".into())) as fn(&mut Options),
        |o| o.stop_after = wative_compiler::options::StopAfter::Each(3),
    ] {
        let mut options = options(Isa::X64, OptLevel::O2, World::Closed);
        change(&mut options);
        options.earlier = Some(Arc::default());
        assert!(
            compile(&inputs, &options)
                .expect("it compiles")
                .reused
                .is_none()
        );
    }
}

/// Values that are whole by their hash, but not what the compiler writes, are compiled anew.
#[test]
fn values_that_are_none() {
    let inputs = [input(CHAIN)];
    let options = options(Isa::X64, OptLevel::O2, World::Closed);
    let plain = object(&inputs, &options);
    let (_, reused) = with(&inputs, &options, &[]);
    let pack = reused.pack.expect("functions");
    let damaged = |damage: &dyn Fn(&mut Vec<u8>)| {
        let pack = Pack::new(pack.clone());
        let values = pack.entries().map(|(key, value)| {
            let mut value = value.to_vec();
            damage(&mut value);
            (key, value)
        });
        let bytes = Pack::default().with(values.collect());
        let (object, reused) = with(&inputs, &options, &bytes);
        (object == plain, reused.found)
    };
    assert!(damaged(&|_| ()).0);
    for len in 0..60 {
        assert_eq!(damaged(&|value| value.truncate(len)), (true, 0), "{len}");
    }
    assert_eq!(damaged(&|value| value.push(0)), (true, 0));
}

/// Code whose alignment is no power of two is compiled anew, whatever its hash says.
#[test]
fn alignments_that_are_none() {
    let inputs = [input(CHAIN)];
    for isa in [Isa::X64, Isa::A64] {
        let options = options(isa, OptLevel::O2, World::Closed);
        let (plain, reused) = with(&inputs, &options, &[]);
        let pack = Pack::new(reused.pack.expect("functions"));
        let values: Vec<_> = pack.entries().map(|(key, it)| (key, it.to_vec())).collect();
        for number in 0..values.len() {
            let value = &values[number].1;
            // One of these is the alignment, which is a byte of its own.
            let places = (0..value.len()).filter(|&at| value[at] == 16);
            let refused = places.filter(|&at| {
                let mut values = values.clone();
                values[number].1[at] = 17;
                let (object, reused) = with(&inputs, &options, &Pack::default().with(values));
                reused.found < pack.entries().count() && object == plain
            });
            assert!(refused.count() > 0, "{isa:?} {number}");
        }
    }
}
