// Specs of tools made by hand.
#pragma once

#include <string>
#include <vector>

#include "spec/spec.h"

namespace sonde::tool {

using Annotations = std::vector<spec::Annotation>;

// Type 1: u32, 2: bool, 3: comm_t, 4: duration_ns_t, 5: struct row {u32 pid; comm_t comm; duration_ns_t took}.
inline spec::Spec made_spec() {
  using spec::TypeKind;
  spec::Spec spec;
  spec.types = {{TypeKind::kVoid, "void"},
                {TypeKind::kInt, "unsigned int", "u32", 4},
                {TypeKind::kBool, "_Bool", "bool", 1},
                {TypeKind::kArray, "", "comm_t", 16, false, 6, 16},
                {TypeKind::kInt, "unsigned long long", "duration_ns_t", 8},
                {.kind = TypeKind::kStruct, .name = "row", .size = 32},
                {TypeKind::kChar, "char", "", 1, true}};
  spec.types[5].fields = {
      {"pid", 1, 0, 0, Annotations{{"column", {"PID", "-7"}}}},
      {"comm", 3, 32, 0, Annotations{{"column", {"COMM", "-8"}}, {"cut", {"4"}}}},
      {"took", 4, 192, 0,
       Annotations{{"column", {"MS", "6"}}, {"unit", {"ms"}}, {"digits", {"2"}}, {"if", {"timed"}}}}};
  spec.declarations = {{"says", 1, Annotations{{"tool", {"Trace something."}}}},
                       {"timed", 2, Annotations{{"option", {"84", "timed", "show how long"}}}},
                       {"rows", 5, Annotations{{"rows", {"events"}}}}};
  return spec;
}

}  // namespace sonde::tool
