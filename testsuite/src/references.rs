//! References as numbers, by functions that are added to a module.
//!
//! The bits of a reference are an address in one engine and something else in another, so neither can be told the other's, and a caller has nothing to pass
//! but null. So modules get functions that see to it themselves: one digests a reference to a number that is the same everywhere (what kind of thing it is,
//! of which type, with which contents to some depth); for each exported function that takes or returns references a few others call it with objects of all
//! kinds and digest what it returns; and one digests what globals and tables refer to.

use wasm_encoder::{
    BlockType, Catch, Function, HeapType, Ieee32, Ieee64, InstructionSink, RefType, ValType,
};
use wasmparser::{AbstractHeapType, CompositeInnerType, FieldType, StorageType};

use crate::outline::{Outline, encoded, is_object};
use crate::random::Random;
use crate::rewrite::Sections;

/// Functions that call an exported one, each with its own objects.
const CALLERS: usize = 2;

/// How many references a digest follows behind each other.
const DEPTH: i32 = 2;

/// Elements of arrays and tables that are digested.
const NUMBERS: i32 = 24;
const REFERENCES: i32 = 4;
const ENTRIES: i32 = 12;

/// Objects of which the arguments of one call are made, at most.
const OBJECTS: usize = 30;

/// What the digest of a list is multiplied by before the next item: FNV's prime.
const PRIME: i64 = 0x100_0000_01b3;

/// The first digests of types; lower ones are of what has no type here.
const TYPES: i64 = 16;

/// Adds the functions. `exact`: the bits of every NaN are defined; otherwise all NaNs in objects are digested alike, but for those in vectors.
///
/// # Errors
/// The module cannot be read.
pub fn add(sections: &mut Sections, exact: bool, random: &mut Random) -> Result<(), String> {
    let outline = Outline::new(&sections.bytes())?;
    if !sections.takes_functions() {
        return Ok(());
    }
    let first = outline.funcs.len() as u32;
    let module = Module {
        outline: &outline,
        exact,
        func_digest: first,
        digest: first + 1,
    };
    let (i32, i64) = (ValType::I32, ValType::I64);
    let any = ValType::Ref(RefType::ANYREF);
    let func = ValType::Ref(RefType::FUNCREF);
    sections.add_function(&[func], &[i64], module.func_digest())?;
    sections.add_function(&[any, i32], &[i64], module.digest())?;
    let state = sections.add_function(&[], &[i64], module.state_digest())?;
    sections.add_export("digest of the state", state)?;
    for (number, (_, func)) in outline.exported_funcs().enumerate() {
        for variant in 0..CALLERS {
            let Some((params, results, body)) = module.caller(func, random) else {
                break;
            };
            let caller = sections.add_function(&params, &results, body)?;
            sections.add_export(&format!("call {number} {variant}"), caller)?;
        }
    }
    Ok(())
}

const EQ: HeapType = abstract_type(wasm_encoder::AbstractHeapType::Eq);
const EXN: HeapType = abstract_type(wasm_encoder::AbstractHeapType::Exn);

const fn abstract_type(ty: wasm_encoder::AbstractHeapType) -> HeapType {
    HeapType::Abstract { shared: false, ty }
}

/// The kinds of references that have nothing in common.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hierarchy {
    Any,
    Extern,
    Func,
    Exn,
    Cont,
}

/// Locals by what they are for.
struct Locals {
    hash: u32,
    counter: u32,
    f32: u32,
    f64: u32,
    v128: u32,
}

/// The digest of what is on the stack is of a reference that was reached by so many others.
#[derive(Clone, Copy)]
enum Depth {
    /// What is left is in this local.
    OneLessThan(u32),
    Whole,
}

struct Module<'a> {
    outline: &'a Outline,
    exact: bool,
    /// Index of the function that digests references to functions.
    func_digest: u32,
    /// Likewise other references. Its second parameter is how many it follows behind each other.
    digest: u32,
}

