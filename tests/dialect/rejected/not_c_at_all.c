// Not even nearly C.
// error 5:1: unknown type name 'from'
// hint: the kernel ({release}) and its loaded modules have no type of this name
// error 5:9: expected ';' after top level declarator
from bcc import BPF
print("hello")
