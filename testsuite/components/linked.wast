;; Made by scripts/guests-linked.sh of the sources in testsuite/guests/linked.
(component
  (core module $main (;0;)
    (type (;0;) (func (param i32) (result i32)))
    (type (;1;) (func (param i32) (result i32)))
    (type (;2;) (func (param i32) (result i32)))
    (type (;3;) (func (param i32) (result i32)))
    (table (;0;) 6 funcref)
    (memory (;0;) 17)
    (global (;0;) (mut i32) i32.const 1048576)
    (global (;1;) i32 i32.const 1048584)
    (global (;2;) i32 i32.const 1)
    (global (;3;) (mut i32) i32.const 0)
    (global (;4;) i32 i32.const 1048640)
    (global (;5;) i32 i32.const 2)
    (global (;6;) (mut i32) i32.const 0)
    (global (;7;) (mut i32) i32.const 0)
    (global (;8;) (mut i32) i32.const 0)
    (global (;9;) i32 i32.const 1048648)
    (global (;10;) i32 i32.const 2)
    (global (;11;) (mut i32) i32.const 2)
    (global (;12;) (mut i32) i32.const 3)
    (global (;13;) (mut i32) i32.const 0)
    (global (;14;) (mut i32) i32.const 5)
    (global (;15;) (mut i32) i32.const 3)
    (export "__stack_pointer" (global 0))
    (export "library.so:memory_base" (global 1))
    (export "library.so:table_base" (global 2))
    (export "library.so:scale" (global 3))
    (export "program.so:memory_base" (global 4))
    (export "program.so:table_base" (global 5))
    (export "program.so:counted" (global 6))
    (export "program.so:names" (global 7))
    (export "program.so:scale" (global 8))
    (export "wit-component:stubs:memory_base" (global 9))
    (export "wit-component:stubs:table_base" (global 10))
    (export "library.so:offset" (global 11))
    (export "library.so:triple" (global 12))
    (export "program.so:absent" (global 13))
    (export "program.so:deep" (global 14))
    (export "program.so:triple" (global 15))
    (export "offset" (func 0))
    (export "triple" (func 1))
    (export "absent" (func 2))
    (export "deep" (func 3))
    (export "__indirect_function_table" (table 0))
    (export "memory" (memory 0))
    (func (;0;) (type 0) (param i32) (result i32)
      local.get 0
      i32.const 2
      call_indirect (type 0)
    )
    (func (;1;) (type 1) (param i32) (result i32)
      local.get 0
      i32.const 3
      call_indirect (type 1)
    )
    (func (;2;) (type 2) (param i32) (result i32)
      local.get 0
      i32.const 4
      call_indirect (type 2)
    )
    (func (;3;) (type 3) (param i32) (result i32)
      local.get 0
      i32.const 5
      call_indirect (type 3)
    )
    (@producers
      (processed-by "wit-component" "0.262.0")
    )
  )
  (core module $library.so (;1;)
    (@dylink.0
      (mem-info (memory 56 2) (table 1 0))
    )
    (type (;0;) (func (param i32) (result i32)))
    (type (;1;) (func))
    (type (;2;) (func (param i32 i32) (result i32)))
    (type (;3;) (func (result i32)))
    (import "env" "memory" (memory (;0;) 1))
    (import "env" "__indirect_function_table" (table (;0;) 1 funcref))
    (import "env" "__stack_pointer" (global (;0;) (mut i32)))
    (import "env" "__memory_base" (global (;1;) i32))
    (import "env" "__table_base" (global (;2;) i32))
    (import "GOT.mem" "scale" (global (;3;) (mut i32)))
    (import "GOT.func" "triple" (global (;4;) (mut i32)))
    (import "GOT.func" "offset" (global (;5;) (mut i32)))
    (global (;6;) i32 i32.const 24)
    (global (;7;) i32 i32.const 28)
    (global (;8;) i32 i32.const 40)
    (export "__wasm_call_ctors" (func 0))
    (export "triple" (func 2))
    (export "calculate_with" (func 3))
    (export "scale" (global 6))
    (export "own_operation" (func 4))
    (export "deeper" (func 5))
    (export "names" (global 7))
    (export "counted" (global 8))
    (export "__wasm_apply_data_relocs" (func 1))
    (elem (;0;) (global.get 2) func 6)
    (func (;0;) (type 1))
    (func (;1;) (type 1)
      i32.const 28
      global.get 1
      i32.add
      global.get 1
      i32.const 7
      i32.add
      i32.store
      i32.const 32
      global.get 1
      i32.add
      global.get 1
      i32.const 14
      i32.add
      i32.store
      i32.const 36
      global.get 1
      i32.add
      global.get 1
      i32.const 0
      i32.add
      i32.store
      i32.const 44
      global.get 1
      i32.add
      global.get 2
      i32.const 0
      i32.add
      i32.store
      i32.const 48
      global.get 1
      i32.add
      global.get 4
      i32.store
      i32.const 52
      global.get 1
      i32.add
      global.get 5
      i32.store
    )
    (func (;2;) (type 0) (param i32) (result i32)
      local.get 0
      i32.const 3
      i32.mul
    )
    (func (;3;) (type 2) (param i32 i32) (result i32)
      (local i32)
      global.get 1
      i32.const 44
      i32.add
      local.get 0
      i32.const 3
      i32.rem_u
      i32.const 2
      i32.shl
      i32.add
      i32.load
      local.set 0
      global.get 3
      local.set 2
      local.get 1
      local.get 0
      call_indirect (type 0)
      local.get 2
      i32.load
      i32.mul
    )
    (func (;4;) (type 3) (result i32)
      global.get 4
    )
    (func (;5;) (type 2) (param i32 i32) (result i32)
      (local i32)
      global.get 0
      i32.const 4096
      i32.sub
      local.tee 2
      global.set 0
      local.get 2
      local.get 0
      i32.const 4095
      i32.and
      i32.add
      local.get 0
      i32.store8
      block ;; label = @1
        block ;; label = @2
          local.get 0
          i32.eqz
          br_if 0 (;@2;)
          local.get 0
          i32.const -1
          i32.add
          local.get 1
          call_indirect (type 0)
          i32.const 4096
          i32.add
          local.set 0
          br 1 (;@1;)
        end
        local.get 2
        i32.load8_u
        i32.const 0
        i32.ne
        local.set 0
      end
      local.get 2
      i32.const 4096
      i32.add
      global.set 0
      local.get 0
    )
    (func (;6;) (type 0) (param i32) (result i32)
      local.get 0
      local.get 0
      i32.mul
    )
    (data (;0;) (global.get 1) "offset\00square\00triple\00")
    (data (;1;) (offset global.get 1 i32.const 24 i32.add) "\0a\00\00\00\07\00\00\00\0e\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
  )
  (core module $wit-component:stubs (;2;)
    (type (;0;) (func (param i32) (result i32)))
    (export "absent" (func 0))
    (func (;0;) (type 0) (param i32) (result i32)
      unreachable
    )
    (@producers
      (processed-by "wit-component" "0.262.0")
    )
  )
  (core module $program.so (;3;)
    (@dylink.0
      (mem-info (memory 8 2))
      (import-info "env" "absent" binding-weak undefined)
    )
    (type (;0;) (func (param i32) (result i32)))
    (type (;1;) (func (param i32 i32) (result i32)))
    (type (;2;) (func (result i32)))
    (type (;3;) (func))
    (import "env" "memory" (memory (;0;) 1))
    (import "env" "__indirect_function_table" (table (;0;) 0 funcref))
    (import "env" "__stack_pointer" (global (;0;) (mut i32)))
    (import "env" "__memory_base" (global (;1;) i32))
    (import "env" "__table_base" (global (;2;) i32))
    (import "env" "absent" (func (;0;) (type 0) (param i32) (result i32)))
    (import "env" "calculate_with" (func (;1;) (type 1) (param i32 i32) (result i32)))
    (import "env" "own_operation" (func (;2;) (type 2) (result i32)))
    (import "env" "deeper" (func (;3;) (type 1) (param i32 i32) (result i32)))
    (import "GOT.mem" "counted" (global (;3;) (mut i32)))
    (import "GOT.func" "absent" (global (;4;) (mut i32)))
    (import "GOT.mem" "names" (global (;5;) (mut i32)))
    (import "GOT.mem" "scale" (global (;6;) (mut i32)))
    (import "GOT.func" "triple" (global (;7;) (mut i32)))
    (import "GOT.func" "deep" (global (;8;) (mut i32)))
    (export "__wasm_call_ctors" (func 4))
    (export "offset" (func 5))
    (export "calculate" (func 7))
    (export "name" (func 8))
    (export "set-scale" (func 9))
    (export "constructed" (func 10))
    (export "same" (func 11))
    (export "deep" (func 12))
    (func (;4;) (type 3)
      call 6
    )
    (func (;5;) (type 0) (param i32) (result i32)
      local.get 0
      i32.const 7
      i32.add
    )
    (func (;6;) (type 3)
      (local i32)
      global.get 3
      local.tee 0
      local.get 0
      i32.load
      i32.const 100
      i32.add
      i32.store
    )
    (func (;7;) (type 1) (param i32 i32) (result i32)
      block ;; label = @1
        global.get 4
        i32.eqz
        br_if 0 (;@1;)
        local.get 1
        call 0
        return
      end
      local.get 0
      local.get 1
      call 1
    )
    (func (;8;) (type 0) (param i32) (result i32)
      (local i32 i32)
      global.get 1
      i32.const 0
      i32.add
      global.get 5
      local.get 0
      i32.const 3
      i32.rem_u
      i32.const 2
      i32.shl
      i32.add
      i32.load
      local.tee 1
      i32.store
      i32.const 0
      local.set 0
      loop ;; label = @1
        global.get 1
        i32.const 0
        i32.add
        local.get 0
        i32.store offset=4
        local.get 1
        local.get 0
        i32.add
        local.set 2
        local.get 0
        i32.const 1
        i32.add
        local.set 0
        local.get 2
        i32.load8_u
        br_if 0 (;@1;)
      end
      global.get 1
      i32.const 0
      i32.add
    )
    (func (;9;) (type 0) (param i32) (result i32)
      (local i32 i32)
      global.get 6
      local.tee 1
      i32.load
      local.set 2
      local.get 1
      local.get 0
      i32.store
      local.get 2
    )
    (func (;10;) (type 2) (result i32)
      global.get 3
      i32.load
    )
    (func (;11;) (type 2) (result i32)
      (local i32 i32 i32)
      global.get 0
      i32.const 16
      i32.sub
      local.tee 0
      global.set 0
      local.get 0
      global.get 7
      i32.store offset=12
      local.get 0
      i32.load offset=12
      local.set 1
      call 2
      local.set 2
      local.get 0
      i32.const 16
      i32.add
      global.set 0
      local.get 1
      local.get 2
      i32.eq
    )
    (func (;12;) (type 0) (param i32) (result i32)
      local.get 0
      global.get 8
      call 3
    )
    (data (;0;) (global.get 1) "\00\00\00\00\00\00\00\00")
  )
  (core instance $main (;0;) (instantiate $main))
  (alias core export $main "memory" (core memory $memory (;0;)))
  (alias core export $main "__indirect_function_table" (core table $__indirect_function_table (;0;)))
  (alias core export $main "__stack_pointer" (core global $__stack_pointer (;0;)))
  (alias core export $main "library.so:memory_base" (core global $library.so:memory_base (;1;)))
  (alias core export $main "library.so:table_base" (core global $library.so:table_base (;2;)))
  (core instance $env (;1;)
    (export "memory" (memory $memory))
    (export "__indirect_function_table" (table $__indirect_function_table))
    (export "__stack_pointer" (global $__stack_pointer))
    (export "__memory_base" (global $library.so:memory_base))
    (export "__table_base" (global $library.so:table_base))
  )
  (alias core export $main "library.so:scale" (core global $library.so:scale (;3;)))
  (core instance $GOT.mem (;2;)
    (export "scale" (global $library.so:scale))
  )
  (alias core export $main "library.so:triple" (core global $library.so:triple (;4;)))
  (alias core export $main "library.so:offset" (core global $library.so:offset (;5;)))
  (core instance $GOT.func (;3;)
    (export "triple" (global $library.so:triple))
    (export "offset" (global $library.so:offset))
  )
  (core instance $library.so (;4;) (instantiate $library.so
      (with "env" (instance $env))
      (with "GOT.mem" (instance $GOT.mem))
      (with "GOT.func" (instance $GOT.func))
    )
  )
  (core instance $wit-component:stubs (;5;) (instantiate $wit-component:stubs))
  (alias core export $main "program.so:memory_base" (core global $program.so:memory_base (;6;)))
  (alias core export $main "program.so:table_base" (core global $program.so:table_base (;7;)))
  (alias core export $wit-component:stubs "absent" (core func $absent (;0;)))
  (alias core export $library.so "calculate_with" (core func $calculate_with (;1;)))
  (alias core export $library.so "own_operation" (core func $own_operation (;2;)))
  (alias core export $library.so "deeper" (core func $deeper (;3;)))
  (core instance $"#core-instance6 env" (@name "env") (;6;)
    (export "memory" (memory $memory))
    (export "__indirect_function_table" (table $__indirect_function_table))
    (export "__stack_pointer" (global $__stack_pointer))
    (export "__memory_base" (global $program.so:memory_base))
    (export "__table_base" (global $program.so:table_base))
    (export "absent" (func $absent))
    (export "calculate_with" (func $calculate_with))
    (export "own_operation" (func $own_operation))
    (export "deeper" (func $deeper))
  )
  (alias core export $main "program.so:counted" (core global $program.so:counted (;8;)))
  (alias core export $main "program.so:names" (core global $program.so:names (;9;)))
  (alias core export $main "program.so:scale" (core global $program.so:scale (;10;)))
  (core instance $"#core-instance7 GOT.mem" (@name "GOT.mem") (;7;)
    (export "counted" (global $program.so:counted))
    (export "names" (global $program.so:names))
    (export "scale" (global $program.so:scale))
  )
  (alias core export $main "program.so:absent" (core global $program.so:absent (;11;)))
  (alias core export $main "program.so:triple" (core global $program.so:triple (;12;)))
  (alias core export $main "program.so:deep" (core global $program.so:deep (;13;)))
  (core instance $"#core-instance8 GOT.func" (@name "GOT.func") (;8;)
    (export "absent" (global $program.so:absent))
    (export "triple" (global $program.so:triple))
    (export "deep" (global $program.so:deep))
  )
  (core instance $program.so (;9;) (instantiate $program.so
      (with "env" (instance $"#core-instance6 env"))
      (with "GOT.mem" (instance $"#core-instance7 GOT.mem"))
      (with "GOT.func" (instance $"#core-instance8 GOT.func"))
    )
  )
  (core module $wit-component-fixup (;4;)
    (type (;0;) (func))
    (type (;1;) (func (param i32) (result i32)))
    (import "main" "memory" (memory (;0;) 0))
    (import "main" "__indirect_function_table" (table (;0;) 0 funcref))
    (import "main" "library.so:memory_base" (global $library.so:memory_base (;0;) i32))
    (import "library.so" "scale" (global $scale (;1;) i32))
    (import "main" "library.so:scale" (global $library.so:scale (;2;) (mut i32)))
    (import "library.so" "counted" (global $counted (;3;) i32))
    (import "main" "program.so:counted" (global $program.so:counted (;4;) (mut i32)))
    (import "library.so" "names" (global $names (;5;) i32))
    (import "main" "program.so:names" (global $program.so:names (;6;) (mut i32)))
    (import "main" "program.so:scale" (global $program.so:scale (;7;) (mut i32)))
    (import "library.so" "__wasm_apply_data_relocs" (func $__wasm_apply_data_relocs (;0;) (type 0)))
    (import "library.so" "__wasm_call_ctors" (func $__wasm_call_ctors (;1;) (type 0)))
    (import "program.so" "__wasm_call_ctors" (func $"#func2 __wasm_call_ctors" (@name "__wasm_call_ctors") (;2;) (type 0)))
    (import "program.so" "offset" (func $offset (;3;) (type 1) (param i32) (result i32)))
    (import "library.so" "triple" (func $triple (;4;) (type 1) (param i32) (result i32)))
    (import "wit-component:stubs" "absent" (func $absent (;5;) (type 1) (param i32) (result i32)))
    (import "program.so" "deep" (func $deep (;6;) (type 1) (param i32) (result i32)))
    (start $start)
    (elem (;0;) (i32.const 1) func)
    (elem (;1;) (i32.const 2) func $offset $triple $absent $deep)
    (func $start (;7;) (type 0)
      global.get $library.so:memory_base
      global.get $scale
      i32.add
      global.set $library.so:scale
      global.get $library.so:memory_base
      global.get $counted
      i32.add
      global.set $program.so:counted
      global.get $library.so:memory_base
      global.get $names
      i32.add
      global.set $program.so:names
      global.get $library.so:memory_base
      global.get $scale
      i32.add
      global.set $program.so:scale
      call $__wasm_apply_data_relocs
      call $__wasm_call_ctors
      call $"#func2 __wasm_call_ctors"
    )
    (data (;0;) (i32.const 1048576) "\00\00\00\00\00\00\10\00")
    (@producers
      (processed-by "wit-component" "0.262.0")
    )
  )
  (core instance $fixup (;10;) (instantiate $wit-component-fixup
      (with "main" (instance $main))
      (with "library.so" (instance $library.so))
      (with "program.so" (instance $program.so))
      (with "wit-component:stubs" (instance $wit-component:stubs))
    )
  )
  (type (;0;) (func (param "which" u32) (param "n" s32) (result s32)))
  (alias core export $program.so "calculate" (core func $calculate (;4;)))
  (func $calculate (;0;) (type 0) (canon lift (core func $calculate)))
  (export $"#func1 calculate" (@name "calculate") (;1;) "calculate" (func $calculate))
  (type (;1;) (func (param "which" u32) (result string)))
  (alias core export $program.so "name" (core func $name (;5;)))
  (func $name (;2;) (type 1) (canon lift (core func $name) (memory $memory) string-encoding=utf8))
  (export $"#func3 name" (@name "name") (;3;) "name" (func $name))
  (type (;2;) (func (param "scale" s32) (result s32)))
  (alias core export $program.so "set-scale" (core func $set-scale (;6;)))
  (func $set-scale (;4;) (type 2) (canon lift (core func $set-scale)))
  (export $"#func5 set-scale" (@name "set-scale") (;5;) "set-scale" (func $set-scale))
  (type (;3;) (func (result u32)))
  (alias core export $program.so "constructed" (core func $constructed (;7;)))
  (func $constructed (;6;) (type 3) (canon lift (core func $constructed)))
  (export $"#func7 constructed" (@name "constructed") (;7;) "constructed" (func $constructed))
  (type (;4;) (func (result bool)))
  (alias core export $program.so "same" (core func $same (;8;)))
  (func $same (;8;) (type 4) (canon lift (core func $same)))
  (export $"#func9 same" (@name "same") (;9;) "same" (func $same))
  (type (;5;) (func (param "depth" u32) (result u32)))
  (alias core export $program.so "deep" (core func $deep (;9;)))
  (func $deep (;10;) (type 5) (canon lift (core func $deep)))
  (export $"#func11 deep" (@name "deep") (;11;) "deep" (func $deep))
  (@producers
    (processed-by "wit-component" "0.262.0")
  )
)
;; What is asked of the instance: data, functions and their addresses from one module to the other, in both directions.
(assert_return (invoke "constructed") (u32.const 101))
(assert_return (invoke "calculate" (u32.const 0) (s32.const 5)) (s32.const 250))
(assert_return (invoke "calculate" (u32.const 1) (s32.const 5)) (s32.const 150))
(assert_return (invoke "calculate" (u32.const 2) (s32.const 5)) (s32.const 120))
(assert_return (invoke "set-scale" (s32.const -3)) (s32.const 10))
(assert_return (invoke "calculate" (u32.const 2) (s32.const 5)) (s32.const -36))
(assert_return (invoke "name" (u32.const 0)) (str.const "square"))
(assert_return (invoke "name" (u32.const 2)) (str.const "offset"))
(assert_return (invoke "same") (bool.const true))
(assert_return (invoke "deep" (u32.const 100)) (u32.const 409600))
;; They share one stack, which ends.
(assert_trap (invoke "deep" (u32.const 300)) "out of bounds memory access")
