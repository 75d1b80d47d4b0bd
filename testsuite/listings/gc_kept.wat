;; Objects that do not leave the function become values; those that leave on one way do not.
(module
  (type $point (sub (struct (field $x (mut i32)) (field $y (mut i32)))))
  (type $iterator (struct (field $at (mut i32)) (field $end i32)))
  (type $box (struct (field $of (ref null $point)) (field $small (mut i8))))
  (global $point (export "point") (mut (ref null $point)) (ref.null $point))
  (func $next (param $it (ref $iterator)) (result i32)
    (struct.set $iterator $at (local.get $it) (i32.add (struct.get $iterator $at (local.get $it)) (i32.const 1)))
    (struct.get $iterator $at (local.get $it)))

  ;; By an inlined function.
  (func (export "iterate") (param $n i32) (result i32)
    (local $it (ref $iterator)) (local $sum i32)
    (local.set $it (struct.new $iterator (i32.const 0) (local.get $n)))
    (loop $again
      (local.set $sum (i32.xor (local.get $sum) (call $next (local.get $it))))
      (br_if $again (i32.lt_u (struct.get $iterator $at (local.get $it)) (struct.get $iterator $end (local.get $it)))))
    (local.get $sum))
  ;; One in another, tested and compared.
  (func (export "chain") (param $n i32) (result i32)
    (local $box (ref $box)) (local $point (ref null $point))
    (local.set $box (struct.new $box (struct.new $point (local.get $n) (i32.const 2)) (local.get $n)))
    (local.set $point (struct.get $box $of (local.get $box)))
    (i32.add (struct.get $point $x (ref.cast (ref $point) (local.get $point)))
      (i32.add (ref.eq (local.get $point) (global.get $point)) (struct.get_s $box $small (local.get $box)))))
  ;; It leaves on one way.
  (func (export "leaves") (param $n i32) (result i32)
    (local $point (ref $point))
    (local.set $point (struct.new $point (local.get $n) (i32.const 2)))
    (if (local.get $n) (then (global.set $point (local.get $point))))
    (struct.get $point $x (local.get $point)))
  ;; It may be another one.
  (func (export "either") (param $n i32) (result i32)
    (struct.get $point $x (if (result (ref null $point)) (local.get $n)
      (then (struct.new $point (local.get $n) (i32.const 2))) (else (global.get $point))))))
