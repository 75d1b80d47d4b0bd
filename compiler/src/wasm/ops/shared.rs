//! Access to globals and tables, also to those of an open world that the host shares and that the module has references to objects in.
//!
//! The host cannot have references, so such a cell has a number ([`objects`]), which it owns: what is written there is given to the host, the number that was there is released, and what is
//! read is looked up and compared with the type. Nothing else reads or writes such cells; operators on many elements are loops here.
//! A number that the cell does not own, or that is another instance's, is a trap where it is read and nothing where it is released.

use crate::abi::{ElemSeg, TrapCode};
use crate::ir::build::Builder;
use crate::ir::objects::{give, receive, release};
use crate::ir::{
    Access, ElemId, ElemItems, GlobalId, Imm, IntCc, Op, Program, RawRegion, TableId, Type, Value,
};
use std::mem::offset_of;

/// The value of a global.
pub fn global_get(b: &mut Builder, program: &Program, global: GlobalId) -> Value {
    let decl = &program.globals[global];
    let ty = decl.ty.ir();
    let inst = b.emit(Op::GlobalGet, ty, Imm::Global(global), &[], &[ty]);
    let value = b.result(inst);
    match decl.numbers {
        None => value,
        Some(ty) => receive(b, program, value, ty),
    }
}

/// Writes a global.
pub fn global_set(b: &mut Builder, program: &Program, global: GlobalId, value: Value) {
    let decl = &program.globals[global];
    let (ty, imm) = (decl.ty.ir(), Imm::Global(global));
    if decl.numbers.is_none() {
        b.emit(Op::GlobalSet, ty, imm, &[value], &[]);
        return;
    }
    let inst = b.emit(Op::GlobalGet, ty, imm.clone(), &[], &[ty]);
    let before = b.result(inst);
    let number = give(b, program, value);
    b.emit(Op::GlobalSet, ty, imm, &[number], &[]);
    release(b, program, before);
}

/// `table.get`
pub fn table_get(b: &mut Builder, program: &Program, table: TableId, index: Value) -> Value {
    let value = cell(b, program, table, index);
    match program.tables[table].numbers {
        None => value,
        Some(ty) => receive(b, program, value, ty),
    }
}

/// What a table has, whatever that is.
fn cell(b: &mut Builder, program: &Program, table: TableId, index: Value) -> Value {
    let ty = program.tables[table].elem.ir();
    let inst = b.emit(Op::TableGet, ty, Imm::Table(table), &[index], &[ty]);
    b.result(inst)
}

/// `table.set`
pub fn table_set(b: &mut Builder, program: &Program, table: TableId, index: Value, value: Value) {
    let decl = &program.tables[table];
    let (ty, imm) = (decl.elem.ir(), Imm::Table(table));
    if decl.numbers.is_none() {
        b.emit(Op::TableSet, ty, imm, &[index, value], &[]);
        return;
    }
    let before = cell(b, program, table, index);
    let number = give(b, program, value);
    b.emit(Op::TableSet, ty, imm, &[index, number], &[]);
    release(b, program, before);
}

/// `table.grow`
pub fn table_grow(
    b: &mut Builder,
    program: &Program,
    table: TableId,
    init: Value,
    delta: Value,
) -> Value {
    let decl = &program.tables[table];
    let grow = |b: &mut Builder, init: Value| {
        let (ty, imm) = (decl.index, Imm::Table(table));
        let inst = b.emit(Op::TableGrow, ty, imm, &[init, delta], &[ty]);
        b.result(inst)
    };
    if decl.numbers.is_none() {
        return grow(b, init);
    }
    let null = b.constant(decl.elem.ir(), 0);
    let before = grow(b, null);
    if b.as_const(init) == Some(0) {
        return before;
    }
    let all_ones = match decl.index {
        Type::I32 => u32::MAX.into(),
        _ => u64::MAX,
    };
    let failed = b.constant(decl.index, all_ones);
    let failed = b.icmp(IntCc::Eq, decl.index, before, failed);
    let none = b.constant(decl.index, 0);
    let len = b.select(decl.index, failed, none, delta);
    let (first, len) = (wide(b, before), wide(b, len));
    each(b, len, |b, i| {
        let index = sum(b, decl.index, first, i);
        let number = give(b, program, init);
        let (ty, imm) = (decl.elem.ir(), Imm::Table(table));
        b.emit(Op::TableSet, ty, imm, &[index, number], &[]);
    });
    before
}

/// `table.fill`
pub fn table_fill(
    b: &mut Builder,
    program: &Program,
    table: TableId,
    [at, value, len]: [Value; 3],
) {
    let decl = &program.tables[table];
    if decl.numbers.is_none() {
        b.emit(
            Op::TableFill,
            Type::I32,
            Imm::Table(table),
            &[at, value, len],
            &[],
        );
        return;
    }
    let (at, len) = (wide(b, at), wide(b, len));
    check_range(b, program, table, at, len);
    each(b, len, |b, i| {
        let index = sum(b, decl.index, at, i);
        table_set(b, program, table, index, value);
    });
}

