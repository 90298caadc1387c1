// Nodes of the file systems that kernel objects show themselves in: cgroups, sysfs.
#pragma once

#include <linux/kernel.h>

// The root has no name: it is called "/".
#define kernfs_name(kn, buf, size) \
  ({ __auto_type node_ = (kn); \
     SONDE_EITHER(kernfs_node, node_, void *, __parent, parent) \
         ? (int)bpf_probe_read_kernel_str(buf, size, node_->name) - 1 \
         : (__builtin_memcpy(buf, "/", 2), 1); })
#define kernfs_ino(kn) ((ino_t)(kn)->id)
#define kernfs_id_ino(id) ((ino_t)(id))
#define kernfs_gen(kn) ((u32)((kn)->id >> 32))
#define kernfs_type(kn) ((kn)->flags & KERNFS_TYPE_MASK)
