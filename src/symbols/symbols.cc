// Names of addresses: the public face.
#include "sonde/symbols.h"

#include "symbols/resolver.h"

namespace sonde {

struct Symbols::State {
  std::unique_ptr<symbols::Resolver> resolver;
};

Symbols Symbols::of_kernel() { return Symbols(std::make_shared<State>(symbols::make_kernel_resolver())); }

Symbols Symbols::of_process(int pid, const SymbolOptions& options) {
  return Symbols(std::make_shared<State>(symbols::make_process_resolver(pid, options)));
}

Symbol Symbols::resolve(uint64_t address, bool demangle) const { return state_->resolver->resolve(address, demangle); }

Result<uint64_t> Symbols::address_of(std::string_view module, std::string_view name) const {
  return state_->resolver->address_of(module, name);
}

Result<std::vector<Frame>> Symbols::frames(uint64_t address) const { return state_->resolver->frames(address); }

void Symbols::refresh() { state_->resolver->refresh(); }

}  // namespace sonde
