//! How ops are put into each other: what stands at their operands, and how a value gets from one to the next.

use wative_compiler::ir::Type;

use super::inputs::{self, Leaf};
use super::ops::{Arg, Instance, Nan, SLOT};
use super::tree::Tree;

/// What stands at an operand's place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// A parameter of its own.
    Leaf,
    Constant(u128),
    /// The first parameter of the type in the tree.
    Same,
}

/// What stands at each operand's place.
pub type Forms = Vec<Form>;

/// All operands parameters.
pub fn plain(instance: &Instance) -> Forms {
    vec![Form::Leaf; instance.args.len()]
}

/// Each operand but the one in the hole as each constant of a list, the others parameters.
pub fn with_constants(
    instance: &Instance,
    hole: Option<usize>,
    constants: fn(Type) -> &'static [u128],
) -> Vec<Forms> {
    let mut list = Vec::new();
    for (n, arg) in instance.args.iter().enumerate() {
        let Arg::Value(ty) = *arg else { continue };
        if Some(n) == hole {
            continue;
        }
        for &bits in constants(ty) {
            let mut forms = plain(instance);
            forms[n] = Form::Constant(bits);
            list.push(forms);
        }
    }
    list
}

/// Operands that take a value of the type.
pub fn places(root: &Instance, ty: Type) -> Vec<usize> {
    let fits = |&n: &usize| root.args[n] == Arg::Value(ty);
    (0..root.args.len()).filter(fits).collect()
}

/// How a value gets to the op that takes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    Directly,
    /// The function returns it as well.
    Twice,
    /// All operands of its type are this value.
    Both,
    /// A call stands between.
    Call,
    /// A store to the cell stands between.
    Store,
    /// It comes from another block.
    Block,
}

impl Way {
    /// All ways.
    pub const ALL: [Way; 6] = [
        Way::Directly,
        Way::Twice,
        Way::Both,
        Way::Call,
        Way::Store,
        Way::Block,
    ];
    /// Whether a value of the type can get to the root so, and not as well in another way.
    pub fn fits(self, root: &Instance, ty: Type) -> bool {
        self != Way::Both || places(root, ty).len() > 1
    }
}

/// An op in a chain: the value of the one before it is the operand at `at`.
#[derive(Clone, Debug)]
pub struct Link<'a> {
    pub instance: &'a Instance,
    pub forms: Forms,
    pub at: usize,
}

impl<'a> Link<'a> {
    /// An op whose other operands are parameters.
    pub fn plain(instance: &'a Instance, at: usize) -> Link<'a> {
        Link {
            instance,
            forms: plain(instance),
            at,
        }
    }
}

/// Puts trees together.
#[derive(Default)]
pub struct Builder {
    tree: Tree,
    /// Instructions in front of the root.
    before: String,
    /// Behind it: further results.
    behind: String,
    /// What `Form::Same` means.
    first: Vec<(Type, String)>,
}

impl Builder {
    /// A parameter.
    pub fn leaf(&mut self, leaf: Leaf) -> String {
        self.tree.leaf(leaf)
    }

    /// The expression of an op. `inner` is what stands at some operands.
    pub fn op(&mut self, instance: &Instance, forms: &[Form], inner: &[(usize, &str)]) -> String {
        self.tree.uses(instance);
        let mut list = Vec::new();
        for (n, (&arg, form)) in instance.args.iter().zip(forms).enumerate() {
            let first = |(ty, _): &&(Type, String)| *ty == arg.ty();
            let first = self.first.iter().find(first).map(|(_, leaf)| leaf.clone());
            let given = inner.iter().find(|(at, _)| *at == n);
            list.push(match (given, arg, form, first) {
                (Some((_, text)), ..) => (*text).to_string(),
                (None, Arg::Address, ..) => self.tree.leaf(Leaf::Pointer(0)),
                (None, Arg::Value(ty), Form::Constant(bits), _) => inputs::constant(ty, *bits),
                (None, Arg::Value(_), Form::Same, Some(first)) => first,
                (None, Arg::Value(ty), Form::Leaf | Form::Same, _) => {
                    let leaf = self.tree.leaf(Leaf::of(ty));
                    self.first.push((ty, leaf.clone()));
                    leaf
                }
            });
        }
        instance.apply(&list)
    }

    /// Lets the value of an op go another way than directly. Gives what the root takes.
    pub fn pass(&mut self, inner: &Instance, value: String, way: Way) -> String {
        let ty = inner.result.expect("an inner op has a result");
        let between = match way {
            Way::Directly => return value,
            Way::Twice | Way::Both => String::new(),
            Way::Call => "(call $nothing)".to_string(),
            Way::Store => {
                self.tree.memory = true;
                let pointer = self.leaf(Leaf::Pointer(0));
                format!("(i64.store offset={SLOT} {pointer} (i64.const 0x123456789abcdef))")
            }
            Way::Block => {
                let condition = self.leaf(Leaf::Index);
                format!("(if {condition} (then (call $nothing)))")
            }
        };
        let local = self.tree.local(ty);
        self.before = format!("(local.set {local} {value}) {between} ");
        let value = format!("(local.get {local})");
        if way == Way::Twice {
            self.behind = format!(" {value}");
            self.tree.results.push((ty, inner.nan));
        }
        value
    }

