(module (func $good) (func $bad (result i32) (i64.const 1)))
