//! Table and reference operators (core spec 4.4.6, 4.4.2).

use crate::ir::{Imm, IntCc, Op, TableId, Type};
use crate::wasm::translate::Translator;
use wasmparser::Operator;

/// See the module.
pub fn translate(t: &mut Translator, op: &Operator) -> bool {
    use Type::{I32, Ref};
    match *op {
        Operator::RefNull { .. } => {
            let null = t.b.constant(Ref, 0);
            t.push(null);
        }
        Operator::RefIsNull => {
            let value = t.pop();
            let null = t.b.constant(Ref, 0);
            let is_null = t.b.icmp(IntCc::Eq, Ref, value, null);
            t.push(is_null);
        }
        Operator::RefFunc { function_index } => {
            let func = t.module.funcs[function_index as usize];
            let value = t.b.ref_func(func);
            t.push(value);
        }
        Operator::TableGet { table } => {
            let index = t.pop();
            let imm = Imm::Table(id(t, table));
            let inst = t.b.emit(Op::TableGet, I32, imm, &[index], &[Ref]);
            t.push(t.b.result(inst));
        }
        Operator::TableSet { table } => {
            let (index, value) = t.pop2();
            let imm = Imm::Table(id(t, table));
            t.b.emit(Op::TableSet, I32, imm, &[index, value], &[]);
        }
        Operator::TableSize { table } => {
            let imm = Imm::Table(id(t, table));
            let inst = t.b.emit(Op::TableSize, I32, imm, &[], &[I32]);
            t.push(t.b.result(inst));
        }
        Operator::TableGrow { table } => {
            let (init, delta) = t.pop2();
            let imm = Imm::Table(id(t, table));
            let inst = t.b.emit(Op::TableGrow, I32, imm, &[init, delta], &[I32]);
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
            let elem = t.module.elems[elem_index as usize];
            bulk(t, Op::TableInit, Imm::TableInit { table, elem });
        }
        Operator::ElemDrop { elem_index } => {
            let imm = Imm::Elem(t.module.elems[elem_index as usize]);
            t.b.emit(Op::ElemDrop, I32, imm, &[], &[]);
        }
        _ => return false,
    }
    true
}

fn id(t: &Translator, index: u32) -> TableId {
    t.module.tables[index as usize]
}

/// An operator with three operands and no result.
fn bulk(t: &mut Translator, op: Op, imm: Imm) {
    let (a, b, c) = t.pop3();
    t.b.emit(op, Type::I32, imm, &[a, b, c], &[]);
}
