#include "tool/views/view.h"

#include <cstdio>

#include "base/open_files.h"

namespace sonde::tool {

void RunContext::warn(const std::string& what, const Error& why) const {
  std::fprintf(stderr, "%s: warning: %s: %s\n", tool.spoken_name().c_str(), what.c_str(), why.what.c_str());
  if (std::string hint = base::hint_of(why); !hint.empty()) std::fprintf(stderr, "hint: %s\n", hint.c_str());
}

}  // namespace sonde::tool
