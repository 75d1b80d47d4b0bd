//! The encoder: a row and physical operands to a word (Arm ARM, chapters C4 and C6).
//!
//! Every operand is checked against its field, so that no word is silently another instruction. A failed check panics: it is a bug of
//! the lowering, which asks `imm` before it makes an immediate.

use super::arch;
use super::imm;
use super::insts::{Form, IndexAt, Kind, R31, Role};
use super::operand::{Amode, Arg, Base, Extend, Shift, Target};
use super::regs::{Reg, SP, Shape, ZR};
use crate::mach::arch::RelocKind;
use crate::mach::field::Field;

/// Appends so many bytes of `nop`, a multiple of 4.
pub fn fill(len: u32, bytes: &mut Vec<u8>) {
    const NOP: u32 = 0xd503_201f;
    for _ in 0..len / 4 {
        bytes.extend(NOP.to_le_bytes());
    }
}

/// An encoded instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Encoded {
    pub word: u32,
    /// A field that is zero in the word and still to be filled in.
    pub fixup: Option<Fixup>,
}

/// What fills a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fixup {
    /// The code buffer, with the displacement to a constant, table or label.
    Label { field: Field, target: Target },
    /// The linker.
    Reloc {
        kind: RelocKind,
        symbol: crate::ir::Symbol,
        addend: i64,
    },
}

/// Encodes one instruction.
pub fn encode(form: Form, args: &[Arg<Reg>]) -> Encoded {
    let row = form.row();
    assert_eq!(
        row.operands.len(),
        args.len(),
        "operand count of {form:?} {args:?}"
    );
    let mut word = Word {
        form,
        bits: row.word,
        fixup: None,
        lsb: None,
    };
    for (opd, arg) in row.operands.iter().zip(args) {
        word.operand(opd.kind, arg);
    }
    check_registers(form, args);
    Encoded {
        word: word.bits,
        fixup: word.fixup,
    }
}

/// Combinations of registers that are unpredictable: write-back into a transferred register, the same register loaded twice.
fn check_registers(form: Form, args: &[Arg<Reg>]) {
    let operands = form.row().operands;
    for arg in args {
        if let Arg::Mem(Amode::Pre { base, .. } | Amode::Post { base, .. }) = arg {
            assert!(!args.contains(&Arg::Reg(*base)), "{form:?} {args:?}");
        }
    }
    if let [first, _, last] = operands
        && matches!(last.kind, Kind::Pair { .. })
        && first.role == Role::Def
    {
        assert_ne!(args[0], args[1], "{form:?} {args:?}");
    }
}

/// A word under construction.
struct Word {
    form: Form,
    bits: u32,
    fixup: Option<Fixup>,
    /// Lowest bit of a bit field operand, whose width comes next, and whether the field is extracted.
    lsb: Option<(u32, bool)>,
}

impl Word {
    /// Adds a field's value.
    fn field(&mut self, value: u32, at: u8, bits: u8) {
        assert!(value < 1 << bits, "{:?}: {value} in {bits} bits", self.form);
        debug_assert_eq!(
            self.bits >> at & ((1 << bits) - 1),
            0,
            "{:?}: field at {at} is taken",
            self.form
        );
        self.bits |= value << at;
    }
    /// A signed field.
    fn signed(&mut self, value: i64, at: u8, bits: u8) {
        let limit = 1i64 << (bits - 1);
        assert!(
            (-limit..limit).contains(&value),
            "{:?}: {value} in {bits} signed bits",
            self.form
        );
        self.field(value as u32 & ((1 << bits) - 1), at, bits);
    }
    fn reg(&mut self, reg: Reg, shape: Shape, at: u8, r31: R31) {
        assert_eq!(reg.is_vec(), shape.is_vec(), "{:?}: {reg:?}", self.form);
        let wrong = match r31 {
            R31::Zero => SP,
            R31::Sp => ZR,
        };
        assert!(reg != wrong, "{:?}: {reg:?}", self.form);
        self.field(u32::from(reg.enc()), at, 5);
    }
    fn base(&mut self, reg: Reg) {
        self.reg(reg, Shape::X, 5, R31::Sp);
    }

