//! What traps are about, where modules have names: the instruction as their text has it, with the field, type, table, global or local that it names.
//!
//! ```text
//! struct.get $point $x of local $p
//! ref.cast (ref $circle) from (ref null $shape)
//! ```
//!
//! Nothing is said where nothing has a name, so that programs without names carry none of it.

use super::names::{Extended, Kind};
use super::{Front, bodies};
use crate::entity::EntityId;
use crate::ir::{FuncDecl, FuncId, FuncKind};
use crate::par;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use wasmparser::{
    AbstractHeapType, FuncToValidate, FuncValidatorAllocations, HeapType, Operator,
    OperatorsReader, RefType, UnpackedIndex, ValType, ValidatorResources, WasmModuleResources,
};

/// By function and offset in its module's file.
pub type Subjects = BTreeMap<FuncId, BTreeMap<u32, String>>;

/// What is known of these places: functions, and offsets of instructions that may trap.
pub fn subjects(front: &Front, places: &BTreeMap<FuncId, BTreeSet<u32>>, jobs: usize) -> Subjects {
    let input_of = |func: FuncId| front.input_of[front.program.funcs[func].module.index()];
    let asked: BTreeSet<usize> = places.keys().map(|&func| input_of(func)).collect();
    let read = |input: usize| {
        let sections = &front.scans[input].name_sections;
        let names = Extended::read(&front.inputs[input].bytes, sections);
        (!names.is_empty()).then_some((input, names))
    };
    let names: BTreeMap<usize, Extended> = asked.into_iter().filter_map(read).collect();
    let named = |(&func, offsets)| Some((func, offsets, names.get(&input_of(func))?));
    let places: Vec<(FuncId, &BTreeSet<u32>, &Extended)> =
        places.iter().filter_map(named).collect();
    let order = par::big_first(places.iter().map(|(_, offsets, _)| offsets.len()));
    let found = par::map(jobs, &order, |i| {
        let (func, offsets, names) = places[i];
        let found = of_function(front, func, names, offsets)?;
        (!found.is_empty()).then_some((func, found))
    });
    found.into_iter().flatten().collect()
}

/// Those of one function, which is valid.
fn of_function(
    front: &Front,
    func: FuncId,
    names: &Extended,
    offsets: &BTreeSet<u32>,
) -> Option<BTreeMap<u32, String>> {
    let decl = &front.program.funcs[func];
    let FuncKind::Defined { body } = &decl.kind else {
        return None;
    };
    let input = front.input_of[decl.module.index()];
    let module = &front.inputs[input];
    let at = |&offset: &u32| {
        let reader = bodies::reader(module, &(offset as usize..body.end));
        let operator = OperatorsReader::new(reader).read().ok()?;
        Some((offset, operator))
    };
    let operators: Vec<(u32, Operator)> = offsets.iter().filter_map(at).collect();
    let operands = match operators.iter().any(|(_, op)| takes_reference_last(op)) {
        true => operands(front, decl, body, offsets)?,
        false => BTreeMap::new(),
    };
    let mut writer = Writer {
        names,
        resources: front.scans[input].resources.as_ref()?,
        func: decl.index,
        has_name: false,
    };
    let text = |(offset, operator)| {
        let text = writer.subject(&operator, operands.get(&offset))?;
        Some((offset, text))
    };
    Some(operators.into_iter().filter_map(text).collect())
}

/// The last operand of an instruction.
struct Operand<'a> {
    /// The instruction before, which gave it.
    source: Operator<'a>,
    ty: Option<ValType>,
}

/// Those of the instructions at these offsets: what only going through the whole body shows.
fn operands<'a>(
    front: &'a Front,
    decl: &FuncDecl,
    body: &Range<usize>,
    offsets: &BTreeSet<u32>,
) -> Option<BTreeMap<u32, Operand<'a>>> {
    let input = front.input_of[decl.module.index()];
    let scan = &front.scans[input];
    let to_validate = FuncToValidate {
        resources: scan.resources.clone()?,
        index: decl.index,
        ty: scan.funcs[decl.index as usize],
        features: scan.features,
    };
    let mut validator = to_validate.into_validator(FuncValidatorAllocations::default());
    let mut reader = bodies::reader(&front.inputs[input], body);
    validator.read_locals(&mut reader).ok()?;
    let mut found = BTreeMap::new();
    let mut source = Operator::Nop;
    let operators = OperatorsReader::new(reader).into_iter_with_offsets();
    for (operator, offset) in operators.map_while(Result::ok) {
        if offsets.contains(&(offset as u32)) {
            let ty = validator.get_operand_type(0).flatten();
            found.insert(offset as u32, Operand { source, ty });
        }
        validator.op(offset, &operator).ok()?;
        source = operator;
    }
    Some(found)
}

