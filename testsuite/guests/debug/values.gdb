break see_int
break see_more
break see_mixed
break see_swap
break see_depth
START
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
info args
up
info locals
info args
continue
