"""C text that lets only events of chosen containers through: by control group, or by mount namespace."""

_CGROUP = """
BPF_TABLE_PINNED("hash", u64, u64, cgroupset, 1024, "%s");

static inline int _cgroup_filter() {
    u64 cgroup = bpf_get_current_cgroup_id();
    return cgroupset.lookup(&cgroup) == NULL;
}
"""

_NO_CGROUP = """
static inline int _cgroup_filter() {
    return 0;
}
"""

# The kernel keeps struct mnt_namespace to itself; only its beginning is of interest, and that has not changed.
_MOUNT_NAMESPACE = """
#include <linux/nsproxy.h>
#include <linux/mount.h>
#include <linux/ns_common.h>

#define MNT_NAMESPACE_DEFINED

struct mnt_namespace {
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
    atomic_t count;
#endif
    struct ns_common ns;
};

BPF_TABLE_PINNED("hash", u64, u32, mount_ns_set, 1024, "%s");

static inline int _mntns_filter() {
    struct task_struct *current_task = (struct task_struct *)bpf_get_current_task();
    u64 ns_id = current_task->nsproxy->mnt_ns->ns.inum;
    return mount_ns_set.lookup(&ns_id) == NULL;
}
"""

_NO_MOUNT_NAMESPACE = """
static inline int _mntns_filter() {
    return 0;
}
"""

_BOTH = """
static inline int container_should_be_filtered() {
    return _cgroup_filter() || _mntns_filter();
}
"""


def filter_by_containers(args):
    """Text that defines container_should_be_filtered(): 1 for events to leave out.

    args.cgroupmap and args.mntnsmap are paths of pinned tables of the ids to let through, or None.
    """
    cgroup = _CGROUP % args.cgroupmap if args.cgroupmap else _NO_CGROUP
    mount_namespace = _MOUNT_NAMESPACE % args.mntnsmap if args.mntnsmap else _NO_MOUNT_NAMESPACE
    return cgroup + mount_namespace + _BOTH
