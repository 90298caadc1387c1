// The names of a symbol table's symbols as they have been asked for: each read, and demangled, once.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "elf/symbol_table.h"
#include "sonde/symbols.h"
#include "symbols/string_arena.h"

namespace sonde::symbols {

// Several threads may ask at once; who asks for a known name waits for nobody. A name takes its text, one byte and a
// number of 32 bits.
class SymbolNames {
 public:
  // The view lives as long as this.
  Result<std::string_view> name(const elf::SymbolTable& table, const elf::SymbolTable::Symbol& symbol, bool demangled) {
    std::call_once(made_, [&] { make_room(table.size()); });
    if (symbol.index >= size_) return base::fail(ErrorKind::kInvalid, "no such symbol");
    std::atomic_ref<uint32_t> slot(slots_.get()[symbol.index]);
    if (uint32_t known = slot.load(std::memory_order_acquire)) return StringArena::view(place(known));
    ASSIGN_OR_RETURN(std::string text, table.name(symbol));
    if (demangled) text = demangle(text);
    std::lock_guard lock(mutex_);
    if (slot.load(std::memory_order_relaxed) == 0) {
      ASSIGN_OR_RETURN(uint32_t number, keep(text));
      slot.store(number, std::memory_order_release);
    }
    return StringArena::view(place(slot.load(std::memory_order_relaxed)));
  }

 private:
  // A text's number: which block, and where in it. Blocks are found through two levels, which never move.
  static constexpr unsigned kOffsetBits = 15, kRowBits = 6;
  static constexpr size_t kRow = 1u << kRowBits;
  static_assert(StringArena::kLargestBlock <= 1u << kOffsetBits);
  using Row = std::array<const char*, kRow>;
  using Rows = std::array<std::unique_ptr<Row>, kRow>;

  // calloc: pages that no symbol is asked for in are never touched.
  void make_room(size_t size) {
    slots_.reset(static_cast<uint32_t*>(std::calloc(size, sizeof(uint32_t))));
    rows_ = std::make_unique<Rows>();
    size_ = slots_ ? size : 0;
  }

  const char* place(uint32_t number) const {
    uint32_t block = number >> kOffsetBits;
    return (*(*rows_)[block >> kRowBits])[block & (kRow - 1)] + (number & ((1u << kOffsetBits) - 1));
  }

  // Contract: mutex_ is held. Others see what it writes here through the slot.
  Result<uint32_t> keep(std::string_view text) {
    StringArena::Place kept = texts_.keep_in_block(text);
    if (kept.block >= kRow * kRow) return base::fail(ErrorKind::kInvalid, "its names are too long to be kept");
    std::unique_ptr<Row>& row = (*rows_)[kept.block >> kRowBits];
    if (!row) row = std::make_unique<Row>();
    const char*& start = (*row)[kept.block & (kRow - 1)];
    if (!start) start = kept.start;  // never written again: others may be reading it
    return kept.block << kOffsetBits | static_cast<uint32_t>(kept.text - kept.start);
  }

  std::once_flag made_;
  std::unique_ptr<uint32_t, void (*)(void*)> slots_{nullptr, std::free};
  size_t size_ = 0;
  std::mutex mutex_;
  StringArena texts_;
  std::unique_ptr<Rows> rows_;
};

}  // namespace sonde::symbols