/// Writes instructions of a function.
struct Writer<'a> {
    names: &'a Extended,
    resources: &'a ValidatorResources,
    /// Its index in the module.
    func: u32,
    /// Whether something had a name.
    has_name: bool,
}

impl Writer<'_> {
    /// An instruction that may trap, and its last operand; nothing if neither has a name.
    fn subject(&mut self, operator: &Operator, last: Option<&Operand>) -> Option<String> {
        self.has_name = false;
        let text = self.instruction(operator)?;
        let from = match (is_cast(operator), last.and_then(|operand| operand.ty)) {
            (true, Some(ValType::Ref(from))) => format!(" from {}", self.reference(from)),
            _ => String::new(),
        };
        let source = match last {
            Some(operand) if takes_reference_last(operator) => self.source(&operand.source),
            _ => None,
        };
        let of = source.map_or(String::new(), |source| format!(" of {source}"));
        self.has_name.then(|| text + &from + &of)
    }

    /// Instructions that trap because of what they are given, but for accesses of memories, whose messages have addresses.
    fn instruction(&mut self, operator: &Operator) -> Option<String> {
        let (name, operands) = match *operator {
            Operator::StructGet {
                struct_type_index: ty,
                field_index: field,
            } => ("struct.get", self.field(ty, field)),
            Operator::StructGetS {
                struct_type_index: ty,
                field_index: field,
            } => ("struct.get_s", self.field(ty, field)),
            Operator::StructGetU {
                struct_type_index: ty,
                field_index: field,
            } => ("struct.get_u", self.field(ty, field)),
            Operator::StructSet {
                struct_type_index: ty,
                field_index: field,
            } => ("struct.set", self.field(ty, field)),
            Operator::ArrayGet { array_type_index } => ("array.get", self.ty(array_type_index)),
            Operator::ArrayGetS { array_type_index } => ("array.get_s", self.ty(array_type_index)),
            Operator::ArrayGetU { array_type_index } => ("array.get_u", self.ty(array_type_index)),
            Operator::ArraySet { array_type_index } => ("array.set", self.ty(array_type_index)),
            Operator::ArrayFill { array_type_index } => ("array.fill", self.ty(array_type_index)),
            Operator::ArrayCopy {
                array_type_index_dst: to,
                array_type_index_src: from,
            } => ("array.copy", format!("{} {}", self.ty(to), self.ty(from))),
            Operator::ArrayLen => ("array.len", String::new()),
            Operator::I31GetS => ("i31.get_s", String::new()),
            Operator::I31GetU => ("i31.get_u", String::new()),
            Operator::RefAsNonNull => ("ref.as_non_null", String::new()),
            Operator::RefCastNonNull { hty } => ("ref.cast", self.heap("(ref ", hty)),
            Operator::RefCastNullable { hty } => ("ref.cast", self.heap("(ref null ", hty)),
            Operator::CallRef { type_index } => ("call_ref", self.ty(type_index)),
            Operator::ReturnCallRef { type_index } => ("return_call_ref", self.ty(type_index)),
            Operator::CallIndirect {
                type_index,
                table_index,
            } => ("call_indirect", self.indirect(table_index, type_index)),
            Operator::ReturnCallIndirect {
                type_index,
                table_index,
            } => (
                "return_call_indirect",
                self.indirect(table_index, type_index),
            ),
            Operator::TableGet { table } => ("table.get", self.name(Kind::Table, 0, table)),
            Operator::TableSet { table } => ("table.set", self.name(Kind::Table, 0, table)),
            _ => return None,
        };
        Some(match operands.is_empty() {
            true => name.to_string(),
            false => format!("{name} {operands}"),
        })
    }

    /// Where an operand comes from, if that can have a name.
    fn source(&mut self, operator: &Operator) -> Option<String> {
        Some(match *operator {
            Operator::LocalGet { local_index: local }
            | Operator::LocalTee { local_index: local } => {
                format!("local {}", self.name(Kind::Local, self.func, local))
            }
            Operator::GlobalGet { global_index } => {
                format!("global {}", self.name(Kind::Global, 0, global_index))
            }
            Operator::StructGet { .. } | Operator::ArrayGet { .. } | Operator::TableGet { .. } => {
                self.instruction(operator)?
            }
            _ => return None,
        })
    }

    /// `$name`, or the index.
    fn name(&mut self, kind: Kind, within: u32, index: u32) -> String {
        match self.names.shown(kind, within, index) {
            Some(name) => {
                self.has_name = true;
                name
            }
            None => index.to_string(),
        }
    }

    fn ty(&mut self, ty: u32) -> String {
        self.name(Kind::Type, 0, ty)
    }

    fn field(&mut self, ty: u32, field: u32) -> String {
        format!("{} {}", self.ty(ty), self.name(Kind::Field, ty, field))
    }

    fn indirect(&mut self, table: u32, ty: u32) -> String {
        let table = self.name(Kind::Table, 0, table);
        format!("{table} (type {})", self.ty(ty))
    }

    /// The index of a type: the validator has numbers of its own, that lead to the same type.
    fn index(&self, index: UnpackedIndex) -> Option<u32> {
        let id = match index {
            UnpackedIndex::Module(index) => return Some(index),
            UnpackedIndex::Id(id) => id,
            UnpackedIndex::RecGroup(_) => return None,
        };
        let wanted = self.resources.sub_type_at_id(id);
        let mut types = (0..).map_while(|index| self.resources.sub_type_at(index));
        let found = types.position(|ty| std::ptr::eq(ty, wanted));
        found.map(|index| index as u32)
    }

    fn reference(&mut self, ty: RefType) -> String {
        let before = if ty.is_nullable() {
            "(ref null "
        } else {
            "(ref "
        };
        self.heap(before, ty.heap_type())
    }

    fn heap(&mut self, before: &str, ty: HeapType) -> String {
        let ty = match ty {
            HeapType::Abstract { ty, .. } => abstract_name(ty).to_string(),
            HeapType::Concrete(index) | HeapType::Exact(index) => match self.index(index) {
                Some(index) => self.ty(index),
                None => "?".to_string(),
            },
        };
        format!("{before}{ty})")
    }
}

