//! Every row against binutils, twice: our text through the assembler gives our word, and our word through `objdump` gives our text, or
//! that of an alias that objdump prefers for these operands. And the immediates against all that exist.

use super::encode::encode;
use super::imm::{self, LaneImm, LaneKind};
use super::insts::{Form, IndexAt, Kind, R31, Role};
use super::operand::{Amode, Arg, Base, Cc, Extend, Shift, Target};
use super::print::{Names, print};
use super::regs::{Reg, SP, Shape, ZR, v, x};
use crate::ir::Symbol;
use object::{Object, ObjectSection};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

/// Labels are the instruction itself, so that the field is zero.
struct Assembler;

impl Names<Reg> for Assembler {
    fn reg(&self, reg: Reg, shape: Shape) -> String {
        reg.name(shape)
    }
    fn next(&self, reg: Reg) -> Reg {
        reg.next()
    }
    fn target(&self, target: Target) -> String {
        match target {
            Target::Symbol { .. } => "external".to_string(),
            Target::TableDistance { .. } => panic!("distances have no name"),
            Target::Const(_) | Target::Table | Target::Here | Target::Label => ".".to_string(),
        }
    }
}

fn symbol() -> Target {
    Target::Symbol {
        symbol: Symbol::FuncRefs,
        addend: 0,
    }
}

fn registers(shape: Shape, r31: R31) -> Vec<Reg> {
    if shape.is_vec() {
        return vec![v(0), v(1), v(15), v(30), v(31)];
    }
    let last = match r31 {
        R31::Zero => ZR,
        R31::Sp => SP,
    };
    vec![x(0), x(1), x(15), x(30), last]
}

fn amodes(log2: u8) -> Vec<Amode<Reg>> {
    let mut all = Vec::new();
    let size = 1 << log2;
    for base in [x(0), x(9), x(30), SP] {
        for disp in [0, size, 4095 * size, -1, 1, 255, -256, 16 * size] {
            if imm::offset_fits(i64::from(disp), log2) {
                all.push(Amode::reg(base, disp));
            }
        }
        for disp in [-256, -16, 0, 255] {
            all.push(Amode::Pre { base, disp });
            all.push(Amode::Post { base, disp });
        }
        for index in [x(1), x(30), ZR] {
            for extend in [Extend::Uxtw, Extend::Uxtx, Extend::Sxtw, Extend::Sxtx] {
                for shift in [0, log2] {
                    all.push(Amode::Index {
                        base,
                        index,
                        extend,
                        shift,
                    });
                }
            }
        }
        all.push(Amode::Low {
            base,
            symbol: Symbol::FuncRefs,
            addend: 0,
        });
    }
    all
}

fn pairs(log2: u8) -> Vec<Amode<Reg>> {
    let mut all = Vec::new();
    let size = 1 << log2;
    for base in [x(2), SP] {
        for disp in [0, size, -size, 63 * size, -64 * size] {
            all.push(Amode::Offset {
                base: Base::Reg(base),
                disp,
            });
            all.push(Amode::Pre { base, disp });
            all.push(Amode::Post { base, disp });
        }
    }
    all
}

fn logical_values(shape: Shape) -> Vec<i64> {
    match shape {
        Shape::X => vec![
            1,
            0xff,
            0x5555_5555_5555_5555,
            -0x5555_5555_5555_5556,
            0x00ff_00ff_00ff_00ff,
            0x1_0000_0001,
            -2,
            i64::MIN,
            i64::MIN + 1,
            i64::MAX,
            0xffff_ffff,
        ],
        _ => vec![
            1,
            0xff,
            0x5555_5555,
            0x8000_0001,
            0xffff_fffe,
            0xff00_ff00,
            0x8000_0000,
            0x7fff_ffff,
        ],
    }
}

fn counts(shape: Shape) -> Vec<i64> {
    let bits = i64::from(shape.gpr_bits());
    vec![0, 1, 5, 31, bits - 2, bits - 1]
}

fn float_values(double: bool) -> Vec<i64> {
    [1.0, -1.0, 0.125, 31.0, 0.1328125, -1.9375, 2.5]
        .iter()
        .map(|&value: &f64| match double {
            true => value.to_bits() as i64,
            false => i64::from((value as f32).to_bits()),
        })
        .collect()
}

