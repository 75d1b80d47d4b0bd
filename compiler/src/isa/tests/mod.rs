//! Executes compiled functions and compares them with the IR's evaluator: every pure op on edge values, with operands in registers, as
//! constants and in memory, and the ways in which results are used (value, branch, select, trap). For each instruction set: x86-64 in the
//! test's process (`x64.rs`), AArch64 in a small executable under qemu (`a64.rs`).

mod a64;
mod atomics;
mod memory;
mod relaxed;
mod trees;
mod vector_cases;
mod vectors;
mod x64;

use super::a64::A64;
use super::x64::X64;
use crate::abi::TrapCode;
use crate::entity::{Arena, EntityId};
use crate::ir::eval::{eval, is_nan, makes_nan, mask, result_type};
use crate::ir::{
    Access, Builder, Conv, FloatCc, Func, FuncId, Imm, IntCc, MemBase, MemId, MemoryDecl,
    MemoryMode, ModuleId, Op, Origin, Place, Program, Signature, Type, Value, World,
};
use crate::mach::compiled::{CompiledFunc, Site};
use crate::mach::{Changed, Cx, compile_func};
use crate::options::{CpuFeatures, Isa, Options, Platform};
use crate::timings::Timings;
use atomics::atomics;
use memory::{loads, stores};

/// A program with one fixed memory.
pub fn program(base: MemBase) -> Program {
    let mut memories: Arena<MemId, MemoryDecl> = Arena::new();
    memories.push(MemoryDecl {
        module: ModuleId::from_u32(0),
        place: Place::Own(64),
        address: Type::I32,
        page_log2: 16,
        min_pages: 16,
        max_pages: None,
        shared: false,
        base,
    });
    Program {
        memories,
        ..Program::empty(World::Closed, MemoryMode::Fixed)
    }
}

/// What a run ended with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    Value(u64),
    Trap(TrapCode),
}

/// What a run left: the pc of a fault, from the function's start, or both result registers.
#[derive(Clone, Copy, Debug)]
enum Ended {
    Returned([u64; 2]),
    Fault(u64),
}

struct Case {
    what: String,
    func: usize,
    args: [u64; 3],
    /// Contents of the memory at [`CELL`].
    memory: u64,
    /// And at [`VECTORS`].
    vectors: [u128; 3],
    result: Type,
    expected: Outcome,
    any_nan: bool,
}

/// Collects functions and cases, then runs them all.
struct Suite {
    on: Machine,
    program: Program,
    funcs: Vec<CompiledFunc>,
    cases: Vec<Case>,
}

/// Where memory operands are.
const CELL: u64 = 64;
const VECTORS: u64 = 96;

impl Suite {
    fn new(on: Machine) -> Suite {
        Suite {
            on,
            program: program(MemBase::Fixed),
            funcs: Vec::new(),
            cases: Vec::new(),
        }
    }

    /// Compiles a function as it is.
    fn func(
        &mut self,
        params: &[Type],
        result: Type,
        body: impl FnOnce(&mut Builder, &[Value]) -> Value,
    ) -> usize {
        self.func_folded(false, params, result, body)
    }

    /// Compiles a function, folded while it is built or not.
    fn func_folded(
        &mut self,
        fold: bool,
        params: &[Type],
        result: Type,
        body: impl FnOnce(&mut Builder, &[Value]) -> Value,
    ) -> usize {
        let sig = Signature {
            params: params.to_vec(),
            results: vec![result],
        };
        let mut func = Func::new(FuncId::from_u32(0), "test".to_string(), sig, Conv::Wasm);
        let mut builder = Builder::new(&mut func, fold);
        let entry = builder.create_block();
        let args: Vec<Value> = params
            .iter()
            .map(|&ty| builder.append_param(entry, ty))
            .collect();
        builder.switch_to(entry);
        builder.set_loc(Origin(1));
        let value = body(&mut builder, &args);
        builder.ret(&[value]);
        self.compile(&func)
    }

