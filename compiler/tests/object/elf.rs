//! ELF: what the file says to its readers, and what a C program sees after linking.

use crate::build::{Build, RETURN_42, reloc, run, scratch};
use object::{Object, ObjectSection, ObjectSymbol, RelocationFlags, elf};
use std::process::Command;
use wative_compiler::entity::EntityId;
use wative_compiler::ir::*;
use wative_compiler::isa::a64::arch as a64;
use wative_compiler::isa::x64::arch as x64;
use wative_compiler::options::{Isa, NetHosts, NetRight, NetRule};
use wative_compiler::{abi, obj};

/// AArch64's `bl` and `ret`.
const BL: u32 = 0x9400_0000;
const RET: u32 = 0xd65f_03c0;

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// Offset, type, symbol and addend of each relocation.
fn relocations(
    file: &object::File,
    section: &object::Section,
) -> Vec<(u64, elf::RelocationType, String, i64)> {
    let relocations = section.relocations().map(|(offset, relocation)| {
        let object::RelocationTarget::Symbol(symbol) = relocation.target() else {
            panic!("relocations have symbols")
        };
        let symbol = file.symbol_by_index(symbol).expect("symbol");
        let RelocationFlags::Elf { r_type } = relocation.flags() else {
            panic!("ELF")
        };
        let name = symbol.name().expect("name").to_string();
        (offset, r_type, name, relocation.addend())
    });
    relocations.collect()
}

#[test]
fn calls_inside_the_object_need_no_relocation() {
    let mut build = Build::new(World::Closed, "app");
    let import = build.declare(
        "puts",
        FuncKind::Import {
            symbol: "wative_import_env__puts".to_string(),
            given: None,
        },
    );
    let callee = build.defined("callee", RETURN_42, &[]);
    // call callee; call import; call memory_grow; lea rax, [rip + instance + 64]; ret
    let code = [
        0xe8, 0, 0, 0, 0, 0xe8, 0, 0, 0, 0, 0xe8, 0, 0, 0, 0, 0x48, 0x8d, 0x05, 0, 0, 0, 0, 0xc3,
    ];
    let instance = Symbol::Instance(ModuleId::from_u32(0));
    let relocs = [
        reloc(1, x64::CALL32, Symbol::Func(callee), -4),
        reloc(6, x64::CALL32, Symbol::Func(import), -4),
        reloc(11, x64::CALL32, Symbol::Runtime(RtFn::MemoryGrow), -4),
        reloc(18, x64::PC32, instance, 60),
    ];
    build.defined("nul\0name", &code, &relocs);
    let bytes = build.emit();
    let file = object::File::parse(&*bytes).expect("an object");
    let text = file.section_by_name(".text").expect("text");
    assert_eq!(&text.data().expect("data")[..6], RETURN_42);
    assert_eq!(text.data().expect("data")[6..16], [0xcc; 10]);
    // From the call's end at 21 back to 0.
    assert_eq!(text.data().expect("data")[17..21], (-21i32).to_le_bytes());
    let found = relocations(&file, &text);
    let data = file.section_by_name(".data").expect("data");
    assert_eq!(data.align(), 16);
    let expected = [
        (22, elf::R_X86_64_PLT32, "wative_import_env__puts", -4),
        (27, elf::R_X86_64_PLT32, "wative_rt_memory_grow", -4),
        (34, elf::R_X86_64_PC32, "", 60),
    ];
    assert_eq!(found, expected.map(|e| (e.0, e.1, e.2.to_string(), e.3)));
    let symbol = |name: &str| file.symbols().find(|s| s.name() == Ok(name));
    let caller = symbol("app::nul\\u{0}name").expect("local symbol");
    assert_eq!((caller.address(), caller.size()), (16, code.len() as u64));
    assert!(caller.is_local() && symbol("app::callee").is_some());
    assert!(symbol("wative_instance_app").is_some_and(|s| s.size() == 512 && s.is_global()));
    let note = file.section_by_name(".note.GNU-stack").expect("note");
    assert_eq!(note.size(), 0);
}