fn choices(kind: Kind) -> Vec<Arg<Reg>> {
    let imms = |values: Vec<i64>| values.into_iter().map(Arg::Imm).collect::<Vec<_>>();
    let regs = |shape, r31| registers(shape, r31).into_iter();
    match kind {
        Kind::Reg { shape, r31, .. } => regs(shape, r31).map(Arg::Reg).collect(),
        Kind::Both { shape } => regs(shape, R31::Zero).map(Arg::Reg).collect(),
        Kind::Shifted { shape, ror } => {
            let mut all: Vec<_> = regs(shape, R31::Zero).map(Arg::Reg).collect();
            for shift in Shift::ALL {
                for amount in counts(shape) {
                    if ror || shift != Shift::Ror {
                        all.push(Arg::Shifted {
                            reg: x(7),
                            shift,
                            amount: amount as u8,
                        });
                    }
                }
            }
            all
        }
        Kind::Extended { .. } => {
            let mut all = Vec::new();
            for extend in Extend::ALL {
                for amount in 0..=4 {
                    for reg in [x(0), x(30), ZR] {
                        all.push(Arg::Extended {
                            reg,
                            extend,
                            amount,
                        });
                    }
                }
            }
            all
        }
        Kind::Arith => imms(vec![0, 1, 0xabc, 0xfff, 0x1000, 0xfff000]),
        Kind::Low12 | Kind::Page => vec![Arg::Rel(symbol())],
        Kind::Logical { shape } => imms(logical_values(shape)),
        Kind::Uimm { bits, .. } => imms(vec![0, 1, (1 << bits) - 1, 1 << (bits - 1)]),
        Kind::MoveShift { shape } => imms((0..i64::from(shape.gpr_bits())).step_by(16).collect()),
        Kind::Lsl { shape }
        | Kind::Immr { shape }
        | Kind::Imms { shape }
        | Kind::ExtractLsb { shape }
        | Kind::InsertLsb { shape } => imms(counts(shape)),
        Kind::Bit { shape } => imms((0..i64::from(shape.gpr_bits())).collect()),
        Kind::BitWidth { shape } => {
            imms(counts(shape).into_iter().map(|count| count + 1).collect())
        }
        Kind::FloatImm { double } => imms(float_values(double)),
        Kind::FloatZero => imms(vec![0]),
        Kind::ByteMask => imms(vec![0, -1, 0xff, -0x100, 0x00ff_ff00_ff00_00ff]),
        Kind::LaneImm => imms(vec![0, 1, 0x80, 0xff, 0x55]),
        Kind::LaneShift { bits } => imms((0..i64::from(bits)).step_by(8).collect()),
        Kind::LaneOnes => imms(vec![8, 16]),
        Kind::LaneFloat { double } => imms(float_values(double)),
        Kind::LaneShl { bits } => imms((0..i64::from(bits)).collect()),
        Kind::LaneShr { bits } => imms((1..=i64::from(bits)).collect()),
        Kind::Index(IndexAt::Field { bits, .. }) => imms((0..1 << bits).collect()),
        Kind::Index(IndexAt::HighLow) => imms(vec![0, 1, 2, 3]),
        Kind::Index(IndexAt::Structure { log2 }) => imms((0..16 >> log2).collect()),
        Kind::List { shape, .. } => regs(shape, R31::Zero).map(Arg::Reg).collect(),
        Kind::Place => [x(0), x(9), x(30), SP]
            .map(|base| Arg::Mem(Amode::reg(base, 0)))
            .to_vec(),
        Kind::Zero => imms(vec![0]),
        Kind::Cc { .. } | Kind::CcInverse | Kind::CcSuffix => {
            Cc::ALL.into_iter().map(Arg::Cc).collect()
        }
        Kind::Mem { log2 } => amodes(log2).into_iter().map(Arg::Mem).collect(),
        Kind::Pair { log2 } => pairs(log2).into_iter().map(Arg::Mem).collect(),
        Kind::Rel(_) => vec![Arg::Rel(Target::Label)],
    }
}

