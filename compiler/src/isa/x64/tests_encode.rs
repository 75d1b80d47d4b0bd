//! Every row against `objdump`: registers that are special in the encoding, address modes, immediates.

use super::encode::{self, encode};
use super::insts::{Form, Place};
use super::operand::{Amode, Arg, Base, Cc, Target};
use super::print::{Names, print};
use super::regs::{Reg, Width, xmm};
use std::process::Command;

const GPRS: [u8; 8] = [0, 3, 4, 5, 7, 8, 12, 13];

/// Names targets by what objdump computes for a field that is still zero.
struct Objdump;

impl Names<Reg> for Objdump {
    fn reg(&self, reg: Reg, width: Width) -> String {
        reg.name(width)
    }
    fn target(&self, _: Target) -> String {
        "TARGET".to_string()
    }
}

fn amodes() -> Vec<Amode<Reg>> {
    let mut all = Vec::new();
    for base in GPRS {
        for disp in [0, 0x10, -8, 0x7f, 0x80, -0x80, -0x81, 0x1234_5678] {
            all.push(Amode::reg(Reg(base), disp));
        }
    }
    for (base, index, shift) in [(0, 1, 0), (4, 5, 1), (5, 12, 2), (13, 8, 3), (12, 13, 0)] {
        for disp in [0, 0x20, 0x6000_0000] {
            all.push(Amode {
                base: Base::Reg(Reg(base)),
                index: Some((Reg(index), shift)),
                disp,
                guest: false,
            });
        }
    }
    all.push(Amode {
        base: Base::None,
        index: Some((Reg(9), 3)),
        disp: 0x6000_0010,
        guest: false,
    });
    for (base, index, shift) in [(0, 1, 0), (4, 5, 1), (13, 12, 3)] {
        for disp in [0, -8, 0x6000_0000] {
            all.push(Amode {
                base: Base::Reg(Reg(base)),
                index: Some((Reg(index), shift)),
                disp,
                guest: true,
            });
        }
    }
    for (base, disp) in [(0, 0), (4, 0x10), (5, 0), (13, -1), (12, 0x1234_5678)] {
        all.push(Amode {
            guest: true,
            ..Amode::reg(Reg(base), disp)
        });
    }
    all.push(Amode {
        base: Base::None,
        index: Some((Reg(9), 3)),
        disp: -0x10,
        guest: true,
    });
    all.push(Amode::based(Base::None, 0x6000_0000));
    all.push(Amode::based(Base::Rip(Target::Table), 0));
    all
}

fn imms(bytes: u8) -> Vec<i64> {
    match bytes {
        1 => vec![0, 1, 7, 0x7f, -1, -128],
        2 => vec![0, 1, 0x7f, 0x80, -1, -128, -129, 0x7fff],
        4 => vec![0, 1, 0x7f, 0x80, -1, -128, -129, 0x7fff_ffff, -0x8000_0000],
        _ => vec![0, -1, 0x1234_5678_9abc_def0, i64::MIN],
    }
}

fn choices(form: Form, operand: usize) -> Vec<Arg<Reg>> {
    let kind = form.row().operands[operand].kind;
    let regs = || -> Vec<Arg<Reg>> {
        GPRS.iter()
            .map(|n| Arg::Reg(if kind.xmm { xmm(*n) } else { Reg(*n) }))
            .collect()
    };
    match kind.place {
        Place::Reg | Place::Opcode | Place::Vvvv | Place::Is4 => regs(),
        Place::Rm { reg, mem } => {
            let mut all = if reg { regs() } else { Vec::new() };
            if mem {
                all.extend(amodes().into_iter().map(Arg::Mem));
            }
            all
        }
        Place::Imm(bytes) => imms(bytes).into_iter().map(Arg::Imm).collect(),
        Place::Fixed { reg, .. } => vec![Arg::Reg(reg)],
        Place::Cc => Cc::ALL.into_iter().map(Arg::Cc).collect(),
        Place::Rel => vec![Arg::Rel(Target::Table)],
    }
}

