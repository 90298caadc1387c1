// Calls on a map that is given by its address or by a descriptor, as the text that BCC generates spells them.
#pragma once

#include <sonde/helpers.h>

// The map behind a descriptor of the loading process: bpf_pseudo_fd(1, fd).
u64 bpf_pseudo_fd(u64, u64) __asm__("llvm.bpf.pseudo");

#define bpf_map_lookup_elem_(map, key) bpf_map_lookup_elem((void *)(map), key)
#define bpf_map_update_elem_(map, key, value, flags) bpf_map_update_elem((void *)(map), key, value, flags)
#define bpf_map_delete_elem_(map, key) bpf_map_delete_elem((void *)(map), key)
#define bcc_get_stackid(map, ctx, flags) bcc_get_stackid_(ctx, (void *)(map), flags)
#define bpf_tail_call_(map, ctx, index) bpf_tail_call(ctx, (void *)(map), index)

// What maps were declared with before BTF.
struct bpf_map_def {
  unsigned int type, key_size, value_size, max_entries;
};