/// Whether the operands are allowed together.
fn fit(form: Form, args: &[Arg<Reg>]) -> bool {
    let operands = form.row().operands;
    let has_pair = operands
        .iter()
        .any(|opd| matches!(opd.kind, Kind::Pair { .. }));
    let same_twice = has_pair && operands[0].role == Role::Def && args[0] == args[1];
    let written_back = args.iter().any(|arg| match arg {
        Arg::Mem(Amode::Pre { base, .. } | Amode::Post { base, .. }) => {
            args.contains(&Arg::Reg(*base))
        }
        _ => false,
    });
    let too_wide = match (operands.last().map(|opd| opd.kind), args) {
        (Some(Kind::BitWidth { shape }), [.., Arg::Imm(lsb), Arg::Imm(width)]) => {
            lsb + width > i64::from(shape.gpr_bits())
        }
        _ => false,
    };
    let plain_move = form == Form::MovSp64 && !args.contains(&Arg::Reg(SP));
    !plain_move && !same_twice && !written_back && !too_wide
}

/// Varies each operand while the others stay at one, then at another choice.
fn cases(form: Form) -> Vec<Vec<Arg<Reg>>> {
    let all: Vec<_> = form
        .row()
        .operands
        .iter()
        .map(|opd| choices(opd.kind))
        .collect();
    let rest = |back: bool| -> Vec<Arg<Reg>> {
        let pick = |(i, c): (usize, &Vec<Arg<Reg>>)| {
            let at = i % c.len();
            c[if back { c.len() - 1 - at } else { at }]
        };
        all.iter().enumerate().map(pick).collect()
    };
    let mut cases = vec![rest(false), rest(true)];
    for (i, choices) in all.iter().enumerate() {
        for choice in choices {
            for mut case in [rest(false), rest(true)] {
                case[i] = *choice;
                cases.push(case);
            }
        }
    }
    // All pairs of bit field positions and widths.
    if let Some(Kind::BitWidth { .. }) = form.row().operands.last().map(|opd| opd.kind) {
        for lsb in &all[2] {
            for width in &all[3] {
                cases.push(vec![all[0][1], all[1][2], *lsb, *width]);
            }
        }
    }
    cases.retain(|args| fit(form, args));
    cases.dedup();
    cases
}

