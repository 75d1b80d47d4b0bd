//! What a profile counts in a function's body: how often it is entered, and which way each operator goes that chooses one.

use crate::profile::Fnv;
use wasmparser::{Operator, OperatorsReader};

/// The counters of a body, in its order. The first counts how often it is entered.
#[derive(Debug, Default)]
pub struct Sites {
    /// File offsets of the operators that choose, ascending, with the first counter of each.
    places: Vec<(u32, u32)>,
    /// Number of counters.
    pub counters: u32,
    /// What is the same in bodies with the same counters, in all likelihood.
    pub shape: u64,
}

impl Sites {
    /// Those of a valid body.
    pub fn new(mut ops: OperatorsReader<'_>) -> Sites {
        let (mut places, mut counters, mut shape) = (Vec::new(), 1, Fnv::new());
        while !ops.eof() {
            let (op, offset) = ops.read_with_offset().expect("a validated body");
            let ways = ways(&op);
            if ways > 0 {
                places.push((offset as u32, counters));
                counters += ways;
            }
            if let Some(kind) = kind(&op) {
                shape.add(&[kind]);
                shape.add(&ways.to_le_bytes());
            }
        }
        Sites {
            places,
            counters,
            shape: shape.0,
        }
    }

    /// The first counter of the operator at a file offset.
    pub fn at(&self, offset: u32) -> Option<u32> {
        let found = self.places.binary_search_by_key(&offset, |&(at, _)| at);
        found.ok().map(|i| self.places[i].1)
    }
}

/// How many counters an operator has. Of two, the first counts how often it is executed and the second how often it branches (`if`: how often its condition holds). A table has one for each entry, the default last; entries with the
/// same label are counted by the first of them.
fn ways(op: &Operator<'_>) -> u32 {
    match op {
        Operator::If { .. }
        | Operator::BrIf { .. }
        | Operator::BrOnNull { .. }
        | Operator::BrOnNonNull { .. }
        | Operator::BrOnCast { .. }
        | Operator::BrOnCastFail { .. } => 2,
        Operator::BrTable { targets } => targets.len() + 1,
        _ => 0,
    }
}

/// What control flow is made of.
fn kind(op: &Operator<'_>) -> Option<u8> {
    Some(match op {
        Operator::Block { .. } => 0,
        Operator::Loop { .. } => 1,
        Operator::If { .. } => 2,
        Operator::Else => 3,
        Operator::End => 4,
        Operator::Br { .. } => 5,
        Operator::BrIf { .. } => 6,
        Operator::BrTable { .. } => 7,
        Operator::Return => 8,
        Operator::Unreachable => 9,
        Operator::Call { .. } => 10,
        Operator::CallIndirect { .. } | Operator::CallRef { .. } => 11,
        Operator::ReturnCall { .. }
        | Operator::ReturnCallIndirect { .. }
        | Operator::ReturnCallRef { .. } => 12,
        Operator::Try { .. } | Operator::TryTable { .. } => 13,
        Operator::BrOnNull { .. } | Operator::BrOnNonNull { .. } => 14,
        Operator::BrOnCast { .. } | Operator::BrOnCastFail { .. } => 15,
        _ => return None,
    })
}
