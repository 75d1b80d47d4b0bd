//! Which trees there are: families of them, each in a fixed order, so that a number names a tree.

use std::sync::LazyLock;

use wative_compiler::ir::{Op, Type};

use super::form::{
    ADDRESSES, Form, Forms, Link, Way, beside, chain, loaded, pair, places, plain, store_to, two,
    with_constants,
};
use super::inputs;
use super::ops::{self, Arg, Instance, Kind, Nan};
use super::tree::Tree;

/// Receives the trees of a family in order; makes those that it wants.
pub type Give<'a> = &'a mut dyn FnMut(&dyn Fn() -> Tree);

/// What decides about the code of a family's trees, besides the instruction set and the level of optimisation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depends {
    /// The CPU level.
    Level,
    /// That and how memories are reached.
    Memory,
    /// That and atomic instructions.
    Atomics,
    /// The CPU level; results that no standard says are compared as `--deterministic` has them.
    Deterministic,
}

/// A family of trees.
pub struct Family {
    pub name: &'static str,
    pub depends: Depends,
    /// Gives every tree to the receiver.
    pub each: fn(Give),
}

/// All families.
pub const FAMILIES: &[Family] = &[
    family("scalar", Depends::Level, scalar),
    family("vector", Depends::Level, vector),
    family("uses", Depends::Level, uses),
    family("conditions", Depends::Level, conditions),
    family("chains", Depends::Level, chains),
    family("loads", Depends::Memory, loads),
    family("addresses", Depends::Memory, addresses),
    family("stores", Depends::Memory, stores),
    family("atomics", Depends::Atomics, atomics),
    family("relaxed", Depends::Level, relaxed),
    family("deterministic", Depends::Deterministic, deterministic),
    family("objects", Depends::Level, objects),
];

const fn family(name: &'static str, depends: Depends, each: fn(Give)) -> Family {
    Family {
        name,
        depends,
        each,
    }
}

static ALL: LazyLock<Vec<Instance>> = LazyLock::new(ops::all);

type Instances = Vec<&'static Instance>;

/// All ops of some kinds.
fn of(kinds: &[Kind]) -> Instances {
    ALL.iter().filter(|i| kinds.contains(&i.kind)).collect()
}

/// The forms of some ops.
fn forms_of(ops: &[Op]) -> Instances {
    ALL.iter().filter(|i| ops.contains(&i.op)).collect()
}

fn is_vector(instance: &Instance) -> bool {
    instance.result == Some(Type::V128) || instance.args.contains(&Arg::Value(Type::V128))
}

