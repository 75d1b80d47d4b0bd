//! What allocating and collecting cost, to be run by hand:
//! `cargo test --release -p wative-runtime --lib gc::tests::bench -- --ignored --nocapture --test-threads 1`.

use super::*;
use std::time::Instant;

/// Runs `f`, which allocates so many objects, and tells what that took.
fn measure(name: &str, objects: u64, world: &mut World, f: impl FnOnce(&mut World)) {
    let start = Instant::now();
    f(world);
    let time = start.elapsed();
    let stats = &world.heap.stats;
    println!(
        "{name:38} {:6.2} ns an object; {:4} minor, {:3} full, {:5.1} % of the time, longest {:7.3} ms, at most {:6.1} MiB",
        time.as_nanos() as f64 / objects as f64,
        stats.minor,
        stats.full,
        stats.pauses as f64 * 100.0 / time.as_nanos() as f64,
        stats.longest as f64 / 1e6,
        stats.most as f64 / f64::from(1 << 20),
    );
}

/// With full collections alone, marks are of no generation.
fn worlds(name: &str, objects: u64, f: impl Fn(&mut World)) {
    for (mode, only_full) in [("generations", false), ("full only", true)] {
        let mut world = World::new(64, 0, GcDesc::STATS);
        world.heap.only_full = only_full;
        measure(&format!("{name}, {mode}"), objects, &mut world, &f);
    }
}

fn tree(world: &mut World, depth: u32, cell: usize) -> u32 {
    if depth == 0 {
        return world.pair(0, 0);
    }
    // What is under construction is in a cell, as it would be in a frame.
    world.cells[cell] = tree(world, depth - 1, cell + 1);
    let right = tree(world, depth - 1, cell + 1);
    world.cells[cell + 1] = right;
    let pair = world.pair(0, 0);
    set(pair, 8, world.cells[cell]);
    set(pair, 12, right);
    world.cells[cell] = 0;
    world.cells[cell + 1] = 0;
    pair
}

fn count(pair: u32) -> u64 {
    if pair == 0 {
        return 0;
    }
    1 + count(get(pair, 8)) + count(get(pair, 12))
}

#[test]
#[ignore = "a benchmark: it prints figures and judges nothing"]
fn short_lived_objects() {
    const COUNT: u64 = 200_000_000;
    worlds("16 bytes, short-lived", COUNT, |world| {
        for i in 0..COUNT as u32 {
            world.cells[0] = world.pair(0, i << 1 | 1);
        }
    });
}

#[test]
#[ignore = "a benchmark: it prints figures and judges nothing"]
fn binary_trees() {
    let objects = (1 << 21) + 50 * (1 << 17) + 2000 * (1 << 11);
    worlds("binary trees of depth 20, 16, 10", objects, |world| {
        world.cells[0] = tree(world, 20, 1);
        for (rounds, depth) in [(50, 16), (2000, 10)] {
            for _ in 0..rounds {
                let tree = tree(world, depth, 1);
                assert_eq!(count(tree), (2 << depth) - 1);
            }
        }
        assert_eq!(count(world.cells[0]), (2 << 20) - 1);
    });
}

#[test]
#[ignore = "a benchmark: it prints figures and judges nothing"]
fn much_lives_and_little_is_garbage() {
    const LIVE: u32 = 1 << 22;
    const COUNT: u64 = 50_000_000;
    worlds(
        "256 MiB live, short-lived beside",
        COUNT + u64::from(LIVE),
        |world| {
            let array = world.array(REFS, LIVE / 4);
            world.cells[0] = array;
            for i in 0..LIVE {
                let next = get(array, 8 + 4 * (i / 4));
                let object = world.array(BYTES, 40);
                assert_ne!(object, next);
                let pair = world.pair(next, 0);
                world.store(array, 8 + 4 * (i / 4), pair);
                world.store(pair, 12, object);
            }
            for i in 0..COUNT as u32 {
                world.cells[1] = world.pair(0, i << 1 | 1);
                if i % 1000 == 0 {
                    // Something lives on, in place of something else.
                    let new = world.pair(0, 0);
                    world.store(array, 8 + 4 * (i % (LIVE / 4)), new);
                }
            }
        },
    );
}

#[test]
#[ignore = "a benchmark: it prints figures and judges nothing"]
fn holes_between_objects_that_live() {
    const LIVE: u32 = 1 << 20;
    const COUNT: u64 = 50_000_000;
    worlds("one line of two free, short-lived", COUNT, |world| {
        let array = world.array(REFS, LIVE);
        world.cells[0] = array;
        for i in 0..LIVE {
            let object = world.array(BYTES, 240);
            if i % 2 == 0 {
                world.store(array, 8 + 4 * i, object);
            }
        }
        for i in 0..COUNT as u32 {
            world.cells[1] = world.pair(0, i << 1 | 1);
        }
    });
}

/// Where an object is once it is copied, as a moving collector does it; 0 stands for null, and headers are lost.
fn forward(reference: u32, to: &mut [[u32; 4]], len: &mut usize) -> u32 {
    const MOVED: u32 = !0;
    if reference == 0 {
        return 0;
    }
    if get(reference, 0) != MOVED {
        to[*len] = [0, 4, 8, 12].map(|offset| get(reference, offset));
        *len += 1;
        set(reference, 0, MOVED);
        set(reference, 4, *len as u32);
    }
    get(reference, 4)
}

/// What marking takes for each object that lives, beside copying it breadth first (Cheney 1970) to memory that was touched before.
#[test]
#[ignore = "a benchmark: it prints figures and judges nothing"]
fn marking_beside_copying() {
    for depth in [10, 14, 20] {
        let (mut mark, mut copy) = (f64::MAX, f64::MAX);
        for _ in 0..5 {
            let mut world = World::new(64, 0, GcDesc::STATS);
            world.cells[0] = tree(&mut world, depth, 1);
            world.heap.stats.longest = 0;
            world.collect(true);
            mark = mark.min(world.heap.stats.longest as f64);
            let mut to = vec![[1; 4]; 2 << depth];
            let start = Instant::now();
            let (mut scan, mut len) = (0, 0);
            forward(world.cells[0], &mut to, &mut len);
            while scan < len {
                for field in 2..4 {
                    to[scan][field] = forward(to[scan][field], &mut to, &mut len);
                }
                scan += 1;
            }
            copy = copy.min(start.elapsed().as_nanos() as f64);
            assert_eq!(len, (2 << depth) - 1);
            world.cells[0] = 0;
        }
        let objects = f64::from(2 << depth);
        println!(
            "depth {depth}: {:.1} ns to mark, {:.1} ns to copy",
            mark / objects,
            copy / objects
        );
    }
}
