//! The IR as text; `parse` reads it back. One line for each instruction:
//!
//! ```text
//! func func0 "name" wasm (i32, i64) -> (i32) {
//! b0(v0: i32, v1: i64):
//!     v2 = const.i32 16
//!     v3 = load.i32_u8 mem0 [v2 + 16] @0x1f
//!     v4: i32, v5: f64 = call func1 v2, v3
//!     branch v4 ? b1(v3) : b2
//! }
//! ```
//!
//! A line is `results = op.type immediate operands @location`; a location in an inlined function is `@func3:0x12`, before that of its call. Types of results are written where the op does not say them (calls).

use super::imm::{Callee, Imm, RawRegion, Target, Try};
use super::odds::Odds;
use super::op::Results;
use super::types::{Conv, Signature, Type};
use super::{Func, Inst, InstData, Origin, Value};
use std::fmt::{self, Display, Write};

/// A line of a listing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextLine {
    pub text: String,
    /// The instruction of WebAssembly that it comes from, as far as it comes from one.
    pub place: Origin,
}

impl TextLine {
    pub fn new(text: String, place: Origin) -> TextLine {
        TextLine { text, place }
    }
}

impl Display for Func {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.lines() {
            writeln!(f, "{}{}", line.text, self.place_text(line.place))?;
        }
        Ok(())
    }
}

impl Func {
    /// The whole function, without what is written of places.
    pub fn lines(&self) -> Vec<TextLine> {
        let (name, conv, sig) = (&self.name, conv_name(self.conv), sig_text(&self.sig));
        let entries = self.entries.map(|entries| format!(" entries {entries}"));
        let entries = entries.unwrap_or_default();
        let head = format!("func {} {name:?} {conv} {sig}{entries} {{", self.id);
        let mut lines = vec![TextLine::new(head, Origin::NONE)];
        for (slot, data) in self.slots.iter() {
            let text = format!("    {slot}: {}", data.size);
            lines.push(TextLine::new(text, Origin::NONE));
        }
        for &block in &self.layout {
            let params = self.blocks[block].params.iter();
            let params = params.map(|&p| format!("{p}: {}", self.values[p].ty));
            let text = match params.len() {
                0 => format!("{block}:"),
                _ => format!("{block}({}):", commas(params)),
            };
            lines.push(TextLine::new(text, Origin::NONE));
            lines.extend(self.blocks[block].insts.iter().map(|&inst| {
                let text = format!("    {}", self.inst_words(inst));
                TextLine::new(text, self.insts[inst].loc)
            }));
        }
        lines.push(TextLine::new("}".to_string(), Origin::NONE));
        lines
    }

    /// One instruction as a line.
    pub fn inst_text(&self, inst: Inst) -> String {
        self.inst_words(inst) + &self.place_text(self.insts[inst].loc)
    }

    fn inst_words(&self, inst: Inst) -> String {
        let data = &self.insts[inst];
        let mut line = String::new();
        let results = self.results(inst);
        if results.len() > 0 {
            let typed = data.op.results(data.ty) == Results::Signature;
            let list = results.map(|v| {
                if typed {
                    format!("{v}: {}", self.values[v].ty)
                } else {
                    v.to_string()
                }
            });
            line.push_str(&commas(list));
            line.push_str(" = ");
        }
        line.push_str(data.op.name());
        if data.op.has_type() {
            line.push('.');
            line.push_str(&data.ty.to_string());
        }
        // Writing to a string cannot fail.
        let _ = write_operands(&mut line, data);
        line
    }

    /// ` @func3:0x12 @0x7`: where an instruction comes from, and the calls that it was inlined by.
    fn place_text(&self, mut place: Origin) -> String {
        let mut text = String::new();
        while let Some(entry) = place.entry() {
            let inlined = self.inlined[entry];
            let _ = write!(text, " @{}:{:#x}", inlined.func, inlined.offset);
            place = inlined.caller;
        }
        if place != Origin::NONE {
            let _ = write!(text, " @{:#x}", place.0);
        }
        text
    }
}

