//! The programs in which threads race. Each ends with status 0, or traps where it sees what must not be.
//!
//! Cells: round `r` of a race has 64 bytes of its own from `0x20000 + 64·r`, so that nothing needs to be reset and threads meet in a round only by
//! accident and by the barrier before it.

/// A module with `$work` for threads, further functions, and the body of `_start`. `$go` starts so many threads, numbered from 0, and
/// waits for their end; `$meet` is a barrier; `$cell` is a round's address.
pub fn module(work: &str, functions: &str, main: &str) -> String {
    format!(
        r#"(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") (import "env" "memory") 16 64 shared)
  (global $own (mut i32) (i32.const 5))
  (table $table 4 funcref)
  (elem declare func $start)
  {functions}
  (func $work (param $id i32) (local $r i32) (local $a i32) (local $b i32) (local $at i32)
    {work})
  (func $start (export "wasi_thread_start") (param $tid i32) (param $id i32)
    (if (i32.le_s (local.get $tid) (i32.const 0)) (then (unreachable)))
    (call $work (local.get $id))
    (drop (i32.atomic.rmw.add (i32.const 65528) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const 65528) (i32.const -1))))
  (func $go (param $count i32) (local $i i32)
    (loop $more
      (if (i32.le_s (call $spawn (local.get $i)) (i32.const 0)) (then (unreachable)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (local.get $count))))
    (call $join (local.get $count)))
  (func $join (param $count i32) (local $done i32)
    (loop $again
      (local.set $done (i32.atomic.load (i32.const 65528)))
      (if (i32.lt_u (local.get $done) (local.get $count))
        (then
          (drop (memory.atomic.wait32 (i32.const 65528) (local.get $done) (i64.const -1)))
          (br $again)))))
  ;; Goes on when so many threads have come, for the r-th time. Whoever finds it takes long sleeps.
  (func $meet (param $count i32) (param $r i32) (local $goal i32) (local $seen i32) (local $tries i32)
    (local.set $goal (i32.mul (local.get $count) (i32.add (local.get $r) (i32.const 1))))
    (if (i32.eq (i32.add (i32.atomic.rmw.add (i32.const 65520) (i32.const 1)) (i32.const 1)) (local.get $goal))
      (then (drop (memory.atomic.notify (i32.const 65520) (i32.const -1))) (return)))
    (loop $again
      (local.set $seen (i32.atomic.load (i32.const 65520)))
      (if (i32.lt_u (local.get $seen) (local.get $goal))
        (then
          (local.set $tries (i32.add (local.get $tries) (i32.const 1)))
          (if (i32.gt_u (local.get $tries) (i32.const 200))
            (then (drop (memory.atomic.wait32 (i32.const 65520) (local.get $seen) (i64.const 1000000)))))
          (br $again)))))
  (func $cell (param $r i32) (result i32)
    (i32.add (i32.const 0x20000) (i32.shl (local.get $r) (i32.const 6))))
  (func $check (param i32) (if (i32.eqz (local.get 0)) (then (unreachable))))
  (func $main (export "_start") {main}))"#
    )
}

/// `count` threads do `round` in each of so many rounds, with the round's cells at `$at`, and then the first thread does `check` for each.
fn rounds(count: u32, rounds: u32, round: &str, check: &str) -> String {
    let work = format!(
        "(loop $next
          (call $meet (i32.const {count}) (local.get $r))
          (local.set $at (call $cell (local.get $r)))
          {round}
          (local.set $r (i32.add (local.get $r) (i32.const 1)))
          (br_if $next (i32.lt_u (local.get $r) (i32.const {rounds}))))"
    );
    let main = format!(
        "(local $r i32) (local $at i32)
        (call $go (i32.const {count}))
        (loop $next
          (local.set $at (call $cell (local.get $r)))
          {check}
          (local.set $r (i32.add (local.get $r) (i32.const 1)))
          (br_if $next (i32.lt_u (local.get $r) (i32.const {rounds}))))"
    );
    module(&work, "", &main)
}

