//! Component-level types: evaluated in an instance, whose resource types have become [`ResourceId`]s.

use super::flat::Flat;
use crate::Error;
use crate::ir::component::{CFuncType, CType, CTypeId, ResourceId};
use crate::show;
use std::collections::HashSet;
use std::rc::Rc;
use wasmparser::{
    ComponentDefinedType, ComponentFuncType, ComponentValType, InstanceTypeDeclaration,
    PrimitiveValType,
};

/// What an index of types stands for.
#[derive(Clone, Debug)]
pub enum Type<'a> {
    Value(CTypeId),
    Func(Rc<CFuncType>),
    Resource(ResourceId),
    /// Of an instance, as it was declared, and the number of the scope around it.
    Instance(Rc<[InstanceTypeDeclaration<'a>]>, usize),
    /// Of a component or a module. Only imports and exports have such, which are checked already.
    Other,
}

/// The error for what components may have but we do not.
pub fn unsupported(what: &str) -> Error {
    Error::new(format!("{what} of components are not supported"))
        .help("build the component without them; `wative inspect` shows where they are")
}

/// A function type.
pub fn func(
    flat: &mut Flat,
    space: &[Type<'_>],
    ty: &ComponentFuncType,
) -> Result<Type<'static>, Error> {
    let mut params = Vec::new();
    for &(name, ty) in &ty.params {
        params.push((name.to_string(), value(flat, space, ty)?));
    }
    let result = optional(flat, space, ty.result)?;
    Ok(Type::Func(Rc::new(CFuncType {
        params,
        result,
        is_async: ty.async_,
    })))
}

/// A value type.
pub fn value(flat: &mut Flat, space: &[Type<'_>], ty: ComponentValType) -> Result<CTypeId, Error> {
    match ty {
        ComponentValType::Primitive(ty) => Ok(flat.types.push(primitive(ty))),
        ComponentValType::Type(index) => match &space[index as usize] {
            Type::Value(ty) => Ok(*ty),
            _ => unreachable!("a validated value type"),
        },
    }
}

pub fn optional(
    flat: &mut Flat,
    space: &[Type<'_>],
    ty: Option<ComponentValType>,
) -> Result<Option<CTypeId>, Error> {
    ty.map(|ty| value(flat, space, ty)).transpose()
}

fn primitive(ty: PrimitiveValType) -> CType {
    match ty {
        PrimitiveValType::Bool => CType::Bool,
        PrimitiveValType::S8 => CType::S8,
        PrimitiveValType::U8 => CType::U8,
        PrimitiveValType::S16 => CType::S16,
        PrimitiveValType::U16 => CType::U16,
        PrimitiveValType::S32 => CType::S32,
        PrimitiveValType::U32 => CType::U32,
        PrimitiveValType::S64 => CType::S64,
        PrimitiveValType::U64 => CType::U64,
        PrimitiveValType::F32 => CType::F32,
        PrimitiveValType::F64 => CType::F64,
        PrimitiveValType::Char => CType::Char,
        PrimitiveValType::String => CType::String,
        PrimitiveValType::ErrorContext => CType::ErrorContext,
    }
}

/// A type of the type section.
pub fn defined(
    flat: &mut Flat,
    space: &[Type<'_>],
    ty: &ComponentDefinedType,
) -> Result<Type<'static>, Error> {
    let labels = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
    let resource = |index: u32| match &space[index as usize] {
        Type::Resource(resource) => *resource,
        _ => unreachable!("a validated resource type"),
    };
    let ty = match ty {
        ComponentDefinedType::Primitive(ty) => primitive(*ty),
        ComponentDefinedType::Record(fields) => {
            let mut list = Vec::new();
            for &(name, ty) in fields {
                list.push((name.to_string(), value(flat, space, ty)?));
            }
            CType::Record(list)
        }
        ComponentDefinedType::Variant(cases) => {
            let mut list = Vec::new();
            for case in cases {
                list.push((case.name.to_string(), optional(flat, space, case.ty)?));
            }
            CType::Variant(list)
        }
        ComponentDefinedType::List(ty) => CType::List(value(flat, space, *ty)?),
        ComponentDefinedType::FixedLengthList(ty, count) => {
            CType::FixedList(value(flat, space, *ty)?, *count)
        }
        ComponentDefinedType::Tuple(types) => {
            let mut list = Vec::new();
            for &ty in types {
                list.push(value(flat, space, ty)?);
            }
            CType::Tuple(list)
        }
        ComponentDefinedType::Flags(names) => CType::Flags(labels(names)),
        ComponentDefinedType::Enum(names) => CType::Enum(labels(names)),
        ComponentDefinedType::Option(ty) => CType::Option(value(flat, space, *ty)?),
        ComponentDefinedType::Result { ok, err } => CType::Result {
            ok: optional(flat, space, *ok)?,
            err: optional(flat, space, *err)?,
        },
        ComponentDefinedType::Own(index) => CType::Own(resource(*index)),
        ComponentDefinedType::Borrow(index) => CType::Borrow(resource(*index)),
        ComponentDefinedType::Map(key, of) => {
            let pair = vec![value(flat, space, *key)?, value(flat, space, *of)?];
            CType::Map(flat.types.push(CType::Tuple(pair)))
        }
        ComponentDefinedType::Future(ty) => CType::Future(optional(flat, space, *ty)?),
        ComponentDefinedType::Stream(ty) => CType::Stream(optional(flat, space, *ty)?),
    };
    Ok(Type::Value(flat.types.push(ty)))
}

/// Whether two value types are the same in all but their ids.
pub fn same(flat: &Flat, a: CTypeId, b: CTypeId) -> bool {
    Same {
        flat,
        known: HashSet::new(),
    }
    .types(a, b)
}

/// Compares function types; the error says how the second differs.
pub fn same_func(flat: &Flat, a: &CFuncType, b: &CFuncType) -> Result<(), String> {
    if a.is_async != b.is_async {
        return Err("only one of the functions is `async`".to_string());
    }
    if a.params.len() != b.params.len() {
        let (given, wanted) = (b.params.len(), a.params.len());
        return Err(format!(
            "the function takes {given} parameters, not {wanted}"
        ));
    }
    for ((name, a), (other, b)) in a.params.iter().zip(&b.params) {
        if name != other || !same(flat, *a, *b) {
            return Err(format!("the parameter `{}` differs", show::name(name)));
        }
    }
    let is_same = match (a.result, b.result) {
        (None, None) => true,
        (Some(a), Some(b)) => same(flat, a, b),
        _ => false,
    };
    if is_same {
        Ok(())
    } else {
        Err("the result differs".to_string())
    }
}

/// A comparison of types, which may share parts.
struct Same<'f> {
    flat: &'f Flat,
    /// Pairs that are the same.
    known: HashSet<(CTypeId, CTypeId)>,
}

impl Same<'_> {
    fn types(&mut self, a: CTypeId, b: CTypeId) -> bool {
        if a == b || self.known.contains(&(a, b)) {
            return true;
        }
        let is_same = match (&self.flat.types[a], &self.flat.types[b]) {
            (CType::List(a), CType::List(b))
            | (CType::Map(a), CType::Map(b))
            | (CType::Option(a), CType::Option(b)) => self.types(*a, *b),
            (CType::Stream(a), CType::Stream(b)) | (CType::Future(a), CType::Future(b)) => {
                self.optional(*a, *b)
            }
            (CType::FixedList(a, n), CType::FixedList(b, m)) => n == m && self.types(*a, *b),
            (CType::Record(a), CType::Record(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .zip(b)
                        .all(|((name, a), (other, b))| name == other && self.types(*a, *b))
            }
            (CType::Tuple(a), CType::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.types(*a, *b))
            }
            (CType::Variant(a), CType::Variant(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .zip(b)
                        .all(|((name, a), (other, b))| name == other && self.optional(*a, *b))
            }
            (CType::Result { ok: a, err: c }, CType::Result { ok: b, err: d }) => {
                self.optional(*a, *b) && self.optional(*c, *d)
            }
            // Without other types in them.
            (a, b) => a == b,
        };
        if is_same {
            self.known.insert((a, b));
        }
        is_same
    }

    fn optional(&mut self, a: Option<CTypeId>, b: Option<CTypeId>) -> bool {
        match (a, b) {
            (None, None) => true,
            (Some(a), Some(b)) => self.types(a, b),
            _ => false,
        }
    }
}
