#include "elf/section.h"

#include <gelf.h>
#include <libelf.h>

#include <memory>
#include <string>

namespace sonde::elf {
namespace {

using ElfHandle = std::unique_ptr<Elf, int (*)(Elf*)>;

// libelf may change the memory it is given (byte order), so it gets a private copy; only offsets leave it.
Result<ElfHandle> open_elf(std::string& copy) {
  static const bool ready = elf_version(EV_CURRENT) != EV_NONE;
  ElfHandle elf(ready ? elf_memory(copy.data(), copy.size()) : nullptr, elf_end);
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF) return base::fail(ErrorKind::kInvalid, "not an ELF file");
  return elf;
}

}  // namespace

bool is_elf(std::string_view file) { return file.starts_with("\177ELF"); }

Result<std::string_view> section(std::string_view file, std::string_view name) {
  std::string copy(file);
  ASSIGN_OR_RETURN(ElfHandle elf, open_elf(copy));
  size_t names = 0;
  if (elf_getshdrstrndx(elf.get(), &names) != 0)
    return base::fail(ErrorKind::kInvalid, "an ELF file without section names");
  for (Elf_Scn* at = elf_nextscn(elf.get(), nullptr); at; at = elf_nextscn(elf.get(), at)) {
    GElf_Shdr header;
    if (!gelf_getshdr(at, &header)) continue;
    const char* found = elf_strptr(elf.get(), names, header.sh_name);
    if (!found || name != found) continue;
    bool inside = header.sh_offset <= file.size() && header.sh_size <= file.size() - header.sh_offset;
    if (header.sh_type == SHT_NOBITS || !inside) {
      return base::fail(ErrorKind::kInvalid, fmt::format("section {} lies outside of the file", name));
    }
    return file.substr(header.sh_offset, header.sh_size);
  }
  return base::fail(ErrorKind::kNotFound, fmt::format("no section {} in the object", name));
}

}  // namespace sonde::elf
