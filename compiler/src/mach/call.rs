//! Calls, entries and returns: which value goes where, and in which order it is brought there. What differs between instruction sets are
//! the registers ([`Isa::call_abi`]) and the instructions ([`Isa`], "Calls").
//!
//! A call is: stores of the stack arguments into the outgoing area, one instruction with the register arguments and results as fixed
//! operands, zero extension of the 32-bit results that are not trusted, loads of the stack results. An entry and a
//! return are the same seen from inside, with the incoming area. A tail call is a return with arguments for results.
//!
//! Clean i32: compiled code passes clean registers. C code need not, so 32-bit arguments of `Conv::C` entries and results of `Conv::C`
//! calls are zero-extended explicitly. The upper half of an i32's stack slot is never read.

use super::inst::{Call, CallTarget, Inst, TailCall, TailTarget};
use super::isa::{ArgLoc, CallAbi, Isa};
use super::lower::Lower;
use super::mir::{MBlock, PReg, PRegSet, RegClass, VReg};
use crate::ir::{
    self, Callee, Conv, FuncId, FuncKind, Imm, InstData, Op, Program, Signature, Symbol, TagId,
    Type, Value,
};

/// A stack area that arguments and results are in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Area {
    /// The caller's: byte 0 is at the CFA.
    Incoming,
    /// Ours, for callees: byte 0 is at the stack pointer.
    Outgoing,
}

/// Registers that arguments or results are handed out from, by class.
#[derive(Clone, Copy, Debug)]
pub struct Bank {
    pub ints: &'static [PReg],
    pub floats: &'static [PReg],
}

/// Hands out the registers of a bank, then stack slots.
struct Assign {
    ints: std::slice::Iter<'static, PReg>,
    floats: std::slice::Iter<'static, PReg>,
}

impl Assign {
    fn new(bank: Bank) -> Assign {
        Assign {
            ints: bank.ints.iter(),
            floats: bank.floats.iter(),
        }
    }
    fn next(&mut self, ty: Type, packed: bool, stack: &mut u32) -> ArgLoc {
        let reg = match RegClass::of(ty) {
            RegClass::Int => self.ints.next(),
            RegClass::Float => self.floats.next(),
        };
        match reg {
            Some(&reg) => ArgLoc::Reg(reg),
            None => {
                let size = if packed {
                    ty.bytes()
                } else {
                    ty.bytes().max(8)
                };
                let at = stack.next_multiple_of(size);
                *stack = at + size;
                ArgLoc::Stack(at)
            }
        }
    }
}

/// Places of a signature's parameters and results. Stack slots are 8 bytes each (16 for vectors), or (`packed`) as large as the value and
/// aligned to that. Results come first: functions with the same results find their arguments at the same place, whatever these are, so one can
/// overwrite its own arguments with those of another that it tail-calls.
pub fn assign(
    sig: &Signature,
    params: Bank,
    results: Bank,
    packed: bool,
    clobbers: PRegSet,
) -> CallAbi {
    let mut stack = 0;
    let mut from = Assign::new(results);
    let results = sig.results.iter();
    let results = results
        .map(|&ty| from.next(ty, packed, &mut stack))
        .collect();
    let result_bytes = stack.next_multiple_of(16);
    stack = result_bytes;
    let mut from = Assign::new(params);
    let params = sig.params.iter();
    let params = params
        .map(|&ty| from.next(ty, packed, &mut stack))
        .collect();
    CallAbi {
        params,
        results,
        result_bytes,
        arg_bytes: stack.next_multiple_of(8) - result_bytes,
        clobbers,
    }
}

/// Bytes of stack arguments that a function may write over its own: the most that any tail-called signature of the program has. Each call
/// between Wasm functions reserves so many.
pub fn tail_args(program: &Program, abi: impl Fn(&Signature) -> CallAbi) -> u32 {
    let sigs = program.tail_called.iter();
    let bytes = sigs.map(|&sig| abi(&program.types[sig].signature()).arg_bytes);
    bytes.max().unwrap_or(0)
}

/// Where a call goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    Symbol(Symbol),
    /// Through a pointer.
    Value(Value),
}

/// The register part of a call.
#[derive(Clone, Debug)]
pub struct CallRegs {
    pub args: Vec<(VReg, PReg)>,
    pub results: Vec<(VReg, PReg)>,
    /// What the callee may change, results included.
    pub clobbers: PRegSet,
    /// Of a call whose exceptions are handled, which ends its block.
    pub landings: Option<Landings>,
}

/// Where it goes on behind a call.
#[derive(Clone, Debug)]
pub struct Landings {
    /// When the callee returns.
    pub normal: MBlock,
    /// For exceptions with a tag (`None`: all), in order of search.
    pub handlers: Vec<(Option<TagId>, MBlock)>,
}