    /// The tree of a root.
    pub fn finish(mut self, root: &Instance, text: &str) -> Tree {
        let own = root.result.map(|ty| (ty, root.nan));
        self.tree.results.splice(0..0, own);
        self.tree.code = format!("{}{text}{}", self.before, self.behind);
        self.tree
    }
}

/// The tree of a root with an inner op at an operand.
pub fn pair(root: &Link, inner: &Instance, inner_forms: &[Form], way: Way) -> Tree {
    let mut builder = Builder::default();
    let value = builder.op(inner, inner_forms, &[]);
    let value = builder.pass(inner, value, way);
    let at = match (way, inner.result) {
        (Way::Both, Some(ty)) => places(root.instance, ty),
        _ => vec![root.at],
    };
    let given: Vec<(usize, &str)> = at.iter().map(|&n| (n, value.as_str())).collect();
    let text = builder.op(root.instance, &root.forms, &given);
    builder.finish(root.instance, &text)
}

/// The tree of a root with the same op, on other parameters, at two operands.
pub fn two(root: &Instance, at: [usize; 2], inner: &Instance) -> Tree {
    let mut builder = Builder::default();
    let values = [0; 2].map(|_| builder.op(inner, &plain(inner), &[]));
    let given = [(at[0], values[0].as_str()), (at[1], values[1].as_str())];
    let text = builder.op(root, &plain(root), &given);
    builder.finish(root, &text)
}

/// Ops one below the other, the root last; the first takes no value of another.
pub fn chain(links: &[Link]) -> Tree {
    let mut builder = Builder::default();
    let mut value = None;
    for link in links {
        let given = value.as_deref().map(|value| (link.at, value));
        value = Some(builder.op(link.instance, &link.forms, given.as_slice()));
    }
    let root = links.last().expect("a root");
    builder.finish(root.instance, &value.unwrap_or_default())
}

/// A root over an inner op, and a load as another operand of the root.
pub fn beside(root: &Link, inner: &Instance, load: &Instance, place: usize) -> Tree {
    let mut builder = Builder::default();
    let loaded = builder.op(load, &plain(load), &[]);
    let value = builder.op(inner, &plain(inner), &[]);
    let given = [(root.at, value.as_str()), (place, loaded.as_str())];
    let text = builder.op(root.instance, &root.forms, &given);
    builder.finish(root.instance, &text)
}

/// Writes the address of the cell: gives the expression and the offset from it.
pub type Address = fn(&mut Builder) -> (String, u64);

/// Addresses at the ends of what instructions encode, constant ones, sums with scaled indices.
pub const ADDRESSES: [Address; 8] = [
    |b| (b.leaf(Leaf::Pointer(0)), 0),
    |b| (b.leaf(Leaf::Pointer(4095)), 4096),
    |b| (b.leaf(Leaf::Pointer(32_768)), 32_768),
    |b| (b.leaf(Leaf::Pointer(65_536)), 65_536 + 8),
    |_| (inputs::constant(Type::I32, inputs::CELL.into()), 8),
    |b| {
        let (base, index) = (b.leaf(Leaf::Pointer(0)), b.leaf(Leaf::Index));
        (format!("(i32.add {base} {index})"), 4)
    },
    |b| {
        let (base, index) = (b.leaf(Leaf::Pointer(0)), b.leaf(Leaf::Index));
        (
            format!("(i32.add {base} (i32.shl {index} (i32.const 3)))"),
            0,
        )
    },
    |b| {
        let base = b.leaf(Leaf::Pointer(64));
        (format!("(i32.add {base} (i32.const 64))"), SLOT)
    },
];

/// A root over a load from an address.
pub fn loaded(root: &Link, load: &Instance, address: Address) -> Tree {
    let mut builder = Builder::default();
    let (pointer, offset) = address(&mut builder);
    let text = builder.op(load, &plain(load), &[(0, &pointer)]);
    let value = with_offset(&text, offset);
    let text = builder.op(root.instance, &root.forms, &[(root.at, &value)]);
    builder.finish(root.instance, &text)
}

fn with_offset(access: &str, offset: u64) -> String {
    access.replacen(&format!("offset={SLOT}"), &format!("offset={offset}"), 1)
}

/// A store to where an op says. It is read back from an address that nobody can know to be the same, and what was there is stored again.
pub fn store_to(store: &Instance, inner: &Instance, inner_forms: &[Form]) -> Tree {
    let mut builder = Builder::default();
    let value = builder.op(inner, inner_forms, &[]);
    let mut hidden = value.clone();
    for (n, leaf) in builder.tree.leaves.iter().enumerate() {
        let ty = leaf.ty();
        hidden = hidden.replace(
            &format!("(local.get $p{n})"),
            &format!("(call $same_{ty} (local.get $p{n}))"),
        );
    }
    let locals = [Type::I32, Type::V128, Type::V128].map(|ty| builder.tree.local(ty));
    let [address, old, new] = &locals;
    let text = builder.op(store, &plain(store), &[(0, &value)]);
    builder.before = format!(
        "(local.set {address} {hidden})
  (local.set {old} (v128.load offset={SLOT} (local.get {address})))
  {text}
  (local.set {new} (v128.load offset={SLOT} (local.get {address})))
  (v128.store offset={SLOT} (local.get {address}) (local.get {old})) "
    );
    builder.tree.results.push((Type::V128, Nan::Exact));
    builder.behind = format!("(local.get {new})");
    builder.finish(store, "")
}
