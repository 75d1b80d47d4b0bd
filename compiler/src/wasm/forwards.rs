//! Functions of components that only pass their arguments on, through a table whose contents are known.
//!
//! Where a module and its host need each other, toolchains put a module between them: each of its functions calls one element of its table, and the last
//! module to be instantiated fills that. Nothing else uses the table, and nothing runs before it is full. So what such a function is for can be
//! linked directly, and neither the function nor the table is needed.
//!
//! A table is known if
//! - only functions that pass on name it, each with one element,
//! - all that fills it are active segments of functions, at constant places and in bounds,
//! - no start function that runs before the last of these can reach a function that passes on: nothing finds an element that is not there yet,
//! - each of these elements is there, and has the type with which it is called,
//! - the functions that pass on are reached only by their names: as imports of other modules or as canonical options.

use super::bodies::{self, Summary};
use super::consts::ConstOp;
use super::link::Links;
use super::scan::{Elem, ElemItems, Index, Limits, Mode, Scan};
use crate::ir::{SigId, Types};
use crate::options::Input;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use wasmparser::{Operator, OperatorsReader};

/// A function or table: the input that defines it, and its index there.
type Definition = (usize, Index);

/// A table and who has to do with it.
#[derive(Default)]
struct Known {
    /// Functions with the element that each calls, or nothing if they do anything else.
    users: Vec<(usize, u32, Option<Forward>)>,
    /// Inputs and segments, in order of instantiation.
    fillers: Vec<(usize, usize)>,
}

/// What a function that passes on calls.
#[derive(Clone, Copy)]
struct Forward {
    element: u32,
    sig: SigId,
}

/// Links what passes on to what it is for, and takes their tables and segments away.
pub fn resolve(
    inputs: &[Input],
    scans: &mut [Scan],
    types: &Types,
    summaries: &[Vec<Summary>],
    links: &mut Links,
) {
    let mut forwards: HashMap<Definition, Definition> = HashMap::new();
    let mut known = tables(inputs, scans, types, summaries, links);
    known.retain(
        |table, known| match targets(*table, known, scans, summaries, links) {
            Some(found) => {
                forwards.extend(found);
                true
            }
            None => false,
        },
    );
    // Where one passes on to another, the last counts.
    let end = |from: Definition| {
        let next = |at: &Definition| forwards.get(at).copied();
        std::iter::successors(Some(from), next)
            .take(forwards.len() + 1)
            .last()
    };
    let ends: HashMap<Definition, Definition> = forwards
        .keys()
        .filter_map(|&from| Some((from, end(from)?)))
        .collect();
    if ends.values().any(|end| forwards.contains_key(end)) {
        // They call each other in a circle.
        return;
    }
    for ((input, index), known) in known {
        for (input, segment) in known.fillers {
            // It is dropped once it was used, and that is all of it that code can find out.
            scans[input].elems[segment].mode = Mode::Declared;
        }
        let Index::Table(table) = index else {
            unreachable!("a table")
        };
        scans[input].tables[table as usize].limits = Limits {
            min: 0,
            max: Some(0),
            ..scans[input].tables[table as usize].limits
        };
    }
    for definition in links.definitions.iter_mut().flatten() {
        if let Some(&end) = ends.get(definition) {
            *definition = end;
        }
    }
    links.forwards = ends;
}

/// The tables of the program that functions name, with who has to do with them.
fn tables(
    inputs: &[Input],
    scans: &[Scan],
    types: &Types,
    summaries: &[Vec<Summary>],
    links: &Links,
) -> BTreeMap<Definition, Known> {
    let mut tables: BTreeMap<Definition, Known> = BTreeMap::new();
    for &input in &links.order {
        let scan = &scans[input];
        for (body, summary) in summaries[input].iter().enumerate() {
            let forward = match summary.tables[..] {
                [] => continue,
                [table] => forward(&inputs[input], scan, types, body, table),
                _ => None,
            };
            let func = (scan.imported_funcs + body) as u32;
            for &table in &summary.tables {
                let known = tables.entry(links.definition(scans, (input, Index::Table(table))));
                known.or_default().users.push((input, func, forward));
            }
        }
    }
    for &input in &links.order {
        for (segment, elem) in scans[input].elems.iter().enumerate() {
            if let Mode::Active { target, .. } = elem.mode {
                let table = links.definition(scans, (input, Index::Table(target)));
                if let Some(known) = tables.get_mut(&table) {
                    known.fillers.push((input, segment));
                }
            }
        }
    }
    tables
}

