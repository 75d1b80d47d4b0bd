//! Work on many items by several threads with a result that does not depend on their number.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

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
    let mut results: Vec<Option<T>> = (0..order.len()).map(|_| None).collect();
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let (next, state, work) = (&next, &state, &work);
        for _ in 0..threads(jobs).min(order.len()) {
            let sender = sender.clone();
            let run = move || {
                let mut state = state();
                while let Some(&item) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = work(&mut state, item as usize);
                    // The receiver lives as long as the scope.
                    if sender.send((item, result)).is_err() {
                        return;
                    }
                }
            };
            std::thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, run)
                .expect("the system refuses a thread");
        }
        drop(sender);
        for (item, result) in receiver {
            results[item as usize] = Some(result);
        }
    });
    // A panic of a worker was passed on by the scope.
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
