;; A handler of WASI 0.3 that answers many requests at a time. The first letter of the path says what it does:
;; `c` answers the number of requests that the instance has begun, `m` how many of them it had under way at a time at most, `s` sleeps before it answers `00`,
;; `b` does so with back-pressure on, `n` sleeps for an hour, `l` runs for ever, `t` traps, `v` writes 4 MiB, `y` gives the turn to others for ever, `e` returns an error,
;; a digit behind the letter multiplies the 150 ms of a sleep, `a` answers and sleeps for an hour behind that, `p` answers the first byte, sleeps, and answers the second.
(module
  (import "wasi:http/types@0.3.0" "[constructor]fields" (func $fields (result i32)))
  (import "wasi:http/types@0.3.0" "[method]request.get-path-with-query" (func $path (param i32 i32)))
  (import "wasi:http/types@0.3.0" "[resource-drop]request" (func $drop (param i32)))
  (import "wasi:http/types@0.3.0" "[static]response.new" (func $response (param i32 i32 i32 i32 i32)))
  (import "wasi:http/types@0.3.0" "[stream-new-0][static]response.new" (func $stream (result i64)))
  (import "wasi:http/types@0.3.0" "[stream-write-0][static]response.new" (func $write (param i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.3.0" "[stream-drop-writable-0][static]response.new" (func $end (param i32)))
  (import "wasi:http/types@0.3.0" "[future-new-1][static]response.new" (func $future (result i64)))
  (import "wasi:http/types@0.3.0" "[future-write-1][static]response.new" (func $trailers (param i32 i32) (result i32)))
  (import "wasi:http/types@0.3.0" "[future-drop-writable-1][static]response.new" (func $done (param i32)))
  (import "wasi:http/types@0.3.0" "[future-drop-readable-2][static]response.new" (func $ignore (param i32)))
  (import "wasi:clocks/monotonic-clock@0.3.0" "wait-for" (func $sleep (param i64)))
  (import "[export]wasi:http/handler@0.3.0" "[task-return]handle" (func $return (param i32 i32 i32 i64 i32 i32 i32 i32)))
  (import "$root" "[backpressure-inc]" (func $hold))
  (import "$root" "[backpressure-dec]" (func $admit))
  (import "$root" "[thread-yield]" (func $yield (result i32)))
  (memory (export "memory") 70)
  (global $begun (mut i32) (i32.const 0))
  (global $active (mut i32) (i32.const 0))
  (global $most (mut i32) (i32.const 0))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))

  ;; Two digits.
  (func $digits (param $at i32) (param $n i32)
    (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.rem_u (i32.div_u (local.get $n) (i32.const 10)) (i32.const 10))))
    (i32.store8 offset=1 (local.get $at) (i32.add (i32.const 48) (i32.rem_u (local.get $n) (i32.const 10)))))

  ;; Writes all bytes, or as many as somebody reads.
  (func $all (param $to i32) (param $at i32) (param $len i32) (local $r i32)
    (loop $more
      (if (i32.eqz (local.get $len)) (then (return)))
      (local.set $r (call $write (local.get $to) (local.get $at) (local.get $len)))
      (local.set $at (i32.add (local.get $at) (i32.shr_u (local.get $r) (i32.const 4))))
      (local.set $len (i32.sub (local.get $len) (i32.shr_u (local.get $r) (i32.const 4))))
      (br_if $more (i32.eqz (i32.and (local.get $r) (i32.const 15))))))

  ;; Answers with a body of so many bytes at a place, of which the first `$early` are written before a sleep.
  (func $answer (param $at i32) (param $len i32) (param $early i32) (param $nap i64)
    (local $body i64) (local $behind i64) (local $to i32)
    (local.set $body (call $stream))
    (local.set $behind (call $future))
    (local.set $to (i32.wrap_i64 (i64.shr_u (local.get $body) (i64.const 32))))
    (call $response (call $fields) (i32.const 1) (i32.wrap_i64 (local.get $body)) (i32.wrap_i64 (local.get $behind)) (i32.const 64))
    (call $ignore (i32.load (i32.const 68)))
    (call $return (i32.const 0) (i32.load (i32.const 64)) (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
    (if (local.get $early) (then
      (call $all (local.get $to) (local.get $at) (local.get $early))
      (call $sleep (local.get $nap))))
    (call $all (local.get $to) (i32.add (local.get $at) (local.get $early)) (i32.sub (local.get $len) (local.get $early)))
    (call $end (local.get $to))
    (local.set $to (i32.wrap_i64 (i64.shr_u (local.get $behind) (i64.const 32))))
    ;; No trailers: all zero.
    (drop (call $trailers (local.get $to) (i32.const 128)))
    (call $done (local.get $to)))

  (func (export "[async-lift-stackful]wasi:http/handler@0.3.0#handle") (param $request i32)
    (local $what i32) (local $at i32) (local $nap i64)
    (global.set $begun (i32.add (global.get $begun) (i32.const 1)))
    (global.set $active (i32.add (global.get $active) (i32.const 1)))
    (if (i32.gt_u (global.get $active) (global.get $most)) (then (global.set $most (global.get $active))))
    (call $path (local.get $request) (i32.const 64))
    (local.set $what (i32.load8_u offset=1 (i32.load (i32.const 68))))
    (local.set $nap (i64.const 150000000))
    (if (i32.gt_u (i32.load (i32.const 72)) (i32.const 2)) (then
      (local.set $nap (i64.mul (local.get $nap) (i64.extend_i32_u (i32.sub (i32.load8_u offset=2 (i32.load (i32.const 68))) (i32.const 48)))))))
    (call $drop (local.get $request))
    (local.set $at (i32.add (i32.const 4096) (i32.mul (i32.const 2) (i32.rem_u (global.get $begun) (i32.const 1024)))))
    (call $digits (local.get $at) (i32.const 0))
    (if (i32.eq (local.get $what) (i32.const 99)) (then (call $digits (local.get $at) (global.get $begun))))
    (if (i32.eq (local.get $what) (i32.const 109)) (then (call $digits (local.get $at) (global.get $most))))
    (if (i32.eq (local.get $what) (i32.const 115)) (then (call $sleep (local.get $nap))))
    (if (i32.eq (local.get $what) (i32.const 98)) (then
      (call $hold)
      (call $sleep (local.get $nap))
      (call $admit)))
    (if (i32.eq (local.get $what) (i32.const 110)) (then (call $sleep (i64.const 3600000000000))))
    (if (i32.eq (local.get $what) (i32.const 108)) (then (loop $l (br $l))))
    (if (i32.eq (local.get $what) (i32.const 121)) (then (loop $l (drop (call $yield)) (br $l))))
    (if (i32.eq (local.get $what) (i32.const 116)) (then (unreachable)))
    (if (i32.eq (local.get $what) (i32.const 101)) (then
      (call $return (i32.const 1) (i32.const 36) (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
      (global.set $active (i32.sub (global.get $active) (i32.const 1)))
      (return)))
    (if (i32.eq (local.get $what) (i32.const 118))
      (then (call $answer (i32.const 65536) (i32.const 4194304) (i32.const 0) (local.get $nap)))
      (else (call $answer (local.get $at) (i32.const 2) (i32.eq (local.get $what) (i32.const 112)) (local.get $nap))))
    (if (i32.eq (local.get $what) (i32.const 97)) (then (call $sleep (i64.const 3600000000000))))
    (global.set $active (i32.sub (global.get $active) (i32.const 1)))))
