break shapes.rs:32
START
echo -- where\n
backtrace
echo -- types and statics\n
ptype shapes::Square
print shapes::CALLS
echo -- out\n
delete
break total
next
finish
backtrace
