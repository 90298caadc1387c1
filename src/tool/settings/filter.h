// Which processes are traced: what -p, -t, -u, --comm, --cgroup, --container, --unit, --cgroupmap and --mntnsmap become
// in the program (struct sonde_filter of tools/tool_layout.h).
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace sonde::tool {

struct Filter {
  uint32_t pid = 0, tid = 0;
  std::string user;                 // a name or a number
  std::string comm;                 // the beginning of a command's name
  std::string cgroup;               // a directory under /sys/fs/cgroup, or a path below it
  std::string container;            // a name, or the beginning of an ID
  std::string unit;                 // of systemd
  std::string cgroup_map;           // where a hash table with the IDs of cgroups is pinned
  std::string mount_namespace_map;  // the same with inode numbers of mount namespaces
  bool follows_children = false;    // of pid, and theirs
  bool includes_tool =
      false;  // the events of this process itself as well, which are left out unless pid or tid is its own
};

// The bytes of the constant sonde_filter.
Result<std::string> filter_bytes(const Filter& filter);

}  // namespace sonde::tool