/// Runs a tool of binutils for AArch64. `None`: it is not installed.
fn tool(name: &str, args: &[&str], path: &Path) -> Option<String> {
    let output = match Command::new(format!("aarch64-linux-gnu-{name}"))
        .args(args)
        .arg(path)
        .output()
    {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => panic!("{name}: {error}"),
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {errors}");
    Some(String::from_utf8(output.stdout).expect("text"))
}

/// Words that the assembler makes, and what objdump calls them.
fn assemble(lines: &str) -> Option<(Vec<u32>, Vec<String>)> {
    let dir = std::env::temp_dir().join(format!("wative-rows-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("temporary directory");
    let (source, binary) = (dir.join("rows.s"), dir.join("rows.o"));
    std::fs::write(&source, lines).expect("temporary file");
    tool(
        "as",
        &["-march=armv8.1-a", "-o", binary.to_str().expect("path")],
        &source,
    )?;
    let bytes = std::fs::read(&binary).expect("object");
    let file = object::File::parse(&*bytes).expect("object");
    let text = file.section_by_name(".text").expect("text section");
    let data = text.data().expect("text section");
    let (words, _) = data.as_chunks();
    let words = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
    let listing = tool("objdump", &["-dz", "--no-show-raw-insn"], &binary)?;
    std::fs::remove_dir_all(&dir).expect("temporary directory");
    let shown = listing
        .lines()
        .filter_map(|line| Some(line.trim_start().split_once(":\t")?.1.to_string()))
        .collect();
    Some((words, shown))
}

/// What differs in spelling only: comments, spaces, how numbers are written, names of carry conditions, targets.
fn normalise(text: &str, has_target: bool) -> String {
    let text = text.split("//").next().unwrap_or("");
    let (mnemonic, rest) = text.split_once([' ', '\t']).unwrap_or((text, ""));
    let mut mnemonic = mnemonic.trim().to_string();
    for (ours, theirs) in [("hs", "cs"), ("lo", "cc")] {
        if mnemonic == format!("b.{theirs}") {
            mnemonic = format!("b.{ours}");
        }
    }
    let mut operands: Vec<String> = Vec::new();
    for operand in rest.split(',') {
        let mut operand = operand.trim().to_string();
        if let Some(at) = operand.find('#') {
            let digits: String = operand[at + 1..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || "+-.".contains(*c))
                .collect();
            let tail = operand[at + 1 + digits.len()..].to_string();
            operand = format!("{}#{}{tail}", &operand[..at], number(&digits));
        }
        operands.push(match operand.as_str() {
            "cs" => "hs".to_string(),
            "cc" => "lo".to_string(),
            _ => operand,
        });
    }
    if has_target {
        operands.pop();
    }
    format!("{mnemonic} {}", operands.join(", "))
}

/// Where objdump writes the default extension of an operand beside the stack pointer as `lsl`, or not at all; `tbz` with w registers for
/// low bits; and what the linker fills in not at all.
fn spelled(text: &str) -> String {
    let text = text.replace(", :lo12:external]", "]");
    let default = if text.contains("wsp,") {
        "uxtw"
    } else {
        "uxtx"
    };
    if text.contains("sp, ") && !text.contains('[') {
        return text
            .replace(&format!("{default} #"), "lsl #")
            .replace(&format!(", {default}"), "");
    }
    match text.strip_prefix("tbz x").or(text.strip_prefix("tbnz x")) {
        Some(rest) => {
            let (mnemonic, _) = text.split_once(' ').expect("operands");
            let bit = rest
                .split(['#', ','])
                .nth(2)
                .and_then(|bit| bit.parse().ok());
            let file = if bit < Some(32) { 'w' } else { 'x' };
            format!("{mnemonic} {file}{rest}")
        }
        None => text,
    }
}

fn number(digits: &str) -> String {
    if let Some(hex) = digits.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).map_or(digits.to_string(), |n| n.to_string());
    }
    match digits.parse::<f64>() {
        Ok(value) => value.to_string(),
        Err(_) => digits.to_string(),
    }
}

/// Where objdump prefers the second, an alias, for certain operands of the first.
const PREFERRED: &[(&str, &str)] = &[
    ("add", "mov"),
    ("adds", "cmn"),
    ("ands", "tst"),
    ("bfi", "bfc"),
    ("bfi", "bfxil"),
    ("bfm", "bfc"),
    ("bfm", "bfi"),
    ("bfm", "bfxil"),
    ("cinc", "cset"),
    ("cinv", "csetm"),
    ("csinc", "cinc"),
    ("csinv", "cinv"),
    ("csneg", "cneg"),
    ("extr", "ror"),
    ("lsl", "lsr"),
    ("madd", "mul"),
    ("movn", "mov"),
    ("movz", "mov"),
    ("msub", "mneg"),
    ("negs", "cmp"),
    ("orn", "mvn"),
    ("orr", "mov"),
    ("sbc", "ngc"),
    ("sbfiz", "asr"),
    ("sbfiz", "sbfx"),
    ("sbfiz", "sxtw"),
    ("sbfm", "asr"),
    ("sbfm", "sbfiz"),
    ("sbfm", "sbfx"),
    ("sbfm", "sxtw"),
    ("sbfx", "asr"),
    ("sbfx", "sxtw"),
    ("smaddl", "smull"),
    ("sshll", "sxtl"),
    ("sshll2", "sxtl2"),
    ("smsubl", "smnegl"),
    ("sub", "neg"),
    ("subs", "cmp"),
    ("subs", "negs"),
    ("ubfiz", "lsl"),
    ("ubfiz", "lsr"),
    ("ubfiz", "ubfx"),
    ("ubfm", "lsl"),
    ("ubfm", "lsr"),
    ("ubfm", "ubfiz"),
    ("ubfm", "ubfx"),
    ("ubfx", "lsr"),
    ("umaddl", "umull"),
    ("umsubl", "umnegl"),
    ("ushll", "uxtl"),
    ("ushll2", "uxtl2"),
];

#[test]
fn rows_agree_with_binutils() {
    let mut source = String::new();
    let mut expected = Vec::new();
    for &form in Form::ALL {
        for args in cases(form) {
            let text = print(form, &args, &Assembler);
            let _ = writeln!(source, "{text}");
            expected.push((form, encode(form, &args), text, args));
        }
    }
    let Some((words, shown)) = assemble(&source) else {
        println!(
            "skipped: aarch64-linux-gnu-as and -objdump (binutils-aarch64-linux-gnu) are not installed"
        );
        return;
    };
    assert_eq!(words.len(), expected.len());
    assert_eq!(shown.len(), expected.len());
    let mut failures = Vec::new();
    let mut preferred = BTreeSet::new();
    for ((form, ours, text, args), (word, theirs)) in expected.iter().zip(words.iter().zip(&shown))
    {
        if ours.word != *word {
            failures.push(format!(
                "{form:?} {args:?} {text:?}: ours {:08x}, assembler {word:08x}",
                ours.word
            ));
        }
        let text = spelled(text);
        let has_target = form
            .row()
            .operands
            .iter()
            .any(|opd| matches!(opd.kind, Kind::Rel(_) | Kind::Page | Kind::Low12));
        let (ours, theirs) = (normalise(&text, has_target), normalise(theirs, has_target));
        let mnemonics = (
            text.split(' ').next().expect("mnemonic"),
            theirs.split(' ').next().expect("mnemonic"),
        );
        if ours != theirs && PREFERRED.contains(&mnemonics) {
            preferred.insert((mnemonics.0.to_string(), mnemonics.1.to_string()));
        } else if ours != theirs {
            failures.push(format!(
                "{form:?} {args:?}: ours {ours:?}, objdump {theirs:?}"
            ));
        }
    }
    let shown = failures.iter().take(20).cloned().collect::<Vec<_>>();
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        expected.len(),
        shown.join("\n")
    );
    assert_eq!(preferred.len(), PREFERRED.len(), "aliases: {preferred:?}");
}

