//! Types as WIT writes them, for messages. Types have no names here, so records and their like stand where WIT has a name.

use super::flat::Flat;
use crate::ir::component::{CFuncType, CType, CTypeId};
use crate::show;

/// Bytes after which parts of a type are left out.
const MAX: usize = 300;

/// `func(name: string) -> u32`.
pub fn func(flat: &Flat, ty: &CFuncType) -> String {
    let mut wit = Wit {
        flat,
        text: String::new(),
        is_whole: false,
    };
    wit.func(ty);
    wit.text
}

/// `func(string) -> u32`: all that makes function types the same, for a host that does not look at names of parameters.
pub fn signature(flat: &Flat, ty: &CFuncType) -> String {
    let mut wit = Wit {
        flat,
        text: String::new(),
        is_whole: true,
    };
    wit.func(ty);
    wit.text
}

struct Wit<'f> {
    flat: &'f Flat,
    text: String,
    /// Nothing is left out, whatever its length, but names of parameters.
    is_whole: bool,
}

impl Wit<'_> {
    fn func(&mut self, ty: &CFuncType) {
        self.text.push_str(match ty.is_async {
            true => "async func(",
            false => "func(",
        });
        for (i, (name, ty)) in ty.params.iter().enumerate() {
            self.separate(i);
            if !self.is_whole {
                self.label(name);
            }
            self.value(*ty);
        }
        self.text.push(')');
        if let Some(result) = ty.result {
            self.text.push_str(" -> ");
            self.value(result);
        }
    }

    fn is_full(&self) -> bool {
        self.text.len() > MAX && !self.is_whole
    }

    fn separate(&mut self, index: usize) {
        if index != 0 {
            self.text.push_str(", ");
        }
    }

    fn label(&mut self, name: &str) {
        self.text.push_str(&show::name(name));
        self.text.push_str(": ");
    }

    fn value(&mut self, ty: CTypeId) {
        if self.is_full() {
            self.text.push('…');
            return;
        }
        let flat = self.flat;
        match &flat.types[ty] {
            CType::Bool => self.text.push_str("bool"),
            CType::S8 => self.text.push_str("s8"),
            CType::U8 => self.text.push_str("u8"),
            CType::S16 => self.text.push_str("s16"),
            CType::U16 => self.text.push_str("u16"),
            CType::S32 => self.text.push_str("s32"),
            CType::U32 => self.text.push_str("u32"),
            CType::S64 => self.text.push_str("s64"),
            CType::U64 => self.text.push_str("u64"),
            CType::F32 => self.text.push_str("f32"),
            CType::F64 => self.text.push_str("f64"),
            CType::Char => self.text.push_str("char"),
            CType::String => self.text.push_str("string"),
            CType::List(ty) => self.generic("list", &[Some(*ty)]),
            CType::Map(pair) => match &flat.types[*pair] {
                CType::Tuple(pair) => self.generic("map", &[Some(pair[0]), Some(pair[1])]),
                pair => unreachable!("{pair:?} is no key with a value"),
            },
            CType::ErrorContext => self.text.push_str("error-context"),
            CType::Stream(None) => self.text.push_str("stream"),
            CType::Future(None) => self.text.push_str("future"),
            CType::Stream(ty) => self.generic("stream", &[*ty]),
            CType::Future(ty) => self.generic("future", &[*ty]),
            CType::FixedList(ty, count) => {
                self.text.push_str("list<");
                self.value(*ty);
                self.text.push_str(&format!(", {count}>"));
            }
            CType::Tuple(types) => {
                let types: Vec<_> = types.iter().copied().map(Some).collect();
                self.generic("tuple", &types);
            }
            CType::Option(ty) => self.generic("option", &[Some(*ty)]),
            CType::Result {
                ok: None,
                err: None,
            } => self.text.push_str("result"),
            CType::Result { ok, err: None } => self.generic("result", &[*ok]),
            CType::Result { ok, err } => self.generic("result", &[*ok, *err]),
            CType::Record(fields) => {
                let fields = fields.iter().map(|(name, ty)| (name, Some(*ty)));
                self.block("record", fields, ": ", "");
            }
            CType::Variant(cases) => {
                let cases = cases.iter().map(|(name, ty)| (name, *ty));
                self.block("variant", cases, "(", ")");
            }
            CType::Enum(names) => self.block("enum", names.iter().map(|it| (it, None)), "", ""),
            CType::Flags(names) => self.block("flags", names.iter().map(|it| (it, None)), "", ""),
            CType::Own(resource) => {
                let name = show::name(&flat.resources[*resource].name);
                self.text
                    .push_str(if name.is_empty() { "resource" } else { &name });
            }
            CType::Borrow(resource) => {
                let name = show::name(&flat.resources[*resource].name);
                let name = if name.is_empty() { "resource" } else { &name };
                self.text.push_str(&format!("borrow<{name}>"));
            }
        }
    }

    fn generic(&mut self, name: &str, types: &[Option<CTypeId>]) {
        self.text.push_str(name);
        self.text.push('<');
        for (i, ty) in types.iter().enumerate() {
            self.separate(i);
            match ty {
                Some(ty) => self.value(*ty),
                None => self.text.push('_'),
            }
        }
        self.text.push('>');
    }

    fn block<'n>(
        &mut self,
        kind: &str,
        parts: impl Iterator<Item = (&'n String, Option<CTypeId>)>,
        open: &str,
        close: &str,
    ) {
        self.text.push_str(kind);
        self.text.push_str(" { ");
        for (i, (name, ty)) in parts.enumerate() {
            self.separate(i);
            if self.is_full() {
                self.text.push('…');
                break;
            }
            self.text.push_str(&show::name(name));
            if let Some(ty) = ty {
                self.text.push_str(open);
                self.value(ty);
                self.text.push_str(close);
            }
        }
        self.text.push_str(" }");
    }
}