#[test]
fn a64_references_have_their_relocation_types() {
    let mut build = Build::new(World::Closed, "app");
    build.options.isa = Isa::A64;
    let import = build.declare(
        "puts",
        FuncKind::Import {
            symbol: "wative_import_env__puts".to_string(),
            given: None,
        },
    );
    let callee = build.defined("callee", &words(&[RET]), &[]);
    // bl callee; bl import; adrp x0, instance + 64; add x0, x0, lo12; ldr x1, [x0, lo12]; ret
    let code = words(&[BL, BL, 0x9000_0000, 0x9100_0000, 0xf940_0001, RET]);
    let instance = Symbol::Instance(ModuleId::from_u32(0));
    let relocs = [
        reloc(0, a64::CALL26, Symbol::Func(callee), 0),
        reloc(4, a64::CALL26, Symbol::Func(import), 0),
        reloc(8, a64::ADR_PAGE, instance, 64),
        reloc(12, a64::ADD_LOW12, instance, 64),
        reloc(16, a64::ldst_low12(3), instance, 72),
    ];
    build.defined("caller", &code, &relocs);
    let bytes = build.emit();
    let file = object::File::parse(&*bytes).expect("an object");
    assert_eq!(file.architecture(), object::Architecture::Aarch64);
    let text = file.section_by_name(".text").expect("text");
    // Four instructions back.
    assert_eq!(
        text.data().expect("data")[16..20],
        (BL | 0x03ff_fffc).to_le_bytes()
    );
    let expected = [
        (20, elf::R_AARCH64_CALL26, "wative_import_env__puts", 0),
        (24, elf::R_AARCH64_ADR_PREL_PG_HI21, "", 64),
        (28, elf::R_AARCH64_ADD_ABS_LO12_NC, "", 64),
        (32, elf::R_AARCH64_LDST64_ABS_LO12_NC, "", 72),
    ];
    let found = relocations(&file, &text);
    assert_eq!(found, expected.map(|e| (e.0, e.1, e.2.to_string(), e.3)));
}

/// Functions at both ends of 130 MiB call each other, which takes veneers.
#[test]
fn a64_calls_reach_through_a_huge_text() {
    let mut build = Build::new(World::Open, "app");
    build.options.isa = Isa::A64;
    // mov w0, #42; ret
    let near = build.defined("near", &words(&[0x5280_0540, RET]), &[]);
    let far = build.declare("far", FuncKind::Defined { body: 0..0 });
    let symbol = "wative_app__f".to_string();
    let export = FuncKind::CExport {
        callee: near,
        symbol,
    };
    // str x30, [sp, #-16]!; bl; ldr x30, [sp], #16; ret
    let call = words(&[0xf81f_0ffe, BL, 0xf841_07fe, RET]);
    let to = |func| [reloc(4, a64::CALL26, Symbol::Func(func), 0)];
    build.func("f", export, &call, &to(far));
    build.defined("between", &vec![0; 130 << 20], &[]);
    build.program.compiled.push(far);
    let mut last = build.funcs[1].clone();
    last.id = far;
    last.relocs = to(near).to_vec();
    build.funcs.push(last);
    let dir = scratch("huge_text");
    std::fs::write(dir.join("app.o"), build.emit()).expect("written");
    let start = "int wative_app__f(void);\nvoid _start(void) {\n    register long status __asm__(\"x0\") = wative_app__f();\n    \
                 register long exit_group __asm__(\"x8\") = 94;\n    __asm__ volatile(\"svc 0\" :: \"r\"(status), \"r\"(exit_group));\n}\n";
    std::fs::write(dir.join("start.c"), start).expect("written");
    let mut gcc = Command::new("aarch64-linux-gnu-gcc");
    gcc.args([
        "-nostdlib",
        "-static",
        "-O1",
        "start.c",
        "app.o",
        "-o",
        "app",
    ]);
    if run(gcc.current_dir(&dir)).is_none() {
        return;
    }
    match Command::new("qemu-aarch64").arg(dir.join("app")).status() {
        Ok(status) => assert_eq!(status.code(), Some(42)),
        Err(error) => eprintln!("skipped: qemu-aarch64: {error}"),
    }
    std::fs::remove_dir_all(&dir).expect("removed");
}

#[test]
fn same_input_same_bytes() {
    let make = || {
        let mut build = Build::new(World::Open, "app");
        for i in 0..50 {
            let grow = Symbol::Runtime(RtFn::MemoryGrow);
            let relocs = [reloc(1, x64::CALL32, grow, -4)];
            let func = build.defined(&format!("f{i}"), &[0xe8, 0, 0, 0, 0], &relocs);
            build.func("far", FuncKind::FarEntry { callee: func }, RETURN_42, &[]);
            build.reference(func);
        }
        build.emit()
    };
    assert_eq!(make(), make());
}