    fn compile(&mut self, func: &Func) -> usize {
        let (program, times) = (&self.program, &mut Timings::default());
        let cx = Cx {
            program,
            options: &Options::default(),
            changed: &Changed::default(),
            facts: &crate::ir::facts::Facts::default(),
            own: &crate::ir::facts::FuncFacts::ANY,
        };
        let compiled = match self.on.isa {
            Isa::X64 => compile_func(&X64::new(program, self.on.cpu), func, &cx, times),
            Isa::A64 => compile_func(
                &A64::new(program, Platform::Linux, self.on.cpu),
                func,
                &cx,
                times,
            ),
        }
        .expect("a small function");
        assert!(compiled.relocs.is_empty());
        self.funcs.push(compiled);
        self.funcs.len() - 1
    }

    /// What all cases end with.
    fn ended(&self) -> Vec<Ended> {
        match self.on.isa {
            Isa::X64 => x64::run(&self.funcs, &self.cases),
            Isa::A64 => a64::run(&self.funcs, &self.cases),
        }
    }

    fn run(self) {
        let ended = self.ended();
        let mut failures = Vec::new();
        for (case, ended) in self.cases.iter().zip(ended) {
            let func = &self.funcs[case.func];
            let got = match ended {
                Ended::Returned([int, _]) if case.result.is_int() => Outcome::Value(int),
                Ended::Returned([_, float]) => Outcome::Value(float & mask(case.result)),
                Ended::Fault(pc) => match func.sites.iter().find(|s| u64::from(s.offset) == pc) {
                    Some(&Site {
                        code: Some(code),
                        loc: Origin(1),
                        ..
                    }) => Outcome::Trap(code),
                    other => panic!("{}: fault at {pc:#x}: {other:?}", case.what),
                },
            };
            let both_nan = case.any_nan
                && matches!((got, case.expected), (Outcome::Value(a), Outcome::Value(b))
                    if is_nan(case.result, a) && is_nan(case.result, b));
            if got != case.expected && !both_nan {
                failures.push(format!(
                    "{} {:x?} memory {:#x}: {got:x?}, expected {:x?}, code {:02x?}",
                    case.what, case.args, case.memory, case.expected, func.code
                ));
            }
        }
        let shown: Vec<_> = failures.iter().take(15).cloned().collect();
        assert!(
            failures.is_empty(),
            "{} of {} cases:\n{}",
            failures.len(),
            self.cases.len(),
            shown.join("\n")
        );
        assert!(self.cases.len() > 100);
    }
}

/// Whom code is compiled for.
#[derive(Clone, Copy)]
struct Machine {
    isa: Isa,
    cpu: CpuFeatures,
}

impl Machine {
    const fn baseline(isa: Isa) -> Machine {
        Machine {
            isa,
            cpu: CpuFeatures::BASELINE,
        }
    }

    /// x86-64-v3, if this process can run its code.
    fn x64_v3() -> Option<Machine> {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
        {
            return Some(Machine {
                isa: Isa::X64,
                cpu: CpuFeatures::X86_64_V3,
            });
        }
        eprintln!("skipped: this machine is no x86-64-v3");
        None
    }
}

