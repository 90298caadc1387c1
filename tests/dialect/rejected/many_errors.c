// Of very many mistakes only the first twenty are told.
// error 43:10: use of undeclared identifier 'x1'
// hint: 'x1' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dx1=…"]
// error 43:23: use of undeclared identifier 'x2'
// hint: 'x2' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dx2=…"]
// error 43:36: use of undeclared identifier 'x3'
// hint: 'x3' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dx3=…"]
// error 43:49: use of undeclared identifier 'x4'
// hint: 'x4' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dx4=…"]
// error 43:62: use of undeclared identifier 'x5'
// hint: 'x5' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dx5=…"]
// error 43:75: use of undeclared identifier 'x6'
// hint: 'x6' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dx6=…"]
// error 43:88: use of undeclared identifier 'x7'
// hint: 'x7' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dx7=…"]
// error 43:101: use of undeclared identifier 'x8'
// hint: 'x8' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dx8=…"]
// error 43:114: use of undeclared identifier 'x9'
// hint: 'x9' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dx9=…"]
// error 44:10: use of undeclared identifier 'y1'
// hint: 'y1' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dy1=…"]
// error 44:23: use of undeclared identifier 'y2'
// hint: 'y2' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dy2=…"]
// error 44:36: use of undeclared identifier 'y3'
// hint: 'y3' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dy3=…"]
// error 44:49: use of undeclared identifier 'y4'
// hint: 'y4' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dy4=…"]
// error 44:62: use of undeclared identifier 'y5'
// hint: 'y5' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dy5=…"]
// error 44:75: use of undeclared identifier 'y6'
// hint: 'y6' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dy6=…"]
// error 44:88: use of undeclared identifier 'y7'
// hint: 'y7' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dy7=…"]
// error 44:101: use of undeclared identifier 'y8'
// hint: 'y8' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dy8=…"]
// error 44:114: use of undeclared identifier 'y9'
// hint: 'y9' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dy9=…"]
// error 45:10: use of undeclared identifier 'z1'
// hint: 'z1' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dz1=…"]
// error 45:23: use of undeclared identifier 'z2'
// hint: 'z2' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dz2=…"]
// error: these are the first 20 errors; there are more
int a1 = x1; int a2 = x2; int a3 = x3; int a4 = x4; int a5 = x5; int a6 = x6; int a7 = x7; int a8 = x8; int a9 = x9;
int b1 = y1; int b2 = y2; int b3 = y3; int b4 = y4; int b5 = y5; int b6 = y6; int b7 = y7; int b8 = y8; int b9 = y9;
int c1 = z1; int c2 = z2; int c3 = z3; int c4 = z4;
int program(struct pt_regs *ctx) { return 0; }
