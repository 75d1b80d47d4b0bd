//! Legacy SSE rows as their VEX twins.
//!
//! Code for processors with AVX has no legacy SSE instruction at all: mixing costs false dependencies on upper register halves, and the twins
//! need no copies. There are two places where twins come in. Lowering asks [`twin`] while sources and results are different virtual
//! registers, so that nothing ties them. What is made after register allocation (compound instructions, moves between registers and spill
//! slots) goes through [`VexSink`], where the result register is the first source as well.

use super::X64;
use super::emit::rows::Out;
use super::insts::{Form, Role};
use super::operand::{Arg, Cc, PArg};
use crate::abi::TrapCode;
use crate::ir::TagId;
use crate::mach::compiled::Cfi;
use crate::mach::mir::MBlock;
use crate::mach::sink::{Dest, Sink};
use smallvec::SmallVec;

/// The VEX twin of a legacy row with its operands; `None` if the row has none.
pub fn twin<R: Copy + std::fmt::Debug>(
    form: Form,
    args: &[Arg<R>],
) -> Option<(Form, SmallVec<[Arg<R>; 4]>)> {
    let twin = form.vex()?;
    let mut all = SmallVec::new();
    match args[0] {
        Arg::Tied { def, src } => {
            all.push(Arg::Reg(def));
            all.push(Arg::Reg(src));
        }
        first => {
            all.push(first);
            if twin.row().operands.len() > args.len() {
                // Read and written, or merged: then the source is at hand.
                all.push(match form.row().operands[0].role {
                    Role::Mod => first,
                    Role::Def | Role::Use => args[1],
                });
            }
        }
    }
    all.extend(args[1..].iter().copied());
    Some((twin, all))
}

/// Passes on rows as their twins.
pub struct VexSink<'a>(pub &'a mut Out<'a>);

impl Sink<X64> for VexSink<'_> {
    fn row(&mut self, form: Form, args: &[PArg], trap: Option<TrapCode>) {
        match twin(form, args) {
            Some((form, args)) => self.0.row(form, &args, trap),
            None => self.0.row(form, args, trap),
        }
    }
    fn jump(&mut self, cond: Option<Cc>, to: Dest) {
        self.0.jump(cond, to);
    }
    fn bind(&mut self, local: usize) {
        self.0.bind(local);
    }
    fn is_next(&self, block: MBlock) -> bool {
        self.0.is_next(block)
    }
    fn call_returns(&mut self) {
        self.0.call_returns();
    }
    fn roots(&mut self, slots: Vec<i32>) {
        self.0.roots(slots);
    }
    fn landings(&mut self, handlers: &[(Option<TagId>, MBlock)]) {
        self.0.landings(handlers);
    }
    fn table(&mut self, targets: &[MBlock]) {
        self.0.table(targets);
    }
    fn cfi(&mut self, event: Cfi) {
        self.0.cfi(event);
    }
    fn is_far(&self) -> bool {
        self.0.is_far()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isa::x64::insts::Place;
    use crate::isa::x64::regs::Reg;

    /// Rows of the legacy encoding that touch vector registers are exactly those with a twin, but for the blends whose VEX forms have another
    /// shape: else code with AVX could mix.
    #[test]
    fn every_legacy_vector_row_has_a_twin() {
        let blends = [Form::Pblendvb, Form::Blendvps, Form::Blendvpd];
        for &form in Form::ALL {
            let row = form.row();
            let is_vector = row.operands.iter().any(|o| o.kind.xmm);
            let needs = is_vector && !row.enc.vex && !blends.contains(&form);
            assert_eq!(form.vex().is_some(), needs, "{form:?}");
            if let Some(twin) = form.vex() {
                assert!(twin.row().enc.vex, "{form:?}");
                assert_eq!(twin.row().flags, row.flags, "{form:?}");
                assert_eq!(twin.row().mnemonic, format!("v{}", row.mnemonic));
            }
        }
    }

    /// The result is the first source of what is both, and the source of what is merged.
    #[test]
    fn operands_of_twins() {
        let [a, b] = [Arg::Reg(Reg(17)), Arg::Reg(Reg(18))];
        let check = |form, args: &[PArg], want: &[PArg]| {
            let (twin, got) = twin(form, args).expect("a twin");
            assert_eq!(got.as_slice(), want, "{form:?}");
            assert_eq!(twin.row().operands.len(), want.len());
        };
        check(Form::Paddb, &[a, b], &[a, a, b]);
        check(Form::SqrtsD, &[a, b], &[a, b, b]);
        check(Form::PsllwI, &[a, Arg::Imm(3)], &[a, a, Arg::Imm(3)]);
        check(Form::Pshufd, &[a, b, Arg::Imm(3)], &[a, b, Arg::Imm(3)]);
        let apart = Arg::Tied {
            def: Reg(17),
            src: Reg(18),
        };
        check(Form::Paddb, &[apart, b], &[a, b, b]);
        let places = |form: Form| form.row().operands.iter().map(|o| o.kind.place);
        assert!(places(Form::VpsllwI).any(|p| p == Place::Vvvv));
    }
}
