//! The encoder: a row and physical operands to bytes (Intel SDM volume 2, chapter 2).

use super::insts::{Enc, Form, Map, Opd, Place};
use super::operand::{Amode, Arg, Base, Target};
use super::regs::{RBP, RSP, Reg, Width};

/// Longest instruction.
const MAX_LEN: usize = 16;

/// Prefixes of guest addresses (Intel SDM volume 2, 2.1.1).
const SEGMENT_GS: u8 = 0x65;
const ADDRESS_SIZE: u8 = 0x67;

/// Appends so many bytes of instructions that do nothing, as few as there can be (Intel SDM volume 2, NOP: recommended multi-byte sequences).
pub fn fill(len: u32, bytes: &mut Vec<u8>) {
    const NOPS: [&[u8]; 9] = [
        &[0x90],
        &[0x66, 0x90],
        &[0x0f, 0x1f, 0x00],
        &[0x0f, 0x1f, 0x40, 0x00],
        &[0x0f, 0x1f, 0x44, 0x00, 0x00],
        &[0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
        &[0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
        &[0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
        &[0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
    ];
    let mut left = len as usize;
    while left > 0 {
        let nop = NOPS[left.min(NOPS.len()) - 1];
        bytes.extend_from_slice(nop);
        left -= nop.len();
    }
}

/// An encoded instruction.
#[derive(Clone, Copy, Debug)]
pub struct Encoded {
    bytes: [u8; MAX_LEN],
    len: u8,
    /// The 32-bit pc-relative field that is still to be filled in.
    pub fixup: Option<Fixup>,
}

/// A 32-bit field whose value is `target + addend - address of the field`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fixup {
    /// Offset of the field in the instruction.
    pub at: u8,
    pub target: Target,
    pub addend: i32,
}

impl Encoded {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
    fn push(&mut self, byte: u8) {
        self.bytes[usize::from(self.len)] = byte;
        self.len += 1;
    }
    fn push_int(&mut self, value: i64, bytes: u8) {
        for byte in &value.to_le_bytes()[..usize::from(bytes)] {
            self.push(*byte);
        }
    }
}

/// Fields gathered from the operands.
#[derive(Default)]
struct Fields<'a> {
    /// ModRM.reg or opcode register.
    reg: u8,
    vvvv: u8,
    is4: Option<u8>,
    rm_reg: Option<u8>,
    rm_mem: Option<&'a Amode<Reg>>,
    imm: Option<(i64, u8)>,
    cc: u8,
    rel: Option<Target>,
    /// An operand is spl, bpl, sil or dil, which only exist with a REX prefix.
    force_rex: bool,
}

fn gather<'a>(operands: &[Opd], args: &'a [Arg<Reg>]) -> Fields<'a> {
    assert_eq!(operands.len(), args.len(), "operand count");
    let mut fields = Fields::default();
    for (opd, arg) in operands.iter().zip(args) {
        let kind = opd.kind;
        let mut reg_of = |reg: Reg| {
            assert_eq!(reg.is_xmm(), kind.xmm, "register class of {arg:?}");
            if kind.width == Width::B8 && !kind.xmm && (4..8).contains(&reg.enc()) {
                fields.force_rex = true;
            }
            reg.enc()
        };
        match (kind.place, arg) {
            (Place::Reg | Place::Opcode, Arg::Reg(reg)) => fields.reg = reg_of(*reg),
            (Place::Vvvv, Arg::Reg(reg)) => fields.vvvv = reg_of(*reg),
            (Place::Is4, Arg::Reg(reg)) => fields.is4 = Some(reg_of(*reg)),
            (Place::Rm { reg: true, .. }, Arg::Reg(reg)) => fields.rm_reg = Some(reg_of(*reg)),
            (Place::Rm { mem: true, .. }, Arg::Mem(amode)) => fields.rm_mem = Some(amode),
            (Place::Imm(bytes), Arg::Imm(value)) => fields.imm = Some((*value, bytes)),
            (Place::Fixed { reg, .. }, Arg::Reg(given)) => {
                assert_eq!(reg, *given, "implied register");
            }
            (Place::Cc, Arg::Cc(cc)) => fields.cc = *cc as u8,
            (Place::Rel, Arg::Rel(target)) => fields.rel = Some(*target),
            _ => panic!("operand {arg:?} does not fit {kind:?}"),
        }
    }
    fields
}

