//! Canonical functions in the interpreter. Guests are closures: the callee notes what it is called with, `realloc` allocates one behind the other.

use super::build;
use super::layout::{Direction, core_signature};
use crate::canonical::{Reason, Transcoding};
use crate::entity::EntityId;
use crate::ir::component::*;
use crate::ir::interp::{Interp, Nans, State, Stop, instance_ptr};
use crate::ir::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

const MODULE: u32 = 0;
/// Functions of the program: the one under test, what it calls, and what allocates on either side.
const TESTED: u32 = 0;
const CALLEE: u32 = 1;
const CALLER_REALLOC: u32 = 2;
const CALLEE_REALLOC: u32 = 3;
const POST_RETURN: u32 = 4;
const DESTRUCTOR: u32 = 5;

pub fn id<T: EntityId>(n: u32) -> T {
    T::from_u32(n)
}

/// A component with two instances beside each other, in a program with a memory for each.
pub struct World {
    pub program: Program,
    pub caller: CanonSide,
    pub callee: CanonSide,
}

impl World {
    pub fn new(caller: StringEncoding, callee: StringEncoding) -> World {
        let mut program = Program::empty(crate::ir::World::Closed, MemoryMode::Fixed);
        program.modules.push(Module::default());
        for _ in 0..2 {
            program.memories.push(MemoryDecl {
                module: id(MODULE),
                place: Place::Own(64 + 32 * program.memories.len() as u32),
                min_pages: 1,
                max_pages: None,
                shared: false,
                base: MemBase::Value,
            });
        }
        for number in 0..3 {
            for _ in 0..2 {
                program.globals.push(GlobalDecl {
                    module: id(MODULE),
                    place: Place::Own(1024),
                    ty: ValType::I32,
                    mutable: true,
                    constant: None,
                });
            }
            program.component.instances.push(CInstance {
                parent: (number != 0).then(|| id(0)),
                may_enter: id(2 * number),
                may_leave: id(2 * number + 1),
                handles: 512 * number,
            });
        }
        let side = |number: u32, encoding| CanonSide {
            instance: id(number),
            memory: Some(id(number - 1)),
            realloc: Some(id(CALLER_REALLOC + number - 1)),
            encoding,
        };
        World {
            program,
            caller: side(1, caller),
            callee: side(2, callee),
        }
    }

    pub fn add(&mut self, ty: CType) -> CTypeId {
        self.program.component.types.push(ty)
    }

    pub fn lifted(&self, ty: CFuncType) -> Lifted {
        Lifted {
            ty,
            callee: id(CALLEE),
            side: self.callee.clone(),
            post_return: None,
        }
    }

    /// Declares the functions, the tested one with this type.
    fn declare(&mut self, canon: &Canon) {
        use ValType::I32;
        let component = &self.program.component;
        let core = |params: &[ValType], results: &[ValType]| FuncType {
            params: params.to_vec(),
            results: results.to_vec(),
        };
        let of = |lifted: &Lifted, direction| core_signature(component, &lifted.ty, direction);
        let (tested, callee) = match canon {
            Canon::Call { lifted, .. } => {
                (of(lifted, Direction::Lower), of(lifted, Direction::Lift))
            }
            Canon::Script(calls) => (core(&[], &[]), of(&calls[0].lifted, Direction::Lift)),
            Canon::ResourceDrop { .. } => (core(&[I32], &[]), core(&[], &[])),
            _ => (core(&[I32], &[I32]), core(&[], &[])),
        };
        let post_return = core(&callee.results, &[]);
        let realloc = core(&[I32; 4], &[I32]);
        let types = [
            tested,
            callee,
            realloc.clone(),
            realloc,
            post_return,
            core(&[I32], &[]),
        ];
        for (index, ty) in types.into_iter().enumerate() {
            let sig = self.program.types.push(ty);
            let kind = match index as u32 {
                TESTED => FuncKind::Canon(id(0)),
                _ => FuncKind::Import {
                    symbol: String::new(),
                },
            };
            self.program.funcs.push(FuncDecl {
                module: id(MODULE),
                index: u32::MAX,
                name: format!("f{index}"),
                sig,
                kind,
                funcref: None,
            });
        }
    }

