//! The row table: every instruction form of x86-64 that we use, one row each.
//!
//! A row says the mnemonic, the operands in Intel order with their roles, the encoding, and what happens to the flags.
//! The register allocator's view (`mir.rs`), the encoder (`encode.rs`), the printer (`print.rs`) and the encoder tests all read
//! the rows, so that adding an instruction is adding a line.
//!
//! A row is written `Form "mnemonic" [operands] encoding, flags;`. An operand is `role(KIND)`. The roles are `def` (written), `use_`
//! (read) and `mod_` (read and written: in registers, source and destination are the same register). Kinds are named
//! after the place in the encoding: `R` ModRM.reg, `Rm` ModRM.rm as register or memory, `RmR`/`M` only register/only memory, `O` low
//! opcode bits, `I` immediate (sign-extended to the instruction's width where that is wider), `X`/`Xm`/`XmM` the same for xmm
//! registers, and `V`/`VR` the register in the VEX prefix. `Rax`, `Rdx`, `Cl` and `Xmm0` are implied by the opcode.
//!
//! # VEX twins
//!
//! AVX encodes every vector and scalar float instruction anew, with a destination of its own. A row `Form/VexForm` is both: what is written
//! is the legacy one, and its twin ([`Form::vex`]) has the mnemonic with a `v` before it, the same opcode behind a VEX prefix, and the
//! operands
//!
//! - `def(X), use_(V), …` for `mod_(X), …` (and `def(V), use_(XR), …` for `mod_(XR), …`): the result and the first source are apart;
//! - `def(X), use_(V), …` for `merge(X), …`: scalar results whose upper lanes the legacy form keeps and the twin takes from a source.
//!   (Nothing reads these lanes, so the source is any register that is at hand.)

mod row;

use self::row::op;
pub use self::row::{Enc, Flags, Kind, Map, Opd, Place, Role, Row};
use super::regs::{RAX, RCX, RDX, Reg, Width, xmm};

const fn def(kind: Kind) -> Opd {
    Opd {
        role: Role::Def,
        kind,
    }
}
const fn use_(kind: Kind) -> Opd {
    Opd {
        role: Role::Use,
        kind,
    }
}
const fn mod_(kind: Kind) -> Opd {
    Opd {
        role: Role::Mod,
        kind,
    }
}

/// Written in part; nothing reads the rest.
const fn merge(kind: Kind) -> Opd {
    def(kind)
}

const fn gpr(place: Place, width: Width) -> Kind {
    Kind {
        place,
        width,
        xmm: false,
        address: false,
        partial: false,
    }
}
const fn vec(place: Place, width: Width) -> Kind {
    Kind {
        place,
        width,
        xmm: true,
        address: false,
        partial: false,
    }
}
const RM: Place = Place::Rm {
    reg: true,
    mem: true,
};
const RM_REG: Place = Place::Rm {
    reg: true,
    mem: false,
};
const RM_MEM: Place = Place::Rm {
    reg: false,
    mem: true,
};
const fn fixed(reg: Reg, printed: bool) -> Place {
    Place::Fixed { reg, printed }
}

const R8: Kind = gpr(Place::Reg, Width::B8);
const R16: Kind = gpr(Place::Reg, Width::B16);
const R32: Kind = gpr(Place::Reg, Width::B32);
const R64: Kind = gpr(Place::Reg, Width::B64);
const RM8: Kind = gpr(RM, Width::B8);
const RM16: Kind = gpr(RM, Width::B16);
const RM32: Kind = gpr(RM, Width::B32);
const RM64: Kind = gpr(RM, Width::B64);
const RMR8: Kind = gpr(RM_REG, Width::B8);
const RMR32: Kind = gpr(RM_REG, Width::B32);
const RMR64: Kind = gpr(RM_REG, Width::B64);
const M8: Kind = gpr(RM_MEM, Width::B8);
const M16: Kind = gpr(RM_MEM, Width::B16);
const M32: Kind = gpr(RM_MEM, Width::B32);
const M64: Kind = gpr(RM_MEM, Width::B64);
const O32: Kind = gpr(Place::Opcode, Width::B32);
const O64: Kind = gpr(Place::Opcode, Width::B64);
const I8: Kind = gpr(Place::Imm(1), Width::B8);
const I16: Kind = gpr(Place::Imm(2), Width::B16);
const I32: Kind = gpr(Place::Imm(4), Width::B32);
const I64: Kind = gpr(Place::Imm(8), Width::B64);
const X: Kind = vec(Place::Reg, Width::B128);
const XM32: Kind = vec(RM, Width::B32);
const XM64: Kind = vec(RM, Width::B64);
const XM128: Kind = vec(RM, Width::B128);
const XMM32: Kind = vec(RM_MEM, Width::B32);
const XMM64: Kind = vec(RM_MEM, Width::B64);
const XMM128: Kind = vec(RM_MEM, Width::B128);
const XM8: Kind = vec(RM, Width::B8);
const XM16: Kind = vec(RM, Width::B16);
const XP128: Kind = Kind {
    partial: true,
    ..XM128
};
const XR: Kind = vec(RM_REG, Width::B128);
const V: Kind = vec(Place::Vvvv, Width::B128);
const IS4: Kind = vec(Place::Is4, Width::B128);
const VR32: Kind = gpr(Place::Vvvv, Width::B32);
const VR64: Kind = gpr(Place::Vvvv, Width::B64);
const XMM0: Kind = vec(fixed(xmm(0), true), Width::B128);
const CL: Kind = gpr(fixed(RCX, true), Width::B8);
const RAX_: Kind = gpr(fixed(RAX, false), Width::B64);
const RDX_: Kind = gpr(fixed(RDX, false), Width::B64);
const CC: Kind = gpr(Place::Cc, Width::B8);
const REL: Kind = gpr(Place::Rel, Width::B64);
const ADDR: Kind = Kind {
    place: RM_MEM,
    width: Width::B64,
    xmm: false,
    address: true,
    partial: false,
};

/// Expands to the enum [`Form`], the table `ROWS`, indexed by it, and the table `TWINS` of rows with a VEX twin.
macro_rules! rows {
    (@flags) => { Flags::Keeps };
    (@flags SETS) => { Flags::Sets };
    (@flags READS) => { Flags::Reads };
    (@flags READS_AND_SETS) => { Flags::ReadsAndSets };
    (@operands [$($opd:expr),*]) => { &[$($opd),*] };
    (@twin [mod_(X), $($opd:expr),*]) => { &[def(X), use_(V), $($opd),*] };
    (@twin [mod_(XR), $($opd:expr),*]) => { &[def(V), use_(XR), $($opd),*] };
    (@twin [merge(X), $($opd:expr),*]) => { &[def(X), use_(V), $($opd),*] };
    (@twin [$($opd:expr),*]) => { &[$($opd),*] };
    ($( $form:ident $(/ $twin:ident)? $mnemonic:literal $operands:tt $enc:expr $(, $flags:ident)?; )*) => {
        /// Names of the rows.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Form { $($form, $($twin,)?)* }
        impl Form {
            /// Every form, in table order.
            pub const ALL: &'static [Form] = &[$(Form::$form, $(Form::$twin,)?)*];
        }
        /// What a form that is no twin does with the flags.
        const fn flags(form: Form) -> Flags {
            match form {
                $(Form::$form => rows!(@flags $($flags)?),)*
                _ => Flags::Keeps,
            }
        }
        static ROWS: &[Row] = &[$(
            Row {
                mnemonic: $mnemonic,
                operands: rows!(@operands $operands),
                enc: $enc,
                flags: rows!(@flags $($flags)?),
            },
            $(Row {
                mnemonic: concat!("v", $mnemonic),
                operands: {
                    // The name is only there to say that there is a twin.
                    let _ = Form::$twin;
                    rows!(@twin $operands)
                },
                enc: ($enc).vex(),
                flags: flags(Form::$form),
            },)?
        )*];
        static TWINS: &[(Form, Form)] = &[$( $((Form::$form, Form::$twin),)? )*];
    };
}

