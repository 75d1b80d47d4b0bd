//! Calls and tail calls (core spec 4.4.8.10 to 4.4.8.15).

use super::exception;
use crate::abi::TrapCode;
use crate::ir::{FuncKind, Imm, Op, Signature, Type, Value};
use crate::wasm::translate::Translator;
use wasmparser::Operator;

/// See the module.
pub fn translate(t: &mut Translator, op: &Operator) -> bool {
    match *op {
        Operator::Call { function_index } => {
            let func = t.module.funcs[function_index as usize];
            if t.program.funcs[func].kind == FuncKind::Unknown {
                t.terminate(|b| b.trap(TrapCode::UnknownImport));
                return true;
            }
            let sig = t.program.signature(func);
            let args = t.pop_many(sig.params.len());
            let is_import = matches!(t.program.funcs[func].kind, FuncKind::Import { .. });
            call(t, Op::Call, Imm::Func(func), &args, &sig, !is_import);
        }
        Operator::CallIndirect {
            type_index,
            table_index,
        } => {
            let id = t.module.types[type_index as usize];
            let table = t.module.tables[table_index as usize];
            let sig = t.program.types[id].signature();
            let args = t.pop_many(sig.params.len() + 1);
            let imm = Imm::CallIndirect { table, sig: id };
            call(t, Op::CallIndirect, imm, &args, &sig, true);
        }
        Operator::CallRef { type_index } => {
            let id = t.module.types[type_index as usize];
            let args = t.pop_many(t.program.types[id].params.len() + 1);
            if exception::handlers(t).is_empty() {
                let inst = t.b.call_ref(t.program, id, &args);
                let results = t.b.results(inst);
                t.stack.extend(results);
            } else {
                let sig = t.program.types[id].signature();
                call(t, Op::CallRef, Imm::Sig(id), &args, &sig, true);
            }
        }
        Operator::ReturnCall { function_index } => {
            let func = t.module.funcs[function_index as usize];
            let args = t.pop_many(t.program.signature(func).params.len());
            let program = t.program;
            t.terminate(|b| b.return_call(program, func, &args));
        }
        Operator::ReturnCallIndirect {
            type_index,
            table_index,
        } => {
            let id = t.module.types[type_index as usize];
            let table = t.module.tables[table_index as usize];
            let args = t.pop_many(t.program.types[id].params.len() + 1);
            t.terminate(|b| b.return_call_indirect(table, id, &args));
        }
        Operator::ReturnCallRef { type_index } => {
            let id = t.module.types[type_index as usize];
            let args = t.pop_many(t.program.types[id].params.len() + 1);
            let program = t.program;
            t.terminate(|b| b.return_call_ref(program, id, &args));
        }
        _ => return false,
    }
    true
}

/// Emits a call and pushes its results. Where something around catches exceptions and the callee may throw (C functions cannot), the call
/// ends the block.
pub fn call(
    t: &mut Translator,
    op: Op,
    imm: Imm,
    args: &[Value],
    sig: &Signature,
    may_throw: bool,
) {
    let handlers = if may_throw {
        exception::handlers(t)
    } else {
        Vec::new()
    };
    if handlers.is_empty() {
        let inst = t.b.emit(op, Type::I32, imm, args, &sig.results);
        let results = t.b.results(inst);
        t.stack.extend(results);
        return;
    }
    let next = t.b.create_block();
    for &ty in &sig.results {
        t.b.append_param(next, ty);
    }
    t.terminate(|b| _ = b.try_op((op, imm, args), &sig.results, Some(next), &handlers));
    t.continue_in(next);
    t.stack.extend_from_slice(&t.b.func.blocks[next].params);
}
