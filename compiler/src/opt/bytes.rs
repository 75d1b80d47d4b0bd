//! Numbers that are put together from bytes: WebAssembly has no way to say that bytes are exchanged, so numbers of the other byte order arrive as shifts, masks and
//! ors, of bytes that are loaded one by one.
//!
//! ```text
//! v1 = load_u8 p            w = load_u16 p
//! v2 = shl v1, 8            s = bswap w
//! v3 = load_u8 p + 1        v4 = shr_u s, 16
//! v4 = or v2, v3
//! ```
//!
//! For each sum the pass finds out which byte of what each of its bytes is. If all are those of one value backwards, it is that value's `bswap`; if all are bytes that lie
//! one behind the other in memory, it is one load, and what it exchanges if they lie backwards.
//!
//! Invariants: the loads are in the block of the sum, are not used otherwise, and nothing lies between the first and the last that writes, calls or traps in another way.
//! The wide load takes the place of the first. It traps exactly if one of them does, with the same code.

use super::{Cx, Renames};
use crate::entity::SideMap;
use crate::ir::{Access, Block, Builder, Func, Imm, Inst, MemId, Op, Type, Value};
use smallvec::SmallVec;
use std::collections::{BTreeMap, BTreeSet};

/// Values that are looked at for one sum.
const MAX_NODES: usize = 40;

/// Runs the pass.
pub fn run(func: &mut Func, _cx: &Cx) {
    let mut renames = Renames::new(func);
    let found: Vec<(Block, Found)> = Finder::new(func).all();
    let mut b = Builder::new(func, true);
    for (block, found) in found {
        let insts = std::mem::take(&mut b.func.blocks[block].insts);
        b.switch_to(block);
        let mut loaded: BTreeMap<Inst, Value> = BTreeMap::new();
        for inst in insts {
            let (loc, ty) = (b.func.insts[inst].loc, b.func.insts[inst].ty);
            b.set_loc(loc);
            if let Some(run) = found.first.get(&inst) {
                loaded.insert(inst, run.load(&mut b));
            }
            if found.gone.contains(&inst) {
                continue;
            }
            let Some(sum) = found.sums.get(&inst) else {
                b.func.blocks[block].insts.push(inst);
                continue;
            };
            let value = match sum.source {
                Source::Value(value) => value,
                Source::Loads(first) => loaded[&first],
            };
            let value = sum.emit(&mut b, ty, value);
            renames.insert(b.func.insts[inst].first_result, value);
        }
    }
    renames.apply(b.func);
}

/// What was found in a block.
#[derive(Default)]
struct Found {
    /// By the instruction that adds the last bytes.
    sums: BTreeMap<Inst, Sum>,
    /// Wide loads, by the loads that they lie before.
    first: BTreeMap<Inst, Run>,
    /// Loads, and what moves their bytes, that are no more.
    gone: BTreeSet<Inst>,
}

/// A number of so many bytes.
struct Sum {
    source: Source,
    bytes: u32,
    /// The bytes of the source backwards.
    swapped: bool,
    /// Above them is the sign.
    signed: bool,
}

enum Source {
    Value(Value),
    /// The loads of which this is the first.
    Loads(Inst),
}

impl Sum {
    fn emit(&self, b: &mut Builder, ty: Type, value: Value) -> Value {
        let whole = if self.bytes == 8 {
            Type::I64
        } else {
            Type::I32
        };
        let mut value = value;
        if b.ty(value) == Type::I64 && whole == Type::I32 {
            value = b.convert(Op::Wrap, Type::I32, value);
        }
        if self.swapped {
            value = b.unary(Op::Bswap, whole, value);
        }
        if self.swapped && self.bytes == 2 {
            let count = b.constant(Type::I32, 16);
            let op = if self.signed { Op::ShrS } else { Op::ShrU };
            value = b.binary(op, Type::I32, value, count);
        }
        if ty != whole {
            let op = if self.signed { Op::ExtS } else { Op::ExtU };
            value = b.convert(op, ty, value);
        }
        value
    }
}

/// Bytes that lie one behind the other.
struct Run {
    mem: MemId,
    addr: Value,
    offset: u64,
    bytes: u32,
    signed: bool,
}

impl Run {
    fn load(&self, b: &mut Builder) -> Value {
        let (ty, access) = match self.bytes {
            2 if self.signed => (Type::I32, Access::S16),
            2 => (Type::I32, Access::U16),
            4 => (Type::I32, Access::Full),
            _ => (Type::I64, Access::Full),
        };
        b.load(ty, access, self.mem, self.addr, self.offset)
    }
}

/// A byte of a value, the lowest is the first; none is zero. Behind the bytes that a load has from memory are those of its sign.
type Byte = Option<(Value, u8)>;

struct Finder<'a> {
    func: &'a Func,
    uses: SideMap<Value, u32>,
}

/// What is between a sum and its bytes.
#[derive(Default)]
struct Tree {
    nodes: SmallVec<[Value; 16]>,
}

