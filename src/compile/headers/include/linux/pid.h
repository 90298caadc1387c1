// Process ids, as seen from the initial namespace and from a task's own.
#pragma once

#define pid_nr(pid) ((pid) ? (pid)->numbers[0].nr : 0)
#define pid_vnr(pid) ((pid)->numbers[(pid)->level].nr)
#define ns_of_pid(pid) ((pid)->numbers[(pid)->level].ns)
#define pid_nr_ns(pid, ns_) \
  ({ __auto_type pid_ = (pid); __auto_type within_ = (ns_); \
     u32 level_ = within_->level; \
     pid_ && level_ <= pid_->level && pid_->numbers[level_].ns == within_ ? pid_->numbers[level_].nr : 0; })
#define is_child_reaper(pid) ((pid)->numbers[(pid)->level].nr == 1)
#define pid_task(pid, type) \
  ({ struct hlist_node *first_ = (pid)->tasks[type].first; \
     first_ ? container_of(first_, struct task_struct, pid_links[type]) : NULL; })