/// `body` so many times.
fn times(count: u32, body: &str) -> String {
    format!(
        "(loop $next {body}
          (local.set $r (i32.add (local.get $r) (i32.const 1)))
          (br_if $next (i32.lt_u (local.get $r) (i32.const {count}))))"
    )
}

/// Every program by name; races have so many rounds.
pub fn all(count: u32) -> Vec<(String, String)> {
    let mut all = counters(count);
    all.push(("message passing".to_string(), message_passing(count)));
    all.push(("store buffering".to_string(), store_buffering(count)));
    all.push(("store buffering with fences".to_string(), fences(count)));
    all.push((
        "independent reads of independent writes".to_string(),
        iriw(count),
    ));
    all.push(("coherence".to_string(), coherence(count)));
    all.push(("lock by cmpxchg".to_string(), lock(count)));
    all.push(("ping-pong by wait and notify".to_string(), ping_pong(count)));
    all.push(("counts of notify".to_string(), counts()));
    all.push(("state of each thread".to_string(), own_state()));
    all.push(("memory.grow by several".to_string(), grow()));
    all.push(("one after the other".to_string(), sequence(count / 8)));
    all
}

/// Four threads change a cell of each width in every way; what is lost would be missing at the end. Neighbouring bytes stay.
fn counters(count: u32) -> Vec<(String, String)> {
    let widths = [
        ("i32", "rmw8", "_u", 8, "load8_u"),
        ("i32", "rmw16", "_u", 16, "load16_u"),
        ("i32", "rmw", "", 32, "load"),
        ("i64", "rmw8", "_u", 8, "load8_u"),
        ("i64", "rmw16", "_u", 16, "load16_u"),
        ("i64", "rmw32", "_u", 32, "load32_u"),
        ("i64", "rmw", "", 64, "load"),
    ];
    let mut programs = Vec::new();
    for (ty, rmw, u, bits, load) in widths {
        let mask = u64::MAX >> (64 - bits);
        // `cmpxchg` in a loop, without and with a use of the old values of the others.
        let exchange = format!(
            "(loop $retry
               (local.set $old ({ty}.atomic.{load} (i32.const 128)))
               (br_if $retry ({ty}.ne (local.get $old)
                 ({ty}.atomic.{rmw}.cmpxchg{u} (i32.const 128) (local.get $old) ({ty}.add (local.get $old) ({ty}.const 1))))))"
        );
        let wide = |place: u32, operation: &str, operand: u64| {
            format!(
                "({ty}.atomic.{rmw}.{operation}{u} (i32.const {place}) ({ty}.const {operand:#x}))"
            )
        };
        let body = format!(
            "(drop {})
             (local.set $sum ({ty}.add (local.get $sum) {}))
             (drop {})
             {exchange}
             (drop {})
             (local.set $sum ({ty}.add (local.get $sum) {}))",
            wide(64, "add", 3),
            wide(64, "sub", 2),
            // A bit of each thread's own is set and cleared again.
            "(i32.atomic.rmw8.or_u (i32.const 192) (i32.shl (i32.const 1) (local.get $id)))",
            wide(256, "xor", 1),
            wide(320, "xchg", 7),
        );
        let clear = "(drop (i32.atomic.rmw8.and_u (i32.const 192) (i32.xor (i32.const -1) (i32.shl (i32.const 1) (local.get $id)))))";
        let work = times(count, &format!("{body} {clear}"));
        let total = u64::from(4 * count);
        let check = |place: u32, value: u64| {
            format!(
                "(call $check ({ty}.eq ({ty}.atomic.{load} (i32.const {place})) ({ty}.const {:#x})))",
                value & mask
            )
        };
        let neighbours = if bits == 64 {
            String::new()
        } else {
            // The bytes behind each cell.
            let at = |place: u32| {
                format!(
                    "(call $check (i32.eqz (i32.load8_u offset={} (i32.const {place}))))",
                    bits / 8
                )
            };
            [64, 128, 192, 256, 320].map(at).concat()
        };
        let main = format!(
            "(call $go (i32.const 4)) {} {} {} {} {} {neighbours}",
            check(64, total),
            check(128, total),
            check(192, 0),
            check(256, total & 1),
            check(320, 7),
        );
        let text = module(&work, "", &main).replace(
            "(local $r i32)",
            &format!("(local $old {ty}) (local $sum {ty}) (local $r i32)"),
        );
        programs.push((format!("counters of {bits} bits in {ty}"), text));
    }
    programs
}

