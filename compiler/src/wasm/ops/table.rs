//! Table and reference operators, branches on null included (core spec 4.4.6, 4.4.2, 4.4.8).

use crate::abi::TrapCode;
use crate::ir::{ElemId, Imm, IntCc, Op, TableId, Type, ValType, Value};
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
            let (imm, ty) = (Imm::Table(id(t, table)), element(t, table));
            let inst = t.b.emit(Op::TableGet, ty, imm, &[index], &[ty]);
            t.push(t.b.result(inst));
        }
        Operator::TableSet { table } => {
            let (index, value) = t.pop2();
            let (imm, ty) = (Imm::Table(id(t, table)), element(t, table));
            t.b.emit(Op::TableSet, ty, imm, &[index, value], &[]);
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
            let ty = t.program.tables[table].index;
            let args = [init, delta];
            let inst = t.b.emit(Op::TableGrow, ty, Imm::Table(table), &args, &[ty]);
            t.push(t.b.result(inst));
        }
        Operator::TableFill { table } => {
            let imm = Imm::Table(id(t, table));
            bulk(t, Op::TableFill, imm);
        }
        Operator::TableCopy {
            dst_table,
            src_table,
        } => {
            let (dst, src) = (id(t, dst_table), id(t, src_table));
            bulk(t, Op::TableCopy, Imm::TablePair { dst, src });
        }
        Operator::TableInit { elem_index, table } => {
            let table = id(t, table);
            let elem = elem_segment(t, elem_index);
            bulk(t, Op::TableInit, Imm::TableInit { table, elem });
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

/// The IR type of a table's elements.
fn element(t: &Translator, index: u32) -> Type {
    t.program.tables[id(t, index)].elem.ir()
}

/// A segment that code names.
fn elem_segment(t: &Translator, index: u32) -> ElemId {
    t.module.elem_indices[index as usize].expect("a segment that code names")
}

/// An operator with three operands and no result.
fn bulk(t: &mut Translator, op: Op, imm: Imm) {
    let (a, b, c) = t.pop3();
    t.b.emit(op, Type::I32, imm, &[a, b, c], &[]);
}
