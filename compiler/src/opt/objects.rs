//! Structures that do not leave the function become the values of their fields.
//!
//! One does not leave whose only uses are accesses to its fields, tests of its type and comparisons with other references: nobody else can have it, so it needs no
//! memory. In the blocks that the allocation dominates each field is a variable. Blocks where several edges meet get a parameter for it, most of which
//! receive one value and vanish with the parameters of the front end. What is stored in such a structure alone may not leave either: a few
//! rounds find chains.

use super::{Cx, Incoming};
use crate::entity::SideMap;
use crate::ir::cfg::Cfg;
use crate::ir::dom::DomTree;
use crate::ir::{
    Access, Block, Builder, Func, Imm, Inst, InstData, IntCc, Op, Program, SigId, Storage, Type,
    Types, Value,
};
use std::collections::HashMap;

/// Chains of structures that are found.
const ROUNDS: usize = 3;

/// Structures of a function that are looked at, and parameters that each may take: bound the work.
const MOST: usize = 64;
const MOST_PARAMS: usize = 256;

/// Runs the pass.
pub fn run(func: &mut Func, cx: &Cx) {
    let is_new = |inst: &Inst| func.insts[*inst].op == Op::GcNew;
    let mut insts = func.layout.iter().flat_map(|&b| &func.blocks[b].insts);
    if !insts.any(is_new) {
        return;
    }
    let cfg = Cfg::new(func);
    func.layout.retain(|&block| cfg.is_reachable(block));
    let dom = DomTree::new(func, &cfg);
    for _ in 0..ROUNDS {
        let kept = kept(func, &cx.program.types);
        let mut any = false;
        for &(home, inst) in kept.iter().take(MOST) {
            let object = Object::new(func, cx.program, &dom, home, inst);
            if let Some(object) = object {
                object.replace(func, &dom);
                any = true;
            }
        }
        if !any {
            return;
        }
    }
}

/// The allocations of structures that do not leave the function, with their blocks, in order.
fn kept(func: &Func, types: &Types) -> Vec<(Block, Inst)> {
    let mut leaves: SideMap<Value, bool> = SideMap::new(false, func.values.len());
    let mut found = Vec::new();
    for &block in &func.layout {
        for &inst in &func.blocks[block].insts {
            let data = &func.insts[inst];
            if data.op == Op::GcNew && types.def(data.sig()).fields().is_some() {
                found.push((block, inst));
            }
            let operands = match data.op {
                Op::GcTest => 1,
                Op::GcLoad if is_of_field(func, types, data) => 1,
                Op::GcStore if data.args[0] != data.args[1] && is_of_field(func, types, data) => 1,
                Op::Icmp if data.args[0] != data.args[1] => 2,
                _ => 0,
            };
            let of_targets = data.targets().flat_map(|target| &target.args);
            for &value in data.args[operands..].iter().chain(of_targets) {
                leaves[value] = true;
            }
        }
    }
    found.retain(|&(_, inst)| !leaves[func.insts[inst].first_result]);
    found
}

/// Whether an access is one of a field that its object has, if that is new. It is another where a test before it fails.
fn is_of_field(func: &Func, types: &Types, data: &InstData) -> bool {
    let new = func.def(data.args[0]).map(|inst| &func.insts[inst]);
    let Some(new) = new.filter(|new| new.op == Op::GcNew) else {
        return false;
    };
    let (ty, (access, offset, ..)) = (new.sig(), data.object());
    let Some(field) = field_at(types, ty, offset) else {
        return false;
    };
    let fields = types.def(ty).fields().expect("a structure");
    let storage = fields[field].storage;
    storage.unpacked().ir() == data.ty && storage.bytes() == access.bytes(data.ty)
}

/// The field of a structure at an offset.
fn field_at(types: &Types, ty: SigId, offset: u32) -> Option<usize> {
    let offsets = &types.layout(ty).offsets;
    offsets.iter().position(|&at| at == offset)
}

/// A structure whose fields become values.
struct Object<'a> {
    program: &'a Program,
    inst: Inst,
    value: Value,
    ty: SigId,
    fields: Vec<Storage>,
    home: Block,
    /// The blocks that the allocation dominates, dominators first.
    blocks: Vec<Block>,
    /// Those of them where edges meet: the terminators with the indices of their targets.
    joins: HashMap<Block, Vec<(Inst, u32)>>,
    /// What stands for results of accesses and tests.
    renames: HashMap<Value, Value>,
}