impl Module<'_> {
    fn hierarchy(&self, heap: wasmparser::HeapType) -> Hierarchy {
        use AbstractHeapType as Heap;
        match heap {
            wasmparser::HeapType::Abstract { ty, .. } => match ty {
                Heap::Func | Heap::NoFunc => Hierarchy::Func,
                Heap::Extern | Heap::NoExtern => Hierarchy::Extern,
                Heap::Exn | Heap::NoExn => Hierarchy::Exn,
                Heap::Any | Heap::None | Heap::Eq | Heap::Struct | Heap::Array | Heap::I31 => {
                    Hierarchy::Any
                }
                Heap::Cont | Heap::NoCont => Hierarchy::Cont,
            },
            wasmparser::HeapType::Concrete(index) | wasmparser::HeapType::Exact(index) => {
                match self.outline.types[at(index) as usize].composite_type.inner {
                    CompositeInnerType::Func(_) => Hierarchy::Func,
                    CompositeInnerType::Cont(_) => Hierarchy::Cont,
                    CompositeInnerType::Struct(_) | CompositeInnerType::Array(_) => Hierarchy::Any,
                }
            }
        }
    }

    /// Types of a kind, those below others before them.
    fn types(&self, objects: bool) -> impl Iterator<Item = (u32, &CompositeInnerType)> {
        let types = self.outline.types.iter().enumerate().rev();
        let types = types.filter(move |(_, ty)| is_object(ty) == objects);
        types.map(|(i, ty)| (i as u32, &ty.composite_type.inner))
    }

    /// The function that tells the number of a function's type.
    fn func_digest(&self) -> Function {
        let mut body = Function::new([]);
        let mut code = body.instructions();
        code.local_get(0).ref_is_null();
        code.if_(BlockType::Empty).i64_const(0).return_().end();
        let is_func = |ty: &&CompositeInnerType| matches!(ty, CompositeInnerType::Func(_));
        for (ty, _) in self.types(false).filter(|(_, ty)| is_func(ty)) {
            code.local_get(0).ref_test_non_null(HeapType::Concrete(ty));
            code.if_(BlockType::Empty);
            code.i64_const(TYPES + i64::from(ty)).return_().end();
        }
        code.i64_const(1).end();
        body
    }

    /// The function that digests a reference of `any`.
    fn digest(&self) -> Function {
        let scratch = [
            ValType::I64,
            ValType::I32,
            ValType::F32,
            ValType::F64,
            ValType::V128,
        ];
        let locals = Locals {
            hash: 2,
            counter: 3,
            f32: 4,
            f64: 5,
            v128: 6,
        };
        let mut body = Function::new_with_locals_types(scratch);
        let mut code = body.instructions();
        code.local_get(0).ref_is_null();
        code.if_(BlockType::Empty).i64_const(0).return_().end();
        code.local_get(0).ref_test_non_null(HeapType::I31);
        code.if_(BlockType::Empty);
        code.local_get(0).ref_cast_non_null(HeapType::I31);
        code.i31_get_s().i64_extend_i32_s().i64_const(PRIME);
        code.i64_mul().return_().end();
        for (ty, composite) in self.types(true) {
            let heap = HeapType::Concrete(ty);
            code.local_get(0).ref_test_non_null(heap);
            code.if_(BlockType::Empty);
            code.i64_const(TYPES + i64::from(ty)).local_set(locals.hash);
            match composite {
                CompositeInnerType::Struct(of) => {
                    code.local_get(1).if_(BlockType::Empty);
                    for (i, field) in of.fields.iter().enumerate() {
                        self.begin_mix(&mut code, &locals);
                        code.local_get(0).ref_cast_non_null(heap);
                        let i = i as u32;
                        match field.element_type {
                            StorageType::Val(_) => code.struct_get(ty, i),
                            StorageType::I8 => code.struct_get_s(ty, i),
                            StorageType::I16 => code.struct_get_u(ty, i),
                        };
                        self.end_mix_field(&mut code, field, &locals);
                    }
                    code.end();
                }
                CompositeInnerType::Array(of) => {
                    self.begin_mix(&mut code, &locals);
                    code.local_get(0).ref_cast_non_null(heap).array_len();
                    code.i64_extend_i32_u();
                    self.end_mix(&mut code, &locals);
                    code.local_get(1).if_(BlockType::Empty);
                    let is_reference = matches!(
                        of.0.element_type,
                        StorageType::Val(wasmparser::ValType::Ref(_))
                    );
                    code.i32_const(0).local_set(locals.counter);
                    code.block(BlockType::Empty).loop_(BlockType::Empty);
                    code.local_get(locals.counter);
                    code.local_get(0).ref_cast_non_null(heap).array_len();
                    code.i32_ge_u().br_if(1);
                    code.local_get(locals.counter);
                    code.i32_const(if is_reference { REFERENCES } else { NUMBERS });
                    code.i32_ge_u().br_if(1);
                    self.begin_mix(&mut code, &locals);
                    code.local_get(0).ref_cast_non_null(heap);
                    code.local_get(locals.counter);
                    match of.0.element_type {
                        StorageType::Val(_) => code.array_get(ty),
                        StorageType::I8 => code.array_get_u(ty),
                        StorageType::I16 => code.array_get_s(ty),
                    };
                    self.end_mix_field(&mut code, &of.0, &locals);
                    code.local_get(locals.counter).i32_const(1).i32_add();
                    code.local_set(locals.counter).br(0);
                    code.end().end().end();
                }
                CompositeInnerType::Func(_) | CompositeInnerType::Cont(_) => {
                    unreachable!("type {ty} is no object's")
                }
            }
            code.local_get(locals.hash).return_().end();
        }
        // An object of a type that only another module has, or something of the host.
        code.local_get(0).ref_test_non_null(EQ);
        code.i64_extend_i32_u().i64_const(1).i64_add().end();
        body
    }

    /// The function that digests what all globals and tables refer to.
    fn state_digest(&self) -> Function {
        let locals = Locals {
            hash: 0,
            counter: 1,
            f32: u32::MAX,
            f64: u32::MAX,
            v128: u32::MAX,
        };
        let wide = 2;
        let mut body = Function::new_with_locals_types([ValType::I64, ValType::I32, ValType::I64]);
        let mut code = body.instructions();
        for (i, global) in self.outline.globals.iter().enumerate() {
            if let wasmparser::ValType::Ref(_) = global.content_type {
                self.begin_mix(&mut code, &locals);
                code.global_get(i as u32);
                self.to_i64(&mut code, global.content_type, Depth::Whole, &locals);
                self.end_mix(&mut code, &locals);
            }
        }
        for (i, table) in self.outline.tables.iter().enumerate() {
            let i = i as u32;
            let index = if table.table64 { wide } else { locals.counter };
            code.i32_const(0).local_set(locals.counter);
            code.block(BlockType::Empty).loop_(BlockType::Empty);
            code.local_get(locals.counter).i64_extend_i32_u();
            code.local_tee(wide).table_size(i);
            if !table.table64 {
                code.i64_extend_i32_u();
            }
            code.i64_ge_u().br_if(1);
            code.local_get(locals.counter).i32_const(ENTRIES);
            code.i32_ge_u().br_if(1);
            self.begin_mix(&mut code, &locals);
            code.local_get(index).table_get(i);
            let element = wasmparser::ValType::Ref(table.element_type);
            self.to_i64(&mut code, element, Depth::Whole, &locals);
            self.end_mix(&mut code, &locals);
            code.local_get(locals.counter).i32_const(1).i32_add();
            code.local_set(locals.counter).br(0);
            code.end().end();
        }
        code.local_get(locals.hash).end();
        body
    }

    /// `hash = hash * PRIME ^ VALUE`, as far as it comes before the value.
    fn begin_mix(&self, code: &mut InstructionSink<'_>, locals: &Locals) {
        code.local_get(locals.hash).i64_const(PRIME).i64_mul();
    }

    /// And behind it.
    fn end_mix(&self, code: &mut InstructionSink<'_>, locals: &Locals) {
        code.i64_xor().local_set(locals.hash);
    }

    /// Likewise, of the value of a field.
    fn end_mix_field(&self, code: &mut InstructionSink<'_>, field: &FieldType, locals: &Locals) {
        match field.element_type {
            StorageType::I8 | StorageType::I16 => _ = code.i64_extend_i32_u(),
            StorageType::Val(ty) => self.to_i64(code, ty, Depth::OneLessThan(1), locals),
        }
        self.end_mix(code, locals);
    }

    /// Makes a number of the value on the stack.
    fn to_i64(
        &self,
        code: &mut InstructionSink<'_>,
        ty: wasmparser::ValType,
        depth: Depth,
        locals: &Locals,
    ) {
        match ty {
            wasmparser::ValType::I32 => _ = code.i64_extend_i32_u(),
            wasmparser::ValType::I64 => {}
            wasmparser::ValType::F32 => {
                if !self.exact {
                    code.local_tee(locals.f32).f32_const(Ieee32::from(f32::NAN));
                    code.local_get(locals.f32).local_get(locals.f32);
                    code.f32_eq().select();
                }
                code.i32_reinterpret_f32().i64_extend_i32_u();
            }
            wasmparser::ValType::F64 => {
                if !self.exact {
                    code.local_tee(locals.f64).f64_const(Ieee64::from(f64::NAN));
                    code.local_get(locals.f64).local_get(locals.f64);
                    code.f64_eq().select();
                }
                code.i64_reinterpret_f64();
            }
            wasmparser::ValType::V128 => {
                code.local_tee(locals.v128).i64x2_extract_lane(0);
                code.i64_const(PRIME).i64_mul();
                code.local_get(locals.v128).i64x2_extract_lane(1).i64_xor();
            }
            wasmparser::ValType::Ref(ty) => {
                let hierarchy = self.hierarchy(ty.heap_type());
                match hierarchy {
                    Hierarchy::Func => _ = code.call(self.func_digest),
                    Hierarchy::Exn | Hierarchy::Cont => {
                        code.ref_is_null().i64_extend_i32_u();
                    }
                    Hierarchy::Any | Hierarchy::Extern => {
                        if hierarchy == Hierarchy::Extern {
                            code.any_convert_extern();
                        }
                        match depth {
                            Depth::Whole => code.i32_const(DEPTH),
                            Depth::OneLessThan(local) => {
                                code.local_get(local).i32_const(1).i32_sub()
                            }
                        };
                        code.call(self.digest);
                    }
                }
            }
        }
    }

    /// A function that calls another one that takes or returns references, with its parameters and results. There is none where no references are passed, or no
    /// such can be made.
    fn caller(
        &self,
        func: u32,
        random: &mut Random,
    ) -> Option<(Vec<ValType>, Vec<ValType>, Function)> {
        let ty = self.outline.func_type(self.outline.funcs[func as usize]);
        let mut types = ty.params().iter().chain(ty.results());
        if !types.any(|ty| ty.is_reference_type()) {
            return None;
        }
        let mut makes = Makes {
            module: self,
            left: OBJECTS,
            random,
        };
        let mut params = Vec::new();
        let mut arguments = Vec::new();
        for &ty in ty.params() {
            if ty.is_reference_type() {
                arguments.extend(makes.value(ty, 2)?);
            } else {
                InstructionSink::new(&mut arguments).local_get(params.len() as u32);
                params.push(encoded(ty));
            }
        }
        let of = |ty: &wasmparser::ValType| match ty.is_reference_type() {
            true => ValType::I64,
            false => encoded(*ty),
        };
        let results = ty.results().iter().map(of).collect();
        let first = params.len() as u32;
        let locals = ty.results().iter().map(|&ty| encoded(ty));
        let mut body = Function::new_with_locals_types(locals);
        body.raw(arguments);
        let mut code = body.instructions();
        code.call(func);
        for i in (0..ty.results().len() as u32).rev() {
            code.local_set(first + i);
        }
        let unused = Locals {
            hash: u32::MAX,
            counter: u32::MAX,
            f32: u32::MAX,
            f64: u32::MAX,
            v128: u32::MAX,
        };
        for (i, &ty) in ty.results().iter().enumerate() {
            code.local_get(first + i as u32);
            if ty.is_reference_type() {
                self.to_i64(&mut code, ty, Depth::Whole, &unused);
            }
        }
        code.end();
        Some((params, results, body))
    }
}