/// What a function calls that does nothing but pass on its parameters through this table.
fn forward(input: &Input, scan: &Scan, types: &Types, body: usize, table: u32) -> Option<Forward> {
    let func = (scan.imported_funcs + body) as u32;
    let params = types[scan.func_type(func)].params.len();
    // Two bytes for most parameters, and some for the rest.
    if scan.bodies[body].len() > 3 * params + 32 {
        return None;
    }
    let mut reader = bodies::reader(input, &scan.bodies[body]);
    if reader.read_var_u32().ok()? != 0 {
        return None;
    }
    let mut ops = OperatorsReader::new(reader);
    for param in 0..params as u32 {
        match ops.read().ok()? {
            Operator::LocalGet { local_index } if local_index == param => {}
            _ => return None,
        }
    }
    let Operator::I32Const { value } = ops.read().ok()? else {
        return None;
    };
    let Operator::CallIndirect {
        type_index,
        table_index,
    } = ops.read().ok()?
    else {
        return None;
    };
    let Operator::End = ops.read().ok()? else {
        return None;
    };
    let (own, called) = (scan.funcs[func as usize], type_index);
    let sig = |ty: u32| scan.type_ids[ty as usize];
    (table_index == table && sig(own) == sig(called)).then_some(Forward {
        element: value as u32,
        sig: sig(called),
    })
}

/// The functions that pass on through a table, each with what it calls; nothing if the table is not known.
fn targets(
    table: Definition,
    known: &Known,
    scans: &[Scan],
    summaries: &[Vec<Summary>],
    links: &Links,
) -> Option<Vec<(Definition, Definition)>> {
    let (input, Index::Table(t)) = table else {
        unreachable!("a table")
    };
    let scan = &scans[input];
    if scan.table_inits[t as usize - scan.imported_tables].is_some() {
        return None;
    }
    let place = |input: usize| links.order.iter().position(|&it| it == input);
    let (begin, &(last, _)) = (place(input)?, known.fillers.last()?);
    let before = &links.order[begin..place(last)?];
    let started = started(before, scans, summaries, links)?;
    let mut elements: HashMap<u32, (usize, u32)> = HashMap::new();
    for &(input, segment) in &known.fillers {
        let Elem { mode, items, .. } = &scans[input].elems[segment];
        let (Mode::Active { offset, .. }, ElemItems::Funcs(items)) = (mode, items) else {
            return None;
        };
        let &[ConstOp::I32(offset)] = &offset[..] else {
            return None;
        };
        if u64::from(offset) + items.len() as u64 > scan.tables[t as usize].limits.min {
            return None;
        }
        for (at, item) in (offset..).zip(items) {
            elements.insert(at, (input, (*item)?));
        }
    }
    let mut named: BTreeMap<usize, BTreeSet<u32>> = BTreeMap::new();
    let mut found = Vec::new();
    for &(input, func, forward) in &known.users {
        let forward = forward?;
        let named = named
            .entry(input)
            .or_insert_with(|| named_otherwise(&scans[input], &summaries[input]));
        if named.contains(&func) || started.contains(&(input, func)) {
            return None;
        }
        let &(of, target) = elements.get(&forward.element)?;
        let ty = scans[of].funcs[target as usize];
        if scans[of].type_ids[ty as usize] != forward.sig {
            return None;
        }
        let target = links.definition(scans, (of, Index::Func(target)));
        found.push(((input, Index::Func(func)), target));
    }
    Some(found)
}

/// The functions that run when these inputs are instantiated, nothing if they may call what is not known here.
fn started(
    inputs: &[usize],
    scans: &[Scan],
    summaries: &[Vec<Summary>],
    links: &Links,
) -> Option<BTreeSet<(usize, u32)>> {
    let starts = inputs
        .iter()
        .filter_map(|&input| Some((input, scans[input].start?)));
    let mut work: Vec<(usize, u32)> = starts.collect();
    let mut seen = BTreeSet::new();
    while let Some((input, func)) = work.pop() {
        let (input, Index::Func(func)) = links.definition(scans, (input, Index::Func(func))) else {
            unreachable!("a function")
        };
        if !seen.insert((input, func)) {
            continue;
        }
        // A canonical function may call anything of its side.
        let body = (func as usize).checked_sub(scans[input].imported_funcs)?;
        let summary = &summaries[input][body];
        if summary.calls_refs || !summary.tables.is_empty() {
            return None;
        }
        work.extend(summary.calls.iter().map(|&callee| (input, callee)));
    }
    Some(seen)
}

/// The functions of a module that it reaches other than through imports and exports.
fn named_otherwise(scan: &Scan, summaries: &[Summary]) -> BTreeSet<u32> {
    let mut named: BTreeSet<u32> = scan.start.into_iter().collect();
    for summary in summaries {
        named.extend(&summary.calls);
        named.extend(&summary.ref_funcs);
    }
    let mut exprs: Vec<&[ConstOp]> = Vec::new();
    exprs.extend(scan.global_inits.iter().map(|expr| &expr[..]));
    exprs.extend(scan.table_inits.iter().flatten().map(|expr| &expr[..]));
    for elem in &scan.elems {
        match &elem.items {
            ElemItems::Funcs(items) => named.extend(items.iter().flatten()),
            ElemItems::Exprs(items) => exprs.extend(items.iter().map(|expr| &expr[..])),
        }
    }
    for op in exprs.into_iter().flatten() {
        if let ConstOp::RefFunc(func) = op {
            named.insert(*func);
        }
    }
    named
}
