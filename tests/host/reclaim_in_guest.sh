#!/bin/bash
# In a guest with little memory: the Python script, compiled there, and the object made beforehand, without a compiler,
# watch the same direct reclaims. Arguments: the repository, the build, the object. Results in /out.
set -euo pipefail
set -m  # or what runs in the background would ignore SIGINT
repository=$1 build=$2 object=$3
export PYTHONPATH=$build/python

/usr/bin/python3 "$repository/examples/direct_reclaim.py" > /out/python 2> /out/python.err & python=$!
for _ in $(seq 200); do grep -q COMM /out/python && break; sleep 0.1; done
mount --bind /dev/null "$build/bin/sonde-cc"  # from here on there is no compiler
"$build/bin/sonde" run "$object" > /out/object 2> /out/object.err & object_run=$!
for _ in $(seq 200); do grep -q pid /out/object && break; sleep 0.1; done
/usr/bin/python3 "$repository/tests/vm/reclaim_load.py" 40 /out/python 10

# The script takes in on Ctrl-C no more than it has: both must have caught up before.
counts() { echo "$(grep -c '^python3 ' /out/python) $(grep -c ' python3 ' /out/object)"; }
last=
for _ in $(seq 60); do
  now=$(counts)
  [ "$now" = "$last" ] && [ "${now% *}" = "${now#* }" ] && break
  last=$now
  sleep 2
done
kill -INT $python $object_run
wait $python
wait $object_run