impl<'a> Finder<'a> {
    fn new(func: &'a Func) -> Self {
        let mut uses = SideMap::new(0, func.values.len());
        for &block in &func.layout {
            for &inst in &func.blocks[block].insts {
                func.insts[inst].uses().for_each(|value| uses[value] += 1);
            }
        }
        Finder { func, uses }
    }

    /// What there is in all blocks.
    fn all(&self) -> Vec<(Block, Found)> {
        let of = |&block: &Block| (block, self.block(block));
        let found = self.func.layout.iter().map(of);
        found.filter(|(_, it)| !it.sums.is_empty()).collect()
    }

    fn block(&self, block: Block) -> Found {
        let mut found = Found::default();
        // Parts of what was found already.
        let mut parts: BTreeSet<Value> = BTreeSet::new();
        let insts = &self.func.blocks[block].insts;
        for &inst in insts.iter().rev() {
            let data = &self.func.insts[inst];
            if !matches!(
                data.op,
                Op::Or | Op::Xor | Op::Add | Op::And | Op::Rotl | Op::Rotr
            ) || !data.ty.is_int()
                || parts.contains(&data.first_result)
            {
                continue;
            }
            let mut tree = Tree::default();
            let Some(bytes) = self.sum(inst, &mut tree) else {
                continue;
            };
            let is_found = self.backwards(&bytes, inst, &mut found)
                || self.loads(&bytes, &tree, insts, inst, &mut found);
            if is_found {
                parts.extend(tree.nodes);
            }
        }
        found
    }

    /// The bytes of a value that is no more than moved bytes, if there are two, four or eight.
    fn sum(&self, inst: Inst, tree: &mut Tree) -> Option<SmallVec<[Byte; 8]>> {
        let data = &self.func.insts[inst];
        let bytes = self.inner(inst, tree)?;
        let mut bytes: SmallVec<[Byte; 8]> =
            bytes[..data.ty.bytes() as usize].iter().copied().collect();
        while bytes.last() == Some(&None) {
            bytes.pop();
        }
        (bytes.len() >= 2 && bytes.iter().all(Option::is_some)).then_some(bytes)
    }

    /// The bytes of a value, which has always eight here.
    fn bytes(&self, value: Value, tree: &mut Tree) -> [Byte; 8] {
        let inner = match self.func.def(value) {
            Some(inst) if tree.nodes.len() < MAX_NODES => {
                tree.nodes.push(value);
                self.inner(inst, tree)
            }
            _ => None,
        };
        inner.unwrap_or_else(|| {
            let ty = self.func.values[value].ty;
            let count = if ty.is_int() { ty.bytes() as u8 } else { 0 };
            std::array::from_fn(|i| ((i as u8) < count).then_some((value, i as u8)))
        })
    }

    /// The bytes of the result of an instruction that moves bytes.
    fn inner(&self, inst: Inst, tree: &mut Tree) -> Option<[Byte; 8]> {
        let data = &self.func.insts[inst];
        let count = data.ty.bytes() as usize;
        let constant = |n: usize| self.func.const_bits(data.args[n]);
        let shift = || {
            let bits = constant(1)? as usize % (8 * count);
            bits.is_multiple_of(8).then_some(bits / 8)
        };
        let mut out: [Byte; 8] = [None; 8];
        match data.op {
            Op::Or | Op::Xor | Op::Add => {
                let a = self.bytes(data.args[0], tree);
                let b = self.bytes(data.args[1], tree);
                for (i, out) in out.iter_mut().enumerate() {
                    *out = match (a[i], b[i]) {
                        (Some(_), Some(_)) => return None,
                        (byte, None) | (None, byte) => byte,
                    };
                }
            }
            Op::Shl => {
                let by = shift()?;
                let bytes = self.bytes(data.args[0], tree);
                out[by..count].copy_from_slice(&bytes[..count - by]);
            }
            Op::ShrU => {
                let by = shift()?;
                let bytes = self.bytes(data.args[0], tree);
                out[..count - by].copy_from_slice(&bytes[by..count]);
            }
            Op::Rotl | Op::Rotr => {
                let by = shift()?;
                let bytes = self.bytes(data.args[0], tree);
                out[..count].copy_from_slice(&bytes[..count]);
                match data.op {
                    Op::Rotl => out[..count].rotate_right(by),
                    _ => out[..count].rotate_left(by),
                }
            }
            Op::And => {
                let mask = constant(1)?.to_le_bytes();
                if mask.iter().any(|&byte| !matches!(byte, 0 | 0xff)) {
                    return None;
                }
                let bytes = self.bytes(data.args[0], tree);
                for i in (0..count).filter(|&i| mask[i] != 0) {
                    out[i] = bytes[i];
                }
            }
            Op::ExtU | Op::Wrap => {
                let bytes = self.bytes(data.args[0], tree);
                out[..4].copy_from_slice(&bytes[..4]);
            }
            Op::Bswap => {
                let bytes = self.bytes(data.args[0], tree);
                out[..count].copy_from_slice(&bytes[..count]);
                out[..count].reverse();
            }
            Op::Load => {
                let (_, access, _) = self.memory(inst)?;
                let is_zero = matches!(access, Access::U8 | Access::U16 | Access::U32);
                let count = if is_zero {
                    access.bytes(data.ty)
                } else {
                    data.ty.bytes()
                };
                for i in 0..count as u8 {
                    out[usize::from(i)] = Some((data.first_result, i));
                }
            }
            _ => return None,
        }
        Some(out)
    }

