break square
break lines.c:27
START
echo -- where\n
backtrace
echo -- statics\n
print counter
print triangle.corner
print triangle.scale
whatis triangle.name
ptype struct shape
echo -- steps\n
next
next
step
backtrace
delete
echo -- out\n
tbreak print
continue
backtrace
up
info locals
list
print counter
tbreak lines.c:48
continue
echo -- end\n
continue