fn write_operands(line: &mut String, data: &InstData) -> fmt::Result {
    let args = &data.args[..];
    match &data.imm {
        Imm::None => {}
        Imm::Bits(bits) => write!(line, " {}", bits_text(data.ty, *bits))?,
        Imm::Vec(bits) => write!(line, " {bits:#034x}")?,
        Imm::Lanes(lanes) => write!(line, " {}", lanes.name())?,
        Imm::Lane { lanes, lane } => write!(line, " {} {lane}", lanes.name())?,
        Imm::VecIcmp { lanes, cc } => write!(line, " {} {}", lanes.name(), cc.name())?,
        Imm::VecFcmp { lanes, cc } => write!(line, " {} {}", lanes.name(), cc.name())?,
        Imm::IntCc(cc) => write!(line, " {}", cc.name())?,
        Imm::FloatCc(cc) => write!(line, " {}", cc.name())?,
        Imm::Mem {
            mem,
            access,
            offset,
        } => {
            write!(line, "{} {mem} [{}", access.suffix(), args[0])?;
            if *offset != 0 {
                write!(line, " + {offset}")?;
            }
            return close_address(line, &args[1..], "");
        }
        Imm::Memory(mem) => write!(line, " {mem}")?,
        Imm::MemoryPair { dst, src } => write!(line, " {dst} {src}")?,
        Imm::MemoryInit { mem, data } => write!(line, " {mem} {data}")?,
        Imm::Data(data) => write!(line, " {data}")?,
        Imm::Global(global) => write!(line, " {global}")?,
        Imm::Table(table) => write!(line, " {table}")?,
        Imm::TablePair { dst, src } => write!(line, " {dst} {src}")?,
        Imm::TableInit { table, elem } => write!(line, " {table} {elem}")?,
        Imm::Elem(elem) => write!(line, " {elem}")?,
        Imm::Func(func) => write!(line, " {func}")?,
        Imm::CallIndirect { table, sig } => write!(line, " {table} {sig}")?,
        Imm::Sig(sig) => write!(line, " {sig}")?,
        Imm::Trap(code) => write!(line, " {code:?}")?,
        Imm::Module(module) => write!(line, " {module}")?,
        Imm::Symbol { symbol, offset } => {
            write!(line, " {}", symbol_text(symbol))?;
            if *offset != 0 {
                write!(line, " {offset}")?;
            }
        }
        Imm::Slot(slot) => write!(line, " {slot}")?,
        Imm::Raw {
            access,
            offset,
            region,
            trap,
        } => {
            let suffix = access.suffix();
            write!(line, "{suffix} {} [{}", region_text(region), args[0])?;
            if *offset != 0 {
                write!(line, " + {offset}")?;
            }
            let trap = trap.map_or(String::new(), |code| format!(" trap {code:?}"));
            return close_address(line, &args[1..], &trap);
        }
        Imm::CallSymbol { callee, sig } => {
            write!(line, " {} {}", callee_text(callee), sig_text(sig))?;
        }
        Imm::CallPtr { conv, sig } => write!(line, " {} {sig}", conv_name(*conv))?,
        Imm::Jump(target) => return write!(line, " {}", target_text(target)),
        Imm::Branch {
            then,
            or_else,
            odds,
        } => {
            let (then, or_else) = (target_text(then), target_text(or_else));
            write!(line, " {} ? {then} : {or_else}", args[0])?;
            return match odds {
                None => Ok(()),
                Some(Odds {
                    then: 1,
                    or_else: 0,
                }) => write!(line, " likely"),
                Some(Odds {
                    then: 0,
                    or_else: 1,
                }) => write!(line, " unlikely"),
                Some(Odds { then, or_else }) => write!(line, " odds {then} {or_else}"),
            };
        }
        Imm::BrTable { targets, weights } => {
            let list = commas(targets.iter().map(target_text));
            write!(line, " {} [{list}]", args[0])?;
            if !weights.is_empty() {
                write!(line, " odds")?;
            }
            return weights.iter().try_for_each(|it| write!(line, " {it}"));
        }
        Imm::Tag(tag) => write!(line, " {tag}")?,
        Imm::Payload { tag, index } => write!(line, " {tag} {index}")?,
        Imm::Object {
            access,
            offset,
            region,
            trap,
        } => {
            write!(line, "{} object{region} [{}", access.suffix(), args[0])?;
            if *offset != 0 {
                write!(line, " + {offset}")?;
            }
            let trap = if *trap { " null" } else { "" };
            return close_address(line, &args[1..], trap);
        }
        Imm::TypeData { ty, data } => write!(line, " {ty} {data}")?,
        Imm::TypeElem { ty, elem } => write!(line, " {ty} {elem}")?,
        Imm::Cast { to, from } => {
            write!(line, " {} {}", to.first, to.count)?;
            line.push_str(if to.null { " null" } else { "" });
            line.push_str(if to.i31 { " i31" } else { "" });
            line.push_str(if from.null { " from_null" } else { "" });
            line.push_str(if from.i31 { " from_i31" } else { "" });
        }
        Imm::Try(it) => return write_try(line, data, it),
    }
    if !args.is_empty() {
        write!(line, " {}", values_text(args))?;
    }
    Ok(())
}

