//! Machine code of canonical functions.

use wative_compiler::ir::facts::Facts;
use wative_compiler::ir::{Func, Program};
use wative_compiler::isa::a64::A64;
use wative_compiler::isa::x64::X64;
use wative_compiler::mach::{self, Changed, Cx};
use wative_compiler::options::{OptLevel, Options};
use wative_compiler::pipeline::Pipeline;
use wative_compiler::timings::Timings;

/// Takes a function through everything, with all verifiers, for both instruction sets.
pub fn compile(program: &Program, func: &Func) {
    for opt in [OptLevel::O0, OptLevel::O2] {
        let options = Options {
            opt,
            verify: true,
            ..Options::default()
        };
        let cx = Cx {
            program,
            options: &options,
            changed: &Changed::default(),
            facts: &Facts::default(),
            own: &wative_compiler::ir::facts::FuncFacts::ANY,
        };
        let timings = &mut Timings::default();
        for shares_addresses in [false, true] {
            let pipeline = Pipeline::new(program, &options, shares_addresses);
            let mut func = func.clone();
            pipeline
                .expect("a pipeline")
                .run(&mut func, &Facts::default(), timings);
            let made = match shares_addresses {
                false => {
                    let isa = X64::new(program, options.cpu);
                    mach::compile_func(&isa, &func, &cx, timings)
                }
                true => {
                    let isa = A64::new(program, options.platform, options.cpu);
                    mach::compile_func(&isa, &func, &cx, timings)
                }
            };
            made.expect("machine code");
        }
    }
}