/// Makes values of any type, as code.
struct Makes<'a, 'b> {
    module: &'a Module<'a>,
    /// Objects that may still be made.
    left: usize,
    random: &'b mut Random,
}

impl Makes<'_, '_> {
    /// A value. Below depth 0 references are null where that is possible. There is none of an empty type, or the objects are used up.
    fn value(&mut self, ty: wasmparser::ValType, depth: i32) -> Option<Vec<u8>> {
        const INTEGERS: [i64; 8] = [0, 1, -1, 7, 128, 32768, i32::MIN as i64, i64::MAX];
        const FLOATS: [f32; 6] = [0.0, -0.0, 1.5, -3e9, f32::INFINITY, f32::NAN];
        let integer = *self.random.pick(&INTEGERS);
        let float = *self.random.pick(&FLOATS);
        let mut bytes = Vec::new();
        let mut code = InstructionSink::new(&mut bytes);
        match ty {
            wasmparser::ValType::I32 => code.i32_const(integer as i32),
            wasmparser::ValType::I64 => code.i64_const(integer),
            wasmparser::ValType::F32 => code.f32_const(float.into()),
            wasmparser::ValType::F64 => code.f64_const(f64::from(float).into()),
            wasmparser::ValType::V128 => {
                code.v128_const(i128::from(integer) << 64 | i128::from(integer as u32))
            }
            wasmparser::ValType::Ref(ty) => {
                let wanted = depth > 0 && self.random.below(4) != 0;
                if (wanted || !ty.is_nullable())
                    && let Some(object) = self.object(ty.heap_type(), depth)
                {
                    return Some(object);
                }
                if !ty.is_nullable() {
                    return None;
                }
                let ValType::Ref(ty) = encoded(wasmparser::ValType::Ref(ty)) else {
                    unreachable!("a reference's type")
                };
                code.ref_null(ty.heap_type)
            }
        };
        Some(bytes)
    }

