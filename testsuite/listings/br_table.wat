;; Jump tables, small and sparse ones, with values.
(module
  (func (export "switch") (param i32) (result i32)
    (block $d (block $c (block $b (block $a
      (br_table $a $b $c $a $d (local.get 0)))
      (return (i32.const 100)))
      (return (i32.const 200)))
      (return (i32.const 300)))
    (i32.const -1))
  (func (export "two") (param i32) (result i32)
    (block $b (block $a (br_table $a $b (local.get 0))) (return (i32.const 1)))
    (i32.const 2))
  (func (export "default_only") (param i32) (result i32)
    (block $a (result i32) (br_table $a (i32.const 5) (local.get 0))))
  (func (export "value") (param i32 i64) (result i64)
    (block $c (result i64) (block $b (result i64) (block $a (result i64)
      (br_table $a $b $c (local.get 1) (local.get 0)))
      (i64.add (i64.const 1)))
      (i64.mul (i64.const 3)))))
