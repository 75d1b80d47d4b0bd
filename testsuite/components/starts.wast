;; Start functions of components, and the values that they return and take. Each value is taken once: by a start function, an instance or an export.

;; A start function is called in its turn, between the core instances before and behind it.
(component
  (component $Log
    (core module $M
      (global $log (mut i32) (i32.const 0))
      (func (export "add") (param i32)
        (global.set $log (i32.add (i32.mul (global.get $log) (i32.const 10)) (local.get 0))))
      (func (export "get") (result i32) (global.get $log)))
    (core instance $m (instantiate $M))
    (func (export "add") (param "v" u32) (canon lift (core func $m "add")))
    (func (export "get") (result u32) (canon lift (core func $m "get")))
  )
  (instance $log (instantiate $Log))
  (component $C
    (import "add" (func $add (param "v" u32)))
    (core func $add' (canon lower (func $add)))
    (core module $Before
      (import "" "add" (func $add (param i32)))
      (func $start (call $add (i32.const 1)))
      (start $start)
      (func (export "two") (call $add (i32.const 2))))
    (core instance $before (instantiate $Before (with "" (instance (export "add" (func $add'))))))
    (func $two (canon lift (core func $before "two")))
    (start $two)
    (core module $Behind
      (import "" "add" (func $add (param i32)))
      (func $start (call $add (i32.const 3)))
      (start $start))
    (core instance (instantiate $Behind (with "" (instance (export "add" (func $add'))))))
  )
  (instance (instantiate $C (with "add" (func $log "add"))))
  (instance (instantiate $C (with "add" (func $log "add"))))
  (func (export "get") (alias export $log "get"))
)
(assert_return (invoke "get") (u32.const 123123))

;; Values go from start functions to instances, and to other start functions there.
(component definition $Numbers
  (component $Make
    (core module $M
      (func (export "make") (result i32) (i32.const -3)))
    (core instance $m (instantiate $M))
    (func $make (result s8) (canon lift (core func $m "make")))
    (start $make (result (value $v)))
    (export "v" (value $v))
  )
  (component $Next
    (import "v" (value $v s8))
    (core module $M
      (func (export "next") (param i32) (result i32) (i32.sub (local.get 0) (i32.const 5))))
    (core instance $m (instantiate $M))
    (func $next (param "v" s8) (result s8) (canon lift (core func $m "next")))
    (start $next (value $v) (result (value $w)))
    (export "w" (value $w))
  )
  (component $Keep
    (import "v" (value $v s8))
    (core module $M
      (global $v (mut i32) (i32.const 0))
      (func (export "set") (param i32) (global.set $v (local.get 0)))
      (func (export "get") (result i32) (global.get $v)))
    (core instance $m (instantiate $M))
    (func $set (param "v" s8) (canon lift (core func $m "set")))
    (start $set (value $v))
    (func (export "get") (result s8) (canon lift (core func $m "get")))
  )
  (instance $a (instantiate $Make))
  (instance $b (instantiate $Next (with "v" (value $a "v"))))
  (instance $c (instantiate $Next (with "v" (value $b "w"))))
  (instance $k (instantiate $Keep (with "v" (value $c "w"))))
  ;; In an instance of single items.
  (instance $d (instantiate $Make))
  (instance $e (export "v" (value $d "v")))
  (instance $l (instantiate $Keep (with "v" (value $e "v"))))
  (func (export "get") (alias export $k "get"))
  (func (export "other") (alias export $l "get"))
)
(component instance $n $Numbers)
(assert_return (invoke $n "get") (s8.const -13))
(assert_return (invoke $n "other") (s8.const -3))

;; Values with memory: what they were made of changes afterwards, and the encoding is another one. One is larger than a page.
(component definition $Texts
  (component $Make
    (core module $M
      (memory (export "m") 4)
      (global $post (mut i32) (i32.const 0))
      (data (i32.const 8) "\10\00\00\00\03\00\00\00\2a\00\00\00\00\00\00\00h\00\fc\00!\00")
      ;; (string, u16, list<u8>)
      (func (export "make") (result i32)
        (i32.store (i32.const 0) (i32.const 24))
        (i32.store (i32.const 4) (i32.const 3))
        (i32.store16 (i32.const 8) (i32.const 7))
        (i32.store (i32.const 12) (i32.const 1000))
        (i32.store (i32.const 16) (i32.const 100000))
        (memory.fill (i32.const 1000) (i32.const 9) (i32.const 100000))
        (i32.const 0))
      (func (export "post") (param i32)
        (memory.fill (i32.const 0) (i32.const 0xff) (i32.const 200000))))
    (core instance $m (instantiate $M))
    (type $all' (record (field "text" string) (field "number" u16) (field "bytes" (list u8))))
    (export $all "all" (type $all'))
    (func $make (result $all)
      (canon lift (core func $m "make") (memory (core memory $m "m")) string-encoding=utf16 (post-return (core func $m "post"))))
    (start $make (result (value $v)))
    (export "v" (value $v))
  )
  (instance $a (instantiate $Make))
  (alias export $a "all" (type $all))
  (component $Keep
    (alias outer $Texts $all (type $all))
    (import "all" (type $mine (eq $all)))
    (import "v" (value $v (type $mine)))
    (import "w" (value $w (type $mine)))
    (core module $M
      (memory (export "m") 1)
      (global $next (mut i32) (i32.const 64))
      (global $at (mut i32) (i32.const 0))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (local $new i32)
        (if (i32.le_u (local.get 3) (local.get 1)) (then (return (local.get 0))))
        (local.set $new (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
        (global.set $next (i32.add (local.get $new) (local.get 3)))
        (drop (memory.grow (i32.shr_u (i32.add (local.get 3) (i32.const 65535)) (i32.const 16))))
        (memory.copy (local.get $new) (local.get 0) (local.get 1))
        (local.get $new))
      (func (export "set") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
        ;; The second: text, number, length and last byte.
        (i32.store (i32.const 0) (local.get 5))
        (i32.store (i32.const 4) (local.get 6))
        (i32.store16 (i32.const 8) (i32.add (local.get 2) (local.get 7)))
        (i32.store (i32.const 12) (local.get 8))
        (i32.store (i32.const 16) (local.get 9))
        (i32.store (i32.const 20) (i32.load8_u (i32.add (local.get 8) (i32.sub (local.get 9) (i32.const 1))))))
      (func (export "text") (result i32) (i32.const 0))
      (func (export "number") (result i32) (i32.load16_u (i32.const 8)))
      (func (export "length") (result i32) (i32.load (i32.const 16)))
      (func (export "last") (result i32) (i32.load (i32.const 20))))
    (core instance $m (instantiate $M))
    (func $set (param "v" $mine) (param "w" $mine)
      (canon lift (core func $m "set") (memory (core memory $m "m")) (realloc (core func $m "realloc")) string-encoding=utf8))
    (start $set (value $v) (value $w))
    (func (export "text") (result string) (canon lift (core func $m "text") (memory (core memory $m "m"))))
    (func (export "number") (result u32) (canon lift (core func $m "number")))
    (func (export "length") (result u32) (canon lift (core func $m "length")))
    (func (export "last") (result u32) (canon lift (core func $m "last")))
  )
  (instance $b (instantiate $Make))
  (instance $k (instantiate $Keep (with "all" (type $all)) (with "v" (value $a "v")) (with "w" (value $b "v"))))
  (export "text" (func $k "text"))
  (export "number" (func $k "number"))
  (export "length" (func $k "length"))
  (export "last" (func $k "last"))
)
(component instance $t $Texts)
(assert_return (invoke $t "text") (str.const "h\c3\bc!"))
(assert_return (invoke $t "number") (u32.const 14))
(assert_return (invoke $t "length") (u32.const 100000))
(assert_return (invoke $t "last") (u32.const 9))

;; Handles among values are moved; the destructor runs in the instance that implements the resource. More parameters than go in core values.
(component
  (component $R
    (core module $D
      (global $dropped (mut i32) (i32.const 0))
      (func (export "drop") (param i32) (global.set $dropped (i32.add (global.get $dropped) (local.get 0))))
      (func (export "dropped") (result i32) (global.get $dropped)))
    (core instance $d (instantiate $D))
    (type $r' (resource (rep i32) (dtor (core func $d "drop"))))
    (export $r "r" (type $r'))
    (core func $new (canon resource.new $r'))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 41))))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
    (func $make (result (own $r)) (canon lift (core func $m "make")))
    (start $make (result (value $v)))
    (export "v" (value $v))
    (func (export "dropped") (result u32) (canon lift (core func $d "dropped")))
  )
  (instance $r (instantiate $R))
  (component $Take
    (import "r" (type $r (sub resource)))
    (import "v" (value $v (own $r)))
    (core func $drop (canon resource.drop $r))
    (core module $M
      (import "" "drop" (func $drop (param i32)))
      (func (export "take") (param i32) (call $drop (local.get 0))))
    (core instance $m (instantiate $M (with "" (instance (export "drop" (func $drop))))))
    (func $take (param "v" (own $r)) (canon lift (core func $m "take")))
    (start $take (value $v))
  )
  (alias export $r "r" (type $t))
  (instance (instantiate $Take (with "r" (type $t)) (with "v" (value $r "v"))))
  (func (export "dropped") (alias export $r "dropped"))
)
(assert_return (invoke "dropped") (u32.const 41))

(component
  (type $many (tuple u8 u16 u32 u64 s8 s16 s32 s64 f32 f64 char bool u8 u16 u32 u64 (option u8) (result u64 (error f32))))
  (core module $M
    (memory (export "m") 1)
    (global $last (mut i64) (i64.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "make") (result i32)
      (i32.store8 (i32.const 0) (i32.const 1))
      (i32.store8 (i32.const 72) (i32.const 1))
      (i32.store8 (i32.const 73) (i32.const 2))
      (i32.store8 (i32.const 80) (i32.const 1))
      (f32.store (i32.const 88) (f32.const 2.5))
      (i32.const 0))
    (func (export "take") (param $at i32)
      (global.set $last
        (i64.add (i64.extend_i32_u (i32.load8_u (local.get $at)))
          (i64.trunc_f32_u (f32.mul (f32.load offset=88 (local.get $at)) (f32.const 100))))))
    (func (export "last") (result i64) (global.get $last)))
  (core instance $m (instantiate $M))
  (func $make (result $many) (canon lift (core func $m "make") (memory (core memory $m "m"))))
  (component $Make
    (alias outer 1 $many (type $many))
    (import "make" (func $make (result $many)))
    (start $make (result (value $v)))
    (export "v" (value $v))
  )
  (instance $v (instantiate $Make (with "make" (func $make))))
  (func $take (param "v" $many)
    (canon lift (core func $m "take") (memory (core memory $m "m")) (realloc (core func $m "realloc"))))
  (start $take (value $v "v"))
  (func (export "last") (result u64) (canon lift (core func $m "last")))
)
(assert_return (invoke "last") (u64.const 251))

;; A start function calls what others export, its parent among them.
(component
  (core module $M
    (global $n (mut i32) (i32.const 5))
    (func (export "twice") (result i32) (global.set $n (i32.mul (global.get $n) (i32.const 2))) (global.get $n)))
  (core instance $m (instantiate $M))
  (func $twice (result u32) (canon lift (core func $m "twice")))
  (component $C
    (import "twice" (func $twice (result u32)))
    (core func $twice' (canon lower (func $twice)))
    (core module $M
      (import "" "twice" (func $twice (result i32)))
      (func (export "run") (drop (call $twice)) (drop (call $twice))))
    (core instance $m (instantiate $M (with "" (instance (export "twice" (func $twice'))))))
    (func $run (canon lift (core func $m "run")))
    (start $run)
  )
  (instance (instantiate $C (with "twice" (func $twice))))
  (export "twice" (func $twice))
)
(assert_return (invoke "twice") (u32.const 40))

;; It cannot enter an instance that it was called from.
(assert_trap
  (component
    (component $A
      (import "f" (func $f))
      (core func $f' (canon lower (func $f)))
      (core module $M
        (import "" "f" (func $f))
        (func (export "run") (call $f)))
      (core instance $m (instantiate $M (with "" (instance (export "f" (func $f'))))))
      (func (export "run") (canon lift (core func $m "run"))))
    (core module $T
      (table (export "t") 1 funcref)
      (type $none (func))
      (func (export "run") (call_indirect (type $none) (i32.const 0))))
    (core instance $t (instantiate $T))
    (func $through (canon lift (core func $t "run")))
    (instance $a (instantiate $A (with "f" (func $through))))
    (core func $again (canon lower (func $a "run")))
    (core module $Fill
      (import "" "t" (table 1 funcref))
      (import "" "f" (func $f))
      (elem (i32.const 0) func $f))
    (core instance (instantiate $Fill (with "" (instance (export "t" (table $t "t")) (export "f" (func $again))))))
    (func $start (alias export $a "run"))
    (start $start))
  "cannot enter component instance")

;; Traps, of the function itself and of what it returns; nothing is called behind one.
(assert_trap
  (component
    (core module $M (func (export "run") unreachable))
    (core instance $m (instantiate $M))
    (func $run (canon lift (core func $m "run")))
    (start $run)
    (core module $N (func $start (loop (br 0))) (start $start))
    (core instance (instantiate $N)))
  "unreachable")
(assert_trap
  (component
    (core module $M (func (export "run") (result i32) (i32.const 0xd800)))
    (core instance $m (instantiate $M))
    (func $run (result char) (canon lift (core func $m "run")))
    (start $run (result (value $v)))
    (export "v" (value $v)))
  "invalid `char` bit pattern")
(assert_trap
  (component
    (core module $M (memory (export "m") 1) (func (export "run") (result i32) (i32.const 65532)))
    (core instance $m (instantiate $M))
    (func $run (result string) (canon lift (core func $m "run") (memory (core memory $m "m"))))
    (start $run (result (value $v)))
    (export "v" (value $v)))
  "out of bounds memory access")

;; What is not taken, is taken twice, or is of another type.
(assert_invalid
  (component
    (import "f" (func $f (result u32)))
    (start $f (result (value $v))))
  "value index 0 was not used")
(assert_invalid
  (component
    (import "f" (func $f (result u32)))
    (start $f (result (value $v)))
    (export "a" (value $v))
    (export "b" (value $v)))
  "cannot be used more than once")
(assert_invalid
  (component
    (import "f" (func $f (param "v" u32)))
    (import "v" (value $v u64))
    (start $f (value $v)))
  "type mismatch")
(assert_invalid
  (component
    (import "f" (func $f (param "v" u32)))
    (start $f))
  "requires 1 arguments")
(assert_invalid
  (component
    (import "f" (func $f))
    (start $f)
    (start $f))
  "more than one start function")
