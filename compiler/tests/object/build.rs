//! Hand-made programs and functions, as the front end and the backend would hand them over.

use std::path::{Path, PathBuf};
use std::process::Command;
use wative_compiler::entity::EntityId;
use wative_compiler::ir::*;
use wative_compiler::isa::{a64, x64};
use wative_compiler::mach::arch::{Arch, RelocKind};
use wative_compiler::mach::compiled::*;
use wative_compiler::options::Isa;
use wative_compiler::{Options, obj};

/// `mov eax, 42; ret`
pub const RETURN_42: &[u8] = &[0xb8, 42, 0, 0, 0, 0xc3];

/// A program with one module and its functions, as the front end and the backend would hand them over.
pub struct Build {
    pub program: Program,
    pub options: Options,
    pub funcs: Vec<CompiledFunc>,
}

impl Build {
    pub fn new(world: World, name: &str) -> Build {
        let mut program = Program::empty(world, MemoryMode::Pinned);
        program.modules.push(Module {
            name: name.to_string(),
            path: format!("{name}.wasm"),
            instance_size: 512,
            funcrefs_offset: 256,
            ..Module::default()
        });
        program.types.push(DefType::plain(FuncType {
            params: Vec::new(),
            results: vec![ValType::I32],
        }));
        Build {
            program,
            options: Options {
                world,
                memory: MemoryMode::Pinned,
                entry: EntryKind::None,
                ..Options::default()
            },
            funcs: Vec::new(),
        }
    }

    pub fn module(&mut self) -> &mut Module {
        &mut self.program.modules[ModuleId::from_u32(0)]
    }

    pub fn declare(&mut self, name: &str, kind: FuncKind) -> FuncId {
        let index = match kind {
            FuncKind::Defined { .. } | FuncKind::Import { .. } => self.module().funcs.len() as u32,
            _ => u32::MAX,
        };
        let id = self.program.funcs.push(FuncDecl {
            module: ModuleId::from_u32(0),
            index,
            name: name.to_string(),
            sig: SigId::from_u32(0),
            kind,
            funcref: None,
        });
        if index != u32::MAX {
            self.module().funcs.push(id);
        }
        id
    }

    pub fn func(&mut self, name: &str, kind: FuncKind, code: &[u8], relocs: &[Reloc]) -> FuncId {
        let id = self.declare(name, kind);
        self.program.compiled.push(id);
        if let FuncKind::ArrayEntry { callee } = self.program.funcs[id].kind {
            self.program.array_entries.push((callee, id));
        }
        self.funcs.push(CompiledFunc {
            id,
            code: code.to_vec(),
            insts_len: code.len() as u32,
            align: 16,
            relocs: relocs.to_vec(),
            sites: Vec::new(),
            lines: Vec::new(),
            landings: Vec::new(),
            safepoints: Vec::new(),
            changed: PRegSet::EMPTY,
            memory_frame: None,
            watched: None,
            inlined: Vec::new(),
            frame: Frame::default(),
        });
        id
    }

    pub fn defined(&mut self, name: &str, code: &[u8], relocs: &[Reloc]) -> FuncId {
        self.func(name, FuncKind::Defined { body: 0..0 }, code, relocs)
    }

    pub fn reference(&mut self, func: FuncId) {
        self.program.funcs[func].funcref = Some(self.program.funcrefs.len() as u32);
        self.program.funcrefs.push(func);
    }

    pub fn arch(&self) -> &'static Arch {
        match self.options.isa {
            Isa::X64 => &x64::arch::ARCH,
            Isa::A64 => &a64::arch::ARCH,
        }
    }

    pub fn emit(&self) -> Vec<u8> {
        obj::emit(
            &self.program,
            &self.options,
            self.arch(),
            self.funcs.clone(),
            &Default::default(),
            &Default::default(),
        )
        .expect("emits")
    }
}

pub fn reloc(offset: u32, kind: RelocKind, symbol: Symbol, addend: i64) -> Reloc {
    Reloc {
        offset,
        kind,
        symbol,
        addend,
    }
}

/// A fresh directory for one test.
pub fn scratch(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&dir).expect("scratch directory");
    dir
}

/// Runs a command and returns its output; `None` where the program is not installed.
pub fn run(command: &mut Command) -> Option<String> {
    let output = match command.output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("skipped: {:?} is not installed", command.get_program());
            return None;
        }
        Err(error) => panic!("{command:?}: {error}"),
    };
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {stderr}");
    assert_eq!(stderr, "", "{command:?}");
    Some(String::from_utf8(output.stdout).expect("text"))
}
