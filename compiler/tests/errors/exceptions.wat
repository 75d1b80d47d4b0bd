;; option features -exceptions
(module (tag $t) (func (throw $t)))
