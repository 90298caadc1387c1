// The kernel's own symbols, from /proc/kallsyms, in two arrays and one block of text.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sonde::kernel {

class Kallsyms {
 public:
  struct Symbol {
    uint64_t address = 0;
    uint64_t offset = 0;      // of the address asked for, from the symbol's start
    char type = 0;            // as nm(1) says it: t and T are functions
    std::string_view name;    // lives as long as the table
    std::string_view module;  // empty: the kernel itself; "bpf": a BPF program
  };

  enum class Part { kAll, kModules };  // of modules and BPF programs only: what comes and goes
  static Result<Kallsyms> load(const std::string& path = "/proc/kallsyms", Part part = Part::kAll);
  static Result<Kallsyms> parse(std::string_view text, Part part = Part::kAll);

  // The process's own copy of the running kernel's table, read at first use, and again when modules have come or gone
  // since.
  static Result<std::shared_ptr<const Kallsyms>> running();

  size_t size() const { return entries_.size(); }
  Symbol operator[](size_t index) const;  // by ascending address
  bool find(std::string_view name, Symbol& symbol) const;
  // The symbol that `address` lies in. Sizes are not known: a symbol reaches up to the next one, but not far into a
  // gap.
  bool resolve(uint64_t address, Symbol& symbol) const;
  // False when the kernel hides addresses from this user: all are 0.
  bool has_addresses() const { return !entries_.empty() && entries_.back().address != 0; }
  // What this table holds in memory, in bytes.
  size_t memory() const;

 private:
  class Reader;
  struct Entry {
    uint64_t address;
    uint32_t text;    // where "name\tmodule" starts in text_
    uint16_t length;  // of the name
    uint8_t module;   // length of the module's name, which follows after one byte
    char type;
  };
  Status sort(Part part);
  Symbol symbol_of(const Entry& entry) const;
  uint64_t end_of(const Entry& entry, const Entry* next) const;
  // Made when a name is first asked for: who only resolves addresses does not pay for it.
  struct NameIndex {
    std::once_flag made;
    std::vector<uint32_t> order;  // indexes of entries_
  };
  const std::vector<uint32_t>& by_name() const;

  std::string text_;
  std::vector<Entry> entries_;  // by address
  std::unique_ptr<NameIndex> names_ = std::make_unique<NameIndex>();
};

}  // namespace sonde::kernel
