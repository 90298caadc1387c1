// Names as the source has them, by libiberty: what c++filt(1), addr2line(1) and gdb(1) use.
#include <cstdlib>
#include <cstring>
#include <memory>

#define HAVE_DECL_BASENAME 1  // libiberty.h declares another one than <cstring>
#include <libiberty/demangle.h>

#include "sonde/symbols.h"

namespace sonde {
namespace {

// libiberty's own limit of nesting holds the stack, but its work can grow faster than the name does.
constexpr size_t kMaxLength = 16u << 10;

bool looks_mangled(const std::string& name) {
  return name.starts_with("_Z") || name.starts_with("_R") || name.starts_with("__Z") || name.starts_with("_D") ||
         name.starts_with("_GLOBAL_");
}

}  // namespace

std::string demangle(const std::string& name) {
  if (!looks_mangled(name) || name.size() > kMaxLength) return name;
  std::unique_ptr<char, void (*)(void*)> text(cplus_demangle(name.c_str(), DMGL_AUTO | DMGL_PARAMS | DMGL_ANSI),
                                              std::free);
  return text ? std::string(text.get()) : name;
}

}  // namespace sonde
