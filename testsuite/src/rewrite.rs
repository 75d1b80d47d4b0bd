//! Modules with other function bodies: instructions as ranges of bytes, put together again with new sizes.

use wasm_encoder::{Encode, Function, ValType};
use wasmparser::{
    BinaryReader, FunctionBody, MemorySectionReader, MemoryType, Parser, Payload, WasmFeatures,
};
use wative_compiler::wasm::features;

use crate::outline::Outline;

/// What generated modules may use: all that is supported.
pub const FEATURES: WasmFeatures = features::SUPPORTED;

/// Numbers of sections.
const TYPES: u8 = 1;
const FUNCTIONS: u8 = 3;
const MEMORIES: u8 = 5;
const EXPORTS: u8 = 7;
const CODE: u8 = 10;

/// The most by which a memory may grow, in pages.
const GROWTH: u64 = 16;

/// A function's body: locals and the instructions.
#[derive(Clone, Debug)]
pub struct Body {
    pub locals: Vec<u8>,
    /// The last one is the function's `end`.
    pub code: Vec<Vec<u8>>,
}

impl Body {
    /// Takes a body apart that is somewhere in these bytes.
    fn new(body: &FunctionBody<'_>, bytes: &[u8]) -> Result<Body, String> {
        let explain = |e: wasmparser::BinaryReaderError| e.to_string();
        let mut reader = body.get_operators_reader().map_err(explain)?;
        let start = reader.original_position();
        let mut code = Vec::new();
        while !reader.eof() {
            let from = reader.original_position();
            reader.read().map_err(explain)?;
            code.push(bytes[from as usize..reader.original_position() as usize].to_vec());
        }
        Ok(Body {
            locals: bytes[body.range().start as usize..start as usize].to_vec(),
            code,
        })
    }
}

/// A module as its sections; bodies are apart.
#[derive(Clone, Debug)]
pub struct Sections {
    /// Number and contents; the code section's are not used.
    sections: Vec<(u8, Vec<u8>)>,
    pub bodies: Vec<Body>,
}

impl Sections {
    /// Takes a valid module apart.
    ///
    /// # Errors
    /// It is none.
    pub fn new(module: &[u8]) -> Result<Sections, String> {
        let explain = |e: wasmparser::BinaryReaderError| e.to_string();
        let (mut sections, mut bodies) = (Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload.map_err(explain)?;
            if let Some((id, range)) = payload.as_section() {
                sections.push((
                    id,
                    module[range.start as usize..range.end as usize].to_vec(),
                ));
            }
            if let Payload::CodeSectionEntry(body) = payload {
                bodies.push(Body::new(&body, module)?);
            }
        }
        Ok(Sections { sections, bodies })
    }