#[test]
fn out_of_range_operands_are_refused() {
    let reg = |n| Arg::Reg(x(n));
    let vec = |n| Arg::Reg(v(n));
    let at = |disp| Arg::Mem(Amode::reg(x(1), disp));
    let index = |shift| {
        Arg::Mem(Amode::Index {
            base: x(1),
            index: x(2),
            extend: Extend::Uxtw,
            shift,
        })
    };
    let shifted = |shift, amount| Arg::Shifted {
        reg: x(2),
        shift,
        amount,
    };
    let wrong: &[(Form, &[Arg<Reg>])] = &[
        (Form::AddI64, &[reg(0), reg(1), Arg::Imm(0x1001)]),
        (Form::AddI64, &[reg(0), reg(1), Arg::Imm(-1)]),
        (Form::AddI64, &[reg(0), Arg::Reg(ZR), Arg::Imm(1)]),
        (Form::Add64, &[reg(0), Arg::Reg(SP), reg(1)]),
        (Form::Add64, &[reg(0), reg(1), Arg::Reg(v(1))]),
        (Form::Add32, &[reg(0), reg(1), shifted(Shift::Lsl, 32)]),
        (Form::Add32, &[reg(0), reg(1), shifted(Shift::Ror, 1)]),
        (Form::AndI64, &[reg(0), reg(1), Arg::Imm(0)]),
        (Form::AndI32, &[reg(0), reg(1), Arg::Imm(-2)]),
        (Form::Movz32, &[reg(0), Arg::Imm(1), Arg::Imm(32)]),
        (Form::Movz32, &[reg(0), Arg::Imm(0x10000), Arg::Imm(0)]),
        (Form::LslI32, &[reg(0), reg(1), Arg::Imm(32)]),
        (Form::Ubfx32, &[reg(0), reg(1), Arg::Imm(30), Arg::Imm(3)]),
        (Form::Ubfx64, &[reg(0), reg(1), Arg::Imm(3), Arg::Imm(0)]),
        (Form::Ldr64, &[reg(0), at(-257)]),
        (Form::Ldr64, &[reg(0), at(257)]),
        (Form::Ldr64, &[reg(0), at(32768)]),
        (Form::Ldr64, &[reg(0), index(2)]),
        (Form::Ldp64, &[reg(0), reg(2), at(4)]),
        (Form::Ldp64, &[reg(0), reg(2), at(512)]),
        (Form::Ldp64, &[reg(0), reg(0), at(0)]),
        (
            Form::Tbz32,
            &[reg(0), Arg::Imm(32), Arg::Rel(Target::Label)],
        ),
        (Form::FmovID, &[Arg::Reg(v(0)), Arg::Imm(0)]),
        (Form::LdrLitD, &[Arg::Reg(v(0)), Arg::Rel(symbol())]),
        (Form::Add4s, &[vec(0), vec(1), reg(2)]),
        (Form::ShlI8h, &[vec(0), vec(1), Arg::Imm(16)]),
        (Form::UshrI8h, &[vec(0), vec(1), Arg::Imm(0)]),
        (Form::UshrI8h, &[vec(0), vec(1), Arg::Imm(17)]),
        (Form::DupE4s, &[vec(0), vec(1), Arg::Imm(4)]),
        (Form::InsD, &[vec(0), Arg::Imm(2), reg(1)]),
        (Form::Ld1H, &[vec(0), Arg::Imm(8), at(0)]),
        (Form::Ld1H, &[vec(0), Arg::Imm(0), at(2)]),
        (Form::Ld1R4s, &[vec(0), index(0)]),
        (Form::Movi8h, &[vec(0), Arg::Imm(1), Arg::Imm(16)]),
        (Form::MoviOnes4s, &[vec(0), Arg::Imm(1), Arg::Imm(24)]),
        (Form::LdrQ, &[vec(0), at(257)]),
    ];
    for (form, args) in wrong {
        let result = std::panic::catch_unwind(|| encode(*form, args));
        assert!(result.is_err(), "{form:?} {args:?} gives {result:?}");
    }
}

