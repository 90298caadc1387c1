# A Perl program: 41 calls of one function.
use strict;

sub step { }

$| = 1;
print "ready\n";
<STDIN>;
step() for 1 .. 41;
print "done\n";
<STDIN>;