/// Varies each operand while the others stay at their first, then at their last choice.
fn cases(form: Form) -> Vec<Vec<Arg<Reg>>> {
    let all: Vec<_> = (0..form.row().operands.len())
        .map(|i| choices(form, i))
        .collect();
    let first: Vec<_> = all.iter().map(|c| c[0]).collect();
    let last: Vec<_> = all.iter().map(|c| c[c.len() - 1]).collect();
    let mut cases = vec![first.clone(), last.clone()];
    for (i, choices) in all.iter().enumerate() {
        for choice in choices {
            for rest in [&first, &last] {
                let mut case = rest.clone();
                case[i] = *choice;
                cases.push(case);
            }
        }
    }
    cases
}

/// What differs in spelling only: targets, and the zero displacement that objdump shows where the encoding has one.
fn normalise(text: &str) -> String {
    let text = text.split('#').next().unwrap_or("").trim();
    let mut out = text.split_whitespace().collect::<Vec<_>>().join(" ");
    out = out.replace("+0x0]", "]");
    if let Some(at) = out.find("rip") {
        let end = out[at..].find(']').map_or(out.len(), |e| at + e);
        out.replace_range(at..end, "rip+TARGET");
    }
    let jump = out.starts_with('j') || out.starts_with("call");
    if let Some((head, target)) = out.clone().split_once(' ')
        && jump
        && target.starts_with("0x")
    {
        out = format!("{head} TARGET");
    }
    out
}

#[test]
fn rows_agree_with_objdump() {
    let mut code = Vec::new();
    let mut expected = Vec::new();
    for form in Form::ALL {
        for args in cases(*form) {
            let encoded = encode(*form, &args);
            expected.push((
                code.len(),
                print(*form, &args, &Objdump),
                format!("{form:?} {args:?}"),
            ));
            code.extend_from_slice(encoded.bytes());
        }
    }
    let mut lines = disassemble(&code).into_iter();
    let mut failures = Vec::new();
    for (offset, want, what) in &expected {
        let (at, got) = lines.next().expect("objdump shows every instruction");
        assert_eq!(at, *offset, "length of the instruction before {what}");
        if normalise(&got) != normalise(want) {
            failures.push(format!("{what}: ours {want:?}, objdump {got:?}"));
        }
    }
    assert!(lines.next().is_none());
    let shown = failures.iter().take(20).cloned().collect::<Vec<_>>();
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        expected.len(),
        shown.join("\n")
    );
}

#[test]
fn filling_does_nothing_in_few_instructions() {
    for len in 0..40 {
        let mut code = Vec::new();
        encode::fill(len, &mut code);
        assert_eq!(code.len(), len as usize);
        let lines = disassemble(&code);
        assert_eq!(lines.len(), code.len().div_ceil(9));
        for (_, text) in lines {
            assert!(text.contains("nop") || text == "xchg   ax,ax", "{text}");
        }
    }
}

/// Offsets and texts of instructions, as `objdump` has them.
fn disassemble(code: &[u8]) -> Vec<(usize, String)> {
    let path = std::env::temp_dir().join(format!(
        "wative-encode-{}-{}.bin",
        std::process::id(),
        code.len()
    ));
    std::fs::write(&path, code).expect("temporary file");
    let output = Command::new("objdump")
        .args([
            "-D",
            "-b",
            "binary",
            "-mi386:x86-64",
            "-Mintel",
            "--no-show-raw-insn",
        ])
        .arg(&path)
        .output()
        .expect("objdump (binutils) is needed for this test");
    std::fs::remove_file(&path).expect("temporary file");
    let text = String::from_utf8(output.stdout).expect("objdump prints text");
    let lines = text.lines().filter_map(|line| {
        let (offset, rest) = line.trim_start().split_once(":\t")?;
        Some((usize::from_str_radix(offset, 16).ok()?, rest.to_string()))
    });
    lines.collect()
}
