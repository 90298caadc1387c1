#include "elf/dynamic.h"

#include <elf.h>

#include <algorithm>
#include <cstring>

namespace sonde::elf {
namespace {

constexpr uint64_t kMaxDynamic = 1u << 20, kMaxName = 4096, kMaxNeeded = 4096, kMaxSymbols = 64u << 20;

template <typename Row>
std::vector<Row> rows_of(const File& file, const Section& section, uint64_t limit) {
  auto bytes = file.read(section.offset, std::min(section.size, limit) / sizeof(Row) * sizeof(Row));
  std::vector<Row> rows(bytes ? bytes->size() / sizeof(Row) : 0);
  if (!rows.empty()) std::memcpy(rows.data(), bytes->data(), rows.size() * sizeof(Row));
  return rows;
}

class Strings {
 public:
  Strings(const File& file, const Section& of) : file_(file) {
    if (of.link < file.sections().size()) section_ = &file.sections()[of.link];
  }
  std::string at(uint64_t offset, uint64_t limit = kMaxName) const {
    if (!section_ || section_->type == SHT_NOBITS || offset >= section_->size) return {};
    return file_.read_string(section_->offset + offset, std::min(section_->size - offset, limit)).value_or("");
  }

 private:
  const File& file_;
  const Section* section_ = nullptr;
};

template <typename Dyn>
Dynamic read_dynamic(const File& file, const Section& section) {
  Strings strings(file, section);
  Dynamic found;
  std::string old_search_path;
  for (const Dyn& row : rows_of<Dyn>(file, section, kMaxDynamic)) {
    if (row.d_tag == DT_NULL) break;
    if (row.d_tag == DT_SONAME) found.soname = strings.at(row.d_un.d_val);
    if (row.d_tag == DT_RUNPATH) found.search_path = strings.at(row.d_un.d_val);
    if (row.d_tag == DT_RPATH) old_search_path = strings.at(row.d_un.d_val);
    if (row.d_tag == DT_NEEDED && found.needed.size() < kMaxNeeded) found.needed.push_back(strings.at(row.d_un.d_val));
  }
  if (found.search_path.empty()) found.search_path = std::move(old_search_path);
  return found;
}

template <typename Sym>
bool has_import(const File& file, const Section& section, std::string_view name) {
  if (section.link >= file.sections().size()) return false;
  auto names = file.read(file.sections()[section.link]);
  if (!names) return false;
  bool imported = false;
  for (const Sym& row : rows_of<Sym>(file, section, kMaxSymbols)) {
    if (row.st_name >= names->size()) continue;
    std::string_view text = std::string_view(*names).substr(row.st_name, name.size() + 1);
    if (text.size() <= name.size() || text.back() != '\0' || !text.starts_with(name)) continue;
    if (row.st_shndx != SHN_UNDEF) return false;
    imported = true;
  }
  return imported;
}

}  // namespace

Dynamic dynamic_of(const File& file) {
  const Section* section = file.section_of_type(SHT_DYNAMIC);
  if (!section) return {};
  return file.is_64_bit() ? read_dynamic<Elf64_Dyn>(file, *section) : read_dynamic<Elf32_Dyn>(file, *section);
}

bool imports(const File& file, std::string_view name) {
  const Section* section = file.section_of_type(SHT_DYNSYM);
  if (!section || name.empty()) return false;
  return file.is_64_bit() ? has_import<Elf64_Sym>(file, *section, name) : has_import<Elf32_Sym>(file, *section, name);
}

}  // namespace sonde::elf
