// /proc/PID/maps: what a process has mapped, from which file, and where.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::symbols {

// What is mapped: a file; something of the kernel's with a name in brackets, "[vdso]", "[heap]"; or nothing but memory.
struct MappedFile {
  std::string path;     // without " (deleted)"; empty: anonymous memory
  uint64_t device = 0;  // as makedev(3) makes it, of the file system: st_dev may differ on btrfs and overlayfs
  uint64_t inode = 0;   // 0: no file
  bool deleted = false;

  bool is_file() const { return inode != 0; }
  // Memory that looks like a file: shared, of huge pages, of memfd_create(2). Though a program may be run from there.
  bool is_memory() const;
  bool operator==(const MappedFile&) const = default;
};

struct Mapping {
  uint64_t start = 0;
  uint64_t end = 0;     // behind the last byte
  uint64_t offset = 0;  // of `start` in the file
  uint32_t file = 0;    // of Maps::files
  bool executable = false;
};

struct Maps {
  std::vector<Mapping> mappings;  // ascending, none overlapping another
  std::vector<MappedFile> files;  // each once
  uint64_t damaged_lines = 0;     // left out: no such line, or not behind the one before it
};

Maps parse_maps(std::string_view text);

// The mapping that holds `address`, or nullptr.
const Mapping* find_mapping(const std::vector<Mapping>& mappings, uint64_t address);

}  // namespace sonde::symbols
