;; Hints of the custom section about branches go into the IR, and from there into the order of blocks.
;; call f 5 = 6
;; call g 0 = 1
(module
  (func (export "f") (param i32) (result i32)
    (@metadata.code.branch_hint "\00")
    (if (i32.gt_s (local.get 0) (i32.const 100))
      (then (local.set 0 (i32.const 3))))
    (i32.add (local.get 0) (i32.const 1)))
  (func (export "g") (param i32) (result i32)
    (block
      (@metadata.code.branch_hint "\01")
      (br_if 0 (i32.eqz (local.get 0)))
      (local.set 0 (i32.popcnt (local.get 0))))
    (i32.add (local.get 0) (i32.const 1))))
