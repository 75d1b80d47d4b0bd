//! DWARF for modules that have none, but names of locals (core spec 7.4.1): what their compilers would have written, about WebAssembly, in which nothing but functions and named locals is.
//!
//! It is translated as any module's. Since it has no lines, backtraces find nothing in it.

use crate::ir::{FuncId, FuncKind, ModuleId, Program, ValType};
use gimli::write::{
    Address, AttributeValue, Dwarf, EndianVec, Expression, LineProgram, Sections, Unit, UnitEntryId,
};
use gimli::{Encoding, Format, LittleEndian};
use std::collections::HashMap;

/// A local with a name.
pub struct Local {
    pub index: u32,
    pub ty: ValType,
    pub name: String,
}

/// Custom sections, by name.
pub type Written = Vec<(&'static str, Vec<u8>)>;

/// Addresses have 4 bytes: offsets from the start of the code section's contents.
const ENCODING: Encoding = Encoding {
    format: Format::Dwarf32,
    version: 4,
    address_size: 4,
};

/// The sections of a module whose code section's contents begin at this place of the file; none if no function has named locals. Functions are in order.
pub fn sections(
    program: &Program,
    module: ModuleId,
    code_start: u64,
    funcs: &[(FuncId, Vec<Local>)],
) -> Written {
    if funcs.is_empty() {
        return Vec::new();
    }
    let mut dwarf = Dwarf::new();
    let id = dwarf.units.add(Unit::new(ENCODING, LineProgram::none()));
    let root = dwarf.units.get(id).root();
    let name = dwarf
        .strings
        .add(without_zeros(&program.modules[module].name));
    let unit = dwarf.units.get_mut(id);
    unit.get_mut(root)
        .set(gimli::DW_AT_name, AttributeValue::StringRef(name));
    let mut types = HashMap::new();
    for (func, locals) in funcs {
        let decl = &program.funcs[*func];
        let FuncKind::Defined { body } = &decl.kind else {
            continue;
        };
        let params = program.types[decl.sig].params.len() as u32;
        let name = dwarf.strings.add(without_zeros(&decl.name));
        let unit = dwarf.units.get_mut(id);
        let entry = unit.add(root, gimli::DW_TAG_subprogram);
        let start = body.start as u64 - code_start;
        let out = unit.get_mut(entry);
        out.set(gimli::DW_AT_name, AttributeValue::StringRef(name));
        out.set(
            gimli::DW_AT_low_pc,
            AttributeValue::Address(Address::Constant(start)),
        );
        out.set(
            gimli::DW_AT_high_pc,
            AttributeValue::Udata(body.len() as u64),
        );
        for local in locals {
            let ty = base_type(&mut dwarf, id, &mut types, local.ty);
            let name = dwarf.strings.add(without_zeros(&local.name));
            let unit = dwarf.units.get_mut(id);
            let tag = match local.index < params {
                true => gimli::DW_TAG_formal_parameter,
                false => gimli::DW_TAG_variable,
            };
            let variable = unit.add(entry, tag);
            let out = unit.get_mut(variable);
            let mut place = Expression::new();
            place.op_wasm_local(local.index);
            out.set(gimli::DW_AT_name, AttributeValue::StringRef(name));
            out.set(gimli::DW_AT_type, AttributeValue::UnitRef(ty));
            out.set(gimli::DW_AT_location, AttributeValue::Exprloc(place));
        }
    }
    let mut written = Sections::new(EndianVec::new(LittleEndian));
    let mut list = Written::new();
    if dwarf.write(&mut written).is_err() {
        return list;
    }
    let took = written.for_each_mut(|id, section| {
        if !section.slice().is_empty() {
            list.push((id.name(), section.take()));
        }
        Ok::<(), gimli::write::Error>(())
    });
    took.expect("nothing fails");
    list
}

/// The entry for a type of values.
fn base_type(
    dwarf: &mut Dwarf,
    unit: gimli::write::UnitId,
    types: &mut HashMap<(&'static str, u32), UnitEntryId>,
    ty: ValType,
) -> UnitEntryId {
    let bytes = ty.ir().bytes();
    let (name, encoding) = match ty {
        ValType::I32 => ("i32", gimli::DW_ATE_signed),
        ValType::I64 => ("i64", gimli::DW_ATE_signed),
        ValType::F32 => ("f32", gimli::DW_ATE_float),
        ValType::F64 => ("f64", gimli::DW_ATE_float),
        ValType::V128 => ("v128", gimli::DW_ATE_unsigned),
        ValType::FuncRef | ValType::ExternRef | ValType::ExnRef | ValType::Ref(_) => {
            ("ref", gimli::DW_ATE_unsigned)
        }
    };
    *types.entry((name, bytes)).or_insert_with(|| {
        let text = dwarf.strings.add(name);
        let unit = dwarf.units.get_mut(unit);
        let entry = unit.add(unit.root(), gimli::DW_TAG_base_type);
        let out = unit.get_mut(entry);
        out.set(gimli::DW_AT_name, AttributeValue::StringRef(text));
        out.set(gimli::DW_AT_byte_size, AttributeValue::Udata(bytes.into()));
        out.set(gimli::DW_AT_encoding, AttributeValue::Encoding(encoding));
        entry
    })
}

fn without_zeros(text: &str) -> Vec<u8> {
    super::module::without_zeros(text.as_bytes())
}
