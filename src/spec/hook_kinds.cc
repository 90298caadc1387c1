#include "spec/hook_kinds.h"

#include <iterator>

namespace sonde {
namespace {

struct Names {
  std::string_view name, function_prefix;
};

// By the numbers of HookKind.
constexpr Names kNames[] = {
    {"", ""},
    {"unknown", ""},
#define SONDE_HOOK_KIND(id, name, place, prefix, ...) {name, prefix},
#define SONDE_PROGRAM_KIND(id, name, ...) {name, ""},
#include "sonde/hook_kinds.def"
};

const Names& names_of(HookKind kind) {
  auto index = static_cast<size_t>(kind);
  return kNames[index < std::size(kNames) ? index : static_cast<size_t>(HookKind::kUnknown)];
}

}  // namespace

std::string_view name_of(HookKind kind) { return names_of(kind).name; }

HookKind hook_kind(std::string_view name) {
  for (size_t i = 0; i < std::size(kNames); i++) {
    if (kNames[i].name == name) return static_cast<HookKind>(i);
  }
  return HookKind::kUnknown;
}

namespace spec {

std::string_view function_prefix(HookKind kind) { return names_of(kind).function_prefix; }

HookKind kind_of_function(std::string_view name) {
  for (size_t i = 0; i < std::size(kNames); i++) {
    std::string_view prefix = kNames[i].function_prefix;
    if (!prefix.empty() && name.starts_with(prefix)) return static_cast<HookKind>(i);
  }
  return HookKind::kNone;
}

}  // namespace spec
}  // namespace sonde
