//! Every pass, and all of them in order, on random functions: what a run shows must stay the same.

use crate::generate::function;
use crate::random::Random;
use crate::support::{Outcome, interesting, program, run, run_with};
use wative_compiler::ir::interp::{Nans, Stop};
use wative_compiler::ir::*;
use wative_compiler::opt::{Cx, bytes, dce, gvn, jumps, nans, objects, params};
use wative_compiler::options::{Emit, OptLevel, Options};
use wative_compiler::pipeline::Pipeline;
use wative_compiler::timings::Timings;

const FUEL: u64 = 2000;

fn check(seed: u64, name: &str, pass: &dyn Fn(&mut Func, &Program)) {
    check_with(seed, name, Nans::Canonical, pass);
}

/// `nans`: what the machine makes that runs the function after the pass; before it, NaNs are canonical.
fn check_with(seed: u64, name: &str, nans: Nans, pass: &dyn Fn(&mut Func, &Program)) {
    let before = function(seed);
    let program = program(&before.sig);
    verify::verify(&before, &program).unwrap_or_else(|e| panic!("seed {seed}: {e}\n{before}"));
    let mut after = before.clone();
    pass(&mut after, &program);
    verify::verify(&after, &program)
        .unwrap_or_else(|e| panic!("seed {seed}, after {name}: {e}\n{before}\n{after}"));
    let mut random = Random::new(seed);
    for _ in 0..4 {
        let args = [
            *random.pick(&interesting(Type::I32)),
            *random.pick(&interesting(Type::I64)),
        ];
        let expected = run(&program, &before, &args, FUEL);
        if expected.result == Err(Stop::OutOfFuel) {
            continue;
        }
        // Folding may need a few instructions more, never many.
        let found = run_with(&program, &after, &args, FUEL * 4, nans);
        assert!(
            expected == found,
            "seed {seed}, {name}, of {args:x?}: {:?} became {:?}\nmemory and tables: {:x?}\n{before}\n{after}",
            (&expected.result, &expected.calls, &expected.globals),
            (&found.result, &found.calls, &found.globals),
            differences(&expected, &found),
        );
    }
}

const SEEDS: u64 = 1500;

#[test]
fn params_keeps_behaviour() {
    for seed in 0..SEEDS {
        check(seed, "params", &|f, program| {
            params::run(f, &Cx::new(program, &facts::Facts::default()));
        });
    }
}

#[test]
fn jumps_keeps_behaviour() {
    for seed in 0..SEEDS {
        check(seed, "jumps", &|f, program| {
            jumps::run(f, &Cx::new(program, &facts::Facts::default()));
        });
    }
}

#[test]
fn objects_keeps_behaviour() {
    for seed in 0..SEEDS {
        check(seed, "objects", &|f, program| {
            objects::run(f, &Cx::new(program, &facts::Facts::default()));
        });
    }
}

#[test]
fn gvn_keeps_behaviour() {
    for seed in 0..SEEDS {
        check(seed, "gvn", &|f, program| {
            gvn::run(f, &Cx::new(program, &facts::Facts::default()));
        });
    }
}

#[test]
fn bytes_keeps_behaviour() {
    for seed in 0..SEEDS {
        check(seed, "bytes", &|f, program| {
            let known = facts::Facts::default();
            let cx = Cx::new(program, &known);
            gvn::run(f, &cx);
            bytes::run(f, &cx);
        });
    }
}

#[test]
fn dce_keeps_behaviour() {
    for seed in 0..SEEDS {
        check(seed, "dce", &|f, program| {
            dce::run(f, &Cx::new(program, &facts::Facts::default()));
        });
    }
}

#[test]
fn nans_become_canonical_on_every_machine() {
    for seed in 0..SEEDS {
        check_with(seed, "nans", Nans::Odd, &|f, program| {
            nans::run(f, &Cx::new(program, &facts::Facts::default()));
        });
    }
}

#[test]
fn the_pipeline_keeps_behaviour() {
    for level in [OptLevel::O0, OptLevel::O1, OptLevel::O2] {
        let options = Options {
            opt: level,
            emit: Emit::Ir,
            verify: true,
            ..Options::default()
        };
        for seed in 0..SEEDS {
            check(seed, "pipeline", &|f, program| {
                let pipeline = Pipeline::new(program, &options, false).expect("its steps");
                pipeline.run(f, &facts::Facts::default(), &mut Timings::default());
            });
        }
    }
}

/// Places of bytes and table elements that differ.
fn differences(a: &Outcome, b: &Outcome) -> Vec<(usize, usize, u64, u64)> {
    let bytes = |o: &Outcome| {
        o.memories
            .iter()
            .map(|m| m.iter().map(|&x| u64::from(x)).collect())
            .collect::<Vec<Vec<u64>>>()
    };
    let (x, y) = (
        [bytes(a), a.tables.clone()].concat(),
        [bytes(b), b.tables.clone()].concat(),
    );
    let mut found = Vec::new();
    for (space, (x, y)) in x.iter().zip(&y).enumerate() {
        for (at, (&x, &y)) in x.iter().zip(y).enumerate() {
            if x != y {
                found.push((space, at, x, y));
            }
        }
    }
    found
}
