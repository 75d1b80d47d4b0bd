//! Value types and signatures.

use std::fmt;

/// Type of an SSA value.
///
/// Invariant ("clean i32"): in a 64-bit register that holds an `I32`, the upper 32 bits are zero at every use.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Type {
    I32,
    I64,
    F32,
    F64,
    /// 128-bit vector, see `vec`.
    V128,
    /// A function or external reference, or an exception: 64 bits, null is 0.
    Ref,
    /// A reference to an object that the collector manages, or a number of 31 bits: 32 bits (`runtime-lib/src/gc`), null is 0. In a
    /// 64-bit register it is clean as an `I32` is.
    Gc,
    /// A native address: instance state, tables, code. Never a guest address.
    Ptr,
}

impl Type {
    /// All types.
    pub const ALL: [Type; 8] = [
        Type::I32,
        Type::I64,
        Type::F32,
        Type::F64,
        Type::V128,
        Type::Ref,
        Type::Gc,
        Type::Ptr,
    ];
    /// Bytes of the value in memory and in a spill slot.
    pub fn bytes(self) -> u32 {
        match self {
            Type::I32 | Type::F32 | Type::Gc => 4,
            Type::I64 | Type::F64 | Type::Ref | Type::Ptr => 8,
            Type::V128 => 16,
        }
    }
    /// Whether it lives in a general-purpose register.
    pub fn is_int(self) -> bool {
        matches!(
            self,
            Type::I32 | Type::I64 | Type::Ref | Type::Gc | Type::Ptr
        )
    }
    /// Whether it lives in a floating-point (vector) register.
    pub fn is_float(self) -> bool {
        !self.is_int()
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Type::I32 => "i32",
            Type::I64 => "i64",
            Type::F32 => "f32",
            Type::F64 => "f64",
            Type::V128 => "v128",
            Type::Ref => "ref",
            Type::Gc => "gc",
            Type::Ptr => "ptr",
        })
    }
}

/// Parameter and result types of a function.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Signature {
    pub params: Vec<Type>,
    pub results: Vec<Type>,
}

/// How a function is called.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Conv {
    /// The internal convention between Wasm functions (`docs/abi.md`): pinned registers are live.
    Wasm,
    /// The platform's C convention. As a callee, the function's first parameter is a `ptr` to its instance; it saves and sets the
    /// pinned registers from it, and zero-extends its `i32` parameters. As a call, pinned registers are callee-saved, so they survive.
    C,
    /// Open world, what function references point to: the `Wasm` convention, but the callee's instance arrives in a scratch register
    /// and the callee saves and sets the pinned registers from it.
    Far,
}

/// Condition of an integer comparison.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum IntCc {
    Eq,
    Ne,
    LtS,
    LtU,
    GtS,
    GtU,
    LeS,
    LeU,
    GeS,
    GeU,
}

impl IntCc {
    /// All conditions.
    pub const ALL: [IntCc; 10] = [
        IntCc::Eq,
        IntCc::Ne,
        IntCc::LtS,
        IntCc::LtU,
        IntCc::GtS,
        IntCc::GtU,
        IntCc::LeS,
        IntCc::LeU,
        IntCc::GeS,
        IntCc::GeU,
    ];
    /// Condition that holds exactly when this one does not.
    pub fn inverse(self) -> IntCc {
        match self {
            IntCc::Eq => IntCc::Ne,
            IntCc::Ne => IntCc::Eq,
            IntCc::LtS => IntCc::GeS,
            IntCc::LtU => IntCc::GeU,
            IntCc::GtS => IntCc::LeS,
            IntCc::GtU => IntCc::LeU,
            IntCc::LeS => IntCc::GtS,
            IntCc::LeU => IntCc::GtU,
            IntCc::GeS => IntCc::LtS,
            IntCc::GeU => IntCc::LtU,
        }
    }
    /// Condition with the operands exchanged.
    pub fn swapped(self) -> IntCc {
        match self {
            IntCc::Eq => IntCc::Eq,
            IntCc::Ne => IntCc::Ne,
            IntCc::LtS => IntCc::GtS,
            IntCc::LtU => IntCc::GtU,
            IntCc::GtS => IntCc::LtS,
            IntCc::GtU => IntCc::LtU,
            IntCc::LeS => IntCc::GeS,
            IntCc::LeU => IntCc::GeU,
            IntCc::GeS => IntCc::LeS,
            IntCc::GeU => IntCc::LeU,
        }
    }
    /// Name in the text form.
    pub fn name(self) -> &'static str {
        match self {
            IntCc::Eq => "eq",
            IntCc::Ne => "ne",
            IntCc::LtS => "lt_s",
            IntCc::LtU => "lt_u",
            IntCc::GtS => "gt_s",
            IntCc::GtU => "gt_u",
            IntCc::LeS => "le_s",
            IntCc::LeU => "le_u",
            IntCc::GeS => "ge_s",
            IntCc::GeU => "ge_u",
        }
    }
}

/// Condition of a floating-point comparison (core spec 4.3.3). All but `Ne` are false when an operand is NaN.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FloatCc {
    Eq,
    Ne,
    Lt,
    Gt,
    Le,
    Ge,
}

impl FloatCc {
    /// All conditions.
    pub const ALL: [FloatCc; 6] = [
        FloatCc::Eq,
        FloatCc::Ne,
        FloatCc::Lt,
        FloatCc::Gt,
        FloatCc::Le,
        FloatCc::Ge,
    ];
    /// Condition with the operands exchanged. (There is no inverse: NaN.)
    pub fn swapped(self) -> FloatCc {
        match self {
            FloatCc::Eq => FloatCc::Eq,
            FloatCc::Ne => FloatCc::Ne,
            FloatCc::Lt => FloatCc::Gt,
            FloatCc::Gt => FloatCc::Lt,
            FloatCc::Le => FloatCc::Ge,
            FloatCc::Ge => FloatCc::Le,
        }
    }
    /// Name in the text form.
    pub fn name(self) -> &'static str {
        match self {
            FloatCc::Eq => "eq",
            FloatCc::Ne => "ne",
            FloatCc::Lt => "lt",
            FloatCc::Gt => "gt",
            FloatCc::Le => "le",
            FloatCc::Ge => "ge",
        }
    }
}

/// What of a memory cell a load reads or a store writes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Access {
    /// The whole value of the instruction's type.
    Full,
    /// 8 bits; loads sign-extend to the instruction's type.
    S8,
    /// 8 bits; loads zero-extend. Stores use the `U` kinds.
    U8,
    S16,
    U16,
    /// 32 bits of an i64.
    S32,
    U32,
}

impl Access {
    /// All accesses.
    pub const ALL: [Access; 7] = [
        Access::Full,
        Access::S8,
        Access::U8,
        Access::S16,
        Access::U16,
        Access::S32,
        Access::U32,
    ];
    /// Bytes touched by an access of a value of type `ty`.
    pub fn bytes(self, ty: Type) -> u32 {
        match self {
            Access::Full => ty.bytes(),
            Access::S8 | Access::U8 => 1,
            Access::S16 | Access::U16 => 2,
            Access::S32 | Access::U32 => 4,
        }
    }
    /// Suffix in the text form (empty for `Full`).
    pub fn suffix(self) -> &'static str {
        match self {
            Access::Full => "",
            Access::S8 => "_s8",
            Access::U8 => "_u8",
            Access::S16 => "_s16",
            Access::U16 => "_u16",
            Access::S32 => "_s32",
            Access::U32 => "_u32",
        }
    }
}