/// `table.copy`
pub fn table_copy(
    b: &mut Builder,
    program: &Program,
    (dst, src): (TableId, TableId),
    [to, from, len]: [Value; 3],
) {
    let decls = [dst, src].map(|table| &program.tables[table]);
    if decls.iter().all(|decl| decl.numbers.is_none()) {
        let imm = Imm::TablePair { dst, src };
        b.emit(Op::TableCopy, Type::I32, imm, &[to, from, len], &[]);
        return;
    }
    let [to, from, len] = [to, from, len].map(|value| wide(b, value));
    check_range(b, program, dst, to, len);
    check_range(b, program, src, from, len);
    // Two tables of the module may be one of the host's.
    let backwards = b.icmp(IntCc::GtU, Type::I64, to, from);
    each(b, len, |b, i| {
        let one = b.constant(Type::I64, 1);
        let last = b.binary(Op::Sub, Type::I64, len, one);
        let mirrored = b.binary(Op::Sub, Type::I64, last, i);
        let i = b.select(Type::I64, backwards, mirrored, i);
        let index = sum(b, decls[1].index, from, i);
        let value = table_get(b, program, src, index);
        let index = sum(b, decls[0].index, to, i);
        table_set(b, program, dst, index, value);
    });
}

/// `table.init`
pub fn table_init(
    b: &mut Builder,
    program: &Program,
    (table, elem): (TableId, ElemId),
    [to, from, len]: [Value; 3],
) {
    let decl = &program.tables[table];
    if decl.numbers.is_none() {
        let imm = Imm::TableInit { table, elem };
        b.emit(Op::TableInit, Type::I32, imm, &[to, from, len], &[]);
        return;
    }
    let [to, from, len] = [to, from, len].map(|value| wide(b, value));
    check_range(b, program, table, to, len);
    let segment = &program.elems[elem];
    let instance = b.instance_addr(segment.module);
    let region = RawRegion::Segments;
    let at = segment.offset as usize + offset_of!(ElemSeg, len);
    let has = b.raw_load(Type::I32, Access::Full, instance, at as i32, region, None);
    let has = wide(b, has);
    check(b, from, len, has);
    each(b, len, |b, i| {
        let value = match &segment.items {
            ElemItems::Computed { offset, .. } => {
                let item = b.binary(Op::Add, Type::I64, from, i);
                let shift = b.constant(Type::I64, 3);
                let distance = b.binary(Op::Shl, Type::I64, item, shift);
                let place = b.ptr_add(instance, distance);
                let at = *offset as i32;
                b.raw_load(Type::Gc, Access::Full, place, at, region, None)
            }
            // No functions are objects.
            ElemItems::Funcs(_) | ElemItems::List(_) => b.constant(Type::Gc, 0),
        };
        let index = sum(b, decl.index, to, i);
        table_set(b, program, table, index, value);
    });
}

/// An index as 64 bits.
fn wide(b: &mut Builder, value: Value) -> Value {
    match b.ty(value) {
        Type::I32 => b.convert(Op::ExtU, Type::I64, value),
        _ => value,
    }
}

/// An index of this type, from 64 bits that are one.
fn sum(b: &mut Builder, ty: Type, first: Value, i: Value) -> Value {
    let index = b.binary(Op::Add, Type::I64, first, i);
    match ty {
        Type::I32 => b.convert(Op::Wrap, Type::I32, index),
        _ => index,
    }
}

/// That so many elements are in a table.
fn check_range(b: &mut Builder, program: &Program, table: TableId, first: Value, len: Value) {
    let ty = program.tables[table].index;
    let inst = b.emit(Op::TableSize, ty, Imm::Table(table), &[], &[ty]);
    let size = b.result(inst);
    let size = wide(b, size);
    check(b, first, len, size);
}

fn check(b: &mut Builder, first: Value, len: Value, size: Value) {
    let outside = b.icmp(IntCc::GtU, Type::I64, first, size);
    b.trap_if(outside, TrapCode::TableOutOfBounds);
    let room = b.binary(Op::Sub, Type::I64, size, first);
    let outside = b.icmp(IntCc::GtU, Type::I64, len, room);
    b.trap_if(outside, TrapCode::TableOutOfBounds);
}

/// A loop with so many rounds.
fn each(b: &mut Builder, len: Value, mut body: impl FnMut(&mut Builder, Value)) {
    if b.as_const(len) == Some(0) {
        return;
    }
    let (header, inside, done) = (b.create_block(), b.create_block(), b.create_block());
    let i = b.append_param(header, Type::I64);
    let zero = b.constant(Type::I64, 0);
    b.jump(header, &[zero]);
    b.switch_to(header);
    let more = b.icmp(IntCc::LtU, Type::I64, i, len);
    b.branch(more, (inside, &[]), (done, &[]));
    b.switch_to(inside);
    body(b, i);
    let one = b.constant(Type::I64, 1);
    let next = b.binary(Op::Add, Type::I64, i, one);
    b.jump(header, &[next]);
    b.switch_to(done);
}