/// Lowers any call but a tail call.
pub fn call<I: Isa>(cx: &mut Lower<I>, inst: ir::Inst) {
    let data = cx.inst(inst);
    call_op(cx, inst, data.op, &data.imm, None);
}

/// Lowers a call whose exceptions are handled: the instruction has the exception as a further result. Results on the stack are loaded in the first
/// edge's block ([`load_results`]).
pub fn attempt<I: Isa>(cx: &mut Lower<I>, inst: ir::Inst, targets: &[MBlock]) {
    let it = cx.inst(inst).handlers();
    let tags = it.tags.iter().copied();
    let landings = Landings {
        normal: targets[0],
        handlers: tags.zip(targets[1..].iter().copied()).collect(),
    };
    call_op(cx, inst, it.op, &it.imm, Some(landings));
}

/// Whether results of a call whose exceptions are handled are on the stack.
pub fn has_stack_results<I: Isa>(isa: &I, program: &Program, data: &InstData) -> bool {
    let Imm::Try(it) = &data.imm else {
        return false;
    };
    let (conv, sig) = called(program, it.op, &it.imm);
    let abi = isa.call_abi(conv, &sig);
    abi.results
        .iter()
        .any(|loc| matches!(loc, ArgLoc::Stack(_)))
}

/// Loads the results on the stack of a call whose exceptions are handled, where it has returned.
pub fn load_results<I: Isa>(cx: &mut Lower<I>, inst: ir::Inst) {
    let Imm::Try(it) = &cx.inst(inst).imm else {
        return;
    };
    let (conv, sig) = called(cx.program, it.op, &it.imm);
    let isa = cx.isa;
    let abi = isa.call_abi(conv, &sig);
    for (n, (&loc, &ty)) in abi.results.iter().zip(&sig.results).enumerate() {
        let value = cx.result_value(inst, n as u32);
        if let ArgLoc::Stack(at) = loc
            && cx.is_used(value)
        {
            let dst = cx.dst(value);
            isa.load_stack(cx, Area::Outgoing, at, ty, dst);
        }
    }
}

/// Convention and signature of a call.
fn called(program: &Program, op: Op, imm: &Imm) -> (Conv, Signature) {
    match (op, imm) {
        (Op::Call, &Imm::Func(func)) => (Conv::Wasm, program.signature(func)),
        (Op::CallSymbol, Imm::CallSymbol { callee, sig }) => match callee {
            Callee::Func(_) => (Conv::Wasm, (**sig).clone()),
            Callee::Import(_) | Callee::Runtime(_) => (Conv::C, (**sig).clone()),
            Callee::Pointer => {
                let mut sig = (**sig).clone();
                sig.params.remove(0);
                (Conv::C, sig)
            }
        },
        (Op::CallPtr, &Imm::CallPtr { conv, sig }) => (conv, program.types[sig].signature()),
        (op, imm) => panic!("call {op:?} {imm:?}"),
    }
}

fn call_op<I: Isa>(
    cx: &mut Lower<I>,
    inst: ir::Inst,
    op: Op,
    imm: &Imm,
    landings: Option<Landings>,
) {
    let data = cx.inst(inst);
    let (conv, sig) = called(cx.program, op, imm);
    let sig = &sig;
    match (op, imm) {
        (Op::Call, &Imm::Func(func)) => {
            let target = Target::Symbol(Symbol::Func(func));
            emit_call(cx, inst, (conv, sig), target, &data.args, None, landings);
        }
        (Op::CallSymbol, Imm::CallSymbol { callee, .. }) => {
            let (target, args) = match *callee {
                Callee::Func(func) | Callee::Import(func) => {
                    (Target::Symbol(Symbol::Func(func)), &data.args[..])
                }
                Callee::Runtime(function) => {
                    (Target::Symbol(Symbol::Runtime(function)), &data.args[..])
                }
                Callee::Pointer => (Target::Value(data.args[0]), &data.args[1..]),
            };
            emit_call(cx, inst, (conv, sig), target, args, None, landings);
        }
        (Op::CallPtr, _) => {
            let target = Target::Value(data.args[0]);
            let (instance, args) = after_pointer(conv, &data.args);
            emit_call(cx, inst, (conv, sig), target, args, instance, landings);
        }
        (op, imm) => panic!("call {op:?} {imm:?}"),
    }
}

/// The callee's instance, where it is passed, and the arguments of a call through a pointer.
fn after_pointer(conv: Conv, args: &[Value]) -> (Option<Value>, &[Value]) {
    match conv {
        Conv::Far => (Some(args[1]), &args[2..]),
        Conv::Wasm | Conv::C => (None, &args[1..]),
    }
}

