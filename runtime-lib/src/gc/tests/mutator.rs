//! A program that does everything at random, with a model of what its heap must hold.

use super::*;

/// Fixed seeds: xorshift.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

/// What an object must be.
struct Node {
    address: u32,
    ty: u32,
    /// Length of an array.
    len: u32,
    /// Its number, which its contents follow from.
    number: u32,
    /// What its references are: numbers of nodes plus 1, 0 for null, or negative for an i31.
    fields: Vec<i64>,
}

struct Model {
    world: World,
    random: Random,
    nodes: Vec<Node>,
    /// As fields.
    roots: Vec<i64>,
}

impl Node {
    fn offset(&self, field: usize) -> u32 {
        match self.ty {
            REFS => 8 + 4 * field as u32,
            WIDE => OFFSETS[2 + field],
            _ => OFFSETS[field],
        }
    }

    /// The words that are no references.
    fn numbers(&self) -> Vec<u32> {
        match self.ty {
            PAIR => vec![4],
            NUMBERS => vec![4, 8, 12],
            HOST => vec![8, 12],
            WIDE => (8..WIDE_BYTES - 4).step_by(4).collect(),
            BYTES => (8..8 + self.len / 4 * 4).step_by(4).collect(),
            _ => vec![],
        }
    }

    fn size(&self) -> u64 {
        let bytes = match self.ty {
            EMPTY => 8,
            PAIR | NUMBERS | HOST => 16,
            WIDE => WIDE_BYTES,
            REFS => 8 + 4 * self.len,
            _ => 8 + self.len,
        };
        u64::from(bytes.next_multiple_of(8))
    }
}

impl Model {
    fn new(seed: u64, limit: u64, flags: u32) -> Model {
        let roots = 20;
        Model {
            world: World::new(roots, limit, flags),
            random: Random(seed * 2 + 1),
            nodes: vec![],
            roots: vec![0; roots],
        }
    }

    fn bits(&self, field: i64) -> u32 {
        match field {
            0 => 0,
            1.. => self.nodes[field as usize - 1].address,
            _ => (-field as u32) << 1 | 1,
        }
    }

    /// Something that is reached: from a root some steps on.
    fn reached(&mut self) -> i64 {
        let mut field = self.roots[self.random.below(self.roots.len())];
        for _ in 0..self.random.below(12) {
            if field <= 0 || self.nodes[field as usize - 1].fields.is_empty() {
                break;
            }
            let count = self.nodes[field as usize - 1].fields.len();
            let next = self.nodes[field as usize - 1].fields[self.random.below(count)];
            if next != 0 {
                field = next;
            }
        }
        field
    }

    fn value(&mut self) -> i64 {
        match self.random.below(10) {
            0 => 0,
            1 => -(self.random.below(1 << 20) as i64),
            _ => self.reached(),
        }
    }

    fn make(&mut self) {
        let ty = self.random.below(TYPES.len()) as u32;
        let len = match (ty, self.random.below(200)) {
            (REFS | BYTES, 0) => self.random.below(100_000) as u32,
            (REFS | BYTES, 1..10) => self.random.below(3000) as u32,
            (REFS | BYTES, _) => self.random.below(60) as u32,
            _ => 0,
        };
        let fields = match ty {
            PAIR | WIDE => 2,
            REFS => len as usize,
            _ => 0,
        };
        let address = match ty {
            REFS | BYTES => self.world.array(ty, len),
            _ => self.world.make(ty),
        };
        let mut node = Node {
            address,
            ty,
            len,
            number: self.nodes.len() as u32,
            fields: vec![0; fields],
        };
        for offset in node.numbers() {
            assert_eq!(get(address, offset), 0);
            set(address, offset, node.number.wrapping_mul(offset));
        }
        for i in 0..fields {
            assert_eq!(get(address, node.offset(i)), 0);
            if i < 50 {
                node.fields[i] = self.value();
                set(address, node.offset(i), self.bits(node.fields[i]));
            }
        }
        self.nodes.push(node);
        // It is in a root at once, or garbage.
        if self.random.below(3) != 0 {
            let root = self.random.below(self.roots.len());
            self.set_root(root, self.nodes.len() as i64);
        }
    }

