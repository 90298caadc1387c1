// Tasks.
#pragma once

#include <asm/page.h>
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/pid.h>
#include <linux/sched/prio.h>

#define task_pid_nr(task) ((task)->pid)
#define task_tgid_nr(task) ((task)->tgid)
#define task_ppid_nr(task) ((task)->real_parent->tgid)
#define task_pid(task) ((task)->thread_pid)
#define task_nice(task) PRIO_TO_NICE((task)->static_prio)
#define task_is_running(task) ((task)->__state == 0)
#define thread_group_leader(task) ((task)->exit_signal >= 0)
#define is_global_init(task) ((task)->tgid == 1)
#define get_task_comm(buf, task) bpf_probe_read_kernel_str(buf, sizeof(buf), (task)->comm)
