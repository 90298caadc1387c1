// What a map could not take is counted in another one.
#pragma once
#pragma clang system_header
#include <sonde/map_kinds.h>

// Beside the map lies a hidden one, per CPU, of the stacks that found no place in it: another stack has theirs (EEXIST), or
// all are taken (ENOMEM). That there is no such stack (EFAULT: a kernel thread has none in user space) is no loss. The
// session finds it by its name, spec::kLostPrefix. Ring buffers have one, too.
struct sonde_lost {
  unsigned long long collisions;
  unsigned long long full;
};
#define SONDE_LOST_MAP(name)                                                                                        \
  struct {                                                                                                          \
    int (*type)[6];                                                                                                 \
    unsigned int *key;                                                                                              \
    struct sonde_lost *value;                                                                                       \
    int (*max_entries)[1];                                                                                          \
  } __sonde_lost_##name __attribute__((section(".maps"), used))
SONDE_INLINE void sonde_count_lost(void *map, int collision) {
  unsigned int zero = 0;
  struct sonde_lost *lost = bpf_map_lookup_elem(map, &zero);
  if (lost) __sync_fetch_and_add(collision ? &lost->collisions : &lost->full, 1);
}
SONDE_INLINE int sonde_count_lost_stack(void *map, int id) {
  if (id == -17 || id == -12) sonde_count_lost(map, id == -17);
  return id;
}
