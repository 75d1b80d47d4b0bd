//! Table and reference operators, branches on null included (core spec 4.4.6, 4.4.2, 4.4.8).

use crate::abi::TrapCode;
use crate::ir::build::Builder;
use crate::ir::{ElemId, Imm, IntCc, Op, Program, TableId, Type, ValType, Value};
use crate::wasm::ops::shared;
use crate::wasm::translate::Translator;
use wasmparser::Operator;

/// See the module.
pub fn translate(t: &mut Translator, op: &Operator) -> bool {
    use Type::I32;
    match *op {
        Operator::RefNull { hty } => {
            let ty = ValType::reference(true, t.names().heap(hty)).ir();
            let null = t.b.constant(ty, 0);
            t.push(null);
        }
        Operator::RefIsNull => {
            let value = t.pop();
            let is_null = compare_null(t, IntCc::Eq, value);
            t.push(is_null);
        }
        Operator::RefFunc { function_index } => {
            let func = t.module.funcs[function_index as usize];
            let value = t.b.ref_func(func);
            t.push(value);
        }
        Operator::RefAsNonNull => {
            let value = t.pop();
            let is_null = compare_null(t, IntCc::Eq, value);
            t.b.trap_if(is_null, TrapCode::NullReference);
            t.push(value);
        }
        Operator::BrOnNull { relative_depth } => {
            let value = t.pop();
            let is_null = compare_null(t, IntCc::Eq, value);
            t.branch_if(is_null, relative_depth);
            t.push(value);
        }
        Operator::BrOnNonNull { relative_depth } => {
            let value = *t.stack.last().expect("a validated operand stack");
            let is_something = compare_null(t, IntCc::Ne, value);
            t.branch_if(is_something, relative_depth);
            t.pop();
        }
        Operator::TableGet { table } => {
            let index = t.pop();
            let table = id(t, table);
            let value = shared::table_get(&mut t.b, t.program, table, index);
            t.push(value);
        }
        Operator::TableSet { table } => {
            let (index, value) = t.pop2();
            let table = id(t, table);
            shared::table_set(&mut t.b, t.program, table, index, value);
        }
        Operator::TableSize { table } => {
            let table = id(t, table);
            let ty = t.program.tables[table].index;
            let inst = t.b.emit(Op::TableSize, ty, Imm::Table(table), &[], &[ty]);
            t.push(t.b.result(inst));
        }
        Operator::TableGrow { table } => {
            let (init, delta) = t.pop2();
            let table = id(t, table);
            let before = with_loop(t, |b, program| {
                shared::table_grow(b, program, table, init, delta)
            });
            t.push(before);
        }
        Operator::TableFill { table } => {
            let table = id(t, table);
            bulk(t, |b, program, args| {
                shared::table_fill(b, program, table, args)
            });
        }
        Operator::TableCopy {
            dst_table,
            src_table,
        } => {
            let tables = (id(t, dst_table), id(t, src_table));
            bulk(t, |b, program, args| {
                shared::table_copy(b, program, tables, args)
            });
        }
        Operator::TableInit { elem_index, table } => {
            let table = id(t, table);
            let elem = elem_segment(t, elem_index);
            bulk(t, |b, program, args| {
                shared::table_init(b, program, (table, elem), args)
            });
        }
        Operator::ElemDrop { elem_index } => {
            let imm = Imm::Elem(elem_segment(t, elem_index));
            t.b.emit(Op::ElemDrop, I32, imm, &[], &[]);
        }
        _ => return false,
    }
    true
}

fn compare_null(t: &mut Translator, cc: IntCc, value: Value) -> Value {
    let ty = t.b.ty(value);
    let null = t.b.constant(ty, 0);
    t.b.icmp(cc, ty, value, null)
}

fn id(t: &Translator, index: u32) -> TableId {
    t.module.tables[index as usize]
}

/// A segment that code names.
fn elem_segment(t: &Translator, index: u32) -> ElemId {
    t.module.elem_indices[index as usize].expect("a segment that code names")
}

/// An operator with three operands and no result.
fn bulk(t: &mut Translator, emit: impl FnOnce(&mut Builder, &Program, [Value; 3])) {
    let (x, y, z) = t.pop3();
    with_loop(t, |b, program| emit(b, program, [x, y, z]));
}

/// Emits what may have blocks of its own, in which no local is read or written.
fn with_loop<T>(t: &mut Translator, emit: impl FnOnce(&mut Builder, &Program) -> T) -> T {
    let before = t.b.current();
    let result = emit(&mut t.b, t.program);
    t.locals.go_on(&t.b, before);
    result
}
