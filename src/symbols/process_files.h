// The files that a process has mapped, under the names that it has for them. A probe for one process belongs in these,
// whatever lies under the name by now: a program that is upgraded while it runs goes on with the file that it began
// with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "symbols/found_file.h"
#include "symbols/proc_maps.h"
#include "symbols/process.h"

namespace sonde::symbols {

class ProcessFiles {
 public:
  static Result<ProcessFiles> of(int pid);

  struct Entry {
    MappedFile file;
    Mapping mapping;  // the first with code, or else the first
  };
  // Each file once, by address; nothing that is memory alone.
  const std::vector<Entry>& entries() const { return entries_; }

  // How to open it from here: by its name, if that still names this file; else by /proc/PID/exe or /proc/PID/map_files.
  // kPermission says that neither may be used.
  Result<FoundFile> locate(const Entry& entry) const;
  // What the process has mapped under the name that `found` has, or began to run by it: that may be another file than
  // the one that is there now, if there still is one. `found` itself when the process has that file mapped, or none of
  // its name.
  Result<FoundFile> as_mapped(const FoundFile& found) const;

 private:
  explicit ProcessFiles(Process process) : process_(std::move(process)) {}
  bool has(const std::string& path) const;
  const Entry* called(const std::string& name) const;
  bool is_program(const FoundFile& found) const;
  const Entry* with_soname(const FoundFile& found, const std::string& name) const;

  Process process_;
  std::string root_, root_name_;  // of the process: as root_of() has it; what its mappings' names begin with
  std::vector<Entry> entries_;
};

}  // namespace sonde::symbols
