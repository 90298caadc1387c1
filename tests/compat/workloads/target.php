<?php
// A PHP program: 41 calls of one function.
function step() {
}

echo "ready\n";
fgets(STDIN);
for ($i = 0; $i < 41; $i++) {
    step();
}
echo "done\n";
fgets(STDIN);
