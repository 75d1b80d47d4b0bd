//! `--emit header`: the C header of a component, made from its WIT (`docs/abi.md`, Components). That of a module is in [`module`].
//!
//! Structures lie in memory as the canonical ABI says, but that pointers and lengths have 64 bits, which is how C lays them out.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;

use wative_compiler::canonical::HOST_RESOURCES;
use wative_compiler::{Error, Input, host, mangle, show};
use wit_parser::{
    Function, FunctionKind, Handle, InterfaceId, Resolve, Type, TypeDef, TypeDefKind, TypeId,
    TypeOwner, WorldItem, WorldKey,
};

use crate::wit;

mod module;

pub use module::{interface, of_library};

/// The header of a component; its name is the prefix of everything.
///
/// # Errors
///
/// It has what WIT has no words for, or types that nothing of ours supports.
pub fn of_component(component: &Input) -> Result<String, Error> {
    let refused = |reason: String| {
        Error::new(format!("cannot make a header: {}", show::name(&reason)))
            .in_file(&component.path)
            .help("--emit header takes a component whose interface WIT can express")
    };
    if !wasmparser::Parser::is_component(&component.bytes) {
        return Err(refused("this is a module".to_owned()));
    }
    let (resolve, world) = wit::world(&component.path, &component.bytes)?;
    let mut header = Header::new(&resolve, &component.name);
    let world = &resolve.worlds[world];
    for (key, item) in &world.exports {
        header.item(key, item, Side::Export).map_err(refused)?;
    }
    for (key, item) in &world.imports {
        header.item(key, item, Side::Import).map_err(refused)?;
    }
    for (key, item) in &world.imports {
        header.releases(key, item);
    }
    Ok(header.text(&component.name))
}

/// What the two headers of a program that has several must not say twice.
const COMMON: &str = r"#ifndef WATIVE_COMPONENT
#define WATIVE_COMPONENT
/* Makes the component ready. Calls do so by themselves. 0, or why it cannot be: a WATIVE_TRAP_* or WATIVE_ERROR_* of wative.h. After a trap every call
 * answers it again. */
uint32_t wative_component_start(void);
/* Message and backtrace of the trap, as much as fits, with a null byte at the end: bytes before that. */
size_t wative_component_trap_text(char *buf, size_t size);
/* UTF-8, without a null byte at the end. */
typedef struct wative_string {
    const char *ptr;
    size_t len;
} wative_string;
#endif
";

/// Which way a function is called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// By the C program.
    Export,
    /// By the component.
    Import,
}

struct Header<'r> {
    resolve: &'r Resolve,
    /// Of C names, and of symbols.
    prefix: String,
    symbols: &'r str,
    /// Names of interfaces, without versions, that occur once.
    unambiguous: HashSet<String>,
    /// C names of types.
    names: HashMap<TypeId, String>,
    used: BTreeSet<String>,
    types: String,
    exports: String,
    imports: String,
}