    /// A reference that is not null.
    fn object(&mut self, heap: wasmparser::HeapType, depth: i32) -> Option<Vec<u8>> {
        use AbstractHeapType as Heap;
        self.left = self.left.checked_sub(1)?;
        let heap = match heap {
            wasmparser::HeapType::Abstract { ty, .. } => ty,
            wasmparser::HeapType::Concrete(index) | wasmparser::HeapType::Exact(index) => {
                return self.of_type(at(index), depth);
            }
        };
        match heap {
            Heap::I31 => Some(self.i31()),
            Heap::Any | Heap::Eq if self.random.below(3) == 0 => Some(self.i31()),
            Heap::Any | Heap::Eq => self.of_kind(|_| true, depth),
            Heap::Struct => self.of_kind(|ty| matches!(ty, CompositeInnerType::Struct(_)), depth),
            Heap::Array => self.of_kind(|ty| matches!(ty, CompositeInnerType::Array(_)), depth),
            Heap::Extern => {
                let any = wasmparser::RefType::ANYREF.heap_type();
                let mut bytes = self.object(any, depth)?;
                InstructionSink::new(&mut bytes).extern_convert_any();
                Some(bytes)
            }
            Heap::Func => self.func(|_| true),
            Heap::Exn => self.exception(depth),
            Heap::None | Heap::NoExtern | Heap::NoFunc | Heap::NoExn => None,
            // None is made for an abstract type.
            Heap::Cont | Heap::NoCont => None,
        }
    }