impl Form {
    /// The row.
    pub fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
    /// The VEX form of a legacy SSE form. Twins follow their rows in the table.
    pub fn vex(self) -> Option<Form> {
        let at = TWINS.binary_search_by_key(&(self as usize), |(form, _)| *form as usize);
        at.ok().map(|at| TWINS[at].1)
    }
}

rows! {

    // Moves.
    MovRRm32 "mov" [def(R32), use_(RM32)] op(0x8b);
    MovRRm64 "mov" [def(R64), use_(RM64)] op(0x8b).w();
    MovMR8 "mov" [def(M8), use_(R8)] op(0x88);
    MovMR16 "mov" [def(M16), use_(R16)] op(0x89).p66();
    MovMR32 "mov" [def(M32), use_(R32)] op(0x89);
    MovMR64 "mov" [def(M64), use_(R64)] op(0x89).w();
    MovRI32 "mov" [def(O32), use_(I32)] op(0xb8).plus_reg();
    MovRI64s "mov" [def(RMR64), use_(I32)] op(0xc7).digit(0).w();
    MovRI64 "movabs" [def(O64), use_(I64)] op(0xb8).plus_reg().w();
    MovMI8 "mov" [def(M8), use_(I8)] op(0xc6).digit(0);
    MovMI16 "mov" [def(M16), use_(I16)] op(0xc7).digit(0).p66();
    MovMI32 "mov" [def(M32), use_(I32)] op(0xc7).digit(0);
    MovMI64 "mov" [def(M64), use_(I32)] op(0xc7).digit(0).w();
    MovsxR32Rm8 "movsx" [def(R32), use_(RM8)] op(0xbe).m0f();
    MovsxR32Rm16 "movsx" [def(R32), use_(RM16)] op(0xbf).m0f();
    MovsxR64Rm8 "movsx" [def(R64), use_(RM8)] op(0xbe).m0f().w();
    MovsxR64Rm16 "movsx" [def(R64), use_(RM16)] op(0xbf).m0f().w();
    MovsxdR64Rm32 "movsxd" [def(R64), use_(RM32)] op(0x63).w();
    MovzxR32Rm8 "movzx" [def(R32), use_(RM8)] op(0xb6).m0f();
    MovzxR32Rm16 "movzx" [def(R32), use_(RM16)] op(0xb7).m0f();
    Lea32 "lea" [def(R32), use_(ADDR)] op(0x8d);
    Lea64 "lea" [def(R64), use_(ADDR)] op(0x8d).w();
    Xchg64 "xchg" [mod_(RMR64), mod_(R64)] op(0x87).w();
    Push "push" [use_(O64)] op(0x50).plus_reg();
    Pop "pop" [def(O64)] op(0x58).plus_reg();

    // Integer arithmetic.
    AddRRm32 "add" [mod_(R32), use_(RM32)] op(0x03), SETS;
    AddRRm64 "add" [mod_(R64), use_(RM64)] op(0x03).w(), SETS;
    AddMR8 "add" [mod_(M8), use_(R8)] op(0x00), SETS;
    AddMR16 "add" [mod_(M16), use_(R16)] op(0x01).p66(), SETS;
    AddMR32 "add" [mod_(M32), use_(R32)] op(0x01), SETS;
    AddMR64 "add" [mod_(M64), use_(R64)] op(0x01).w(), SETS;
    AddRmI8 "add" [mod_(RM8), use_(I8)] op(0x80).digit(0), SETS;
    AddRmI16 "add" [mod_(RM16), use_(I16)] op(0x81).digit(0).short(0x83).p66(), SETS;
    AddRmI32 "add" [mod_(RM32), use_(I32)] op(0x81).digit(0).short(0x83), SETS;
    AddRmI64 "add" [mod_(RM64), use_(I32)] op(0x81).digit(0).short(0x83).w(), SETS;
    OrRRm32 "or" [mod_(R32), use_(RM32)] op(0x0b), SETS;
    OrRRm64 "or" [mod_(R64), use_(RM64)] op(0x0b).w(), SETS;
    OrMR8 "or" [mod_(M8), use_(R8)] op(0x08), SETS;
    OrMR16 "or" [mod_(M16), use_(R16)] op(0x09).p66(), SETS;
    OrMR32 "or" [mod_(M32), use_(R32)] op(0x09), SETS;
    OrMR64 "or" [mod_(M64), use_(R64)] op(0x09).w(), SETS;
    OrRmI8 "or" [mod_(RM8), use_(I8)] op(0x80).digit(1), SETS;
    OrRmI16 "or" [mod_(RM16), use_(I16)] op(0x81).digit(1).short(0x83).p66(), SETS;
    OrRmI32 "or" [mod_(RM32), use_(I32)] op(0x81).digit(1).short(0x83), SETS;
    OrRmI64 "or" [mod_(RM64), use_(I32)] op(0x81).digit(1).short(0x83).w(), SETS;
    AndRRm32 "and" [mod_(R32), use_(RM32)] op(0x23), SETS;
    AndRRm64 "and" [mod_(R64), use_(RM64)] op(0x23).w(), SETS;
    AndMR8 "and" [mod_(M8), use_(R8)] op(0x20), SETS;
    AndMR16 "and" [mod_(M16), use_(R16)] op(0x21).p66(), SETS;
    AndMR32 "and" [mod_(M32), use_(R32)] op(0x21), SETS;
    AndMR64 "and" [mod_(M64), use_(R64)] op(0x21).w(), SETS;
    AndRmI8 "and" [mod_(RM8), use_(I8)] op(0x80).digit(4), SETS;
    AndRmI16 "and" [mod_(RM16), use_(I16)] op(0x81).digit(4).short(0x83).p66(), SETS;
    AndRmI32 "and" [mod_(RM32), use_(I32)] op(0x81).digit(4).short(0x83), SETS;
    AndRmI64 "and" [mod_(RM64), use_(I32)] op(0x81).digit(4).short(0x83).w(), SETS;
    AdcRRm64 "adc" [mod_(R64), use_(RM64)] op(0x13).w(), READS_AND_SETS;
    AdcRmI64 "adc" [mod_(RM64), use_(I32)] op(0x81).digit(2).short(0x83).w(), READS_AND_SETS;
    SbbRRm64 "sbb" [mod_(R64), use_(RM64)] op(0x1b).w(), READS_AND_SETS;
    SbbRmI64 "sbb" [mod_(RM64), use_(I32)] op(0x81).digit(3).short(0x83).w(), READS_AND_SETS;
    SubRRm32 "sub" [mod_(R32), use_(RM32)] op(0x2b), SETS;
    SubRRm64 "sub" [mod_(R64), use_(RM64)] op(0x2b).w(), SETS;
    SubMR8 "sub" [mod_(M8), use_(R8)] op(0x28), SETS;
    SubMR16 "sub" [mod_(M16), use_(R16)] op(0x29).p66(), SETS;
    SubMR32 "sub" [mod_(M32), use_(R32)] op(0x29), SETS;
    SubMR64 "sub" [mod_(M64), use_(R64)] op(0x29).w(), SETS;
    SubRmI8 "sub" [mod_(RM8), use_(I8)] op(0x80).digit(5), SETS;
    SubRmI16 "sub" [mod_(RM16), use_(I16)] op(0x81).digit(5).short(0x83).p66(), SETS;
    SubRmI32 "sub" [mod_(RM32), use_(I32)] op(0x81).digit(5).short(0x83), SETS;
    SubRmI64 "sub" [mod_(RM64), use_(I32)] op(0x81).digit(5).short(0x83).w(), SETS;
    XorRRm32 "xor" [mod_(R32), use_(RM32)] op(0x33), SETS;
    XorRRm64 "xor" [mod_(R64), use_(RM64)] op(0x33).w(), SETS;
    XorMR8 "xor" [mod_(M8), use_(R8)] op(0x30), SETS;
    XorMR16 "xor" [mod_(M16), use_(R16)] op(0x31).p66(), SETS;
    XorMR32 "xor" [mod_(M32), use_(R32)] op(0x31), SETS;
    XorMR64 "xor" [mod_(M64), use_(R64)] op(0x31).w(), SETS;
    XorRmI8 "xor" [mod_(RM8), use_(I8)] op(0x80).digit(6), SETS;
    XorRmI16 "xor" [mod_(RM16), use_(I16)] op(0x81).digit(6).short(0x83).p66(), SETS;
    XorRmI32 "xor" [mod_(RM32), use_(I32)] op(0x81).digit(6).short(0x83), SETS;
    XorRmI64 "xor" [mod_(RM64), use_(I32)] op(0x81).digit(6).short(0x83).w(), SETS;
    CmpRRm8 "cmp" [use_(R8), use_(RM8)] op(0x3a), SETS;
    CmpRRm16 "cmp" [use_(R16), use_(RM16)] op(0x3b).p66(), SETS;
    CmpRRm32 "cmp" [use_(R32), use_(RM32)] op(0x3b), SETS;
    CmpRRm64 "cmp" [use_(R64), use_(RM64)] op(0x3b).w(), SETS;
    CmpMR8 "cmp" [use_(M8), use_(R8)] op(0x38), SETS;
    CmpMR16 "cmp" [use_(M16), use_(R16)] op(0x39).p66(), SETS;
    CmpMR32 "cmp" [use_(M32), use_(R32)] op(0x39), SETS;
    CmpMR64 "cmp" [use_(M64), use_(R64)] op(0x39).w(), SETS;
    CmpRmI8 "cmp" [use_(RM8), use_(I8)] op(0x80).digit(7), SETS;
    CmpRmI16 "cmp" [use_(RM16), use_(I16)] op(0x81).digit(7).short(0x83).p66(), SETS;
    CmpRmI32 "cmp" [use_(RM32), use_(I32)] op(0x81).digit(7).short(0x83), SETS;
    CmpRmI64 "cmp" [use_(RM64), use_(I32)] op(0x81).digit(7).short(0x83).w(), SETS;
    TestRmR8 "test" [use_(RM8), use_(R8)] op(0x84), SETS;
    TestRmR16 "test" [use_(RM16), use_(R16)] op(0x85).p66(), SETS;
    TestRmR32 "test" [use_(RM32), use_(R32)] op(0x85), SETS;
    TestRmR64 "test" [use_(RM64), use_(R64)] op(0x85).w(), SETS;
    TestRmI8 "test" [use_(RM8), use_(I8)] op(0xf6).digit(0), SETS;
    TestRmI16 "test" [use_(RM16), use_(I16)] op(0xf7).digit(0).p66(), SETS;
    TestRmI32 "test" [use_(RM32), use_(I32)] op(0xf7).digit(0), SETS;
    TestRmI64 "test" [use_(RM64), use_(I32)] op(0xf7).digit(0).w(), SETS;
    ImulRRm32 "imul" [mod_(R32), use_(RM32)] op(0xaf).m0f(), SETS;
    ImulRRm64 "imul" [mod_(R64), use_(RM64)] op(0xaf).m0f().w(), SETS;
    ImulRRmI32 "imul" [def(R32), use_(RM32), use_(I32)] op(0x69).short(0x6b), SETS;
    ImulRRmI64 "imul" [def(R64), use_(RM64), use_(I32)] op(0x69).short(0x6b).w(), SETS;
    Not32 "not" [mod_(RM32)] op(0xf7).digit(2);
    Not64 "not" [mod_(RM64)] op(0xf7).digit(2).w();
    Neg32 "neg" [mod_(RM32)] op(0xf7).digit(3), SETS;
    Neg64 "neg" [mod_(RM64)] op(0xf7).digit(3).w(), SETS;
    Mul32 "mul" [use_(RM32), mod_(RAX_), def(RDX_)] op(0xf7).digit(4), SETS;
    Mul64 "mul" [use_(RM64), mod_(RAX_), def(RDX_)] op(0xf7).digit(4).w(), SETS;
    Imul32 "imul" [use_(RM32), mod_(RAX_), def(RDX_)] op(0xf7).digit(5), SETS;
    Imul64 "imul" [use_(RM64), mod_(RAX_), def(RDX_)] op(0xf7).digit(5).w(), SETS;
    Div32 "div" [use_(RM32), mod_(RAX_), mod_(RDX_)] op(0xf7).digit(6), SETS;
    Div64 "div" [use_(RM64), mod_(RAX_), mod_(RDX_)] op(0xf7).digit(6).w(), SETS;
    Idiv32 "idiv" [use_(RM32), mod_(RAX_), mod_(RDX_)] op(0xf7).digit(7), SETS;
    Idiv64 "idiv" [use_(RM64), mod_(RAX_), mod_(RDX_)] op(0xf7).digit(7).w(), SETS;
    Cdq "cdq" [use_(RAX_), def(RDX_)] op(0x99).bare();
    Cqo "cqo" [use_(RAX_), def(RDX_)] op(0x99).bare().w();
    RolRmCl32 "rol" [mod_(RM32), use_(CL)] op(0xd3).digit(0), SETS;
    RolRmCl64 "rol" [mod_(RM64), use_(CL)] op(0xd3).digit(0).w(), SETS;
    RolRmI32 "rol" [mod_(RM32), use_(I8)] op(0xc1).digit(0), SETS;
    RolRmI16 "rol" [mod_(RM16), use_(I8)] op(0xc1).digit(0).p66(), SETS;
    RolRmI64 "rol" [mod_(RM64), use_(I8)] op(0xc1).digit(0).w(), SETS;
    RorRmCl32 "ror" [mod_(RM32), use_(CL)] op(0xd3).digit(1), SETS;
    RorRmCl64 "ror" [mod_(RM64), use_(CL)] op(0xd3).digit(1).w(), SETS;
    RorRmI32 "ror" [mod_(RM32), use_(I8)] op(0xc1).digit(1), SETS;
    RorRmI64 "ror" [mod_(RM64), use_(I8)] op(0xc1).digit(1).w(), SETS;
    ShlRmCl32 "shl" [mod_(RM32), use_(CL)] op(0xd3).digit(4), SETS;
    ShlRmCl64 "shl" [mod_(RM64), use_(CL)] op(0xd3).digit(4).w(), SETS;
    ShlRmI32 "shl" [mod_(RM32), use_(I8)] op(0xc1).digit(4), SETS;
    ShlRmI64 "shl" [mod_(RM64), use_(I8)] op(0xc1).digit(4).w(), SETS;
    ShrRmCl32 "shr" [mod_(RM32), use_(CL)] op(0xd3).digit(5), SETS;
    ShrRmCl64 "shr" [mod_(RM64), use_(CL)] op(0xd3).digit(5).w(), SETS;
    ShrRmI32 "shr" [mod_(RM32), use_(I8)] op(0xc1).digit(5), SETS;
    ShrRmI64 "shr" [mod_(RM64), use_(I8)] op(0xc1).digit(5).w(), SETS;
    SarRmCl32 "sar" [mod_(RM32), use_(CL)] op(0xd3).digit(7), SETS;
    SarRmCl64 "sar" [mod_(RM64), use_(CL)] op(0xd3).digit(7).w(), SETS;
    SarRmI32 "sar" [mod_(RM32), use_(I8)] op(0xc1).digit(7), SETS;
    SarRmI64 "sar" [mod_(RM64), use_(I8)] op(0xc1).digit(7).w(), SETS;
    Bsf32 "bsf" [def(R32), use_(RM32)] op(0xbc).m0f(), SETS;
    Bsf64 "bsf" [def(R64), use_(RM64)] op(0xbc).m0f().w(), SETS;
    Bsr32 "bsr" [def(R32), use_(RM32)] op(0xbd).m0f(), SETS;
    Bsr64 "bsr" [def(R64), use_(RM64)] op(0xbd).m0f().w(), SETS;
    Popcnt32 "popcnt" [mod_(R32), use_(RM32)] op(0xb8).m0f().pf3(), SETS;
    Popcnt64 "popcnt" [mod_(R64), use_(RM64)] op(0xb8).m0f().pf3().w(), SETS;
    Bswap32 "bswap" [mod_(O32)] op(0xc8).m0f().plus_reg();
    Bswap64 "bswap" [mod_(O64)] op(0xc8).m0f().plus_reg().w();
    BtsRmI64 "bts" [mod_(RMR64), use_(I8)] op(0xba).m0f().digit(5).w(), SETS;

    // Atomics; `xchg` with memory is always locked.
    LockXaddMR8 "lock xadd" [mod_(M8), mod_(R8)] op(0xc0).m0f().lock(), SETS;
    LockXaddMR16 "lock xadd" [mod_(M16), mod_(R16)] op(0xc1).m0f().p66().lock(), SETS;
    LockXaddMR32 "lock xadd" [mod_(M32), mod_(R32)] op(0xc1).m0f().lock(), SETS;
    LockXaddMR64 "lock xadd" [mod_(M64), mod_(R64)] op(0xc1).m0f().w().lock(), SETS;
    XchgMR8 "xchg" [mod_(M8), mod_(R8)] op(0x86);
    XchgMR16 "xchg" [mod_(M16), mod_(R16)] op(0x87).p66();
    XchgMR32 "xchg" [mod_(M32), mod_(R32)] op(0x87);
    XchgMR64 "xchg" [mod_(M64), mod_(R64)] op(0x87).w();
    LockCmpxchgMR8 "lock cmpxchg" [mod_(M8), use_(R8), mod_(RAX_)] op(0xb0).m0f().lock(), SETS;
    LockCmpxchgMR16 "lock cmpxchg" [mod_(M16), use_(R16), mod_(RAX_)] op(0xb1).m0f().p66().lock(), SETS;
    LockCmpxchgMR32 "lock cmpxchg" [mod_(M32), use_(R32), mod_(RAX_)] op(0xb1).m0f().lock(), SETS;
    LockCmpxchgMR64 "lock cmpxchg" [mod_(M64), use_(R64), mod_(RAX_)] op(0xb1).m0f().w().lock(), SETS;
    LockAddMR8 "lock add" [mod_(M8), use_(R8)] op(0x00).lock(), SETS;
    LockAddMR16 "lock add" [mod_(M16), use_(R16)] op(0x01).p66().lock(), SETS;
    LockAddMR32 "lock add" [mod_(M32), use_(R32)] op(0x01).lock(), SETS;
    LockAddMR64 "lock add" [mod_(M64), use_(R64)] op(0x01).w().lock(), SETS;
    LockAddMI8 "lock add" [mod_(M8), use_(I8)] op(0x80).digit(0).lock(), SETS;
    LockAddMI16 "lock add" [mod_(M16), use_(I16)] op(0x81).short(0x83).p66().digit(0).lock(), SETS;
    LockAddMI32 "lock add" [mod_(M32), use_(I32)] op(0x81).short(0x83).digit(0).lock(), SETS;
    LockAddMI64 "lock add" [mod_(M64), use_(I32)] op(0x81).short(0x83).w().digit(0).lock(), SETS;
    LockOrMR8 "lock or" [mod_(M8), use_(R8)] op(0x08).lock(), SETS;
    LockOrMR16 "lock or" [mod_(M16), use_(R16)] op(0x09).p66().lock(), SETS;
    LockOrMR32 "lock or" [mod_(M32), use_(R32)] op(0x09).lock(), SETS;
    LockOrMR64 "lock or" [mod_(M64), use_(R64)] op(0x09).w().lock(), SETS;
    LockOrMI8 "lock or" [mod_(M8), use_(I8)] op(0x80).digit(1).lock(), SETS;
    LockOrMI16 "lock or" [mod_(M16), use_(I16)] op(0x81).short(0x83).p66().digit(1).lock(), SETS;
    LockOrMI32 "lock or" [mod_(M32), use_(I32)] op(0x81).short(0x83).digit(1).lock(), SETS;
    LockOrMI64 "lock or" [mod_(M64), use_(I32)] op(0x81).short(0x83).w().digit(1).lock(), SETS;
    LockAndMR8 "lock and" [mod_(M8), use_(R8)] op(0x20).lock(), SETS;
    LockAndMR16 "lock and" [mod_(M16), use_(R16)] op(0x21).p66().lock(), SETS;
    LockAndMR32 "lock and" [mod_(M32), use_(R32)] op(0x21).lock(), SETS;
    LockAndMR64 "lock and" [mod_(M64), use_(R64)] op(0x21).w().lock(), SETS;
    LockAndMI8 "lock and" [mod_(M8), use_(I8)] op(0x80).digit(4).lock(), SETS;
    LockAndMI16 "lock and" [mod_(M16), use_(I16)] op(0x81).short(0x83).p66().digit(4).lock(), SETS;
    LockAndMI32 "lock and" [mod_(M32), use_(I32)] op(0x81).short(0x83).digit(4).lock(), SETS;
    LockAndMI64 "lock and" [mod_(M64), use_(I32)] op(0x81).short(0x83).w().digit(4).lock(), SETS;
    LockSubMR8 "lock sub" [mod_(M8), use_(R8)] op(0x28).lock(), SETS;
    LockSubMR16 "lock sub" [mod_(M16), use_(R16)] op(0x29).p66().lock(), SETS;
    LockSubMR32 "lock sub" [mod_(M32), use_(R32)] op(0x29).lock(), SETS;
    LockSubMR64 "lock sub" [mod_(M64), use_(R64)] op(0x29).w().lock(), SETS;
    LockSubMI8 "lock sub" [mod_(M8), use_(I8)] op(0x80).digit(5).lock(), SETS;
    LockSubMI16 "lock sub" [mod_(M16), use_(I16)] op(0x81).short(0x83).p66().digit(5).lock(), SETS;
    LockSubMI32 "lock sub" [mod_(M32), use_(I32)] op(0x81).short(0x83).digit(5).lock(), SETS;
    LockSubMI64 "lock sub" [mod_(M64), use_(I32)] op(0x81).short(0x83).w().digit(5).lock(), SETS;
    LockXorMR8 "lock xor" [mod_(M8), use_(R8)] op(0x30).lock(), SETS;
    LockXorMR16 "lock xor" [mod_(M16), use_(R16)] op(0x31).p66().lock(), SETS;
    LockXorMR32 "lock xor" [mod_(M32), use_(R32)] op(0x31).lock(), SETS;
    LockXorMR64 "lock xor" [mod_(M64), use_(R64)] op(0x31).w().lock(), SETS;
    LockXorMI8 "lock xor" [mod_(M8), use_(I8)] op(0x80).digit(6).lock(), SETS;
    LockXorMI16 "lock xor" [mod_(M16), use_(I16)] op(0x81).short(0x83).p66().digit(6).lock(), SETS;
    LockXorMI32 "lock xor" [mod_(M32), use_(I32)] op(0x81).short(0x83).digit(6).lock(), SETS;
    LockXorMI64 "lock xor" [mod_(M64), use_(I32)] op(0x81).short(0x83).w().digit(6).lock(), SETS;

    // Conditions; the first operand is the condition code, which is added to the opcode.
    Setcc "set" [use_(CC), mod_(RMR8)] op(0x90).m0f().digit(0), READS;
    Cmov32 "cmov" [use_(CC), mod_(R32), use_(RM32)] op(0x40).m0f(), READS;
    Cmov64 "cmov" [use_(CC), mod_(R64), use_(RM64)] op(0x40).m0f().w(), READS;

    // Control.
    Jcc "j" [use_(CC), use_(REL)] op(0x80).m0f().bare(), READS;
    Jmp "jmp" [use_(REL)] op(0xe9).bare();
    JmpRm "jmp" [use_(RM64)] op(0xff).digit(4);
    Call "call" [use_(REL)] op(0xe8).bare(), SETS;
    CallRm "call" [use_(RM64)] op(0xff).digit(2), SETS;
    Ret "ret" [] op(0xc3).bare();
    Ud2 "ud2" [] op(0x0b).m0f().bare();

    // Scalar and bitwise floating point.
    MovsXMS/VmovsXMS "movss" [def(X), use_(XMM32)] op(0x10).m0f().pf3();
    MovsMXS/VmovsMXS "movss" [def(XMM32), use_(X)] op(0x11).m0f().pf3();
    AddsS/VaddsS "addss" [mod_(X), use_(XM32)] op(0x58).m0f().pf3();
    MulsS/VmulsS "mulss" [mod_(X), use_(XM32)] op(0x59).m0f().pf3();
    SubsS/VsubsS "subss" [mod_(X), use_(XM32)] op(0x5c).m0f().pf3();
    MinsS/VminsS "minss" [mod_(X), use_(XM32)] op(0x5d).m0f().pf3();
    DivsS/VdivsS "divss" [mod_(X), use_(XM32)] op(0x5e).m0f().pf3();
    MaxsS/VmaxsS "maxss" [mod_(X), use_(XM32)] op(0x5f).m0f().pf3();
    SqrtsS/VsqrtsS "sqrtss" [merge(X), use_(XM32)] op(0x51).m0f().pf3();
    UcomisS/VucomisS "ucomiss" [use_(X), use_(XM32)] op(0x2e).m0f(), SETS;
    RoundsS/VroundsS "roundss" [merge(X), use_(XM32), use_(I8)] op(0x0a).m0f3a().p66();
    Cvtsi322sS/Vcvtsi322sS "cvtsi2ss" [mod_(X), use_(RM32)] op(0x2a).m0f().pf3();
    CvttsS2si32/VcvttsS2si32 "cvttss2si" [def(R32), use_(XM32)] op(0x2c).m0f().pf3();
    Cvtsi642sS/Vcvtsi642sS "cvtsi2ss" [mod_(X), use_(RM64)] op(0x2a).m0f().pf3().w();
    CvttsS2si64/VcvttsS2si64 "cvttss2si" [def(R64), use_(XM32)] op(0x2c).m0f().pf3().w();
    MovsXMD/VmovsXMD "movsd" [def(X), use_(XMM64)] op(0x10).m0f().pf2();
    MovsMXD/VmovsMXD "movsd" [def(XMM64), use_(X)] op(0x11).m0f().pf2();
    AddsD/VaddsD "addsd" [mod_(X), use_(XM64)] op(0x58).m0f().pf2();
    MulsD/VmulsD "mulsd" [mod_(X), use_(XM64)] op(0x59).m0f().pf2();
    SubsD/VsubsD "subsd" [mod_(X), use_(XM64)] op(0x5c).m0f().pf2();
    MinsD/VminsD "minsd" [mod_(X), use_(XM64)] op(0x5d).m0f().pf2();
    DivsD/VdivsD "divsd" [mod_(X), use_(XM64)] op(0x5e).m0f().pf2();
    MaxsD/VmaxsD "maxsd" [mod_(X), use_(XM64)] op(0x5f).m0f().pf2();
    SqrtsD/VsqrtsD "sqrtsd" [merge(X), use_(XM64)] op(0x51).m0f().pf2();
    UcomisD/VucomisD "ucomisd" [use_(X), use_(XM64)] op(0x2e).m0f().p66(), SETS;
    RoundsD/VroundsD "roundsd" [merge(X), use_(XM64), use_(I8)] op(0x0b).m0f3a().p66();
    Cvtsi322sD/Vcvtsi322sD "cvtsi2sd" [mod_(X), use_(RM32)] op(0x2a).m0f().pf2();
    CvttsD2si32/VcvttsD2si32 "cvttsd2si" [def(R32), use_(XM64)] op(0x2c).m0f().pf2();
    Cvtsi642sD/Vcvtsi642sD "cvtsi2sd" [mod_(X), use_(RM64)] op(0x2a).m0f().pf2().w();
    CvttsD2si64/VcvttsD2si64 "cvttsd2si" [def(R64), use_(XM64)] op(0x2c).m0f().pf2().w();
    CvtsS2sD/VcvtsS2sD "cvtss2sd" [merge(X), use_(XM32)] op(0x5a).m0f().pf3();
    CvtsD2sS/VcvtsD2sS "cvtsd2ss" [merge(X), use_(XM64)] op(0x5a).m0f().pf2();
    Movaps/Vmovaps "movaps" [def(X), use_(XP128)] op(0x28).m0f();
    Movups/Vmovups "movups" [def(X), use_(XMM128)] op(0x10).m0f();
    MovupsM/VmovupsM "movups" [def(XMM128), use_(X)] op(0x11).m0f();
    Andps/Vandps "andps" [mod_(X), use_(XP128)] op(0x54).m0f();
    Andnps/Vandnps "andnps" [mod_(X), use_(XP128)] op(0x55).m0f();
    Orps/Vorps "orps" [mod_(X), use_(XP128)] op(0x56).m0f();
    Xorps/Vxorps "xorps" [mod_(X), use_(XP128)] op(0x57).m0f();
    MovdXR/VmovdXR "movd" [def(X), use_(RM32)] op(0x6e).m0f().p66();
    MovqXR/VmovqXR "movq" [def(X), use_(RM64)] op(0x6e).m0f().p66().w();
    MovdRX/VmovdRX "movd" [def(RMR32), use_(X)] op(0x7e).m0f().p66();
    MovqRX/VmovqRX "movq" [def(RMR64), use_(X)] op(0x7e).m0f().p66().w();

    // Vectors: moves.
    MovqXX/VmovqXX "movq" [def(X), use_(XM64)] op(0x7e).m0f().pf3();
    MovssRR/VmovssRR "movss" [mod_(X), use_(XR)] op(0x10).m0f().pf3();
    MovsdRR/VmovsdRR "movsd" [mod_(X), use_(XR)] op(0x10).m0f().pf2();
    MovlpsXM/VmovlpsXM "movlps" [mod_(X), use_(XMM64)] op(0x12).m0f();
    MovhpsXM/VmovhpsXM "movhps" [mod_(X), use_(XMM64)] op(0x16).m0f();
    MovhpsMX/VmovhpsMX "movhps" [def(XMM64), use_(X)] op(0x17).m0f();
    Movhlps/Vmovhlps "movhlps" [mod_(X), use_(XR)] op(0x12).m0f();
    Movlhps/Vmovlhps "movlhps" [mod_(X), use_(XR)] op(0x16).m0f();
    Movddup/Vmovddup "movddup" [def(X), use_(XM64)] op(0x12).m0f().pf2();
    Pmovmskb/Vpmovmskb "pmovmskb" [def(R32), use_(XR)] op(0xd7).m0f().p66();
    Movmskps/Vmovmskps "movmskps" [def(R32), use_(XR)] op(0x50).m0f();
    Movmskpd/Vmovmskpd "movmskpd" [def(R32), use_(XR)] op(0x50).m0f().p66();
    PextrbR/VpextrbR "pextrb" [def(RMR32), use_(X), use_(I8)] op(0x14).m0f3a().p66();
    PextrbM/VpextrbM "pextrb" [def(M8), use_(X), use_(I8)] op(0x14).m0f3a().p66();
    PextrwR/VpextrwR "pextrw" [def(R32), use_(XR), use_(I8)] op(0xc5).m0f().p66();
    PextrwM/VpextrwM "pextrw" [def(M16), use_(X), use_(I8)] op(0x15).m0f3a().p66();
    Pextrd/Vpextrd "pextrd" [def(RM32), use_(X), use_(I8)] op(0x16).m0f3a().p66();
    Pextrq/Vpextrq "pextrq" [def(RM64), use_(X), use_(I8)] op(0x16).m0f3a().p66().w();
    PinsrbR/VpinsrbR "pinsrb" [mod_(X), use_(RMR32), use_(I8)] op(0x20).m0f3a().p66();
    PinsrbM/VpinsrbM "pinsrb" [mod_(X), use_(M8), use_(I8)] op(0x20).m0f3a().p66();
    PinsrwR/VpinsrwR "pinsrw" [mod_(X), use_(RMR32), use_(I8)] op(0xc4).m0f().p66();
    PinsrwM/VpinsrwM "pinsrw" [mod_(X), use_(M16), use_(I8)] op(0xc4).m0f().p66();
    Pinsrd/Vpinsrd "pinsrd" [mod_(X), use_(RM32), use_(I8)] op(0x22).m0f3a().p66();
    Pinsrq/Vpinsrq "pinsrq" [mod_(X), use_(RM64), use_(I8)] op(0x22).m0f3a().p66().w();
    InsertpsR/VinsertpsR "insertps" [mod_(X), use_(XR), use_(I8)] op(0x21).m0f3a().p66();
    InsertpsM/VinsertpsM "insertps" [mod_(X), use_(XMM32), use_(I8)] op(0x21).m0f3a().p66();

    // Vectors: two operands.
    Paddb/Vpaddb "paddb" [mod_(X), use_(XM128)] op(0xfc).m0f().p66();
    Paddw/Vpaddw "paddw" [mod_(X), use_(XM128)] op(0xfd).m0f().p66();
    Paddd/Vpaddd "paddd" [mod_(X), use_(XM128)] op(0xfe).m0f().p66();
    Paddq/Vpaddq "paddq" [mod_(X), use_(XM128)] op(0xd4).m0f().p66();
    Psubb/Vpsubb "psubb" [mod_(X), use_(XM128)] op(0xf8).m0f().p66();
    Psubw/Vpsubw "psubw" [mod_(X), use_(XM128)] op(0xf9).m0f().p66();
    Psubd/Vpsubd "psubd" [mod_(X), use_(XM128)] op(0xfa).m0f().p66();
    Psubq/Vpsubq "psubq" [mod_(X), use_(XM128)] op(0xfb).m0f().p66();
    Paddsb/Vpaddsb "paddsb" [mod_(X), use_(XM128)] op(0xec).m0f().p66();
    Paddsw/Vpaddsw "paddsw" [mod_(X), use_(XM128)] op(0xed).m0f().p66();
    Paddusb/Vpaddusb "paddusb" [mod_(X), use_(XM128)] op(0xdc).m0f().p66();
    Paddusw/Vpaddusw "paddusw" [mod_(X), use_(XM128)] op(0xdd).m0f().p66();
    Psubsb/Vpsubsb "psubsb" [mod_(X), use_(XM128)] op(0xe8).m0f().p66();
    Psubsw/Vpsubsw "psubsw" [mod_(X), use_(XM128)] op(0xe9).m0f().p66();
    Psubusb/Vpsubusb "psubusb" [mod_(X), use_(XM128)] op(0xd8).m0f().p66();
    Psubusw/Vpsubusw "psubusw" [mod_(X), use_(XM128)] op(0xd9).m0f().p66();
    Pavgb/Vpavgb "pavgb" [mod_(X), use_(XM128)] op(0xe0).m0f().p66();
    Pavgw/Vpavgw "pavgw" [mod_(X), use_(XM128)] op(0xe3).m0f().p66();
    Pminub/Vpminub "pminub" [mod_(X), use_(XM128)] op(0xda).m0f().p66();
    Pminsw/Vpminsw "pminsw" [mod_(X), use_(XM128)] op(0xea).m0f().p66();
    Pmaxub/Vpmaxub "pmaxub" [mod_(X), use_(XM128)] op(0xde).m0f().p66();
    Pmaxsw/Vpmaxsw "pmaxsw" [mod_(X), use_(XM128)] op(0xee).m0f().p66();
    Pmullw/Vpmullw "pmullw" [mod_(X), use_(XM128)] op(0xd5).m0f().p66();
    Pmulhw/Vpmulhw "pmulhw" [mod_(X), use_(XM128)] op(0xe5).m0f().p66();
    Pmulhuw/Vpmulhuw "pmulhuw" [mod_(X), use_(XM128)] op(0xe4).m0f().p66();
    Pmuludq/Vpmuludq "pmuludq" [mod_(X), use_(XM128)] op(0xf4).m0f().p66();
    Pmaddwd/Vpmaddwd "pmaddwd" [mod_(X), use_(XM128)] op(0xf5).m0f().p66();
    Pand/Vpand "pand" [mod_(X), use_(XM128)] op(0xdb).m0f().p66();
    Pandn/Vpandn "pandn" [mod_(X), use_(XM128)] op(0xdf).m0f().p66();
    Por/Vpor "por" [mod_(X), use_(XM128)] op(0xeb).m0f().p66();
    Pxor/Vpxor "pxor" [mod_(X), use_(XM128)] op(0xef).m0f().p66();
    Pcmpeqb/Vpcmpeqb "pcmpeqb" [mod_(X), use_(XM128)] op(0x74).m0f().p66();
    Pcmpeqw/Vpcmpeqw "pcmpeqw" [mod_(X), use_(XM128)] op(0x75).m0f().p66();
    Pcmpeqd/Vpcmpeqd "pcmpeqd" [mod_(X), use_(XM128)] op(0x76).m0f().p66();
    Pcmpgtb/Vpcmpgtb "pcmpgtb" [mod_(X), use_(XM128)] op(0x64).m0f().p66();
    Pcmpgtw/Vpcmpgtw "pcmpgtw" [mod_(X), use_(XM128)] op(0x65).m0f().p66();
    Pcmpgtd/Vpcmpgtd "pcmpgtd" [mod_(X), use_(XM128)] op(0x66).m0f().p66();
    Packsswb/Vpacksswb "packsswb" [mod_(X), use_(XM128)] op(0x63).m0f().p66();
    Packssdw/Vpackssdw "packssdw" [mod_(X), use_(XM128)] op(0x6b).m0f().p66();
    Packuswb/Vpackuswb "packuswb" [mod_(X), use_(XM128)] op(0x67).m0f().p66();
    Punpcklbw/Vpunpcklbw "punpcklbw" [mod_(X), use_(XM128)] op(0x60).m0f().p66();
    Punpcklwd/Vpunpcklwd "punpcklwd" [mod_(X), use_(XM128)] op(0x61).m0f().p66();
    Punpckldq/Vpunpckldq "punpckldq" [mod_(X), use_(XM128)] op(0x62).m0f().p66();
    Punpcklqdq/Vpunpcklqdq "punpcklqdq" [mod_(X), use_(XM128)] op(0x6c).m0f().p66();
    Punpckhbw/Vpunpckhbw "punpckhbw" [mod_(X), use_(XM128)] op(0x68).m0f().p66();
    Punpckhwd/Vpunpckhwd "punpckhwd" [mod_(X), use_(XM128)] op(0x69).m0f().p66();
    Punpckhdq/Vpunpckhdq "punpckhdq" [mod_(X), use_(XM128)] op(0x6a).m0f().p66();
    Punpckhqdq/Vpunpckhqdq "punpckhqdq" [mod_(X), use_(XM128)] op(0x6d).m0f().p66();
    Psllw/Vpsllw "psllw" [mod_(X), use_(XM128)] op(0xf1).m0f().p66();
    Pslld/Vpslld "pslld" [mod_(X), use_(XM128)] op(0xf2).m0f().p66();
    Psllq/Vpsllq "psllq" [mod_(X), use_(XM128)] op(0xf3).m0f().p66();
    Psrlw/Vpsrlw "psrlw" [mod_(X), use_(XM128)] op(0xd1).m0f().p66();
    Psrld/Vpsrld "psrld" [mod_(X), use_(XM128)] op(0xd2).m0f().p66();
    Psrlq/Vpsrlq "psrlq" [mod_(X), use_(XM128)] op(0xd3).m0f().p66();
    Psraw/Vpsraw "psraw" [mod_(X), use_(XM128)] op(0xe1).m0f().p66();
    Psrad/Vpsrad "psrad" [mod_(X), use_(XM128)] op(0xe2).m0f().p66();
    Pshufb/Vpshufb "pshufb" [mod_(X), use_(XM128)] op(0x00).m0f38().p66();
    Pmaddubsw/Vpmaddubsw "pmaddubsw" [mod_(X), use_(XM128)] op(0x04).m0f38().p66();
    Pmulhrsw/Vpmulhrsw "pmulhrsw" [mod_(X), use_(XM128)] op(0x0b).m0f38().p66();
    Pmuldq/Vpmuldq "pmuldq" [mod_(X), use_(XM128)] op(0x28).m0f38().p66();
    Pcmpeqq/Vpcmpeqq "pcmpeqq" [mod_(X), use_(XM128)] op(0x29).m0f38().p66();
    Packusdw/Vpackusdw "packusdw" [mod_(X), use_(XM128)] op(0x2b).m0f38().p66();
    Pcmpgtq/Vpcmpgtq "pcmpgtq" [mod_(X), use_(XM128)] op(0x37).m0f38().p66();
    Pminsb/Vpminsb "pminsb" [mod_(X), use_(XM128)] op(0x38).m0f38().p66();
    Pminsd/Vpminsd "pminsd" [mod_(X), use_(XM128)] op(0x39).m0f38().p66();
    Pminuw/Vpminuw "pminuw" [mod_(X), use_(XM128)] op(0x3a).m0f38().p66();
    Pminud/Vpminud "pminud" [mod_(X), use_(XM128)] op(0x3b).m0f38().p66();
    Pmaxsb/Vpmaxsb "pmaxsb" [mod_(X), use_(XM128)] op(0x3c).m0f38().p66();
    Pmaxsd/Vpmaxsd "pmaxsd" [mod_(X), use_(XM128)] op(0x3d).m0f38().p66();
    Pmaxuw/Vpmaxuw "pmaxuw" [mod_(X), use_(XM128)] op(0x3e).m0f38().p66();
    Pmaxud/Vpmaxud "pmaxud" [mod_(X), use_(XM128)] op(0x3f).m0f38().p66();
    Pmulld/Vpmulld "pmulld" [mod_(X), use_(XM128)] op(0x40).m0f38().p66();
    Addps/Vaddps "addps" [mod_(X), use_(XM128)] op(0x58).m0f();
    Addpd/Vaddpd "addpd" [mod_(X), use_(XM128)] op(0x58).m0f().p66();
    Mulps/Vmulps "mulps" [mod_(X), use_(XM128)] op(0x59).m0f();
    Mulpd/Vmulpd "mulpd" [mod_(X), use_(XM128)] op(0x59).m0f().p66();
    Subps/Vsubps "subps" [mod_(X), use_(XM128)] op(0x5c).m0f();
    Subpd/Vsubpd "subpd" [mod_(X), use_(XM128)] op(0x5c).m0f().p66();
    Minps/Vminps "minps" [mod_(X), use_(XM128)] op(0x5d).m0f();
    Minpd/Vminpd "minpd" [mod_(X), use_(XM128)] op(0x5d).m0f().p66();
    Divps/Vdivps "divps" [mod_(X), use_(XM128)] op(0x5e).m0f();
    Divpd/Vdivpd "divpd" [mod_(X), use_(XM128)] op(0x5e).m0f().p66();
    Maxps/Vmaxps "maxps" [mod_(X), use_(XM128)] op(0x5f).m0f();
    Maxpd/Vmaxpd "maxpd" [mod_(X), use_(XM128)] op(0x5f).m0f().p66();
    Cmpeqps/Vcmpeqps "cmpeqps" [mod_(X), use_(XM128)] op(0xc2).m0f().tail(0);
    Cmpeqpd/Vcmpeqpd "cmpeqpd" [mod_(X), use_(XM128)] op(0xc2).m0f().p66().tail(0);
    Cmpltps/Vcmpltps "cmpltps" [mod_(X), use_(XM128)] op(0xc2).m0f().tail(1);
    Cmpltpd/Vcmpltpd "cmpltpd" [mod_(X), use_(XM128)] op(0xc2).m0f().p66().tail(1);
    Cmpleps/Vcmpleps "cmpleps" [mod_(X), use_(XM128)] op(0xc2).m0f().tail(2);
    Cmplepd/Vcmplepd "cmplepd" [mod_(X), use_(XM128)] op(0xc2).m0f().p66().tail(2);
    Cmpunordps/Vcmpunordps "cmpunordps" [mod_(X), use_(XM128)] op(0xc2).m0f().tail(3);
    Cmpunordpd/Vcmpunordpd "cmpunordpd" [mod_(X), use_(XM128)] op(0xc2).m0f().p66().tail(3);
    Cmpneqps/Vcmpneqps "cmpneqps" [mod_(X), use_(XM128)] op(0xc2).m0f().tail(4);
    Cmpneqpd/Vcmpneqpd "cmpneqpd" [mod_(X), use_(XM128)] op(0xc2).m0f().p66().tail(4);
    Cmpordps/Vcmpordps "cmpordps" [mod_(X), use_(XM128)] op(0xc2).m0f().tail(7);
    Cmpordpd/Vcmpordpd "cmpordpd" [mod_(X), use_(XM128)] op(0xc2).m0f().p66().tail(7);
    Unpcklps/Vunpcklps "unpcklps" [mod_(X), use_(XM128)] op(0x14).m0f();
    Unpckhps/Vunpckhps "unpckhps" [mod_(X), use_(XM128)] op(0x15).m0f();

    // Vectors: shifts by immediates.
    PsllwI/VpsllwI "psllw" [mod_(XR), use_(I8)] op(0x71).m0f().p66().digit(6);
    PslldI/VpslldI "pslld" [mod_(XR), use_(I8)] op(0x72).m0f().p66().digit(6);
    PsllqI/VpsllqI "psllq" [mod_(XR), use_(I8)] op(0x73).m0f().p66().digit(6);
    PsrlwI/VpsrlwI "psrlw" [mod_(XR), use_(I8)] op(0x71).m0f().p66().digit(2);
    PsrldI/VpsrldI "psrld" [mod_(XR), use_(I8)] op(0x72).m0f().p66().digit(2);
    PsrlqI/VpsrlqI "psrlq" [mod_(XR), use_(I8)] op(0x73).m0f().p66().digit(2);
    PsrawI/VpsrawI "psraw" [mod_(XR), use_(I8)] op(0x71).m0f().p66().digit(4);
    PsradI/VpsradI "psrad" [mod_(XR), use_(I8)] op(0x72).m0f().p66().digit(4);
    Pslldq/Vpslldq "pslldq" [mod_(XR), use_(I8)] op(0x73).m0f().p66().digit(7);
    Psrldq/Vpsrldq "psrldq" [mod_(XR), use_(I8)] op(0x73).m0f().p66().digit(3);

    // Vectors: shuffles and blends.
    Pshufd/Vpshufd "pshufd" [def(X), use_(XM128), use_(I8)] op(0x70).m0f().p66();
    Pshuflw/Vpshuflw "pshuflw" [def(X), use_(XM128), use_(I8)] op(0x70).m0f().pf2();
    Pshufhw/Vpshufhw "pshufhw" [def(X), use_(XM128), use_(I8)] op(0x70).m0f().pf3();
    Shufps/Vshufps "shufps" [mod_(X), use_(XM128), use_(I8)] op(0xc6).m0f();
    Shufpd/Vshufpd "shufpd" [mod_(X), use_(XM128), use_(I8)] op(0xc6).m0f().p66();
    Palignr/Vpalignr "palignr" [mod_(X), use_(XM128), use_(I8)] op(0x0f).m0f3a().p66();
    Pblendw/Vpblendw "pblendw" [mod_(X), use_(XM128), use_(I8)] op(0x0e).m0f3a().p66();
    Blendps/Vblendps "blendps" [mod_(X), use_(XM128), use_(I8)] op(0x0c).m0f3a().p66();
    Pblendvb "pblendvb" [mod_(X), use_(XM128), use_(XMM0)] op(0x10).m0f38().p66();
    Blendvps "blendvps" [mod_(X), use_(XM128), use_(XMM0)] op(0x14).m0f38().p66();
    Blendvpd "blendvpd" [mod_(X), use_(XM128), use_(XMM0)] op(0x15).m0f38().p66();

    // Vectors: one operand.
    Pabsb/Vpabsb "pabsb" [def(X), use_(XM128)] op(0x1c).m0f38().p66();
    Pabsw/Vpabsw "pabsw" [def(X), use_(XM128)] op(0x1d).m0f38().p66();
    Pabsd/Vpabsd "pabsd" [def(X), use_(XM128)] op(0x1e).m0f38().p66();
    Pmovsxbw/Vpmovsxbw "pmovsxbw" [def(X), use_(XM64)] op(0x20).m0f38().p66();
    Pmovsxwd/Vpmovsxwd "pmovsxwd" [def(X), use_(XM64)] op(0x23).m0f38().p66();
    Pmovsxdq/Vpmovsxdq "pmovsxdq" [def(X), use_(XM64)] op(0x25).m0f38().p66();
    Pmovzxbw/Vpmovzxbw "pmovzxbw" [def(X), use_(XM64)] op(0x30).m0f38().p66();
    Pmovzxwd/Vpmovzxwd "pmovzxwd" [def(X), use_(XM64)] op(0x33).m0f38().p66();
    Pmovzxdq/Vpmovzxdq "pmovzxdq" [def(X), use_(XM64)] op(0x35).m0f38().p66();
    Ptest/Vptest "ptest" [use_(X), use_(XM128)] op(0x17).m0f38().p66(), SETS;
    Sqrtps/Vsqrtps "sqrtps" [def(X), use_(XM128)] op(0x51).m0f();
    Sqrtpd/Vsqrtpd "sqrtpd" [def(X), use_(XM128)] op(0x51).m0f().p66();
    Roundps/Vroundps "roundps" [def(X), use_(XM128), use_(I8)] op(0x08).m0f3a().p66();
    Roundpd/Vroundpd "roundpd" [def(X), use_(XM128), use_(I8)] op(0x09).m0f3a().p66();
    Cvtdq2ps/Vcvtdq2ps "cvtdq2ps" [def(X), use_(XM128)] op(0x5b).m0f();
    Cvttps2dq/Vcvttps2dq "cvttps2dq" [def(X), use_(XM128)] op(0x5b).m0f().pf3();
    Cvtdq2pd/Vcvtdq2pd "cvtdq2pd" [def(X), use_(XM64)] op(0xe6).m0f().pf3();
    Cvttpd2dq/Vcvttpd2dq "cvttpd2dq" [def(X), use_(XM128)] op(0xe6).m0f().p66();
    Cvtps2pd/Vcvtps2pd "cvtps2pd" [def(X), use_(XM64)] op(0x5a).m0f();
    Cvtpd2ps/Vcvtpd2ps "cvtpd2ps" [def(X), use_(XM128)] op(0x5a).m0f().p66();

    // AVX, AVX2 and FMA.
    Vpblendvb "vpblendvb" [def(X), use_(V), use_(XM128), use_(IS4)] op(0x4c).m0f3a().p66().vex();
    Vblendvps "vblendvps" [def(X), use_(V), use_(XM128), use_(IS4)] op(0x4a).m0f3a().p66().vex();
    Vblendvpd "vblendvpd" [def(X), use_(V), use_(XM128), use_(IS4)] op(0x4b).m0f3a().p66().vex();
    Vpbroadcastb "vpbroadcastb" [def(X), use_(XM8)] op(0x78).m0f38().p66().vex();
    Vpbroadcastw "vpbroadcastw" [def(X), use_(XM16)] op(0x79).m0f38().p66().vex();
    Vpbroadcastd "vpbroadcastd" [def(X), use_(XM32)] op(0x58).m0f38().p66().vex();
    Vpbroadcastq "vpbroadcastq" [def(X), use_(XM64)] op(0x59).m0f38().p66().vex();
    Vbroadcastss "vbroadcastss" [def(X), use_(XM32)] op(0x18).m0f38().p66().vex();
    Vfmadd213ps "vfmadd213ps" [mod_(X), use_(V), use_(XM128)] op(0xa8).m0f38().p66().vex();
    Vfmadd213pd "vfmadd213pd" [mod_(X), use_(V), use_(XM128)] op(0xa8).m0f38().p66().w().vex();
    Vfmadd231ps "vfmadd231ps" [mod_(X), use_(V), use_(XM128)] op(0xb8).m0f38().p66().vex();
    Vfmadd231pd "vfmadd231pd" [mod_(X), use_(V), use_(XM128)] op(0xb8).m0f38().p66().w().vex();
    Vfnmadd213ps "vfnmadd213ps" [mod_(X), use_(V), use_(XM128)] op(0xac).m0f38().p66().vex();
    Vfnmadd213pd "vfnmadd213pd" [mod_(X), use_(V), use_(XM128)] op(0xac).m0f38().p66().w().vex();
    Vfnmadd231ps "vfnmadd231ps" [mod_(X), use_(V), use_(XM128)] op(0xbc).m0f38().p66().vex();
    Vfnmadd231pd "vfnmadd231pd" [mod_(X), use_(V), use_(XM128)] op(0xbc).m0f38().p66().w().vex();

    // BMI1, BMI2 and LZCNT.
    Andn32 "andn" [def(R32), use_(VR32), use_(RM32)] op(0xf2).m0f38().vex(), SETS;
    Blsr32 "blsr" [def(VR32), use_(RM32)] op(0xf3).m0f38().digit(1).vex(), SETS;
    Shlx32 "shlx" [def(R32), use_(RM32), use_(VR32)] op(0xf7).m0f38().p66().vex();
    Shrx32 "shrx" [def(R32), use_(RM32), use_(VR32)] op(0xf7).m0f38().pf2().vex();
    Sarx32 "sarx" [def(R32), use_(RM32), use_(VR32)] op(0xf7).m0f38().pf3().vex();
    Rorx32 "rorx" [def(R32), use_(RM32), use_(I8)] op(0xf0).m0f3a().pf2().vex();
    Tzcnt32 "tzcnt" [mod_(R32), use_(RM32)] op(0xbc).m0f().pf3(), SETS;
    Lzcnt32 "lzcnt" [mod_(R32), use_(RM32)] op(0xbd).m0f().pf3(), SETS;
    Mulx64 "mulx" [def(R64), def(VR64), use_(RM64), use_(RDX_)] op(0xf6).m0f38().pf2().w().vex();
    Andn64 "andn" [def(R64), use_(VR64), use_(RM64)] op(0xf2).m0f38().w().vex(), SETS;
    Blsr64 "blsr" [def(VR64), use_(RM64)] op(0xf3).m0f38().digit(1).w().vex(), SETS;
    Shlx64 "shlx" [def(R64), use_(RM64), use_(VR64)] op(0xf7).m0f38().p66().w().vex();
    Shrx64 "shrx" [def(R64), use_(RM64), use_(VR64)] op(0xf7).m0f38().pf2().w().vex();
    Sarx64 "sarx" [def(R64), use_(RM64), use_(VR64)] op(0xf7).m0f38().pf3().w().vex();
    Rorx64 "rorx" [def(R64), use_(RM64), use_(I8)] op(0xf0).m0f3a().pf2().w().vex();
    Tzcnt64 "tzcnt" [mod_(R64), use_(RM64)] op(0xbc).m0f().pf3().w(), SETS;
    Lzcnt64 "lzcnt" [mod_(R64), use_(RM64)] op(0xbd).m0f().pf3().w(), SETS;
}
