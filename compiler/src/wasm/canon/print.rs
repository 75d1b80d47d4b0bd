//! Values of a script on the standard output, in WAVE: lifted, and printed token by token.

use super::copy::{Leaf, Src};
use super::emit::{Emit, memory};
use super::layout::{Space, cases, fields, layout, sequence};
use crate::canonical::Reason;
use crate::ir::component::{CType, CTypeId};
use crate::ir::{IntCc, Op, RtFn, Type, Value};

/// Words that mean something else than a case of this name.
const RESERVED: [&str; 8] = ["true", "false", "inf", "nan", "some", "none", "ok", "err"];

impl Emit<'_, '_> {
    /// Prints a value.
    pub fn print(&mut self, ty: CTypeId, from: Src) {
        let component = self.component;
        let kind = &component.types[ty];
        if let Some(leaf) = Leaf::of(kind) {
            let value = self.lift(kind, leaf, from);
            return self.print_leaf(ty, value);
        }
        match kind {
            CType::String => {
                let (ptr, len) = self.range(from);
                self.by_encoding(ptr, len, |e, units, ptr, len| {
                    let mem = memory(e.from());
                    let args = [e.memory_ptr(mem), ptr, len, e.i32(units.to_utf8() as u32)];
                    let (_, reason) = e.attempt(RtFn::PrintString, &args);
                    e.host_reason(reason);
                    (ptr, len)
                });
            }
            CType::List(elem) | CType::Map(elem) => {
                let (ptr, len) = self.range(from);
                self.check_list(*elem, ptr, len);
                self.print_list(*elem, ptr, len);
            }
            CType::FixedList(elem, len) => match from {
                Src::Memory(base, offset) => {
                    let (offset, len) = (self.i32(offset as u32), self.i32(*len));
                    let ptr = self.add(base, offset);
                    self.print_list(*elem, ptr, len);
                }
                from => {
                    let size = layout(component, Space::Guest, *elem).size;
                    let parts = (0..*len).map(|i| (*elem, u64::from(i) * size));
                    self.print_parts("[", parts, from, "]");
                }
            },
            CType::Record(labels) => {
                let fields = fields(component, ty);
                let offsets = sequence(component, Space::Guest, &fields).offsets;
                self.print_record(labels, &offsets, from);
            }
            CType::Tuple(fields) => {
                let offsets = sequence(component, Space::Guest, fields).offsets;
                let parts = fields.iter().zip(offsets).map(|(&ty, at)| (ty, at));
                self.print_parts("(", parts, from, ")");
            }
            _ => self.print_case(ty, from),
        }
    }

    /// Prints what stands for no result.
    pub fn print_nothing(&mut self) {
        self.text("()");
    }

    /// Traps with what the host says of a string that is not valid.
    fn host_reason(&mut self, reason: Value) {
        for (guest, host) in [
            (Reason::InvalidUtf8, Reason::HostInvalidUtf8),
            (Reason::InvalidUtf16, Reason::HostInvalidUtf16),
        ] {
            let guest = self.i32(guest as u32);
            let cond = self.is(IntCc::Eq, reason, guest);
            self.trap_if(cond, host);
        }
        self.trap_if(reason, Reason::HostStringOutOfBounds);
    }

    fn print_leaf(&mut self, ty: CTypeId, value: Value) {
        let component = self.component;
        match &component.types[ty] {
            CType::Stream(_) | CType::Future(_) => {
                self.take_end(ty, value);
                self.print_handle(value);
            }
            CType::ErrorContext => {
                let from = self.tasks_of(self.way.from.instance());
                self.must(RtFn::ErrorContextFind, &[from, value], Some(value));
                self.print_handle(value);
            }
            CType::Bool => {
                let arms = self.switch(value, 2, |_| true);
                self.print_arms(arms, |e, case| e.text(["false", "true"][case]));
            }
            CType::S8 | CType::S16 | CType::S32 => {
                let wide = self.b.convert(Op::ExtS, Type::I64, value);
                self.runtime(RtFn::PrintSigned, &[wide]);
            }
            CType::U8 | CType::U16 | CType::U32 => {
                let wide = self.wide(value);
                self.runtime(RtFn::PrintUnsigned, &[wide]);
            }
            CType::S64 => _ = self.runtime(RtFn::PrintSigned, &[value]),
            CType::U64 => _ = self.runtime(RtFn::PrintUnsigned, &[value]),
            CType::F32 => {
                let bits = self.b.convert(Op::Bitcast, Type::I32, value);
                self.runtime(RtFn::PrintF32, &[bits]);
            }
            CType::F64 => {
                let bits = self.b.convert(Op::Bitcast, Type::I64, value);
                self.runtime(RtFn::PrintF64, &[bits]);
            }
            CType::Char => _ = self.runtime(RtFn::PrintChar, &[value]),
            CType::Flags(labels) => self.print_flags(labels, value),
            // Handles that come to the host are taken from the table, and named by where they were.
            CType::Own(resource) => {
                self.take(*resource, value);
                self.print_handle(value);
            }
            CType::Borrow(_) => self.print_handle(value),
            kind => unreachable!("{kind:?} has parts"),
        }
    }

