//! Types of the component model with what CanonicalABI.md says of them: alignment, size, flat types. Written from the text, without a look at the compiler's.

use std::fmt::Write as _;

use crate::random::Random;

/// A value type.
#[derive(Clone, Debug)]
pub enum Type {
    Bool,
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
    F32,
    F64,
    Char,
    String,
    List(Box<Type>),
    /// A list of so many elements.
    Fixed(Box<Type>, usize),
    Record(Vec<Type>),
    Tuple(Vec<Type>),
    Variant(Vec<Option<Type>>),
    Option(Box<Type>),
    Result(Option<Box<Type>>, Option<Box<Type>>),
    Enum(usize),
    Flags(usize),
}

/// A core type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    I32,
    I64,
    F32,
    F64,
}

impl Core {
    /// Its name in text.
    pub fn name(self) -> &'static str {
        match self {
            Core::I32 => "i32",
            Core::I64 => "i64",
            Core::F32 => "f32",
            Core::F64 => "f64",
        }
    }
}

/// A number rounded up to an alignment.
pub fn align_to(at: u64, alignment: u64) -> u64 {
    at.div_ceil(alignment) * alignment
}

/// What a type is once it is despecialised.
pub enum Shape<'t> {
    /// Fields, one behind the other.
    Record(Vec<&'t Type>),
    /// Cases with their payloads.
    Variant(Vec<Option<&'t Type>>),
    /// Anything else.
    Other,
}

/// The core type that holds either of two in a variant.
fn join(a: Core, b: Core) -> Core {
    match (a, b) {
        _ if a == b => a,
        (Core::I32, Core::F32) | (Core::F32, Core::I32) => Core::I32,
        _ => Core::I64,
    }
}

impl Type {
    /// Tuples and lists of fixed length are records, options, results and enumerations variants.
    pub fn shape(&self) -> Shape<'_> {
        match self {
            Type::Record(parts) | Type::Tuple(parts) => Shape::Record(parts.iter().collect()),
            Type::Fixed(element, count) => Shape::Record(vec![element; *count]),
            Type::Variant(cases) => Shape::Variant(cases.iter().map(Option::as_ref).collect()),
            Type::Option(some) => Shape::Variant(vec![None, Some(some)]),
            Type::Result(ok, err) => Shape::Variant(vec![ok.as_deref(), err.as_deref()]),
            Type::Enum(count) => Shape::Variant(vec![None; *count]),
            _ => Shape::Other,
        }
    }

    /// Where it may lie: a multiple of this.
    pub fn alignment(&self) -> u64 {
        match self.shape() {
            Shape::Record(fields) => fields.iter().map(|it| it.alignment()).max().unwrap_or(1),
            Shape::Variant(cases) => discriminant(cases.len()).max(payload_alignment(&cases)),
            Shape::Other => match self {
                Type::String | Type::List(_) => 4,
                _ => self.size(),
            },
        }
    }

    /// Bytes that it takes in memory.
    pub fn size(&self) -> u64 {
        match self.shape() {
            Shape::Record(fields) => {
                let end = offsets(&fields).1;
                align_to(end, self.alignment())
            }
            Shape::Variant(cases) => {
                let payload = cases.iter().flatten().map(|it| it.size()).max();
                let end = payload_offset(&cases) + payload.unwrap_or(0);
                align_to(end, self.alignment())
            }
            Shape::Other => match self {
                Type::Bool | Type::S8 | Type::U8 => 1,
                Type::S16 | Type::U16 => 2,
                Type::S32 | Type::U32 | Type::F32 | Type::Char => 4,
                Type::S64 | Type::U64 | Type::F64 | Type::String | Type::List(_) => 8,
                Type::Flags(..=8) => 1,
                Type::Flags(..=16) => 2,
                Type::Flags(_) => 4,
                other => unreachable!("{other:?} has another shape"),
            },
        }
    }

    /// The core values that stand for it.
    pub fn flat(&self) -> Vec<Core> {
        match self.shape() {
            Shape::Record(fields) => fields.iter().flat_map(|it| it.flat()).collect(),
            Shape::Variant(cases) => {
                let mut joined: Vec<Core> = Vec::new();
                for case in cases.iter().flatten() {
                    for (i, core) in case.flat().into_iter().enumerate() {
                        match joined.get_mut(i) {
                            Some(other) => *other = join(*other, core),
                            None => joined.push(core),
                        }
                    }
                }
                joined.insert(0, Core::I32);
                joined
            }
            Shape::Other => match self {
                Type::S64 | Type::U64 => vec![Core::I64],
                Type::F32 => vec![Core::F32],
                Type::F64 => vec![Core::F64],
                Type::String | Type::List(_) => vec![Core::I32, Core::I32],
                _ => vec![Core::I32],
            },
        }
    }

    /// Bits of an integer, and whether it has a sign.
    pub fn integer(&self) -> Option<(u32, bool)> {
        Some(match self {
            Type::S8 => (8, true),
            Type::U8 => (8, false),
            Type::S16 => (16, true),
            Type::U16 => (16, false),
            Type::S32 => (32, true),
            Type::U32 => (32, false),
            Type::S64 => (64, true),
            Type::U64 => (64, false),
            _ => return None,
        })
    }

    /// A type, not deeper than so many others.
    pub fn random(random: &mut Random, depth: usize) -> Type {
        let below = |random: &mut Random| Type::random(random, depth - 1);
        let maybe = |random: &mut Random| (random.below(3) != 0).then(|| below(random));
        let compound = depth > 0 && random.below(5) < 3;
        match random.below(if compound { 9 } else { 13 }) {
            kind if !compound => match kind {
                0 => Type::Bool,
                1 => Type::S8,
                2 => Type::U8,
                3 => Type::S16,
                4 => Type::U16,
                5 => Type::S32,
                6 => Type::U32,
                7 => Type::S64,
                8 => Type::U64,
                9 => Type::F32,
                10 => Type::F64,
                11 => Type::Char,
                _ => Type::String,
            },
            0 | 1 => Type::List(Box::new(below(random))),
            2 => Type::Fixed(Box::new(below(random)), 1 + random.below(3)),
            3 => Type::Record((0..1 + random.below(4)).map(|_| below(random)).collect()),
            4 => Type::Tuple((0..1 + random.below(4)).map(|_| below(random)).collect()),
            5 => Type::Variant((0..1 + random.below(4)).map(|_| maybe(random)).collect()),
            6 => Type::Option(Box::new(below(random))),
            7 => Type::Result(maybe(random).map(Box::new), maybe(random).map(Box::new)),
            _ => match random.below(2) {
                0 => Type::Enum(*random.pick(&[1, 2, 20, 256, 257])),
                _ => Type::Flags(*random.pick(&[1, 8, 9, 16, 17, 32])),
            },
        }
    }
}

