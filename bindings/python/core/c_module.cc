// libbcc's questions about a compiled module, which is what BPF.module is: a Session.
#include <pybind11/pybind11.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "c_functions.h"
#include "kernel/release.h"
#include "session.h"
#include "spec/spec.h"

using sonde::python::PythonSession;

namespace {

sonde::Session* session_of(void* module) {
  auto* session = static_cast<PythonSession*>(module);
  return session && !session->closed() ? &session->open_session() : nullptr;
}

// What `ask` says of the map, `otherwise` when there is none.
template <typename Answer, typename Ask>
Answer of_map(void* module, const char* name, Answer otherwise, Ask ask) {
  pybind11::gil_scoped_acquire locked;
  sonde::Session* session = session_of(module);
  if (!session || !name) return otherwise;
  auto map = session->map(name);
  return map ? static_cast<Answer>(ask(*map)) : otherwise;
}

template <typename Answer, typename Ask>
Answer of_map(void* module, size_t id, Answer otherwise, Ask ask) {
  pybind11::gil_scoped_acquire locked;
  sonde::Session* session = session_of(module);
  std::vector<std::string> names = session ? session->map_names() : std::vector<std::string>();
  return id < names.size() ? of_map(module, names[id].c_str(), otherwise, ask) : otherwise;
}

// Programs in the order of their names.
const sonde::spec::Program* program_at(void* module, size_t id) {
  sonde::Session* session = session_of(module);
  if (!session) return nullptr;
  std::vector<const sonde::spec::Program*> sorted;
  for (const auto& each : session->spec().programs) sorted.push_back(&each);
  std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->name < b->name; });
  return id < sorted.size() ? sorted[id] : nullptr;
}

}  // namespace

SONDE_C_FUNCTION(const char*, bpf_module_license)(void* module) {
  pybind11::gil_scoped_acquire locked;
  sonde::Session* session = session_of(module);
  return session ? session->spec().license.c_str() : nullptr;
}
SONDE_C_FUNCTION(unsigned, bpf_module_kern_version)(void* module) {
  pybind11::gil_scoped_acquire locked;
  sonde::Session* session = session_of(module);
  return session ? sonde::kernel::parse_version(session->spec().target) : 0;
}
SONDE_C_FUNCTION(size_t, bpf_num_functions)(void* module) {
  pybind11::gil_scoped_acquire locked;
  sonde::Session* session = session_of(module);
  return session ? session->spec().programs.size() : 0;
}
SONDE_C_FUNCTION(const char*, bpf_function_name)(void* module, size_t id) {
  pybind11::gil_scoped_acquire locked;
  const sonde::spec::Program* program = program_at(module, id);
  return program ? program->name.c_str() : nullptr;
}
SONDE_C_FUNCTION(size_t, bpf_function_size)(void* module, const char* name) {
  pybind11::gil_scoped_acquire locked;
  sonde::Session* session = session_of(module);
  return session && name ? session->instructions(name).value_or("").size() : 0;
}

SONDE_C_FUNCTION(size_t, bpf_num_tables)(void* module) {
  pybind11::gil_scoped_acquire locked;
  sonde::Session* session = session_of(module);
  return session ? session->map_names().size() : 0;
}
SONDE_C_FUNCTION(size_t, bpf_table_id)(void* module, const char* name) {
  pybind11::gil_scoped_acquire locked;
  sonde::Session* session = session_of(module);
  std::vector<std::string> names = session ? session->map_names() : std::vector<std::string>();
  auto found = std::find(names.begin(), names.end(), name ? name : "");
  return found == names.end() ? SIZE_MAX : static_cast<size_t>(found - names.begin());
}
// A name that lives as long as the module.
SONDE_C_FUNCTION(const char*, bpf_table_name)(void* module, size_t id) {
  pybind11::gil_scoped_acquire locked;
  sonde::Session* session = session_of(module);
  std::vector<std::string> names = session ? session->map_names() : std::vector<std::string>();
  auto map = id < names.size() ? session->map(names[id]) : tl::unexpected(sonde::Error{});
  return map ? map->name().c_str() : nullptr;
}

#define SONDE_OF_TABLE(type, name, otherwise, question)                                                \
  SONDE_C_FUNCTION(type, name)(void* module, const char* table) {                                        \
    return of_map<type>(module, table, otherwise, [](const sonde::Map& map) { return map.question; }); \
  }                                                                                                    \
  SONDE_C_FUNCTION(type, name##_id)(void* module, size_t id) {                                           \
    return of_map<type>(module, id, otherwise, [](const sonde::Map& map) { return map.question; });    \
  }
SONDE_OF_TABLE(int, bpf_table_fd, -1, fd())
SONDE_OF_TABLE(int, bpf_table_type, -1, type())
SONDE_OF_TABLE(int, bpf_table_flags, -1, flags())
SONDE_OF_TABLE(size_t, bpf_table_max_entries, 0, max_entries())
SONDE_OF_TABLE(size_t, bpf_table_key_size, 0, key_size())
SONDE_OF_TABLE(size_t, bpf_table_leaf_size, 0, value_size())
#undef SONDE_OF_TABLE
