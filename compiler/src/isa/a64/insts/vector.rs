//! The rows of vector instructions, part of the table in `mod.rs`.
//!
//! A row's form is the mnemonic and the arrangement of the result: `Add4s`. `Z` is a comparison with zero, `I` an immediate, `E` an
//! operand that is one lane (`DupE4s` repeats a lane, `FmulE4s` multiplies by one). Operands are `d` (written), `t` (read and written,
//! in Rd), `n` and `m`, with the arrangement.

use super::row::*;
use crate::isa::a64::regs::{Arrangement, Shape};

pub(super) use crate::isa::a64::regs::Arrangement::{B8, B16, D2, H4, H8, S2, S4};
pub(super) use crate::isa::a64::regs::Shape::V;

/// Written, in Rd.
pub(super) const fn d(arrangement: Arrangement) -> Opd {
    def(reg(V(arrangement), 0))
}
/// Read and written, in Rd.
pub(super) const fn t(arrangement: Arrangement) -> Opd {
    mod_(reg(V(arrangement), 0))
}
/// Read, in Rn.
pub(super) const fn n(arrangement: Arrangement) -> Opd {
    use_(reg(V(arrangement), 5))
}
/// Read, in Rm.
pub(super) const fn m(arrangement: Arrangement) -> Opd {
    use_(reg(V(arrangement), 16))
}
/// One lane, read.
pub(super) const fn element(shape: Shape, at: u8) -> Opd {
    use_(reg(shape, at))
}
/// One lane in Rd, written; the others are kept.
pub(super) const fn lane(shape: Shape) -> Opd {
    mod_(reg(shape, 0))
}
/// Number of a lane.
pub(super) const fn index(at: u8, bits: u8) -> Kind {
    Kind::Index(IndexAt::Field { at, bits })
}
/// Number of a lane in memory.
pub(super) const fn structure(log2: u8) -> Kind {
    Kind::Index(IndexAt::Structure { log2 })
}
/// A register in braces.
pub(super) const fn list(shape: Shape) -> Kind {
    Kind::List {
        count: 1,
        shape,
        at: 0,
    }
}
pub(super) const fn shl(bits: u8) -> Kind {
    Kind::LaneShl { bits }
}
pub(super) const fn shr(bits: u8) -> Kind {
    Kind::LaneShr { bits }
}

pub(super) const EB: Shape = Shape::Lane { log2: 0 };
pub(super) const EH: Shape = Shape::Lane { log2: 1 };
pub(super) const ES: Shape = Shape::Lane { log2: 2 };
pub(super) const ED: Shape = Shape::Lane { log2: 3 };
pub(super) const HIGH_LOW: Kind = Kind::Index(IndexAt::HighLow);
pub(super) const HALF_SHIFT: Kind = Kind::LaneShift { bits: 16 };
pub(super) const WORD_SHIFT: Kind = Kind::LaneShift { bits: 32 };
/// Tables of bytes: one register, two.
pub(super) const LIST1: Kind = Kind::List {
    count: 1,
    shape: V(B16),
    at: 5,
};
pub(super) const LIST2: Kind = Kind::List {
    count: 2,
    shape: V(B16),
    at: 5,
};

