// Control groups.
#pragma once

#define cgroup_id(cgrp) ((cgrp)->kn->id)
#define task_css_set(task) ((task)->cgroups)
#define task_dfl_cgroup(task) ((task)->cgroups->dfl_cgrp)
#define cgroup_parent(cgrp) ((cgrp)->self.parent ? container_of((cgrp)->self.parent, struct cgroup, self) : NULL)
