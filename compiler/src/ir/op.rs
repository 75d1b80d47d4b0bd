//! THE table of operations: name, text, operand shape, documentation. Everything that must know all ops (verifier, text form,
//! interpreter, effects, lowering) matches on [`Op`] without a wildcard.
//!
//! Two levels share the table. *Wasm-level* ops keep the shape that WebAssembly gives them; the front end makes them and the interpreter runs them.
//! `mach::expand` rewrites those that touch instance state into *machine-level* ops ([`Op::is_machine`]) before lowering. Arithmetic belongs to both.

use super::program::{
    DataId, ElemId, FuncId, GlobalId, MemId, ModuleId, RtFn, SigId, Symbol, TableId, TagId,
};
use super::types::{Access, Conv, FloatCc, IntCc, Signature};
use super::vec::Lanes;
use super::{Block, Slot, Value};
use crate::abi::TrapCode;
use smallvec::SmallVec;

/// Operand and result types of an op, in terms of the instruction's controlling type `T` (`InstData::ty`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// `() -> T`
    Nullary,
    /// `(T) -> T`
    Unary,
    /// `(T, T) -> T`
    Binary,
    /// `(T, T) -> i32`
    Compare,
    /// `(other) -> T`; the op's documentation says which.
    Convert,
    /// [`Op::vector`] says it.
    Vector,
    /// The op's documentation says it.
    Special,
    /// Last in a block.
    Terminator,
}

