// The class Usdt of bcc._core.
#include "usdt.h"

#include "elf/file.h"
#include "error.h"
#include "sonde/usdt.h"
#include "usdt/context.h"
#include "usdt/registers.h"

namespace py = pybind11;

namespace sonde::python {
namespace {

using usdt::Argument;

py::object register_name(const std::string& name, uint16_t machine) {
  auto found = usdt::find_register(name, machine);
  if (!found) return py::none();
  return py::str(found->field.empty() ? name : found->field);
}

py::object text_or_none(const std::string& text) { return text.empty() ? py::object(py::none()) : py::str(text); }

// (kind, size, is_signed, constant, base, index, scale, displacement, symbol, text)
py::tuple argument_tuple(const Argument& a, uint16_t machine) {
  static constexpr const char* kKinds[] = {"constant", "register", "memory", "unreadable"};
  return py::make_tuple(kKinds[static_cast<int>(a.kind)], a.size, a.is_signed, a.constant,
                        register_name(a.base, machine), register_name(a.index, machine), a.scale, a.displacement,
                        text_or_none(a.symbol), a.text);
}

// (address, arguments)
py::tuple location_tuple(const usdt::ProbeLocation& location, uint16_t machine) {
  py::list arguments;
  for (const Argument& each : location.arguments) arguments.append(argument_tuple(each, machine));
  return py::make_tuple(location.address, py::tuple(arguments));
}

// (provider, name, path, semaphore, locations)
py::tuple probe_tuple(const usdt::BinaryProbes& binary, const usdt::Probe& probe) {
  py::list locations;
  for (const auto& each : probe.locations) locations.append(location_tuple(each, binary.binary.file->machine()));
  return py::make_tuple(probe.provider, probe.name, py::bytes(binary.binary.shown), probe.semaphore_address(),
                        py::tuple(locations));
}

py::list probes(const Usdt& self) {
  py::list list;
  for (const auto& binary : self.context().binaries) {
    for (const usdt::Probe& probe : binary.probes) list.append(probe_tuple(binary, probe));
  }
  return list;
}

// (path, program, address, pid) of each location of each enabled probe.
py::list enabled(const Usdt& self) {
  py::list list;
  const usdt::Context& context = self.context();
  for (const usdt::Enabled& each : context.enabled) {
    for (const auto& location : context.probe(each).locations) {
      list.append(py::make_tuple(py::bytes(context.binaries[each.binary].binary.shown), py::bytes(each.program),
                                 location.address, context.pid));
    }
  }
  return list;
}

py::list complaints(const Usdt& self) {
  py::list list;
  for (const auto& binary : self.context().binaries) {
    for (const std::string& each : binary.complaints) list.append(fmt::format("{}: {}", binary.binary.shown, each));
  }
  return list;
}

}  // namespace

void define_usdt(py::module_& module) {
  py::class_<Usdt>(module, "Usdt")
      .def_static("of_path", [](const std::string& path, int pid) { return value_or_raise(Usdt::of_path(path, pid)); })
      .def_static("of_process", [](int pid) { return value_or_raise(Usdt::of_process(pid)); })
      .def("in_any_process", &Usdt::in_any_process)
      .def("enable", [](Usdt& self, const std::string& probe,
                        const std::string& program) { ok_or_raise(self.enable(probe, program)); })
      .def("readers", [](const Usdt& self) { return value_or_raise(self.readers()); })
      .def("probes", &probes)
      .def("enabled", &enabled)
      .def("complaints", &complaints);
}

}  // namespace sonde::python
