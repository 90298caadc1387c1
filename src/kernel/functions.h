// What can be said of a kernel function that would not be probed: that there is none, or why it cannot be.
#pragma once

#include <string>
#include <string_view>

namespace sonde::kernel {

struct FunctionFinding {
  enum class State { kUnknown, kMissing, kRenamed, kInit, kBlacklisted, kNotTraceable, kFine } state = State::kUnknown;
  std::string phrase;      // "no such function in this kernel; nearest: vfs_read"
  std::string suggestion;  // a name that exists, or empty
};

// Reads kallsyms, the kprobe blacklist and available_filter_functions: slow, for the moment after a failure.
FunctionFinding examine_function(std::string_view name);

// Whether a symbol of this type in /proc/kallsyms is a function's.
inline bool is_function_type(char type) { return type == 't' || type == 'T' || type == 'w' || type == 'W'; }

}  // namespace sonde::kernel