/// Every logical immediate of 64 bits: for each element size every run of ones, rotated every way.
#[test]
fn logical_immediates_are_complete() {
    let mut all = BTreeSet::new();
    for size in [2u32, 4, 8, 16, 32, 64] {
        for ones in 1..size {
            for rotation in 0..size {
                let bit = |i: u32| u64::from((i + rotation) % size < ones);
                all.insert((0..64).fold(0, |bits, i| bits | bit(i) << i));
            }
        }
    }
    assert_eq!(all.len(), 5334);
    for &value in &all {
        let encoded = imm::logical(value, 64).expect("a logical immediate");
        assert_eq!(decode(encoded), value);
        let low = value & 0xffff_ffff;
        let repeats = value >> 32 == low;
        if repeats {
            assert_eq!(decode(imm::logical(low, 32).expect("32 bits")), value);
        }
        for bit in 0..64 {
            let neighbour = value ^ 1 << bit;
            assert_eq!(
                imm::logical(neighbour, 64).is_some(),
                all.contains(&neighbour)
            );
        }
    }
    for value in [0, u64::MAX] {
        assert_eq!(imm::logical(value, 64), None);
    }
    for value in [0, 0xffff_ffff] {
        assert_eq!(imm::logical(value, 32), None);
    }
}

/// `DecodeBitMasks` of the Arm ARM (J1.1.3, aarch64/instrs/integer/bitmasks).
fn decode(n_immr_imms: u32) -> u64 {
    let (n, immr, imms) = (n_immr_imms >> 12, n_immr_imms >> 6 & 63, n_immr_imms & 63);
    let len = 31 - (n << 6 | (!imms & 63)).leading_zeros();
    let size = 1 << len;
    let (s, r) = (imms & (size - 1), immr & (size - 1));
    assert_ne!(s, size - 1, "reserved");
    let run = |i: u32| u64::from(i <= s);
    (0..64).fold(0, |bits, i| bits | run((i % size + r) % size) << i)
}