/// Every place at which a root takes what an inner op gives.
fn fitting(
    roots: &[&'static Instance],
    inners: &[&'static Instance],
    mut each: impl FnMut(&'static Instance, usize, &'static Instance),
) {
    for root in roots {
        for inner in inners {
            let Some(ty) = inner.result else { continue };
            for at in places(root, ty) {
                each(root, at, inner);
            }
        }
    }
}

/// Constants of both ops at once.
fn paired(ty: Type) -> &'static [u128] {
    match ty {
        Type::V128 => &[],
        _ => inputs::few_constants(ty),
    }
}

/// Every inner op at every operand of every root, with constants as the other operands of one of them, or of both.
fn crossed(roots: &[&'static Instance], inners: &[&'static Instance], give: Give) {
    fitting(roots, inners, |root, at, inner| {
        let mut one = |root_forms: &Forms, inner_forms: &Forms| {
            give(&|| {
                let root = Link {
                    instance: root,
                    forms: root_forms.clone(),
                    at,
                };
                pair(&root, inner, inner_forms, Way::Directly)
            });
        };
        let (root_plain, inner_plain) = (plain(root), plain(inner));
        one(&root_plain, &inner_plain);
        if inner.args.len() > 1 {
            one(&root_plain, &vec![Form::Same; inner.args.len()]);
        }
        if root.args.len() > 1 {
            one(&vec![Form::Same; root.args.len()], &inner_plain);
        }
        for forms in with_constants(root, Some(at), inputs::constants) {
            one(&forms, &inner_plain);
        }
        for forms in with_constants(inner, None, inputs::constants) {
            one(&root_plain, &forms);
        }
        let inner_forms = with_constants(inner, None, paired);
        for root_forms in with_constants(root, Some(at), paired) {
            for inner_forms in &inner_forms {
                one(&root_forms, inner_forms);
            }
        }
    });
}

fn scalar(give: Give) {
    let scalars =
        |kinds| -> Instances { of(kinds).into_iter().filter(|i| !is_vector(i)).collect() };
    let roots = scalars(&[Kind::Scalar, Kind::Consumer]);
    crossed(&roots, &scalars(&[Kind::Scalar]), give);
}

fn vector(give: Give) {
    let roots = of(&[Kind::Vector, Kind::Scalar, Kind::Consumer]);
    let inners = of(&[Kind::Vector, Kind::Scalar]);
    let (vectors, scalars): (Instances, Instances) = inners.into_iter().partition(|i| is_vector(i));
    crossed(&roots, &vectors, give);
    // Pairs of scalars are in their own family.
    let roots: Instances = roots.into_iter().filter(|i| is_vector(i)).collect();
    crossed(&roots, &scalars, give);
}

/// Every pair with the inner value used twice or from another block, and roots with the same op at two operands.
fn uses(give: Give) {
    let inners = of(&[Kind::Scalar, Kind::Vector]);
    let roots = of(&[Kind::Scalar, Kind::Vector, Kind::Consumer, Kind::Store]);
    fitting(&roots, &inners, |root, at, inner| {
        let Some(ty) = inner.result else { return };
        for way in [Way::Twice, Way::Both, Way::Block] {
            if way.fits(root, ty) {
                give(&|| pair(&Link::plain(root, at), inner, &plain(inner), way));
            }
        }
        if let [first, second, ..] = places(root, ty)[..]
            && at == first
        {
            give(&|| two(root, [first, second], inner));
        }
    });
}

/// What takes a condition.
fn takers() -> Instances {
    let branches = forms_of(&[Op::Branch, Op::TrapIf]);
    let selects = forms_of(&[Op::Select]);
    branches.into_iter().chain(selects).collect()
}

/// Branches and selects on a comparison of every op, with constants on either side, and on every test of every vector op.
fn conditions(give: Give) {
    let below = of(&[Kind::Scalar, Kind::Load]);
    let comparisons = forms_of(&[Op::Icmp, Op::Fcmp]);
    for taker in takers() {
        // Where the condition is what two ops make, the taker makes less of a difference.
        let is_first = matches!(taker.op, Op::Branch) || taker.result == Some(Type::I64);
        fitting(&comparisons, &below, |compare, at, inner| {
            let mut all = vec![plain(compare)];
            all.extend(with_constants(compare, Some(at), inputs::few_constants));
            for forms in all {
                let middle = Link {
                    instance: compare,
                    forms,
                    at,
                };
                let mut one = |inner_forms: Forms| {
                    let first = Link {
                        instance: inner,
                        forms: inner_forms,
                        at: 0,
                    };
                    give(&|| chain(&[first.clone(), middle.clone(), Link::plain(taker, 0)]));
                };
                one(plain(inner));
                if is_first && middle.forms.contains(&Form::Constant(0)) {
                    for forms in with_constants(inner, None, inputs::few_constants) {
                        one(forms);
                    }
                }
            }
        });
        let tests = forms_of(&[Op::VanyTrue, Op::VallTrue, Op::Vbitmask]);
        let zero = forms_of(&[Op::Icmp]);
        fitting(
            &tests,
            &of(&[Kind::Vector, Kind::Load]),
            |test, at, inner| {
                let first = Link::plain(inner, 0);
                let middle = Link::plain(test, at);
                give(&|| chain(&[first.clone(), middle.clone(), Link::plain(taker, 0)]));
                for compare in zero.iter().filter(|c| c.args[0] == Arg::Value(Type::I32)) {
                    let masks = [0, 1, 0xf, 0xffff];
                    for bits in if test.op == Op::Vbitmask {
                        &masks[..]
                    } else {
                        &masks[..1]
                    } {
                        let compared = Link {
                            instance: compare,
                            forms: vec![Form::Leaf, Form::Constant(*bits)],
                            at: 0,
                        };
                        if is_first && (*bits == 0 || compare.text.ends_with("eq")) {
                            give(&|| {
                                chain(&[
                                    first.clone(),
                                    middle.clone(),
                                    compared.clone(),
                                    Link::plain(taker, 0),
                                ])
                            });
                        }
                    }
                }
            },
        );
    }
}

/// Constants of chains: counts and masks.
fn chain_constants(ty: Type) -> &'static [u128] {
    match ty {
        Type::I32 => &[3, 31, 0xff],
        Type::I64 => &[3, 32, 0xffff_ffff],
        Type::F32 | Type::F64 | Type::V128 | Type::Ref | Type::Gc | Type::Ptr => &[],
    }
}

