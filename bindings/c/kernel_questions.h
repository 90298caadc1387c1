// Questions about the running kernel's tracepoints and types.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace sonde::c {

Result<std::vector<std::string>> tracepoints();  // "category:event"
bool tracepoint_exists(const std::string& category, const std::string& event);

bool has_btf();
// 1: yes, 0: the struct has no such field, -1: no such struct, or no BTF.
int struct_has_field(const std::string& record, const std::string& field);
// The same for enums; without a name any enum without a name is meant.
int enum_has_value(const std::string& enumeration, const std::string& value);

}  // namespace sonde::c
