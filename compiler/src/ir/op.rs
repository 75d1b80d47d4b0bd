//! THE table of operations. A row says everything that holds for an op whatever its operands are: text, shape, controlling types, immediate,
//! operands and results, effects, and whether it relies on checks before it. Verifier, text form, effects and the builder go by the row. Rows lie
//! in families, each with a pattern macro (`vector_op!`), so that expansion and lowering match on [`Op`] without a wildcard and without lists.
//! A new op is a row, its evaluation and its lowering.
//!
//! Two levels share the table. *Wasm-level* ops keep the shape that WebAssembly gives them; the front end makes them and the interpreter runs them.
//! `expand` rewrites those that touch instance state into *machine-level* ops before lowering. Arithmetic belongs to both.

use super::types::Type;
use super::vec::{FLOATS, FULL, INTS, Lanes, MIN_MAX, PAIRS, SMALL, WIDE};

/// What an op is to the builder and to value numbering, in terms of the instruction's controlling type `T` (`InstData::ty`).
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
    /// `(other) -> T`
    Convert,
    /// On lanes.
    Vector,
    /// None of the others.
    Special,
    /// Last in a block.
    Terminator,
}

/// What the controlling type may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Types {
    /// The text does not say it: `v128` of vector ops, else `i32`.
    Implied,
    Any,
    /// All but vectors.
    Scalar,
    /// i32, i64, ref, gc, ptr.
    Word,
    /// ref, gc.
    Reference,
    Int,
    Float,
    I32,
    I64,
    F32,
    F64,
}

impl Types {
    /// Whether the type is one of them; `Implied` allows any.
    pub fn allow(self, ty: Type) -> bool {
        match self {
            Types::Implied | Types::Any => true,
            Types::Scalar => ty != Type::V128,
            Types::Reference => matches!(ty, Type::Ref | Type::Gc),
            Types::Word => !matches!(ty, Type::F32 | Type::F64 | Type::V128),
            Types::Int => matches!(ty, Type::I32 | Type::I64),
            Types::Float => matches!(ty, Type::F32 | Type::F64),
            Types::I32 => ty == Type::I32,
            Types::I64 => ty == Type::I64,
            Types::F32 => ty == Type::F32,
            Types::F64 => ty == Type::F64,
        }
    }
}

/// Which immediate an op has: the variant of `Imm` with the same name, if nothing else is said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImmKind {
    None,
    /// `Imm::Bits`, of v128 `Imm::Vec`.
    Const,
    IntCc,
    FloatCc,
    Mem,
    /// `Imm::Mem`; after expansion also `Imm::Raw`.
    Cell,
    Memory,
    MemoryPair,
    MemoryInit,
    Data,
    Global,
    Table,
    TablePair,
    TableInit,
    Elem,
    Func,
    CallIndirect,
    Sig,
    Trap,
    Module,
    Symbol,
    Slot,
    Raw,
    CallSymbol,
    CallPtr,
    Jump,
    Branch,
    BrTable,
    Tag,
    Payload,
    Object,
    TypeData,
    TypeElem,
    Cast,
    Try,
    /// One of these.
    Lanes(&'static [Lanes]),
    /// One of these and an index below their count.
    Lane(&'static [Lanes]),
    VecIcmp,
    VecFcmp,
    /// `Imm::Vec`: 16 indices below 32.
    Shuffle,
}

/// Type of an operand or result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpType {
    /// The controlling type.
    T,
    I32,
    I64,
    F32,
    F64,
    Ref,
    Gc,
    Ptr,
    V128,
    /// [`Lanes::scalar`] of the immediate's lanes.
    Lane,
    /// i32 or i64, as the memory or table has it that the immediate names; with `Imm::Raw` ptr.
    Address,
    /// As the elements of the table that the immediate names.
    Element,
    /// A reference to an exception: gc where these are objects, else ref.
    Exception,
    /// i32 or i64.
    AnyInt,
    /// f32 or f64.
    AnyFloat,
    /// Another type with the bits of T.
    SameBits,
}

/// Types of an op's operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operands {
    Listed(&'static [OpType]),
    /// As the signature says that the immediate names; of `return`, the function's own.
    Signature,
}

/// What an op has for results.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResultKind {
    None,
    One(OpType),
    /// As the signature says.
    Signature,
}

/// What an op does to state; which part of it, the immediate says (`InstData::effects`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EffectClass {
    Pure,
    /// Nothing but trapping.
    Traps,
    MemoryRead,
    MemoryWrite,
    PagesRead,
    PagesGrow,
    MemoryBulk,
    SegmentDrop,
    GlobalRead,
    GlobalWrite,
    /// The size of a table.
    TableRead,
    TableGrow,
    TableBulk,
    ElemRead,
    ElemWrite,
    Atomic,
    Fence,
    /// Waits for other threads, or wakes them.
    Wait,
    Call,
    /// A call that may have been given pointers to slots.
    MachineCall,
    RawRead,
    RawWrite,
    /// A part of an object.
    ObjectRead,
    ObjectWrite,
    /// Makes an object that nothing else knows.
    Allocate,
    /// Elements of arrays, and segments.
    ArrayBulk,
}

/// A row of the table.
#[derive(Debug)]
pub struct Row {
    /// Name in the text form.
    pub name: &'static str,
    pub shape: Shape,
    pub types: Types,
    pub imm: ImmKind,
    pub args: Operands,
    pub result: ResultKind,
    pub effect: EffectClass,
    /// Whether it is sound only behind what was tested before it, though no operand says so: it must not move to an earlier place.
    pub guarded: bool,
}