macro_rules! ops {
    ($( $(#[doc = $doc:literal])* $name:ident $text:literal $shape:ident $level:ident; )*) => {
        /// An operation.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Op { $( $(#[doc = $doc])* $name, )* }
        impl Op {
            /// Every op, in table order.
            pub const ALL: &'static [Op] = &[$(Op::$name),*];
            /// Name in the text form.
            pub fn name(self) -> &'static str {
                match self { $(Op::$name => $text,)* }
            }
            /// Operand and result types.
            pub fn shape(self) -> Shape {
                match self { $(Op::$name => Shape::$shape,)* }
            }
            /// Whether only `mach` makes and understands it.
            pub fn is_machine(self) -> bool {
                match self { $(Op::$name => ops!(@level $level),)* }
            }
        }
    };
    (@level wasm) => { false };
    (@level mach) => { true };
}

ops! {
    /// Constant of any type: `Imm::Bits`, of v128 `Imm::Vec`. i32 and f32 use the low 32 bits, the rest is zero. `ref` 0 is null.
    Const "const" Nullary wasm;
    Add "add" Binary wasm;
    Sub "sub" Binary wasm;
    Mul "mul" Binary wasm;
    /// Traps: division by zero, overflow.
    DivS "div_s" Binary wasm;
    /// Traps: division by zero.
    DivU "div_u" Binary wasm;
    /// Traps: division by zero. (MIN rem -1 is 0.)
    RemS "rem_s" Binary wasm;
    /// Traps: division by zero.
    RemU "rem_u" Binary wasm;
    And "and" Binary wasm;
    Or "or" Binary wasm;
    Xor "xor" Binary wasm;
    /// Shift counts are taken modulo the width.
    Shl "shl" Binary wasm;
    ShrS "shr_s" Binary wasm;
    ShrU "shr_u" Binary wasm;
    Rotl "rotl" Binary wasm;
    Rotr "rotr" Binary wasm;
    Clz "clz" Unary wasm;
    Ctz "ctz" Unary wasm;
    Popcnt "popcnt" Unary wasm;
    /// Sign-extends the low 8 bits.
    Ext8S "ext8_s" Unary wasm;
    Ext16S "ext16_s" Unary wasm;
    /// i64 only.
    Ext32S "ext32_s" Unary wasm;
    /// `Imm::IntCc`; T is the operand type (i32, i64, ref, ptr).
    Icmp "icmp" Compare wasm;
    Fadd "fadd" Binary wasm;
    Fsub "fsub" Binary wasm;
    Fmul "fmul" Binary wasm;
    Fdiv "fdiv" Binary wasm;
    /// Wasm `fmin`: NaN if either is, -0 < +0.
    Fmin "fmin" Binary wasm;
    Fmax "fmax" Binary wasm;
    Fcopysign "fcopysign" Binary wasm;
    Fabs "fabs" Unary wasm;
    Fneg "fneg" Unary wasm;
    Fsqrt "fsqrt" Unary wasm;
    Fceil "fceil" Unary wasm;
    Ffloor "ffloor" Unary wasm;
    Ftrunc "ftrunc" Unary wasm;
    /// Round to nearest, ties to even.
    Fnearest "fnearest" Unary wasm;
    /// `Imm::FloatCc`; T is the operand type.
    Fcmp "fcmp" Compare wasm;
    /// i64 -> i32.
    Wrap "wrap" Convert wasm;
    /// i32 -> i64.
    ExtS "ext_s" Convert wasm;
    /// i32 -> i64; free by the clean-i32 invariant.
    ExtU "ext_u" Convert wasm;
    /// float -> int (T). Traps: invalid conversion (NaN), integer overflow.
    TruncS "trunc_s" Convert wasm;
    TruncU "trunc_u" Convert wasm;
    /// float -> int (T), saturating, NaN is 0.
    TruncSatS "trunc_sat_s" Convert wasm;
    TruncSatU "trunc_sat_u" Convert wasm;
    /// int -> float (T).
    ConvS "conv_s" Convert wasm;
    ConvU "conv_u" Convert wasm;
    /// f64 -> f32.
    Demote "demote" Convert wasm;
    /// f32 -> f64.
    Promote "promote" Convert wasm;
    /// Same bits: i32/f32, i64/f64, and i64/ref/ptr among themselves.
    Bitcast "bitcast" Convert wasm;
    /// `(i32 condition, T if nonzero, T if zero) -> T`
    Select "select" Special wasm;
    /// `(i32 address) -> T`, `Imm::Mem`. Traps: memory out of bounds.
    Load "load" Special wasm;
    /// `(i32 address, T value)`, `Imm::Mem`. T is the value's type. Traps: memory out of bounds.
    Store "store" Special wasm;
    /// `() -> i32` pages, `Imm::Memory`.
    MemorySize "memory.size" Special wasm;
    /// `(i32 pages) -> i32`, `Imm::Memory`.
    MemoryGrow "memory.grow" Special wasm;
    /// `(i32 dst, i32 byte, i32 len)`, `Imm::Memory`. Traps: memory out of bounds.
    MemoryFill "memory.fill" Special wasm;
    /// `(i32 dst, i32 src, i32 len)`, `Imm::MemoryPair`.
    MemoryCopy "memory.copy" Special wasm;
    /// `(i32 dst, i32 src, i32 len)`, `Imm::MemoryInit`.
    MemoryInit "memory.init" Special wasm;
    /// `(i32 base)`, `Imm::MemoryInit`: `memory.init` of everything in a list ([`crate::abi::Placed`]), in order. The front end's, for active segments.
    MemoryPlace "memory.place" Special wasm;
    /// `Imm::Data`.
    DataDrop "data.drop" Special wasm;
    /// `() -> T`, `Imm::Global`.
    GlobalGet "global.get" Special wasm;
    /// `(T)`, `Imm::Global`.
    GlobalSet "global.set" Special wasm;
    /// `(i32 index) -> ref`, `Imm::Table`. Traps: table out of bounds.
    TableGet "table.get" Special wasm;
    /// `(i32 index, ref)`, `Imm::Table`.
    TableSet "table.set" Special wasm;
    /// `() -> i32`, `Imm::Table`.
    TableSize "table.size" Special wasm;
    /// `(ref init, i32 delta) -> i32`, `Imm::Table`.
    TableGrow "table.grow" Special wasm;
    /// `(i32 dst, ref, i32 len)`, `Imm::Table`.
    TableFill "table.fill" Special wasm;
    /// `(i32 dst, i32 src, i32 len)`, `Imm::TablePair`.
    TableCopy "table.copy" Special wasm;
    /// `(i32 dst, i32 src, i32 len)`, `Imm::TableInit`.
    TableInit "table.init" Special wasm;
    /// `(i32 base)`, `Imm::TableInit`: likewise, of `ElemItems::List`.
    TablePlace "table.place" Special wasm;
    /// `Imm::Elem`.
    ElemDrop "elem.drop" Special wasm;
    /// `() -> ref`, `Imm::Func`.
    RefFunc "ref.func" Special wasm;
    /// `(params…) -> results…`, `Imm::Func`.
    Call "call" Special wasm;
    /// `(params…, i32 index) -> results…`, `Imm::CallIndirect`. Traps: table out of bounds, null, signature.
    CallIndirect "call_indirect" Special wasm;

    /// `(params…, ref) -> results…`, `Imm::Sig`. Traps: null reference.
    CallRef "call_ref" Special wasm;
    // Atomics: sequentially consistent, `Imm::Mem` with an i32 address; after expansion also `Imm::Raw` with a ptr, behind a check of the
    // alignment. T is i32 or i64, the access zero-extends. Traps: unaligned atomic, memory out of bounds.
    /// `(address) -> T`
    AtomicLoad "atomic.load" Special wasm;
    /// `(address, T value)`
    AtomicStore "atomic.store" Special wasm;
    /// `(address, T operand) -> T`: adds to the cell and returns what was there before. So do the next five.
    AtomicAdd "atomic.add" Special wasm;
    AtomicSub "atomic.sub" Special wasm;
    AtomicAnd "atomic.and" Special wasm;
    AtomicOr "atomic.or" Special wasm;
    AtomicXor "atomic.xor" Special wasm;
    AtomicXchg "atomic.xchg" Special wasm;
    /// `(address, T expected, T replacement) -> T`: stores if the cell's bits are the low ones of `expected`; returns what was there.
    AtomicCmpxchg "atomic.cmpxchg" Special wasm;
    /// Orders all accesses to memories.
    AtomicFence "atomic.fence" Special wasm;
    /// `(i32 address, T expected, i64 timeout in ns) -> i32`, `Imm::Mem` only: 0 woken, 1 not equal, 2 timed out. Traps also if the memory is not shared.
    AtomicWait "atomic.wait" Special wasm;
    /// `(i32 address, i32 count) -> i32`, T is i32, `Imm::Mem` only: number of those woken.
    AtomicNotify "atomic.notify" Special wasm;

    /// `(i32 condition)`: traps with `Imm::Trap` if nonzero.
    TrapIf "trap_if" Special wasm;

    /// `(ref exception) -> T`, `Imm::Payload`: a value that the exception, which has the tag, was thrown with. Exceptions never change.
    ExnGet "exn.get" Special wasm;

    // Vector ops: `Shape::Vector`, T is v128 except for `vextract`. Immediate, operands and result: `Op::vector`. Lanes are the result's
    // where they differ from the operands'. No op traps.
    Vnot "vnot" Vector wasm;
    Vand "vand" Vector wasm;
    /// `a & !b`
    Vandnot "vandnot" Vector wasm;
    Vor "vor" Vector wasm;
    Vxor "vxor" Vector wasm;
    /// `(a, b, mask)`: bits of a where the mask is one, else of b.
    Vbitselect "vbitselect" Vector wasm;
    /// `-> i32`: 1 if any bit is set.
    VanyTrue "vany_true" Vector wasm;
    /// `-> i32`: 1 if no lane is zero.
    VallTrue "vall_true" Vector wasm;
    /// `-> i32`: the highest bit of each lane, lane 0 lowest.
    Vbitmask "vbitmask" Vector wasm;
    /// `(scalar)`; narrow lanes take the low bits of an i32.
    Vsplat "vsplat" Vector wasm;
    /// A lane of 32 or 64 bits; T is its type.
    Vextract "vextract" Vector wasm;
    /// A lane of 8 or 16 bits, sign-extended to i32.
    VextractS "vextract_s" Vector wasm;
    VextractU "vextract_u" Vector wasm;
    /// `(v128, scalar)`
    Vreplace "vreplace" Vector wasm;
    /// `(a, b)`: byte i is byte `mask[i]` of a followed by b. The mask is `Imm::Vec`, all bytes below 32.
    Vshuffle "vshuffle" Vector wasm;
    /// `(a, indices)`: bytes of a; 0 where the index is 16 or more.
    Vswizzle "vswizzle" Vector wasm;
    Vadd "vadd" Vector wasm;
    Vsub "vsub" Vector wasm;
    Vmul "vmul" Vector wasm;
    Vneg "vneg" Vector wasm;
    /// The smallest number stays.
    Vabs "vabs" Vector wasm;
    VaddSatS "vadd_sat_s" Vector wasm;
    VaddSatU "vadd_sat_u" Vector wasm;
    VsubSatS "vsub_sat_s" Vector wasm;
    VsubSatU "vsub_sat_u" Vector wasm;
    VminS "vmin_s" Vector wasm;
    VminU "vmin_u" Vector wasm;
    VmaxS "vmax_s" Vector wasm;
    VmaxU "vmax_u" Vector wasm;
    /// `(a + b + 1) / 2`
    VavgrU "vavgr_u" Vector wasm;
    /// Of bytes.
    Vpopcnt "vpopcnt" Vector wasm;
    /// `(v128, i32 count)`; counts are taken modulo the lane's width.
    Vshl "vshl" Vector wasm;
    VshrS "vshr_s" Vector wasm;
    VshrU "vshr_u" Vector wasm;
    /// Lanes of all ones where `Imm::VecIcmp` holds, else zeros. i64x2 has no unsigned conditions but `eq` and `ne`.
    Vicmp "vicmp" Vector wasm;
    /// Lanes of a, then of b, of twice the width and signed, saturated to signed lanes.
    VnarrowS "vnarrow_s" Vector wasm;
    /// Likewise, saturated to unsigned lanes (the operands are signed all the same).
    VnarrowU "vnarrow_u" Vector wasm;
    /// The lower half of the lanes of half the width.
    VextendLowS "vextend_low_s" Vector wasm;
    VextendLowU "vextend_low_u" Vector wasm;
    VextendHighS "vextend_high_s" Vector wasm;
    VextendHighU "vextend_high_u" Vector wasm;
    /// Products of the extended lower halves.
    VextmulLowS "vextmul_low_s" Vector wasm;
    VextmulLowU "vextmul_low_u" Vector wasm;
    VextmulHighS "vextmul_high_s" Vector wasm;
    VextmulHighU "vextmul_high_u" Vector wasm;
    /// Sums of neighbouring lanes of half the width.
    VextaddPairwiseS "vextadd_pairwise_s" Vector wasm;
    VextaddPairwiseU "vextadd_pairwise_u" Vector wasm;
    /// i32x4 from i16x8: sums of neighbouring products.
    Vdot "vdot" Vector wasm;
    /// i16x8: `(a * b + 0x4000) >> 15`, saturated.
    Vq15mulr "vq15mulr" Vector wasm;
    Vfadd "vfadd" Vector wasm;
    Vfsub "vfsub" Vector wasm;
    Vfmul "vfmul" Vector wasm;
    Vfdiv "vfdiv" Vector wasm;
    /// As `fmin`.
    Vfmin "vfmin" Vector wasm;
    Vfmax "vfmax" Vector wasm;
    /// `b < a ? b : a`, bit for bit.
    Vfpmin "vfpmin" Vector wasm;
    /// `a < b ? b : a`, bit for bit.
    Vfpmax "vfpmax" Vector wasm;
    Vfabs "vfabs" Vector wasm;
    Vfneg "vfneg" Vector wasm;
    Vfsqrt "vfsqrt" Vector wasm;
    Vfceil "vfceil" Vector wasm;
    Vffloor "vffloor" Vector wasm;
    Vftrunc "vftrunc" Vector wasm;
    Vfnearest "vfnearest" Vector wasm;
    /// Lanes of all ones where `Imm::VecFcmp` holds, else zeros.
    Vfcmp "vfcmp" Vector wasm;
    /// i32x4 from f32x4, as `trunc_sat_s`.
    VtruncSatS "vtrunc_sat_s" Vector wasm;
    VtruncSatU "vtrunc_sat_u" Vector wasm;
    /// i32x4 from f64x2; the upper two lanes are 0.
    VtruncSatZeroS "vtrunc_sat_zero_s" Vector wasm;
    VtruncSatZeroU "vtrunc_sat_zero_u" Vector wasm;
    /// f32x4 from i32x4.
    VconvS "vconv_s" Vector wasm;
    VconvU "vconv_u" Vector wasm;
    /// f64x2 from the lower half of i32x4.
    VconvLowS "vconv_low_s" Vector wasm;
    VconvLowU "vconv_low_u" Vector wasm;
    /// f32x4 from f64x2; the upper two lanes are 0.
    Vdemote "vdemote" Vector wasm;
    /// f64x2 from the lower half of f32x4.
    Vpromote "vpromote" Vector wasm;
    // Relaxed ops: the instruction set chooses one of the results that the standard allows, the same one everywhere in a program. The
    // interpreter's is the first that is named. `--deterministic` programs have none of them.
    /// As `vswizzle`; or for indices from 16 to 127 the byte at the index modulo 16.
    VrelaxedSwizzle "vrelaxed_swizzle" Vector wasm;
    /// As `vtrunc_sat_s`; or the smallest number for NaN and what is out of range.
    VrelaxedTruncS "vrelaxed_trunc_s" Vector wasm;
    /// As `vtrunc_sat_u`; or the largest number for NaN and what is out of range.
    VrelaxedTruncU "vrelaxed_trunc_u" Vector wasm;
    /// i32x4 from f64x2; the upper two lanes are 0. Likewise.
    VrelaxedTruncZeroS "vrelaxed_trunc_zero_s" Vector wasm;
    VrelaxedTruncZeroU "vrelaxed_trunc_zero_u" Vector wasm;
    /// `(a, b, c)`: `a * b + c`, rounded twice; or once.
    Vfma "vfma" Vector wasm;
    /// `(a, b, c)`: `-(a * b) + c`, rounded twice; or once.
    Vfnma "vfnma" Vector wasm;
    /// As `vfmin`; or `a` or `b`, whichever, if one is NaN or both are zeros.
    VrelaxedMin "vrelaxed_min" Vector wasm;
    VrelaxedMax "vrelaxed_max" Vector wasm;
    /// As `vq15mulr`; or -0x8000 for -0x8000 times -0x8000.
    VrelaxedQ15mulr "vrelaxed_q15mulr" Vector wasm;
    /// i16x8 from i8x16: saturated sums of neighbouring products; signed, or with b unsigned.
    VrelaxedDot "vrelaxed_dot" Vector wasm;
    /// `(a, b, mask)`: as `vbitselect`; or lane by lane by the mask's highest bit.
    VrelaxedLaneselect "vrelaxed_laneselect" Vector wasm;

    /// `() -> ptr`: the instance of `Imm::Module`; a symbol in a closed world, the pinned register in an open one.
    InstanceAddr "instance_addr" Special mach;
    /// `() -> ptr`: `Imm::Symbol` + offset.
    SymbolAddr "symbol_addr" Special mach;
    /// `() -> ptr`: a stack slot of this frame, `Imm::Slot`.
    SlotAddr "slot_addr" Special mach;
    /// `(i32 address) -> ptr`: where the address is in the memory of `Imm::Memory`, whose base is fixed or pinned. It may lie outside of what
    /// is accessible.
    MemoryAddr "memory_addr" Special mach;
    /// `(ptr, i64) -> ptr`
    PtrAdd "ptr_add" Special mach;
    /// `(ptr base) -> T`, `Imm::Raw`.
    RawLoad "raw_load" Special mach;
    /// `(ptr base, T value)`, `Imm::Raw`.
    RawStore "raw_store" Special mach;
    /// `(params…) -> results…`: call of a link-time symbol, `Imm::CallSymbol`.
    CallSymbol "call_symbol" Special mach;
    /// `(ptr code, params…) -> results…`, `Imm::CallPtr`. With `Conv::Far` the parameters begin with the callee's instance (ptr),
    /// which is not in the signature.
    CallPtr "call_ptr" Special mach;

    /// `Imm::Jump`.
    Jump "jump" Terminator wasm;
    /// `(i32 condition)`, `Imm::Branch`.
    Branch "branch" Terminator wasm;
    /// `(i32 index)`, `Imm::BrTable`: the last target is the default.
    BrTable "br_table" Terminator wasm;
    /// `(results…)`
    Return "return" Terminator wasm;
    /// `Imm::Trap`.
    Trap "trap" Terminator wasm;
    /// `(params…)`, `Imm::Func`: leaves the function and calls in its stead another with the same results, which is compiled here.
    ReturnCall "return_call" Terminator wasm;
    /// `(params…, i32 index)`, `Imm::CallIndirect`: likewise. Traps as `call_indirect`.
    ReturnCallIndirect "return_call_indirect" Terminator wasm;
    /// `(params…, ref)`, `Imm::Sig`: likewise. Traps as `call_ref`.
    ReturnCallRef "return_call_ref" Terminator wasm;
    /// Likewise, with the operands and the immediate of `call_ptr`. `Conv::Wasm` or `Conv::Far`.
    ReturnCallPtr "return_call_ptr" Terminator mach;
    /// `(payload…)`, `Imm::Tag`: throws a new exception out of the function.
    Throw "throw" Terminator wasm;
    /// `(ref exception)`: throws it out of the function. Traps: null reference.
    ThrowRef "throw_ref" Terminator wasm;
    /// `(operands of the call or throw…) -> its results…, ref exception`, `Imm::Try`: a call or throw whose exceptions are handled here. Its results
    /// are no values of other instructions: only arguments on its own edges, those of the call on the first, the exception on the others.
    Try "try" Terminator wasm;
}

/// The atomic ops that read a cell and change it, as a pattern.
macro_rules! atomic_modification {
    () => {
        $crate::ir::Op::AtomicAdd
            | $crate::ir::Op::AtomicSub
            | $crate::ir::Op::AtomicAnd
            | $crate::ir::Op::AtomicOr
            | $crate::ir::Op::AtomicXor
            | $crate::ir::Op::AtomicXchg
            | $crate::ir::Op::AtomicCmpxchg
    };
}
pub(crate) use atomic_modification;

/// The atomic ops that access one cell, as a pattern.
macro_rules! atomic_access {
    () => {
        $crate::ir::Op::AtomicLoad
            | $crate::ir::Op::AtomicStore
            | $crate::ir::op::atomic_modification!()
    };
}
pub(crate) use atomic_access;

/// A branch target with the arguments for its block parameters.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Target {
    pub block: Block,
    pub args: SmallVec<[Value; 4]>,
}

