// Questions about programs and libraries, for Python: where they are, which functions they have, where a probe goes.
#include "user_functions.h"

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "bpf/hook_uprobe_place.h"
#include "error.h"
#include "symbols/binary.h"

namespace py = pybind11;

namespace sonde::python {
namespace {

py::object find_library(const std::string& name, int pid) {
  auto path = symbols::find_library(name, pid);
  return path ? py::object(py::bytes(*path)) : py::object(py::none());
}

// (path, [(name, address, offset in the file)]); the offset is 0 where a probe would not see calls.
py::tuple user_functions(const std::string& name, int pid) {
  symbols::Binary binary = value_or_raise(symbols::find_binary(name, pid));
  py::list list;
  for (const symbols::Function& each : value_or_raise(symbols::functions_of(binary))) {
    list.append(py::make_tuple(py::bytes(each.name), each.address, each.offset));
  }
  return py::make_tuple(py::bytes(binary.path), list);
}

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

// (path, [offset in the file])
py::tuple user_places(const std::string& name, std::string symbol, uint64_t address, uint64_t offset, int pid) {
  if (uint64_t chooser = address ? 0 : choosers.find(name + ":" + symbol)) {
    address = chooser;
    symbol.clear();
  }
  UserProbe found = value_or_raise(bpf::find_place({name, symbol, address, offset, pid}));
  py::list offsets;
  for (const UserProbe::Place& each : found.places) offsets.append(each.offset);
  return py::make_tuple(py::bytes(found.path), offsets);
}

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

void define_user_functions(py::module_& module) {
  module.def("find_library", &find_library);
  module.def("user_functions", &user_functions);
  module.def("user_places", &user_places);
}

}  // namespace sonde::python
