//! Reads the text form that `text` writes.
//!
//! Two passes: the first finds blocks and defined values and gives them dense ids in order of appearance, the second reads the
//! instructions. So ids in the text are names only, and may be used before their definition appears.

use super::imm::{Besides, Callee, Cast, Imm, RawRegion, Target, Try};
use super::odds::Odds;
use super::op::{ImmKind, Op, Results};
use super::program::{FuncId, Program, RtFn, Symbol};
use super::types::{Access, Conv, FloatCc, IntCc, Signature, Type};
use super::vec::Lanes;
use super::{
    Block, BlockData, Func, Inlined, InstData, Origin, SlotData, Value, ValueData, ValueDef,
};
use crate::abi::TrapCode;
use crate::entity::{Arena, EntityId};
use smallvec::SmallVec;
use std::collections::HashMap;

/// Reads functions, in order. Results of other ops than calls get their types from the op; ids of the program are not checked
/// (`verify` does).
///
/// # Errors
/// The first line that is not understood, by number.
pub fn parse(text: &str) -> Result<Vec<Func>, String> {
    let mut funcs = Vec::new();
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let number = number + 1;
        let tokens = tokenize(line).map_err(|error| format!("line {number}: {error}"))?;
        if tokens.is_empty() {
            continue;
        }
        let ends = tokens == ["}"];
        lines.push((number, tokens));
        if ends {
            funcs.push(FuncParser::default().parse(&lines)?);
            lines.clear();
        }
    }
    match lines.first() {
        None => Ok(funcs),
        Some((number, _)) => Err(format!("line {number}: the function does not end")),
    }
}

/// Reads functions into a table by their ids.
///
/// # Errors
/// As [`parse`], and if a function is not in the program.
pub fn parse_bodies(text: &str, program: &Program) -> Result<HashMap<FuncId, Func>, String> {
    let mut bodies = HashMap::new();
    for func in parse(text)? {
        if program.funcs.get(func.id).is_none() {
            return Err(format!("{} is not in the program", func.id));
        }
        bodies.insert(func.id, func);
    }
    Ok(bodies)
}

/// Splits a line; `;` begins a comment.
fn tokenize(line: &str) -> Result<Vec<&str>, String> {
    let mut tokens = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let len = match first {
            ';' => break,
            '"' => {
                let mut escaped = false;
                let end = rest[1..].find(|c| {
                    let ends = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                });
                2 + end.ok_or("a string does not end")?
            }
            '-' if rest.starts_with("->") => 2,
            '-' => 1 + rest[1..].find(|c| !word(c)).unwrap_or(rest.len() - 1),
            c if word(c) => rest.find(|c| !word(c)).unwrap_or(rest.len()),
            '(' | ')' | '[' | ']' | '{' | '}' | ',' | ':' | '=' | '?' | '+' | '@' => 1,
            c => return Err(format!("unexpected {c:?}")),
        };
        tokens.push(&rest[..len]);
        rest = rest[len..].trim_start();
    }
    Ok(tokens)
}

/// The rest of a line.
struct Cursor<'a> {
    tokens: &'a [&'a str],
}

type Read<T> = Result<T, String>;