/// An op with parameters, and with constants of chains.
fn chain_forms(instance: &Instance, hole: Option<usize>) -> Vec<Forms> {
    let mut list = with_constants(instance, hole, chain_constants);
    // Counts of vector shifts make no sense as parameters here: no instruction set fuses them.
    if !(is_vector(instance) && instance.args.last() == Some(&Arg::Value(Type::I32)))
        || list.is_empty()
    {
        list.insert(0, plain(instance));
    }
    list
}

/// Chains of three ops that arithmetic instructions take together.
fn chains(give: Give) {
    let middles = forms_of(&[
        Op::Add,
        Op::Sub,
        Op::Mul,
        Op::And,
        Op::Or,
        Op::Xor,
        Op::Shl,
        Op::ShrS,
        Op::ShrU,
        Op::Rotl,
    ]);
    let mut lows = forms_of(&[
        Op::Ext8S,
        Op::Ext16S,
        Op::Ext32S,
        Op::Wrap,
        Op::ExtS,
        Op::ExtU,
        Op::Shl,
        Op::ShrS,
        Op::ShrU,
        Op::And,
        Op::Xor,
        Op::Sub,
        Op::Mul,
        Op::Icmp,
    ]);
    lows.retain(|i| i.op != Op::Icmp || i.text.ends_with("lt_s"));
    let mut roots = middles.clone();
    roots.extend(forms_of(&[
        Op::ExtS,
        Op::ExtU,
        Op::Wrap,
        Op::Ext8S,
        Op::ConvS,
        Op::Icmp,
    ]));
    roots.retain(|i| i.op != Op::Icmp || i.text.ends_with("ne"));
    threes(&roots, &middles, &lows, give);

    let floats = forms_of(&[
        Op::Fadd,
        Op::Fsub,
        Op::Fmul,
        Op::Fneg,
        Op::Fabs,
        Op::Fcopysign,
        Op::Fmin,
        Op::Select,
    ]);
    let floats: Instances = floats
        .into_iter()
        .filter(|i| matches!(i.result, Some(Type::F32 | Type::F64)))
        .collect();
    threes(&floats, &floats, &floats, give);

    let roots = forms_of(&[
        Op::Vadd,
        Op::Vsub,
        Op::Vmul,
        Op::Vand,
        Op::Vor,
        Op::Vxor,
        Op::Vandnot,
        Op::Vbitselect,
        Op::Vshl,
        Op::VshrS,
        Op::VshrU,
        Op::VnarrowS,
        Op::VnarrowU,
        Op::Vdot,
        Op::VextaddPairwiseS,
        Op::VmaxS,
        Op::VaddSatU,
        Op::Vnot,
    ]);
    let middles = forms_of(&[
        Op::Vadd,
        Op::Vsub,
        Op::Vmul,
        Op::Vshl,
        Op::VshrS,
        Op::VshrU,
        Op::Vnot,
        Op::Vneg,
        Op::Vabs,
        Op::VextmulLowS,
        Op::VextmulHighU,
        Op::VextaddPairwiseU,
        Op::Vdot,
    ]);
    let mut lows = forms_of(&[
        Op::VextendLowS,
        Op::VextendHighU,
        Op::Vsplat,
        Op::Vnot,
        Op::Vneg,
        Op::Vicmp,
        Op::Vsub,
    ]);
    lows.retain(|i| i.op != Op::Vicmp || i.text.ends_with("gt_s"));
    threes(&roots, &middles, &lows, give);
}

fn threes(roots: &Instances, middles: &Instances, lows: &Instances, give: Give) {
    fitting(middles, lows, |middle, middle_at, low| {
        let Some(ty) = middle.result else { return };
        for root in roots {
            for at in places(root, ty) {
                for root_forms in chain_forms(root, Some(at)) {
                    for middle_forms in chain_forms(middle, Some(middle_at)) {
                        for low_forms in chain_forms(low, None) {
                            // Two of the three with constants are enough.
                            let all = [&root_forms, &middle_forms, &low_forms];
                            let is_constant = |form: &Form| matches!(form, Form::Constant(_));
                            if all.iter().all(|forms| forms.iter().any(is_constant)) {
                                continue;
                            }
                            give(&|| {
                                chain(&[
                                    Link {
                                        instance: low,
                                        forms: low_forms.clone(),
                                        at: 0,
                                    },
                                    Link {
                                        instance: middle,
                                        forms: middle_forms.clone(),
                                        at: middle_at,
                                    },
                                    Link {
                                        instance: root,
                                        forms: root_forms.clone(),
                                        at,
                                    },
                                ])
                            });
                        }
                    }
                }
            }
        }
    });
}

