;; option features -legacy-exceptions
(module (func $f try catch_all end))
