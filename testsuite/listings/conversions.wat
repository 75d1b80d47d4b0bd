;; Conversions between integers and floats, trapping and saturating, and bit casts.
(module
  (func (export "trunc_f64_s32") (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))
  (func (export "trunc_f32_u64") (param f32) (result i64) (i64.trunc_f32_u (local.get 0)))
  (func (export "sat_f64_u32") (param f64) (result i32) (i32.trunc_sat_f64_u (local.get 0)))
  (func (export "sat_f32_s64") (param f32) (result i64) (i64.trunc_sat_f32_s (local.get 0)))
  (func (export "from_u64") (param i64) (result f64) (f64.convert_i64_u (local.get 0)))
  (func (export "from_u32") (param i32) (result f32) (f32.convert_i32_u (local.get 0)))
  (func (export "bits") (param f64) (result i64) (i64.reinterpret_f64 (local.get 0)))
  (func (export "promote") (param f32) (result f64) (f64.promote_f32 (local.get 0)))
  (func (export "sign") (param i64) (result i64) (i64.extend16_s (local.get 0))))