/// What was written before the flag is seen after it.
fn message_passing(count: u32) -> String {
    rounds(
        2,
        count,
        "(if (local.get $id)
           (then
             (i32.store offset=4 (local.get $at) (i32.const 11))
             (i64.store offset=48 (local.get $at) (i64.const 22))
             (i32.atomic.store (local.get $at) (i32.const 1)))
           (else
             (loop $spin (br_if $spin (i32.eqz (i32.atomic.load (local.get $at)))))
             (call $check (i32.eq (i32.load offset=4 (local.get $at)) (i32.const 11)))
             (call $check (i64.eq (i64.load offset=48 (local.get $at)) (i64.const 22)))))",
        "",
    )
}

/// Two threads write each a cell and read the other's: one must see the other's write.
fn store_buffering(count: u32) -> String {
    rounds(
        2,
        count,
        "(if (local.get $id)
           (then
             (i32.atomic.store (local.get $at) (i32.const 1))
             (i32.store offset=16 (local.get $at) (i32.atomic.load offset=32 (local.get $at))))
           (else
             (i32.atomic.store offset=32 (local.get $at) (i32.const 1))
             (i32.store offset=48 (local.get $at) (i32.atomic.load (local.get $at)))))",
        "(call $check (i32.or (i32.load offset=16 (local.get $at)) (i32.load offset=48 (local.get $at))))",
    )
}

/// The same with plain accesses and fences between.
fn fences(count: u32) -> String {
    rounds(
        2,
        count,
        "(if (local.get $id)
           (then
             (i32.store (local.get $at) (i32.const 1))
             (atomic.fence)
             (i32.store offset=16 (local.get $at) (i32.load offset=32 (local.get $at))))
           (else
             (i32.store offset=32 (local.get $at) (i32.const 1))
             (atomic.fence)
             (i32.store offset=48 (local.get $at) (i32.load (local.get $at)))))",
        "(call $check (i32.or (i32.load offset=16 (local.get $at)) (i32.load offset=48 (local.get $at))))",
    )
}

/// Two readers agree on the order of two writes.
fn iriw(count: u32) -> String {
    rounds(
        4,
        count / 4,
        "(block $done
           (if (i32.eqz (local.get $id))
             (then (i32.atomic.store (local.get $at) (i32.const 1)) (br $done)))
           (if (i32.eq (local.get $id) (i32.const 1))
             (then (i32.atomic.store offset=32 (local.get $at) (i32.const 1)) (br $done)))
           (if (i32.eq (local.get $id) (i32.const 2))
             (then
               (local.set $a (i32.atomic.load (local.get $at)))
               (local.set $b (i32.atomic.load offset=32 (local.get $at)))
               (i32.store offset=16 (local.get $at) (i32.gt_u (local.get $a) (local.get $b)))
               (br $done)))
           (local.set $a (i32.atomic.load offset=32 (local.get $at)))
           (local.set $b (i32.atomic.load (local.get $at)))
           (i32.store offset=48 (local.get $at) (i32.gt_u (local.get $a) (local.get $b))))",
        "(call $check (i32.eqz (i32.and (i32.load offset=16 (local.get $at)) (i32.load offset=48 (local.get $at)))))",
    )
}

/// A cell that only grows is never seen to shrink, in narrow and wide accesses.
fn coherence(count: u32) -> String {
    module(
        &format!(
            "(if (i32.eqz (local.get $id))
               (then (loop $next
                 (local.set $r (i32.add (local.get $r) (i32.const 1)))
                 (i32.atomic.store (i32.const 64) (local.get $r))
                 (br_if $next (i32.lt_u (local.get $r) (i32.const {0})))))
               (else (loop $next
                 (local.set $a (i32.atomic.load (i32.const 64)))
                 (local.set $b (i32.wrap_i64 (i64.atomic.load (i32.const 64))))
                 (call $check (i32.le_u (local.get $a) (local.get $b)))
                 (call $check (i32.le_u (local.get $r) (local.get $a)))
                 (local.set $r (local.get $b))
                 (br_if $next (i32.lt_u (local.get $b) (i32.const {0}))))))",
            10 * count
        ),
        "",
        "(call $go (i32.const 3))",
    )
}

