;; Discriminants: sizes of one and two bytes, numbers without a case, and payloads of cases that are joined.

;; Results that are lifted from flat values.
(component definition $Flat
  (type $e' (enum "a" "b" "c"))
  (export $e "e" (type $e'))
  (type $v' (variant (case "a") (case "b" u8) (case "c" s64) (case "d" f32)))
  (export $v "v" (type $v'))
  (core module $M
    (memory (export "m") 1)
    (func (export "id") (param i32) (result i32) (local.get 0))
    ;; Stores the case and eight bytes of payload.
    (func (export "pair") (param i32 i64) (result i32)
      (i32.store (i32.const 32) (local.get 0))
      (i64.store (i32.const 40) (local.get 1))
      (i32.const 32))
    ;; The payload directly behind a discriminant of one byte.
    (func (export "small") (param i32 i32) (result i32)
      (i32.store8 (i32.const 32) (local.get 0))
      (i32.store8 (i32.const 33) (local.get 1))
      (i32.const 32)))
  (core instance $m (instantiate $M))
  (func (export "enum") (param "v" u32) (result $e) (canon lift (core func $m "id")))
  (func (export "result") (param "v" u32) (result (result)) (canon lift (core func $m "id")))
  (func (export "variant") (param "case" u32) (param "payload" u64) (result $v)
    (canon lift (core func $m "pair") (memory (core memory $m "m"))))
  (func (export "option") (param "case" u32) (param "payload" u32) (result (option u8))
    (canon lift (core func $m "small") (memory (core memory $m "m"))))
  (func (export "error") (param "case" u32) (param "payload" u32) (result (result u8 (error bool)))
    (canon lift (core func $m "small") (memory (core memory $m "m"))))
)
(component instance $i $Flat)
(assert_return (invoke "enum" (u32.const 0)) (enum.const "a"))
(assert_return (invoke "enum" (u32.const 2)) (enum.const "c"))
(assert_return (invoke "result" (u32.const 0)) (result.ok))
(assert_return (invoke "result" (u32.const 1)) (result.err))
(assert_return (invoke "variant" (u32.const 0) (u64.const 0xffffffffffffffff)) (variant.const "a"))
(assert_return (invoke "variant" (u32.const 1) (u64.const 0xffffffffffffffff)) (variant.const "b" (u8.const 255)))
(assert_return (invoke "variant" (u32.const 2) (u64.const 0x8000000000000000))
  (variant.const "c" (s64.const -9223372036854775808)))
(assert_return (invoke "variant" (u32.const 3) (u64.const 0xdeadbeef3f800000)) (variant.const "d" (f32.const 1)))
;; The discriminant is one byte.
(assert_return (invoke "variant" (u32.const 0x100) (u64.const 0)) (variant.const "a"))
(assert_return (invoke "option" (u32.const 0) (u32.const 7)) (option.none))
(assert_return (invoke "option" (u32.const 1) (u32.const 7)) (option.some (u8.const 7)))
(assert_return (invoke "error" (u32.const 0) (u32.const 7)) (result.ok (u8.const 7)))
(assert_return (invoke "error" (u32.const 1) (u32.const 7)) (result.err (bool.const true)))
(assert_trap (invoke "enum" (u32.const 3)) "discriminant")
(component instance $i $Flat)
(assert_trap (invoke "enum" (u32.const 0x100)) "discriminant")
(component instance $i $Flat)
(assert_trap (invoke "enum" (u32.const 0xffffffff)) "discriminant")
(component instance $i $Flat)
(assert_trap (invoke "result" (u32.const 2)) "discriminant")
(component instance $i $Flat)
(assert_trap (invoke "variant" (u32.const 4) (u64.const 0)) "discriminant")
(component instance $i $Flat)
(assert_trap (invoke "variant" (u32.const 255) (u64.const 0)) "discriminant")
(component instance $i $Flat)
(assert_trap (invoke "option" (u32.const 2) (u32.const 0)) "discriminant")
(component instance $i $Flat)
(assert_trap (invoke "error" (u32.const 2) (u32.const 0)) "discriminant")

;; 257 cases need two bytes. The last is 256, and 257 is none; between two components, as arguments, in a list, and as results.
(component definition $Wide
  (type $w' (enum
    "c0" "c1" "c2" "c3" "c4" "c5" "c6" "c7" "c8" "c9" "c10" "c11" "c12" "c13" "c14" "c15" "c16" "c17" "c18"
    "c19" "c20" "c21" "c22" "c23" "c24" "c25" "c26" "c27" "c28" "c29" "c30" "c31" "c32" "c33" "c34" "c35"
    "c36" "c37" "c38" "c39" "c40" "c41" "c42" "c43" "c44" "c45" "c46" "c47" "c48" "c49" "c50" "c51" "c52"
    "c53" "c54" "c55" "c56" "c57" "c58" "c59" "c60" "c61" "c62" "c63" "c64" "c65" "c66" "c67" "c68" "c69"
    "c70" "c71" "c72" "c73" "c74" "c75" "c76" "c77" "c78" "c79" "c80" "c81" "c82" "c83" "c84" "c85" "c86"
    "c87" "c88" "c89" "c90" "c91" "c92" "c93" "c94" "c95" "c96" "c97" "c98" "c99" "c100" "c101" "c102" "c103"
    "c104" "c105" "c106" "c107" "c108" "c109" "c110" "c111" "c112" "c113" "c114" "c115" "c116" "c117" "c118"
    "c119" "c120" "c121" "c122" "c123" "c124" "c125" "c126" "c127" "c128" "c129" "c130" "c131" "c132" "c133"
    "c134" "c135" "c136" "c137" "c138" "c139" "c140" "c141" "c142" "c143" "c144" "c145" "c146" "c147" "c148"
    "c149" "c150" "c151" "c152" "c153" "c154" "c155" "c156" "c157" "c158" "c159" "c160" "c161" "c162" "c163"
    "c164" "c165" "c166" "c167" "c168" "c169" "c170" "c171" "c172" "c173" "c174" "c175" "c176" "c177" "c178"
    "c179" "c180" "c181" "c182" "c183" "c184" "c185" "c186" "c187" "c188" "c189" "c190" "c191" "c192" "c193"
    "c194" "c195" "c196" "c197" "c198" "c199" "c200" "c201" "c202" "c203" "c204" "c205" "c206" "c207" "c208"
    "c209" "c210" "c211" "c212" "c213" "c214" "c215" "c216" "c217" "c218" "c219" "c220" "c221" "c222" "c223"
    "c224" "c225" "c226" "c227" "c228" "c229" "c230" "c231" "c232" "c233" "c234" "c235" "c236" "c237" "c238"
    "c239" "c240" "c241" "c242" "c243" "c244" "c245" "c246" "c247" "c248" "c249" "c250" "c251" "c252" "c253"
    "c254" "c255" "c256"
  ))
  (export $w "w" (type $w'))
  (component $C
    (type $w' (enum
      "c0" "c1" "c2" "c3" "c4" "c5" "c6" "c7" "c8" "c9" "c10" "c11" "c12" "c13" "c14" "c15" "c16" "c17" "c18"
      "c19" "c20" "c21" "c22" "c23" "c24" "c25" "c26" "c27" "c28" "c29" "c30" "c31" "c32" "c33" "c34" "c35"
      "c36" "c37" "c38" "c39" "c40" "c41" "c42" "c43" "c44" "c45" "c46" "c47" "c48" "c49" "c50" "c51" "c52"
      "c53" "c54" "c55" "c56" "c57" "c58" "c59" "c60" "c61" "c62" "c63" "c64" "c65" "c66" "c67" "c68" "c69"
      "c70" "c71" "c72" "c73" "c74" "c75" "c76" "c77" "c78" "c79" "c80" "c81" "c82" "c83" "c84" "c85" "c86"
      "c87" "c88" "c89" "c90" "c91" "c92" "c93" "c94" "c95" "c96" "c97" "c98" "c99" "c100" "c101" "c102"
      "c103" "c104" "c105" "c106" "c107" "c108" "c109" "c110" "c111" "c112" "c113" "c114" "c115" "c116"
      "c117" "c118" "c119" "c120" "c121" "c122" "c123" "c124" "c125" "c126" "c127" "c128" "c129" "c130"
      "c131" "c132" "c133" "c134" "c135" "c136" "c137" "c138" "c139" "c140" "c141" "c142" "c143" "c144"
      "c145" "c146" "c147" "c148" "c149" "c150" "c151" "c152" "c153" "c154" "c155" "c156" "c157" "c158"
      "c159" "c160" "c161" "c162" "c163" "c164" "c165" "c166" "c167" "c168" "c169" "c170" "c171" "c172"
      "c173" "c174" "c175" "c176" "c177" "c178" "c179" "c180" "c181" "c182" "c183" "c184" "c185" "c186"
      "c187" "c188" "c189" "c190" "c191" "c192" "c193" "c194" "c195" "c196" "c197" "c198" "c199" "c200"
      "c201" "c202" "c203" "c204" "c205" "c206" "c207" "c208" "c209" "c210" "c211" "c212" "c213" "c214"
      "c215" "c216" "c217" "c218" "c219" "c220" "c221" "c222" "c223" "c224" "c225" "c226" "c227" "c228"
      "c229" "c230" "c231" "c232" "c233" "c234" "c235" "c236" "c237" "c238" "c239" "c240" "c241" "c242"
      "c243" "c244" "c245" "c246" "c247" "c248" "c249" "c250" "c251" "c252" "c253" "c254" "c255" "c256"
    ))
    (export $w "w" (type $w'))
    (core module $M
      (memory (export "m") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        ;; Aligned to two bytes.
        (if (i32.ne (local.get 2) (i32.const 2)) (then unreachable))
        (i32.const 66))
      (func (export "id") (param i32) (result i32) (local.get 0))
      (func (export "list") (param i32 i32) (result i32)
        (i32.load16_u (i32.add (local.get 0) (i32.mul (i32.const 2) (i32.sub (local.get 1) (i32.const 1)))))))
    (core instance $m (instantiate $M))
    (func (export "take") (param "v" $w) (result u32) (canon lift (core func $m "id")))
    (func (export "give") (param "v" u32) (result $w) (canon lift (core func $m "id")))
    (func (export "list") (param "v" (list $w)) (result u32)
      (canon lift (core func $m "list") (memory (core memory $m "m")) (realloc (core func $m "realloc"))))
  )
  (component $D
    (type $w' (enum
      "c0" "c1" "c2" "c3" "c4" "c5" "c6" "c7" "c8" "c9" "c10" "c11" "c12" "c13" "c14" "c15" "c16" "c17" "c18"
      "c19" "c20" "c21" "c22" "c23" "c24" "c25" "c26" "c27" "c28" "c29" "c30" "c31" "c32" "c33" "c34" "c35"
      "c36" "c37" "c38" "c39" "c40" "c41" "c42" "c43" "c44" "c45" "c46" "c47" "c48" "c49" "c50" "c51" "c52"
      "c53" "c54" "c55" "c56" "c57" "c58" "c59" "c60" "c61" "c62" "c63" "c64" "c65" "c66" "c67" "c68" "c69"
      "c70" "c71" "c72" "c73" "c74" "c75" "c76" "c77" "c78" "c79" "c80" "c81" "c82" "c83" "c84" "c85" "c86"
      "c87" "c88" "c89" "c90" "c91" "c92" "c93" "c94" "c95" "c96" "c97" "c98" "c99" "c100" "c101" "c102"
      "c103" "c104" "c105" "c106" "c107" "c108" "c109" "c110" "c111" "c112" "c113" "c114" "c115" "c116"
      "c117" "c118" "c119" "c120" "c121" "c122" "c123" "c124" "c125" "c126" "c127" "c128" "c129" "c130"
      "c131" "c132" "c133" "c134" "c135" "c136" "c137" "c138" "c139" "c140" "c141" "c142" "c143" "c144"
      "c145" "c146" "c147" "c148" "c149" "c150" "c151" "c152" "c153" "c154" "c155" "c156" "c157" "c158"
      "c159" "c160" "c161" "c162" "c163" "c164" "c165" "c166" "c167" "c168" "c169" "c170" "c171" "c172"
      "c173" "c174" "c175" "c176" "c177" "c178" "c179" "c180" "c181" "c182" "c183" "c184" "c185" "c186"
      "c187" "c188" "c189" "c190" "c191" "c192" "c193" "c194" "c195" "c196" "c197" "c198" "c199" "c200"
      "c201" "c202" "c203" "c204" "c205" "c206" "c207" "c208" "c209" "c210" "c211" "c212" "c213" "c214"
      "c215" "c216" "c217" "c218" "c219" "c220" "c221" "c222" "c223" "c224" "c225" "c226" "c227" "c228"
      "c229" "c230" "c231" "c232" "c233" "c234" "c235" "c236" "c237" "c238" "c239" "c240" "c241" "c242"
      "c243" "c244" "c245" "c246" "c247" "c248" "c249" "c250" "c251" "c252" "c253" "c254" "c255" "c256"
    ))
    (import "w" (type $w (eq $w')))
    (import "take" (func $take (param "v" $w) (result u32)))
    (import "give" (func $give (param "v" u32) (result $w)))
    (import "list" (func $list (param "v" (list $w)) (result u32)))
    (core module $Memory (memory (export "m") 1))
    (core instance $memory (instantiate $Memory))
    (core func $take' (canon lower (func $take)))
    (core func $give' (canon lower (func $give)))
    (core func $list' (canon lower (func $list) (memory (core memory $memory "m"))))
    (core module $M
      (import "" "m" (memory 1))
      (import "" "list" (func $list (param i32 i32) (result i32)))
      (func (export "list") (param i32) (result i32)
        (i32.store16 (i32.const 8) (i32.const 255))
        (i32.store16 (i32.const 10) (i32.const 256))
        (i32.store16 (i32.const 12) (local.get 0))
        (call $list (i32.const 8) (i32.const 3))))
    (core instance $m (instantiate $M (with "" (instance
      (export "m" (memory $memory "m")) (export "list" (func $list'))))))
    (core instance $e (export "take" (func $take')) (export "give" (func $give')))
    (func (export "take") (param "v" u32) (result u32) (canon lift (core func $e "take")))
    (func (export "give") (param "v" u32) (result u32) (canon lift (core func $e "give")))
    (func (export "list") (param "v" u32) (result u32) (canon lift (core func $m "list")))
  )
  (instance $c (instantiate $C))
  (instance $d (instantiate $D
    (with "w" (type $w'))
    (with "take" (func $c "take"))
    (with "give" (func $c "give"))
    (with "list" (func $c "list"))))
  (func (export "take") (alias export $d "take"))
  (func (export "give") (alias export $d "give"))
  (func (export "list") (alias export $d "list"))
)
(component instance $i $Wide)
(assert_return (invoke "take" (u32.const 0)) (u32.const 0))
(assert_return (invoke "take" (u32.const 256)) (u32.const 256))
(assert_return (invoke "give" (u32.const 256)) (u32.const 256))
(assert_return (invoke "list" (u32.const 255)) (u32.const 255))
(assert_return (invoke "list" (u32.const 256)) (u32.const 256))
;; Two bytes of memory are read, but four of a flat value.
(assert_return (invoke "list" (u32.const 0x10001)) (u32.const 1))
(assert_trap (invoke "take" (u32.const 257)) "invalid variant discriminant")
(component instance $i $Wide)
(assert_trap (invoke "take" (u32.const 0x10001)) "invalid variant discriminant")
(component instance $i $Wide)
(assert_trap (invoke "give" (u32.const 257)) "invalid variant discriminant")
(component instance $i $Wide)
(assert_trap (invoke "give" (u32.const 0xffffffff)) "invalid variant discriminant")
(component instance $i $Wide)
(assert_trap (invoke "list" (u32.const 257)) "invalid variant discriminant")
(component instance $i $Wide)
(assert_trap (invoke "list" (u32.const 0xffff)) "invalid variant discriminant")

;; Two enumerations of 256 cases and of 1 case fit one byte.
(component definition $Byte
  (type $b' (enum
    "c0" "c1" "c2" "c3" "c4" "c5" "c6" "c7" "c8" "c9" "c10" "c11" "c12" "c13" "c14" "c15" "c16" "c17" "c18"
    "c19" "c20" "c21" "c22" "c23" "c24" "c25" "c26" "c27" "c28" "c29" "c30" "c31" "c32" "c33" "c34" "c35"
    "c36" "c37" "c38" "c39" "c40" "c41" "c42" "c43" "c44" "c45" "c46" "c47" "c48" "c49" "c50" "c51" "c52"
    "c53" "c54" "c55" "c56" "c57" "c58" "c59" "c60" "c61" "c62" "c63" "c64" "c65" "c66" "c67" "c68" "c69"
    "c70" "c71" "c72" "c73" "c74" "c75" "c76" "c77" "c78" "c79" "c80" "c81" "c82" "c83" "c84" "c85" "c86"
    "c87" "c88" "c89" "c90" "c91" "c92" "c93" "c94" "c95" "c96" "c97" "c98" "c99" "c100" "c101" "c102" "c103"
    "c104" "c105" "c106" "c107" "c108" "c109" "c110" "c111" "c112" "c113" "c114" "c115" "c116" "c117" "c118"
    "c119" "c120" "c121" "c122" "c123" "c124" "c125" "c126" "c127" "c128" "c129" "c130" "c131" "c132" "c133"
    "c134" "c135" "c136" "c137" "c138" "c139" "c140" "c141" "c142" "c143" "c144" "c145" "c146" "c147" "c148"
    "c149" "c150" "c151" "c152" "c153" "c154" "c155" "c156" "c157" "c158" "c159" "c160" "c161" "c162" "c163"
    "c164" "c165" "c166" "c167" "c168" "c169" "c170" "c171" "c172" "c173" "c174" "c175" "c176" "c177" "c178"
    "c179" "c180" "c181" "c182" "c183" "c184" "c185" "c186" "c187" "c188" "c189" "c190" "c191" "c192" "c193"
    "c194" "c195" "c196" "c197" "c198" "c199" "c200" "c201" "c202" "c203" "c204" "c205" "c206" "c207" "c208"
    "c209" "c210" "c211" "c212" "c213" "c214" "c215" "c216" "c217" "c218" "c219" "c220" "c221" "c222" "c223"
    "c224" "c225" "c226" "c227" "c228" "c229" "c230" "c231" "c232" "c233" "c234" "c235" "c236" "c237" "c238"
    "c239" "c240" "c241" "c242" "c243" "c244" "c245" "c246" "c247" "c248" "c249" "c250" "c251" "c252" "c253"
    "c254" "c255"
  ))
  (export $b "b" (type $b'))
  (type $one' (enum "only"))
  (export $one "one" (type $one'))
  (core module $M
    (memory (export "m") 1 1)
    (func (export "list") (param i32) (result i32)
      (i32.store (i32.const 0) (i32.const 65533))
      (i32.store (i32.const 4) (i32.const 3))
      (i32.store8 (i32.const 65533) (i32.const 1))
      (i32.store8 (i32.const 65534) (i32.const 255))
      (i32.store8 (i32.const 65535) (local.get 0))
      (i32.const 0))
    (func (export "id") (param i32) (result i32) (local.get 0)))
  (core instance $m (instantiate $M))
  (func (export "list") (param "v" u32) (result (list $b)) (canon lift (core func $m "list") (memory (core memory $m "m"))))
  (func (export "give-one") (param "v" u32) (result $one) (canon lift (core func $m "id")))
)
(component instance $i $Byte)
(assert_return (invoke "list" (u32.const 0)) (list.const (enum.const "c1") (enum.const "c255") (enum.const "c0")))
(assert_return (invoke "list" (u32.const 0x7f)) (list.const (enum.const "c1") (enum.const "c255") (enum.const "c127")))
(assert_return (invoke "give-one" (u32.const 0)) (enum.const "only"))
(assert_trap (invoke "give-one" (u32.const 1)) "discriminant")
