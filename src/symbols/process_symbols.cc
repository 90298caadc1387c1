// Names of a process's addresses: of the files that it has mapped, of the vdso, and of code that was made at run time.
#include <mutex>

#include "base/result.h"
#include "symbols/address_space.h"
#include "symbols/coarse_clock.h"
#include "symbols/jit_map.h"
#include "symbols/resolver.h"

namespace sonde::symbols {
namespace {

class ProcessSymbols : public Resolver {
 public:
  ProcessSymbols(Process process, const SymbolOptions& options) : space_(std::move(process), options) {}

  Symbol resolve(uint64_t address, bool demangle) override;
  Result<uint64_t> address_of(std::string_view module, std::string_view name) override;
  Result<std::vector<Frame>> frames(uint64_t address) override;
  void refresh() override;

 private:
  bool find(uint64_t address, AddressSpace::Place& place);
  Symbol missed(uint64_t address);
  Symbol without_file(uint64_t address, const AddressSpace::Place& place, std::string_view reason);
  std::string_view keep(std::string_view text);

  AddressSpace space_;
  JitMap jit_;
  std::mutex mutex_;
  StringSet reasons_;
};

std::string_view ProcessSymbols::keep(std::string_view text) {
  std::lock_guard lock(mutex_);
  return reasons_.keep(text);
}

bool ProcessSymbols::find(uint64_t address, AddressSpace::Place& place) {
  int64_t now_ms = coarse_ms();
  if (space_.look(now_ms, false) && space_.has_code_without_file()) jit_.open(space_.process());
  if (space_.find(address, place)) return true;
  return space_.look(now_ms, true) && space_.find(address, place);
}

Symbol ProcessSymbols::resolve(uint64_t address, bool demangle) {
  AddressSpace::Place place;
  if (!find(address, place)) return missed(address);
  const MappedFile& file = place.file->mapped;
  bool has_symbols = file.is_file() || file.path == "[vdso]";
  std::string_view why;
  if (has_symbols) {
    SymbolFile* module = space_.module_of(place);
    SymbolFile::Found found;
    why = place.file->why;
    if (module && module->find(place.file_offset, demangle, found, why))
      return {found.name, file.path, found.offset, {}};
  }
  JitMap::Found made;
  std::string_view reason;
  if (jit_.find(space_.process(), address, coarse_ms(), made, reason)) return {made.name, made.path, made.offset, {}};
  if (has_symbols && !(file.is_file() && file.is_memory())) return {{}, file.path, place.file_offset, why};
  return without_file(address, place, reason);
}

Symbol ProcessSymbols::missed(uint64_t address) {
  std::string why = space_.why_nothing();
  return {.offset = address, .why = why.empty() ? std::string_view("nothing is mapped there") : keep(why)};
}

// "[heap]: memory without a file, and there is no /tmp/perf-181.map"
Symbol ProcessSymbols::without_file(uint64_t address, const AddressSpace::Place& place, std::string_view reason) {
  const std::string& path = place.file->mapped.path;
  std::string why = fmt::format("{}memory without a file, and {}", path.empty() ? "" : path + ": ", reason);
  return {.offset = address, .why = keep(why)};
}

Result<uint64_t> ProcessSymbols::address_of(std::string_view module, std::string_view name) {
  space_.look(coarse_ms(), false);
  auto address = space_.address_of(module, name);
  if (address || !space_.look(coarse_ms(), true)) return address;
  return space_.address_of(module, name);
}

Result<std::vector<Frame>> ProcessSymbols::frames(uint64_t address) {
  AddressSpace::Place place;
  if (!find(address, place)) return base::fail(ErrorKind::kNotFound, std::string(missed(address).why));
  const MappedFile& file = place.file->mapped;
  if (!file.is_file())
    return base::fail(ErrorKind::kNotFound, fmt::format("{}: memory without a file has no DWARF", file.path));
  SymbolFile* module = space_.module_of(place);
  if (!module) return base::fail(ErrorKind::kNotFound, place.file->why);
  return module->frames(place.file_offset);
}

void ProcessSymbols::refresh() {
  space_.refresh();
  jit_.refresh();
}

// A process that was not there when it was asked for.
class NoProcess : public Resolver {
 public:
  explicit NoProcess(Error error) : error_(std::move(error)) {}
  Symbol resolve(uint64_t address, bool) override { return {.offset = address, .why = error_.what}; }
  Result<uint64_t> address_of(std::string_view, std::string_view) override { return tl::unexpected(error_); }
  Result<std::vector<Frame>> frames(uint64_t) override { return tl::unexpected(error_); }
  void refresh() override {}

 private:
  Error error_;
};

}  // namespace

std::unique_ptr<Resolver> make_process_resolver(int pid, const SymbolOptions& options) {
  auto process = Process::open(pid);
  if (!process) return std::make_unique<NoProcess>(process.error());
  return std::make_unique<ProcessSymbols>(std::move(*process), options);
}

}  // namespace sonde::symbols
