// What is behind sonde::Symbols: one kind of answer for the kernel, one for processes.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "sonde/symbols.h"

namespace sonde::symbols {

// As in Symbols. Every function may be called by several threads at once.
class Resolver {
 public:
  virtual ~Resolver() = default;
  virtual Symbol resolve(uint64_t address, bool demangle) = 0;
  virtual Result<uint64_t> address_of(std::string_view module, std::string_view name) = 0;
  virtual Result<std::vector<Frame>> frames(uint64_t address) = 0;
  virtual void refresh() = 0;
};

std::unique_ptr<Resolver> make_kernel_resolver();
std::unique_ptr<Resolver> make_process_resolver(int pid, const SymbolOptions& options);

}  // namespace sonde::symbols
