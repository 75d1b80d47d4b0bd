(module (func $f try catch_all end))