    fn operand(&mut self, kind: Kind, arg: &Arg<Reg>) {
        match (kind, *arg) {
            (Kind::Reg { shape, at, r31 }, Arg::Reg(reg)) => self.reg(reg, shape, at, r31),
            (Kind::Both { shape }, Arg::Reg(reg)) => {
                self.reg(reg, shape, 5, R31::Zero);
                self.reg(reg, shape, 16, R31::Zero);
            }
            (Kind::Shifted { shape, .. }, Arg::Reg(reg)) => self.reg(reg, shape, 16, R31::Zero),
            (Kind::Shifted { shape, ror }, Arg::Shifted { reg, shift, amount }) => {
                self.reg(reg, shape, 16, R31::Zero);
                assert!(ror || shift != Shift::Ror, "{:?}: ror", self.form);
                assert!(amount < shape.gpr_bits(), "{:?}: {amount}", self.form);
                self.field(shift as u32, 22, 2);
                self.field(u32::from(amount), 10, 6);
            }
            (
                Kind::Extended { shape },
                Arg::Extended {
                    reg,
                    extend,
                    amount,
                },
            ) => {
                self.reg(reg, shape, 16, R31::Zero);
                assert!(amount <= 4, "{:?}: {amount}", self.form);
                self.field(extend as u32, 13, 3);
                self.field(u32::from(amount), 10, 3);
            }
            (Kind::List { shape, at, .. }, Arg::Reg(reg)) => self.reg(reg, shape, at, R31::Zero),
            (Kind::Place, Arg::Mem(Amode::Offset { base, disp: 0 })) => self.base(resolved(base)),
            (Kind::Mem { log2 }, Arg::Mem(amode)) => self.mem(&amode, log2),
            (Kind::Pair { log2 }, Arg::Mem(amode)) => self.pair(&amode, log2),
            (Kind::Cc { at }, Arg::Cc(cc)) => self.field(cc as u32, at, 4),
            (Kind::CcInverse, Arg::Cc(cc)) => self.field(cc.inverse() as u32, 12, 4),
            (Kind::CcSuffix, Arg::Cc(cc)) => self.field(cc as u32, 0, 4),
            (Kind::Rel(field), Arg::Rel(target)) => self.rel(field, target),
            (
                Kind::Uimm { at: 5, bits: 16 },
                Arg::Rel(target @ Target::TableDistance { shift, back }),
            ) => {
                let field = arch::mov(shift, back);
                self.fixup = Some(Fixup::Label { field, target });
            }
            (Kind::Page, Arg::Rel(target)) => self.reloc(arch::ADR_PAGE, target),
            (Kind::Low12, Arg::Rel(target)) => self.reloc(arch::ADD_LOW12, target),
            (kind, Arg::Imm(value)) => self.imm(kind, value),
            (kind, arg) => panic!("{:?}: operand {arg:?} does not fit {kind:?}", self.form),
        }
    }