/// A lock as libraries make it: 0 free, 1 taken, 2 taken and waited for.
fn lock(count: u32) -> String {
    let functions = "
  (func $lock (local $c i32)
    (local.set $c (i32.atomic.rmw.cmpxchg (i32.const 64) (i32.const 0) (i32.const 1)))
    (if (i32.eqz (local.get $c)) (then (return)))
    (if (i32.ne (local.get $c) (i32.const 2))
      (then (local.set $c (i32.atomic.rmw.xchg (i32.const 64) (i32.const 2)))))
    (loop $again
      (if (i32.eqz (local.get $c)) (then (return)))
      (drop (memory.atomic.wait32 (i32.const 64) (i32.const 2) (i64.const -1)))
      (local.set $c (i32.atomic.rmw.xchg (i32.const 64) (i32.const 2)))
      (br $again)))
  (func $unlock
    (if (i32.ne (i32.atomic.rmw.sub (i32.const 64) (i32.const 1)) (i32.const 1))
      (then
        (i32.atomic.store (i32.const 64) (i32.const 0))
        (drop (memory.atomic.notify (i32.const 64) (i32.const 1))))))";
    let body = "(call $lock)
        (i32.store (i32.const 128) (i32.add (i32.load (i32.const 128)) (i32.const 1)))
        (i64.store (i32.const 136) (i64.add (i64.load (i32.const 136)) (i64.const 3)))
        (call $unlock)";
    let main = format!(
        "(call $go (i32.const 4))
         (call $check (i32.eq (i32.load (i32.const 128)) (i32.const {})))
         (call $check (i64.eq (i64.load (i32.const 136)) (i64.const {})))",
        4 * count,
        12 * count
    );
    module(&times(count, body), functions, &main)
}

/// Two threads take turns, waiting for 32 and for 64 bits.
fn ping_pong(count: u32) -> String {
    let work = format!(
        "(local.set $r (local.get $id))
         (loop $next
           (loop $wait
             (local.set $a (i32.atomic.load (i32.const 64)))
             (if (i32.ne (local.get $a) (local.get $r))
               (then
                 (if (local.get $id)
                   (then (drop (memory.atomic.wait32 (i32.const 64) (local.get $a) (i64.const -1))))
                   (else (drop (memory.atomic.wait64 (i32.const 64) (i64.extend_i32_u (local.get $a)) (i64.const 60_000_000_000)))))
                 (br $wait))))
           (i32.atomic.store (i32.const 64) (i32.add (local.get $r) (i32.const 1)))
           (drop (memory.atomic.notify (i32.const 64) (i32.const 1)))
           (local.set $r (i32.add (local.get $r) (i32.const 2)))
           (br_if $next (i32.lt_u (local.get $r) (i32.const {}))))",
        2 * count
    );
    module(&work, "", "(call $go (i32.const 2))")
}