/// Calls a macro with the given rows and those of this file.
macro_rules! vector_rows {
    ($callback:ident [$($rows:tt)*]) => { $callback! {
        $($rows)*

        // Integer arithmetic.
        Add16b "add" [d(B16), n(B16), m(B16)] 0x4e208400;
        Add8h "add" [d(H8), n(H8), m(H8)] 0x4e608400;
        Add4s "add" [d(S4), n(S4), m(S4)] 0x4ea08400;
        Add2d "add" [d(D2), n(D2), m(D2)] 0x4ee08400;
        Sub16b "sub" [d(B16), n(B16), m(B16)] 0x6e208400;
        Sub8h "sub" [d(H8), n(H8), m(H8)] 0x6e608400;
        Sub4s "sub" [d(S4), n(S4), m(S4)] 0x6ea08400;
        Sub2d "sub" [d(D2), n(D2), m(D2)] 0x6ee08400;
        Mul16b "mul" [d(B16), n(B16), m(B16)] 0x4e209c00;
        Mul8h "mul" [d(H8), n(H8), m(H8)] 0x4e609c00;
        Mul4s "mul" [d(S4), n(S4), m(S4)] 0x4ea09c00;
        Mla16b "mla" [t(B16), n(B16), m(B16)] 0x4e209400;
        Mla8h "mla" [t(H8), n(H8), m(H8)] 0x4e609400;
        Mla4s "mla" [t(S4), n(S4), m(S4)] 0x4ea09400;
        Mls16b "mls" [t(B16), n(B16), m(B16)] 0x6e209400;
        Mls8h "mls" [t(H8), n(H8), m(H8)] 0x6e609400;
        Mls4s "mls" [t(S4), n(S4), m(S4)] 0x6ea09400;
        Sqadd16b "sqadd" [d(B16), n(B16), m(B16)] 0x4e200c00;
        Sqadd8h "sqadd" [d(H8), n(H8), m(H8)] 0x4e600c00;
        Uqadd16b "uqadd" [d(B16), n(B16), m(B16)] 0x6e200c00;
        Uqadd8h "uqadd" [d(H8), n(H8), m(H8)] 0x6e600c00;
        Sqsub16b "sqsub" [d(B16), n(B16), m(B16)] 0x4e202c00;
        Sqsub8h "sqsub" [d(H8), n(H8), m(H8)] 0x4e602c00;
        Uqsub16b "uqsub" [d(B16), n(B16), m(B16)] 0x6e202c00;
        Uqsub8h "uqsub" [d(H8), n(H8), m(H8)] 0x6e602c00;
        Smin16b "smin" [d(B16), n(B16), m(B16)] 0x4e206c00;
        Smin8h "smin" [d(H8), n(H8), m(H8)] 0x4e606c00;
        Smin4s "smin" [d(S4), n(S4), m(S4)] 0x4ea06c00;
        Umin16b "umin" [d(B16), n(B16), m(B16)] 0x6e206c00;
        Umin8h "umin" [d(H8), n(H8), m(H8)] 0x6e606c00;
        Umin4s "umin" [d(S4), n(S4), m(S4)] 0x6ea06c00;
        Smax16b "smax" [d(B16), n(B16), m(B16)] 0x4e206400;
        Smax8h "smax" [d(H8), n(H8), m(H8)] 0x4e606400;
        Smax4s "smax" [d(S4), n(S4), m(S4)] 0x4ea06400;
        Umax16b "umax" [d(B16), n(B16), m(B16)] 0x6e206400;
        Umax8h "umax" [d(H8), n(H8), m(H8)] 0x6e606400;
        Umax4s "umax" [d(S4), n(S4), m(S4)] 0x6ea06400;
        Urhadd16b "urhadd" [d(B16), n(B16), m(B16)] 0x6e201400;
        Urhadd8h "urhadd" [d(H8), n(H8), m(H8)] 0x6e601400;
        Sqrdmulh8h "sqrdmulh" [d(H8), n(H8), m(H8)] 0x6e60b400;
        Addp16b "addp" [d(B16), n(B16), m(B16)] 0x4e20bc00;
        Addp8h "addp" [d(H8), n(H8), m(H8)] 0x4e60bc00;
        Addp4s "addp" [d(S4), n(S4), m(S4)] 0x4ea0bc00;
        Uminp4s "uminp" [d(S4), n(S4), m(S4)] 0x6ea0ac00;
        Umaxp4s "umaxp" [d(S4), n(S4), m(S4)] 0x6ea0a400;
        Neg16b "neg" [d(B16), n(B16)] 0x6e20b800;
        Neg8h "neg" [d(H8), n(H8)] 0x6e60b800;
        Neg4s "neg" [d(S4), n(S4)] 0x6ea0b800;
        Neg2d "neg" [d(D2), n(D2)] 0x6ee0b800;
        Abs16b "abs" [d(B16), n(B16)] 0x4e20b800;
        Abs8h "abs" [d(H8), n(H8)] 0x4e60b800;
        Abs4s "abs" [d(S4), n(S4)] 0x4ea0b800;
        Abs2d "abs" [d(D2), n(D2)] 0x4ee0b800;

        // Comparisons: all ones or zero per lane.
        Cmeq16b "cmeq" [d(B16), n(B16), m(B16)] 0x6e208c00;
        Cmeq8h "cmeq" [d(H8), n(H8), m(H8)] 0x6e608c00;
        Cmeq4s "cmeq" [d(S4), n(S4), m(S4)] 0x6ea08c00;
        Cmeq2d "cmeq" [d(D2), n(D2), m(D2)] 0x6ee08c00;
        Cmgt16b "cmgt" [d(B16), n(B16), m(B16)] 0x4e203400;
        Cmgt8h "cmgt" [d(H8), n(H8), m(H8)] 0x4e603400;
        Cmgt4s "cmgt" [d(S4), n(S4), m(S4)] 0x4ea03400;
        Cmgt2d "cmgt" [d(D2), n(D2), m(D2)] 0x4ee03400;
        Cmge16b "cmge" [d(B16), n(B16), m(B16)] 0x4e203c00;
        Cmge8h "cmge" [d(H8), n(H8), m(H8)] 0x4e603c00;
        Cmge4s "cmge" [d(S4), n(S4), m(S4)] 0x4ea03c00;
        Cmge2d "cmge" [d(D2), n(D2), m(D2)] 0x4ee03c00;
        Cmhi16b "cmhi" [d(B16), n(B16), m(B16)] 0x6e203400;
        Cmhi8h "cmhi" [d(H8), n(H8), m(H8)] 0x6e603400;
        Cmhi4s "cmhi" [d(S4), n(S4), m(S4)] 0x6ea03400;
        Cmhs16b "cmhs" [d(B16), n(B16), m(B16)] 0x6e203c00;
        Cmhs8h "cmhs" [d(H8), n(H8), m(H8)] 0x6e603c00;
        Cmhs4s "cmhs" [d(S4), n(S4), m(S4)] 0x6ea03c00;
        Cmtst16b "cmtst" [d(B16), n(B16), m(B16)] 0x4e208c00;
        Cmtst8h "cmtst" [d(H8), n(H8), m(H8)] 0x4e608c00;
        Cmtst4s "cmtst" [d(S4), n(S4), m(S4)] 0x4ea08c00;
        Cmtst2d "cmtst" [d(D2), n(D2), m(D2)] 0x4ee08c00;
        CmeqZ16b "cmeq" [d(B16), n(B16), use_(Kind::Zero)] 0x4e209800;
        CmeqZ8h "cmeq" [d(H8), n(H8), use_(Kind::Zero)] 0x4e609800;
        CmeqZ4s "cmeq" [d(S4), n(S4), use_(Kind::Zero)] 0x4ea09800;
        CmeqZ2d "cmeq" [d(D2), n(D2), use_(Kind::Zero)] 0x4ee09800;
        CmgtZ16b "cmgt" [d(B16), n(B16), use_(Kind::Zero)] 0x4e208800;
        CmgtZ8h "cmgt" [d(H8), n(H8), use_(Kind::Zero)] 0x4e608800;
        CmgtZ4s "cmgt" [d(S4), n(S4), use_(Kind::Zero)] 0x4ea08800;
        CmgtZ2d "cmgt" [d(D2), n(D2), use_(Kind::Zero)] 0x4ee08800;
        CmgeZ16b "cmge" [d(B16), n(B16), use_(Kind::Zero)] 0x6e208800;
        CmgeZ8h "cmge" [d(H8), n(H8), use_(Kind::Zero)] 0x6e608800;
        CmgeZ4s "cmge" [d(S4), n(S4), use_(Kind::Zero)] 0x6ea08800;
        CmgeZ2d "cmge" [d(D2), n(D2), use_(Kind::Zero)] 0x6ee08800;
        CmltZ16b "cmlt" [d(B16), n(B16), use_(Kind::Zero)] 0x4e20a800;
        CmltZ8h "cmlt" [d(H8), n(H8), use_(Kind::Zero)] 0x4e60a800;
        CmltZ4s "cmlt" [d(S4), n(S4), use_(Kind::Zero)] 0x4ea0a800;
        CmltZ2d "cmlt" [d(D2), n(D2), use_(Kind::Zero)] 0x4ee0a800;
        CmleZ16b "cmle" [d(B16), n(B16), use_(Kind::Zero)] 0x6e209800;
        CmleZ8h "cmle" [d(H8), n(H8), use_(Kind::Zero)] 0x6e609800;
        CmleZ4s "cmle" [d(S4), n(S4), use_(Kind::Zero)] 0x6ea09800;
        CmleZ2d "cmle" [d(D2), n(D2), use_(Kind::Zero)] 0x6ee09800;

        // Shifts: by the signed low byte of each lane, left; by an immediate.
        Sshl16b "sshl" [d(B16), n(B16), m(B16)] 0x4e204400;
        Sshl8h "sshl" [d(H8), n(H8), m(H8)] 0x4e604400;
        Sshl4s "sshl" [d(S4), n(S4), m(S4)] 0x4ea04400;
        Sshl2d "sshl" [d(D2), n(D2), m(D2)] 0x4ee04400;
        Ushl16b "ushl" [d(B16), n(B16), m(B16)] 0x6e204400;
        Ushl8h "ushl" [d(H8), n(H8), m(H8)] 0x6e604400;
        Ushl4s "ushl" [d(S4), n(S4), m(S4)] 0x6ea04400;
        Ushl2d "ushl" [d(D2), n(D2), m(D2)] 0x6ee04400;
        ShlI16b "shl" [d(B16), n(B16), use_(shl(8))] 0x4f005400;
        ShlI8h "shl" [d(H8), n(H8), use_(shl(16))] 0x4f005400;
        ShlI4s "shl" [d(S4), n(S4), use_(shl(32))] 0x4f005400;
        ShlI2d "shl" [d(D2), n(D2), use_(shl(64))] 0x4f005400;
        SshrI16b "sshr" [d(B16), n(B16), use_(shr(8))] 0x4f000400;
        SshrI8h "sshr" [d(H8), n(H8), use_(shr(16))] 0x4f000400;
        SshrI4s "sshr" [d(S4), n(S4), use_(shr(32))] 0x4f000400;
        SshrI2d "sshr" [d(D2), n(D2), use_(shr(64))] 0x4f000400;
        UshrI16b "ushr" [d(B16), n(B16), use_(shr(8))] 0x6f000400;
        UshrI8h "ushr" [d(H8), n(H8), use_(shr(16))] 0x6f000400;
        UshrI4s "ushr" [d(S4), n(S4), use_(shr(32))] 0x6f000400;
        UshrI2d "ushr" [d(D2), n(D2), use_(shr(64))] 0x6f000400;
        SsraI16b "ssra" [t(B16), n(B16), use_(shr(8))] 0x4f001400;
        SsraI8h "ssra" [t(H8), n(H8), use_(shr(16))] 0x4f001400;
        SsraI4s "ssra" [t(S4), n(S4), use_(shr(32))] 0x4f001400;
        SsraI2d "ssra" [t(D2), n(D2), use_(shr(64))] 0x4f001400;
        UsraI16b "usra" [t(B16), n(B16), use_(shr(8))] 0x6f001400;
        UsraI8h "usra" [t(H8), n(H8), use_(shr(16))] 0x6f001400;
        UsraI4s "usra" [t(S4), n(S4), use_(shr(32))] 0x6f001400;
        UsraI2d "usra" [t(D2), n(D2), use_(shr(64))] 0x6f001400;
        SliI16b "sli" [t(B16), n(B16), use_(shl(8))] 0x6f005400;
        SliI8h "sli" [t(H8), n(H8), use_(shl(16))] 0x6f005400;
        SliI4s "sli" [t(S4), n(S4), use_(shl(32))] 0x6f005400;
        SliI2d "sli" [t(D2), n(D2), use_(shl(64))] 0x6f005400;

        // Wider results.
        Sshll8h "sshll" [d(H8), n(B8), use_(shl(8))] 0x0f00a400;
        Sshll4s "sshll" [d(S4), n(H4), use_(shl(16))] 0x0f00a400;
        Sshll2d "sshll" [d(D2), n(S2), use_(shl(32))] 0x0f00a400;
        Sshll28h "sshll2" [d(H8), n(B16), use_(shl(8))] 0x4f00a400;
        Sshll24s "sshll2" [d(S4), n(H8), use_(shl(16))] 0x4f00a400;
        Sshll22d "sshll2" [d(D2), n(S4), use_(shl(32))] 0x4f00a400;
        Ushll8h "ushll" [d(H8), n(B8), use_(shl(8))] 0x2f00a400;
        Ushll4s "ushll" [d(S4), n(H4), use_(shl(16))] 0x2f00a400;
        Ushll2d "ushll" [d(D2), n(S2), use_(shl(32))] 0x2f00a400;
        Ushll28h "ushll2" [d(H8), n(B16), use_(shl(8))] 0x6f00a400;
        Ushll24s "ushll2" [d(S4), n(H8), use_(shl(16))] 0x6f00a400;
        Ushll22d "ushll2" [d(D2), n(S4), use_(shl(32))] 0x6f00a400;
        Saddl8h "saddl" [d(H8), n(B8), m(B8)] 0x0e200000;
        Saddl4s "saddl" [d(S4), n(H4), m(H4)] 0x0e600000;
        Saddl2d "saddl" [d(D2), n(S2), m(S2)] 0x0ea00000;
        Saddl28h "saddl2" [d(H8), n(B16), m(B16)] 0x4e200000;
        Saddl24s "saddl2" [d(S4), n(H8), m(H8)] 0x4e600000;
        Saddl22d "saddl2" [d(D2), n(S4), m(S4)] 0x4ea00000;
        Uaddl8h "uaddl" [d(H8), n(B8), m(B8)] 0x2e200000;
        Uaddl4s "uaddl" [d(S4), n(H4), m(H4)] 0x2e600000;
        Uaddl2d "uaddl" [d(D2), n(S2), m(S2)] 0x2ea00000;
        Uaddl28h "uaddl2" [d(H8), n(B16), m(B16)] 0x6e200000;
        Uaddl24s "uaddl2" [d(S4), n(H8), m(H8)] 0x6e600000;
        Uaddl22d "uaddl2" [d(D2), n(S4), m(S4)] 0x6ea00000;
        Ssubl8h "ssubl" [d(H8), n(B8), m(B8)] 0x0e202000;
        Ssubl4s "ssubl" [d(S4), n(H4), m(H4)] 0x0e602000;
        Ssubl2d "ssubl" [d(D2), n(S2), m(S2)] 0x0ea02000;
        Ssubl28h "ssubl2" [d(H8), n(B16), m(B16)] 0x4e202000;
        Ssubl24s "ssubl2" [d(S4), n(H8), m(H8)] 0x4e602000;
        Ssubl22d "ssubl2" [d(D2), n(S4), m(S4)] 0x4ea02000;
        Usubl8h "usubl" [d(H8), n(B8), m(B8)] 0x2e202000;
        Usubl4s "usubl" [d(S4), n(H4), m(H4)] 0x2e602000;
        Usubl2d "usubl" [d(D2), n(S2), m(S2)] 0x2ea02000;
        Usubl28h "usubl2" [d(H8), n(B16), m(B16)] 0x6e202000;
        Usubl24s "usubl2" [d(S4), n(H8), m(H8)] 0x6e602000;
        Usubl22d "usubl2" [d(D2), n(S4), m(S4)] 0x6ea02000;
        Smull8h "smull" [d(H8), n(B8), m(B8)] 0x0e20c000;
        Smull4s "smull" [d(S4), n(H4), m(H4)] 0x0e60c000;
        Smull2d "smull" [d(D2), n(S2), m(S2)] 0x0ea0c000;
        Smull28h "smull2" [d(H8), n(B16), m(B16)] 0x4e20c000;
        Smull24s "smull2" [d(S4), n(H8), m(H8)] 0x4e60c000;
        Smull22d "smull2" [d(D2), n(S4), m(S4)] 0x4ea0c000;
        Umull8h "umull" [d(H8), n(B8), m(B8)] 0x2e20c000;
        Umull4s "umull" [d(S4), n(H4), m(H4)] 0x2e60c000;
        Umull2d "umull" [d(D2), n(S2), m(S2)] 0x2ea0c000;
        Umull28h "umull2" [d(H8), n(B16), m(B16)] 0x6e20c000;
        Umull24s "umull2" [d(S4), n(H8), m(H8)] 0x6e60c000;
        Umull22d "umull2" [d(D2), n(S4), m(S4)] 0x6ea0c000;
        Smlal8h "smlal" [t(H8), n(B8), m(B8)] 0x0e208000;
        Smlal4s "smlal" [t(S4), n(H4), m(H4)] 0x0e608000;
        Smlal2d "smlal" [t(D2), n(S2), m(S2)] 0x0ea08000;
        Smlal28h "smlal2" [t(H8), n(B16), m(B16)] 0x4e208000;
        Smlal24s "smlal2" [t(S4), n(H8), m(H8)] 0x4e608000;
        Smlal22d "smlal2" [t(D2), n(S4), m(S4)] 0x4ea08000;
        Umlal8h "umlal" [t(H8), n(B8), m(B8)] 0x2e208000;
        Umlal4s "umlal" [t(S4), n(H4), m(H4)] 0x2e608000;
        Umlal2d "umlal" [t(D2), n(S2), m(S2)] 0x2ea08000;
        Umlal28h "umlal2" [t(H8), n(B16), m(B16)] 0x6e208000;
        Umlal24s "umlal2" [t(S4), n(H8), m(H8)] 0x6e608000;
        Umlal22d "umlal2" [t(D2), n(S4), m(S4)] 0x6ea08000;
        Saddw8h "saddw" [d(H8), n(H8), m(B8)] 0x0e201000;
        Saddw4s "saddw" [d(S4), n(S4), m(H4)] 0x0e601000;
        Saddw2d "saddw" [d(D2), n(D2), m(S2)] 0x0ea01000;
        Saddw28h "saddw2" [d(H8), n(H8), m(B16)] 0x4e201000;
        Saddw24s "saddw2" [d(S4), n(S4), m(H8)] 0x4e601000;
        Saddw22d "saddw2" [d(D2), n(D2), m(S4)] 0x4ea01000;
        Uaddw8h "uaddw" [d(H8), n(H8), m(B8)] 0x2e201000;
        Uaddw4s "uaddw" [d(S4), n(S4), m(H4)] 0x2e601000;
        Uaddw2d "uaddw" [d(D2), n(D2), m(S2)] 0x2ea01000;
        Uaddw28h "uaddw2" [d(H8), n(H8), m(B16)] 0x6e201000;
        Uaddw24s "uaddw2" [d(S4), n(S4), m(H8)] 0x6e601000;
        Uaddw22d "uaddw2" [d(D2), n(D2), m(S4)] 0x6ea01000;
        Saddlp8h "saddlp" [d(H8), n(B16)] 0x4e202800;
        Saddlp4s "saddlp" [d(S4), n(H8)] 0x4e602800;
        Uaddlp8h "uaddlp" [d(H8), n(B16)] 0x6e202800;
        Uaddlp4s "uaddlp" [d(S4), n(H8)] 0x6e602800;
        Uaddlp2d "uaddlp" [d(D2), n(S4)] 0x6ea02800;
        Sadalp8h "sadalp" [t(H8), n(B16)] 0x4e206800;
        Sadalp4s "sadalp" [t(S4), n(H8)] 0x4e606800;
        Uadalp8h "uadalp" [t(H8), n(B16)] 0x6e206800;
        Uadalp4s "uadalp" [t(S4), n(H8)] 0x6e606800;

        // Narrower results, in the low half; with 2: in the upper half, the low half is kept.
        Xtn2s "xtn" [d(S2), n(D2)] 0x0ea12800;
        Sqxtn8b "sqxtn" [d(B8), n(H8)] 0x0e214800;
        Sqxtn4h "sqxtn" [d(H4), n(S4)] 0x0e614800;
        Sqxtn2s "sqxtn" [d(S2), n(D2)] 0x0ea14800;
        Sqxtn216b "sqxtn2" [t(B16), n(H8)] 0x4e214800;
        Sqxtn28h "sqxtn2" [t(H8), n(S4)] 0x4e614800;
        Sqxtun8b "sqxtun" [d(B8), n(H8)] 0x2e212800;
        Sqxtun4h "sqxtun" [d(H4), n(S4)] 0x2e612800;
        Sqxtun216b "sqxtun2" [t(B16), n(H8)] 0x6e212800;
        Sqxtun28h "sqxtun2" [t(H8), n(S4)] 0x6e612800;
        Uqxtn2s "uqxtn" [d(S2), n(D2)] 0x2ea14800;

        // Across lanes.
        Addv8h "addv" [def(HD), n(H8)] 0x4e71b800;
        Addv4s "addv" [def(SD), n(S4)] 0x4eb1b800;
        Uminv16b "uminv" [def(BD), n(B16)] 0x6e31a800;
        Uminv8h "uminv" [def(HD), n(H8)] 0x6e71a800;
        Uminv4s "uminv" [def(SD), n(S4)] 0x6eb1a800;

        // Bits and immediates.
        Mvn16b "mvn" [d(B16), n(B16)] 0x6e205800;
        Movi8h "movi" [d(H8), use_(Kind::LaneImm), use_(HALF_SHIFT)] 0x4f008400;
        Mvni8h "mvni" [d(H8), use_(Kind::LaneImm), use_(HALF_SHIFT)] 0x6f008400;
        OrrI8h "orr" [t(H8), use_(Kind::LaneImm), use_(HALF_SHIFT)] 0x4f009400;
        BicI8h "bic" [t(H8), use_(Kind::LaneImm), use_(HALF_SHIFT)] 0x6f009400;
        OrrI4s "orr" [t(S4), use_(Kind::LaneImm), use_(WORD_SHIFT)] 0x4f001400;
        BicI4s "bic" [t(S4), use_(Kind::LaneImm), use_(WORD_SHIFT)] 0x6f001400;
        MoviOnes4s "movi" [d(S4), use_(Kind::LaneImm), use_(Kind::LaneOnes)] 0x4f00c400;
        MvniOnes4s "mvni" [d(S4), use_(Kind::LaneImm), use_(Kind::LaneOnes)] 0x6f00c400;
        FmovI4s "fmov" [d(S4), use_(Kind::LaneFloat { double: false })] 0x4f00f400;
        FmovI2d "fmov" [d(D2), use_(Kind::LaneFloat { double: true })] 0x6f00f400;

        // Floating point.
        Fadd4s "fadd" [d(S4), n(S4), m(S4)] 0x4e20d400;
        Fadd2d "fadd" [d(D2), n(D2), m(D2)] 0x4e60d400;
        Fsub4s "fsub" [d(S4), n(S4), m(S4)] 0x4ea0d400;
        Fsub2d "fsub" [d(D2), n(D2), m(D2)] 0x4ee0d400;
        Fmul4s "fmul" [d(S4), n(S4), m(S4)] 0x6e20dc00;
        Fmul2d "fmul" [d(D2), n(D2), m(D2)] 0x6e60dc00;
        Fdiv4s "fdiv" [d(S4), n(S4), m(S4)] 0x6e20fc00;
        Fdiv2d "fdiv" [d(D2), n(D2), m(D2)] 0x6e60fc00;
        Fmin4s "fmin" [d(S4), n(S4), m(S4)] 0x4ea0f400;
        Fmin2d "fmin" [d(D2), n(D2), m(D2)] 0x4ee0f400;
        Fmax4s "fmax" [d(S4), n(S4), m(S4)] 0x4e20f400;
        Fmax2d "fmax" [d(D2), n(D2), m(D2)] 0x4e60f400;
        Fcmeq4s "fcmeq" [d(S4), n(S4), m(S4)] 0x4e20e400;
        Fcmeq2d "fcmeq" [d(D2), n(D2), m(D2)] 0x4e60e400;
        Fcmgt4s "fcmgt" [d(S4), n(S4), m(S4)] 0x6ea0e400;
        Fcmgt2d "fcmgt" [d(D2), n(D2), m(D2)] 0x6ee0e400;
        Fcmge4s "fcmge" [d(S4), n(S4), m(S4)] 0x6e20e400;
        Fcmge2d "fcmge" [d(D2), n(D2), m(D2)] 0x6e60e400;
        Fmla4s "fmla" [t(S4), n(S4), m(S4)] 0x4e20cc00;
        Fmla2d "fmla" [t(D2), n(D2), m(D2)] 0x4e60cc00;
        Fmls4s "fmls" [t(S4), n(S4), m(S4)] 0x4ea0cc00;
        Fmls2d "fmls" [t(D2), n(D2), m(D2)] 0x4ee0cc00;
        FcmeqZ4s "fcmeq" [d(S4), n(S4), use_(Kind::FloatZero)] 0x4ea0d800;
        FcmeqZ2d "fcmeq" [d(D2), n(D2), use_(Kind::FloatZero)] 0x4ee0d800;
        FcmgtZ4s "fcmgt" [d(S4), n(S4), use_(Kind::FloatZero)] 0x4ea0c800;
        FcmgtZ2d "fcmgt" [d(D2), n(D2), use_(Kind::FloatZero)] 0x4ee0c800;
        FcmgeZ4s "fcmge" [d(S4), n(S4), use_(Kind::FloatZero)] 0x6ea0c800;
        FcmgeZ2d "fcmge" [d(D2), n(D2), use_(Kind::FloatZero)] 0x6ee0c800;
        FcmltZ4s "fcmlt" [d(S4), n(S4), use_(Kind::FloatZero)] 0x4ea0e800;
        FcmltZ2d "fcmlt" [d(D2), n(D2), use_(Kind::FloatZero)] 0x4ee0e800;
        FcmleZ4s "fcmle" [d(S4), n(S4), use_(Kind::FloatZero)] 0x6ea0d800;
        FcmleZ2d "fcmle" [d(D2), n(D2), use_(Kind::FloatZero)] 0x6ee0d800;
        Fabs4s "fabs" [d(S4), n(S4)] 0x4ea0f800;
        Fabs2d "fabs" [d(D2), n(D2)] 0x4ee0f800;
        Fsqrt4s "fsqrt" [d(S4), n(S4)] 0x6ea1f800;
        Fsqrt2d "fsqrt" [d(D2), n(D2)] 0x6ee1f800;
        Frintn4s "frintn" [d(S4), n(S4)] 0x4e218800;
        Frintn2d "frintn" [d(D2), n(D2)] 0x4e618800;
        Frintm4s "frintm" [d(S4), n(S4)] 0x4e219800;
        Frintm2d "frintm" [d(D2), n(D2)] 0x4e619800;
        Frintp4s "frintp" [d(S4), n(S4)] 0x4ea18800;
        Frintp2d "frintp" [d(D2), n(D2)] 0x4ee18800;
        Frintz4s "frintz" [d(S4), n(S4)] 0x4ea19800;
        Frintz2d "frintz" [d(D2), n(D2)] 0x4ee19800;
        Fcvtzs4s "fcvtzs" [d(S4), n(S4)] 0x4ea1b800;
        Fcvtzs2d "fcvtzs" [d(D2), n(D2)] 0x4ee1b800;
        Fcvtzu4s "fcvtzu" [d(S4), n(S4)] 0x6ea1b800;
        Fcvtzu2d "fcvtzu" [d(D2), n(D2)] 0x6ee1b800;
        Scvtf4s "scvtf" [d(S4), n(S4)] 0x4e21d800;
        Scvtf2d "scvtf" [d(D2), n(D2)] 0x4e61d800;
        Ucvtf4s "ucvtf" [d(S4), n(S4)] 0x6e21d800;
        Ucvtf2d "ucvtf" [d(D2), n(D2)] 0x6e61d800;
        Fcvtl2d "fcvtl" [d(D2), n(S2)] 0x0e617800;
        Fcvtn2s "fcvtn" [d(S2), n(D2)] 0x0e616800;
        FmulE4s "fmul" [d(S4), n(S4), element(ES, 16), use_(HIGH_LOW)] 0x4f809000;
        FmulE2d "fmul" [d(D2), n(D2), element(ED, 16), use_(index(11, 1))] 0x4fc09000;
        FmlaE4s "fmla" [t(S4), n(S4), element(ES, 16), use_(HIGH_LOW)] 0x4f801000;
        FmlaE2d "fmla" [t(D2), n(D2), element(ED, 16), use_(index(11, 1))] 0x4fc01000;
        FmlsE4s "fmls" [t(S4), n(S4), element(ES, 16), use_(HIGH_LOW)] 0x4f805000;
        FmlsE2d "fmls" [t(D2), n(D2), element(ED, 16), use_(index(11, 1))] 0x4fc05000;

        // Permutations.
        Zip116b "zip1" [d(B16), n(B16), m(B16)] 0x4e003800;
        Zip18h "zip1" [d(H8), n(H8), m(H8)] 0x4e403800;
        Zip14s "zip1" [d(S4), n(S4), m(S4)] 0x4e803800;
        Zip12d "zip1" [d(D2), n(D2), m(D2)] 0x4ec03800;
        Zip216b "zip2" [d(B16), n(B16), m(B16)] 0x4e007800;
        Zip28h "zip2" [d(H8), n(H8), m(H8)] 0x4e407800;
        Zip24s "zip2" [d(S4), n(S4), m(S4)] 0x4e807800;
        Zip22d "zip2" [d(D2), n(D2), m(D2)] 0x4ec07800;
        Uzp116b "uzp1" [d(B16), n(B16), m(B16)] 0x4e001800;
        Uzp18h "uzp1" [d(H8), n(H8), m(H8)] 0x4e401800;
        Uzp14s "uzp1" [d(S4), n(S4), m(S4)] 0x4e801800;
        Uzp12d "uzp1" [d(D2), n(D2), m(D2)] 0x4ec01800;
        Uzp216b "uzp2" [d(B16), n(B16), m(B16)] 0x4e005800;
        Uzp28h "uzp2" [d(H8), n(H8), m(H8)] 0x4e405800;
        Uzp24s "uzp2" [d(S4), n(S4), m(S4)] 0x4e805800;
        Uzp22d "uzp2" [d(D2), n(D2), m(D2)] 0x4ec05800;
        Trn116b "trn1" [d(B16), n(B16), m(B16)] 0x4e002800;
        Trn18h "trn1" [d(H8), n(H8), m(H8)] 0x4e402800;
        Trn14s "trn1" [d(S4), n(S4), m(S4)] 0x4e802800;
        Trn12d "trn1" [d(D2), n(D2), m(D2)] 0x4ec02800;
        Trn216b "trn2" [d(B16), n(B16), m(B16)] 0x4e006800;
        Trn28h "trn2" [d(H8), n(H8), m(H8)] 0x4e406800;
        Trn24s "trn2" [d(S4), n(S4), m(S4)] 0x4e806800;
        Trn22d "trn2" [d(D2), n(D2), m(D2)] 0x4ec06800;
        Ext16b "ext" [d(B16), n(B16), m(B16), use_(uimm(11, 4))] 0x6e000000;
        Rev16v16b "rev16" [d(B16), n(B16)] 0x4e201800;
        Rev32v16b "rev32" [d(B16), n(B16)] 0x6e200800;
        Rev32v8h "rev32" [d(H8), n(H8)] 0x6e600800;
        Rev64v16b "rev64" [d(B16), n(B16)] 0x4e200800;
        Rev64v8h "rev64" [d(H8), n(H8)] 0x4e600800;
        Rev64v4s "rev64" [d(S4), n(S4)] 0x4ea00800;
        Tbl1 "tbl" [d(B16), use_(LIST1), m(B16)] 0x4e000000;
        Tbl2 "tbl" [d(B16), use_(LIST2), m(B16)] 0x4e002000;

        // Lanes: to and from general purpose registers, scalars, other lanes.
        Dup16b "dup" [d(B16), use_(WN)] 0x4e010c00;
        Dup8h "dup" [d(H8), use_(WN)] 0x4e020c00;
        Dup4s "dup" [d(S4), use_(WN)] 0x4e040c00;
        Dup2d "dup" [d(D2), use_(XN)] 0x4e080c00;
        DupE16b "dup" [d(B16), element(EB, 5), use_(index(17, 4))] 0x4e010400;
        DupE8h "dup" [d(H8), element(EH, 5), use_(index(18, 3))] 0x4e020400;
        DupE4s "dup" [d(S4), element(ES, 5), use_(index(19, 2))] 0x4e040400;
        DupE2d "dup" [d(D2), element(ED, 5), use_(index(20, 1))] 0x4e080400;
        MovBE "mov" [def(BD), element(EB, 5), use_(index(17, 4))] 0x5e010400;
        MovHE "mov" [def(HD), element(EH, 5), use_(index(18, 3))] 0x5e020400;
        MovSE "mov" [def(SD), element(ES, 5), use_(index(19, 2))] 0x5e040400;
        MovDE "mov" [def(DD), element(ED, 5), use_(index(20, 1))] 0x5e080400;
        InsB "mov" [lane(EB), use_(index(17, 4)), use_(WN)] 0x4e011c00;
        InsH "mov" [lane(EH), use_(index(18, 3)), use_(WN)] 0x4e021c00;
        InsS "mov" [lane(ES), use_(index(19, 2)), use_(WN)] 0x4e041c00;
        InsD "mov" [lane(ED), use_(index(20, 1)), use_(XN)] 0x4e081c00;
        InsEB "mov" [lane(EB), use_(index(17, 4)), element(EB, 5), use_(index(11, 4))] 0x6e010400;
        InsEH "mov" [lane(EH), use_(index(18, 3)), element(EH, 5), use_(index(12, 3))] 0x6e020400;
        InsES "mov" [lane(ES), use_(index(19, 2)), element(ES, 5), use_(index(13, 2))] 0x6e040400;
        InsED "mov" [lane(ED), use_(index(20, 1)), element(ED, 5), use_(index(14, 1))] 0x6e080400;
        UmovB "umov" [def(WD), element(EB, 5), use_(index(17, 4))] 0x0e013c00;
        UmovH "umov" [def(WD), element(EH, 5), use_(index(18, 3))] 0x0e023c00;
        UmovS "mov" [def(WD), element(ES, 5), use_(index(19, 2))] 0x0e043c00;
        UmovD "mov" [def(XD), element(ED, 5), use_(index(20, 1))] 0x4e083c00;
        SmovB "smov" [def(WD), element(EB, 5), use_(index(17, 4))] 0x0e012c00;
        SmovH "smov" [def(WD), element(EH, 5), use_(index(18, 3))] 0x0e022c00;

        // Memory, with the address in a register: one lane, or one value to all lanes.
        Ld1R16b "ld1r" [def(list(V(B16))), use_(Kind::Place)] 0x4d40c000;
        Ld1R8h "ld1r" [def(list(V(H8))), use_(Kind::Place)] 0x4d40c400;
        Ld1R4s "ld1r" [def(list(V(S4))), use_(Kind::Place)] 0x4d40c800;
        Ld1R2d "ld1r" [def(list(V(D2))), use_(Kind::Place)] 0x4d40cc00;
        Ld1B "ld1" [mod_(list(EB)), use_(structure(0)), use_(Kind::Place)] 0x0d400000;
        Ld1H "ld1" [mod_(list(EH)), use_(structure(1)), use_(Kind::Place)] 0x0d404000;
        Ld1S "ld1" [mod_(list(ES)), use_(structure(2)), use_(Kind::Place)] 0x0d408000;
        Ld1D "ld1" [mod_(list(ED)), use_(structure(3)), use_(Kind::Place)] 0x0d408400;
        St1B "st1" [use_(list(EB)), use_(structure(0)), def(Kind::Place)] 0x0d000000;
        St1H "st1" [use_(list(EH)), use_(structure(1)), def(Kind::Place)] 0x0d004000;
        St1S "st1" [use_(list(ES)), use_(structure(2)), def(Kind::Place)] 0x0d008000;
        St1D "st1" [use_(list(ED)), use_(structure(3)), def(Kind::Place)] 0x0d008400;
    } };
}
pub(super) use vector_rows;