    fn i31(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let value = *self.random.pick(&[0, 1, -1, 0x3fff_ffff, 0x4000_0000, 77]);
        InstructionSink::new(&mut bytes).i32_const(value).ref_i31();
        bytes
    }

    /// An object of any of some types.
    fn of_kind(
        &mut self,
        is_it: impl Fn(&CompositeInnerType) -> bool,
        depth: i32,
    ) -> Option<Vec<u8>> {
        let types = self.module.types(true).filter(|(_, ty)| is_it(ty));
        let types: Vec<u32> = types.map(|(ty, _)| ty).collect();
        if types.is_empty() {
            return None;
        }
        let ty = *self.random.pick(&types);
        self.of_type(ty, depth)
    }

    /// An object or function of a type, or of one below it.
    fn of_type(&mut self, ty: u32, depth: i32) -> Option<Vec<u8>> {
        let outline = self.module.outline;
        let all = 0..outline.types.len() as u32;
        let below: Vec<u32> = all.filter(|&other| outline.is_below(other, ty)).collect();
        let ty = match self.random.below(2) {
            0 => ty,
            _ => *self.random.pick(&below),
        };
        let mut bytes = Vec::new();
        match &outline.types[ty as usize].composite_type.inner {
            CompositeInnerType::Func(_) => return self.func(|other| outline.is_below(other, ty)),
            CompositeInnerType::Struct(of) => {
                for field in &of.fields {
                    bytes.extend(self.field(field, depth)?);
                }
                InstructionSink::new(&mut bytes).struct_new(ty);
            }
            CompositeInnerType::Array(of) if self.random.below(2) == 0 => {
                bytes.extend(self.field(&of.0, depth)?);
                let len = *self.random.pick(&[0, 1, 3, 16, 17, 40]);
                InstructionSink::new(&mut bytes)
                    .i32_const(len)
                    .array_new(ty);
            }
            CompositeInnerType::Array(of) => {
                let len = self.random.below(4) as u32;
                for _ in 0..len {
                    bytes.extend(self.field(&of.0, depth)?);
                }
                InstructionSink::new(&mut bytes).array_new_fixed(ty, len);
            }
            CompositeInnerType::Cont(of) => {
                let of = at(of.0.unpack());
                bytes = self.func(|other| outline.is_below(other, of))?;
                InstructionSink::new(&mut bytes).cont_new(ty);
            }
        }
        Some(bytes)
    }