/// Lowers a tail call. Its stack arguments overwrite those of this function, which are in registers since the entry.
pub fn tail_call<I: Isa>(cx: &mut Lower<I>, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (conv, sig, target, instance, values) = match (data.op, &data.imm) {
        (Op::ReturnCall, &Imm::Func(func)) => {
            let target = Target::Symbol(Symbol::Func(func));
            let sig = cx.program.signature(func);
            (Conv::Wasm, sig, target, None, &data.args[..])
        }
        (Op::ReturnCallPtr, &Imm::CallPtr { conv, sig }) => {
            let sig = cx.program.types[sig].signature();
            let (instance, args) = after_pointer(conv, &data.args);
            (conv, sig, Target::Value(data.args[0]), instance, args)
        }
        _ => data.wrong_imm(),
    };
    let isa = cx.isa;
    let abi = isa.call_abi(conv, &sig);
    let own = isa.call_abi(cx.func.conv, &cx.func.sig);
    assert_eq!(abi.results, own.results, "results of a tail call");
    assert!(
        abi.arg_bytes <= own.arg_bytes.max(isa.tail_args()),
        "no room for the arguments of a tail call"
    );
    let mut args = Vec::with_capacity(values.len() + 1);
    for ((&value, &loc), &ty) in values.iter().zip(&abi.params).zip(&sig.params) {
        let vreg = cx.reg(value);
        match loc {
            ArgLoc::Reg(at) => args.push((vreg, at)),
            ArgLoc::Stack(at) => isa.store_stack(cx, Area::Incoming, at, ty, vreg),
        }
    }
    if let Some(instance) = instance {
        args.push((cx.reg(instance), I::FAR_INSTANCE));
    }
    let target = match target {
        Target::Symbol(symbol) => TailTarget::Symbol(symbol),
        Target::Value(code) => TailTarget::Pointer(cx.reg(code)),
    };
    cx.emit(Inst::TailCall(Box::new(TailCall { target, args })));
}

fn emit_call<I: Isa>(
    cx: &mut Lower<I>,
    inst: ir::Inst,
    (conv, sig): (Conv, &Signature),
    target: Target,
    values: &[Value],
    instance: Option<Value>,
    landings: Option<Landings>,
) {
    let isa = cx.isa;
    let abi = isa.call_abi(conv, sig);
    assert_eq!(values.len(), abi.params.len(), "arguments of a call");
    let arg_bytes = match conv {
        Conv::Wasm => abi.arg_bytes.max(isa.tail_args()),
        Conv::C | Conv::Far => abi.arg_bytes,
    };
    cx.need_outgoing(abi.result_bytes + arg_bytes);
    let mut args = Vec::with_capacity(values.len() + 1);
    for ((&value, &loc), &ty) in values.iter().zip(&abi.params).zip(&sig.params) {
        let vreg = cx.reg(value);
        match loc {
            ArgLoc::Reg(at) => args.push((vreg, at)),
            ArgLoc::Stack(at) => isa.store_stack(cx, Area::Outgoing, at, ty, vreg),
        }
    }
    if let Some(instance) = instance {
        args.push((cx.reg(instance), I::FAR_INSTANCE));
    }
    let mut clobbers = abi.clobbers;
    if let (Target::Symbol(Symbol::Func(func)), Conv::Wasm, None) = (target, conv, &landings)
        && let Some(changed) = cx.changed.of(func)
    {
        clobbers = clobbers.intersect(changed.union(I::LINK));
    }
    if let Target::Symbol(Symbol::Runtime(function)) = target
        && function.preserves_registers()
    {
        // That of the result changes also where nobody uses it.
        clobbers = abi.results.iter().fold(I::LINK, |set, &loc| match loc {
            ArgLoc::Reg(reg) => set.with(reg),
            ArgLoc::Stack(_) => set,
        });
    }
    let mut after = results(cx, inst, conv, sig, &abi, landings.is_some());
    if landings.is_some() {
        let exception = cx.result_value(inst, sig.results.len() as u32);
        if cx.has_uses(exception) {
            after.regs.push((cx.dst(exception), I::EXCEPTION));
        }
        after.loads.clear();
        assert!(after.extend.is_empty(), "exceptions of a C function");
    }
    let regs = CallRegs {
        args,
        results: after.regs,
        clobbers,
        landings,
    };
    let target = match target {
        Target::Symbol(symbol) => CallTarget::Symbol(symbol),
        Target::Value(code) => CallTarget::Pointer(isa.code_pointer(cx, code)),
    };
    cx.emit(Inst::Call(Box::new(Call { target, regs })));
    for (dst, src) in after.extend {
        isa.zero_extend(cx, dst, src);
    }
    for (dst, at, ty) in after.loads {
        isa.load_stack(cx, Area::Outgoing, at, ty, dst);
    }
}