impl<'a> Cursor<'a> {
    fn peek(&self) -> &'a str {
        self.tokens.first().copied().unwrap_or("end of line")
    }
    fn next(&mut self) -> &'a str {
        let token = self.peek();
        self.tokens = self.tokens.get(1..).unwrap_or(&[]);
        token
    }
    fn eat(&mut self, token: &str) -> bool {
        let found = self.tokens.first() == Some(&token);
        if found {
            self.next();
        }
        found
    }
    fn expect(&mut self, token: &str) -> Read<()> {
        let found = self.peek();
        if self.eat(token) {
            Ok(())
        } else {
            Err(format!("expected {token}, found {found}"))
        }
    }
    fn end(&self) -> Read<()> {
        match self.tokens.first() {
            None => Ok(()),
            Some(token) => Err(format!("unexpected {token}")),
        }
    }
    fn id<T: EntityId>(&mut self, prefix: &str) -> Read<T> {
        let token = self.next();
        numbered(token, prefix).ok_or_else(|| format!("expected {prefix}0, found {token}"))
    }
    fn integer(&mut self) -> Read<i128> {
        let token = self.next();
        let (digits, negative) = match token.strip_prefix('-') {
            Some(digits) => (digits, true),
            None => (token, false),
        };
        let value = match digits.strip_prefix("0x") {
            Some(digits) => i128::from_str_radix(digits, 16),
            None => digits.parse(),
        };
        let value = value.map_err(|_| format!("expected a number, found {token}"))?;
        Ok(if negative { -value } else { value })
    }
    fn number<T: TryFrom<i128>>(&mut self) -> Read<T> {
        let n = self.integer()?;
        T::try_from(n).map_err(|_| format!("{n} is out of range"))
    }
    fn ty(&mut self) -> Read<Type> {
        let token = self.next();
        type_named(token).ok_or_else(|| format!("unknown type {token}"))
    }
    fn types(&mut self) -> Read<Vec<Type>> {
        self.expect("(")?;
        let mut types = Vec::new();
        while !self.eat(")") {
            if !types.is_empty() {
                self.expect(",")?;
            }
            types.push(self.ty()?);
        }
        Ok(types)
    }
    fn sig(&mut self) -> Read<Signature> {
        let params = self.types()?;
        self.expect("->")?;
        let results = self.types()?;
        Ok(Signature { params, results })
    }
    fn conv(&mut self) -> Read<Conv> {
        match self.next() {
            "wasm" => Ok(Conv::Wasm),
            "c" => Ok(Conv::C),
            "far" => Ok(Conv::Far),
            token => Err(format!("unknown convention {token}")),
        }
    }
    fn int_cc(&mut self) -> Read<IntCc> {
        let token = self.next();
        let cc = IntCc::ALL.into_iter().find(|cc| cc.name() == token);
        cc.ok_or_else(|| format!("unknown condition {token}"))
    }
    fn float_cc(&mut self) -> Read<FloatCc> {
        let token = self.next();
        let cc = FloatCc::ALL.into_iter().find(|cc| cc.name() == token);
        cc.ok_or_else(|| format!("unknown condition {token}"))
    }
    /// `0x…`, all bits of a vector.
    fn vector(&mut self) -> Read<u128> {
        let token = self.next();
        let digits = token.strip_prefix("0x");
        digits
            .and_then(|digits| u128::from_str_radix(digits, 16).ok())
            .ok_or_else(|| format!("expected 0x and up to 32 digits, found {token}"))
    }
    fn lanes(&mut self) -> Read<Lanes> {
        let token = self.next();
        let lanes = Lanes::ALL.into_iter().find(|lanes| lanes.name() == token);
        lanes.ok_or_else(|| format!("unknown lanes {token}"))
    }
    fn trap_code(&mut self) -> Read<TrapCode> {
        let token = self.next();
        TrapCode::ALL
            .into_iter()
            .find(|code| format!("{code:?}") == token)
            .ok_or_else(|| format!("unknown trap code {token}"))
    }
    fn region(&mut self) -> Read<RawRegion> {
        match self.peek() {
            "segments" => self.just(RawRegion::Segments),
            "constant" => self.just(RawRegion::Constant),
            "slot" => self.just(RawRegion::Slot),
            "native" => self.just(RawRegion::Native),
            "heap" => self.just(RawRegion::Heap),
            "counters" => self.just(RawRegion::Counters),
            "desc" => {
                self.next();
                self.id("mem").map(RawRegion::MemoryDesc)
            }
            token if token.starts_with("object") => self.object().map(RawRegion::Object),
            token if token.starts_with("mem") => self.id("mem").map(RawRegion::Memory),
            token if token.starts_with("global") => self.id("global").map(RawRegion::Global),
            token if token.starts_with("table") => self.id("table").map(RawRegion::Table),
            token => Err(format!("unknown region {token}")),
        }
    }
    /// `object5`
    fn object(&mut self) -> Read<u8> {
        let token = self.next();
        let number = token.strip_prefix("object").and_then(|n| n.parse().ok());
        number.ok_or_else(|| format!("unknown region {token}"))
    }
    fn symbol(&mut self) -> Read<Symbol> {
        let token = self.peek();
        if let Some(function) = runtime_function(token) {
            return self.just(Symbol::Runtime(function));
        }
        match token {
            "funcrefs" => self.just(Symbol::FuncRefs),
            "heap" => self.just(Symbol::Heap),
            "counters" => self.just(Symbol::Counters),
            "descriptor" => self.just(Symbol::Descriptor),
            _ if token.starts_with("func") => self.id("func").map(Symbol::Func),
            _ if token.starts_with("mod") => self.id("mod").map(Symbol::Instance),
            _ if token.starts_with("sig") => self.id("sig").map(Symbol::Sig),
            _ => Err(format!("unknown symbol {token}")),
        }
    }
    fn callee(&mut self) -> Read<Callee> {
        if let Some(function) = runtime_function(self.peek()) {
            return self.just(Callee::Runtime(function));
        }
        if self.eat("import") {
            return self.id("func").map(Callee::Import);
        }
        if self.eat("pointer") {
            return Ok(Callee::Pointer);
        }
        self.id("func").map(Callee::Func)
    }
    fn just<T>(&mut self, value: T) -> Read<T> {
        self.next();
        Ok(value)
    }
}

