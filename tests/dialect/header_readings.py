"""Reads by the names of kernel headers, without including one: accessors of tasks, ids and files, and text."""

import os
import resource
from pathlib import Path

from readings import FILE, Reading, always, comm, inode, name_letter, parent, pid


WHO = 'char who[16]; bpf_get_current_comm(who, sizeof(who)); '
NAME = 'char own[16] = "a word";'

HEADER_NAMES = [
    # tasks and their ids
    Reading("header_current", "value = current->tgid;", pid),
    Reading("header_task_tgid_nr", "value = task_tgid_nr(task);", pid),
    Reading("header_task_ppid_nr", "value = task_ppid_nr(task);", parent),
    Reading("header_pid_in_namespace", "value = task_tgid_nr_ns(task, task_active_pid_ns(task));", pid),
    Reading("header_pid_vnr", "value = task_tgid_vnr(task);", pid),
    Reading("header_session", "value = task_session_vnr(task);", lambda _: os.getsid(0)),
    Reading("header_group", "value = task_pgrp_vnr(task);", lambda _: os.getpgrp()),
    Reading("header_pid_task", "value = pid_task(task_tgid(task), PIDTYPE_TGID)->tgid;", pid),
    Reading("header_task_cpu", "value = task_cpu(task) == smp_processor_id();", always(1)),
    Reading("header_task_is_running", "value = task_is_running(task) + 2 * task_state_index(task);", always(1)),
    Reading("header_task_rlimit", "value = task_rlimit(task, RLIMIT_NOFILE);",
            lambda _: resource.getrlimit(resource.RLIMIT_NOFILE)[0]),
    Reading("header_registers", "struct pt_regs *at = task_pt_regs(task); "
            "value = at->orig_ax == ctx->args[1] && user_mode(at);", always(1)),
    Reading("header_nice", "value = task_nice(task) + 100;", lambda _: os.nice(0) + 100),
    # users and control groups
    Reading("header_from_kuid", "value = from_kuid(current_user_ns(), current_uid());", lambda _: os.getuid()),
    Reading("header_from_kgid", "value = from_kgid(current_user_ns(), current_gid());", lambda _: os.getgid()),
    Reading("header_cgroup_id", "value = cgroup_id(task_dfl_cgroup(task)) == bpf_get_current_cgroup_id();", always(1)),
    Reading("header_kernfs_name", 'char name[8] = {}; struct kernfs_node *top = task_dfl_cgroup(task)->root->cgrp.kn; '
            "int length = kernfs_name(top, name, sizeof(name)); value = length * 256 + name[0];",
            always(256 + ord("/"))),
    # types that nothing else of the program names
    Reading("header_type_exists", "value = bpf_core_type_exists(struct net_device) "
            "+ 2 * bpf_core_type_exists(struct no_such_type) + 4 * (bpf_core_type_size(struct net_device) > 1000);",
            always(5)),
    Reading("header_netdev_priv",
            "value = (u64)netdev_priv((struct net_device *)0) >= bpf_core_type_size(struct net_device);", always(1)),
    # files
    Reading("header_file_inode", f"value = file_inode({FILE})->i_ino;", inode),
    Reading("header_is_regular",
            f"value = S_ISREG(file_inode({FILE})->i_mode) + 2 * d_is_dir({FILE}->f_path.dentry->d_parent);", always(3)),
    Reading("header_i_size", f"value = i_size_read(file_inode({FILE}));", always(10)),
    Reading("header_name", f"value = (u8)file_dentry({FILE})->d_name.name[2];", name_letter(2)),
    # memory and time
    Reading("header_rss", "value = get_mm_rss(task->mm) > 100 && get_mm_rss(task->mm) < task->mm->total_vm;",
            always(1)),
    Reading("header_jiffies", "u64 now = jiffies; value = time_after_eq(now, jiffies - 5) && jiffies_64 - now < 5;",
            always(1)),
    Reading("header_hash", "u64 number = bpf_get_current_pid_tgid() >> 32; value = hash_64(number, 12);",
            lambda _: os.getpid() * 0x61C8864680B583EB % 2**64 >> 52),
    # text
    Reading("header_strcmp_own", WHO + 'value = strcmp(who, task->comm) == 0;', always(1)),
    Reading("header_strcmp_less",
            NAME + 'value = strcmp(own, "a world") < 0 && strcmp(own, "a") > 0 && strcmp(own, "a word ") < 0;',
            always(1)),
    Reading("header_strcmp_kernel", 'value = strcmp(task->comm, "no such name") != 0;', always(1)),
    Reading("header_strncmp", NAME + 'value = strncmp(own, "a work", 5) == 0 && strncmp(own, "a work", 6) != 0;',
            always(1)),
    Reading("header_strncmp_same", NAME + 'value = strncmp(own, own, sizeof(own)) == 0;', always(1)),
    Reading("header_strlen", NAME + 'value = strlen(own) * 16 + strlen("four");', always(6 * 16 + 4)),
    Reading("header_strlen_kernel", "value = strlen(task->comm);",
            lambda _: len(Path("/proc/self/comm").read_text().rstrip("\n"))),
    Reading("header_strnlen", NAME + "value = strnlen(own, 3) * 16 + strnlen(own, 16);", always(3 * 16 + 6)),
    Reading("header_strchr",
            NAME + "char *at = strchr(own, 'w'); value = (at ? at - own : 100) + (strchr(own, 'z') != 0);", always(2)),
    Reading("header_strstr",
            NAME + 'char *at = strstr(own, "wor"); value = (at ? at - own : 100) + (strstr(own, "wod") != 0);',
            always(2)),
    Reading("header_memcmp", NAME + 'value = memcmp(own, "a word", 6) == 0 && memcmp(own, "a wore", 6) != 0;',
            always(1)),
    Reading("header_strscpy", 'char copy[16]; strscpy(copy, task->comm, sizeof(copy)); value = (u8)copy[1];', comm(1)),
]