    /// Of a load of integers: memory, access and offset.
    fn memory(&self, inst: Inst) -> Option<(MemId, Access, u64)> {
        let data = &self.func.insts[inst];
        match data.imm {
            Imm::Mem {
                mem,
                access,
                offset,
            } if data.op == Op::Load && data.ty.is_int() => Some((mem, access, offset)),
            _ => None,
        }
    }

    /// Whether these are the bytes of one value backwards.
    fn backwards(&self, bytes: &[Byte], inst: Inst, found: &mut Found) -> bool {
        let count = bytes.len();
        let Some((value, _)) = bytes[0] else {
            return false;
        };
        let is_so = |(i, byte): (usize, &Byte)| *byte == Some((value, (count - 1 - i) as u8));
        if !matches!(count, 2 | 4 | 8) || !bytes.iter().enumerate().all(is_so) {
            return false;
        }
        let sum = Sum {
            source: Source::Value(value),
            bytes: count as u32,
            swapped: true,
            signed: false,
        };
        found.sums.insert(inst, sum);
        true
    }

    /// Whether these are bytes that lie one behind the other in memory, and what is above them at most their sign.
    fn loads(
        &self,
        bytes: &[Byte],
        tree: &Tree,
        insts: &[Inst],
        inst: Inst,
        found: &mut Found,
    ) -> bool {
        // Where each byte is in memory; those of signs are not.
        let place = |byte: &Byte| {
            let (value, index) = (*byte)?;
            let load = self.func.def(value)?;
            let (mem, access, offset) = self.memory(load)?;
            let data = &self.func.insts[load];
            let is_there = u32::from(index) < access.bytes(data.ty);
            let offset = offset.checked_add(u64::from(index))?;
            is_there.then_some((load, mem, data.args[0], offset))
        };
        let places: SmallVec<[_; 8]> = bytes.iter().map_while(place).collect();
        let count = places.len();
        if !matches!(count, 2 | 4 | 8) {
            return false;
        }
        let signed = count < bytes.len();
        if signed {
            let top = places[count - 1].0;
            let is_sign = |byte: &Byte| {
                let load = byte.and_then(|(value, _)| self.func.def(value));
                place(byte).is_none() && load == Some(top)
            };
            let width = self.func.insts[inst].ty.bytes() as usize;
            if bytes.len() != width || !bytes[count..].iter().all(is_sign) {
                return false;
            }
        }
        let (_, mem, addr, start) = places[0];
        let swapped = places[1].3 < start;
        let low = if swapped { places[count - 1].3 } else { start };
        let in_order = |(i, place): (usize, &(Inst, MemId, Value, u64))| {
            let at = if swapped { count - 1 - i } else { i } as u64;
            (place.1, place.2) == (mem, addr) && place.3.checked_sub(low) == Some(at)
        };
        if !places.iter().enumerate().all(in_order) {
            return false;
        }
        let loads: BTreeSet<Inst> = places.iter().map(|place| place.0).collect();
        // All of it is for this sum only.
        let once = |value: &Value| self.uses[*value] == 1 || self.func.const_bits(*value).is_some();
        if loads.len() < 2 || !tree.nodes.iter().all(once) || !self.together(&loads, insts) {
            return false;
        }
        let first = insts.iter().find(|inst| loads.contains(inst));
        let &first = first.expect("the loads are in the block");
        let run = Run {
            mem,
            addr,
            offset: low,
            bytes: count as u32,
            signed: signed && !swapped,
        };
        let sum = Sum {
            source: Source::Loads(first),
            bytes: count as u32,
            swapped,
            signed,
        };
        found.first.insert(first, run);
        // What used the loads goes with them.
        let is_pure = |inst: &Inst| self.func.insts[*inst].effects().is_pure();
        let moves = tree.nodes.iter().filter_map(|&value| self.func.def(value));
        let not_shared = moves.filter(|inst| self.func.insts[*inst].op != Op::Const);
        found.gone.extend(not_shared.filter(is_pure));
        found.gone.extend(loads);
        found.sums.insert(inst, sum);
        true
    }

    /// Whether all loads are in the block, and nothing between them writes, calls or traps in another way.
    fn together(&self, loads: &BTreeSet<Inst>, insts: &[Inst]) -> bool {
        let mut seen = 0;
        for &inst in insts {
            let data = &self.func.insts[inst];
            let effects = data.effects();
            if loads.contains(&inst) {
                seen += 1;
                if seen == loads.len() {
                    return true;
                }
            } else if seen != 0
                && (!effects.writes.is_empty()
                    || effects.is_call
                    || (effects.may_trap && data.op != Op::Load))
            {
                return false;
            }
        }
        false
    }
}
