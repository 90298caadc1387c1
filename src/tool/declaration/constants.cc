// Constants of a program in the bytes of its object.
#include "tool/declaration/constants.h"

#include <elf.h>

#include <algorithm>
#include <cstring>

#include "elf/file.h"

namespace sonde::tool {

Result<Constants> Constants::open(std::string object) {
  Constants constants;
  ASSIGN_OR_RETURN(elf::File file, elf::File::from_bytes(object, "the program"));
  const auto& sections = file.sections();
  auto place_of = [&](const elf::Section& section) -> Place {
    bool inside =
        section.type != SHT_NOBITS && section.offset <= object.size() && section.size <= object.size() - section.offset;
    return inside ? Place{section.offset, section.size} : Place{};
  };
  for (size_t i = 0; i < sections.size(); ++i) {
    if (sections[i].name == ".rodata")
      constants.rodata_ = place_of(sections[i]), constants.rodata_index_ = static_cast<unsigned>(i);
    if (sections[i].type != SHT_SYMTAB || sections[i].link >= sections.size()) continue;
    constants.symbols_ = place_of(sections[i]);
    constants.names_ = place_of(sections[sections[i].link]);
  }
  constants.object_ = std::move(object);
  return constants;
}

Result<Constants::Place> Constants::find(std::string_view name) const {
  std::string_view names = std::string_view(object_).substr(names_.offset, names_.size);
  for (size_t at = 0; !name.empty() && at + sizeof(Elf64_Sym) <= symbols_.size; at += sizeof(Elf64_Sym)) {
    Elf64_Sym symbol;
    std::memcpy(&symbol, object_.data() + symbols_.offset + at, sizeof symbol);
    if (symbol.st_shndx != rodata_index_ || rodata_index_ == 0 || symbol.st_name >= names.size()) continue;
    std::string_view found = names.substr(symbol.st_name, name.size() + 1);
    if (found.size() != name.size() + 1 || found.back() != '\0' || !found.starts_with(name)) continue;
    if (symbol.st_value > rodata_.size || symbol.st_size > rodata_.size - symbol.st_value) break;
    return Place{rodata_.offset + symbol.st_value, symbol.st_size};
  }
  return base::fail(ErrorKind::kNotFound, fmt::format("the program has no constant {}", name));
}

Result<std::string_view> Constants::get(std::string_view name) const {
  ASSIGN_OR_RETURN(Place place, find(name));
  return std::string_view(object_).substr(place.offset, place.size);
}

Status Constants::set(std::string_view name, std::string_view bytes) {
  ASSIGN_OR_RETURN(Place place, find(name));
  if (bytes.size() > place.size) {
    return base::fail(ErrorKind::kInvalid, fmt::format("{} bytes are too many for the constant {}, which has {}",
                                                       bytes.size(), name, place.size));
  }
  std::memset(object_.data() + place.offset, 0, place.size);
  std::copy(bytes.begin(), bytes.end(), object_.begin() + static_cast<std::ptrdiff_t>(place.offset));
  return {};
}

}  // namespace sonde::tool
