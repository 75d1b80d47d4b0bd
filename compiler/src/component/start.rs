//! Start functions of components, and the values that they take and return (Component Model, `Explainer.md`: Start Definitions).
//!
//! Whatever is a value was returned by a start function, since nothing else makes any: the binary format's value definitions are unknown to the parser, and no
//! host provides values. Between the call that returns a value and the one that takes it, it lies in a memory of its own as the canonical ABI stores it
//! ([`memory`]), at a place that is known when the program is built; its handles are in the table of an instance that has nothing else. A start function
//! is called in its turn, between the core instances before and behind it, because it is what the start function of a small core instance calls ([`CALL`]).

use super::flat::{Core, CoreItem, FlatCanon, FlatFunc, FlatModule, FlatSide, ValueId};
use super::flatten::Flattener;
use super::types;
use crate::Error;
use crate::ir::component::StringEncoding;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasmparser::ComponentStartFunction;

/// `(module (import "" "" (func)) (start 0))`.
pub const CALL: &[u8] = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02\x05\x01\0\0\0\0\x08\x01\0";

/// A module with the memory that values lie in, so many bytes for themselves from its beginning, and a `realloc` for what they refer to. Nothing is given back.
///
/// ```wat
/// (module
///   (memory (export "memory") PAGES)
///   (global $end (mut i32) (i32.const BYTES))
///   (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $wanted i32) (result i32)
///     (local $new i32) (local $behind i32) (local $pages i32)
///     (if (i32.le_u (local.get $wanted) (local.get $size)) (then (return (local.get $old))))
///     (local.set $new (i32.and (i32.sub (i32.add (global.get $end) (local.get $align)) (i32.const 1)) (i32.sub (i32.const 0) (local.get $align))))
///     (local.set $behind (i32.add (local.get $new) (local.get $wanted)))
///     (if (i32.or (i32.lt_u (local.get $new) (global.get $end)) (i32.lt_u (local.get $behind) (local.get $new))) (then (unreachable)))
///     (local.set $pages (i32.add (i32.shr_u (i32.sub (local.get $behind) (i32.const 1)) (i32.const 16)) (i32.const 1)))
///     (if (i32.gt_u (local.get $pages) (memory.size))
///       (then (if (i32.eq (memory.grow (i32.sub (local.get $pages) (memory.size))) (i32.const -1)) (then (unreachable)))))
///     (memory.copy (local.get $new) (local.get $old) (local.get $size))
///     (global.set $end (local.get $behind))
///     (local.get $new)))
/// ```
pub fn memory(bytes: u32) -> Vec<u8> {
    const HEAD: &[u8] =
        b"\0asm\x01\0\0\0\x01\x09\x01\x60\x04\x7f\x7f\x7f\x7f\x01\x7f\x03\x02\x01\0";
    const EXPORTS: &[u8] = b"\x07\x14\x02\x06memory\x02\0\x07realloc\0\0";
    const CODE: &[u8] = &[
        0x0a, 0x6a, 0x01, 0x68, 0x01, 0x03, 0x7f, 0x20, 0x03, 0x20, 0x01, 0x4d, 0x04, 0x40, 0x20,
        0x00, 0x0f, 0x0b, 0x23, 0x00, 0x20, 0x02, 0x6a, 0x41, 0x01, 0x6b, 0x41, 0x00, 0x20, 0x02,
        0x6b, 0x71, 0x21, 0x04, 0x20, 0x04, 0x20, 0x03, 0x6a, 0x21, 0x05, 0x20, 0x04, 0x23, 0x00,
        0x49, 0x20, 0x05, 0x20, 0x04, 0x49, 0x72, 0x04, 0x40, 0x00, 0x0b, 0x20, 0x05, 0x41, 0x01,
        0x6b, 0x41, 0x10, 0x76, 0x41, 0x01, 0x6a, 0x21, 0x06, 0x20, 0x06, 0x3f, 0x00, 0x4b, 0x04,
        0x40, 0x20, 0x06, 0x3f, 0x00, 0x6b, 0x40, 0x00, 0x41, 0x7f, 0x46, 0x04, 0x40, 0x00, 0x0b,
        0x0b, 0x20, 0x04, 0x20, 0x00, 0x20, 0x01, 0xfc, 0x0a, 0x00, 0x00, 0x20, 0x05, 0x24, 0x00,
        0x20, 0x04, 0x0b,
    ];
    let pages = bytes.div_ceil(1 << 16).max(1);
    let sections = [
        (5, [&[1, 0][..], &leb(pages)].concat()),
        (6, [&[1, 0x7f, 1, 0x41][..], &leb(bytes), &[0x0b]].concat()),
    ];
    let sections = sections.map(|(id, body)| [vec![id, body.len() as u8], body].concat());
    [HEAD, &sections.concat(), EXPORTS, CODE].concat()
}

/// A number below 2³¹ in LEB128, with or without sign.
fn leb(value: u32) -> [u8; 5] {
    std::array::from_fn(|at| {
        let more = if at < 4 { 0x80 } else { 0 };
        (value >> (7 * at)) as u8 & 0x7f | more
    })
}

impl Flattener<'_> {
    /// Calls a start function.
    pub(super) fn start(&mut self, at: usize, start: &ComponentStartFunction) -> Result<(), Error> {
        let frame = &self.frames[at];
        let func = match &frame.funcs[start.func_index as usize] {
            FlatFunc::Lifted(func) if func.ty.is_async => {
                return Err(types::unsupported("`async` start functions"));
            }
            FlatFunc::Lifted(func) => func.clone(),
            FlatFunc::Host { .. } => {
                return Err(types::unsupported("start functions that the host provides"));
            }
        };
        let args = start
            .arguments
            .iter()
            .map(|&arg| frame.values[arg as usize]);
        let args: Vec<ValueId> = args.collect();
        // Within a component the validator has seen to it, but what a plug exports may be imported several times.
        if !args.iter().all(|&arg| self.taken.insert(arg)) {
            return Err(Error::new("a value is taken by two start functions")
                .help("a value that a component exports can be imported once"));
        }
        let lower = self.store()?;
        let result = func.ty.result.map(|ty| self.flat.values.push(ty));
        let call = self.flat.canons.push(FlatCanon::Initialise {
            func,
            lower,
            args,
            result,
        });
        let import = BTreeMap::from([(String::new(), CoreItem::Canon(call))]);
        let args = BTreeMap::from([(String::new(), Core::Items(Rc::new(import)))]);
        self.core(FlatModule::Start, args)?;
        self.frames[at].values.extend(result);
        Ok(())
    }

    /// Where values are. The instance of their memory comes before the first core instance that needs it.
    fn store(&mut self) -> Result<FlatSide, Error> {
        if let Some(store) = &self.store {
            return Ok(store.clone());
        }
        let core = self.core(FlatModule::Values, BTreeMap::new())?;
        let export = |name: &str| {
            let name = name.to_string();
            Some(CoreItem::Export { core, name })
        };
        let store = FlatSide {
            instance: self.flat.instances.push(None),
            memory: export("memory"),
            realloc: export("realloc"),
            encoding: StringEncoding::Utf8,
        };
        Ok(self.store.insert(store).clone())
    }
}