/// State that an access through a native pointer can touch, for effects.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RawRegion {
    /// Guest memory contents.
    Memory(MemId),
    /// A memory's descriptor (base, length).
    MemoryDesc(MemId),
    Global(GlobalId),
    /// A table's elements and descriptor.
    Table(TableId),
    /// Segment descriptors.
    Segments,
    /// Never written after start: FuncRef records, import pointer slots.
    Constant,
    /// Stack slots and argument arrays of entries.
    Slot,
}

/// Immediate operand. Which variant an op has is written in the op's documentation; ops that name none have `None`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Imm {
    None,
    Bits(u64),
    /// All bits of a vector, lane 0 lowest.
    Vec(u128),
    Lanes(Lanes),
    Lane {
        lanes: Lanes,
        lane: u8,
    },
    VecIcmp {
        lanes: Lanes,
        cc: IntCc,
    },
    VecFcmp {
        lanes: Lanes,
        cc: FloatCc,
    },
    IntCc(IntCc),
    FloatCc(FloatCc),
    Mem {
        mem: MemId,
        access: Access,
        offset: u64,
    },
    Memory(MemId),
    MemoryPair {
        dst: MemId,
        src: MemId,
    },
    MemoryInit {
        mem: MemId,
        data: DataId,
    },
    Data(DataId),
    Global(GlobalId),
    Table(TableId),
    TablePair {
        dst: TableId,
        src: TableId,
    },
    TableInit {
        table: TableId,
        elem: ElemId,
    },
    Elem(ElemId),
    Func(FuncId),
    CallIndirect {
        table: TableId,
        sig: SigId,
    },
    Sig(SigId),
    Trap(TrapCode),
    Module(ModuleId),
    Symbol {
        symbol: Symbol,
        offset: i64,
    },
    Slot(Slot),
    /// `trap`: the code of a fault at this access, if it can fault.
    Raw {
        access: Access,
        offset: i32,
        region: RawRegion,
        trap: Option<TrapCode>,
    },
    CallSymbol {
        callee: Callee,
        sig: Box<Signature>,
    },
    CallPtr {
        conv: Conv,
        sig: SigId,
    },
    Jump(Target),
    Branch {
        then: Target,
        or_else: Target,
    },
    BrTable(Box<[Target]>),
    Tag(TagId),
    Payload {
        tag: TagId,
        /// Which of the tag's parameters.
        index: u32,
    },
    Try(Box<Try>),
}

