// Process ids, as seen from the initial namespace and from a task's own.
#pragma once

#define pid_nr(pid) ((pid) ? (pid)->numbers[0].nr : 0)
#define pid_vnr(pid) ((pid)->numbers[(pid)->level].nr)
#define ns_of_pid(pid) ((pid)->numbers[(pid)->level].ns)