impl<'r> Header<'r> {
    fn new(resolve: &'r Resolve, name: &'r str) -> Header<'r> {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for (id, _) in &resolve.interfaces {
            if let Some(name) = resolve.id_of(id) {
                let name = name.split('@').next().unwrap_or_default().to_owned();
                *counts.entry(name).or_default() += 1;
            }
        }
        let once = counts.into_iter().filter(|(_, count)| *count == 1);
        Header {
            resolve,
            prefix: identifier(name),
            symbols: name,
            unambiguous: once.map(|(name, _)| name).collect(),
            names: HashMap::new(),
            used: BTreeSet::new(),
            types: String::new(),
            exports: String::new(),
            imports: String::new(),
        }
    }

    fn text(self, name: &str) -> String {
        let guard = format!("WATIVE_{}_H", self.prefix.to_uppercase());
        let mut text = format!(
            "/* The component {}, for C programs; docs/abi.md says how to use it. Made by wative. */\n#ifndef {guard}\n#define {guard}\n\n",
            show::name(name).replace("*/", "* /")
        );
        text.push_str("#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n\n");
        text.push_str("#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
        text.push_str(COMMON);
        for (title, part) in [
            ("Types.", &self.types),
            (
                "What the component exports. Each answers 0 or the code of a trap. What the result points to is good until the next call.",
                &self.exports,
            ),
            (
                "What the component imports: the program must define these. What parameters point to is good until they return; what the\n * result points to must be good until then and right behind.",
                &self.imports,
            ),
        ] {
            if !part.is_empty() {
                let _ = write!(text, "\n/* {title} */\n{part}");
            }
        }
        text.push_str("\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
        text
    }

    /// A name that is not in use.
    fn fresh(&mut self, wanted: String) -> String {
        let mut name = wanted;
        while !self.used.insert(name.clone()) {
            name.push('_');
        }
        name
    }

    /// What the names of an interface begin with.
    fn interface(&self, id: InterfaceId) -> Option<String> {
        let full = self.resolve.id_of(id)?;
        let (name, version) = full.split_once('@').unwrap_or((&full, ""));
        let mut text = identifier(name);
        if !self.unambiguous.contains(name) && !version.is_empty() {
            text = format!("{text}_{}", identifier(version));
        }
        Some(text)
    }

    /// An import or export of the component.
    fn item(&mut self, key: &WorldKey, item: &WorldItem, side: Side) -> Result<(), String> {
        let resolve = self.resolve;
        match item {
            WorldItem::Function(function) => self.function("", "", function, side),
            WorldItem::Type { .. } => Ok(()),
            WorldItem::Interface { id, .. } => {
                let full = resolve.name_world_key(key);
                let short = match key {
                    WorldKey::Name(name) => identifier(name),
                    WorldKey::Interface(id) => self.interface(*id).unwrap_or_default(),
                };
                let interface = &resolve.interfaces[*id];
                for (name, &ty) in &interface.types {
                    if matches!(resolve.types[ty].kind, TypeDefKind::Resource) {
                        self.resource(&full, &short, name, side);
                    }
                }
                for function in interface.functions.values() {
                    self.function(&full, &short, function, side)?;
                }
                Ok(())
            }
        }
    }

    // Functions.

    /// The C name of what has this name in an interface.
    fn function_name(&mut self, short: &str, name: &str, side: Side) -> String {
        let middle = match side {
            Side::Export => "",
            Side::Import => "import_",
        };
        let short = match short {
            "" => String::new(),
            short => format!("{short}_"),
        };
        let name = format!("{}_{middle}{short}{}", self.prefix, identifier(name));
        self.fresh(name)
    }

    fn symbol(&self, interface: &str, name: &str, side: Side) -> String {
        match (side, interface) {
            (Side::Import, _) => mangle::import_symbol(interface, name),
            (Side::Export, "") => mangle::export_symbol(self.symbols, name),
            (Side::Export, _) => {
                mangle::export_symbol(self.symbols, &format!("{interface}#{name}"))
            }
        }
    }

    /// Declares what can be done with a handle of a resource: the symbol's word and the C name's, the parameter, and the result if there is one.
    fn handle_function(
        &mut self,
        (interface, short, name): (&str, &str, &str),
        [what, c, parameter, result]: [&str; 4],
    ) {
        let c = self.function_name(short, &format!("{name}-{c}"), Side::Export);
        // Whatever the program calls is an export of the object.
        let symbol = self.symbol(interface, &format!("[{what}]{name}"), Side::Export);
        let (taken, given) = match result {
            "" => (String::new(), "NULL"),
            result => (format!(", uint32_t *{result}"), result),
        };
        let _ = write!(
            self.exports,
            "uint32_t {symbol}(const void *params, void *result);\n\
             static inline uint32_t {c}(uint32_t {parameter}{taken}) {{\n    return {symbol}(&{parameter}, {given});\n}}\n"
        );
    }

    /// How the program drops handles of the runtime library's resources that anything else in the header has.
    fn releases(&mut self, key: &WorldKey, item: &WorldItem) {
        let WorldItem::Interface { id, .. } = item else {
            return;
        };
        let full = self.resolve.name_world_key(key);
        let interface = host::track(&full).unwrap_or(&full);
        let short = self.interface(*id).unwrap_or_default();
        for (name, ty) in &self.resolve.interfaces[*id].types {
            if HOST_RESOURCES.contains(&(interface, name)) && self.names.contains_key(ty) {
                let words = ["resource-drop", "drop", "handle", ""];
                self.handle_function((interface, &short, name), words);
            }
        }
    }

    fn resource(&mut self, interface: &str, short: &str, name: &str, side: Side) {
        let mut declare = |what, c, parameter, result| {
            self.handle_function((interface, short, name), [what, c, parameter, result]);
        };
        match side {
            Side::Export => declare("resource-drop", "drop", "handle", ""),
            Side::Import => {
                let unversioned = host::track(interface).unwrap_or(interface);
                if HOST_RESOURCES.contains(&(unversioned, name)) {
                    return;
                }
                declare("resource-new", "handle-new", "rep", "handle");
                declare("resource-rep", "handle-rep", "handle", "rep");
                declare("resource-drop", "handle-drop", "handle", "");
                let c = self.function_name(short, &format!("{name}-drop"), side);
                let symbol = self.symbol(interface, &format!("[resource-drop]{name}"), side);
                let _ = write!(
                    self.imports,
                    "#define {c} {symbol}\nvoid {c}(void *reserved, uint32_t rep);\n"
                );
            }
        }
    }

    fn function(
        &mut self,
        interface: &str,
        short: &str,
        function: &Function,
        side: Side,
    ) -> Result<(), String> {
        if side == Side::Import && host::host_function(interface, &function.name).is_some() {
            return Ok(());
        }
        let resolve = self.resolve;
        let word = match function.kind {
            FunctionKind::Freestanding => function.name.clone(),
            FunctionKind::Constructor(id) => {
                format!("{}-create", resolve.types[id].name.as_deref().unwrap_or(""))
            }
            FunctionKind::Method(id) | FunctionKind::Static(id) => {
                let own = function.name.split_once('.').map_or("", |(_, name)| name);
                format!("{}-{own}", resolve.types[id].name.as_deref().unwrap_or(""))
            }
            _ => return Err(format!("the function {} is not of WASI 0.2", function.name)),
        };
        let name = self.function_name(short, &word, side);
        let symbol = self.symbol(interface, &function.name, side);
        let mut fields = Vec::new();
        for param in &function.params {
            fields.push((field(&param.name), self.ty(&param.ty)?));
        }
        let result = match &function.result {
            Some(ty) => Some(self.ty(ty)?),
            None => None,
        };
        let params = if fields.is_empty() {
            "void".to_owned()
        } else {
            let list: String = fields
                .iter()
                .map(|(name, ty)| format!("    {ty} {name};\n"))
                .collect();
            let place = match side {
                Side::Export => &mut self.exports,
                Side::Import => &mut self.imports,
            };
            let _ = write!(place, "struct {name}_params {{\n{list}}};\n");
            format!("struct {name}_params")
        };
        let target = result.as_deref().unwrap_or("void");
        if side == Side::Import {
            let _ = write!(
                self.imports,
                "#define {name} {symbol}\nvoid {name}(const {params} *params, {target} *result);\n"
            );
            return Ok(());
        }
        let mut taken: Vec<String> = fields
            .iter()
            .map(|(name, ty)| format!("{ty} {name}"))
            .collect();
        if result.is_some() {
            taken.push(format!("{target} *result_"));
        }
        let taken = if taken.is_empty() {
            "void".to_owned()
        } else {
            taken.join(", ")
        };
        let given = if result.is_some() { "result_" } else { "NULL" };
        let body = if fields.is_empty() {
            format!("    return {symbol}(NULL, {given});\n")
        } else {
            let mut body = format!("    {params} params_;\n");
            for (name, _) in &fields {
                let _ = writeln!(body, "    params_.{name} = {name};");
            }
            let _ = writeln!(body, "    return {symbol}(&params_, {given});");
            body
        };
        let _ = write!(
            self.exports,
            "uint32_t {symbol}(const {params} *params, {target} *result);\n\
             static inline uint32_t {name}({taken}) {{\n{body}}}\n"
        );
        Ok(())
    }

    // Types.

    /// The C type, which is declared if it was not.
    fn ty(&mut self, ty: &Type) -> Result<String, String> {
        Ok(match ty {
            Type::Bool => "bool",
            Type::U8 => "uint8_t",
            Type::U16 => "uint16_t",
            Type::U32 | Type::Char => "uint32_t",
            Type::U64 => "uint64_t",
            Type::S8 => "int8_t",
            Type::S16 => "int16_t",
            Type::S32 => "int32_t",
            Type::S64 => "int64_t",
            Type::F32 => "float",
            Type::F64 => "double",
            Type::String => "wative_string",
            Type::ErrorContext => return Err("error contexts are not supported".to_owned()),
            Type::Id(id) => return self.defined(*id),
        }
        .to_owned())
    }

    fn defined(&mut self, id: TypeId) -> Result<String, String> {
        if let Some(name) = self.names.get(&id) {
            return Ok(name.clone());
        }
        let resolve = self.resolve;
        let def = &resolve.types[id];
        if let TypeDefKind::Handle(Handle::Own(resource) | Handle::Borrow(resource)) = def.kind {
            return self.defined(resource);
        }
        let (word, body) = self.body(def)?;
        let name = match &def.name {
            Some(name) => {
                let owner = match def.owner {
                    TypeOwner::Interface(id) => self.interface(id),
                    TypeOwner::World(_) | TypeOwner::None => None,
                };
                let owner = owner.map_or_else(String::new, |owner| format!("{owner}_"));
                let name = format!("{}_{owner}{}", self.prefix, identifier(name));
                self.fresh(name)
            }
            None => {
                let name = format!("{}_{}", self.prefix, word);
                if self.used.contains(&name) {
                    // The same type, declared before.
                    self.names.insert(id, name.clone());
                    return Ok(name);
                }
                self.fresh(name)
            }
        };
        let text = match body {
            Body::Struct(fields) => format!("typedef struct {name} {{\n{fields}}} {name};\n"),
            Body::Alias(of) => format!("typedef {of} {name};\n"),
            Body::Numbers(of, numbers) => {
                let upper = name.to_uppercase();
                let mut text = format!("typedef {of} {name};\n");
                for (label, number) in numbers {
                    let label = identifier(&label).to_uppercase();
                    let _ = writeln!(text, "#define {upper}_{label} {number}");
                }
                text
            }
            Body::Cases(tag, cases, union) => {
                let upper = name.to_uppercase();
                let mut text = String::new();
                for (number, label) in cases.iter().enumerate() {
                    let label = identifier(label).to_uppercase();
                    let _ = writeln!(text, "#define {upper}_{label} {number}");
                }
                let _ = write!(
                    text,
                    "typedef struct {name} {{\n    {tag} tag;\n{union}}} {name};\n"
                );
                text
            }
        };
        self.types.push_str(&text);
        self.names.insert(id, name.clone());
        Ok(name)
    }

    /// What a type of this structure is called if it has no name, and what it is.
    fn body(&mut self, def: &TypeDef) -> Result<(String, Body), String> {
        let fixed = |ty: &str| Body::Alias(ty.to_owned());
        Ok(match &def.kind {
            TypeDefKind::Record(record) => {
                let mut fields = String::new();
                for it in &record.fields {
                    let _ = writeln!(fields, "    {} {};", self.ty(&it.ty)?, field(&it.name));
                }
                ("record".to_owned(), Body::Struct(fields))
            }
            TypeDefKind::Tuple(tuple) => {
                let (mut fields, mut word) = (String::new(), "tuple".to_owned());
                for (i, ty) in tuple.types.iter().enumerate() {
                    let c = self.ty(ty)?;
                    let _ = writeln!(fields, "    {c} f{i};");
                    let _ = write!(word, "_{}", self.word(&c));
                }
                (word, Body::Struct(fields))
            }
            TypeDefKind::List(ty) => {
                let c = self.ty(ty)?;
                let fields = format!("    const {c} *ptr;\n    size_t len;\n");
                (format!("list_{}", self.word(&c)), Body::Struct(fields))
            }
            TypeDefKind::FixedLengthList(ty, len) => {
                let c = self.ty(ty)?;
                let word = format!("array_{len}_{}", self.word(&c));
                (word, Body::Struct(format!("    {c} items[{len}];\n")))
            }
            TypeDefKind::Option(ty) => {
                let c = self.ty(ty)?;
                let fields = format!("    bool is_some;\n    {c} val;\n");
                (format!("option_{}", self.word(&c)), Body::Struct(fields))
            }
            TypeDefKind::Result(result) => {
                let (mut cases, mut word) = (String::new(), "result".to_owned());
                for (name, ty) in [("ok", &result.ok), ("err", &result.err)] {
                    word.push('_');
                    match ty {
                        Some(ty) => {
                            let c = self.ty(ty)?;
                            let _ = writeln!(cases, "        {c} {name};");
                            word.push_str(&self.word(&c));
                        }
                        None => word.push_str("void"),
                    }
                }
                let fields = format!("    bool is_err;\n{}", union(&cases));
                (word, Body::Struct(fields))
            }
            TypeDefKind::Variant(variant) => {
                let mut cases = String::new();
                for case in &variant.cases {
                    if let Some(ty) = &case.ty {
                        let c = self.ty(ty)?;
                        let _ = writeln!(cases, "        {c} {};", field(&case.name));
                    }
                }
                let names: Vec<String> = variant.cases.iter().map(|it| it.name.clone()).collect();
                let tag = unsigned(names.len() <= 0x100, names.len() <= 0x1_0000);
                let body = Body::Cases(tag, names, union(&cases));
                ("variant".to_owned(), body)
            }
            TypeDefKind::Enum(it) => {
                let count = it.cases.len();
                let numbers = it.cases.iter().enumerate();
                let numbers = numbers.map(|(i, case)| (case.name.clone(), i.to_string()));
                let ty = unsigned(count <= 0x100, count <= 0x1_0000);
                ("enum".to_owned(), Body::Numbers(ty, numbers.collect()))
            }
            TypeDefKind::Flags(it) => {
                let count = it.flags.len();
                let numbers = it.flags.iter().enumerate();
                let numbers = numbers.map(|(i, flag)| (flag.name.clone(), format!("(1u << {i})")));
                let ty = unsigned(count <= 8, count <= 16);
                ("flags".to_owned(), Body::Numbers(ty, numbers.collect()))
            }
            TypeDefKind::Resource => ("resource".to_owned(), fixed("uint32_t")),
            TypeDefKind::Type(ty) => {
                let c = self.ty(ty)?;
                (self.word(&c), Body::Alias(c))
            }
            other => return Err(format!("{} is not supported", other.as_str())),
        })
    }

    /// A C type in names of others.
    fn word(&self, c: &str) -> String {
        let own = format!("{}_", self.prefix);
        if let Some(word) = c.strip_prefix(&own) {
            return word.to_owned();
        }
        match c {
            "wative_string" => "string".to_owned(),
            "float" => "f32".to_owned(),
            "double" => "f64".to_owned(),
            c => c
                .trim_end_matches("_t")
                .replace("uint", "u")
                .replace("int", "s"),
        }
    }
}

/// What is behind the name of a type.
enum Body {
    Struct(String),
    Alias(String),
    /// A number, and those that have names.
    Numbers(&'static str, Vec<(String, String)>),
    /// A tag with its values, and what comes behind.
    Cases(&'static str, Vec<String>, String),
}

/// An unsigned type of one, two or four bytes.
fn unsigned(one: bool, two: bool) -> &'static str {
    match (one, two) {
        (true, _) => "uint8_t",
        (_, true) => "uint16_t",
        _ => "uint32_t",
    }
}

/// The payloads of cases, if there are any.
fn union(cases: &str) -> String {
    match cases {
        "" => String::new(),
        cases => format!("    union {{\n{cases}    }} val;\n"),
    }
}

/// Letters, digits and underscores.
fn identifier(name: &str) -> String {
    let mut text: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    if text.starts_with(|c: char| c.is_ascii_digit()) || text.is_empty() {
        text.insert(0, '_');
    }
    text
}

/// The name of a field or parameter.
fn field(name: &str) -> String {
    /// Words of C and C++ that WIT has as names.
    const KEYWORDS: &str = " alignas alignof and asm auto bitand bitor bool break case catch char class compl concept const \
        constexpr continue decltype default delete do double else enum explicit export extern false float for friend goto if \
        inline int long mutable namespace new noexcept not nullptr operator or private protected public register requires \
        restrict return short signed sizeof static struct switch template this throw true try typedef typeid typename typeof \
        union unsigned using virtual void volatile while xor ";
    let name = identifier(name);
    if KEYWORDS.contains(&format!(" {name} ")) {
        name + "_"
    } else {
        name
    }
}