/// Encodes one instruction.
///
/// Panics where an operand does not fit the row: a bug of the lowering.
pub fn encode(form: Form, args: &[Arg<Reg>]) -> Encoded {
    let row = form.row();
    let enc = row.enc;
    let fields = gather(row.operands, args);
    let mut opcode = enc.opcode + fields.cc;
    let mut imm = fields.imm;
    if let Some((value, bytes)) = imm {
        check_imm(value, bytes);
        if enc.short != 0 && i8::try_from(sign_extended(value, bytes)).is_ok() {
            opcode = enc.short;
            imm = Some((value, 1));
        }
    }

    let mut out = Encoded {
        bytes: [0; MAX_LEN],
        len: 0,
        fixup: None,
    };
    let (reg, rm_reg, rm_mem) = (fields.reg, fields.rm_reg, fields.rm_mem);
    let base = rm_mem.and_then(|m| match m.base {
        Base::Reg(reg) => Some(reg.enc()),
        Base::None | Base::Rip(_) => None,
        Base::Slot(_) | Base::Incoming | Base::Outgoing => panic!("frame address not resolved"),
    });
    let index = rm_mem.and_then(|m| m.index).map(|(reg, _)| reg.enc());
    let rex_b = if enc.has_modrm {
        rm_reg.or(base).unwrap_or(0)
    } else {
        reg
    };
    let rex_r = if enc.has_modrm { reg } else { 0 };
    let extensions = Extensions {
        w: enc.rex_w,
        r: rex_r >> 3,
        x: index.unwrap_or(0) >> 3,
        b: rex_b >> 3,
    };
    if rm_mem.is_some_and(|m| m.guest) {
        out.push(SEGMENT_GS);
        out.push(ADDRESS_SIZE);
    }
    if enc.vex {
        vex_prefix(&mut out, &enc, extensions, fields.vvvv);
    } else {
        legacy_prefix(&mut out, &enc, extensions, fields.force_rex);
    }
    if !enc.has_modrm {
        out.push(
            opcode
                | if is_opcode_reg(row.operands) {
                    reg & 7
                } else {
                    0
                },
        );
    } else {
        out.push(opcode);
        let reg_field = if row.operands.iter().any(|o| o.kind.place == Place::Reg) {
            reg & 7
        } else {
            enc.digit
        } << 3;
        match (rm_reg, rm_mem) {
            (Some(rm), None) => out.push(0xc0 | reg_field | rm & 7),
            (None, Some(amode)) => encode_mem(&mut out, reg_field, amode),
            _ => panic!("{form:?} needs exactly one rm operand"),
        }
    }
    if let Some((value, bytes)) = imm {
        out.push_int(value, bytes);
    }
    if let Some(byte) = fields.is4.map(|reg| reg << 4).or(enc.tail) {
        out.push(byte);
    }
    if let Some(target) = fields.rel {
        out.fixup = Some(Fixup {
            at: out.len,
            target,
            addend: 0,
        });
        out.push_int(0, 4);
    }
    if let Some(fixup) = &mut out.fixup {
        // The processor counts from the end of the instruction, immediates included.
        fixup.addend -= i32::from(out.len - fixup.at);
    }
    out
}

/// Bits that extend the other fields: the operand width, and the fourth bits of three register numbers (0 or 1).
#[derive(Clone, Copy)]
struct Extensions {
    w: bool,
    r: u8,
    x: u8,
    b: u8,
}

