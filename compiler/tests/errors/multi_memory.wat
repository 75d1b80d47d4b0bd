;; option features -multi-memory
(module (memory 1) (memory 1))
