// Names of the kernel's addresses: its own from the table that was read first, those of modules and BPF programs from
// one that is read again when they come or go.
#include <atomic>
#include <mutex>

#include "base/result.h"
#include "kernel/code_generation.h"
#include "kernel/kallsyms.h"
#include "symbols/coarse_clock.h"
#include "symbols/resolver.h"
#include "symbols/string_arena.h"

namespace sonde::symbols {
namespace {

using kernel::Kallsyms;

class KernelSymbols : public Resolver {
 public:
  Symbol resolve(uint64_t address, bool) override;
  Result<uint64_t> address_of(std::string_view module, std::string_view name) override;
  Result<std::vector<Frame>> frames(uint64_t address) override;
  void refresh() override { next_look_ms_ = 0; }

 private:
  void read();
  void look_again();
  bool find_module_symbol(uint64_t address, Kallsyms::Symbol& symbol);

  std::once_flag read_;
  // Never changed after that:
  std::shared_ptr<const Kallsyms> kernel_;
  std::string why_not_;
  uint64_t text_start_ = 0, text_end_ = 0;

  std::mutex mutex_;
  std::atomic<int64_t> next_look_ms_ = 0;
  uint64_t modules_stamp_ = 0;
  uint32_t newest_program_ = 0;
  std::shared_ptr<const Kallsyms> modules_;  // empty: those of kernel_ still hold
  StringSet names_;                          // of modules_, which goes before the views do
};

void KernelSymbols::read() {
  std::call_once(read_, [this] {
    modules_stamp_ = kernel::module_stamp();
    newest_program_ = kernel::newest_bpf_program();
    next_look_ms_ = coarse_ms() + 1000;
    auto table = Kallsyms::running();
    if (!table) {
      why_not_ = table.error().what;
      return;
    }
    if (!(*table)->has_addresses()) {
      why_not_ = "the kernel hides its addresses from this user (kernel.kptr_restrict)";
      return;
    }
    kernel_ = std::move(*table);
    Kallsyms::Symbol start, end;
    if (!kernel_->find("_stext", start) || !kernel_->find("_end", end)) return;
    text_start_ = start.address;
    text_end_ = end.address;
  });
}

// Contract: mutex_ is held.
void KernelSymbols::look_again() {
  int64_t now_ms = coarse_ms();
  if (now_ms < next_look_ms_) return;
  uint64_t stamp = kernel::module_stamp();
  uint32_t newest = kernel::newest_bpf_program(newest_program_);
  if (stamp != modules_stamp_ || newest != newest_program_) {
    int64_t start = exact_ms();
    if (auto fresh = Kallsyms::load("/proc/kallsyms", Kallsyms::Part::kModules)) {
      modules_ = std::make_shared<const Kallsyms>(std::move(*fresh));
    }
    modules_stamp_ = stamp;
    newest_program_ = newest;
    now_ms += (exact_ms() - start) * 10;  // where programs come all the time, a tenth of ours at most
  }
  next_look_ms_ = now_ms + 1000;
}

bool KernelSymbols::find_module_symbol(uint64_t address, Kallsyms::Symbol& symbol) {
  std::lock_guard lock(mutex_);
  look_again();
  if (!modules_) return kernel_->resolve(address, symbol);
  if (!modules_->resolve(address, symbol)) return kernel_->resolve(address, symbol) && symbol.module.empty();
  symbol.name = names_.keep(symbol.name);
  symbol.module = names_.keep(symbol.module);
  return true;
}

Symbol KernelSymbols::resolve(uint64_t address, bool) {
  read();
  if (!kernel_) return {.offset = address, .why = why_not_};
  Kallsyms::Symbol symbol;
  bool own = address >= text_start_ && address < text_end_;
  if (!(own ? kernel_->resolve(address, symbol) : find_module_symbol(address, symbol))) {
    return {.offset = address, .why = "no symbol of the kernel or its modules lies there"};
  }
  return {symbol.name, symbol.module.empty() ? std::string_view("kernel") : symbol.module, symbol.offset, {}};
}

Result<uint64_t> KernelSymbols::address_of(std::string_view module, std::string_view name) {
  read();
  if (!kernel_) return base::fail(ErrorKind::kPermission, why_not_);
  Kallsyms::Symbol symbol;
  auto fits = [&](std::string_view where) { return module.empty() || module == (where.empty() ? "kernel" : where); };
  {
    std::lock_guard lock(mutex_);
    look_again();
    if (modules_ && modules_->find(name, symbol) && fits(symbol.module)) return symbol.address;
    bool found = kernel_->find(name, symbol) && fits(symbol.module);
    if (found && (symbol.module.empty() || !modules_)) return symbol.address;
  }
  return base::fail(ErrorKind::kNotFound, fmt::format("the kernel has no symbol {}", name));
}

Result<std::vector<Frame>> KernelSymbols::frames(uint64_t) {
  return base::fail(ErrorKind::kUnsupported, "files and lines of the kernel: its debug information is not read");
}

}  // namespace

std::unique_ptr<Resolver> make_kernel_resolver() { return std::make_unique<KernelSymbols>(); }

}  // namespace sonde::symbols