/// The object of a closed world with something of everything, linked with a C program that walks the descriptors by its own
/// declarations of them.
#[test]
fn c_reads_the_descriptors_of_a_closed_world() {
    let mut build = Build::new(World::Closed, "my-app");
    let module = ModuleId::from_u32(0);
    let callee = build.defined("forty_two", RETURN_42, &[]);
    // mov qword [rsi], 42; ret
    let store = [0x48, 0xc7, 0x06, 42, 0, 0, 0, 0xc3];
    build.func("", FuncKind::ArrayEntry { callee }, &store, &[]);
    let symbol = "wative_my_x2Dapp__f".to_string();
    let export = FuncKind::CExport { callee, symbol };
    let relocs = [reloc(1, x64::CALL32, Symbol::Func(callee), -4)];
    // jmp forty_two
    build.func("f", export, &[0xe9, 0, 0, 0, 0], &relocs);
    build.reference(callee);
    let memory = build.program.memories.push(MemoryDecl {
        module,
        place: Place::Own(64),
        address: Type::I32,
        page_log2: 16,
        min_pages: 2,
        max_pages: None,
        shared: false,
        base: MemBase::Checked,
    });
    let table = build.program.tables.push(TableDecl {
        module,
        place: Place::Own(96),
        elem: ValType::FuncRef,
        numbers: None,
        index: Type::I32,
        min: 3,
        max: Some(7),
    });
    let global = build.program.globals.push(GlobalDecl {
        module,
        place: Place::Own(128),
        ty: ValType::I64,
        numbers: None,
        mutable: true,
        constant: None,
    });
    let data = build.program.datas.push(DataDecl {
        module,
        offset: 136,
        bytes: b"segment".to_vec(),
    });
    let elem = build.program.elems.push(ElemDecl {
        module,
        offset: 152,
        ty: ValType::FuncRef,
        items: ElemItems::Funcs(vec![None, Some(callee)]),
    });
    let computed = build.program.elems.push(ElemDecl {
        module,
        offset: 168,
        ty: ValType::FuncRef,
        items: ElemItems::Computed {
            offset: 184,
            count: 2,
        },
    });
    let m = build.module();
    m.memories.push(memory);
    m.tables.push(table);
    m.globals.push(global);
    m.datas.push(data);
    m.elems.extend([elem, computed]);
    m.template.push((128, 0x1122u64.to_le_bytes().to_vec()));
    let mut image = vec![0; 0x1_0000];
    image[5] = 77;
    m.images.push(Image {
        memory,
        dst: 0x1_0000,
        bytes: image,
    });
    for (name, entity) in [
        ("f", Entity::Func(callee)),
        ("mem", Entity::Memory(memory)),
        ("g", Entity::Global(global)),
    ] {
        m.exports.push(Export {
            name: name.to_string(),
            entity,
        });
    }
    build.options.entry = EntryKind::Script;
    build.options.config = wative_compiler::options::Config {
        preopens: vec![wative_compiler::options::Preopen::directory("/srv", "/")],
        env: vec!["A=1".to_string(), "HOME".to_string()],
        inherit_env: true,
        runtime_grants: true,
        stack_size: 1 << 20,
        memory_limit: 1 << 30,
        heap_limit: 0,
        gc_stress: false,
        gc_stats: false,
        no_harden: false,
        network: vec![NetRule {
            right: NetRight::Connect,
            hosts: NetHosts::Name("a.example".to_string()),
            ports: 80..=90,
        }],
        serve: wative_compiler::options::Serve::default(),
    };
    let source = r#"
#include <stdint.h>
#include <stdio.h>
typedef struct Memory { uint8_t *base; uint64_t len, max_pages, flags; } Memory;
typedef struct Instance Instance;
typedef void Entry(Instance *, uint64_t *);
typedef struct FuncRef { void *code; Instance *instance; uint64_t sig; void *near; } FuncRef;
typedef struct { uint32_t code, frame, saved, name, traps, index; } Func;
typedef struct { char *text; uint64_t len; Func *funcs; uint64_t count; uint8_t *traps, *names; } Code;
typedef struct { char *name; uint64_t name_len; uint32_t kind, ty; void *address; uint32_t offset;
  uint16_t params, results; uint8_t *types; FuncRef *funcref; void *sig; } Export;
typedef struct { uint32_t offset, flags; uint64_t min, max; } MemoryDesc;
typedef struct { uint32_t offset, reserved; uint64_t min, max; } TableDesc;
typedef struct { uint8_t *bytes; uint64_t len, dst; Memory *memory; } Image;
typedef struct { uint32_t version, flags; char *name; uint64_t name_len; Code *code; Instance *instance;
  uint64_t instance_size, funcrefs_offset; void *inits; uint64_t funcref_count; void *imports; uint64_t import_count;
  Export *exports; uint64_t export_count; MemoryDesc *memories; uint64_t memory_count; TableDesc *tables;
  uint64_t table_count; Image *images; uint64_t image_count; void *tmpl; Entry *init; uint32_t memory0, reserved; } Module;
struct Instance { Module *module; Memory *memory0; FuncRef *funcrefs; void *host; uint64_t pad[4];
  Memory memory; uint64_t table[4]; uint64_t global; char *data; uint64_t data_len;
  uint32_t *elems; uint32_t elem_count, elem_kind; uint64_t *computed; uint32_t computed_count, computed_kind; uint64_t values[2]; };
typedef struct { char *host; uint64_t host_len; char *guest; uint64_t guest_len, flags; } Preopen;
typedef struct { char *text; uint64_t len; } EnvVar;
typedef struct { uint32_t kind, family, first, last, prefix, reserved; uint64_t high, low; char *name; uint64_t name_len; } Rule;
typedef struct { Preopen *preopens; uint64_t preopen_count; EnvVar *env; uint64_t env_count, stack, flags, cpu, memory_limit, *filter, filter_len; Rule *rules; uint64_t rule_count; } Config;
typedef struct { uint32_t version, reserved; void *main; Config *config; Module **modules; uint64_t module_count;
  Entry *entry; Instance *entry_instance; Export *invoke; Entry *initialize; void *grant, *names, *tls, *zone, *gc, *gc_start, *harden, *profile, *profile_start, *block; uint64_t block_size; void *thread_start; uint64_t thread_instance; char magic[8]; } Program;
extern Module wative_module_my_x2Dapp;
extern Instance wative_instance_my_x2Dapp;
extern Program wative_program;
extern uint32_t wative_my_x2Dapp__f(Instance *);
void wative_rt_main_script(void) {}
void wative_rt_grant(void) {}
int main(void) {
  Module *m = &wative_module_my_x2Dapp;
  Instance *i = &wative_instance_my_x2Dapp;
  Program *p = &wative_program;
  Config *c = p->config;
  printf("%u %.*s %d %d\n", m->version, (int)m->name_len, m->name, m->instance == i, i->module == m);
  printf("call %u\n", wative_my_x2Dapp__f(i));
  uint64_t values[1] = {0};
  for (uint64_t n = 0; n < m->export_count; n++) {
    Export *e = &m->exports[n];
    printf("%.*s kind %u ty %x\n", (int)e->name_len, e->name, e->kind, e->ty);
    if (e->kind == 0) {
      ((Entry *)e->address)(i, values);
      printf("  %d->%d %x = %d %d\n", e->params, e->results, e->types[0], (int)values[0],
        e->funcref == i->funcrefs && e->funcref->instance == i && e->funcref->code == m->code->text);
    }
    if (e->kind == 3) printf("  %lx\n", *(uint64_t *)e->address);
  }
  printf("memory %u %u %lu %lu %d\n", m->memories->offset, m->memories->flags, m->memories->min, m->memories->max, i->memory0 == &i->memory);
  printf("table %u %lu %lu\n", m->tables->offset, m->tables->min, m->tables->max);
  printf("data %.*s elems %u %d %d kind %u computed %d %u %u\n", (int)i->data_len, i->data, i->elem_count, (int)i->elems[0], i->elems[1],
    i->elem_kind, i->computed == i->values, i->computed_count, i->computed_kind);
  printf("image %lu %lx %lx %d %d\n", m->image_count, m->images->len, m->images->dst, m->images->bytes[5],
    ((uintptr_t)m->images->bytes & 4095) == 0 && m->images->memory == &i->memory);
  m->images->bytes[0] = 1;
  printf("code %lu %u %u %.9s\n", m->code->count, m->code->funcs[1].code, m->code->funcs[3].code == m->code->len, (char *)m->code->names + m->code->funcs[0].name + 2);
  printf("program %d %d %lu %d %d\n", p->main == (void *)wative_rt_main_script, p->modules[0] == m, p->module_count, p->entry == 0, p->entry_instance == i);
  printf("config %.*s %.*s %.*s %.*s %lu %lu %lu %lu %d %lu %d %.6s\n", (int)c->preopens->host_len, c->preopens->host, (int)c->preopens->guest_len, c->preopens->guest,
    (int)c->env[0].len, c->env[0].text, (int)c->env[1].len, c->env[1].text, c->stack, c->flags, c->cpu, c->memory_limit, c->filter == 0, c->filter_len, p->grant == (void *)wative_rt_grant && p->harden == 0 && p->names == 0 && p->tls == 0 && p->zone == 0, p->magic + 1);
  printf("rule %lu %u %u %u %u %.*s\n", c->rule_count, c->rules->kind, c->rules->family, c->rules->first, c->rules->last, (int)c->rules->name_len, c->rules->name);
  return 0;
}
"#;
    let expected = "9 my-app 1 1
call 42
f kind 0 ty 0
  0->1 7f = 42 1
mem kind 2 ty 2
g kind 3 ty 17e
  1122
memory 64 2 2 65535 1
table 96 3 7
data segment elems 2 -1 0 kind 0 computed 1 2 1
image 1 10000 10000 77 1
code 3 16 1 forty_two
program 1 1 1 1 1
config /srv / A=1 HOME 1048576 3 1 1073741824 1 0 1 wative
rule 1 1 0 80 90 a.example
";
    let dir = scratch("closed");
    let (object, c, exe) = (dir.join("x.o"), dir.join("x.c"), dir.join("x"));
    std::fs::write(&object, build.emit()).expect("write");
    std::fs::write(&c, source).expect("write");
    let mut cc = Command::new("cc");
    cc.args(["-Wall", "-static-pie", "-o"])
        .args([&exe, &c, &object]);
    if run(&mut cc).is_some() {
        let output = run(&mut Command::new(&exe)).expect("runs");
        assert_eq!(output, expected);
        let headers = run(Command::new("readelf").args(["-lW"]).arg(&exe)).expect("readelf");
        let stack = headers.lines().find(|line| line.contains("GNU_STACK"));
        assert!(stack.is_some_and(|line| !line.contains("RWE")), "{headers}");
        assert!(!headers.contains("RWE"), "{headers}");
    }
}