/// How the results of a call that are used reach their registers.
#[derive(Default)]
struct Results {
    regs: Vec<(VReg, PReg)>,
    /// 32-bit results whose upper half is not trusted: into, from.
    extend: Vec<(VReg, VReg)>,
    /// From the stack.
    loads: Vec<(VReg, u32, Type)>,
}

fn results<I: Isa>(
    cx: &mut Lower<I>,
    inst: ir::Inst,
    conv: Conv,
    sig: &Signature,
    abi: &CallAbi,
    on_edges: bool,
) -> Results {
    let mut after = Results::default();
    for (n, (&loc, &ty)) in abi.results.iter().zip(&sig.results).enumerate() {
        let value = cx.result_value(inst, n as u32);
        // Arguments on edges ask for their registers behind the terminator.
        if !(cx.is_used(value) || on_edges && cx.has_uses(value)) {
            continue;
        }
        let dst = cx.dst(value);
        match loc {
            ArgLoc::Reg(at) if conv == Conv::C && is_clean(ty) => {
                let raw = cx.temp(RegClass::Int);
                after.regs.push((raw, at));
                after.extend.push((dst, raw));
            }
            ArgLoc::Reg(at) => after.regs.push((dst, at)),
            ArgLoc::Stack(at) => after.loads.push((dst, at, ty)),
        }
    }
    after
}

/// Whether a function only goes on to one of the runtime.
fn is_of_runtime(program: &Program, func: FuncId) -> bool {
    let decl = program.funcs.get(func);
    decl.is_some_and(|decl| matches!(decl.kind, FuncKind::LibraryFunction { .. }))
}

/// Starts the entry block: brings the parameters from where the convention has them into these registers (`None`: unused) and
/// sets the pinned registers as `func.conv` asks.
pub fn entry<I: Isa>(cx: &mut Lower<I>, params: &[Option<VReg>]) {
    let (isa, func) = (cx.isa, cx.func);
    let abi = isa.call_abi(func.conv, &func.sig);
    let mut arriving = Vec::with_capacity(params.len() + 1);
    let mut extend = Vec::new();
    let mut loads = Vec::new();
    let mut instance = None;
    for (n, (&loc, &ty)) in abi.params.iter().zip(&func.sig.params).enumerate() {
        let is_instance = n == 0 && func.conv == Conv::C;
        let dst = match params[n] {
            Some(dst) => dst,
            None if is_instance => cx.temp(RegClass::Int),
            None => continue,
        };
        if is_instance {
            instance = Some(dst);
        }
        match loc {
            ArgLoc::Reg(at) if func.conv == Conv::C && is_clean(ty) => {
                let raw = cx.temp(RegClass::Int);
                arriving.push((raw, at));
                extend.push((dst, raw));
            }
            ArgLoc::Reg(at) => arriving.push((dst, at)),
            ArgLoc::Stack(at) => loads.push((dst, at, ty)),
        }
    }
    if func.conv == Conv::Far {
        let vreg = cx.temp(RegClass::Int);
        arriving.push((vreg, I::FAR_INSTANCE));
        instance = Some(vreg);
    }
    cx.emit(Inst::Params(arriving));
    match func.conv {
        Conv::Wasm => {}
        // Its first parameter need not be an instance.
        Conv::C if is_of_runtime(cx.program, func.id) => {}
        Conv::C | Conv::Far => {
            isa.set_pinned(cx, instance.expect("the instance is the first parameter"));
        }
    }
    for (dst, src) in extend {
        isa.zero_extend(cx, dst, src);
    }
    for (dst, at, ty) in loads {
        isa.load_stack(cx, Area::Incoming, at, ty, dst);
    }
}

/// Whether registers that hold it have zeroes in their upper half, which C does not see to.
fn is_clean(ty: Type) -> bool {
    matches!(ty, Type::I32 | Type::Gc)
}

/// Lowers `return`.
pub fn ret<I: Isa>(cx: &mut Lower<I>, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (isa, sig) = (cx.isa, &cx.func.sig);
    let abi = isa.call_abi(cx.func.conv, sig);
    let mut values = Vec::with_capacity(data.args.len());
    for ((&value, &loc), &ty) in data.args.iter().zip(&abi.results).zip(&sig.results) {
        let vreg = cx.reg(value);
        match loc {
            ArgLoc::Reg(at) => values.push((vreg, at)),
            ArgLoc::Stack(at) => isa.store_stack(cx, Area::Incoming, at, ty, vreg),
        }
    }
    cx.emit(Inst::Ret(values));
}
