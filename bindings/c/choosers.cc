#include "c/choosers.h"

#include <map>
#include <mutex>

#include "symbols/binary.h"

namespace sonde::c {
namespace {

// The choosers that were asked for, by "binary:symbol" as the script writes it.
class Choosers {
 public:
  void add(const std::string& key, uint64_t address) {
    std::lock_guard lock(mutex_);
    addresses_[key] = address;
  }
  uint64_t find(const std::string& key) {
    std::lock_guard lock(mutex_);
    auto found = addresses_.find(key);
    return found == addresses_.end() ? 0 : found->second;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, uint64_t> addresses_;
};

Choosers choosers;

}  // namespace

uint64_t chooser_wanted(const std::string& name, const std::string& symbol, int pid) {
  auto binary = symbols::find_binary(name, pid);
  if (!binary) return 0;
  auto functions = symbols::functions_of(*binary);
  if (!functions) return 0;
  for (const symbols::Function& each : *functions) {
    if (!each.indirect || each.name != symbol) continue;
    choosers.add(name + ":" + symbol, each.address);
    return each.address;
  }
  return 0;
}

uint64_t chosen_chooser(const std::string& name, const std::string& symbol) {
  return choosers.find(name + ":" + symbol);
}

}  // namespace sonde::c
