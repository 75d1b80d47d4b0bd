//! Code of functions from earlier compilations, in the place of compiling them again.
//!
//! A function is compiled to what its key says ([`key`]), so code that was stored under the key is what compiling would give, byte for byte ([`code`]). Keys of
//! functions depend on facts of those that they call, which come with their code; so functions are looked for stratum by stratum, as they are compiled. Before that nothing
//! of them is made but the hash of their bodies.
//!
//! A function that is compiled may call one that was found, whose body it inlines: that body is made anew, by the steps before expansion, with what was
//! known when it was made first ([`Cache::make_bodies`]).

mod code;
mod key;

use crate::ir::facts::{Facts, FuncFacts};
use crate::ir::{Func, FuncId, Imm, Op};
use crate::mach::Changed;
use crate::mach::arch::Arch;
use crate::mach::compiled::CompiledFunc;
use crate::options::{Input, Options, Reused, StopAfter};
use crate::pack::{Earlier, Key};
use crate::pipeline::Pipeline;
use crate::timings::Timings;
use crate::wasm::Front;
use code::Scope;
use key::{Hash, Keys};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is known from earlier compilations, and what this one adds.
pub struct Cache<'a> {
    front: &'a Front<'a>,
    earlier: &'a Earlier,
    arch: &'a Arch,
    keys: Keys<'a>,
    new: Mutex<Vec<(Key, Vec<u8>)>>,
    found: AtomicUsize,
}

/// A name for the pack of a program: of all that compilations of changed modules have in common. 64 hexadecimal digits.
pub fn pack_name(inputs: &[Input], options: &Options, compiler: &Key) -> String {
    let mut hash = Hash::new(compiler);
    hash.options(options);
    inputs
        .iter()
        .for_each(|input| hash.bytes(input.name.as_bytes()));
    blake3::Hash::from(hash.finish()).to_hex().to_string()
}

impl<'a> Cache<'a> {
    /// The one that the options give; nothing where code depends on what keys do not say: on counters, on profiles, on where the optimiser is to stop.
    pub fn new(front: &'a Front<'a>, options: &'a Options, arch: &'a Arch) -> Option<Cache<'a>> {
        let earlier = options.earlier.as_deref()?;
        let is_plain = options.count.is_none()
            && options.profile.is_empty()
            && options.stop_after == StopAfter::Each(usize::MAX);
        is_plain.then(|| Cache {
            front,
            earlier,
            arch,
            keys: Keys::new(front, options, &earlier.compiler),
            new: Mutex::default(),
            found: AtomicUsize::new(0),
        })
    }

    /// A function's code and facts, if it was compiled before when the same was known.
    pub fn find(
        &self,
        func: FuncId,
        facts: &Facts,
        changed: &Changed,
    ) -> Option<(CompiledFunc, FuncFacts)> {
        let named = self.keys.of(func, facts, changed)?;
        let value = self.earlier.pack.find(&named.key)?;
        let found = code::read(value, &self.scope(&named.funcs), self.arch)?;
        self.found.fetch_add(1, Ordering::Relaxed);
        Some(found)
    }

    fn scope<'s>(&'s self, funcs: &'s [FuncId]) -> Scope<'s> {
        Scope {
            program: &self.front.program,
            funcs,
        }
    }

    /// Makes the bodies that a translated function may inline, as far as they are not there: those first that they inline themselves.
    pub fn make_bodies(
        &self,
        func: &Func,
        pipeline: &Pipeline,
        facts: &Facts,
        timings: &mut Timings,
    ) {
        let mut stack: Vec<(FuncId, Option<Func>)> = Vec::new();
        let missing = |func: &Func, known: &Facts| {
            let callees = func.insts.values().filter_map(|data| match data.imm {
                Imm::Func(callee) if data.op == Op::Call => Some(callee),
                _ => None,
            });
            let missing = callees.filter(|&callee| known.missing_body(callee).is_some());
            missing.map(|callee| (callee, None)).collect::<Vec<_>>()
        };
        stack.extend(missing(func, facts));
        while let Some((callee, translated)) = stack.pop() {
            // It may have been made since.
            let Some(body) = facts.missing_body(callee) else {
                continue;
            };
            let known = facts.before(callee);
            match translated {
                None => {
                    let func = timings.measure("translate", || self.front.build_func(callee, true));
                    let first = missing(&func, &known);
                    stack.push((callee, Some(func)));
                    stack.extend(first);
                }
                Some(mut func) => {
                    let made = pipeline.facts(&mut func, &known, timings).body;
                    body.put(&made.expect("the body that there was before"));
                }
            }
        }
    }

    /// Takes what a function was compiled to.
    pub fn keep(&self, code: &CompiledFunc, facts: &FuncFacts) {
        let Some(named) = self.keys.get(code.id) else {
            return;
        };
        if let Some(value) = code::write(code, facts, &self.scope(&named.funcs), self.arch) {
            let mut new = self.new.lock().expect("no thread has panicked");
            new.push((named.key, value));
        }
    }

    /// What came of it, when all functions are compiled.
    pub fn finish(self) -> Reused {
        let new = self.new.into_inner().expect("no thread has panicked");
        let found = self.found.into_inner();
        Reused {
            found,
            compiled: self.front.program.compiled.len() - found,
            pack: (!new.is_empty()).then(|| self.earlier.pack.with(new)),
        }
    }
}