fn runtime_function(name: &str) -> Option<RtFn> {
    RtFn::ALL.iter().copied().find(|f| f.symbol() == name)
}

fn type_named(name: &str) -> Option<Type> {
    Type::ALL.into_iter().find(|ty| ty.to_string() == name)
}

fn numbered<T: EntityId>(token: &str, prefix: &str) -> Option<T> {
    let digits = token.strip_prefix(prefix)?;
    if !digits.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().map(T::from_u32)
}

/// The op, controlling type and access that `load.i32_u8` names.
fn mnemonic(token: &str) -> Read<(Op, Type, Access)> {
    let unknown = || format!("unknown op {token}");
    if let Some(op) = Op::ALL.iter().copied().find(|op| op.name() == token) {
        return if op.has_type() {
            Err(format!("{token} needs a type"))
        } else {
            Ok((op, op.implied_type(), Access::Full))
        };
    }
    let (name, ty) = token.rsplit_once('.').ok_or_else(unknown)?;
    let op = Op::ALL
        .iter()
        .copied()
        .find(|op| op.name() == name && op.has_type());
    let op = op.ok_or_else(unknown)?;
    let (ty, access) = match ty.split_once('_') {
        None => (ty, Access::Full),
        Some((ty, suffix)) => {
            let access = Access::ALL
                .into_iter()
                .find(|a| a.suffix().get(1..) == Some(suffix));
            (ty, access.ok_or_else(unknown)?)
        }
    };
    Ok((op, type_named(ty).ok_or_else(unknown)?, access))
}

#[derive(Default)]
struct FuncParser {
    blocks: Arena<Block, BlockData>,
    values: Arena<Value, ValueData>,
    insts: Arena<super::Inst, InstData>,
    inlined: Vec<Inlined>,
    block_names: HashMap<u32, Block>,
    value_names: HashMap<u32, Value>,
}

impl FuncParser {
    fn parse(mut self, lines: &[(usize, Vec<&str>)]) -> Read<Func> {
        let at = |number: usize| move |error: String| format!("line {number}: {error}");
        let (number, header) = &lines[0];
        let mut func = header_line(header).map_err(at(*number))?;
        let body = &lines[1..lines.len() - 1];
        // First pass: definitions. An instruction's id is its place among the instruction lines.
        let mut inst = 0;
        for (number, tokens) in body {
            let slot: Option<super::Slot> = numbered(tokens[0], "s");
            if slot.is_some() {
                let mut cursor = Cursor {
                    tokens: &tokens[1..],
                };
                cursor.expect(":").map_err(at(*number))?;
                let size = cursor.number().map_err(at(*number))?;
                func.slots.push(SlotData { size });
            } else if is_block(tokens) {
                self.block_line(tokens).map_err(at(*number))?;
            } else {
                self.results(tokens, inst).map_err(at(*number))?;
                inst += 1;
            }
        }
        // Second pass: instructions.
        let mut current = None;
        for (number, tokens) in body {
            if is_block(tokens) {
                let name: Block = numbered(tokens[0], "b")
                    .ok_or("no block")
                    .map_err(|e| e.to_string())?;
                current = Some(self.block_names[&name.as_u32()]);
                func.layout.extend(current);
            } else if numbered::<super::Slot>(tokens[0], "s").is_none() {
                let block = current.ok_or_else(|| format!("line {number}: outside a block"))?;
                let data = self.inst(tokens).map_err(at(*number))?;
                let inst = self.insts.push(data);
                self.blocks[block].insts.push(inst);
            }
        }
        func.blocks = self.blocks;
        func.values = self.values;
        func.insts = self.insts;
        func.inlined = self.inlined;
        Ok(func)
    }