    /// The module.
    pub fn bytes(&self) -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        for (id, contents) in &self.sections {
            let mut code = Vec::new();
            let contents = if *id == CODE {
                unsigned(self.bodies.len() as u64, &mut code);
                for body in &self.bodies {
                    let parts = body.code.iter().map(Vec::len).sum::<usize>();
                    unsigned((body.locals.len() + parts) as u64, &mut code);
                    code.extend(&body.locals);
                    code.extend(body.code.iter().flatten());
                }
                &code
            } else {
                contents
            };
            module.push(*id);
            unsigned(contents.len() as u64, &mut module);
            module.extend(contents);
        }
        module
    }

    /// Pages of the largest of the module's own memories.
    ///
    /// # Errors
    /// The section cannot be read.
    pub fn pages(&self) -> Result<u64, String> {
        let mut most = 0;
        for (_, contents) in self.sections.iter().filter(|(id, _)| *id == MEMORIES) {
            let pages = memories(contents)?.into_iter().map(|ty| ty.initial);
            most = pages.fold(most, u64::max);
        }
        Ok(most)
    }

    /// Gives every memory a small maximum, so that one that grows by chance stays small.
    ///
    /// # Errors
    /// The section cannot be read.
    pub fn bound_memories(&mut self) -> Result<(), String> {
        for (_, contents) in self.sections.iter_mut().filter(|(id, _)| *id == MEMORIES) {
            let memories = memories(contents)?;
            contents.clear();
            unsigned(memories.len() as u64, contents);
            for ty in memories {
                let most = ty.initial + GROWTH;
                let flags = [
                    (ty.shared, 2),
                    (ty.memory64, 4),
                    (ty.page_size_log2.is_some(), 8),
                ];
                let flags = flags.iter().filter(|(is, _)| *is).map(|(_, bit)| bit);
                contents.push(flags.fold(1, |all, bit| all | bit));
                unsigned(ty.initial, contents);
                unsigned(ty.maximum.map_or(most, |m| m.min(most)), contents);
                if let Some(log2) = ty.page_size_log2 {
                    unsigned(log2.into(), contents);
                }
            }
        }
        Ok(())
    }

    /// Exports a new function that sets an `i32` global, if functions can be added.
    ///
    /// # Errors
    /// A section cannot be read.
    pub fn add_setter(&mut self, name: &str, global: u32, value: u32) -> Result<(), String> {
        if !self.takes_functions() {
            return Ok(());
        }
        let mut body = Function::new([]);
        let mut code = body.instructions();
        code.i32_const(value as i32).global_set(global).end();
        let function = self.add_function(&[], &[], body)?;
        self.add_export(name, function)
    }

    /// Whether the module has the sections for new functions that are exported.
    pub fn takes_functions(&self) -> bool {
        let has = |wanted: u8| self.sections.iter().any(|(id, _)| *id == wanted);
        [TYPES, FUNCTIONS, EXPORTS, CODE].into_iter().all(has)
    }

    /// Adds a function; tells its index. Its type is a new one, behind the others.
    ///
    /// # Errors
    /// A section is missing or cannot be read.
    pub fn add_function(
        &mut self,
        params: &[ValType],
        results: &[ValType],
        body: Function,
    ) -> Result<u32, String> {
        // A group of types counts as one in its section.
        let outline = Outline::new(&self.bytes())?;
        let ty = outline.types.len() as u64;
        let mut entry = vec![0x60];
        for list in [params, results] {
            unsigned(list.len() as u64, &mut entry);
            for ty in list {
                ty.encode(&mut entry);
            }
        }
        self.append(TYPES, &entry)?;
        entry.clear();
        unsigned(ty, &mut entry);
        self.append(FUNCTIONS, &entry)?;
        let body = body.into_raw_body();
        let reader = BinaryReader::new(&body, 0);
        self.bodies
            .push(Body::new(&FunctionBody::new(reader), &body)?);
        Ok(outline.funcs.len() as u32)
    }

    /// Exports a function.
    ///
    /// # Errors
    /// The section is missing or cannot be read.
    pub fn add_export(&mut self, name: &str, function: u32) -> Result<(), String> {
        let mut entry = Vec::new();
        unsigned(name.len() as u64, &mut entry);
        entry.extend(name.as_bytes());
        entry.push(0);
        unsigned(function.into(), &mut entry);
        self.append(EXPORTS, &entry)
    }

    /// Appends an entry to a section.
    fn append(&mut self, wanted: u8, entry: &[u8]) -> Result<(), String> {
        let mut sections = self.sections.iter_mut();
        let (_, contents) = sections.find(|(id, _)| *id == wanted).ok_or("no section")?;
        let mut reader = BinaryReader::new(contents, 0);
        let count = reader.read_var_u32().map_err(|e| e.to_string())?;
        let start = reader.original_position() as usize;
        let mut new = Vec::new();
        unsigned(u64::from(count) + 1, &mut new);
        new.extend(&contents[start..]);
        new.extend(entry);
        *contents = new;
        Ok(())
    }

    /// Lets every wait time out at once: nobody else is there to end it.
    pub fn end_waits(&mut self) {
        /// `drop` and `i64.const 0`.
        const NO_TIME: [u8; 3] = [0x1a, 0x42, 0];
        for body in &mut self.bodies {
            let mut code = Vec::new();
            for instruction in &body.code {
                // `memory.atomic.wait32` and `memory.atomic.wait64`.
                if matches!(instruction[..], [0xfe, 1 | 2, ..]) {
                    code.extend([NO_TIME[..1].to_vec(), NO_TIME[1..].to_vec()]);
                }
                code.push(instruction.clone());
            }
            body.code = code;
        }
    }
}

