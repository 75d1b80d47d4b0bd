(module (func $f (try (do) (catch_all))))
