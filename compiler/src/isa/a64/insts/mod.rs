//! The row table: every instruction form of AArch64 (baseline ARMv8.0-A) that we use, one row each.
//!
//! A row says the mnemonic, the operands in the order of the assembly language with their roles and fields, the word with all of those
//! fields zero, and what happens to the flags. The register allocator's view (`mir.rs`), the encoder (`encode.rs`), the printer
//! (`print.rs`) and the encoder tests all read the rows, so that adding an instruction is adding a line.
//!
//! A row is written `Form "mnemonic" [operands] word, flags;`. An operand is `role(KIND)`. The roles are `def` (written), `use_` (read) and
//! `mod_` (read and written: source and destination are the same register). Register kinds are named after the shape and the field:
//! `WD` is a w register in the field Rd (bit 0), `XN` an x register in Rn (bit 5), `M` is Rm (bit 16), `A` Ra (bit 10). Number 31 is the
//! zero register, except with a trailing `S`, where it is the stack pointer. A memory operand `M1`...`M16` (bytes of the access) is any
//! `Amode`, so `Ldr64` is `ldr` with all its address forms and `ldur`; `P4`...`P16` are those of pairs.
//!
//! Aliases that read better than what they stand for (`cmp`, `lsl`, `cset`, `mul`) are rows too; what they fix is in the word.
//!
//! Vector rows differ from scalar ones only in the shapes of their operands. Those that scalar code needs too are here, the others in
//! `vector.rs`.

mod row;
mod vector;

pub use self::row::{Flags, IndexAt, Kind, Opd, R31, Role, Row};
use self::row::{def, mod_, reg, reg_sp, uimm, use_};

use self::vector::*;
use super::arch;
use super::regs::{Arrangement, Shape};

const W: Shape = Shape::W;
const X: Shape = Shape::X;
const V8B: Shape = Shape::V(Arrangement::B8);
const V16B: Shape = Shape::V(Arrangement::B16);
const V2S: Shape = Shape::V(Arrangement::S2);
const V4S: Shape = Shape::V(Arrangement::S4);
const V2D: Shape = Shape::V(Arrangement::D2);

const WD: Kind = reg(W, 0);
const WN: Kind = reg(W, 5);
const WM: Kind = reg(W, 16);
const WA: Kind = reg(W, 10);
const WDS: Kind = reg_sp(W, 0);
const WNS: Kind = reg_sp(W, 5);
const XD: Kind = reg(X, 0);
const XN: Kind = reg(X, 5);
const XM: Kind = reg(X, 16);
const XA: Kind = reg(X, 10);
const XDS: Kind = reg_sp(X, 0);
const XNS: Kind = reg_sp(X, 5);
const SD: Kind = reg(Shape::S, 0);
const SN: Kind = reg(Shape::S, 5);
const SM: Kind = reg(Shape::S, 16);
const SA: Kind = reg(Shape::S, 10);
const DD: Kind = reg(Shape::D, 0);
const DN: Kind = reg(Shape::D, 5);
const DM: Kind = reg(Shape::D, 16);
const DA: Kind = reg(Shape::D, 10);
const QD: Kind = reg(Shape::Q, 0);
const QA: Kind = reg(Shape::Q, 10);
const BD: Kind = reg(Shape::B, 0);
const HD: Kind = reg(Shape::H, 0);
const V8BD: Kind = reg(V8B, 0);
const V8BN: Kind = reg(V8B, 5);
const V8BM: Kind = reg(V8B, 16);
const V16BD: Kind = reg(V16B, 0);
const V16BN: Kind = reg(V16B, 5);
const V16BM: Kind = reg(V16B, 16);
const V2SD: Kind = reg(V2S, 0);
const V2SN: Kind = reg(V2S, 5);
const V4SD: Kind = reg(V4S, 0);
const V4SN: Kind = reg(V4S, 5);
const V2DD: Kind = reg(V2D, 0);
const V2DN: Kind = reg(V2D, 5);

const WB: Kind = Kind::Both { shape: W };
const XB: Kind = Kind::Both { shape: X };
const V8BB: Kind = Kind::Both { shape: V8B };
const V16BB: Kind = Kind::Both { shape: V16B };

/// Shifted operand of arithmetic, and of logical instructions.
const WSH: Kind = Kind::Shifted {
    shape: W,
    ror: false,
};
const XSH: Kind = Kind::Shifted {
    shape: X,
    ror: false,
};
const WSHR: Kind = Kind::Shifted {
    shape: W,
    ror: true,
};
const XSHR: Kind = Kind::Shifted {
    shape: X,
    ror: true,
};
const WEXT: Kind = Kind::Extended { shape: W };
const XEXT: Kind = Kind::Extended { shape: X };
const WLOG: Kind = Kind::Logical { shape: W };
const XLOG: Kind = Kind::Logical { shape: X };
const ARITH: Kind = Kind::Arith;
const I16: Kind = uimm(5, 16);
const WMOV: Kind = Kind::MoveShift { shape: W };
const XMOV: Kind = Kind::MoveShift { shape: X };
const WLSL: Kind = Kind::Lsl { shape: W };
const XLSL: Kind = Kind::Lsl { shape: X };
const WIMMR: Kind = Kind::Immr { shape: W };
const XIMMR: Kind = Kind::Immr { shape: X };
const WIMMS: Kind = Kind::Imms { shape: W };
const XIMMS: Kind = Kind::Imms { shape: X };
const WXLSB: Kind = Kind::ExtractLsb { shape: W };
const XXLSB: Kind = Kind::ExtractLsb { shape: X };
const WILSB: Kind = Kind::InsertLsb { shape: W };
const XILSB: Kind = Kind::InsertLsb { shape: X };
const WBITS: Kind = Kind::BitWidth { shape: W };
const XBITS: Kind = Kind::BitWidth { shape: X };
const IMM5: Kind = uimm(16, 5);
const NZCV: Kind = uimm(0, 4);
const CC: Kind = Kind::Cc { at: 12 };
const CCINV: Kind = Kind::CcInverse;
const SUFFIX: Kind = Kind::CcSuffix;
const M1: Kind = Kind::Mem { log2: 0 };
const M2: Kind = Kind::Mem { log2: 1 };
const M4: Kind = Kind::Mem { log2: 2 };
const M8: Kind = Kind::Mem { log2: 3 };
const M16: Kind = Kind::Mem { log2: 4 };
const BASE: Kind = Kind::Place;
const P4: Kind = Kind::Pair { log2: 2 };
const P8: Kind = Kind::Pair { log2: 3 };
const P16: Kind = Kind::Pair { log2: 4 };
const REL26: Kind = Kind::Rel(arch::IMM26);
const REL19: Kind = Kind::Rel(arch::IMM19);
const REL14: Kind = Kind::Rel(arch::IMM14);
const REL21: Kind = Kind::Rel(arch::ADR);
const WBIT: Kind = Kind::Bit { shape: W };
const XBIT: Kind = Kind::Bit { shape: X };