/// Two objects that use the same function type see one identity for it, and different ones for different types.
#[test]
fn type_identities_are_shared_between_open_objects() {
    let dir = scratch("sigs");
    let mut objects = Vec::new();
    for name in ["a", "b"] {
        let mut build = Build::new(World::Open, name);
        let other = build.program.types.push(DefType::plain(FuncType {
            params: vec![ValType::I64],
            results: Vec::new(),
        }));
        // The same type under another number.
        if name == "b" {
            build
                .program
                .types
                .push(DefType::plain(FuncType::default()));
        }
        let nested = build.program.types.push(DefType::plain(FuncType {
            params: vec![ValType::reference(false, Heap::Type(other))],
            results: Vec::new(),
        }));
        for sig in [SigId::from_u32(0), other, nested] {
            let func = build.defined("f", RETURN_42, &[]);
            build.program.funcs[func].sig = sig;
            build.func("far", FuncKind::FarEntry { callee: func }, RETURN_42, &[]);
            build.reference(func);
        }
        let object = dir.join(format!("{name}.o"));
        std::fs::write(&object, build.emit()).expect("write");
        objects.push(object);
    }
    let source = r#"
#include <stdint.h>
#include <stdio.h>
typedef struct { void *code; uint64_t sig; void *near; } Init;
typedef struct { uint32_t version, flags; void *name; uint64_t name_len; void *code, *instance;
  uint64_t size, offset; Init *inits; uint64_t count; } Module;
extern Module wative_module_a, wative_module_b;
int main(void) {
  Init *a = wative_module_a.inits, *b = wative_module_b.inits;
  printf("%d %d %d %d %d %d\n", (int)wative_module_a.count, a[0].sig == b[0].sig, a[1].sig == b[1].sig, a[2].sig == b[2].sig,
    a[0].sig == a[1].sig, a[1].sig == a[2].sig);
  return 0;
}
"#;
    let c = dir.join("x.c");
    std::fs::write(&c, source).expect("write");
    for linker in ["bfd", "lld"] {
        if linker == "lld" && run(Command::new("ld.lld").arg("--version")).is_none() {
            continue;
        }
        let exe = dir.join(linker);
        let mut cc = Command::new("cc");
        cc.arg(format!("-fuse-ld={linker}"))
            .args(["-Wl,--gc-sections", "-o"])
            .args([&exe, &c])
            .args(&objects);
        if run(&mut cc).is_some() {
            let output = run(&mut Command::new(&exe)).expect("runs");
            assert_eq!(output, "3 1 1 1 0 0\n", "{linker}");
        }
    }
}

