// libbcc's questions about a compiled module: a session.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "c/c_function.h"
#include "c/module.h"
#include "kernel/release.h"
#include "sonde/session.h"
#include "spec/spec.h"

namespace {

using sonde::Session;
using sonde::c::Module;

// What `ask` says of the module's session, `otherwise` when it is closed.
template <typename Answer, typename Ask>
Answer of_module(void* module, Answer otherwise, Ask ask) {
  return module ? static_cast<Module*>(module)->ask(otherwise, ask) : otherwise;
}

// The same of a map.
template <typename Answer, typename Ask>
Answer of_map(void* module, const char* name, Answer otherwise, Ask ask) {
  if (!name) return otherwise;
  return of_module(module, otherwise, [&](Session& session) {
    auto map = session.map(name);
    return map ? static_cast<Answer>(ask(*map)) : otherwise;
  });
}

template <typename Answer, typename Ask>
Answer of_map(void* module, size_t id, Answer otherwise, Ask ask) {
  std::vector<std::string> names =
      of_module(module, std::vector<std::string>(), [](Session& session) { return session.map_names(); });
  return id < names.size() ? of_map(module, names[id].c_str(), otherwise, ask) : otherwise;
}

// Programs in the order of their names.
const sonde::spec::Program* program_at(const Session& session, size_t id) {
  std::vector<const sonde::spec::Program*> sorted;
  for (const auto& each : session.spec().programs) sorted.push_back(&each);
  std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->name < b->name; });
  return id < sorted.size() ? sorted[id] : nullptr;
}

constexpr const char* kNoText = nullptr;

}  // namespace

SONDE_C_FUNCTION(const char*, bpf_module_license)(void* module) {
  return of_module(module, kNoText, [](Session& session) { return session.spec().license.c_str(); });
}
SONDE_C_FUNCTION(unsigned, bpf_module_kern_version)(void* module) {
  return of_module(module, 0u, [](Session& session) { return sonde::kernel::parse_version(session.spec().target); });
}
SONDE_C_FUNCTION(size_t, bpf_num_functions)(void* module) {
  return of_module(module, size_t{0}, [](Session& session) { return session.spec().programs.size(); });
}
SONDE_C_FUNCTION(const char*, bpf_function_name)(void* module, size_t id) {
  return of_module(module, kNoText, [id](Session& session) {
    const sonde::spec::Program* program = program_at(session, id);
    return program ? program->name.c_str() : nullptr;
  });
}
SONDE_C_FUNCTION(size_t, bpf_function_size)(void* module, const char* name) {
  if (!name) return 0;
  return of_module(module, size_t{0},
                   [name](Session& session) { return session.instructions(name).value_or("").size(); });
}

SONDE_C_FUNCTION(size_t, bpf_num_tables)(void* module) {
  return of_module(module, size_t{0}, [](Session& session) { return session.map_names().size(); });
}
SONDE_C_FUNCTION(size_t, bpf_table_id)(void* module, const char* name) {
  return of_module(module, size_t{SIZE_MAX}, [name](Session& session) {
    std::vector<std::string> names = session.map_names();
    auto found = std::find(names.begin(), names.end(), name ? name : "");
    return found == names.end() ? SIZE_MAX : static_cast<size_t>(found - names.begin());
  });
}
// A name that lives as long as the module.
SONDE_C_FUNCTION(const char*, bpf_table_name)(void* module, size_t id) {
  return of_map(module, id, kNoText, [](const sonde::Map& map) { return map.name().c_str(); });
}

#define SONDE_OF_TABLE(type, name, otherwise, question)                                                \
  SONDE_C_FUNCTION(type, name)(void* module, const char* table) {                                      \
    return of_map<type>(module, table, otherwise, [](const sonde::Map& map) { return map.question; }); \
  }                                                                                                    \
  SONDE_C_FUNCTION(type, name##_id)(void* module, size_t id) {                                         \
    return of_map<type>(module, id, otherwise, [](const sonde::Map& map) { return map.question; });    \
  }
SONDE_OF_TABLE(int, bpf_table_fd, -1, fd())
SONDE_OF_TABLE(int, bpf_table_type, -1, type())
SONDE_OF_TABLE(int, bpf_table_flags, -1, flags())
SONDE_OF_TABLE(size_t, bpf_table_max_entries, 0, max_entries())
SONDE_OF_TABLE(size_t, bpf_table_key_size, 0, key_size())
SONDE_OF_TABLE(size_t, bpf_table_leaf_size, 0, value_size())
#undef SONDE_OF_TABLE
