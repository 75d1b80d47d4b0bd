//! Listings of `expand`: each file in `tests/expand` holds a function, then what it becomes in a closed and in an open world.
//! `BLESS=1` writes what comes out now.

#[path = "common/golden.rs"]
mod golden;

use golden::{files, golden};
use std::fmt::Write;
use std::fs;
use wative_compiler::entity::EntityId;
use wative_compiler::expand;
use wative_compiler::ir::facts::{Bodies, Facts};
use wative_compiler::ir::guards;
use wative_compiler::ir::parse::parse;
use wative_compiler::ir::verify::verify;
use wative_compiler::ir::{
    DataDecl, ElemDecl, ElemItems, FuncDecl, FuncId, FuncKind, FuncType, GlobalDecl, MemBase,
    MemoryDecl, MemoryMode, Module, ModuleId, Place, Program, SigId, TableDecl, ValType, World,
};
use wative_compiler::opt::Cx;

/// A program with one of everything. In the open world, what has an odd number is imported.
fn program(world: World) -> Program {
    let module = ModuleId::from_u32(0);
    let place = |n: u32, offset: u32| match world {
        World::Open if n % 2 == 1 => Place::Slot(offset),
        World::Open | World::Closed => Place::Own(offset),
    };
    let ty = |params: &[ValType], results: &[ValType]| FuncType {
        params: params.to_vec(),
        results: results.to_vec(),
    };
    let func = |sig: u32, kind| FuncDecl {
        module,
        index: 0,
        name: "f".into(),
        sig: SigId::from_u32(sig),
        kind,
        funcref: Some(5),
    };
    let import = |name: &str| FuncKind::Import {
        symbol: format!("wative_import_env__{name}"),
        given: None,
    };
    let memory = |n: u32, base| MemoryDecl {
        module,
        place: place(n, 64 + 32 * n),
        address: wative_compiler::ir::Type::I32,
        page_log2: 16,
        min_pages: 1,
        max_pages: None,
        shared: n == 2,
        base,
    };
    let primary = match world {
        World::Closed => MemBase::Fixed,
        World::Open => MemBase::Pinned,
    };
    let table = |n: u32, elem| TableDecl {
        module,
        place: place(n, 256 + 32 * n),
        elem,
        numbers: None,
        index: wative_compiler::ir::Type::I32,
        min: 1,
        max: None,
    };
    let global = |n: u32, ty, constant: Option<u128>| GlobalDecl {
        module,
        place: place(n, 512 + 8 * n),
        ty,
        numbers: None,
        mutable: constant.is_none(),
        constant,
    };
    use ValType::{F64, I32, I64};
    Program {
        modules: [Module {
            name: "m".into(),
            path: "m.wasm".into(),
            instance_size: 4096,
            funcrefs_offset: 1024,
            ..Module::default()
        }]
        .into_iter()
        .collect(),
        types: [
            ty(&[I32], &[I32]),
            ty(&[I64, F64], &[]),
            ty(&[I32], &[I64, F64]),
        ]
        .into_iter()
        .collect(),
        funcs: [
            func(0, FuncKind::Defined { body: 0..1 }),
            func(0, import("one")),
            func(1, import("none")),
            func(2, import("two")),
            func(2, FuncKind::Unknown),
        ]
        .into_iter()
        .collect(),
        memories: [
            memory(0, primary),
            memory(1, MemBase::Value),
            memory(2, MemBase::Checked),
        ]
        .into_iter()
        .collect(),
        tables: [table(0, ValType::FuncRef), table(1, ValType::ExternRef)]
            .into_iter()
            .collect(),
        globals: [
            global(0, I32, None),
            global(1, F64, None),
            global(2, I32, Some(7)),
        ]
        .into_iter()
        .collect(),
        datas: [DataDecl {
            module,
            offset: 640,
            bytes: vec![1],
        }]
        .into_iter()
        .collect(),
        elems: [ElemDecl {
            module,
            offset: 704,
            ty: ValType::FuncRef,
            items: ElemItems::Funcs(vec![None]),
        }]
        .into_iter()
        .collect(),
        funcrefs: vec![FuncId::from_u32(0)],
        compiled: vec![FuncId::from_u32(0)],
        main: module,
        ..Program::empty(world, MemoryMode::Fixed)
    }
}

#[test]
fn expansions_are_as_listed() {
    let mut faults = Vec::new();
    for file in files("expand", "txt") {
        let text = fs::read_to_string(&file).expect("a listing");
        let input = text.split("====").next().expect("first part").trim_end();
        let mut got = format!("{input}\n");
        for (name, world) in [("closed", World::Closed), ("open", World::Open)] {
            let program = program(world);
            for mut func in parse(input).unwrap_or_else(|e| panic!("{}: {e}", file.display())) {
                verify(&func, &program).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
                let cx = Cx {
                    program: &program,
                    facts: &Facts::default(),
                    fold: true,
                    share_addresses: true,
                    bodies: &Bodies::default(),
                };
                expand::run(&mut func, &cx);
                let _ = write!(got, "\n==== {name}\n{func}");
                if let Err(error) =
                    verify(&func, &program).and_then(|()| guards::verify(&func, &program))
                {
                    faults.push(format!("{}: {name}: {error}", file.display()));
                }
            }
        }
        faults.extend(golden(&file, &got));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