/// Every float immediate is recognised, and nothing else near it.
#[test]
fn float_immediates_are_complete() {
    let mut all = BTreeSet::new();
    for sign in [1.0, -1.0] {
        for exponent in -3..=4 {
            for mantissa in 16..32 {
                let value = sign * f64::from(mantissa) / 16.0 * 2f64.powi(exponent);
                all.insert(value.to_bits());
                let imm = imm::fmov_double(value.to_bits()).expect("a float immediate");
                assert_eq!(imm::fmov_single((value as f32).to_bits()), Some(imm));
            }
        }
    }
    assert_eq!(all.len(), 256);
    for &bits in &all {
        for bit in 0..64 {
            let neighbour = bits ^ 1 << bit;
            assert_eq!(
                imm::fmov_double(neighbour).is_some(),
                all.contains(&neighbour)
            );
        }
    }
    for special in [0.0, -0.0, f64::INFINITY, f64::NAN] {
        assert_eq!(imm::fmov_double(special.to_bits()), None);
        assert_eq!(imm::fmov_single((special as f32).to_bits()), None);
    }
}

#[test]
fn move_immediates() {
    assert_eq!(imm::movz(0), Some((0, 0)));
    assert_eq!(imm::movz(0xabcd_0000_0000), Some((0xabcd, 32)));
    assert_eq!(imm::movz(0x1_8000), None);
    assert_eq!(imm::movn(u64::MAX, 64), Some((0, 0)));
    assert_eq!(imm::movn(0xffff_1234, 32), Some((0xedcb, 0)));
    assert_eq!(imm::movn(0xffff_1234, 64), None);
    assert_eq!(imm::movn(!0xabcd_0000_0000_0000, 64), Some((0xabcd, 48)));
}

/// What a vector immediate makes of each word.
fn word(LaneImm { kind, value, shift }: LaneImm, float: u32) -> u32 {
    let byte = u32::from(value);
    let shifted = byte << shift;
    let half = shifted << 16 | shifted;
    let ones = shifted | ((1 << shift) - 1);
    match kind {
        LaneKind::Bytes => byte * 0x0101_0101,
        LaneKind::Halves => half,
        LaneKind::HalvesInverted => !half,
        LaneKind::Words => shifted,
        LaneKind::WordsInverted => !shifted,
        LaneKind::Ones => ones,
        LaneKind::OnesInverted => !ones,
        LaneKind::Float => float,
    }
}

/// Every vector immediate is found, and what is found is the constant.
#[test]
fn lane_immediates_are_complete() {
    let shifts = |kind| match kind {
        LaneKind::Bytes => 0..1,
        LaneKind::Halves | LaneKind::HalvesInverted => 0..2,
        LaneKind::Words | LaneKind::WordsInverted => 0..4,
        LaneKind::Ones | LaneKind::OnesInverted => 1..3,
        LaneKind::Float => 0..0,
    };
    let kinds = [
        LaneKind::Bytes,
        LaneKind::Halves,
        LaneKind::HalvesInverted,
        LaneKind::Words,
        LaneKind::WordsInverted,
        LaneKind::Ones,
        LaneKind::OnesInverted,
    ];
    for kind in kinds {
        for shift in shifts(kind) {
            for value in 0..=255 {
                let shift = 8 * shift;
                let number = word(LaneImm { kind, value, shift }, 0);
                let found = imm::lane(number).expect("a vector immediate");
                assert_eq!(word(found, number), number, "{found:?}");
                for bit in 0..32 {
                    let neighbour = number ^ 1 << bit;
                    if let Some(found) = imm::lane(neighbour) {
                        assert_eq!(word(found, neighbour), neighbour, "{found:?}");
                    }
                }
            }
        }
    }
    let float = imm::lane(1.5f32.to_bits()).expect("a float immediate");
    assert_eq!(float.kind, LaneKind::Float);
    assert_eq!(imm::lane(0x1234_5678), None);
    assert_eq!(
        imm::lane_bits(0xff00 * 0x0001_0001_0001_0001_0001_0001_0001_0001),
        Some((false, 0xff, 8))
    );
    assert_eq!(
        imm::lane_bits(0x12_0000 * 0x1_0000_0001_0000_0001_0000_0001),
        Some((true, 0x12, 16))
    );
    assert_eq!(imm::lane_bits(1), None);
}