    fn set_root(&mut self, root: usize, value: i64) {
        self.roots[root] = value;
        self.world.cells[root] = self.bits(value);
    }

    fn write(&mut self) {
        let (object, value) = (self.reached(), self.value());
        if object > 0 && !self.nodes[object as usize - 1].fields.is_empty() {
            let field = self
                .random
                .below(self.nodes[object as usize - 1].fields.len());
            let bits = self.bits(value);
            let node = &mut self.nodes[object as usize - 1];
            node.fields[field] = value;
            let (address, offset) = (node.address, node.offset(field));
            self.world.store(address, offset, bits);
        }
    }

    /// Everything that is reached is as it must be, nothing overlaps, and after a full collection nothing else lives.
    fn check(&self, is_exact: bool) {
        let mut seen = vec![false; self.nodes.len()];
        let mut grey: Vec<i64> = self.roots.clone();
        let mut ranges = vec![];
        let mut live = 0;
        while let Some(field) = grey.pop() {
            if field <= 0 || core::mem::replace(&mut seen[field as usize - 1], true) {
                continue;
            }
            let node = &self.nodes[field as usize - 1];
            assert_eq!(get(node.address, 0) >> 8, node.ty);
            if matches!(node.ty, REFS | BYTES) {
                assert_eq!(get(node.address, 4), node.len);
            }
            for offset in node.numbers() {
                let expected = node.number.wrapping_mul(offset);
                assert_eq!(get(node.address, offset), expected);
            }
            for (i, &value) in node.fields.iter().enumerate() {
                assert_eq!(get(node.address, node.offset(i)), self.bits(value));
            }
            grey.extend(&node.fields);
            ranges.push((node.address, node.address + node.size() as u32));
            live += node.size();
        }
        ranges.sort();
        assert!(ranges.windows(2).all(|pair| pair[0].1 <= pair[1].0));
        if is_exact {
            assert_eq!(self.world.live(), live);
        } else {
            assert!(self.world.live() >= live);
        }
    }

    fn run(&mut self, steps: usize) {
        for _ in 0..steps {
            match self.random.below(100) {
                0..55 => self.make(),
                55..90 => self.write(),
                90..98 => {
                    let (root, value) = (self.random.below(self.roots.len()), self.value());
                    self.set_root(root, value);
                }
                98 if self.random.below(4) == 0 => {
                    let is_full = self.random.below(4) == 0;
                    self.world.collect(is_full);
                    self.check(is_full);
                }
                _ => {
                    let root = self.random.below(self.roots.len());
                    self.set_root(root, 0);
                }
            }
        }
        self.world.collect(true);
        self.check(true);
        for root in 0..self.roots.len() {
            self.set_root(root, 0);
        }
        self.world.collect(false);
        self.world.collect(true);
        assert_eq!((self.world.live(), self.world.heap.space.used), (0, 0));
    }
}

#[test]
fn random_programs_keep_what_they_reach() {
    for seed in 0..30 {
        Model::new(seed, 0, 0).run(6000);
    }
}

#[test]
fn a_long_random_program_keeps_what_it_reaches() {
    let mut model = Model::new(99, 0, 0);
    model.run(200_000);
    let stats = &model.world.heap.stats;
    assert!(stats.minor > 10 && stats.full > 3);
}

#[test]
fn random_programs_live_with_a_small_stack_of_grey_objects() {
    for seed in 100..110 {
        let mut model = Model::new(seed, 0, 0);
        model.world.heap.grey.capacity = seed as usize % 5;
        model.run(6000);
    }
}

/// Under stress each allocation collects, and compiled code never allocates by itself.
#[test]
fn random_programs_stand_stress() {
    for seed in 200..203 {
        let mut model = Model::new(seed, 0, GcDesc::STRESS);
        model.run(1500);
        assert_eq!(model.world.heap.fast.limit, 0);
        assert!(model.world.heap.stats.minor + model.world.heap.stats.full > 700);
    }
}