    /// Runs a canonical function. `callee` answers calls of the callee, with the state it finds.
    pub fn run(
        mut self,
        canon: Canon,
        args: &[u64],
        start: impl FnOnce(&mut State),
        callee: impl FnMut(&mut State, &[u64]) -> Vec<u64> + 'static,
    ) -> Run {
        self.declare(&canon);
        let func = build(&self.program, id(TESTED), &canon);
        if let Err(error) = verify::verify(&func, &self.program) {
            panic!("{error:?}\n{func}");
        }
        let bodies = HashMap::from([(id(TESTED), func)]);
        let log = Rc::new(RefCell::new(Log::default()));
        let (host_log, runtime_log) = (log.clone(), log.clone());
        let mut callee = callee;
        let host = move |state: &mut State, func: FuncId, args: &[u64]| {
            let mut log = host_log.borrow_mut();
            Ok(match func.as_u32() {
                CALLEE => {
                    log.called.push(args.to_vec());
                    callee(state, args)
                }
                POST_RETURN => {
                    log.returned
                        .push((args.to_vec(), state.globals[id(5)] as u32));
                    Vec::new()
                }
                DESTRUCTOR => {
                    log.destroyed.push(args[0]);
                    Vec::new()
                }
                which => vec![log.realloc(state, which - CALLER_REALLOC, args)],
            })
        };
        let mut interp = Interp::new(
            &self.program,
            &bodies,
            10_000_000,
            Nans::Host,
            Box::new(host),
        );
        for global in 0..6 {
            interp.state.globals[id(global)] = 1;
        }
        // The tested function runs in the caller's instance, if anyone's.
        if !matches!(canon, Canon::Script(_)) {
            interp.state.globals[id(0)] = 0;
            interp.state.globals[id(2)] = 0;
        }
        interp.runtime = Some(Box::new(move |state, function, args| {
            runtime_log.borrow_mut().runtime(state, function, args)
        }));
        start(&mut interp.state);
        let result = interp.call(id(TESTED), args);
        let state = interp.state.clone();
        drop(interp);
        let log = std::mem::take(&mut *log.borrow_mut());
        Run { result, state, log }
    }
}

/// What became of a run.
pub struct Run {
    pub result: Result<Vec<u64>, Stop>,
    pub state: State,
    pub log: Log,
}

impl Run {
    /// The reason that it has trapped for.
    pub fn reason(&self) -> Option<Reason> {
        match self.result {
            Err(Stop::Component(reason, _)) => Reason::from_number(reason),
            _ => None,
        }
    }
}

/// What guests and the runtime were called for.
#[derive(Default)]
pub struct Log {
    pub called: Vec<Vec<u64>>,
    /// What `post-return` got, and whether it could leave.
    pub returned: Vec<(Vec<u64>, u32)>,
    pub destroyed: Vec<u64>,
    /// By side.
    pub reallocs: [Vec<Vec<u64>>; 2],
    ends: [u64; 2],
    pub printed: String,
    /// Calls of handle functions.
    pub handles: Vec<(RtFn, Vec<u64>)>,
}

impl Log {
    fn realloc(&mut self, state: &mut State, side: u32, args: &[u64]) -> u64 {
        // Instances 1 and 2 have globals 2 to 5.
        assert_eq!(state.globals[id(2 * side + 3)], 0, "it may leave");
        let [old, old_size, align, size] = args[..] else {
            panic!("{args:?}")
        };
        self.reallocs[side as usize].push(args.to_vec());
        let end = &mut self.ends[side as usize];
        let ptr = (*end).max(1024).next_multiple_of(align);
        *end = ptr + size;
        let kept = state
            .bytes(id(side), old, old_size.min(size))
            .expect("what was allocated")
            .to_vec();
        if let Ok(bytes) = state.bytes(id(side), ptr, kept.len() as u64) {
            bytes.copy_from_slice(&kept);
        }
        ptr
    }

