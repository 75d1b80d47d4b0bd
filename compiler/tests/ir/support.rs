//! A small program that the tests' functions live in, and ways to run them.

use std::collections::HashMap;
use wative_compiler::entity::EntityId;
use wative_compiler::ir::interp::{Interp, Nans, Stop};
use wative_compiler::ir::*;

pub fn id<T: EntityId>(n: u32) -> T {
    T::from_u32(n)
}

fn func_type(params: &[ValType], results: &[ValType]) -> FuncType {
    FuncType {
        params: params.to_vec(),
        results: results.to_vec(),
    }
}

/// One module: func0 is under test with the given type, func1 is imported `(i32) -> (i32)`, func2 is `(i32, i64) -> (i64, i32)`, func3 is
/// `(i64) -> (i32, i64)`; memories of 1 and 2 pages; globals i32, i64, f64 (mutable), i32 (constant 7), an immutable i32 of unknown
/// value and two imported mutable i32 that may be the same; two tables of 5 functions;
/// types 4 to 6 are a structure of an i32, a reference and an i64, and arrays of bytes and functions.
pub fn program(sig: &Signature) -> Program {
    use ValType::{F32, F64, FuncRef, I32, I64};
    let module = id(0);
    let val = |ty: &Type| match ty {
        Type::I32 => I32,
        Type::I64 => I64,
        Type::F32 => F32,
        Type::F64 => F64,
        Type::Ref => FuncRef,
        Type::V128 => ValType::V128,
        Type::Gc => ValType::reference(true, Heap::Any),
        Type::Ptr => panic!("no Wasm type"),
    };
    let under_test = FuncType {
        params: sig.params.iter().map(val).collect(),
        results: sig.results.iter().map(val).collect(),
    };
    let mut types: Types = [
        under_test,
        func_type(&[I32], &[I32]),
        func_type(&[I32, I64], &[I64, I32]),
        func_type(&[I64], &[I32, I64]),
    ]
    .into_iter()
    .collect();
    let any = ValType::reference(true, Heap::Any);
    let field = |storage| FieldType {
        storage,
        mutable: true,
    };
    for composite in [
        Composite::Struct([I32, any, I64].map(Storage::Val).map(field).to_vec()),
        Composite::Array(field(Storage::I8)),
        Composite::Array(field(Storage::Val(FuncRef))),
    ] {
        types.push(DefType {
            composite,
            supertype: None,
            is_final: true,
        });
    }
    types.number();
    let decl = |index: u32, kind: FuncKind| FuncDecl {
        module,
        index,
        name: format!("f{index}"),
        sig: id(index),
        kind,
        funcref: Some(index),
    };
    let import = FuncKind::Import {
        symbol: "host".to_string(),
        given: None,
    };
    let funcs = [
        decl(0, FuncKind::Defined { body: 0..0 }),
        decl(1, import),
        decl(2, FuncKind::Defined { body: 0..0 }),
        decl(3, FuncKind::Defined { body: 0..0 }),
    ];
    let memory = |pages: u64, base: MemBase| MemoryDecl {
        module,
        place: Place::Own(0),
        address: Type::I32,
        page_log2: 16,
        min_pages: pages,
        max_pages: Some(pages + 1),
        shared: pages == 1,
        base,
    };
    let global = |n: u32, ty: ValType, mutable: bool, constant: Option<u128>| GlobalDecl {
        module,
        place: Place::Own(1024 + n * 8),
        ty,
        numbers: None,
        mutable,
        constant,
    };
    let imported = |n: u32| GlobalDecl {
        place: Place::Slot(2048 + n * 8),
        ..global(n, I32, true, None)
    };
    let tag = |sig: u32, name: &str| TagDecl {
        module,
        place: Place::Own(0),
        sig: id(sig),
        name: name.to_string(),
    };
    let table = || TableDecl {
        module,
        place: Place::Own(512),
        elem: FuncRef,
        numbers: None,
        index: Type::I32,
        min: 5,
        max: Some(7),
    };
    Program {
        modules: [Module {
            name: "m".to_string(),
            path: "m.wasm".to_string(),
            funcs: (0..4).map(id).collect(),
            memories: (0..2).map(id).collect(),
            tables: (0..2).map(id).collect(),
            globals: (0..7).map(id).collect(),
            tags: (0..2).map(id).collect(),
            types: (0..4).map(id).collect(),
            datas: vec![id(0)],
            elems: vec![id(0)],
            data_indices: vec![Some(id(0))],
            elem_indices: vec![Some(id(0))],
            exports: vec![Export {
                name: "f".to_string(),
                entity: Entity::Func(id(0)),
            }],
            instance_size: 4096,
            template: vec![(1024, template())],
            ..Module::default()
        }]
        .into_iter()
        .collect(),
        types,
        funcs: funcs.into_iter().collect(),
        memories: [memory(1, MemBase::Fixed), memory(2, MemBase::Value)]
            .into_iter()
            .collect(),
        tables: [table(), table()].into_iter().collect(),
        tags: [tag(1, "e"), tag(2, "")].into_iter().collect(),
        globals: [
            global(0, I32, true, None),
            global(1, I64, true, None),
            global(2, F64, true, None),
            global(3, I32, false, Some(7)),
            global(4, I32, false, None),
            imported(5),
            imported(6),
        ]
        .into_iter()
        .collect(),
        datas: [DataDecl {
            module,
            offset: 0,
            bytes: (0..100).collect(),
        }]
        .into_iter()
        .collect(),
        elems: [ElemDecl {
            module,
            offset: 0,
            ty: ValType::FuncRef,
            items: ElemItems::Funcs(vec![Some(id(1)), None, Some(id(2)), Some(id(0))]),
        }]
        .into_iter()
        .collect(),
        funcrefs: (0..4).map(id).collect(),
        tail_called: vec![id(0), id(3)],
        compiled: vec![id(0), id(2), id(3)],
        main: module,
        ..Program::empty(World::Closed, MemoryMode::Fixed)
    }
}