impl Imm {
    /// Lanes that a vector op works in, if the immediate says them.
    pub fn lanes(&self) -> Option<Lanes> {
        match *self {
            Imm::Lanes(lanes)
            | Imm::Lane { lanes, .. }
            | Imm::VecIcmp { lanes, .. }
            | Imm::VecFcmp { lanes, .. } => Some(lanes),
            _ => None,
        }
    }
}

/// A call or throw with handlers for the exceptions that come out of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Try {
    /// The op that is performed, with its immediate: a call, `throw` or `throw_ref`.
    pub op: Op,
    pub imm: Imm,
    /// Of each handler: the tag that it catches, or `None` for all. The first that fits is taken; what fits none leaves the function.
    pub tags: Vec<Option<TagId>>,
    /// Where it goes on after a call that returns (throws have no such target), then the handlers.
    pub targets: Vec<Target>,
}

impl Try {
    /// Index in `targets` of the first handler.
    pub fn first_handler(&self) -> usize {
        usize::from(self.op.shape() != Shape::Terminator)
    }
}

/// Who is called by symbol.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Callee {
    /// A function with `Conv::Wasm`.
    Func(FuncId),
    /// An imported C function; the signature starts with the instance pointer, and a result pointer is explicit.
    Import(FuncId),
    /// A runtime function.
    Runtime(RtFn),
}

