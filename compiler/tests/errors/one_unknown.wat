(module (import "env" "f" (func (param i32 i64) (result f32 f64))))