/// Expands to the enum [`Form`] and the table [`ROWS`], indexed by it. It is given the rows below and those of `vector.rs`.
macro_rules! rows {
    (@flags) => { Flags::Keeps };
    (@flags SETS) => { Flags::Sets };
    (@flags READS) => { Flags::Reads };
    (@flags READS_AND_SETS) => { Flags::ReadsAndSets };
    ($( $form:ident $mnemonic:literal [$($opd:expr),*] $word:literal $(, $flags:ident)?; )*) => {
        /// Names of the rows.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Form { $($form,)* }
        impl Form {
            /// Every form, in table order.
            pub const ALL: &'static [Form] = &[$(Form::$form),*];
        }
        static ROWS: &[Row] = &[$(
            Row { mnemonic: $mnemonic, operands: &[$($opd),*], word: $word, flags: rows!(@flags $($flags)?) },
        )*];
    };
}

impl Form {
    /// The row.
    pub fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

vector_rows! { rows [

    // Moves.
    Mov32 "mov" [def(WD), use_(WM)] 0x2a0003e0;
    Mov64 "mov" [def(XD), use_(XM)] 0xaa0003e0;
    MovSp64 "mov" [def(XDS), use_(XNS)] 0x91000000;
    Movz32 "movz" [def(WD), use_(I16), use_(WMOV)] 0x52800000;
    Movz64 "movz" [def(XD), use_(I16), use_(XMOV)] 0xd2800000;
    Movn32 "movn" [def(WD), use_(I16), use_(WMOV)] 0x12800000;
    Movn64 "movn" [def(XD), use_(I16), use_(XMOV)] 0x92800000;
    Movk32 "movk" [mod_(WD), use_(I16), use_(WMOV)] 0x72800000;
    Movk64 "movk" [mod_(XD), use_(I16), use_(XMOV)] 0xf2800000;
    Adr "adr" [def(XD), use_(REL21)] 0x10000000;
    Adrp "adrp" [def(XD), use_(Kind::Page)] 0x90000000;
    AddLow12 "add" [def(XDS), use_(XNS), use_(Kind::Low12)] 0x91000000;

    // Addition and subtraction: shifted register, extended register, immediate.
    Add32 "add" [def(WD), use_(WN), use_(WSH)] 0x0b000000;
    Add64 "add" [def(XD), use_(XN), use_(XSH)] 0x8b000000;
    AddExt32 "add" [def(WDS), use_(WNS), use_(WEXT)] 0x0b200000;
    AddExt64 "add" [def(XDS), use_(XNS), use_(XEXT)] 0x8b200000;
    AddI32 "add" [def(WDS), use_(WNS), use_(ARITH)] 0x11000000;
    AddI64 "add" [def(XDS), use_(XNS), use_(ARITH)] 0x91000000;
    Adds32 "adds" [def(WD), use_(WN), use_(WSH)] 0x2b000000, SETS;
    Adds64 "adds" [def(XD), use_(XN), use_(XSH)] 0xab000000, SETS;
    AddsExt32 "adds" [def(WD), use_(WNS), use_(WEXT)] 0x2b200000, SETS;
    AddsExt64 "adds" [def(XD), use_(XNS), use_(XEXT)] 0xab200000, SETS;
    AddsI32 "adds" [def(WD), use_(WNS), use_(ARITH)] 0x31000000, SETS;
    AddsI64 "adds" [def(XD), use_(XNS), use_(ARITH)] 0xb1000000, SETS;
    Sub32 "sub" [def(WD), use_(WN), use_(WSH)] 0x4b000000;
    Sub64 "sub" [def(XD), use_(XN), use_(XSH)] 0xcb000000;
    SubExt32 "sub" [def(WDS), use_(WNS), use_(WEXT)] 0x4b200000;
    SubExt64 "sub" [def(XDS), use_(XNS), use_(XEXT)] 0xcb200000;
    SubI32 "sub" [def(WDS), use_(WNS), use_(ARITH)] 0x51000000;
    SubI64 "sub" [def(XDS), use_(XNS), use_(ARITH)] 0xd1000000;
    Subs32 "subs" [def(WD), use_(WN), use_(WSH)] 0x6b000000, SETS;
    Subs64 "subs" [def(XD), use_(XN), use_(XSH)] 0xeb000000, SETS;
    SubsExt32 "subs" [def(WD), use_(WNS), use_(WEXT)] 0x6b200000, SETS;
    SubsExt64 "subs" [def(XD), use_(XNS), use_(XEXT)] 0xeb200000, SETS;
    SubsI32 "subs" [def(WD), use_(WNS), use_(ARITH)] 0x71000000, SETS;
    SubsI64 "subs" [def(XD), use_(XNS), use_(ARITH)] 0xf1000000, SETS;
    Cmn32 "cmn" [use_(WN), use_(WSH)] 0x2b00001f, SETS;
    Cmn64 "cmn" [use_(XN), use_(XSH)] 0xab00001f, SETS;
    CmnExt32 "cmn" [use_(WNS), use_(WEXT)] 0x2b20001f, SETS;
    CmnExt64 "cmn" [use_(XNS), use_(XEXT)] 0xab20001f, SETS;
    CmnI32 "cmn" [use_(WNS), use_(ARITH)] 0x3100001f, SETS;
    CmnI64 "cmn" [use_(XNS), use_(ARITH)] 0xb100001f, SETS;
    Cmp32 "cmp" [use_(WN), use_(WSH)] 0x6b00001f, SETS;
    Cmp64 "cmp" [use_(XN), use_(XSH)] 0xeb00001f, SETS;
    CmpExt32 "cmp" [use_(WNS), use_(WEXT)] 0x6b20001f, SETS;
    CmpExt64 "cmp" [use_(XNS), use_(XEXT)] 0xeb20001f, SETS;
    CmpI32 "cmp" [use_(WNS), use_(ARITH)] 0x7100001f, SETS;
    CmpI64 "cmp" [use_(XNS), use_(ARITH)] 0xf100001f, SETS;
    Neg32 "neg" [def(WD), use_(WSH)] 0x4b0003e0;
    Neg64 "neg" [def(XD), use_(XSH)] 0xcb0003e0;
    Negs32 "negs" [def(WD), use_(WSH)] 0x6b0003e0, SETS;
    Negs64 "negs" [def(XD), use_(XSH)] 0xeb0003e0, SETS;

    Adc64 "adc" [def(XD), use_(XN), use_(XM)] 0x9a000000, READS;
    Sbc64 "sbc" [def(XD), use_(XN), use_(XM)] 0xda000000, READS;

    // Logic: shifted register, immediate.
    And32 "and" [def(WD), use_(WN), use_(WSHR)] 0x0a000000;
    And64 "and" [def(XD), use_(XN), use_(XSHR)] 0x8a000000;
    Bic32 "bic" [def(WD), use_(WN), use_(WSHR)] 0x0a200000;
    Bic64 "bic" [def(XD), use_(XN), use_(XSHR)] 0x8a200000;
    Orr32 "orr" [def(WD), use_(WN), use_(WSHR)] 0x2a000000;
    Orr64 "orr" [def(XD), use_(XN), use_(XSHR)] 0xaa000000;
    Orn32 "orn" [def(WD), use_(WN), use_(WSHR)] 0x2a200000;
    Orn64 "orn" [def(XD), use_(XN), use_(XSHR)] 0xaa200000;
    Eor32 "eor" [def(WD), use_(WN), use_(WSHR)] 0x4a000000;
    Eor64 "eor" [def(XD), use_(XN), use_(XSHR)] 0xca000000;
    Eon32 "eon" [def(WD), use_(WN), use_(WSHR)] 0x4a200000;
    Eon64 "eon" [def(XD), use_(XN), use_(XSHR)] 0xca200000;
    Ands32 "ands" [def(WD), use_(WN), use_(WSHR)] 0x6a000000, SETS;
    Ands64 "ands" [def(XD), use_(XN), use_(XSHR)] 0xea000000, SETS;
    Bics32 "bics" [def(WD), use_(WN), use_(WSHR)] 0x6a200000, SETS;
    Bics64 "bics" [def(XD), use_(XN), use_(XSHR)] 0xea200000, SETS;
    Mvn32 "mvn" [def(WD), use_(WSHR)] 0x2a2003e0;
    Mvn64 "mvn" [def(XD), use_(XSHR)] 0xaa2003e0;
    Tst32 "tst" [use_(WN), use_(WSHR)] 0x6a00001f, SETS;
    Tst64 "tst" [use_(XN), use_(XSHR)] 0xea00001f, SETS;
    AndI32 "and" [def(WDS), use_(WN), use_(WLOG)] 0x12000000;
    AndI64 "and" [def(XDS), use_(XN), use_(XLOG)] 0x92000000;
    OrrI32 "orr" [def(WDS), use_(WN), use_(WLOG)] 0x32000000;
    OrrI64 "orr" [def(XDS), use_(XN), use_(XLOG)] 0xb2000000;
    EorI32 "eor" [def(WDS), use_(WN), use_(WLOG)] 0x52000000;
    EorI64 "eor" [def(XDS), use_(XN), use_(XLOG)] 0xd2000000;
    AndsI32 "ands" [def(WD), use_(WN), use_(WLOG)] 0x72000000, SETS;
    AndsI64 "ands" [def(XD), use_(XN), use_(XLOG)] 0xf2000000, SETS;
    TstI32 "tst" [use_(WN), use_(WLOG)] 0x7200001f, SETS;
    TstI64 "tst" [use_(XN), use_(XLOG)] 0xf200001f, SETS;

    // Multiplication and division.
    Madd32 "madd" [def(WD), use_(WN), use_(WM), use_(WA)] 0x1b000000;
    Madd64 "madd" [def(XD), use_(XN), use_(XM), use_(XA)] 0x9b000000;
    Msub32 "msub" [def(WD), use_(WN), use_(WM), use_(WA)] 0x1b008000;
    Msub64 "msub" [def(XD), use_(XN), use_(XM), use_(XA)] 0x9b008000;
    Mul32 "mul" [def(WD), use_(WN), use_(WM)] 0x1b007c00;
    Mul64 "mul" [def(XD), use_(XN), use_(XM)] 0x9b007c00;
    Mneg32 "mneg" [def(WD), use_(WN), use_(WM)] 0x1b00fc00;
    Mneg64 "mneg" [def(XD), use_(XN), use_(XM)] 0x9b00fc00;
    Smaddl "smaddl" [def(XD), use_(WN), use_(WM), use_(XA)] 0x9b200000;
    Smsubl "smsubl" [def(XD), use_(WN), use_(WM), use_(XA)] 0x9b208000;
    Smull "smull" [def(XD), use_(WN), use_(WM)] 0x9b207c00;
    Smulh "smulh" [def(XD), use_(XN), use_(XM)] 0x9b407c00;
    Umaddl "umaddl" [def(XD), use_(WN), use_(WM), use_(XA)] 0x9ba00000;
    Umsubl "umsubl" [def(XD), use_(WN), use_(WM), use_(XA)] 0x9ba08000;
    Umull "umull" [def(XD), use_(WN), use_(WM)] 0x9ba07c00;
    Umulh "umulh" [def(XD), use_(XN), use_(XM)] 0x9bc07c00;
    Sdiv32 "sdiv" [def(WD), use_(WN), use_(WM)] 0x1ac00c00;
    Sdiv64 "sdiv" [def(XD), use_(XN), use_(XM)] 0x9ac00c00;
    Udiv32 "udiv" [def(WD), use_(WN), use_(WM)] 0x1ac00800;
    Udiv64 "udiv" [def(XD), use_(XN), use_(XM)] 0x9ac00800;

    // Shifts by a register (modulo the width) and by an immediate.
    Lsl32 "lsl" [def(WD), use_(WN), use_(WM)] 0x1ac02000;
    Lsl64 "lsl" [def(XD), use_(XN), use_(XM)] 0x9ac02000;
    Lsr32 "lsr" [def(WD), use_(WN), use_(WM)] 0x1ac02400;
    Lsr64 "lsr" [def(XD), use_(XN), use_(XM)] 0x9ac02400;
    Asr32 "asr" [def(WD), use_(WN), use_(WM)] 0x1ac02800;
    Asr64 "asr" [def(XD), use_(XN), use_(XM)] 0x9ac02800;
    Ror32 "ror" [def(WD), use_(WN), use_(WM)] 0x1ac02c00;
    Ror64 "ror" [def(XD), use_(XN), use_(XM)] 0x9ac02c00;
    LslI32 "lsl" [def(WD), use_(WN), use_(WLSL)] 0x53000000;
    LslI64 "lsl" [def(XD), use_(XN), use_(XLSL)] 0xd3400000;
    LsrI32 "lsr" [def(WD), use_(WN), use_(WIMMR)] 0x53007c00;
    LsrI64 "lsr" [def(XD), use_(XN), use_(XIMMR)] 0xd340fc00;
    AsrI32 "asr" [def(WD), use_(WN), use_(WIMMR)] 0x13007c00;
    AsrI64 "asr" [def(XD), use_(XN), use_(XIMMR)] 0x9340fc00;
    RorI32 "ror" [def(WD), use_(WB), use_(WIMMS)] 0x13800000;
    RorI64 "ror" [def(XD), use_(XB), use_(XIMMS)] 0x93c00000;
    Extr32 "extr" [def(WD), use_(WN), use_(WM), use_(WIMMS)] 0x13800000;
    Extr64 "extr" [def(XD), use_(XN), use_(XM), use_(XIMMS)] 0x93c00000;

    // Bit fields. The first three are the general forms of all others.
    Sbfm32 "sbfm" [def(WD), use_(WN), use_(WIMMR), use_(WIMMS)] 0x13000000;
    Sbfm64 "sbfm" [def(XD), use_(XN), use_(XIMMR), use_(XIMMS)] 0x93400000;
    Bfm32 "bfm" [mod_(WD), use_(WN), use_(WIMMR), use_(WIMMS)] 0x33000000;
    Bfm64 "bfm" [mod_(XD), use_(XN), use_(XIMMR), use_(XIMMS)] 0xb3400000;
    Ubfm32 "ubfm" [def(WD), use_(WN), use_(WIMMR), use_(WIMMS)] 0x53000000;
    Ubfm64 "ubfm" [def(XD), use_(XN), use_(XIMMR), use_(XIMMS)] 0xd3400000;
    Sbfx32 "sbfx" [def(WD), use_(WN), use_(WXLSB), use_(WBITS)] 0x13000000;
    Sbfx64 "sbfx" [def(XD), use_(XN), use_(XXLSB), use_(XBITS)] 0x93400000;
    Sbfiz32 "sbfiz" [def(WD), use_(WN), use_(WILSB), use_(WBITS)] 0x13000000;
    Sbfiz64 "sbfiz" [def(XD), use_(XN), use_(XILSB), use_(XBITS)] 0x93400000;
    Bfxil32 "bfxil" [mod_(WD), use_(WN), use_(WXLSB), use_(WBITS)] 0x33000000;
    Bfxil64 "bfxil" [mod_(XD), use_(XN), use_(XXLSB), use_(XBITS)] 0xb3400000;
    Bfi32 "bfi" [mod_(WD), use_(WN), use_(WILSB), use_(WBITS)] 0x33000000;
    Bfi64 "bfi" [mod_(XD), use_(XN), use_(XILSB), use_(XBITS)] 0xb3400000;
    Ubfx32 "ubfx" [def(WD), use_(WN), use_(WXLSB), use_(WBITS)] 0x53000000;
    Ubfx64 "ubfx" [def(XD), use_(XN), use_(XXLSB), use_(XBITS)] 0xd3400000;
    Ubfiz32 "ubfiz" [def(WD), use_(WN), use_(WILSB), use_(WBITS)] 0x53000000;
    Ubfiz64 "ubfiz" [def(XD), use_(XN), use_(XILSB), use_(XBITS)] 0xd3400000;
    Sxtb32 "sxtb" [def(WD), use_(WN)] 0x13001c00;
    Sxtb64 "sxtb" [def(XD), use_(WN)] 0x93401c00;
    Sxth32 "sxth" [def(WD), use_(WN)] 0x13003c00;
    Sxth64 "sxth" [def(XD), use_(WN)] 0x93403c00;
    Sxtw "sxtw" [def(XD), use_(WN)] 0x93407c00;
    Uxtb "uxtb" [def(WD), use_(WN)] 0x53001c00;
    Uxth "uxth" [def(WD), use_(WN)] 0x53003c00;

    // Bit counts and reversals.
    Rbit32 "rbit" [def(WD), use_(WN)] 0x5ac00000;
    Rbit64 "rbit" [def(XD), use_(XN)] 0xdac00000;
    Rev1632 "rev16" [def(WD), use_(WN)] 0x5ac00400;
    Rev1664 "rev16" [def(XD), use_(XN)] 0xdac00400;
    Rev32 "rev" [def(WD), use_(WN)] 0x5ac00800;
    Rev64 "rev" [def(XD), use_(XN)] 0xdac00c00;
    RevWords "rev32" [def(XD), use_(XN)] 0xdac00800;
    Clz32 "clz" [def(WD), use_(WN)] 0x5ac01000;
    Clz64 "clz" [def(XD), use_(XN)] 0xdac01000;
    Cls32 "cls" [def(WD), use_(WN)] 0x5ac01400;
    Cls64 "cls" [def(XD), use_(XN)] 0xdac01400;

    // Conditions.
    Csel32 "csel" [def(WD), use_(WN), use_(WM), use_(CC)] 0x1a800000, READS;
    Csel64 "csel" [def(XD), use_(XN), use_(XM), use_(CC)] 0x9a800000, READS;
    Csinc32 "csinc" [def(WD), use_(WN), use_(WM), use_(CC)] 0x1a800400, READS;
    Csinc64 "csinc" [def(XD), use_(XN), use_(XM), use_(CC)] 0x9a800400, READS;
    Csinv32 "csinv" [def(WD), use_(WN), use_(WM), use_(CC)] 0x5a800000, READS;
    Csinv64 "csinv" [def(XD), use_(XN), use_(XM), use_(CC)] 0xda800000, READS;
    Csneg32 "csneg" [def(WD), use_(WN), use_(WM), use_(CC)] 0x5a800400, READS;
    Csneg64 "csneg" [def(XD), use_(XN), use_(XM), use_(CC)] 0xda800400, READS;
    Cset32 "cset" [def(WD), use_(CCINV)] 0x1a9f07e0, READS;
    Cset64 "cset" [def(XD), use_(CCINV)] 0x9a9f07e0, READS;
    Csetm32 "csetm" [def(WD), use_(CCINV)] 0x5a9f03e0, READS;
    Csetm64 "csetm" [def(XD), use_(CCINV)] 0xda9f03e0, READS;
    Cinc32 "cinc" [def(WD), use_(WB), use_(CCINV)] 0x1a800400, READS;
    Cinc64 "cinc" [def(XD), use_(XB), use_(CCINV)] 0x9a800400, READS;
    Cinv32 "cinv" [def(WD), use_(WB), use_(CCINV)] 0x5a800000, READS;
    Cinv64 "cinv" [def(XD), use_(XB), use_(CCINV)] 0xda800000, READS;
    Cneg32 "cneg" [def(WD), use_(WB), use_(CCINV)] 0x5a800400, READS;
    Cneg64 "cneg" [def(XD), use_(XB), use_(CCINV)] 0xda800400, READS;
    Ccmn32 "ccmn" [use_(WN), use_(WM), use_(NZCV), use_(CC)] 0x3a400000, READS_AND_SETS;
    Ccmn64 "ccmn" [use_(XN), use_(XM), use_(NZCV), use_(CC)] 0xba400000, READS_AND_SETS;
    CcmnI32 "ccmn" [use_(WN), use_(IMM5), use_(NZCV), use_(CC)] 0x3a400800, READS_AND_SETS;
    CcmnI64 "ccmn" [use_(XN), use_(IMM5), use_(NZCV), use_(CC)] 0xba400800, READS_AND_SETS;
    Ccmp32 "ccmp" [use_(WN), use_(WM), use_(NZCV), use_(CC)] 0x7a400000, READS_AND_SETS;
    Ccmp64 "ccmp" [use_(XN), use_(XM), use_(NZCV), use_(CC)] 0xfa400000, READS_AND_SETS;
    CcmpI32 "ccmp" [use_(WN), use_(IMM5), use_(NZCV), use_(CC)] 0x7a400800, READS_AND_SETS;
    CcmpI64 "ccmp" [use_(XN), use_(IMM5), use_(NZCV), use_(CC)] 0xfa400800, READS_AND_SETS;

    // Control.
    B "b" [use_(REL26)] 0x14000000;
    BCond "b." [use_(SUFFIX), use_(REL19)] 0x54000000, READS;
    Cbz32 "cbz" [use_(WD), use_(REL19)] 0x34000000;
    Cbz64 "cbz" [use_(XD), use_(REL19)] 0xb4000000;
    Cbnz32 "cbnz" [use_(WD), use_(REL19)] 0x35000000;
    Cbnz64 "cbnz" [use_(XD), use_(REL19)] 0xb5000000;
    Tbz32 "tbz" [use_(WD), use_(WBIT), use_(REL14)] 0x36000000;
    Tbz64 "tbz" [use_(XD), use_(XBIT), use_(REL14)] 0x36000000;
    Tbnz32 "tbnz" [use_(WD), use_(WBIT), use_(REL14)] 0x37000000;
    Tbnz64 "tbnz" [use_(XD), use_(XBIT), use_(REL14)] 0x37000000;
    Bl "bl" [use_(REL26)] 0x94000000, SETS;
    Blr "blr" [use_(XN)] 0xd63f0000, SETS;
    Br "br" [use_(XN)] 0xd61f0000;
    Ret "ret" [] 0xd65f03c0;
    Nop "nop" [] 0xd503201f;
    Udf "udf" [use_(uimm(0, 16))] 0x00000000;

    // Loads and stores; the address form is the memory operand's.
    Ldr32 "ldr" [def(WD), use_(M4)] 0xb8400000;
    Ldr64 "ldr" [def(XD), use_(M8)] 0xf8400000;
    Ldrb "ldrb" [def(WD), use_(M1)] 0x38400000;
    Ldrh "ldrh" [def(WD), use_(M2)] 0x78400000;
    Ldrsb32 "ldrsb" [def(WD), use_(M1)] 0x38c00000;
    Ldrsb64 "ldrsb" [def(XD), use_(M1)] 0x38800000;
    Ldrsh32 "ldrsh" [def(WD), use_(M2)] 0x78c00000;
    Ldrsh64 "ldrsh" [def(XD), use_(M2)] 0x78800000;
    Ldrsw "ldrsw" [def(XD), use_(M4)] 0xb8800000;
    LdrS "ldr" [def(SD), use_(M4)] 0xbc400000;
    LdrD "ldr" [def(DD), use_(M8)] 0xfc400000;
    LdrQ "ldr" [def(QD), use_(M16)] 0x3cc00000;
    Strb "strb" [use_(WD), def(M1)] 0x38000000;
    Strh "strh" [use_(WD), def(M2)] 0x78000000;
    Str32 "str" [use_(WD), def(M4)] 0xb8000000;
    Str64 "str" [use_(XD), def(M8)] 0xf8000000;
    StrS "str" [use_(SD), def(M4)] 0xbc000000;
    StrD "str" [use_(DD), def(M8)] 0xfc000000;
    StrQ "str" [use_(QD), def(M16)] 0x3c800000;
    LdrVb "ldr" [def(BD), use_(M1)] 0x3c400000;
    LdrVh "ldr" [def(HD), use_(M2)] 0x7c400000;
    StrVb "str" [use_(BD), def(M1)] 0x3c000000;
    StrVh "str" [use_(HD), def(M2)] 0x7c000000;
    Ldp32 "ldp" [def(WD), def(WA), use_(P4)] 0x28400000;
    Ldp64 "ldp" [def(XD), def(XA), use_(P8)] 0xa8400000;
    LdpS "ldp" [def(SD), def(SA), use_(P4)] 0x2c400000;
    LdpD "ldp" [def(DD), def(DA), use_(P8)] 0x6c400000;
    LdpQ "ldp" [def(QD), def(QA), use_(P16)] 0xac400000;
    Stp32 "stp" [use_(WD), use_(WA), def(P4)] 0x28000000;
    Stp64 "stp" [use_(XD), use_(XA), def(P8)] 0xa8000000;
    StpS "stp" [use_(SD), use_(SA), def(P4)] 0x2c000000;
    StpD "stp" [use_(DD), use_(DA), def(P8)] 0x6c000000;
    StpQ "stp" [use_(QD), use_(QA), def(P16)] 0xac000000;
    LdrLit32 "ldr" [def(WD), use_(REL19)] 0x18000000;
    LdrLit64 "ldr" [def(XD), use_(REL19)] 0x58000000;
    LdrLitS "ldr" [def(SD), use_(REL19)] 0x1c000000;
    LdrLitD "ldr" [def(DD), use_(REL19)] 0x5c000000;
    LdrLitQ "ldr" [def(QD), use_(REL19)] 0x9c000000;
    LdrswLit "ldrsw" [def(XD), use_(REL19)] 0x98000000;

    // Atomics: acquiring and releasing, exclusive pairs. Status registers are Rm.
    Ldar8 "ldarb" [def(WD), use_(BASE)] 0x08dffc00;
    Ldar16 "ldarh" [def(WD), use_(BASE)] 0x48dffc00;
    Ldar32 "ldar" [def(WD), use_(BASE)] 0x88dffc00;
    Ldar64 "ldar" [def(XD), use_(BASE)] 0xc8dffc00;
    Stlr8 "stlrb" [use_(WD), def(BASE)] 0x089ffc00;
    Stlr16 "stlrh" [use_(WD), def(BASE)] 0x489ffc00;
    Stlr32 "stlr" [use_(WD), def(BASE)] 0x889ffc00;
    Stlr64 "stlr" [use_(XD), def(BASE)] 0xc89ffc00;
    Ldaxr8 "ldaxrb" [def(WD), use_(BASE)] 0x085ffc00;
    Ldaxr16 "ldaxrh" [def(WD), use_(BASE)] 0x485ffc00;
    Ldaxr32 "ldaxr" [def(WD), use_(BASE)] 0x885ffc00;
    Ldaxr64 "ldaxr" [def(XD), use_(BASE)] 0xc85ffc00;
    Stlxr8 "stlxrb" [def(WM), use_(WD), def(BASE)] 0x0800fc00;
    Stlxr16 "stlxrh" [def(WM), use_(WD), def(BASE)] 0x4800fc00;
    Stlxr32 "stlxr" [def(WM), use_(WD), def(BASE)] 0x8800fc00;
    Stlxr64 "stlxr" [def(WM), use_(XD), def(BASE)] 0xc800fc00;
    DmbIsh "dmb ish" [] 0xd5033bbf;

    // Atomics of ARMv8.1 (LSE). The operand, for `cas` also the old value, is Rm.
    Ldaddal8 "ldaddalb" [use_(WM), def(WD), use_(BASE)] 0x38e00000;
    Ldaddal16 "ldaddalh" [use_(WM), def(WD), use_(BASE)] 0x78e00000;
    Ldaddal32 "ldaddal" [use_(WM), def(WD), use_(BASE)] 0xb8e00000;
    Ldaddal64 "ldaddal" [use_(XM), def(XD), use_(BASE)] 0xf8e00000;
    Ldclral8 "ldclralb" [use_(WM), def(WD), use_(BASE)] 0x38e01000;
    Ldclral16 "ldclralh" [use_(WM), def(WD), use_(BASE)] 0x78e01000;
    Ldclral32 "ldclral" [use_(WM), def(WD), use_(BASE)] 0xb8e01000;
    Ldclral64 "ldclral" [use_(XM), def(XD), use_(BASE)] 0xf8e01000;
    Ldeoral8 "ldeoralb" [use_(WM), def(WD), use_(BASE)] 0x38e02000;
    Ldeoral16 "ldeoralh" [use_(WM), def(WD), use_(BASE)] 0x78e02000;
    Ldeoral32 "ldeoral" [use_(WM), def(WD), use_(BASE)] 0xb8e02000;
    Ldeoral64 "ldeoral" [use_(XM), def(XD), use_(BASE)] 0xf8e02000;
    Ldsetal8 "ldsetalb" [use_(WM), def(WD), use_(BASE)] 0x38e03000;
    Ldsetal16 "ldsetalh" [use_(WM), def(WD), use_(BASE)] 0x78e03000;
    Ldsetal32 "ldsetal" [use_(WM), def(WD), use_(BASE)] 0xb8e03000;
    Ldsetal64 "ldsetal" [use_(XM), def(XD), use_(BASE)] 0xf8e03000;
    Swpal8 "swpalb" [use_(WM), def(WD), use_(BASE)] 0x38e08000;
    Swpal16 "swpalh" [use_(WM), def(WD), use_(BASE)] 0x78e08000;
    Swpal32 "swpal" [use_(WM), def(WD), use_(BASE)] 0xb8e08000;
    Swpal64 "swpal" [use_(XM), def(XD), use_(BASE)] 0xf8e08000;
    Casal8 "casalb" [mod_(WM), use_(WD), use_(BASE)] 0x08e0fc00;
    Casal16 "casalh" [mod_(WM), use_(WD), use_(BASE)] 0x48e0fc00;
    Casal32 "casal" [mod_(WM), use_(WD), use_(BASE)] 0x88e0fc00;
    Casal64 "casal" [mod_(XM), use_(XD), use_(BASE)] 0xc8e0fc00;

    // Scalar floating point.
    FmovS "fmov" [def(SD), use_(SN)] 0x1e204000;
    FmovD "fmov" [def(DD), use_(DN)] 0x1e604000;
    FmovIS "fmov" [def(SD), use_(Kind::FloatImm { double: false })] 0x1e201000;
    FmovID "fmov" [def(DD), use_(Kind::FloatImm { double: true })] 0x1e601000;
    FmovWS "fmov" [def(WD), use_(SN)] 0x1e260000;
    FmovSW "fmov" [def(SD), use_(WN)] 0x1e270000;
    FmovXD "fmov" [def(XD), use_(DN)] 0x9e660000;
    FmovDX "fmov" [def(DD), use_(XN)] 0x9e670000;
    FabsS "fabs" [def(SD), use_(SN)] 0x1e20c000;
    FabsD "fabs" [def(DD), use_(DN)] 0x1e60c000;
    FnegS "fneg" [def(SD), use_(SN)] 0x1e214000;
    FnegD "fneg" [def(DD), use_(DN)] 0x1e614000;
    FsqrtS "fsqrt" [def(SD), use_(SN)] 0x1e21c000;
    FsqrtD "fsqrt" [def(DD), use_(DN)] 0x1e61c000;
    FrintnS "frintn" [def(SD), use_(SN)] 0x1e244000;
    FrintnD "frintn" [def(DD), use_(DN)] 0x1e644000;
    FrintpS "frintp" [def(SD), use_(SN)] 0x1e24c000;
    FrintpD "frintp" [def(DD), use_(DN)] 0x1e64c000;
    FrintmS "frintm" [def(SD), use_(SN)] 0x1e254000;
    FrintmD "frintm" [def(DD), use_(DN)] 0x1e654000;
    FrintzS "frintz" [def(SD), use_(SN)] 0x1e25c000;
    FrintzD "frintz" [def(DD), use_(DN)] 0x1e65c000;
    FcvtSD "fcvt" [def(SD), use_(DN)] 0x1e624000;
    FcvtDS "fcvt" [def(DD), use_(SN)] 0x1e22c000;
    FmulS "fmul" [def(SD), use_(SN), use_(SM)] 0x1e200800;
    FmulD "fmul" [def(DD), use_(DN), use_(DM)] 0x1e600800;
    FdivS "fdiv" [def(SD), use_(SN), use_(SM)] 0x1e201800;
    FdivD "fdiv" [def(DD), use_(DN), use_(DM)] 0x1e601800;
    FaddS "fadd" [def(SD), use_(SN), use_(SM)] 0x1e202800;
    FaddD "fadd" [def(DD), use_(DN), use_(DM)] 0x1e602800;
    FsubS "fsub" [def(SD), use_(SN), use_(SM)] 0x1e203800;
    FsubD "fsub" [def(DD), use_(DN), use_(DM)] 0x1e603800;
    FmaxS "fmax" [def(SD), use_(SN), use_(SM)] 0x1e204800;
    FmaxD "fmax" [def(DD), use_(DN), use_(DM)] 0x1e604800;
    FminS "fmin" [def(SD), use_(SN), use_(SM)] 0x1e205800;
    FminD "fmin" [def(DD), use_(DN), use_(DM)] 0x1e605800;
    FnmulS "fnmul" [def(SD), use_(SN), use_(SM)] 0x1e208800;
    FnmulD "fnmul" [def(DD), use_(DN), use_(DM)] 0x1e608800;
    FmaddS "fmadd" [def(SD), use_(SN), use_(SM), use_(SA)] 0x1f000000;
    FmaddD "fmadd" [def(DD), use_(DN), use_(DM), use_(DA)] 0x1f400000;
    FmsubS "fmsub" [def(SD), use_(SN), use_(SM), use_(SA)] 0x1f008000;
    FmsubD "fmsub" [def(DD), use_(DN), use_(DM), use_(DA)] 0x1f408000;
    FnmaddS "fnmadd" [def(SD), use_(SN), use_(SM), use_(SA)] 0x1f200000;
    FnmaddD "fnmadd" [def(DD), use_(DN), use_(DM), use_(DA)] 0x1f600000;
    FnmsubS "fnmsub" [def(SD), use_(SN), use_(SM), use_(SA)] 0x1f208000;
    FnmsubD "fnmsub" [def(DD), use_(DN), use_(DM), use_(DA)] 0x1f608000;
    FcmpS "fcmp" [use_(SN), use_(SM)] 0x1e202000, SETS;
    FcmpZS "fcmp" [use_(SN), use_(Kind::FloatZero)] 0x1e202008, SETS;
    FccmpS "fccmp" [use_(SN), use_(SM), use_(NZCV), use_(CC)] 0x1e200400, READS_AND_SETS;
    FcselS "fcsel" [def(SD), use_(SN), use_(SM), use_(CC)] 0x1e200c00, READS;
    FcmpD "fcmp" [use_(DN), use_(DM)] 0x1e602000, SETS;
    FcmpZD "fcmp" [use_(DN), use_(Kind::FloatZero)] 0x1e602008, SETS;
    FccmpD "fccmp" [use_(DN), use_(DM), use_(NZCV), use_(CC)] 0x1e600400, READS_AND_SETS;
    FcselD "fcsel" [def(DD), use_(DN), use_(DM), use_(CC)] 0x1e600c00, READS;
    FcvtzsS32 "fcvtzs" [def(WD), use_(SN)] 0x1e380000;
    FcvtzsS64 "fcvtzs" [def(XD), use_(SN)] 0x9e380000;
    FcvtzsD32 "fcvtzs" [def(WD), use_(DN)] 0x1e780000;
    FcvtzsD64 "fcvtzs" [def(XD), use_(DN)] 0x9e780000;
    FcvtzuS32 "fcvtzu" [def(WD), use_(SN)] 0x1e390000;
    FcvtzuS64 "fcvtzu" [def(XD), use_(SN)] 0x9e390000;
    FcvtzuD32 "fcvtzu" [def(WD), use_(DN)] 0x1e790000;
    FcvtzuD64 "fcvtzu" [def(XD), use_(DN)] 0x9e790000;
    ScvtfS32 "scvtf" [def(SD), use_(WN)] 0x1e220000;
    ScvtfS64 "scvtf" [def(SD), use_(XN)] 0x9e220000;
    ScvtfD32 "scvtf" [def(DD), use_(WN)] 0x1e620000;
    ScvtfD64 "scvtf" [def(DD), use_(XN)] 0x9e620000;
    UcvtfS32 "ucvtf" [def(SD), use_(WN)] 0x1e230000;
    UcvtfS64 "ucvtf" [def(SD), use_(XN)] 0x9e230000;
    UcvtfD32 "ucvtf" [def(DD), use_(WN)] 0x1e630000;
    UcvtfD64 "ucvtf" [def(DD), use_(XN)] 0x9e630000;

    // Vectors, as far as scalar code needs them: population count, signs, constants.
    MoviD "movi" [def(DD), use_(Kind::ByteMask)] 0x2f00e400;
    Movi2d "movi" [def(V2DD), use_(Kind::ByteMask)] 0x6f00e400;
    Movi2s "movi" [def(V2SD), use_(Kind::LaneImm), use_(Kind::LaneShift { bits: 32 })] 0x0f000400;
    Mvni2s "mvni" [def(V2SD), use_(Kind::LaneImm), use_(Kind::LaneShift { bits: 32 })] 0x2f000400;
    Movi4s "movi" [def(V4SD), use_(Kind::LaneImm), use_(Kind::LaneShift { bits: 32 })] 0x4f000400;
    Mvni4s "mvni" [def(V4SD), use_(Kind::LaneImm), use_(Kind::LaneShift { bits: 32 })] 0x6f000400;
    Movi8b "movi" [def(V8BD), use_(Kind::LaneImm)] 0x0f00e400;
    Movi16b "movi" [def(V16BD), use_(Kind::LaneImm)] 0x4f00e400;
    And8b "and" [def(V8BD), use_(V8BN), use_(V8BM)] 0x0e201c00;
    Bic8b "bic" [def(V8BD), use_(V8BN), use_(V8BM)] 0x0e601c00;
    Orr8b "orr" [def(V8BD), use_(V8BN), use_(V8BM)] 0x0ea01c00;
    Orn8b "orn" [def(V8BD), use_(V8BN), use_(V8BM)] 0x0ee01c00;
    Eor8b "eor" [def(V8BD), use_(V8BN), use_(V8BM)] 0x2e201c00;
    Bsl8b "bsl" [mod_(V8BD), use_(V8BN), use_(V8BM)] 0x2e601c00;
    Bit8b "bit" [mod_(V8BD), use_(V8BN), use_(V8BM)] 0x2ea01c00;
    Bif8b "bif" [mod_(V8BD), use_(V8BN), use_(V8BM)] 0x2ee01c00;
    Mov8b "mov" [def(V8BD), use_(V8BB)] 0x0ea01c00;
    Cnt8b "cnt" [def(V8BD), use_(V8BN)] 0x0e205800;
    Addv8b "addv" [def(BD), use_(V8BN)] 0x0e31b800;
    And16b "and" [def(V16BD), use_(V16BN), use_(V16BM)] 0x4e201c00;
    Bic16b "bic" [def(V16BD), use_(V16BN), use_(V16BM)] 0x4e601c00;
    Orr16b "orr" [def(V16BD), use_(V16BN), use_(V16BM)] 0x4ea01c00;
    Orn16b "orn" [def(V16BD), use_(V16BN), use_(V16BM)] 0x4ee01c00;
    Eor16b "eor" [def(V16BD), use_(V16BN), use_(V16BM)] 0x6e201c00;
    Bsl16b "bsl" [mod_(V16BD), use_(V16BN), use_(V16BM)] 0x6e601c00;
    Bit16b "bit" [mod_(V16BD), use_(V16BN), use_(V16BM)] 0x6ea01c00;
    Bif16b "bif" [mod_(V16BD), use_(V16BN), use_(V16BM)] 0x6ee01c00;
    Mov16b "mov" [def(V16BD), use_(V16BB)] 0x4ea01c00;
    Cnt16b "cnt" [def(V16BD), use_(V16BN)] 0x4e205800;
    Addv16b "addv" [def(BD), use_(V16BN)] 0x4e31b800;
    Fneg2s "fneg" [def(V2SD), use_(V2SN)] 0x2ea0f800;
    Fneg4s "fneg" [def(V4SD), use_(V4SN)] 0x6ea0f800;
    Fneg2d "fneg" [def(V2DD), use_(V2DN)] 0x6ee0f800;
] }