/// The template of an open instance leaves out the header, and `readelf` finds nothing to complain about.
#[test]
fn open_template_and_readelf() {
    let mut build = Build::new(World::Open, "open");
    let module = ModuleId::from_u32(0);
    let data = build.program.datas.push(DataDecl {
        module,
        offset: 80,
        bytes: b"abc".to_vec(),
    });
    let memory = build.program.memories.push(MemoryDecl {
        module,
        place: Place::Slot(64),
        address: Type::I32,
        page_log2: 16,
        min_pages: 1,
        max_pages: Some(2),
        shared: false,
        base: MemBase::Pinned,
    });
    let m = build.module();
    m.datas.push(data);
    m.memories.push(memory);
    m.template.push((72, vec![9; 8]));
    m.imports.push(Import {
        module: "env".to_string(),
        name: "memory".to_string(),
        entity: Entity::Memory(memory),
    });
    build.defined("f", RETURN_42, &[]);
    let bytes = build.emit();
    let file = object::File::parse(&*bytes).expect("an object");
    let symbol = file
        .symbols()
        .find(|s| s.name() == Ok("wative_module_open"))
        .expect("the descriptor");
    let relro = file.section_by_name(".data.rel.ro").expect("relro");
    let contents = relro.data().expect("data");
    let desc = symbol.address() as usize;
    let field = |offset: usize| {
        let at = (desc + offset) as u64;
        let relocation = relro.relocations().find(|(offset, _)| *offset == at);
        relocation.expect("an address").1.addend() as usize
    };
    let template = field(std::mem::offset_of!(abi::ModuleDesc, template));
    assert_eq!(contents[template + 8..template + 16], [9; 8]);
    assert_eq!(contents[template + 24..template + 32], 3u64.to_le_bytes());
    let memory0 = desc + std::mem::offset_of!(abi::ModuleDesc, memory0);
    assert_eq!(
        contents[memory0..memory0 + 4],
        (64u32 | 1 << 31).to_le_bytes()
    );
    let import = field(std::mem::offset_of!(abi::ModuleDesc, imports));
    let slot = import + std::mem::offset_of!(abi::ImportDesc, offset);
    assert_eq!(contents[slot..slot + 4], 64u32.to_le_bytes());

    let path = scratch("readelf").join("open.o");
    std::fs::write(&path, &bytes).expect("write");
    if let Some(listing) = run(Command::new("readelf").arg("-aW").arg(&path)) {
        assert!(listing.contains("wative_module_open"), "{listing}");
    }
    if let Some(frames) = run(Command::new("readelf")
        .arg("--debug-dump=frames")
        .arg(&path))
    {
        assert!(
            frames.contains("DW_CFA_def_cfa: r7 (rsp) ofs 8"),
            "{frames}"
        );
    }
}

/// Time and result grow linearly: many functions that call each other.
#[test]
fn many_functions() {
    let mut build = Build::new(World::Closed, "big");
    let mut last = build.defined("f", RETURN_42, &[]);
    for _ in 0..100_000 {
        let relocs = [reloc(1, x64::CALL32, Symbol::Func(last), -4)];
        let mut code = [0x90; 400];
        code[0] = 0xe8;
        last = build.defined("some_function_name", &code, &relocs);
    }
    let funcs = std::mem::take(&mut build.funcs);
    let start = std::time::Instant::now();
    let bytes = obj::emit(
        &build.program,
        &build.options,
        build.arch(),
        funcs,
        &Default::default(),
        &Default::default(),
    )
    .expect("emits");
    assert!(bytes.len() > 40_000_000);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    println!("{} bytes in {:?}", bytes.len(), start.elapsed());
}
