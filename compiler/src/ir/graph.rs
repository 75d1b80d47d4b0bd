//! The call graph: which functions call which directly, and the strata in which they are compiled.
//!
//! A function lies in the stratum above the highest of those that it calls, where functions that call each other in a circle count as one
//! (a strongly connected component). So when a stratum is compiled, everything is known about the functions that its members call, those of
//! their own circle excepted, and the members can be compiled in any order and in parallel: none asks about another.

use super::FuncId;
use crate::entity::SideMap;

/// Who calls whom.
#[derive(Clone, Debug)]
pub struct CallGraph {
    callees: SideMap<FuncId, Vec<FuncId>>,
}

impl Default for CallGraph {
    fn default() -> Self {
        CallGraph {
            callees: SideMap::new(Vec::new(), 0),
        }
    }
}

impl CallGraph {
    /// Says whom a function calls.
    pub fn set(&mut self, caller: FuncId, callees: Vec<FuncId>) {
        self.callees[caller] = callees;
    }

    /// The functions that a function calls directly, also where it ends with that.
    pub fn callees(&self, caller: FuncId) -> &[FuncId] {
        &self.callees[caller]
    }

    /// These functions, then those that they call, and so on.
    pub fn with_callees(&self, funcs: &[FuncId]) -> Vec<FuncId> {
        let mut list = funcs.to_vec();
        let mut seen: SideMap<FuncId, bool> = SideMap::new(false, 0);
        funcs.iter().for_each(|&func| seen[func] = true);
        let mut at = 0;
        while let Some(&func) = list.get(at) {
            at += 1;
            for &callee in self.callees(func) {
                if !std::mem::replace(&mut seen[callee], true) {
                    list.push(callee);
                }
            }
        }
        list
    }

    /// Strata of these functions, the lowest first; each in the order of the list. Calls of others do not count.
    pub fn strata(&self, funcs: &[FuncId]) -> Vec<Vec<FuncId>> {
        let mut components = Components {
            graph: self,
            marks: SideMap::new(Mark::Elsewhere, 0),
            next: 0,
            stack: Vec::new(),
        };
        for &func in funcs {
            components.marks[func] = Mark::New;
        }
        for &func in funcs {
            components.visit(func);
        }
        let mut strata: Vec<Vec<FuncId>> = Vec::new();
        for &func in funcs {
            let Mark::Done { stratum } = components.marks[func] else {
                unreachable!("{func} was visited")
            };
            let stratum = stratum as usize;
            if strata.len() <= stratum {
                strata.resize(stratum + 1, Vec::new());
            }
            strata[stratum].push(func);
        }
        strata
    }
}

/// What is known of a function in the search.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mark {
    /// It is none of the list.
    Elsewhere,
    New,
    /// Its component is not complete: position in the order of visits.
    Open {
        at: u32,
    },
    Done {
        stratum: u32,
    },
}

/// Search for strongly connected components (Tarjan 1972), which come out callees first.
struct Components<'a> {
    graph: &'a CallGraph,
    marks: SideMap<FuncId, Mark>,
    next: u32,
    /// Visited functions of incomplete components.
    stack: Vec<FuncId>,
}

/// A function whose callees are being visited.
struct Visit {
    func: FuncId,
    /// Position, and the first one that it reaches.
    at: u32,
    low: u32,
    callee: usize,
    /// The lowest stratum that it can be in.
    stratum: u32,
}

