"""C text with as many entry points as are asked for, in the manner of a security monitor: each of some 50 lines reads
the task, its parent and a file through shared inline functions, walks a path, counts, and submits more than one
event."""

HEAD = r"""
#include <uapi/linux/ptrace.h>
#include <linux/sched.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/fs.h>
#include <linux/dcache.h>
#include <linux/mount.h>
#include <linux/cred.h>
#include <linux/utsname.h>

#define DEPTH 6
#define PART 32

struct task_t {
    u64 when, started;
    u32 pid, tid, ppid, uid, gid, euid, ns_pid, ns_mnt, parent_ns, flags, exit_code, cpu;
    char comm[TASK_COMM_LEN], parent_comm[TASK_COMM_LEN];
};

struct file_t {
    u64 inode, size;
    u32 device, mode, links, owner, group, flags;
    char name[PART];
};

struct event_t {
    struct task_t task;
    struct file_t file;
    u64 arguments[4], count, took;
    u32 kind;
};

struct part_t {
    u32 pid, kind, depth, last;
    char text[PART];
};

struct seen_t {
    u32 pid, kind;
    u64 inode;
};

BPF_HASH(started, u64, u64, 10240);
BPF_HASH(seen, struct seen_t, u64, 10240);
BPF_TABLE("lru_hash", u32, struct file_t, files, 4096);
BPF_ARRAY(settings, u64, 64);
BPF_PERCPU_ARRAY(scratch, struct event_t, 1);
BPF_HISTOGRAM(sizes, u64, 128);
BPF_PERF_OUTPUT(events);
BPF_PERF_OUTPUT(parts);

static inline u64 setting(u32 index) {
    u64 *value = settings.lookup(&index);
    return value ? *value : 0;
}

static inline int is_wanted(u32 pid, u32 uid, u32 kind) {
    u64 only_pid = setting(0), only_uid = setting(1), off = setting(2);
    if (only_pid && only_pid != pid)
        return 0;
    if (only_uid && only_uid != uid)
        return 0;
    return !(off & (1ULL << (kind & 63)));
}

static inline void read_task(struct task_t *task) {
    struct task_struct *now = (struct task_struct *)bpf_get_current_task();
    struct task_struct *parent = now->real_parent;
    u64 id = bpf_get_current_pid_tgid(), user = bpf_get_current_uid_gid();
    task->when = bpf_ktime_get_ns();
    task->started = now->start_time;
    task->pid = id >> 32;
    task->tid = id;
    task->uid = user;
    task->gid = user >> 32;
    task->ppid = parent->tgid;
    task->euid = now->cred->euid.val;
    task->ns_pid = now->nsproxy->pid_ns_for_children->ns.inum;
    task->parent_ns = parent->nsproxy->pid_ns_for_children->ns.inum;
    task->ns_mnt = now->nsproxy->uts_ns->ns.inum;
    task->flags = now->flags;
    task->exit_code = now->exit_code;
    task->cpu = bpf_get_smp_processor_id();
    bpf_get_current_comm(&task->comm, sizeof(task->comm));
    bpf_probe_read_kernel_str(&task->parent_comm, sizeof(task->parent_comm), parent->comm);
}

static inline void read_file(struct file_t *out, struct file *file) {
    struct dentry *dentry = file->f_path.dentry;
    struct inode *inode = dentry->d_inode;
    out->inode = inode->i_ino;
    out->size = inode->i_size;
    out->device = inode->i_sb->s_dev;
    out->mode = inode->i_mode;
    out->links = inode->i_nlink;
    out->owner = inode->i_uid.val;
    out->group = inode->i_gid.val;
    out->flags = file->f_flags;
    struct qstr name = dentry->d_name;
    bpf_probe_read_kernel_str(&out->name, sizeof(out->name), name.name);
}

static inline void send_path(void *ctx, struct dentry *dentry, u32 pid, u32 kind) {
    struct part_t part = {.pid = pid, .kind = kind};
#pragma unroll
    for (int i = 0; i < DEPTH; i++) {
        struct dentry *parent = dentry->d_parent;
        struct qstr name = dentry->d_name;
        part.depth = i;
        part.last = parent == dentry;
        bpf_probe_read_kernel_str(&part.text, sizeof(part.text), name.name);
        parts.perf_submit(ctx, &part, sizeof(part));
        if (parent == dentry)
            break;
        dentry = parent;
    }
}

static inline int is_hidden(const char *name) {
    char prefix[] = ".sonde-bench";
#pragma unroll
    for (int i = 0; i < sizeof(prefix) - 1; i++)
        if (name[i] != prefix[i])
            return 0;
    return 1;
}
"""

ENTRY = r"""
struct extra_@_t {
    struct task_t task;
    u64 inode, bytes, @_value;
    u32 kind, step_@;
};
BPF_PERF_OUTPUT(extras_@);

static inline int prepare_@(struct event_t *event, struct file *file, u64 first, u64 second) {
    event->kind = @;
    event->arguments[0] = first;
    event->arguments[1] = second * @ + file->f_flags;
    event->arguments[2] = file->f_mapping->nrpages;
    event->arguments[3] = file->f_inode->i_blkbits + @;
    read_file(&event->file, file);
    return is_hidden(event->file.name);
}

int on_event_@(struct pt_regs *ctx, struct file *file, u64 bytes, u64 extra) {
    u32 zero = 0;
    struct event_t *event = scratch.lookup(&zero);
    if (!event)
        return 0;
    read_task(&event->task);
    if (!is_wanted(event->task.pid, event->task.uid, @))
        return 0;
    if (prepare_@(event, file, bytes, extra))
        return 0;
    struct seen_t key = {.pid = event->task.pid, .kind = @, .inode = event->file.inode};
    u64 one = 1, *count = seen.lookup(&key);
    if (count) {
        lock_xadd(count, 1);
        event->count = *count;
        if (*count > setting(3 + @ % 8))
            return 0;
    } else {
        seen.update(&key, &one);
    }
    u64 id = bpf_get_current_pid_tgid(), *begun = started.lookup(&id);
    if (begun)
        event->took = event->task.when - *begun;
    started.update(&id, &event->task.when);
    files.update(&event->task.tid, &event->file);
    sizes.increment(bpf_log2l(bytes));
    events.perf_submit(ctx, event, sizeof(*event));
    struct extra_@_t more = {.kind = @, .inode = event->file.inode, .bytes = bytes};
    more.task = event->task;
    more.step_@ = file->f_mode;
    more.@_value_ = extra;
    extras_@.perf_submit(ctx, &more, sizeof(more));
    send_path(ctx, file->f_path.dentry, event->task.pid, @);
    return 0;
}
""".replace("@_value_", "value_@").replace("@_value", "value_@")


def text(entries: int) -> str:
    return HEAD + "".join(ENTRY.replace("@", str(number)) for number in range(entries))


if __name__ == "__main__":
    import sys
    print(text(int(sys.argv[1])))
