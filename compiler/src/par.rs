//! Work on many items by several threads with a result that does not depend on their number.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Stack of a worker thread in bytes: passes may recurse over expressions of a function.
const STACK: usize = 64 << 20;

/// Number of threads for a `jobs` option (0: one per core).
pub fn threads(jobs: usize) -> usize {
    if jobs != 0 {
        return jobs;
    }
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Calls `work` for the items `0..order.len()`, in about the order of `order` (a permutation of them), and returns the results by item.
pub fn map<T: Send>(jobs: usize, order: &[u32], work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    map_with(jobs, order, || (), |(), item| work(item))
}

/// As [`map`], each thread with a state of its own.
pub fn map_with<S, T: Send>(
    jobs: usize,
    order: &[u32],
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let (next, state, work) = (&next, &state, &work);
    // Each keeps what it has made until there is nothing left: nobody is woken for a single result.
    let run = move || {
        let (mut state, mut made) = (state(), Vec::new());
        while let Some(&item) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            made.push((item, work(&mut state, item as usize)));
        }
        made
    };
    let mut results: Vec<Option<T>> = (0..order.len()).map(|_| None).collect();
    std::thread::scope(|scope| {
        let spawn = |_| {
            let builder = std::thread::Builder::new().stack_size(STACK);
            let spawned = builder.spawn_scoped(scope, run);
            spawned.expect("the system refuses a thread")
        };
        let threads = threads(jobs).min(order.len());
        let workers: Vec<_> = (0..threads).map(spawn).collect();
        for worker in workers {
            match worker.join() {
                Ok(made) => made
                    .into_iter()
                    .for_each(|(item, result)| results[item as usize] = Some(result)),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    results
        .into_iter()
        .map(|r| r.expect("every item was worked on"))
        .collect()
}

/// The order that starts the biggest items first.
pub fn big_first(sizes: impl Iterator<Item = usize>) -> Vec<u32> {
    let sizes: Vec<usize> = sizes.collect();
    let mut order: Vec<u32> = (0..sizes.len() as u32).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(sizes[i as usize]));
    order
}
