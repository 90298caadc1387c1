// Credentials of tasks.
#pragma once

#include <linux/uidgid.h>

#define task_uid(task) ((task)->real_cred->uid)
#define task_euid(task) ((task)->real_cred->euid)
#define current_cred() (((struct task_struct *)bpf_get_current_task())->cred)
#define __task_cred(task) ((task)->real_cred)
#define task_cred_xxx(task, member) ((task)->real_cred->member)
#define current_cred_xxx(member) (current_cred()->member)
#define current_uid() (current_cred()->uid)
#define current_gid() (current_cred()->gid)
#define current_euid() (current_cred()->euid)
#define current_egid() (current_cred()->egid)
#define current_fsuid() (current_cred()->fsuid)
#define current_user_ns() (current_cred()->user_ns)
