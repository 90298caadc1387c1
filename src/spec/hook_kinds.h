// How hooks are called: by specs and messages, and by the functions of BCC's dialect that go there.
#pragma once

#include <string_view>

#include "sonde/hook.h"

namespace sonde::spec {

// Whether a program's name or section says all of where it goes.
enum class Attaches { kNever, kBySection, kAlways };

// "kfunc__" of fentry; "" if no function's name sends it there.
std::string_view function_prefix(HookKind kind);

// The kind to which a function's name sends it, kNone for a plain name.
HookKind kind_of_function(std::string_view name);

}  // namespace sonde::spec