/// Whether a load takes all of its type from the memory.
fn is_whole(load: &Instance) -> bool {
    load.op == Op::Load
        && load
            .text
            .split(' ')
            .next()
            .is_some_and(|name| name.ends_with(".load"))
}

/// Every load at every operand of every root, in every way and by every address; with constants and other loads beside it, and below.
fn loads(give: Give) {
    let roots = of(&[Kind::Scalar, Kind::Vector, Kind::Consumer, Kind::Store]);
    let loads = of(&[Kind::Load]);
    fitting(&roots, &loads, |root, at, load| {
        let Some(ty) = load.result else { return };
        for way in Way::ALL {
            if way.fits(root, ty) {
                give(&|| pair(&Link::plain(root, at), load, &plain(load), way));
            }
        }
        if load.op == Op::Load {
            for address in ADDRESSES {
                give(&|| loaded(&Link::plain(root, at), load, address));
            }
        }
        for forms in with_constants(root, Some(at), inputs::few_constants) {
            let root = Link {
                instance: root,
                forms,
                at,
            };
            give(&|| pair(&root, load, &plain(load), Way::Directly));
        }
        if let [first, second, ..] = places(root, ty)[..]
            && at == first
        {
            give(&|| two(root, [first, second], load));
        }
    });
    // The narrow ones have been at every operand.
    let whole: Instances = loads.into_iter().filter(|load| is_whole(load)).collect();
    fitting(
        &roots,
        &of(&[Kind::Scalar, Kind::Vector]),
        |root, at, inner| {
            for load in &whole {
                let Some(ty) = load.result else { continue };
                for place in places(inner, ty) {
                    give(&|| {
                        chain(&[
                            Link::plain(load, 0),
                            Link::plain(inner, place),
                            Link::plain(root, at),
                        ])
                    });
                }
                for place in places(root, ty) {
                    if place != at {
                        give(&|| beside(&Link::plain(root, at), inner, load, place));
                    }
                }
            }
        },
    );
}

/// Every op as the address of every access, with constants, and sums of what addresses take into themselves.
fn addresses(give: Give) {
    let inners = of(&[Kind::Scalar, Kind::Vector, Kind::Load]);
    let inners: Instances = inners
        .into_iter()
        .filter(|i| i.result == Some(Type::I32))
        .collect();
    let accesses: Instances = of(&[Kind::Load, Kind::Store, Kind::Atomic])
        .into_iter()
        .filter(|i| i.args.first() == Some(&Arg::Address))
        .collect();
    for access in accesses {
        let mut one = |inner: &'static Instance, forms: &Forms| {
            let root = Link::plain(access, 0);
            match access.kind {
                Kind::Load => give(&|| pair(&root, inner, forms, Way::Directly)),
                _ => give(&|| store_to(access, inner, forms)),
            }
        };
        for inner in &inners {
            one(inner, &plain(inner));
            for forms in with_constants(inner, None, inputs::constants) {
                one(inner, &forms);
            }
        }
    }
    let sums = forms_of(&[Op::Add, Op::Sub, Op::Or, Op::Shl]);
    let terms = of(&[Kind::Scalar, Kind::Load]);
    for load in of(&[Kind::Load]).into_iter().filter(|load| is_whole(load)) {
        fitting(&sums, &terms, |sum, at, term| {
            if sum.result != Some(Type::I32) {
                return;
            }
            for sum_forms in chain_forms(sum, Some(at)) {
                for term_forms in chain_forms(term, None) {
                    let links = [
                        Link {
                            instance: term,
                            forms: term_forms,
                            at: 0,
                        },
                        Link {
                            instance: sum,
                            forms: sum_forms.clone(),
                            at,
                        },
                        Link::plain(load, 0),
                    ];
                    give(&|| chain(&links));
                }
            }
        });
    }
}

/// Every op as the value of every store.
fn stores(give: Give) {
    crossed(
        &of(&[Kind::Store]),
        &of(&[Kind::Scalar, Kind::Vector]),
        give,
    );
}

