// A process by its directory in /proc, which is held open: a recycled pid is never taken for it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/fd.h"
#include "base/result.h"
#include "symbols/proc_maps.h"

namespace sonde::symbols {

class Process {
 public:
  // kNotFound when there is no such process.
  static Result<Process> open(int pid);

  int pid() const { return pid_; }
  // False once it has been reaped. A zombie exists, and has nothing mapped.
  bool exists() const;

  // A file of its directory: "maps", "status".
  Result<std::string> read(const std::string& name) const;
  // The file that is mapped there, even if it was deleted or lies in another mount namespace. kNotFound when another
  // file is in its place by now. Never waits, and opens nothing but regular files.
  Result<base::Fd> open_mapped(const Mapping& mapping, const MappedFile& file) const;
  // A file that /proc/PID/maps gives as deleted, though " (deleted)" may be the end of its own name: then it is not.
  MappedFile settled(MappedFile file) const;
  // The root of its file system, for paths: "/proc/self/fd/N" as long as the descriptor is open.
  Result<base::Fd> open_root() const;
  // Whether paths mean the same to it as to us: the same mount namespace and root.
  bool shares_our_root() const;
  Result<std::string> read_memory(uint64_t start, uint64_t size) const;

  // What it runs: changes with execve(2). Zeros when that may not be asked.
  struct Program {
    dev_t device = 0;
    ino_t inode = 0;
    bool operator==(const Program&) const = default;
  };
  Program program() const;
  // The path that execve(2) was given for it; empty when that cannot be read.
  std::string executed_path() const;

 private:
  Process(int pid, base::Fd directory) : pid_(pid), directory_(std::move(directory)) {}
  tl::unexpected<Error> failed(int code, const std::string& what) const;

  int pid_;
  base::Fd directory_;  // O_PATH
};

// Whether the path leads to the file that is mapped.
bool is_same_file(const std::string& path, const MappedFile& file);

// "map_files/7f5c1a428000-7f5c1a5bd000", in the process's directory.
std::string map_files_name(const Mapping& mapping);

// base::open_regular() below `root`, where no link leads out of it.
Result<base::Fd> open_regular_below(int root, const std::string& path, int flags = 0);

}  // namespace sonde::symbols