    fn imm(&mut self, kind: Kind, value: i64) {
        let form = self.form;
        let refuse = || -> ! { panic!("{form:?}: {value:#x} does not fit {kind:?}") };
        // A count below a limit.
        let below = |limit: u8| -> u32 {
            if (0..i64::from(limit)).contains(&value) {
                value as u32
            } else {
                refuse()
            }
        };
        match kind {
            Kind::Arith => match imm::arith(value as u64) {
                Some(bits) => self.field(bits >> 10, 10, 13),
                None => refuse(),
            },
            Kind::Logical { shape } => {
                let in_range = match shape {
                    Shape::X => true,
                    _ => value as u64 <= u64::from(u32::MAX),
                };
                match imm::logical(value as u64, shape.gpr_bits()) {
                    Some(bits) if in_range => self.field(bits, 10, 13),
                    _ => refuse(),
                }
            }
            Kind::Uimm { at, bits } => {
                if value < 0 || value >> bits != 0 {
                    refuse();
                }
                self.field(value as u32, at, bits);
            }
            Kind::MoveShift { shape } => {
                let shift = below(shape.gpr_bits());
                if shift % 16 != 0 {
                    refuse();
                }
                self.field(shift / 16, 21, 2);
            }
            Kind::Lsl { shape } => {
                let bits = shape.gpr_bits();
                let amount = below(bits);
                let bits = u32::from(bits);
                self.field((bits - amount) % bits, 16, 6);
                self.field(bits - 1 - amount, 10, 6);
            }
            Kind::Immr { shape } => self.field(below(shape.gpr_bits()), 16, 6),
            Kind::Imms { shape } => self.field(below(shape.gpr_bits()), 10, 6),
            Kind::ExtractLsb { shape } => {
                let lsb = below(shape.gpr_bits());
                self.field(lsb, 16, 6);
                self.lsb = Some((lsb, true));
            }
            Kind::InsertLsb { shape } => {
                let bits = u32::from(shape.gpr_bits());
                let lsb = below(shape.gpr_bits());
                self.field((bits - lsb) % bits, 16, 6);
                self.lsb = Some((lsb, false));
            }
            Kind::BitWidth { shape } => {
                let (lsb, extract) = self.lsb.expect("the lowest bit precedes the width");
                let bits = shape.gpr_bits();
                let width = below(bits - lsb as u8 + 1);
                if width == 0 {
                    refuse();
                }
                self.field(width - 1 + if extract { lsb } else { 0 }, 10, 6);
            }
            Kind::FloatImm { double } => match float_imm(double, value) {
                Some(bits) => self.field(u32::from(bits), 13, 8),
                None => refuse(),
            },
            Kind::FloatZero | Kind::Zero => {
                if value != 0 {
                    refuse();
                }
            }
            Kind::ByteMask => match imm::byte_mask(value as u64) {
                Some(bits) => self.lane_imm(u32::from(bits)),
                None => refuse(),
            },
            Kind::LaneImm => {
                if !(0..256).contains(&value) {
                    refuse();
                }
                self.lane_imm(value as u32);
            }
            Kind::LaneShift { bits } => {
                let shift = below(bits);
                if shift % 8 != 0 {
                    refuse();
                }
                self.field(shift / 8, 13, 2);
            }
            Kind::LaneOnes => match value {
                8 => {}
                16 => self.field(1, 12, 1),
                _ => refuse(),
            },
            Kind::LaneFloat { double } => match float_imm(double, value) {
                Some(bits) => self.lane_imm(u32::from(bits)),
                None => refuse(),
            },
            // One number holds the lanes' width and the amount.
            Kind::LaneShl { bits } => self.field(u32::from(bits) + below(bits), 16, 7),
            Kind::LaneShr { bits } => {
                let amount = below(bits + 1);
                if amount == 0 {
                    refuse();
                }
                self.field(2 * u32::from(bits) - amount, 16, 7);
            }
            Kind::Index(IndexAt::Field { at, bits }) => self.field(below(1 << bits), at, bits),
            Kind::Index(IndexAt::HighLow) => {
                let index = below(4);
                self.field(index >> 1, 11, 1);
                self.field(index & 1, 21, 1);
            }
            Kind::Index(IndexAt::Structure { log2 }) => {
                let index = below(16 >> log2) << log2;
                self.field(index >> 3, 30, 1);
                let kept = self.bits >> 10 & ((1 << log2) - 1);
                self.bits &= !(7 << 10);
                self.field(index & 7 | kept, 10, 3);
            }
            Kind::Bit { shape } => {
                let bit = below(shape.gpr_bits());
                self.field(bit & 31, 19, 5);
                self.field(bit >> 5, 31, 1);
            }
            Kind::Reg { .. }
            | Kind::Both { .. }
            | Kind::Shifted { .. }
            | Kind::Extended { .. }
            | Kind::Low12
            | Kind::Cc { .. }
            | Kind::CcInverse
            | Kind::CcSuffix
            | Kind::Mem { .. }
            | Kind::Pair { .. }
            | Kind::Place
            | Kind::List { .. }
            | Kind::Rel(_)
            | Kind::Page => refuse(),
        }
    }
    /// abc at bit 16, defgh at bit 5.
    fn lane_imm(&mut self, bits: u32) {
        self.field(bits >> 5, 16, 3);
        self.field(bits & 31, 5, 5);
    }