/// Initial bytes of the globals.
fn template() -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..64).collect();
    bytes[24..32].copy_from_slice(&7u64.to_le_bytes());
    bytes
}

/// What func2 does: exchanges its parameters' types and changes global 0 and a byte of memory 0. func3 adds 1 to its parameter until that
/// is a multiple of 8, by tail calls.
const HELPER: &str = r#"
func func2 "helper" wasm (i32, i64) -> (i64, i32) {
b0(v0: i32, v1: i64):
    v2 = ext_u.i64 v0
    v3 = wrap.i32 v1
    global.set.i32 global0 v3
    v4 = const.i32 40
    store.i32_u8 mem0 [v4], v0
    return v2, v3
}
func func3 "counts" wasm (i64) -> (i32, i64) {
b0(v0: i64):
    v1 = const.i64 1
    v2 = add.i64 v0, v1
    v3 = wrap.i32 v2
    global.set.i32 global0 v3
    v4 = const.i32 7
    v5 = and.i32 v3, v4
    branch v5 ? b1 : b2
b1:
    return_call func3 v2
b2:
    return v3, v2
}
"#;

/// Everything that can be observed of a run.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    pub result: Result<Vec<u64>, Stop>,
    pub calls: Vec<u64>,
    pub globals: Vec<u128>,
    pub tables: Vec<Vec<u64>>,
    pub memories: Vec<Vec<u8>>,
}

/// Runs func0 with canonical NaNs.
pub fn run(program: &Program, func: &Func, args: &[u64], fuel: u64) -> Outcome {
    run_with(program, func, args, fuel, Nans::Canonical)
}

