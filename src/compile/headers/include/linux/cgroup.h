// Control groups.
#pragma once

#include <linux/kernfs.h>

#define cgroup_id(cgrp) ((cgrp)->kn->id)
#define task_css_set(task) ((task)->cgroups)
#define task_dfl_cgroup(task) ((task)->cgroups->dfl_cgrp)
#define cgroup_parent(cgrp) ((cgrp)->self.parent ? container_of((cgrp)->self.parent, struct cgroup, self) : NULL)
#define task_css(task, subsystem) ((task)->cgroups->subsys[subsystem])
#define task_cgroup(task, subsystem) ((task)->cgroups->subsys[subsystem]->cgroup)
#define cgroup_name(cgrp, buf, size) kernfs_name((cgrp)->kn, buf, size)
#define cgroup_ino(cgrp) ((ino_t)(cgrp)->kn->id)
#define cgroup_is_dead(cgrp) (((cgrp)->self.flags & CSS_ONLINE) == 0)