/// `try call func1 v2, v3 -> b1(v4) [tag0: b2(v5), all: b3(v5)]`
fn write_try(line: &mut String, data: &InstData, it: &Try) -> fmt::Result {
    let inner = InstData {
        op: it.op,
        imm: it.imm.clone(),
        ..data.clone()
    };
    write!(line, " {}", it.op.name())?;
    write_operands(line, &inner)?;
    let (normal, handlers) = it.targets.split_at(it.first_handler());
    if let [normal] = normal {
        write!(line, " -> {}", target_text(normal))?;
    }
    let list = it.tags.iter().zip(handlers).map(|(tag, target)| {
        let tag = tag.map_or("all".to_string(), |tag| tag.to_string());
        format!("{tag}: {}", target_text(target))
    });
    write!(line, " [{}]", commas(list))
}

fn close_address(line: &mut String, rest: &[Value], end: &str) -> fmt::Result {
    line.push(']');
    if !rest.is_empty() {
        write!(line, ", {}", values_text(rest))?;
    }
    line.push_str(end);
    Ok(())
}

fn commas(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

fn values_text(values: &[Value]) -> String {
    commas(values.iter().map(Value::to_string))
}

fn target_text(target: &Target) -> String {
    if target.args.is_empty() {
        target.block.to_string()
    } else {
        format!("{}({})", target.block, values_text(&target.args))
    }
}

/// Signed decimal for small integers, else hexadecimal bits.
fn bits_text(ty: Type, bits: u64) -> String {
    let small = match ty {
        Type::I32 => Some(i64::from(bits as u32 as i32)),
        Type::I64 => Some(bits as i64),
        Type::F32 | Type::F64 | Type::V128 | Type::Ref | Type::Gc | Type::Ptr => None,
    };
    match small {
        Some(n) if n.unsigned_abs() < 1 << 16 => n.to_string(),
        _ => format!("{bits:#x}"),
    }
}

pub(super) fn sig_text(sig: &Signature) -> String {
    let list = |types: &[Type]| commas(types.iter().map(Type::to_string));
    format!("({}) -> ({})", list(&sig.params), list(&sig.results))
}

pub(super) fn conv_name(conv: Conv) -> &'static str {
    match conv {
        Conv::Wasm => "wasm",
        Conv::C => "c",
        Conv::Far => "far",
    }
}

fn symbol_text(symbol: &super::Symbol) -> String {
    use super::Symbol;
    match symbol {
        Symbol::Func(func) => func.to_string(),
        Symbol::Instance(module) => module.to_string(),
        Symbol::FuncRefs => "funcrefs".to_string(),
        Symbol::Sig(sig) => sig.to_string(),
        Symbol::Runtime(function) => function.symbol().to_string(),
        Symbol::Heap => "heap".to_string(),
        Symbol::Counters => "counters".to_string(),
        Symbol::Descriptor => "descriptor".to_string(),
    }
}

fn callee_text(callee: &Callee) -> String {
    match callee {
        Callee::Func(func) => func.to_string(),
        Callee::Import(func) => format!("import {func}"),
        Callee::Pointer => "pointer".to_string(),
        Callee::Runtime(function) => function.symbol().to_string(),
    }
}

fn region_text(region: &RawRegion) -> String {
    match region {
        RawRegion::Memory(mem) => mem.to_string(),
        RawRegion::MemoryDesc(mem) => format!("desc {mem}"),
        RawRegion::Global(global) => global.to_string(),
        RawRegion::Table(table) => table.to_string(),
        RawRegion::Segments => "segments".to_string(),
        RawRegion::Constant => "constant".to_string(),
        RawRegion::Slot => "slot".to_string(),
        RawRegion::Native => "native".to_string(),
        RawRegion::Object(region) => format!("object{region}"),
        RawRegion::Heap => "heap".to_string(),
        RawRegion::Counters => "counters".to_string(),
    }
}