fn is_cast(operator: &Operator) -> bool {
    matches!(
        operator,
        Operator::RefCastNonNull { .. } | Operator::RefCastNullable { .. }
    )
}

/// Whether the reference that may be null is the last operand.
fn takes_reference_last(operator: &Operator) -> bool {
    matches!(
        operator,
        Operator::StructGet { .. }
            | Operator::StructGetS { .. }
            | Operator::StructGetU { .. }
            | Operator::ArrayLen
            | Operator::I31GetS
            | Operator::I31GetU
            | Operator::RefAsNonNull
            | Operator::RefCastNonNull { .. }
            | Operator::RefCastNullable { .. }
            | Operator::CallRef { .. }
            | Operator::ReturnCallRef { .. }
    )
}

/// As the text form has it.
fn abstract_name(ty: AbstractHeapType) -> &'static str {
    match ty {
        AbstractHeapType::Func => "func",
        AbstractHeapType::Extern => "extern",
        AbstractHeapType::Any => "any",
        AbstractHeapType::None => "none",
        AbstractHeapType::NoExtern => "noextern",
        AbstractHeapType::NoFunc => "nofunc",
        AbstractHeapType::Eq => "eq",
        AbstractHeapType::Struct => "struct",
        AbstractHeapType::Array => "array",
        AbstractHeapType::I31 => "i31",
        AbstractHeapType::Exn => "exn",
        AbstractHeapType::NoExn => "noexn",
        AbstractHeapType::Cont => "cont",
        AbstractHeapType::NoCont => "nocont",
    }
}
