// How many files this process may open.
#pragma once

#include <cerrno>
#include <string>

#include "sonde/result.h"

namespace sonde::base {

// Every map, program and probe is a descriptor, and the usual soft limit of 1024 is there for programs that call
// select(2): it is raised to the hard limit, which is the one that an administrator means.
// Gives whether it was raised now.
bool raise_open_file_limit();

// For a library, which leaves its process's limit alone until it is in the way: a call that fails for it is made once
// more.
template <typename Call>
auto with_open_files(Call call) {
  auto result = call();
  if (!result && result.error().code == EMFILE && raise_open_file_limit()) result = call();
  return result;
}

// Sets the soft limit back, for a child that becomes somebody else's program. Calls nothing but the kernel.
void restore_open_file_limit();

// The error's own hint, or what to do where it is for want of descriptors: the call that wanted one does not matter.
std::string hint_of(const Error& error);

}  // namespace sonde::base
