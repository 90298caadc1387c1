// libbcc's functions on names and addresses.
#include <elf.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <unordered_set>

#include "bpf/hooks/uprobe_place.h"
#include "c/c_function.h"
#include "c/choosers.h"
#include "c/symbol_cache.h"
#include "symbols/binary.h"

using sonde::c::SymbolCache;

// Of libbcc's interface; `name` and `module` are the library's, except for the module that bcc_resolve_symname() gives.
struct bcc_symbol {
  const char* name;
  const char* demangle_name;
  const char* module;
  uint64_t offset;
};

struct bcc_symbol_option {
  int use_debug_file;
  int check_debug_file_crc;
  int lazy_symbolize;
  uint32_t use_symbol_type;  // a bit for each STT_ of elf.h
};

namespace {

// Names as C wants them, kept for good: there are no more of them than symbols that were asked for.
const char* kept(std::string_view name) {
  static std::mutex mutex;
  static auto* names = new std::unordered_set<std::string>;
  std::lock_guard lock(mutex);
  return names->emplace(name).first->c_str();
}

int resolve(void* cache, uint64_t address, bcc_symbol* symbol, bool demangle) {
  auto& names = *static_cast<SymbolCache*>(cache);
  sonde::Symbol found = names.resolve(address, false);
  symbol->module = found.module.empty() ? nullptr : kept(found.module);
  symbol->offset = found.offset;
  symbol->name = found.name.empty() ? nullptr : kept(found.name);
  symbol->demangle_name = symbol->name && demangle ? kept(names.resolve(address, true).name) : symbol->name;
  return symbol->name ? 0 : -1;
}

}  // namespace

SONDE_C_FUNCTION(void*, bcc_symcache_new)(int pid, const void*) { return new SymbolCache(pid); }
SONDE_C_FUNCTION(void, bcc_free_symcache)(void* cache, int) { delete static_cast<SymbolCache*>(cache); }
SONDE_C_FUNCTION(int, bcc_symcache_resolve)(void* cache, uint64_t address, bcc_symbol* symbol) {
  return resolve(cache, address, symbol, true);
}
SONDE_C_FUNCTION(int, bcc_symcache_resolve_no_demangle)(void* cache, uint64_t address, bcc_symbol* symbol) {
  return resolve(cache, address, symbol, false);
}
SONDE_C_FUNCTION(int, bcc_symcache_resolve_name)(void* cache, const char* module, const char* name, uint64_t* address) {
  auto& names = *static_cast<SymbolCache*>(cache);
  auto found = names.address_of(module ? module : "", name);
  if (!found) return -1;
  *address = *found;
  return 0;
}
// Names are kept, not handed over.
SONDE_C_FUNCTION(void, bcc_symbol_free_demangle_name)(bcc_symbol*) {}

// The offset in the file of a function, or of an address; the file's path is the caller's to free by
// bcc_procutils_free().
SONDE_C_FUNCTION(int, bcc_resolve_symname)(const char* module, const char* name, uint64_t address, int pid,
                                           const bcc_symbol_option* option, bcc_symbol* symbol) {
  if (!module || !symbol || (!name && address == 0)) return -1;
  if (option && option->use_symbol_type == 1u << STT_GNU_IFUNC && address == 0) {
    address = sonde::c::chooser_wanted(module, name, pid > 0 ? pid : -1);
    if (address == 0) return -1;
  }
  auto place = sonde::bpf::find_place({module, address ? "" : name, address, 0, pid > 0 ? pid : -1});
  if (!place) return -1;
  *symbol = {name, name, ::strdup(place->path.c_str()), place->places.front().offset};
  return 0;
}

// Calls back with each function's name and address as the file has them, until the callback gives a negative number.
SONDE_C_FUNCTION(int, bcc_foreach_function_symbol)(const char* module, int (*callback)(const char*, uint64_t)) {
  if (!module || !callback) return -1;
  auto binary = sonde::symbols::find_binary(module);
  if (!binary) return -1;
  auto functions = sonde::symbols::functions_of(*binary);
  if (!functions) return -1;
  for (const auto& each : *functions) {
    if (callback(each.name.c_str(), each.address) < 0) break;
  }
  return 0;
}

SONDE_C_FUNCTION(char*, bcc_procutils_which_so)(const char* name, int pid) {
  if (std::strchr(name, '/')) return ::strdup(name);
  auto path = sonde::symbols::find_library(name, pid > 0 ? pid : -1);
  return path ? ::strdup(path->c_str()) : nullptr;
}
SONDE_C_FUNCTION(void, bcc_procutils_free)(char* text) { std::free(text); }