/// Bytes of the discriminant of so many cases.
pub fn discriminant(cases: usize) -> u64 {
    match cases {
        ..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    }
}

fn payload_alignment(cases: &[Option<&Type>]) -> u64 {
    let all = cases.iter().flatten().map(|it| it.alignment());
    all.max().unwrap_or(1)
}

/// Where the payload of a variant lies in it.
pub fn payload_offset(cases: &[Option<&Type>]) -> u64 {
    align_to(discriminant(cases.len()), payload_alignment(cases))
}

/// Where fields lie in their record, and where the last one ends.
pub fn offsets(fields: &[&Type]) -> (Vec<u64>, u64) {
    let mut end = 0;
    let places = fields.iter().map(|field| {
        let at = align_to(end, field.alignment());
        end = at + field.size();
        at
    });
    (places.collect(), end)
}

/// Writes types as text: those that need a name get one.
#[derive(Default)]
pub struct Names {
    /// Definitions and exports, in order.
    pub text: String,
    count: usize,
}

impl Names {
    /// A type as another one, or a function, has it.
    pub fn refer(&mut self, ty: &Type) -> String {
        let list = |names: &mut Names, types: &[Type]| -> Vec<String> {
            types.iter().map(|ty| names.refer(ty)).collect()
        };
        match ty {
            Type::Bool => "bool".to_string(),
            Type::Char => "char".to_string(),
            Type::String => "string".to_string(),
            Type::F32 => "f32".to_string(),
            Type::F64 => "f64".to_string(),
            Type::List(element) => format!("(list {})", self.refer(element)),
            Type::Fixed(element, count) => format!("(list {} {count})", self.refer(element)),
            Type::Tuple(types) => format!("(tuple {})", list(self, types).join(" ")),
            Type::Option(some) => format!("(option {})", self.refer(some)),
            Type::Result(ok, err) => {
                let ok = ok.as_ref().map(|ty| self.refer(ty)).unwrap_or_default();
                let err = err.as_ref().map(|ty| format!("(error {})", self.refer(ty)));
                format!("(result {ok} {})", err.unwrap_or_default())
            }
            Type::Record(types) => {
                let fields = list(self, types);
                let fields = fields.iter().enumerate();
                let fields = fields.map(|(i, ty)| format!("(field \"f{i}\" {ty})"));
                self.define("record", fields.collect())
            }
            Type::Variant(cases) => {
                let cases = cases.iter().enumerate().map(|(i, case)| {
                    let payload = case.as_ref().map(|ty| self.refer(ty));
                    format!("(case \"c{i}\" {})", payload.unwrap_or_default())
                });
                let cases = cases.collect();
                self.define("variant", cases)
            }
            Type::Enum(count) => {
                self.define("enum", (0..*count).map(|i| format!("\"n{i}\"")).collect())
            }
            Type::Flags(count) => {
                self.define("flags", (0..*count).map(|i| format!("\"b{i}\"")).collect())
            }
            number => {
                let (bits, is_signed) = number.integer().expect("a number");
                format!("{}{bits}", if is_signed { 's' } else { 'u' })
            }
        }
    }

    fn define(&mut self, kind: &str, parts: Vec<String>) -> String {
        let number = self.count;
        self.count += 1;
        writeln!(
            self.text,
            "(type $t{number} ({kind} {}))\n(export $e{number} \"t{number}\" (type $t{number}))",
            parts.join(" ")
        )
        .expect("a string takes all");
        format!("$e{number}")
    }
}
