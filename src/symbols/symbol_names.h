// The names of a symbol table's symbols as they have been asked for: each read, and demangled, once.
#pragma once

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "elf/symbol_table.h"
#include "sonde/symbols.h"
#include "symbols/kept_text.h"

namespace sonde::symbols {

// Several threads may ask at once; who asks for a known name waits for nobody.
class SymbolNames {
 public:
  // The view lives as long as this.
  Result<std::string_view> name(const elf::SymbolTable& table, const elf::SymbolTable::Symbol& symbol, bool demangled) {
    std::call_once(made_, [&] { make_room(table.size()); });
    if (symbol.index >= size_) return base::fail(ErrorKind::kInvalid, "no such symbol");
    std::atomic_ref<const char*> slot(slots_.get()[symbol.index]);
    if (const char* known = slot.load(std::memory_order_acquire)) return KeptText::view(known);
    ASSIGN_OR_RETURN(std::string text, table.name(symbol));
    if (demangled) text = demangle(text);
    std::lock_guard lock(mutex_);
    if (!slot.load(std::memory_order_relaxed)) slot.store(texts_.keep(text), std::memory_order_release);
    return KeptText::view(slot.load(std::memory_order_relaxed));
  }

 private:
  // calloc: pages that no symbol is asked for in are never touched.
  void make_room(size_t size) {
    slots_.reset(static_cast<const char**>(std::calloc(size, sizeof(const char*))));
    size_ = slots_ ? size : 0;
  }

  std::once_flag made_;
  std::unique_ptr<const char*, void (*)(void*)> slots_{nullptr, std::free};
  size_t size_ = 0;
  std::mutex mutex_;
  KeptText texts_;
};

}  // namespace sonde::symbols
