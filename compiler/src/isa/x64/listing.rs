//! Listing: the rows of an instruction as text.

use super::expand::{Dest, PArg, Sink, expand};
use super::insts::Form;
use super::mir::Inst;
use super::operand::{Arg, Cc};
use super::print::{Physical, print};
use super::regs::{RSP, Reg};
use crate::abi::TrapCode;
use crate::mach::frame::FrameLayout;
use crate::mach::mir::{Loc, MBlock};

struct Printer<'a> {
    frame: &'a FrameLayout,
    lines: Vec<String>,
}

impl Sink for Printer<'_> {
    fn frame(&self) -> &FrameLayout {
        self.frame
    }
    fn row(&mut self, form: Form, args: &[PArg], trap: Option<TrapCode>) {
        let mut line = print(form, args, &Physical);
        if let Some(code) = trap {
            line.push_str(&format!("  ; {code:?}"));
        }
        self.lines.push(line);
    }
    fn jump(&mut self, cond: Option<Cc>, to: Dest) {
        let mnemonic = match cond {
            None => "jmp".to_string(),
            Some(cc) => format!("j{}", cc.name()),
        };
        let to = match to {
            Dest::Block(block) => block.to_string(),
            Dest::Pad(code) => format!("trap {code:?}"),
            Dest::Local(n) => format!(".{n}"),
        };
        self.lines.push(format!("{mnemonic} {to}"));
    }
    fn bind(&mut self, local: usize) {
        self.lines.push(format!(".{local}:"));
    }
    fn is_next(&self, _: MBlock) -> bool {
        false
    }
    fn call_returns(&mut self) {}
    fn table(&mut self, targets: &[MBlock]) {
        let names: Vec<String> = targets.iter().map(MBlock::to_string).collect();
        self.lines.push(format!("; table: {}", names.join(" ")));
    }
    fn epilogue(&mut self) {
        if self.frame.size != 0 {
            let size = Arg::Imm(i64::from(self.frame.size));
            self.row(Form::AddRmI64, &[Arg::Reg(RSP), size], None);
        }
        for &reg in self.frame.saved.iter().rev() {
            self.row(Form::Pop, &[Arg::Reg(Reg::from(reg))], None);
        }
        self.row(Form::Ret, &[], None);
    }
}

/// Text of an instruction; several lines where it is several rows, none where it is nothing.
pub fn instruction(inst: &Inst, locs: &[Loc], frame: &FrameLayout) -> String {
    let mut printer = Printer {
        frame,
        lines: Vec::new(),
    };
    expand(&mut printer, inst, locs);
    printer.lines.join("\n    ")
}