impl Components<'_> {
    fn visit(&mut self, root: FuncId) {
        let mut visits: Vec<Visit> = Vec::new();
        visits.extend(self.open(root));
        while let Some(top) = visits.last_mut() {
            let callee = self.graph.callees(top.func).get(top.callee).copied();
            if let Some(callee) = callee {
                top.callee += 1;
                match self.marks[callee] {
                    Mark::Elsewhere => {}
                    Mark::New => visits.extend(self.open(callee)),
                    Mark::Open { at } => top.low = top.low.min(at),
                    Mark::Done { stratum } => top.stratum = top.stratum.max(stratum + 1),
                }
                continue;
            }
            let Some(done) = visits.pop() else { break };
            if done.low == done.at {
                self.close(&done);
            }
            let Some(caller) = visits.last_mut() else {
                continue;
            };
            if done.low == done.at {
                caller.stratum = caller.stratum.max(done.stratum + 1);
            } else {
                caller.low = caller.low.min(done.low);
                caller.stratum = caller.stratum.max(done.stratum);
            }
        }
    }

    /// Begins with a function, unless that has happened.
    fn open(&mut self, func: FuncId) -> Option<Visit> {
        if self.marks[func] != Mark::New {
            return None;
        }
        let at = self.next;
        self.next += 1;
        self.marks[func] = Mark::Open { at };
        self.stack.push(func);
        Some(Visit {
            func,
            at,
            low: at,
            callee: 0,
            stratum: 0,
        })
    }

    /// Completes the component of its first function.
    fn close(&mut self, first: &Visit) {
        while let Some(func) = self.stack.pop() {
            self.marks[func] = Mark::Done {
                stratum: first.stratum,
            };
            if func == first.func {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::EntityId;

    fn strata(calls: &[&[u32]]) -> Vec<Vec<u32>> {
        let mut graph = CallGraph::default();
        for (caller, callees) in calls.iter().enumerate() {
            let callees = callees.iter().map(|&f| FuncId::from_u32(f)).collect();
            graph.set(FuncId::from_u32(caller as u32), callees);
        }
        let funcs: Vec<FuncId> = (0..calls.len() as u32).map(FuncId::from_u32).collect();
        let strata = graph.strata(&funcs);
        let numbers = |stratum: &Vec<FuncId>| stratum.iter().map(|f| f.as_u32()).collect();
        strata.iter().map(numbers).collect()
    }

    #[test]
    fn callees_lie_below_their_callers() {
        assert_eq!(strata(&[]), [[0; 0]; 0]);
        assert_eq!(strata(&[&[1], &[2], &[]]), [[2], [1], [0]]);
        assert_eq!(
            strata(&[&[], &[0], &[0, 1], &[]]),
            [vec![0, 3], vec![1], vec![2]]
        );
    }

    #[test]
    fn circles_are_one() {
        // 0 calls itself; 1, 2 and 3 are a circle above it; 4 is above that.
        let calls: &[&[u32]] = &[&[0], &[2], &[3, 0], &[1], &[3]];
        assert_eq!(strata(calls), [vec![0], vec![1, 2, 3], vec![4]]);
        // Two circles with a call from one to the other, found from within.
        assert_eq!(strata(&[&[1], &[0, 2], &[3], &[2]]), [[2, 3], [0, 1]]);
    }

    #[test]
    fn calls_of_what_is_not_compiled_do_not_count() {
        assert_eq!(strata(&[&[7], &[0, 9]]), [[0], [1]]);
    }

    #[test]
    fn long_chains_take_no_stack() {
        let calls: Vec<Vec<u32>> = (1..200_000).map(|f| vec![f]).chain([vec![]]).collect();
        let calls: Vec<&[u32]> = calls.iter().map(Vec::as_slice).collect();
        assert_eq!(strata(&calls).len(), 200_000);
    }

    /// Against the definition, on random graphs.
    #[test]
    fn strata_are_as_defined() {
        let mut state = 1u64;
        let mut random = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        for _ in 0..300 {
            let count = 1 + random(12);
            let list = |random: &mut dyn FnMut(u64) -> u64| -> Vec<u32> {
                (0..random(4)).map(|_| random(count) as u32).collect()
            };
            let calls: Vec<Vec<u32>> = (0..count).map(|_| list(&mut random)).collect();
            let slices: Vec<&[u32]> = calls.iter().map(Vec::as_slice).collect();
            let mut level = vec![0; calls.len()];
            for (at, stratum) in strata(&slices).iter().enumerate() {
                stratum.iter().for_each(|&f| level[f as usize] = at);
            }
            let reaches = |from: u32| {
                let mut seen = vec![false; calls.len()];
                let mut work = calls[from as usize].clone();
                while let Some(f) = work.pop() {
                    if !std::mem::replace(&mut seen[f as usize], true) {
                        work.extend(&calls[f as usize]);
                    }
                }
                seen
            };
            let reach: Vec<Vec<bool>> = (0..count as u32).map(reaches).collect();
            for f in 0..calls.len() {
                let in_circle = |g: usize| f == g || reach[f][g] && reach[g][f];
                let members = (0..calls.len()).filter(|&g| in_circle(g));
                let below = members.flat_map(|m| &calls[m]).map(|&g| g as usize);
                let below = below.filter(|&g| !in_circle(g)).map(|g| level[g] + 1);
                assert_eq!(level[f], below.max().unwrap_or(0), "{f} in {calls:?}");
            }
        }
    }
}