/// Runs func0.
pub fn run_with(program: &Program, func: &Func, args: &[u64], fuel: u64, nans: Nans) -> Outcome {
    let mut bodies: HashMap<FuncId, Func> = parse::parse_bodies(HELPER, program).unwrap();
    bodies.insert(func.id, func.clone());
    let mut calls = Vec::new();
    let host = Box::new(|state: &mut interp::State, _: FuncId, args: &[u64]| {
        calls.push(args[0]);
        // The host sees memory and changes it.
        calls.push(u64::from(state.memories[id(0)][8]));
        state.memories[id(0)][16] ^= args[0] as u8;
        state.globals[id(1)] = state.globals[id(1)].wrapping_add(args[0].into());
        Ok(vec![args[0].wrapping_mul(3) & 0xffff_ffff])
    });
    let mut interp = Interp::new(program, &bodies, fuel, nans, host);
    for (i, byte) in interp.state.memories[id(0)]
        .iter_mut()
        .take(256)
        .enumerate()
    {
        *byte = (i as u8).wrapping_mul(37);
    }
    for table in 0..2 {
        interp.state.tables[id(table)] = vec![2, 3, 0, 2, 4];
    }
    let result = interp.call(func.id, args);
    let state = interp.state.clone();
    drop(interp);
    Outcome {
        result,
        calls,
        globals: state.globals.values().copied().collect(),
        tables: state.tables.values().cloned().collect(),
        memories: state.memories.values().cloned().collect(),
    }
}

/// The result of a function that touches no state.
pub fn run_pure(program: &Program, func: &Func, args: &[u64]) -> Result<Vec<u64>, Stop> {
    let bodies = HashMap::from([(func.id, func.clone())]);
    let host = Box::new(|_: &mut interp::State, _: FuncId, _: &[u64]| unreachable!());
    Interp::new(program, &bodies, 1000, Nans::Canonical, host).call(func.id, args)
}

/// Bit patterns at which rules and edge cases change.
pub fn interesting(ty: Type) -> Vec<u64> {
    match ty {
        Type::I32 => [
            0u32,
            1,
            2,
            3,
            5,
            7,
            8,
            10,
            31,
            32,
            33,
            100,
            0x7f,
            0x80,
            0xff,
            0x100,
            0x7fff,
            0x8000,
            0xffff,
            0x7fff_ffff,
            0x8000_0000,
            0x8000_0001,
            0xffff_fffe,
            0xffff_ffff,
            0x1234_5678,
            641,
            0xaaaa_aaab,
        ]
        .map(u64::from)
        .to_vec(),
        Type::I64 => vec![
            0,
            1,
            2,
            3,
            7,
            10,
            31,
            63,
            64,
            65,
            0xff,
            0x8000,
            0xffff,
            0x7fff_ffff,
            0x8000_0000,
            0xffff_ffff,
            0x1_0000_0000,
            0x7fff_ffff_ffff_ffff,
            0x8000_0000_0000_0000,
            0x8000_0000_0000_0001,
            0xffff_ffff_8000_0000,
            0xffff_ffff_ffff_fffe,
            0xffff_ffff_ffff_ffff,
            0x1234_5678_9abc_def0,
        ],
        Type::F32 => [
            0.0f32,
            -0.0,
            1.0,
            -1.0,
            0.5,
            1.5,
            2.5,
            -2.5,
            4.0,
            1e-40,
            f32::MIN_POSITIVE,
            f32::MAX,
            f32::MIN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            2147483648.0,
            -2147483648.0,
            4294967296.0,
            9.223372e18,
            1.8446744e19,
            16777217.0,
            0.1,
        ]
        .iter()
        .map(|x| u64::from(x.to_bits()))
        .chain([0x7fc0_0000, 0xffc0_0000, 0x7fa0_0000, 0xff80_0001])
        .collect(),
        Type::F64 => [
            0.0f64,
            -0.0,
            1.0,
            -1.0,
            0.5,
            1.5,
            2.5,
            -2.5,
            4.0,
            1e-310,
            f64::MIN_POSITIVE,
            f64::MAX,
            f64::MIN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            2147483647.0,
            2147483647.9,
            2147483648.0,
            -2147483648.9,
            -2147483649.0,
            4294967295.9,
            4294967296.0,
            9223372036854775808.0,
            -9223372036854775808.0,
            18446744073709551616.0,
            0.1,
            -0.9,
        ]
        .iter()
        .map(|x| x.to_bits())
        .chain([
            0x7ff8_0000_0000_0000,
            0xfff8_0000_0000_0000,
            0x7ff4_0000_0000_0000,
            0xfff0_0000_0000_0001,
        ])
        .collect(),
        Type::Ref => vec![0, 1, 2, 3],
        // Null, and numbers of 31 bits.
        Type::Gc => vec![0, 1, 3, 0xffff_ffff],
        Type::V128 | Type::Ptr => vec![],
    }
}