    fn define(&mut self, token: &str, ty: Type, def: ValueDef) -> Read<()> {
        let name: Value =
            numbered(token, "v").ok_or_else(|| format!("expected v0, found {token}"))?;
        let value = self.values.push(ValueData { ty, def });
        match self.value_names.insert(name.as_u32(), value) {
            None => Ok(()),
            Some(_) => Err(format!("{token} is defined twice")),
        }
    }

    /// `b1(v2: i32):`
    fn block_line(&mut self, tokens: &[&str]) -> Read<()> {
        let mut cursor = Cursor { tokens };
        let name: Block = cursor.id("b")?;
        let block = self.blocks.push(BlockData::default());
        if self.block_names.insert(name.as_u32(), block).is_some() {
            return Err(format!("{name} is defined twice"));
        }
        if cursor.eat("(") {
            loop {
                let token = cursor.next();
                cursor.expect(":")?;
                let index = self.blocks[block].params.len() as u32;
                let value = self.values.next_id();
                self.define(token, cursor.ty()?, ValueDef::Param(block, index))?;
                self.blocks[block].params.push(value);
                if !cursor.eat(",") {
                    break;
                }
            }
            cursor.expect(")")?;
        }
        cursor.expect(":")?;
        cursor.end()
    }

    /// The part before `=`, where types come from the op unless they are written.
    fn results(&mut self, tokens: &[&str], inst: u32) -> Read<()> {
        let Some(equals) = tokens.iter().position(|&t| t == "=") else {
            return Ok(());
        };
        let (op, ty, _) = mnemonic(tokens.get(equals + 1).copied().unwrap_or(""))?;
        let mut cursor = Cursor {
            tokens: &tokens[..equals],
        };
        for index in 0.. {
            let token = cursor.next();
            let ty = match op.results(ty) {
                Results::Signature => {
                    cursor.expect(":")?;
                    cursor.ty()?
                }
                Results::One(ty) if index == 0 => ty,
                Results::One(_) | Results::None => {
                    return Err(format!("{} has fewer results", op.name()));
                }
            };
            let def = ValueDef::Result(super::Inst::from_u32(inst), index);
            self.define(token, ty, def)?;
            if !cursor.eat(",") {
                break;
            }
        }
        cursor.end()
    }

    fn value(&self, cursor: &mut Cursor) -> Read<Value> {
        let name: Value = cursor.id("v")?;
        self.value_names
            .get(&name.as_u32())
            .copied()
            .ok_or_else(|| format!("{name} is not defined"))
    }

    fn block(&self, cursor: &mut Cursor) -> Read<Block> {
        let name: Block = cursor.id("b")?;
        self.block_names
            .get(&name.as_u32())
            .copied()
            .ok_or_else(|| format!("{name} is not defined"))
    }

    fn target(&self, cursor: &mut Cursor) -> Read<Target> {
        let block = self.block(cursor)?;
        let mut args = SmallVec::new();
        if cursor.eat("(") {
            args.push(self.value(cursor)?);
            while cursor.eat(",") {
                args.push(self.value(cursor)?);
            }
            cursor.expect(")")?;
        }
        Ok(Target { block, args })
    }

    /// `[v1 + 16]`
    fn address<T: TryFrom<i128>>(&self, cursor: &mut Cursor) -> Read<(Value, T)> {
        cursor.expect("[")?;
        let base = self.value(cursor)?;
        let offset = if cursor.eat("+") {
            cursor.integer()?
        } else {
            0
        };
        cursor.expect("]")?;
        let offset = T::try_from(offset).map_err(|_| format!("{offset} is out of range"))?;
        Ok((base, offset))
    }

