# A Tcl program: 41 calls of one procedure.
proc step {} {
}

puts ready
flush stdout
gets stdin
for {set i 0} {$i < 41} {incr i} {
    step
}
puts done
flush stdout
gets stdin
