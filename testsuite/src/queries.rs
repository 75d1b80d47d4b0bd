//! What a program is asked when it is compared: its modules in order, exported functions with arguments at which things change, globals, memories.

use wative_compiler::ir::{Entity, Export, FuncId, GlobalId, MemId, ValType};
use wative_compiler::wasm;

use crate::random::Random;
use crate::smith;
use crate::spec::chain::hex;

/// Calls of each exported function.
const CALLS: usize = 3;

/// A call or question, as a protocol line and for the interpreter.
pub struct Query {
    pub line: String,
    pub kind: Kind,
    /// Types of the answer's slots; a vector has two.
    pub types: Vec<ValType>,
}

/// What a query asks: of a module, by its place in the program's order.
pub enum Kind {
    Instantiate(usize),
    /// The exported function, by name and id, with the arguments' slots.
    Call(usize, String, FuncId, Vec<u64>),
    Global(usize, String, GlobalId),
    /// A hash of the module's memory.
    Memory(usize, MemId),
}

/// Instantiates all modules in order, calls every exported function a few times, and looks at globals and memories.
pub fn queries(front: &wasm::Front<'_>, random: &mut Random) -> Vec<Query> {
    let program = &front.program;
    let modules = program.modules.values().enumerate();
    let exports: Vec<(usize, &Export)> = modules
        .flat_map(|(k, module)| module.exports.iter().map(move |export| (k, export)))
        .collect();
    let mut queries = Vec::new();
    for (k, _) in program.modules.values().enumerate() {
        queries.push(Query {
            line: format!("instantiate {k}"),
            kind: Kind::Instantiate(k),
            types: Vec::new(),
        });
    }
    let refuel = |(k, export): &(usize, &Export)| match export.entity {
        Entity::Func(func) if export.name == smith::REFUEL => Some(Query {
            line: format!("invoke {k} {}", hex(&export.name)),
            kind: Kind::Call(*k, export.name.clone(), func, Vec::new()),
            types: Vec::new(),
        }),
        _ => None,
    };
    for _ in 0..CALLS {
        for (k, export) in &exports {
            let Entity::Func(func) = export.entity else {
                continue;
            };
            if export.name == smith::REFUEL {
                continue;
            }
            queries.extend(exports.iter().filter_map(refuel));
            let ty = &program.types[program.funcs[func].sig];
            // There is nothing to pass for a reference that is not null.
            if ty.params.iter().any(|ty| ty.is_non_null()) {
                continue;
            }
            let params = slot_types(&ty.params);
            let slots: Vec<u64> = params.iter().map(|&t| argument(t, random)).collect();
            let dirty = params.iter().zip(&slots).map(|(t, v)| match t {
                ValType::I32 | ValType::F32 => v | random.bits() << 32,
                ValType::I64
                | ValType::F64
                | ValType::V128
                | ValType::FuncRef
                | ValType::ExternRef
                | ValType::ExnRef
                | ValType::Ref(_) => *v,
            });
            let list: Vec<String> = dirty.map(|v| format!("{v:x}")).collect();
            queries.push(Query {
                line: format!("invoke {k} {} {}", hex(&export.name), list.join(":")),
                kind: Kind::Call(*k, export.name.clone(), func, slots),
                types: slot_types(&ty.results),
            });
        }
    }
    for (k, export) in &exports {
        if let Entity::Global(global) = export.entity {
            queries.push(Query {
                line: format!("get {k} {}", hex(&export.name)),
                kind: Kind::Global(*k, export.name.clone(), global),
                types: slot_types(&[program.globals[global].ty]),
            });
        }
    }
    for (k, module) in program.modules.values().enumerate() {
        if let Some(memory) = module.host_memory() {
            queries.push(Query {
                line: format!("hash {k} 0"),
                kind: Kind::Memory(k, memory),
                types: vec![ValType::I64],
            });
        }
    }
    queries
}

/// The type of each slot that values of these types take.
fn slot_types(types: &[ValType]) -> Vec<ValType> {
    let slots = |&ty: &ValType| vec![ty; if ty == ValType::V128 { 2 } else { 1 }];
    types.iter().flat_map(slots).collect()
}

/// An argument's slot: special values, the ends of memories, or anything. Half a vector is two or four lanes, or one.
fn argument(ty: ValType, random: &mut Random) -> u64 {
    const INTEGERS: [u64; 16] = [
        0,
        1,
        2,
        7,
        31,
        32,
        65533,
        65535,
        65536,
        131_068,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_fff8,
        0xffff_ffff,
        1 << 63,
        u64::MAX,
    ];
    const FLOATS: [f64; 10] = [
        0.0,
        -0.0,
        1.0,
        -1.5,
        2147483648.0,
        -2147483649.0,
        9.3e18,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    /// NaNs with signs and payloads, one of them signalling.
    const NANS: [(u64, u64); 3] = [
        (0xffc0_0000, 0xfff8_0000_0000_0000),
        (0x7fc1_2345, 0x7ff8_0123_4567_89ab),
        (0x7f80_0001, 0x7ff0_0000_0000_0001),
    ];
    let integer = match random.below(3) {
        0 => random.bits() << 32 | random.bits() & 0xffff_ffff,
        1 => random.bits() % 70_000,
        _ => *random.pick(&INTEGERS),
    };
    let float = *random.pick(&FLOATS);
    let nan = (random.below(8) == 0).then(|| *random.pick(&NANS));
    match ty {
        ValType::I32 => integer & 0xffff_ffff,
        // As much as the wrapped part is interesting, so is what is above it.
        ValType::I64 if random.below(3) == 0 => integer & 0xffff_ffff | random.bits() << 32,
        ValType::I64 => integer,
        ValType::F32 => nan.map_or(u64::from((float as f32).to_bits()), |n| n.0),
        ValType::F64 => nan.map_or(float.to_bits(), |n| n.1),
        ValType::V128 => {
            let single = u64::from((float as f32).to_bits());
            match random.below(4) {
                0 => integer,
                1 => nan.map_or(float.to_bits(), |n| n.1),
                2 => nan.map_or(single, |n| n.0) << 32 | single,
                _ => integer & 0xffff | random.bits() << 16,
            }
        }
        ValType::FuncRef | ValType::ExternRef | ValType::ExnRef | ValType::Ref(_) => 0,
    }
}