/// Mandatory prefix, REX where it is needed, opcode map.
fn legacy_prefix(out: &mut Encoded, enc: &Enc, ext: Extensions, force_rex: bool) {
    if enc.lock {
        out.push(0xf0);
    }
    if enc.prefix != 0 {
        out.push(enc.prefix);
    }
    let rex = 0x40 | u8::from(ext.w) << 3 | ext.r << 2 | ext.x << 1 | ext.b;
    if rex != 0x40 || force_rex {
        out.push(rex);
    }
    match enc.map {
        Map::Primary => {}
        Map::M0f => out.push(0x0f),
        Map::M0f38 => {
            out.push(0x0f);
            out.push(0x38);
        }
        Map::M0f3a => {
            out.push(0x0f);
            out.push(0x3a);
        }
    }
}

/// The same in a VEX prefix, of two bytes where it can be. Its register bits are inverted; the vector length is 128.
fn vex_prefix(out: &mut Encoded, enc: &Enc, ext: Extensions, vvvv: u8) {
    let pp = match enc.prefix {
        0x66 => 1,
        0xf3 => 2,
        0xf2 => 3,
        _ => 0,
    };
    let low = (vvvv ^ 15) << 3 | pp;
    let r = (ext.r ^ 1) << 7;
    let map = match enc.map {
        Map::Primary => panic!("VEX form in the primary map"),
        Map::M0f if !ext.w && ext.x == 0 && ext.b == 0 => {
            out.push(0xc5);
            return out.push(r | low);
        }
        Map::M0f => 1,
        Map::M0f38 => 2,
        Map::M0f3a => 3,
    };
    out.push(0xc4);
    out.push(r | (ext.x ^ 1) << 6 | (ext.b ^ 1) << 5 | map);
    out.push(u8::from(ext.w) << 7 | low);
}

fn is_opcode_reg(operands: &[Opd]) -> bool {
    operands.iter().any(|o| o.kind.place == Place::Opcode)
}

/// The value that an immediate field of this size stands for.
pub fn sign_extended(value: i64, bytes: u8) -> i64 {
    let shift = 64 - 8 * u32::from(bytes);
    value << shift >> shift
}

/// Immediates are given sign-extended, or as the unsigned value of the field.
fn check_imm(value: i64, bytes: u8) {
    let bits = 8 * u32::from(bytes);
    let fits = bits == 64 || (value >= -(1 << (bits - 1)) && value < 1 << bits);
    assert!(fits, "immediate {value:#x} does not fit {bits} bits");
}

/// ModRM, SIB and displacement. rsp and r12 as base need a SIB byte, rbp and r13 a displacement; rsp is no index.
fn encode_mem(out: &mut Encoded, reg_field: u8, amode: &Amode<Reg>) {
    let disp = amode.disp;
    let sib_index = amode.index.map(|(reg, shift)| {
        assert!(reg != RSP && shift < 4, "index register");
        shift << 6 | (reg.enc() & 7) << 3
    });
    match amode.base {
        Base::Rip(target) => {
            assert!(amode.index.is_none(), "rip with index");
            out.push(reg_field | 5);
            out.fixup = Some(Fixup {
                at: out.len,
                target,
                addend: disp,
            });
            out.push_int(0, 4);
        }
        Base::None => {
            out.push(reg_field | 4);
            out.push(sib_index.unwrap_or(4 << 3) | 5);
            out.push_int(i64::from(disp), 4);
        }
        Base::Reg(base) => {
            let low = base.enc() & 7;
            let mode = if disp == 0 && low != RBP.enc() {
                0x00
            } else if i8::try_from(disp).is_ok() {
                0x40
            } else {
                0x80
            };
            if sib_index.is_some() || low == RSP.enc() {
                out.push(mode | reg_field | 4);
                out.push(sib_index.unwrap_or(4 << 3) | low);
            } else {
                out.push(mode | reg_field | low);
            }
            match mode {
                0x00 => {}
                0x40 => out.push_int(i64::from(disp), 1),
                _ => out.push_int(i64::from(disp), 4),
            }
        }
        Base::Slot(_) | Base::Incoming | Base::Outgoing => panic!("frame address not resolved"),
    }
}