    fn runtime(
        &mut self,
        state: &mut State,
        function: RtFn,
        args: &[u64],
    ) -> Result<Vec<u64>, Stop> {
        let show = |text: &dyn std::fmt::Display| text.to_string();
        let text = match function {
            RtFn::Transcode => return Ok(vec![transcode(state, args)]),
            RtFn::PrintText => {
                let bytes = args[0].to_le_bytes();
                let text = bytes.split(|&byte| byte == 0).next().expect("a first part");
                String::from_utf8_lossy(text).into_owned()
            }
            RtFn::PrintSigned => show(&(args[0] as i64)),
            RtFn::PrintUnsigned => show(&args[0]),
            RtFn::PrintF32 => show(&f32::from_bits(args[0] as u32)),
            RtFn::PrintF64 => show(&f64::from_bits(args[0])),
            RtFn::PrintChar => {
                format!("{:?}", char::from_u32(args[0] as u32).expect("a character"))
            }
            RtFn::PrintString => {
                let how = Transcoding::ALL[args[3] as usize];
                match text_of(state, args[0], args[1], args[2], how) {
                    Ok(text) => self.printed += &format!("{text:?}"),
                    Err(reason) => return Ok(vec![u64::from(reason as u32) << 32]),
                }
                return Ok(vec![0]);
            }
            RtFn::PrintLine => "\n".to_string(),
            function => {
                self.handles.push((function, args.to_vec()));
                // A number that tells what it stands for.
                return Ok(match function {
                    RtFn::HandlesUnlend => vec![],
                    RtFn::HandlesMark | RtFn::HandlesCall => vec![7],
                    RtFn::HandlesReturn => vec![0],
                    RtFn::HandleDrop if args[2] >= 100 => vec![args[2] | 1 << 63],
                    _ => vec![args[2] + 1000],
                });
            }
        };
        self.printed += &text;
        Ok(vec![])
    }
}

/// The memory that a pointer to its descriptor stands for.
fn memory_of(pointer: u64) -> MemId {
    id(((pointer - instance_ptr(id(MODULE), 64)) / 32) as u32)
}

/// The text of a string in memory.
fn text_of(
    state: &mut State,
    mem: u64,
    at: u64,
    units: u64,
    how: Transcoding,
) -> Result<String, Reason> {
    let bytes = state.bytes(memory_of(mem), at, units * how.source_unit());
    let bytes = bytes.expect("a range that was checked");
    match how {
        Transcoding::Utf8ToUtf8 | Transcoding::Utf8ToUtf16 | Transcoding::Utf8ToLatin1 => {
            String::from_utf8(bytes.to_vec()).map_err(|_| Reason::InvalidUtf8)
        }
        _ if how.source_unit() == 2 => {
            let pairs = bytes
                .chunks(2)
                .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
            String::from_utf16(&pairs.collect::<Vec<_>>()).map_err(|_| Reason::InvalidUtf16)
        }
        _ => Ok(bytes.iter().map(|&byte| char::from(byte)).collect()),
    }
}

/// What the runtime does, by the standard library.
fn transcode(state: &mut State, args: &[u64]) -> u64 {
    let [dst_mem, src_mem, dst, src, units, how] = args[..] else {
        panic!("{args:?}")
    };
    let how = Transcoding::ALL[how as usize];
    let text = match text_of(state, src_mem, src, units, how) {
        Ok(text) => text,
        Err(reason) => return u64::from(reason as u32) << 32,
    };
    let limit = match how {
        Transcoding::Utf16ToAscii | Transcoding::Latin1ToAscii => 0x80,
        _ => 0x100,
    };
    // As far as it goes.
    let narrow: Vec<u8> = text
        .chars()
        .take_while(|&c| u32::from(c) < limit)
        .map(|c| c as u8)
        .collect();
    let fits = narrow.len() == text.chars().count();
    let (bytes, unit) = match how {
        Transcoding::Utf8ToUtf8 | Transcoding::Utf16ToUtf8 | Transcoding::Latin1ToUtf8 => {
            (text.as_bytes().to_vec(), 1)
        }
        Transcoding::Utf8ToUtf16 | Transcoding::Utf16ToUtf16 | Transcoding::Latin1ToUtf16 => {
            (text.encode_utf16().flat_map(u16::to_le_bytes).collect(), 2)
        }
        Transcoding::Utf16ToAscii
        | Transcoding::Latin1ToAscii
        | Transcoding::Utf8ToLatin1
        | Transcoding::Utf16ToLatin1
        | Transcoding::Latin1ToLatin1 => (narrow, 1),
    };
    state
        .bytes(memory_of(dst_mem), dst, units * how.room())
        .expect("room for it")[..bytes.len()]
        .copy_from_slice(&bytes);
    match fits || how.room() > 1 || how == Transcoding::Utf8ToUtf8 {
        true => bytes.len() as u64 / unit,
        false => u64::from(Transcoding::TOO_WIDE) << 32,
    }
}