/// The memories of a section.
fn memories(contents: &[u8]) -> Result<Vec<MemoryType>, String> {
    let section = MemorySectionReader::new(BinaryReader::new(contents, 0));
    let memories = section.and_then(|section| section.into_iter().collect());
    memories.map_err(|e| e.to_string())
}

/// Whether a module is valid with these features.
pub fn is_valid(module: &[u8], features: WasmFeatures) -> bool {
    let mut validator = wasmparser::Validator::new_with_features(features);
    validator.validate_all(module).is_ok()
}

/// A number in LEB128.
pub fn unsigned(mut value: u64, bytes: &mut Vec<u8>) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Likewise with a sign.
pub fn signed(mut value: i64, bytes: &mut Vec<u8>) {
    while !(-64..64).contains(&value) {
        bytes.push(value as u8 & 0x7f | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8 & 0x7f);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(text: &str) -> Vec<u8> {
        wat::parse_str(text).expect("the text is a module")
    }

    #[test]
    fn taking_apart_and_putting_together_changes_nothing() {
        let original = module(
            "(module (memory 1) (func (param i32) (result i32) (local f64 i64)
                (block (result i32) (i32.const -129) (br_if 0 (local.get 0)))
                (i32.add (local.get 0)))
            (func (v128.store (i32.const 0) (v128.const i32x4 1 2 3 4))))",
        );
        let sections = Sections::new(&original).expect("it is valid");
        assert_eq!(sections.bodies[0].code.len(), 8);
        assert_eq!(sections.bytes(), original);
    }

    #[test]
    fn waits_time_out_and_memories_stay_small() {
        let original = module(
            "(module (memory 1 100 shared) (func (param i64) (result i32)
                (memory.atomic.wait32 (i32.const 0) (i32.const 0) (local.get 0))))",
        );
        let mut sections = Sections::new(&original).expect("it is valid");
        sections.end_waits();
        sections.bound_memories().expect("it is valid");
        let expected = module(
            "(module (memory 1 17 shared) (func (param i64) (result i32)
                i32.const 0 i32.const 0 local.get 0 drop i64.const 0 memory.atomic.wait32))",
        );
        assert_eq!(sections.bytes(), expected);
        assert!(is_valid(&sections.bytes(), FEATURES));
    }

    #[test]
    fn a_setter_is_behind_all_other_functions() {
        let original = module(
            "(module (rec (type (func (param i32))) (type (struct (field (ref null 0)))))
                (import \"a\" \"f\" (func (type 0))) (import \"a\" \"g\" (global i32))
                (global (mut i32) (i32.const 0))
                (func (export \"own\") (type 0)))",
        );
        let mut sections = Sections::new(&original).expect("it is valid");
        sections.add_setter("set", 1, 500).expect("it is valid");
        let bytes = sections.bytes();
        assert!(is_valid(&bytes, FEATURES));
        let expected = module(
            "(module (rec (type (func (param i32))) (type (struct (field (ref null 0)))))
                (type (func))
                (import \"a\" \"f\" (func (type 0))) (import \"a\" \"g\" (global i32))
                (global (mut i32) (i32.const 0))
                (func (export \"own\") (type 0))
                (func (export \"set\") (type 2) (global.set 1 (i32.const 500))))",
        );
        assert_eq!(bytes, expected);
    }

    #[test]
    fn numbers_are_written_in_the_shortest_form() {
        let bytes = |value: i64| {
            let mut bytes = Vec::new();
            signed(value, &mut bytes);
            bytes
        };
        assert_eq!(bytes(-1), [0x7f]);
        assert_eq!(bytes(64), [0xc0, 0]);
        assert_eq!(bytes(-64), [0x40]);
        assert_eq!(bytes(i64::MIN).len(), 10);
    }
}
