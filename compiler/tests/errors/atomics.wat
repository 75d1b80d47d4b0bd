;; option features -threads
(module (memory 1) (func $inc (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))))
