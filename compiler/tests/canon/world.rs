//! Canonical functions in the interpreter. Guests are closures: the callee notes what it is called with, `realloc` allocates one behind the other.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use wative_compiler::canonical::{Reason, Transcoding};
use wative_compiler::entity::EntityId;
use wative_compiler::ir::component::*;
use wative_compiler::ir::interp::{Interp, Nans, State, Stop, instance_ptr};
use wative_compiler::ir::*;
use wative_compiler::wasm::canon::build;
use wative_compiler::wasm::canon::layout::{Direction, core_signature};

pub const MODULE: u32 = 0;
/// Functions of the program: the one under test, what it calls, and what allocates on either side.
pub const TESTED: u32 = 0;
pub const CALLEE: u32 = 1;
pub const CALLER_REALLOC: u32 = 2;
pub const POST_RETURN: u32 = 4;
pub const DESTRUCTOR: u32 = 5;

pub fn id<T: EntityId>(n: u32) -> T {
    T::from_u32(n)
}

/// A component with two instances beside each other, in a program with a memory for each.
pub struct World {
    pub program: Program,
    pub caller: CanonSide,
    pub callee: CanonSide,
    /// Functions that are no closures.
    pub bodies: HashMap<FuncId, Func>,
}

impl World {
    pub fn new(caller: StringEncoding, callee: StringEncoding) -> World {
        let mut program = Program::empty(wative_compiler::ir::World::Closed, MemoryMode::Fixed);
        program.modules.push(Module::default());
        for _ in 0..2 {
            program.memories.push(MemoryDecl {
                module: id(MODULE),
                place: Place::Own(64 + 32 * program.memories.len() as u32),
                address: Type::I32,
                page_log2: 16,
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
                    numbers: None,
                    mutable: true,
                    constant: None,
                });
            }
            program.component.instances.push(CInstance {
                parent: (number != 0).then(|| id(0)),
                may_enter: id(2 * number),
                may_leave: id(2 * number + 1),
                handles: 512 * number,
                tasks: None,
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
            bodies: HashMap::new(),
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
            lift: Lift::Sync,
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
            let sig = self.program.types.push(DefType::plain(ty));
            let kind = match index as u32 {
                TESTED => FuncKind::Canon(id(0)),
                index if self.bodies.contains_key(&id(index)) => FuncKind::Defined { body: 0..0 },
                _ => FuncKind::Import {
                    symbol: String::new(),
                    given: None,
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
        crate::native::compile(&self.program, &func);
        self.bodies.insert(id(TESTED), func);
        let bodies = self.bodies;
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