/// Expands to a test of each function for each instruction set.
macro_rules! tests {
    ($($name:ident)*) => {
        mod on_x64 {
            use crate::isa::tests::{Isa, Machine};
            $(#[test] fn $name() { super::$name(Machine::baseline(Isa::X64)); })*
        }
        mod on_x64_v3 {
            use crate::isa::tests::Machine;
            $(#[test] fn $name() { if let Some(on) = Machine::x64_v3() { super::$name(on); } })*
        }
        mod on_a64 {
            use crate::isa::tests::{Isa, Machine};
            $(#[test] fn $name() { super::$name(Machine::baseline(Isa::A64)); })*
        }
    };
}
use tests;

tests! { integer_arithmetic division shifts float_arithmetic comparisons fused_comparisons unary_ops_and_conversions sums loads stores expressions atomics }

fn values(ty: Type) -> Vec<u64> {
    match ty {
        Type::I32 => vec![
            0,
            1,
            2,
            3,
            7,
            31,
            32,
            33,
            0x7f,
            0x80,
            0xff,
            0x100,
            0x7fff,
            0x8000,
            0xffff,
            0x1_0000,
            0x7fff_ffff,
            0x8000_0000,
            0x8000_0001,
            0xffff_fffe,
            0xffff_ffff,
            0x1234_5678,
        ],
        Type::I64 => vec![
            0,
            1,
            2,
            5,
            31,
            63,
            64,
            65,
            0x7f,
            0x80,
            0xff,
            0x8000,
            0xffff,
            0x7fff_ffff,
            0x8000_0000,
            0xffff_ffff,
            0x1_0000_0000,
            0x7fff_ffff_ffff_ffff,
            0x8000_0000_0000_0000,
            0x8000_0000_0000_0001,
            0xffff_ffff_8000_0000,
            0xffff_ffff_ffff_ff80,
            u64::MAX,
            0x1234_5678_9abc_def0,
        ],
        Type::F32 => [
            0.0f32,
            -0.0,
            1.0,
            -1.0,
            0.5,
            -0.5,
            1.5,
            2.5,
            -0.9,
            3.999_999_8,
            f32::MIN_POSITIVE,
            f32::MAX,
            f32::INFINITY,
            f32::NEG_INFINITY,
            2_147_483_648.0,
            -2_147_483_648.0,
            2_147_483_500.0,
            -2_147_483_900.0,
            4_294_967_296.0,
            4_294_967_000.0,
            9_223_372_036_854_775_808.0,
            -9_223_372_036_854_775_808.0,
            -9_223_373_000_000_000_000.0,
            18_446_744_073_709_551_616.0,
            18_446_742_974_197_923_840.0,
            1e-42,
        ]
        .iter()
        .map(|f| u64::from(f.to_bits()))
        .chain([0x7fc0_0000, 0xffc0_0000, 0x7fa0_0001])
        .collect(),
        Type::F64 => [
            0.0f64,
            -0.0,
            1.0,
            -1.0,
            0.5,
            -0.5,
            1.5,
            2.5,
            -0.9,
            -0.999_999_999_999_999_9,
            f64::MIN_POSITIVE,
            f64::MAX,
            f64::INFINITY,
            f64::NEG_INFINITY,
            2_147_483_647.0,
            2_147_483_647.9,
            2_147_483_648.0,
            -2_147_483_648.0,
            -2_147_483_648.9,
            -2_147_483_649.0,
            4_294_967_295.0,
            4_294_967_295.9,
            4_294_967_296.0,
            9_223_372_036_854_774_784.0,
            9_223_372_036_854_775_808.0,
            -9_223_372_036_854_775_808.0,
            -9_223_372_036_854_777_856.0,
            18_446_744_073_709_549_568.0,
            18_446_744_073_709_551_616.0,
            5e-324,
            1e300,
        ]
        .iter()
        .map(|f| f.to_bits())
        .chain([
            0x7ff8_0000_0000_0000,
            0xfff8_0000_0000_0000,
            0x7ff4_0000_0000_0001,
        ])
        .collect(),
        Type::Ref | Type::Gc | Type::Ptr | Type::V128 => panic!("no test values for {ty}"),
    }
}

fn outcome(op: Op, ty: Type, imm: &Imm, from: Type, args: &[u64]) -> Outcome {
    match eval(op, ty, imm, from, args).expect("pure op") {
        Ok(bits) => Outcome::Value(bits),
        Err(code) => Outcome::Trap(code),
    }
}

/// Emits the op.
fn emit(b: &mut Builder, op: Op, ty: Type, imm: &Imm, args: &[Value]) -> Value {
    let result = result_type(op, ty);
    let inst = b.emit(op, ty, imm.clone(), args, &[result]);
    b.result(inst)
}

const MEM: fn() -> MemId = || MemId::from_u32(0);

/// Ways to supply the two operands.
#[derive(Clone, Copy, Debug)]
enum Operands {
    RegReg,
    RegConst(u64),
    ConstReg(u64),
    RegMem,
    MemReg,
    Same,
}

/// One binary op on all pairs of values, in all ways.
fn binary(suite: &mut Suite, op: Op, ty: Type, imm: &Imm) {
    let result = result_type(op, ty);
    let all = values(ty);
    let mut ways = vec![
        Operands::RegReg,
        Operands::RegMem,
        Operands::MemReg,
        Operands::Same,
    ];
    ways.extend(all.iter().map(|&v| Operands::RegConst(v)));
    ways.extend(all.iter().map(|&v| Operands::ConstReg(v)));
    for way in ways {
        let func = suite.func(&[ty, ty, Type::I32], result, |b, args| {
            let address = if ty.is_float() {
                b.constant(Type::I32, 8)
            } else {
                args[2]
            };
            let load = |b: &mut Builder| b.load(ty, Access::Full, MEM(), address, CELL - 8);
            let operands = match way {
                Operands::RegReg => [args[0], args[1]],
                Operands::RegConst(bits) => [args[0], b.constant(ty, bits)],
                Operands::ConstReg(bits) => [b.constant(ty, bits), args[0]],
                Operands::RegMem => [args[0], load(b)],
                Operands::MemReg => [load(b), args[0]],
                Operands::Same => [args[0], args[0]],
            };
            emit(b, op, ty, imm, &operands)
        });
        for &a in &all {
            let seconds: &[u64] = match way {
                Operands::RegReg | Operands::RegMem | Operands::MemReg => &all,
                Operands::RegConst(_) | Operands::ConstReg(_) | Operands::Same => &all[..1],
            };
            for &b in seconds {
                let operands = match way {
                    Operands::RegReg | Operands::RegMem => [a, b],
                    Operands::RegConst(bits) => [a, bits],
                    Operands::ConstReg(bits) => [bits, a],
                    Operands::MemReg => [b, a],
                    Operands::Same => [a, a],
                };
                let args = [a, b, 8];
                suite.cases.push(Case {
                    what: format!("{op:?} {ty} {imm:?} {way:?}"),
                    func,
                    args,
                    memory: b,
                    vectors: [0; 3],
                    result,
                    expected: outcome(op, ty, imm, ty, &operands),
                    any_nan: makes_nan(op),
                });
            }
        }
    }
}

fn int_binary_ops(suite: &mut Suite, ops: &[Op]) {
    for &op in ops {
        for ty in [Type::I32, Type::I64] {
            binary(suite, op, ty, &Imm::None);
        }
    }
}

fn integer_arithmetic(on: Machine) {
    let mut suite = Suite::new(on);
    int_binary_ops(
        &mut suite,
        &[Op::Add, Op::Sub, Op::Mul, Op::And, Op::Or, Op::Xor],
    );
    suite.run();
}

fn division(on: Machine) {
    let mut suite = Suite::new(on);
    int_binary_ops(&mut suite, &[Op::DivS, Op::DivU, Op::RemS, Op::RemU]);
    suite.run();
}

fn shifts(on: Machine) {
    let mut suite = Suite::new(on);
    int_binary_ops(
        &mut suite,
        &[Op::Shl, Op::ShrS, Op::ShrU, Op::Rotl, Op::Rotr],
    );
    suite.run();
}

fn float_arithmetic(on: Machine) {
    let mut suite = Suite::new(on);
    let ops = [
        Op::Fadd,
        Op::Fsub,
        Op::Fmul,
        Op::Fdiv,
        Op::Fmin,
        Op::Fmax,
        Op::Fcopysign,
    ];
    for op in ops {
        for ty in [Type::F32, Type::F64] {
            binary(&mut suite, op, ty, &Imm::None);
        }
    }
    suite.run();
}

fn comparisons(on: Machine) {
    let mut suite = Suite::new(on);
    for cc in IntCc::ALL {
        for ty in [Type::I32, Type::I64] {
            binary(&mut suite, Op::Icmp, ty, &Imm::IntCc(cc));
        }
    }
    for cc in FloatCc::ALL {
        for ty in [Type::F32, Type::F64] {
            binary(&mut suite, Op::Fcmp, ty, &Imm::FloatCc(cc));
        }
    }
    suite.run();
}

fn expressions(on: Machine) {
    trees::run(on);
}

/// How the result of a comparison is used.
#[derive(Clone, Copy, Debug)]
enum Use {
    Branch,
    SelectInt,
    SelectFloat,
    TrapIf,
    /// As a value and by a branch.
    Both,
}

fn fused_comparisons(on: Machine) {
    let mut suite = Suite::new(on);
    let ints = IntCc::ALL.map(|cc| (Op::Icmp, Imm::IntCc(cc), [Type::I32, Type::I64]));
    let floats = FloatCc::ALL.map(|cc| (Op::Fcmp, Imm::FloatCc(cc), [Type::F32, Type::F64]));
    for (op, imm, types) in ints.into_iter().chain(floats) {
        for ty in types {
            for usage in [
                Use::Branch,
                Use::SelectInt,
                Use::SelectFloat,
                Use::TrapIf,
                Use::Both,
            ] {
                for constant in [None, Some(0), Some(values(ty)[1])] {
                    fused(&mut suite, op, ty, &imm, usage, constant);
                }
            }
        }
    }
    suite.run();
}

fn fused(suite: &mut Suite, op: Op, ty: Type, imm: &Imm, usage: Use, constant: Option<u64>) {
    let (result, yes, no) = match usage {
        Use::SelectFloat => (Type::F64, 1.5f64.to_bits(), (-2.5f64).to_bits()),
        Use::Both => (Type::I32, 11, 20),
        Use::Branch | Use::SelectInt | Use::TrapIf => (Type::I64, 1 << 40 | 3, 7),
    };
    let func = suite.func(&[ty, ty], result, |b, args| {
        let second = match constant {
            Some(bits) => b.constant(ty, bits),
            None => args[1],
        };
        let cond = emit(b, op, ty, imm, &[args[0], second]);
        match usage {
            Use::SelectInt | Use::SelectFloat => {
                let (yes, no) = (b.constant(result, yes), b.constant(result, no));
                b.select(result, cond, yes, no)
            }
            Use::TrapIf => {
                b.trap_if(cond, TrapCode::NullReference);
                b.constant(result, no)
            }
            Use::Branch | Use::Both => {
                let (then, or_else, join) = (b.create_block(), b.create_block(), b.create_block());
                let merged = b.append_param(join, result);
                b.branch(cond, (then, &[]), (or_else, &[]));
                b.switch_to(then);
                let value = b.constant(result, if matches!(usage, Use::Both) { 10 } else { yes });
                b.jump(join, &[value]);
                b.switch_to(or_else);
                let value = b.constant(result, no);
                b.jump(join, &[value]);
                b.switch_to(join);
                if matches!(usage, Use::Both) {
                    b.binary(Op::Add, Type::I32, merged, cond)
                } else {
                    merged
                }
            }
        }
    });
    for &a in &values(ty) {
        for &second in &values(ty) {
            let operand = constant.unwrap_or(second);
            let holds = outcome(op, ty, imm, ty, &[a, operand]) == Outcome::Value(1);
            let expected = match (usage, holds) {
                (Use::TrapIf, true) => Outcome::Trap(TrapCode::NullReference),
                (_, true) => Outcome::Value(yes),
                (_, false) => Outcome::Value(no),
            };
            suite.cases.push(Case {
                what: format!("{op:?} {ty} {imm:?} {usage:?} {constant:?}"),
                func,
                args: [a, second, 0],
                memory: 0,
                vectors: [0; 3],
                result,
                expected,
                any_nan: false,
            });
        }
    }
}

/// One unary op on all values, in a register and in memory.
fn unary(suite: &mut Suite, op: Op, from: Type, ty: Type) {
    let result = result_type(op, ty);
    for in_memory in [false, true] {
        let func = suite.func(&[from], result, |b, args| {
            let arg = if in_memory {
                let address = b.constant(Type::I32, 8);
                b.load(from, Access::Full, MEM(), address, CELL - 8)
            } else {
                args[0]
            };
            emit(b, op, ty, &Imm::None, &[arg])
        });
        for &a in &values(from) {
            suite.cases.push(Case {
                what: format!("{op:?} {from} -> {ty} memory {in_memory}"),
                func,
                args: [a, 0, 0],
                memory: a,
                vectors: [0; 3],
                result,
                expected: outcome(op, ty, &Imm::None, from, &[a]),
                any_nan: makes_nan(op),
            });
        }
    }
}

fn unary_ops_and_conversions(on: Machine) {
    use Type::{F32, F64, I32, I64};
    let mut suite = Suite::new(on);
    for ty in [I32, I64] {
        for op in [
            Op::Clz,
            Op::Ctz,
            Op::Popcnt,
            Op::Bswap,
            Op::Ext8S,
            Op::Ext16S,
        ] {
            unary(&mut suite, op, ty, ty);
        }
    }
    unary(&mut suite, Op::Ext32S, I64, I64);
    for ty in [F32, F64] {
        for op in [
            Op::Fabs,
            Op::Fneg,
            Op::Fsqrt,
            Op::Fceil,
            Op::Ffloor,
            Op::Ftrunc,
            Op::Fnearest,
        ] {
            unary(&mut suite, op, ty, ty);
        }
        for int in [I32, I64] {
            for op in [Op::TruncS, Op::TruncU, Op::TruncSatS, Op::TruncSatU] {
                unary(&mut suite, op, ty, int);
            }
            for op in [Op::ConvS, Op::ConvU] {
                unary(&mut suite, op, int, ty);
            }
        }
    }
    for (op, from, to) in [
        (Op::Wrap, I64, I32),
        (Op::ExtS, I32, I64),
        (Op::ExtU, I32, I64),
        (Op::Demote, F64, F32),
        (Op::Promote, F32, F64),
        (Op::Bitcast, I32, F32),
        (Op::Bitcast, F32, I32),
        (Op::Bitcast, I64, F64),
        (Op::Bitcast, F64, I64),
    ] {
        unary(&mut suite, op, from, to);
    }
    suite.run();
}

/// Sums of two or three terms with scales and constants, which become `lea`.
fn sums(on: Machine) {
    let mut suite = Suite::new(on);
    for ty in [Type::I32, Type::I64] {
        for shift in 0..=4 {
            for constant in [None, Some(1), Some(0x7fff_ffff), Some(mask(ty))] {
                for shape in 0..3 {
                    sum(&mut suite, ty, shift, constant, shape);
                }
            }
        }
    }
    suite.run();
}

fn sum(suite: &mut Suite, ty: Type, shift: u32, constant: Option<u64>, shape: u32) {
    let func = suite.func(&[ty, ty], ty, |b, args| {
        let count = b.constant(ty, u64::from(shift));
        let scaled = b.binary(Op::Shl, ty, args[1], count);
        let scaled_first = b.binary(Op::Shl, ty, args[0], count);
        let constant = constant.map(|c| b.constant(ty, c));
        let add = |b: &mut Builder, x, y| b.binary(Op::Add, ty, x, y);
        match (constant, shape) {
            (None, 0) => add(b, args[0], scaled),
            (None, _) => add(b, scaled_first, scaled),
            (Some(c), 0) => {
                let inner = add(b, args[0], scaled);
                add(b, inner, c)
            }
            (Some(c), 1) => {
                let inner = add(b, scaled, c);
                add(b, scaled_first, inner)
            }
            (Some(c), _) => add(b, scaled, c),
        }
    });
    for &x in &values(ty) {
        for &y in &values(ty) {
            let (sx, sy) = (x << shift, y << shift);
            let c = constant.unwrap_or(0);
            let value = match (constant.is_some(), shape) {
                (_, 0) => x.wrapping_add(sy).wrapping_add(c),
                (false, _) | (true, 1) => sx.wrapping_add(sy).wrapping_add(c),
                (true, _) => sy.wrapping_add(c),
            };
            suite.cases.push(Case {
                what: format!("sum {ty} << {shift} + {constant:?} shape {shape}"),
                func,
                args: [x, y, 0],
                memory: 0,
                vectors: [0; 3],
                result: ty,
                expected: Outcome::Value(value & mask(ty)),
                any_nan: false,
            });
        }
    }
}