impl<'a> Object<'a> {
    /// `None` where it would need too many parameters.
    fn new(
        func: &Func,
        program: &'a Program,
        dom: &DomTree,
        home: Block,
        inst: Inst,
    ) -> Option<Object<'a>> {
        let ty = func.insts[inst].sig();
        let fields = program.types.def(ty).fields().expect("a structure");
        let fields: Vec<Storage> = fields.iter().map(|field| field.storage).collect();
        let incoming = Incoming::new(func);
        let behind = dom.preorder.iter().copied();
        let blocks: Vec<Block> = behind.filter(|&b| dom.dominates(home, b)).collect();
        let meet = blocks
            .iter()
            .filter(|&&b| b != home && incoming.count(b) != 1);
        let joins: HashMap<Block, Vec<(Inst, u32)>> =
            meet.map(|&b| (b, incoming.edges(b).to_vec())).collect();
        // The first target of a `try` has the call's results in their places.
        let has_try = joins
            .values()
            .flatten()
            .any(|&(inst, _)| func.insts[inst].op == Op::Try);
        let fits = joins.len() * fields.len() <= MOST_PARAMS && (fields.is_empty() || !has_try);
        fits.then(|| Object {
            program,
            inst,
            value: func.insts[inst].first_result,
            ty,
            fields,
            home,
            blocks,
            joins,
            renames: HashMap::new(),
        })
    }

    fn replace(mut self, func: &mut Func, dom: &DomTree) {
        let dominated = std::mem::take(&mut self.blocks);
        let mut b = Builder::new(func, true);
        // Values of the fields at the ends of blocks, and by terminator.
        let mut ends: HashMap<Block, Vec<Value>> = HashMap::new();
        let mut at: HashMap<Inst, Block> = HashMap::new();
        for &block in &dominated {
            let start = match self.joins.contains_key(&block) {
                _ if block == self.home => Vec::new(),
                true => {
                    let types = self.fields.iter().map(|field| field.unpacked().ir());
                    types.map(|ty| b.append_param(block, ty)).collect()
                }
                // Its only predecessor.
                false => ends[&dom.idom(block).expect("another block before it")].clone(),
            };
            let end = self.block(&mut b, block, start);
            let last = b.func.blocks[block].insts.last();
            at.insert(*last.expect("a terminator"), block);
            ends.insert(block, end);
        }
        for (&block, edges) in &self.joins {
            for &(terminator, index) in edges {
                let values = &ends[&at[&terminator]];
                let target = b.func.insts[terminator].target_mut(index as usize);
                debug_assert_eq!(target.block, block);
                target.args.extend(values.iter().copied());
            }
        }
        for &block in &dominated {
            for i in 0..func.blocks[block].insts.len() {
                let inst = func.blocks[block].insts[i];
                func.insts[inst].for_each_use_mut(|value| *value = self.resolve(*value));
            }
        }
        for value in func.watches.iter_mut().filter_map(|it| it.value.as_mut()) {
            *value = self.resolve(*value);
        }
    }

    fn resolve(&self, value: Value) -> Value {
        self.renames.get(&value).copied().unwrap_or(value)
    }

    /// Takes what has to do with the structure out of a block; the values of the fields at its end.
    fn block(&mut self, b: &mut Builder, block: Block, start: Vec<Value>) -> Vec<Value> {
        let mut now = start;
        let insts = std::mem::take(&mut b.func.blocks[block].insts);
        b.switch_to(block);
        for inst in insts {
            let data = b.func.insts[inst].clone();
            b.set_loc(data.loc);
            let result = data.first_result;
            let is_ours = data.args.first() == Some(&self.value);
            match data.op {
                Op::GcNew if inst == self.inst => {
                    let zeros = self.fields.iter().map(|field| field.unpacked().ir());
                    now = zeros.map(|ty| b.constant_bits(ty, 0)).collect();
                }
                Op::GcStore if is_ours => {
                    let field = self.field(data.object().1);
                    now[field] = self.resolve(data.args[1]);
                }
                Op::GcLoad if is_ours => {
                    let (access, offset, ..) = data.object();
                    let value = unpack(b, now[self.field(offset)], access);
                    self.renames.insert(result, value);
                }
                Op::GcTest if is_ours => {
                    let (number, _) = self.program.types.numbers(self.ty);
                    let answer = data.cast().0.has(number);
                    let answer = b.constant(Type::I32, answer.into());
                    self.renames.insert(result, answer);
                }
                // Any other reference is another one.
                Op::Icmp if data.args.contains(&self.value) => {
                    let differs = matches!(data.imm, Imm::IntCc(IntCc::Ne));
                    let answer = b.constant(Type::I32, differs.into());
                    self.renames.insert(result, answer);
                }
                _ => b.func.blocks[block].insts.push(inst),
            }
        }
        now
    }

    /// The field at an offset.
    fn field(&self, offset: u32) -> usize {
        let found = field_at(&self.program.types, self.ty, offset);
        found.expect("an access to a field")
    }
}

/// What a load gives of a field that holds this value.
fn unpack(b: &mut Builder, value: Value, access: Access) -> Value {
    let mask = match access {
        Access::Full | Access::U32 | Access::S32 => return value,
        Access::S8 => return b.unary(Op::Ext8S, Type::I32, value),
        Access::S16 => return b.unary(Op::Ext16S, Type::I32, value),
        Access::U8 => 0xff,
        Access::U16 => 0xffff,
    };
    let mask = b.constant(Type::I32, mask);
    b.binary(Op::And, Type::I32, value, mask)
}