// The specification's table.

/// Reads a type as the table writes it; `_` is none.
fn parse_type(world: &mut World, text: &mut &str) -> Option<CTypeId> {
    let end = text.find(['(', ')', ',']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    *text = rest;
    let primitive = match name {
        "_" => return None,
        "bool" => CType::Bool,
        "s8" => CType::S8,
        "u8" => CType::U8,
        "s16" => CType::S16,
        "u16" => CType::U16,
        "s32" => CType::S32,
        "u32" => CType::U32,
        "s64" => CType::S64,
        "u64" => CType::U64,
        "f32" => CType::F32,
        "f64" => CType::F64,
        "char" => CType::Char,
        "string" => CType::String,
        _ => return Some(parse_compound(world, name, text)),
    };
    Some(world.add(primitive))
}

fn parse_compound(world: &mut World, name: &str, text: &mut &str) -> CTypeId {
    let mut count = 0;
    let mut parts = Vec::new();
    while let Some(rest) = text.strip_prefix(['(', ',']) {
        *text = rest;
        let digits = rest.find([')', ',']).unwrap_or(rest.len());
        match rest[..digits].parse() {
            Ok(number) => {
                count = number;
                *text = &rest[digits..];
            }
            Err(_) => parts.push(parse_type(world, text)),
        }
    }
    *text = text.strip_prefix(')').expect("a closing bracket");
    let known = |i: usize| parts[i].expect("a type");
    let labels = || (0..count).map(|i: u32| i.to_string()).collect();
    let cases = || parts.iter().map(|&part| (String::new(), part)).collect();
    let ty = match name {
        "list" => CType::List(known(0)),
        "fixed" => CType::FixedList(known(0), count),
        "tuple" => CType::Tuple((0..parts.len()).map(known).collect()),
        "variant" => CType::Variant(cases()),
        "option" => CType::Option(known(0)),
        "result" => CType::Result {
            ok: parts[0],
            err: parts[1],
        },
        "flags" => CType::Flags(labels()),
        "enum" => CType::Enum(labels()),
        _ => panic!("{name} is no type"),
    };
    world.add(ty)
}

fn parse_encoding(name: &str) -> StringEncoding {
    match name {
        "utf8" => StringEncoding::Utf8,
        "utf16" => StringEncoding::Utf16,
        _ => StringEncoding::CompactUtf16,
    }
}

fn parse_values(text: &str) -> Vec<u64> {
    let value = |word: &str| u64::from_str_radix(&word[4..], 16).expect("a number");
    text.split_whitespace().map(value).collect()
}

fn parse_memory(text: &str) -> Vec<u8> {
    let mut memory = vec![0; 65536];
    for run in text.split_whitespace() {
        let (at, bytes) = run.split_once(':').expect("an address");
        let at = usize::from_str_radix(at, 16).expect("a number");
        for (i, digits) in bytes.as_bytes().chunks(2).enumerate() {
            let digits = std::str::from_utf8(digits).expect("digits");
            memory[at + i] = u8::from_str_radix(digits, 16).expect("a byte");
        }
    }
    memory
}

/// Runs a line of the table.
fn check_line(line: &str) {
    let parts: Vec<&str> = line.split('|').map(str::trim).collect();
    let head: Vec<&str> = parts[0].split(' ').collect();
    let is_result = head[0] == "result";
    let encodings = (parse_encoding(head[1]), parse_encoding(head[2]));
    // Parameters go from the caller to the callee, results back.
    let mut world = match is_result {
        true => World::new(encodings.1, encodings.0),
        false => World::new(encodings.0, encodings.1),
    };
    let types: Vec<CTypeId> = parts[1]
        .split(", ")
        .map(|mut text| parse_type(&mut world, &mut text).expect("a type"))
        .collect();
    let ty = match is_result {
        true => CFuncType {
            params: Vec::new(),
            result: Some(types[0]),
        },
        false => CFuncType {
            params: types.iter().map(|&ty| (String::new(), ty)).collect(),
            result: None,
        },
    };
    let (from, to) = if is_result { (1, 0) } else { (0, 1) };
    let mut given = parse_values(parts[2]);
    let memory = parse_memory(parts[3]);
    let lifted = world.lifted(ty);
    let canon = Canon::Call {
        lifted,
        lower: world.caller.clone(),
    };
    // Of a result, the core value is the callee's, and where it goes is the caller's argument.
    let args = match is_result {
        true => given.split_off(1),
        false => given.clone(),
    };
    let answer = if is_result { given } else { Vec::new() };
    let run = world.run(
        canon,
        &args,
        |state| state.memories[id(from)] = memory,
        move |_, _| answer.clone(),
    );
    if parts[4] == "trap" {
        assert!(run.reason().is_some(), "{line}\n{:?}", run.result);
        return;
    }
    let lowered = match (&run.result, is_result) {
        (Ok(results), true) => results.clone(),
        (Ok(_), false) => run.log.called[0].clone(),
        (Err(stop), _) => panic!("{line}\n{stop:?}"),
    };
    assert_eq!(lowered, parse_values(parts[4]), "{line}");
    let mut expected: Vec<Vec<u64>> = parts[6]
        .split_whitespace()
        .map(|call| {
            call.split(',')
                .map(|n| n.parse().expect("a number"))
                .collect()
        })
        .collect();
    for call in expected.iter_mut().filter(|call| call[0] != 0) {
        // The specification gives no alignment to what is left of a string that turns out to be Latin-1; see `utf16_first`.
        if encodings == COMPACT && call[2] == 1 {
            call[2] = 2;
        }
    }
    assert_eq!(run.log.reallocs[to as usize], expected, "{line}");
    let memory = parse_memory(parts[5]);
    let found = &run.state.memories[id(to)];
    let differs = (0..65536).find(|&at| found[at] != memory[at]);
    assert_eq!(differs, None, "{line}");
}

const COMPACT: (StringEncoding, StringEncoding) =
    (StringEncoding::CompactUtf16, StringEncoding::CompactUtf16);

#[test]
fn values_cross_as_the_specification_says() {
    for line in include_str!("../../../tests/canon/values.txt").lines() {
        check_line(line);
    }
}

// What instances allow.

fn string_to_string(world: &mut World) -> CFuncType {
    let string = world.add(CType::String);
    CFuncType {
        params: vec![("s".to_string(), string)],
        result: Some(string),
    }
}

/// A call with a string both ways: the caller passes what is at 8, the callee answers with what is at 16.
fn echo(world: World, lifted: Lifted, start: impl FnOnce(&mut State)) -> Run {
    let lower = world.caller.clone();
    world.run(
        Canon::Call { lifted, lower },
        &[8, 2, 32],
        start,
        |state, _| {
            let memory = &mut state.memories[id(1)];
            memory[16..24].copy_from_slice(&[40, 0, 0, 0, 3, 0, 0, 0]);
            memory[40..43].copy_from_slice(b"out");
            vec![16]
        },
    )
}

#[test]
fn results_are_lowered_before_post_return_which_may_not_leave() {
    let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
    let ty = string_to_string(&mut world);
    let mut lifted = world.lifted(ty);
    lifted.post_return = Some(id(POST_RETURN));
    let run = echo(world, lifted, |state| {
        state.memories[id(0)][8..10].copy_from_slice(b"in");
    });
    assert_eq!(run.result, Ok(vec![]));
    assert_eq!(run.log.called, [[1024, 2]]);
    assert_eq!(&run.state.memories[id(1)][1024..1026], b"in");
    assert_eq!(run.state.memories[id(0)][32..40], [0, 4, 0, 0, 3, 0, 0, 0]);
    assert_eq!(&run.state.memories[id(0)][1024..1027], b"out");
    assert_eq!(run.log.returned, [(vec![16], 0)]);
    // As it was before.
    let globals: Vec<u128> = run.state.globals.values().copied().collect();
    assert_eq!(globals, [0, 1, 0, 1, 1, 1]);
}

#[test]
fn what_instances_do_not_allow_traps() {
    for (global, reason) in [(3, Reason::CannotLeave), (4, Reason::CannotEnter)] {
        let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
        let ty = string_to_string(&mut world);
        let lifted = world.lifted(ty);
        let run = echo(world, lifted, |state| state.globals[id(global)] = 0);
        assert_eq!(run.reason(), Some(reason));
        assert!(run.log.called.is_empty());
    }
    // The parent, in which the caller is, may be in the middle of anything.
    let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
    let ty = string_to_string(&mut world);
    let lifted = world.lifted(ty);
    let run = echo(world, lifted, |state| state.globals[id(0)] = 0);
    assert_eq!(run.result, Ok(vec![]));
}

#[test]
fn a_child_may_enter_the_parent_that_calls_it() {
    let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
    world.callee.instance = id(0);
    let ty = CFuncType::default();
    let lifted = world.lifted(ty);
    let canon = Canon::Call {
        lifted,
        lower: world.caller.clone(),
    };
    let run = world.run(canon, &[], |_| (), |_, _| vec![]);
    assert_eq!(run.result, Ok(vec![]));
    assert_eq!(run.log.called.len(), 1);
}

#[test]
fn pointers_are_checked_with_reasons() {
    let end = 65536u64;
    let cases = [
        // Outside, by the pointer or the length; the length in bytes is limited.
        (end + 1, 0, StringEncoding::Utf8, Reason::StringOutOfBounds),
        (end - 1, 2, StringEncoding::Utf8, Reason::StringOutOfBounds),
        (
            0xffff_ffff,
            0xffff_ffff,
            StringEncoding::Utf8,
            Reason::StringOutOfBounds,
        ),
        (
            0,
            0x8000_0000,
            StringEncoding::Utf16,
            Reason::StringOutOfBounds,
        ),
        (1, 0, StringEncoding::Utf16, Reason::UnalignedPointer),
        (1, 0, StringEncoding::CompactUtf16, Reason::UnalignedPointer),
        (
            1,
            0x8000_0000,
            StringEncoding::CompactUtf16,
            Reason::UnalignedPointer,
        ),
        (8, 1, StringEncoding::Utf8, Reason::InvalidUtf8),
        (8, 1, StringEncoding::Utf16, Reason::InvalidUtf16),
    ];
    for (ptr, len, encoding, reason) in cases {
        let mut world = World::new(encoding, StringEncoding::Utf8);
        let string = world.add(CType::String);
        let ty = CFuncType {
            params: vec![(String::new(), string)],
            result: None,
        };
        let canon = Canon::Call {
            lifted: world.lifted(ty),
            lower: world.caller.clone(),
        };
        let start = |state: &mut State| state.memories[id(0)][8..10].copy_from_slice(&[0x80, 0xdc]);
        let run = world.run(canon, &[ptr, len], start, |_, _| vec![]);
        assert_eq!(run.reason(), Some(reason), "{ptr:#x} {len:#x} {encoding:?}");
    }
}

#[test]
fn lengths_of_lists_do_not_wrap() {
    let cases = [
        // 2^29 * 8 = 2^32.
        (0, 1 << 29, Reason::ListOutOfBounds),
        (0, 1 << 25, Reason::ListOutOfBounds),
        (65536 - 8, 2, Reason::ListOutOfBounds),
        (0xffff_fff8, 1, Reason::ListOutOfBounds),
        (4, 0, Reason::UnalignedPointer),
        (65536 + 8, 0, Reason::ListOutOfBounds),
    ];
    for (ptr, len, reason) in cases {
        let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
        let elem = world.add(CType::U64);
        let list = world.add(CType::List(elem));
        let ty = CFuncType {
            params: vec![(String::new(), list)],
            result: None,
        };
        let canon = Canon::Call {
            lifted: world.lifted(ty),
            lower: world.caller.clone(),
        };
        let run = world.run(canon, &[ptr, len], |_| (), |_, _| vec![]);
        assert_eq!(run.reason(), Some(reason), "{ptr:#x} {len:#x}");
        assert!(run.log.reallocs[1].is_empty());
    }
}

// Resources.

/// A resource of the callee's, or of nobody in the program.
fn resource(world: &mut World, owner: Option<CInstanceId>) -> ResourceId {
    world.program.component.resources.push(Resource {
        owner,
        destructor: Some(id(DESTRUCTOR)),
    })
}

fn handles(run: &Run) -> Vec<(RtFn, &[u64])> {
    let calls = run.log.handles.iter();
    calls
        .map(|(function, args)| (*function, &args[..]))
        .collect()
}

#[test]
fn handles_go_from_table_to_table() {
    let tables = [0, 1, 2].map(|number| instance_ptr(id(MODULE), 512 * number));
    // Of the callee's own resources a borrow is the representation, of others a handle.
    for is_owner in [true, false] {
        let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
        let owner = if is_owner {
            world.callee.instance
        } else {
            id(0)
        };
        let resource = resource(&mut world, Some(owner));
        let own = world.add(CType::Own(resource));
        let borrow = world.add(CType::Borrow(resource));
        let ty = CFuncType {
            params: vec![("a".to_string(), own), ("b".to_string(), borrow)],
            result: Some(own),
        };
        let canon = Canon::Call {
            lifted: world.lifted(ty),
            lower: world.caller.clone(),
        };
        let run = world.run(canon, &[3, 4], |_| (), |_, _| vec![9]);
        // The test's tables answer 1000 more than the last argument.
        assert_eq!(run.result, Ok(vec![2009]));
        let mut expected: Vec<(RtFn, Vec<u64>)> = vec![
            (RtFn::HandlesMark, vec![tables[1]]),
            (RtFn::HandleTake, vec![tables[1], 0, 3]),
            (RtFn::HandleNew, vec![tables[2], 0, 1003]),
            (RtFn::HandleLend, vec![tables[1], 0, 4]),
            (RtFn::HandleTake, vec![tables[2], 0, 9]),
            (RtFn::HandleNew, vec![tables[1], 0, 1009]),
            (RtFn::HandlesUnlend, vec![tables[1], 7]),
        ];
        let mut called = vec![2003, 1004];
        if !is_owner {
            expected.insert(1, (RtFn::HandlesCall, vec![tables[2]]));
            expected.insert(5, (RtFn::HandleBorrow, vec![tables[2], 0, 1004, 7]));
            expected.insert(6, (RtFn::HandlesReturn, vec![tables[2], 7]));
            called[1] = 2004;
        }
        assert_eq!(run.log.called, [called]);
        let expected: Vec<(RtFn, &[u64])> = expected
            .iter()
            .map(|(function, args)| (*function, &args[..]))
            .collect();
        assert_eq!(handles(&run), expected);
    }
}

#[test]
fn dropping_what_is_owned_enters_its_implementation() {
    // The test's tables own what is at 100 and above.
    for (index, entered, destroyed) in [(5, 1, vec![]), (100, 1, vec![100]), (100, 0, vec![])] {
        let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
        let owner = world.callee.instance;
        let resource = resource(&mut world, Some(owner));
        let instance = world.caller.instance;
        let canon = Canon::ResourceDrop { resource, instance };
        let start = move |state: &mut State| state.globals[id(4)] = entered;
        let run = world.run(canon, &[index], start, |_, _| vec![]);
        let may_enter = index < 100 || entered == 1;
        let reason = (!may_enter).then_some(Reason::CannotEnter);
        assert_eq!(run.reason(), reason);
        assert_eq!(run.log.destroyed, destroyed);
    }
    // Its implementation itself may drop it at any time.
    let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
    let instance = world.caller.instance;
    let resource = resource(&mut world, Some(instance));
    let canon = Canon::ResourceDrop { resource, instance };
    let run = world.run(canon, &[100], |_| (), |_, _| vec![]);
    assert_eq!(run.log.destroyed, [100]);
}

// Scripts.

#[test]
fn scripts_pass_constants_and_print_results() {
    let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf16);
    let labels = |labels: &[&str]| labels.iter().map(|label| label.to_string()).collect();
    let (u8, s32, f32) = (
        world.add(CType::U8),
        world.add(CType::S32),
        world.add(CType::F32),
    );
    let (string, char) = (world.add(CType::String), world.add(CType::Char));
    let bool = world.add(CType::Bool);
    let list = world.add(CType::List(s32));
    let tuple = world.add(CType::Tuple(vec![u8, char, bool]));
    let option = world.add(CType::Option(string));
    let flags = world.add(CType::Flags(labels(&["a", "none", "c"])));
    let enumeration = world.add(CType::Enum(labels(&["x", "y"])));
    let result = world.add(CType::Result {
        ok: Some(f32),
        err: None,
    });
    let variant = world.add(CType::Variant(vec![
        ("small".to_string(), Some(u8)),
        ("rather-long-label".to_string(), None),
    ]));
    let fixed = world.add(CType::FixedList(u8, 3));
    let fields = [
        ("list", list),
        ("tuple", tuple),
        ("option", option),
        ("flags", flags),
        ("enumeration", enumeration),
        ("result", result),
        ("err", variant),
        ("fixed", fixed),
    ];
    let fields = fields.map(|(label, ty)| (label.to_string(), ty)).to_vec();
    let record = world.add(CType::Record(fields));
    let ty = CFuncType {
        params: vec![("r".to_string(), record)],
        result: Some(record),
    };
    let value = CValue::Items(vec![
        CValue::Items(vec![CValue::Int(-5), CValue::Int(7)]),
        CValue::Items(vec![
            CValue::Int(200),
            CValue::Char('é'),
            CValue::Bool(true),
        ]),
        CValue::Case(1, Some(Box::new(CValue::String("hö🍰".to_string())))),
        CValue::Flags(vec![false, true, true]),
        CValue::Case(1, None),
        CValue::Case(0, Some(Box::new(CValue::F32(1.5f32.to_bits())))),
        CValue::Case(1, None),
        CValue::Items(vec![CValue::Int(1), CValue::Int(2), CValue::Int(3)]),
    ]);
    let printed = "{list: [-5, 7], tuple: (200, 'é', true), option: some(\"hö🍰\"), flags: {%none, c}, \
                   enumeration: y, result: ok(1.5), %err: rather-long-label, fixed: [1, 2, 3]}\n";
    let invocation = Invocation {
        lifted: world.lifted(ty),
        args: vec![value],
    };
    // Everything goes through memory: the callee returns where it got it.
    let canon = Canon::Script(vec![invocation.clone(), invocation]);
    let run = world.run(canon, &[], |_| (), |_, args| vec![args[0]]);
    assert_eq!(run.result, Ok(vec![]));
    assert_eq!(run.log.printed, printed.repeat(2));
}

