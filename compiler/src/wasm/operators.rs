//! Operators in messages, with the names of what they work on.

use super::features::SUPPORTED;
use super::names::{Extended, Kind};
use super::scan::Scan;
use crate::options::Input;
use crate::show;
use wasmparser::{BinaryReader, Operator, OperatorsReader};

/// The operator at an offset of the file, in the body of a function, if what it works on has a name: `local.set 3 ($count)`.
pub fn named(scan: &Scan, input: &Input, offset: u64, func: u32) -> Option<String> {
    let start = usize::try_from(offset).ok()?;
    let body = scan.bodies.iter().find(|body| body.contains(&start))?;
    let bytes = &input.bytes[start..body.end];
    let reader = BinaryReader::new_features(bytes, offset, SUPPORTED);
    let operator = OperatorsReader::new(reader).read().ok()?;
    let names = Extended::read(&input.bytes, &scan.name_sections);
    let (text, kind, within, index) = match operator {
        Operator::LocalGet { local_index } => ("local.get", Kind::Local, func, local_index),
        Operator::LocalSet { local_index } => ("local.set", Kind::Local, func, local_index),
        Operator::LocalTee { local_index } => ("local.tee", Kind::Local, func, local_index),
        Operator::GlobalGet { global_index } => ("global.get", Kind::Global, 0, global_index),
        Operator::GlobalSet { global_index } => ("global.set", Kind::Global, 0, global_index),
        Operator::TableGet { table } => ("table.get", Kind::Table, 0, table),
        Operator::TableSet { table } => ("table.set", Kind::Table, 0, table),
        Operator::TableGrow { table } => ("table.grow", Kind::Table, 0, table),
        Operator::TableFill { table } => ("table.fill", Kind::Table, 0, table),
        Operator::MemorySize { mem } => ("memory.size", Kind::Memory, 0, mem),
        Operator::MemoryGrow { mem } => ("memory.grow", Kind::Memory, 0, mem),
        Operator::MemoryFill { mem } => ("memory.fill", Kind::Memory, 0, mem),
        Operator::DataDrop { data_index } => ("data.drop", Kind::Data, 0, data_index),
        Operator::ElemDrop { elem_index } => ("elem.drop", Kind::Elem, 0, elem_index),
        Operator::CallIndirect { type_index, .. } => ("call_indirect", Kind::Type, 0, type_index),
        Operator::CallRef { type_index } => ("call_ref", Kind::Type, 0, type_index),
        Operator::StructNew { struct_type_index } => {
            ("struct.new", Kind::Type, 0, struct_type_index)
        }
        Operator::StructNewDefault { struct_type_index } => {
            ("struct.new_default", Kind::Type, 0, struct_type_index)
        }
        Operator::ArrayNew { array_type_index } => ("array.new", Kind::Type, 0, array_type_index),
        Operator::ArrayNewFixed {
            array_type_index, ..
        } => ("array.new_fixed", Kind::Type, 0, array_type_index),
        Operator::ArrayGet { array_type_index } => ("array.get", Kind::Type, 0, array_type_index),
        Operator::ArraySet { array_type_index } => ("array.set", Kind::Type, 0, array_type_index),
        Operator::StructGet {
            struct_type_index,
            field_index,
        } => return field("struct.get", &names, struct_type_index, field_index),
        Operator::StructGetS {
            struct_type_index,
            field_index,
        } => return field("struct.get_s", &names, struct_type_index, field_index),
        Operator::StructGetU {
            struct_type_index,
            field_index,
        } => return field("struct.get_u", &names, struct_type_index, field_index),
        Operator::StructSet {
            struct_type_index,
            field_index,
        } => return field("struct.set", &names, struct_type_index, field_index),
        Operator::Call { function_index } => {
            let name = show::name(scan.func_name(function_index)?);
            return Some(format!("`call {function_index}` (${name})"));
        }
        _ => return None,
    };
    let name = names.shown(kind, within, index)?;
    Some(format!("`{text} {index}` ({name})"))
}

fn field(text: &str, names: &Extended, ty: u32, field: u32) -> Option<String> {
    let (of, name) = (
        names.shown(Kind::Type, 0, ty),
        names.shown(Kind::Field, ty, field),
    );
    let shown: Vec<String> = of.into_iter().chain(name).collect();
    (!shown.is_empty()).then(|| format!("`{text} {ty} {field}` ({})", shown.join(" ")))
}