    fn inst(&mut self, tokens: &[&str]) -> Read<InstData> {
        let equals = tokens.iter().position(|&t| t == "=");
        let defined = equals.map_or(0, |e| {
            tokens[..e]
                .iter()
                .filter(|t| numbered::<Value>(t, "v").is_some())
                .count()
        });
        let first_result = match equals {
            Some(_) => self.value(&mut Cursor { tokens })?,
            None => Value::from_u32(0),
        };
        let mut cursor = Cursor {
            tokens: &tokens[equals.map_or(0, |e| e + 1)..],
        };
        let (op, ty, access) = mnemonic(cursor.next())?;
        if equals.is_none() && matches!(op.results(ty), Results::One(_)) {
            return Err(format!("{} has a result", op.name()));
        }
        let mut args: SmallVec<[Value; 3]> = SmallVec::new();
        let imm = self.imm(&mut cursor, op, ty, access, &mut args)?;
        // The remaining operands.
        if !matches!(cursor.tokens.first(), None | Some(&"@" | &"trap" | &"null")) {
            // Operands of accesses follow the address.
            if matches!(imm, Imm::Mem { .. } | Imm::Raw { .. } | Imm::Object { .. }) {
                cursor.expect(",")?;
            }
            args.push(self.value(&mut cursor)?);
            while cursor.eat(",") {
                args.push(self.value(&mut cursor)?);
            }
        }
        let imm = match imm {
            Imm::Raw {
                access,
                offset,
                region,
                ..
            } if cursor.eat("trap") => Imm::Raw {
                access,
                offset,
                region,
                trap: Some(cursor.trap_code()?),
            },
            Imm::Object {
                access,
                offset,
                region,
                ..
            } if cursor.eat("null") => Imm::Object {
                access,
                offset,
                region,
                trap: true,
            },
            imm => imm,
        };
        let loc = self.loc(&mut cursor)?;
        cursor.end()?;
        Ok(InstData {
            op,
            ty,
            imm,
            args,
            first_result,
            result_count: defined as u32,
            loc,
        })
    }

    /// The place that an instruction came from, that in the innermost function first.
    fn loc(&mut self, cursor: &mut Cursor) -> Read<Origin> {
        if !cursor.eat("@") {
            return Ok(Origin::NONE);
        }
        if !cursor.peek().starts_with("func") {
            return Ok(Origin(cursor.number()?));
        }
        let func = cursor.id("func")?;
        cursor.expect(":")?;
        let place = Inlined {
            func,
            offset: cursor.number()?,
            caller: self.loc(cursor)?,
        };
        self.inlined.push(place);
        Ok(Origin::inlined(self.inlined.len() - 1))
    }