/// Every atomic access over every scalar op, and below it.
fn atomics(give: Give) {
    let atomic = of(&[Kind::Atomic]);
    fitting(
        &atomic,
        &of(&[Kind::Scalar, Kind::Load]),
        |root, at, inner| {
            let mut all = vec![plain(inner)];
            all.extend(with_constants(inner, None, inputs::few_constants));
            for forms in all {
                give(&|| pair(&Link::plain(root, at), inner, &forms, Way::Directly));
            }
        },
    );
    for root in &atomic {
        for forms in with_constants(root, None, inputs::constants) {
            let link = Link {
                instance: root,
                forms,
                at: 0,
            };
            give(&|| chain(std::slice::from_ref(&link)));
        }
    }
    let roots = of(&[
        Kind::Scalar,
        Kind::Vector,
        Kind::Consumer,
        Kind::Store,
        Kind::Atomic,
    ]);
    fitting(&roots, &atomic, |root, at, inner| {
        let Some(ty) = inner.result else { return };
        for way in Way::ALL {
            if way.fits(root, ty) {
                give(&|| pair(&Link::plain(root, at), inner, &plain(inner), way));
            }
        }
        for forms in with_constants(root, Some(at), inputs::few_constants) {
            let root = Link {
                instance: root,
                forms,
                at,
            };
            give(&|| pair(&root, inner, &plain(inner), Way::Directly));
        }
    });
}

/// Every relaxed op over and below every other, with loads and constants.
fn relaxed(give: Give) {
    let relaxed = of(&[Kind::Relaxed]);
    let others = of(&[Kind::Vector, Kind::Scalar]);
    let vectors: Instances = others.into_iter().filter(|i| is_vector(i)).collect();
    let mut roots = vectors.clone();
    roots.extend(of(&[Kind::Store, Kind::Consumer]));
    let mut pairs = |roots: &Instances, inners: &Instances| {
        fitting(roots, inners, |root, at, inner| {
            let mut all = vec![(plain(root), plain(inner))];
            all.push((vec![Form::Same; root.args.len()], plain(inner)));
            all.push((plain(root), vec![Form::Same; inner.args.len()]));
            let constants = with_constants(root, Some(at), inputs::few_constants);
            all.extend(constants.into_iter().map(|forms| (forms, plain(inner))));
            let constants = with_constants(inner, None, inputs::few_constants);
            all.extend(constants.into_iter().map(|forms| (plain(root), forms)));
            for (forms, inner_forms) in all {
                let root = Link {
                    instance: root,
                    forms,
                    at,
                };
                give(&|| pair(&root, inner, &inner_forms, Way::Directly));
            }
        });
    };
    pairs(&relaxed, &vectors);
    pairs(&relaxed, &relaxed);
    pairs(&roots, &relaxed);
    let mut inners = relaxed.clone();
    inners.extend(of(&[Kind::Load]));
    fitting(&relaxed, &inners, |root, at, inner| {
        let Some(ty) = inner.result else { return };
        for way in Way::ALL {
            if way.fits(root, ty) {
                give(&|| pair(&Link::plain(root, at), inner, &plain(inner), way));
            }
        }
    });
}

/// Every pair of which an op may make a NaN, or is relaxed: with `--deterministic` all bits are said.
fn deterministic(give: Give) {
    let kinds = [Kind::Scalar, Kind::Vector, Kind::Relaxed];
    let mut roots = of(&kinds);
    roots.extend(of(&[Kind::Consumer, Kind::Store]));
    let free = |i: &Instance| i.nan != Nan::Exact || i.kind == Kind::Relaxed;
    fitting(&roots, &of(&kinds), |root, at, inner| {
        if free(root) || free(inner) {
            give(&|| pair(&Link::plain(root, at), inner, &plain(inner), Way::Directly));
        }
    });
}

/// Every field, element and test of objects at every operand of every root, in every way and with constants beside it; every op as what is stored in an object and as
/// index.
fn objects(give: Give) {
    let objects = of(&[Kind::Object]);
    let others = [Kind::Scalar, Kind::Vector];
    let mut roots = of(&others);
    roots.extend(of(&[Kind::Consumer, Kind::Store]));
    fitting(&roots, &objects, |root, at, inner| {
        let Some(ty) = inner.result else { return };
        for way in Way::ALL {
            if way.fits(root, ty) {
                give(&|| pair(&Link::plain(root, at), inner, &plain(inner), way));
            }
        }
        for forms in with_constants(root, Some(at), inputs::few_constants) {
            let root = Link {
                instance: root,
                forms,
                at,
            };
            give(&|| pair(&root, inner, &plain(inner), Way::Directly));
        }
    });
    let mut inners = of(&others);
    inners.extend(&objects);
    crossed(&objects, &inners, give);
}