macro_rules! ops {
    ($(
        $(#[doc = $about:literal])*
        $family:ident { $(
            $(#[doc = $doc:literal])*
            $name:ident $text:literal $shape:ident, $types:ident, $imm:ident $(($lanes:expr))?, $args:tt -> $result:tt, $effect:ident $(, $guarded:ident)?;
        )* }
    )*) => {
        /// An operation.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Op { $($( $(#[doc = $doc])* $name, )*)* }
        impl Op {
            /// Every op, in table order.
            pub const ALL: &'static [Op] = &[$($(Op::$name),*),*];
        }
        static ROWS: &[Row] = &[$($(
            Row {
                name: $text,
                shape: Shape::$shape,
                types: Types::$types,
                imm: ImmKind::$imm $(($lanes))?,
                args: ops!(@args $args),
                result: ops!(@result $result),
                effect: EffectClass::$effect,
                guarded: ops!(@guarded $($guarded)?),
            },
        )*)*];
        $(
            $(#[doc = $about])*
            #[allow(unused_macros, reason = "a family need not be matched as a whole")]
            macro_rules! $family {
                () => { $($crate::ir::Op::$name)|* };
            }
            #[allow(unused_imports, reason = "likewise")]
            pub(crate) use $family;
        )*
    };
    (@args sig) => { Operands::Signature };
    (@args ($($ty:ident),*)) => { Operands::Listed(&[$(OpType::$ty),*]) };
    (@result sig) => { ResultKind::Signature };
    (@result ()) => { ResultKind::None };
    (@result $ty:ident) => { ResultKind::One(OpType::$ty) };
    (@guarded) => { false };
    (@guarded guarded) => { true };
}

ops! {
    /// Scalars. They need no state, and no ISA leaves them out.
    arithmetic_op {
        /// Constant of any type: `Imm::Bits`, of v128 `Imm::Vec`. i32 and f32 use the low 32 bits, the rest is zero. `ref` and `gc` 0 are null.
        Const "const" Nullary, Any, Const, () -> T, Pure;
        Add "add" Binary, Int, None, (T, T) -> T, Pure;
        Sub "sub" Binary, Int, None, (T, T) -> T, Pure;
        Mul "mul" Binary, Int, None, (T, T) -> T, Pure;
        /// The upper half of the product as signed numbers.
        MulHighS "mul_high_s" Binary, I64, None, (T, T) -> T, Pure;
        MulHighU "mul_high_u" Binary, I64, None, (T, T) -> T, Pure;
        /// `(x, y, a, b)`: `x + y`, and 1 more if `a < b`, unsigned. With `a` the sum of `b` and something, that is the carry.
        AddCarry "add_carry" Special, I64, None, (T, T, T, T) -> T, Pure;
        /// `(x, y, a, b)`: `x - y`, and 1 less if `a < b`, unsigned: the borrow of `a - b`.
        SubBorrow "sub_borrow" Special, I64, None, (T, T, T, T) -> T, Pure;
        /// Traps: division by zero, overflow.
        DivS "div_s" Binary, Int, None, (T, T) -> T, Traps;
        /// Traps: division by zero.
        DivU "div_u" Binary, Int, None, (T, T) -> T, Traps;
        /// Traps: division by zero. (MIN rem -1 is 0.)
        RemS "rem_s" Binary, Int, None, (T, T) -> T, Traps;
        /// Traps: division by zero.
        RemU "rem_u" Binary, Int, None, (T, T) -> T, Traps;
        And "and" Binary, Int, None, (T, T) -> T, Pure;
        Or "or" Binary, Int, None, (T, T) -> T, Pure;
        Xor "xor" Binary, Int, None, (T, T) -> T, Pure;
        /// Shift counts are taken modulo the width.
        Shl "shl" Binary, Int, None, (T, T) -> T, Pure;
        ShrS "shr_s" Binary, Int, None, (T, T) -> T, Pure;
        ShrU "shr_u" Binary, Int, None, (T, T) -> T, Pure;
        Rotl "rotl" Binary, Int, None, (T, T) -> T, Pure;
        Rotr "rotr" Binary, Int, None, (T, T) -> T, Pure;
        Clz "clz" Unary, Int, None, (T) -> T, Pure;
        Ctz "ctz" Unary, Int, None, (T) -> T, Pure;
        Popcnt "popcnt" Unary, Int, None, (T) -> T, Pure;
        /// The bytes in the opposite order.
        Bswap "bswap" Unary, Int, None, (T) -> T, Pure;
        /// Sign-extends the low 8 bits.
        Ext8S "ext8_s" Unary, Int, None, (T) -> T, Pure;
        Ext16S "ext16_s" Unary, Int, None, (T) -> T, Pure;
        /// i64 only.
        Ext32S "ext32_s" Unary, I64, None, (T) -> T, Pure;
        /// `Imm::IntCc`; T is the operand type (i32, i64, ref, gc, ptr).
        Icmp "icmp" Compare, Word, IntCc, (T, T) -> I32, Pure;
        Fadd "fadd" Binary, Float, None, (T, T) -> T, Pure;
        Fsub "fsub" Binary, Float, None, (T, T) -> T, Pure;
        Fmul "fmul" Binary, Float, None, (T, T) -> T, Pure;
        Fdiv "fdiv" Binary, Float, None, (T, T) -> T, Pure;
        /// Wasm `fmin`: NaN if either is, -0 < +0.
        Fmin "fmin" Binary, Float, None, (T, T) -> T, Pure;
        Fmax "fmax" Binary, Float, None, (T, T) -> T, Pure;
        Fcopysign "fcopysign" Binary, Float, None, (T, T) -> T, Pure;
        Fabs "fabs" Unary, Float, None, (T) -> T, Pure;
        Fneg "fneg" Unary, Float, None, (T) -> T, Pure;
        Fsqrt "fsqrt" Unary, Float, None, (T) -> T, Pure;
        Fceil "fceil" Unary, Float, None, (T) -> T, Pure;
        Ffloor "ffloor" Unary, Float, None, (T) -> T, Pure;
        Ftrunc "ftrunc" Unary, Float, None, (T) -> T, Pure;
        /// Round to nearest, ties to even.
        Fnearest "fnearest" Unary, Float, None, (T) -> T, Pure;
        /// `Imm::FloatCc`; T is the operand type.
        Fcmp "fcmp" Compare, Float, FloatCc, (T, T) -> I32, Pure;
        /// i64 -> i32.
        Wrap "wrap" Convert, I32, None, (I64) -> T, Pure;
        /// i32 -> i64.
        ExtS "ext_s" Convert, I64, None, (I32) -> T, Pure;
        /// i32 -> i64; free by the clean-i32 invariant.
        ExtU "ext_u" Convert, I64, None, (I32) -> T, Pure;
        /// float -> int (T). Traps: invalid conversion (NaN), integer overflow.
        TruncS "trunc_s" Convert, Int, None, (AnyFloat) -> T, Traps;
        TruncU "trunc_u" Convert, Int, None, (AnyFloat) -> T, Traps;
        /// float -> int (T), saturating, NaN is 0.
        TruncSatS "trunc_sat_s" Convert, Int, None, (AnyFloat) -> T, Pure;
        TruncSatU "trunc_sat_u" Convert, Int, None, (AnyFloat) -> T, Pure;
        /// int -> float (T).
        ConvS "conv_s" Convert, Float, None, (AnyInt) -> T, Pure;
        ConvU "conv_u" Convert, Float, None, (AnyInt) -> T, Pure;
        /// f64 -> f32.
        Demote "demote" Convert, F32, None, (F64) -> T, Pure;
        /// f32 -> f64.
        Promote "promote" Convert, F64, None, (F32) -> T, Pure;
        /// Same bits: i32/f32/gc, i64/f64, and i64/ref/ptr among themselves.
        Bitcast "bitcast" Convert, Scalar, None, (SameBits) -> T, Pure;
        /// `(i32 condition, T if nonzero, T if zero) -> T`
        Select "select" Special, Any, None, (I32, T, T) -> T, Pure;
    }
    /// Vectors: T is v128 except for `vextract`. Lanes are the result's where they differ from the operands'. No op traps.
    vector_op {
        Vnot "vnot" Vector, Implied, None, (V128) -> V128, Pure;
        Vand "vand" Vector, Implied, None, (V128, V128) -> V128, Pure;
        /// `a & !b`
        Vandnot "vandnot" Vector, Implied, None, (V128, V128) -> V128, Pure;
        Vor "vor" Vector, Implied, None, (V128, V128) -> V128, Pure;
        Vxor "vxor" Vector, Implied, None, (V128, V128) -> V128, Pure;
        /// `(a, b, mask)`: bits of a where the mask is one, else of b.
        Vbitselect "vbitselect" Vector, Implied, None, (V128, V128, V128) -> V128, Pure;
        /// `-> i32`: 1 if any bit is set.
        VanyTrue "vany_true" Vector, Implied, None, (V128) -> I32, Pure;
        /// `-> i32`: 1 if no lane is zero.
        VallTrue "vall_true" Vector, Implied, Lanes(INTS), (V128) -> I32, Pure;
        /// `-> i32`: the highest bit of each lane, lane 0 lowest.
        Vbitmask "vbitmask" Vector, Implied, Lanes(INTS), (V128) -> I32, Pure;
        /// `(scalar)`; narrow lanes take the low bits of an i32.
        Vsplat "vsplat" Vector, Implied, Lanes(&Lanes::ALL), (Lane) -> V128, Pure;
        /// A lane of 32 or 64 bits; T is its type.
        Vextract "vextract" Vector, Any, Lane(FULL), (V128) -> Lane, Pure;
        /// A lane of 8 or 16 bits, sign-extended to i32.
        VextractS "vextract_s" Vector, Implied, Lane(SMALL), (V128) -> I32, Pure;
        VextractU "vextract_u" Vector, Implied, Lane(SMALL), (V128) -> I32, Pure;
        /// `(v128, scalar)`
        Vreplace "vreplace" Vector, Implied, Lane(&Lanes::ALL), (V128, Lane) -> V128, Pure;
        /// `(a, b)`: byte i is byte `mask[i]` of a followed by b. The mask is `Imm::Vec`, all bytes below 32.
        Vshuffle "vshuffle" Vector, Implied, Shuffle, (V128, V128) -> V128, Pure;
        /// `(a, indices)`: bytes of a; 0 where the index is 16 or more.
        Vswizzle "vswizzle" Vector, Implied, None, (V128, V128) -> V128, Pure;
        Vadd "vadd" Vector, Implied, Lanes(INTS), (V128, V128) -> V128, Pure;
        Vsub "vsub" Vector, Implied, Lanes(INTS), (V128, V128) -> V128, Pure;
        Vmul "vmul" Vector, Implied, Lanes(WIDE), (V128, V128) -> V128, Pure;
        Vneg "vneg" Vector, Implied, Lanes(INTS), (V128) -> V128, Pure;
        /// The smallest number stays.
        Vabs "vabs" Vector, Implied, Lanes(INTS), (V128) -> V128, Pure;
        VaddSatS "vadd_sat_s" Vector, Implied, Lanes(SMALL), (V128, V128) -> V128, Pure;
        VaddSatU "vadd_sat_u" Vector, Implied, Lanes(SMALL), (V128, V128) -> V128, Pure;
        VsubSatS "vsub_sat_s" Vector, Implied, Lanes(SMALL), (V128, V128) -> V128, Pure;
        VsubSatU "vsub_sat_u" Vector, Implied, Lanes(SMALL), (V128, V128) -> V128, Pure;
        VminS "vmin_s" Vector, Implied, Lanes(MIN_MAX), (V128, V128) -> V128, Pure;
        VminU "vmin_u" Vector, Implied, Lanes(MIN_MAX), (V128, V128) -> V128, Pure;
        VmaxS "vmax_s" Vector, Implied, Lanes(MIN_MAX), (V128, V128) -> V128, Pure;
        VmaxU "vmax_u" Vector, Implied, Lanes(MIN_MAX), (V128, V128) -> V128, Pure;
        /// `(a + b + 1) / 2`
        VavgrU "vavgr_u" Vector, Implied, Lanes(SMALL), (V128, V128) -> V128, Pure;
        /// Of bytes.
        Vpopcnt "vpopcnt" Vector, Implied, None, (V128) -> V128, Pure;
        /// `(v128, i32 count)`; counts are taken modulo the lane's width.
        Vshl "vshl" Vector, Implied, Lanes(INTS), (V128, I32) -> V128, Pure;
        VshrS "vshr_s" Vector, Implied, Lanes(INTS), (V128, I32) -> V128, Pure;
        VshrU "vshr_u" Vector, Implied, Lanes(INTS), (V128, I32) -> V128, Pure;
        /// Lanes of all ones where `Imm::VecIcmp` holds, else zeros. i64x2 has no unsigned conditions but `eq` and `ne`.
        Vicmp "vicmp" Vector, Implied, VecIcmp, (V128, V128) -> V128, Pure;
        /// Lanes of a, then of b, of twice the width and signed, saturated to signed lanes.
        VnarrowS "vnarrow_s" Vector, Implied, Lanes(SMALL), (V128, V128) -> V128, Pure;
        /// Likewise, saturated to unsigned lanes (the operands are signed all the same).
        VnarrowU "vnarrow_u" Vector, Implied, Lanes(SMALL), (V128, V128) -> V128, Pure;
        /// The lower half of the lanes of half the width.
        VextendLowS "vextend_low_s" Vector, Implied, Lanes(WIDE), (V128) -> V128, Pure;
        VextendLowU "vextend_low_u" Vector, Implied, Lanes(WIDE), (V128) -> V128, Pure;
        VextendHighS "vextend_high_s" Vector, Implied, Lanes(WIDE), (V128) -> V128, Pure;
        VextendHighU "vextend_high_u" Vector, Implied, Lanes(WIDE), (V128) -> V128, Pure;
        /// Products of the extended lower halves.
        VextmulLowS "vextmul_low_s" Vector, Implied, Lanes(WIDE), (V128, V128) -> V128, Pure;
        VextmulLowU "vextmul_low_u" Vector, Implied, Lanes(WIDE), (V128, V128) -> V128, Pure;
        VextmulHighS "vextmul_high_s" Vector, Implied, Lanes(WIDE), (V128, V128) -> V128, Pure;
        VextmulHighU "vextmul_high_u" Vector, Implied, Lanes(WIDE), (V128, V128) -> V128, Pure;
        /// Sums of neighbouring lanes of half the width.
        VextaddPairwiseS "vextadd_pairwise_s" Vector, Implied, Lanes(PAIRS), (V128) -> V128, Pure;
        VextaddPairwiseU "vextadd_pairwise_u" Vector, Implied, Lanes(PAIRS), (V128) -> V128, Pure;
        /// i32x4 from i16x8: sums of neighbouring products.
        Vdot "vdot" Vector, Implied, None, (V128, V128) -> V128, Pure;
        /// i16x8: `(a * b + 0x4000) >> 15`, saturated.
        Vq15mulr "vq15mulr" Vector, Implied, None, (V128, V128) -> V128, Pure;
        Vfadd "vfadd" Vector, Implied, Lanes(FLOATS), (V128, V128) -> V128, Pure;
        Vfsub "vfsub" Vector, Implied, Lanes(FLOATS), (V128, V128) -> V128, Pure;
        Vfmul "vfmul" Vector, Implied, Lanes(FLOATS), (V128, V128) -> V128, Pure;
        Vfdiv "vfdiv" Vector, Implied, Lanes(FLOATS), (V128, V128) -> V128, Pure;
        /// As `fmin`.
        Vfmin "vfmin" Vector, Implied, Lanes(FLOATS), (V128, V128) -> V128, Pure;
        Vfmax "vfmax" Vector, Implied, Lanes(FLOATS), (V128, V128) -> V128, Pure;
        /// `b < a ? b : a`, bit for bit.
        Vfpmin "vfpmin" Vector, Implied, Lanes(FLOATS), (V128, V128) -> V128, Pure;
        /// `a < b ? b : a`, bit for bit.
        Vfpmax "vfpmax" Vector, Implied, Lanes(FLOATS), (V128, V128) -> V128, Pure;
        Vfabs "vfabs" Vector, Implied, Lanes(FLOATS), (V128) -> V128, Pure;
        Vfneg "vfneg" Vector, Implied, Lanes(FLOATS), (V128) -> V128, Pure;
        Vfsqrt "vfsqrt" Vector, Implied, Lanes(FLOATS), (V128) -> V128, Pure;
        Vfceil "vfceil" Vector, Implied, Lanes(FLOATS), (V128) -> V128, Pure;
        Vffloor "vffloor" Vector, Implied, Lanes(FLOATS), (V128) -> V128, Pure;
        Vftrunc "vftrunc" Vector, Implied, Lanes(FLOATS), (V128) -> V128, Pure;
        Vfnearest "vfnearest" Vector, Implied, Lanes(FLOATS), (V128) -> V128, Pure;
        /// Lanes of all ones where `Imm::VecFcmp` holds, else zeros.
        Vfcmp "vfcmp" Vector, Implied, VecFcmp, (V128, V128) -> V128, Pure;
        /// i32x4 from f32x4, as `trunc_sat_s`.
        VtruncSatS "vtrunc_sat_s" Vector, Implied, None, (V128) -> V128, Pure;
        VtruncSatU "vtrunc_sat_u" Vector, Implied, None, (V128) -> V128, Pure;
        /// i32x4 from f64x2; the upper two lanes are 0.
        VtruncSatZeroS "vtrunc_sat_zero_s" Vector, Implied, None, (V128) -> V128, Pure;
        VtruncSatZeroU "vtrunc_sat_zero_u" Vector, Implied, None, (V128) -> V128, Pure;
        /// f32x4 from i32x4.
        VconvS "vconv_s" Vector, Implied, None, (V128) -> V128, Pure;
        VconvU "vconv_u" Vector, Implied, None, (V128) -> V128, Pure;
        /// f64x2 from the lower half of i32x4.
        VconvLowS "vconv_low_s" Vector, Implied, None, (V128) -> V128, Pure;
        VconvLowU "vconv_low_u" Vector, Implied, None, (V128) -> V128, Pure;
        /// f32x4 from f64x2; the upper two lanes are 0.
        Vdemote "vdemote" Vector, Implied, None, (V128) -> V128, Pure;
        /// f64x2 from the lower half of f32x4.
        Vpromote "vpromote" Vector, Implied, None, (V128) -> V128, Pure;
        // Relaxed ops: the instruction set chooses one of the results that the standard allows, the same one everywhere in a program. The
        // interpreter's is the first that is named. `--deterministic` programs have none of them.
        /// As `vswizzle`; or for indices from 16 to 127 the byte at the index modulo 16.
        VrelaxedSwizzle "vrelaxed_swizzle" Vector, Implied, None, (V128, V128) -> V128, Pure;
        /// As `vtrunc_sat_s`; or the smallest number for NaN and what is out of range.
        VrelaxedTruncS "vrelaxed_trunc_s" Vector, Implied, None, (V128) -> V128, Pure;
        /// As `vtrunc_sat_u`; or the largest number for NaN and what is out of range.
        VrelaxedTruncU "vrelaxed_trunc_u" Vector, Implied, None, (V128) -> V128, Pure;
        /// i32x4 from f64x2; the upper two lanes are 0. Likewise.
        VrelaxedTruncZeroS "vrelaxed_trunc_zero_s" Vector, Implied, None, (V128) -> V128, Pure;
        VrelaxedTruncZeroU "vrelaxed_trunc_zero_u" Vector, Implied, None, (V128) -> V128, Pure;
        /// `(a, b, c)`: `a * b + c`, rounded twice; or once.
        Vfma "vfma" Vector, Implied, Lanes(FLOATS), (V128, V128, V128) -> V128, Pure;
        /// `(a, b, c)`: `-(a * b) + c`, rounded twice; or once.
        Vfnma "vfnma" Vector, Implied, Lanes(FLOATS), (V128, V128, V128) -> V128, Pure;
        /// As `vfmin`; or `a` or `b`, whichever, if one is NaN or both are zeros.
        VrelaxedMin "vrelaxed_min" Vector, Implied, Lanes(FLOATS), (V128, V128) -> V128, Pure;
        VrelaxedMax "vrelaxed_max" Vector, Implied, Lanes(FLOATS), (V128, V128) -> V128, Pure;
        /// As `vq15mulr`; or -0x8000 for -0x8000 times -0x8000.
        VrelaxedQ15mulr "vrelaxed_q15mulr" Vector, Implied, None, (V128, V128) -> V128, Pure;
        /// i16x8 from i8x16: saturated sums of neighbouring products; signed, or with b unsigned.
        VrelaxedDot "vrelaxed_dot" Vector, Implied, None, (V128, V128) -> V128, Pure;
        /// `(a, b, mask)`: as `vbitselect`; or lane by lane by the mask's highest bit.
        VrelaxedLaneselect "vrelaxed_laneselect" Vector, Implied, Lanes(INTS), (V128, V128, V128) -> V128, Pure;
    }
    /// What needs state and reaches lowering, some of it expanded in part.
    access_op {
        // Addresses, indices and sizes are i32 or i64, as the memory or table has it.
        /// `(address) -> T`, `Imm::Mem`. Traps: memory out of bounds.
        Load "load" Special, Any, Mem, (Address) -> T, MemoryRead;
        /// `(address, T value)`, `Imm::Mem`. T is the value's type. Traps: memory out of bounds.
        Store "store" Special, Any, Mem, (Address, T) -> (), MemoryWrite;
        /// `(params…) -> results…`, `Imm::Func`.
        Call "call" Special, Implied, Func, sig -> sig, Call;
        // Atomics: sequentially consistent, `Imm::Mem` with an address; after expansion also `Imm::Raw` with a ptr, behind a check of the
        // alignment. T is i32 or i64, the access zero-extends. Traps: unaligned atomic, memory out of bounds.
        /// `(address) -> T`
        AtomicLoad "atomic.load" Special, Int, Cell, (Address) -> T, Atomic, guarded;
        /// `(address, T value)`
        AtomicStore "atomic.store" Special, Int, Cell, (Address, T) -> (), Atomic, guarded;
        /// Orders all accesses to memories.
        AtomicFence "atomic.fence" Special, Implied, None, () -> (), Fence;
        /// `(i32 condition)`: traps with `Imm::Trap` if nonzero.
        TrapIf "trap_if" Special, Implied, Trap, (I32) -> (), Traps;
    }
    /// Objects of the collector: `Imm::Object`. T is the value's type. Where the immediate has a trap, it traps for null.
    object_op {
        /// `(gc object) -> T`
        GcLoad "gc.load" Special, Any, Object, (Gc) -> T, ObjectRead, guarded;
        /// `(gc object, T value)`
        GcStore "gc.store" Special, Any, Object, (Gc, T) -> (), ObjectWrite, guarded;
        /// `(gc array, i32 index) -> T`: the index was compared with the length.
        GcLoadElem "gc.load_elem" Special, Any, Object, (Gc, I32) -> T, ObjectRead, guarded;
        /// `(gc array, i32 index, T value)`: likewise.
        GcStoreElem "gc.store_elem" Special, Any, Object, (Gc, I32, T) -> (), ObjectWrite, guarded;
    }
    /// Atomics that read a cell and change it.
    atomic_modification {
        /// `(address, T operand) -> T`: adds to the cell and returns what was there before. So do the next five.
        AtomicAdd "atomic.add" Special, Int, Cell, (Address, T) -> T, Atomic, guarded;
        AtomicSub "atomic.sub" Special, Int, Cell, (Address, T) -> T, Atomic, guarded;
        AtomicAnd "atomic.and" Special, Int, Cell, (Address, T) -> T, Atomic, guarded;
        AtomicOr "atomic.or" Special, Int, Cell, (Address, T) -> T, Atomic, guarded;
        AtomicXor "atomic.xor" Special, Int, Cell, (Address, T) -> T, Atomic, guarded;
        AtomicXchg "atomic.xchg" Special, Int, Cell, (Address, T) -> T, Atomic, guarded;
        /// `(address, T expected, T replacement) -> T`: stores if the cell's bits are the low ones of `expected`; returns what was there.
        AtomicCmpxchg "atomic.cmpxchg" Special, Int, Cell, (Address, T, T) -> T, Atomic, guarded;
    }
    /// What `expand` rewrites, so that lowering never sees it.
    expanded_op {
        // Sizes are T. Of the others' operands each is i32 or i64, as the memories and tables have it.
        /// `() -> T` pages, `Imm::Memory`.
        MemorySize "memory.size" Special, Int, Memory, () -> T, PagesRead;
        /// `(T pages) -> T`, `Imm::Memory`: the size before, or all ones.
        MemoryGrow "memory.grow" Special, Int, Memory, (T) -> T, PagesGrow;
        /// `(dst, i32 byte, len)`, `Imm::Memory`. Traps: memory out of bounds.
        MemoryFill "memory.fill" Special, Implied, Memory, (Address, I32, Address) -> (), MemoryBulk;
        /// `(dst, src, len)`, `Imm::MemoryPair`.
        MemoryCopy "memory.copy" Special, Implied, MemoryPair, (Address, Address, Address) -> (), MemoryBulk;
        /// `(dst, i32 src, i32 len)`, `Imm::MemoryInit`.
        MemoryInit "memory.init" Special, Implied, MemoryInit, (Address, I32, I32) -> (), MemoryBulk;
        /// `(i32 base)`, `Imm::MemoryInit`: `memory.init` of everything in a list ([`crate::abi::Placed`]), in order. The front end's, for active segments.
        MemoryPlace "memory.place" Special, Implied, MemoryInit, (I32) -> (), MemoryBulk;
        /// `Imm::Data`.
        DataDrop "data.drop" Special, Implied, Data, () -> (), SegmentDrop;
        /// `() -> T`, `Imm::Global`.
        GlobalGet "global.get" Special, Any, Global, () -> T, GlobalRead;
        /// `(T)`, `Imm::Global`.
        GlobalSet "global.set" Special, Any, Global, (T) -> (), GlobalWrite;
        /// `(index) -> T`, `Imm::Table`; T is ref or gc. Traps: table out of bounds.
        TableGet "table.get" Special, Reference, Table, (Address) -> T, ElemRead;
        /// `(index, T)`, `Imm::Table`.
        TableSet "table.set" Special, Reference, Table, (Address, T) -> (), ElemWrite;
        /// `() -> T`, `Imm::Table`.
        TableSize "table.size" Special, Int, Table, () -> T, TableRead;
        /// `(reference init, T delta) -> T`, `Imm::Table`: the size before, or all ones.
        TableGrow "table.grow" Special, Int, Table, (Element, T) -> T, TableGrow;
        /// `(dst, reference, len)`, `Imm::Table`.
        TableFill "table.fill" Special, Implied, Table, (Address, Element, Address) -> (), TableBulk;
        /// `(dst, src, len)`, `Imm::TablePair`.
        TableCopy "table.copy" Special, Implied, TablePair, (Address, Address, Address) -> (), TableBulk;
        /// `(dst, i32 src, i32 len)`, `Imm::TableInit`.
        TableInit "table.init" Special, Implied, TableInit, (Address, I32, I32) -> (), TableBulk;
        /// `(i32 base)`, `Imm::TableInit`: likewise, of `ElemItems::List`.
        TablePlace "table.place" Special, Implied, TableInit, (I32) -> (), TableBulk;
        /// `Imm::Elem`.
        ElemDrop "elem.drop" Special, Implied, Elem, () -> (), SegmentDrop;
        /// `() -> ref`, `Imm::Func`.
        RefFunc "ref.func" Special, Implied, Func, () -> Ref, Pure;
        /// `(params…, index) -> results…`, `Imm::CallIndirect`. Traps: table out of bounds, null, signature.
        CallIndirect "call_indirect" Special, Implied, CallIndirect, sig -> sig, Call;
        /// `(params…, ref) -> results…`, `Imm::Sig`. Traps: null reference.
        CallRef "call_ref" Special, Implied, Sig, sig -> sig, Call;
        /// `(address, T expected, i64 timeout in ns) -> i32`, `Imm::Mem` only: 0 woken, 1 not equal, 2 timed out. Traps also if the memory is not shared.
        AtomicWait "atomic.wait" Special, Int, Mem, (Address, T, I64) -> I32, Wait;
        /// `(address, i32 count) -> i32`, T is i32, `Imm::Mem` only: number of those woken.
        AtomicNotify "atomic.notify" Special, I32, Mem, (Address, T) -> I32, Wait;
        /// `() -> gc`: a structure of `Imm::Sig`, whose fields are written next.
        GcNew "gc.new" Special, Implied, Sig, () -> Gc, Allocate;
        /// `(i32 length) -> gc`: an array of `Imm::Sig`, all zero.
        GcNewArray "gc.new_array" Special, Implied, Sig, (I32) -> Gc, Allocate;
        /// `(i32 offset, i32 length) -> gc`, `Imm::TypeData`: an array of a part of a segment. Traps: memory out of bounds.
        GcNewData "gc.new_data" Special, Implied, TypeData, (I32, I32) -> Gc, Allocate;
        /// `(i32 offset, i32 length) -> gc`, `Imm::TypeElem`. Traps: table out of bounds.
        GcNewElem "gc.new_elem" Special, Implied, TypeElem, (I32, I32) -> Gc, Allocate;
        /// `(gc dst, i32 at, gc src, i32 from, i32 len)`: elements of arrays, of which the first has the type `Imm::Sig`. All was compared with the lengths.
        ArrayCopy "array.copy" Special, Implied, Sig, (Gc, I32, Gc, I32, I32) -> (), ArrayBulk, guarded;
        /// `(gc dst, i32 at, i32 from, i32 len)`, `Imm::TypeData`. Place and length were compared with the array's. Traps: memory out of bounds.
        ArrayInitData "array.init_data" Special, Implied, TypeData, (Gc, I32, I32, I32) -> (), ArrayBulk, guarded;
        /// `(gc dst, i32 at, i32 from, i32 len)`, `Imm::TypeElem`: likewise. Traps: table out of bounds.
        ArrayInitElem "array.init_elem" Special, Implied, TypeElem, (Gc, I32, I32, I32) -> (), ArrayBulk, guarded;
        /// `(gc) -> i32`: whether it is what `Imm::Cast` says. An object's type never changes. What the operand is not is known from checks before.
        GcTest "gc.test" Special, Implied, Cast, (Gc) -> I32, Pure, guarded;
        /// `(ref function) -> i32`: likewise.
        FuncTest "func.test" Special, Implied, Cast, (Ref) -> I32, Pure, guarded;
        /// `(ref external) -> gc`: as `any.convert_extern`.
        AnyConvertExtern "any.convert_extern" Special, Implied, None, (Ref) -> Gc, Allocate;
        /// `(gc) -> ref`: as `extern.convert_any`.
        ExternConvertAny "extern.convert_any" Special, Implied, None, (Gc) -> Ref, Pure;
        /// `(exception) -> T`, `Imm::Payload`: a value that the exception, which has the tag, was thrown with. Exceptions never change.
        ExnGet "exn.get" Special, Any, Payload, (Exception) -> T, Pure, guarded;
    }
    /// What `expand` makes: nothing above `mach` understands it.
    machine_op {
        /// `() -> ptr`: the instance of `Imm::Module`; a symbol in a closed world, the pinned register in an open one.
        InstanceAddr "instance_addr" Special, Implied, Module, () -> Ptr, Pure;
        /// `() -> ptr`: `Imm::Symbol` + offset.
        SymbolAddr "symbol_addr" Special, Implied, Symbol, () -> Ptr, Pure;
        /// `() -> ptr`: a stack slot of this frame, `Imm::Slot`.
        SlotAddr "slot_addr" Special, Implied, Slot, () -> Ptr, Pure;
        /// `(address) -> ptr`: where the address is in the memory of `Imm::Memory`, whose base is fixed or pinned. It may lie outside of what
        /// is accessible.
        MemoryAddr "memory_addr" Special, Implied, Memory, (Address) -> Ptr, Pure;
        /// `(ptr, i64) -> ptr`
        PtrAdd "ptr_add" Special, Implied, None, (Ptr, I64) -> Ptr, Pure;
        /// `(ptr base) -> T`, `Imm::Raw`.
        RawLoad "raw_load" Special, Any, Raw, (Ptr) -> T, RawRead, guarded;
        /// `(ptr base, T value)`, `Imm::Raw`.
        RawStore "raw_store" Special, Any, Raw, (Ptr, T) -> (), RawWrite, guarded;
        /// `(params…) -> results…`: call of a link-time symbol, `Imm::CallSymbol`.
        CallSymbol "call_symbol" Special, Implied, CallSymbol, sig -> sig, MachineCall;
        /// `(ptr code, params…) -> results…`, `Imm::CallPtr`. With `Conv::Far` the parameters begin with the callee's instance (ptr),
        /// which is not in the signature.
        CallPtr "call_ptr" Special, Implied, CallPtr, sig -> sig, MachineCall;
    }
    /// What ends a block.
    terminator_op {
        /// `Imm::Jump`.
        Jump "jump" Terminator, Implied, Jump, () -> (), Pure;
        /// `(i32 condition)`, `Imm::Branch`.
        Branch "branch" Terminator, Implied, Branch, (I32) -> (), Pure;
        /// `(i32 index)`, `Imm::BrTable`: the last target is the default.
        BrTable "br_table" Terminator, Implied, BrTable, (I32) -> (), Pure;
        /// `(results…)`
        Return "return" Terminator, Implied, None, sig -> (), Pure;
        /// `Imm::Trap`.
        Trap "trap" Terminator, Implied, Trap, () -> (), Traps;
        /// `(params…)`, `Imm::Func`: leaves the function and calls in its stead another with the same results, which is compiled here.
        ReturnCall "return_call" Terminator, Implied, Func, sig -> (), Call;
        /// `(params…, index)`, `Imm::CallIndirect`: likewise. Traps as `call_indirect`.
        ReturnCallIndirect "return_call_indirect" Terminator, Implied, CallIndirect, sig -> (), Call;
        /// `(params…, ref)`, `Imm::Sig`: likewise. Traps as `call_ref`.
        ReturnCallRef "return_call_ref" Terminator, Implied, Sig, sig -> (), Call;
        /// Likewise, with the operands and the immediate of `call_ptr`. `Conv::Wasm` or `Conv::Far`.
        ReturnCallPtr "return_call_ptr" Terminator, Implied, CallPtr, sig -> (), Call;
        /// `(payload…)`, `Imm::Tag`: throws a new exception out of the function.
        Throw "throw" Terminator, Implied, Tag, sig -> (), Call;
        /// `(exception)`: throws it out of the function. Traps: null reference.
        ThrowRef "throw_ref" Terminator, Implied, None, (Exception) -> (), Call;
        /// `(operands of the call or throw…) -> its results…, exception`, `Imm::Try`: a call or throw whose exceptions are handled here. Its results
        /// are no values of other instructions: only arguments on its own edges, those of the call on the first, the exception on the others.
        Try "try" Terminator, Implied, Try, sig -> sig, MachineCall;
    }
}

/// The atomic ops that access one cell, as a pattern.
macro_rules! atomic_access {
    () => {
        $crate::ir::Op::AtomicLoad
            | $crate::ir::Op::AtomicStore
            | $crate::ir::op::atomic_modification!()
    };
}
pub(crate) use atomic_access;

impl Op {
    /// Its row in the table.
    pub fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
    /// Name in the text form.
    pub fn name(self) -> &'static str {
        self.row().name
    }
    /// What it is to the builder.
    pub fn shape(self) -> Shape {
        self.row().shape
    }
    /// Whether the text says the controlling type; elsewhere it is [`Op::implied_type`].
    pub fn has_type(self) -> bool {
        self.row().types != Types::Implied
    }
    /// The controlling type of ops for which the text does not say it: `I32` unless it is a vector op.
    pub fn implied_type(self) -> Type {
        if self.shape() == Shape::Vector {
            Type::V128
        } else {
            Type::I32
        }
    }
    /// Result types, given the controlling type.
    pub fn results(self, ty: Type) -> Results {
        match self.row().result {
            ResultKind::None => Results::None,
            ResultKind::Signature => Results::Signature,
            ResultKind::One(result) => Results::One(result.fixed().unwrap_or(ty)),
        }
    }
}

impl OpType {
    /// The type, if the row alone says it.
    pub fn fixed(self) -> Option<Type> {
        match self {
            OpType::I32 => Some(Type::I32),
            OpType::I64 => Some(Type::I64),
            OpType::F32 => Some(Type::F32),
            OpType::F64 => Some(Type::F64),
            OpType::Ref => Some(Type::Ref),
            OpType::Gc => Some(Type::Gc),
            OpType::Ptr => Some(Type::Ptr),
            OpType::V128 => Some(Type::V128),
            OpType::T
            | OpType::Lane
            | OpType::Address
            | OpType::Element
            | OpType::Exception
            | OpType::AnyInt
            | OpType::AnyFloat
            | OpType::SameBits => None,
        }
    }
}

/// What an op's results are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Results {
    None,
    One(Type),
    /// A call: as its signature says.
    Signature,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_and_shapes_agree() {
        for &op in Op::ALL {
            let shape = op.shape();
            let is_vector = matches!(op, vector_op!());
            let is_terminator = matches!(op, terminator_op!());
            assert_eq!(is_vector, shape == Shape::Vector, "{}", op.name());
            assert_eq!(is_terminator, shape == Shape::Terminator, "{}", op.name());
        }
    }
}