/// `notify` wakes as many as it is told and says how many they were; timeouts and unequal values are told apart.
fn counts() -> String {
    module(
        "(call $check (i32.eqz (memory.atomic.wait32 (i32.const 64) (i32.const 0) (i64.const -1))))",
        "(func $notify (param $count i32) (param $wanted i32) (local $sum i32)
           (loop $again
             (local.set $sum (i32.add (local.get $sum)
               (memory.atomic.notify (i32.const 64) (i32.sub (local.get $count) (local.get $sum)))))
             (br_if $again (i32.lt_u (local.get $sum) (local.get $wanted))))
           (call $check (i32.eq (local.get $sum) (local.get $wanted))))",
        "(local $i i32)
         (loop $more
           (call $check (i32.gt_s (call $spawn (local.get $i)) (i32.const 0)))
           (local.set $i (i32.add (local.get $i) (i32.const 1)))
           (br_if $more (i32.lt_u (local.get $i) (i32.const 6))))
         (call $notify (i32.const 2) (i32.const 2))
         (call $join (i32.const 2))
         ;; Another address, also one in the same bytes, wakes nobody.
         (call $check (i32.eqz (memory.atomic.notify (i32.const 68) (i32.const -1))))
         (call $notify (i32.const 4) (i32.const 4))
         (call $join (i32.const 6))
         (call $check (i32.eqz (memory.atomic.notify (i32.const 64) (i32.const -1))))
         (call $check (i32.eq (memory.atomic.wait32 (i32.const 64) (i32.const 1) (i64.const -1)) (i32.const 1)))
         (call $check (i32.eq (memory.atomic.wait64 (i32.const 64) (i64.const 1) (i64.const -1)) (i32.const 1)))
         (call $check (i32.eq (memory.atomic.wait64 (i32.const 64) (i64.const 0) (i64.const 0)) (i32.const 2)))
         (call $check (i32.eq (memory.atomic.wait32 (i32.const 64) (i32.const 0) (i64.const 1000000)) (i32.const 2)))",
    )
}

/// Globals and tables are each thread's own, and begin with their initial values.
fn own_state() -> String {
    let body = "(global.set $own (i32.add (global.get $own) (local.get $id)))";
    let work = format!(
        "(call $check (i32.eq (global.get $own) (i32.const 5)))
         (call $check (ref.is_null (table.get $table (i32.const 1))))
         (call $check (i32.eq (table.size $table) (i32.const 4)))
         (table.set $table (i32.const 1) (ref.func $start))
         (call $check (i32.eq (table.grow $table (ref.func $start) (local.get $id)) (i32.const 4)))
         {}
         (call $check (i32.eq (global.get $own) (i32.add (i32.const 5) (i32.mul (local.get $id) (i32.const 1000)))))
         (call $check (i32.eq (table.size $table) (i32.add (local.get $id) (i32.const 4))))",
        times(1000, body)
    );
    module(
        &work,
        "",
        "(call $go (i32.const 6))
         (call $check (i32.eq (global.get $own) (i32.const 5)))
         (call $check (ref.is_null (table.get $table (i32.const 1))))
         (global.set $own (i32.const 77))
         (i32.atomic.store (i32.const 65528) (i32.const 0))
         (call $go (i32.const 6))
         (call $check (i32.eq (global.get $own) (i32.const 77)))",
    )
}

/// Every page is given to one thread, and can be used at once.
fn grow() -> String {
    let body = "
        (local.set $a (memory.grow (i32.const 1)))
        (if (i32.ne (local.get $a) (i32.const -1))
          (then
            (call $check (i32.lt_u (local.get $a) (memory.size)))
            (local.set $at (i32.shl (local.get $a) (i32.const 16)))
            (call $check (i32.eqz (i32.atomic.rmw.add (local.get $at) (i32.const 1))))
            (memory.fill (i32.add (local.get $at) (i32.const 8)) (i32.const 1) (i32.const 65528))
            (drop (i32.atomic.rmw.add (i32.const 64) (i32.const 1))))
          (else (drop (i32.atomic.rmw.add (i32.const 128) (i32.const 1)))))";
    module(
        &times(20, body),
        "",
        "(call $go (i32.const 4))
         ;; 48 pages were left for 80 attempts.
         (call $check (i32.eq (i32.load (i32.const 64)) (i32.const 48)))
         (call $check (i32.eq (i32.load (i32.const 128)) (i32.const 32)))
         (call $check (i32.eq (memory.size) (i32.const 64)))",
    )
}

/// Stacks and blocks of threads that have ended are used again.
fn sequence(count: u32) -> String {
    module(
        "(call $check (i32.eq (global.get $own) (i32.const 5)))
         (global.set $own (i32.const 6))
         (call $check (ref.is_null (table.get $table (i32.const 2))))
         (table.set $table (i32.const 2) (ref.func $start))",
        "",
        &format!(
            "(local $r i32)
             {}",
            times(
                count,
                "(i32.atomic.store (i32.const 65528) (i32.const 0)) (call $go (i32.const 2))"
            )
        ),
    )
}