#[test]
fn scripts_print_core_values_too() {
    // A label that is a word of WAVE; a discriminant that is none.
    for (value, printed, reason) in [
        (0, "%none\n", None),
        (1, "", Some(Reason::InvalidDiscriminant)),
    ] {
        let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
        let unit = world.add(CType::Enum(vec!["none".to_string()]));
        let ty = CFuncType {
            params: vec![],
            result: Some(unit),
        };
        let lifted = world.lifted(ty);
        let canon = Canon::Script(vec![Invocation {
            lifted,
            args: vec![],
        }]);
        let run = world.run(canon, &[], |_| (), move |_, _| vec![value]);
        assert_eq!(run.log.printed, printed);
        assert_eq!(run.reason(), reason);
    }
}

#[test]
fn results_for_the_host_have_its_reasons() {
    let cases = [
        (2, 0, 0, Reason::HostResultUnaligned),
        (65532, 0, 0, Reason::HostResultOutOfBounds),
        (16, 65536, 1, Reason::HostStringOutOfBounds),
        (16, 8, 1, Reason::HostInvalidUtf8),
    ];
    for (place, ptr, len, reason) in cases {
        let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
        let string = world.add(CType::String);
        let ty = CFuncType {
            params: vec![],
            result: Some(string),
        };
        let lifted = world.lifted(ty);
        let canon = Canon::Script(vec![Invocation {
            lifted,
            args: vec![],
        }]);
        let callee = move |state: &mut State, _: &[u64]| {
            let memory = &mut state.memories[id(1)];
            memory[8] = 0xff;
            memory[16..20].copy_from_slice(&u32::to_le_bytes(ptr));
            memory[20..24].copy_from_slice(&u32::to_le_bytes(len));
            vec![place]
        };
        let run = world.run(canon, &[], |_| (), callee);
        assert_eq!(run.reason(), Some(reason));
    }
}