    fn field(&mut self, field: &FieldType, depth: i32) -> Option<Vec<u8>> {
        self.value(field.element_type.unpack(), depth - 1)
    }

    /// A reference to an exported function, which code may refer to.
    fn func(&mut self, is_it: impl Fn(u32) -> bool) -> Option<Vec<u8>> {
        let outline = self.module.outline;
        let funcs = outline.exported_funcs().map(|(_, func)| func);
        let funcs: Vec<u32> = funcs
            .filter(|&func| is_it(outline.funcs[func as usize]))
            .collect();
        if funcs.is_empty() {
            return None;
        }
        let mut bytes = Vec::new();
        InstructionSink::new(&mut bytes).ref_func(*self.random.pick(&funcs));
        Some(bytes)
    }

    /// A reference to an exception, which is thrown and caught.
    fn exception(&mut self, depth: i32) -> Option<Vec<u8>> {
        let outline = self.module.outline;
        let tags: Vec<u32> = (0..outline.tags.len() as u32).collect();
        if tags.is_empty() {
            return None;
        }
        let tag = *self.random.pick(&tags);
        let mut payload = Vec::new();
        for &ty in outline.func_type(outline.tags[tag as usize]).params() {
            payload.extend(self.value(ty, depth - 1)?);
        }
        let exn = BlockType::Result(ValType::Ref(RefType {
            nullable: false,
            heap_type: EXN,
        }));
        let mut bytes = Vec::new();
        let mut code = InstructionSink::new(&mut bytes);
        code.block(exn);
        code.try_table(BlockType::Empty, [Catch::AllRef { label: 0 }]);
        bytes.extend(payload);
        let mut code = InstructionSink::new(&mut bytes);
        code.throw(tag).end().unreachable().end();
        Some(bytes)
    }
}

/// The index of a type, of which a module that was only parsed has no other form.
fn at(index: wasmparser::UnpackedIndex) -> u32 {
    index
        .as_module_index()
        .expect("types of a module have indices")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::{FEATURES, is_valid};

    #[test]
    fn functions_with_references_get_callers_of_numbers() {
        let module = wat::parse_str(
            "(module
                (rec (type $a (sub (struct (field i8 (mut (ref null $b)))))) (type $b (array (mut f32))))
                (type $c (sub $a (struct (field i8 (mut (ref null $b)) v128))))
                (tag $t (param (ref $a) i32))
                (table 3 anyref) (table i64 3 funcref) (global externref (ref.null extern))
                (func (export \"all\") (param (ref $c) i32 (ref func) (ref exn) eqref (ref extern))
                    (result (ref $a) f64 exnref)
                    (local.get 0) (f64.const 1) (ref.null exn))
                (func (export \"none\") (param i32))
                (func (export \"impossible\") (param (ref none))))",
        );
        let mut sections = Sections::new(&module.expect("it is text")).expect("it is valid");
        for seed in 0..20 {
            let mut sections = sections.clone();
            add(&mut sections, false, &mut Random::new(seed)).expect("it is valid");
            assert!(is_valid(&sections.bytes(), FEATURES), "{seed}");
        }
        add(&mut sections, true, &mut Random::new(1)).expect("it is valid");
        let outline = Outline::new(&sections.bytes()).expect("it is valid");
        let names: Vec<&str> = outline.exported_funcs().map(|(name, _)| name).collect();
        let expected = [
            "all",
            "none",
            "impossible",
            "digest of the state",
            "call 0 0",
            "call 0 1",
        ];
        assert_eq!(names, expected);
    }
}
