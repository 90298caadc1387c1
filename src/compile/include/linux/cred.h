// Credentials of tasks.
#pragma once

#include <linux/uidgid.h>

#define task_uid(task) ((task)->real_cred->uid)
#define task_euid(task) ((task)->real_cred->euid)