    /// The immediate; operands that are written inside it go to `args`.
    fn imm(
        &self,
        cursor: &mut Cursor,
        op: Op,
        ty: Type,
        access: Access,
        args: &mut SmallVec<[Value; 3]>,
    ) -> Read<Imm> {
        Ok(match op.row().imm {
            ImmKind::None => Imm::None,
            ImmKind::Const if ty == Type::V128 => Imm::Vec(cursor.vector()?),
            ImmKind::Const => {
                let bits = cursor.integer()?;
                Imm::Bits(bits as u64 & super::eval::mask(ty))
            }
            ImmKind::IntCc => Imm::IntCc(cursor.int_cc()?),
            ImmKind::FloatCc => Imm::FloatCc(cursor.float_cc()?),
            ImmKind::Mem => {
                let mem = cursor.id("mem")?;
                let (base, offset) = self.address(cursor)?;
                args.push(base);
                Imm::Mem {
                    mem,
                    access,
                    offset,
                }
            }
            ImmKind::Cell => {
                let mem = cursor.id("mem")?;
                let (base, offset) = self.address::<i64>(cursor)?;
                args.push(base);
                // The address says whether it is the guest's or a native one.
                let range = |_| format!("{offset} is out of range");
                if self.values[base].ty == Type::Ptr {
                    Imm::Raw {
                        access,
                        offset: i32::try_from(offset).map_err(range)?,
                        region: RawRegion::Memory(mem),
                        trap: None,
                    }
                } else {
                    Imm::Mem {
                        mem,
                        access,
                        offset: u64::try_from(offset).map_err(range)?,
                    }
                }
            }
            ImmKind::Memory => Imm::Memory(cursor.id("mem")?),
            ImmKind::MemoryPair => Imm::MemoryPair {
                dst: cursor.id("mem")?,
                src: cursor.id("mem")?,
            },
            ImmKind::MemoryInit => Imm::MemoryInit {
                mem: cursor.id("mem")?,
                data: cursor.id("data")?,
            },
            ImmKind::Data => Imm::Data(cursor.id("data")?),
            ImmKind::Global => Imm::Global(cursor.id("global")?),
            ImmKind::Table => Imm::Table(cursor.id("table")?),
            ImmKind::TablePair => Imm::TablePair {
                dst: cursor.id("table")?,
                src: cursor.id("table")?,
            },
            ImmKind::TableInit => Imm::TableInit {
                table: cursor.id("table")?,
                elem: cursor.id("elem")?,
            },
            ImmKind::Elem => Imm::Elem(cursor.id("elem")?),
            ImmKind::Func => Imm::Func(cursor.id("func")?),
            ImmKind::CallIndirect => Imm::CallIndirect {
                table: cursor.id("table")?,
                sig: cursor.id("sig")?,
            },
            ImmKind::Sig => Imm::Sig(cursor.id("sig")?),
            ImmKind::Trap => Imm::Trap(cursor.trap_code()?),
            ImmKind::Module => Imm::Module(cursor.id("mod")?),
            ImmKind::Symbol => {
                let symbol = cursor.symbol()?;
                let offset = match cursor.tokens.first() {
                    None | Some(&"@") => 0,
                    Some(_) => cursor.number()?,
                };
                Imm::Symbol { symbol, offset }
            }
            ImmKind::Slot => Imm::Slot(cursor.id("s")?),
            ImmKind::Raw => {
                let region = cursor.region()?;
                let (base, offset) = self.address(cursor)?;
                args.push(base);
                Imm::Raw {
                    access,
                    offset,
                    region,
                    trap: None,
                }
            }
            ImmKind::CallSymbol => Imm::CallSymbol {
                callee: cursor.callee()?,
                sig: Box::new(cursor.sig()?),
            },
            ImmKind::CallPtr => Imm::CallPtr {
                conv: cursor.conv()?,
                sig: cursor.id("sig")?,
            },
            ImmKind::Jump => Imm::Jump(self.target(cursor)?),
            ImmKind::Branch => {
                args.push(self.value(cursor)?);
                cursor.expect("?")?;
                let then = self.target(cursor)?;
                cursor.expect(":")?;
                let or_else = self.target(cursor)?;
                let odds = match () {
                    () if cursor.eat("likely") => Some(Odds::hint(true)),
                    () if cursor.eat("unlikely") => Some(Odds::hint(false)),
                    () if cursor.eat("odds") => Some(Odds {
                        then: cursor.number()?,
                        or_else: cursor.number()?,
                    }),
                    () => None,
                };
                Imm::Branch {
                    then,
                    or_else,
                    odds,
                }
            }
            ImmKind::BrTable => {
                args.push(self.value(cursor)?);
                cursor.expect("[")?;
                let mut targets = vec![self.target(cursor)?];
                while cursor.eat(",") {
                    targets.push(self.target(cursor)?);
                }
                cursor.expect("]")?;
                let mut weights = Vec::new();
                if cursor.eat("odds") {
                    for _ in &targets {
                        weights.push(cursor.number()?);
                    }
                }
                Imm::BrTable {
                    targets: targets.into(),
                    weights: weights.into(),
                }
            }
            ImmKind::Tag => Imm::Tag(cursor.id("tag")?),
            ImmKind::Payload => Imm::Payload {
                tag: cursor.id("tag")?,
                index: cursor.number()?,
            },
            ImmKind::Object => {
                let region = cursor.object()?;
                let (base, offset) = self.address(cursor)?;
                args.push(base);
                Imm::Object {
                    access,
                    offset,
                    region,
                    trap: false,
                }
            }
            ImmKind::TypeData => Imm::TypeData {
                ty: cursor.id("sig")?,
                data: cursor.id("data")?,
            },
            ImmKind::TypeElem => Imm::TypeElem {
                ty: cursor.id("sig")?,
                elem: cursor.id("elem")?,
            },
            ImmKind::Cast => Imm::Cast {
                to: Cast {
                    first: cursor.number()?,
                    count: cursor.number()?,
                    null: cursor.eat("null"),
                    i31: cursor.eat("i31"),
                },
                from: Besides {
                    null: cursor.eat("from_null"),
                    i31: cursor.eat("from_i31"),
                },
            },
            ImmKind::Try => Imm::Try(Box::new(self.try_imm(cursor, args)?)),
            ImmKind::Lanes(_) => Imm::Lanes(cursor.lanes()?),
            ImmKind::Lane(_) => Imm::Lane {
                lanes: cursor.lanes()?,
                lane: cursor.number()?,
            },
            ImmKind::VecIcmp => Imm::VecIcmp {
                lanes: cursor.lanes()?,
                cc: cursor.int_cc()?,
            },
            ImmKind::VecFcmp => Imm::VecFcmp {
                lanes: cursor.lanes()?,
                cc: cursor.float_cc()?,
            },
            ImmKind::Shuffle => Imm::Vec(cursor.vector()?),
        })
    }