    fn print_handle(&mut self, index: Value) {
        self.text("handle(");
        let wide = self.wide(index);
        self.runtime(RtFn::PrintUnsigned, &[wide]);
        self.text(")");
    }

    /// Those that are set, with commas between them.
    fn print_flags(&mut self, labels: &[String], value: Value) {
        self.text("{");
        for (i, label) in labels.iter().enumerate() {
            let (set, next) = (self.b.create_block(), self.b.create_block());
            let bit = self.i32(1 << i);
            let is_set = self.b.binary(Op::And, Type::I32, value, bit);
            self.b.branch(is_set, (set, &[]), (next, &[]));
            self.b.switch_to(set);
            let before = self.i32((1 << i) - 1);
            let before = self.b.binary(Op::And, Type::I32, value, before);
            self.separator_if(before);
            self.text(label);
            self.b.jump(next, &[]);
            self.b.switch_to(next);
        }
        self.text("}");
    }

    /// A comma where a condition is not zero.
    fn separator_if(&mut self, cond: Value) {
        let (comma, next) = (self.b.create_block(), self.b.create_block());
        self.b.branch(cond, (comma, &[]), (next, &[]));
        self.b.switch_to(comma);
        self.text(", ");
        self.b.jump(next, &[]);
        self.b.switch_to(next);
    }

    fn print_list(&mut self, elem: CTypeId, ptr: Value, len: Value) {
        self.text("[");
        self.each(elem, len, (ptr, ptr), |e, src, _, left| {
            let is_later = e.is(IntCc::Ne, left, len);
            e.separator_if(is_later);
            e.print(elem, Src::Memory(src, 0));
        });
        self.text("]");
    }

    /// Fields with their offsets in memory. Those that are `none` are left out; if that leaves nothing, a colon tells it from flags.
    fn print_record(&mut self, fields: &[(String, CTypeId)], offsets: &[u64], from: Src) {
        self.text("{");
        // Whether a field is there already.
        let mut later = self.i32(0);
        let mut used = 0;
        for (i, ((label, ty), &offset)) in fields.iter().zip(offsets).enumerate() {
            let from = self.part(from, i, *ty, offset, &mut used);
            let (next, params) = self.block(&[Type::I32]);
            if let CType::Option(_) = self.component.types[*ty] {
                let is_some = self.discriminant(*ty, from);
                let there = self.b.create_block();
                self.b.branch(is_some, (there, &[]), (next, &[later]));
                self.b.switch_to(there);
            }
            self.separator_if(later);
            self.text(&format!("{label}: "));
            self.print(*ty, from);
            let one = self.i32(1);
            self.b.jump(next, &[one]);
            self.b.switch_to(next);
            later = params[0];
        }
        let (empty, done) = (self.b.create_block(), self.b.create_block());
        self.b.branch(later, (done, &[]), (empty, &[]));
        self.b.switch_to(empty);
        self.text(":");
        self.b.jump(done, &[]);
        self.b.switch_to(done);
        self.text("}");
    }

    /// Parts with their offsets in memory.
    fn print_parts(
        &mut self,
        open: &str,
        parts: impl Iterator<Item = (CTypeId, u64)>,
        from: Src,
        close: &str,
    ) {
        self.text(open);
        let mut used = 0;
        for (i, (ty, offset)) in parts.enumerate() {
            if i != 0 {
                self.text(", ");
            }
            let from = self.part(from, i, ty, offset, &mut used);
            self.print(ty, from);
        }
        self.text(close);
    }

    /// A variant, enumeration, option or result.
    fn print_case(&mut self, ty: CTypeId, from: Src) {
        let component = self.component;
        let names: Vec<String> = match &component.types[ty] {
            CType::Variant(cases) => cases.iter().map(|(label, _)| escaped(label)).collect(),
            CType::Enum(labels) => labels.iter().map(|label| escaped(label)).collect(),
            CType::Option(_) => ["none", "some"].map(String::from).to_vec(),
            _ => ["ok", "err"].map(String::from).to_vec(),
        };
        let payloads = cases(component, ty);
        let discriminant = self.discriminant(ty, from);
        let arms = self.switch(discriminant, names.len(), |_| true);
        self.print_arms(arms, |e, case| {
            e.text(&names[case]);
            if let Some(payload) = payloads[case] {
                e.text("(");
                let from = e.payload(ty, payload, from);
                e.print(payload, from);
                e.text(")");
            }
        });
    }

    /// Prints in each of some blocks, and goes on behind them.
    fn print_arms(
        &mut self,
        arms: Vec<(crate::ir::Block, Option<usize>)>,
        print: impl Fn(&mut Self, usize),
    ) {
        let done = self.b.create_block();
        for (block, case) in arms {
            self.b.switch_to(block);
            print(self, case.expect("a block for each case"));
            self.b.jump(done, &[]);
        }
        self.b.switch_to(done);
    }

    /// Constant text.
    fn text(&mut self, text: &str) {
        for chunk in text.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            let word = self.i64(u64::from_le_bytes(word));
            self.runtime(RtFn::PrintText, &[word]);
        }
    }
}

/// A case that cannot be taken for a keyword. Labels of fields and flags cannot anyway.
fn escaped(label: &str) -> String {
    match RESERVED.contains(&label) {
        true => format!("%{label}"),
        false => label.to_string(),
    }
}