/// A set of state regions as bits: memories 0-3, memory descriptors 4-7, tables 8-15, globals 16-55 (ids beyond the range share the
/// last bit of theirs), segments 56, slots 57.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Regions(pub u64);

impl Regions {
    pub const NONE: Regions = Regions(0);
    /// Contents of all memories.
    pub const MEMORIES: Regions = Regions(0xf);
    /// Contents and descriptors of all memories: what threads share.
    pub const SHARED: Regions = Regions(0xff);
    /// Everything that another function, the runtime or the host can reach: all but slots.
    pub const ALL_SHARED: Regions = Regions((1 << 57) - 1);
    pub const SEGMENTS: Regions = Regions(1 << 56);
    pub const SLOT: Regions = Regions(1 << 57);
    pub fn memory(m: MemId) -> Regions {
        Regions(1 << crate::entity::EntityId::as_u32(m).min(3))
    }
    pub fn memory_desc(m: MemId) -> Regions {
        Regions(1 << (4 + crate::entity::EntityId::as_u32(m).min(3)))
    }
    pub fn table(t: TableId) -> Regions {
        Regions(1 << (8 + crate::entity::EntityId::as_u32(t).min(7)))
    }
    pub fn global(g: GlobalId) -> Regions {
        Regions(1 << (16 + crate::entity::EntityId::as_u32(g).min(39)))
    }
    pub fn union(self, other: Regions) -> Regions {
        Regions(self.0 | other.0)
    }
    pub fn minus(self, other: Regions) -> Regions {
        Regions(self.0 & !other.0)
    }
    pub fn intersects(self, other: Regions) -> bool {
        self.0 & other.0 != 0
    }
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl RawRegion {
    /// As a set.
    pub fn regions(self) -> Regions {
        match self {
            RawRegion::Memory(m) => Regions::memory(m),
            RawRegion::MemoryDesc(m) => Regions::memory_desc(m),
            RawRegion::Global(g) => Regions::global(g),
            RawRegion::Table(t) => Regions::table(t),
            RawRegion::Segments => Regions::SEGMENTS,
            RawRegion::Constant => Regions::NONE,
            RawRegion::Slot => Regions::SLOT,
        }
    }
}

/// What an instruction does besides computing its results.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Effects {
    pub reads: Regions,
    pub writes: Regions,
    /// May end the program.
    pub may_trap: bool,
    /// Calls code that may not return, or do I/O: never removed, never reordered.
    pub is_call: bool,
}
