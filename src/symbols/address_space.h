// What a process has mapped, as far as it has been seen, and the symbols of those files.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "symbols/proc_maps.h"
#include "symbols/process.h"
#include "symbols/symbol_file.h"

namespace sonde::symbols {

// A file of the process, from the moment it was first seen mapped.
struct ProcessFile {
  explicit ProcessFile(MappedFile file) : mapped(std::move(file)) {}

  const MappedFile mapped;
  std::shared_ptr<SymbolFile> module;  // set before `settled`
  std::string why;                     // there is none
  std::atomic<bool> settled = false;   // its symbols have been read, or cannot be
};

// Mappings are read again now and then: new ones come first, and those that have gone stay where nothing took their
// place, because what was sampled before is often asked for after. Safe from several threads at once.
class AddressSpace {
 public:
  AddressSpace(Process process, const SymbolOptions& options) : process_(std::move(process)), options_(options) {}

  struct Place {
    Mapping mapping;
    ProcessFile* file = nullptr;  // lives as long as this
    uint64_t file_offset = 0;
  };
  // False when nothing is mapped there.
  bool find(uint64_t address, Place& place) const;
  // The module of a place, its symbols read; nullptr: file->why.
  SymbolFile* module_of(const Place& place);

  // Reads the mappings, at first, and then once a second at most; after a miss (`eager`) ten times a second at most,
  // and less often where that takes long. True when they were read.
  bool look(int64_t now_ms, bool eager);
  void refresh() { next_look_ms_ = next_eager_look_ms_ = 0; }

  // Where a function is in memory. `module` empty: in any file, in the order of the mappings.
  Result<uint64_t> address_of(std::string_view module, std::string_view name);

  const Process& process() const { return process_; }
  std::string why_nothing() const;  // the process's mappings could not be read; empty: they were
  bool has_code_without_file() const { return has_code_without_file_; }

 private:
  void take(const Maps& maps, bool same_program);
  uint32_t index_of(const MappedFile& file);
  void open_files(const std::vector<Mapping>& mappings);
  Result<std::shared_ptr<SymbolFile>> open(const Mapping& mapping, const MappedFile& file) const;
  void open_root();  // while it lives
  Location location_of(const ProcessFile& file) const;

  Process process_;
  SymbolOptions options_;
  std::atomic<int64_t> next_look_ms_ = 0, next_eager_look_ms_ = 0;
  std::atomic<bool> has_code_without_file_ = false;

  std::mutex slow_;  // whoever reads files or mappings
  Process::Program program_;
  std::shared_ptr<const base::Fd>
      root_;  // of its file system, kept for when it has ended; nullptr: our own, or unknown
  bool ended_ = false;
  std::unordered_map<std::string, uint32_t> known_files_;

  mutable std::shared_mutex mutex_;  // of what follows; taken after slow_
  std::vector<Mapping> mappings_;    // Mapping::file is an index of files_
  std::deque<ProcessFile> files_;
  std::string why_nothing_;
};

}  // namespace sonde::symbols
