//! Calls and tail calls (core spec 4.4.8.10 to 4.4.8.15).

use crate::abi::TrapCode;
use crate::ir::FuncKind;
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
            let inst = t.b.call(func, &sig, &args);
            let results = t.b.results(inst);
            t.stack.extend(results);
        }
        Operator::CallIndirect {
            type_index,
            table_index,
        } => {
            let id = t.module.types[type_index as usize];
            let table = t.module.tables[table_index as usize];
            let sig = t.program.types[id].signature();
            let args = t.pop_many(sig.params.len() + 1);
            let inst = t.b.call_indirect(table, id, &sig, &args);
            let results = t.b.results(inst);
            t.stack.extend(results);
        }
        Operator::CallRef { type_index } => {
            let id = t.module.types[type_index as usize];
            let args = t.pop_many(t.program.types[id].params.len() + 1);
            let inst = t.b.call_ref(t.program, id, &args);
            let results = t.b.results(inst);
            t.stack.extend(results);
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
