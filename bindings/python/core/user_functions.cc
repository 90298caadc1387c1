// Questions about programs and libraries, for Python: where they are, which functions they have, where a probe goes.
#include "user_functions.h"

#include <string>
#include <vector>

#include "bpf/hooks/uprobe_place.h"
#include "c/choosers.h"
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

// (path, [offset in the file])
py::tuple user_places(const std::string& name, std::string symbol, uint64_t address, uint64_t offset, int pid) {
  if (uint64_t chooser = address ? 0 : c::chosen_chooser(name, symbol)) {
    address = chooser;
    symbol.clear();
  }
  UserProbe found = value_or_raise(bpf::find_place({name, symbol, address, offset, pid}));
  py::list offsets;
  for (const UserProbe::Place& each : found.places) offsets.append(each.offset);
  return py::make_tuple(py::bytes(found.path), offsets);
}

}  // namespace

void define_user_functions(py::module_& module) {
  module.def("find_library", &find_library);
  module.def("user_functions", &user_functions);
  module.def("user_places", &user_places);
}

}  // namespace sonde::python