    fn mem(&mut self, amode: &Amode<Reg>, log2: u8) {
        match *amode {
            Amode::Offset { base, disp } => {
                self.base(resolved(base));
                let disp = i64::from(disp);
                if imm::offset_scaled(disp, log2) {
                    self.field(1, 24, 1);
                    self.field((disp >> log2) as u32, 10, 12);
                } else {
                    self.signed(disp, 12, 9);
                }
            }
            Amode::Index {
                base,
                index,
                extend,
                shift,
            } => {
                self.base(base);
                self.reg(index, Shape::X, 16, R31::Zero);
                match extend {
                    Extend::Uxtw | Extend::Uxtx | Extend::Sxtw | Extend::Sxtx => {}
                    Extend::Uxtb | Extend::Uxth | Extend::Sxtb | Extend::Sxth => {
                        panic!("{:?}: {extend:?} of an index", self.form)
                    }
                }
                assert!(
                    shift == 0 || shift == log2,
                    "{:?}: index shifted by {shift}",
                    self.form
                );
                self.field(1, 21, 1);
                self.field(extend as u32, 13, 3);
                self.field(u32::from(shift != 0), 12, 1);
                self.field(0b10, 10, 2);
            }
            Amode::Pre { base, disp } => {
                self.base(base);
                self.signed(i64::from(disp), 12, 9);
                self.field(0b11, 10, 2);
            }
            Amode::Post { base, disp } => {
                self.base(base);
                self.signed(i64::from(disp), 12, 9);
                self.field(0b01, 10, 2);
            }
            Amode::Low {
                base,
                symbol,
                addend,
            } => {
                self.base(base);
                self.field(1, 24, 1);
                let target = Target::Symbol { symbol, addend };
                self.reloc(arch::ldst_low12(log2), target);
            }
        }
    }

    fn pair(&mut self, amode: &Amode<Reg>, log2: u8) {
        let (mode, base, disp) = match *amode {
            Amode::Offset { base, disp } => (0b10, resolved(base), disp),
            Amode::Pre { base, disp } => (0b11, base, disp),
            Amode::Post { base, disp } => (0b01, base, disp),
            Amode::Index { .. } | Amode::Low { .. } => {
                panic!("{:?}: pair at {amode:?}", self.form)
            }
        };
        assert!(
            disp & ((1 << log2) - 1) == 0,
            "{:?}: {disp} is not a multiple of the access",
            self.form
        );
        self.base(base);
        self.field(mode, 23, 2);
        self.signed(i64::from(disp >> log2), 15, 7);
    }

    fn rel(&mut self, field: Field, target: Target) {
        match target {
            Target::Symbol { .. } if field == arch::IMM26 => {
                self.reloc(arch::CALL26, target);
            }
            Target::Symbol { .. } => panic!("{:?}: {target:?} may be out of reach", self.form),
            Target::Here => {}
            Target::TableDistance { .. } => panic!("{:?}: {target:?}", self.form),
            Target::Const(_) | Target::Table | Target::Label => {
                self.fixup = Some(Fixup::Label { field, target });
            }
        }
    }
    fn reloc(&mut self, kind: RelocKind, target: Target) {
        match target {
            Target::Symbol { symbol, addend } => {
                self.fixup = Some(Fixup::Reloc {
                    kind,
                    symbol,
                    addend,
                });
            }
            Target::Const(_)
            | Target::Table
            | Target::TableDistance { .. }
            | Target::Here
            | Target::Label => {
                panic!("{:?}: no relocation for {target:?}", self.form)
            }
        }
    }
}

/// The eight bits of a float immediate.
fn float_imm(double: bool, value: i64) -> Option<u8> {
    match (double, u32::try_from(value)) {
        (true, _) => imm::fmov_double(value as u64),
        (false, Ok(bits)) => imm::fmov_single(bits),
        (false, Err(_)) => None,
    }
}

fn resolved(base: Base<Reg>) -> Reg {
    match base {
        Base::Reg(reg) => reg,
        Base::Slot(_) | Base::Incoming | Base::Outgoing => panic!("frame address not resolved"),
    }
}
