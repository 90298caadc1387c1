// Tasks.
#pragma once

#include <sonde/alternatives.h>
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
#define SONDE_TASK_STATE(task) SONDE_EITHER(task_struct, task, unsigned int, __state, state)
#define task_is_running(task) (SONDE_TASK_STATE(task) == 0)
#define task_is_stopped(task) ((SONDE_TASK_STATE(task) & 4) != 0)
#define task_is_traced(task) ((SONDE_TASK_STATE(task) & 8) != 0)
#define task_state_index(task) fls((SONDE_TASK_STATE(task) | (task)->exit_state) & TASK_REPORT)
#define task_cpu(task) \
  ({ SONDE_RECORD(thread_info, cpu, unsigned int, cpu); \
     SONDE_RECORD(task_struct, info, struct thread_info___cpu, thread_info) *info_ = (void *)(task); \
     SONDE_RECORD(task_struct, cpu, unsigned int, cpu) *cpu_ = (void *)info_; \
     SONDE_FIELD_IN(info_, thread_info.cpu) ? info_->thread_info.cpu : cpu_->cpu; })
#define thread_group_leader(task) ((task)->exit_signal >= 0)
#define is_global_init(task) ((task)->tgid == 1)
#define get_task_comm(buf, task) bpf_probe_read_kernel_str(buf, sizeof(buf), (task)->comm)
#define get_current() ((struct task_struct *)bpf_get_current_task())
#define task_tgid(task) ((task)->signal->pids[PIDTYPE_TGID])
#define task_pgrp(task) ((task)->signal->pids[PIDTYPE_PGID])
#define task_session(task) ((task)->signal->pids[PIDTYPE_SID])
#define task_pid_vnr(task) pid_vnr(task_pid(task))
#define task_tgid_vnr(task) pid_vnr(task_tgid(task))
#define task_pgrp_vnr(task) pid_vnr(task_pgrp(task))
#define task_session_vnr(task) pid_vnr(task_session(task))
#define task_active_pid_ns(task) ns_of_pid(task_pid(task))
#define task_pid_nr_ns(task, ns) pid_nr_ns(task_pid(task), ns)
#define task_tgid_nr_ns(task, ns) pid_nr_ns(task_tgid(task), ns)
#define task_pgrp_nr_ns(task, ns) pid_nr_ns(task_pgrp(task), ns)
#define task_session_nr_ns(task, ns) pid_nr_ns(task_session(task), ns)
#define task_ppid_nr_ns(task, ns) task_tgid_nr_ns((task)->real_parent, ns)
#define pid_alive(task) ((task)->thread_pid != NULL)
#define same_thread_group(a, b) ((a)->signal == (b)->signal)
#define get_nr_threads(task) ((task)->signal->nr_threads)
#define thread_group_empty(task) ((task)->signal->nr_threads == 1)
#define is_idle_task(task) (((task)->flags & PF_IDLE) != 0)
#define task_rlimit(task, limit) ((task)->signal->rlim[limit].rlim_cur)
#define task_rlimit_max(task, limit) ((task)->signal->rlim[limit].rlim_max)
#define task_thread_info(task) (&(task)->thread_info)
#define task_stack_page(task) ((void *)(task)->stack)
#define end_of_stack(task) ((unsigned long *)(task)->stack)
#define current_thread_info() (&get_current()->thread_info)
#define test_ti_thread_flag(info, flag) ((int)(((info)->flags >> (flag)) & 1))
#define test_tsk_thread_flag(task, flag) test_ti_thread_flag(&(task)->thread_info, flag)
#define test_thread_flag(flag) test_tsk_thread_flag(get_current(), flag)
#define test_tsk_need_resched(task) test_tsk_thread_flag(task, TIF_NEED_RESCHED)
#define need_resched() test_thread_flag(TIF_NEED_RESCHED)
#define task_sigpending(task) test_tsk_thread_flag(task, TIF_SIGPENDING)
#define signal_pending(task) task_sigpending(task)
#define sched_info_on() 1
