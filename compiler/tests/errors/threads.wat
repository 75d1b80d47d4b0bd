;; option features -threads
(module (memory 1 1 shared))
