// Functions that are chosen when a program starts (IFUNC): what they stand for, asked of the loader of this process.
#include "symbols/indirect_function.h"

#include <dlfcn.h>
#include <link.h>

#include <string_view>
#include <utility>

namespace sonde::symbols {
namespace {

struct Search {
  const std::string& build_id;
  std::string path;
};

// Notes of loaded objects are in memory that the loader vouches for.
std::string build_id_of(const dl_phdr_info& info) {
  for (int i = 0; i < info.dlpi_phnum; i++) {
    const ElfW(Phdr)& segment = info.dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    std::string_view bytes(reinterpret_cast<const char*>(info.dlpi_addr + segment.p_vaddr), segment.p_memsz);
    for (const elf::Note& note : elf::parse_notes(bytes, segment.p_align == 8 ? 8 : 4)) {
      if (note.name == "GNU" && note.type == NT_GNU_BUILD_ID) return std::string(note.description);
    }
  }
  return {};
}

int find_same_build(dl_phdr_info* info, size_t, void* result) {
  Search& search = *static_cast<Search*>(result);
  if (info->dlpi_name[0] == '\0' || build_id_of(*info) != search.build_id) return 0;
  search.path = info->dlpi_name;
  return 1;
}

}  // namespace

ChosenFunctions::~ChosenFunctions() {
  if (library_) ::dlclose(library_);
}

void ChosenFunctions::open() {
  if (std::exchange(tried_, true) || file_.build_id().empty()) return;
  Search search{file_.build_id(), {}};
  if (::dl_iterate_phdr(find_same_build, &search) == 0) return;
  library_ = ::dlopen(search.path.c_str(), RTLD_LAZY | RTLD_NOLOAD);  // nothing is loaded, and nothing runs
}

std::optional<uint64_t> ChosenFunctions::offset_of(const std::string& name) {
  open();
  void* function = library_ ? ::dlsym(library_, name.c_str()) : nullptr;
  const link_map* library = static_cast<const link_map*>(library_);
  Dl_info of_function{}, of_library{};
  // dlsym() looks into the libraries that this one needs as well.
  if (!function || ::dladdr(function, &of_function) == 0 || ::dladdr(library->l_ld, &of_library) == 0)
    return std::nullopt;
  if (of_function.dli_fbase != of_library.dli_fbase) return std::nullopt;
  return file_.offset_of(reinterpret_cast<uint64_t>(function) - library->l_addr);
}

}  // namespace sonde::symbols