    /// `call func1 v2, v3 -> b1(v4) [tag0: b2(v5), all: b3(v5)]`
    fn try_imm(&self, cursor: &mut Cursor, args: &mut SmallVec<[Value; 3]>) -> Read<Try> {
        let (op, ty, access) = mnemonic(cursor.next())?;
        let imm = self.imm(cursor, op, ty, access, args)?;
        if !matches!(cursor.peek(), "->" | "[") {
            args.push(self.value(cursor)?);
            while cursor.eat(",") {
                args.push(self.value(cursor)?);
            }
        }
        let (mut tags, mut targets) = (Vec::new(), Vec::new());
        if cursor.eat("->") {
            targets.push(self.target(cursor)?);
        }
        cursor.expect("[")?;
        loop {
            tags.push(match cursor.eat("all") {
                true => None,
                false => Some(cursor.id("tag")?),
            });
            cursor.expect(":")?;
            targets.push(self.target(cursor)?);
            if !cursor.eat(",") {
                break;
            }
        }
        cursor.expect("]")?;
        Ok(Try {
            op,
            imm,
            tags,
            targets,
        })
    }
}

fn is_block(tokens: &[&str]) -> bool {
    numbered::<Block>(tokens[0], "b").is_some()
}

/// `func func0 "name" wasm (i32) -> (i32) entries 5 {`, without the number where it is not known.
fn header_line(tokens: &[&str]) -> Read<Func> {
    let mut cursor = Cursor { tokens };
    cursor.expect("func")?;
    let id = cursor.id("func")?;
    let name = unescape(cursor.next())?;
    let conv = cursor.conv()?;
    let sig = cursor.sig()?;
    let entries = match cursor.eat("entries") {
        true => Some(cursor.number()?),
        false => None,
    };
    cursor.expect("{")?;
    cursor.end()?;
    let mut func = Func::new(id, name, sig, conv);
    func.entries = entries;
    Ok(func)
}

/// Undoes Rust's `{:?}` of a string.
fn unescape(token: &str) -> Read<String> {
    let bad = || format!("expected a string, found {token}");
    let inner = token
        .strip_prefix('"')
        .and_then(|t| t.strip_suffix('"'))
        .ok_or_else(bad)?;
    let mut text = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        text.push(match chars.next().ok_or_else(bad)? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '0' => '\0',
            'u' => {
                let digits: String = chars.by_ref().skip(1).take_while(|&c| c != '}').collect();
                u32::from_str_radix(&digits, 16)
                    .ok()
                    .and_then(char::from_u32)
                    .ok_or_else(bad)?
            }
            other => other,
        });
    }
    Ok(text)
}
